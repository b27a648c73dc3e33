// Every subject that is in memory or has a timer, by key: one row each, found by one lookup.
//
// What changed stays in memory until it is stored. Of the rest, those not used for a while are
// packed (runtime/packed_subject.h), and of these the oldest make room. Rows stay where they are
// until trim(), which drops those that have neither state nor timer.
//
// A row takes 96 bytes, and 6 to 11 in the index; a packed subject some 150 more.
#pragma once

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/prefetch.h"
#include "engine/state.h"
#include "runtime/key_hash.h"
#include "runtime/packed_subject.h"
#include "runtime/slot_index.h"
#include "runtime/store.h"

namespace duban {

struct CachedSubject {
  Subject subject;
  Sequence last = 0;                // its newest log entry
  std::optional<Wake> stored_wake;  // its timer as it is stored
  bool dirty = false;               // changed since it was stored, or is on its way there
  bool writing = false;             // on its way
  bool profile_dirty = false;       // its attributes, too

  bool is_ahead() const { return dirty || writing; }  // of what is stored
};

struct SubjectRow {
  Key key;
  std::unique_ptr<CachedSubject> cached;  // null: not at hand, which says nothing about whether
                                          // it exists
  PackedSubject packed;                   // …unless this is there; it is as stored
  std::optional<Wake> armed;              // its timer; set by Timers alone
  uint32_t slot = 0;
  uint32_t generation = 0;     // of its timer; goes on when the row is given to another subject
  bool used = true;            // since it was last looked at whether it is
  bool queued = false;         // to be packed, when it is not used…
  bool packed_queued = false;  // …to be evicted, when it is packed

  bool in_memory() const { return cached != nullptr || packed != nullptr; }

  // Asks the memory for what a step will need: at depth 0 its state, then, each some time later,
  // what that points to, and what that points to in turn.
  static constexpr size_t kDepths = 5;
  void prefetch(size_t depth) const {
    if (cached == nullptr) return;
    const Subject& s = cached->subject;
    if (depth == 0) return duban::prefetch(cached.get(), sizeof(CachedSubject));
    if (depth == 1) {
      prefetch_items(s.attributes);
      prefetch_items(s.cases);
      prefetch_items(s.rules);
      prefetch_items(s.tasks);
      prefetch_items(s.seen);
    } else if (depth == 2) {
      for (const CaseInstance& instance : s.cases) {
        prefetch_items(instance.variables);
        prefetch_items(instance.steps);
        duban::prefetch(instance.opening.get(), sizeof(EventData));
      }
    }
    s.history.prefetch(depth - 1);
  }
};

class SubjectTable {
 public:
  SubjectTable() = default;
  SubjectTable(const SubjectTable&) = delete;
  SubjectTable& operator=(const SubjectTable&) = delete;

  SubjectRow* find(const Key& key) {  // null: neither in memory nor with a timer
    const uint32_t slot = find_slot(key, hash_of(key));
    if (slot == SlotIndex::kNone) return nullptr;
    SubjectRow& row = at_slot(slot);
    row.used = true;
    return &row;
  }
  SubjectRow& add(const Key& key) {
    if (SubjectRow* known = find(key)) return *known;
    const uint32_t slot = free_.empty() ? grow() : free_.back();
    if (!free_.empty()) free_.pop_back();
    SubjectRow& row = at_slot(slot);
    row.key = key;
    row.used = true;
    index_.insert(hash_of(key), slot);
    return row;
  }

  // What is likely to be needed soon is asked from memory step by step, each some time after the
  // one before: where it stands in the index, its row, its state, the parts of that.
  static uint32_t hash_of(const Key& key) { return static_cast<uint32_t>(KeyHash()(key)); }
  void prefetch_index(uint32_t hash) const { index_.prefetch(hash); }
  uint32_t prefetch_row(uint32_t hash) const {  // the slot, most likely
    const uint32_t slot = index_.find(hash, [](uint32_t) { return true; });
    if (slot != SlotIndex::kNone) prefetch(&at_slot(slot));
    return slot;
  }
  void prefetch_state(uint32_t slot, size_t depth) const {
    if (slot < slots_) at_slot(slot).prefetch(depth);
  }
  // How long before its turn a row is asked for, and what its state has at each depth.
  static constexpr size_t kRowAhead = 20;
  static constexpr std::array<size_t, SubjectRow::kDepths> kStateAhead = {14, 10, 7, 4, 2};
  // Of a list of `size` slots, what those behind the one at `at` will need.
  template <typename SlotAt>
  void prefetch_behind(size_t at, size_t size, const SlotAt& slot_at) const {
    if (at + kRowAhead < size) prefetch(&at_slot(slot_at(at + kRowAhead)));
    for (size_t depth = 0; depth < kStateAhead.size(); ++depth) {
      if (at + kStateAhead[depth] < size) prefetch_state(slot_at(at + kStateAhead[depth]), depth);
    }
  }

