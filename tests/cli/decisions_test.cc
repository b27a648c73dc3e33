// Decisions end to end: a table's file, a scorecard, events that do not count, and the article
// behind what was done.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/cli/harness.h"

namespace duban::test::decisions_test {
namespace {

const char* const kRules = R"rules(vocabulary "V" (词汇)
  timezone "Asia/Shanghai"
  currency CNY (元)
reference Staff (员工) key staff_no (工号)
  name (姓名) : text
entity Customer (客户) key account (户号)
  name (名称) : text
  debt (欠款) : money = 0 yuan
  manager (客户经理) : Staff?
event billed (电费发行) for Customer unique by bill_no
  bill_no (账单号) : text
  amount (金额) : money
  set debt = amount
event asked (询问) for Customer
outgoing event cut (停电) for Customer
  bill_no (账单号) : text
channel mail (邮件) to name
policy "Levels" (分级)
  basis "Electricity Act, Article 1"

table level (等级) first match
  from "levels.csv"
scorecard score (评分) of Customer
  base 50
  -20 if debt above 100 yuan
  grade fine (尚可) at least 50
  grade bad (欠佳) otherwise

notice told (告知) service mail "{level.tier} in {level.days} days, {score.points} points: {score.grade}"

forbid cut when debt above 500 yuan
  because "Large debts are for the court."
  basis "Civil Code, Article 1165"

rule "Tell" (告知规则)
  basis "Service Code, Article 9"
  on asked:
    notify Customer by mail told
    task "Ring {name}" for manager
      due within level.days * 1 day
rule "Cut" (停电规则)
  on asked if debt above 200 yuan:
    raise cut with bill_no = "B1"
case Bill (账单) of Customer per bill_no
  basis "Billing Code, Article 3"
  opens on billed
  closes when debt <= 0 yuan as paid (已付)
)rules";

const char* const kLevels =
    "debt,=> tier (级别),days\n\">= 1,000 yuan\",red (红),1\nany,green (绿),9\n";

const char* const kFeed =
    R"({"type":"Staff","id":"s1","subject":"S01","data":{"name":"Zhao"}}
{"type":"Customer","id":"c1","subject":"C1","time":"2026-01-01T08:00:00+08:00","data":{"name":"Li","manager":"S01"}}
{"type":"billed","id":"first","subject":"C1","time":"2026-01-02T09:00:00+08:00","data":{"bill_no":"B1","amount":900}}
{"type":"billed","id":"again-1","subject":"C1","time":"2026-01-03T09:00:00+08:00","data":{"bill_no":"B1","amount":900}}
{"type":"billed","id":"again-2","subject":"C1","time":"2026-01-04T09:00:00+08:00","data":{"bill_no":"B1","amount":120}}
{"type":"asked","id":"ask","subject":"C1","time":"2026-01-05T09:00:00+08:00","data":{}}
)";

class Decisions : public testing::Test {
 protected:
  void SetUp() override {
    dir.write("rules/levels.rules", kRules);
    dir.write("rules/levels.csv", kLevels);
    dir.write("feed.ndjson", kFeed);
    const Ran ran = duban(dir, {"run", "--db", "work.db", "--rules", "rules/", "--events",
                                "feed.ndjson", "--format", "json"});
    ASSERT_EQ(ran.code, 0) << ran.out << ran.err;
  }

  boost::json::array list(const std::string& what, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"list", what, "--db", "work.db", "--format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Ran ran = duban(dir, arguments);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return boost::json::parse(ran.out).as_array();
  }

  std::string why(const std::string& id, const std::string& language = "en") {
    const Ran ran = duban(dir, {"why", id, "--db", "work.db", "--lang", language});
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
  }

  static std::string text(const boost::json::value& row, const char* column) {
    const boost::json::value& cell = row.at(column);
    return cell.is_string() ? std::string(cell.as_string()) : std::string();
  }

  TempDir dir;
};

TEST_F(Decisions, ListingsNameTheArticle) {
  const auto tasks = list("tasks");
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_EQ(text(tasks[0], "basis"), "Service Code, Article 9");
  const auto cases = list("cases");
  ASSERT_EQ(cases.size(), 1U);
  EXPECT_EQ(text(cases[0], "basis"), "Billing Code, Article 3");
  const auto notices = list("notices");
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(text(notices[0], "basis"), "Service Code, Article 9");
  EXPECT_EQ(text(notices[0], "text"), "green in 9 days, 30 points: bad");
  const auto outgoing = list("outgoing");
  ASSERT_EQ(outgoing.size(), 1U);
  EXPECT_EQ(text(outgoing[0], "status"), "blocked");
  EXPECT_EQ(text(outgoing[0], "basis"), "Electricity Act, Article 1");
  EXPECT_EQ(text(outgoing[0], "note"),
            "Large debts are for the court. (basis: Civil Code, Article 1165)");
  const Ran table = duban(dir, {"list", "tasks", "--db", "work.db", "--lang", "zh"});
  EXPECT_NE(table.out.find("依据"), std::string::npos) << table.out;
  EXPECT_NE(table.out.find("待办"), std::string::npos) << table.out;
  EXPECT_EQ(table.out.find("open"), std::string::npos) << table.out;
  // What a table shows is understood; data keeps its words.
  EXPECT_EQ(list("tasks", {"--status", "待办", "--lang", "zh"}).size(), 1U);
  EXPECT_EQ(text(list("tasks", {"--lang", "zh"})[0], "status"), "open");
  EXPECT_TRUE(list("tasks", {"--status", "已办毕"}).empty());
  const Ran chinese = duban(dir, {"list", "cases", "--db", "work.db", "--lang", "zh"});
  EXPECT_NE(chinese.out.find("办理中"), std::string::npos) << chinese.out;
  const Ran blocked = duban(dir, {"list", "outgoing", "--db", "work.db", "--lang", "zh"});
  EXPECT_NE(blocked.out.find("被禁止"), std::string::npos) << blocked.out;
}

