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
#include <boost/unordered/unordered_flat_set.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "engine/state.h"
#include "runtime/key_hash.h"
#include "runtime/packed_subject.h"
#include "runtime/store.h"

namespace duban {

struct CachedSubject {
  Subject subject;
  Sequence last = 0;                // its newest log entry
  std::optional<Wake> wake;         // its next timer, as its state says
  std::optional<Wake> stored_wake;  // the one that is stored
  bool dirty = false;               // changed since it was stored
  bool profile_dirty = false;       // its attributes, too
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

  // Its timer when that is not armed: it was given up when it failed, and stays so until something
  // changes it.
  std::optional<Wake> unarmed() const { return armed ? std::nullopt : cached->wake; }
};

class SubjectTable {
 public:
  SubjectTable() : index_(0, Hash{this}, Equal{this}) {}
  SubjectTable(const SubjectTable&) = delete;
  SubjectTable& operator=(const SubjectTable&) = delete;

  SubjectRow* find(const Key& key) {  // null: neither in memory nor with a timer
    const auto at = index_.find(key);
    if (at == index_.end()) return nullptr;
    SubjectRow& row = at_slot(*at);
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
    index_.insert(slot);
    return row;
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
  // It changed, and is now as stored.
  void stored(const Key& key) {
    SubjectRow& row = at_slot(*index_.find(key));
    row.cached->dirty = false;
    queue(row);
  }
  SubjectRow& at_slot(uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  const SubjectRow& at_slot(uint32_t slot) const {
    return (*chunks_[slot / kChunk])[slot % kChunk];
  }
  size_t size() const { return index_.size(); }
  size_t cached() const { return cached_; }
  size_t packed() const { return packed_; }

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
  struct Hash {
    using is_transparent = void;
    const SubjectTable* table;
    size_t operator()(uint32_t slot) const { return KeyHash()(table->at_slot(slot).key); }
    size_t operator()(const Key& key) const { return KeyHash()(key); }
  };
  struct Equal {
    using is_transparent = void;
    const SubjectTable* table;
    bool operator()(uint32_t a, uint32_t b) const { return a == b; }
    bool operator()(uint32_t a, const Key& b) const { return table->at_slot(a).key == b; }
    bool operator()(const Key& a, uint32_t b) const { return table->at_slot(b).key == a; }
  };

  uint32_t grow() {
    if (slots_ % kChunk == 0) chunks_.push_back(std::make_unique<Chunk>());
    SubjectRow& row = at_slot(slots_);
    row.slot = slots_;
    return slots_++;
  }
  void queue(SubjectRow& row) {
    if (row.queued || row.cached->dirty) return;
    row.queued = true;
    queue_.push_back(row.slot);
  }
  // The subject that waits longest is packed, or gets a second chance.
  void look_at_next() {
    if (queue_.empty()) return;
    SubjectRow& row = at_slot(queue_.front());
    queue_.pop_front();
    row.queued = false;
    if (row.cached == nullptr || row.cached->dirty) return;
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
    if (!row.armed) drop(row);
  }
  void drop(SubjectRow& row) {
    index_.erase(row.slot);
    free_.push_back(row.slot);
    row.key = {};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  boost::unordered_flat_set<uint32_t, Hash, Equal> index_;
  std::vector<uint32_t> free_;
  uint32_t slots_ = 0;
  // Slots, the longest there first; each at most once.
  std::deque<uint32_t> queue_;         // in memory and as stored, or were so
  std::deque<uint32_t> packed_queue_;  // packed, or were so
  SubjectPacker packer_;
  size_t cached_ = 0;
  size_t packed_ = 0;
};

}  // namespace duban
