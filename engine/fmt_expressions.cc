// Expressions. Parentheses stand where the tree needs them, and where the author put them round an
// operator.
#include <algorithm>

#include "engine/fmt_printer.h"
#include "engine/keywords.h"

namespace duban::formatter {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;

namespace {

// Functions that are written as a sentence: how many arguments that takes, and whether, in English,
// the last of them goes on as long as it can.
struct Function {
  std::string_view name;
  size_t arguments;
  const Form* form;
  bool takes_sum;
  const Form* calendar = nullptr;  // how one may be named, as one argument more
};
constexpr Function kFunctions[] = {
    {"days_from_to", 2, &forms::kDaysFrom, true},
    {"working_days_from_to", 2, &forms::kWorkingDaysFrom, true, &forms::kOfCalendar},
    {"round", 2, &forms::kRound, true},
    {"round", 1, &forms::kRoundWhole, false},
    {"year", 1, &forms::kYear, false},
    {"month", 1, &forms::kMonth, false},
    {"day", 1, &forms::kDay, false},
    {"weekday", 1, &forms::kWeekday, false},
    {"date", 1, &forms::kDateOf, false},
    {"time", 1, &forms::kTimeOf, false},
    {"start_of_month", 1, &forms::kStartOfMonth, false},
    {"start_of_quarter", 1, &forms::kStartOfQuarter, false},
    {"start_of_year", 1, &forms::kStartOfYear, false},
    {"end_of_month", 1, &forms::kEndOfMonth, false},
    {"end_of_quarter", 1, &forms::kEndOfQuarter, false},
    {"end_of_year", 1, &forms::kEndOfYear, false},
    {"next_working_day", 1, &forms::kNextWorkingDay, false, &forms::kCalendarArgument},
    {"previous_working_day", 1, &forms::kPreviousWorkingDay, false, &forms::kCalendarArgument},
};

const Function* function_of(const Expr& expr) {
  for (const Function& it : kFunctions) {
    if (it.name != expr.text) continue;
    if (it.arguments == expr.args.size()) return &it;
    const bool with_calendar = it.calendar != nullptr && it.arguments + 1 == expr.args.size() &&
                               expr.args.back()->kind == ExprKind::name;
    if (with_calendar) return &it;
  }
  return nullptr;
}

}  // namespace

Printer::Level Printer::level(const Expr& expr) const {
  const bool english = language_ == Language::english;
  switch (expr.kind) {
    case ExprKind::logical_or:
      return Level::any;
    case ExprKind::logical_and:
      return Level::conjunction;
    case ExprKind::logical_not:
      return Level::negation;
    case ExprKind::add:
    case ExprKind::subtract:
    case ExprKind::minus:
    case ExprKind::union_of:
      return Level::sum;
    case ExprKind::multiply:
    case ExprKind::divide:
      return Level::product;
    case ExprKind::negate:
    case ExprKind::member:
      return Level::factor;
    case ExprKind::aggregate:
      // Behind the event alone a point would name its field.
      return english || (is_latest(expr) && expr.args[0]->kind == ExprKind::name) ? Level::factor
                                                                                  : Level::closed;
    case ExprKind::call:
      if (is_rolled(expr)) return Level::sum;
      return english && function_of(expr) != nullptr ? Level::factor : Level::closed;
    case ExprKind::literal:
    case ExprKind::name:
    case ExprKind::set_literal:
      return Level::closed;
    default:
      return Level::comparison;
  }
}

bool Printer::keeps_parentheses(const Expr& expr) const {
  switch (expr.kind) {
    case ExprKind::literal:
    case ExprKind::name:
    case ExprKind::member:
    case ExprKind::set_literal:
    case ExprKind::aggregate:
      return false;
    case ExprKind::call:
      return expr.parenthesized && is_rolled(expr);
    default:
      return expr.parenthesized;
  }
}

// Whether an expression without an end of its own would take in what follows it.
bool Printer::runs_on(const Expr& expr, Follow follow) const {
  if (language_ == Language::chinese) return false;
  if (expr.kind == ExprKind::aggregate) {
    if (expr.condition != nullptr) return follow != Follow::nothing;
    return expr.window != nullptr && follow == Follow::arithmetic;
  }
  if (expr.kind != ExprKind::call || is_rolled(expr)) return false;
  const Function* function = function_of(expr);
  return function != nullptr && function->takes_sum && follow == Follow::arithmetic;
}

Fragment Printer::expr(const Expr& expr, Level at_least, Follow follow) {
  const bool alone = at_least == Level::any && follow == Follow::nothing;
  const bool keeps = keeps_parentheses(expr) && !alone;
  if (!keeps && level(expr) >= at_least && !runs_on(expr, follow)) return bare(expr, follow);
  return put(forms::kParentheses, {bare(expr, Follow::nothing)});
}

Fragment Printer::bare(const Expr& expr, Follow follow) {
  switch (expr.kind) {
    case ExprKind::literal:
      return literal(expr);
    case ExprKind::name:
      return read_name(expr.text, expr.span);
    case ExprKind::member:
      return member(expr);
    case ExprKind::negate: {
      const Fragment inside = this->expr(*expr.args[0], Level::factor, follow);
      // `--` would begin a comment.
      const bool minus = inside.pieces()[0].text.starts_with('-');
      Fragment out("-");
      return out += minus ? put(forms::kParentheses, {inside}) : inside;
    }
    case ExprKind::logical_not:
      return negation(expr, follow);
    case ExprKind::logical_and:
    case ExprKind::logical_or:
      return logic(expr, follow);
    case ExprKind::add:
    case ExprKind::subtract:
    case ExprKind::multiply:
    case ExprKind::divide:
    case ExprKind::minus:
    case ExprKind::union_of:
      return arithmetic(expr, follow);
    case ExprKind::set_literal:
      return put(forms::kSet, {alternatives(expr.args)});
    case ExprKind::call:
      return call(expr, follow);
    case ExprKind::aggregate:
      return aggregate(expr);
    default:
      return comparison(expr, follow);
  }
}

Fragment Printer::list(const std::vector<ExprPtr>& items, size_t first, const Form& separator) {
  Fragment out;
  for (size_t i = first; i < items.size(); ++i) {
    if (i > first) {
      gap(out, items[i - 1]->span, items[i]->span, word(separator), word(separator));
    }
    out += expr(items[i]);
  }
  return out;
}

Fragment Printer::arguments(const std::vector<ExprPtr>& args) {
  return list(args, 0, forms::kComma);
}

Fragment Printer::alternatives(const std::vector<ExprPtr>& list, size_t first) {
  const bool enumerates = std::all_of(list.begin() + static_cast<std::ptrdiff_t>(first), list.end(),
                                      [](const ExprPtr& it) { return is_enumerated(*it); });
  return this->list(list, first, enumerates ? forms::kNamesComma : forms::kComma);
}

Fragment Printer::member(const Expr& expr) {
  const auto in_path = [this](std::string name) {
    const bool splits = name.front() != '`' && name.find("的") != std::string::npos;
    return language_ == Language::chinese && splits ? "`" + name + "`" : name;
  };
  const Expr& of = *expr.args[0];
  Fragment left;
  if (of.kind == ExprKind::name) {
    left = in_path(read_name(of.text, of.span));
  } else {
    left = this->expr(of, of.kind == ExprKind::member ? Level::factor : Level::closed,
                      Follow::arithmetic);
  }
  const std::string member = in_path(member_name(expr.text, expr.text_span));
  // 的 behind a parenthesis or a backquote would begin a word, and before one end it.
  const std::string& before = left.pieces().back().text;
  const bool point = language_ == Language::english || before.ends_with("）") ||
                     before.ends_with("`") || member.front() == '`';
  return point ? put({"{1}.{2}", "{1}.{2}"}, {left, member}) : put(forms::kMember, {left, member});
}

// ---------------------------------------------------------------- logic and comparisons

Fragment Printer::logic(const Expr& expr, Follow follow) {
  const bool is_or = expr.kind == ExprKind::logical_or;
  const Expr& left = *expr.args[0];
  const Expr& right = *expr.args[1];
  Fragment out = this->expr(left, is_or ? Level::any : Level::conjunction, Follow::logic);
  gap(out, left.span, right.span, " ");
  out += word(is_or ? forms::kOr : forms::kAnd);
  return out += this->expr(right, is_or ? Level::conjunction : Level::negation, follow);
}

Fragment Printer::negation(const Expr& expr, Follow follow) {
  const Expr& inner = *expr.args[0];
  if (!inner.parenthesized && inner.kind == ExprKind::in_list) {
    return put(forms::kNotIn, {this->expr(*inner.args[0], Level::sum, Follow::relation),
                               alternatives(inner.args, 1)});
  }
  if (!inner.parenthesized && inner.kind == ExprKind::contains) {
    return put(forms::kContainsNot, {this->expr(*inner.args[0], Level::sum, Follow::relation),
                                     this->expr(*inner.args[1], Level::sum, follow)});
  }
  return put(forms::kNot, {this->expr(inner, Level::negation, follow)});
}

Fragment Printer::comparison(const Expr& expr, Follow follow) {
  const auto part = [&](size_t i, Follow after) {
    return this->expr(*expr.args[i], Level::sum, after);
  };
  const Fragment left = part(0, Follow::relation);
  switch (expr.kind) {
    case ExprKind::between:
      return put(forms::kBetween, {left, part(1, Follow::logic), part(2, follow)});
    case ExprKind::in_list:
      return put(forms::kIn, {left, alternatives(expr.args, 1)});
    case ExprKind::is_known:
      return put(forms::kIsKnown, {left});
    case ExprKind::is_unknown:
      return put(forms::kIsUnknown, {left});
    case ExprKind::is_empty:
      return put(forms::kIsEmpty, {left});
    case ExprKind::is_not_empty:
      return put(forms::kIsNotEmpty, {left});
    case ExprKind::contains:
      return put(forms::kContains, {left, part(1, follow)});
    default:
      break;
  }
  Fragment out = left;
  out += " ";
  out += comparison_word(expr.kind, expr.text_span, expr.span);
  out += " ";
  return out += part(1, follow);
}

// A symbol stays one, and so does a word for dates and times. `written`: the operator's first word;
// `place`: by which the compiler knows what is compared.
std::string_view Printer::comparison_word(ExprKind kind, const Span& written,
                                          const Span& place) const {
  const std::string source = to_utf8(plain(written));
  const bool symbol =
      !source.empty() && std::string_view("=<>!\xe2").find(source[0]) != std::string_view::npos;
  bool moments = false;
  if (respelling_ != nullptr) {
    const std::vector<Span>& known = respelling_->moment_comparisons;
    moments = std::any_of(known.begin(), known.end(), [&](const Span& it) {
      return it.begin == place.begin && it.end == place.end;
    });
  } else {
    moments = source == "早于" || source == "晚于" || source == "不早于" || source == "但不早于" ||
              source == "不晚于";
  }
  switch (kind) {
    case ExprKind::equal:
      return symbol ? "=" : word(forms::kIs);
    case ExprKind::not_equal:
      return symbol ? "!=" : word(forms::kIsNot);
    case ExprKind::less:
      return symbol ? "<" : word(moments ? forms::kEarlier : forms::kBelow);
    case ExprKind::less_equal:
      return symbol ? "<=" : word(moments ? forms::kNotLater : forms::kAtMostThan);
    case ExprKind::greater:
      return symbol ? ">" : word(moments ? forms::kLater : forms::kAbove);
    default:
      return symbol ? ">=" : word(moments ? forms::kNotEarlier : forms::kAtLeast);
  }
}

// ---------------------------------------------------------------- arithmetic and functions

Fragment Printer::arithmetic(const Expr& expr, Follow follow) {
  const bool is_product = expr.kind == ExprKind::multiply || expr.kind == ExprKind::divide;
  const Expr& left = *expr.args[0];
  const Expr& right = *expr.args[1];
  const Level of_left = is_product || is_rolled(left) ? Level::product : Level::sum;
  Fragment out = this->expr(left, of_left, Follow::arithmetic);
  switch (expr.kind) {
    case ExprKind::add:
      out += " +";
      break;
    case ExprKind::subtract:
      out += " -";
      break;
    case ExprKind::multiply:
      out += " *";
      break;
    case ExprKind::divide:
      out += " /";
      break;
    default:
      out += word(expr.kind == ExprKind::minus ? forms::kMinus : forms::kUnion);
      break;
  }
  gap(out, left.span, right.span, " ");
  return out += this->expr(right, is_product ? Level::factor : Level::product, follow);
}

// The calendar that a function names as its last argument, if it does.
Fragment Printer::calendar_of(const Expr& expr, size_t arguments, const Form& form) const {
  if (expr.args.size() <= arguments) return {};
  return put(form, {name(expr.args.back()->text, expr.args.back()->span)});
}

Fragment Printer::call(const Expr& expr, Follow follow) {
  if (is_rolled(expr)) {
    const Expr& rolled = *expr.args[0];
    const Level at_least = is_rolled(rolled) ? Level::product : Level::sum;
    return put(expr.text == "rolled_back" ? forms::kRolledBack : forms::kRolledForward,
               {this->expr(rolled, at_least, Follow::arithmetic),
                calendar_of(expr, 1, forms::kOfCalendar)});
  }
  const Function* function = function_of(expr);
  if (function == nullptr) {
    const bool own = expr.text == "min" || expr.text == "max";
    const Form& form = expr.text == "min" ? forms::kLeast : forms::kMost;
    const std::string called = own ? std::string(word(form)) : verbatim(expr.text, expr.text_span);
    return put(forms::kCall, {called, arguments(expr.args)});
  }
  Fragment calendar;
  if (function->calendar != nullptr) {
    calendar = calendar_of(expr, function->arguments, *function->calendar);
  }
  if (function->arguments == 2) {
    return put(*function->form,
               {sum(expr.args[0]), this->expr(*expr.args[1], Level::sum, follow), calendar});
  }
  // Between the marks of its form the argument needs no parentheses.
  const Expr& of = *expr.args[0];
  const bool delimited = language_ == Language::chinese || function->form == &forms::kRoundWhole;
  const bool needs = !delimited && (level(of) < Level::factor || runs_on(of, follow));
  const Fragment inside = bare(of, delimited || needs ? Follow::nothing : follow);
  return put(*function->form, {needs ? put(forms::kParentheses, {inside}) : inside, calendar});
}

}  // namespace duban::formatter
