// The syntax tree: what a `.rules` file says, before any name is resolved.
//
// Made by parse() (engine/parse.h) and read by the checker. English and Chinese spellings give the
// same tree; names keep the text the author wrote. Every node carries the span of its own text.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/source.h"
#include "engine/value.h"

namespace duban::syntax {

// A declared name with its optional alias in parentheses: `Customer (客户)`. For policies, rules
// and scenarios the text may be a string.
struct Name {
  std::string text;
  std::string alias;  // empty = none
  Span span;
  Span alias_span;

  bool empty() const { return text.empty(); }
};

// A use of a name.
struct Word {
  std::string text;  // empty = absent
  Span span;

  bool empty() const { return text.empty(); }
};

struct Text {
  std::string text;  // without its quotes, escapes undone
  Span span;         // with its quotes
};

// ---------------------------------------------------------------- expressions

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ExprKind : uint8_t {
  literal,      // value, type
  name,         // text
  member,       // args[0] . text
  negate,       // - a
  logical_not,  // not a
  logical_and,
  logical_or,
  add,
  subtract,
  multiply,
  divide,
  equal,      // =, is
  not_equal,  // !=, <>, is not
  less,
  less_equal,  // <=, at most
  greater,
  greater_equal,  // >=, at least
  between,        // args: x, low, high (inclusive)
  in_list,        // args: x, then the alternatives
  is_known,       // x is known
  is_unknown,     // x is not known, x is none
  is_empty,       // x is empty (sets, texts)
  is_not_empty,
  contains,     // set contains x
  minus,        // set minus set
  union_of,     // set union set
  set_literal,  // {a, b}
  call,  // text(args…); also `days from A to B` = days_from_to, `working days from A to B` =
         // working_days_from_to, `round X to D` = round, `year of X` = year, month, day,
         // weekday, date of X = date, `start of month of X` = start_of_month (…quarter, year;
         // end_of_…), `X rolled forward` = rolled_forward, rolled_back, `next working day after X`
         // = next_working_day, previous_working_day; the last four and working_days_from_to may
         // name a calendar, `… of statutory`: then the last argument is that name
  aggregate,  // text = count|sum|average|minimum|maximum|latest|time_of_latest; args[0] = event or
              // event.field; over; window (may be null); condition (may be null)
};

// Which past events an aggregate reads.
enum class Over : uint8_t {
  all,         // every one that is known
  last,        // `over the last D`: D back from now
  same_month,  // `over the same month of the last 3 years`: the calendar month of today in each of
               // the N years before this one
  this_week,   // calendar periods, in the policy's zone; weeks begin on Monday
  this_month,
  this_quarter,
  this_year,
  previous_week,
  previous_month,
  previous_quarter,
  previous_year,
};

struct Expr {
  ExprKind kind = ExprKind::literal;
  Span span;
  std::string text;
  // Of `text` alone; member: the word after the point; comparisons: the operator's first word.
  Span text_span;
  Value value;  // literal
  Type type;    // literal; money keeps the currency word in `text` (`yuan`, `元`, `EUR`)
  bool parenthesized = false;  // the author put it in parentheses
  std::vector<ExprPtr> args;
  Over over = Over::all;  // aggregate
  ExprPtr window;     // aggregate: the D of `over the last D`, the number of years of same_month
  ExprPtr condition;  // aggregate: `where C`
};

// ---------------------------------------------------------------- types and fields

struct TypeExpr {
  Span span;
  Word word;  // builtin type, choice, reference or entity name; empty with `choices`
  TypeKind builtin = TypeKind::none;  // none = `word` names a choice, reference or entity
  std::vector<Name> choices;          // `good (优质) | fair (中等)`: two or more alternatives
  bool set = false;
  bool optional = false;
};

struct Field {
  Name name;
  TypeExpr type;
  bool is_private = false;
  ExprPtr initial;  // `= fair`; may be null
  Span span;
};

// `set credit`, `set last_visit = visited_on`.
struct Assignment {
  Word target;
  ExprPtr value;  // null: the field of the same name
  Span span;
};

// ---------------------------------------------------------------- declarations without steps

struct Policy {
  Name name;
  Span span;
};

struct Use {
  Text path;
};

struct Vocabulary {
  Name name;
  Span span;
  Text timezone;
  Name currency;
  std::optional<TimeOfDay> day_starts_at;
};

struct CalendarDecl {
  Name name;
  Span span;
  Text from;  // path of the CSV, relative to this file
  bool is_default = false;
  struct Hours {
    TimeOfDay from, to;
    Span span;
  };
  std::vector<Hours> hours;
};

struct EntityDecl {  // `reference` and `entity`
  Name name;
  Span span;
  bool is_reference = false;
  Name key;
  std::vector<Field> fields;
};

struct ChoiceDecl {
  Name name;
  Span span;
  std::vector<Name> values;
};

struct EventDecl {
  enum class Kind : uint8_t { plain, broadcast, outgoing };
  Kind kind = Kind::plain;
  Name name;
  Span span;
  Word entity;
  ExprPtr where;  // broadcast
  std::vector<Field> fields;
  std::vector<Assignment> sets;
  Word unique_by;  // `unique by F`: of two for one subject with the same F only the first counts
};

struct ChannelDecl {
  Name name;
  Span span;
  Word address;
  std::optional<TimeOfDay> quiet_from, quiet_to;
  struct Limit {
    int64_t count = 0;
    enum class Per : uint8_t { day, week, month, year } per = Per::day;
    Span span;
  };
  std::vector<Limit> limits;
  bool drop = false;  // `else drop`; default `else wait`
};

enum class NoticeClass : uint8_t { mandatory, service, commercial };

struct NoticeDecl {
  Name name;
  Span span;
  NoticeClass notice_class = NoticeClass::service;
  std::vector<Word> channels;
  Text body;
  ExprPtr expires_after;  // a duration; may be null
};

struct ParameterDecl {
  Name name;
  Span span;
  ExprPtr value;
};

struct DefineDecl {
  Name name;
  Span span;
  Word of;  // entity or case; empty inside a case: that case
  ExprPtr value;
};

struct ForbidDecl {
  Word target;  // an outgoing event or a notice
  Span span;
  ExprPtr when;
  Text because;
  Text basis;
};

struct TableCell {
  enum class Kind : uint8_t {
    any,
    test,  // input: `tests`, any of which may hold; output: value
  };
  Kind kind = Kind::any;
  Span span;
  struct Test {
    ExprKind op = ExprKind::equal;  // equal, not_equal, less…greater_equal, between
    ExprPtr value;
    ExprPtr high;  // between
    Span op_span;  // of the operator's first word; empty = none is written
  };
  std::vector<Test> tests;  // inputs
  ExprPtr value;            // outputs; `nanny (保姆式)` is a name with…
  Name choice_name;  // …its alias here: a bare name in an output cell, aliased or not, else empty
};

struct TableDecl {
  enum class Hit : uint8_t { first, unique, all };
  enum class Collect : uint8_t { none, collect, set_union, sum, min, max };
  Name name;
  Span span;
  Word of;  // entity or case; empty = the entity that has all input columns
  Hit hit = Hit::first;
  Collect collect = Collect::none;
  struct Column {
    Name name;      // inputs: an expression's name (attribute or field); outputs: a new name
    ExprPtr input;  // inputs
  };
  std::vector<Column> inputs;
  std::vector<Column> outputs;
  struct Row {
    Span span;
    std::vector<TableCell> cells;  // inputs, then outputs
  };
  std::vector<Row> rows;
  Text from;                // `from "levels.csv"`: columns and rows are read from there
  bool incomplete = false;  // some of it could not be read; that has been said
};

// Points for conditions, then grades for ranges of points. `NAME.points` is a number, `NAME.grade`
// a choice.
struct ScorecardDecl {
  Name name;
  Span span;
  Word of;       // entity or case; empty = the entity that has all that is named
  ExprPtr base;  // `base 60`; null = 0
  struct Item {  // `+10 if C`, `-20 if C`
    ExprPtr points;
    ExprPtr condition;
    Span span;
  };
  std::vector<Item> items;
  struct Grade {  // `grade good at least 80`, the first that is reached
    Name name;
    ExprPtr at_least;  // null: `grade poor otherwise`, the last
    Span span;
  };
  std::vector<Grade> grades;
  bool incomplete = false;  // some of it could not be read; that has been said
};

// ---------------------------------------------------------------- rules, cases and their steps

struct Action;

// `once per case`, `once per month`, `once per bill_no`, `at most 2 in 30 days`.
struct Once {
  enum class Kind : uint8_t {
    none,
    per_case,
    per_day,
    per_week,
    per_month,
    per_year,
    per_field,
    at_most
  };
  Kind kind = Kind::none;
  Word field;         // per_field
  int64_t count = 1;  // at_most
  ExprPtr window;     // at_most: a duration
  Span span;
};

// A clause of a task that reacts: `2 hours before due:`, `when late:`, `when done if …:`.
struct TaskClause {
  enum class Kind : uint8_t { before_due, when_late, when_late_by, when_done };
  Kind kind = Kind::when_late;
  Span span;
  ExprPtr duration;   // before_due, when_late_by
  ExprPtr condition;  // may be null
  std::vector<Action> actions;
};

struct TaskSpec {
  Text title;
  ExprPtr assignee;

