// What the compiler and the scenarios have to say, for people and for machines.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/load.h"
#include "engine/compile.h"
#include "engine/scenario.h"

namespace duban::cli {

struct Findings {
  size_t errors = 0, warnings = 0;
  std::string text;         // each as the compiler renders it, a blank line between
  boost::json::array json;  // code, severity, file, line, column, endLine, endColumn, message, hint
  boost::json::array sarif;  // the same as results of a SARIF log
};

// Adds what one unit's compilation found; what another unit has said already is left out.
void add_findings(const Session& session, const Unit& unit, const Compilation& compilation,
                  Findings& findings);
// `2 errors, 1 warning`, or that there is nothing.
std::string summary(const Session& session, const Findings& findings);

// The scenarios of the given files, places as the person would type them.
std::vector<ScenarioResult> run_all_scenarios(const Unit& unit,
                                              const std::vector<std::string>& paths);
size_t failures_in(const std::vector<ScenarioResult>& results);
// Results by file, with what happened below each failure. `only_failures` leaves the others out.
std::string to_text(const Session& session, const std::vector<ScenarioResult>& results,
                    bool only_failures);
boost::json::array to_json(const Session& session, const std::vector<ScenarioResult>& results);
std::string summary(const Session& session, const std::vector<ScenarioResult>& results);

}  // namespace duban::cli
