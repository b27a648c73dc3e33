// Seeds to stories: a deployment, what happens, and whether both evaluators agree.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/reference/happenings.h"
#include "tests/reference/policy.h"

namespace duban::reference {

struct Story {
  uint64_t seed = 0;
  std::vector<Draft> versions;
  std::vector<Happening> happenings;
  std::string zone;
};

struct Verdict {
  std::string what;  // empty: they agree
  std::string kind;  // of the difference; a code: the compiler refuses the policy
  uint64_t steps = 0;
  bool agree() const { return what.empty(); }
  // Refused for its form: the generator, or the compiler, is wrong.
  bool refused() const { return kind.starts_with("E"); }
};

// A change of a plan that the engine alone is given; null: there is nothing to change in this one.
using Fault = std::function<std::shared_ptr<const Plan>(const Plan&)>;

// Generates and plays one seed; `story` is what was played, up to the first difference.
// `fault`: a deployment that it changes nothing of agrees at once, with no step.
Verdict play_seed(uint64_t seed, Story& story, Tally& tally, const Fault& fault = {});
// Plays a story that is given.
Verdict play(const Story& story, Tally& tally);
// The shortest story found that still shows a difference (or is still refused).
Story shrink(Story story, const Verdict& verdict);
std::string to_string(const Story& story);

}  // namespace duban::reference
