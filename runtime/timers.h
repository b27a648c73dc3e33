// The next timer of every subject, in order of time.
//
// A wheel of buckets: one per day to come, and one per minute of the day that is at hand, which
// gets that day's timers when it comes. Setting a timer appends to a bucket; moving or cancelling
// one leaves its old entry behind, known as stale by its generation. A bucket is put in order when
// its minute comes (runtime/due_timers.h): time, then key, so that the order never depends on what
// was set when. Twelve bytes an entry.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "engine/state.h"
#include "runtime/due_timers.h"
#include "runtime/subject_table.h"

namespace duban {

class Timers {
 public:
  explicit Timers(SubjectTable& subjects) : subjects_(subjects) {}

  // Replaces the subject's timer; none cancels it.
  void set(SubjectRow& row, std::optional<Wake> wake);
  // The subject whose timer comes first, if that is at or before `limit`; else null. Valid until
  // the next set().
  SubjectRow* first(Instant limit);
  std::optional<Wake> first_wake();
  size_t size() const { return active_; }

 private:
  // One that was set for the minute at hand, or before it.
  struct Arrival {
    Wake wake;
    Key key;  // its row may be another subject's by now
    uint32_t slot = 0;
    uint32_t generation = 0;
  };
  using Bucket = std::vector<TimerEntry>;
  static constexpr int kMinutes = 24 * 60;

  static bool later(const Arrival& a, const Arrival& b);
  bool is_stale(uint32_t slot, uint32_t generation) const {
    return subjects_.at_slot(slot).generation != generation;
  }
  void put(const SubjectRow& row, Wake wake);
  const SubjectRow* due();        // the first of the minute at hand that is not stale
  const SubjectRow* arrived();    // … of the arrivals
  bool open_next(Instant limit);  // false: there is nothing more until then
  void rebuild();

  SubjectTable& subjects_;
  size_t active_ = 0;
  size_t stale_ = 0;

  int64_t day_ = INT64_MIN;    // at hand, by days since 1970; at first none
  int minute_ = kMinutes - 1;  // of it, whose timers lie in `due_`
  DueTimers due_{subjects_};
  std::vector<Arrival> arrived_;          // a heap
  std::array<Bucket, kMinutes> minutes_;  // of the day at hand, after `minute_`
  std::map<int64_t, Bucket> days_;        // after it
};

}  // namespace duban
