// What could stand at a place of a line, in the words of its reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/findings.h"
#include "engine/keywords.h"
#include "engine/tokens.h"

namespace duban {

// `a`, `b` or `c` for these terminals: keywords by their first spelling, values and operators as
// groups. `all` is everything that fits there, by which groups are told. Empty: nothing to say.
Wording in_words(const std::vector<Terminal>& terminals, const std::vector<Terminal>& all);

// Leaves out what is true but helps nobody: the comma that may stand before a clause, and the other
// lines that could begin with this keyword as a name. `failed` is the place in the line.
void focus(std::vector<Terminal>& expected, LineView line, uint32_t failed);

// What joins two values or compares them.
bool is_operator(Terminal kind);

}  // namespace duban
