#include "engine/intake_value.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include "engine/source.h"
#include "engine/spelling.h"

namespace duban {
namespace {

constexpr size_t kShownBytesMax = 60;
constexpr size_t kListedValuesMax = 10;

using Taken = std::variant<Value, IntakeError>;

// ---- the nearest known name

std::u32string folded(std::string_view text) {
  std::u32string out = to_code_points(text);
  for (char32_t& c : out) {
    if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
  }
  return out;
}

// ---- one value

struct DurationUnit {
  std::string_view english, chinese;
  Duration::Kind kind;
  int64_t size;
};
constexpr DurationUnit kDurationUnits[] = {
    {"millisecond", "毫秒", Duration::Kind::elapsed, 1},
    {"second", "秒", Duration::Kind::elapsed, 1000},
    {"minute", "分钟", Duration::Kind::elapsed, kMsPerMinute},
    {"hour", "小时", Duration::Kind::elapsed, kMsPerHour},
    {"day", "天", Duration::Kind::days, 1},
    {"week", "周", Duration::Kind::days, 7},
    {"month", "个月", Duration::Kind::months, 1},
    {"quarter", "个季度", Duration::Kind::months, 3},
    {"year", "年", Duration::Kind::months, 12},
    {"working day", "个工作日", Duration::Kind::working_days, 1},
    {"working minute", "个工作分钟", Duration::Kind::working_hours, kMsPerMinute},
    {"working hour", "个工作小时", Duration::Kind::working_hours, kMsPerHour},
};

// An amount and a unit, as to_string(Duration) writes them.
std::optional<Duration> parse_duration(std::string_view text) {
  int64_t amount = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (code != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const DurationUnit& unit : kDurationUnits) {
    const bool plural = text.ends_with('s') && text.substr(0, text.size() - 1) == unit.english;
    if (!plural && text != unit.english && text != unit.chinese) continue;
    Duration duration{unit.kind};
    if (__builtin_mul_overflow(amount, unit.size, &duration.amount)) return std::nullopt;
    return duration;
  }
  return std::nullopt;
}

bool is_integer(std::string_view digits) {
  if (digits.starts_with('-')) digits.remove_prefix(1);
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string_view::npos;
}

// Whether a number is written with no more digits than a Decimal keeps.
// REQUIRES: Decimal::parse reads it.
bool is_exact(std::string_view number) {
  const auto is_exponent = [](char c) { return c == 'e' || c == 'E'; };
  const size_t whole = std::min(number.find('.'), number.size());
  if (number.size() - whole <= Decimal::kDigits + 1 &&
      std::none_of(number.begin(), number.end(), is_exponent)) {
    return true;  // as nearly all are
  }
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  const size_t last = mantissa.find_last_of("123456789");
  if (last == std::string_view::npos) return true;
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  // Of the last digit that counts: 1 for tenths, 0 or less left of the point.
  const int64_t place =
      static_cast<int64_t>(last) - static_cast<int64_t>(point) + (last < point ? 1 : 0);
  number.remove_prefix(std::min(mantissa.size() + 1, number.size()));
  if (number.starts_with('+')) number.remove_prefix(1);
  int64_t exponent = 0;
  const auto result = std::from_chars(number.data(), number.data() + number.size(), exponent);
  if (result.ec == std::errc::result_out_of_range) return !number.starts_with('-');
  return exponent >= place || place - exponent <= Decimal::kDigits;
}

// Feeds often send identifiers as numbers.
bool is_textual(const RawScalar& raw) {
  return raw.kind == RawValue::Kind::text ||
         (raw.kind == RawValue::Kind::number && is_integer(raw.text));
}

template <typename T>
bool give(const std::optional<T>& read, Value& value) {
  if (read) value = *read;
  return read.has_value();
}

// The events of a feed are alike: most texts find the room of the one before.
void give_text(std::string_view text, Value& value) {
  if (auto* room = value.if_unshared<std::string>()) {
    *room = text;
  } else {
    value = std::string(text);
  }
}

void give_key(uint16_t entity, std::string_view key, Value& value) {
  if (auto* room = value.if_unshared<Key>()) {
    room->entity = entity;
    room->key = key;
  } else {
    value = Key{entity, std::string(key)};
  }
}

std::optional<bool> read_yes_no(const RawScalar& raw) {
  if (raw.kind == RawValue::Kind::boolean) return raw.boolean;
  if (raw.kind != RawValue::Kind::text) return std::nullopt;
  if (raw.text == "yes" || raw.text == "是" || raw.text == "true") return true;
  if (raw.text == "no" || raw.text == "否" || raw.text == "false") return false;
  return std::nullopt;
}

std::optional<Decimal> read_number(const RawScalar& raw) {  // from text too: a CSV has nothing else
  if (raw.kind != RawValue::Kind::number && raw.kind != RawValue::Kind::text) return std::nullopt;
  const std::optional<Decimal> value = Decimal::parse(raw.text);
  return value && is_exact(raw.text) ? value : std::nullopt;
}

RawScalar scalar_of(const RawValue& raw) { return {raw.kind, raw.boolean, raw.text}; }

std::vector<std::string_view> split_list(std::string_view text) {
  std::vector<std::string_view> pieces;
  const auto add = [&](std::string_view piece) {
    const size_t first = piece.find_first_not_of(' ');
    if (first == std::string_view::npos) return;
    pieces.push_back(piece.substr(first, piece.find_last_not_of(' ') - first + 1));
  };
  constexpr std::string_view kSeparators[] = {";", "；", "、"};
  size_t begin = 0;
  for (size_t i = 0; i < text.size();) {
    size_t width = 0;
    for (const std::string_view s : kSeparators) {
      if (text.substr(i).starts_with(s)) width = s.size();
    }
    if (width > 0) {
      add(text.substr(begin, i - begin));
      begin = i + width;
    }
    i += std::max<size_t>(width, 1);
  }
  add(text.substr(begin));
  return pieces;
}

class Taker {
 public:
  // `hidden`: the value is private and must not be quoted in an error.
  Taker(const Plan& plan, bool hidden) : plan_(plan), hidden_(hidden) {}

