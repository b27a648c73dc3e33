// Numbers, money, durations, dates and times.
#include <algorithm>

#include "engine/fmt_printer.h"
#include "engine/keywords.h"

namespace duban::formatter {
namespace {

using syntax::Expr;

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }

// `10,000 yuan`: the digits, and what stands behind them.
struct Numeral {
  std::string digits;
  std::u32string unit;
};

Numeral numeral_of(std::u32string_view text) {
  size_t end = 0;
  while (end < text.size() && (is_digit(text[end]) || text[end] == U',' || text[end] == U'.'))
    ++end;
  size_t unit = end;
  while (unit < text.size() && text[unit] == U' ') ++unit;
  return {to_utf8(text.substr(0, end)), std::u32string(text.substr(unit))};
}

std::string grouped(const std::string& digits) {
  std::string out;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

// ---------------------------------------------------------------- money

struct Currency {
  std::string_view code;
  std::string_view one, several;  // English
  std::string_view chinese;
};
constexpr Currency kCurrencies[] = {
    {"CNY", "yuan", "yuan", "元"},        {"EUR", "euro", "euro", "欧元"},
    {"USD", "dollar", "dollars", "美元"}, {"GBP", "pound", "pounds", "英镑"},
    {"JPY", "yen", "yen", "日元"},
};

// The currency's word in the language; a code stays, and what is not in the table.
std::string currency_word(const std::string& word, bool chinese, bool one) {
  const std::string_view code = currency_code(word);
  if (code == word) return word;
  for (const Currency& it : kCurrencies) {
    if (it.code == code) return std::string(chinese ? it.chinese : one ? it.one : it.several);
  }
  return word;
}

// 50000 is `5 万`, 15000 `1.5 万`; nothing when it is not that round.
std::optional<std::string> rounded(const std::string& digits) {
  struct Scale {
    size_t zeros;
    const char* name;
  };
  for (const auto& [zeros, name] : {Scale{8, " 亿"}, Scale{4, " 万"}}) {
    if (digits.size() <= zeros) continue;
    const size_t head = digits.size() - zeros;
    if (digits.find_first_not_of('0', head + 1) != std::string::npos) continue;
    const std::string tenth = digits[head] == '0' ? "" : std::string(".") + digits[head];
    const std::string whole = digits.substr(0, head);
    return (whole.size() > 4 ? grouped(whole) : whole) + tenth + name;
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- durations

struct Unit {
  std::string_view one, several, chinese;
};

// By the first keyword of what stands behind the number.
Unit unit_of(std::u32string_view text) {
  using enum Terminal;
  const auto take_word = [&text] {
    size_t end = 0;
    while (end < text.size() && text[end] != U' ' && text[end] != U'(') ++end;
    const std::string word = to_utf8(text.substr(0, end));
    while (end < text.size() && text[end] == U' ') ++end;
    text.remove_prefix(end);
    const Keyword* found = find_keyword(word);
    return found == nullptr ? END : found->terminal;
  };
  switch (take_word()) {
    case K_SECOND:
      return {"second", "seconds", "秒"};
    case K_MINUTE:
      return {"minute", "minutes", "分钟"};
    case K_HOUR:
      return {"hour", "hours", "小时"};
    case K_WEEK:
      return {"week", "weeks", "周"};
    case K_MONTH:
      return {"month", "months", "个月"};
    case K_QUARTER:
      return {"quarter", "quarters", "个季度"};
    case K_YEAR:
      return {"year", "years", "年"};
    case K_WORKING_DAY:
      return {"working day", "working days", "个工作日"};
    case K_WORKING_HOUR:
      return {"working hour", "working hours", "个工作小时"};
    case K_WORKING:
      if (take_word() == K_HOUR) return {"working hour", "working hours", "个工作小时"};
      return {"working day", "working days", "个工作日"};
    default:
      return {"day", "days", "日"};
  }
}

}  // namespace

// The source with half-width digits, marks and spaces.
std::u32string Printer::plain(const Span& span) const {
  std::u32string out = source_.code_points().substr(span.begin, span.end - span.begin);
  for (char32_t& c : out) {
    if (c >= 0xFF01 && c <= 0xFF5E) c = c - 0xFF01 + U'!';
    if (c == U'\u3000' || c == U'\t') c = U' ';
  }
  return out;
}

std::string Printer::number(const Span& span) const {
  const Numeral numeral = numeral_of(plain(span));
  const bool is_part = numeral.unit == U"%" || numeral.unit == U"‰";
  return numeral.digits + (numeral.unit.empty() || is_part ? "" : " ") + to_utf8(numeral.unit);
}

std::string Printer::money(const Expr& expr) const {
  const bool chinese = language_ == Language::chinese;
  const Numeral numeral = numeral_of(plain(expr.span));
  std::string digits = numeral.digits;
  std::erase(digits, ',');
  const bool scaled = to_utf8(numeral.unit) != expr.text;  // `5 万元`
  if (const Decimal* value = expr.value.get_if<Decimal>(); scaled && value != nullptr) {
    digits = value->to_string();
  }
  const size_t point = digits.find('.');
  std::string whole = digits.substr(0, point);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  const std::string rest = point == std::string::npos ? "" : digits.substr(point);

  std::string currency = expr.text;
  if (respelling_ != nullptr) {
    const bool known = !currency_code(currency).empty();
    currency =
        known ? currency_word(currency, chinese, digits == "1") : name(currency, expr.text_span);
  }
  if (!chinese) return grouped(whole) + rest + " " + currency;
  const auto round = has_chinese(currency) && rest.empty() ? rounded(whole) : std::nullopt;
  if (round) return *round + currency;
  return (whole.size() > 4 ? grouped(whole) : whole) + rest + " " + currency;
}

std::string Printer::duration(const Expr& expr, std::string_view space) const {
  const bool chinese = language_ == Language::chinese;
  std::u32string written = plain(expr.span);
  if (!is_digit(written[0])) {  // `a quarter`, `half a year`, 半年
    const size_t first = written.find(U' ');
    const std::string article = to_utf8(std::u32string_view(written).substr(0, first));
    if (article != "a" && article != "an") return std::string(word(forms::kHalfYear));
    written = U"1" + written.substr(first);
  }
  const Numeral numeral = numeral_of(written);
  const Unit unit = unit_of(numeral.unit);
  std::string out = numeral.digits;
  out += chinese ? space : " ";
  out += chinese ? unit.chinese : numeral.digits == "1" ? unit.one : unit.several;
  if (!expr.text.empty()) out += put(forms::kOfCalendar, {name(expr.text, expr.text_span)}).flat();
  return out;
}

std::string Printer::date(Date date) const {
  if (language_ == Language::english) return to_string(date);
  const CivilDate it = civil(date);
  return std::to_string(it.year) + "年" + std::to_string(it.month) + "月" + std::to_string(it.day) +
         "日";
}

// A date, or a date and a time of day.
std::string Printer::moment(const Expr& at) const {
  if (const Date* day = at.value.get_if<Date>()) return date(*day);
  // The text keeps 24:00, which the value does not.
  const size_t space = at.text.find(' ');  // `2026-03-01 09:00`
  const std::optional<Date> day = parse_date(at.text.substr(0, space));
  return day && space != std::string::npos ? date(*day) + at.text.substr(space) : at.text;
}

Fragment Printer::literal(const Expr& expr) const {
  switch (expr.type.kind) {
    case TypeKind::number:
      return number(expr.span);
    case TypeKind::money:
      return money(expr);
    case TypeKind::duration:
      return duration(expr);
    case TypeKind::text:
      return text(expr.span);
    case TypeKind::time:
      if (const TimeOfDay* time = expr.value.get_if<TimeOfDay>()) return to_string(*time);
      break;
    case TypeKind::yes_no:
      return word(expr.value == Value(true) ? forms::kYes : forms::kNo);
    case TypeKind::none:
      return word(forms::kNone);
    default:
      break;
  }
  return moment(expr);
}

}  // namespace duban::formatter
