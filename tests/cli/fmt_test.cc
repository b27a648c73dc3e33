// Goal: `fmt` writes files in place, standard input to standard output, refuses what it cannot
// respell, and leaves the right exit code. Method: a small project, disarranged and broken.

#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"
#include "tests/engine/spaces.h"

namespace duban::test::fmt_test {
namespace {

struct Project : SampleProject {
  std::string bills, words;
  Project() {
    EXPECT_EQ(duban(dir, {"fmt", "rules"}).code, 0);
    bills = dir.read("rules/bills.rules");
    words = dir.read("rules/words.rules");
  }
};

std::string disarranged(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "  ";
  }
  return out;
}

TEST(Fmt, WritesInPlaceAndNamesWhatItChanged) {
  const Project project;
  project.dir.write("rules/bills.rules", disarranged(project.bills));
  const Ran ran = duban(project.dir, {"fmt", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "rules/bills.rules\n1 of 2 files changed\n");
  EXPECT_EQ(project.dir.read("rules/bills.rules"), project.bills);
  EXPECT_EQ(project.dir.read("rules/words.rules"), project.words);
  const Ran chinese = duban(project.dir, {"--lang", "zh", "fmt", "rules"});
  EXPECT_EQ(chinese.out, "已改写 0 个文件（共 2 个）\n");
}

TEST(Fmt, NothingIsLeftBeside) {
  const Project project;
  project.dir.write("rules/bills.rules", disarranged(project.bills));
  EXPECT_EQ(duban(project.dir, {"fmt"}).code, 0);
  size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(project.dir / "rules")) {
    files += entry.path().string().find("duban-fmt") != std::string::npos;
  }
  EXPECT_EQ(files, 0U);
}

TEST(Fmt, CheckNamesAndChangesNothing) {
  const Project project;
  EXPECT_EQ(duban(project.dir, {"fmt", "--check", "rules"}).code, 0);
  const std::string odd = disarranged(project.bills);
  project.dir.write("rules/bills.rules", odd);
  const Ran ran = duban(project.dir, {"fmt", "--check", "rules"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(ran.out, "rules/bills.rules\n");
  EXPECT_EQ(project.dir.read("rules/bills.rules"), odd);
}

TEST(Fmt, StandardInputToStandardOutput) {
  const Project project;
  const Ran ran = duban(project.dir, {"fmt", "-"}, "\xef\xbb\xbfparameter  p=3   days\n");
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.out, "parameter p = 3 days\n");
  EXPECT_EQ(duban(project.dir, {"fmt", "--check", "-"}, "parameter  p=3\n").code, 1);
  EXPECT_EQ(duban(project.dir, {"fmt", "--check", "-"}, "parameter p = 3\n").code, 0);
  EXPECT_EQ(duban(project.dir, {"fmt", "-", "rules"}, "").code, 2);
  EXPECT_EQ(duban(project.dir, {"fmt", "-"}, "\xff\xfe").code, 3);
}

TEST(Fmt, TheOtherLanguageAndBack) {
  const Project project;
  const Ran there = duban(project.dir, {"fmt", "--lang", "zh", "rules"});
  EXPECT_EQ(there.code, 0) << there.err;
  EXPECT_NE(there.out.find("files changed"), std::string::npos);  // in English
  const std::string chinese = project.dir.read("rules/bills.rules");
  EXPECT_NE(chinese, project.bills);
  EXPECT_NE(chinese.find("对象"), std::string::npos) << chinese;
  const Ran tested = duban(project.dir, {"test", "rules"});
  EXPECT_EQ(tested.code, 0) << tested.out;
  const Ran back = duban(project.dir, {"--lang", "zh", "fmt", "--lang", "en", "rules"});
  EXPECT_EQ(back.code, 0) << back.err;
  EXPECT_NE(back.out.find("个文件"), std::string::npos);
  EXPECT_EQ(project.dir.read("rules/bills.rules"), project.bills);
  EXPECT_EQ(project.dir.read("rules/words.rules"), project.words);
}

// What the text uses is looked up from the current directory.
TEST(Fmt, StandardInputInTheOtherLanguage) {
  const Project project;
  std::string text = project.bills;
  const size_t use = text.find("\"words.rules\"");
  ASSERT_NE(use, std::string::npos);
  text.insert(use + 1, "rules/");
  const Ran ran = duban(project.dir, {"fmt", "--lang", "zh", "-"}, text);
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("引用 “rules/words.rules”"), std::string::npos) << ran.out;
  EXPECT_EQ(duban(project.dir, {"fmt", "--lang", "en", "-"}, ran.out).out, text);
}

TEST(Fmt, WhatDoesNotCompileIsLaidOutButNotRespelled) {
  const Project project;
  project.dir.write("rules/bills.rules", disarranged(project.bills) + "parameter x = nonsense\n");
  const Ran ran = duban(project.dir, {"fmt", "--lang", "zh", "rules"}, {});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.err.find("rules/bills.rules"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find("words.rules"), std::string::npos) << ran.err;
  const std::string after = project.dir.read("rules/bills.rules");
  EXPECT_EQ(after.substr(0, project.bills.size()), project.bills);
  EXPECT_EQ(project.dir.read("rules/words.rules").find("vocabulary"), std::string::npos);
}

TEST(Fmt, FilesThatAreNotThere) {
  const TempDir dir;
  EXPECT_EQ(duban(dir, {"fmt", "nothing.rules"}).code, 3);
  EXPECT_EQ(duban(dir, {"fmt", "--lang", "fr", "."}).code, 2);
}

// The starter project is laid out as it should be, in both languages.
TEST(Fmt, TheStarterProjectIsLaidOut) {
  const TempDir dir;
  for (const std::string language : {"en", "zh"}) {
    EXPECT_EQ(duban(dir, {"init", language, "--lang", language}).code, 0);
    const Ran ran = duban(dir, {"fmt", "--check", language});
    EXPECT_EQ(ran.code, 0) << ran.out;
    const Ran own = duban(dir, {"fmt", "--check", "--lang", language, language});
    EXPECT_EQ(own.code, 0) << own.out << own.err;
    const std::string other = language == "en" ? "zh" : "en";
    EXPECT_EQ(duban(dir, {"fmt", "--lang", other, language}).code, 0);
    EXPECT_EQ(duban(dir, {"fmt", "--check", "--lang", other, language}).code, 0);
    EXPECT_EQ(duban(dir, {"test", language}).code, 0);
    EXPECT_EQ(duban(dir, {"fmt", "--lang", language, language}).code, 0);
    const std::string again = language + "-again";
    EXPECT_EQ(duban(dir, {"init", again, "--lang", language}).code, 0);
    for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / again)) {
      if (entry.path().extension() != ".rules") continue;
      const auto below = entry.path().lexically_relative(dir / again).string();
      EXPECT_EQ(dir.read(language + "/" + below), dir.read(again + "/" + below));
    }
  }
}

// Its words are told apart by the names that the file sees in those it uses.
TEST(Fmt, ChineseWithoutSpacesGetsThem) {
  const TempDir dir;
  EXPECT_EQ(duban(dir, {"init", "p", "--lang", "zh"}).code, 0);
  std::map<std::string, std::string> before;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(dir / "p")) {
    if (entry.path().extension() != ".rules") continue;
    const std::string path = entry.path().lexically_relative(dir / "").string();
    before[path] = dir.read(path);
    dir.write(path, without_spaces(before[path]));
    EXPECT_NE(dir.read(path), before[path]);
  }
  EXPECT_GE(before.size(), 2U);
  const Ran ran = duban(dir, {"fmt", "p"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const auto& [path, text] : before) EXPECT_EQ(dir.read(path), text) << path;
}

}  // namespace
}  // namespace duban::test::fmt_test
