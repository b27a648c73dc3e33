// A store that looks at what goes through it.
#pragma once

#include "tests/simulation/forward.h"
#include "tests/simulation/machine.h"

namespace duban::simulation {

std::unique_ptr<Store> watched(std::unique_ptr<Store> store, Seen& seen, const WallClock* clock);

}  // namespace duban::simulation
