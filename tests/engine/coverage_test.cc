// Goal: coverage counts exactly what ran, and says of each article what keeps and shows it.
// Method: a small policy whose every part is known.

#include "engine/coverage.h"

#include <gtest/gtest.h>

#include "tests/engine/debts_policy.h"

namespace duban::coverage_test {
namespace {

using Kind = CoverageItem::Kind;

PolicyCoverage coverage_of(const TestedFile& tested, const std::string& path) {
  Coverage coverage;
  coverage.add(tested);
  for (PolicyCoverage& policy : coverage.policies()) {
    if (policy.path == path) return std::move(policy);
  }
  return {};
}

std::string count(const CoverageCount& of) {
  return std::to_string(of.reached) + "/" + std::to_string(of.all);
}

const CoverageItem* find(const PolicyCoverage& policy, Kind kind, const std::string& text) {
  for (const CoverageItem& item : policy.items) {
    if (item.kind == kind && item.text.find(text) != std::string::npos) return &item;
  }
  return nullptr;
}

TEST(CoverageTest, CountsEveryPartExactly) {
  const TestedFile tested = test::test_text(std::string(test::kDebts) + test::kDebtsScenarios);
  ASSERT_EQ(tested.runs.size(), 2U);
  ASSERT_TRUE(tested.runs[0].passed && tested.runs[1].passed);
  const PolicyCoverage policy = coverage_of(tested, "debts.rules");
  EXPECT_EQ(policy.names.name, "Debts");
  // A rule's step, `on opening`, and the step in time.
  EXPECT_EQ(count(policy.count({Kind::step})), "3/3");
  EXPECT_EQ(count(policy.count({Kind::otherwise})), "0/1");
  EXPECT_EQ(count(policy.count({Kind::opening})), "1/1");
  EXPECT_EQ(count(policy.count({Kind::closing})), "1/2");
  EXPECT_EQ(count(policy.count({Kind::clause})), "1/1");
  EXPECT_EQ(count(policy.count({Kind::finish})), "0/1");
  EXPECT_EQ(count(policy.count({Kind::forbid})), "1/1");
  EXPECT_EQ(count(policy.count({Kind::row})), "2/3");  // high, and the rest
  // `a or b`, a, b, and the forbid's: of `or` only yes, of `amount` only yes, `grade` never asked,
  // of the forbid only yes.
  EXPECT_EQ(count(policy.count({Kind::condition})), "3/8");
  EXPECT_EQ(count(policy.count()), "12/21");
}

TEST(CoverageTest, BothSidesOfEveryOperand) {
  const TestedFile tested = test::test_text(std::string(test::kDebts) + test::kDebtsScenarios + R"(
scenario "small, of a low grade and of none"
  given Customer "C1" with name = "Li", grade = low
  given Customer "C2" with name = "Wu"
  on 2026-03-02 09:00 ordered for "C1" with order_no = "A", amount = 99.99 yuan, due_date = 2026-03-20
  on 2026-03-02 09:00 ordered for "C2" with order_no = "B", amount = 1 yuan, due_date = 2026-03-20
  expect mail hello to "C1" at 2026-03-02 09:00
  expect mail sorry to "C2" at 2026-03-02 09:00
)");
  const PolicyCoverage policy = coverage_of(tested, "debts.rules");
  for (const char* text : {"event.amount at least large or grade is low", "grade is low"}) {
    const CoverageItem* item = find(policy, Kind::condition, text);
    ASSERT_NE(item, nullptr) << text;
    EXPECT_TRUE(item->yes && item->no) << text;
  }
  EXPECT_EQ(count(policy.count({Kind::otherwise})), "1/1");
  EXPECT_EQ(count(policy.count({Kind::row})), "3/3");
  // Undecided: the forbid was only ever asked of a protected customer.
  const CoverageItem* forbid = find(policy, Kind::condition, "Customer.protected");
  ASSERT_NE(forbid, nullptr);
  EXPECT_TRUE(forbid->yes);
  EXPECT_FALSE(forbid->no);
  EXPECT_EQ(forbid->place, "debts.rules:11");
}

TEST(CoverageTest, WhatNoScenarioReachesIsNotReached) {
  const TestedFile tested = test::test_text(test::kDebts);
  const PolicyCoverage policy = coverage_of(tested, "debts.rules");
  EXPECT_EQ(policy.count().reached, 0U);
  EXPECT_EQ(policy.count().all, 21U);
}

TEST(CoverageTest, ArticlesAreKeptAndShown) {
  const TestedFile tested = test::test_text(std::string(test::kDebts) + test::kDebtsScenarios);
  Coverage coverage;
  coverage.add(tested);
  ASSERT_EQ(coverage.articles().size(), 1U);
  const Article& article = coverage.articles()[0];
  EXPECT_EQ(article.basis, "Article 7");
  EXPECT_EQ(article.place, "debts.rules:3");
  ASSERT_EQ(article.keepers.size(), 3U);
  EXPECT_EQ(article.keepers[0].names.alias, "大单");
  EXPECT_EQ(article.keepers[0].scenarios.size(), 2U);
  EXPECT_EQ(article.keepers[1].names.name, "Debt");
  EXPECT_EQ(article.keepers[2].kind, Article::Keeper::Kind::forbid);
  ASSERT_EQ(article.keepers[2].scenarios.size(), 1U);
  EXPECT_EQ(article.keepers[2].scenarios[0].second, "a large order, and nobody calls");
}

TEST(CoverageTest, RowsOfAFileAndLinesOfAScorecard) {
  const CompileInput input = test::read_folder("tests/scenarios");
  const PolicyCoverage levels =
      coverage_of(test::test_file(input, "table-file.rules"), "table-file.rules");
  EXPECT_EQ(levels.names.name, "Levels");
  const CoverageItem* row = find(levels, Kind::row, "nanny");
  ASSERT_NE(row, nullptr);
  EXPECT_EQ(row->place, "service-levels.csv:2");
  EXPECT_TRUE(row->yes);
  const PolicyCoverage grading =
      coverage_of(test::test_file(input, "scorecard.rules"), "scorecard.rules");
  const CoverageItem* line = find(grading, Kind::row, "-40 if late_payments above 2");
  ASSERT_NE(line, nullptr);
  EXPECT_FALSE(line->yes);
  const CoverageItem* condition = find(grading, Kind::condition, "late_payments above 2");
  ASSERT_NE(condition, nullptr);
  EXPECT_TRUE(condition->no);
  EXPECT_FALSE(condition->yes);
  const CoverageItem* grade = find(grading, Kind::row, "grade poor otherwise");
  ASSERT_NE(grade, nullptr);
  EXPECT_TRUE(grade->yes);
}

// What time alone may turn is asked at many instants ahead: none of that has happened.
TEST(CoverageTest, LookingAheadIsNotHappening) {
  const TestedFile tested = test::test_text(R"(policy "Waiting" (等待)
  use "shop.rules"
notice hello (问候) service mail "hello {name}"
rule "Contract ends" (合同到期)
  when today at least contract_end:
    notify Customer by mail hello
scenario "not yet"
  given Customer "C1" with name = "Li", contract_end = 2027-01-01
  on 2026-03-02 09:00 visited_shop
  expect no mail hello to "C1"
)");
  ASSERT_TRUE(tested.runs.at(0).passed);
  const PolicyCoverage policy = coverage_of(tested, "debts.rules");
  const CoverageItem* condition = find(policy, Kind::condition, "today at least contract_end");
  ASSERT_NE(condition, nullptr);
  EXPECT_TRUE(condition->no);
  EXPECT_FALSE(condition->yes);
}

// What is observed is what happens: with and without an observer the same.
TEST(CoverageTest, ObservingChangesNothing) {
  const CompileInput input =
      test::with_file("debts.rules", std::string(test::kDebts) + test::kDebtsScenarios);
  const ScenarioFile file = prepare_scenarios(input, "debts.rules");
  for (const syntax::ScenarioDecl* scenario : file.scenarios()) {
    Observations observed(*file.compilation.plan);
    const ScenarioResult with = run_scenario(file, *scenario, {.observed = &observed});
    const ScenarioResult without = run_scenario(file, *scenario);
    ASSERT_EQ(with.timeline.size(), without.timeline.size());
    for (size_t i = 0; i < with.timeline.size(); ++i) {
      EXPECT_EQ(with.timeline[i].english, without.timeline[i].english);
    }
  }
}

}  // namespace
}  // namespace duban::coverage_test
