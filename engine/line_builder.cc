#include "engine/line_builder.h"

#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;

// ---------------------------------------------------------------- names and types

LineBody LineBuilder::line(Cursor at) {
  const CstNode& whole = at.here();
  span_ = build_.span(whole);
  const Rule rule = whole.rule;
  Cursor in = at.enter();
  switch (rule) {
    case Rule::policy:
      in.next();
      return syntax::Policy{title(in), span_};
    case Rule::use:
      in.next();
      return syntax::Use{build_.text(in)};
    case Rule::effective:
      return effective(in);
    case Rule::basis:
      in.next();
      return BasisLine{build_.text(in)};
    case Rule::vocabulary:
      return vocabulary(in);
    case Rule::timezone:
      in.next();
      return TimezoneLine{build_.text(in)};
    case Rule::currency:
      in.next();
      return CurrencyLine{declared(in)};
    case Rule::dayStarts:
      return day_starts(in);
    case Rule::calendar:
      return calendar(in);
    case Rule::calendarFrom:
    case Rule::calendarHours:
      return calendar_part(in);
    case Rule::entity:
      return entity(in);
    case Rule::field:
      return field(in);
    case Rule::choice:
      return choice(in);
    case Rule::event:
      return event(in);
    case Rule::channel:
      return channel(in);
    case Rule::quiet:
      return quiet(in);
    case Rule::limits:
      return limits(in);
    case Rule::overLimit:
      return LimitsLine{{}, over_limit(in)};
    case Rule::notice:
      return notice(in);
    case Rule::parameter:
      return parameter(in);
    case Rule::define:
      return define(in);
    case Rule::forbid:
      return forbid(in);
    case Rule::table:
      return table(in);
    case Rule::row:
      return row(in);
    case Rule::uniqueBy:
      return unique_by(in);
    case Rule::scorecard:
      return scorecard(in);
    case Rule::scoreBase:
      return score_base(in);
    case Rule::scoreItem:
      return score_item(in);
    case Rule::scoreGrade:
      return score_grade(in);
    case Rule::rule_:
      in.next();
      return syntax::RuleDecl{title(in), span_, {}, {}};
    case Rule::case_:
      return case_line(in);
    case Rule::mayReopen:
      return MayReopenLine{};
    case Rule::inFlight:
      return in_flight(in);
    case Rule::opens:
    case Rule::closes:
      return boundary(rule == Rule::opens, in);
    case Rule::owner:
      in.next();
      return OwnerLine{build_.take(in)};
    case Rule::keep:
      return keep(in);
    case Rule::whenLate:
    case Rule::whenDone:
    case Rule::beforeDue:
      return task_clause(rule, in);
    case Rule::relativeTrigger:
      return relative(in);
    case Rule::recurring:
      return recurring(in);
    case Rule::onOpening:
    case Rule::onClosing:
    case Rule::onEvent:
    case Rule::onReceipt:
    case Rule::whenChanges:
    case Rule::whenTrigger:
    case Rule::atTrigger:
      return trigger(rule, in);
    case Rule::otherwise:
      return otherwise(in);
    case Rule::action:
      return action_line(in);
    case Rule::due:
      return due(in);
    case Rule::every:
      return every(in);
    case Rule::opensBefore:
      in.next();
      return OpensLine{build_.take(in)};
    case Rule::stays:
      return StaysLine{};
    case Rule::paused:
      return paused(in);
    case Rule::expires:
      return ExpiresLine{expires(in)};
    case Rule::doneOn:
      return done_on(whole, in);
    case Rule::needs:
      return needs(in);
    case Rule::once:
      return once(whole, in);
    case Rule::scenario:
      in.next();
      return syntax::ScenarioDecl{title(in), span_, {}, {}};
    case Rule::withFiles:
      return with_files(in);
    default:
      return scenario_line(rule, in);
  }
}

void LineBuilder::set_alias(syntax::Name& name, const syntax::Word& alias) {
  name.alias = alias.text;
  name.alias_span = alias.span;
}

