// What the compiler has to say, for people and for machines.
#pragma once

#include <boost/json/array.hpp>
#include <string>

#include "cli/cli.h"
#include "cli/load.h"
#include "engine/compile.h"

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

}  // namespace duban::cli
