#include "runtime/clock.h"

#include <chrono>

namespace duban {
namespace {

class WallClock : public Clock {
 public:
  Instant now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Instant{std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count()};
  }
};

}  // namespace

std::unique_ptr<Clock> make_wall_clock() { return std::make_unique<WallClock>(); }

}  // namespace duban
