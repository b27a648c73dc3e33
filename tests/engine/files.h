// Rule files of the repository, as a compilation reads them.
#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"

namespace duban::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Every `.rules` and `.csv` below `folder` of the repository, by paths relative to it.
inline CompileInput read_folder(const std::string& folder) {
  const std::filesystem::path root = std::filesystem::path(DUBAN_SOURCE_DIR) / folder;
  CompileInput input;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string extension = entry.path().extension().string();
    if (extension != ".rules" && extension != ".csv") continue;
    input.files.push_back(
        {entry.path().lexically_relative(root).generic_string(), read_file(entry.path())});
  }
  std::sort(input.files.begin(), input.files.end());
  return input;
}

inline std::string messages(const Compilation& compilation) {
  std::string out;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    out += render(diagnostic, compilation.sources, Language::english);
  }
  return out;
}

}  // namespace duban::test