  Taken take(const Type& type, const RawValue& raw) const {
    if (Value value; take_scalar(plan_, type, scalar_of(raw), value)) return value;
    if (raw.kind == RawValue::Kind::null)
      return IntakeError{"a value is required, not null", "必须有值，不能为 null"};
    if (type.set) return set(type, raw);
    const bool is_number = raw.kind == RawValue::Kind::number;
    const bool is_text = raw.kind == RawValue::Kind::text;
    if ((type.kind == TypeKind::number || type.kind == TypeKind::money) && (is_number || is_text))
      return not_a_number(type, raw);
    if (type.kind == TypeKind::choice && is_text) return not_a_choice(type, raw);
    return expected(type, raw);
  }

 private:
  IntakeError not_a_number(const Type& type, const RawValue& raw) const {
    if (Decimal::parse(raw.text)) {
      return {shown(raw, false) + " has more than six digits after the point",
              shown(raw, true) + " 的小数超过六位"};
    }
    if (raw.kind != RawValue::Kind::number && !is_integer(raw.text)) return expected(type, raw);
    return {shown(raw, false) + " is too large a number", shown(raw, true) + " 超出数值范围"};
  }

  IntakeError not_a_choice(const Type& type, const RawValue& raw) const {
    const Layout::Choice& choice = plan_.layout.choices[type.id];
    IntakeError error{shown(raw, false) + " is not a value of " + in_backticks(choice.names, false),
                      shown(raw, true) + " 不是 " + in_backticks(choice.names, true) + " 的取值"};
    const size_t length = error.english.size();
    if (!hidden_) error = with_nearest(std::move(error), raw.text, choice.values);
    if (error.english.size() > length) return error;
    for (size_t i = 0; i < std::min(choice.values.size(), kListedValuesMax); ++i) {
      error.english += (i == 0 ? "; known are " : ", ") + in_backticks(choice.values[i], false);
      error.chinese += (i == 0 ? "，可取 " : "、") + in_backticks(choice.values[i], true);
    }
    return error;
  }

  Taken set(Type type, const RawValue& raw) const {
    std::vector<RawValue> items;
    if (raw.kind == RawValue::Kind::array) {
      items = raw.items;
    } else if (raw.kind == RawValue::Kind::text) {
      for (const std::string_view piece : split_list(raw.text)) {
        items.push_back({RawValue::Kind::text, false, std::string(piece), {}});
      }
    } else {
      return expected(type, raw);
    }
    type.set = type.optional = false;
    std::vector<Value> values;
    for (const RawValue& item : items) {
      Taken taken = take(type, item);
      if (std::holds_alternative<IntakeError>(taken)) return taken;
      values.push_back(std::get<Value>(std::move(taken)));
    }
    return make_set(std::move(values));
  }

  std::string shown(const RawValue& raw, bool chinese) const {
    if (raw.kind == RawValue::Kind::array) return chinese ? "一个列表" : "a list";
    if (raw.kind == RawValue::Kind::object) return chinese ? "一个对象" : "an object";
    if (hidden_) return chinese ? "所给的值" : "the given value";
    if (raw.kind == RawValue::Kind::boolean) return raw.boolean ? "`true`" : "`false`";
    return raw.kind == RawValue::Kind::null ? "`null`" : in_backticks(raw.text);
  }

