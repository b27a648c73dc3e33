// Goal: a business expert who breaks a policy reads what is wrong, where, and what to do, in
// English and in Chinese, once for each mistake.
// Method: every file of tests/corpus/broken is a policy as somebody would break it; its first line
// says how many mistakes it has. What is said is compared with the .en.txt and .zh.txt beside it.
// With UPDATE_GOLDEN=1 in the environment those are written anew: read them before committing.
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "engine/scenario.h"
#include "tests/engine/files.h"

namespace duban::corpus_test {
namespace {

const std::filesystem::path& folder() {
  static const std::filesystem::path kFolder =
      std::filesystem::path(DUBAN_SOURCE_DIR) / "tests/corpus/broken";
  return kFolder;
}

std::vector<std::string> broken_files() {
  std::vector<std::string> names;
  for (const DeploymentFile& file : test::read_folder("tests/corpus/broken").files) {
    const bool numbered = file.path[0] >= '0' && file.path[0] <= '9';
    if (numbered && file.path.ends_with(".rules")) names.push_back(file.path);
  }
  return names;
}

std::string rendered(const Compilation& compilation, Language language) {
  std::string out;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    out += (out.empty() ? "" : "\n") + render(diagnostic, compilation.sources, language);
  }
  return out;
}

// `-- mistakes: 2 (…)`.
size_t mistakes_in(const std::string& text) {
  const std::string head = "-- mistakes: ";
  size_t count = 0;
  if (text.starts_with(head)) {
    std::from_chars(text.data() + head.size(), text.data() + text.size(), count);
  }
  return count;
}

void compare(const std::string& file, const char* language, const std::string& said) {
  const std::filesystem::path golden =
      folder() / (file.substr(0, file.rfind('.')) + "." + language + ".txt");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(golden, std::ios::binary) << said;
    return;
  }
  EXPECT_EQ(said, test::read_file(golden)) << golden;
}

class BrokenPolicy : public testing::TestWithParam<std::string> {};

TEST_P(BrokenPolicy, IsAnsweredAsBefore) {
  const CompileInput all = test::read_folder("tests/corpus/broken");
  const Compilation compilation = compile(closure(all, {GetParam()}));
  compare(GetParam(), "en", rendered(compilation, Language::english));
  compare(GetParam(), "zh", rendered(compilation, Language::chinese));

  const auto source = std::find_if(compilation.sources.begin(), compilation.sources.end(),
                                   [](const Source& each) { return each.path() == GetParam(); });
  ASSERT_NE(source, compilation.sources.end());
  const size_t mistakes = mistakes_in(source->text());
  EXPECT_GE(mistakes, 1U) << "the first line says how many mistakes the file has";
  EXPECT_GE(compilation.diagnostics.size(), 1U);
  EXPECT_LE(compilation.diagnostics.size(), mistakes);
  for (const Diagnostic& found : compilation.diagnostics) {
    const Source& place = compilation.sources[found.span.file];
    const bool in_table = place.path().ends_with(".csv");  // that the policy names
    EXPECT_TRUE(in_table || place.path() == GetParam()) << found.english;
    EXPECT_LT(found.span.begin, found.span.end) << found.english;
    EXPECT_LE(found.span.end, place.code_points().size() + 1) << found.english;
    EXPECT_FALSE(found.chinese.empty()) << found.english;
    EXPECT_EQ(found.english_hint.empty(), found.chinese_hint.empty()) << found.english;
    // What to do: a hint, unless the message names what the line lacks.
    const bool says_what = found.english.find("is missing") != std::string::npos ||
                           found.english.find("expected") != std::string::npos;
    EXPECT_TRUE(!found.english_hint.empty() || says_what) << found.english;
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, BrokenPolicy, testing::ValuesIn(broken_files()),
                         [](const auto& file) { return file.param.substr(0, 3); });

TEST(Corpus, IsLargeAndInBothLanguages) {
  size_t english = 0, chinese = 0;
  for (const std::string& name : broken_files()) {
    (has_chinese(name) ? chinese : english) += 1;
  }
  EXPECT_GE(english, 30U);
  EXPECT_GE(chinese, 30U);
}

// The policies that are broken here are right when they are not.
TEST(Corpus, NothingElseIsWrongWithTheWords) {
  const CompileInput all = test::read_folder("tests/corpus/broken");
  const Compilation compilation = compile(closure(all, {"words.rules"}));
  EXPECT_EQ(test::messages(compilation), "");
}

}  // namespace
}  // namespace duban::corpus_test
