// A compiled deployment: every name resolved, every expression checked, every event knowing what it
// can touch. Immutable and shared; made by compile() (engine/compile.h), run by step().
//
// Things refer to each other by index into the plan's vectors. Expressions are nodes in one array;
// a node only refers to nodes before it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/digest.h"
#include "engine/layout.h"
#include "engine/source.h"
#include "engine/syntax.h"
#include "engine/time.h"
#include "engine/value.h"

namespace duban {

using Index = uint32_t;
constexpr Index kNone = 0xffffffff;

// ---------------------------------------------------------------- expressions

enum class Op : uint8_t {
  constant,           // constants[a]
  subject_attribute,  // attribute a of the step's subject
  subject_key,        // the subject's key as a text
  subject,            // the subject itself, as a Key
  case_variable,      // variable a of the case at hand
  case_opened,        // when it was opened
  event_field,        // field a of the event at hand
  event_time,
  event_received,
  answer_field,  // field a of the finished task's answers
  attribute_of,  // attribute b of the reference row that node a names; none if there is no such row
  key_of,        // the key, as a text, of what node a names
  now,
  today,
  task_due,  // `due`: a date when the deadline is a date, else a datetime
  listing,   // `list`: the set of `notify … listing SET`
  negate,
  logical_not,  // a
  logical_and,
  logical_or,  // a, b
  add,
  subtract,
  multiply,
  divide,  // a, b
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,  // a, b
  between,        // args: x, low, high
  in_list,        // args: x, alternatives…
  is_known,
  is_unknown,
  is_empty,
  is_not_empty,  // a
  contains,
  minus,
  union_of,  // a, b
  make_set,  // args
  minimum,
  maximum,               // args
  round,                 // a, digits = b as a literal number of digits
  days_from_to,          // a, b
  working_days_from_to,  // args: from, to; b = the calendar's index
  year_of,
  month_of,
  day_of,
  weekday_of,
  date_of,
  time_of,  // a
  start_of_month,
  start_of_quarter,
  start_of_year,
  end_of_month,
  end_of_quarter,
  end_of_year,           // a
  rolled_forward,        // a, b = the calendar's index; a day off becomes the next working day
  rolled_back,           // … or the one before
  next_working_day,      // a, b = the calendar's index: the first working day after a
  previous_working_day,  // … the last one before a
  to_datetime,   // a: a date, as the instant its day starts at (never inserted for deadlines)
  table_output,  // column b of tables[a]
  aggregate,     // aggregates[a]
};

// Whether `b` is a number (digits, a calendar's index) where other operations have a node.
constexpr bool has_plain_b(Op op) {
  return op == Op::round || op == Op::working_days_from_to ||
         (op >= Op::rolled_forward && op <= Op::previous_working_day);
}

struct Node {
  Op op = Op::constant;
  Type type;
  Index a = kNone;
  Index b = kNone;
  Index first = 0;  // args: plan.arguments[first, first + count)
  uint16_t count = 0;
  Span span;  // of the author's text, for explanations
};

// How the value of an expression moves while nothing but time passes: what tells whether timers can
// follow it, and how its next turn is found (engine/turning.h).
enum class Motion : uint8_t {
  still,     // time does not touch it
  rising,    // stands still between some instants and never goes back: today
  falling,   // the other way: days from today to X
  monotone,  // one of the two, which only its values tell: 2 * days from X to today
  stepwise,  // stands still between some instants, in any order: month of today, a window
  clock,     // rises with every millisecond: now, now - 3 hours
  shifted,   // `now` and a duration in days or months: steps back where a short month ends
  restless,  // none of these: no timer can follow it
};
struct NodeMotion {
  Motion motion = Motion::still;
  bool fine = false;      // may turn within a day, not only where one begins
  bool calendar = false;  // counts working days: unknown where the calendar ends
};

// What the value of an expression can depend on. Sorted, without duplicates; looks through defines,
// tables and aggregates.
struct Dependencies {
  std::vector<uint16_t> attributes;  // of the subject
  std::vector<uint16_t> variables;   // of the case
  std::vector<uint16_t> history;     // event types
  bool references = false;           // reads a reference row
  bool time = false;                 // now, today or a window over history
  bool event = false;                // the event at hand
  bool task = false;                 // due, answers
};

struct Aggregate {
  enum class Function : uint8_t { count, sum, average, minimum, maximum, latest, time_of_latest };
  Function function = Function::count;
  uint16_t event = 0;
  uint16_t field = 0xffff;  // none for count
  syntax::Over over = syntax::Over::all;
  Duration window;          // last: its length
  int64_t years = 0;        // same_month
  Index condition = kNone;  // read with the historic event at hand
  Span window_span;         // of the window's own text; empty without one
  // Identity of what it makes of one event, the same in every plan: what is known of past events
  // under it stands. 0 = its condition reads more than the event, and is asked each time.
  uint64_t memo = 0;
};

struct Table {
  Names names;
  uint16_t policy = 0;
  syntax::TableDecl::Hit hit = syntax::TableDecl::Hit::first;
  syntax::TableDecl::Collect collect = syntax::TableDecl::Collect::none;
  struct Row {
    std::vector<Index> conditions;  // all must hold; `any` leaves none
    std::vector<Index> outputs;     // one per output column
    Span span;
  };
  std::vector<Names> outputs;
  std::vector<Type> output_types;
  std::vector<Row> rows;
};

// ---------------------------------------------------------------- texts

struct Template {
  struct Part {
    std::string text;     // literal text before the placeholder
    Index value = kNone;  // kNone: no placeholder after it
  };
  std::vector<Part> parts;
  bool chinese = false;  // how values are written out
};

// ---------------------------------------------------------------- policies, channels, guards

struct PolicyInfo {
  Names names;
  std::string basis;
  std::optional<Date> effective_from, effective_to;  // inclusive
  uint16_t file = 0;
};

struct Channel {
  Names names;
  std::string address;  // canonical name of the address attribute
  std::optional<TimeOfDay> quiet_from, quiet_to;
  std::vector<syntax::ChannelDecl::Limit> limits;
  bool drop = false;
};

struct Notice {
  Names names;
  syntax::NoticeClass notice_class = syntax::NoticeClass::service;
  uint16_t policy = 0;
  Index expires_after = kNone;
  bool receipts_matter = false;  // some step listens to its delivery or failure
};

struct Forbid {
  uint16_t event = 0xffff;  // an outgoing event, or
  Index notice = kNone;     // a notice
  Index condition = kNone;  // kNone: always
  std::string because;
  uint16_t policy = 0;
  std::string basis;  // of its own; empty = the policy's
  Span span;
};

// ---------------------------------------------------------------- actions

struct OnceSpec {
  syntax::Once::Kind kind = syntax::Once::Kind::none;
  Index field = kNone;
  int64_t count = 1;
  Duration window;
  Span span;
};

struct SetTarget {
  enum class Kind : uint8_t { attribute, variable } kind = Kind::attribute;
  uint16_t slot = 0;
  Index value = kNone;
};

struct Action {
  using Kind = syntax::Action::Kind;
  Kind kind = Kind::notify;
  Span span;
  uint16_t ordinal = 0;  // among the actions of its step, clauses included: part of effect identity

