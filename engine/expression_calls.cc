// Functions and aggregates over a subject's past events.
#include <map>
#include <utility>

#include "engine/expression.h"
#include "engine/keywords.h"

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

// The calendar that a call's last argument names.
std::optional<uint16_t> calendar_argument(Program& program, const Expr& expr, size_t position) {
  const Expr* name = position < expr.args.size() ? expr.args[position].get() : nullptr;
  if (name == nullptr) return find_calendar(program, {}, expr.span);
  if (name->kind == ExprKind::name) {
    return find_calendar(program, {name->text, name->span}, expr.span);
  }
  program.error(name->span, "E132", {"expected a calendar's name", "此处应为日历的名称"});
  return std::nullopt;
}

Typed build_days(Program& program, const Expr& expr, const Scope& scope, Op op) {
  const bool working = op == Op::working_days_from_to;
  if (expr.args.size() != 2 && !(working && expr.args.size() == 3)) {
    wrong_arguments(program, expr, "two dates", "两个日期");
    return {};
  }
  std::optional<uint16_t> calendar;
  if (working && !(calendar = calendar_argument(program, expr, 2))) return {};
  const Typed from = expect_moment(program, expr.args[0].get(), scope);
  const Typed to = expect_moment(program, expr.args[1].get(), scope);
  if (!from.ok() || !to.ok()) return {};
  Node node;
  node.op = op;
  node.type = kNumber;
  node.type.optional = from.type.optional || to.type.optional;
  node.span = expr.span;
  if (calendar) {
    node.b = *calendar;
    return {program.add_node_with(node, {from.node, to.node}), node.type};
  }
  node.a = from.node;
  node.b = to.node;
  return {program.add_node(node), node.type};
}

// `X rolled forward`, `next working day after X`.
Typed build_working_day(Program& program, const Expr& expr, const Scope& scope, Op op) {
  if (expr.args.empty() || expr.args.size() > 2) {
    wrong_arguments(program, expr, "one date", "一个日期");
    return {};
  }
  const bool rolls = op == Op::rolled_forward || op == Op::rolled_back;
  const Typed x = compile_expression(program, expr.args[0].get(), scope);
  if (!x.ok()) return {};
  if (rolls && !x.type.set && x.type.kind == TypeKind::duration) {
    program.error(
        expr.span, "E152",
        {"a period is not rolled: only the day it leads to can be",
         "期间本身不顺延，顺延的只能是它所到的那一天",
         "as in `5 days after accepted_on rolled forward`", "如`受理日 后 5 日 遇休顺延`"});
    return {};
  }
  if (!is_moment(x.type)) return compile_moment(program, expr.args[0].get(), scope);
  const Node& day = program.plan.nodes[x.node];
  if (rolls && day.op == Op::add && duration_kind(program, day.b) == Duration::Kind::working_days) {
    program.error(expr.span, "E152",
                  {"a day counted in working days is never a day off: there is nothing to roll",
                   "按工作日计算所得之日本就不是休息日，无需顺延或提前"});
    return {};
  }
  const auto calendar = calendar_argument(program, expr, 1);
  if (!calendar) return {};
  Node node;
  node.op = op;
  node.type = rolls ? x.type : kDate;
  node.type.optional = x.type.optional;
  node.a = x.node;
  node.b = *calendar;
  node.span = expr.span;
  return {program.add_node(node), node.type};
}