syntax::Name LineBuilder::as_name(const syntax::Word& word) {
  return {word.text, {}, word.span, {}};
}

syntax::Name LineBuilder::declared(Cursor& at) {
  Cursor in = at.enter();
  syntax::Name name = as_name(build_.word(in));
  if (in.at(Rule::alias)) {
    Cursor alias = in.enter();
    alias.next();
    set_alias(name, build_.word(alias));
  }
  return name;
}

// The alias of a title is free text: `（Collection escalation）`.
syntax::Name LineBuilder::title(Cursor& at) {
  Cursor in = at.enter();
  syntax::Name name;
  if (in.at(STRING)) {
    const syntax::Text text = build_.text(in);
    name = {text.text, {}, text.span, {}};
  } else {
    name = as_name(build_.word(in));
  }
  if (in.at(Rule::titleAlias)) {
    Cursor alias = in.enter();
    alias.next();
    const CstNode& first = alias.here();
    uint32_t end = first.end;
    for (; !alias.at(RPAREN); alias.next()) end = alias.here().end;
    set_alias(name, {source_.slice(first.begin, end), build_.span(first.begin, end)});
  }
  return name;
}

std::vector<syntax::Name> LineBuilder::names(Cursor& at) {
  std::vector<syntax::Name> list;
  for (; !at.done(); at.skip(BAR)) list.push_back(declared(at));
  return list;
}

TypeKind LineBuilder::builtin_type(Terminal terminal) {
  switch (terminal) {
    case K_YES_NO:
      return TypeKind::yes_no;
    case K_NUMBER:
      return TypeKind::number;
    case K_MONEY:
      return TypeKind::money;
    case K_TEXT:
      return TypeKind::text;
    case K_DATE:
      return TypeKind::date;
    case K_TIME:
      return TypeKind::time;
    case K_DATETIME:
      return TypeKind::datetime;
    case K_DURATION:
      return TypeKind::duration;
    default:
      return TypeKind::none;
  }
}

void LineBuilder::type_word(syntax::TypeExpr& type, Cursor& at) {
  Cursor peek = at;
  type.builtin = builtin_type(peek.enter().here().terminal);
  type.word = build_.word(at);
}

syntax::TypeExpr LineBuilder::type(Cursor& at) {
  syntax::TypeExpr type;
  type.span = build_.span(at.here());
  Cursor in = at.enter();
  Cursor body = in.enter();
  type.optional = in.at(QUESTION);
  if (body.at(K_YES)) {
    type.builtin = TypeKind::yes_no;
    type.word = {source_.slice(body.parent().begin, body.parent().end), build_.span(body.parent())};
  } else if (body.skip(K_SET)) {
    body.next();
    type.set = true;
    type_word(type, body);
  } else if (body.at(Rule::name)) {
    type.set = true;
    type_word(type, body);
  } else {
    Cursor first = body;
    Cursor single = first.enter();
    std::vector<syntax::Name> list = names(body);
    if (list.size() > 1) {
      type.choices = std::move(list);
    } else if (!list[0].alias.empty()) {
      findings_.add("E004", list[0].alias_span,
                    {"a choice has two values or more: `a | b`", "选项至少有两个值：“甲｜乙”"});
    } else {
      type_word(type, single);
    }
  }
  return type;
}

syntax::Field LineBuilder::field(Cursor& in) {
  syntax::Field field;
  field.span = build_.span(in.parent());
  field.name = declared(in);
  in.next();
  field.type = type(in);
  field.is_private = in.skip(K_PRIVATE);
  if (in.skip(EQUALS)) field.initial = build_.take(in);
  return field;
}

std::optional<LineBody> build_line(const Cst& cst, const Source& source, Findings& findings,
                                   uint32_t max_depth) {
  const uint32_t before = findings.seen();
  const Cursor line(cst, 0);  // node 0 is the form
  LineBody body = LineBuilder(source, findings, max_depth).line(line);
  if (findings.seen() != before) return std::nullopt;
  return body;
}

}  // namespace duban
