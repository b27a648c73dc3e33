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
#include "runtime/log.h"
#include "runtime/subject_table.h"

namespace duban {

class Sweep {
 public:
  // A cycle spreads over about so many inputs.
  Sweep(SubjectTable& subjects, size_t cycle_inputs)
      : subjects_(subjects), cycle_inputs_(cycle_inputs) {}

  // A subject that was as stored no longer is. Its row stays in memory until it is, and is given
  // out once for it, by slice().
  void changed(const SubjectRow& row) { next_.push_back(row.slot); }
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

  bool idle() const { return at_ == queue_.size() && next_.empty() && next_references_.empty(); }

 private:
  void sort(std::vector<uint32_t>& slots) const;

  SubjectTable& subjects_;
  size_t cycle_inputs_;
  std::vector<uint32_t> queue_, next_;  // slots
  std::vector<ReferenceRow> references_, next_references_;
  size_t at_ = 0;
  bool running_ = false;
  Sequence began_ = 0;
  std::optional<Sequence> ended_;
};

}  // namespace duban
