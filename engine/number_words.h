// Numbers in words, which the language writes in digits: 十五, `seven`.
#pragma once

#include <cstdint>
#include <string_view>

namespace duban {

// From 1 to 99; 0: it is no such number.
uint32_t number_in_words(std::string_view text);

}  // namespace duban
