// JUnit XML, as build servers read it.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/scenario_report.h"

namespace duban::cli {

// `testsuites` with one `testsuite` for each file and one `testcase` for each scenario; a failure
// has what was wrong as its message and the timeline as its text.
std::string to_junit(const Session& session, const std::vector<Tested>& results);

}  // namespace duban::cli
