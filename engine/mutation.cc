#include "engine/mutation.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>

#include "engine/plan_walk.h"

namespace duban {
namespace {

// A changed policy that does so many times more than the true one does not come to rest.
constexpr size_t kMostSteps = 20'000;

// A change at one place of the text, in every compilation that has the text.
struct Site {
  MutantOutcome outcome;
  struct In {
    const TestedFile* tested = nullptr;
    Mutant mutant;
  };
  std::vector<In> in;
};

using TextPlace = std::tuple<std::string, uint32_t, uint32_t, Mutant::Kind, std::string>;

std::string trimmed_line(const Source& source, uint32_t offset) {
  std::string line = to_utf8(source.line(source.position(offset).line));
  const size_t begin = line.find_first_not_of(" \t");
  const size_t end = line.find_last_not_of(" \t\r");
  return begin == std::string::npos ? std::string() : line.substr(begin, end - begin + 1);
}

Observations all_seen(const TestedFile& tested) {
  Observations out(*tested.file.compilation.plan);
  for (const ScenarioRun& run : tested.runs) out.merge(run.observed);
  return out;
}

void add_sites(const TestedFile& tested, const std::vector<std::string>& paths,
               std::map<TextPlace, Site>& sites) {
  const Plan& plan = *tested.file.compilation.plan;
  const std::vector<uint16_t> files = sources_of(plan, paths);
  for (Mutant& mutant : mutants_of(plan, files, all_seen(tested))) {
    const Source& source = plan.sources[mutant.span.file];
    Site& site =
        sites[{source.path(), mutant.span.begin, mutant.span.end, mutant.kind, mutant.changed}];
    if (site.in.empty()) {
      MutantOutcome& outcome = site.outcome;
      outcome.kind = mutant.kind;
      outcome.place = mutant.place;
      outcome.column = source.position(mutant.span.begin).column;
      outcome.line = trimmed_line(source, mutant.span.begin);
      outcome.original = mutant.original;
      outcome.changed = mutant.changed;
    }
    site.in.push_back({&tested, std::move(mutant)});
  }
}

}  // namespace

bool is_caught(const TestedFile& tested, const Mutant& mutant, bool* reached) {
  std::shared_ptr<Plan> changed;
  for (const ScenarioRun& run : tested.runs) {
    if (!run.passed || !mutant.reached(run.observed)) continue;
    *reached = true;
    if (changed == nullptr) {
      changed = std::make_shared<Plan>(*tested.file.compilation.plan);
      mutant.apply(*changed);
    }
    const ScenarioResult result = run_scenario(
        tested.file, *run.scenario, {.plan = changed, .most_steps = kMostSteps, .explain = false});
    if (!result.passed) return true;
  }
  return false;
}

size_t MutationResult::caught() const {
  return static_cast<size_t>(std::count_if(outcomes.begin(), outcomes.end(),
                                           [](const MutantOutcome& o) { return o.caught; }));
}

MutationResult mutate(const std::vector<TestedFile>& tested, const std::vector<std::string>& paths,
                      const MutationOptions& options) {
  std::map<TextPlace, Site> sites;
  for (const TestedFile& each : tested) {
    if (each.file.compilation.plan != nullptr) add_sites(each, paths, sites);
  }
  MutationResult out;
  out.all = sites.size();
  const size_t tried = std::min(out.all, options.most);
  size_t index = 0;
  for (auto& [key, site] : sites) {
    // Evenly over all places.
    const bool chosen = index * tried / out.all != (index + 1) * tried / out.all;
    ++index;
    if (!chosen) continue;
    if (options.progress && !options.progress(out.outcomes.size(), tried)) break;
    MutantOutcome& outcome = site.outcome;
    for (const Site::In& in : site.in) {
      outcome.caught = outcome.caught || is_caught(*in.tested, in.mutant, &outcome.reached);
    }
    out.outcomes.push_back(std::move(site.outcome));
  }
  return out;
}

}  // namespace duban
