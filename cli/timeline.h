// What happened in a scenario beside what was expected, in the order of time.
#pragma once

#include <string>

#include "cli/cli.h"
#include "cli/style.h"
#include "engine/scenario.h"

namespace duban::cli {

// Lines that end with a line end, each beginning with `indent`. `width`: columns to fit into;
// 0 = what was expected stands in full. Empty when nothing happened and nothing was expected.
std::string timeline_text(const Session& session, const ScenarioResult& result, const Style& style,
                          const std::string& indent, size_t width);

// The text on one line: line ends and what follows them are one blank.
std::string one_line(const std::string& text);

}  // namespace duban::cli
