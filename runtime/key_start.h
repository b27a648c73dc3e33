// The order of keys without fetching them from memory each time: mostly their first bytes tell.
#pragma once

#include <cstdint>

#include "engine/value.h"

namespace duban {

// The first eight bytes of a key, as a number that orders as they do. Where it is the same, the
// keys must be compared; their entities are not in it.
inline uint64_t key_start(const Key& key) {
  uint64_t start = 0;
  for (size_t k = 0; k < sizeof start; ++k) {
    start = start << 8 | (k < key.key.size() ? static_cast<uint8_t>(key.key[k]) : 0U);
  }
  return start;
}

}  // namespace duban