// `time of X`, its time of day.
Typed build_time(Program& program, const Expr& expr, const Scope& scope) {
  if (expr.args.size() != 1) {
    wrong_arguments(program, expr, "one datetime", "一个时间");
    return {};
  }
  const Typed x = compile_moment(program, expr.args[0].get(), scope);
  if (!x.ok()) return {};
  if (x.type.kind == TypeKind::date) {
    program.error(expr.args[0]->span, "E104",
                  {"a date has no time of day", "日期没有时刻", "use a datetime", "请用时间型"});
    return {};
  }
  Node node;
  node.op = Op::time_of;
  node.type = {TypeKind::time, 0, false, x.type.optional};
  node.a = x.node;
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

// The event and, after a point, its field, or when it happened.
struct Subject {
  Index event = kNone;  // into Program::events
  uint16_t id = kNoId;
  uint16_t field = kNoId;
  bool time = false;
  bool ok = false;
};

Subject resolve_subject(Program& program, const Expr& of, const Scope& scope,
                        Aggregate::Function function) {
  using Function = Aggregate::Function;
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
    subject.time = !field && function == Function::latest && builtin_member(of.text) == "time";
    if (!field && !subject.time) {
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
    if (field) {
      program.note(of.text_span, event.fields[*field].names);
      subject.field = *field;
    }
  } else if (function == Function::time_of_latest) {
    subject.time = true;
  } else if (function != Function::count) {
    program.error(
        of.span, "E129",
        {"say which field of " + quoted(root.text), "请写明" + quoted(root.text) + "的字段",
         "as in `average of meter_read.kwh`", "如`抄表的电量 平均值`"});
    return subject;
  }
  subject.ok = true;
  return subject;
}

bool wants_latest(Aggregate::Function function) {
  return function == Aggregate::Function::latest || function == Aggregate::Function::time_of_latest;
}

bool read_window(Program& program, const Expr& expr, const Scope& scope, Aggregate& aggregate) {
  aggregate.over = expr.over;
  if (expr.over == syntax::Over::all && !wants_latest(aggregate.function)) {
    program.error(expr.span, "E129",
                  {"say over which time: history is kept only as long as a rule needs it",
                   "请写明时间范围：历史只按需要保留", "as in `over the last 24 months`",
                   "如`近 24 个月内`"});
    return false;
  }
  if (!expr.window) return true;
  const Index node = compile_duration(program, expr.window.get(), scope);
  if (node == kNone) return false;
  aggregate.window_span = expr.window->span;
  const Value* value = program.constant_of(node);
  const Duration* window = value ? value->get_if<Duration>() : nullptr;
  if (expr.over == syntax::Over::same_month) {
    constexpr int64_t kMonths = 12, kMostYears = 100;
    const bool years = window && window->kind == Duration::Kind::months && window->amount > 0 &&
                       window->amount % kMonths == 0 && window->amount <= kMostYears * kMonths;
    if (!years) {
      program.error(expr.window->span, "E129",
                    {"the same month of whole years, from 1 to 100, written as such or a parameter",
                     "同月须按整年计，1 至 100 年，直接写明或用参数", "as in `the last 3 years`",
                     "如`近3年同月`"});
      return false;
    }
    aggregate.years = window->amount / kMonths;
    return true;
  }
  const bool elapses = window && window->kind != Duration::Kind::working_days &&
                       window->kind != Duration::Kind::working_hours;
  if (!elapses || window->amount <= 0) {
    program.error(expr.window->span, "E129",
                  {"a window is a literal or a parameter in hours, days or months, above zero",
                   "时间范围须为大于零的小时、日或月数，直接写明或用参数"});
    return false;
  }
  aggregate.window = *window;
  return true;
}

// Nothing in the window: a sum is zero, anything else is missing.
Type type_of_aggregate(Program& program, Aggregate& aggregate, const Expr& of) {
  using Function = Aggregate::Function;
  if (aggregate.function == Function::count) return kNumber;
  if (aggregate.function == Function::time_of_latest) {
    return {TypeKind::datetime, 0, false, true};
  }
  Type type = program.plan.layout.events[aggregate.event].fields[aggregate.field].type;
  if (type.kind == TypeKind::none) return {};
  const bool amount = !type.set && (type.kind == TypeKind::number || type.kind == TypeKind::money);
  const bool sums = aggregate.function == Function::sum || aggregate.function == Function::average;
  if ((sums && !amount) ||
      (!sums && aggregate.function != Function::latest && !is_orderable(type))) {
    program.error(of.span, "E129",
                  {"this cannot be taken of " + describe(program, type, false),
                   describe(program, type, true) + "不能这样统计"});
    return {};
  }
  type.optional = aggregate.function != Function::sum;
  return type;
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
  if (name == "time") return build_time(program, expr, scope);
  static const std::map<std::string, Op, std::less<>> working_day_functions{
      {"rolled_forward", Op::rolled_forward},
      {"rolled_back", Op::rolled_back},
      {"next_working_day", Op::next_working_day},
      {"previous_working_day", Op::previous_working_day},
  };
  if (const auto found = working_day_functions.find(name); found != working_day_functions.end()) {
    return build_working_day(program, expr, scope, found->second);
  }
  const auto it = date_functions().find(name);
  if (it == date_functions().end()) {
    Message message{"there is no function " + quoted(name), "没有函数" + quoted(name)};
    std::vector<std::string> candidates{"min", "max", "round", "time"};
    for (const auto& [known, op] : working_day_functions) candidates.push_back(known);
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
  const Subject subject = resolve_subject(program, *of, scope, *function);
  if (!subject.ok) return {};
  aggregate.event = subject.id;
  if (subject.time) {
    aggregate.function = Aggregate::Function::time_of_latest;
  } else if (*function != Aggregate::Function::count) {
    aggregate.field = subject.field;
  }
  const Type type = type_of_aggregate(program, aggregate, *of);
  if (type.kind == TypeKind::none) return {};
  if (!read_window(program, expr, scope, aggregate)) return {};
  if (expr.condition) {
    Scope inner = scope;  // each past event in turn is the event at hand
    inner.event = subject.id;
    inner.bare_event = true;
    inner.opening = false;
    inner.past = true;
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
