// Goal: a timer that failed and was given up counts as gone off, and does nothing; what comes after
// it goes off as if it had gone well.
// Method: conditions of one midnight and a step of its morning, stepped so; then the next.
#include <gtest/gtest.h>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "tests/engine/files.h"

namespace duban::given_up_test {
namespace {

constexpr const char* kRules = R"(policy "Terms"
vocabulary "Shop"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key account_no
  account_no : text
  until_day  : date?
  total      : money = 0 yuan
event signed for Customer
  set until_day
channel post to account_no
notice ended service post "It has ended."

case Ending of Customer
  opens when today at least until_day
  on opening:
    set total = 900,000,000 yuan * 900,000,000,000

rule "Ends"
  when today at least until_day:
    set total = 900,000,000 yuan * 900,000,000,000
rule "At its end"
  at until_day:
    set total = 900,000,000 yuan * 900,000,000,000
rule "A day later"
  1 days after until_day:
    notify Customer by post ended
)";

TEST(GivenUpTest, WhatIsDueHasGoneOffAndNothingIsDone) {
  const Compilation compilation = compile({{{"a.rules", kRules}}, {}, nullptr});
  ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
  Plans plans;
  plans.add(1, compilation.plan);
  const References references;
  RawEvent raw;
  raw.id = "1";
  raw.type = "signed";
  raw.subject = "C1";
  raw.time = "2026-03-01T10:00:00+08:00";
  RawValue day;
  day.kind = RawValue::Kind::text;
  day.text = "2026-03-10";
  raw.data = {{"until_day", day}};
  const Instant begin = *compilation.plan->zone.parse("2026-03-01 10:00");
  const Input event = std::get<Input>(std::get<Intake>(take_in(*compilation.plan, raw, begin)));
  const auto created = new_subject(*compilation.plan, references, event);
  StepOutcome now =
      std::get<StepOutcome>(step(plans, references, std::get<Subject>(created), event));
  const auto tick = [&](bool given_up) {
    Input input;
    input.kind = Input::Kind::timer;
    input.subject = now.subject.key;
    input.time = input.received = now.wake->at;
    input.before_facts = now.wake->before_facts;
    input.given_up = given_up;
    return step(plans, references, now.subject, input);
  };
  // Midnight turns the conditions, the morning brings the step.
  for (const bool before_facts : {true, false}) {
    ASSERT_TRUE(now.wake);
    EXPECT_EQ(compilation.plan->zone.to_string(now.wake->at),
              before_facts ? "2026-03-10 00:00" : "2026-03-10 09:00");
    EXPECT_EQ(now.wake->before_facts, before_facts);
    EXPECT_TRUE(std::holds_alternative<StepFailure>(tick(false)));
    auto passed = tick(true);
    ASSERT_TRUE(std::holds_alternative<StepOutcome>(passed));
    now = std::get<StepOutcome>(std::move(passed));
    EXPECT_TRUE(now.records.empty());
    EXPECT_TRUE(now.subject.cases.empty());
  }
  ASSERT_TRUE(now.wake);
  EXPECT_EQ(compilation.plan->zone.to_string(now.wake->at), "2026-03-11 09:00");
  const auto next = tick(false);
  ASSERT_TRUE(std::holds_alternative<StepOutcome>(next));
  EXPECT_EQ(std::get<StepOutcome>(next).records.size(), 1U);
}

}  // namespace
}  // namespace duban::given_up_test
