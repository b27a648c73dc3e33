// How far a misspelt word is from the one that was meant.
#pragma once

#include <cstddef>
#include <string_view>

namespace duban {

// How many characters to insert, drop, replace or swap with their neighbour.
size_t edit_distance(std::u32string_view a, std::u32string_view b);

}  // namespace duban
