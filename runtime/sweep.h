// Which subjects have changed since they were last stored, and whose turn it is.
//
// State is written back in cycles: a cycle begins at a log position with all subjects that changed
// until then, in the order of their keys, and each commit writes a slice of them; rows that lie
// together are written together, once per cycle instead of once per change. When the cycle ends,
// all state is stored as of its beginning, or newer.
#pragma once

#include <optional>
#include <vector>

#include "engine/intake.h"
#include "runtime/key_start.h"
#include "runtime/log.h"
#include "runtime/subject_table.h"

namespace duban {

class Sweep {
 public:
  // A cycle spreads over so many inputs, or fewer when so many subjects wait for the next one.
  Sweep(SubjectTable& subjects, size_t cycle_inputs, size_t waiting_max)
      : subjects_(subjects), cycle_inputs_(cycle_inputs), waiting_max_(waiting_max) {}

  // A subject that was as stored no longer is. Its row stays in memory until it is, and is given
  // out once for it, by slice().
  void changed(const SubjectRow& row);
  void changed(ReferenceRow row) { next_references_.push_back(std::move(row)); }

  // The slots of the cycle's subjects to write with a commit of so many inputs, or `at_least` so
  // many, if there are; begins a new cycle at `last`, the log position of that commit, when there
  // is none. kAll: everything.
  std::vector<uint32_t> slice(size_t inputs, Sequence last, size_t at_least);
  static constexpr size_t kAll = SIZE_MAX;

  // After slice(): the cycle's beginning, when the slice ended it, and the reference rows as they
  // were then.
  std::optional<Sequence> ended() const { return ended_; }
  std::vector<ReferenceRow> take_references() { return std::move(references_); }

  bool idle() const { return left_ == 0 && next_size_ == 0 && next_references_.empty(); }

 private:
  struct Place {
    KeyStart start;  // of its key
    uint32_t slot = 0;
    uint16_t entity = 0;
  };
  // Sorting very many at once would keep events waiting: so many are sorted as they come, and
  // merged as they go.
  static constexpr size_t kRun = 1024;
  struct Run {
    std::vector<Place> places;
    size_t at = 0;
  };

  bool before(const Place& a, const Place& b) const;
  void sort(Run& run) const;
  // Of two runs, the one whose next key comes later.
  auto later() const {
    return [this](const Run& a, const Run& b) { return before(b.places[b.at], a.places[a.at]); };
  }
  void begin(Sequence last);
  uint32_t take_first();  // REQUIRES: left_ > 0
  size_t due() const;     // so many of the cycle's subjects should be written by now

  SubjectTable& subjects_;
  size_t cycle_inputs_, waiting_max_;
  std::vector<Run> runs_;  // the cycle's: a heap, the one with the first key in front
  std::vector<Run> next_;  // sorted, all but the last
  size_t size_ = 0, left_ = 0, next_size_ = 0;  // subjects
  size_t inputs_ = 0;                           // since the cycle began
  std::vector<ReferenceRow> references_, next_references_;
  bool running_ = false;
  Sequence began_ = 0;
  std::optional<Sequence> ended_;
};

}  // namespace duban
