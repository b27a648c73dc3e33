#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <memory>

#include "cli/database.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "cli/run_summary.h"
#include "cli/stop_signals.h"
#include "runtime/system_error.h"

namespace duban::cli {
namespace {

struct RunOptions {
  std::string rules, db, clock, until, csv_type, csv_key, language;
  std::vector<std::string> events, channels, settings;
  bool stay = false, no_test = false;
  std::optional<int> shards;
  int ids_in_memory = static_cast<int>(IdSettings().window_ms / kMsPerDay);

  bool wall() const { return clock == "wall"; }
};

// The feeds of a virtual run, opened before anything is deployed.
struct Feeds {
  struct One {
    std::unique_ptr<Feed> feed;
    double bytes = 0;
  };
  std::vector<One> all;
  double bytes = 0;   // of all
  bool known = true;  // standard input has no size
};

Result<Feeds> open_feeds(const RunOptions& options) {
  Feeds out;
  for (const std::string& path : options.events) {
    auto feed = open_feed(path, options.csv_type, options.csv_key);
    if (!feed) return feed.error();
    std::error_code code;
    const uintmax_t size = path == "-" ? 0 : std::filesystem::file_size(path, code);
    if (path == "-" || code) out.known = false;
    out.all.push_back({std::move(*feed), code ? 0 : static_cast<double>(size)});
    out.bytes += out.all.back().bytes;
  }
  return out;
}

Status run_feeds(const Session& session, Database& database, Feeds& feeds,
                 const std::optional<Instant>& until, const StopSignals& stop) {
  Progress progress(session);
  double done = 0;
  for (size_t i = 0; i < feeds.all.size() && !stop.asked(); ++i) {
    Feeds::One& one = feeds.all[i];
    const bool last = i + 1 == feeds.all.size();
    const Status status = run_virtual(
        *database.runtime, *one.feed, last ? until : std::optional<Instant>(), [&](double share) {
          const double all = feeds.bytes > 0 ? (done + share * one.bytes) / feeds.bytes : share;
          progress.show(feeds.known ? all : -1, database.runtime->lines());
          return !stop.asked();
        });
    // A signal ends the wait for a silent pipe as if it could not be read. Whether the database is
    // well is asked afterwards.
    if (!status) return stop.asked() ? Status() : status;
    done += one.bytes;
  }
  return {};
}

Status follow(const Session& session, const RunOptions& options, Database& database,
              const std::optional<Instant>& until, const StopSignals& stop) {
  for (size_t i = 0; i < options.events.size(); ++i) {
    const std::string& path = options.events[i];
    const int descriptor = stop.asked()  ? -1
                           : path == "-" ? STDIN_FILENO
                                         : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    // Also when the signal ended the wait for somebody who writes to a named pipe.
    if (descriptor < 0 && stop.asked()) {
      session.remark(session.say("stopped: `{}` was not begun", "已停止：“{}”未开始读取", path));
      continue;
    }
    if (descriptor < 0) return system_error("cannot read the feed", "无法读取事件", errno, path);
    const bool last = i + 1 == options.events.size();
    const std::string name = path == "-" ? "stdin" : path;
    const Status status =
        run_wall(*database.runtime, descriptor, name, last ? until : std::optional<Instant>(),
                 last && options.stay, &stop.pipe());
    if (path != "-") ::close(descriptor);
    if (!status) return status;
  }
  return {};
}

// Deploys `--rules` where they differ. Not `ok`: the run is off.
Result<Exit> prepare(Session& session, const RunOptions& options, const std::optional<Unit>& unit,
                     Database& database) {
  if (!unit) {
    if (database.runtime->deployed()) return Exit::ok;
    session.complain(session.say("no rules are deployed in this database", "该数据库尚未部署规则"),
                     session.say("name them with `--rules DIR`", "请用 `--rules DIR` 指定规则"));
    return Exit::failure;
  }
  Result<Deployed> deployed = deploy_rules(
      session, database, *unit, {.at = {}, .note = {}, .run_scenarios = !options.no_test});
  if (!deployed) return deployed.error();
  if (deployed->exit == Exit::ok && deployed->outcome.changed) {
    session.remark(session.say("version {0} deployed, {2} passed",
                               "已部署第 {0} 版，{1} 个场景通过", deployed->outcome.version,
                               deployed->scenarios, count_of(deployed->scenarios, "scenario")));
  }
  return deployed->exit;
}

// What could not be processed, in the reader's words and with its place: at once when following a
// live feed, else after the progress bar. Only the first ones: a broken feed may hold a million.
class Troubles {
 public:
  Troubles(const Session& session, bool at_once) : session_(session), at_once_(at_once) {}

