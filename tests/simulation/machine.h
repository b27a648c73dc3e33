// One machine that lives through a story: the real runtime over a simulated disk, a simulated clock
// and simulated receivers. It crashes, is started again, and does what was not acknowledged once
// more.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "runtime/runtime.h"
#include "tests/simulation/bugs.h"
#include "tests/simulation/receivers.h"
#include "tests/simulation/story.h"

namespace duban::simulation {

// The machine's clock. Slow disks and receivers let it run on.
class WallClock : public Clock {
 public:
  explicit WallClock(Instant start) : now_(start), newest_(start) {}
  Instant now() const override { return now_; }
  void pass(int64_t ms) { set(Instant{now_.ms + ms}); }
  void set(Instant now) {
    now_ = now;
    newest_ = std::max(newest_, now);
  }
  Instant newest() const { return newest_; }  // it ever showed

 private:
  Instant now_, newest_;
};

// What went through the store: tasks and incidents to choose from, and what became durable.
struct Seen {
  struct Item {
    std::string id;
    bool open = true;
    bool step = false;  // an incident that holds a subject
  };
  std::vector<Item> tasks, incidents;
  uint64_t durable_effect = 0;
  std::set<Sequence> commands;  // of people, in the log
  // When held subjects were let go: by the last entry of the log before, and incident.
  struct Release {
    Key subject;
    Sequence failed = 0;  // the entry that it was held for
    bool dropped = false;
  };
  std::map<std::pair<Sequence, Digest>, Release> releases;
  // By subject, the newest time of what it was given, however far ahead of the clock; of broadcasts
  // without a subject.
  std::map<std::string, Instant> given;
  uint64_t timers = 0, notices = 0, commits = 0, recovered = 0;
  std::vector<std::string> complaints;
  std::function<void(const std::string&)> trace;  // may be empty
};

struct MachineCounts {
  uint64_t lines = 0, commands = 0, refused = 0, deployments = 0, crashes = 0, kills = 0,
           restarts = 0, retries = 0, failures = 0, resent = 0, jumps = 0;
};

class Machine {
 public:
  using Trace = std::function<void(const std::string&)>;
  struct Line {
    std::string text;
    std::string id, subject;
    Instant at;
    bool acknowledged = false;
    bool abandoned = false;  // its sender did not send it again
  };

  // `faulty`: the world is as bad as the story says; otherwise nothing goes wrong.
  Machine(const Story& story, const std::string& folder, bool faulty, Bug bug, Trace trace);
  ~Machine();

  void live();  // the whole story, and on until nothing is left to do

  const std::string& path() const { return path_; }
  const Disk& disk() const { return disk_; }
  const Receivers& receivers() const { return receivers_; }
  const Seen& seen() const { return seen_; }
  const MachineCounts& counts() const { return counts_; }
  const std::vector<Line>& lines() const { return lines_; }
  const std::vector<std::string>& complaints() const { return complaints_; }
  // By operation: how many commands had been carried out before it.
  std::vector<uint64_t> commands_before;
  // An undisturbed machine's, to tell after a crash whether a command had been carried out.
  const std::vector<uint64_t>* commands_wanted = nullptr;

 private:
  void open();
  void crash_and_open();
  void start_counting_down();
  void stop_faults();
  bool attempt(size_t index, bool is_new);
  Status do_op(size_t index, bool is_new);
  Status take(size_t index, const Line& line);
  void expect(const Line& line);
  Status command(size_t index);
  Status incident(size_t index, bool retry);
  Status drop_all();
  Status deploy(const Op& op);
  Status pass(int64_t ms);
  Status flushed(Status status);
  void finish();
  bool was_carried_out(size_t index) const;
  uint64_t faults() const;
  void complain(const std::string& what);
  void trace(const std::string& what) const;
  std::string shown(Instant at) const;

  const Story& story_;
  std::string path_;
  bool faulty_;
  Bug bug_;
  Trace trace_;
  Zone zone_;
  Random random_;
  Disk disk_;
  std::shared_ptr<WallClock> clock_;
  Receivers receivers_;
  Channels channels_;
  std::unique_ptr<Runtime> runtime_;
  Seen seen_;
  MachineCounts counts_;
  std::vector<Line> lines_;
  std::map<size_t, size_t> line_of_op_;
  std::vector<size_t> unacknowledged_, to_send_again_;
  std::map<size_t, std::string> chosen_;  // by operation: the task or incident
  size_t acknowledged_ = 0;               // operations
  size_t at_ = 0;                         // the next operation
  size_t begun_ = 0;                      // of so many it was tried at least
  bool is_troubled_ = false;              // something failed since it was last flushed
  bool was_flushed_ = false;              // in the operation at hand
  uint64_t faults_flushed_ = 0;           // that there had been when it was last flushed
  uint64_t commands_done_ = 0;            // durably, when it was last opened
  size_t crashes_left_ = 0;
  std::vector<std::string> complaints_;
};

}  // namespace duban::simulation
