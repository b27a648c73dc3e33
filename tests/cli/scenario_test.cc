// Goal: `test` reports like a good test runner: what failed beside what was expected, coverage,
// suggestions and mutants, for people and for machines. Method: a small project, mended and broken.

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <regex>
#include <sstream>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::scenario_test {
namespace {

namespace pt = boost::property_tree;

// How long things took is another number each time.
std::string without_times(const std::string& text) {
  std::string out = std::regex_replace(text, std::regex(" +[0-9.]+ (ms|毫秒)\n"), "\n");
  return std::regex_replace(out, std::regex("[0-9.]+ (s\\)|秒）)"), "… $1");
}

TEST(ScenarioReport, ByFileWithTimes) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"test", "rules"});
  EXPECT_EQ(ran.code, 0) << ran.out;
  EXPECT_EQ(without_times(ran.out),
            "rules/bills.rules\n"
            "  ✓ paid in time\n"
            "  ✓ an unpaid bill is phoned about\n"
            "2 scenarios, all passed (… s)\n");
  EXPECT_NE(ran.out, without_times(ran.out));
  EXPECT_EQ(ran.out.find('\x1b'), std::string::npos);
}

TEST(ScenarioReport, AFailureBesideWhatWasExpected) {
  const SampleProject project;
  project.bills("3 days before due_date:", "4 days before due_date:");
  const Ran ran = duban(project.dir, {"test", "rules", "--filter", "PAID in"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(without_times(ran.out), R"(rules/bills.rules
  ✗ paid in time
      rules/bills.rules:37: expect sms bill_reminder to "C001" at 2026-03-17 09:00
        it did not happen; the nearest is:
          2026-03-16 09:00  sms bill_reminder to C001: Dear Li Ming: bill B1 of CNY 300.00 is due on 2026-03-20.
          but at another time: expected 2026-03-17 09:00, was 2026-03-16 09:00 (1 day earlier)
                          what happened                                                             what was expected
        2026-03-01 09:00  given Staff "S01" with name = "Zhao Qiang", supervisor = "S02"
        2026-03-01 09:00  given Customer "C001" with name = "Li Ming", phone = "13800000001", man…
        2026-03-01 09:00  bill_issued with bill_no = "B1", amount = 300 yuan, due_date = 2026-03-…
        2026-03-01 09:00  case Collection "B1" of C001 opened (:12)
      ✗ 2026-03-16 09:00  sms bill_reminder to C001: Dear Li Ming: bill B1 of CNY 300.00 is due o…  :37 expect sms bill_reminder to "C001" at 2026-03-17 09:00
        2026-03-18 10:00  payment_received with bill_no = "B1", amount = 300 yuan
      ✓ 2026-03-18 10:00  case Collection "B1" of C001 closed as settled (:14)                      :39 expect case Collection "B1" closed as settled at 2026-03-18 10:00
1 scenario, 1 failed (… s)
)");
}

TEST(ScenarioReport, AFailureInChinese) {
  const TempDir dir;
  write_sample(dir, "rules");
  dir.write("rules/zh.rules", R"(办法 “提醒” （Reminders）
  引用 “words.rules”

通知模板 催交 （nudge） 服务 短信 “{名称}，请交费。”

规则 “发行即提醒” （Remind）
  发生 电费发行 时 若 金额 不低于 100 元：
    向 客户 发送 短信 催交

场景 “一百元以上即提醒”
  已知 客户 “C001”，内容 名称 = “李明”，手机 = “13800000001”
  于 2026年3月2日 09:00 电费发行，内容 账单号 = “B1”，金额 = 100 元，到期日 = 2026年3月20日
  应 向 “C001” 发送 短信 催交 于 2026年3月2日 09:30 含 “李明”
  应 向 “C002” 发送 短信 催交
  不应 向 “C001” 发送 短信 催交
)");
  const Ran ran = duban(dir, {"test", "rules/zh.rules", "--lang", "zh"});
  EXPECT_EQ(ran.code, 1);
  EXPECT_EQ(without_times(ran.out), R"(rules/zh.rules
  ✗ 一百元以上即提醒
      rules/zh.rules:13: 应 向 “C001” 发送 短信 催交 于 2026年3月2日 09:30 含 “李明”
        未发生；最接近的是：
          2026-03-02 09:00  短信 催交 发 C001：李明，请交费。
          但时间不同：应为 2026-03-02 09:30，实为 2026-03-02 09:00（早 30 分钟）
      rules/zh.rules:14: 应 向 “C002” 发送 短信 催交
        未发生；最接近的是：
          2026-03-02 09:00  短信 催交 发 C001：李明，请交费。
          但收件人不同：应为 C002，实为 C001
      rules/zh.rules:15: 不应 向 “C001” 发送 短信 催交
        却发生了：
          2026-03-02 09:00  短信 催交 发 C001：李明，请交费。
                          实际经过                                                             预期
        2026-03-02 09:00  已知 客户 “C001”，内容 名称 = “李明”，手机 = “13800000001”
        2026-03-02 09:00  电费发行，内容 账单号 = “B1”，金额 = 100 元，到期日 = 2026年3月20日
      ✗ 2026-03-02 09:00  短信 催交 发 C001：李明，请交费。 (:8)                               :13 应 向 “C001” 发送 短信 催交 于 2026年3月2日 09:30 含 “李明”
      ✗                                                                                        :14 应 向 “C002” 发送 短信 催交
      ✗                                                                                        :15 不应 向 “C001” 发送 短信 催交
1 个场景，1 个未通过（… 秒）
)");
}

TEST(ScenarioReport, FilterChoosesByName) {
  const SampleProject project;
  const Ran one = duban(project.dir, {"test", "rules", "--filter", "Unpaid"});
  EXPECT_EQ(one.code, 0);
  EXPECT_EQ(count(one.out, "✓"), 1U) << one.out;
  EXPECT_NE(one.out.find("an unpaid bill"), std::string::npos);
  const Ran none = duban(project.dir, {"test", "rules", "--filter", "nowhere"});
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.err.find("no scenario has `nowhere` in its name"), std::string::npos) << none.err;
}

TEST(ScenarioReport, JunitIsWellFormed) {
  const SampleProject project;
  project.bills("scenario \"paid in time\"", "scenario \"已缴 <&> \\\"在期限内\\\"\"");
  project.dir.write("rules/bills.rules",
                    replaced(project.dir.read("rules/bills.rules"),
                             "3 days before due_date:", "4 days before due_date:"));
  const Ran ran = duban(project.dir, {"test", "rules", "--junit", "report.xml", "--lang", "zh"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  pt::ptree tree;
  std::istringstream in(project.dir.read("report.xml"));
  ASSERT_NO_THROW(pt::read_xml(in, tree)) << project.dir.read("report.xml");
  const pt::ptree& all = tree.get_child("testsuites");
  EXPECT_EQ(all.get<int>("<xmlattr>.tests"), 2);
  EXPECT_EQ(all.get<int>("<xmlattr>.failures"), 1);
  const pt::ptree& suite = all.get_child("testsuite");
  EXPECT_EQ(suite.get<std::string>("<xmlattr>.name"), "rules/bills.rules");
  EXPECT_EQ(suite.get<int>("<xmlattr>.tests"), 2);
  const pt::ptree& first = suite.get_child("testcase");
  EXPECT_EQ(first.get<std::string>("<xmlattr>.name"), "已缴 <&> \"在期限内\"");
  EXPECT_EQ(first.get<std::string>("<xmlattr>.classname"), "rules/bills.rules");
  EXPECT_EQ(first.get<int>("<xmlattr>.line"), 33);
  EXPECT_GE(first.get<double>("<xmlattr>.time"), 0.0);
  EXPECT_NE(first.get<std::string>("failure.<xmlattr>.message").find("时间不同"),
            std::string::npos);
  EXPECT_NE(first.get<std::string>("failure").find("实际经过"), std::string::npos);
  const Ran unwritable = duban(project.dir, {"test", "rules", "--junit", "no/such/report.xml"});
  EXPECT_EQ(unwritable.code, 3);
}

TEST(ScenarioReport, AFileThatDoesNotCompileIsAFailedTest) {
  const SampleProject project;
  project.bills("3 days before due_date:", "3 days before due_dat:");
  const Ran ran = duban(project.dir, {"test", "rules", "--junit", "report.xml"});
  EXPECT_EQ(ran.code, 1);
  pt::ptree tree;
  std::istringstream in(project.dir.read("report.xml"));
  ASSERT_NO_THROW(pt::read_xml(in, tree));
  EXPECT_EQ(tree.get<int>("testsuites.<xmlattr>.failures"), 1);
  EXPECT_EQ(tree.get<std::string>("testsuites.testsuite.testcase.<xmlattr>.name"),
            "rules/bills.rules");
}

TEST(ScenarioReport, Coverage) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"test", "rules", "--coverage", "--coverage-json", "c.json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("never reached by a scenario"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("`--suggest` shows the rest"), std::string::npos) << ran.out;
  const boost::json::value json = boost::json::parse(project.dir.read("c.json"));
  const boost::json::value& policy = json.at("policies").as_array().at(0);
  EXPECT_EQ(policy.at("policy").as_string(), "Bills");
  EXPECT_EQ(policy.at("file").as_string(), "rules/bills.rules");
  const auto reached = policy.at("all").at("reached").to_number<int>();
  const auto all = policy.at("all").at("all").to_number<int>();
  EXPECT_GT(reached, 0);
  EXPECT_LT(reached, all);
  EXPECT_NE(ran.out.find(std::to_string(reached) + "/" + std::to_string(all)), std::string::npos)
      << ran.out;
  size_t sides = 0;
  for (const boost::json::value& item : policy.at("items").as_array()) {
    if (item.at("kind").as_string() == "condition") sides += item.as_object().count("failed");
  }
  EXPECT_GT(sides, 0U);
  const Ran chinese = duban(project.dir, {"test", "rules", "--coverage", "--lang", "zh"});
  EXPECT_NE(chinese.out.find("没有场景涉及"), std::string::npos) << chinese.out;
}

TEST(ScenarioReport, SuggestionsCanBePasted) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"test", "rules", "--suggest", "--format", "json"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const boost::json::value json = boost::json::parse(ran.out);
  std::string added;
  for (const boost::json::value& each : json.at("boundaries").at("boundaries").as_array()) {
    for (const boost::json::value& suggestion : each.at("suggestions").as_array()) {
      EXPECT_EQ(suggestion.at("file").as_string(), "rules/bills.rules");
      added += std::string(suggestion.at("scenario").as_string());
    }
  }
  ASSERT_NE(added, "");
  project.dir.write("rules/bills.rules", bills_rules() + "\n" + added);
  const Ran pasted = duban(project.dir, {"test", "rules"});
  EXPECT_EQ(pasted.code, 0) << pasted.out;
  EXPECT_EQ(count(pasted.out, "✓"), 2U + count(added, "scenario ")) << pasted.out;
  const Ran text = duban(project.dir, {"test", "rules", "--suggest", "--lang", "zh"});
  EXPECT_NE(text.out.find("处界限、时长与期限中"), std::string::npos) << text.out;
}

TEST(ScenarioReport, Mutation) {
  const SampleProject project;
  const Ran ran = duban(project.dir, {"test", "rules", "--mutate"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("changes that no scenario notices"), std::string::npos) << ran.out;
  EXPECT_NE(ran.out.find("changes are noticed by a scenario ("), std::string::npos) << ran.out;
  const Ran again = duban(project.dir, {"test", "rules", "--mutate"});
  EXPECT_EQ(without_times(again.out), without_times(ran.out));
  const Ran few =
      duban(project.dir, {"test", "rules", "--mutate", "--mutate-max", "5", "--format", "json"});
  const boost::json::value json = boost::json::parse(few.out).at("mutation");
  EXPECT_EQ(json.at("tried").to_number<int>(), 5);
  EXPECT_GT(json.at("all").to_number<int>(), 5);
  EXPECT_EQ(json.at("changes").as_array().size(), 5U);
  EXPECT_EQ(duban(project.dir, {"test", "rules", "--mutate-max", "0"}).code, 2);
  const Ran chinese = duban(project.dir, {"test", "rules", "--mutate", "--lang", "zh"});
  EXPECT_NE(chinese.out.find("没有场景察觉的变更"), std::string::npos) << chinese.out;
}

TEST(ScenarioReport, JsonNamesTheDifferences) {
  const SampleProject project;
  project.bills("3 days before due_date:", "4 days before due_date:");
  const Ran ran = duban(project.dir, {"test", "rules", "--format", "json"});
  EXPECT_EQ(ran.code, 1);
  const boost::json::value json = boost::json::parse(ran.out);
  const boost::json::value& first = json.at("results").as_array().at(0);
  EXPECT_EQ(first.at("place").as_string(), "rules/bills.rules:33");
  const boost::json::value& wrong = first.at("expectations").as_array().at(0);
  EXPECT_FALSE(wrong.at("met").as_bool());
  EXPECT_EQ(wrong.at("differences").as_array().at(0).at("aspect").as_string(), "time");
  const auto position = wrong.at("timeline").as_array().at(0).to_number<size_t>();
  EXPECT_EQ(first.at("timeline").as_array().at(position).at("time").as_string(),
            "2026-03-16 09:00");
  EXPECT_TRUE(first.at("expectations").as_array().at(1).at("met").as_bool());
}

}  // namespace
}  // namespace duban::test::scenario_test