  enum class DueKind : uint8_t { none, within, after, at };
  DueKind due_kind = DueKind::none;
  ExprPtr due_within;  // within D; after: D
  ExprPtr due_anchor;  // after: X; at: the moment
  Span due_span;

  ExprPtr every;  // `every D since X`
  ExprPtr since;
  ExprPtr not_before;    // `but not before E`; may be null
  ExprPtr opens_before;  // `opens D before due`; may be null

  bool stays = false;
  ExprPtr expires_after;
  struct DoneOn {
    Word event;
    ExprPtr condition;
    Span span;
  };
  std::vector<DoneOn> done_on;
  std::vector<Field> needs;
  Once once;
  ExprPtr paused_while;  // a condition; may be null
  std::vector<TaskClause> clauses;
};

struct Action {
  enum class Kind : uint8_t { notify, task, set, raise, close, escalate, reassign };
  Kind kind = Kind::notify;
  Span span;

  ExprPtr who;                 // notify, escalate, reassign
  std::vector<Word> channels;  // notify: fallbacks, in order; empty = the notice's own
  Word notice;                 // notify
  ExprPtr listing;             // notify … listing SET
  bool even_if_late = false;   // notify … even if late
  Once once;                   // notify
  std::unique_ptr<TaskSpec> task;
  Assignment assignment;         // set
  Word event;                    // raise
  std::vector<Assignment> with;  // raise
  Word outcome;                  // close
};

// When a recurring step goes off: `every working day at 09:00 from A to B`, `every Monday rolled
// forward`, `every month on day 25`, `every month on the last working day`.
struct Schedule {
  enum class Unit : uint8_t { day, working_day, week, month, quarter, year };
  enum class Roll : uint8_t { none, forward, back };
  Unit unit = Unit::day;
  Span span;  // of the unit with its day: `month on day 25`
  // Week: the weekday, Monday = 1. Month, quarter and year: the day within it, counted from 1, or
  // from the end when negative (-1 = the last); a day that a short month does not have is its last.
  // 0: not said.
  int day = 0;
  int month = 0;  // quarter, year: the month of it that `day` counts in, from 1; 0 = all of it
  bool counts_working = false;  // month, quarter, year: `day` counts working days
  Roll roll = Roll::none;       // where a day off goes
  Span roll_span;
  Word calendar;     // empty = the default one
  ExprPtr at;        // a time of day; null = `day starts at`
  ExprPtr from, to;  // dates or datetimes, inclusive; may be null
};

struct Trigger {
  enum class Kind : uint8_t {
    on_opening,
    on_closing,      // `outcome` empty = any
    on_event,        // event
    on_notice,       // event = the notice; `receipt`
    when_condition,  // anchor = the condition
    when_changes,    // anchor = what is watched
    at,              // anchor
    before,          // duration before anchor
    after,           // duration after anchor
    every,           // schedule
  };
  enum class Receipt : uint8_t { delivered, failed };
  Kind kind = Kind::on_opening;
  Span span;  // of the trigger's own line
  Word event;
  Receipt receipt = Receipt::delivered;
  Word outcome;
  ExprPtr duration;
  ExprPtr anchor;
  std::unique_ptr<Schedule> schedule;
  ExprPtr condition;  // `if …`; may be null
  std::vector<Action> actions;
  std::vector<Action> otherwise;  // after `otherwise:`; may be empty
};

struct RuleDecl {
  Name name;
  Span span;
  Text basis;
  std::vector<Trigger> triggers;
};

// What a new version does to the promises already made.
enum class InFlight : uint8_t {
  unsaid,     // recompute for a case with `every … since` or schedules, else keep
  keep,       // they stay with the version they were opened under
  recompute,  // they follow the new version, counted from the same moments as before
  restart,    // they follow the new version, counted from the moment it was deployed
};

struct CaseDecl {
  Name name;
  Span span;
  Text basis;
  InFlight in_flight = InFlight::unsaid;
  Word entity;
  ExprPtr key;  // `per K`; null = one per subject
  bool may_reopen = false;
  bool incomplete = false;  // a line below it was not understood

