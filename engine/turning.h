// When the passing of time alone turns a condition.
//
// The truth of a condition can only turn where one of its parts does: where a date that moves with
// the day meets one that stands still, where an event leaves a window, where a period of the
// calendar ends. `next_turn` goes from one such instant to the next, asks the condition there, and
// answers with the first at which it is no longer what it is now. Values that move in one direction
// are not followed day by day but met by halving the time between, so that a date in ten years
// costs no more than one next week.
//
// Unknown turns nothing: where the calendar has no data, nothing is asked until a deployment brings
// some.
#pragma once

#include <optional>

#include "engine/eval.h"
#include "engine/motion.h"

namespace duban {

// So many changes of its parts are followed ahead; the answer is then merely when to ask again.
constexpr int kTurnsFollowed = 100;

// The first instant after `context.now` at which the truth of `condition` is another if nothing but
// time changes; nothing: never. Between the two it is what it is now.
// REQUIRES: the plan's motion of `condition` is neither restless nor continuous.
std::optional<Instant> next_turn(const Context& context, Index condition);

// The same for any value.
std::optional<Instant> next_change(const Context& context, Index node);

}  // namespace duban
