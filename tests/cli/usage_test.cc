// Goal: whoever mistypes is told what was meant, in their language, with exit code 2.
// Method: the binary with right and wrong command lines.

#include <gtest/gtest.h>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::usage_test {
namespace {

const std::vector<std::vector<std::string>> kCommands = {
    {"check"},        {"test"},     {"deploy"}, {"versions"},          {"rollback"},
    {"run"},          {"list"},     {"task"},   {"task", "done"},      {"task", "reassign"},
    {"task", "note"}, {"incident"}, {"why"},    {"incident", "retry"}, {"incident", "drop"},
    {"init"}};

TEST(Usage, HelpNamesEveryCommand) {
  const TempDir dir;
  const Ran ran = duban(dir, {"--help"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(ran.err, "");
  for (const auto& words : kCommands) {
    EXPECT_NE(ran.out.find("  " + words[0] + " "), std::string::npos) << words[0] << "\n"
                                                                      << ran.out;
  }
}

TEST(Usage, EveryHelpTeachesByExample) {
  const TempDir dir;
  for (const std::string language : {"en", "zh"}) {
    for (std::vector<std::string> words : kCommands) {
      words.insert(words.end(), {"--lang", language, "--help"});
      const Ran ran = duban(dir, words);
      EXPECT_EQ(ran.code, 0) << words[0] << ran.err;
      const size_t examples = ran.out.find(language == "zh" ? "示例：" : "Examples:");
      ASSERT_NE(examples, std::string::npos) << ran.out;
      const size_t shown = count(ran.out.substr(examples), "\n  duban ");
      EXPECT_GE(shown, 2U) << ran.out;
      EXPECT_LE(shown, 4U) << ran.out;
    }
  }
}

TEST(Usage, HelpOfACommandShowsItsWholeName) {
  const TempDir dir;
  const Ran ran = duban(dir, {"task", "done", "--help"});
  EXPECT_NE(ran.out.find("duban task done"), std::string::npos) << ran.out;
}

TEST(Usage, Version) {
  const TempDir dir;
  const Ran ran = duban(dir, {"--version"});
  EXPECT_EQ(ran.code, 0);
  EXPECT_TRUE(ran.out.starts_with("duban 0.")) << ran.out;
}

struct Mistake {
  std::vector<std::string> words;
  std::string said;
};

TEST(Usage, MistakesAreNamedWithWhatWasMeant) {
  const TempDir dir;
  const std::vector<Mistake> mistakes = {
      {{}, "a command is missing"},
      {{"chek"}, "unknown command `chek`; did you mean `check`?"},
      {{"frobnicate"}, "unknown command `frobnicate`"},
      {{"task", "dnoe"}, "unknown command `dnoe`; did you mean `done`?"},
      {{"task"}, "a command is missing"},
      {{"check", "--strct"}, "unknown option `--strct`; did you mean `--strict`?"},
      {{"list", "tasks", "--bd", "x"}, "unknown option `--bd`; did you mean `--db`?"},
      {{"list", "task", "--db", "x"}, "did you mean `tasks`?"},
      {{"list", "--db", "x"}, "WHAT is missing"},
      {{"list", "tasks"}, "--db is missing"},
      {{"list", "tasks", "--db"}, "--db needs one value"},
      {{"list", "tasks", "--db", "x", "--limit", "many"}, "many"},
      {{"list", "tasks", "--db", "x", "--format", "jsn"}, "did you mean `json`?"},
      {{"versions", "--db", "x", "y"}, "`y` is one argument too many"},
      {{"run", "--db", "x"}, "--events is missing"},
      {{"run", "--db", "x", "--events", "y", "--clock", "sundial"}, "`sundial` is not one of"},
      {{"rollback", "one", "--db", "x"}, "one"},
      {{"deploy", ".", "--db", "x", "--set", "nonsense"}, "`nonsense` is not name=value"},
      {{"check", "--lang", "fr"}, "`fr` is not one of en, zh"},
      {{"test", "--mutate", "--mutate-max", "0"}, "`0` is not a number, 1 or more"},
      {{"test", "--mutate", "--mutate-max", "-1"}, "`-1` is not a number, 1 or more"},
  };
  for (const Mistake& mistake : mistakes) {
    const Ran ran = duban(dir, mistake.words);
    std::string words;
    for (const std::string& word : mistake.words) words += " " + word;
    EXPECT_EQ(ran.code, 2) << words << "\n" << ran.err;
    EXPECT_EQ(ran.out, "") << words;
    EXPECT_NE(ran.err.find(mistake.said), std::string::npos) << words << "\n" << ran.err;
  }
}

TEST(Usage, MessagesFollowTheEnvironment) {
  const TempDir dir;
  const std::string chinese = "未知命令“chek”；是否指“check”？";
  EXPECT_NE(duban(dir, {"chek"}, {}, {{"LANG", "zh_CN.UTF-8"}}).err.find(chinese),
            std::string::npos);
  EXPECT_NE(duban(dir, {"chek"}, {}, {{"LC_ALL", "zh_TW"}, {"LANG", "C"}}).err.find(chinese),
            std::string::npos);
  EXPECT_EQ(duban(dir, {"chek"}, {}, {{"LC_ALL", "C"}, {"LANG", "zh_CN.UTF-8"}}).err.find(chinese),
            std::string::npos);
  EXPECT_NE(duban(dir, {"--lang", "zh", "chek"}).err.find(chinese), std::string::npos);
  EXPECT_EQ(duban(dir, {"--lang", "en", "chek"}, {}, {{"LANG", "zh_CN"}}).err.find(chinese),
            std::string::npos);
}

TEST(Usage, AFullDiskIsReported) {
  const TempDir dir;
  const std::string command =
      std::string(DUBAN_BINARY) + " --help > /dev/full 2> " + (dir / "err").string();
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
  EXPECT_NE(dir.read("err").find("cannot write the result"), std::string::npos);
}

TEST(Usage, AChannelThatCannotBeIsAMistake) {
  const SampleProject project;
  project.dir.write("feed.ndjson", sample_feed());
  const std::pair<std::string, std::string> mistakes[] = {
      {"smss=log", "there is no channel `smss`; did you mean `sms`?"},
      {"sms=file:", "`file:` is not a target"},
      {"sms=pigeon", "`pigeon` is not a target"},
      {"sms", "`sms` is not name=value"}};
  for (const auto& [channel, said] : mistakes) {
    const Ran ran = duban(project.dir, {"run", "--rules", "rules", "--db", "a.db", "--events",
                                        "feed.ndjson", "--channel", channel});
    EXPECT_EQ(ran.code, 2) << channel << "\n" << ran.err;
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
  }
}

// What is opened first would be what is written to.
TEST(Usage, ClosedOutputIsNoOtherFile) {
  const SampleProject project;
  const TempDir& dir = project.dir;
  dir.write("feed.ndjson", sample_feed() + "no event\n");
  const std::string command = "cd " + dir.path().string() + " && " + DUBAN_BINARY +
                              " run --rules rules --db a.db --events feed.ndjson --until 2026-04-30"
                              " --channel '*=file:sent.ndjson' <&- >&- 2>&-";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3) << "the result cannot be written";
  const std::string lock = dir.read("a.db-lock");
  EXPECT_TRUE(lock.starts_with("process ") && count(lock, "\n") == 0) << lock;
  const std::string sent = dir.read("sent.ndjson");
  EXPECT_GT(count(sent, "\n"), 3U);
  EXPECT_EQ(count(sent, "{\"id\":"), count(sent, "\n")) << sent;
  EXPECT_EQ(duban(dir, {"db", "check", "--db", "a.db"}).code, 0);
}

TEST(Usage, AReaderThatGoesAwayIsNoError) {
  const TempDir dir;
  const std::string command = "bash -c '" + std::string(DUBAN_BINARY) + " --help 2> " +
                              (dir / "err").string() + " | true; exit ${PIPESTATUS[0]}'";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  EXPECT_EQ(dir.read("err"), "");
}

}  // namespace
}  // namespace duban::test::usage_test
