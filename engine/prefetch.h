// Asks the memory for what is needed soon. It changes nothing, whatever the address.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace duban {

constexpr size_t kCacheLine = 64;  // bytes

inline void prefetch(const void* at) {
  __builtin_prefetch(at);
  // GCC takes a function that only asks the memory for one without effect, and drops its calls.
  asm volatile("" : : "r"(at));
}

inline void prefetch(const void* begin, size_t bytes) {
  // As a number: what begins nowhere has no address within.
  const auto address = reinterpret_cast<uintptr_t>(begin);
  for (size_t at = 0; at < bytes; at += kCacheLine)
    prefetch(reinterpret_cast<const void*>(address + at));
}

// The first so many bytes of what a vector holds.
template <typename Vector>
void prefetch_items(const Vector& items, size_t bytes_max = 512) {
  prefetch(items.data(), std::min(items.size() * sizeof(*items.data()), bytes_max));
}

}  // namespace duban