  void add(const StoredIncident& incident) {
    serious_ = serious_ || incident.kind != StoredIncident::Kind::concern;
    if (++count_ > kShownMax) return;
    std::string line = incident.place.empty() ? incident.subject.key : incident.place;
    line += ": " + (session_.chinese() ? incident.chinese : incident.english);
    if (incident.holds) {
      line += session_.say("; `{}` is held until it is settled", "；对象“{}”已暂停，待处理",
                           incident.subject.key);
    }
    if (at_once_) return session_.remark(line);
    lines_.push_back(std::move(line));
  }

  void tell(const std::string& db) const {
    for (const std::string& line : lines_) session_.remark(line);
    if (count_ == 0) return;
    session_.remark(session_.say("{1}: see `duban list incidents --db {2}`",
                                 "有 {0} 个异常，见 `duban list incidents --db {2}`", count_,
                                 count_of(count_, "incident"), db));
  }

  // A line that was refused or a subject that is held; not a mere warning.
  bool serious() const { return serious_; }

 private:
  static constexpr uint64_t kShownMax = 20;
  const Session& session_;
  bool at_once_;
  bool serious_ = false;
  uint64_t count_ = 0;
  std::vector<std::string> lines_;
};

void report(Session& session, const Database& database, double seconds, bool stopped) {
  const RunCounts counts = database.runtime->counts();
  session.out.write(session.format == Format::json ? to_json(counts, seconds, stopped)
                                                   : to_text(session, counts, seconds));
}

// Where nothing is a CSV, or a CSV cannot be read, what was said of one must not go unheard.
std::optional<Exit> check_csv(const Session& session, const RunOptions& options) {
  const auto csv =
      std::find_if(options.events.begin(), options.events.end(),
                   [&](const std::string& path) { return is_csv(path, options.csv_type); });
  if (csv == options.events.end() && (!options.csv_type.empty() || !options.csv_key.empty())) {
    return session.misused(
        session.say("--csv-type and --csv-key are about a CSV, and no feed is one",
                    "--csv-type 和 --csv-key 只用于 CSV，而所给的都不是 CSV"));
  }
  if (csv != options.events.end() && options.wall()) {
    return session.misused(session.say("`{}` is a CSV, which cannot be followed by the wall clock",
                                       "“{}”是 CSV，不能按实际时间处理", *csv),
                           session.say("give its rows as NDJSON, one event a line",
                                       "请将各行改为 NDJSON，每行一个事件"));
  }
  return std::nullopt;
}

Exit run(Session& session, const RunOptions& options) {
  if (auto pairs = split_pairs(session, options.settings); !pairs) {
    return session.misused(pairs.error().message);
  }
  if (options.ids_in_memory < 0) {
    return session.misused(session.say("--ids-in-memory is a number of days, 0 or more",
                                       "--ids-in-memory 是天数，不小于 0"));
  }
  if (options.stay && !options.wall()) {
    return session.misused(
        session.say("--stay needs `--clock wall`", "--stay 须与 `--clock wall` 同用"));
  }
  if (std::optional<Exit> misused = check_shards(session, options.shards)) return *misused;
  if (std::optional<Exit> misused = check_csv(session, options)) return *misused;
  Feeds feeds;
  if (!options.wall()) {
    Result<Feeds> opened = open_feeds(options);
    if (!opened) return session.fail(opened.error());
    feeds = std::move(*opened);
  }
  std::optional<Unit> unit;
  if (!options.rules.empty()) {
    Result<Unit> loaded =
        load_for_deployment(session, options.rules, options.language, options.settings);
    if (!loaded) return session.fail(loaded.error());
    unit = std::move(*loaded);
  }
  Troubles troubles(session, options.wall());
  DatabaseOptions database_options;
  database_options.path = options.db;
  database_options.mode = options.rules.empty() ? OpenMode::write : OpenMode::create;
  database_options.clock = options.wall() ? ClockKind::wall : ClockKind::virtual_time;
  database_options.channels = options.channels;
  database_options.sends = true;
  database_options.rules = unit ? &unit->input : nullptr;
  database_options.shards = options.shards;
  database_options.ids.window_ms = options.ids_in_memory * kMsPerDay;
  database_options.on_incident = [&](const StoredIncident& incident) { troubles.add(incident); };
  Result<Database> database = open_database(session, database_options);
  if (!database) return session.fail(database.error());
  Result<Exit> prepared = prepare(session, options, unit, *database);
  if (!prepared) return session.fail(prepared.error());
  if (*prepared != Exit::ok) return *prepared;
  std::optional<Instant> until;
  if (!options.until.empty()) {
    Result<Instant> read = read_time(session, *database, options.until);
    if (!read) return session.misused(read.error().message, read.error().hint);
    until = *read;
  }

  const auto start = std::chrono::steady_clock::now();
  const StopSignals stop;
  Status status = stop.ok();
  if (status) {
    status = options.wall() ? follow(session, options, *database, until, stop)
                            : run_feeds(session, *database, feeds, until, stop);
  }
  if (const Status flushed = database->runtime->rest(); status.ok()) status = flushed;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  // Asking it to stop is how a live feed ends: nothing was interrupted.
  const bool stopped = stop.asked() && !options.wall();
  report(session, *database, took.count(), stopped);
  troubles.tell(options.db);
  if (!status) return session.fail(status.error());
  if (stopped) {
    session.remark(session.say(
        "stopped; everything so far is kept. Run the same command again to go on from here.",
        "已停止，此前的处理均已保存。再次运行同一命令即可继续。"));
    return Exit::interrupted;
  }
  return troubles.serious() ? Exit::findings : Exit::ok;
}

void add_options(CLI::App& command, Session& session, RunOptions& options) {
  add_text(command, "--rules", "RULES", options.rules,
           session.say("deploy these first, if they differ", "先部署这些规则（如有变化）"));
  add_database(command, session, options.db);
  add_texts(command, "--events", "FILE|-", options.events,
            session.say("NDJSON, also gzip'd, or CSV; - is standard input; may be repeated",
                        "NDJSON（可为 gzip）或 CSV；- 为标准输入；可多次给出"))
      ->required();
  CLI::Option* clock = add_text(command, "--clock", "virtual|wall", options.clock,
                                session.say("time from the events (default), or from this machine",
                                            "时间取自事件（默认），或取自本机"));
  only(clock, session, {"virtual", "wall"});
  add_text(command, "--until", "DATETIME", options.until,
           session.say("let time run on to here", "时间推进到此刻为止"));
  add_switch(command, "--stay", options.stay,
             session.say("keep going after the end of the feed, for its timers",
                         "事件读完后继续运行，等待定时"));
  add_channels(command, session, options.channels);
  add_text(command, "--csv-type", "TYPE", options.csv_type,
           session.say("the event or reference that CSV rows are; every feed is then a CSV but "
                       "those named .ndjson, .jsonl or .json",
                       "CSV 各行是何种事件或参照；此时除名称以 .ndjson、.jsonl、.json "
                       "结尾的以外均视为 CSV"));
  add_text(command, "--csv-key", "COLUMN", options.csv_key,
           session.say("the CSV column with the subject's key", "CSV 中作为主键的列"));
  command
      .add_option(
          "--ids-in-memory", options.ids_in_memory,
          session.say("days whose event ids stay in memory; older ones are looked up in the "
                      "database (default 35)",
                      "在内存中保留多少天的事件编号；更早的到数据库中查找（默认 35）"))
      ->type_name("DAYS");
  add_shards(command, session, options.shards);
  add_switch(command, "--no-test", options.no_test,
             session.say("deploy without running the scenarios", "部署时不运行场景"));
  add_parameters(command, session, options.settings);
  add_languages(command, session, options.language);
  add_format(command, session);
}

}  // namespace

void add_run(CLI::App& app, Session& session) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* command = add_command(app, session, "run", "Process feeds of events.", "处理事件。");
  add_options(*command, session, *options);
  add_examples(
      *command, session,
      {{"run --rules rules/ --db work.db --events 2026-03.ndjson.gz",
        "a whole feed; running it again changes nothing", "处理整批事件；重复运行不会重复处理"},
       {"run --db work.db --events bills.csv --csv-type bill_issued --csv-key account_no",
        "a CSV file, every row an event", "处理 CSV 文件，每行一个事件"},
       {"run --db work.db --events march.ndjson --until 2026-04-30 --channel sms=file:sms.ndjson",
        "time runs on after the last event; messages go to a file",
        "最后一个事件之后时间继续推进；短信写入文件"},
       {"run --db work.db --clock wall --events - < live.pipe", "live, in real time", "实时处理"}});
  command->callback([&session, options] {
    session.action = [&session, options] { return run(session, *options); };
  });
}

}  // namespace duban::cli
