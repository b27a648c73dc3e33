// Functions and aggregates over a subject's past events.
#include <map>
#include <set>
#include <utility>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;

constexpr Type kNumber{TypeKind::number, 0, false, false};
constexpr Type kDate{TypeKind::date, 0, false, false};

bool is_moment(const Type& type) {
  return !type.set && (type.kind == TypeKind::date || type.kind == TypeKind::datetime);
}

void wrong_arguments(Program& program, const Expr& expr, const char* english, const char* chinese) {
  program.error(expr.span, "E132",
                {quoted(expr.text) + " takes " + english, quoted(expr.text) + "须有" + chinese});
}

Typed expect_moment(Program& program, const Expr* expr, const Scope& scope) {
  return compile_moment(program, expr, scope);
}

Typed build_extreme(Program& program, const Expr& expr, const Scope& scope, const Type* expected) {
  if (expr.args.size() < 2) {
    wrong_arguments(program, expr, "two values or more", "两个以上的值");
    return {};
  }
  std::optional<Type> type;
  if (expected && expected->kind != TypeKind::none) type = *expected;
  // A plain literal takes its type from the others: the first that is none decides.
  for (const syntax::ExprPtr& item : expr.args) {
    if (type || !item || item->kind == ExprKind::literal) continue;
    const Typed typed = compile_expression(program, item.get(), scope);
    if (!typed.ok()) return {};
    type = typed.type;
  }
  std::vector<Index> args;
  Node node;
  bool ok = true;
  for (const syntax::ExprPtr& item : expr.args) {
    const Typed typed = compile_expression(program, item.get(), scope, type ? &*type : nullptr);
    if (!typed.ok()) {
      ok = false;
      continue;
    }
    if (!type) type = typed.type;
    if (!same_type(*type, typed.type) || !is_orderable(typed.type)) {
      program.error(item->span, "E104",
                    {"expected " + describe(program, *type, false) + " here, found " +
                         describe(program, typed.type, false),
                     "此处应为" + describe(program, *type, true) + "，而不是" +
                         describe(program, typed.type, true)});
      ok = false;
      continue;
    }
    node.type.optional |= typed.type.optional;
    args.push_back(typed.node);
  }
  if (!ok) return {};
  const bool optional = node.type.optional;
  node.type = *type;
  node.type.optional = optional;
  node.op = expr.text.starts_with("max") ? Op::maximum : Op::minimum;
  node.span = expr.span;
  return {program.add_node_with(node, args), node.type};
}

Typed build_round(Program& program, const Expr& expr, const Scope& scope) {
  if (expr.args.empty()) {
    wrong_arguments(program, expr, "a number and how many digits", "一个数值和位数");
    return {};
  }
  const Typed x = compile_expression(program, expr.args[0].get(), scope);
  if (!x.ok()) return {};
  if (x.type.set || (x.type.kind != TypeKind::number && x.type.kind != TypeKind::money)) {
    program.error(
        expr.args[0]->span, "E104",
        {"only numbers and money are rounded; this is " + describe(program, x.type, false),
         "只有数值和金额可舍入，此处是" + describe(program, x.type, true)});
    return {};
  }
  int64_t digits = 0;
  if (expr.args.size() > 1) {
    const Expr* wanted = expr.args[1].get();
    if (!wanted) return {};
    const Decimal* number = wanted->value.get_if<Decimal>();
    const bool literal = wanted->kind == ExprKind::literal && number && number->is_integer();
    if (!literal || number->whole() < 0 || number->whole() > Decimal::kDigits) {
      program.error(wanted->span, "E132",
                    {"the number of digits is a literal from 0 to 6", "位数须直接写明，为 0 至 6"});
      return {};
    }
    digits = number->whole();
  }
  Node node;
  node.op = Op::round;
  node.type = x.type;
  node.a = x.node;
  node.b = static_cast<Index>(digits);
  node.span = expr.span;
  return {program.add_node(node), node.type};
}

Typed build_days(Program& program, const Expr& expr, const Scope& scope, Op op) {
  if (expr.args.size() != 2) {
    wrong_arguments(program, expr, "two dates", "两个日期");
    return {};
  }
  if (op == Op::working_days_from_to && !program.plan.calendar(Duration::kDefaultCalendar)) {
    program.error(expr.span, "E110",
                  {"working days need a default calendar, and there is none",
                   "工作日需要默认日历，而没有默认日历"});
    return {};
  }
  const Typed from = expect_moment(program, expr.args[0].get(), scope);
  const Typed to = expect_moment(program, expr.args[1].get(), scope);
  if (!from.ok() || !to.ok()) return {};
  Node node;
  node.op = op;
  node.type = kNumber;
  node.type.optional = from.type.optional || to.type.optional;
  node.a = from.node;
  node.b = to.node;
  node.span = expr.span;
  return {program.add_node(node), node.type};
}

