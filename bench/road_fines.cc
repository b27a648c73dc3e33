// The road-fines run, durable: every event of a real collection process through its policy into a
// fresh database, group by group. Each run is a process of its own, so that its peak memory is its
// own.
//
//   duban_bench [FEED.ndjson.gz [RUNS]]
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "runtime/runtime.h"
#include "runtime/sqlite_store.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr const char* kDefaultFeed = "../shared/data/road-fines.ndjson.gz";

struct Figures {
  double seconds = 0;
  double cpu_seconds = 0;
  double events = 0;
  double timers = 0;
  double groups = 0;
  double written_bytes = 0;  // by the process, to the disk
  double database_bytes = 0;
  double peak_memory_bytes = 0;
  double restart_seconds = 0;
};

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

duban::CompileInput read_rules(const fs::path& folder) {
  duban::CompileInput input;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() != ".rules" && entry.path().extension() != ".csv") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    input.files.push_back({entry.path().filename().string(), text.str()});
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

std::unique_ptr<duban::Runtime> open_runtime(const fs::path& db, duban::Channels& channels) {
  auto store = must(duban::open_sqlite_store(db.string(), duban::OpenMode::create));
  return must(duban::Runtime::open(std::move(store), channels, {}));
}

Figures run_once(const fs::path& db, const std::string& feed_path) {
  spdlog::set_level(spdlog::level::warn);
  Figures out;
  const auto start = Clock::now();
  duban::Channels channels;
  auto runtime = open_runtime(db, channels);
  const duban::CompileInput input = read_rules(DUBAN_SOURCE_DIR "/examples/road-fines");
  const duban::Compilation compilation = duban::compile(input);
  if (compilation.plan == nullptr) give_up("the road-fines policy does not compile");
  must(runtime->deploy(input, compilation, std::nullopt, ""));
  auto feed = must(duban::open_feed(feed_path));
  must(duban::run_virtual(*runtime, *feed, std::nullopt, [](double) { return true; }));
  must(runtime->flush());
  out.seconds = seconds_since(start);
  out.events = static_cast<double>(runtime->counts().events);
  out.timers = static_cast<double>(runtime->counts().timers);
  out.groups = static_cast<double>(runtime->counts().groups);
  runtime.reset();
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  out.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  out.peak_memory_bytes = static_cast<double>(usage.ru_maxrss) * 1024;
  out.written_bytes = written_bytes();
  return out;
}

Figures restart_once(const fs::path& db) {
  spdlog::set_level(spdlog::level::warn);
  Figures out;
  const auto start = Clock::now();
  duban::Channels channels;
  const auto runtime = open_runtime(db, channels);
  out.restart_seconds = seconds_since(start);
  return out;
}

// Runs `work` in a process of its own and brings its figures back.
Figures in_child(const std::function<Figures()>& work) {
  int ends[2];
  if (pipe(ends) != 0) give_up("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    const Figures figures = work();
    if (write(ends[1], &figures, sizeof figures) != static_cast<ssize_t>(sizeof figures))
      std::_Exit(1);
    std::_Exit(0);
  }
  close(ends[1]);
  Figures figures;
  const ssize_t got = read(ends[0], &figures, sizeof figures);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (status != 0 || got != static_cast<ssize_t>(sizeof figures)) give_up("a run failed");
  return figures;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const std::string feed = argc > 1 ? argv[1] : kDefaultFeed;
  const int runs = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  if (!fs::exists(feed))
    give_up("no feed at " + feed + ": name the road-fines log as the first argument");

  std::vector<Figures> all;
  for (int i = 0; i < runs; ++i) {
    const fs::path folder = fs::temp_directory_path() / ("duban-bench-" + std::to_string(getpid()));
    fs::create_directories(folder);
    const fs::path db = folder / "fines.db";
    Figures figures = in_child([&] { return run_once(db, feed); });
    for (const auto& entry : fs::directory_iterator(folder)) {
      figures.database_bytes += static_cast<double>(entry.file_size());
    }
    figures.restart_seconds = in_child([&] { return restart_once(db); }).restart_seconds;
    fs::remove_all(folder);
    std::fprintf(stderr, "run %d of %d: %.1f s\n", i + 1, runs, figures.seconds);
    all.push_back(figures);
  }
  const auto row = [&](const char* name, const char* unit,
                       const std::function<double(const Figures&)>& of) {
    std::vector<double> values;
    for (const Figures& figures : all) values.push_back(of(figures));
    std::printf("%-28s %12.1f %-9s [%.1f – %.1f]\n", name, median(values), unit,
                *std::min_element(values.begin(), values.end()),
                *std::max_element(values.begin(), values.end()));
  };
  std::printf(
      "road fines, durable (WAL, synchronous=FULL), one thread; median of %d [lowest – highest]\n",
      runs);
  row("events", "", [](const Figures& f) { return f.events; });
  row("timers fired", "", [](const Figures& f) { return f.timers; });
  row("groups committed", "", [](const Figures& f) { return f.groups; });
  row("wall time", "s", [](const Figures& f) { return f.seconds; });
  row("processor time", "s", [](const Figures& f) { return f.cpu_seconds; });
  row("events per second", "1/s", [](const Figures& f) { return f.events / f.seconds; });
  row("events and timers per second", "1/s",
      [](const Figures& f) { return (f.events + f.timers) / f.seconds; });
  row("database per event", "bytes", [](const Figures& f) { return f.database_bytes / f.events; });
  row("written per event", "bytes", [](const Figures& f) { return f.written_bytes / f.events; });
  row("peak memory", "MB", [](const Figures& f) { return f.peak_memory_bytes / 1e6; });
  row("restart", "ms", [](const Figures& f) { return f.restart_seconds * 1000; });
  return 0;
}
