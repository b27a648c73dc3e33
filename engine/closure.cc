// A file and everything it uses.
#include <algorithm>

#include "engine/files.h"
#include "engine/parse.h"
#include "engine/scenario.h"
#include "engine/skim.h"

namespace duban {

CompileInput closure(const CompileInput& input, const std::vector<std::string>& paths) {
  CompileInput out;
  out.parameters = input.parameters;
  out.previous = input.previous;
  std::vector<std::string> known;
  for (const DeploymentFile& file : input.files) known.push_back(file.path);

  std::vector<bool> done(input.files.size(), false);
  std::vector<size_t> todo;
  for (size_t i = 0; i < known.size(); ++i) {
    if (std::find(paths.begin(), paths.end(), known[i]) != paths.end()) todo.push_back(i);
    // Data is named from inside the rules; which of it is used does not matter here.
    if (!known[i].ends_with(".rules")) out.files.push_back(input.files[i]);
  }
  while (!todo.empty()) {
    const size_t at = todo.back();
    todo.pop_back();
    if (done[at]) continue;
    done[at] = true;
    const DeploymentFile& file = input.files[at];
    out.files.push_back(file);
    const Source source(file.path, file.text);
    for (const Skim::Path& path : skim(source, lex(source)).paths) {
      const size_t used = find_path(known, file.path, path.path);
      if (used < known.size() && known[used].ends_with(".rules")) todo.push_back(used);
    }
  }
  std::sort(out.files.begin(), out.files.end());
  return out;
}

}  // namespace duban
