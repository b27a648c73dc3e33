// The engine against the reference evaluator.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <set>

#include "engine/scenario.h"
#include "tests/engine/files.h"
#include "tests/reference/campaign.h"
#include "tests/reference/census.h"
#include "tests/reference/story.h"

namespace duban::reference {
namespace {

// Every scenario of the repository: both evaluators take the same story and must agree.
void agree_on_scenarios(const std::string& folder) {
  const CompileInput all = test::read_folder(folder);
  size_t stories = 0;
  for (const DeploymentFile& file : all.files) {
    if (!file.path.ends_with(".rules")) continue;
    const CompileInput input = closure(all, {file.path});
    const Compilation compilation = compile(input);
    ASSERT_NE(compilation.plan, nullptr) << file.path << "\n" << test::messages(compilation);
    const Program program(input, 1, nullptr);
    for (const syntax::File& tree : program.files) {
      for (const syntax::ScenarioDecl& scenario : tree.scenarios) {
        Tally tally;
        Match match({input}, {compilation.plan}, &tally);
        ++stories;
        for (const Happening& happening : story_of(program, scenario)) {
          const auto difference = match.take(happening);
          ASSERT_FALSE(difference) << file.path << ": " << scenario.name.text << "\n"
                                   << to_string(happening, program.zone) << "\n"
                                   << difference->what;
        }
      }
    }
  }
  EXPECT_GT(stories, 10U);
}

TEST(ReferenceTest, AgreesOnTheScenariosOfTheTests) { agree_on_scenarios("tests/scenarios"); }
TEST(ReferenceTest, AgreesOnTheScenariosOfThePolicies) { agree_on_scenarios("rules"); }

// A number of the environment, or what stands in for it.
uint64_t number(const char* name, uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == 0 ? otherwise : std::strtoull(text, nullptr, 10);
}

uint64_t of(const Tally& tally, const std::string& what) {
  const auto at = tally.find(what);
  return at == tally.end() ? 0 : at->second;
}

std::string column(uint64_t number, size_t width) {
  const std::string digits = std::to_string(number);
  return std::string(width - std::min(width, digits.size()), ' ') + digits;
}

// What happened and what was done; then, of each construct, how many deployments have it and how
// many steps came to it.
std::string table(const Tally& tally) {
  std::string out;
  std::set<std::string> constructs = all_constructs();
  const auto line = [&](std::string what, const std::string& numbers) {
    what.resize(std::max<size_t>(what.size() + 2, 44), ' ');
    out += "  " + what + numbers + "\n";
  };
  for (const auto& [what, times] : tally) {
    if (what.starts_with("has ")) {
      constructs.insert(what.substr(4));
    } else if (!what.starts_with("ran ")) {
      line(what, column(times, 10));
    }
  }
  line("construct", "deployments     steps");
  for (const std::string& what : constructs)
    line(what, column(of(tally, "has " + what), 11) + column(of(tally, "ran " + what), 10));
  return out;
}

constexpr uint64_t kSeedsForAll = 2000;  // by then every construct must have been come to

// Random deployments and stories, for as long as DUBAN_REFERENCE_SECONDS says, from
// DUBAN_REFERENCE_SEED on.
TEST(ReferenceTest, AgreesOnRandomStories) {
  const uint64_t first = number("DUBAN_REFERENCE_SEED", 1);
  const uint64_t seconds = number("DUBAN_REFERENCE_SECONDS", 5);
  const uint64_t seeds_max = number("DUBAN_REFERENCE_SEEDS", UINT64_MAX);
  const uint64_t shown_max = number("DUBAN_REFERENCE_SHOW", 1);
  const bool tell = std::getenv("DUBAN_REFERENCE_TELL") != nullptr;  // where it hangs or crashes
  const auto begin = std::chrono::steady_clock::now();
  const auto elapsed = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  Tally tally;
  uint64_t seeds = 0, steps = 0, versions = 0, shown = 0;
  while (seeds < seeds_max && elapsed() < static_cast<double>(seconds) && shown < shown_max) {
    Story story;
    if (tell) std::cerr << "seed " << first + seeds << std::endl;
    const Verdict verdict = play_seed(first + seeds, story, tally);
    ++seeds;
    steps += verdict.steps;
    versions += story.versions.size();
    if (verdict.agree()) continue;
    ++shown;
    const bool raw = std::getenv("DUBAN_REFERENCE_WHOLE") != nullptr;
    const Story small = raw ? story : shrink(story, verdict);
    Tally ignored;
    ADD_FAILURE() << "DUBAN_REFERENCE_SEED=" << story.seed << " "
                  << (verdict.refused() ? "" : "they differ in ") << play(small, ignored).what
                  << "\n"
                  << to_string(small);
  }
  std::cout << "seeds " << first << " to " << first + seeds - 1 << ": " << seeds << " stories, "
            << versions << " deployments, " << steps << " steps in " << elapsed() << " s\n";
  if (std::getenv("DUBAN_REFERENCE_TABLE") != nullptr) std::cout << table(tally);
  if (shown > 0 || seeds < kSeedsForAll) return;
  for (const std::string& construct : all_constructs())
    EXPECT_GT(of(tally, "ran " + construct), 0U) << construct << " was never come to";
}

}  // namespace
}  // namespace duban::reference
