// What survives: the log of inputs, the subjects they led to, and what was done.
//
// Writes are collected in a Batch and become durable together; nothing of a batch is visible
// before. One writer at a time: opening a database that another process writes is refused with a
// clear error.
//
// The log and what was done are written with their group. State (subjects, their timers, reference
// rows) is a cache of the log that is written back later (runtime/sweep.h): each row says which log
// position it reflects, and swept() up to where all of them do. What is newer is found again by
// stepping the log's tail (runtime/recovery.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/intake.h"
#include "engine/record.h"
#include "engine/state.h"
#include "engine/step.h"
#include "runtime/clock.h"
#include "runtime/log_entries.h"
#include "runtime/message.h"

namespace duban {

// A subject as it is stored.
struct StoredSubject {
  Key key;
  Sequence last = 0;  // the newest of its log entries that the state reflects
  std::string state;  // encode(Subject)
  // Only written; none: as they were.
  std::optional<std::string> attributes;    // as JSON, private ones masked
  std::optional<std::optional<Wake>> wake;  // its next timer
  std::optional<Wake> timer = {};           // …as it is, which the state's seal covers
};

struct StoredDeployment {
  Version version = 0;
  Instant at;  // when it came into force
  Sequence sequence = 0;
  std::string digest;          // of the plan
  std::string sources_digest;  // of files and parameters: equal = nothing to deploy
  CompileInput input;          // files, parameters (previous is not stored)
  std::string layout;          // encode_layout
  std::string zone_data;       // version of the time-zone data
  Version rollback_of = 0;     // 0 = not a rollback
  std::string note;
};

struct StoredIncident {
  Digest id;
  enum class Kind : uint8_t { line, event, step, concern } kind = Kind::event;
  enum class Status : uint8_t { open, retried, dropped } status = Status::open;
  Key subject;            // may be empty
  Sequence sequence = 0;  // the input it is about; 0 for a line that never became one
  Instant at;
  std::string place;  // feed:line, or rules file:line
  std::string english, chinese;
  std::string raw;     // the line as it came, so that it can be tried again
  bool holds = false;  // the subject waits for it
};

// Something that a step did, numbered in order.
struct Effect {
  uint64_t number = 0;
  Sequence sequence = 0;  // of the input that caused it
  std::shared_ptr<const Record> record;
};

// The changes of one group of inputs.
struct Batch {
  LogEntries log;
  std::vector<StoredSubject> subjects;  // written back; the last of a key counts
  std::vector<Effect> effects;
  struct Sent {
    uint64_t number = 0;     // of the effect
    bool delivered = false;  // false: given up
  };
  std::vector<Sent> sent;                      // out of their order, or not at all
  std::optional<uint64_t> sent_all;            // all others up to this number are delivered
  std::vector<StoredIncident> incidents;       // new or changed
  std::vector<std::pair<Key, Sequence>> held;  // inputs that wait for a held subject
  std::vector<Sequence> released;              // …and no longer do
  // Timers that are due and do not go off, since they failed, were dropped and could not be passed
  // over; none: no longer.
  std::vector<std::pair<Key, std::optional<Wake>>> given_up;
  std::vector<StoredDeployment> deployments;
  std::vector<ReferenceRow> references;  // written back, as they were at `swept`
  std::optional<Sequence> swept;         // all state is now stored as of here, or newer
  std::optional<Version> asking;         // whose conditions are being asked; 0 = done
  std::optional<Sequence> releasing;     // the input whose subject is being let go; 0 = done
  std::optional<Instant> clock;          // where the clock stands

  bool empty() const;
  void clear();
};

// What is to be dropped from the log (runtime/compaction.h).
struct Compaction {
  Sequence until = 0;  // and what lies behind it is looked at
  std::function<bool(const LogEntry&)> keep;
  // Gives the subjects whose entries are dropped, as they are after `until`.
  std::function<Status(const std::function<void(const StoredSubject&)>&)> bases;
};

// A task as `duban task` looks it up.
struct FoundTask {
  Digest id;
  Key subject;
  TaskRecord::Status status = TaskRecord::Status::open;
  std::string title;
};

// Something that can be explained.
struct FoundRecord {
  enum class Kind : uint8_t { task, notice, case_instance, outgoing, duplicate } kind = Kind::task;
  Digest id;
  Key subject;
  Sequence sequence = 0;  // the newest input that changed it
};

Error damaged_state(const Key& key);  // of a subject
Error ambiguous_id(const std::string& prefix);

class Store {
 public:
  virtual ~Store() = default;

  // Gives the zone, the names and the places for the columns that people read. Must outlive the
  // store, or be replaced before it goes.
  virtual void describe_with(const Plans* plans) = 0;

  virtual Status commit(const Batch& batch) = 0;  // durable when it returns ok
  // From now on what a commit may leave for later is done by a thread of the store's own, so that
  // no commit takes long for it.
  virtual void tidy_beside() {}
  virtual Log& log() = 0;
  virtual Sequence swept() const = 0;

  virtual Result<std::optional<StoredSubject>> load_subject(const Key& key) = 0;
  // The subject after the last of its entries that compaction dropped; none: all are there.
  virtual Result<std::optional<StoredSubject>> load_base(const Key& key) = 0;
  // All or nothing. Dropped events are no longer listed either.
  virtual Result<CompactionCounts> compact(const Compaction& compaction) = 0;
  virtual Status shrink() = 0;  // gives room that is no longer used back to the file system
  // In the order of keys, one entity after the other, until `visit` returns false.
  virtual Status for_each_subject(
      const std::function<bool(const Key&, std::string_view)>& visit) = 0;
  virtual Status for_each_wake(const std::function<void(const Key&, Wake)>& visit) = 0;
  virtual Status for_each_given_up(const std::function<void(const Key&, Wake)>& visit) = 0;
  // Every incident there ever was, whatever became of it.
  virtual Status for_each_incident(
      const std::function<void(StoredIncident::Kind, const Digest&)>& visit) = 0;
  virtual Status for_each_reference(const std::function<void(const ReferenceRow&)>& visit) = 0;
  virtual Status for_each_unsent(const std::function<void(OutboxItem)>& visit) = 0;
  virtual Result<std::vector<StoredDeployment>> deployments() = 0;
  virtual Result<std::vector<std::pair<Key, Sequence>>> held_inputs() = 0;
  // By the first digits of an id, at least four. None when nothing has it; an error when several
  // do.
  virtual Result<std::optional<StoredIncident>> find_incident(const std::string& id_prefix) = 0;
  virtual Result<std::optional<StoredIncident>> find_holding_incident(const Key& subject) = 0;
  virtual Result<std::optional<FoundTask>> find_task(const std::string& id_prefix) = 0;
  // Also by the whole id of an event that was a duplicate, as it came.
  virtual Result<std::optional<FoundRecord>> find_record(const std::string& id_prefix) = 0;
  virtual uint64_t last_effect() const = 0;
  virtual uint64_t sent_all() const = 0;
  virtual std::optional<Instant> clock() const = 0;
  virtual Version asking()
      const = 0;  // a deployment whose conditions were not asked to the end; 0 = none
  // The input that a subject was held for which was let go and has not caught up; 0 = none.
  virtual Sequence releasing() const = 0;
  // Whether this database was last driven by the wall clock or a virtual one; none when new.
  virtual Result<std::optional<ClockKind>> clock_kind() = 0;
  virtual Status set_clock_kind(ClockKind kind) = 0;
};

}  // namespace duban
