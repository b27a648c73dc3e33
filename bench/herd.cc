// Very many timers at one instant under the wall clock, and events that come meanwhile: each made
// durable on its own, as the event loop (runtime/loop.cc) does, some timers before it.
//
//   duban_bench_herd RULES [CUSTOMERS]
//
// Every customer has one bill of the collection policy, all due on one day. Prints
// `F herd.figure value unit`, one figure a line.
#include <spdlog/spdlog.h>

#include "bench/bench.h"

namespace {

using namespace duban;
using namespace duban::bench;

// As in the loop.
constexpr size_t kTimersPerTurn = 16, kTimersAtOnce = 4, kSubjectsPerTurn = 64;
constexpr double kSecondsPerTurn = 1e-4;
constexpr size_t kEvents = 2000, kBusyEvents = 20'000;

class SetClock : public duban::Clock {
 public:
  Instant now() const override { return at; }
  Instant at;
};

// Milliseconds until an event is durable that comes when a turn has just begun.
double lone_event(Runtime& runtime, SetClock& clock, size_t number, bool& more) {
  const auto start = bench::Clock::now();
  size_t timers = 0;
  do {
    more = must(runtime.advance_some(clock.at, kTimersAtOnce));
    timers += kTimersAtOnce;
  } while (more && timers < kTimersPerTurn && seconds_since(start) < kSecondsPerTurn);
  take_line(runtime, event_line("meter_read", "read-" + std::to_string(number),
                                customer_key(number * 97 % 1000), Zone().to_iso8601(clock.at),
                                R"("kwh":12)"));
  must(runtime.flush());
  return 1e3 * seconds_since(start);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: duban_bench_herd RULES [CUSTOMERS]");
  spdlog::set_level(spdlog::level::err);
  const size_t customers = argc > 2 ? std::stoul(argv[2]) : 1'000'000;
  const Folder folder("herd");
  const auto clock = std::make_shared<SetClock>();
  clock->at = *Zone().parse("2026-03-01T12:00:00+08:00");
  RuntimeSettings settings;
  settings.clock = ClockKind::wall;
  settings.wall_clock = clock;
  settings.cache_subjects_max = settings.ready_subjects_max = 2 * customers;
  Channels channels;
  auto runtime =
      must(Runtime::open(must(open_sqlite_store((folder / "herd.db").string(), OpenMode::create)),
                         channels, settings));
  deploy(*runtime, read_rules(argv[1], {"en/collection.rules"}));
  register_with_bills(*runtime, customers);
  must(runtime->rest());

  std::vector<double> quiet, busy;
  bool more = false;
  size_t number = 0;
  while (quiet.size() < kEvents) {
    quiet.push_back(lone_event(*runtime, *clock, number++, more));
    if (number % 50 == 0) must(runtime->rest_some(kSubjectsPerTurn));
  }
  const uint64_t timers = runtime->counts().timers;
  const auto start = bench::Clock::now();
  const Instant end = *Zone().parse("2026-04-10T12:00:00+08:00");
  for (auto wake = runtime->next_wake(); wake && wake->at < end && busy.size() < kBusyEvents;
       wake = runtime->next_wake()) {
    clock->at = std::max(clock->at, wake->at);
    do {
      const double took = lone_event(*runtime, *clock, number++, more);
      if (more) busy.push_back(took);
    } while (more && busy.size() < kBusyEvents);
  }
  const double seconds = seconds_since(start);
  const auto fired = static_cast<double>(runtime->counts().timers - timers);
  figure("herd", "timers", fired, "timers");
  figure("herd", "rate", fired / seconds, "timers/s");
  figure("herd", "quiet.p50", percentile(quiet, 50), "ms");
  figure("herd", "quiet.p99", percentile(quiet, 99), "ms");
  figure("herd", "busy.p50", percentile(busy, 50), "ms");
  figure("herd", "busy.p99", percentile(busy, 99), "ms");
  return 0;
}
