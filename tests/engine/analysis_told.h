// What the compiler says of a short policy over the words of docs/reference.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "tests/engine/files.h"

namespace duban::test {

// The policy's text begins at line 4 of the file.
inline Compilation compile_policy(const std::string& text) {
  static const CompileInput words = read_folder("docs/reference");
  CompileInput input = words;
  input.files.push_back({"empty.csv", "date,is_workday\n2026-01-01,0\n2026-01-02,0\n"});
  input.files.push_back(
      {"p.rules", "policy \"P\"\n  use \"words.rules\"\n  effective from 2026-01-01\n" + text});
  return compile(input);
}

// `W103 4 message`, one finding a line.
inline std::string told(const Compilation& compilation, bool chinese = false) {
  std::string out;
  for (const Diagnostic& it : compilation.diagnostics) {
    const auto at = compilation.sources[it.span.file].position(it.span.begin);
    out +=
        it.code + " " + std::to_string(at.line) + " " + (chinese ? it.chinese : it.english) + "\n";
  }
  return out;
}

// A mistake, what is said of it (the beginning of the only finding), and the nearest thing that is
// none.
struct Mistake {
  const char* name;
  const char* wrong;
  const char* finding;
  const char* right;
};
inline std::ostream& operator<<(std::ostream& out, const Mistake& mistake) {
  return out << mistake.name;
}

inline void expect_told(const Mistake& mistake) {
  const Compilation wrong = compile_policy(mistake.wrong);
  const std::string found = told(wrong);
  EXPECT_EQ(found.substr(0, std::string(mistake.finding).size()), mistake.finding) << found;
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
  for (const Diagnostic& it : wrong.diagnostics) {
    EXPECT_TRUE(has_chinese(it.chinese)) << it.chinese;
    EXPECT_EQ(it.english_hint.empty(), it.chinese_hint.empty()) << it.english_hint;
  }
  EXPECT_EQ(told(compile_policy(mistake.right)), "");
}

}  // namespace duban::test