  struct Boundary {  // `opens on E if C`, `opens when C`, `closes on E if C as O`, `closes when C
                     // as O`
    bool opens = false;
    Word event;         // empty = `when`
    ExprPtr condition;  // on: may be null
    Name outcome;       // closes
    Span span;
  };
  std::vector<Boundary> boundaries;
  ExprPtr owner;
  struct Keep {
    Name name;
    TypeExpr type;
    ExprPtr initial;
    Span span;
  };
  std::vector<Keep> keeps;
  std::vector<DefineDecl> defines;
  std::vector<Trigger> steps;
};

// ---------------------------------------------------------------- scenarios

struct ScenarioLine {
  enum class Kind : uint8_t {
    given,              // [at T] ENTITY "key" with …
    on_event,           // on T EVENT [for "key"] with …
    on_receipt,         // on T NOTICE delivered|failed [to "key"]
    on_task_done,       // on T task "title" done [by "key"] [with …]
    expect_notice,      // expect [no] CHANNEL NOTICE to "key" [at T] [saying "…"]
    expect_task,        // expect [no] task "title" [for "key"] [at T] [due D]
    expect_task_done,   // expect task "title" done [at T]
    expect_escalation,  // expect [no] escalation of "title" [to "key"] [at T]
    expect_case,        // expect [no] case CASE ["key"] opened [at T] | closed [as O] [at T]
    expect_event,    // expect [no] EVENT [for "key"] [at T] [with …]: an outgoing or raised event
    expect_blocked,  // expect EVENT|NOTICE blocked [at T]
    expect_nothing,  // expect nothing more until T
  };
  Kind kind = Kind::given;
  Span span;
  bool negated = false;
  ExprPtr at;  // a date or datetime literal; may be null
  Word name;   // entity, event, notice, case
  Word channel;
  std::optional<Text> key;     // subject key, or the case's key
  std::optional<Text> person;  // for "…", to "…", by "…"
  Text title;
  Text saying;
  ExprPtr due;
  bool closed = false;  // expect_case: closed rather than opened
  Word outcome;
  Trigger::Receipt receipt = Trigger::Receipt::delivered;
  std::vector<Assignment> with;
};

struct ScenarioDecl {
  Name name;
  Span span;
  std::vector<Text> with_files;  // `with "other.rules"`
  std::vector<ScenarioLine> lines;
};

// ---------------------------------------------------------------- a file

struct File {
  uint16_t index = 0;          // in the SourceSet
  std::vector<Span> unread;    // what was not understood, or stands below such a line
  std::set<std::string> lost;  // names that stand there
  std::vector<Span> guessed;   // lines that were not understood, and were repaired by a guess
  Policy policy;               // name empty = no policy header
  Vocabulary vocabulary;       // name empty = none
  std::vector<Use> uses;
  ExprPtr effective_from, effective_to;  // date literals; may be null
  Text basis;

  std::vector<CalendarDecl> calendars;
  std::vector<EntityDecl> entities;
  std::vector<ChoiceDecl> choices;
  std::vector<EventDecl> events;
  std::vector<ChannelDecl> channels;
  std::vector<NoticeDecl> notices;
  std::vector<ParameterDecl> parameters;
  std::vector<DefineDecl> defines;
  std::vector<ForbidDecl> forbids;
  std::vector<TableDecl> tables;
  std::vector<ScorecardDecl> scorecards;
  std::vector<RuleDecl> rules;
  std::vector<CaseDecl> cases;
  std::vector<ScenarioDecl> scenarios;
};

}  // namespace duban::syntax
