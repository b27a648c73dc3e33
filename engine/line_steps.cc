// Lines of rules and cases.
#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;

// ---------------------------------------------------------------- cases

syntax::CaseDecl LineBuilder::case_line(Cursor& in) {
  in.next();
  syntax::CaseDecl made;
  made.span = span_;
  made.name = declared(in);
  in.next();
  made.entity = build_.word(in);
  if (in.skip(K_PER)) made.key = build_.take(in);
  in.skip(COMMA);
  made.may_reopen = in.at(Rule::mayReopen);
  return made;
}

InFlightLine LineBuilder::in_flight(Cursor& in) {
  while (!in.skip(COLON)) in.next();
  switch (in.here().terminal) {
    case K_RECOMPUTE:
      return {syntax::InFlight::recompute};
    case K_RESTART:
      return {syntax::InFlight::restart};
    default:
      return {syntax::InFlight::keep};
  }
}

syntax::CaseDecl::Boundary LineBuilder::boundary(bool opens, Cursor& in) {
  syntax::CaseDecl::Boundary boundary;
  boundary.opens = opens;
  boundary.span = span_;
  while (in.here().rule == Rule::TOKEN) {
    const Terminal word = in.take().terminal;
    const bool on_event = word == K_ON || word == K_OPENS_ON || word == K_CLOSES_ON;
    if (on_event) boundary.event = build_.word(in);
    if (on_event || word == K_WHEN || word == K_OPENS_WHEN || word == K_CLOSES_WHEN) break;
  }
  while (!in.done()) {
    if (in.at(Rule::condition)) {
      boundary.condition = condition(in);
    } else if (in.at(Rule::declared)) {
      boundary.outcome = declared(in);
    } else if (in.here().rule == Rule::TOKEN) {
      in.next();
    } else {
      boundary.condition = build_.take(in);
    }
  }
  return boundary;
}

syntax::CaseDecl::Keep LineBuilder::keep(Cursor& in) {
  in.next();
  syntax::CaseDecl::Keep keep;
  keep.span = span_;
  keep.name = declared(in);
  in.next();
  keep.type = type(in);
  if (in.skip(EQUALS)) keep.initial = build_.take(in);
  return keep;
}

// ---------------------------------------------------------------- triggers

syntax::ExprPtr LineBuilder::condition(Cursor& at) {
  Cursor in = at.enter();
  while (in.here().rule == Rule::TOKEN) in.next();
  return build_.take(in);
}

// `[if C]: [ACTION]`. Returns where the head ends.
uint32_t LineBuilder::body(Cursor& at, syntax::ExprPtr& if_condition,
                           std::vector<syntax::Action>& actions) {
  Cursor in = at.enter();
  if (in.at(Rule::condition)) if_condition = condition(in);
  const uint32_t end = in.take().end;
  append_action(in, actions);
  return end;
}

syntax::Trigger LineBuilder::trigger(Rule rule, Cursor& in) {
  using Kind = syntax::Trigger::Kind;
  syntax::Trigger made;
  switch (rule) {
    case Rule::onOpening:
      made.kind = Kind::on_opening;
      break;
    case Rule::onClosing:
      made.kind = Kind::on_closing;
      break;
    case Rule::onEvent:
      made.kind = Kind::on_event;
      break;
    case Rule::onReceipt:
      made.kind = Kind::on_notice;
      break;
    case Rule::whenChanges:
      made.kind = Kind::when_changes;
      break;
    case Rule::whenTrigger:
      made.kind = Kind::when_condition;
      break;
    default:
      made.kind = Kind::at;
      break;
  }
  while (!in.at(Rule::body)) {
    if (in.here().rule == Rule::TOKEN) {
      if (in.at(K_FAILED)) made.receipt = syntax::Trigger::Receipt::failed;
      in.next();
    } else if (made.kind == Kind::on_closing) {
      made.outcome = build_.word(in);
    } else if (made.kind == Kind::on_event || made.kind == Kind::on_notice) {
      made.event = build_.word(in);
    } else {
      made.anchor = build_.take(in);
    }
  }
  const uint32_t end = body(in, made.condition, made.actions);
  made.span = build_.span(span_.begin, end);
  return made;
}

