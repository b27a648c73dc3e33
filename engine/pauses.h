// Deadlines whose clock stands still for a while: what is left of a promise is kept in its own
// unit.
//
//   hours          run on while nothing is paused
//   working hours  only open time outside the pauses counts
//   working days   a working day that loses open time to a pause is not counted
//   days, months   a day that loses time to a pause is not counted. From a date these are calendar
//                  days; from a moment they run from that time of day to the same of the next. A
//                  month is as many days as it has from there.
//
// A pause holds from its first instant on: what would have ended just then ends when it is over.
#pragma once

#include <vector>

#include "engine/eval.h"

namespace duban {

// As deadline(). Pauses are in order, apart, and over: while one lasts there is no deadline.
DeadlineResult deadline(const Plan& plan, const Value& anchor, const Duration& duration,
                        const std::vector<Pause>& pauses);
// As after_deadline(): being late counts by the same clock.
DeadlineResult after_deadline(const Plan& plan, const Deadline& due, const Duration& duration,
                              const std::vector<Pause>& pauses);

}  // namespace duban