  Index who = kNone;  // notify, escalate, reassign: a Key
  // notify
  Index notice = kNone;
  struct ChannelUse {
    uint16_t channel = 0;
    uint16_t slot = 0;            // the recipient's attribute that holds the address, or
    bool address_is_key = false;  // its key
  };
  std::vector<ChannelUse> channels;  // fallbacks, in order
  Template body;
  Index listing = kNone;
  bool even_if_late = false;
  OnceSpec once;
  // task
  Index task = kNone;
  // set
  SetTarget set;
  // raise
  uint16_t event = 0;
  std::vector<SetTarget> with;  // slot = the raised event's field
  // close
  uint16_t outcome = 0;  // index in the case's outcomes
};

struct TaskClause {
  syntax::TaskClause::Kind kind = syntax::TaskClause::Kind::when_late;
  Index duration = kNone;
  Index condition = kNone;
  std::vector<Index> actions;
  Span span;
};

struct TaskSpec {
  std::string id;  // stable within the policy, the same in both languages
  uint16_t policy = 0;
  std::string basis;  // of its rule or case; empty = the policy's
  Index owner_case = kNone;
  Span span;  // of `task "…" for …`
  Template title;
  Index assignee = kNone;

  syntax::TaskSpec::DueKind due_kind = syntax::TaskSpec::DueKind::none;
  Index due_within = kNone;
  Index due_anchor = kNone;
  Index every = kNone;
  Index since = kNone;
  Index not_before = kNone;
  Index opens_before = kNone;
  bool stays = false;
  Index expires_after = kNone;
  struct DoneOn {
    uint16_t event = 0;
    Index condition = kNone;
    Span span;
  };
  std::vector<DoneOn> done_on;
  std::vector<Layout::Field> needs;
  OnceSpec once;
  Index paused_while = kNone;
  std::vector<TaskClause> clauses;
  Dependencies due_deps;    // of everything its times are computed from
  Dependencies pause_deps;  // of paused_while
};

// ---------------------------------------------------------------- steps, rules, cases

// See syntax::Schedule; engine/recurrence.h says when it goes off.
struct Schedule {
  syntax::Schedule::Unit unit = syntax::Schedule::Unit::day;
  int day = 0;
  int month = 0;
  bool counts_working = false;
  syntax::Schedule::Roll roll = syntax::Schedule::Roll::none;
  uint16_t calendar = Duration::kDefaultCalendar;
  Index at = kNone;
  Index from = kNone, to = kNone;
  Span span, roll_span;
};

// A trigger with what it does: a step of a case, or a rule outside cases.
struct Step {
  using Kind = syntax::Trigger::Kind;
  std::string id;       // stable within the policy, the same in both languages
  uint64_t memory = 0;  // hash of policy and id: keys the memory of rules, which no version pins
  uint16_t policy = 0;
  Index owner_case = kNone;
  uint16_t entity = 0;
  Kind kind = Kind::on_event;
  Span span;
  uint16_t event = 0xffff;  // on_event
  Index notice = kNone;     // on_notice
  syntax::Trigger::Receipt receipt = syntax::Trigger::Receipt::delivered;
  uint16_t outcome = 0xffff;         // on_closing: 0xffff = any
  Index duration = kNone;            // before, after
  Index anchor = kNone;              // at, before, after, when_condition, when_changes
  std::optional<Schedule> schedule;  // every
  Index condition = kNone;
  std::vector<Index> actions;  // into plan.actions
  std::vector<Index> otherwise;
  Dependencies deps;  // of the anchor (and the duration, and the schedule)
  std::string basis;  // of its rule or case; empty = the policy's

