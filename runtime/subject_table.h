// Every subject that is in memory or has a timer, by key: one row each, found by one lookup.
//
// What changed stays in memory until it is stored; of the rest, those not used for long make room.
// Rows stay where they are until trim(), which drops those that have neither state nor timer.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "engine/state.h"
#include "runtime/key_hash.h"
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
};

struct SubjectRow {
  Key key;
  std::unique_ptr<CachedSubject> cached;  // null: not in memory, which says nothing about whether
                                          // it exists
  std::optional<Wake> armed;              // its timer; set by Timers alone
  uint32_t slot = 0;
  uint32_t generation = 0;  // of its timer; goes on when the row is given to another subject
  bool used = true;         // since the hand of the clock passed

  // Asks the memory for its state, which is needed soon; some time after that, for what the state
  // points to.
  void prefetch() const {
    if (cached != nullptr) prefetch_bytes(cached.get(), sizeof(CachedSubject));
  }
  void prefetch_parts() const {
    if (cached == nullptr) return;
    const Subject& s = cached->subject;
    prefetch_items(s.attributes);
    prefetch_items(s.cases);
    prefetch_items(s.rules);
    prefetch_items(s.tasks);
    prefetch_items(s.seen);
    s.history.prefetch();
  }

 private:
  static constexpr size_t kPrefetchMax = 512;
  static void prefetch_bytes(const void* begin, size_t size) {
    const auto* bytes = static_cast<const char*>(begin);
    for (size_t at = 0; at < size; at += 64) __builtin_prefetch(bytes + at);
  }
  template <typename T>
  static void prefetch_items(const std::vector<T>& items) {
    prefetch_bytes(items.data(), std::min(items.size() * sizeof(T), kPrefetchMax));
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

  // What is likely to be needed soon is asked from memory in four steps, each some time after the
  // one before: where it stands in the index, its row, its state, the parts of that.
  static uint32_t hash_of(const Key& key) { return static_cast<uint32_t>(KeyHash()(key)); }
  void prefetch_index(uint32_t hash) const { index_.prefetch(hash); }
  uint32_t prefetch_row(uint32_t hash) const {  // the slot, most likely
    const uint32_t slot = index_.find(hash, [](uint32_t) { return true; });
    if (slot != SlotIndex::kNone) __builtin_prefetch(&at_slot(slot));
    return slot;
  }
  void prefetch_state(uint32_t slot) const {
    if (slot < slots_) at_slot(slot).prefetch();
  }
  void prefetch_parts(uint32_t slot) const {
    if (slot < slots_) at_slot(slot).prefetch_parts();
  }

  void hold(SubjectRow& row, CachedSubject subject) {
    cached_ += row.cached == nullptr ? 1 : 0;
    row.cached = std::make_unique<CachedSubject>(std::move(subject));
  }
  SubjectRow& at_slot(uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  const SubjectRow& at_slot(uint32_t slot) const {
    return (*chunks_[slot / kChunk])[slot % kChunk];
  }
  size_t size() const { return index_.size(); }
  size_t cached() const { return cached_; }

  // Whether subjects may be stored that are not in memory.
  bool some_are_absent() const { return some_are_absent_; }
  void may_be_absent() { some_are_absent_ = true; }

  // Those in memory, in no particular order.
  template <typename Visit>
  void each_cached(const Visit& visit) {
    for (uint32_t slot = 0; slot < slots_; ++slot) {
      SubjectRow& row = at_slot(slot);
      if (row.cached != nullptr) visit(row);
    }
  }

  // Evicts unchanged subjects, second chance first, until a tenth below `cached_max`.
  void trim(size_t cached_max) {
    if (cached_ <= cached_max) return;
    const size_t target = cached_max - cached_max / 10;
    for (size_t left = 2 * slots_; cached_ > target && left > 0; --left) {
      if (hand_ >= slots_) hand_ = 0;
      SubjectRow& row = at_slot(hand_++);
      if (row.cached != nullptr) {
        if (row.cached->dirty || row.cached->writing || std::exchange(row.used, false)) continue;
        row.cached.reset();
        --cached_;
        some_are_absent_ = true;
      }
      if (!row.armed && !row.key.key.empty()) drop(row);
    }
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
  void drop(SubjectRow& row) {
    index_.erase(hash_of(row.key), row.slot);
    free_.push_back(row.slot);
    row.key = {};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  SlotIndex index_;
  std::vector<uint32_t> free_;
  uint32_t slots_ = 0;
  uint32_t hand_ = 0;
  size_t cached_ = 0;
  bool some_are_absent_ = false;
};

}  // namespace duban