  IntakeError wanted(const Type& type) const {
    if (type.set) return {"a list", "列表"};
    switch (type.kind) {
      case TypeKind::none:
        break;
      case TypeKind::yes_no:
        return {"yes or no", "是或否"};
      case TypeKind::number:
        return {"a number", "数值"};
      case TypeKind::money:
        return {"an amount of money", "金额"};
      case TypeKind::text:
        return {"a text", "文本"};
      case TypeKind::date:
        return {"a date such as 2026-03-20", "日期（如 2026-03-20）"};
      case TypeKind::time:
        return {"a time such as 09:00", "时刻（如 09:00）"};
      case TypeKind::datetime:
        return {"a date and time such as 2026-03-20T09:00:00+08:00",
                "时间（如 2026-03-20T09:00:00+08:00）"};
      case TypeKind::duration:
        return {"a duration such as 3 days", "时长（如 3 天）"};
      case TypeKind::choice: {
        const Names& names = plan_.layout.choices[type.id].names;
        return {"a value of " + in_backticks(names, false), in_backticks(names, true) + " 的取值"};
      }
      case TypeKind::reference: {
        const Names& names = plan_.layout.entities[type.id].names;
        return {"a key of " + in_backticks(names, false), in_backticks(names, true) + " 的主键"};
      }
    }
    return {"nothing", "无"};
  }

  IntakeError expected(const Type& type, const RawValue& raw) const {
    const IntakeError words = wanted(type);
    return {words.english + " is expected, not " + shown(raw, false),
            "应为" + words.chinese + "，而不是 " + shown(raw, true)};
  }

  const Plan& plan_;
  bool hidden_;
};

}  // namespace

std::string in_backticks(std::string_view text) {
  if (text.size() <= kShownBytesMax) return '`' + std::string(text) + '`';
  size_t end = kShownBytesMax;
  while (end > 0 && (text[end] & 0xc0) == 0x80) --end;  // not inside a character
  return '`' + std::string(text.substr(0, end)) + "…`";
}

std::string in_backticks(const Names& names, bool chinese) {
  return in_backticks(names.in(chinese));
}

IntakeError with_nearest(IntakeError error, std::string_view wrong,
                         const std::vector<Names>& known) {
  constexpr size_t kDistanceMax = 2, kLongest = 64;
  if (wrong.size() > kLongest * 4) return error;
  const std::u32string wanted = folded(wrong);
  // Two letters of four may differ, but not two of three.
  size_t best_distance = std::min(kDistanceMax, wanted.size() / 2) + 1;
  std::string best;
  for (const Names& names : known) {
    for (const std::string& spelling : {names.name, names.alias}) {
      if (spelling.empty()) continue;
      const size_t distance = edit_distance(wanted, folded(spelling));
      if (distance >= best_distance) continue;
      best_distance = distance;
      best = spelling;
    }
  }
  if (best.empty()) return error;
  error.english += "; did you mean " + in_backticks(best) + "?";
  error.chinese += "，是否指 " + in_backticks(best) + "？";
  return error;
}

bool take_scalar(const Plan& plan, const Type& type, const RawScalar& raw, Value& value) {
  if (raw.kind == RawValue::Kind::null) {
    value = None{};
    return type.optional;
  }
  if (type.set) return false;
  const bool is_text = raw.kind == RawValue::Kind::text;
  switch (type.kind) {
    case TypeKind::none:
      return false;
    case TypeKind::yes_no:
      return give(read_yes_no(raw), value);
    case TypeKind::number:
    case TypeKind::money:
      return give(read_number(raw), value);
    case TypeKind::text:
      if (!is_textual(raw)) return false;
      give_text(raw.text, value);
      return true;
    case TypeKind::date:
      return is_text && give(parse_date(raw.text), value);
    case TypeKind::time:
      return is_text && give(parse_time(raw.text), value);
    case TypeKind::datetime:
      return is_text && give(plan.zone.parse(raw.text), value);
    case TypeKind::duration:
      return is_text && give(parse_duration(raw.text), value);
    case TypeKind::choice: {
      const auto index =
          is_text ? find_value(plan.layout.choices[type.id], raw.text) : std::optional<uint16_t>();
      if (index) value = ChoiceValue{type.id, *index};
      return index.has_value();
    }
    case TypeKind::reference:
      if (!is_textual(raw) || raw.text.empty() || raw.text.size() > kKeyBytesMax) return false;
      give_key(type.id, raw.text, value);
      return true;
  }
  return false;
}

Taken take_value(const Plan& plan, const Type& type, const RawValue& raw) {
  return Taker(plan, false).take(type, raw);
}

Taken take_hidden_value(const Plan& plan, const Type& type, const RawValue& raw) {
  return Taker(plan, true).take(type, raw);
}

}  // namespace duban
