// An exact set of digests, for recognising what came before.
//
// Open addressing in one flat table of 16-byte slots, at most three quarters full: 22 to 43 bytes
// an id, and half as much again for a moment while it grows. It shrinks when it is less than an
// eighth full.
#pragma once

#include <array>
#include <vector>

#include "engine/digest.h"
#include "engine/prefetch.h"

namespace duban {

class IdSet {
 public:
  bool contains(const Digest& id) const;
  bool insert(const Digest& id);  // false: it was there
  // Asks the memory for what contains() and insert() will look at.
  void prefetch(const Digest& id) const {
    if (!slots_.empty()) duban::prefetch(&slots_[id.low & (slots_.size() - 1)]);
  }
  size_t size() const { return size_ + (has_zero_ ? 1 : 0); }
  bool erase(const Digest& id);  // false: it was not there
  void clear();                  // keeps the room it has
  void reserve(size_t count);

 private:
  void rebuild(size_t slots);

  std::vector<Digest> slots_;  // a power of two of them; zero = free
  size_t size_ = 0;            // without the zero digest
  bool has_zero_ = false;
};

// The same for very many, in parts by their first bits: none takes long to grow, and the room that
// one leaves is there for the next. Ten million ids take 268 MB.
class LargeIdSet {
 public:
  bool contains(const Digest& id) const { return parts_[place(id)].contains(id); }
  bool insert(const Digest& id) { return parts_[place(id)].insert(id); }
  void prefetch(const Digest& id) const { parts_[place(id)].prefetch(id); }
  bool erase(const Digest& id) { return parts_[place(id)].erase(id); }
  size_t size() const {
    size_t size = 0;
    for (const IdSet& part : parts_) size += part.size();
    return size;
  }
  void reserve(size_t count) {
    for (IdSet& part : parts_) part.reserve(count / kParts);
  }

 private:
  static constexpr int kBits = 6;
  static constexpr size_t kParts = 1 << kBits;
  static size_t place(const Digest& id) { return id.high >> (64 - kBits); }

  std::array<IdSet, kParts> parts_;
};

}  // namespace duban
