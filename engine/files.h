// Files that use each other: where their paths lead, and reading them together.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/source.h"
#include "engine/syntax.h"
#include "engine/vocabulary.h"

namespace duban {

// Where `path`, written in the file `from`, leads: relative to it, else by a unique base name.
// paths.size() when nowhere.
size_t find_path(const std::vector<std::string>& paths, const std::string& from,
                 const std::string& path);

// `see[i]`: all that `i` reaches, directly or not, itself included.
std::vector<std::vector<bool>> reachable(const std::vector<std::vector<size_t>>& see);

struct ParsedFiles {
  std::vector<syntax::File> files;
  KnownNames names;
};
// Every file as a tree, as parse() gives it; the index of a file is its place in `sources`. Chinese
// words may be written together where they are names that the file declares or sees in the files it
// uses. `tables` are CSV files, whose names belong to the file that says `from`.
ParsedFiles parse_files(const SourceSet& sources, const SourceSet& tables,
                        std::vector<Diagnostic>& diagnostics);

// The names alone.
KnownNames names_in(const SourceSet& sources, const SourceSet& tables);

}  // namespace duban
