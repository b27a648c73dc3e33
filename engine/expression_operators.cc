// Arithmetic, comparisons, logic and sets, with their types.
#include <utility>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;

constexpr Type kYesNo{TypeKind::yes_no, 0, false, false};

Op op_of(ExprKind kind) {
  switch (kind) {
    case ExprKind::negate:
      return Op::negate;
    case ExprKind::logical_not:
      return Op::logical_not;
    case ExprKind::logical_and:
      return Op::logical_and;
    case ExprKind::logical_or:
      return Op::logical_or;
    case ExprKind::add:
      return Op::add;
    case ExprKind::subtract:
      return Op::subtract;
    case ExprKind::multiply:
      return Op::multiply;
    case ExprKind::divide:
      return Op::divide;
    case ExprKind::equal:
      return Op::equal;
    case ExprKind::not_equal:
      return Op::not_equal;
    case ExprKind::less:
      return Op::less;
    case ExprKind::less_equal:
      return Op::less_equal;
    case ExprKind::greater:
      return Op::greater;
    case ExprKind::greater_equal:
      return Op::greater_equal;
    case ExprKind::between:
      return Op::between;
    case ExprKind::in_list:
      return Op::in_list;
    case ExprKind::is_known:
      return Op::is_known;
    case ExprKind::is_unknown:
      return Op::is_unknown;
    case ExprKind::is_empty:
      return Op::is_empty;
    case ExprKind::is_not_empty:
      return Op::is_not_empty;
    case ExprKind::contains:
      return Op::contains;
    case ExprKind::minus:
      return Op::minus;
    case ExprKind::union_of:
      return Op::union_of;
    default:
      return Op::make_set;
  }
}

Typed make(Program& program, Op op, Type type, Span span, Index a, Index b = kNone) {
  Node node;
  node.op = op;
  node.type = type;
  node.a = a;
  node.b = b;
  node.span = span;
  return {program.add_node(node), type};
}

Typed make_with(Program& program, Op op, Type type, Span span, const std::vector<Index>& args) {
  Node node;
  node.op = op;
  node.type = type;
  node.span = span;
  return {program.add_node_with(node, args), type};
}

const Expr* argument(const Expr& expr, size_t i) {
  return i < expr.args.size() ? expr.args[i].get() : nullptr;
}

bool is(const Type& type, TypeKind kind) { return type.kind == kind && !type.set; }

Type without_optional(Type type) {
  type.optional = false;
  return type;
}

Type element(Type type) {
  type.set = false;
  type.optional = false;
  return type;
}

// What only the other side can give a meaning: a literal, or a name that is nothing by itself.
bool is_weak(Program& program, const Expr* expr, const Scope& scope) {
  if (!expr) return false;
  switch (expr->kind) {
    case ExprKind::literal:
    case ExprKind::set_literal:
      return true;
    case ExprKind::name:
      return meanings(program, expr->text, scope).empty();
    default:
      return false;
  }
}

struct Pair {
  Typed left, right;
  bool ok() const { return left.ok() && right.ok(); }
};

// Dates, times and durations are added to each other: the type of one tells nothing of the other.
bool adds_to_others(const Type& type) {
  return is(type, TypeKind::date) || is(type, TypeKind::datetime) || is(type, TypeKind::duration);
}

// Both sides, the stronger first, so that its type helps to read the other.
Pair compile_pair(Program& program, const Expr& expr, const Scope& scope,
                  const Type* expected = nullptr) {
  const bool sum = expr.kind == ExprKind::add || expr.kind == ExprKind::subtract;
  const auto hint = [&](const Type& type) { return sum && adds_to_others(type) ? nullptr : &type; };
  const Expr* a = argument(expr, 0);
  const Expr* b = argument(expr, 1);
  Pair pair;
  if (is_weak(program, a, scope) && !is_weak(program, b, scope)) {
    pair.right = compile_expression(program, b, scope, expected);
    if (!pair.right.ok()) return pair;
    const Type type = without_optional(pair.right.type);
    pair.left = compile_expression(program, a, scope, hint(type));
    return pair;
  }
  pair.left = compile_expression(program, a, scope, expected);
  if (!pair.left.ok()) {
    // Only what stands on its own is still worth a look; the rest would repeat the message.
    if (b && !is_weak(program, b, scope)) pair.right = compile_expression(program, b, scope);
    pair.left = {};
    return pair;
  }
  const Type type = without_optional(pair.left.type);
  pair.right = compile_expression(program, b, scope, hint(type));
  return pair;
}

