// Drawing lots by name: the same question has the same answer, whatever was asked before.
#pragma once

#include <cstdint>

namespace duban::cli {

class Draw {
 public:
  // What is drawn, so that two questions about one customer and month are independent.
  enum class What : uint32_t {
    trade,
    payer,
    size,
    noise,
    surge,
    hour,
    payment,
    habit,
    share,
    story,
    wait,
    person,
    name,
    phone,
    grade,
    topic
  };

  Draw(uint64_t seed, uint64_t customer, uint64_t month)
      : base_(mixed(mixed(seed ^ 0x9e3779b97f4a7c15U) + customer * 0xbf58476d1ce4e5b9U + month)) {}

  uint64_t bits(What what, uint32_t nth = 0) const {
    return mixed(base_ + ((static_cast<uint64_t>(what) << 32U) | nth));
  }
  // Evenly from [low, high].
  int64_t between(What what, int64_t low, int64_t high, uint32_t nth = 0) const {
    const auto range = static_cast<uint64_t>(high - low + 1);
    return low + static_cast<int64_t>((bits(what, nth) >> 32U) * range >> 32U);
  }
  // Out of ten thousand.
  bool happens(What what, int64_t chance, uint32_t nth = 0) const {
    return between(what, 0, 9999, nth) < chance;
  }

 private:
  // The finaliser of SplitMix64 (Steele, Lea and Flood, 2014).
  static uint64_t mixed(uint64_t x) {
    x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
    x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
    return x ^ (x >> 31U);
  }

  uint64_t base_;
};

}  // namespace duban::cli
