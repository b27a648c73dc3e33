// The parts of build_line(): one method for each rule of grammar/RulesParser.g4, and for what they
// share. Split over line_*.cc by the kind of line.
#pragma once

#include <memory>
#include <vector>

#include "engine/cst.h"
#include "engine/expression_builder.h"
#include "engine/findings.h"
#include "engine/outline.h"
#include "engine/source.h"
#include "engine/syntax.h"

namespace duban {

// For one line. A cursor argument stands at the node to be read, or, named `in`, before the first
// child of the node that the method is named after.
class LineBuilder {
 public:
  LineBuilder(const Source& source, Findings& findings, uint32_t max_depth)
      : source_(source), findings_(findings), build_(source, findings, max_depth) {}

  // The child of the grammar's `form`.
  LineBody line(Cursor at);

 private:
  // ---- names and types
  static void set_alias(syntax::Name& name, const syntax::Word& alias);
  static syntax::Name as_name(const syntax::Word& word);
  syntax::Name declared(Cursor& at);
  syntax::Name title(Cursor& at);
  std::vector<syntax::Name> names(Cursor& at);
  static TypeKind builtin_type(Terminal terminal);
  void type_word(syntax::TypeExpr& type, Cursor& at);
  syntax::TypeExpr type(Cursor& at);
  syntax::Field field(Cursor& in);

  // ---- headers and declarations
  EffectiveLine effective(Cursor& in);
  syntax::Vocabulary vocabulary(Cursor& in);
  DayStartsLine day_starts(Cursor& in);
  void calendar_tail(Cursor& in, syntax::Text& from,
                     std::vector<syntax::CalendarDecl::Hours>& hours);
  CalendarPart calendar_part(Cursor& in);
  syntax::CalendarDecl calendar(Cursor& in);
  syntax::EntityDecl entity(Cursor& in);
  syntax::ChoiceDecl choice(Cursor& in);
  syntax::EventDecl event(Cursor& in);
  syntax::ChannelDecl channel(Cursor& in);
  QuietLine quiet(Cursor& in);
  static bool over_limit(Cursor in);
  LimitsLine limits(Cursor& in);
  syntax::NoticeDecl notice(Cursor& in);
  syntax::ParameterDecl parameter(Cursor& in);
  syntax::DefineDecl define(Cursor& in);
  syntax::ForbidDecl forbid(Cursor& in);
  UniqueByLine unique_by(Cursor& in);

  // ---- tables
  syntax::TableDecl table(Cursor& in);
  RowLine row(Cursor& in);
  RowLine::Cell cell(Cursor& at);
  syntax::TableCell::Test test(Cursor in);

  // ---- scorecards
  syntax::ScorecardDecl scorecard(Cursor& in);
  BaseLine score_base(Cursor& in);
  syntax::ScorecardDecl::Item score_item(Cursor& in);
  syntax::ScorecardDecl::Grade score_grade(Cursor& in);

  // ---- cases
  syntax::CaseDecl case_line(Cursor& in);
  static InFlightLine in_flight(Cursor& in);
  syntax::CaseDecl::Boundary boundary(bool opens, Cursor& in);
  syntax::CaseDecl::Keep keep(Cursor& in);

  // ---- triggers
  syntax::ExprPtr condition(Cursor& at);
  uint32_t body(Cursor& at, syntax::ExprPtr& if_condition, std::vector<syntax::Action>& actions);
  syntax::Trigger trigger(Rule rule, Cursor& in);
  LineBody relative(Cursor& in);

  // ---- line_schedules.cc
  // How a trigger's day is rolled.
  struct Rolled {
    syntax::Schedule::Roll roll = syntax::Schedule::Roll::none;
    Span span;
    syntax::Word calendar;
  };
  syntax::Trigger recurring(Cursor& in);
  void period(Cursor in, syntax::Schedule& schedule);
  void local_period(Cursor in, syntax::Schedule& schedule);
  void day_within(Cursor in, syntax::Schedule& schedule);
  Rolled rolled(Cursor in);
  syntax::ExprPtr take_rolled(Cursor& at, Rolled& roll);
  static syntax::ExprPtr roll(Rolled rolled, syntax::ExprPtr day);
  static syntax::ExprPtr later(syntax::ExprPtr anchor, syntax::ExprPtr duration);
  void report_rolled_notice(Span span);
  void set_roll(syntax::Schedule& schedule, Rolled rolled);
  OtherwiseLine otherwise(Cursor& in);
  syntax::TaskClause task_clause(Rule rule, Cursor& in);

  // ---- actions
  void append_action(Cursor& in, std::vector<syntax::Action>& actions);
  LineBody action_line(Cursor& in);
  syntax::Action action(Cursor& at);
  syntax::Action action_here(Cursor& at);
  void notify(Cursor& in, syntax::Action& action);
  std::unique_ptr<syntax::TaskSpec> task(Cursor& in);
  void inline_clause(Cursor& at, syntax::TaskSpec& task);
  SetLine set(Cursor in);
  std::vector<syntax::Assignment> with(Cursor& at);
  std::vector<syntax::Assignment> assignments(Cursor& at);

  // ---- clauses of a task
  DueLine due(Cursor& in);
  EveryLine every(Cursor& in);
  PausedLine paused(Cursor& in);
  syntax::ExprPtr expires(Cursor& in);
  syntax::TaskSpec::DoneOn done_on(const CstNode& whole, Cursor& in);
  NeedsLine needs(Cursor& in);
  syntax::Once once(const CstNode& whole, Cursor in);
  static syntax::Once::Kind once_per(Terminal word);
  static syntax::Once::Kind once_word(Terminal word);

  // ---- scenarios
  WithFilesLine with_files(Cursor& in);
  static syntax::ScenarioLine::Kind scenario_kind(Rule rule);
  syntax::ScenarioLine scenario_line(Rule rule, Cursor& in);
  void scenario_part(Rule part, Cursor in, syntax::ScenarioLine& line);
  void scenario_texts(Rule rule, std::vector<syntax::Text>& texts, bool title_first,
                      syntax::ScenarioLine& line);

  const Source& source_;
  Findings& findings_;
  ExpressionBuilder build_;
  Span span_;  // of the whole line
};

}  // namespace duban
