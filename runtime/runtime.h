// The deterministic state machine over its log: takes inputs in, steps subjects, commits in groups,
// fires timers, fills and empties the outbox.
//
// One thread owns a Runtime. Everything outside is behind Store, Feed, Channel and Clock.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "runtime/channel.h"
#include "runtime/clock.h"
#include "runtime/feed.h"
#include "runtime/shard.h"
#include "runtime/store.h"
#include "runtime/wake_pipe.h"

namespace duban {

struct RuntimeSettings {
  // Told of each new incident as it happens; it is durable once its group is. May be empty.
  std::function<void(const StoredIncident&)> on_incident;
  ClockKind clock = ClockKind::virtual_time;
  std::shared_ptr<const Clock> wall_clock;  // null: the machine's
  StepSettings step;
  // Wall clock: what is to be sent is; otherwise it waits in the store for one that sends. Under a
  // virtual clock it always is, for receipts belong to the instant of their notice.
  bool sends = true;
  int64_t ahead_tolerance_ms = 15 * kMsPerMinute;  // wall clock: events further ahead are refused
  size_t group_inputs_max = 2000;                  // a group closes after so many inputs…
  int64_t group_ms_max = 20;  // …or (wall clock) milliseconds, or when the feed has nothing more
  uint32_t attempts_max = 3;  // virtual clock: at once, one after the other
  uint32_t wall_attempts_max = 10;  // wall clock: after 1 s, 2 s, 4 s…
  IdSettings ids;
  // Subjects in memory, beside those that changed lately; the others are in the database.
  size_t cache_subjects_max = 500'000;
  size_t ready_subjects_max = 250'000;  // …of which so many are not packed
  bool overlaps = true;                 // a group is committed while the next is filled
  // Groups are committed and files read on threads of their own. Without them a group is committed
  // when somebody must wait for it, as late as can be: all has one order then.
  bool threads = true;
  bool uses_threads() const { return overlaps && threads; }
  bool indexes_attributes = true;  // by which broadcasts say whom they reach
  size_t sweep_inputs = 500'000;   // state is stored at most about twice so many inputs later
  Shard shard;                     // inputs of other shards' subjects do nothing here
};

struct RunCounts {
  uint64_t lines = 0, events = 0, duplicates = 0, rejected = 0, held = 0;
  uint64_t timers = 0, references = 0, groups = 0;
  uint64_t asked = 0;  // subjects, whether a broadcast reaches them
  uint64_t cases_opened = 0, cases_closed = 0;
  uint64_t tasks_opened = 0, tasks_done = 0, escalations = 0;
  uint64_t notices_queued = 0, notices_waiting = 0, notices_other = 0;
  uint64_t outgoing = 0, blocked = 0, incidents = 0, sent = 0;
};

struct DeployOutcome {
  Version version = 0;
  bool changed = false;  // false: what is deployed already says the same
  std::string digest;
};

class Runtime {
 public:
  // Opens (or creates) the database, compiles the versions that are needed, loads timers, ids and
  // references, and sends what the outbox still holds. `channels` must outlive the runtime.
  static Result<std::unique_ptr<Runtime>> open(std::unique_ptr<Store> store, Channels& channels,
                                               RuntimeSettings settings);
  ~Runtime();

  // Logs a deployment and asks every subject the new version's conditions. `at`: none = the clock's
  // now.
  Result<DeployOutcome> deploy(const CompileInput& input, const Compilation& compilation,
                               std::optional<Instant> at, std::string note);
  // A deployment of an earlier version's sources.
  Result<DeployOutcome> rollback(Version to, std::optional<Instant> at);
  // What another shard of this database has deployed, as the next version here too.
  Status follow(const StoredDeployment& deployment);
  bool deployed() const;
  const Plans& plans() const;
  const std::vector<StoredDeployment>& deployments() const;

