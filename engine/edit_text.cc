#include "engine/edit_text.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <utility>
#include <vector>

#include "engine/parse.h"

namespace duban {
namespace {

// The number at the front of a literal, as it is written.
struct Written {
  std::string before, after;  // around the digits
  Decimal number;
  int decimals = 0;
  bool grouped = false;
};

std::optional<Written> read_number(const std::string& literal) {
  const std::u32string text = to_code_points(literal);
  const auto plain = [](char32_t c) {  // full-width digits count as half-width ones
    if (c >= U'０' && c <= U'９') return static_cast<char32_t>(U'0' + (c - U'０'));
    return c == U'．' ? U'.' : c;
  };
  const auto is_digit = [&](char32_t c) { return plain(c) >= U'0' && plain(c) <= U'9'; };
  size_t begin = 0;
  while (begin < text.size() && !is_digit(text[begin])) ++begin;
  if (begin == text.size()) return std::nullopt;
  size_t end = begin;
  Written out;
  std::string digits;
  for (; end < text.size(); ++end) {
    const char32_t c = plain(text[end]);
    const bool between = end + 1 < text.size() && is_digit(text[end + 1]);
    if (is_digit(c)) {
      if (digits.find('.') != std::string::npos) ++out.decimals;
      digits += static_cast<char>(c);
    } else if (c == U',' && between) {
      out.grouped = true;
    } else if (c == U'.' && between && digits.find('.') == std::string::npos) {
      digits += '.';
    } else {
      break;
    }
  }
  const auto number = Decimal::parse(digits);
  if (!number) return std::nullopt;
  out.before = to_utf8(text.substr(0, begin));
  out.after = to_utf8(text.substr(end));
  out.number = *number;
  return out;
}

std::string grouped(std::string digits) {
  const size_t point = std::min(digits.find('.'), digits.size());
  const size_t first = digits.starts_with('-') ? 1 : 0;
  for (size_t at = point; at > first + 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string in_place(const std::string& text) {
  size_t begin = 0, end = text.size();
  constexpr std::string_view kAround = " \t\n\r()";
  for (;;) {
    if (begin < end && kAround.find(text[begin]) != std::string_view::npos) {
      ++begin;
    } else if (begin < end && kAround.find(text[end - 1]) != std::string_view::npos) {
      --end;
    } else if (text.substr(begin, end - begin).starts_with("（") ||
               text.substr(begin, end - begin).starts_with("）")) {
      begin += 3;
    } else if (text.substr(begin, end - begin).ends_with("（") ||
               text.substr(begin, end - begin).ends_with("）")) {
      end -= 3;
    } else {
      return text.substr(begin, end - begin);
    }
  }
}

}  // namespace

std::optional<std::string> with_number(const std::string& literal, Decimal was, Decimal is) {
  const auto written = read_number(literal);
  if (!written) return std::nullopt;
  Decimal number = is;
  if (written->number != was) {  // per cent, 万 …: the written number is worth another
    if (was.micro() == 0) return std::nullopt;
    const auto up = multiply(is, written->number);
    const auto scaled = up ? divide(*up, was) : std::nullopt;
    if (!scaled) return std::nullopt;
    // Only what reads back as exactly the same.
    const auto down = multiply(*scaled, was);
    const auto back = down ? divide(*down, written->number) : std::nullopt;
    if (!back || *back != is) return std::nullopt;
    number = *scaled;
  }
  const std::string digits = number.to_string();
  return written->before + (written->grouped ? grouped(digits) : digits) + written->after;
}

std::optional<Decimal> last_place(const std::string& literal, Decimal value) {
  const auto written = read_number(literal);
  if (!written) return std::nullopt;
  int64_t place = Decimal::kOne;
  for (int i = 0; i < written->decimals; ++i) place /= 10;
  const Decimal unit = Decimal::from_micro(place);
  if (written->number == value || written->number.micro() == 0) return unit;
  const auto up = multiply(unit, value);
  return up ? divide(*up, written->number) : std::nullopt;
}

std::string quoted_text(const std::string& text, bool chinese) {
  std::string out = chinese ? "“" : "\"";
  for (const char32_t c : to_code_points(text)) {
    if (c == U'\n') {
      out += "\\n";
      continue;
    }
    if (std::u32string_view(U"\"\\“”「」{}").find(c) != std::u32string_view::npos) out += '\\';
    out += to_utf8(std::u32string(1, c));
  }
  return out + (chinese ? "”" : "\"");
}

std::optional<std::string> literal_text(const Plan& plan, const Type& type, const Value& value,
                                        bool chinese) {
  if (value.is_none()) return chinese ? "无" : "none";
  if (const bool* yes = value.get_if<bool>()) {
    return chinese ? (*yes ? "是" : "否") : (*yes ? "yes" : "no");
  }
  if (const Decimal* number = value.get_if<Decimal>()) {
    const std::string& unit = plan.currency.in(chinese);
    if (type.kind != TypeKind::money) return number->to_string();
    return unit.empty() ? std::nullopt : std::optional(number->to_string() + " " + unit);
  }
  if (const std::string* text = value.get_if<std::string>()) return quoted_text(*text, chinese);
  if (const Key* key = value.get_if<Key>()) return quoted_text(key->key, chinese);
  if (const Date* date = value.get_if<Date>()) return to_string(*date);
  if (const TimeOfDay* time = value.get_if<TimeOfDay>()) return to_string(*time);
  if (const Instant* at = value.get_if<Instant>()) return plan.zone.to_string(*at);
  if (const Duration* duration = value.get_if<Duration>()) {
    std::string out = to_string(*duration, chinese);
    if (duration->calendar == Duration::kDefaultCalendar ||
        duration->calendar >= plan.calendar_names.size()) {
      return out;
    }
    const std::string& calendar = plan.calendar_names[duration->calendar].in(chinese);
    return chinese ? out + "（" + calendar + "）" : out + " of " + calendar;
  }
  if (const ChoiceValue* choice = value.get_if<ChoiceValue>()) {
    const auto& choices = plan.layout.choices;
    if (choice->choice >= choices.size()) return std::nullopt;
    const auto& values = choices[choice->choice].values;
    if (choice->index >= values.size()) return std::nullopt;
    return values[choice->index].in(chinese);
  }
  if (const SetValue* set = value.get_if<SetValue>()) {
    Type item = type;
    item.set = false;
    std::string out = "{";
    for (const Value& each : set->items) {
      const auto text = literal_text(plan, item, each, chinese);
      if (!text) return std::nullopt;
      out += (out.size() > 1 ? (chinese ? "，" : ", ") : "") + *text;
    }
    return out + "}";
  }
  return std::nullopt;
}

std::optional<OperatorPlace> operator_place(const std::string& expression) {
  static const std::u32string kHead = U"define x of y = ";
  const std::u32string text = to_code_points(expression);
  std::vector<Diagnostic> findings;
  const Source line("expression", to_utf8(kHead) + expression + "\n");
  const syntax::File file = parse(line, 0, findings);
  if (!findings.empty() || file.defines.size() != 1 || file.defines[0].value == nullptr) {
    return std::nullopt;
  }
  const syntax::Expr& expr = *file.defines[0].value;
  if (expr.args.size() != 2 || !expr.args[0] || !expr.args[1]) return std::nullopt;
  const auto head = static_cast<uint32_t>(kHead.size());
  const uint32_t from = expr.args[0]->span.end - head, to = expr.args[1]->span.begin - head;
  if (from >= to || to > text.size()) return std::nullopt;
  const std::u32string between = text.substr(from, to - from);
  const std::u32string word = to_code_points(in_place(to_utf8(between)));
  const size_t at = between.find(word);
  if (word.empty() || at == std::u32string::npos) return std::nullopt;
  const auto begin = from + static_cast<uint32_t>(at);
  return OperatorPlace{begin, begin + static_cast<uint32_t>(word.size())};
}

namespace {

using Pairs = std::map<std::string, std::string, std::less<>>;

const Pairs& opposites() {
  static const Pairs kPairs = {
      {"and", "or"},
      {"or", "and"},
      {"is", "is not"},
      {"is not", "is"},
      {"=", "!="},
      {"!=", "="},
      {"<>", "="},
      {"<", "<="},
      {"<=", "<"},
      {">", ">="},
      {">=", ">"},
      {"at least", "above"},
      {"above", "at least"},
      {"at most", "below"},
      {"below", "at most"},
      {"且", "或"},
      {"或", "且"},
      {"并且", "或者"},
      {"或者", "并且"},
      {"为", "不为"},
      {"不为", "为"},
      {"不低于", "高于"},
      {"高于", "不低于"},
      {"不少于", "多于"},
      {"多于", "不少于"},
      {"不小于", "大于"},
      {"大于", "不小于"},
      {"不早于", "晚于"},
      {"晚于", "不早于"},
      {"超过", "不低于"},
      {"不超过", "低于"},
      {"低于", "不超过"},
      {"不高于", "低于"},
      {"不多于", "少于"},
      {"少于", "不多于"},
      {"不大于", "小于"},
      {"小于", "不大于"},
      {"不晚于", "早于"},
      {"早于", "不晚于"},
      {"＝", "!="},
      {"＜", "<="},
      {"＞", ">="},
      {"≤", "<"},
      {"≥", ">"},
      {"≠", "="},
  };
  return kPairs;
}

}  // namespace

std::optional<std::string> flipped(const std::string& word) {
  const auto found = opposites().find(word);
  if (found == opposites().end()) return std::nullopt;
  return found->second;
}

std::string_view ending_operator(std::string_view text) {
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string_view best;
  const auto consider = [&](std::string_view word) {
    if (!text.ends_with(word) || word.size() <= best.size()) return;
    const std::string_view before = text.substr(0, text.size() - word.size());
    const bool letters = std::isalpha(static_cast<unsigned char>(word[0])) != 0;
    const bool apart =
        before.empty() || !letters || std::isalnum(static_cast<unsigned char>(before.back())) == 0;
    if (apart) best = text.substr(text.size() - word.size());
  };
  for (const auto& [word, other] : opposites()) consider(word);
  for (const std::string_view word : {"not", "非", "不"}) consider(word);
  return best;
}

std::string denied(const std::string& expression) {
  return (has_chinese(expression) ? "非 " : "not ") + expression;
}

std::optional<std::string> undenied(const std::string& expression) {
  for (const std::string_view head : {"not ", "非 ", "不 ", "非", "不"}) {
    if (expression.starts_with(head)) return expression.substr(head.size());
  }
  static const std::vector<std::pair<std::string_view, std::string_view>> kInside = {
      {" is not in ", " is in "}, {" not in ", " in "}, {" not contains ", " contains "},
      {"不属于", "属于"},         {"不包含", "包含"},   {" is not ", " is "},
  };
  for (const auto& [from, to] : kInside) {
    const size_t at = expression.find(from);
    if (at == std::string::npos) continue;
    std::string out = expression;
    return out.replace(at, from.size(), to);
  }
  return std::nullopt;
}

}  // namespace duban