Typed mismatch(Program& program, Span span, const Type& left, const Type& right,
               const char* english, const char* chinese, const char* english_hint = "",
               const char* chinese_hint = "") {
  program.error(
      span, "E104",
      {std::string("cannot ") + english + " " + describe(program, left, false) + " and " +
           describe(program, right, false),
       describe(program, left, true) + "与" + describe(program, right, true) + "不能" + chinese,
       english_hint, chinese_hint});
  return {};
}

Typed currency_mismatch(Program& program, Span span) {
  program.error(span, "E105",
                {"one side is money, the other a plain number", "一侧是金额，另一侧是数值",
                 "give both a currency, or neither", "两侧应同为金额或同为数值"});
  return {};
}

bool is_number_and_money(const Type& a, const Type& b) {
  return (is(a, TypeKind::number) && is(b, TypeKind::money)) ||
         (is(a, TypeKind::money) && is(b, TypeKind::number));
}

Typed build_shift(Program& program, Op op, Span span, const Typed& base, const Typed& by) {
  Type type = base.type;
  type.optional |= by.type.optional;
  const auto kind = duration_kind(program, by.node);
  const bool hours =
      kind && (*kind == Duration::Kind::elapsed || *kind == Duration::Kind::working_hours);
  if (base.type.kind == TypeKind::date && hours) {
    program.error(span, "E109",
                  {"a date has no time of day to add hours to", "日期没有时刻，不能加减小时",
                   "use a datetime, or days", "请用时间型，或以日计"});
    return {};
  }
  return make(program, op, type, span, base.node, by.node);
}

Typed build_sum(Program& program, const Expr& expr, const Scope& scope) {
  const Pair pair = compile_pair(program, expr, scope);
  if (!pair.ok()) return {};
  const Type& a = pair.left.type;
  const Type& b = pair.right.type;
  const Op op = op_of(expr.kind);
  Type type = a;
  type.optional = a.optional || b.optional;
  const bool moment_a = is(a, TypeKind::date) || is(a, TypeKind::datetime);
  if (moment_a && is(b, TypeKind::duration)) {
    return build_shift(program, op, expr.span, pair.left, pair.right);
  }
  if (op == Op::add && is(a, TypeKind::duration) &&
      (is(b, TypeKind::date) || is(b, TypeKind::datetime))) {
    return build_shift(program, op, expr.span, pair.right, pair.left);
  }
  if (same_type(a, b) && (is(a, TypeKind::number) || is(a, TypeKind::money))) {
    return make(program, op, type, expr.span, pair.left.node, pair.right.node);
  }
  if (is(a, TypeKind::duration) && is(b, TypeKind::duration)) {
    if (kinds_differ(program, expr.span, pair.left.node, pair.right.node)) return {};
    return make(program, op, type, expr.span, pair.left.node, pair.right.node);
  }
  if (is_number_and_money(a, b)) return currency_mismatch(program, expr.span);
  const bool moment_b = is(b, TypeKind::date) || is(b, TypeKind::datetime);
  if (moment_a && moment_b && op == Op::subtract) {
    return mismatch(program, expr.span, a, b, "subtract", "相减",
                    "write `days from A to B`, or `working days from A to B`",
                    "请写`自 A 至 B 天数`或`自 A 至 B 工作日数`");
  }
  if (a.set && b.set) {
    return mismatch(program, expr.span, a, b, "add or subtract", "加减",
                    "sets have `union` and `minus`", "集合请用`并集`与`减去`");
  }
  return op == Op::add ? mismatch(program, expr.span, a, b, "add", "相加")
                       : mismatch(program, expr.span, a, b, "subtract", "相减");
}

