// Goal: a deadline whose clock was paused is where counting minute by minute says it is. Method:
// random pauses, anchors and calendars around the days on which the clocks change, against a
// count that knows nothing of intervals.
#include "engine/pauses.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/thorough.h"

namespace duban::pauses_test {
namespace {

using Kind = Duration::Kind;

Date day(int year, int month, int day_of_month) {
  return *date_from_civil(year, month, day_of_month);
}
Instant next_minute(Instant t) { return {t.ms + kMsPerMinute}; }

Plan make_plan(const std::string& zone, bool with_hours, std::mt19937& random) {
  Plan plan;
  plan.zone = *Zone::find(zone);
  plan.day_starts_at = TimeOfDay{9 * 60 * static_cast<int32_t>(kMsPerMinute)};
  std::map<Date, bool> days;
  for (Date d = day(2026, 1, 1); d <= day(2027, 6, 30); d = add_days(d, 1)) {
    days[d] = weekday(d) <= 5 ? random() % 12 != 0 : random() % 12 == 0;
  }
  const auto at = [](int minutes) {
    return TimeOfDay{minutes * static_cast<int32_t>(kMsPerMinute)};
  };
  std::vector<Calendar::Hours> hours;
  if (with_hours) hours = {{at(60), at(150)}, {at(510), at(720)}, {at(840), at(1050)}};
  plan.calendars.emplace_back(std::move(days), std::move(hours));
  plan.default_calendar = 0;
  return plan;
}

// The slow truth.
class Counter {
 public:
  Counter(const Plan& plan, const std::vector<Pause>& pauses)
      : plan_(plan), calendar_(plan.calendars[0]), zone_(plan.zone), pauses_(pauses) {}

  bool paused(Instant t) const {
    for (const Pause& pause : pauses_) {
      if (pause.from <= t && t < *pause.to) return true;
    }
    return false;
  }
  bool open(Instant t) const {
    if (!*calendar_.is_working(zone_.date_of(t))) return false;
    if (!calendar_.has_hours()) return true;
    for (const Calendar::Hours& hours : calendar_.hours()) {
      const Date date = zone_.date_of(t);
      if (zone_.at(date, hours.from) <= t && t < zone_.at(date, hours.to)) return true;
    }
    return false;
  }

  Deadline elapsed(Instant t, int64_t minutes) const {
    for (; minutes > 0; t = next_minute(t)) minutes -= paused(t) ? 0 : 1;
    while (paused(t)) t = next_minute(t);
    return {t, false};
  }
  Deadline working_hours(Instant t, int64_t minutes) const {
    for (; minutes > 0; t = next_minute(t)) minutes -= open(t) && !paused(t) ? 1 : 0;
    // What ends as a pause begins ends with the pause, or when the doors open after it.
    while (paused(t)) {
      while (paused(t)) t = next_minute(t);
      if (!open(Instant{t.ms - kMsPerMinute})) {
        while (!open(t)) t = next_minute(t);
      }
    }
    return {t, false};
  }
  Deadline working_days(Date d, int64_t days) const {
    while (days > 0) {
      d = add_days(d, 1);
      if (!*calendar_.is_working(d)) continue;
      bool lost = false;
      for (Instant t = zone_.at(d, TimeOfDay{0}); zone_.date_of(t) == d; t = next_minute(t))
        lost = lost || (open(t) && paused(t));
      days -= lost ? 0 : 1;
    }
    if (calendar_.has_hours()) return {zone_.at(d, calendar_.close()), false};
    return {zone_.at(add_days(d, 1), TimeOfDay{0}), true};
  }
  Deadline days_of(Date from, TimeOfDay time, int64_t days, bool whole_day) const {
    Date d = from;
    while (days > 0) {
      bool lost = false;
      const Instant end = zone_.at(add_days(d, 1), time);
      for (Instant t = zone_.at(d, time); t < end; t = next_minute(t)) lost = lost || paused(t);
      days -= lost ? 0 : 1;
      d = add_days(d, 1);
    }
    return {zone_.at(d, time), whole_day};
  }

