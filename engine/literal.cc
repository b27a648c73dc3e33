#include "engine/literal.h"

namespace duban {
namespace {

LiteralError unfit(const std::string& text) {
  return {"`" + text + "` is not a value of this field's type", "“" + text + "”不是此字段类型的值"};
}

}  // namespace

Instant zoned(const Plan& plan, Instant local) {
  const int64_t day =
      local.ms >= 0 ? local.ms / kMsPerDay : -((-local.ms + kMsPerDay - 1) / kMsPerDay);
  return plan.zone.at(Date{static_cast<int32_t>(day)},
                      TimeOfDay{static_cast<int32_t>(local.ms - day * kMsPerDay)});
}

std::variant<Value, LiteralError> literal_value(const Plan& plan, const Type& type,
                                                const syntax::Expr& expr) {
  using syntax::ExprKind;
  if (type.set) {
    if (expr.kind != ExprKind::set_literal) return unfit("set");
    Type item = type;
    item.set = false;
    std::vector<Value> items;
    for (const auto& arg : expr.args) {
      if (arg == nullptr) continue;
      auto value = literal_value(plan, item, *arg);
      if (auto* error = std::get_if<LiteralError>(&value)) return *error;
      items.push_back(std::get<Value>(std::move(value)));
    }
    return make_set(std::move(items));
  }
  if (expr.kind == ExprKind::negate && expr.args.size() == 1 && expr.args[0] != nullptr) {
    auto value = literal_value(plan, type, *expr.args[0]);
    if (Value* v = std::get_if<Value>(&value)) {
      if (const Decimal* d = v->get_if<Decimal>()) {
        if (const auto negative = negate(*d)) return Value{*negative};
      }
    }
    return unfit("-");
  }
  if (expr.kind == ExprKind::name && type.kind == TypeKind::choice) {
    const Layout::Choice& choice = plan.layout.choices[type.id];
    if (const auto index = find_value(choice, expr.text))
      return Value{ChoiceValue{type.id, *index}};
    std::string all_english, all_chinese;
    for (const Names& names : choice.values) {
      all_english += (all_english.empty() ? "" : ", ") + names.name;
      all_chinese += (all_chinese.empty() ? "" : "、") + names.in(true);
    }
    return LiteralError{"`" + expr.text + "` is none of: " + all_english,
                        "“" + expr.text + "”不在可选值之中：" + all_chinese};
  }
  if (expr.kind != ExprKind::literal) return unfit(expr.text);
  const Value& value = expr.value;
  if (value.is_none()) return value;
  switch (type.kind) {
    case TypeKind::yes_no:
      if (value.get_if<bool>() != nullptr) return value;
      break;
    case TypeKind::number:
    case TypeKind::money:
      if (value.get_if<Decimal>() != nullptr) return value;
      break;
    case TypeKind::text:
      if (value.get_if<std::string>() != nullptr) return value;
      break;
    case TypeKind::reference:
      if (const std::string* text = value.get_if<std::string>()) return Value{Key{type.id, *text}};
      break;
    case TypeKind::date:
      if (value.get_if<Date>() != nullptr) return value;
      break;
    case TypeKind::time:
      if (value.get_if<TimeOfDay>() != nullptr) return value;
      break;
    case TypeKind::datetime:
      if (const auto* local = value.get_if<Instant>()) return Value{zoned(plan, *local)};
      if (const Date* date = value.get_if<Date>())
        return Value{plan.zone.at(*date, plan.day_starts_at)};
      break;
    case TypeKind::duration:
      if (value.get_if<Duration>() != nullptr) return value;
      break;
    default:
      break;
  }
  return unfit(expr.text.empty() ? "literal" : expr.text);
}

}  // namespace duban
