// Which changes to the policies no scenario notices, for people and for machines.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/load.h"
#include "cli/style.h"
#include "engine/mutation.h"

namespace duban::cli {

// Results of one or more units, places as the person would type them.
struct Mutated {
  size_t all = 0;
  std::vector<MutantOutcome> outcomes;
  // A file that both languages use is changed in both: what either catches is caught.
  void add(const Unit& unit, const MutationResult& result);
};

std::string to_text(const Session& session, const Mutated& mutated, const Style& style);
boost::json::object to_json(const Mutated& mutated);

}  // namespace duban::cli