struct DateFunction {
  Op op;
  bool number;
};
const std::map<std::string, DateFunction, std::less<>>& date_functions() {
  static const std::map<std::string, DateFunction, std::less<>> functions{
      {"year", {Op::year_of, true}},
      {"month", {Op::month_of, true}},
      {"day", {Op::day_of, true}},
      {"weekday", {Op::weekday_of, true}},
      {"date", {Op::date_of, false}},
      {"start_of_month", {Op::start_of_month, false}},
      {"start_of_quarter", {Op::start_of_quarter, false}},
      {"start_of_year", {Op::start_of_year, false}},
      {"end_of_month", {Op::end_of_month, false}},
      {"end_of_quarter", {Op::end_of_quarter, false}},
      {"end_of_year", {Op::end_of_year, false}},
  };
  return functions;
}

std::optional<Aggregate::Function> function_of(const std::string& text) {
  if (text == "count") return Aggregate::Function::count;
  if (text == "sum") return Aggregate::Function::sum;
  if (text == "average") return Aggregate::Function::average;
  if (text == "minimum" || text == "min") return Aggregate::Function::minimum;
  if (text == "maximum" || text == "max") return Aggregate::Function::maximum;
  if (text == "latest") return Aggregate::Function::latest;
  if (text == "time_of_latest") return Aggregate::Function::time_of_latest;
  return std::nullopt;
}

// The event and, after a point, its field.
struct Subject {
  Index event = kNone;  // into Program::events
  uint16_t id = kNoId;
  uint16_t field = kNoId;
  bool ok = false;
};

Subject resolve_subject(Program& program, const Expr& of, const Scope& scope, bool counts) {
  Subject subject;
  const bool member = of.kind == ExprKind::member && !of.args.empty() && of.args[0];
  const Expr& root = member ? *of.args[0] : of;
  if (root.kind != ExprKind::name) {
    program.error(of.span, "E129",
                  {"expected an event, or `event.field`", "此处应为事件，或`事件的字段`"});
    return subject;
  }
  subject.event = program.find_event({root.text, root.span}, scope.file);
  if (subject.event == kNone) return subject;
  subject.id = static_cast<uint16_t>(program.events[subject.event].id);
  const Layout::Event& event = program.plan.layout.events[subject.id];
  if (event.entity != scope.entity) {
    program.error(root.span, "E113",
                  {quoted(root.text) + " happens to another entity",
                   quoted(root.text) + "不是当前对象的事件"});
    return subject;
  }
  if (event.kind == Layout::Event::Kind::outgoing) {
    program.error(root.span, "E129",
                  {quoted(root.text) + " is an outgoing event, of which no history is kept",
                   quoted(root.text) + "是对外事件，不保留历史"});
    return subject;
  }
  if (member) {
    const auto field = find_event_field(program, subject.id, of.text);
    if (!field) {
      Message message{"the event " + quoted(event.names.name) + " has no " + quoted(of.text),
                      "事件" + quoted(event.names.in(true)) + "没有" + quoted(of.text)};
      std::vector<std::string> candidates;
      for (const Layout::Field& known : event.fields) {
        candidates.push_back(known.names.name);
        if (!known.names.alias.empty()) candidates.push_back(known.names.alias);
      }
      suggest(message, of.text, candidates);
      program.error(of.text_span, "E101", std::move(message));
      return subject;
    }
    subject.field = *field;
  } else if (!counts) {
    program.error(
        of.span, "E129",
        {"say which field of " + quoted(root.text), "请写明" + quoted(root.text) + "的字段",
         "as in `average of meter_read.kwh`", "如`抄表的电量 平均值`"});
    return subject;
  }
  subject.ok = true;
  return subject;
}

