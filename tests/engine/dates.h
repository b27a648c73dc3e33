// Dates and extremes that the tests of the value layer share.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string_view>

#include "engine/time.h"

namespace duban::test {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

inline Date day(std::string_view text) {
  const auto date = parse_date(text);
  EXPECT_TRUE(date) << text;
  return date.value_or(Date());
}

}  // namespace duban::test
