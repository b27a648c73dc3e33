// The one place time comes from.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/time.h"

namespace duban {

// `wall` follows the machine; `virtual_time` stands where the feed has brought it.
enum class ClockKind : uint8_t { wall, virtual_time };

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

std::unique_ptr<Clock> make_wall_clock();

class VirtualClock : public Clock {
 public:
  Instant now() const override { return now_; }
  void advance_to(Instant instant) {
    if (instant > now_) now_ = instant;
  }

 private:
  Instant now_{INT64_MIN};
};

}  // namespace duban