bool read_window(Program& program, const Expr& expr, const Scope& scope, Aggregate& aggregate) {
  if (!expr.window) {
    if (aggregate.function == Aggregate::Function::latest) return true;
    program.error(expr.span, "E129",
                  {"say over which time: history is kept only as long as a rule needs it",
                   "请写明时间范围：历史只按需要保留", "as in `over the last 24 months`",
                   "如`近 24 个月内`"});
    return false;
  }
  const Index node = compile_duration(program, expr.window.get(), scope);
  if (node == kNone) return false;
  const Value* value = program.constant_of(node);
  const Duration* window = value ? value->get_if<Duration>() : nullptr;
  const bool elapses = window && window->kind != Duration::Kind::working_days &&
                       window->kind != Duration::Kind::working_hours;
  if (!elapses || window->amount <= 0) {
    program.error(expr.window->span, "E129",
                  {"a window is a literal or a parameter in hours, days or months, above zero",
                   "时间范围须为大于零的小时、日或月数，直接写明或用参数"});
    return false;
  }
  aggregate.over = syntax::Over::last;
  aggregate.window = *window;
  return true;
}

}  // namespace

Typed build_call(Program& program, const Expr& expr, const Scope& scope, const Type* expected) {
  const std::string& name = expr.text;
  if (name == "min" || name == "max" || name == "minimum" || name == "maximum") {
    return build_extreme(program, expr, scope, expected);
  }
  if (name == "round") return build_round(program, expr, scope);
  if (name == "days_from_to") return build_days(program, expr, scope, Op::days_from_to);
  if (name == "working_days_from_to") {
    return build_days(program, expr, scope, Op::working_days_from_to);
  }
  const auto it = date_functions().find(name);
  static const std::set<std::string, std::less<>> later{
      "time",        "time_of_latest",   "rolled_forward",
      "rolled_back", "next_working_day", "previous_working_day"};
  if (later.contains(name)) {
    program.error(expr.span, "E132", {"this form is not available yet", "此写法暂不可用"});
    return {};
  }
  if (it == date_functions().end()) {
    Message message{"there is no function " + quoted(name), "没有函数" + quoted(name)};
    std::vector<std::string> candidates{"min", "max", "round"};
    for (const auto& [known, function] : date_functions()) candidates.push_back(known);
    suggest(message, name, candidates);
    program.error(expr.span, "E101", std::move(message));
    return {};
  }
  if (expr.args.size() != 1) {
    wrong_arguments(program, expr, "one date", "一个日期");
    return {};
  }
  const Typed x = expect_moment(program, expr.args[0].get(), scope);
  if (!x.ok() || !is_moment(x.type)) return {};
  Node node;
  node.op = it->second.op;
  node.type = it->second.number ? kNumber : kDate;
  node.type.optional = x.type.optional;
  node.a = x.node;
  node.span = expr.span;
  return {program.add_node(node), node.type};
}

Typed build_aggregate(Program& program, const Expr& expr, const Scope& scope) {
  const auto function = function_of(expr.text);
  const Expr* of = expr.args.empty() ? nullptr : expr.args[0].get();
  if (!function || !of) return {};
  Aggregate aggregate;
  aggregate.function = *function;
  const bool counts = *function == Aggregate::Function::count;
  const Subject subject = resolve_subject(program, *of, scope, counts);
  if (!subject.ok) return {};
  aggregate.event = subject.id;
  aggregate.field = counts ? kNoId : subject.field;

  Type type = kNumber;
  if (!counts) {
    type = program.plan.layout.events[subject.id].fields[subject.field].type;
    if (type.kind == TypeKind::none) return {};
    const bool amount =
        !type.set && (type.kind == TypeKind::number || type.kind == TypeKind::money);
    const bool sums =
        *function == Aggregate::Function::sum || *function == Aggregate::Function::average;
    const bool latest = *function == Aggregate::Function::latest;
    if ((sums && !amount) || (!sums && !latest && !is_orderable(type))) {
      program.error(of->span, "E129",
                    {"this cannot be taken of " + describe(program, type, false),
                     describe(program, type, true) + "不能这样统计"});
      return {};
    }
    // Nothing in the window: a sum is zero, anything else is missing.
    type.optional = *function != Aggregate::Function::sum;
  }
  if (!read_window(program, expr, scope, aggregate)) return {};
  if (expr.condition) {
    Scope inner = scope;  // each past event in turn is the event at hand
    inner.event = subject.id;
    inner.bare_event = true;
    inner.opening = false;
    aggregate.condition = compile_condition(program, expr.condition.get(), inner);
    if (aggregate.condition == kNone) return {};
  }
  Node node;
  node.op = Op::aggregate;
  node.type = type;
  node.a = static_cast<Index>(program.plan.aggregates.size());
  node.span = expr.span;
  program.plan.aggregates.push_back(aggregate);
  return {program.add_node(node), type};
}

}  // namespace duban::compiler