  // What expect() found out about an item: what tells it from others, and where its subject lies in
  // memory, most likely.
  struct Hint {
    Digest id;  // digest_of() an event; zero: not known
    bool known = false;
    uint32_t hash = 0;
    uint32_t slot = UINT32_MAX;
  };
  // Takes one item of a feed in; it is durable once its group is: see flush(). Never fails for bad
  // input: that becomes an incident.
  Status take(const FeedItem& item, const Hint& hint);
  Status take(const FeedItem& item) { return take(item, Hint()); }
  // An item that is to be taken soon may be announced: expect(), then, each some items later,
  // expect_row() and expect_state(). What they fetch then is there in time; they change nothing.
  Hint expect(const FeedItem& item) const;
  void expect_row(Hint& hint) const;
  void expect_state(const Hint& hint, size_t depth) const;  // 0, then 1, … (SubjectRow::prefetch)
  // Other shards' items of the feed have brought the virtual clock here: before the next item, or
  // before the feed ends.
  Status feed_reached(Instant instant);
  // Ends a feed under the virtual clock: steps the timers up to `until`, or else those due at the
  // very instant of its last event. Does nothing when the clock had gone further before, so that a
  // feed may be given again after a crash in the middle of the next one.
  Status end_feed(std::optional<Instant> until);
  // Steps every timer due before `instant` (and at it, when `inclusive`), in order of time.
  Status advance(Instant instant, bool inclusive);
  // The same up to and at `instant`, but at most so many of them; false: no more are due. Between
  // two calls events may be taken: those of a subject still find its own timers stepped.
  Result<bool> advance_some(Instant instant, size_t timers_max);
  // Makes everything so far durable, then hands the outbox to its channels and takes receipts in.
  Status flush();
  // For a live feed, which nobody waits for: unless a group is on its way to the disk, what was
  // taken since becomes the next one, and what is durable goes out. `beside`: there is more to do
  // meanwhile, so the group is committed on a thread of its own; otherwise this flushes.
  Status hand_on(bool beside);
  Status deliver();            // what is durable goes out; nothing more becomes a group
  bool is_committing() const;  // a group is on its way
  size_t collected() const;    // inputs that are of no group yet
  // Called, by that thread, when a group no longer is, so that the next may be handed on; it must
  // not call the runtime. Empty: nobody wants to know.
  void when_committed(std::function<void()> told);
  // Flushes and stores all state that is not yet, so that the next opening has nothing to recover.
  Status rest();
  // The same for about so many subjects: true, there are more.
  Result<bool> rest_some(size_t subjects);

  // Commands of people. `id` is a prefix of the task's or incident's id, at least four digits.
  struct TaskCommand {
    enum class Kind : uint8_t { done, reassign, note } kind = Kind::done;
    std::string id;
    std::vector<std::pair<std::string, std::string>> answers;  // field=value
    std::string person;                                        // key; may be empty
    std::string text;
    std::optional<Instant> at;
  };
  Status command(const TaskCommand& command);
  Status incident_retry(const std::string& id);
  Status incident_drop(const std::string& id);
  Result<std::optional<FoundTask>> find_task(const std::string& id);
  Result<std::optional<StoredIncident>> find_incident(const std::string& id);

  ClockKind clock_kind() const;
  bool reads_ahead() const;  // it may be given items that a thread has read
  Instant now() const;
  std::optional<Instant> next_retry()
      const;  // when something that could not be sent is tried again
  std::optional<Wake> next_wake() const;
  const RunCounts& counts() const;

 private:
  struct Impl;
  explicit Runtime(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

Error nothing_deployed();  // no item can be taken yet

// Drives a runtime with a whole feed under a virtual clock: every event in order, the timers due
// before it first, then those up to `until` (none: up to the last event). `progress` is told the
// share of the feed's bytes read, 0..1, now and then; returning false stops cleanly after the group
// at hand.
Status run_virtual(Runtime& runtime, Feed& feed, std::optional<Instant> until,
                   const std::function<bool(double)>& progress);

// Follows a live feed on a file descriptor under the wall clock until end of input (unless `stay`),
// `until`, or `stop`, which may be null, is woken; fires timers as real time passes.
Status run_wall(Runtime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay, const WakePipe* stop = nullptr);

}  // namespace duban
