// Goal: a recurring step of a deployed policy goes off when it should, over two runs, and `why`
// tells which occurrence it was and where it moved, in both languages.
#include <gtest/gtest.h>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::recurring_test {
namespace {

// January and February 2026: Saturdays and Sundays off.
std::string workdays() {
  std::string csv = "date,is_workday\n";
  for (int i = 0; i < 59; ++i) {
    const int day = i < 31 ? i + 1 : i - 30;
    const int weekday = (i + 3) % 7;  // 1 January was a Thursday; Monday = 0
    csv += std::string(i < 31 ? "2026-01-" : "2026-02-") + (day < 10 ? "0" : "") +
           std::to_string(day) + (weekday < 5 ? ",1\n" : ",0\n");
  }
  return csv;
}

constexpr const char* kRules = R"(policy "Reports" (报表)
vocabulary "V"
  timezone "Asia/Shanghai"
calendar office default from "days.csv"
entity Customer (客户) key id
  name (名称) : text
event opened (立项) for Customer
  matter (事由号) : text
event closed (结项) for Customer
  matter (事由号) : text
case Matter (事由) of Customer per matter
  opens on opened
  closes on closed as done
  每月 25 日（遇休顺延）10:00：
    交办 客户 “月报 {matter}”
      时限 1 个工作日
)";

constexpr const char* kFeed =
    R"({"id":"1","type":"Customer","subject":"C1","time":"2026-01-01T09:00:00+08:00","data":{"name":"Li"}}
{"id":"2","type":"opened","subject":"C1","time":"2026-01-02T09:00:00+08:00","data":{"matter":"A"}}
)";

TEST(Recurring, GoesOffOnceForEachDayOverTwoRunsAndIsExplained) {
  const TempDir dir;
  dir.write("rules/days.csv", workdays());
  dir.write("rules/reports.rules", kRules);
  dir.write("feed.ndjson", kFeed);
  const auto run = [&](const char* until) {
    return duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--events", "feed.ndjson",
                       "--until", until});
  };
  const Ran first = run("2026-01-31");
  ASSERT_EQ(first.code, 0) << first.out << first.err;
  ASSERT_EQ(run("2026-02-28").code, 0);
  const Ran tasks = duban(dir, {"list", "tasks", "--db", "a.db", "--format", "csv"});
  EXPECT_EQ(count(tasks.out, "月报 A"), 2U) << tasks.out;
  EXPECT_EQ(count(tasks.out, "2026-01-27"), 1U) << tasks.out;  // due a working day after the 26th
  EXPECT_EQ(count(tasks.out, "2026-02-26"), 1U) << tasks.out;

  const std::string id = first_id(tasks.out);
  const Ran english = duban(dir, {"why", id, "--db", "a.db"});
  EXPECT_NE(english.out.find("2026-01-26 10:00"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("每月 25 日 = 2026-01-25"), std::string::npos) << english.out;
  EXPECT_NE(english.out.find("遇休顺延   = 2026-01-26"), std::string::npos) << english.out;
  const Ran chinese = duban(dir, {"why", id, "--db", "a.db", "--lang", "zh"});
  EXPECT_NE(chinese.out.find("每月 25 日 = 2026年1月25日"), std::string::npos) << chinese.out;

  // No data for March: said before it is needed, in both languages.
  const Ran incidents = duban(dir, {"list", "incidents", "--db", "a.db", "--format", "csv"});
  EXPECT_EQ(count(incidents.out, "2026-03-25"), 2U) << incidents.out;
}

}  // namespace
}  // namespace duban::test::recurring_test
