// Recurring triggers, and days that are rolled.
#include <utility>

#include "engine/line_methods.h"

namespace duban {

using enum Terminal;
using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;
using syntax::Schedule;

namespace {

ExprPtr expression(ExprKind kind, Span span) {
  auto made = std::make_unique<Expr>();
  made->kind = kind;
  made->span = made->text_span = span;
  return made;
}

}  // namespace

// ---------------------------------------------------------------- rolls

LineBuilder::Rolled LineBuilder::rolled(Cursor in) {
  Rolled made;
  made.span = build_.span(in.parent());
  made.roll = Schedule::Roll::forward;
  for (; !in.done(); in.next()) {
    if (in.at(K_BACK) || in.at(K_ROLLED_BACK)) made.roll = Schedule::Roll::back;
    if (!in.at(Rule::inCalendar)) continue;
    Cursor calendar = in;
    made.calendar = build_.calendar(calendar);
  }
  return made;
}

// An expression at the end of a trigger or deadline. A roll after it is none of its own: it moves
// the day that the whole leads to. In parentheses it is the expression's.
ExprPtr LineBuilder::take_rolled(Cursor& at, Rolled& roll) {
  if (at.at(Rule::sum)) {
    Cursor peek = at;
    for (Cursor part = peek.enter(); !part.done(); part.next()) {
      if (!part.at(Rule::rolled)) continue;
      Cursor last = part;
      roll = rolled(last.enter());
    }
  }
  ExprPtr made = build_.take(at);
  if (roll.roll == Schedule::Roll::none || made->kind != ExprKind::call) return made;
  return std::move(made->args[0]);
}

ExprPtr LineBuilder::roll(Rolled rolled, ExprPtr day) {
  const Span span = {rolled.span.file, day->span.begin, rolled.span.end};
  ExprPtr made = expression(ExprKind::call, span);
  made->text = rolled.roll == Schedule::Roll::back ? "rolled_back" : "rolled_forward";
  made->args.push_back(std::move(day));
  if (rolled.calendar.empty()) return made;
  made->args.push_back(expression(ExprKind::name, rolled.calendar.span));
  made->args.back()->text = std::move(rolled.calendar.text);
  return made;
}

// `7 days after X` as X + 7 days.
ExprPtr LineBuilder::later(ExprPtr anchor, ExprPtr duration) {
  const Span& a = anchor->span;
  const Span& b = duration->span;
  ExprPtr made =
      expression(ExprKind::add, {a.file, std::min(a.begin, b.begin), std::max(a.end, b.end)});
  made->args.push_back(std::move(anchor));
  made->args.push_back(std::move(duration));
  return made;
}

// Rolled, the time to prepare would become shorter than promised.
void LineBuilder::report_rolled_notice(Span span) {
  findings_.add("E152", span,
                {"a notice period is never rolled: it counts back from its day in full",
                 "提前通知的期间不顺延也不提前，须从到期那天足额倒推"},
                {"if the day itself is rolled, put it in parentheses: `3 days before (due_date "
                 "rolled forward):`",
                 "若是到期日本身遇休顺延，写作“（到期日 遇休顺延） 前 3 日：”"});
}

void LineBuilder::set_roll(Schedule& schedule, Rolled rolled) {
  if (rolled.roll == Schedule::Roll::none) return;
  if (schedule.roll != Schedule::Roll::none) {
    findings_.add("E013", rolled.span, {"the roll is given twice here", "此处重复写了遇休的处理"});
  }
  schedule.roll = rolled.roll;
  schedule.roll_span = rolled.span;
  if (!rolled.calendar.empty()) schedule.calendar = std::move(rolled.calendar);
}

// ---------------------------------------------------------------- `every …`

syntax::Trigger LineBuilder::recurring(Cursor& in) {
  syntax::Trigger made;
  made.kind = syntax::Trigger::Kind::every;
  made.schedule = std::make_unique<Schedule>();
  Schedule& schedule = *made.schedule;
  bool seen_period = false;
  Terminal before = END;
  while (!in.at(Rule::body)) {
    if (in.at(Rule::period) || in.at(Rule::localPeriod)) {
      schedule.span = build_.span(in.here());
      const bool english = in.at(Rule::period);
      english ? period(in.enter(), schedule) : local_period(in.enter(), schedule);
      seen_period = true;
      before = END;
    } else if (in.at(Rule::roll)) {
      Cursor part = in.enter();
      while (!part.at(Rule::rolled)) part.next();
      set_roll(schedule, rolled(part.enter()));
    } else if (in.here().rule == Rule::TOKEN) {
      before = in.take().terminal;
    } else {
      // A bound that stands before the period is rolled for itself.
      Rolled end;
      const CstNode& whole = in.here();
      ExprPtr value = seen_period ? take_rolled(in, end) : build_.take(in);
      set_roll(schedule, std::move(end));
      ExprPtr& target = before == K_FROM || before == K_ZI ? schedule.from
                        : before == K_TO                   ? schedule.to
                                                           : schedule.at;
      if (target != nullptr) {
        findings_.add("E013", build_.span(whole), {"this is said twice", "此项重复写了"});
      }
      target = std::move(value);
      before = END;
    }
  }
  const uint32_t end = body(in, made.condition, made.actions);
  made.span = build_.span(span_.begin, end);
  return made;
}

namespace {

Schedule::Unit unit_of(Terminal word) {
  switch (word) {
    case K_DAY:
    case K_DAILY:
      return Schedule::Unit::day;
    case K_WORKING:
    case K_EVERY_WORKING_DAY:
      return Schedule::Unit::working_day;
    case K_MONTH:
    case K_MONTHLY:
      return Schedule::Unit::month;
    case K_QUARTER:
    case K_QUARTERLY:
      return Schedule::Unit::quarter;
    case K_YEAR:
    case K_YEARLY:
      return Schedule::Unit::year;
    default:
      return Schedule::Unit::week;
  }
}

int weekday_of(Cursor in) {
  return 1 + static_cast<int>(in.here().terminal) - static_cast<int>(K_MONDAY);
}

}  // namespace

void LineBuilder::period(Cursor in, Schedule& schedule) {
  schedule.unit = unit_of(in.here().terminal);
  for (; !in.done(); in.next()) {
    Cursor part = in;
    if (in.at(Rule::weekday)) schedule.day = weekday_of(part.enter());
    if (in.at(Rule::dayWithin)) day_within(part.enter(), schedule);
    if (in.at(Rule::inCalendar)) schedule.calendar = build_.calendar(part);
  }
}

// `day 25`, `the last working day of month 2 of statutory`.
void LineBuilder::day_within(Cursor in, Schedule& schedule) {
  while (!in.done()) {
    if (in.at(NUMBER)) {
      schedule.day = static_cast<int>(build_.count(in));
    } else if (in.at(Rule::ofMonth)) {
      Cursor month = in.enter();
      while (!month.at(NUMBER)) month.next();
      schedule.month = static_cast<int>(build_.count(month));
    } else if (in.at(Rule::inCalendar)) {
      schedule.calendar = build_.calendar(in);
    } else {
      const Terminal word = in.take().terminal;
      if (word == K_FIRST) schedule.day = 1;
      if (word == K_LAST) schedule.day = -1;
      if (word == K_WORKING) schedule.counts_working = true;
    }
  }
}

void LineBuilder::local_period(Cursor in, Schedule& schedule) {
  schedule.unit = unit_of(in.here().terminal);
  while (!in.done()) {
    if (in.at(Rule::weekday)) {
      schedule.day = weekday_of(in.enter());
    } else if (in.at(Rule::inCalendar)) {
      schedule.calendar = build_.calendar(in);
    } else if (in.at(Rule::localMonth)) {
      Cursor month = in.enter();
      while (!month.at(NUMBER)) month.next();
      schedule.month = static_cast<int>(build_.count(month));
    } else if (in.at(Rule::localDay)) {
      for (Cursor day = in.enter(); !day.done();) {
        if (day.at(NUMBER)) {
          schedule.day = static_cast<int>(build_.count(day));
        } else if (day.at(Rule::inCalendar)) {
          schedule.calendar = build_.calendar(day);
        } else {
          const Terminal word = day.take().terminal;
          if (word == K_FIRST_DAY || word == K_FIRST_WORKING_DAY) schedule.day = 1;
          if (word == K_LAST_DAY || word == K_LAST_WORKING_DAY) schedule.day = -1;
          schedule.counts_working |=
              word == K_WORKING_DAY || word == K_FIRST_WORKING_DAY || word == K_LAST_WORKING_DAY;
        }
      }
    } else {
      in.next();
    }
  }
}

}  // namespace duban
