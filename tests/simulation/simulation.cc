#include "tests/simulation/simulation.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "runtime/sqlite_store.h"
#include "tests/simulation/verify.h"
#include "tests/simulation/vfs.h"

namespace duban::simulation {
namespace {

constexpr const char* kFolders[] = {"lived", "undisturbed", "replayed"};

void add_up(const Machine& machine, Totals& totals) {
  const Disk::Counts& disk = machine.disk().counts();
  const MachineCounts& c = machine.counts();
  const Receivers::Counts& r = machine.receivers().counts();
  totals["disk: requests"] += disk.requests;
  totals["disk: errors"] += disk.errors;
  totals["disk: full"] += disk.full;
  totals["disk: slow"] += disk.slow;
  totals["disk: sectors lost"] += disk.lost_sectors;
  totals["disk: sectors torn"] += disk.torn_sectors;
  totals["crashes"] += disk.crashes;
  totals["crashes: kills"] += c.kills;
  totals["restarts"] += c.restarts;
  totals["recovery: entries stepped again"] += machine.seen().recovered;
  totals["failed operations"] += c.failures;
  totals["failed operations: repeated at once"] += c.retries;
  totals["lines"] += c.lines;
  totals["lines: sent again"] += c.resent;
  totals["commands"] += c.commands;
  totals["commands: refused, and others"] += c.refused;
  totals["deployments"] += c.deployments;
  totals["clock jumps"] += c.jumps;
  totals["timers"] += machine.seen().timers;
  totals["notices"] += machine.seen().notices;
  totals["commits"] += machine.seen().commits;
  totals["incidents"] += machine.seen().incidents.size();
  totals["tasks"] += machine.seen().tasks.size();
  totals["receivers: taken"] += r.accepted;
  totals["receivers: taken again"] += r.repeated;
  totals["receivers: refused"] += r.refused;
  totals["receivers: timed out"] += r.timed_out;
  totals["receivers: broken connections"] += r.flush_errors;
}

void check(const Machine& machine, const Story& story, const Folder& folder,
           std::vector<std::string>& complaints) {
  check_pages(machine.path(), complaints);
  Result<std::unique_ptr<Store>> store = open_sqlite_store(machine.path(), OpenMode::read_only);
  if (!store) {
    complaints.push_back("cannot be opened: " + store.error().to_string());
    return;
  }
  check_lines(machine, **store, complaints);
  check_log(machine, **store, folder.below("replayed"), complaints);
  if (story.seed % 2 == 0) check_reference(**store, complaints);  // it takes its time
}

}  // namespace

Folder::Folder() {
  namespace fs = std::filesystem;
  const fs::path memory = "/dev/shm";
  std::error_code ignored;
  std::string name =
      ((fs::is_directory(memory, ignored) ? memory : fs::temp_directory_path()) / "duban-XXXXXX")
          .string();
  if (mkdtemp(name.data()) == nullptr) std::abort();
  path_ = name;
  for (const char* each : kFolders) {
    fs::create_directory(below(each));
    std::ofstream(below(each) + "/db").flush();
  }
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Verdict simulate(const Folder& folder, uint64_t seed, Bug bug, const Machine::Trace& trace,
                 Totals& totals) {
  seed_sqlite(seed);
  const Story story = tell(seed);
  Verdict verdict;
  std::vector<std::string>& complaints = verdict.complaints;
  const auto take_over = [&](const std::string& who, const std::vector<std::string>& found) {
    for (const std::string& complaint : found) complaints.push_back(who + complaint);
  };

  // Under a virtual clock the same story without any fault must end the same.
  std::unique_ptr<Machine> undisturbed;
  if (!story.wall) {
    undisturbed =
        std::make_unique<Machine>(story, folder.below("undisturbed"), false, Bug::none, nullptr);
    undisturbed->live();
    take_over("undisturbed: ", undisturbed->complaints());
  }
  Machine machine(story, folder.below("lived"), true, bug, trace);
  if (undisturbed) machine.commands_wanted = &undisturbed->commands_before;
  machine.live();
  take_over("", machine.complaints());
  take_over("", machine.seen().complaints);
  take_over("", machine.receivers().complaints());
  if (trace) trace("the log\n" + log_of(machine.path()));
  if (complaints.empty()) check(machine, story, folder, complaints);
  if (undisturbed && complaints.empty()) {
    const std::string logged = difference(log_of(machine.path()), log_of(undisturbed->path()));
    if (!logged.empty()) complaints.push_back("undisturbed the log is another: " + logged);
    const std::string different = difference(views(machine.path()), views(undisturbed->path()));
    if (!different.empty()) complaints.push_back("undisturbed it ends otherwise: " + different);
    const std::string got =
        difference(machine.receivers().describe(), undisturbed->receivers().describe());
    if (!got.empty()) complaints.push_back("undisturbed receivers get something else: " + got);
  }
  if (complaints.empty() && seed % 4 == 1) check_damage(machine.path(), seed, complaints);
  ++totals["seeds"];
  ++totals[story.wall ? "seeds: wall clock" : "seeds: virtual clock"];
  add_up(machine, totals);
  return verdict;
}

}  // namespace duban::simulation
