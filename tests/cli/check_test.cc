// Goal: `check` and `test` say what is wrong where it is wrong, in both languages, and leave the
// right exit code. Method: a small project, mended and broken.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <filesystem>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::check_test {
namespace {

TEST(Check, ACleanProject) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"check", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_NE(ran.out.find("in 2 files"), std::string::npos) << ran.out;
}

TEST(Check, AMistakeInBothLanguages) {
  const SampleProject project;
  project.bills("notify Customer by sms bill_reminder", "notify Customer by sms bill_remindr");
  const Ran english = duban(project.dir, {"check", "rules"});
  EXPECT_EQ(english.code, 1);
  EXPECT_NE(english.out.find("rules/bills.rules:21:"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("error E"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("bill_reminder"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("1 error"), std::string::npos) << english.out;
  const Ran chinese = duban(project.dir, {"check", "rules", "--lang", "zh"});
  EXPECT_EQ(chinese.code, 1);
  EXPECT_NE(chinese.out.find("rules/bills.rules:21:"), std::string::npos) << chinese.out;
  EXPECT_NE(chinese.out.find("1 个错误"), std::string::npos) << chinese.out;
  EXPECT_EQ(chinese.out.find("error"), std::string::npos) << chinese.out;
}

TEST(Check, FindingsForMachines) {
  const SampleProject project;
  project.bills("notify Customer by sms bill_reminder", "notify Customer by sms bill_remindr");
  const Ran ran = duban(project.dir, {"check", "--format", "json", "rules"});
  EXPECT_EQ(ran.code, 1);
  const boost::json::value parsed = boost::json::parse(ran.out);
  ASSERT_TRUE(parsed.is_array()) << ran.out;
  const boost::json::array& findings = parsed.get_array();
  bool found = false;
  for (const boost::json::value& finding : findings) {
    if (finding.at("severity").as_string() != "error") continue;
    found = true;
    EXPECT_EQ(finding.at("file").as_string(), "rules/bills.rules");
    EXPECT_EQ(finding.at("line").to_number<int>(), 21);
    EXPECT_GT(finding.at("endColumn").to_number<int>(), finding.at("column").to_number<int>());
    EXPECT_TRUE(finding.at("code").as_string().starts_with("E"));
    EXPECT_FALSE(finding.at("message").as_string().empty());
    EXPECT_TRUE(finding.at("hint").is_string());
  }
  EXPECT_TRUE(found) << ran.out;
  EXPECT_EQ(duban(project.dir, {"check", "--format", "json", "rules/words.rules"}).out[0], '[');
}

TEST(Check, WarningsOnlyCountWhenStrict) {
  const SampleProject project;
  project.dir.write("rules/bills.rules",
                    bills_rules() + "\nnotice never_used service sms \"Dear {name}.\"\n");
  const Ran ran = duban(project.dir, {"check", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_NE(ran.out.find("warning W"), std::string::npos) << ran.out;
  EXPECT_EQ(duban(project.dir, {"check", "--strict", "rules"}).code, 1);
}

TEST(Check, PathsAreShownAsTyped) {
  const SampleProject project;
  project.bills("3 days before due_date:", "3 days before due_dat:");
  EXPECT_TRUE(
      duban(project.dir, {"check", "rules/bills.rules"}).out.starts_with("rules/bills.rules:"));
  EXPECT_TRUE(duban(project.dir, {"check", "./rules"}).out.starts_with("rules/bills.rules:"));
  const std::string absolute = (project.dir / "rules").string();
  EXPECT_TRUE(duban(project.dir, {"check", absolute}).out.starts_with(absolute + "/bills.rules:"));
  EXPECT_TRUE(duban(project.dir, {"check"}).out.starts_with("rules/bills.rules:"));
}

TEST(Check, FilesThatCannotBeRead) {
  const SampleProject project;
  const TempDir& dir = project.dir;
  dir.write("notes.txt", "hello");
  dir.write("empty/readme", "");
  dir.write("gbk/a.rules", "policy \"\xb4\xdf\xb7\xd1\"\n");
  dir.write("big/a.rules", std::string(4'000'001, ' '));
  struct Case {
    std::string path, said;
  };
  for (const Case& c : std::vector<Case>{{"nowhere", "nowhere: no such file or directory"},
                                         {"notes.txt", "neither a .rules file nor a directory"},
                                         {"empty", "no .rules files here"},
                                         {"gbk", "gbk/a.rules:1:9: this file is not UTF-8 text"},
                                         {"big", "at most 4,000,000 are read"}}) {
    const Ran ran = duban(dir, {"check", c.path});
    EXPECT_EQ(ran.code, 3) << c.path;
    EXPECT_NE(ran.err.find(c.said), std::string::npos) << ran.err;
    EXPECT_EQ(ran.out, "");
  }
  EXPECT_NE(duban(dir, {"check", "gbk", "--lang", "zh"}).err.find("GB 18030"), std::string::npos);
}

TEST(Check, AMissingUsedFileIsFoundAtItsLine) {
  const SampleProject project;
  project.bills("use \"words.rules\"", "use \"wrds.rules\"");
  const Ran ran = duban(project.dir, {"check", "rules/bills.rules"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("rules/bills.rules:2:"), std::string::npos) << ran.out;
}

TEST(Check, AByteOrderMarkIsNoMistake) {
  const SampleProject project;
  project.dir.write("rules/bills.rules", "\xef\xbb\xbf" + bills_rules());
  EXPECT_EQ(duban(project.dir, {"check", "rules"}).code, 0);
}

TEST(Test, ScenariosThatPass) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"test", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.out << ran.err;
  EXPECT_EQ(count(ran.out, "✓"), 2U) << ran.out;
  EXPECT_NE(ran.out.find("rules/bills.rules\n"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("2 scenarios, all passed"), std::string::npos) << ran.out;
}

TEST(Test, AFailureShowsWhatHappened) {
  const SampleProject project;
  project.bills("3 days before due_date:", "4 days before due_date:");
  const Ran ran = duban(project.dir, {"test", "rules"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_NE(ran.out.find("✗ paid in time"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("✓ an unpaid bill"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("rules/bills.rules:37"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("what happened"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("2026-03-16"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("2 scenarios, 1 failed"), std::string::npos) << ran.out;
  const Ran chinese = duban(project.dir, {"test", "rules", "--lang", "zh"});
  EXPECT_EQ(chinese.code, 1);
  EXPECT_NE(chinese.out.find("实际经过"), std::string::npos) << chinese.out;
}

TEST(Test, ResultsForMachines) {
  const SampleProject project;
  project.bills("3 days before due_date:", "4 days before due_date:");
  const Ran ran = duban(project.dir, {"test", "rules", "--format", "json"});
  EXPECT_EQ(ran.code, 1);
  const boost::json::value parsed = boost::json::parse(ran.out);
  EXPECT_EQ(parsed.at("scenarios").to_number<int>(), 2);
  EXPECT_EQ(parsed.at("failed").to_number<int>(), 1);
  const boost::json::value& first = parsed.at("results").as_array().at(0);
  EXPECT_FALSE(first.at("passed").as_bool());
  EXPECT_FALSE(first.at("failures").as_array().empty());
  EXPECT_FALSE(first.at("timeline").as_array().empty());
}

TEST(Test, TwoLanguagesOfOneLibraryAreTwoUnits) {
  const TempDir dir;
  write_sample(dir, "lib");
  const std::string policy = replaced(bills_rules(), "words.rules", "../words.rules");
  std::filesystem::remove(dir / "lib/bills.rules");
  dir.write("lib/en/bills.rules", policy);
  dir.write("lib/zh/bills.rules", policy);
  const Ran checked = duban(dir, {"check", "lib"});
  EXPECT_EQ(checked.code, 0) << checked.out << checked.err;
  const Ran tested = duban(dir, {"test", "lib"});
  EXPECT_EQ(tested.code, 0) << tested.out;
  EXPECT_EQ(count(tested.out, "✓"), 4U) << tested.out;
  dir.write("lib/zh/bills.rules", replaced(policy, "3 days before", "4 days before"));
  EXPECT_EQ(duban(dir, {"deploy", "lib", "--db", "a.db"}).code, 0);
  const Ran refused = duban(dir, {"deploy", "lib", "--db", "b.db", "--language", "zh"});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("lib/zh/bills.rules"), std::string::npos) << refused.err;
}

}  // namespace
}  // namespace duban::test::check_test
