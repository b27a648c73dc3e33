// Random choices that are the same on every machine: splitmix64, and no std distribution.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace duban::reference {

class Random {
 public:
  // Neighbouring seeds begin far apart: one stream must not be another, a step later.
  explicit Random(uint64_t seed) : state_(seed) { state_ = next() * 0xD1342543DE82EF95ULL + seed; }

  uint64_t next() {
    uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  // 0 … n - 1; 0 for n = 0.
  size_t below(size_t n) { return n == 0 ? 0 : static_cast<size_t>(next() % n); }
  int between(int low, int high) {
    return low + static_cast<int>(below(static_cast<size_t>(high - low + 1)));
  }
  bool chance(int percent) { return below(100) < static_cast<size_t>(percent); }
  template <typename T>
  const T& pick(const std::vector<T>& of) {
    return of[below(of.size())];
  }
  template <typename T>
  T pick(std::initializer_list<T> of) {
    return of.begin()[below(of.size())];
  }

 private:
  uint64_t state_;
};

}  // namespace duban::reference
