// Times counted from one another: `due_date + 40 days`, `3 days before due_date`.
#pragma once

#include <optional>

#include "engine/analysis/analysis.h"

namespace duban::compiler {

// A time as a constant time before or after another.
struct CountedTime {
  Term from = 0;
  Duration by;  // negative before it; 0: that very time

  int sign() const { return by.amount < 0 ? -1 : by.amount > 0 ? 1 : 0; }
};

// An expression that is a time. Nothing: what is added to it is no constant, or of several kinds.
std::optional<CountedTime> counted_time(Analysis& analysis, Index node, const Reading& reading);
// When a step in time comes.
std::optional<CountedTime> counted_time(Analysis& analysis, const Step& step);

// Certainly, whatever day both are counted from. REQUIRES: it is the same.
bool is_later(const Plan& plan, const CountedTime& a, const CountedTime& b);

}  // namespace duban::compiler