TEST_F(Decisions, ExplanationsNameTheArticleAndTheScore) {
  const std::string told = why(text(list("notices")[0], "id"));
  EXPECT_NE(told.find("Levels, Service Code, Article 9"), std::string::npos) << told;
  const std::string task = why(text(list("tasks")[0], "id"));
  EXPECT_NE(task.find("Service Code, Article 9"), std::string::npos) << task;
  const std::string opened = why(text(list("cases")[0], "id"));
  EXPECT_NE(opened.find("Billing Code, Article 3"), std::string::npos) << opened;
}

TEST_F(Decisions, ASecondEventIsListedAndExplained) {
  EXPECT_EQ(list("cases").size(), 1U);
  EXPECT_TRUE(list("incidents").empty());
  const auto events = list("events", {"--subject", "C1", "--type", "billed"});
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(text(events[0], "status"), "counted");
  EXPECT_EQ(text(events[0], "note"), "");
  EXPECT_EQ(text(events[1], "status"), "duplicate");
  EXPECT_EQ(text(events[1], "note"), "B1");
  EXPECT_EQ(text(events[2], "status"), "duplicate");
  EXPECT_EQ(text(events[2], "note"), "B1; other content");
  EXPECT_EQ(list("events", {"--status", "duplicate"}).size(), 2U);
  const std::string again = why("again-1");
  EXPECT_NE(again.find("duplicate event: billed B1 (C1)"), std::string::npos) << again;
  EXPECT_NE(again.find("levels.rules:10: event billed"), std::string::npos) << again;
  EXPECT_NE(again.find("is a duplicate and does not count"), std::string::npos) << again;
  EXPECT_EQ(again.find("a correction"), std::string::npos) << again;
  const std::string corrected = why("again-2", "zh");
  EXPECT_NE(corrected.find("更正须另用事件"), std::string::npos) << corrected;
}

TEST_F(Decisions, AChangedFileIsANewDeployment) {
  EXPECT_EQ(duban(dir, {"deploy", "rules/", "--db", "work.db"}).out.find("levels.csv"),
            std::string::npos);
  EXPECT_EQ(list("versions").size(), 1U);
  dir.write("rules/levels.csv",
            "debt,=> tier (级别),days\n\">= 500 yuan\",red (红),2\nany,green (绿),9\n");
  const Ran deployed = duban(dir, {"deploy", "rules/", "--db", "work.db"});
  EXPECT_EQ(deployed.code, 0) << deployed.err;
  EXPECT_NE(deployed.out.find("~ file  levels.csv"), std::string::npos) << deployed.out;
  EXPECT_EQ(list("versions").size(), 2U);
  dir.write(
      "more.ndjson",
      R"({"type":"asked","id":"ask2","subject":"C1","time":"2026-01-06T09:00:00+08:00","data":{}})"
      "\n");
  // The stored deployment has the file: its own is not read again.
  dir.write("rules/levels.csv", "nonsense");
  EXPECT_EQ(duban(dir, {"run", "--db", "work.db", "--events", "more.ndjson"}).code, 0);
  const auto notices = list("notices");
  ASSERT_EQ(notices.size(), 2U);
  EXPECT_EQ(text(notices[1], "text"), "red in 2 days, 30 points: bad");
}

TEST_F(Decisions, AFileThatIsNotUtf8IsNamed) {
  dir.write("rules/levels.csv", "\xc7\xb7\xbf\xee,=> tier\nany,green\n");
  const Ran english = duban(dir, {"check", "rules/"});
  EXPECT_EQ(english.code, 3);
  // The first two bytes happen to be a character of UTF-8.
  EXPECT_NE(english.err.find("rules/levels.csv:1:2: this file is not UTF-8"), std::string::npos)
      << english.err;
  const Ran chinese = duban(dir, {"check", "rules/", "--lang", "zh"});
  EXPECT_NE(chinese.err.find("GB 18030"), std::string::npos);
  dir.write("rules/levels.csv", "debt,=> tier\n> 5 yuna,green\nany,red\n");
  const Ran wrong = duban(dir, {"check", "rules/"});
  EXPECT_EQ(wrong.code, 1);
  EXPECT_NE(wrong.out.find("rules/levels.csv:2:"), std::string::npos) << wrong.out;
}

}  // namespace
}  // namespace duban::test::decisions_test