 private:
  const Plan& plan_;
  const Calendar& calendar_;
  const Zone& zone_;
  const std::vector<Pause>& pauses_;
};

std::string words(const Plan& plan, const Deadline& due) {
  return plan.zone.to_string(due.at) + (due.whole_day ? " (its day)" : "");
}

TEST(PausesTest, AgreeWithCountingEveryMinute) {
  constexpr unsigned kSeed = 20260301;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  const char* zones[] = {"Asia/Shanghai", "America/New_York", "Europe/Berlin", "Asia/Beirut"};
  for (int round = 0; round < 240 / test::kFewer; ++round) {
    const Plan plan = make_plan(zones[round % 4], round % 3 != 0, random);
    // Near a change of the clocks half of the time.
    const Date base = round % 2 == 0 ? day(2026, round % 4 < 2 ? 3 : 10, 1) : day(2026, 5, 20);
    const Instant anchor{plan.zone.at(base, TimeOfDay{0}).ms + below(30 * 24 * 60) * kMsPerMinute};
    std::vector<Pause> pauses;
    Instant at{anchor.ms + (below(3000) - 500) * kMsPerMinute};
    for (int64_t n = below(5); n > 0; --n) {
      const Instant to{at.ms + (1 + below(round % 5 == 0 ? 9000 : 900)) * kMsPerMinute};
      pauses.push_back({at, to});
      at = {to.ms + (1 + below(2500)) * kMsPerMinute};
    }
    const Counter counter(plan, pauses);
    const Date from = plan.zone.date_of(anchor);
    const bool from_date = below(2) == 0;
    const Value start = from_date ? Value{from} : Value{anchor};

    const auto check = [&](const Value& value, Kind kind, int64_t amount, const Deadline& wanted) {
      const DeadlineResult found =
          deadline(plan, value, Duration{kind, Duration::kDefaultCalendar, amount}, pauses);
      ASSERT_TRUE(found.due) << "round " << round;
      EXPECT_EQ(words(plan, *found.due), words(plan, wanted))
          << "round " << round << ", kind " << static_cast<int>(kind) << ", amount " << amount
          << ", from " << plan.zone.to_string(anchor) << ", " << pauses.size() << " pauses";
    };
    const int64_t minutes = 1 + below(4000);
    check(Value{anchor}, Kind::elapsed, minutes * kMsPerMinute, counter.elapsed(anchor, minutes));
    const int64_t worked = 1 + below(1500);
    check(Value{anchor}, Kind::working_hours, worked * kMsPerMinute,
          counter.working_hours(anchor, worked));
    const int64_t days = 1 + below(9);
    check(start, Kind::working_days, days, counter.working_days(from, days));
    const TimeOfDay time = plan.zone.time_of(anchor);
    const auto by_days = [&](int64_t n) {
      return from_date ? counter.days_of(add_days(from, 1), TimeOfDay{0}, n, true)
                       : counter.days_of(from, time, n, false);
    };
    check(start, Kind::days, days, by_days(days));
    check(start, Kind::months, 1, by_days(int64_t{add_months(from, 1).days} - from.days));
  }
}

TEST(PausesTest, WithoutPausesTheyAreTheDeadlinesTheyWere) {
  std::mt19937 random(7);
  const Plan plan = make_plan("Europe/Berlin", true, random);
  const Instant anchor = plan.zone.at(day(2026, 3, 27), TimeOfDay{10 * 3'600'000});
  for (const Kind kind : {Kind::elapsed, Kind::working_hours, Kind::days, Kind::months}) {
    const bool clock = kind == Kind::elapsed || kind == Kind::working_hours;
    const Duration duration{kind, Duration::kDefaultCalendar, clock ? 30 * kMsPerHour : 3};
    EXPECT_EQ(deadline(plan, Value{anchor}, duration, {}).due,
              deadline(plan, Value{anchor}, &duration).due);
    // A pause long before or after changes nothing either.
    const std::vector<Pause> elsewhere{
        {{anchor.ms - 5000}, Instant{anchor.ms - 1000}},
        {{anchor.ms + 400 * kMsPerDay}, Instant{anchor.ms + 401 * kMsPerDay}}};
    EXPECT_EQ(deadline(plan, Value{anchor}, duration, elsewhere).due,
              deadline(plan, Value{anchor}, &duration).due);
  }
}

TEST(PausesTest, BeyondTheCalendarIsUnknown) {
  std::mt19937 random(7);
  const Plan plan = make_plan("Asia/Shanghai", true, random);
  const Instant anchor = plan.zone.at(day(2027, 6, 1), TimeOfDay{10 * 3'600'000});
  const std::vector<Pause> pauses{{anchor, Instant{anchor.ms + 29 * kMsPerDay}}};
  for (const Kind kind : {Kind::working_hours, Kind::working_days}) {
    const Duration duration{kind, Duration::kDefaultCalendar,
                            kind == Kind::working_days ? 3 : 20 * kMsPerHour};
    const DeadlineResult found = deadline(plan, Value{anchor}, duration, pauses);
    EXPECT_TRUE(found.unknown);
    EXPECT_FALSE(found.due);
  }
}

TEST(PausesTest, WorkingTimeBetweenTwoInstants) {
  std::mt19937 random(11);
  const Plan plan = make_plan("America/New_York", true, random);
  const Calendar& calendar = plan.calendars[0];
  for (int i = 0; i < 200; ++i) {
    const Instant from{plan.zone.at(day(2026, 3, 5), TimeOfDay{0}).ms +
                       static_cast<int64_t>(random() % 9000) * kMsPerMinute};
    const Instant to{from.ms + static_cast<int64_t>(random() % 9000) * kMsPerMinute};
    const Counter counter(plan, {});
    int64_t minutes = 0;
    for (Instant t = from; t < to; t = next_minute(t)) minutes += counter.open(t) ? 1 : 0;
    EXPECT_EQ(calendar.working_ms_between(from, to, plan.zone), minutes * kMsPerMinute);
  }
  EXPECT_EQ(calendar.working_ms_between({5}, {5}, plan.zone), 0);
}

}  // namespace
}  // namespace duban::pauses_test
