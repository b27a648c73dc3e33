// Goal: a step that fails leaves nothing behind for the next one, of whatever subject.
// Method: a condition that overflows in the midst of the step of one; then the same step of another
// as before.
#include <gtest/gtest.h>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "tests/engine/files.h"

namespace duban::failed_step_test {
namespace {

constexpr const char* kWords = R"(policy "Terms"
vocabulary "Shop"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key account_no
  account_no : text
  size  : number = 0
  count : number = 0
event grew for Customer
  set size
event counted for Customer
  set count
event met for Customer
channel post to account_no
notice many service post "Very many."
)";
constexpr const char* kRules = R"(
rule "Many"
  when count > 5:
    notify Customer by post many
rule "Large"
  when size * size > 10:
    notify Customer by post many
)";

class FailedStepTest : public testing::Test {
 protected:
  void deploy(Version version, const std::string& text) {
    const Compilation compilation = compile({{{"a.rules", text}}, {}, nullptr});
    ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
    plans.add(version, compilation.plan);
  }
  Input event(const std::string& type, const std::string& key, const std::string& field,
              const std::string& number) {
    RawEvent raw;
    raw.id = type + key;
    raw.type = type;
    raw.subject = key;
    raw.time = "2026-03-01T10:00:00+08:00";
    RawValue value;
    value.kind = RawValue::Kind::number;
    value.text = number;
    if (!field.empty()) raw.data = {{field, value}};
    return std::get<Input>(std::get<Intake>(take_in(plans.current(), raw, Instant{0})));
  }
  Subject made(const Input& input) {
    return std::get<Subject>(new_subject(plans.current(), references, input));
  }

  Plans plans;
  const References references{};
};

TEST_F(FailedStepTest, LeavesNothingForTheNext) {
  deploy(1, kWords);
  const Input counted = event("counted", "C1", "count", "10");
  const Subject first =
      std::get<StepOutcome>(step(plans, references, made(counted), counted)).subject;

  // Nobody has asked it about the new version's conditions, and meeting it asks none.
  deploy(2, std::string(kWords) + kRules);
  const Input met = event("met", "C1", "", "");
  const StepOutcome before = std::get<StepOutcome>(step(plans, references, first, met));
  EXPECT_TRUE(before.records.empty());

  const Input grew = event("grew", "C2", "size", "9000000000000");
  const auto failed = step(plans, references, made(grew), grew);
  ASSERT_TRUE(std::holds_alternative<StepFailure>(failed));
  EXPECT_EQ(std::get<StepFailure>(failed).kind, StepFailure::Kind::failed);

  const StepOutcome after = std::get<StepOutcome>(step(plans, references, first, met));
  EXPECT_TRUE(after.records.empty());
  EXPECT_TRUE(after.subject == before.subject);
}

}  // namespace
}  // namespace duban::failed_step_test
