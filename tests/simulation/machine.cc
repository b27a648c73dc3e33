#include "tests/simulation/machine.h"

#include <algorithm>
#include <utility>

#include "runtime/sqlite_store.h"
#include "tests/simulation/policy.h"
#include "tests/simulation/verify.h"
#include "tests/simulation/vfs.h"
#include "tests/simulation/watch.h"

namespace duban::simulation {
namespace {

constexpr int kOpeningsMax = 40;  // to open it, before nothing fails any more

}  // namespace

Machine::Machine(const Story& story, const std::string& folder, bool faulty, Bug bug, Trace trace)
    : story_(story),
      path_(folder + "/db"),
      faulty_(faulty),
      bug_(bug),
      trace_(std::move(trace)),
      zone_(*Zone::find(story.zone)),
      random_(story.seed ^ 0x5eed),
      disk_(story.seed ^ 0xd15c),
      clock_(std::make_shared<WallClock>(story.start)),
      receivers_(story.seed, !story.wall) {
  mount(folder, &disk_);
  seen_.trace = trace_;
  channels_.attach("*", std::shared_ptr<Receiver>(&receivers_, [](Receiver*) {}));
  receivers_.is_dead = [this] { return disk_.is_dead(); };
  receivers_.durable_effect = [this] { return seen_.durable_effect; };
  if (story.wall) receivers_.takes = [this](int64_t ms) { clock_->pass(ms); };
  if (!faulty) return;
  disk_.faults = story.faults;
  disk_.faults.lies = bug == Bug::no_sync;
  crashes_left_ = story.crashes_max;
  receivers_.dies_now = [this] {
    if (crashes_left_ == 0 || random_.below(1000) >= story_.dies_in_send) return false;
    disk_.crash_now();
    return true;
  };
}

Machine::~Machine() {
  runtime_.reset();
  mount(path_.substr(0, path_.size() - 3), nullptr);
}

void Machine::complain(const std::string& what) {
  trace("COMPLAINT " + what);
  complaints_.push_back(what);
}

void Machine::trace(const std::string& what) const {
  if (trace_) trace_(what);
}

std::string Machine::shown(Instant at) const { return zone_.to_string(at); }

uint64_t Machine::faults() const {
  const Disk::Counts& c = disk_.counts();
  return c.errors + c.full + c.crashes + receivers_.counts().flush_errors;
}

void Machine::start_counting_down() {
  if (crashes_left_ == 0 || story_.crash_within == 0) return;
  disk_.crash_after(1 + random_.below(2 * story_.crash_within));
}

void Machine::open() {
  RuntimeSettings settings;
  settings.clock = story_.wall ? ClockKind::wall : ClockKind::virtual_time;
  settings.wall_clock = clock_;
  settings.overlaps = faulty_ && story_.overlaps;
  settings.threads = false;  // one order of all that happens
  if (faulty_) {
    settings.group_inputs_max = story_.group_inputs;
    settings.sweep_inputs = story_.sweep_inputs;
    settings.cache_subjects_max = story_.cache_subjects;
    settings.ready_subjects_max = (story_.cache_subjects + 1) / 2;
    // Few ids stay in memory, so that the others' runs are written and merged all the time.
    settings.ids = {story_.group_ms, 1 + story_.sweep_inputs % 7};
  }
  settings.group_ms_max = story_.group_ms;
  for (int tries = 0;; ++tries) {
    if (tries >= kOpeningsMax) stop_faults();
    const uint64_t before = faults();
    std::string why;
    if (Result<std::unique_ptr<Store>> store = open_sqlite_store(path_, OpenMode::create); store) {
      auto seen = watched(std::move(*store), seen_, story_.wall ? clock_.get() : nullptr);
      auto opened = Runtime::open(faulty_ ? spoiled(std::move(seen), bug_) : std::move(seen),
                                  channels_, settings);
      if (opened && !disk_.is_dead()) {
        runtime_ = std::move(*opened);
        return;
      }
      why = opened ? "it died" : opened.error().to_string();
    } else {
      why = store.error().to_string();
    }
    trace("  cannot be opened: " + why);
    if (faults() == before) {
      complain("cannot be opened: " + why);
      return;
    }
    receivers_.restarted();  // who sent it while it opened is gone
    if (disk_.is_dead()) {
      if (crashes_left_ > 0) --crashes_left_;
      disk_.reboot(random_.pick({Survival::all, Survival::none, Survival::some}));
      start_counting_down();
    }
    disk_.faults.bytes_max = 0;
  }
}

// What is durable decides what is done again.
void Machine::crash_and_open() {
  runtime_.reset();
  is_troubled_ = false;
  faults_flushed_ = faults();
  receivers_.restarted();
  if (disk_.is_dead()) {
    ++counts_.crashes;
    if (crashes_left_ > 0) --crashes_left_;
    const Survival survival = random_.pick({Survival::all, Survival::none, Survival::some});
    disk_.reboot(survival);
    trace("  -- crash: " + std::string(survival == Survival::all ? "what was written is there"
                                       : survival == Survival::none
                                           ? "only what was synced is there"
                                           : "some sectors are there"));
  }
  start_counting_down();
  if (story_.wall && random_.chance(30)) clock_->pass(random_.between(1, 200) * kMsPerMinute);
  open();
  if (runtime_ == nullptr) return;
  if (!story_.wall) {
    commands_done_ = seen_.commands.size();
    at_ = acknowledged_;
    // A feed may be given again from further back.
    for (int i = random_.between(0, 4); i > 0 && at_ > 0; --i) {
      if (story_.ops[at_ - 1].kind != Op::Kind::line) break;
      --at_;
    }
    unacknowledged_.clear();
    return;
  }
  for (const size_t line : unacknowledged_) {
    if (random_.chance(80)) {
      to_send_again_.push_back(line);
    } else {
      lines_[line].abandoned = true;
    }
  }
  unacknowledged_.clear();
}

// ---------------------------------------------------------------- operations

Status Machine::flushed(Status status) {
  if (!status || disk_.is_dead()) return status;
  was_flushed_ = true;
  faults_flushed_ = faults();
  for (const size_t line : unacknowledged_) lines_[line].acknowledged = true;
  unacknowledged_.clear();
  receivers_.confirm();
  return status;
}

// The wall clock: what is due goes off on the way, or when the machine wakes up.
Status Machine::pass(int64_t ms) {
  const Instant until{clock_->now().ms + ms};
  const bool asleep = random_.chance(25);
  for (int i = 0; i < 200 && !asleep; ++i) {
    const auto wake = runtime_->next_wake();
    if (!wake || wake->at > until) break;
    clock_->set(std::max(clock_->now(), wake->at));
    if (Status status = runtime_->advance(clock_->now(), true); !status) return status;
    if (Status status = flushed(runtime_->flush()); !status) return status;
  }
  clock_->set(std::max(until, clock_->now()));
  return runtime_->advance(clock_->now(), true);
}

// Its subject's timers due before it may go off with it.
void Machine::expect(const Line& line) {
  if (story_.wall && line.at.ms > clock_->now().ms + RuntimeSettings().ahead_tolerance_ms) return;
  Instant& given = seen_.given.try_emplace(line.subject, line.at).first->second;
  given = std::max(given, line.at);
}

Status Machine::take(size_t index, const Line& line) {
  if (story_.wall) {
    if (Status status = runtime_->advance(clock_->now(), true); !status) return status;
    expect(line);
  }
  Status status = runtime_->take(ndjson_item("feed", index, line.text));
  // As a live feed's are that nobody waits for.
  if (status && story_.wall && story_.overlaps && random_.chance(50))
    status = runtime_->hand_on(true);
  return status;
}

bool Machine::was_carried_out(size_t index) const {
  return commands_wanted != nullptr && commands_done_ > commands_wanted->at(index);
}

Status Machine::command(size_t index) {
  const Op& op = story_.ops[index];
  if (!story_.wall && was_carried_out(index)) return flushed(runtime_->flush());
  if (Status status = flushed(runtime_->flush()); !status) return status;
  std::string& id = chosen_[index];
  if (id.empty()) {
    std::vector<std::string> open;
    for (const Seen::Item& task : seen_.tasks) {
      if (task.open || op.pick % 8 == 0) open.push_back(task.id);
    }
    if (open.empty()) return {};
    id = open[op.pick / 8 % open.size()];
  }
  Runtime::TaskCommand command;
  command.id = id;
  command.person = op.person;
  command.kind = op.kind == Op::Kind::done       ? Runtime::TaskCommand::Kind::done
                 : op.kind == Op::Kind::reassign ? Runtime::TaskCommand::Kind::reassign
                                                 : Runtime::TaskCommand::Kind::note;
  if (op.kind == Op::Kind::done) {
    // Only calls ask for something; others refuse what they did not ask for.
    if (op.pick % 3 != 0) command.answers.emplace_back("result", op.answer);
  } else {
    command.text = "because";
  }
  Status status = runtime_->command(command);
  if (status) {
    ++counts_.commands;
    ++commands_done_;
  }
  return flushed(std::move(status));
}

Status Machine::incident(size_t index, bool retry) {
  if (Status status = flushed(runtime_->flush()); !status) return status;
  if (retry) {  // what was refused for being ahead no longer is
    for (const Line& line : lines_) expect(line);
  }
  std::string& id = chosen_[index];
  if (id.empty()) {
    std::vector<std::string> open;
    for (const Seen::Item& item : seen_.incidents) {
      if (item.open) open.push_back(item.id);
    }
    if (open.empty()) return {};
    id = open[story_.ops[index].pick % open.size()];
  }
  return flushed(retry ? runtime_->incident_retry(id) : runtime_->incident_drop(id));
}

// What fails again after it was dropped holds its subject again.
Status Machine::drop_all() {
  for (int round = 0; round < 200; ++round) {
    if (Status status = flushed(runtime_->flush()); !status) return status;
    disk_.pause(true);
    const std::string id =
        dump(path_, {{"",
                      "SELECT lower(hex(id)) AS id FROM incident WHERE status = 'open' "
                      "AND kind = 'step' ORDER BY id LIMIT 1"}});
    disk_.pause(false);
    if (!id.starts_with("id=")) return {};
    const uint64_t before = faults();
    const Status status = runtime_->incident_drop(id.substr(3, 32));
    if (!status && (faults() != before || disk_.is_dead())) return status;
    if (!status) trace("  " + status.error().to_string());
  }
  return Error{"what was dropped fails again and again", {}, {}, {}, {}};
}

Status Machine::deploy(const Op& op) {
  if (op.kind == Op::Kind::rollback) {
    const auto outcome = runtime_->rollback(static_cast<Version>(op.version), std::nullopt);
    return outcome ? flushed(runtime_->flush()) : Status(outcome.error());
  }
  CompileInput input = shop({story_.zone, op.version});
  if (runtime_->deployed()) input.previous = &runtime_->plans().current().layout;
  const Compilation compilation = compile(input);
  if (compilation.has_errors()) {
    for (const Diagnostic& d : compilation.diagnostics) complain(d.code + " " + d.english);
    return {};
  }
  const bool at = !story_.wall && (op.pick % 2 == 0 || !runtime_->deployed());
  const auto outcome =
      runtime_->deploy(input, compilation, at ? std::optional(op.at) : std::nullopt, "simulated");
  if (outcome && outcome->changed) ++counts_.deployments;
  return outcome ? flushed(runtime_->flush()) : Status(outcome.error());
}

Status Machine::do_op(size_t index, bool is_new) {
  const Op& op = story_.ops[index];
  using Kind = Op::Kind;
  switch (op.kind) {
    case Kind::line: {
      const auto known = line_of_op_.find(index);
      if (known == line_of_op_.end()) {
        const Instant base = story_.wall ? clock_->now() : op.at;
        const Instant at{base.ms - op.late_ms};
        line_of_op_[index] = lines_.size();
        lines_.push_back({op.before + zone_.to_iso8601(at) + op.after,
                          "e" + std::to_string(index + 1), op.subject, at});
        ++counts_.lines;
      }
      const size_t line = line_of_op_[index];
      unacknowledged_.push_back(line);
      return take(index, lines_[line]);
    }
    case Kind::again: {
      if (lines_.empty()) return {};
      // Only of those before it: after a crash more are known.
      size_t known = 0;
      for (const auto& [of, line] : line_of_op_) known += of < index ? 1 : 0;
      const size_t line = op.pick % std::max<size_t>(known, 1);
      unacknowledged_.push_back(line);
      return take(index, lines_[line]);
    }
    case Kind::wait: {
      if (story_.wall) return {};
      // A clock that has been there has fired what was due then. What is due before it by now came
      // to be later, and its time comes with what follows.
      const Instant now = runtime_->now();
      return op.at < now || (op.at == now && !is_new) ? Status() : runtime_->advance(op.at, false);
    }
    case Kind::jump: {
      ++counts_.jumps;
      const int64_t by = static_cast<int64_t>(op.pick % 5 == 0 ? op.pick % (2 * kMsPerDay)
                                                               : op.pick % (3 * kMsPerHour));
      clock_->set(Instant{clock_->now().ms + (op.pick % 2 == 0 ? by : -by)});
      return runtime_->advance(clock_->now(), true);
    }
    case Kind::done:
    case Kind::reassign:
    case Kind::note:
      return command(index);
    case Kind::retry:
    case Kind::drop:
      return incident(index, op.kind == Kind::retry);
    case Kind::drop_all:
      return drop_all();
    case Kind::deploy:
    case Kind::rollback:
      return deploy(op);
    case Kind::flush:
      return flushed(runtime_->flush());
    case Kind::rest:
      return flushed(runtime_->rest());
    case Kind::restart:
      // One that was broken off is over, but not what it would have settled.
      if (!faulty_ || !is_new) return flushed(runtime_->flush());
      if (Status status = flushed(runtime_->rest()); !status) return status;
      if (disk_.is_dead()) return {};
      ++counts_.restarts;
      acknowledged_ = index + 1;
      crash_and_open();
      return {};
    case Kind::kill:
      return {};
    case Kind::fill_disk:
      if (faulty_) disk_.faults.bytes_max = disk_.bytes() + op.pick % 60'000;
      return {};
  }
  return {};
}

}  // namespace duban::simulation