// English: DURATION before ANCHOR; Chinese: ANCHOR 前 DURATION. Before `due` it is a task's clause.
// A roll at the end is of the day this leads to: `7 days after X rolled forward`.
LineBody LineBuilder::relative(Cursor& in) {
  syntax::ExprPtr left = build_.take(in);
  const Terminal word = in.take().terminal;
  Rolled rolled;
  syntax::ExprPtr right = take_rolled(in, rolled);
  const bool english = word == K_BEFORE || word == K_AFTER;
  const bool before = word == K_BEFORE || word == K_QIAN;
  syntax::ExprPtr& duration = english ? left : right;
  syntax::ExprPtr& anchor = english ? right : left;
  const bool is_rolled = rolled.roll != syntax::Schedule::Roll::none;
  if (before && is_rolled) report_rolled_notice(rolled.span);
  const bool of_due = anchor->kind == syntax::ExprKind::name && builtin_name(anchor->text) == "due";
  if (before && of_due) {
    syntax::TaskClause clause;
    clause.kind = syntax::TaskClause::Kind::before_due;
    clause.duration = std::move(duration);
    clause.span = build_.span(span_.begin, body(in, clause.condition, clause.actions));
    return clause;
  }
  syntax::Trigger made;
  made.kind = before ? syntax::Trigger::Kind::before : syntax::Trigger::Kind::after;
  if (!before && is_rolled) {
    made.kind = syntax::Trigger::Kind::at;
    made.anchor = roll(std::move(rolled), later(std::move(anchor), std::move(duration)));
  } else {
    made.duration = std::move(duration);
    made.anchor = std::move(anchor);
  }
  made.span = build_.span(span_.begin, body(in, made.condition, made.actions));
  return made;
}

OtherwiseLine LineBuilder::otherwise(Cursor& in) {
  in.next();
  in.next();
  OtherwiseLine line;
  append_action(in, line.actions);
  return line;
}

syntax::TaskClause LineBuilder::task_clause(Rule rule, Cursor& in) {
  using Kind = syntax::TaskClause::Kind;
  syntax::TaskClause clause;
  Rolled rolled;
  while (!in.at(Rule::body)) {
    if (in.here().rule == Rule::TOKEN) {
      in.next();
    } else {
      clause.duration = rule == Rule::beforeDue ? take_rolled(in, rolled) : build_.take(in);
    }
  }
  if (rolled.roll != syntax::Schedule::Roll::none) report_rolled_notice(rolled.span);
  clause.kind = rule == Rule::whenDone       ? Kind::when_done
                : rule == Rule::beforeDue    ? Kind::before_due
                : clause.duration != nullptr ? Kind::when_late_by
                                             : Kind::when_late;
  clause.span = build_.span(span_.begin, body(in, clause.condition, clause.actions));
  return clause;
}

// ---------------------------------------------------------------- actions

void LineBuilder::append_action(Cursor& in, std::vector<syntax::Action>& actions) {
  if (in.done()) return;
  // `set a = 1, b = 2` is as many actions as it sets.
  Cursor peek = in;
  Cursor inside = peek.enter();
  if (!inside.at(Rule::set)) {
    actions.push_back(action(in));
    return;
  }
  SetLine line = set(inside.enter());
  for (syntax::Assignment& assignment : line.assignments) {
    actions.push_back(set_action(std::move(assignment)));
  }
  in.next();
}

LineBody LineBuilder::action_line(Cursor& in) {
  if (in.at(Rule::set)) return set(in.enter());
  return action_here(in);
}

syntax::Action LineBuilder::action(Cursor& at) {
  Cursor in = at.enter();
  return action_here(in);
}

