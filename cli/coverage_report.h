// What scenarios reached, for people and for machines.
#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "cli/cli.h"
#include "cli/load.h"
#include "cli/style.h"
#include "engine/coverage.h"

namespace duban::cli {

// Coverage of one or more units, places as the person would type them.
struct Covered {
  std::vector<PolicyCoverage> policies;
  std::vector<Article> articles;
  void add(const Unit& unit, const Coverage& coverage);
};

// A table by policy, what was never reached, and who keeps which article.
std::string to_text(const Session& session, const Covered& covered, const Style& style);
boost::json::object to_json(const Covered& covered);

}  // namespace duban::cli