Typed build_product(Program& program, const Expr& expr, const Scope& scope) {
  // No side tells the other's type: `2 * amount`, `surge * usual_kwh`.
  const Typed left = compile_expression(program, argument(expr, 0), scope);
  const Typed right = compile_expression(program, argument(expr, 1), scope);
  if (!left.ok() || !right.ok()) return {};
  const Type& a = left.type;
  const Type& b = right.type;
  Type type = a;
  type.optional = a.optional || b.optional;
  const bool number_a = is(a, TypeKind::number);
  const bool number_b = is(b, TypeKind::number);
  bool fits = false;
  if (expr.kind == ExprKind::multiply) {
    fits = (number_a && number_b) || is_number_and_money(a, b);
    if (number_a) type.kind = b.kind;
    if (!fits && number_a && is(b, TypeKind::duration)) {
      return make(program, Op::multiply, type, expr.span, right.node, left.node);
    }
    fits |= is(a, TypeKind::duration) && number_b;
  } else {
    fits = (number_a || is(a, TypeKind::money)) && (number_b || same_type(a, b));
    if (is(b, TypeKind::money)) type.kind = TypeKind::number;
  }
  if (fits) return make(program, op_of(expr.kind), type, expr.span, left.node, right.node);
  return expr.kind == ExprKind::multiply ? mismatch(program, expr.span, a, b, "multiply", "相乘")
                                         : mismatch(program, expr.span, a, b, "divide", "相除");
}

Typed build_between(Program& program, const Expr& expr, const Scope& scope) {
  const Typed x = compile_expression(program, argument(expr, 0), scope);
  if (!x.ok()) return {};
  const Type type = without_optional(x.type);
  std::vector<Index> args{x.node};
  for (size_t i = 1; i <= 2; ++i) {
    const Expr* bound = argument(expr, i);
    const Typed side = compile_expression(program, bound, scope, &type);
    if (!side.ok()) return {};
    const Typed checked =
        build_comparison(program, ExprKind::less_equal, expr.span, x, side, bound->span);
    if (!checked.ok()) return {};
    args.push_back(side.node);
  }
  return make_with(program, Op::between, kYesNo, expr.span, args);
}

Typed build_in_list(Program& program, const Expr& expr, const Scope& scope) {
  const Typed x = compile_expression(program, argument(expr, 0), scope);
  if (!x.ok()) return {};
  const Type type = without_optional(x.type);
  std::vector<Index> args{x.node};
  bool ok = true;
  for (size_t i = 1; i < expr.args.size(); ++i) {
    const Expr* alternative = argument(expr, i);
    const Typed side = compile_expression(program, alternative, scope, &type);
    if (!side.ok()) {
      ok = false;
      continue;
    }
    if (expr.args.size() == 2 && side.type.set && !type.set &&
        same_type(element(side.type), type)) {
      return make(program, Op::contains, kYesNo, expr.span, side.node, x.node);
    }
    ok &= build_comparison(program, ExprKind::equal, expr.span, x, side, alternative->span).ok();
    args.push_back(side.node);
  }
  if (!ok || args.size() < 2) return {};
  return make_with(program, Op::in_list, kYesNo, expr.span, args);
}

Typed build_test(Program& program, const Expr& expr, const Scope& scope) {
  const Typed x = compile_expression(program, argument(expr, 0), scope);
  if (!x.ok()) return {};
  const bool emptiness = expr.kind == ExprKind::is_empty || expr.kind == ExprKind::is_not_empty;
  if (emptiness && !x.type.set && x.type.kind != TypeKind::text) {
    program.error(expr.span, "E104",
                  {"only sets and texts can be empty; this is " + describe(program, x.type, false),
                   "只有集合和文本可为空，此处是" + describe(program, x.type, true),
                   "write `is known` or `is not known`", "请写`已知`或`未知`"});
    return {};
  }
  return make(program, op_of(expr.kind), kYesNo, expr.span, x.node);
}

