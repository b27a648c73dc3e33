// The statutory calendar around the Chinese New Year of 2026: 02-15 to 02-23 off, the Saturdays
// 02-14 and 02-28 worked to make up for it. Hours 08:30-12:00 and 14:00-17:30, seven a day.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "engine/time.h"
#include "tests/engine/dates.h"

namespace duban::calendar_test {
namespace {

using namespace test;  // NOLINT: the shared dates

Calendar::Hours hours(std::string_view from, std::string_view to) {
  return {*parse_time(from), *parse_time(to)};
}

std::map<Date, bool> new_year_days() {
  std::map<Date, bool> days;
  for (Date date = day("2026-02-09"); date <= day("2026-03-13"); ++date.days) {
    const bool holiday = date >= day("2026-02-15") && date <= day("2026-02-23");
    const bool made_up = date == day("2026-02-14") || date == day("2026-02-28");
    days[date] = made_up || (weekday(date) <= 5 && !holiday);
  }
  return days;
}

const Calendar& office() {
  static const Calendar calendar(new_year_days(),
                                 {hours("08:30", "12:00"), hours("14:00", "17:30")});
  return calendar;
}

std::string show(std::optional<Date> date) { return date ? to_string(*date) : "unknown"; }

std::string show(std::optional<int64_t> number) {
  return number ? std::to_string(*number) : "unknown";
}

// `from` plus working minutes, both in local time.
std::string plus(const Calendar& calendar, const Zone& zone, std::string_view from,
                 int64_t minutes) {
  const auto start = zone.parse(from);
  EXPECT_TRUE(start) << from;
  const auto end = calendar.add_working_ms(*start, minutes * kMsPerMinute, zone);
  return end ? zone.to_string(*end) : "unknown";
}

std::string plus(std::string_view from, int64_t minutes) {
  static const Zone shanghai = *Zone::find("Asia/Shanghai");
  return plus(office(), shanghai, from, minutes);
}

TEST(CalendarTest, KnowsWhichDaysAreWorked) {
  EXPECT_EQ(office().is_working(day("2026-02-13")), true) << "Friday";
  EXPECT_EQ(office().is_working(day("2026-02-14")), true) << "Saturday, worked";
  EXPECT_EQ(office().is_working(day("2026-02-16")), false) << "Monday, holiday";
  EXPECT_EQ(office().is_working(day("2026-03-01")), false) << "Sunday";
  EXPECT_EQ(office().is_working(day("2026-02-08")), std::nullopt);
  EXPECT_EQ(office().is_working(day("2026-03-14")), std::nullopt);
  EXPECT_EQ(show(office().first()), "2026-02-09");
  EXPECT_EQ(show(office().last()), "2026-03-13");
  EXPECT_TRUE(office().covers(day("2026-02-16")));
  EXPECT_FALSE(office().covers(day("2027-02-16")));
  EXPECT_FALSE(office().covers(Date{std::numeric_limits<int32_t>::min()}));
  EXPECT_FALSE(office().covers(Date{std::numeric_limits<int32_t>::max()}));
}

TEST(CalendarTest, FindsTheNthWorkingDay) {
  struct Row {
    const char* from;
    int64_t n;
    const char* day;
  };
  for (const Row& row : {
           Row{"2026-02-12", 1, "2026-02-13"},
           {"2026-02-13", 1, "2026-02-14"},
           {"2026-02-14", 1, "2026-02-24"},
           {"2026-02-18", 1, "2026-02-24"},  // a day off counts from there just the same
           {"2026-02-18", 5, "2026-02-28"},
           {"2026-02-18", 6, "2026-03-02"},
           {"2026-02-24", -1, "2026-02-14"},
           {"2026-02-18", -1, "2026-02-14"},
           {"2026-03-02", -2, "2026-02-27"},
           {"2026-02-13", 0, "2026-02-13"},
           {"2026-02-18", 0, "2026-02-24"},
           {"2026-02-08", 1, "2026-02-09"},  // the date itself is never asked about
           {"2026-02-07", 1, "unknown"},
           {"2026-02-07", 0, "unknown"},
           {"2026-03-13", 1, "unknown"},
           {"2026-02-09", -1, "unknown"},
           {"2026-02-13", 1'000'000, "unknown"},
           {"2026-02-13", kHighest, "unknown"},
           {"2026-02-13", kLowest, "unknown"},
           {"9999-12-31", 1, "unknown"},
           {"0001-01-01", -1, "unknown"},
       }) {
    EXPECT_EQ(show(office().working_day(day(row.from), row.n)), row.day)
        << row.from << " and " << row.n;
  }
}

TEST(CalendarTest, CountsWorkingDaysWithoutTheFirst) {
  struct Row {
    const char *from, *to, *count;
  };
  for (const Row& row : {
           Row{"2026-02-13", "2026-02-13", "0"},
           {"2026-02-13", "2026-02-14", "1"},
           {"2026-02-14", "2026-02-23", "0"},
           {"2026-02-14", "2026-02-24", "1"},
           {"2026-02-13", "2026-03-02", "7"},
           {"2026-03-02", "2026-02-13", "-7"},
           {"2026-02-24", "2026-02-14", "-1"},
           {"2026-03-12", "2026-03-14", "unknown"},
           {"2026-03-14", "2026-03-12", "unknown"},
           {"2026-02-01", "2026-02-20", "unknown"},
       }) {
    EXPECT_EQ(show(office().working_days_between(day(row.from), day(row.to))), row.count)
        << row.from << " to " << row.to;
  }
}

TEST(CalendarTest, RollsDatesOffDaysOff) {
  struct Row {
    const char *date, *forward, *back;
  };
  for (const Row& row : {
           Row{"2026-02-13", "2026-02-13", "2026-02-13"},
           {"2026-02-14", "2026-02-14", "2026-02-14"},
           {"2026-02-15", "2026-02-24", "2026-02-14"},
           {"2026-02-23", "2026-02-24", "2026-02-14"},
           {"2026-03-01", "2026-03-02", "2026-02-28"},
           {"2026-03-14", "unknown", "unknown"},
       }) {
    EXPECT_EQ(show(office().rolled_forward(day(row.date))), row.forward) << row.date;
    EXPECT_EQ(show(office().rolled_back(day(row.date))), row.back) << row.date;
  }
}

TEST(CalendarTest, ADayCloses) {
  EXPECT_EQ(to_string(office().close()), "17:30");
  EXPECT_TRUE(office().has_hours());
  const Calendar dates_only(new_year_days(), {});
  EXPECT_EQ(to_string(dates_only.close()), "24:00");
  EXPECT_FALSE(dates_only.has_hours());
}

TEST(CalendarTest, AddsWorkingTime) {
  struct Row {
    const char* from;
    int64_t minutes;
    const char* to;
  };
  for (const Row& row : {
           Row{"2026-02-12 09:00", 60, "2026-02-12 10:00"},
           {"2026-02-12 11:00", 120, "2026-02-12 15:00"},     // over lunch
           {"2026-02-12 16:30", 120, "2026-02-13 09:30"},     // over night
           {"2026-02-12 14:00", 4 * 60, "2026-02-13 09:00"},  // half an hour into the next day
           {"2026-02-13 16:30", 120, "2026-02-14 09:30"},     // into a Saturday that is worked
           {"2026-02-14 16:30", 120, "2026-02-24 09:30"},     // over the holidays
           {"2026-02-28 17:00", 60, "2026-03-02 09:00"},      // over a Sunday
           {"2026-02-12 08:30", 7 * 60, "2026-02-12 17:30"},
           {"2026-02-12 08:30", 3 * 7 * 60, "2026-02-14 17:30"},
           {"2026-02-12 08:30", 3 * 7 * 60 + 1, "2026-02-24 08:31"},
           {"2026-02-09 08:30", 20 * 7 * 60, "2026-03-12 17:30"},
       }) {
    EXPECT_EQ(plus(row.from, row.minutes), row.to) << row.from << " + " << row.minutes;
  }
}

TEST(CalendarTest, TimeThatEndsAtACloseEndsThere) {
  EXPECT_EQ(plus("2026-02-12 09:00", 3 * 60), "2026-02-12 12:00");
  EXPECT_EQ(plus("2026-02-12 14:00", 3 * 60 + 30), "2026-02-12 17:30");
  EXPECT_EQ(plus("2026-02-12 12:00", 1), "2026-02-12 14:01");
  EXPECT_EQ(plus("2026-02-12 17:30", 1), "2026-02-13 08:31");
}

TEST(CalendarTest, OutsideHoursCountsFromTheNextOpening) {
  EXPECT_EQ(plus("2026-02-12 07:00", 60), "2026-02-12 09:30");
  EXPECT_EQ(plus("2026-02-12 13:00", 60), "2026-02-12 15:00");
  EXPECT_EQ(plus("2026-02-12 20:00", 60), "2026-02-13 09:30");
  EXPECT_EQ(plus("2026-02-18 10:00", 60), "2026-02-24 09:30");
  EXPECT_EQ(plus("2026-02-12 00:00", 60), "2026-02-12 09:30");
}

TEST(CalendarTest, AddingNothingMovesToOpeningTimeOnly) {
  EXPECT_EQ(plus("2026-02-12 09:00", 0), "2026-02-12 09:00");
  EXPECT_EQ(plus("2026-02-12 13:00", 0), "2026-02-12 14:00");
  EXPECT_EQ(plus("2026-02-18 10:00", 0), "2026-02-24 08:30");
  EXPECT_EQ(plus("2026-02-12 12:00", 0), "2026-02-12 12:00") << "the close belongs to the hours";
  EXPECT_EQ(plus("2026-02-12 17:30", 0), "2026-02-12 17:30");
}

TEST(CalendarTest, TakesWorkingTimeAway) {
  struct Row {
    const char* from;
    int64_t minutes;
    const char* to;
  };
  for (const Row& row : {
           Row{"2026-02-12 10:00", -60, "2026-02-12 09:00"},
           {"2026-02-12 15:00", -120, "2026-02-12 11:00"},
           {"2026-02-13 09:30", -120, "2026-02-12 16:30"},
           {"2026-02-24 09:30", -120, "2026-02-14 16:30"},
           {"2026-03-02 09:00", -60, "2026-02-28 17:00"},
           {"2026-03-12 17:30", -20 * 7 * 60, "2026-02-09 08:30"},
           // Exactly to an opening ends there, not at the close before it.
           {"2026-02-12 16:00", -120, "2026-02-12 14:00"},
           {"2026-02-12 17:30", -7 * 60, "2026-02-12 08:30"},
           {"2026-02-12 14:00", -1, "2026-02-12 11:59"},
           {"2026-02-12 08:30", -1, "2026-02-11 17:29"},
           // Outside hours counts from the close before.
           {"2026-02-12 13:00", -60, "2026-02-12 11:00"},
           {"2026-02-12 20:00", -60, "2026-02-12 16:30"},
           {"2026-02-12 07:00", -60, "2026-02-11 16:30"},
           {"2026-02-18 10:00", -60, "2026-02-14 16:30"},
       }) {
    EXPECT_EQ(plus(row.from, row.minutes), row.to) << row.from << " - " << -row.minutes;
  }
}

TEST(CalendarTest, AddingInPartsIsAddingAtOnce) {
  const Zone utc;
  const Instant from = *utc.parse("2026-02-12 10:17:03.007");
  for (int64_t first = 0; first < 30 * kMsPerHour; first += 17 * kMsPerMinute + 13) {
    const auto part = office().add_working_ms(from, first, utc);
    ASSERT_TRUE(part);
    EXPECT_EQ(office().add_working_ms(*part, 30 * kMsPerHour - first, utc),
              office().add_working_ms(from, 30 * kMsPerHour, utc))
        << first;
    EXPECT_EQ(office().add_working_ms(*part, -first, utc), from) << first;
  }
}

TEST(CalendarTest, YearsWithoutDataAreNeverGuessed) {
  EXPECT_EQ(plus("2026-03-13 17:00", 30), "2026-03-13 17:30");
  EXPECT_EQ(plus("2026-03-13 17:00", 31), "unknown");
  EXPECT_EQ(plus("2026-02-09 09:00", -30), "2026-02-09 08:30");
  EXPECT_EQ(plus("2026-02-09 09:00", -31), "unknown");
  EXPECT_EQ(plus("2027-01-04 09:00", 1), "unknown");
  EXPECT_EQ(plus("2026-03-14 00:00", -60), "2026-03-13 16:30") << "midnight ends the known day";
  EXPECT_EQ(plus("2026-03-14 00:01", -60), "unknown");

  std::map<Date, bool> days = new_year_days();
  days.erase(day("2026-02-25"));
  const Calendar gap(days, {hours("08:30", "12:00")});
  EXPECT_EQ(show(gap.working_day(day("2026-02-24"), 1)), "unknown");
  EXPECT_EQ(show(gap.working_day(day("2026-02-25"), 1)), "2026-02-26");
  EXPECT_EQ(show(gap.working_days_between(day("2026-02-24"), day("2026-02-26"))), "unknown");
}

TEST(CalendarTest, HugeAmountsEndWithTheData) {
  const Zone shanghai = *Zone::find("Asia/Shanghai");
  const Instant from = *shanghai.parse("2026-02-12 09:00");
  for (const int64_t ms : {kHighest, kLowest, kHighest / 2, kLowest + 1}) {
    EXPECT_EQ(office().add_working_ms(from, ms, shanghai), std::nullopt);
  }
  for (const int64_t instant : {kHighest, kLowest}) {
    EXPECT_EQ(office().add_working_ms(Instant{instant}, 1, shanghai), std::nullopt);
    EXPECT_EQ(office().add_working_ms(Instant{instant}, -1, shanghai), std::nullopt);
  }
}

TEST(CalendarTest, AnEmptyCalendarKnowsNothing) {
  const Calendar empty;
  EXPECT_EQ(empty.first(), std::nullopt);
  EXPECT_EQ(empty.last(), std::nullopt);
  EXPECT_FALSE(empty.covers(Date{}));
  EXPECT_EQ(empty.working_day(Date{}, 0), std::nullopt);
  EXPECT_EQ(empty.working_day(Date{}, 1), std::nullopt);
  EXPECT_EQ(empty.add_working_ms(Instant{}, 0, Zone()), std::nullopt);
}

TEST(CalendarTest, WithoutHoursAWorkingDayIsOpenAllDay) {
  const Calendar dates_only(new_year_days(), {});
  EXPECT_EQ(plus(dates_only, Zone(), "2026-02-14 23:00", 60), "2026-02-15 00:00");
  EXPECT_EQ(plus(dates_only, Zone(), "2026-02-14 23:00", 61), "2026-02-24 00:01");
  EXPECT_EQ(plus(dates_only, Zone(), "2026-02-24 00:01", -61), "2026-02-14 23:00");
}

TEST(CalendarTest, ADayOnWhichTheClocksChangeIsAsLongAsItIs) {
  const Zone rome = *Zone::find("Europe/Rome");
  std::map<Date, bool> days;
  for (Date date = day("2026-03-28"); date <= day("2026-11-01"); ++date.days) days[date] = true;

  const Calendar nights(days, {hours("00:00", "06:00")});
  EXPECT_EQ(plus(nights, rome, "2026-03-29 00:00", 5 * 60), "2026-03-29 06:00") << "five hours";
  EXPECT_EQ(plus(nights, rome, "2026-10-25 00:00", 7 * 60), "2026-10-25 06:00") << "seven hours";
  EXPECT_EQ(plus(nights, rome, "2026-03-29 06:00", -5 * 60), "2026-03-29 00:00");

  const Calendar swallowed(days, {hours("02:00", "03:00")});
  EXPECT_EQ(plus(swallowed, rome, "2026-03-28 02:30", 60), "2026-03-30 02:30");
  EXPECT_EQ(plus(swallowed, rome, "2026-03-30 02:30", -60), "2026-03-28 02:30");
}

}  // namespace
}  // namespace duban::calendar_test
