// Goal: a change that scenarios would notice is caught, one that they would not is named with its
// place and both texts; and what is tried is what is shown.
// Method: planted mutants in a small policy, then every mutant of the library once on the plan and
// once in the text.

#include "engine/mutation.h"

#include <gtest/gtest.h>

#include "tests/engine/debts_policy.h"
#include "tests/thorough.h"

namespace duban::mutation_test {
namespace {

MutationResult mutate_text(const std::string& text, const MutationOptions& options = {}) {
  std::vector<TestedFile> tested;
  tested.push_back(test::test_text(text));
  return mutate(tested, {"debts.rules"}, options);
}

const MutantOutcome* find(const MutationResult& result, const std::string& original,
                          const std::string& changed) {
  for (const MutantOutcome& outcome : result.outcomes) {
    if (outcome.original == original && outcome.changed == changed) return &outcome;
  }
  return nullptr;
}

TEST(MutationTest, APlantedMutantIsCaughtAndAnotherSurvives) {
  const MutationResult result = mutate_text(std::string(test::kDebts) + test::kDebtsScenarios);
  EXPECT_EQ(result.outcomes.size(), result.all);

  // One scenario orders for exactly 100 yuan, none for 99.99.
  const MutantOutcome* turned =
      find(result, "event.amount at least large", "event.amount above large");
  ASSERT_NE(turned, nullptr);
  EXPECT_TRUE(turned->caught);
  EXPECT_EQ(turned->place, "debts.rules:21");
  EXPECT_EQ(turned->column, 17U);
  const MutantOutcome* lower = find(result, "100 yuan", "99.99 yuan");
  ASSERT_NE(lower, nullptr);
  EXPECT_TRUE(lower->reached);
  EXPECT_FALSE(lower->caught);
  EXPECT_EQ(lower->place, "debts.rules:5");
  EXPECT_EQ(lower->line, "parameter large (大额) = 100 yuan");
  // More would be what turning the comparison is.
  EXPECT_EQ(find(result, "100 yuan", "100.01 yuan"), nullptr);

  const MutantOutcome* longer = find(result, "2 working days", "3 working days");
  ASSERT_NE(longer, nullptr);
  EXPECT_TRUE(longer->caught);
  const MutantOutcome* row = find(result, "| low   | 1 month |", "");
  ASSERT_NE(row, nullptr);
  EXPECT_FALSE(row->reached);
  EXPECT_FALSE(row->caught);
  const MutantOutcome* guard = find(result, "Customer.protected", "not Customer.protected");
  ASSERT_NE(guard, nullptr);
  EXPECT_TRUE(guard->caught);
  const MutantOutcome* sorry = find(result, "notify Customer by mail sorry", "");
  ASSERT_NE(sorry, nullptr);
  EXPECT_FALSE(sorry->reached);
  EXPECT_GT(result.caught(), 0U);
  EXPECT_LT(result.caught(), result.all);
}

TEST(MutationTest, AScenarioMoreCatchesTheSurvivor) {
  const MutationResult result = mutate_text(std::string(test::kDebts) + test::kDebtsScenarios + R"(
scenario "a fen less is not large"
  given Customer "C1" with name = "Li"
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 99.99 yuan, due_date = 2026-03-20
  expect mail sorry to "C1" at 2026-03-02 09:00
)");
  const MutantOutcome* lower = find(result, "100 yuan", "99.99 yuan");
  ASSERT_NE(lower, nullptr);
  EXPECT_TRUE(lower->caught);
}

TEST(MutationTest, ScenariosThatFailProveNothing) {
  const std::string failing = test::replaced(std::string(test::kDebts) + test::kDebtsScenarios,
                                             "expect stop blocked at 2026-03-23 09:00",
                                             "expect no stop blocked at 2026-03-23 09:00");
  const MutationResult result = mutate_text(failing);
  const MutantOutcome* turned =
      find(result, "event.amount at least large", "event.amount above large");
  ASSERT_NE(turned, nullptr);
  EXPECT_FALSE(turned->caught);
}

TEST(MutationTest, AtMostSoManyAreTriedAndAlwaysTheSame) {
  const std::string text = std::string(test::kDebts) + test::kDebtsScenarios;
  const MutationResult all = mutate_text(text);
  const MutationResult some = mutate_text(text, {.most = 7});
  const MutationResult again = mutate_text(text, {.most = 7});
  EXPECT_EQ(some.all, all.all);
  ASSERT_EQ(some.outcomes.size(), 7U);
  ASSERT_EQ(again.outcomes.size(), 7U);
  for (size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(some.outcomes[i].place, again.outcomes[i].place);
    EXPECT_EQ(some.outcomes[i].changed, again.outcomes[i].changed);
  }
  // Over the whole file, not its beginning.
  EXPECT_NE(some.outcomes.back().place, all.outcomes[6].place);
}

// A duty that falls due at once again and again must not hold up the run.
TEST(MutationTest, AChangeThatNeverComesToRestIsCaught) {
  const MutationResult result = mutate_text(R"(policy "Duties" (职责)
  use "shop.rules"
case Duty (职责事项) of Customer
  opens when manager is known
  closes on closed_account as gone
  on opening:
    task "See {name}" for manager
      every 1 day since seen_on
      expires after 1 day
      done on met
scenario "every day"
  given Staff "S1" with name = "Zhao"
  given at 2026-03-02 09:00 Customer "C1" with name = "Li", manager = "S1", seen_on = 2026-03-01
  expect task "See Li" for "S1" at 2026-03-02 09:00 due 2026-03-02
  expect task "See Li" for "S1" at 2026-03-05 09:00
)");
  EXPECT_GT(result.all, 3U);
  EXPECT_NE(find(result, "done on met", ""), nullptr);
}

TEST(MutationTest, WhatAnOpeningDoesOnceAnywayIsNotTriedWithoutOnce) {
  const std::string text = R"(policy "Welcomes" (欢迎)
  use "shop.rules"
notice hello (欢迎词) service mail
  "Welcome, {name}."
case Welcome (欢迎事项) of Customer
  opens when manager is known
  closes on closed_account as gone
  on opening:
    notify Customer by mail hello once per case
)";
  EXPECT_EQ(find(mutate_text(text), "once per case", ""), nullptr);
  EXPECT_NE(find(mutate_text(test::replaced(text, "  closes on", "  may reopen\n  closes on")),
                 "once per case", ""),
            nullptr);
  EXPECT_NE(find(mutate_text(text + "  1 day after case.opened: notify Customer by mail hello\n"),
                 "once per case", ""),
            nullptr);
}

std::vector<std::string> changes_of(const std::string& path, Mutant::Kind kind) {
  const CompileInput input = test::read_folder("tests/scenarios");
  std::vector<TestedFile> tested;
  tested.push_back(test::test_file(input, path));
  std::vector<std::string> out;
  for (const MutantOutcome& each : mutate(tested, {path}).outcomes) {
    if (each.kind == kind) out.push_back(each.original + " → " + each.changed);
  }
  return out;
}

bool has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

TEST(MutationTest, RecurringStepsAreMovedAndRolled) {
  const auto english = changes_of("schedules.rules", Mutant::Kind::schedule);
  EXPECT_TRUE(has(english, "Monday → Tuesday"));
  EXPECT_TRUE(has(english, "Sunday → Monday"));
  EXPECT_TRUE(has(english, "month on day 25 → month on day 26"));
  EXPECT_TRUE(has(english, "month on day 25 → month on day 24"));
  EXPECT_TRUE(has(english, "quarter on day 15 of month 2 → quarter on day 16 of month 2"));
  EXPECT_TRUE(has(english, "rolled back → "));
  EXPECT_FALSE(has(english, "month on day 31 → month on day 32"));
  const auto chinese = changes_of("schedules-zh.rules", Mutant::Kind::schedule);
  EXPECT_TRUE(std::any_of(chinese.begin(), chinese.end(), [](const std::string& change) {
    return change.find("周一") != std::string::npos && change.find("周二") != std::string::npos;
  })) << testing::PrintToString(chinese);
}

TEST(MutationTest, ScorecardsAreTablesOfConditions) {
  const auto rows = changes_of("scorecard.rules", Mutant::Kind::row);
  EXPECT_EQ(rows.size(), 13U) << testing::PrintToString(rows);  // eight lines and… without the base
  const auto comparisons = changes_of("scorecard.rules", Mutant::Kind::comparison);
  EXPECT_TRUE(has(comparisons, "credit is good → credit is not good"));
  EXPECT_TRUE(has(comparisons, "payments >= 3 → payments > 3"));
  const auto thresholds = changes_of("scorecard.rules", Mutant::Kind::threshold);
  // There is no other word than `at least` for a grade's floor: it moves both ways.
  EXPECT_TRUE(has(thresholds, "75 → 74"));
  EXPECT_TRUE(has(thresholds, "75 → 76"));
}

TEST(MutationTest, RowsOfAFileAreChangedWithTheirPolicy) {
  const CompileInput input = test::read_folder("tests/scenarios");
  std::vector<TestedFile> tested;
  tested.push_back(test::test_file(input, "table-file.rules"));
  const MutationResult result = mutate(tested, {"table-file.rules"});
  size_t in_file = 0;
  for (const MutantOutcome& each : result.outcomes) {
    in_file += each.place.starts_with("service-levels.csv:") ? 1 : 0;
  }
  EXPECT_GT(in_file, 5U);
}

// ---------------------------------------------------------------- the library

struct LibraryFile {
  CompileInput input;
  std::string path;
};

std::vector<LibraryFile> library() {
  std::vector<LibraryFile> out;
  const CompileInput all = test::read_folder("rules");
  for (const DeploymentFile& file : all.files) {
    if (!file.path.ends_with(".rules") || file.path == "utility.rules") continue;
    out.push_back({all, file.path});
  }
  return out;
}

// The text with the mutant's change.
CompileInput edited(const ScenarioFile& file, const Mutant& mutant) {
  CompileInput out = file.input;
  const Source& source = file.compilation.sources[mutant.span.file];
  const auto size = static_cast<uint32_t>(source.code_points().size());
  for (DeploymentFile& each : out.files) {
    if (each.path != source.path()) continue;
    each.text =
        source.slice(0, mutant.span.begin) + mutant.changed + source.slice(mutant.span.end, size);
  }
  return out;
}

// What a mutant says it changes is what it changes: the same change made in the text compiles, and
// every scenario has the same outcome.
TEST(MutationTest, EveryMutantOfTheLibraryIsTheChangeItSays) {
  size_t compared = 0, declaring = 0, met = 0;
  for (const LibraryFile& each : library()) {
    const TestedFile tested = test::test_file(each.input, each.path);
    const Plan& plan = *tested.file.compilation.plan;
    Observations seen(plan);
    for (const ScenarioRun& run : tested.runs) seen.merge(run.observed);
    for (uint16_t file = 0; file < plan.sources.size(); ++file) {
      if (plan.sources[file].path() != each.path) continue;
      for (const Mutant& mutant : mutants_of(plan, {file}, seen)) {
        if (mutant.changed.empty()) continue;  // what is left out leaves an unfinished line
        if (met++ % test::kFewer != 0) continue;
        const ScenarioFile changed = prepare_scenarios(edited(tested.file, mutant), each.path);
        // `tracked (跟踪式)` in a row, or the name of a grade, also makes the value others refer
        // to.
        if (changed.compilation.plan == nullptr && mutant.kind == Mutant::Kind::choice) {
          ++declaring;
          continue;
        }
        ASSERT_NE(changed.compilation.plan, nullptr)
            << mutant.place << ": " << mutant.original << " → " << mutant.changed << "\n"
            << test::messages(changed.compilation);
        auto on_plan = std::make_shared<Plan>(plan);
        mutant.apply(*on_plan);
        const auto scenarios = changed.scenarios();
        ASSERT_EQ(scenarios.size(), tested.runs.size());
        for (size_t i = 0; i < scenarios.size(); ++i) {
          const bool in_text = run_scenario(changed, *scenarios[i], {.explain = false}).passed;
          const bool in_plan = run_scenario(tested.file, *tested.runs[i].scenario,
                                            {.plan = on_plan, .explain = false})
                                   .passed;
          EXPECT_EQ(in_text, in_plan)
              << mutant.place << ": " << mutant.original << " → " << mutant.changed << "\n"
              << scenarios[i]->name.text;
          // A scenario that never comes there cannot tell the difference.
          if (!mutant.reached(tested.runs[i].observed)) {
            EXPECT_TRUE(in_plan) << mutant.place << ": " << mutant.changed;
          }
        }
        ++compared;
      }
    }
  }
  EXPECT_GT(compared, 250U / test::kFewer);
  EXPECT_LT(declaring * 20, compared);
}

}  // namespace
}  // namespace duban::mutation_test
