// The nearest known name to one that is not known.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duban::cli {

// The closest of `known` by edits (a swap of neighbours is one), or empty when none is close.
std::string nearest(std::string_view name, const std::vector<std::string>& known);

}  // namespace duban::cli
