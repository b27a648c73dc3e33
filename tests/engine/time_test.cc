#include "engine/time.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "tests/engine/dates.h"

namespace duban::time_test {
namespace {

using namespace test;  // NOLINT: the shared dates

TEST(DateTest, CountsDaysFromThe1970Epoch) {
  EXPECT_EQ(day("1970-01-01").days, 0);
  EXPECT_EQ(day("1969-12-31").days, -1);
  EXPECT_EQ(day("2000-03-01").days, 11017);
  EXPECT_EQ(day("2026-03-01").days, 20513);
  EXPECT_LT(day("2026-02-28"), day("2026-03-01"));
}

TEST(DateTest, ReadsAndWritesTheSameText) {
  for (const char* text : {"2026-03-01", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"}) {
    EXPECT_EQ(to_string(day(text)), text);
  }
}

TEST(DateTest, RejectsDaysThatDoNotExist) {
  for (const char* text : {"2026-02-29", "1900-02-29", "2026-04-31", "2026-13-01", "2026-00-10",
                           "2026-01-00", "0000-01-01", "2026-01-32"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
  EXPECT_FALSE(date_from_civil(10'000, 1, 1));
  EXPECT_FALSE(date_from_civil(-2026, 1, 1));
  EXPECT_FALSE(date_from_civil(2026, 257, 257)) << "small integers must not wrap to January 1";
}

TEST(DateTest, RejectsOtherText) {
  for (const char* text : {"", "2026", "2026-3-1", "26-03-01", "2026/03/01", "20260301",
                           "2026-03-1", "2026-03-01 ", " 2026-03-01", "2026-03-011", "+026-03-01",
                           "-026-03-01", "2026-03-01T00:00", "yyyy-mm-dd"}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
}

TEST(DateTest, IsMadeOfAndSplitIntoParts) {
  const auto date = date_from_civil(2024, 2, 29);
  ASSERT_TRUE(date);
  const CivilDate parts = civil(*date);
  EXPECT_EQ(parts.year, 2024);
  EXPECT_EQ(parts.month, 2);
  EXPECT_EQ(parts.day, 29);
}

TEST(DateTest, KnowsItsWeekday) {
  EXPECT_EQ(weekday(day("2026-03-02")), 1) << "Monday";
  EXPECT_EQ(weekday(day("2026-03-01")), 7) << "Sunday";
  EXPECT_EQ(weekday(day("1970-01-01")), 4);
  EXPECT_EQ(weekday(day("1969-12-28")), 7);
}

TEST(DateTest, AddsDays) {
  EXPECT_EQ(to_string(add_days(day("2026-02-28"), 1)), "2026-03-01");
  EXPECT_EQ(to_string(add_days(day("2026-03-01"), -1)), "2026-02-28");
  EXPECT_EQ(to_string(add_days(day("2026-03-01"), 365)), "2027-03-01");
}

TEST(DateTest, AddsMonthsAndClampsToTheMonthsEnd) {
  struct Row {
    const char* from;
    int64_t months;
    const char* to;
  };
  for (const Row& row : {
           Row{"2026-01-31", 1, "2026-02-28"},
           {"2024-01-31", 1, "2024-02-29"},
           {"2026-01-31", 2, "2026-03-31"},
           {"2026-01-31", 3, "2026-04-30"},
           {"2026-01-31", 12, "2027-01-31"},
           {"2026-03-31", -1, "2026-02-28"},
           {"2026-01-15", -1, "2025-12-15"},
           {"2026-01-15", -13, "2024-12-15"},
           {"2024-02-29", 12, "2025-02-28"},
           {"2024-02-29", 48, "2028-02-29"},
           {"2026-05-20", 0, "2026-05-20"},
       }) {
    EXPECT_EQ(to_string(add_months(day(row.from), row.months)), row.to)
        << row.from << " + " << row.months << " months";
  }
}

TEST(DateTest, ArithmeticStopsAtTheFirstAndTheLastDay) {
  const Date date = day("2026-03-31");
  for (const int64_t much : {int64_t{3'000'000}, int64_t{1} << 40, kHighest}) {
    EXPECT_EQ(to_string(add_days(date, much)), "9999-12-31");
    EXPECT_EQ(to_string(add_days(date, -much)), "0001-01-01");
    EXPECT_EQ(to_string(add_months(date, much)), "9999-12-31");
    EXPECT_EQ(to_string(add_months(date, -much)), "0001-01-01");
  }
  EXPECT_EQ(to_string(add_days(date, kLowest)), "0001-01-01");
  EXPECT_EQ(to_string(add_months(date, kLowest)), "0001-01-01");
  EXPECT_EQ(to_string(add_months(day("9999-11-30"), 1)), "9999-12-30");
  EXPECT_EQ(to_string(add_months(day("0001-02-28"), -1)), "0001-01-28");
}

TEST(DateTest, OutsideTheYearsIsTheNearestDayInside) {
  const Date before{std::numeric_limits<int32_t>::min()};
  const Date after{std::numeric_limits<int32_t>::max()};
  EXPECT_EQ(to_string(before), "0001-01-01");
  EXPECT_EQ(to_string(after), "9999-12-31");
  EXPECT_EQ(to_string(add_days(after, -1)), "9999-12-30");
  EXPECT_EQ(to_string(add_months(before, 1)), "0001-02-01");
  EXPECT_EQ(weekday(after), 5);
}

TEST(TimeOfDayTest, ReadsAndWritesTheSameText) {
  for (const char* text : {"00:00", "09:00", "23:59", "24:00", "09:00:30", "23:59:59",
                           "09:00:00.001", "09:00:30.250"}) {
    const auto time = parse_time(text);
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(to_string(*time), text);
  }
  EXPECT_EQ(parse_time("09:00")->ms, 9 * kMsPerHour);
  EXPECT_EQ(parse_time("24:00")->ms, kMsPerDay);
  EXPECT_EQ(to_string(*parse_time("09:00:00.000")), "09:00");
  EXPECT_EQ(to_string(*parse_time("09:00:00.5")), "09:00:00.500");
  EXPECT_EQ(to_string(*parse_time("09:00:00.123999999999")), "09:00:00.123") << "cut, not rounded";
}

TEST(TimeOfDayTest, RejectsOtherText) {
  for (const char* text :
       {"",         "9:00",         "09",     "0900",   "09:60", "09:00:60",   "24:01",
        "24:00:01", "24:00:00.001", "25:00",  "99:00",  "09:0",  "09:00:",     "09:00:0",
        "09:00.5",  "09:00:00.",    "09:00 ", " 09:00", "-1:00", "09:00:00.x", "09:00Z"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
}

TEST(DurationTest, SaysItselfInWords) {
  using Kind = Duration::Kind;
  struct Row {
    Kind kind;
    int64_t amount;
    const char *english, *chinese;
  };
  for (const Row& row : {
           Row{Kind::days, 1, "1 day", "1 天"},
           {Kind::days, 3, "3 days", "3 天"},
           {Kind::days, 0, "0 days", "0 天"},
           {Kind::days, -1, "-1 day", "-1 天"},
           {Kind::months, 1, "1 month", "1 个月"},
           {Kind::months, 6, "6 months", "6 个月"},
           {Kind::months, 12, "12 months", "12 个月"},
           {Kind::elapsed, 45 * kMsPerMinute, "45 minutes", "45 分钟"},
           {Kind::elapsed, kMsPerHour, "1 hour", "1 小时"},
           {Kind::elapsed, 2 * kMsPerHour, "2 hours", "2 小时"},
           {Kind::elapsed, 24 * kMsPerHour, "24 hours", "24 小时"},
           {Kind::elapsed, 90 * kMsPerMinute, "90 minutes", "90 分钟"},
           {Kind::elapsed, 30'000, "30 seconds", "30 秒"},
           {Kind::elapsed, 1'500, "1500 milliseconds", "1500 毫秒"},
           {Kind::working_hours, kMsPerHour, "1 working hour", "1 个工作小时"},
           {Kind::working_hours, 2 * kMsPerHour, "2 working hours", "2 个工作小时"},
           {Kind::working_hours, 30 * kMsPerMinute, "30 working minutes", "30 个工作分钟"},
           {Kind::working_days, 1, "1 working day", "1 个工作日"},
           {Kind::working_days, 5, "5 working days", "5 个工作日"},
           {Kind::days, kLowest, "-9223372036854775808 days", "-9223372036854775808 天"},
       }) {
    const Duration duration{row.kind, Duration::kDefaultCalendar, row.amount};
    EXPECT_EQ(to_string(duration, false), row.english);
    EXPECT_EQ(to_string(duration, true), row.chinese);
  }
}

}  // namespace
}  // namespace duban::time_test
