// Goal: what a receiver took is noted, whatever else has to be tried again beside it.
// Method: a clock that is set by hand, and a receiver that refuses some at first.

#include <map>

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban {
namespace {

class SetClock : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at;
};

class Picky : public Receiver {
 public:
  Status send(const OutboxItem& item) override {
    if (refusals[item.subject.key]-- > 0) return Error{"refused", {}, {}, {}, {}};
    ++taken[item.subject.key];
    return {};
  }
  Status flush() override { return {}; }
  std::map<std::string, int> refusals, taken;
};

// The first is tried a third time together with the second's second time, which comes due earlier:
// they stand in the order of their times, not of their numbers.
TEST(Outbox, WhatWasTakenBesideWhatIsTriedAgainIsNoted) {
  TempDir dir;
  const auto clock = std::make_shared<SetClock>();
  clock->at = *Zone::find("Asia/Shanghai")->parse("2026-03-02 10:00");
  const auto receiver = std::make_shared<Picky>();
  Channels channels;
  channels.attach("*", receiver);
  RuntimeSettings settings;
  settings.clock = ClockKind::wall;
  settings.wall_clock = clock;
  const auto pass = [&](Runtime& runtime, int64_t ms) {
    clock->at.ms += ms;
    ASSERT_OK(runtime.flush());
  };
  {
    auto opened = open_runtime(dir / "db", channels, settings);
    ASSERT_OK(opened);
    Runtime& runtime = **opened;
    deploy_text(runtime, shop_rules());
    for (const char* n : {"1", "2"}) {
      take(runtime,
           event(std::string("r") + n, "registered", std::string("C") + n, "2026-03-02 09:00",
                 R"("name":"Ali","phone":"138","area":"A)" + std::string(n) + "\""));
    }
    receiver->refusals = {{"C1", 3}, {"C2", 1}};
    take(runtime, event("o1", "outage", "", "2026-03-02 10:00", R"("area":"A1")"));
    pass(runtime, 0);  // C1 again after 1 s
    take(runtime, event("o2", "outage", "", "2026-03-02 10:00", R"("area":"A2")"));
    pass(runtime, 500);   // C2 again after 1 s
    pass(runtime, 500);   // C1 again after 2 s
    pass(runtime, 2000);  // C2 is taken, C1 again after 4 s
    EXPECT_EQ(receiver->taken["C2"], 1);
    EXPECT_EQ(receiver->taken["C1"], 0);
  }
  auto opened = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(opened);
  pass(**opened, 0);
  EXPECT_EQ(receiver->taken["C1"], 1);
  EXPECT_EQ(receiver->taken["C2"], 1) << "it was taken before";
}

}  // namespace
}  // namespace duban
