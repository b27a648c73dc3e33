#include "tests/reference/text.h"

#include <algorithm>

#include "engine/source.h"  // has_chinese, code points

namespace duban::reference {
namespace {

std::string date_words(Date date, bool chinese) {
  if (!chinese) return to_string(date);
  const CivilDate d = civil(date);
  return std::to_string(d.year) + "年" + std::to_string(d.month) + "月" + std::to_string(d.day) +
         "日";
}

std::string instant_words(const Program& p, Instant at, bool chinese) {
  if (!chinese) return p.zone.to_string(at);
  return date_words(p.zone.date_of(at), true) + ' ' + to_string(p.zone.time_of(at));
}

std::string amount_words(const Program& p, const Type& type, Decimal amount, bool chinese) {
  if (type.kind != TypeKind::money) return amount.to_string();
  const std::string digits = amount.to_string(2);
  const std::string& unit = p.currency.in(chinese);
  if (unit.empty()) return digits;
  return chinese ? digits + ' ' + unit : unit + ' ' + digits;
}

std::string one(const Program& p, const Type& type, const Value& value, bool chinese) {
  if (const bool* yes = value.get_if<bool>())
    return chinese ? (*yes ? "是" : "否") : (*yes ? "yes" : "no");
  if (const Decimal* number = value.get_if<Decimal>())
    return amount_words(p, type, *number, chinese);
  if (const std::string* text = value.get_if<std::string>()) return *text;
  if (const Date* date = value.get_if<Date>()) return date_words(*date, chinese);
  if (const TimeOfDay* time = value.get_if<TimeOfDay>()) return to_string(*time);
  if (const Instant* at = value.get_if<Instant>()) return instant_words(p, *at, chinese);
  if (const Duration* duration = value.get_if<Duration>()) return to_string(*duration, chinese);
  if (const ChoiceValue* choice = value.get_if<ChoiceValue>())
    return p.choices[choice->choice].values[choice->index].in(chinese);
  if (const Key* key = value.get_if<Key>()) return key->key;
  return {};
}

// The path of names in a placeholder: `owner.name`, `负责人的姓名`, `` `any name`.x ``.
syntax::ExprPtr path(const std::u32string& text) {
  std::vector<std::string> names(1);
  bool quoted = false;
  for (const char32_t c : text) {
    if (c == U'`') {
      quoted = !quoted;
    } else if (!quoted && (c == U'.' || c == U'．' || c == U'的')) {
      names.emplace_back();
    } else if (quoted || (c != U' ' && c != U'\t' && c != U'\u3000')) {
      names.back() += to_utf8(std::u32string(1, c));
    }
  }
  syntax::ExprPtr out;
  for (std::string& name : names) {
    auto expr = std::make_unique<syntax::Expr>();
    expr->kind = out ? syntax::ExprKind::member : syntax::ExprKind::name;
    expr->text = std::move(name);
    if (out) expr->args.push_back(std::move(out));
    out = std::move(expr);
  }
  return out;
}

}  // namespace

std::string words(const Program& p, const Type& type, const Value& value, bool chinese) {
  const SetValue* set = value.get_if<SetValue>();
  if (set == nullptr) return one(p, type, value, chinese);
  std::string out;
  for (const Value& item : set->items) {
    if (!out.empty()) out += chinese ? "、" : ", ";
    out += one(p, type, item, chinese);
  }
  return out;
}

bool reads_chinese(const std::string& text) {
  std::string words;
  bool inside = false;
  for (const char character : text) {
    inside = character == '{' || (inside && character != '}');
    if (!inside) words += character;
  }
  if (has_chinese(words)) return true;
  const bool any = std::any_of(words.begin(), words.end(), [](char character) {
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
  });
  return !any && has_chinese(text);
}

std::string render(const Context& c, const std::string& text) {
  const std::u32string characters = to_code_points(text);
  const bool chinese = reads_chinese(text);
  std::string out;
  for (size_t i = 0; i < characters.size(); ++i) {
    if (characters[i] != U'{') {
      out += to_utf8(characters.substr(i, 1));
      continue;
    }
    const size_t end = characters.find(U'}', i);
    const syntax::ExprPtr expr = path(characters.substr(i + 1, end - i - 1));
    const bool due =
        expr->kind == syntax::ExprKind::name && (expr->text == "due" || expr->text == "办理期限");
    if (due && c.paused && c.has_due) {
      out += chinese ? "暂停计时" : "paused";
      i = end;
      continue;
    }
    const Type type = type_of(c, *expr);
    std::string part = words(*c.program, type, evaluate(c, *expr), chinese);
    // People read `property proof`, not `property_proof`.
    if (type.kind == TypeKind::choice) std::replace(part.begin(), part.end(), '_', ' ');
    out += part;
    i = end;
  }
  return out;
}

std::string exact(const Program& p, const Value& value) {
  if (value.is_none()) return "none";
  if (const SetValue* set = value.get_if<SetValue>()) {
    std::string out = "{";
    for (const Value& item : set->items) out += (out.size() > 1 ? ", " : "") + exact(p, item);
    return out + "}";
  }
  if (const Instant* at = value.get_if<Instant>()) return p.zone.to_iso8601(*at);
  if (const std::string* text = value.get_if<std::string>()) return '"' + *text + '"';
  return one(p, {}, value, false);
}

}  // namespace duban::reference
