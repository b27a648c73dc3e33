// Goal: what no scenario pins down is told with the values to try, and every suggested scenario
// can be pasted: it compiles, passes, and fails where the boundary lies elsewhere.
// Method: a small policy with known gaps, then the whole library.

#include "engine/boundary.h"

#include <gtest/gtest.h>

#include "engine/mutation.h"
#include "tests/engine/debts_policy.h"
#include "tests/thorough.h"

namespace duban::boundary_test {
namespace {

using Kind = Boundary::Kind;

std::vector<Boundary> boundaries_of(const std::string& text, bool suggestions = true) {
  std::vector<TestedFile> tested;
  tested.push_back(test::test_text(text));
  return find_boundaries(tested, {"debts.rules"}, {.suggestions = suggestions});
}

const Boundary* find(const std::vector<Boundary>& all, Kind kind, const std::string& text) {
  for (const Boundary& each : all) {
    if (each.kind == kind && each.text.find(text) != std::string::npos) return &each;
  }
  return nullptr;
}

// `below ✗ needed 99.99`, one line for each point.
std::string points(const Boundary& boundary) {
  static constexpr const char* kWhere[] = {"below", "at", "above"};
  std::string out;
  for (const Boundary::Point& point : boundary.points) {
    out += std::string(kWhere[static_cast<size_t>(point.where)]) +
           (point.exercised ? " met " : " not met ") + (point.needed ? "needed " : "") +
           point.english + "\n";
  }
  return out;
}

const std::string kBase = std::string(test::kDebts) + test::kDebtsScenarios;

TEST(BoundaryTest, AThresholdWithOneSideMissing) {
  const auto all = boundaries_of(kBase);
  const Boundary* large = find(all, Kind::comparison, "at least large");
  ASSERT_NE(large, nullptr);
  EXPECT_EQ(large->place, "debts.rules:21");
  EXPECT_TRUE(large->reached);
  EXPECT_FALSE(large->pinned());
  EXPECT_EQ(points(*large),
            "below not met needed CNY 99.99\nat met needed CNY 100.00\nabove not met CNY 100.01\n");
  ASSERT_EQ(large->suggestions.size(), 1U);
  EXPECT_EQ(large->suggestions[0].path, "debts.rules");
  const std::string& text = large->suggestions[0].text;
  EXPECT_NE(text.find("amount = 99.99 yuan"), std::string::npos) << text;
  EXPECT_NE(text.find("expect mail sorry to \"C1\" at 2026-03-02 09:00"), std::string::npos)
      << text;
  EXPECT_NE(text.find("expect no mail hello to \"C1\""), std::string::npos) << text;

  const auto after = boundaries_of(kBase + text);
  const Boundary* pinned = find(after, Kind::comparison, "at least large");
  ASSERT_NE(pinned, nullptr);
  EXPECT_TRUE(pinned->pinned()) << points(*pinned);
  EXPECT_TRUE(pinned->suggestions.empty());
}

TEST(BoundaryTest, WithoutSuggestionsNothingIsSearched) {
  for (const Boundary& boundary : boundaries_of(kBase, false)) {
    EXPECT_TRUE(boundary.suggestions.empty()) << boundary.text;
  }
}

TEST(BoundaryTest, AThresholdNobodyComesTo) {
  const auto all = boundaries_of(test::kDebts);
  const Boundary* large = find(all, Kind::comparison, "at least large");
  ASSERT_NE(large, nullptr);
  EXPECT_FALSE(large->reached);
  EXPECT_TRUE(large->suggestions.empty());
}

TEST(BoundaryTest, ADurationWhoseChangeNobodyNotices) {
  const std::string blind = test::replaced(kBase, " due 2026-03-04 17:30", "");
  const std::string blinder = test::replaced(
      blind, "  expect escalation of \"Call Li\" to \"S2\" at 2026-03-04 17:30\n", "");
  const auto all = boundaries_of(blinder);
  const Boundary* within = find(all, Kind::duration, "2 working days");
  ASSERT_NE(within, nullptr);
  EXPECT_FALSE(within->pinned());
  EXPECT_EQ(points(*within),
            "below not met needed 1 working day\nat met 2 working days\nabove not met needed 3 "
            "working days\n");
  ASSERT_FALSE(within->suggestions.empty());
  EXPECT_NE(within->suggestions[0].text.find("due 2026-03-04 17:30"), std::string::npos)
      << within->suggestions[0].text;

  std::string mended = blinder;
  for (const auto& suggestion : within->suggestions) mended += suggestion.text;
  const auto after = boundaries_of(mended);
  EXPECT_TRUE(find(after, Kind::duration, "2 working days")->pinned());
}

TEST(BoundaryTest, ADeadlineNobodyMeetsAtItsEnd) {
  const auto all = boundaries_of(kBase);
  const Boundary* call = find(all, Kind::deadline, "Call {name}");
  ASSERT_NE(call, nullptr);
  EXPECT_EQ(points(*call),
            "below not met a second before it is due\nat not met needed when it is due\n"
            "above met needed a second after it is due\n");
  ASSERT_EQ(call->suggestions.size(), 1U);
  EXPECT_NE(call->suggestions[0].text.find("on 2026-03-04 17:30 task \"Call Li\" done"),
            std::string::npos)
      << call->suggestions[0].text;
  EXPECT_NE(call->suggestions[0].text.find("expect no escalation of \"Call Li\""),
            std::string::npos)
      << call->suggestions[0].text;
  const auto after = boundaries_of(kBase + call->suggestions[0].text);
  EXPECT_TRUE(find(after, Kind::deadline, "Call {name}")->pinned());
}

// A threshold that depends on the subject, on a number that is summed up from events.
TEST(BoundaryTest, AThresholdThatIsComputed) {
  const std::string text = R"(policy "Sums" (合计)
  use "shop.rules"
notice hello (问候) service mail "hello {name}"
define bought (已购) of Customer = sum of ordered.amount over the last 12 months
rule "More than is owed" (超过欠款)
  on met if bought above debt:
    notify Customer by mail hello
scenario "much more"
  given Customer "C1" with name = "Li", debt = 50 yuan
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 80 yuan, due_date = 2026-03-20
  on 2026-03-03 09:00 met with on_day = 2026-03-03
  expect mail hello to "C1" at 2026-03-03 09:00
)";
  const auto all = boundaries_of(text);
  const Boundary* more = find(all, Kind::comparison, "bought above debt");
  ASSERT_NE(more, nullptr);
  EXPECT_EQ(points(*more), "below not met \nat not met needed \nabove not met needed \n");
  ASSERT_EQ(more->suggestions.size(), 2U);
  std::string mended = text;
  for (const auto& suggestion : more->suggestions) mended += suggestion.text;
  const auto after = boundaries_of(mended);
  EXPECT_TRUE(find(after, Kind::comparison, "bought above debt")->pinned()) << mended;
}

// Whatever is suggested for the library can be pasted into it, in both languages.
TEST(BoundaryTest, SuggestionsForTheLibraryPassAsTheyAre) {
  const CompileInput all = test::read_folder("rules");
  size_t pasted = 0;
  int files = 0;
  for (const DeploymentFile& file : all.files) {
    if (!file.path.ends_with(".rules") || file.path == "utility.rules") continue;
    if (files++ % test::kFewer != 0) continue;
    std::vector<TestedFile> tested;
    tested.push_back(test::test_file(all, file.path));
    // Without the scenarios a policy has, there is more to suggest: every other one is left out.
    std::vector<ScenarioRun> some;
    for (size_t i = 0; i < tested[0].runs.size(); i += 2) {
      some.push_back(std::move(tested[0].runs[i]));
    }
    tested[0].runs = std::move(some);
    std::string added;
    for (const Boundary& boundary : find_boundaries(tested, {file.path})) {
      for (const auto& suggestion : boundary.suggestions) {
        added += suggestion.text;
        ++pasted;
      }
    }
    CompileInput with = all;
    for (DeploymentFile& each : with.files) {
      if (each.path == file.path) each.text += "\n" + added;
    }
    for (const ScenarioResult& result : run_scenarios(with, file.path)) {
      EXPECT_TRUE(result.passed) << file.path << ": " << result.name << "\n"
                                 << (result.failures.empty() ? "" : result.failures[0].english);
    }
  }
  EXPECT_GT(pasted, 20U / test::kFewer);
}

}  // namespace
}  // namespace duban::boundary_test
