// What survives: the log of inputs, the subjects they led to, and what was done.
//
// Writes are collected in a Batch and become durable together; nothing of a batch is visible
// before. One writer at a time: opening a database that another process writes is refused with a
// clear error. State is a cache of the log behind this interface, so that it can be written back
// lazily later.
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

namespace duban {

using Sequence = uint64_t;  // position in the log, from 1

struct LogEntry {
  // waiting: an input of a held subject, or the one that it is held for. Nothing came of it yet;
  // when it is stepped after all it is logged again, as `input`, in its new place. So the entries
  // that are `input` are exactly what was stepped, in order.
  enum class Kind : uint8_t { input, reference, deployment, broadcast, waiting };
  Kind kind = Kind::input;
  Sequence sequence = 0;
  Sequence previous = 0;  // the subject's entry before this one; 0 = none
  Digest id;              // of (source, id): what duplicates are recognised by; zero = has none
  Key subject;            // empty key for reference rows, deployments and broadcasts
  Instant time;
  std::string payload;           // encode(Input), encode(ReferenceRow), a deployment's version…
  std::string type;              // for people: the event's type, `timer`, `answer`…
  std::string source, event_id;  // as they came, for people
};

// A subject as it is stored.
struct StoredSubject {
  Key key;
  Sequence last = 0;  // its newest log entry
  std::string state;  // encode(Subject)
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

struct OutboxItem {
  uint64_t number = 0;  // rising
  Digest id;            // idempotency key for the receiver
  Key subject;
  std::string channel;  // notice: its channel; outgoing event: `events`
  std::string payload;  // JSON of what is to be sent
  Instant at;
  bool receipt_matters = false;
  uint32_t attempts = 0;
};

// The changes of one group of inputs.
struct Batch {
  std::vector<LogEntry> log;
  std::vector<StoredSubject> subjects;  // the last of a key counts
  std::vector<std::pair<Key, std::string>>
      profiles;  // changed attributes as JSON, private ones masked
  std::vector<std::pair<Key, std::optional<Wake>>> wakes;
  std::vector<std::pair<Sequence, Record>> records;  // by the input that caused them
  std::vector<OutboxItem> outbox;                    // new
  struct Sent {
    uint64_t number = 0;     // in the outbox
    bool delivered = false;  // false: given up
    uint32_t attempts = 0;
  };
  std::vector<Sent> sent;
  std::vector<StoredIncident> incidents;       // new or changed
  std::vector<std::pair<Key, Sequence>> held;  // inputs that wait for a held subject
  std::vector<Sequence> released;              // …and no longer do
  std::vector<StoredDeployment> deployments;
  std::vector<ReferenceRow> references;
  std::optional<Version> asking;  // whose conditions are being asked; 0 = done
  std::optional<Instant> clock;   // where the clock stands

  bool empty() const;
  void clear();
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
};

class Store {
 public:
  virtual ~Store() = default;

  // Gives the zone, the names and the places for the columns that people read. Must outlive the
  // store, or be replaced before it goes.
  virtual void describe_with(const Plans* plans) = 0;

  virtual Status commit(const Batch& batch) = 0;  // durable when it returns ok

  virtual Result<std::optional<StoredSubject>> load_subject(const Key& key) = 0;
  // In the order of keys, one entity after the other, until `visit` returns false.
  virtual Status for_each_subject(
      const std::function<bool(const Key&, std::string_view)>& visit) = 0;
  virtual Status for_each_wake(const std::function<void(const Key&, Wake)>& visit) = 0;
  virtual Status for_each_id(
      const std::function<void(const Digest&)>& visit) = 0;  // every id ever logged
  // Every incident there ever was, whatever became of it.
  virtual Status for_each_incident(
      const std::function<void(StoredIncident::Kind, const Digest&)>& visit) = 0;
  virtual Status for_each_reference(const std::function<void(const ReferenceRow&)>& visit) = 0;
  virtual Status for_each_unsent(const std::function<void(const OutboxItem&)>& visit) = 0;
  virtual Result<std::vector<StoredDeployment>> deployments() = 0;
  virtual Result<std::vector<std::pair<Key, Sequence>>> held_inputs() = 0;
  // By the first digits of an id, at least four. None when nothing has it; an error when several
  // do.
  virtual Result<std::optional<StoredIncident>> find_incident(const std::string& id_prefix) = 0;
  virtual Result<std::optional<StoredIncident>> find_holding_incident(const Key& subject) = 0;
  virtual Result<std::optional<FoundTask>> find_task(const std::string& id_prefix) = 0;
  // Also by the whole id of an event that was a duplicate, as it came.
  virtual Result<std::optional<FoundRecord>> find_record(const std::string& id_prefix) = 0;
  virtual Result<LogEntry> read_entry(Sequence sequence) = 0;
  // The subject's inputs, oldest first, by following `previous`.
  virtual Result<std::vector<LogEntry>> read_subject_log(const Key& key) = 0;
  // Every entry, or only reference, deployment and broadcast entries, in order.
  virtual Status for_each_entry(const std::function<void(const LogEntry&)>& visit,
                                bool only_shared) = 0;
  virtual Sequence last_sequence() const = 0;
  virtual uint64_t last_outbox_number() const = 0;
  virtual std::optional<Instant> clock() const = 0;
  virtual Version asking()
      const = 0;  // a deployment whose conditions were not asked to the end; 0 = none
  // Whether this database was last driven by the wall clock or a virtual one; none when new.
  virtual Result<std::optional<ClockKind>> clock_kind() = 0;
  virtual Status set_clock_kind(ClockKind kind) = 0;
};

}  // namespace duban
