// What the judge remembers: plain maps by canonical names, nothing trimmed, nothing numbered but to
// tell one thing from another.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/reference/program.h"

namespace duban::reference {

using Fields = std::map<std::string, Value>;  // by canonical name; absent = none

struct Event {
  std::string name;
  Instant time, received;
  Fields fields;  // those that were given; an explicit null is a none
};
using EventPtr = std::shared_ptr<const Event>;

struct Deadline {
  Instant at;
  bool whole_day = false;  // met only before `at`, the midnight after its day
  bool operator==(const Deadline&) const = default;
};

// A timer: those of a whole-day deadline come before facts of the same instant.
struct Tick {
  Instant at;
  bool before_facts = false;
  bool operator==(const Tick&) const = default;
  bool operator<(const Tick& o) const {
    return at != o.at ? at < o.at : before_facts && !o.before_facts;
  }
};

// What one trigger remembers.
struct Memory {
  bool newborn = false;                    // brought by the version that the step at hand deploys
  std::optional<Instant> fired;            // the time it last went off for
  std::optional<Date> due_day, fired_day;  // every: days before rolling
  bool unknown = false;                    // said already that its time cannot be computed
  bool truth = false;                      // when CONDITION
  bool watched = false;                    // when X changes: `value` is known
  Value value;
};

struct Case {
  int number = 0;
  const Program* program = nullptr;  // the version it is pinned to
  int kind = 0;                      // in its cases
  Value key;
  Instant opened;
  bool closed = false;
  bool just_opened = false;            // in the step at hand
  std::optional<Instant> counts_from;  // restarted by a new version [4]
  Fields variables;
  std::vector<Memory> steps;
};

struct Pause {
  Instant from;
  std::optional<Instant> to;
};

// What went off: a trigger, or a clause of a task; and all that its actions may read.
struct Source {
  const Program* program = nullptr;
  const syntax::Trigger* trigger = nullptr;
  const syntax::TaskClause* clause = nullptr;
  int entity = -1;
  int policy = 0;
  int case_number = 0;
  int owner_case = -1;   // in the program's cases
  int scope_event = -1;  // the event type its expressions may name
  bool opening = false;  // see Scope
  std::string id;        // of the trigger, or the clause's task: stable over versions
  EventPtr event;
  std::shared_ptr<const struct Task> task;  // of the clause, as it was when the clause went off
  std::shared_ptr<const Fields> answers;
  bool again = false;  // judged a second time: history is read as it was before the event
};

struct Task {
  int serial = 0;                          // of the occurrence
  Source source;                           // what made it
  std::string id;                          // of the task within its policy
  const syntax::TaskSpec* spec = nullptr;  // null: by hand, for a mandatory notice that was missed
  Span span;
  bool survives = false;
  bool open = false;
  std::string title;
  std::optional<Key> assignee;
  std::vector<Key> accountable;
  Instant opened, cause_time;
  std::optional<Deadline> due;
  bool due_unknown = false;
  std::optional<Instant> opens;
  std::optional<Tick> expires;
  Value since;                                // the latest anchor of a standing duty; none at first
  std::vector<std::optional<Instant>> fired;  // by clause
  std::set<size_t> newborn;                   // clauses that the step at hand deploys
  std::vector<Pause> pauses;
  bool paused() const { return !pauses.empty() && !pauses.back().to; }
};

struct Notice {
  int serial = 0;
  Source source;
  const syntax::Action* action = nullptr;
  Key recipient;
  size_t channel = 0;  // position among those it can use
  Instant decided, release;
  bool late = false;
  std::string once;  // given back on withdrawal; empty = none
  std::string text;  // as it was sent
};

struct Sent {
  std::string channel;
  Key recipient;
  Instant time;
  int serial = 0;
};

struct Subject {
  Key key;
  bool exists = false;
  Instant now;
  uint32_t seen_version = 0;
  Fields attributes;
  std::vector<Case> cases;
  std::vector<Task> tasks;
  std::vector<Notice> waiting, awaited;
  int next_case = 1, next_serial = 1;
  std::set<std::pair<std::string, Value>> seen;  // policy and case, key
  std::set<std::string> once;
  std::set<std::string> unique_keys, unique_contents;  // of events that are unique by a field
  std::vector<std::pair<std::string, Instant>> rolling;
  std::vector<Sent> sent;
  std::map<std::string, Memory> rules;
  std::vector<EventPtr> history;  // in the order of arrival
};

using Rows = std::map<Key, Fields>;  // of the references

// A step that cannot be: two values for one attribute, a division by zero.
struct Failure {
  bool rejected = false;  // the input makes no sense
  std::string why;
};

}  // namespace duban::reference
