// Goal: what `next_turn` says is what asking every quarter of an hour finds. Method: one rule for
// each form of a condition that time can turn, random subjects and histories, clocks that change.
#include "engine/turning.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/engine/files.h"
#include "tests/thorough.h"

namespace duban::turning_test {
namespace {

constexpr int64_t kGrain = 15 * kMsPerMinute;

const char* const kConditions[] = {
    "today at least d1",
    "today above d1 + 5 days",
    "d1 - 1 month at most today",
    "today between d1 and d2",
    "not (today between d1 and d2)",
    "today in (d1, d2, d1 + 3 days)",
    "today not in (d1, d2)",
    "today is d1",
    "today is not d1",
    "days from d1 to today at least n",
    "days from today to d1 at most 7",
    "days from now - 5 hours to t1 above 2",
    "working days from d1 to today above 3",
    "working days from today to d1 is 2",
    "date of now is d1",
    "date of (now + 5 hours) above d1",
    "date of (now + 1 month) at least d1",
    "month of today is 3",
    "month of (today + 5 days) in (3, 11)",
    "day of today is 8",
    "weekday of today in (1, 5)",
    "year of today above 2026",
    "year of (now + 20 days) above 2026",
    "start of month of today above d1",
    "start of quarter of today above d1",
    "end of year of today above d2",
    "today is end of month of today",
    "days from start of month of today to today at least 20",
    "days from d1 to today above days from today to d2",
    "today + 5 working days above d1",
    "today - 3 working days at least d1",
    "now at least t1",
    "now above t1",
    "now is t1",
    "now between t1 and t2",
    "now - 36 hours above t1",
    "now + 1 day at least t1",
    "now - 1 month at least t1",
    "now + 1 month above t1",
    "now + 1 month between t1 and t2",
    "now + 3 working days above t1",
    "now - 4 working hours at least t1",
    "t1 between now - 2 days and now + 2 days",
    "now - 30 hours in (t1, t2)",
    "max(now, t2) above t1",
    "2 * (days from d1 to today) + 1 above n",
    "n - days from d1 to today below 3",
    "n * (days from d1 to today) / 3 above 4",
    "round (days from d1 to today) / 7 to 0 is 2",
    "max(days from d1 to today, days from d2 to today) above n",
    "-(days from d1 to today) below n",
    "count of visit over the last 3 days at least 2",
    "count of visit over the last 1 month is 3",
    "sum of visit.kwh over the last 40 hours above 4",
    "average of visit.kwh over the last 10 days above 2",
    "max of visit.kwh over the last 2 months is 5",
    "latest of visit.kwh over the last 6 days is known",
    "count of visit over the last 20 days where kwh above 2 is 0",
    "count of visit over the last 30 days where on_day below today at least 2",
    "level.word is high",
    "level.weight above n",
    "open_days above n and flag",
    "today above d1 and today below d2",
    "today above d1 or now above t1 and flag",
    "(today at least d1 or weekday of today is 3) and not (now above t2)",
    "today at least d1 and count of visit over the last 7 days is 0",
    "{d1, d2} contains today",
    "today above min(d1, d2)",
};

constexpr const char* kWords = R"(policy "Turns"
vocabulary "W"
  timezone "ZONE"
  currency CNY
calendar office default
  from "days.csv"
  hours 08:30 to 12:00, 14:00 to 17:30
entity Customer key account
  account : text
  name : text
  d1 : date?
  d2 : date?
  t1 : datetime?
  t2 : datetime?
  n  : number = 0
  flag : yes/no = no
event visit for Customer
  kwh : number
  on_day : date
channel mail to name
notice hello service mail "hello"
define open_days of Customer = working days from d1 to today
choice rank : low | middle | high
table level of Customer first match
  | open_days | n    | => word | weight                |
  | above 4   | any  | high    | days from d1 to today |
  | 1 to 4    | >= 3 | middle  | 5                     |
  | any       | any  | low     | n                     |
)";

// Weekdays are worked but for every eleventh day, from 2025 to the end of `last_year`.
std::string workdays(int last_year) {
  std::string text = "date,is_workday\n";
  for (Date day = *date_from_civil(2025, 1, 1); day <= *date_from_civil(last_year, 12, 31);
       day = add_days(day, 1)) {
    text += to_string(day) + (weekday(day) <= 5 && day.days % 11 != 0 ? ",1\n" : ",0\n");
  }
  return text;
}

template <typename Conditions>
std::string rules_text(const std::string& zone, const Conditions& conditions) {
  std::string text = kWords;
  text.replace(text.find("ZONE"), 4, zone);
  for (const char* condition : conditions) {
    text += "rule \"" + std::string(condition) + "\"\n  when " + condition +
            ":\n    notify Customer by mail hello\n";
  }
  return text;
}

template <typename Conditions>
Compilation compile_turns(const std::string& zone, const Conditions& conditions, int last_year) {
  CompileInput input;
  input.files = {{"turns.rules", rules_text(zone, conditions)}, {"days.csv", workdays(last_year)}};
  return compile(input);
}

class TurnsInZone : public testing::TestWithParam<const char*> {};

TEST_P(TurnsInZone, SaysWhatAskingAllTheTimeFinds) {
  const Compilation compilation = compile_turns(GetParam(), kConditions, 2028);
  ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
  const Plan& plan = *compilation.plan;

  constexpr unsigned kSeed = 20261101;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  std::mt19937 random(kSeed);
  const auto below = [&](int64_t n) {
    return static_cast<int64_t>(random() % static_cast<uint64_t>(n));
  };
  size_t turned = 0;
  for (int round = 0; round < 24 / test::kFewer; ++round) {
    const Date start = *date_from_civil(2026, round % 3 == 0 ? 2 : round % 3 == 1 ? 10 : 12, 20);
    const auto moment = [&](int64_t days_before, int64_t days_after) {
      return Instant{plan.zone.at(add_days(start, -days_before), TimeOfDay{0}).ms +
                     below((days_before + days_after) * 96) * kGrain};
    };
    const auto date = [&] { return plan.zone.date_of(moment(15, 35)); };
    Subject subject;
    subject.key = Key{0, "C"};
    subject.attributes = {std::string("n"), date(),
                          date(),           moment(15, 35),
                          moment(15, 35),   Decimal::from_micro(below(9) * Decimal::kOne),
                          below(2) == 0};
    ASSERT_EQ(plan.layout.entities[0].attributes.size(), 7U);
    if (round == 5) subject.attributes[1] = None{};
    if (round % 6 == 1) subject.attributes[3] = moment(-11, 13);  // about when the clocks go back
    const Instant at = moment(0, 3);
    for (int64_t i = below(6); i > 0; --i) {
      const Instant time = moment(35, 3);
      const Value kwh = Decimal::from_micro(below(6) * Decimal::kOne);
      if (time <= at) subject.history.add(*plan.layout.find_event("visit"), {time, {kwh, date()}});
    }
    Context context;
    context.plan = &plan;
    context.subject = &subject;
    context.now = at;

    for (const Step& step : plan.steps) {
      ASSERT_TRUE(step.deps.time) << step.id;
      const bool before = holds(context, step.anchor);
      const Instant end{context.now.ms + 45 * kMsPerDay};
      std::optional<Instant> found;
      Context then = context;
      for (Instant t{context.now.ms + kGrain}; t <= end && !found; t.ms += kGrain) {
        then.now = t;
        if (holds(then, step.anchor) != before) found = t;
      }
      const std::optional<Instant> said = next_turn(context, step.anchor);
      // Between two points of the grain something may turn by a millisecond and back.
      std::optional<Instant> met;
      if (said && *said <= end) {
        const int64_t past = (said->ms - context.now.ms) % kGrain;
        met = Instant{past == 0 ? said->ms : said->ms - past + kGrain};
        then.now = *said;
        EXPECT_NE(holds(then, step.anchor), before) << step.id << " does not turn when it says";
        then.now = Instant{said->ms - 1};
        EXPECT_EQ(holds(then, step.anchor), before) << step.id << " turned before it says";
        ++turned;
      }
      const auto shown = [&](const std::optional<Instant>& t) {
        return t ? plan.zone.to_string(*t) : std::string("never");
      };
      EXPECT_EQ(shown(met), shown(found)) << step.id << " from " << shown(context.now) << ", round "
                                          << round << ", said " << shown(said);
    }
  }
  EXPECT_GT(turned, 500U / test::kFewer);
}

INSTANTIATE_TEST_SUITE_P(Zones, TurnsInZone,
                         testing::Values("Asia/Shanghai", "America/New_York", "Asia/Beirut"));

// The next turn of each condition for one subject, now being 2026-12-20 10:00.
std::vector<std::string> turns(const std::vector<const char*>& conditions, const char* d1) {
  const Compilation compilation = compile_turns("Asia/Shanghai", conditions, 2026);
  EXPECT_NE(compilation.plan, nullptr) << test::messages(compilation);
  if (compilation.plan == nullptr) return {};
  const Plan& plan = *compilation.plan;
  Subject subject;
  subject.attributes = {std::string("n"), *parse_date(d1), None{}, None{},
                        None{},           Decimal(),       false};
  Context context;
  context.plan = &plan;
  context.subject = &subject;
  context.now = *plan.zone.parse("2026-12-20 10:00");
  std::vector<std::string> out;
  for (const Step& step : plan.steps) {
    const auto turn = next_turn(context, step.anchor);
    out.push_back(turn ? plan.zone.to_string(*turn) : "never");
  }
  return out;
}

TEST(TurningTest, UnknownTurnsNothing) {
  const std::vector<const char*> conditions = {
      "working days from d1 to today above 5",   // met within the data
      "working days from d1 to today above 30",  // not any more
      "working days from d1 to today at least 1 and today above 2027-02-01",
      "today + 3 working days above 2027-01-20",
  };
  EXPECT_EQ(turns(conditions, "2026-12-18"),
            (std::vector<std::string>{"2026-12-29 00:00", "never", "never", "never"}));
}

TEST(TurningTest, WhatLiesYearsAheadIsMetAtOnce) {
  const std::vector<const char*> conditions = {
      "today at least d1 + 9 years",
      "days from d1 to today above 3000",
      "year of today is 2040 and month of today is 7",
      "now - 120 months above 2026-12-24 12:00",
      "today above 2000-01-01",
      "d2 is known and today above d1",
  };
  EXPECT_EQ(turns(conditions, "2026-12-24"),
            (std::vector<std::string>{"2035-12-24 00:00", "2035-03-13 00:00", "2040-07-01 00:00",
                                      "2036-12-24 12:00:00.001", "never", "never"}));
}

// Beyond what is followed ahead, the answer is when to ask again.
TEST(TurningTest, WhatTurnsEveryDayIsFollowedSoFar) {
  const std::vector<const char*> conditions = {"day of today is 32", "weekday of today is 5"};
  const auto found = turns(conditions, "2026-12-24");
  EXPECT_EQ(found[0], "2027-03-30 00:00");
  EXPECT_EQ(found[1], "2026-12-25 00:00");
}

}  // namespace
}  // namespace duban::turning_test
