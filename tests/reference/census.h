// Which constructs of the language a deployment has, and which of them a step came to: what a
// generator leaves out, it proves nothing about.
#pragma once

#include <set>
#include <string>

#include "engine/observe.h"
#include "engine/plan.h"

namespace duban::reference {

using Constructs = std::set<std::string>;

// Every construct that is counted.
Constructs all_constructs();
Constructs constructs_of(const Plan& plan);
// What its steps, tasks, closings… did, and what its expressions read. Of one step.
Constructs exercised(const Observations& seen);

}  // namespace duban::reference
