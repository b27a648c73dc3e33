#include "engine/expression_builder.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

#include "engine/tokens.h"

namespace duban {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;

// ---------------------------------------------------------------- pieces

std::string ExpressionBuilder::digits(const CstNode& node) const {
  std::string text = name_text(source_, {Terminal::NUMBER, node.begin, node.end});
  std::erase(text, ',');
  return text;
}

namespace {

// The numbers in `2026-03-01`, `2026年3月1日`, `9:00`.
std::array<int, 3> numbers_in(std::string_view text) {
  std::array<int, 3> numbers{};
  size_t at = 0;
  bool inside = false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && inside) ++at;
    inside = digit;
    if (digit && at < numbers.size()) numbers[at] = numbers[at] * 10 + (c - '0');
  }
  return numbers;
}

// How many days the month has, or that there is no such month.
Wording month_hint(int32_t year, int32_t month) {
  if (month < 1 || month > 12) return {"months go from 1 to 12", "月份为 1 至 12"};
  int32_t last = 31;
  while (last > 28 && !date_from_civil(year, month, last)) --last;
  const std::string days = std::to_string(last);
  return {"that month has " + days + " days", "该月只有 " + days + " 天"};
}

}  // namespace

std::optional<Date> ExpressionBuilder::date(const CstNode& node) {
  const auto [year, month, day] = numbers_in(digits(node));
  const std::optional<Date> date = date_from_civil(year, month, day);
  if (!date) {
    const std::string text = source_.slice(node.begin, node.end);
    findings_.add("E008", span(node),
                  {"there is no such day as `" + text + "`", "没有“" + text + "”这一天"},
                  month_hint(year, month));
  }
  return date;
}

std::optional<TimeOfDay> ExpressionBuilder::time_of_day(const CstNode& node) {
  const auto [hour, minute, second] = numbers_in(digits(node));
  const int32_t seconds = hour * 3600 + minute * 60 + second;
  if (minute < 60 && second < 60 && seconds <= 24 * 3600) return TimeOfDay{seconds * 1000};
  const std::string text = source_.slice(node.begin, node.end);
  findings_.add("E008", span(node),
                {"there is no such time of day as `" + text + "`", "没有“" + text + "”这一时刻"},
                {"hours go from 00 to 23, minutes from 00 to 59; a day ends at 24:00",
                 "小时为 00 至 23，分钟为 00 至 59；一日终了写作 24:00"});
  return std::nullopt;
}

std::optional<Decimal> ExpressionBuilder::decimal(const CstNode& node) {
  const std::string text = digits(node);
  const size_t point = text.find('.');
  const bool fits = point == std::string::npos || text.size() - point - 1 <= Decimal::kDigits;
  const std::optional<Decimal> value = Decimal::parse(text);
  if (value && fits) return value;
  if (!fits) {
    findings_.add("E009", span(node),
                  {"a number has at most six digits after its point", "小数点后至多六位"});
  } else {
    findings_.add("E009", span(node), {"this number is too large", "数值过大"});
  }
  return std::nullopt;
}

TimeOfDay ExpressionBuilder::time(Cursor& at) {
  return time_of_day(at.take()).value_or(TimeOfDay{});
}

int64_t ExpressionBuilder::count(Cursor& at) {
  constexpr int64_t kLargest = 1'000'000;
  const CstNode& node = at.take();
  const std::optional<Decimal> value = decimal(node);
  if (!value) return 1;
  if (value->is_integer() && value->whole() >= 1 && value->whole() <= kLargest)
    return value->whole();
  findings_.add("E009", span(node),
                {"this must be a whole number from 1 to 1000000", "此处须为 1 至 1000000 的整数"});
  return 1;
}

syntax::Word ExpressionBuilder::word(Cursor& at) {
  Cursor inside = at.enter();
  const CstNode& token = inside.here();
  return {name_text(source_, {token.terminal, token.begin, token.end}), span(token)};
}

syntax::Word ExpressionBuilder::calendar(Cursor& at) {
  Cursor inside = at.enter();
  inside.next();
  return word(inside);
}

