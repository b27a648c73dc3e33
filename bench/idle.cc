// What an idle customer costs in memory: one open case of the collection policy, and its timer.
//
//   duban_bench_idle RULES [CUSTOMERS]
//
// Every customer is registered and gets one bill; then nothing more happens. Counted is what the
// allocator has handed out, less what SQLite has of it; ids leave memory at once, so 4 bytes of
// filters for two ids remain of them. Prints `F idle.figure value unit`, one figure a line.
#include <spdlog/spdlog.h>
#include <sqlite3.h>

#include "bench/bench.h"

extern "C" int mallctl(const char* name, void* old_value, size_t* old_size, void* new_value,
                       size_t new_size) __attribute__((weak));

namespace {

using namespace duban;
using namespace duban::bench;

double allocated() {
  if (mallctl == nullptr) give_up("the allocator is not jemalloc");
  uint64_t epoch = 1;
  size_t bytes = 0, size = sizeof epoch;
  mallctl("epoch", &epoch, &size, &epoch, size);
  size = sizeof bytes;
  mallctl("stats.allocated", &bytes, &size, nullptr, 0);
  return static_cast<double>(bytes) - static_cast<double>(sqlite3_memory_used());
}

// After what is free was given back to the system.
double anonymous_memory() {
  constexpr const char* kPurgeAll = "arena.4096.purge";
  mallctl(kPurgeAll, nullptr, nullptr, nullptr, 0);
  std::ifstream file("/proc/self/status");
  for (std::string name; file >> name;) {
    double kib = 0;
    if (name == "RssAnon:" && file >> kib) return kib * 1024;
  }
  return 0;
}

void figure(const char* name, double value, const char* unit) {
  bench::figure("idle", name, value, unit);
}

RuntimeSettings settings_for(size_t customers) {
  RuntimeSettings settings;
  settings.cache_subjects_max = 2 * customers;
  settings.ids = {0, 1 << 16};
  return settings;
}

// Of one day from nine to five.
std::string time_of(size_t i, size_t customers) {
  const size_t seconds = i * 8 * 3600 / customers;
  char text[40];
  std::snprintf(text, sizeof text, "2026-03-01T%02zu:%02zu:%02zu+08:00", 9 + seconds / 3600,
                seconds / 60 % 60, seconds % 60);
  return text;
}

// A bill each, as simulate-feed has them.
void feed(Runtime& runtime, size_t customers) {
  const auto number = [](size_t i) { return std::to_string(60'000'000 + i); };
  for (size_t i = 0; i < customers; ++i) {
    must(runtime.take(ndjson_item(
        "bench", 2 * i + 1,
        event_line("customer_registered", "new-" + number(i), number(i), time_of(i, customers),
                   R"("name":"黄海燕","phone":"13664677080","class":"residential","credit":"fair",)"
                   R"("annual_kwh":2304,"manager":"S00003","feeder":"F0001")"))));
    must(runtime.take(ndjson_item(
        "bench", 2 * i + 2,
        event_line(
            "bill_issued", "bill-" + number(i), number(i), time_of(i, customers),
            R"("bill_no":"B)" + number(i) + R"(-000","amount":123.20,"due_date":"2026-03-21")"))));
  }
  // A live runtime rests about once a second.
  constexpr int kRests = 600;
  for (int i = 0; i < kRests; ++i) must(runtime.rest());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) give_up("usage: duban_bench_idle RULES [CUSTOMERS]");
  spdlog::set_level(spdlog::level::warn);
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 1);  // so that it counts what it uses
  sqlite3_initialize();                        // …and nobody can say otherwise any more
  const size_t customers = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1'000'000;
  const Folder folder("idle");
  Channels channels;
  must(channels.configure("*", "file:/dev/null"));
  const auto open = [&] {
    auto store = must(open_sqlite_store((folder / "db").string(), OpenMode::create));
    return must(Runtime::open(std::move(store), channels, settings_for(customers)));
  };
  const auto count = static_cast<double>(customers);
  {
    auto runtime = open();
    deploy(*runtime, read_rules(argv[1], {"en/collection.rules"}));
    const double before = allocated(), before_memory = anonymous_memory();
    const auto start = bench::Clock::now();
    feed(*runtime, customers);
    figure("rate", 2 * count / seconds_since(start), "ev/s");
    if (runtime->counts().cases_opened != customers) give_up("not every customer has its case");
    figure("memory", (allocated() - before) / count, "B/subject");
    figure("resident", (anonymous_memory() - before_memory) / count, "B/subject");
  }
  const auto start = bench::Clock::now();
  const double before = allocated();
  auto runtime = open();
  figure("restart", seconds_since(start), "s");
  figure("restarted", (allocated() - before) / count, "B/subject");
  return 0;
}
