// What a broadcast costs that reaches few of very many: `outage_planned` of one line's customers.
//
//   duban_bench_broadcast RULES [CUSTOMERS [IN_MEMORY]]
//
// A hundred customers on each line. Taken are broadcasts when all are asked, the first that is
// looked up (it makes the index), those after it, and the memory of the index. Prints
// `F broadcast.figure value unit`, one figure a line.
#include <spdlog/spdlog.h>

#include "bench/bench.h"

extern "C" int mallctl(const char* name, void* old_value, size_t* old_size, void* new_value,
                       size_t new_size) __attribute__((weak));

namespace {

using namespace duban;
using namespace duban::bench;

constexpr size_t kOnALine = 100, kBroadcasts = 200, kAskingAll = 2;

double allocated() {
  if (mallctl == nullptr) return 0;
  uint64_t epoch = 1;
  size_t bytes = 0, size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, size);
  size = sizeof bytes;
  mallctl("stats.allocated", &bytes, &size, nullptr, 0);
  return static_cast<double>(bytes);
}

// Seconds of the broadcast and of what it reaches.
double broadcast(Runtime& runtime, size_t number, size_t lines) {
  const auto start = bench::Clock::now();
  take_line(
      runtime,
      event_line(
          "outage_planned", "outage-" + std::to_string(number), "", "2026-03-02T09:00:00+08:00",
          R"("feeder":"F)" + std::to_string(number * 7919 % lines) +
              R"(","starts":"2026-03-05T09:00:00+08:00","ends":"2026-03-05T12:00:00+08:00")"));
  return seconds_since(start);
}

void figure(const char* name, double value, const char* unit) {
  bench::figure("broadcast", name, value, unit);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: duban_bench_broadcast RULES [CUSTOMERS [IN_MEMORY]]");
  spdlog::set_level(spdlog::level::err);
  const size_t customers = argc > 2 ? std::stoul(argv[2]) : 1'000'000;
  const size_t lines = std::max<size_t>(customers / kOnALine, 1);
  const Folder folder("broadcast");
  Channels channels;
  must(channels.configure("*", "file:/dev/null"));
  RuntimeSettings settings;
  settings.cache_subjects_max = argc > 3 ? std::stoul(argv[3]) : 2 * customers;
  size_t number = 0;
  const auto open = [&](bool indexes) {
    settings.indexes_attributes = indexes;
    return must(Runtime::open(must(open_sqlite_store((folder / "db").string(), OpenMode::create)),
                              channels, settings));
  };
  {
    auto runtime = open(false);
    deploy(*runtime, read_rules(argv[1], {"en/collection.rules", "en/first-contact.rules"}));
    for (size_t i = 0; i < customers; ++i)
      register_customer(*runtime, i, "F" + std::to_string(i / kOnALine));
    must(runtime->rest());
    double seconds = 0;
    for (size_t i = 0; i < kAskingAll; ++i) seconds += broadcast(*runtime, number++, lines);
    figure("all", 1e3 * seconds / kAskingAll, "ms");
  }
  auto runtime = open(true);
  const double before = allocated();
  figure("first", 1e3 * broadcast(*runtime, number++, lines), "ms");
  const double index = allocated() - before;
  std::vector<double> took;
  const uint64_t events = runtime->counts().events;
  for (size_t i = 0; i < kBroadcasts; ++i)
    took.push_back(1e3 * broadcast(*runtime, number++, lines));
  figure("p50", percentile(took, 50), "ms");
  figure("p99", percentile(took, 99), "ms");
  figure("reached", static_cast<double>(runtime->counts().events - events) / kBroadcasts,
         "subjects");
  figure("memory", index / static_cast<double>(customers), "B/subject");
  return 0;
}
