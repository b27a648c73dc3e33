// Aggregates of past events.
#include "engine/fmt_printer.h"

namespace duban::formatter {

using syntax::Expr;
using syntax::ExprKind;

namespace {

const Form* aggregate_word(const std::string& text) {
  if (text == "count") return &forms::kCount;
  if (text == "sum") return &forms::kSum;
  if (text == "average") return &forms::kAverage;
  if (text == "minimum") return &forms::kLeast;
  return &forms::kMost;
}

}  // namespace

// Which past events, in front of or behind what is taken of them.
Fragment Printer::over(const Expr& expr) {
  using syntax::Over;
  if (expr.over == Over::all) return is_latest(expr) ? Fragment() : word(forms::kOverAll);
  if (expr.over > Over::same_month) {
    const auto period = static_cast<size_t>(expr.over) - static_cast<size_t>(Over::this_week);
    return word(forms::kOverPeriods[period]);
  }
  const bool same = expr.over == Over::same_month;
  const Expr& window = *expr.window;
  if (window.kind == ExprKind::literal && window.type.kind == TypeKind::duration &&
      window.text.empty()) {
    const std::string written = duration(window, language_ == Language::chinese ? "" : " ");
    const bool digits = written[0] >= '0' && written[0] <= '9';
    if (digits) return put(same ? forms::kOverSameMonthDigits : forms::kOverLastDigits, {written});
  }
  return put(same ? forms::kOverSameMonth : forms::kOverLast, {sum(expr.window)});
}

Fragment Printer::aggregate(const Expr& expr) {
  const Expr& of = *expr.args[0];
  const bool is_member = of.kind == ExprKind::member;
  const Expr& event = is_member ? *of.args[0] : of;
  // In the other language `EVENT.time` has its own form.
  const bool own_time = respelling_ != nullptr && is_member && expr.text == "latest" &&
                        builtin_member(of.text) == "time" && use_at(of.text_span) == nullptr;
  Fragment path = name(event.text, event.span);
  if (is_member && !own_time) {
    path = put(forms::kMember, {path, member_name(of.text, of.text_span)});
  }
  Fragment where;
  if (expr.condition != nullptr) where = put(forms::kOfWhich, {this->expr(expr.condition)});
  if (own_time || expr.text == "time_of_latest") {
    return put(forms::kTimeOfLatest, {Fragment(), path, over(expr), where});
  }
  if (is_latest(expr)) return put(forms::kLatestOf, {Fragment(), path, over(expr), where});
  return put(forms::kAggregate, {word(*aggregate_word(expr.text)), path, over(expr), where});
}

}  // namespace duban::formatter
