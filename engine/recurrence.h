// When a recurring step goes off: the arithmetic of `every …`, apart from any state.
//
// An occurrence is a day, the one its schedule names: `from` and `to` are about that day. Rolled,
// it happens on the working day it moves to; several that move to one day happen once. A day that
// the calendar has no data for is passed over and told, never guessed.
//
// The next occurrence is computed from the calendar of months, not by trying day after day: the
// walk is over days off alone.
#pragma once

#include <optional>

#include "engine/plan.h"
#include "engine/time.h"

namespace duban {

// A schedule with its times filled in. Pointers are not owned.
struct Recurrence {
  const Schedule* schedule = nullptr;
  const Zone* zone = nullptr;
  const Calendar* calendar = nullptr;  // null where the schedule asks none
  TimeOfDay at;

  struct Bound {
    Date day;
    std::optional<Instant> exact;  // of a datetime; nothing: the whole day
  };
  std::optional<Bound> from, to;  // inclusive
};

struct Occurrence {
  Date day;      // as named, before it is rolled
  Date on;       // the day it happens on
  Instant time;  // …and when
};

// What lies behind: only what comes later is wanted.
struct Reached {
  std::optional<Date> day;  // the last occurrence that happened
  Instant after;            // later than this,
  Instant not_before;       // and not earlier than this
};

struct Upcoming {
  std::optional<Occurrence> next;
  std::optional<Date> unknown;  // a day on the way to it whose occurrence cannot be computed
};

Upcoming next_occurrence(const Recurrence& recurrence, const Reached& reached);

// The occurrence named by that day; nothing when the schedule has none there, or it is unknown.
std::optional<Occurrence> occurrence_of(const Recurrence& recurrence, Date day);

// The day moved as the schedule says; nullopt without data.
std::optional<Date> rolled(const Schedule& schedule, const Calendar* calendar, Date day);

}  // namespace duban
