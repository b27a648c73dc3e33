// What people write out of habit, from other languages or from speech: `greater than`, 等于,
// `then`. None of it is a word of the language; each is answered with what is.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/keywords.h"
#include "engine/source.h"

namespace duban {

struct Habit {
  std::string_view phrase;
  Terminal meant = Terminal::END;  // END: nothing, it is only left out
  const char* english = nullptr;   // what to write
  const char* chinese = nullptr;
};

// The longest habit that begins at this code point, and where it ends; null: none.
const Habit* habit_at(const Source& source, uint32_t begin, uint32_t& end);

}  // namespace duban
