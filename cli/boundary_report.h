// Thresholds and deadlines that no scenario pins down, for people and for machines.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/load.h"
#include "cli/style.h"
#include "engine/boundary.h"

namespace duban::cli {

// Boundaries of one or more units, places as the person would type them.
struct Bounded {
  std::vector<Boundary> boundaries;
  // A file that both languages use is there once: what either exercises is exercised.
  void add(const Unit& unit, std::vector<Boundary> found);
};

// What is missing, with the values to try and scenarios to paste.
std::string to_text(const Session& session, const Bounded& bounded, const Style& style);
// One line: how many are pinned down.
std::string summary(const Session& session, const Bounded& bounded);
boost::json::object to_json(const Bounded& bounded);

}  // namespace duban::cli