syntax::Action LineBuilder::action_here(Cursor& at) {
  using Kind = syntax::Action::Kind;
  syntax::Action action;
  const CstNode& whole = at.here();
  action.span = build_.span(whole);
  Cursor in = at.enter();
  switch (whole.rule) {
    case Rule::notify:
      notify(in, action);
      break;
    case Rule::task:
      action.kind = Kind::task;
      action.task = task(in);
      break;
    case Rule::raise:
      action.kind = Kind::raise;
      in.next();
      action.event = build_.word(in);
      if (!in.done()) action.with = with(in);
      break;
    case Rule::close:
      action.kind = Kind::close;
      in.next();
      in.next();
      action.outcome = build_.word(in);
      break;
    default:
      action.kind = whole.rule == Rule::escalate ? Kind::escalate : Kind::reassign;
      while (in.here().rule == Rule::TOKEN) in.next();
      action.who = build_.take(in);
      break;
  }
  return action;
}

void LineBuilder::notify(Cursor& in, syntax::Action& action) {
  in.next();
  action.who = build_.take(in);
  std::vector<syntax::Word> words;  // channels, then the notice
  while (!in.done()) {
    if (in.at(Rule::name)) {
      words.push_back(build_.word(in));
    } else if (in.at(Rule::notifyTail)) {
      Cursor tail = in.enter();
      tail.skip(COMMA);
      if (tail.skip(K_LISTING)) {
        action.listing = build_.take(tail);
      } else if (tail.at(Rule::once)) {
        const CstNode& whole = tail.here();
        action.once = once(whole, tail.enter());
      } else {
        action.even_if_late = true;
      }
    } else {
      in.next();
    }
  }
  action.notice = std::move(words.back());
  words.pop_back();
  action.channels = std::move(words);
}

std::unique_ptr<syntax::TaskSpec> LineBuilder::task(Cursor& in) {
  auto task = std::make_unique<syntax::TaskSpec>();
  in.next();
  while (!in.done()) {
    if (in.at(STRING)) {
      task->title = build_.text(in);
    } else if (in.at(Rule::taskClause)) {
      Cursor clause = in.enter();
      inline_clause(clause, *task);
    } else if (in.here().rule == Rule::TOKEN) {
      in.next();
    } else {
      task->assignee = build_.take(in);
    }
  }
  return task;
}

void LineBuilder::inline_clause(Cursor& at, syntax::TaskSpec& task) {
  const CstNode& whole = at.here();
  Cursor in = at.enter();
  switch (whole.rule) {
    case Rule::due: {
      DueLine line = due(in);
      task.due_kind = line.kind;
      task.due_within = std::move(line.within);
      task.due_anchor = std::move(line.anchor);
      task.due_span = build_.span(whole);
      break;
    }
    case Rule::every: {
      EveryLine line = every(in);
      task.every = std::move(line.every);
      task.since = std::move(line.since);
      task.not_before = std::move(line.not_before);
      break;
    }
    case Rule::opensBefore:
      in.next();
      task.opens_before = build_.take(in);
      break;
    case Rule::stays:
      task.stays = true;
      break;
    case Rule::paused:
      task.paused_while = paused(in).condition;
      break;
    case Rule::expires:
      task.expires_after = expires(in);
      break;
    case Rule::doneOn:
      task.done_on.push_back(done_on(whole, in));
      break;
    default:
      task.once = once(whole, in);
      break;
  }
}

SetLine LineBuilder::set(Cursor in) {
  in.next();
  return {assignments(in)};
}

std::vector<syntax::Assignment> LineBuilder::with(Cursor& at) {
  Cursor in = at.enter();
  while (in.here().rule == Rule::TOKEN) in.next();
  return assignments(in);
}

std::vector<syntax::Assignment> LineBuilder::assignments(Cursor& at) {
  std::vector<syntax::Assignment> list;
  for (Cursor in = at.enter(); !in.done(); in.skip(COMMA)) {
    syntax::Assignment assignment;
    assignment.span = build_.span(in.here());
    Cursor part = in.enter();
    assignment.target = build_.word(part);
    if (part.skip(EQUALS)) assignment.value = build_.take(part);
    list.push_back(std::move(assignment));
  }
  return list;
}

// ---------------------------------------------------------------- clauses of a task