  bool is_timed() const {
    return kind == Kind::at || kind == Kind::before || kind == Kind::after || kind == Kind::every;
  }
  bool is_watching() const { return kind == Kind::when_condition || kind == Kind::when_changes; }
};

// Triggers that do not wait for an event: some go off by time, the others by a condition.
struct Triggers {
  std::vector<Index> items;  // as they are written
  Dependencies deps;         // of all of them
};

struct Case {
  Names names;
  uint16_t id = 0;  // in layout.cases
  uint16_t policy = 0;
  uint16_t entity = 0;
  Span span;
  std::string basis;  // of its own; empty = the policy's
  bool may_reopen = false;
  syntax::InFlight in_flight = syntax::InFlight::keep;  // never `unsaid`
  Index owner = kNone;

  // First the fields of the opening events, then `keep`s.
  struct Variable {
    Names names;
    Type type;
    Index initial = kNone;  // keeps
    bool is_private = false;
  };
  std::vector<Variable> variables;
  std::vector<Names> outcomes;

  struct Opening {
    uint16_t event = 0xffff;  // 0xffff: opens when
    Index condition = kNone;
    Dependencies deps;    // opens when
    uint64_t memory = 0;  // opens when: keys the edge's memory in the subject
    std::vector<std::pair<uint16_t, uint16_t>> fields;  // event field → variable
    Span span;
  };
  struct Closing {
    uint16_t event = 0xffff;
    Index condition = kNone;
    uint16_t outcome = 0;
    Dependencies deps;  // closes when
    Span span;
  };
  std::vector<Opening> openings;
  std::vector<Closing> closings;
  bool keyed = false;
  // The key expression read on each event (by event index); kNone: that event has no key field and
  // reaches all open instances.
  std::vector<Index> key_on_event;
  std::vector<Index> steps;  // into plan.steps
  Triggers timed, watching;  // positions in `steps`
};

// What one event type can touch.
struct EventTouch {
  struct CaseRef {
    Index owner_case = 0;
    Index item = 0;  // index of the opening, closing or step
  };
  uint16_t unique_by = 0xffff;    // the field that makes it unique for its subject; 0xffff = none
  Span declared;                  // where it says so
  std::vector<SetTarget> sets;    // the event's own `set`: slot = attribute, value reads the event
  std::vector<CaseRef> openings;  // item = index in Case::openings
  std::vector<CaseRef> steps;     // item = index in Case::steps
  std::vector<CaseRef> closings;  // item = index in Case::closings
  std::vector<Index> rules;       // into plan.steps
  std::vector<Index> done_on;     // tasks that this event may finish
  std::vector<Index> forbids;     // outgoing events
  Index broadcast_where =
      kNone;  // broadcast: read on each candidate subject with the event at hand
};

// Which past events some expression needs, and for how long.
struct HistoryNeed {
  bool needed = false;
  bool forever = false;
  int64_t days = 0;           // otherwise: an upper bound of every window, in days
  std::vector<Index> latest;  // aggregates that want the last event however old it is
  std::vector<bool> fields;   // which fields some aggregate reads
};

struct EntityInfo {
  std::vector<Index> initial;         // per attribute: its default; kNone = none
  std::vector<Index> watching_rules;  // when_condition, when_changes and timed rules
  Triggers timed, watching;           // the same divided
  struct OpensWhen {
    Index owner_case = 0;
    Index opening = 0;
  };
  std::vector<OpensWhen> opens_when;
  // When a policy that one of the two stands in comes into force, ascending.
  std::vector<Instant> in_force;
  // Positions in the two above by Step::memory and Opening::memory, sorted.
  std::vector<std::pair<uint64_t, Index>> rule_of_memory, opening_of_memory;
};

struct Parameter {
  Names names;
  Type type;
  Index value = kNone;
  uint16_t policy = 0;
};

struct PlanIndexes;  // engine/condition_index.h

// What is made of a plan to run it faster. Not copied with it: a copy is made to be changed.
struct Derived {
  std::shared_ptr<const PlanIndexes> indexes;  // null: every condition is asked
  Derived() = default;
  Derived(const Derived&) {}
  Derived& operator=(const Derived&) {
    indexes.reset();
    return *this;
  }
  Derived(Derived&&) = default;
  Derived& operator=(Derived&&) = default;
  ~Derived() = default;
};

struct Plan {
  Layout layout;
  SourceSet sources;
  Digest digest;  // leaves out display text; see docs/ARCHITECTURE.md

