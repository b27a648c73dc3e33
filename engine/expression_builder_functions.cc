// Questions about the past, and functions.
#include <algorithm>
#include <utility>

#include "engine/expression_builder.h"

namespace duban {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;

namespace {

// `week` after `this` or `previous`; 本周, 上周.
std::optional<syntax::Over> period_of(Terminal word, bool previous) {
  using enum Terminal;
  using syntax::Over;
  switch (word) {
    case K_WEEK:
      return previous ? Over::previous_week : Over::this_week;
    case K_MONTH:
      return previous ? Over::previous_month : Over::this_month;
    case K_QUARTER:
      return previous ? Over::previous_quarter : Over::this_quarter;
    case K_YEAR:
      return previous ? Over::previous_year : Over::this_year;
    case K_THIS_WEEK:
      return Over::this_week;
    case K_THIS_MONTH:
      return Over::this_month;
    case K_THIS_QUARTER:
      return Over::this_quarter;
    case K_THIS_YEAR:
      return Over::this_year;
    case K_PREVIOUS_WEEK:
      return Over::previous_week;
    case K_PREVIOUS_MONTH:
      return Over::previous_month;
    case K_PREVIOUS_QUARTER:
      return Over::previous_quarter;
    case K_PREVIOUS_YEAR:
      return Over::previous_year;
    default:
      return std::nullopt;
  }
}

const char* aggregate_name(Terminal terminal) {
  switch (terminal) {
    case Terminal::K_COUNT:
      return "count";
    case Terminal::K_SUM:
      return "sum";
    case Terminal::K_AVERAGE:
      return "average";
    case Terminal::K_MIN:
      return "minimum";
    case Terminal::K_MAX:
      return "maximum";
    default:
      return "latest";
  }
}

}  // namespace

ExpressionBuilder::Sub ExpressionBuilder::path(Cursor at) {
  const CstNode& whole = at.parent();
  Sub event = name(at);
  if (at.done()) return event;
  at.next();
  const syntax::Word field = word(at);
  Sub made = join(ExprKind::member, whole.begin, whole.end, std::move(event));
  made.expr->text = field.text;
  made.expr->text_span = field.span;
  return made;
}

// Which past events: `over the last 3 days`, 近3年同月, 本月. The D and the years go to `window`.
void ExpressionBuilder::over(Cursor at, Sub& aggregate) {
  using enum Terminal;
  using syntax::Over;
  bool same = false, previous = false;
  Over over = Over::last;
  while (!at.done()) {
    if (at.here().rule != Rule::TOKEN) {
      Sub part = node(at);
      aggregate.depth = std::max(aggregate.depth, part.depth + 1);
      aggregate.expr->window = std::move(part.expr);
      continue;
    }
    const Terminal word = at.take().terminal;
    same = same || word == K_THE_SAME || word == K_SAME_MONTH;
    previous = previous || word == K_PREVIOUS;
    if (const auto period = period_of(word, previous)) over = *period;
    if (word == K_LICI) over = Over::all;
  }
  aggregate.expr->over = same ? Over::same_month : over;
}

ExpressionBuilder::Sub ExpressionBuilder::aggregate(Cursor at) {
  using enum Terminal;
  Sub made = join(ExprKind::aggregate, at.parent().begin, at.parent().end, {});
  made.expr->text_span = made.expr->span;
  // The parts come in either language's order, each known by its kind or by the word before it.
  Terminal before = Terminal::END;
  while (!at.done()) {
    if (at.at(Rule::aggregator)) {
      const CstNode& word = at.here();
      made.expr->text_span = span(word);
      made.expr->text = aggregate_name(at.enter().here().terminal);
    } else if (at.at(Rule::path)) {
      add_arg(made, path(at.enter()));
    } else if (at.at(Rule::over) || at.at(Rule::localOver)) {
      over(at.enter(), made);
    } else if (before == K_LATEST && at.at(Rule::name)) {  // time of latest EVENT
      made.expr->text = "time_of_latest";
      add_arg(made, name(at));
    } else if (at.here().rule == Rule::TOKEN) {
      before = at.take().terminal;
      if (before == K_RECENT) made.expr->text = "latest";
    } else {
      Sub part = node(at);
      made.depth = std::max(made.depth, part.depth + 1);
      made.expr->condition = std::move(part.expr);
    }
  }
  if (made.depth > max_depth_) return too_deep(made.expr->span.begin, made.expr->span.end);
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::function(Cursor at) {
  using enum Terminal;
  const CstNode& whole = at.parent();
  const Terminal first = at.take().terminal;
  // The operands, and the first word that tells functions of one beginning apart.
  std::vector<Sub> operands;
  Terminal last = END, part = END;
  syntax::Word calendar_name;
  while (!at.done()) {
    if (at.at(Rule::inCalendar)) {
      calendar_name = calendar(at);
    } else if (at.here().rule == Rule::TOKEN) {
      last = at.take().terminal;
      if (last == K_MONTH || last == K_QUARTER || last == K_YEAR) part = last;
    } else {
      operands.push_back(node(at));
    }
  }
  const auto make = [&](const char* function) {
    Sub second = operands.size() > 1 ? std::move(operands[1]) : Sub{};
    Sub made = call(whole, function, std::move(operands[0]), std::move(second));
    if (!calendar_name.empty()) add_arg(made, name(calendar_name));
    return made;
  };
  const auto edge_of = [&](const char* month, const char* quarter, const char* year) {
    return make(part == K_MONTH ? month : part == K_QUARTER ? quarter : year);
  };
  switch (first) {
    case K_ROUND:
      return make("round");
    case K_WORKING:
      return make("working_days_from_to");
    case K_ZI:
      return make(last == K_DAY_COUNT ? "days_from_to" : "working_days_from_to");
    case K_DAY:
      return make(operands.size() == 2 ? "days_from_to" : "day");
    case K_START:
      return edge_of("start_of_month", "start_of_quarter", "start_of_year");
    case K_END:
      return edge_of("end_of_month", "end_of_quarter", "end_of_year");
    case K_NEXT:
      return make("next_working_day");
    case K_PREVIOUS:
      return make("previous_working_day");
    case K_YEAR:
      return make("year");
    case K_MONTH:
      return make("month");
    case K_WEEKDAY:
      return make("weekday");
    case K_TIME:
      return make("time");
    default:
      return make("date");
  }
}

}  // namespace duban
