#include "engine/format.h"

#include <algorithm>
#include <string_view>

#include "engine/json_plain.h"

namespace duban {
namespace {

std::string in_chinese(Date date) {
  const CivilDate parts = civil(date);
  return std::to_string(parts.year) + "年" + std::to_string(parts.month) + "月" +
         std::to_string(parts.day) + "日";
}

std::string money(const Names& currency, Decimal amount, bool chinese) {
  std::string digits = amount.to_string(2);
  const std::string& unit = currency.in(chinese);
  if (unit.empty()) return digits;
  return chinese ? digits + ' ' + unit : unit + ' ' + digits;
}

// Null for a value of another layout: what is shown must not fail.
const Names* names_of(const Plan& plan, ChoiceValue value) {
  const auto& choices = plan.layout.choices;
  if (value.choice >= choices.size()) return nullptr;
  const auto& values = choices[value.choice].values;
  return value.index < values.size() ? &values[value.index] : nullptr;
}

Type element_of(Type type) {
  type.set = false;
  return type;
}

// One overload for each alternative of a value: a new one is a compile error here.
struct Words {
  const Plan& plan;
  const Type& type;
  bool chinese;

  std::string operator()(None) const { return {}; }
  std::string operator()(bool yes) const {
    if (chinese) return yes ? "是" : "否";
    return yes ? "yes" : "no";
  }
  std::string operator()(Decimal number) const {
    if (type.kind == TypeKind::money) return money(plan.currency, number, chinese);
    return number.to_string();
  }
  std::string operator()(const std::string& text) const { return text; }
  std::string operator()(Date date) const { return chinese ? in_chinese(date) : to_string(date); }
  std::string operator()(TimeOfDay time) const { return to_string(time); }
  std::string operator()(Instant instant) const {
    if (!chinese) return plan.zone.to_string(instant);
    return in_chinese(plan.zone.date_of(instant)) + ' ' + to_string(plan.zone.time_of(instant));
  }
  std::string operator()(Duration duration) const { return to_string(duration, chinese); }
  std::string operator()(ChoiceValue value) const {
    const Names* names = names_of(plan, value);
    return names == nullptr ? std::string() : names->in(chinese);
  }
  std::string operator()(const Key& key) const { return key.key; }
  std::string operator()(const SetValue& set) const {
    std::string out;
    for (const Value& item : set.items) {
      if (!out.empty()) out += chinese ? "、" : ", ";
      out += format(plan, element_of(type), item, chinese);
    }
    return out;
  }
};

struct Json {
  const Plan& plan;
  const Type& type;

  std::string operator()(None) const { return "null"; }
  std::string operator()(bool yes) const { return yes ? "true" : "false"; }
  std::string operator()(Decimal number) const { return number.to_string(); }
  std::string operator()(const std::string& text) const { return json_quoted(text); }
  std::string operator()(Date date) const { return json_quoted(to_string(date)); }
  std::string operator()(TimeOfDay time) const { return json_quoted(to_string(time)); }
  std::string operator()(Instant instant) const {
    return json_quoted(plan.zone.to_iso8601(instant));
  }
  std::string operator()(Duration duration) const {
    return json_quoted(to_string(duration, false));
  }
  std::string operator()(ChoiceValue value) const {
    const Names* names = names_of(plan, value);
    return names == nullptr ? "null" : json_quoted(names->name);
  }
  std::string operator()(const Key& key) const { return json_quoted(key.key); }
  std::string operator()(const SetValue& set) const {
    std::string out = "[";
    for (const Value& item : set.items) {
      if (out.size() > 1) out += ',';
      out += to_json(plan, element_of(type), item);
    }
    return out + ']';
  }
};

}  // namespace

std::string format(const Plan& plan, const Type& type, const Value& value, bool chinese) {
  return value.visit(Words{plan, type, chinese});
}

std::string format(const Plan& plan, const Deadline& due, bool chinese) {
  if (!due.whole_day) return format(plan, Type{TypeKind::datetime}, due.at, chinese);
  // `at` is the first instant of the next day, which need not be a midnight there.
  const Date day = plan.zone.date_of(Instant{due.at.ms - 1});
  return format(plan, Type{TypeKind::date}, day, chinese);
}

std::string json_quoted(std::string_view text) {
  std::string out;
  append_json_quoted(out, text);
  return out;
}

void append_json_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  constexpr std::string_view kEscaped = "\"\\\n\r\t", kLetters = "\"\\nrt";
  out += '"';
  size_t plain = plain_json_bytes(text);
  out += text.substr(0, plain);
  while (plain < text.size()) {
    const auto byte = static_cast<unsigned char>(text[plain]);
    const size_t known = kEscaped.find(text[plain]);
    if (known != std::string_view::npos) {
      out.append(1, '\\').append(1, kLetters[known]);
    } else {
      out.append("\\u00").append(1, kHex[byte >> 4]).append(1, kHex[byte & 0xf]);
    }
    text.remove_prefix(plain + 1);
    plain = plain_json_bytes(text);
    out += text.substr(0, plain);
  }
  out += '"';
}

std::string to_json(const Plan& plan, const Type& type, const Value& value) {
  return value.visit(Json{plan, type});
}

}  // namespace duban