  Names vocabulary;
  Zone zone;
  Names currency;
  TimeOfDay day_starts_at{9 * 60 * 60 * 1000};
  std::vector<Names> calendar_names;
  std::vector<Calendar> calendars;
  uint16_t default_calendar = Duration::kDefaultCalendar;  // kDefaultCalendar: there is none

  std::vector<PolicyInfo> policies;
  std::vector<Node> nodes;
  std::vector<NodeMotion> motions;  // by node
  std::vector<Index> arguments;
  std::vector<Value> constants;
  std::vector<Aggregate> aggregates;
  std::vector<Table> tables;
  std::vector<Channel> channels;
  std::vector<Notice> notices;
  std::vector<Forbid> forbids;
  std::vector<Parameter> parameters;
  std::vector<Action> actions;
  std::vector<TaskSpec> tasks;
  std::vector<Step> steps;
  std::vector<Case> cases;

  std::vector<EventTouch> touches;   // by layout event
  std::vector<HistoryNeed> history;  // by layout event
  std::vector<EntityInfo> entities;  // by layout entity

  Derived derived;  // refers to the plan where it lies: made when that no longer moves

  const Calendar* calendar(uint16_t index) const {  // null: no such calendar
    const uint16_t i = index == Duration::kDefaultCalendar ? default_calendar : index;
    return i < calendars.size() ? &calendars[i] : nullptr;
  }
  // The article behind something of this policy: its own, else the policy's; may be empty.
  const std::string& basis_of(const std::string& own, uint16_t policy) const {
    return own.empty() ? policies[policy].basis : own;
  }
  bool in_force(uint16_t policy, Date day) const {
    const PolicyInfo& p = policies[policy];
    return (!p.effective_from || *p.effective_from <= day) &&
           (!p.effective_to || day <= *p.effective_to);
  }
};

}  // namespace duban
