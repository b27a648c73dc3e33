// Scenarios: executable examples, run by the same step as production over a virtual clock.
//
// A scenario runs its own file and what that uses (and `with "other.rules"`). Its clock starts at
// its first dated line; channels deliver at once unless a line says otherwise. Facts happen in the
// order of their times; the clock then runs to the last instant any line names, and every
// expectation is judged against what happened. Parameters have the values of the text, whatever a
// deployment sets.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/source.h"

namespace duban {

struct ScenarioResult {
  std::string file;
  std::string name;
  Span span;  // in the compilation's sources of `file` and its uses
  bool passed = false;

  struct Failure {
    std::string place;             // file:line
    std::string line;              // the scenario's line as written
    std::string english, chinese;  // what was wrong, with the nearest thing that did happen
  };
  std::vector<Failure> failures;

  struct Happening {
    std::string time;  // in the policy's zone
    std::string english, chinese;
    std::string place;  // of the policy's line
  };
  std::vector<Happening> timeline;
};

// Every scenario of one file of `input` (by its path). A file that does not compile gives one
// failed result named after the file.
std::vector<ScenarioResult> run_scenarios(const CompileInput& input, const std::string& path);

// The file and everything it uses, directly or not; parameters are kept.
CompileInput closure(const CompileInput& input, const std::vector<std::string>& paths);

}  // namespace duban
