// The event loop under the wall clock, from the outside: events come through a pipe, and each is
// answered by a message, which is sent when it is durable. When nothing else is going on, and
// while very many timers are due.
//
//   duban_bench_live RULES [CUSTOMERS]
//
// Every customer has one bill of the collection policy, all due on one day. Prints
// `F live.figure value unit`, one figure a line.
#include <spdlog/spdlog.h>

#include <atomic>
#include <random>
#include <thread>

#include "bench/bench.h"

namespace {

using namespace duban;
using namespace duban::bench;

constexpr const char* kEcho = R"(policy "Echo"
  use "../utility.rules"
  effective from 2026-01-01
outgoing event echo for Customer
  n : number
rule "Echo"
  on meter_read:
    raise echo with n = event.kwh
)";
constexpr size_t kQuietEvents = 2000, kEventsMax = 200'000;
constexpr unsigned kSeed = 20260301;
// Until what was registered is copied from SQLite's log into the database.
constexpr std::chrono::seconds kRest{2};

// The time that passes, from a day of its own.
class ShiftedClock : public duban::Clock {
 public:
  Instant now() const override { return Instant{base_ + passed()}; }
  void set(Instant now) { base_ = now.ms - passed(); }

 private:
  int64_t passed() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(bench::Clock::now() - began_)
        .count();
  }

  bench::Clock::time_point began_ = bench::Clock::now();
  std::atomic<int64_t> base_ = 0;
};

// When each event was written, and when it was answered; when other messages were sent.
struct Times {
  std::vector<bench::Clock::time_point> written{kEventsMax};
  std::vector<bench::Clock::time_point> answered{kEventsMax};
  std::atomic<size_t> answers = 0, others = 0;
};

class Watching : public Receiver {
 public:
  explicit Watching(Times& times) : times_(times) {}
  Status send(const OutboxItem& item) override {
    const auto now = bench::Clock::now();
    const size_t at = item.payload.find(R"("n":)");
    if (item.channel() != "events" || at == std::string::npos) {
      ++times_.others;
      return {};
    }
    times_.answered[std::stoul(item.payload.substr(at + 4))] = now;
    ++times_.answers;
    return {};
  }
  Status flush() override { return {}; }

 private:
  Times& times_;
};

void figure(const char* name, double value, const char* unit) {
  bench::figure("live", name, value, unit);
}

void say(const char* what, const Times& times, size_t from, size_t until) {
  std::vector<double> took;
  for (size_t i = from; i < until; ++i) {
    const auto wait = times.answered[i] - times.written[i];
    took.push_back(1e3 * std::chrono::duration<double>(wait).count());
  }
  if (took.empty()) return;
  figure((std::string(what) + ".events").c_str(), static_cast<double>(took.size()), "events");
  figure((std::string(what) + ".p50").c_str(), percentile(took, 50), "ms");
  figure((std::string(what) + ".p99").c_str(), percentile(took, 99), "ms");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: duban_bench_live RULES [CUSTOMERS]");
  spdlog::set_level(spdlog::level::err);
  const size_t customers = argc > 2 ? std::stoul(argv[2]) : 300'000;
  const Folder folder("live");
  const auto clock = std::make_shared<ShiftedClock>();
  clock->set(*Zone().parse("2026-03-01T12:00:00+08:00"));
  Times times;
  Channels channels;
  const auto watching = std::make_shared<Watching>(times);
  for (const char* channel : {"sms", "app", "events", "tasks"}) channels.attach(channel, watching);
  RuntimeSettings settings;
  settings.clock = ClockKind::wall;
  settings.wall_clock = clock;
  settings.cache_subjects_max = settings.ready_subjects_max = 2 * customers;
  auto runtime =
      must(Runtime::open(must(open_sqlite_store((folder / "live.db").string(), OpenMode::create)),
                         channels, settings));
  CompileInput rules = read_rules(argv[1], {"en/collection.rules"});
  rules.files.push_back({"en/echo.rules", kEcho});
  deploy(*runtime, rules);
  register_with_bills(*runtime, customers);
  must(runtime->rest());

  int ends[2];
  if (::pipe(ends) != 0) give_up("no pipe");
  size_t quiet = 0, busy_from = 0, written = 0;
  std::thread feeder([&] {
    std::mt19937 random(kSeed);
    const auto write_one = [&] {
      std::this_thread::sleep_for(std::chrono::microseconds(1000 + random() % 4000));
      const std::string text =
          event_line("meter_read", "read-" + std::to_string(written),
                     customer_key(random() % customers), Zone().to_iso8601(clock->now()),
                     R"("kwh":)" + std::to_string(written)) +
          "\n";
      times.written[written++] = bench::Clock::now();
      if (::write(ends[1], text.data(), text.size()) < 0) give_up("the pipe is closed");
    };
    std::this_thread::sleep_for(kRest);
    while (written < kQuietEvents) write_one();
    while (times.answers < written) std::this_thread::yield();
    quiet = written;
    busy_from = written;
    // A reminder to each before the bill is due, another after.
    for (const char* day : {"2026-03-17T08:59:59+08:00", "2026-03-21T08:59:59+08:00"}) {
      const size_t wanted = times.others + customers;
      clock->set(*Zone().parse(day));
      while (times.others < wanted && written < kEventsMax) write_one();
    }
    ::close(ends[1]);
  });
  const uint64_t timers = runtime->counts().timers;
  const auto start = bench::Clock::now();
  must(run_wall(*runtime, ends[0], "bench", std::nullopt, false));
  feeder.join();
  figure("timers", static_cast<double>(runtime->counts().timers - timers), "timers");
  figure("seconds", seconds_since(start), "s");
  say("quiet", times, 0, quiet);
  say("busy", times, busy_from, written);
  return 0;
}
