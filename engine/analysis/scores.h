// Which sums of points a scorecard can give.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/resolve.h"

namespace duban::compiler {

// In millionths, sorted: every sum that some situation gives, and none that no situation does.
// Nothing: too many to list, or points that are not plain numbers.
// REQUIRES: `table` adds up the points of a scorecard and has been compiled.
std::optional<std::vector<int64_t>> possible_scores(const Program& program, Index table);

}  // namespace duban::compiler
