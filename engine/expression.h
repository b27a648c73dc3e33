// Expressions and texts: from the syntax tree to typed nodes of the plan.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/resolve.h"

namespace duban::compiler {

// What an expression may read at the place where it stands.
struct Scope {
  uint16_t file = 0;
  uint16_t entity = kNoId;     // of the subject
  uint16_t event = kNoId;      // at hand
  bool bare_event = true;      // its fields may be named without `event.`
  bool opening = false;        // …and it opened the case: its fields are the case's
  bool past = false;           // …and it is one that an aggregate goes through
  Index owner_case = kNone;    // index into Program::cases and Plan::cases
  uint16_t variables = kNoId;  // only the first so many of the case's variables exist yet
  bool owner = true;           // the case's `owner` may be read
  const std::vector<Layout::Field>* answers = nullptr;
  std::optional<Type> due;
  std::optional<Type> list;
};

// `expected`: the type on the other side, which lets choice values and plain literals mean
// something; null when nothing is known.
Typed compile_expression(Program& program, const syntax::Expr* expr, const Scope& scope,
                         const Type* expected = nullptr);
// A name standing alone, such as the field of `once per bill_no`.
Typed compile_name(Program& program, const syntax::Word& word, const Scope& scope,
                   const Type* expected = nullptr);
// Must be yes/no; kNone when absent or wrong.
Index compile_condition(Program& program, const syntax::Expr* expr, const Scope& scope);
// Must fit `type`. Whether it may be missing where a value is required is judged later, when what
// is known on the way to it is (analysis/missing.cc).
Typed compile_value(Program& program, const syntax::Expr* expr, const Scope& scope,
                    const Type& type);
// Must be a duration.
Index compile_duration(Program& program, const syntax::Expr* expr, const Scope& scope);
// Must be a date or a datetime.
Typed compile_moment(Program& program, const syntax::Expr* expr, const Scope& scope);
// Must be one person or subject.
Typed compile_key(Program& program, const syntax::Expr* expr, const Scope& scope);

// A text with `{placeholders}`.
Template compile_template(Program& program, const syntax::Text& text, const Scope& scope);

// `owner` of a case; compiled once.
Typed case_owner(Program& program, Index owner_case);
Typed define_value(Program& program, Index define);

// The calendar of that name; no name means the default one, as kDefaultCalendar. nullopt: reported,
// a missing default at `span`.
std::optional<uint16_t> find_calendar(Program& program, const syntax::Word& word, Span span);

// The kind of a duration where it is certain.
std::optional<Duration::Kind> duration_kind(const Program& program, Index node);

bool same_type(const Type& a, const Type& b);  // whether or not one may be missing
bool is_orderable(const Type& type);

// ---- expression_names.cc

struct Meaning {
  enum class Kind : uint8_t {
    event_field,
    answer,
    variable,
    case_define,
    attribute,
    key,
    subject,
    define,
    table,
    parameter,
    builtin,
  };
  Kind kind = Kind::builtin;
  Index id = kNone;
  std::string_view builtin = {};
};
// Everything a bare name may mean here, choice values aside.
std::vector<Meaning> meanings(Program& program, std::string_view text, const Scope& scope);
Typed build_name(Program& program, const std::string& text, Span span, const Scope& scope,
                 const Type* expected);
Typed build_member(Program& program, const syntax::Expr& expr, const Scope& scope);

// ---- expression_operators.cc

Typed build_operator(Program& program, const syntax::Expr& expr, const Scope& scope,
                     const Type* expected);
Typed build_call(Program& program, const syntax::Expr& expr, const Scope& scope,
                 const Type* expected);
Typed build_aggregate(Program& program, const syntax::Expr& expr, const Scope& scope);
// `x op value` of two checked sides.
Typed build_comparison(Program& program, syntax::ExprKind kind, Span span, const Typed& left,
                       const Typed& right, Span right_span);

// ---- check_tables.cc

bool compile_table(Program& program, Index table);
Typed build_table_output(Program& program, Index table, const std::string& column, Span span,
                         const Scope& scope);

// ---- compile_scorecards.cc
bool is_points_column(const std::string& column);
// Whether what a scorecard adds up are numbers; reported if not.
bool are_numbers(Program& program, const TableInfo& info, const Type& points);

// ---- analysis/tables.cc

// Reports gaps, overlaps and rows that never apply; makes the outputs optional where no row may.
void check_rows(Program& program, TableInfo& info, const std::vector<Typed>& columns, Table& table);

// ---- check_subjects.cc

// Its subject: the entity or case named, or the one that has all columns. False: reported.
bool place_table(Program& program, Index table);
// The entity that has all the names of these expressions; kNoId: reported at `span`.
uint16_t infer_entity(Program& program, const std::vector<const syntax::Expr*>& exprs,
                      uint16_t file, Span span);

// ---- check_dependencies.cc

void add_dependencies(const Program& program, Index node, Dependencies& out);
Dependencies dependencies_of(const Program& program, Index node);
void merge(Dependencies& into, const Dependencies& from);
// Reports what is watched and moves with the clock in a way that no timer can follow.
bool check_watched(Program& program, Index node, Span span, const char* english,
                   const char* chinese);
// Reports an expression that the passing of time alone can change.
bool reject_time(Program& program, Index node, Span span, const char* english, const char* chinese);

}  // namespace duban::compiler