DueLine LineBuilder::due(Cursor& in) {
  using Kind = syntax::TaskSpec::DueKind;
  const Terminal first = in.take().terminal;
  if (first == K_DUE && in.skip(K_WITHIN)) return {Kind::within, build_.take(in), nullptr};
  if (first == K_DEADLINE || in.skip(K_AT)) return {Kind::at, nullptr, build_.take(in)};
  syntax::ExprPtr left = build_.take(in);
  if (in.done()) return {Kind::within, std::move(left), nullptr};
  in.next();
  Rolled rolled;
  syntax::ExprPtr right = take_rolled(in, rolled);
  if (first == K_TIME_LIMIT) std::swap(left, right);  // 时限 X 后 D
  if (rolled.roll != syntax::Schedule::Roll::none) {
    return {Kind::at, nullptr, roll(std::move(rolled), later(std::move(right), std::move(left)))};
  }
  return {Kind::after, std::move(left), std::move(right)};
}

EveryLine LineBuilder::every(Cursor& in) {
  const bool english = in.take().terminal == K_EVERY;
  EveryLine line;
  syntax::ExprPtr left = build_.take(in);
  in.next();
  syntax::ExprPtr right = build_.take(in);
  line.every = std::move(english ? left : right);
  line.since = std::move(english ? right : left);
  while (!in.done() && in.here().rule == Rule::TOKEN) in.next();
  if (!in.done()) line.not_before = build_.take(in);
  return line;
}

// English: `paused while C`; Chinese: `C 期间暂停计时`.
PausedLine LineBuilder::paused(Cursor& in) {
  while (in.here().rule == Rule::TOKEN) in.next();
  return {build_.take(in)};
}

syntax::ExprPtr LineBuilder::expires(Cursor& in) {
  while (in.here().rule == Rule::TOKEN) in.next();
  return build_.take(in);
}

syntax::TaskSpec::DoneOn LineBuilder::done_on(const CstNode& whole, Cursor& in) {
  syntax::TaskSpec::DoneOn made;
  made.span = build_.span(whole);
  while (in.here().rule == Rule::TOKEN) in.next();
  made.event = build_.word(in);
  if (!in.done()) made.condition = condition(in);
  return made;
}

NeedsLine LineBuilder::needs(Cursor& in) {
  NeedsLine line;
  for (in.next(); !in.done(); in.skip(COMMA)) {
    Cursor need = in.enter();
    line.fields.push_back(field(need));
  }
  return line;
}

syntax::Once LineBuilder::once(const CstNode& whole, Cursor in) {
  using Kind = syntax::Once::Kind;
  syntax::Once once;
  once.span = build_.span(whole);
  bool has_count = false;
  while (!in.done()) {
    const CstNode& here = in.here();
    if (here.rule == Rule::name) {
      Cursor peek = in;
      const Terminal word = peek.enter().here().terminal;
      once.kind = once_per(word);
      if (once.kind == Kind::per_field)
        once.field = build_.word(in);
      else
        in.next();
    } else if (here.terminal == NUMBER && here.rule == Rule::TOKEN) {
      once.count = build_.count(in);
      has_count = true;
    } else if (here.rule == Rule::TOKEN) {
      if (once.kind == Kind::none) once.kind = once_word(here.terminal);
      if (here.terminal == K_ONCE) has_count = true;
      in.next();
    } else {
      once.window = build_.take(in);
    }
  }
  if (has_count && once.window != nullptr) once.kind = Kind::at_most;
  return once;
}

syntax::Once::Kind LineBuilder::once_per(Terminal word) {
  using Kind = syntax::Once::Kind;
  switch (word) {
    case K_CASE:
      return Kind::per_case;
    case K_DAY:
      return Kind::per_day;
    case K_WEEK:
      return Kind::per_week;
    case K_MONTH:
      return Kind::per_month;
    case K_YEAR:
      return Kind::per_year;
    default:
      return Kind::per_field;
  }
}

syntax::Once::Kind LineBuilder::once_word(Terminal word) {
  using Kind = syntax::Once::Kind;
  switch (word) {
    case K_ONCE_PER_CASE:
      return Kind::per_case;
    case K_ONCE_DAILY:
      return Kind::per_day;
    case K_ONCE_WEEKLY:
      return Kind::per_week;
    case K_ONCE_MONTHLY:
      return Kind::per_month;
    case K_ONCE_YEARLY:
      return Kind::per_year;
    default:
      return Kind::none;
  }
}

}  // namespace duban
