// Scenarios: executable examples, run by the same step as production over a virtual clock.
//
// A scenario runs its own file and what that uses (and `with "other.rules"`). Its clock starts at
// its first dated line; channels deliver at once unless a line says otherwise. Facts happen in the
// order of their times; the clock then runs to the last instant any line names, and every
// expectation is judged against what happened. Parameters have the values of the text, whatever a
// deployment sets.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/expectation.h"
#include "engine/observe.h"
#include "engine/source.h"

namespace duban {

struct ScenarioResult {
  std::string file;
  std::string name;
  std::string place;  // file:line
  Span span;          // in the compilation's sources of `file` and its uses
  bool passed = false;

  struct Failure {
    std::string place;             // file:line
    std::string line;              // the scenario's line as written
    std::string english, chinese;  // what was wrong, with the nearest thing that did happen
  };
  std::vector<Failure> failures;

  struct Happening {
    enum class Kind : uint8_t {
      fact,    // a line of the scenario, as written
      effect,  // what the policies did
      timer,   // a step's time moved
    };
    Kind kind = Kind::effect;
    Instant at;
    std::string time;  // `at` in the policy's zone
    std::string english, chinese;
    std::string place;  // of the policy's line; of a fact: of the scenario's
  };
  std::vector<Happening> timeline;  // in the order of time

  // What was expected, in the scenario's order. Empty where a fact was refused: nothing is judged.
  struct Expectation {
    std::string place;          // file:line
    std::string line;           // as written
    std::optional<Instant> at;  // the time it names
    std::string time;           // …as its line does; empty: none
    bool met = false;
    // Of the timeline: what met it; or, not met, what is nearest to it, or all that should not be.
    std::vector<size_t> happenings;
    std::vector<Difference> differences;  // between it and the nearest
  };
  std::vector<Expectation> expectations;
};

// The scenarios of one file with the plan they run on, compiled once. Movable, not copyable.
struct ScenarioFile {
  std::string path;
  CompileInput input;       // the file and what it uses, without parameters of a deployment
  Compilation compilation;  // its plan is null when there are errors

  // The file's own scenarios; empty when it did not compile.
  std::vector<const syntax::ScenarioDecl*> scenarios() const;
  // One failed result named after the file, with the errors: for a file that did not compile.
  ScenarioResult broken() const;
};

ScenarioFile prepare_scenarios(const CompileInput& input, const std::string& path);

struct ScenarioOptions {
  std::shared_ptr<const Plan> plan = {};  // instead of the file's own: a changed copy of it
  Observations* observed = nullptr;       // of that plan; null: nothing is noted, moves neither
  size_t most_steps = 200'000;            // past them the scenario fails: it does not come to rest
  bool explain = true;                    // false: only whether it passed, without timeline
  std::optional<Instant> until = {};      // the clock runs at least so far
  // Takes what happened, with its times.
  std::vector<std::pair<Instant, Record>>* happened = nullptr;
};

ScenarioResult run_scenario(const ScenarioFile& file, const syntax::ScenarioDecl& scenario,
                            const ScenarioOptions& options = {});

// Every scenario of one file of `input` (by its path). A file that does not compile gives one
// failed result named after the file.
std::vector<ScenarioResult> run_scenarios(const CompileInput& input, const std::string& path);

// The file and everything it uses, directly or not; parameters are kept.
CompileInput closure(const CompileInput& input, const std::vector<std::string>& paths);

}  // namespace duban
