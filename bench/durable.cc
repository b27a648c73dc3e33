// A feed through its policies into a fresh database, durably (WAL, synchronous=FULL), by one
// thread; then a restart, and lone events that are each acknowledged.
//
//   duban_bench [--cache N] [--ready N] NAME RULES FEED [POLICY…]
//
// POLICY: files in the folder RULES; otherwise all of it. FEED: `-` is standard input, without lone
// events. --cache, --ready: how many subjects are in memory, and how many of them unpacked.
//
// Prints `F NAME.figure value unit`, one figure a line.
#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/runtime.h"
#include "runtime/sqlite_store.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr size_t kLoneEvents = 2000;

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "duban_bench: %s\n", message.c_str());
  std::_Exit(1);
}

template <typename T>
T must(duban::Result<T> result) {
  if (!result) give_up(result.error().to_string());
  return std::move(*result);
}

void must(const duban::Status& status) {
  if (!status) give_up(status.error().to_string());
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// The policies, and every vocabulary and calendar of the folder; paths as seen from it.
duban::CompileInput read_rules(const fs::path& folder, const std::vector<std::string>& policies) {
  duban::CompileInput input;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    const bool is_rules = entry.path().extension() == ".rules";
    if (!is_rules && entry.path().extension() != ".csv") continue;
    const bool wanted = policies.empty() || !is_rules || entry.path().parent_path() == folder ||
                        std::find(policies.begin(), policies.end(), name) != policies.end();
    if (!wanted) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    input.files.push_back({name, text.str()});
  }
  std::sort(input.files.begin(), input.files.end());
  return input;
}

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

duban::RuntimeSettings settings;

std::unique_ptr<duban::Runtime> open_runtime(const fs::path& db, duban::Channels& channels) {
  auto store = must(duban::open_sqlite_store(db.string(), duban::OpenMode::create));
  return must(duban::Runtime::open(std::move(store), channels, settings));
}

std::string name_of_run;
void figure(const char* name, double value, const char* unit) {
  std::printf("F %s.%s %.3f %s\n", name_of_run.c_str(), name, value, unit);
}

void run_feed(duban::Runtime& runtime, const std::string& feed_path) {
  const auto start = Clock::now();
  const double processor = processor_seconds();
  auto feed = must(duban::open_feed(feed_path));
  must(duban::run_virtual(runtime, *feed, std::nullopt, [](double) { return true; }));
  const double seconds = seconds_since(start);
  const auto events = static_cast<double>(runtime.counts().events);
  const auto timers = static_cast<double>(runtime.counts().timers);
  figure("rate", events / seconds, "ev/s");
  figure("processor", 1e6 * (processor_seconds() - processor) / events, "us/event");
  figure("events", events, "events");
  figure("timers", timers, "timers");
  figure("tasks", static_cast<double>(runtime.counts().tasks_opened), "tasks");
  figure("notices", static_cast<double>(runtime.counts().notices_queued), "notices");
  figure("groups", static_cast<double>(runtime.counts().groups), "groups");
  figure("written", written_bytes() / events, "B/event");
}

// The feed's first events again under new ids, each durable before the next comes.
void run_lone(duban::Runtime& runtime, const std::string& feed_path) {
  auto feed = must(duban::open_feed(feed_path));
  std::vector<double> took;
  duban::FeedItem item;
  while (took.size() < kLoneEvents && must(feed->next(item))) {
    auto* raw = std::get_if<duban::RawEvent>(&item.event);
    if (raw == nullptr) continue;
    raw->id = "lone-" + std::to_string(took.size());
    const auto start = Clock::now();
    must(runtime.take(item));
    must(runtime.flush());
    took.push_back(1e3 * seconds_since(start));
  }
  std::sort(took.begin(), took.end());
  figure("lone.p50", took[took.size() / 2], "ms");
  figure("lone.p99", took[took.size() * 99 / 100], "ms");
}

double log_bytes(const fs::path& db) {
  SQLite::Database database(db.string(), SQLite::OPEN_READONLY);
  return database.execAndGet("SELECT sum(length(ids) + length(frame) + length(chain)) FROM log")
      .getDouble();
}

}  // namespace

int main(int argc, char** argv) {
  for (; argc > 2 && argv[1][0] == '-'; argc -= 2, argv += 2) {
    const bool cache = std::string_view(argv[1]) == "--cache";
    (cache ? settings.cache_subjects_max : settings.ready_subjects_max) =
        std::strtoul(argv[2], nullptr, 10);
  }
  if (argc < 4) give_up("usage: duban_bench [--cache N] [--ready N] NAME RULES FEED [POLICY…]");
  spdlog::set_level(spdlog::level::warn);
  name_of_run = argv[1];
  const std::string feed = argv[3];
  if (feed != "-" && !fs::exists(feed)) give_up("no feed at " + feed);
  const fs::path folder = fs::temp_directory_path() / ("duban-bench-" + std::to_string(getpid()));
  fs::create_directories(folder);
  const fs::path db = folder / "bench.db";
  duban::Channels channels;
  double events = 0;
  {
    auto runtime = open_runtime(db, channels);
    const duban::CompileInput input = read_rules(argv[2], {argv + 4, argv + argc});
    const duban::Compilation compilation = duban::compile(input);
    if (compilation.plan == nullptr) give_up("the policies do not compile");
    must(runtime->deploy(input, compilation, std::nullopt, ""));
    run_feed(*runtime, feed);
    events = static_cast<double>(runtime->counts().events);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    figure("memory", static_cast<double>(usage.ru_maxrss) / 1024, "MiB");
  }
  double bytes = 0;
  for (const auto& entry : fs::directory_iterator(folder))
    bytes += static_cast<double>(entry.file_size());
  figure("database", bytes / events, "B/event");
  figure("log", log_bytes(db) / events, "B/event");
  const auto start = Clock::now();
  auto runtime = open_runtime(db, channels);
  figure("restart", seconds_since(start), "s");
  if (feed != "-" && std::getenv("DUBAN_BENCH_FEED_ONLY") == nullptr) run_lone(*runtime, feed);
  runtime.reset();
  fs::remove_all(folder);
  return 0;
}
