// How long durations are, as far as that is certain: of one kind exactly, across kinds by what the
// calendar allows.
#pragma once

#include <optional>

#include "engine/resolve.h"

namespace duban::compiler {

// Null: not a constant.
const Duration* constant_duration(const Program& program, Index node);

// In milliseconds, whatever day it is counted from. Nothing: not known.
struct Length {
  std::optional<int64_t> low, high;
};
Length length_of(const Plan& plan, const Duration& duration);

// Whatever day both are counted from, `a` is over when `b` is, or before. Equal ones are.
bool never_longer(const Plan& plan, const Duration& a, const Duration& b);
// …and strictly before.
bool always_shorter(const Plan& plan, const Duration& a, const Duration& b);

}  // namespace duban::compiler
