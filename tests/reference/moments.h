// Times of steps and deadlines: semantics 9, 14 and 15.
#pragma once

#include "tests/reference/facts.h"

namespace duban::reference {

// A time, or word that a calendar has no data for it, or neither where something is none.
struct Moment {
  std::optional<Instant> at;
  bool unknown = false;
};
struct Due {
  std::optional<Deadline> at;
  bool unknown = false;
};

// `a + d` as a value; a datetime stays one.
// `no_data` is set where a calendar says nothing.
Value shifted(const Program& program, const Value& anchor, const Duration& duration, int sign,
              bool* no_data = nullptr);
// A step's time: a bare date happens when its day starts.
Moment step_time(const Program& program, const Value& anchor, const Duration* duration, int sign);
// A deadline: a bare date ends with its day.
Due deadline(const Program& program, const Value& anchor, const Duration* duration);
// `D before due`, `late by D`.
Moment before_due(const Program& program, const Deadline& due, const Duration& duration);
Due after_due(const Program& program, const Deadline& due, const Duration& duration,
              const std::vector<Pause>& pauses);
// `anchor` plus `duration` where the time inside the pauses, which are over, does not count [9].
Due deadline(const Program& program, const Value& anchor, const Duration& duration,
             const std::vector<Pause>& pauses);

}  // namespace duban::reference
