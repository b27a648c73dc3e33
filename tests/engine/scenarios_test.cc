// What exactly happens, as scenarios in the language itself: tests/scenarios/*.rules. Each file is
// compiled on its own with what it uses, and each of its scenarios is a case here.
#include <gtest/gtest.h>

#include "engine/scenario.h"
#include "tests/engine/files.h"

namespace duban::scenarios_test {
namespace {

std::string story(const ScenarioResult& result) {
  std::string out = result.file + ": " + result.name + "\n";
  for (const auto& failure : result.failures) {
    out += "  " + failure.place + ": " + failure.line + "\n  " + failure.english + "\n";
  }
  out += "  timeline:\n";
  for (const auto& item : result.timeline) {
    out += "    " + item.time + "  " + item.english + "  [" + item.place + "]\n";
  }
  return out;
}

class ScenarioFile : public testing::TestWithParam<std::string> {};

TEST_P(ScenarioFile, Passes) {
  const CompileInput input = test::read_folder("tests/scenarios");
  const auto results = run_scenarios(input, GetParam());
  ASSERT_FALSE(results.empty());
  for (const ScenarioResult& result : results) EXPECT_TRUE(result.passed) << story(result);
}

std::vector<std::string> policy_files(const std::string& folder) {
  std::vector<std::string> out;
  for (const DeploymentFile& file : test::read_folder(folder).files) {
    const bool has_scenarios = file.text.find("scenario") != std::string::npos ||
                               file.text.find("场景") != std::string::npos;
    if (file.path.ends_with(".rules") && has_scenarios) out.push_back(file.path);
  }
  return out;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name;
  for (const char c : info.param) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) name += c;
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Semantics, ScenarioFile,
                         testing::ValuesIn(policy_files("tests/scenarios")), test_name);

TEST(ScenarioTest, RecurringStepsAreOnePlanInBothLanguages) {
  const CompileInput all = test::read_folder("tests/scenarios");
  const Compilation english = compile(closure(all, {"schedules.rules"}));
  const Compilation chinese = compile(closure(all, {"schedules-zh.rules"}));
  ASSERT_NE(english.plan, nullptr) << test::messages(english);
  ASSERT_NE(chinese.plan, nullptr) << test::messages(chinese);
  ASSERT_EQ(english.plan->steps.size(), chinese.plan->steps.size());
  for (size_t i = 0; i < english.plan->steps.size(); ++i) {
    EXPECT_EQ(english.plan->steps[i].id, chinese.plan->steps[i].id);
  }
  EXPECT_EQ(english.plan->digest.to_hex(), chinese.plan->digest.to_hex());
}

// A scenario that is wrong must fail, and say what did happen.
TEST(ScenarioTest, AWrongExpectationFails) {
  CompileInput input = test::read_folder("tests/scenarios");
  input.files.push_back({"wrong.rules", R"(policy "Wrong"
  use "shop.rules"
notice hello service mail "hello {name}"
rule "Hello"
  on visited_shop:
    notify Customer by mail hello
scenario "wrong"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 visited_shop
  expect mail hello to "C1" at 2026-03-02 09:01
scenario "wrong that nothing happens"
  given Customer "C1" with name = "Li"
  given at 2026-03-01 09:00 Customer "C2" with name = "Wu"
  on 2026-03-02 09:00 visited_shop for "C1"
  expect no mail hello to "C1"
scenario "right"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 visited_shop
  expect mail hello to "C1" at 2026-03-02 09:00
)"});
  const auto results = run_scenarios(input, "wrong.rules");
  ASSERT_EQ(results.size(), 3U);
  ASSERT_EQ(results[0].failures.size(), 1U) << story(results[0]);
  EXPECT_EQ(results[0].failures[0].place, "wrong.rules:10");
  EXPECT_NE(results[0].failures[0].english.find("2026-03-02 09:00"), std::string::npos);
  EXPECT_FALSE(results[1].passed);
  EXPECT_TRUE(results[2].passed) << story(results[2]);
}

TEST(ScenarioTest, TwoValuesForOneAttributeFailTheStep) {
  CompileInput input = test::read_folder("tests/scenarios");
  input.files.push_back({"conflict.rules", R"(policy "Conflict"
  use "shop.rules"
rule "One"
  on ordered if amount > 10 yuan:
    set note_a = "one"
rule "Two"
  on ordered if amount > 20 yuan:
    set note_a = order_no
scenario "both apply"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 30 yuan, due_date = 2026-04-01
scenario "one applies"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 15 yuan, due_date = 2026-04-01
)"});
  const auto results = run_scenarios(input, "conflict.rules");
  ASSERT_EQ(results.size(), 2U);
  ASSERT_EQ(results[0].failures.size(), 1U) << story(results[0]);
  EXPECT_NE(results[0].failures[0].english.find("note_a"), std::string::npos);
  EXPECT_TRUE(results[1].passed) << story(results[1]);
}

}  // namespace
}  // namespace duban::scenarios_test
