// Numbers, amounts, dates, times, durations, texts and names.
#include <algorithm>
#include <array>
#include <utility>

#include "engine/expression_builder.h"
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

}  // namespace duban
