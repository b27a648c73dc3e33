// A file and everything it uses.
#include <algorithm>
#include <set>

#include "engine/parse.h"
#include "engine/scenario.h"

namespace duban {
namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
}

std::string normalised(const std::string& path) {
  std::vector<std::string> parts;
  size_t begin = 0;
  while (begin <= path.size()) {
    const size_t end = std::min(path.find('/', begin), path.size());
    const std::string part = path.substr(begin, end - begin);
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!part.empty() && part != ".") {
      parts.push_back(part);
    }
    begin = end + 1;
  }
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : "/") + part;
  return out;
}

// As compile() finds it: relative to the naming file, else by a unique base name.
const DeploymentFile* find_file(const CompileInput& input, const std::string& from,
                                const std::string& name) {
  const std::string path = normalised(folder_of(from) + name);
  const std::string base = name.substr(folder_of(name).size());
  const DeploymentFile* by_base = nullptr;
  int count = 0;
  for (const DeploymentFile& file : input.files) {
    if (file.path == path) return &file;
    if (file.path.substr(folder_of(file.path).size()) == base) {
      by_base = &file;
      ++count;
    }
  }
  return count == 1 ? by_base : nullptr;
}

}  // namespace

CompileInput closure(const CompileInput& input, const std::vector<std::string>& paths) {
  CompileInput out;
  out.parameters = input.parameters;
  out.previous = input.previous;
  std::set<std::string> done;
  std::vector<const DeploymentFile*> todo;
  for (const DeploymentFile& file : input.files) {
    if (std::find(paths.begin(), paths.end(), file.path) != paths.end()) todo.push_back(&file);
    // Data is named from inside the rules; which of it is used does not matter here.
    if (!file.path.ends_with(".rules")) out.files.push_back(file);
  }
  while (!todo.empty()) {
    const DeploymentFile* file = todo.back();
    todo.pop_back();
    if (!done.insert(file->path).second) continue;
    out.files.push_back(*file);
    std::vector<Diagnostic> ignored;
    const syntax::File tree = parse(Source(file->path, file->text), 0, ignored);
    const auto follow = [&](const std::string& name) {
      const DeploymentFile* used = find_file(input, file->path, name);
      if (used != nullptr && used->path.ends_with(".rules")) todo.push_back(used);
    };
    for (const syntax::Use& use : tree.uses) follow(use.path.text);
    for (const syntax::ScenarioDecl& scenario : tree.scenarios) {
      for (const syntax::Text& with : scenario.with_files) follow(with.text);
    }
  }
  std::sort(out.files.begin(), out.files.end());
  return out;
}

}  // namespace duban
