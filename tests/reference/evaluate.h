// What an expression is worth, straight from its tree.
#pragma once

#include "tests/reference/facts.h"

namespace duban::reference {

// Which names mean something where an expression stands.
struct Scope {
  const Program* program = nullptr;
  int entity = -1;
  int owner_case = -1;
  int event = -1;          // the event at hand
  bool bare_event = true;  // its fields may be named without `event.`
  bool opening = false;    // `on opening`: a bare name is the case's, which took the field over
  const std::vector<Field>* answers = nullptr;  // fields of `needs`
  bool has_due = false;
  Type list{};  // of `list`; none = not at hand
};

// And what they are worth.
struct Context : Scope {
  const Subject* subject = nullptr;
  const Case* instance = nullptr;
  const Event* event_at_hand = nullptr;
  const Fields* given_answers = nullptr;
  std::optional<Deadline> due;
  const Value* listing = nullptr;
  const Rows* rows = nullptr;
  Instant now;
  std::optional<Instant> history_before;  // what happened from then on is not read
  std::optional<Instant> counts_from;     // `case.opened`, for the times of a restarted case
  bool paused = false;                    // the task's clock stands still: `due` reads so
  bool* no_data = nullptr;                // set where a calendar has no data

  Date today() const { return program->zone.date_of(now); }
};

// The static type: what a bare word and an amount of money need.
Type type_of(const Scope& scope, const syntax::Expr& expr, const Type* expected = nullptr);

// Throws Failure. `expected` gives a bare word its choice and a text its reference.
Value evaluate(const Context& context, const syntax::Expr& expr, const Type* expected = nullptr);
Value evaluate(const Context& context, const syntax::ExprPtr& expr, const Type* expected = nullptr);
bool holds(const Context& context, const syntax::ExprPtr& condition);  // absent: it does

Scope scope_of(const Program* program, int entity, int owner_case);

// Whether a name stands for something by itself, in this scope.
bool has_meaning(const Scope& scope, const std::string& name);

// Whether the value may move with the clock: with `today` and the periods of the calendar at
// midnights only, with `now` and `over the last D` at any instant.
enum class Moves { never, with_the_day, at_any_instant };
// All that a value depends on, taken or not: through defines, tables and scorecards too.
struct Reads {
  Moves moves = Moves::never;
  bool references = false;
  std::set<std::string> attributes, variables, history;  // canonical names; history: of events
};
Reads reads(const Scope& scope, const syntax::Expr* expr);
Moves moves(const Scope& scope, const syntax::Expr* expr);
bool reads_time(const Scope& scope, const syntax::Expr* expr);

// Parts, each in a file of its own.
Value table_value(const Context& context, const Table& table, const std::string& column);
Value scorecard_value(const Context& context, const Scorecard& card, const std::string& column);
Type table_type(const Program& program, const Table& table, const std::string& column);
Value call(const Context& context, const syntax::Expr& expr, const Type* expected);
Value aggregate(const Context& context, const syntax::Expr& expr);
bool compare(syntax::ExprKind op, const Value& a, const Value& b);

}  // namespace duban::reference
