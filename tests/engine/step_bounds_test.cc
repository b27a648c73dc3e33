// Goal: whatever a policy sets off, one step ends, in bounded time and memory.
#include <gtest/gtest.h>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "tests/engine/files.h"

namespace duban::step_bounds_test {
namespace {

// A row of events, each of which raises the next three times.
std::string cascade(int length) {
  std::string out =
      "vocabulary \"W\"\n  timezone \"Asia/Shanghai\"\nentity Customer key account\n"
      "  name : text?\nevent e0 for Customer\n";
  for (int i = 1; i <= length; ++i) out += "event e" + std::to_string(i) + " for Customer\n";
  out += "policy \"Cascade\"\n";
  for (int i = 0; i < length; ++i) {
    out += "rule \"R" + std::to_string(i) + "\"\n  on e" + std::to_string(i) + ":\n";
    for (int j = 0; j < 3; ++j) out += "    raise e" + std::to_string(i + 1) + "\n";
  }
  return out;
}

std::variant<StepOutcome, StepFailure> step_cascade(int length) {
  const Compilation compilation = compile({{{"a.rules", cascade(length)}}, {}, nullptr});
  EXPECT_NE(compilation.plan, nullptr) << test::messages(compilation);
  Plans plans;
  plans.add(1, compilation.plan);
  RawEvent raw;
  raw.id = "1";
  raw.type = "e0";
  raw.subject = "C1";
  const Input input = std::get<Input>(std::get<Intake>(take_in(*compilation.plan, raw, Instant{})));
  const References references;
  return step(plans, references,
              std::get<Subject>(new_subject(*compilation.plan, references, input)), input);
}

TEST(StepBoundsTest, EventsThatMultiplyFailTheStep) {
  const auto few = step_cascade(5);  // 3 + 9 + … + 243
  ASSERT_TRUE(std::holds_alternative<StepOutcome>(few));
  EXPECT_EQ(std::get<StepOutcome>(few).records.size(), 363U);
  const auto many = step_cascade(14);  // 7 million
  ASSERT_TRUE(std::holds_alternative<StepFailure>(many));
  const StepFailure& failure = std::get<StepFailure>(many);
  EXPECT_EQ(failure.kind, StepFailure::Kind::failed);
  EXPECT_EQ(failure.english, "this step raises more than 1000 events");
  EXPECT_EQ(failure.chinese, "本步骤发起的事件超过 1000 个");
}

}  // namespace
}  // namespace duban::step_bounds_test
