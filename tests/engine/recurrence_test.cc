// Goal: the next occurrence of any schedule is the one that trying every day would find.
// Method: an oracle that walks day by day over a few years and knows none of the shortcuts,
// compared over random schedules, calendars, zones and pasts; then the days a reader would look up
// himself.
#include "engine/recurrence.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <sstream>

#include "tests/engine/dates.h"
#include "tests/engine/recurrence_oracle.h"
#include "tests/thorough.h"

namespace duban::recurrence_test {
namespace {

using test::day;
using test::Oracle;
using Unit = syntax::Schedule::Unit;
using Roll = syntax::Schedule::Roll;

Zone zone_named(const char* name) {
  auto found = Zone::find(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : Zone();
}

// ---------------------------------------------------------------- random schedules

const Date kFirst = Date{18'262};                 // 2020-01-01
const Date kLast = Date{kFirst.days + 14 * 365};  // of what the oracle walks over

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  int between(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool one_in(int n) { return between(1, n) == 1; }

  // Two years with weekends, holidays, made-up days, and sometimes a stretch nobody knows about.
  Calendar calendar() {
    std::map<Date, bool> days;
    const Date first{kFirst.days + 365 + between(-20, 20)};
    const Date last{first.days + 730 + between(-20, 20)};
    for (Date d = first; d <= last; ++d.days) days[d] = weekday(d) <= 5;
    for (int holiday = 0; holiday < 14; ++holiday) {
      const Date from{between(first.days, last.days)};
      for (int i = between(0, 11); i >= 0; --i) {
        if (days.contains(Date{from.days + i})) days[Date{from.days + i}] = one_in(8);
      }
    }
    if (one_in(3)) {
      const Date from{between(first.days, last.days)};
      for (int i = between(0, 70); i >= 0; --i) days.erase(Date{from.days + i});
    }
    return Calendar(std::move(days), {});
  }

  Schedule schedule() {
    Schedule s;
    s.unit = static_cast<Unit>(between(0, 5));
    const bool has_days = s.unit >= Unit::month;
    if (s.unit == Unit::week) s.day = between(1, 7);
    if (has_days) {
      s.counts_working = one_in(2);
      const int most = s.unit == Unit::month ? 31 : s.unit == Unit::quarter ? 92 : 366;
      s.day = one_in(3) ? -between(1, 4) : between(1, one_in(2) ? 5 : most);
      if (s.unit == Unit::quarter && one_in(2)) s.month = between(1, 3);
      if (s.unit == Unit::year && one_in(2)) s.month = between(1, 12);
    }
    if (s.unit != Unit::working_day && !s.counts_working) s.roll = static_cast<Roll>(between(0, 2));
    return s;
  }

  TimeOfDay time() {
    static constexpr int kMinutes[] = {0, 150, 540, 1020, 1440};
    const int minutes = one_in(2) ? kMinutes[between(0, 4)] : between(0, 1440);
    return TimeOfDay{static_cast<int32_t>(minutes * kMsPerMinute)};
  }

  Date date() { return Date{between(kFirst.days + 300, kFirst.days + 365 * 3)}; }
  std::optional<Recurrence::Bound> bound(const Zone& zone) {
    if (one_in(2)) return std::nullopt;
    const Date d = date();
    if (one_in(2)) return Recurrence::Bound{d, std::nullopt};
    const Instant exact = zone.at(d, time());
    return Recurrence::Bound{zone.date_of(exact), exact};
  }

  std::string told(const Recurrence& r) const {
    std::ostringstream out;
    const Schedule& s = *r.schedule;
    out << "unit " << static_cast<int>(s.unit) << " day " << s.day << " month " << s.month
        << " working " << s.counts_working << " roll " << static_cast<int>(s.roll) << " at "
        << to_string(r.at) << " in " << r.zone->name();
    if (r.from) out << " from " << to_string(r.from->day) << (r.from->exact ? " exact" : "");
    if (r.to) out << " to " << to_string(r.to->day) << (r.to->exact ? " exact" : "");
    return out.str();
  }

 private:
  std::mt19937_64 random_;
};

std::string show(const Zone& zone, const std::optional<Occurrence>& o) {
  if (!o) return "none";
  return to_string(o->day) + " on " + to_string(o->on) + " at " + zone.to_string(o->time);
}

// DUBAN_SEED runs another series.
uint64_t seed() {
  const char* given = std::getenv("DUBAN_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : 20'260'301;
}

TEST(RecurrenceTest, AgreesWithTryingEveryDay) {
  const uint64_t number = seed();
  SCOPED_TRACE("DUBAN_SEED=" + std::to_string(number));
  Generator random(number);
  const std::vector<Zone> zones{zone_named("Asia/Shanghai"), zone_named("Europe/Rome"),
                                zone_named("America/St_Johns"), zone_named("UTC")};
  int found = 0, unknown = 0, merged = 0;
  for (int round = 0; round < 4'000 / test::kFewer && !testing::Test::HasFailure(); ++round) {
    const Calendar calendar = random.calendar();
    const Schedule schedule = random.schedule();
    Recurrence r;
    r.schedule = &schedule;
    r.zone = &zones[static_cast<size_t>(random.between(0, 3))];
    r.calendar = &calendar;
    r.at = random.time();
    r.from = random.bound(*r.zone);
    r.to = random.bound(*r.zone);
    const Oracle oracle(r, kFirst, kLast);
    // A walk through the occurrences, as the step makes it, from some moment on.
    Reached reached;
    reached.after = reached.not_before = r.zone->at(random.date(), random.time());
    for (int i = 0; i < 8; ++i) {
      const Upcoming is = next_occurrence(r, reached);
      const Upcoming should = oracle.next(reached);
      const std::string told = random.told(r) + " after " + r.zone->to_string(reached.after);
      ASSERT_EQ(show(*r.zone, is.next), show(*r.zone, should.next)) << told;
      ASSERT_EQ(is.unknown.has_value(), should.unknown.has_value())
          << told << ", unknown " << to_string(is.unknown.value_or(Date{})) << " instead of "
          << to_string(should.unknown.value_or(Date{}));
      unknown += is.unknown.has_value();
      if (!is.next) break;
      ++found;
      const auto again = occurrence_of(r, is.next->day);
      ASSERT_EQ(show(*r.zone, again), show(*r.zone, is.next)) << told;
      if (reached.day && is.next->day.days - reached.day->days > 1) {
        merged += schedule.unit == Unit::day;
      }
      reached.day = is.next->day;
      reached.after = is.next->time;
      reached.not_before = is.next->time;
      if (random.one_in(6)) {  // the time of day is changed in between
        r.at = random.time();
        reached.not_before.ms += random.between(0, 40) * kMsPerHour;
      }
    }
  }
  // The series has met what it is made for.
  EXPECT_GT(found, 10'000 / test::kFewer);
  EXPECT_GT(unknown, 500 / test::kFewer);
  EXPECT_GT(merged, 100 / test::kFewer);
}

// ---------------------------------------------------------------- single days

// The first occurrences after a day's beginning.
std::string dates(Schedule schedule, std::string_view after, int count,
                  const Calendar* calendar = nullptr) {
  static const Zone shanghai = zone_named("Asia/Shanghai");
  Recurrence r;
  r.schedule = &schedule;
  r.zone = &shanghai;
  r.calendar = calendar;
  r.at = *parse_time("09:00");
  Reached reached;
  reached.after = reached.not_before = shanghai.at(day(after), TimeOfDay{});
  std::string out;
  for (int i = 0; i < count; ++i) {
    const Upcoming upcoming = next_occurrence(r, reached);
    if (upcoming.unknown) out += "(" + to_string(*upcoming.unknown) + "?) ";
    if (!upcoming.next) return out + "none";
    out += to_string(upcoming.next->on) + " ";
    reached = {upcoming.next->day, upcoming.next->time, upcoming.next->time};
  }
  return out;
}

Schedule of(Unit unit, int number, int month = 0) {
  Schedule s;
  s.unit = unit;
  s.day = number;
  s.month = month;
  return s;
}

TEST(RecurrenceTest, AShortMonthHasItsLastDay) {
  EXPECT_EQ(dates(of(Unit::month, 31), "2026-01-01", 5),
            "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31 ");
  EXPECT_EQ(dates(of(Unit::month, -1), "2024-02-01", 2), "2024-02-29 2024-03-31 ");
  EXPECT_EQ(dates(of(Unit::month, 29), "2023-02-01", 1), "2023-02-28 ");
  EXPECT_EQ(dates(of(Unit::month, -31), "2026-02-01", 1), "2026-02-01 ");
  EXPECT_EQ(dates(of(Unit::year, 29, 2), "2023-01-01", 3), "2023-02-28 2024-02-29 2025-02-28 ");
}

TEST(RecurrenceTest, QuartersAndYearsCountAllTheirDaysOrThoseOfOneMonth) {
  EXPECT_EQ(dates(of(Unit::quarter, -1), "2026-01-01", 4),
            "2026-03-31 2026-06-30 2026-09-30 2026-12-31 ");
  EXPECT_EQ(dates(of(Unit::quarter, 15, 2), "2026-01-01", 3), "2026-02-15 2026-05-15 2026-08-15 ");
  EXPECT_EQ(dates(of(Unit::quarter, 40), "2026-01-01", 2), "2026-02-09 2026-05-10 ");
  EXPECT_EQ(dates(of(Unit::year, 366), "2026-01-01", 3), "2026-12-31 2027-12-31 2028-12-31 ");
  EXPECT_EQ(dates(of(Unit::year, -1, 6), "2026-07-01", 2), "2027-06-30 2028-06-30 ");
}

// A week without work, and nothing known of May.
Calendar spring() {
  std::map<Date, bool> days;
  for (Date d = day("2026-02-01"); d <= day("2026-06-30"); ++d.days) {
    if (civil(d).month == 5) continue;
    const bool holiday = d >= day("2026-03-02") && d <= day("2026-03-08");
    days[d] = weekday(d) <= 5 && !holiday;
  }
  return Calendar(std::move(days), {});
}

TEST(RecurrenceTest, RolledDaysThatMeetHappenOnce) {
  const Calendar calendar = spring();
  Schedule daily = of(Unit::day, 0);
  daily.roll = Roll::forward;
  EXPECT_EQ(dates(daily, "2026-02-27", 3, &calendar), "2026-02-27 2026-03-09 2026-03-10 ");
  daily.roll = Roll::back;
  EXPECT_EQ(dates(daily, "2026-02-27", 3, &calendar), "2026-02-27 2026-03-09 2026-03-10 ");
}

TEST(RecurrenceTest, WhatIsNotKnownIsPassedOverAndTold) {
  const Calendar calendar = spring();
  Schedule monthly = of(Unit::month, 25);
  monthly.roll = Roll::forward;
  EXPECT_EQ(dates(monthly, "2026-04-20", 3, &calendar),
            "2026-04-27 (2026-05-25?) 2026-06-25 (2026-07-25?) none");
  Schedule last = of(Unit::month, -1);
  last.counts_working = true;
  EXPECT_EQ(dates(last, "2026-04-20", 3, &calendar),
            "2026-04-30 (2026-05-01?) 2026-06-30 (2026-07-01?) none");
  EXPECT_EQ(dates(of(Unit::working_day, 0), "2026-04-30", 2, &calendar),
            "2026-04-30 (2026-05-01?) 2026-06-01 ");
}

TEST(RecurrenceTest, OfAYearOnlyTheMonthThatIsMeantCanBeUnknown) {
  const Calendar calendar = spring();
  Schedule september = of(Unit::year, 1, 9);
  september.counts_working = true;
  EXPECT_EQ(dates(september, "2026-02-01", 1, &calendar), "(2026-09-01?) none");
  EXPECT_EQ(dates(september, "2028-11-01", 1, &calendar), "(2029-09-01?) none");
}

TEST(RecurrenceTest, AMonthWithoutWorkHasNoWorkingDay) {
  std::map<Date, bool> days;
  for (Date d = day("2026-01-01"); d <= day("2026-03-31"); ++d.days) days[d] = civil(d).month != 2;
  const Calendar calendar(std::move(days), {});
  Schedule third = of(Unit::month, 3);
  third.counts_working = true;
  EXPECT_EQ(dates(third, "2026-01-01", 2, &calendar), "2026-01-03 2026-03-03 ");
}

// If the walk were day by day, this would take minutes.
TEST(RecurrenceTest, AFarStartCostsNothing) {
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(dates(of(Unit::day, 0), "9000-01-01", 1), "9000-01-01 ");
  }
  static const Zone utc;
  Schedule schedule = of(Unit::year, 1, 1);
  Recurrence r;
  r.schedule = &schedule;
  r.zone = &utc;
  r.from = Recurrence::Bound{day("9000-01-01"), std::nullopt};
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_EQ(show(utc, next_occurrence(r, {}).next),
              "9000-01-01 on 9000-01-01 at 9000-01-01 00:00");
  }
}

// Samoa left out 30 December 2011: its occurrence comes with the first instant after the gap, and
// the next day's is its own.
TEST(RecurrenceTest, ADayThatDoesNotExistComesAfterTheGap) {
  const Zone apia = zone_named("Pacific/Apia");
  Schedule daily = of(Unit::day, 0);
  Recurrence r;
  r.schedule = &daily;
  r.zone = &apia;
  r.at = *parse_time("09:00");
  Reached reached;
  reached.after = reached.not_before = apia.at(day("2011-12-29"), TimeOfDay{});
  std::string out;
  for (int i = 0; i < 3; ++i) {
    const Upcoming upcoming = next_occurrence(r, reached);
    ASSERT_TRUE(upcoming.next);
    out += to_string(upcoming.next->day) + ": " + apia.to_string(upcoming.next->time) + "; ";
    reached = {upcoming.next->day, upcoming.next->time, upcoming.next->time};
  }
  EXPECT_EQ(out,
            "2011-12-29: 2011-12-29 09:00; 2011-12-30: 2011-12-31 00:00; "
            "2011-12-31: 2011-12-31 09:00; ");
}

// At the very end of time there is no next day, and no endless search for one.
TEST(RecurrenceTest, EndsWithTime) {
  EXPECT_EQ(dates(of(Unit::day, 0), "9999-12-30", 4), "9999-12-30 9999-12-31 none");
  EXPECT_EQ(dates(of(Unit::year, -1), "9999-12-30", 2), "9999-12-31 none");
}

}  // namespace
}  // namespace duban::recurrence_test
