// Results of scenarios, for people and for machines.
#pragma once

#include <boost/json/array.hpp>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/load.h"
#include "cli/style.h"
#include "engine/scenario.h"

namespace duban::cli {

struct Tested {
  ScenarioResult result;  // places as the person would type them
  double seconds = 0;
};

// Places as the person would type them.
void show_places(const Unit& unit, ScenarioResult& result);

// The scenarios of the given files.
std::vector<Tested> run_all_scenarios(const Unit& unit, const std::vector<std::string>& paths);
size_t failures_in(const std::vector<Tested>& results);

struct ReportStyle {
  Style colours = Style(false);
  size_t width = 0;            // columns of a timeline; see timeline_text
  bool only_failures = false;  // leave the others out
  bool times = true;           // how long each took
};
// Results by file; below each failure what was wrong and the timeline.
std::string to_text(const Session& session, const std::vector<Tested>& results,
                    const ReportStyle& style);
// What was wrong, line by line, without the timeline.
std::string failure_text(const Session& session, const ScenarioResult& result, const Style& style,
                         const std::string& indent);
boost::json::array to_json(const Session& session, const std::vector<Tested>& results);
std::string summary(const Session& session, const std::vector<Tested>& results);

}  // namespace duban::cli
