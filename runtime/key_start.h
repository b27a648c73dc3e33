// The order of keys without fetching them from memory each time: mostly their first bytes tell.
#pragma once

#include <algorithm>
#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>

#include "engine/value.h"
#include "runtime/subject_table.h"

namespace duban {

// The first sixteen bytes of a key (customers' numbers have ten to thirteen digits, of which the
// first are often the same), ordered as they are. Where it is the same, the keys must be compared;
// their entities are not in it.
struct KeyStart {
  uint64_t first = 0, then = 0;
  auto operator<=>(const KeyStart&) const = default;
};

inline KeyStart key_start(const Key& key) {
  char bytes[16] = {};
  std::memcpy(bytes, key.key.data(), std::min(key.key.size(), sizeof bytes));
  const auto number = [](const char* from) {
    uint64_t n = 0;
    std::memcpy(&n, from, sizeof n);
    return std::endian::native == std::endian::little ? __builtin_bswap64(n) : n;
  };
  return {number(bytes), number(bytes + 8)};
}

// The order of subjects: by entity, then by key. A place has their `entity`, `start` and `slot`.
template <typename Place>
bool key_before(const SubjectTable& subjects, const Place& a, const Place& b) {
  if (a.entity != b.entity) return a.entity < b.entity;
  if (a.start != b.start) return a.start < b.start;
  return subjects.at_slot(a.slot).key < subjects.at_slot(b.slot).key;
}

}  // namespace duban