Typed build_contains(Program& program, const Expr& expr, const Scope& scope) {
  const Typed set = compile_expression(program, argument(expr, 0), scope);
  if (!set.ok()) return {};
  if (!set.type.set) {
    program.error(argument(expr, 0)->span, "E104",
                  {"`contains` asks a set; this is " + describe(program, set.type, false),
                   "`包含`用于集合，此处是" + describe(program, set.type, true)});
    return {};
  }
  const Type type = element(set.type);
  const Typed item = compile_value(program, argument(expr, 1), scope, type);
  if (!item.ok()) return {};
  return make(program, Op::contains, kYesNo, expr.span, set.node, item.node);
}

Typed build_set_operation(Program& program, const Expr& expr, const Scope& scope,
                          const Type* expected) {
  const Pair pair = compile_pair(program, expr, scope, expected);
  if (!pair.ok()) return {};
  const Type& a = pair.left.type;
  const Type& b = pair.right.type;
  if (!a.set || !b.set || !same_type(a, b)) {
    return expr.kind == ExprKind::minus
               ? mismatch(program, expr.span, a, b, "subtract as sets", "作集合减去",
                          "both sides are sets of one type", "两侧须为同一类型的集合")
               : mismatch(program, expr.span, a, b, "unite as sets", "作集合并集",
                          "both sides are sets of one type", "两侧须为同一类型的集合");
  }
  Type type = a;
  type.optional = a.optional && b.optional;
  return make(program, op_of(expr.kind), type, expr.span, pair.left.node, pair.right.node);
}

// `{a, b}` with nothing said about its type: the one declared choice that has all values.
std::optional<Type> choice_of_names(Program& program, const Expr& expr, const Scope& scope) {
  std::vector<uint16_t> fitting;
  for (const auto& info : program.choices) {
    if (!program.visible(scope.file, info.file)) continue;
    bool all = true;
    for (const syntax::ExprPtr& item : expr.args) {
      all = all && item && item->kind == ExprKind::name &&
            find_choice_value(program, static_cast<uint16_t>(info.id), item->text);
    }
    if (all) fitting.push_back(static_cast<uint16_t>(info.id));
  }
  if (fitting.size() != 1) return std::nullopt;
  return Type{TypeKind::choice, fitting.front(), false, false};
}

Typed build_set(Program& program, const Expr& expr, const Scope& scope, const Type* expected) {
  std::optional<Type> type;
  if (expected && expected->kind != TypeKind::none) type = element(*expected);
  if (!type || (expected && !expected->set && expected->kind != TypeKind::choice)) {
    if (const auto choice = choice_of_names(program, expr, scope)) type = choice;
  }
  std::vector<Index> args;
  bool ok = true;
  for (const syntax::ExprPtr& item : expr.args) {
    const Typed typed = compile_expression(program, item.get(), scope, type ? &*type : nullptr);
    if (!typed.ok()) {
      ok = false;
      continue;
    }
    if (!type) type = element(typed.type);
    if (typed.type.set || !same_type(typed.type, *type)) {
      mismatch(program, item->span, *type, typed.type, "put into one set", "放入同一集合");
      ok = false;
      continue;
    }
    args.push_back(typed.node);
  }
  if (!ok) return {};
  if (!type) {
    program.error(expr.span, "E104", {"nothing says what this is a set of", "无法得知集合的类型"});
    return {};
  }
  Type set = *type;
  set.set = true;
  return make_with(program, Op::make_set, set, expr.span, args);
}

Typed build_logic(Program& program, const Expr& expr, const Scope& scope) {
  const Index left = compile_condition(program, argument(expr, 0), scope);
  if (expr.kind == ExprKind::logical_not) {
    if (left == kNone) return {};
    return make(program, Op::logical_not, kYesNo, expr.span, left);
  }
  const Index right = compile_condition(program, argument(expr, 1), scope);
  if (left == kNone || right == kNone) return {};
  return make(program, op_of(expr.kind), kYesNo, expr.span, left, right);
}

