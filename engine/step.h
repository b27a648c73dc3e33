// The step: subject state + one input → new state and what was done. Pure: no clock, no I/O, no
// randomness, no order of a hash table. The same input on the same state gives the same result.
#pragma once

#include <boost/container/small_vector.hpp>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/plan.h"
#include "engine/record.h"
#include "engine/result.h"
#include "engine/state.h"

namespace duban {

// All versions that open cases may be pinned to, and the one in force. Calendars are never pinned:
// an older version counts by those of the newest, where that has one of the same name.
class Plans {
 public:
  void add(Version version, std::shared_ptr<const Plan> plan);  // versions ascend
  Version current_version() const { return current_; }
  const Plan& current() const { return *plans_.back().second; }
  const Plan* find(Version version) const;  // null: never deployed, or no longer loaded
  bool empty() const { return plans_.empty(); }
  // Whether some version needs the history of these events.
  bool remember(uint16_t event) const { return event < remembered_.size() && remembered_[event]; }
  // Whether in some version a condition or a deadline reads a reference row.
  bool read_references() const { return read_references_; }

 private:
  std::vector<std::pair<Version, std::shared_ptr<const Plan>>> plans_;
  Version current_ = 0;
  std::vector<bool> remembered_;  // by layout event
  bool read_references_ = false;
};

struct Input {
  enum class Kind : uint8_t {
    event,     // `event`
    upsert,    // `attributes` of a subject that may be new
    timer,     // `time` = the wake's instant; steps everything of this subject due then
    answer,    // a person finished task `target` with `answers`
    reassign,  // a person gave task `target` to `person`
    note,      // a person wrote `text` on task `target`
    receipt,   // the channel's word on notice `target`: `delivered`
    deployed,  // a new version came into force: conditions already true fire
  };
  Kind kind = Kind::event;
  Key subject;
  Instant time;      // when it happened; timers: when it was due
  Instant received;  // when it was taken in; a timer stepped later than time + tolerance is late
  Digest cause;      // identity of the input: digest of (source, id); unused for timers
  bool before_facts = false;  // timer: see Wake
  // timer: it failed, and somebody dropped it. What is due then counts as gone off, and nothing of
  // what it sets off is done.
  bool given_up = false;
  EventPtr event;
  std::vector<std::pair<uint16_t, Value>> attributes;
  Digest target;
  std::vector<std::pair<uint16_t, Value>> answers;  // by the task's `needs`
  std::optional<Key> person;
  std::string text;
  bool delivered = false;
};

// Optional: the reasons of everything a step did, for `why`. Costs nothing when absent.
struct Trace {
  struct Read {
    Span span;  // what the author wrote
    Value value;
    Type type;
    bool is_private = false;  // explanations do not show its value
  };
  struct Entry {
    Digest effect;  // id of the record this explains
    Version version = 0;
    std::string policy;
    std::string basis;
    Span step;  // the trigger's line
    Span action;
    std::vector<Read> reads;  // what its condition, times and values read
    Digest cause;
  };
  std::vector<Entry> entries;
};

struct Observations;  // engine/observe.h

struct StepFailure {
  // rejected: the input makes no sense (no such task, a missing answer): nothing changes.
  // failed: the policies could not be applied (overflow, two values for one attribute): the subject
  // is to be held.
  enum class Kind : uint8_t { rejected, failed } kind = Kind::failed;
  std::string english, chinese;
  Provenance from;
};

struct StepOutcome {
  Subject subject;
  std::vector<Record> records;
  std::optional<Wake> wake;  // the earliest pending timer
};

struct StepSettings {
  int64_t lateness_tolerance_ms = 15 * kMsPerMinute;  // semantics 1
};

// All or nothing: on failure the caller keeps the state it passed.
std::variant<StepOutcome, StepFailure> step(const Plans& plans, const References& references,
                                            Subject subject, const Input& input,
                                            const StepSettings& settings = {},
                                            Trace* trace = nullptr,
                                            Observations* observed = nullptr);

// Attributes that were given another value, and what each had before the step. Mostly one, if any.
using Replaced = boost::container::small_vector<std::pair<uint16_t, Value>, 1>;

// Each made where it stays, since they are large. Mostly two at most.
using Records = boost::container::small_vector<std::shared_ptr<Record>, 2>;

struct StepEffects {
  Replaced replaced;
  Records records;
  std::optional<Wake> wake;  // the earliest pending timer

  std::vector<Record> take_records();  // out of where they stay
};

// The same on the subject where it lies, without a copy: a step that fails leaves it half-way, one
// that is rejected as it was.
std::variant<StepEffects, StepFailure> step_in_place(
    const Plans& plans, const References& references, Subject& subject, const Input& input,
    const StepSettings& settings = {}, Trace* trace = nullptr, Observations* observed = nullptr);

// The subject's earliest pending timer.
std::optional<Wake> next_wake(const Subject& subject, const Plans& plans,
                              const References& references);

// Whether a broadcast event reaches this subject.
bool broadcast_reaches(const Plan& plan, const References& references, const Subject& subject,
                       const EventPtr& event, Observations* observed = nullptr);

}  // namespace duban
