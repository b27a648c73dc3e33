// A feed through its policies into a fresh database, durably (WAL, synchronous=FULL); then a
// restart, and lone events that are each acknowledged.
//
//   duban_bench [--cache N] [--ready N] [--shards N] [--group N] [--memory 1] NAME RULES FEED
//               [POLICY…]
//
// POLICY: files in the folder RULES; otherwise all of it. FEED: `-` is standard input, without lone
// events. --cache, --ready: how many subjects are in memory, and how many of them unpacked.
// --shards: of the database (1), each with a thread of its own; no lone events with several.
// --group: so many inputs at most are committed together.
// --memory 1: nothing of the feed is stored; parsed, stepped and told apart it is all the same.
//
// Prints `F NAME.figure value unit`, one figure a line.
#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "bench/bench.h"
#include "bench/memory_store.h"
#include "runtime/shard_files.h"
#include "runtime/sharded_runtime.h"

namespace {

using namespace duban;
using namespace duban::bench;

constexpr size_t kLoneEvents = 2000;

double written_bytes() {
  std::ifstream file("/proc/self/io");
  std::string name;
  double value = 0;
  while (file >> name >> value) {
    if (name == "write_bytes:") return value;
  }
  return 0;
}

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

RuntimeSettings settings;

uint32_t shards = 1;
bool in_memory = false;

std::unique_ptr<ShardedRuntime> open_runtime(const fs::path& db, Channels& channels) {
  auto stores = must(open_shards(db.string(), OpenMode::create, shards));
  if (in_memory) {
    for (auto& store : stores) store = std::make_unique<MemoryStore>(std::move(store));
    settings.sweep_inputs = settings.cache_subjects_max = settings.ready_subjects_max =
        SIZE_MAX / 4;
  }
  return must(ShardedRuntime::open(std::move(stores), channels, settings));
}

std::string name_of_run;
void figure(const char* name, double value, const char* unit) {
  bench::figure(name_of_run, name, value, unit);
}

void run_feed(ShardedRuntime& runtime, const std::string& feed_path) {
  const auto start = bench::Clock::now();
  const double processor = processor_seconds();
  auto feed = must(open_feed(feed_path));
  must(run_virtual(runtime, *feed, std::nullopt, [](double) { return true; }));
  const double seconds = seconds_since(start);
  const RunCounts counts = runtime.counts();
  const auto events = static_cast<double>(counts.events);
  const auto timers = static_cast<double>(counts.timers);
  figure("rate", events / seconds, "ev/s");
  figure("processor", 1e6 * (processor_seconds() - processor) / events, "us/event");
  figure("events", events, "events");
  figure("timers", timers, "timers");
  figure("tasks", static_cast<double>(counts.tasks_opened), "tasks");
  figure("notices", static_cast<double>(counts.notices_queued), "notices");
  figure("groups", static_cast<double>(counts.groups), "groups");
  figure("written", written_bytes() / events, "B/event");
}

// The feed's first events again under new ids, each durable before the next comes.
void run_lone(Runtime& runtime, const std::string& feed_path) {
  auto feed = must(open_feed(feed_path));
  std::vector<double> took;
  FeedItem item;
  while (took.size() < kLoneEvents && must(feed->next(item))) {
    auto* raw = std::get_if<RawEvent>(&item.event);
    if (raw == nullptr) continue;
    raw->id = "lone-" + std::to_string(took.size());
    const auto start = bench::Clock::now();
    must(runtime.take(item));
    must(runtime.flush());
    took.push_back(1e3 * seconds_since(start));
  }
  figure("lone.p50", percentile(took, 50), "ms");
  figure("lone.p99", percentile(took, 99), "ms");
}

double log_bytes(const fs::path& db) {
  double bytes = 0;
  for (const std::string& path : must(shard_paths(db.string()))) {
    SQLite::Database database(path, SQLite::OPEN_READONLY);
    bytes += database.execAndGet("SELECT sum(length(ids) + length(frame) + length(chain)) FROM log")
                 .getDouble();
  }
  return bytes;
}

}  // namespace

int main(int argc, char** argv) {
  for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2) {
    const std::string_view option = argv[1];
    const size_t value = std::strtoul(argv[2], nullptr, 10);
    if (option == "--cache") settings.cache_subjects_max = value;
    if (option == "--ready") settings.ready_subjects_max = value;
    if (option == "--shards") shards = static_cast<uint32_t>(value);
    if (option == "--memory") in_memory = value != 0;
    if (option == "--group") settings.group_inputs_max = value;
  }
  if (argc < 4 || shards < 1 || shards > kShardsMax)
    give_up(
        "usage: duban_bench [--cache N] [--ready N] [--shards N] [--group N] [--memory 1] "
        "NAME RULES FEED [POLICY…]");
  spdlog::set_level(spdlog::level::warn);
  name_of_run = argv[1];
  const std::string feed = argv[3];
  if (feed != "-" && !fs::exists(feed)) give_up("no feed at " + feed);
  const Folder folder("bench");
  const fs::path db = folder / "bench.db";
  Channels channels;
  double events = 0;
  {
    auto runtime = open_runtime(db, channels);
    deploy(*runtime, read_rules(argv[2], {argv + 4, argv + argc}));
    run_feed(*runtime, feed);
    events = static_cast<double>(runtime->counts().events);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    figure("memory", static_cast<double>(usage.ru_maxrss) / 1024, "MiB");
  }
  if (in_memory) return 0;
  double bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder.path()))
    bytes += static_cast<double>(entry.file_size());
  figure("database", bytes / events, "B/event");
  figure("log", log_bytes(db) / events, "B/event");
  const auto start = bench::Clock::now();
  auto runtime = open_runtime(db, channels);
  figure("restart", seconds_since(start), "s");
  if (feed != "-" && shards == 1 && std::getenv("DUBAN_BENCH_FEED_ONLY") == nullptr)
    run_lone(runtime->shard(0), feed);
  return 0;
}