syntax::Text ExpressionBuilder::text(Cursor& at) {
  const CstNode& node = at.take();
  const std::u32string& all = source_.code_points();
  std::u32string out;
  for (uint32_t i = node.begin + 1; i + 1 < node.end; ++i) {
    if (all[i] != U'\\') {
      out += all[i];
      continue;
    }
    const char32_t escaped = all[++i];
    if (escaped == U'n') {
      out += U'\n';
    } else if (std::u32string_view(U"\\\"“”「」{}").find(escaped) != std::u32string_view::npos) {
      out += escaped;
    } else {
      const std::string text = source_.slice(i - 1, i + 1);
      findings_.add("E017", i - 1, i + 1,
                    {"`" + text + "` means nothing in a text", "文本中没有“" + text + "”这种转义"},
                    {"write `\\\\` for a backslash", "反斜杠写作“\\\\”"});
      break;
    }
  }
  return {to_utf8(out), span(node)};
}

// ---------------------------------------------------------------- nodes

ExpressionBuilder::Sub ExpressionBuilder::leaf(const CstNode& node, Value value, TypeKind type) {
  Sub made{std::make_unique<Expr>(), 1};
  made.expr->span = span(node);
  made.expr->value = std::move(value);
  made.expr->type.kind = type;
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::too_deep(uint32_t begin, uint32_t end) {
  findings_.add("E011", begin, end, {"this expression is nested too deeply", "表达式嵌套过深"},
                {"give parts of it names with `define`", "用“定义”为其中的部分命名"});
  return leaf(CstNode{Rule::TOKEN, Terminal::END, begin, end, 0, 0}, None{}, TypeKind::none);
}

void ExpressionBuilder::add_arg(Sub& parent, Sub arg) {
  if (arg.expr == nullptr) return;
  parent.depth = std::max(parent.depth, arg.depth + 1);
  parent.expr->args.push_back(std::move(arg.expr));
}

ExpressionBuilder::Sub ExpressionBuilder::join(ExprKind kind, uint32_t begin, uint32_t end, Sub a,
                                               Sub b, Sub c) {
  Sub made{std::make_unique<Expr>(), 1};
  made.expr->kind = kind;
  made.expr->span = span(begin, end);
  add_arg(made, std::move(a));
  add_arg(made, std::move(b));
  add_arg(made, std::move(c));
  if (made.depth > max_depth_) return too_deep(begin, end);
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::call(const CstNode& node, std::string function, Sub a,
                                               Sub b) {
  Sub made = join(ExprKind::call, node.begin, node.end, std::move(a), std::move(b));
  made.expr->text = std::move(function);
  made.expr->text_span = made.expr->span;
  return made;
}

ExprPtr ExpressionBuilder::take(Cursor& at) { return node(at).expr; }

// Rules with a single child have been left out of the Cst, so any level may stand here.
ExpressionBuilder::Sub ExpressionBuilder::node(Cursor& at) {
  const CstNode& here = at.here();
  if (failed()) {
    at.next();
    return leaf(here, None{}, TypeKind::none);
  }
  switch (here.rule) {
    case Rule::expr:
      return chain(at.enter(), ExprKind::logical_or);
    case Rule::conjunction:
      return chain(at.enter(), ExprKind::logical_and);
    case Rule::negation: {
      Cursor inside = at.enter();
      inside.next();
      return join(ExprKind::logical_not, here.begin, here.end, node(inside));
    }
    case Rule::comparison:
      return comparison(at.enter());
    case Rule::sum:
      return sum(at.enter());
    case Rule::product:
      return product(at.enter());
    case Rule::factor:
      return factor(at.enter());
    case Rule::primary:
      return primary(at.enter());
    case Rule::literal:
    case Rule::window:
      return literal(at.enter());
    case Rule::aggregate:
      return aggregate(at.enter());
    case Rule::function:
      return function(at.enter());
    case Rule::name:
      return name(at);
    default:
      break;
  }
  assert(false && "not an expression");
  at.next();
  return leaf(here, None{}, TypeKind::none);
}

ExpressionBuilder::Sub ExpressionBuilder::name(Cursor& at) { return name(word(at)); }

ExpressionBuilder::Sub ExpressionBuilder::name(const syntax::Word& used) {
  Sub made = join(ExprKind::name, used.span.begin, used.span.end, {});
  made.expr->text = used.text;
  made.expr->text_span = used.span;
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::chain(Cursor at, ExprKind kind) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    at.next();  // the operator
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(kind, begin, end, std::move(left), std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::comparison(Cursor at) {
  Sub left = node(at);
  return relation(at.enter(), std::move(left));
}

ExpressionBuilder::Sub ExpressionBuilder::relation(Cursor at, Sub left) {
  using enum Terminal;
  const uint32_t begin = left.expr->span.begin, end = at.parent().end;
  const Span operator_span = span(at.here());
  const auto make = [&](ExprKind kind, Sub right = {}, Sub high = {}) {
    Sub made = join(kind, begin, end, std::move(left), std::move(right), std::move(high));
    made.expr->text_span = operator_span;
    return made;
  };
  const Terminal first = at.here().terminal;
  at.next();
  switch (first) {
    case EQUALS:
      return make(ExprKind::equal, node(at));
    case NOT_EQUAL:
      return make(ExprKind::not_equal, node(at));
    case LESS:
    case K_BELOW:
      return make(ExprKind::less, node(at));
    case GREATER:
    case K_ABOVE:
      return make(ExprKind::greater, node(at));
    case LESS_EQUAL:
    case K_AT_MOST:
      return make(ExprKind::less_equal, node(at));
    case GREATER_EQUAL:
    case K_AT_LEAST:
    case K_NOT_EARLIER:
      return make(ExprKind::greater_equal, node(at));
    case K_AT: {
      const bool least = at.take().terminal == K_LEAST;
      return make(least ? ExprKind::greater_equal : ExprKind::less_equal, node(at));
    }
    case K_YIZHI:
      return make(ExprKind::is_known);
    case K_UNKNOWN:
      return make(ExprKind::is_unknown);
    case K_IS_EMPTY:
      return make(ExprKind::is_empty);
    case K_IS_NOT_EMPTY:
      return make(ExprKind::is_not_empty);
    case K_BETWEEN: {
      Sub low = node(at);
      at.next();
      return make(ExprKind::between, std::move(low), node(at));
    }
    case K_CONTAINS:
      return make(ExprKind::contains, node(at));
    case K_NOT_CONTAINS:
      return join(ExprKind::logical_not, begin, end, make(ExprKind::contains, node(at)));
    default:
      break;
  }

  // `is`, `is not`, `in`, `not in`.
  bool negated = first == K_IS_NOT || first == K_NOT || first == K_NOT_IN;
  if (first == K_IS) negated = at.skip(K_NOT);
  if (first == K_NOT) at.skip(K_IN);
  if (first == K_IS) at.skip(K_IN);
  if (at.at(K_KNOWN) || at.at(K_YIZHI))
    return make(negated ? ExprKind::is_unknown : ExprKind::is_known);
  if (at.at(K_NONE)) return make(negated ? ExprKind::is_known : ExprKind::is_unknown);
  if (at.at(K_EMPTY)) return make(negated ? ExprKind::is_not_empty : ExprKind::is_empty);
  if (!at.at(Rule::alternatives))
    return make(negated ? ExprKind::not_equal : ExprKind::equal, node(at));

  Sub list = make(ExprKind::in_list);
  for (Cursor item = at.enter(); !item.done();) {
    if (item.here().rule == Rule::TOKEN) {
      item.next();
    } else {
      add_arg(list, node(item));
    }
  }
  if (list.depth > max_depth_) return too_deep(begin, end);
  return negated ? join(ExprKind::logical_not, begin, end, std::move(list)) : std::move(list);
}

ExpressionBuilder::Sub ExpressionBuilder::sum(Cursor at) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    if (at.at(Rule::rolled)) {
      Cursor how = at.enter();
      how.skip(Terminal::K_ROLLED);
      const Terminal which = how.take().terminal;
      const bool back = which == Terminal::K_ROLLED_BACK || which == Terminal::K_BACK;
      Sub calendar_name = how.done() ? Sub{} : name(calendar(how));
      left = call(at.parent(), back ? "rolled_back" : "rolled_forward", std::move(left),
                  std::move(calendar_name));
      continue;
    }
    ExprKind kind = ExprKind::add;
    switch (at.take().terminal) {
      case Terminal::DASH:
        kind = ExprKind::subtract;
        break;
      case Terminal::K_MINUS:
        kind = ExprKind::minus;
        break;
      case Terminal::K_UNION:
        kind = ExprKind::union_of;
        break;
      default:
        break;
    }
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(kind, begin, end, std::move(left), std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::product(Cursor at) {
  Sub left = node(at);
  while (!at.done() && !failed()) {
    const bool times = at.take().terminal == Terminal::STAR;
    Sub right = node(at);
    const uint32_t begin = left.expr->span.begin, end = right.expr->span.end;
    left = join(times ? ExprKind::multiply : ExprKind::divide, begin, end, std::move(left),
                std::move(right));
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::factor(Cursor at) {
  const CstNode& whole = at.parent();
  if (at.skip(Terminal::DASH)) return join(ExprKind::negate, whole.begin, whole.end, node(at));
  Sub left = node(at);
  while (!at.done() && !failed()) {
    at.next();  // the point
    const syntax::Word member = word(at);
    left = join(ExprKind::member, whole.begin, member.span.end, std::move(left));
    left.expr->text = member.text;
    left.expr->text_span = member.span;
  }
  return left;
}

ExpressionBuilder::Sub ExpressionBuilder::primary(Cursor at) {
  const CstNode& whole = at.parent();
  if (at.skip(Terminal::LPAREN)) {
    Sub inner = node(at);
    inner.expr->parenthesized = true;
    inner.depth += 1;  // bounds what only parentheses nest
    if (inner.depth > max_depth_) return too_deep(whole.begin, whole.end);
    return inner;
  }
  Sub made;
  if (at.at(Terminal::LBRACE)) {
    made = join(ExprKind::set_literal, whole.begin, whole.end, {});
  } else {
    const syntax::Word function = word(at);
    made = call(whole, std::string(function_name(function.text)));
    made.expr->text_span = function.span;
  }
  while (!at.done()) {
    if (at.here().rule == Rule::TOKEN) {
      at.next();
    } else {
      add_arg(made, node(at));
    }
  }
  if (made.depth > max_depth_) return too_deep(whole.begin, whole.end);
  return made;
}

// ---------------------------------------------------------------- literals

ExpressionBuilder::Sub ExpressionBuilder::literal(Cursor at) {
  using enum Terminal;
  const CstNode& whole = at.parent();
  switch (at.here().terminal) {
    case NUMBER:
      return number(at);
    case DATE:
      return date_literal(whole, at);
    case TIME:
      return leaf(whole, time(at), TypeKind::time);
    case STRING:
      return leaf(whole, text(at).text, TypeKind::text);
    case K_YES:
      return leaf(whole, true, TypeKind::yes_no);
    case K_NO:
      return leaf(whole, false, TypeKind::yes_no);
    case K_NONE:
      return leaf(whole, None{}, TypeKind::none);
    case K_A: {
      at.next();
      return duration(whole, *Decimal::from_integer(1), whole, at.enter());
    }
    default:  // `half a year`, 半年
      return leaf(whole, Duration{Duration::Kind::months, Duration::kDefaultCalendar, 6},
                  TypeKind::duration);
  }
}

ExpressionBuilder::Sub ExpressionBuilder::number(Cursor at) {
  using enum Terminal;
  const CstNode& whole = at.parent();
  const CstNode& number = at.take();
  std::optional<Decimal> value = decimal(number);
  if (!value) return leaf(whole, Decimal(), TypeKind::number);
  if (at.done()) return leaf(whole, *value, TypeKind::number);
  if (at.at(Rule::unit)) return duration(whole, *value, number, at.enter());

  const auto scaled = [&](int64_t numerator, int64_t denominator) {
    const auto up = multiply(*value, *Decimal::from_integer(numerator));
    return up ? divide(*up, *Decimal::from_integer(denominator)) : std::nullopt;
  };
  const auto result = [&](std::optional<Decimal> amount, TypeKind type) {
    if (!amount) findings_.add("E009", span(whole), {"this number is too large", "数值过大"});
    return leaf(whole, amount.value_or(Decimal()), type);
  };
  if (at.at(PERCENT)) return result(scaled(1, 100), TypeKind::number);
  if (at.at(PERMILLE)) return result(scaled(1, 1000), TypeKind::number);

  // A currency, or 万 and 亿 with or without one.
  const CstNode& unit = at.here();
  std::string currency = name_text(source_, {WORD, unit.begin, unit.end});
  for (const auto& [prefix, factor] : {std::pair<std::string_view, int64_t>{"万", 10'000},
                                       std::pair<std::string_view, int64_t>{"亿", 100'000'000}}) {
    if (!currency.starts_with(prefix)) continue;
    const std::string rest = currency.substr(prefix.size());
    if (rest.empty()) return result(scaled(factor, 1), TypeKind::number);
    if (currency_code(rest).empty()) continue;
    value = scaled(factor, 1);
    currency = rest;
    break;
  }
  Sub made = result(value, TypeKind::money);
  made.expr->text = currency;
  made.expr->text_span = span(unit);
  return made;
}

ExpressionBuilder::Sub ExpressionBuilder::duration(const CstNode& whole, Decimal amount,
                                                   const CstNode& number, Cursor unit) {
  using enum Terminal;
  using Kind = Duration::Kind;
  struct Measure {
    Kind kind;
    int64_t factor;
  };
  const auto measure = [&]() -> Measure {
    switch (unit.take().terminal) {
      case K_SECOND:
        return {Kind::elapsed, 1000};
      case K_MINUTE:
        return {Kind::elapsed, kMsPerMinute};
      case K_HOUR:
        return {Kind::elapsed, kMsPerHour};
      case K_WEEK:
        return {Kind::days, 7};
      case K_MONTH:
        return {Kind::months, 1};
      case K_QUARTER:
        return {Kind::months, 3};
      case K_YEAR:
        return {Kind::months, 12};
      case K_WORKING_DAY:
        return {Kind::working_days, 1};
      case K_WORKING_HOUR:
        return {Kind::working_hours, kMsPerHour};
      case K_WORKING:
        return unit.take().terminal == K_DAY ? Measure{Kind::working_days, 1}
                                             : Measure{Kind::working_hours, kMsPerHour};
      default:
        return {Kind::days, 1};
    }
  }();
  Duration made{measure.kind, Duration::kDefaultCalendar, 0};
  constexpr int64_t kLargest = 1'000'000;
  const bool small = amount.whole() <= kLargest;
  const int64_t micro = small ? amount.micro() * measure.factor / Decimal::kOne : 0;
  const bool exact = small && amount.micro() * measure.factor % Decimal::kOne == 0;
  if (!small) {
    findings_.add("E009", span(number), {"this duration is too long", "时长过大"});
  } else if (!exact) {
    findings_.add("E009", span(number), {"this unit counts in whole numbers", "此单位只能用整数"});
  }
  made.amount = micro;
  Sub result = leaf(whole, made, TypeKind::duration);
  if (!unit.done()) {  // of CALENDAR
    unit.next();
    const syntax::Word calendar = word(unit);
    result.expr->text = calendar.text;
    result.expr->text_span = calendar.span;
  }
  return result;
}

// A datetime's value needs the policy's zone: the literal keeps the local time as if it were UTC,
// and as text.
ExpressionBuilder::Sub ExpressionBuilder::date_literal(const CstNode& whole, Cursor at) {
  const std::optional<Date> day = date(at.take());
  const bool has_time = !at.done();
  const std::optional<TimeOfDay> clock = has_time ? time_of_day(at.here()) : std::nullopt;
  if (!day || (has_time && !clock)) return leaf(whole, Date{}, TypeKind::date);
  if (!has_time) return leaf(whole, *day, TypeKind::date);
  Sub made = leaf(whole, Instant{day->days * kMsPerDay + clock->ms}, TypeKind::datetime);
  made.expr->text = to_string(*day) + " " + to_string(*clock);
  return made;
}

ExprPtr ExpressionBuilder::moment(Cursor& at) {
  const CstNode& whole = at.here();
  return date_literal(whole, at.enter()).expr;
}

// ---------------------------------------------------------------- aggregates and functions

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
