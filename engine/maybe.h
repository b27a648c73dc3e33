// An optional time or day that takes no more room than one: the earliest that can be spelled, long
// before any real one, means that there is none.
#pragma once

#include <limits>
#include <optional>

#include "engine/time.h"

namespace duban {

template <typename T>
class Maybe {
 public:
  Maybe() = default;
  Maybe(std::nullopt_t) {}           // NOLINT(google-explicit-constructor)
  Maybe(T value) : value_(value) {}  // NOLINT(google-explicit-constructor)
  Maybe(const std::optional<T>& other) : value_(other.value_or(none())) {}  // NOLINT

  bool has_value() const { return value_ != none(); }
  explicit operator bool() const { return has_value(); }
  operator std::optional<T>() const {  // NOLINT(google-explicit-constructor)
    return has_value() ? std::optional<T>(value_) : std::nullopt;
  }
  const T& operator*() const { return value_; }  // REQUIRES: there is one
  T& operator*() { return value_; }
  void reset() { value_ = none(); }

  bool operator==(const Maybe&) const = default;

 private:
  static constexpr T none() {
    if constexpr (std::is_same_v<T, Instant>) {
      return Instant{std::numeric_limits<int64_t>::min()};
    } else {
      return Date{std::numeric_limits<int32_t>::min()};
    }
  }

  T value_ = none();
};

}  // namespace duban
