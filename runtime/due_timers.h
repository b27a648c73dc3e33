// The timers of the minute at hand, given out in order: time, then key.
//
// A herd of a million may be due at one instant, and nobody may wait for all of them to be sorted:
// they are put in order a part at a time, as they are given out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "runtime/key_start.h"
#include "runtime/subject_table.h"

namespace duban {

// A timer in a wheel. `when`: milliseconds of the day, twice; odd: after the facts of its instant.
struct TimerEntry {
  uint32_t slot = 0;
  uint32_t generation = 0;  // of its row when it was set: the row has another, it is stale
  uint32_t when = 0;
};

class DueTimers {
 public:
  explicit DueTimers(const SubjectTable& subjects) : subjects_(subjects) {}

  void fill(const std::vector<TimerEntry>& entries);  // REQUIRES: empty()
  bool empty() const { return at_ == places_.size(); }
  // REQUIRES: not empty().
  TimerEntry first();
  void pop() { ++at_; }
  // Asks the memory for what the ones after the first will need.
  void prefetch() const;
  template <typename Which>
  void erase_if(const Which& which) {
    places_.erase(places_.begin(), places_.begin() + static_cast<ptrdiff_t>(at_));
    std::erase_if(places_, [&](const Place& place) { return which(place.entry()); });
    start_over();
  }

 private:
  struct Place {
    KeyStart start;  // of its key
    uint32_t slot, generation, when;
    uint16_t entity;
    TimerEntry entry() const { return {slot, generation, when}; }
  };

  void start_over() {
    at_ = sorted_ = 0;
    parts_.assign(1, places_.size());
  }
  bool before(const Place& a, const Place& b) const;
  void sort_some();

  const SubjectTable& subjects_;
  std::vector<Place> places_;
  size_t at_ = 0;      // the first that has not been given out
  size_t sorted_ = 0;  // those before are in order
  // Ends of parts, the first part's last: what lies in one comes before what lies behind it.
  std::vector<size_t> parts_;
};

}  // namespace duban
