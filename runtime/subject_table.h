// Every subject that is in memory or has a timer, by key: one row each, found by one lookup.
//
// What changed stays in memory until it is stored; of the rest, those not used for long make room.
// Rows stay where they are until trim(), which drops those that have neither state nor timer.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_set.hpp>
#include <memory>
#include <optional>
#include <vector>

#include "engine/state.h"
#include "runtime/key_hash.h"
#include "runtime/store.h"

namespace duban {

struct CachedSubject {
  Subject subject;
  Sequence last = 0;                // its newest log entry
  std::optional<Wake> stored_wake;  // its timer as it is stored
  bool dirty = false;               // changed since it was stored
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
    row.cached = std::make_unique<CachedSubject>(std::move(subject));
  }
  SubjectRow& at_slot(uint32_t slot) { return (*chunks_[slot / kChunk])[slot % kChunk]; }
  const SubjectRow& at_slot(uint32_t slot) const {
    return (*chunks_[slot / kChunk])[slot % kChunk];
  }
  size_t size() const { return index_.size(); }
  size_t cached() const { return cached_; }

  // Evicts unchanged subjects, second chance first, until a tenth below `cached_max`.
  void trim(size_t cached_max) {
    if (cached_ <= cached_max) return;
    const size_t target = cached_max - cached_max / 10;
    for (size_t left = 2 * slots_; cached_ > target && left > 0; --left) {
      if (hand_ >= slots_) hand_ = 0;
      SubjectRow& row = at_slot(hand_++);
      if (row.cached != nullptr) {
        if (row.cached->dirty || std::exchange(row.used, false)) continue;
        row.cached.reset();
        --cached_;
      }
      if (!row.armed && !row.key.key.empty()) drop(row);
    }
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
  void drop(SubjectRow& row) {
    index_.erase(row.slot);
    free_.push_back(row.slot);
    row.key = {};
  }

  std::vector<std::unique_ptr<Chunk>> chunks_;
  boost::unordered_flat_set<uint32_t, Hash, Equal> index_;
  std::vector<uint32_t> free_;
  uint32_t slots_ = 0;
  uint32_t hand_ = 0;
  size_t cached_ = 0;
};

}  // namespace duban
