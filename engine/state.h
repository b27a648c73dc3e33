// What is remembered about one subject. Plain data: copied, compared and stored as it is
// (engine/codec.h); changed only by step().
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/bytes.h"
#include "engine/digest.h"
#include "engine/history.h"
#include "engine/maybe.h"
#include "engine/plan.h"
#include "engine/value.h"

namespace duban {

// A deployment's number, from 1 in the order of the log.
using Version = uint32_t;

// An event as rules see it. Shared: a task or a waiting notice keeps the one that caused it.
struct EventData {
  uint16_t event = 0;  // in the layout
  Instant time;        // when it happened
  Instant received;    // when it was taken in
  Digest cause;        // of (source, id); of its parent for a raised event
  std::vector<Value>
      fields;   // by the layout's fields; fewer when it was made under an older layout
  Flags given;  // which of them the event carried (an explicit null counts)
  bool operator==(const EventData&) const = default;
};
using EventPtr = std::shared_ptr<const EventData>;

// The end of a promise. `whole_day`: the deadline is a date, `at` is the midnight after it, and it
// is met only before `at`; otherwise it is met at or before `at`.
struct Deadline {
  Instant at;
  bool whole_day = false;
  bool operator==(const Deadline&) const = default;
};

// What one trigger remembers of its past.
struct StepMemory {
  // Timed triggers: the pending time. when_condition: when time alone may next turn it.
  Maybe<Instant> due;
  Maybe<Instant> fired;  // …and the time it last fired for
  // every: the days of these, before rolling. Nothing at or before `fired` happens any more, also
  // where there is no `fired_day`: from the case's opening, or from when a rule was first looked
  // at.
  Maybe<Date> due_day, fired_day;
  bool unknown = false;        // its time could not be computed; an incident says so
  bool truth = false;          // when_condition
  bool watched_known = false;  // when_changes: `watched` holds its last value
  Value watched;
  bool operator==(const StepMemory&) const = default;
};

struct CaseInstance {
  uint32_t number = 0;  // within the subject, from 1
  Digest id;
  Version version = 0;  // of the plan it is pinned to
  Index index = 0;      // in that plan's cases
  Value key;            // none when the case has no key
  Instant opened;
  Maybe<Instant> counts_from;  // restarted by a new version: its clocks count from here
  bool closed = false;         // kept only for its tasks that stay
  std::vector<Value> variables;
  std::vector<StepMemory> steps;
  EventPtr opening;      // the event that opened it; null when a condition did
  Maybe<Instant> turns;  // when time alone may next turn a condition that closes it
  bool operator==(const CaseInstance&) const = default;
};

// A stretch of time that does not count towards a deadline.
struct Pause {
  Instant from;
  std::optional<Instant> to;  // nothing: it lasts
  bool operator==(const Pause&) const = default;
};

struct Task {
  Digest id;  // of the open occurrence
  Version version = 0;
  Index spec = 0;            // in that plan's tasks
  uint32_t case_number = 0;  // 0 = made by a rule
  bool survives = false;     // its case's closing
  bool open = false;         // false: a standing duty whose next occurrence has not opened yet
  std::string title;
  std::optional<Key> assignee;  // nobody: the queue `unassigned`
  std::vector<Key> accountable;
  Instant opened;
  Instant cause_time;  // `within D` counts from here
  Digest cause;
  EventPtr event;
  std::optional<Deadline> due;
  bool due_unknown = false;
  std::optional<Instant> opens;  // standing: when the next occurrence opens
  std::optional<Deadline> expires;
  std::optional<Value> since;                 // standing: the latest anchor seen
  uint32_t occurrence = 0;                    // standing: from 1
  std::vector<std::optional<Instant>> fired;  // per clause: the time it fired for
  std::vector<Pause> pauses;                  // of the open occurrence, in order
  std::optional<Instant> turns;               // when time alone may next turn `paused while`
  bool operator==(const Task&) const = default;
};

// A notice decided but not yet given to its channel: quiet hours, a limit, or catching up.
struct WaitingNotice {
  Digest id;
  Version version = 0;
  Index action = 0;  // in that plan's actions
  uint32_t case_number = 0;
  Digest task;  // of the task whose clause it is
  // What its words may read of that task when it is gone: its deadline, and the answers it was
  // done with.
  std::optional<Deadline> due;
  std::vector<std::pair<uint16_t, Value>> answers;
  Key recipient;
  uint16_t channel = 0;  // position in the action's channels
  Instant decided;
  Instant release;
  bool late = false;  // waits for the end of catching up: only the newest is sent
  Digest once;        // given back on withdrawal; zero = none
  Digest cause;
  EventPtr event;
  bool operator==(const WaitingNotice&) const = default;
};

// A notice given to its channel whose receipt matters.
struct AwaitedReceipt {
  Digest id;
  Version version = 0;
  Index action = 0;
  uint32_t case_number = 0;
  Digest task;  // as above
  std::optional<Deadline> due;
  std::vector<std::pair<uint16_t, Value>> answers;
  Key recipient;
  uint16_t channel = 0;
  Digest once;
  Digest cause;
  EventPtr event;
  std::string text;  // as it was sent
  bool operator==(const AwaitedReceipt&) const = default;
};

struct Subject {
  Key key;
  bool exists = false;
  bool held = false;              // by an incident: inputs are logged and wait
  Instant now;                    // never goes back
  Version seen_version = 0;       // the newest deployment whose conditions it has been asked
  std::vector<Value> attributes;  // by the layout; fewer when last written under an older layout

