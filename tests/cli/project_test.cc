// Goal: from nothing to an explained task with five commands, as the README of the starter says.
// Method: init, check, test, run, list, why, in both languages; then everything once more.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::project_test {
namespace {

class Starter : public testing::TestWithParam<const char*> {
 protected:
  Ran run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--lang", GetParam()});
    return duban(dir, words);
  }
  Ran feed() const {
    return run({"run", "--rules", "demo", "--db", "demo.db", "--events", "demo/feed.ndjson"});
  }
  TempDir dir;
};

TEST_P(Starter, WorksAsItsReadmeSays) {
  const Ran made = run({"init", "demo"});
  ASSERT_EQ(made.code, 0) << made.err;
  EXPECT_EQ(count(dir.read("demo/feed.ndjson"), "\n"), 10U);
  const Ran checked = run({"check", "--strict", "demo"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  const Ran tested = run({"test", "demo"});
  EXPECT_EQ(tested.code, 0) << tested.out << tested.err;
  EXPECT_EQ(count(tested.out, "✓"), 2U) << tested.out;

  const Ran first = feed();
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  const Ran tasks = run({"list", "tasks", "--db", "demo.db", "--format", "csv"});
  ASSERT_EQ(tasks.code, 0) << tasks.err;
  EXPECT_EQ(count(tasks.out, "\r\n"), 5U) << tasks.out;  // a heading and four tasks
  const Ran why = run({"why", first_id(tasks.out), "--db", "demo.db"});
  EXPECT_EQ(why.code, 0) << why.err;
  EXPECT_NE(why.out.find("repairs.rules"), std::string::npos) << why.out;
  EXPECT_NE(why.out.find(GetParam() == std::string("zh") ? "启动时" : "on opening"),
            std::string::npos)
      << why.out;
}

TEST_P(Starter, RunningAgainChangesNothing) {
  ASSERT_EQ(run({"init", "demo"}).code, 0);
  ASSERT_EQ(feed().code, 0);
  std::vector<std::string> before;
  const std::vector<std::string> kinds = {"tasks",     "notices", "cases",    "subjects",
                                          "incidents", "events",  "outgoing", "versions"};
  for (const std::string& kind : kinds) {
    const Ran listed = run({"list", kind, "--db", "demo.db", "--format", "csv"});
    EXPECT_EQ(listed.code, 0) << kind << listed.err;
    before.push_back(listed.out);
  }
  const Ran again = feed();
  EXPECT_EQ(again.code, 0) << again.err;
  for (size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(run({"list", kinds[i], "--db", "demo.db", "--format", "csv"}).out, before[i]);
  }
}

INSTANTIATE_TEST_SUITE_P(BothLanguages, Starter, testing::Values("en", "zh"));

TEST(Init, LeavesWhatIsThereAlone) {
  const TempDir dir;
  dir.write("full/a.txt", "mine");
  dir.write("file", "mine");
  EXPECT_EQ(duban(dir, {"init", "full"}).code, 3);
  EXPECT_EQ(duban(dir, {"init", "file"}).code, 3);
  EXPECT_EQ(dir.read("full/a.txt"), "mine");
  std::filesystem::create_directory(dir / "empty");
  EXPECT_EQ(duban(dir, {"init", "empty"}).code, 0);
  EXPECT_EQ(duban(dir, {"init", "deep/er/project"}).code, 0);
}

TEST(Project, EveryResultHasAFormForMachines) {
  const TempDir dir;
  write_sample(dir, "rules");
  dir.write("feed.ndjson", sample_feed());
  const Ran ran = duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--events", "feed.ndjson",
                              "--until", "2026-04-30", "--format", "json"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  const boost::json::value summary = boost::json::parse(ran.out);
  EXPECT_EQ(summary.at("lines").to_number<int>(), 8);
  EXPECT_EQ(summary.at("cases_opened").to_number<int>(), 3);
  EXPECT_EQ(summary.at("cases_closed").to_number<int>(), 1);
  EXPECT_EQ(summary.at("tasks_opened").to_number<int>(), 2);
  EXPECT_EQ(summary.at("outgoing").to_number<int>(), 2);
  for (const char* kind :
       {"tasks", "notices", "cases", "subjects", "incidents", "events", "outgoing", "versions"}) {
    const Ran listed = duban(dir, {"list", kind, "--db", "a.db", "--format", "json"});
    ASSERT_EQ(listed.code, 0) << listed.err;
    EXPECT_TRUE(boost::json::parse(listed.out).is_array()) << listed.out;
  }
  const Ran absolute = duban(dir, {"list", "tasks", "--db", "a.db", "--format", "json"});
  EXPECT_NE(absolute.out.find("T17:00:00+08:00"), std::string::npos) << absolute.out;
  const Ran tasks = duban(dir, {"list", "tasks", "--db", "a.db", "--format", "csv"});
  const Ran why = duban(dir, {"why", first_id(tasks.out), "--db", "a.db", "--format", "json"});
  ASSERT_EQ(why.code, 0) << why.err;
  const boost::json::value chain = boost::json::parse(why.out).at("chain");
  ASSERT_FALSE(chain.as_array().empty());
  EXPECT_TRUE(chain.as_array().back().at("time").as_string().ends_with("+08:00")) << why.out;
  EXPECT_NE(std::string(chain.as_array().back().at("source_line").as_string())
                .find("7 days after due_date"),
            std::string::npos)
      << why.out;
}

}  // namespace
}  // namespace duban::test::project_test
