// From paths on a command line to what compile() reads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "engine/compile.h"
#include "engine/source.h"

namespace duban::cli {

// Files that are compiled together. Paths in `input` are relative to their deepest common
// directory.
struct Unit {
  std::string language;  // `en` or `zh` where a library has both; else empty
  CompileInput input;
  std::vector<std::string> given;            // the .rules files that were asked for, not only used
  std::map<std::string, std::string> shown;  // path in `input` → as the person would type it

  // A path in `input`, with or without `:line` after it, as the person would type it.
  std::string show(const std::string& place) const;
  // The same texts under the paths the person knows.
  SourceSet show(const SourceSet& sources) const;
};

constexpr size_t kFileBytesMax = 4'000'000;

// Every .rules file of `paths` (directories are searched, hidden entries left out) and whatever
// they use. Two units when a directory has both `en/` and `zh/`, else one. A used file that does
// not exist is left to the compiler, which knows the line that names it.
Result<std::vector<Unit>> load(const Session& session, const std::vector<std::string>& paths);

// A text that is no file, and whatever it uses: it counts as one in the current directory.
Result<Unit> load_text(const Session& session, const std::string& text);

// The one unit that counts: of two, the one of `language`, or English. Parameters are set.
Result<Unit> load_for_deployment(const Session& session, const std::string& path,
                                 const std::string& language,
                                 const std::vector<std::string>& settings);

}  // namespace duban::cli
