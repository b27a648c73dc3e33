// Goal: whatever the world does, nothing acknowledged is lost and nothing is done twice.
// Method: two hundred seeds (fewer under sanitizers), each a story of its own, through the real
// runtime over a simulated disk, clock and receivers; the same program runs any others:
// duban_simulation --seeds A-B.
#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <iostream>

#include "tests/simulation/verify.h"
#include "tests/thorough.h"

namespace duban::simulation {
namespace {

constexpr uint64_t kFirst = 1;
constexpr uint64_t kSeeds = 200 / test::kFewer;

class Simulation : public testing::Test {
 protected:
  void SetUp() override { spdlog::set_level(spdlog::level::off); }
  void TearDown() override { spdlog::set_level(spdlog::level::info); }
  Folder folder_;
};

TEST_F(Simulation, NothingIsLostAndNothingIsDoneTwice) {
  Totals totals;
  for (uint64_t seed = kFirst; seed < kFirst + kSeeds; ++seed) {
    const Verdict verdict = simulate(folder_, seed, Bug::none, nullptr, totals);
    for (const std::string& complaint : verdict.complaints)
      ADD_FAILURE() << "duban_simulation --verbose --seed " << seed << "\n" << complaint;
    if (HasFailure()) break;
  }
  std::cout << "seeds " << kFirst << " to " << kFirst + kSeeds - 1 << "\n";
  for (const auto& [what, count] : totals) std::cout << "  " << what << ": " << count << "\n";
  // What never happens is not tested.
  for (const char* what : {"crashes",
                           "crashes: kills",
                           "restarts",
                           "recovery: entries stepped again",
                           "disk: errors",
                           "disk: full",
                           "disk: slow",
                           "disk: sectors lost",
                           "disk: sectors torn",
                           "clock jumps",
                           "commands",
                           "deployments",
                           "incidents",
                           "tasks",
                           "timers",
                           "notices",
                           "lines: sent again",
                           "receivers: taken again",
                           "receivers: refused",
                           "receivers: timed out",
                           "receivers: broken connections",
                           "failed operations: repeated at once"}) {
    EXPECT_GT(totals[what], 5U / test::kFewer) << what;
  }
}

TEST_F(Simulation, ASeedIsARun) {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    std::string traces[2];
    for (std::string& trace : traces) {
      Totals totals;
      simulate(
          folder_, seed, Bug::none, [&](const std::string& line) { trace += line + "\n"; }, totals);
      for (const auto& [what, count] : totals) trace += what + " " + std::to_string(count) + "\n";
    }
    EXPECT_EQ(difference(traces[0], traces[1]), "") << "seed " << seed;
    EXPECT_GT(traces[0].size(), 1000U);
  }
}

// ---------------------------------------------------------------- the checks check

class Planted : public testing::TestWithParam<Bug> {};

TEST_P(Planted, IsFound) {
  constexpr uint64_t kSeedsMax = 60;
  spdlog::set_level(spdlog::level::off);
  const Folder folder;
  Totals totals;
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= kSeedsMax && found == 0; ++seed) {
    const Verdict verdict = simulate(folder, seed, GetParam(), nullptr, totals);
    if (verdict.complaints.empty()) continue;
    found = seed;
    std::cout << to_string(GetParam()) << " is found by seed " << seed << ": "
              << verdict.complaints.front() << std::endl;
  }
  EXPECT_GT(found, 0U) << to_string(GetParam());
}

std::string name_of(const testing::TestParamInfo<Bug>& info) {
  std::string name(to_string(info.param));
  std::erase(name, '-');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Bugs, Planted, testing::ValuesIn(kBugs), name_of);

}  // namespace
}  // namespace duban::simulation