  std::vector<CaseInstance> cases;
  std::vector<Task> tasks;
  std::vector<WaitingNotice> waiting;
  std::vector<AwaitedReceipt> awaited;
  uint32_t next_case_number = 1;

  struct Seen {
    uint16_t case_id = 0;  // in layout.cases
    Value key;
    uint32_t times = 0;
    bool operator==(const Seen&) const = default;
  };
  std::vector<Seen> seen;  // keys that were ever opened, sorted
  // Used up: by notices and tasks, and by events that are unique by a field. Sorted.
  std::vector<Digest> once;
  struct Timed {
    Digest key;
    Instant time;
    bool operator==(const Timed&) const = default;
  };
  std::vector<Timed> rolling;  // `at most N in D`: each use
  struct Sent {
    Digest id;  // of the notice: what its channel could not deliver no longer counts
    std::string channel;
    Key recipient;
    Instant time;
    bool operator==(const Sent&) const = default;
  };
  std::vector<Sent> sent;  // for the channels' limits, trimmed to their periods
  std::vector<std::pair<uint64_t, StepMemory>> rules;  // by Step::memory or Opening::memory, sorted
  History history;                                     // only what some expression needs

  bool operator==(const Subject&) const = default;
};

// A subject's next timer. Timers of a whole-day deadline come before facts of the same instant, all
// others after them.
struct Wake {
  Instant at;
  bool before_facts = false;
  bool operator==(const Wake&) const = default;
  // Order in time.
  bool operator<(const Wake& other) const {
    return at != other.at ? at < other.at : before_facts && !other.before_facts;
  }
};

// Rows of the reference tables. Read by everyone, written only by reference inputs.
class References {
 public:
  using Row = std::vector<Value>;  // by the layout's attributes
  // Null when there is no such row.
  const Row* find(uint16_t entity, const std::string& key) const;
  // The keys of those that have one of these (sorted) in an attribute; in no order.
  std::vector<Value> keys_of(uint16_t entity, uint16_t attribute,
                             const std::vector<Value>& values) const;
  void put(uint16_t entity, const std::string& key, Row row);
  void erase(uint16_t entity, const std::string& key);
  size_t size() const;

 private:
  std::vector<std::unordered_map<std::string, Row>> tables_;
};

}  // namespace duban