Typed build_negation(Program& program, const Expr& expr, const Scope& scope, const Type* expected) {
  const Typed x = compile_expression(program, argument(expr, 0), scope, expected);
  if (!x.ok()) return {};
  if (is(x.type, TypeKind::number) || is(x.type, TypeKind::money) ||
      is(x.type, TypeKind::duration)) {
    return make(program, Op::negate, x.type, expr.span, x.node);
  }
  program.error(expr.span, "E104",
                {"only numbers, money and durations can be negative; this is " +
                     describe(program, x.type, false),
                 "只有数值、金额和时长可取负，此处是" + describe(program, x.type, true)});
  return {};
}

}  // namespace

Typed build_comparison(Program& program, ExprKind kind, Span span, const Typed& left,
                       const Typed& right, Span right_span) {
  if (!left.ok() || !right.ok()) return {};
  const Type& a = left.type;
  const Type& b = right.type;
  if (a.kind == TypeKind::date || a.kind == TypeKind::time || a.kind == TypeKind::datetime) {
    program.moment_comparisons.push_back(span);
  }
  const bool equality = kind == ExprKind::equal || kind == ExprKind::not_equal;
  if (a.kind == TypeKind::none || b.kind == TypeKind::none) {
    program.error(right_span, "E104",
                  {"a comparison with `none` is always no", "与`无`比较恒为否",
                   "write `is known` or `is not known`", "请写`已知`或`未知`"});
    return {};
  }
  if (is_number_and_money(a, b)) return currency_mismatch(program, span);
  if (!same_type(a, b)) {
    const bool dates = (is(a, TypeKind::date) && is(b, TypeKind::datetime)) ||
                       (is(a, TypeKind::datetime) && is(b, TypeKind::date));
    return mismatch(program, span, a, b, "compare", "比较",
                    dates ? "write `date of …`, or `today` for `now`" : "",
                    dates ? "请写`日期`函数，或以`今日`代替`现在`" : "");
  }
  if (!equality && !is_orderable(a)) {
    program.error(span, "E104",
                  {describe(program, a, false) + " has no order: it is only equal or not",
                   describe(program, a, true) + "没有大小之分，只能比较是否相等"});
    return {};
  }
  if (kinds_differ(program, span, left.node, right.node)) return {};
  return make(program, op_of(kind), kYesNo, span, left.node, right.node);
}

Typed build_operator(Program& program, const Expr& expr, const Scope& scope, const Type* expected) {
  switch (expr.kind) {
    case ExprKind::negate:
      return build_negation(program, expr, scope, expected);
    case ExprKind::logical_not:
    case ExprKind::logical_and:
    case ExprKind::logical_or:
      return build_logic(program, expr, scope);
    case ExprKind::add:
    case ExprKind::subtract:
      return build_sum(program, expr, scope);
    case ExprKind::multiply:
    case ExprKind::divide:
      return build_product(program, expr, scope);
    case ExprKind::equal:
    case ExprKind::not_equal:
    case ExprKind::less:
    case ExprKind::less_equal:
    case ExprKind::greater:
    case ExprKind::greater_equal: {
      const Pair pair = compile_pair(program, expr, scope);
      const Expr* right = argument(expr, 1);
      return build_comparison(program, expr.kind, expr.span, pair.left, pair.right,
                              right ? right->span : expr.span);
    }
    case ExprKind::between:
      return build_between(program, expr, scope);
    case ExprKind::in_list:
      return build_in_list(program, expr, scope);
    case ExprKind::is_known:
    case ExprKind::is_unknown:
    case ExprKind::is_empty:
    case ExprKind::is_not_empty:
      return build_test(program, expr, scope);
    case ExprKind::contains:
      return build_contains(program, expr, scope);
    case ExprKind::minus:
    case ExprKind::union_of:
      return build_set_operation(program, expr, scope, expected);
    case ExprKind::set_literal:
      return build_set(program, expr, scope, expected);
    default:
      return {};
  }
}

}  // namespace duban::compiler