  void hold(SubjectRow& row, CachedSubject subject) {
    cached_ += row.cached == nullptr ? 1 : 0;
    packed_ -= row.packed != nullptr ? 1 : 0;
    row.packed.reset();
    row.cached = std::make_unique<CachedSubject>(std::move(subject));
    queue(row);
  }
  // REQUIRES: `row.packed` is there.
  std::optional<SubjectPacker::Unpacked> unpacked(const SubjectRow& row) {
    return packer_.unpack(row.packed);
  }
  // What was on its way is stored.
  void stored(uint32_t slot) {
    SubjectRow& row = at_slot(slot);
    row.cached->writing = false;
    queue(row);
  }
  SubjectRow& at_slot(uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  const SubjectRow& at_slot(uint32_t slot) const {
    return (*chunks_[slot / kChunk])[slot % kChunk];
  }
  size_t size() const { return index_.size(); }
  size_t cached() const { return cached_; }
  size_t packed() const { return packed_; }

  // Whether subjects may be stored that are not in memory.
  bool some_are_absent() const { return some_are_absent_; }
  void may_be_absent() { some_are_absent_ = true; }

  // Those in memory, in no particular order.
  template <typename Visit>
  void each_in_memory(const Visit& visit) {
    for (uint32_t slot = 0; slot < slots_; ++slot) {
      SubjectRow& row = at_slot(slot);
      if (row.in_memory()) visit(row);
    }
  }

  // Packs unchanged subjects that were not used lately while more than `ready_max` are not packed;
  // then evicts packed ones, when there are more than `all_max` in all, until a tenth below that.
  void trim(size_t ready_max, size_t all_max) {
    const size_t cached_max = std::min(ready_max, all_max);
    for (size_t left = 2 * queue_.size(); cached_ > cached_max && left > 0; --left) look_at_next();
    if (cached_ + packed_ <= all_max) return;
    const size_t target = all_max - all_max / 10;
    while (cached_ + packed_ > target && !packed_queue_.empty()) evict_next();
  }
  // Looks at up to `count` unchanged subjects, and packs those that were not used since last time.
  void pack_idle(size_t count) {
    for (size_t left = std::min(count, queue_.size()); left > 0; --left) look_at_next();
  }

 private:
  static constexpr uint32_t kChunk = 4096;
  using Chunk = std::array<SubjectRow, kChunk>;
  uint32_t find_slot(const Key& key, uint32_t hash) const {
    return index_.find(hash, [&](uint32_t slot) { return at_slot(slot).key == key; });
  }

  uint32_t grow() {
    if (slots_ % kChunk == 0) chunks_.push_back(std::make_unique<Chunk>());
    SubjectRow& row = at_slot(slots_);
    row.slot = slots_;
    return slots_++;
  }
  void queue(SubjectRow& row) {
    if (row.queued || row.cached->is_ahead()) return;
    row.queued = true;
    queue_.push_back(row.slot);
  }
  // The subject that waits longest is packed, or gets a second chance.
  void look_at_next() {
    if (queue_.empty()) return;
    SubjectRow& row = at_slot(queue_.front());
    queue_.pop_front();
    row.queued = false;
    if (row.cached == nullptr || row.cached->is_ahead()) return;
    if (std::exchange(row.used, false)) {
      queue(row);
    } else {
      pack(row);
    }
  }
  void pack(SubjectRow& row) {
    row.packed = packer_.pack(row.cached->subject, row.cached->last);
    row.cached.reset();
    --cached_;
    packed_ += row.packed != nullptr ? 1 : 0;
    some_are_absent_ = some_are_absent_ || row.packed == nullptr;
    if (std::exchange(row.packed_queued, true)) return;
    packed_queue_.push_back(row.slot);
  }
  void evict_next() {
    SubjectRow& row = at_slot(packed_queue_.front());
    packed_queue_.pop_front();
    row.packed_queued = false;
    if (row.cached != nullptr) return;
    packed_ -= row.packed != nullptr ? 1 : 0;
    row.packed.reset();
    some_are_absent_ = true;
    if (!row.armed) drop(row);
  }
  void drop(SubjectRow& row) {
    index_.erase(hash_of(row.key), row.slot);
    free_.push_back(row.slot);
    row.key = {};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  SlotIndex index_;
  std::vector<uint32_t> free_;
  uint32_t slots_ = 0;
  // Slots, the longest there first; each at most once.
  std::deque<uint32_t> queue_;         // in memory and as stored, or were so
  std::deque<uint32_t> packed_queue_;  // packed, or were so
  SubjectPacker packer_;
  size_t cached_ = 0;
  size_t packed_ = 0;
  bool some_are_absent_ = false;
};

}  // namespace duban
