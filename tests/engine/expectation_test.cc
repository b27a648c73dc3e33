// Goal: what was not met is compared with the nearest thing that happened, and the difference is
// named: another time, recipient, text, deadline, outcome.
// Method: scenarios with one wrong word each.

#include "engine/expectation.h"

#include <gtest/gtest.h>

#include "tests/engine/debts_policy.h"

namespace duban::expectation_test {
namespace {

constexpr const char* kGiven = R"(
scenario "one"
  given Staff "S1" with name = "Zhao", supervisor = "S2"
  given Customer "C1" with name = "Li", manager = "S1", grade = high, protected = yes
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 100 yuan, due_date = 2026-03-20
)";

ScenarioResult run(const std::string& lines) {
  const CompileInput input =
      test::with_file("debts.rules", std::string(test::kDebts) + kGiven + lines);
  const auto results = run_scenarios(input, "debts.rules");
  return results.empty() ? ScenarioResult{} : results.back();
}

// `aspect: expected / actual` of the one expectation, one line each.
std::string differences(const std::string& line) {
  const ScenarioResult result = run("  " + line + "\n");
  std::string out;
  for (const Difference& difference : result.expectations.at(0).differences) {
    out += std::string(to_string(difference.aspect)) + ": " + difference.expected + " / " +
           difference.actual + "\n";
  }
  return out;
}

TEST(ExpectationTest, EveryDifferenceIsNamed) {
  EXPECT_EQ(differences(R"(expect mail hello to "C1" at 2026-03-02 10:30)"),
            "time: 2026-03-02 10:30 / 2026-03-02 09:00\n");
  EXPECT_EQ(differences(R"(expect mail hello to "C2")"), "recipient: C2 / C1\n");
  EXPECT_EQ(differences(R"(expect sms hello to "C1")"), "channel: sms / mail\n");
  EXPECT_EQ(differences(R"(expect mail hello to "C1" saying "bye")"),
            "text: bye / hello Li, see you in 6 months\n");
  EXPECT_EQ(differences(R"(expect task "Call Li" for "S1" due 2026-03-05)"),
            "due: 2026-03-05 / 2026-03-04 17:30\n");
  EXPECT_EQ(differences(R"(expect task "Call Lin" for "S1")"), "title: Call Lin / Call Li\n");
  EXPECT_EQ(differences(R"(expect case Debt "B" opened)"), "key: B / A\n");
  EXPECT_EQ(differences(R"(expect task "Call Li" done)"),
            "status:  / it was given but not finished\n");
  EXPECT_EQ(differences(R"(expect stop for "C1" at 2026-03-23)"),
            "status:  / it was blocked: protected\n");
  // Two at once.
  EXPECT_EQ(differences(R"(expect mail hello to "C2" at 2026-03-02 10:30)"),
            "recipient: C2 / C1\ntime: 2026-03-02 10:30 / 2026-03-02 09:00\n");
}

TEST(ExpectationTest, TheNearestIsChosen) {
  const ScenarioResult result = run(R"(  expect task "Call Li" for "S1" at 2026-03-02 09:00
  on 2026-03-03 09:00 ordered with order_no = "B", amount = 100 yuan, due_date = 2026-03-20
  expect mail hello to "C1" at 2026-03-03 09:01
)");
  const auto& wrong = result.expectations.at(1);
  EXPECT_FALSE(wrong.met);
  ASSERT_EQ(wrong.happenings.size(), 1U);
  EXPECT_EQ(result.timeline[wrong.happenings[0]].time, "2026-03-03 09:00");
  ASSERT_EQ(result.failures.size(), 1U);
  EXPECT_EQ(result.failures[0].place, "debts.rules:47");
  EXPECT_NE(result.failures[0].english.find("1 minute earlier"), std::string::npos);
  EXPECT_NE(result.failures[0].chinese.find("早 1 分钟"), std::string::npos);
}

TEST(ExpectationTest, WhatComesAfterTheLastLineIsFound) {
  const ScenarioResult result = run("  expect escalation of \"Call Li\" to \"S2\"\n");
  ASSERT_EQ(result.failures.size(), 1U);
  const auto& late = result.expectations.at(0);
  ASSERT_EQ(late.happenings.size(), 1U);
  EXPECT_EQ(result.timeline[late.happenings[0]].time, "2026-03-04 17:30");
  EXPECT_NE(result.failures[0].english.find("only after the last time"), std::string::npos)
      << result.failures[0].english;
}

TEST(ExpectationTest, AMovedTimerIsInTheTimeline) {
  const CompileInput input = test::with_file("debts.rules", R"(policy "Moves" (顺延)
  use "shop.rules"
notice hello (问候) service mail "hello {name}"
case Order (订单) of Customer per order_no
  opens on ordered
  closes on answered as done
  on extended:
    set due_date = new_date
  3 days before due_date:
    notify Customer by mail hello
scenario "extended"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 1 yuan, due_date = 2026-03-20
  on 2026-03-03 09:00 extended with order_no = "A", new_date = 2026-04-20
  expect mail hello to "C1" at 2026-04-17 09:00
)");
  const auto results = run_scenarios(input, "debts.rules");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_TRUE(results[0].passed) << results[0].failures.at(0).english;
  std::string timers;
  for (const auto& item : results[0].timeline) {
    if (item.kind == ScenarioResult::Happening::Kind::timer) timers += item.english + "\n";
  }
  EXPECT_EQ(timers, "`3 days before due_date:` moved from 2026-03-17 09:00 to 2026-04-17 09:00\n");
}

}  // namespace
}  // namespace duban::expectation_test
