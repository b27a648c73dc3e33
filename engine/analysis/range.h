// What values an expression can have, judged by its form alone: a count is a whole number from 0,
// a month is 1 to 12, a table has the values of its rows.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/resolve.h"

namespace duban::compiler {

// Of values in order, on the scale of to_scale(): millionths, days or milliseconds.
struct Range {
  std::optional<int64_t> low, high;  // inclusive; nothing: not known
  int64_t step = 1;                  // every value is a multiple of it
};

// A value in order as a whole number: a decimal in millionths, a date in days, a time, a datetime
// or a duration as its amount. Nothing: it has no such order.
std::optional<int64_t> to_scale(const Value& value);
// And back, for a type in order; durations of `unit`.
Value from_scale(const Type& type, Duration unit, int64_t scaled);

Range range_of(const Program& program, Index node);

// All its values except none, where they are few and written out.
std::optional<std::vector<Value>> values_of(const Program& program, Index node);

}  // namespace duban::compiler
