// Where things lie, by the hash of their key: eight bytes each, half of the table at most in use.
// Linear probing; what is erased leaves no trace. Says where it will look before it does, so that
// the memory can be asked in time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/prefetch.h"

namespace duban {

class SlotIndex {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  size_t size() const { return size_; }
  // The slot with this hash that `is_it` knows; kNone: there is none.
  template <typename IsIt>
  uint32_t find(uint32_t hash, const IsIt& is_it) const {
    if (entries_.empty()) return kNone;
    for (size_t at = hash & mask(); entries_[at].slot != kNone; at = (at + 1) & mask()) {
      if (entries_[at].hash == hash && is_it(entries_[at].slot)) return entries_[at].slot;
    }
    return kNone;
  }
  void prefetch(uint32_t hash) const {
    if (!entries_.empty()) duban::prefetch(&entries_[hash & mask()]);
  }
  void insert(uint32_t hash, uint32_t slot) {  // REQUIRES: it is not there
    if (2 * (size_ + 1) > entries_.size()) grow();
    put({hash, slot});
    ++size_;
  }
  void erase(uint32_t hash, uint32_t slot) {  // REQUIRES: it is there
    size_t at = hash & mask();
    while (entries_[at].slot != slot) at = (at + 1) & mask();
    --size_;
    // Those behind that had to give way move up.
    for (size_t next = at;;) {
      next = (next + 1) & mask();
      if (entries_[next].slot == kNone) break;
      const size_t home = entries_[next].hash & mask();
      if (((next - home) & mask()) < ((next - at) & mask())) continue;
      entries_[at] = entries_[next];
      at = next;
    }
    entries_[at].slot = kNone;
  }

 private:
  struct Entry {
    uint32_t hash = 0;
    uint32_t slot = kNone;
  };

  size_t mask() const { return entries_.size() - 1; }
  void put(Entry entry) {
    size_t at = entry.hash & mask();
    while (entries_[at].slot != kNone) at = (at + 1) & mask();
    entries_[at] = entry;
  }
  void grow() {
    std::vector<Entry> old(entries_.empty() ? 64 : 2 * entries_.size());
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.slot != kNone) put(entry);
    }
  }

  std::vector<Entry> entries_;  // a power of two of them
  size_t size_ = 0;
};

}  // namespace duban
