#include "engine/expression.h"

#include <algorithm>
#include <utility>

#include "engine/keywords.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;

// Counts nesting, defines included, so that no text overflows the stack.
class DepthGuard {
 public:
  explicit DepthGuard(Program& program) : program_(program) { ++program_.depth; }
  ~DepthGuard() { --program_.depth; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

  bool too_deep() const { return program_.depth > kMaxExpressionDepth; }

 private:
  Program& program_;
};

// What may stand behind a number.
std::vector<std::string> unit_words(const Names& currency) {
  std::vector<std::string> words{currency.name};
  if (!currency.alias.empty()) words.push_back(currency.alias);
  for (const std::string_view word : currency_words()) {
    if (currency_code(word) == currency_code(currency.name)) words.emplace_back(word);
  }
  std::sort(words.begin(), words.end());
  for (const Terminal unit :
       {Terminal::K_SECOND, Terminal::K_MINUTE, Terminal::K_HOUR, Terminal::K_DAY, Terminal::K_WEEK,
        Terminal::K_MONTH, Terminal::K_QUARTER, Terminal::K_YEAR, Terminal::K_WORKING_DAY,
        Terminal::K_WORKING_HOUR}) {
    const Keyword* entry = keyword(unit);
    words.insert(words.end(), entry->english.begin(), entry->english.end());
    words.insert(words.end(), entry->chinese.begin(), entry->chinese.end());
  }
  return words;
}

bool check_currency(Program& program, const Expr& expr) {
  const Names& currency = program.plan.currency;
  const Span span = expr.text_span.end > expr.text_span.begin ? expr.text_span : expr.span;
  if (currency.name.empty()) {
    program.error(span, "E105",
                  {"the vocabulary names no currency", "词汇没有声明货币",
                   "add `currency CNY` to the vocabulary", "请在词汇中加上`货币 CNY`"});
    return false;
  }
  if (!expr.text.empty() && currency.matches(expr.text)) program.note(span, currency);
  const std::string_view code = currency_code(expr.text);
  if (expr.text.empty() || currency.matches(expr.text) || code == currency.name) return true;
  if (!code.empty() && code == currency_code(currency.name)) return true;
  if (!code.empty()) {
    program.error(
        span, "E105",
        {quoted(expr.text) + " is not the vocabulary's currency, " + quoted(currency.name),
         quoted(expr.text) + "不是词汇的货币" + quoted(currency.in(true)),
         "all amounts are in one currency", "所有金额须用同一种货币"});
    return false;
  }
  // A word behind a number that is no unit is read as a currency.
  Message message{
      quoted(expr.text) + " is neither a unit nor the currency " + quoted(currency.name),
      quoted(expr.text) + "既不是单位，也不是货币" + quoted(currency.in(true)),
      "units are minutes, hours, days, weeks, months, years, working days and working "
      "hours",
      "单位有分钟、小时、日、周、个月、年、个工作日、个工作小时"};
  suggest(message, expr.text, unit_words(currency));
  if (expr.text == "percent" || expr.text == "百分之") {
    message.english_hint = "write `%` right behind the number";
    message.chinese_hint = "百分数写作`%`，紧接在数值之后";
  }
  program.error(span, "E105", std::move(message));
  return false;
}

std::string currency_word(const Names& currency, bool chinese) {
  if (currency.name.empty()) return chinese ? "元" : "CNY";
  return currency.in(chinese);
}

// `10 working days of statutory`
bool check_calendar(Program& program, const Expr& expr, Duration& duration) {
  if (duration.kind != Duration::Kind::working_days &&
      duration.kind != Duration::Kind::working_hours) {
    return true;
  }
  const auto found = find_calendar(program, {expr.text, expr.text_span}, expr.span);
  if (!found) return false;
  duration.calendar = *found;
  const Calendar* calendar = program.plan.calendar(duration.calendar);
  if (duration.kind == Duration::Kind::working_hours && !calendar->has_hours()) {
    program.error(expr.span, "E110",
                  {"the calendar has no working hours", "该日历没有工作时间",
                   "add `hours 09:00 to 17:00` to it", "请在日历中加上`工时 09:00 至 17:00`"});
    return false;
  }
  return true;
}

Typed build_literal(Program& program, const Expr& expr, const Type* expected) {
  Type type = expr.type;
  Value value = expr.value;
  const TypeKind wanted = expected ? expected->kind : TypeKind::none;
  switch (type.kind) {
    case TypeKind::number:
      if (wanted == TypeKind::money) {
        const Names& currency = program.plan.currency;
        const std::string digits =
            value.get_if<Decimal>() ? value.as<Decimal>().to_string() : "5000";
        program.error(expr.span, "E105",
                      {"an amount of money says its currency", "金额须写明货币",
                       "write " + quoted(digits + " " + currency_word(currency, false)),
                       "请写作" + quoted(digits + " " + currency_word(currency, true))});
        return {};
      }
      break;
    case TypeKind::money:
      if (!check_currency(program, expr)) return {};
      break;
    case TypeKind::text:
      if (!value.get_if<std::string>()) return {};
      if (wanted == TypeKind::reference) {
        type.kind = TypeKind::reference;
        type.id = expected->id;
        value = Key{expected->id, value.as<std::string>()};
      } else if (wanted == TypeKind::choice) {
        const std::string& text = value.as<std::string>();
        program.error(
            expr.span, "E104",
            {"this is compared with a choice, whose values are names without quotes",
             "此处应为选项值，选项值不加引号", "write " + quoted(text), "请写作" + quoted(text)});
        return {};
      }
      break;
    case TypeKind::duration: {
      if (!value.get_if<Duration>()) return {};
      Duration duration = value.as<Duration>();
      if (!check_calendar(program, expr, duration)) return {};
      value = duration;
      break;
    }
    case TypeKind::datetime: {
      // The parser kept the local time as if it were UTC; only here the zone is known.
      const Instant* local = value.get_if<Instant>();
      if (!local) return {};
      const int64_t days = (local->ms >= 0 ? local->ms : local->ms - kMsPerDay + 1) / kMsPerDay;
      value = program.plan.zone.at(Date{static_cast<int32_t>(days)},
                                   TimeOfDay{static_cast<int32_t>(local->ms - days * kMsPerDay)});
      break;
    }
    case TypeKind::none:
      type.optional = true;
      break;
    default:
      break;
  }
  return {program.add_constant(std::move(value), type, expr.span), type};
}

}  // namespace

std::optional<uint16_t> find_calendar(Program& program, const syntax::Word& word, Span span) {
  const Plan& plan = program.plan;
  if (!word.empty()) {
    Message message{"there is no calendar " + quoted(word.text),
                    "没有名为" + quoted(word.text) + "的日历"};
    std::vector<std::string> candidates;
    for (size_t i = 0; i < plan.calendar_names.size(); ++i) {
      const Names& names = plan.calendar_names[i];
      if (names.matches(word.text)) {
        program.note(word.span, names);
        return static_cast<uint16_t>(i);
      }
      candidates.push_back(names.name);
      if (!names.alias.empty()) candidates.push_back(names.alias);
    }
    suggest(message, word.text, candidates);
    list_known(message, candidates);
    program.error(word.span, "E101", std::move(message));
    return std::nullopt;
  }
  if (plan.calendar(Duration::kDefaultCalendar)) return Duration::kDefaultCalendar;
  program.error(span, "E110",
                plan.calendars.empty()
                    ? Message{"working days need a calendar, and none is declared",
                              "工作日需要日历，而没有声明任何日历",
                              "declare one: `calendar office from \"workdays.csv\"`",
                              "请声明：`日历 工作日历 来自 “workdays.csv”`"}
                    : Message{"there are several calendars and none is the default",
                              "有多个日历而未指定默认日历", "write `default` after one",
                              "请在其中之一后写`默认`"});
  return std::nullopt;
}

bool same_type(const Type& a, const Type& b) {
  return a.kind == b.kind && a.id == b.id && a.set == b.set;
}

bool is_orderable(const Type& type) {
  if (type.set) return false;
  switch (type.kind) {
    case TypeKind::number:
    case TypeKind::money:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::datetime:
    case TypeKind::duration:
      return true;
    default:
      return false;
  }
}

Typed compile_expression(Program& program, const Expr* expr, const Scope& scope,
                         const Type* expected) {
  if (!expr) return {};
  const DepthGuard guard(program);
  if (guard.too_deep()) {
    program.error(expr->span, "E130",
                  {"the expression is nested too deeply, with all it refers to",
                   "表达式连同其引用的内容嵌套过深", "divide it", "请拆分"});
    return {};
  }
  switch (expr->kind) {
    case ExprKind::literal:
      return build_literal(program, *expr, expected);
    case ExprKind::name:
      return build_name(program, expr->text, expr->span, scope, expected);
    case ExprKind::member:
      return build_member(program, *expr, scope);
    case ExprKind::call:
      return build_call(program, *expr, scope, expected);
    case ExprKind::aggregate:
      return build_aggregate(program, *expr, scope);
    default:
      return build_operator(program, *expr, scope, expected);
  }
}

Typed compile_name(Program& program, const syntax::Word& word, const Scope& scope,
                   const Type* expected) {
  if (word.empty()) return {};
  return build_name(program, word.text, word.span, scope, expected);
}

Index compile_condition(Program& program, const Expr* expr, const Scope& scope) {
  if (!expr) return kNone;
  const Type wanted{TypeKind::yes_no, 0, false, false};
  const Typed typed = compile_expression(program, expr, scope, &wanted);
  if (!typed.ok()) return kNone;
  if (typed.type.kind == TypeKind::yes_no && !typed.type.set) return typed.node;
  program.error(expr->span, "E108",
                {"a condition is yes or no; this is " + describe(program, typed.type, false),
                 "条件须为是否型，此处是" + describe(program, typed.type, true)});
  return kNone;
}

Typed compile_value(Program& program, const Expr* expr, const Scope& scope, const Type& type) {
  const Typed typed = compile_expression(program, expr, scope, &type);
  if (!typed.ok() || type.kind == TypeKind::none) return typed;
  if (typed.type.kind == TypeKind::none) {
    if (type.optional) return typed;
    program.error(
        expr->span, "E104",
        {"this must have a value: it is not declared with `?`", "此处不可为空：声明时没有`?`"});
    return {};
  }
  if (!same_type(typed.type, type)) {
    Message message{"expected " + describe(program, type, false) + ", found " +
                        describe(program, typed.type, false),
                    "此处应为" + describe(program, type, true) + "，而不是" +
                        describe(program, typed.type, true)};
    if (type.kind == TypeKind::date && typed.type.kind == TypeKind::datetime) {
      message.english_hint = "write `date of …`";
      message.chinese_hint = "请写`日期`函数";
    }
    program.error(expr->span, "E104", std::move(message));
    return {};
  }
  return typed;
}

Index compile_duration(Program& program, const Expr* expr, const Scope& scope) {
  if (!expr) return kNone;
  const Type wanted{TypeKind::duration, 0, false, false};
  const Typed typed = compile_expression(program, expr, scope, &wanted);
  if (!typed.ok()) return kNone;
  if (typed.type.kind == TypeKind::duration && !typed.type.set) return typed.node;
  Message message{
      "expected a duration such as `3 days`, found " + describe(program, typed.type, false),
      "此处应为时长（如`3 日`），而不是" + describe(program, typed.type, true)};
  if (expr->kind == ExprKind::literal && typed.type.kind == TypeKind::number) {
    const std::string number =
        program.sources[expr->span.file].slice(expr->span.begin, expr->span.end);
    message.english_hint = "write its unit: " + quoted(number + " days") + ", " +
                           quoted(number + " working days") + "…";
    message.chinese_hint =
        "请写明单位，如" + quoted(number + " 日") + "、" + quoted(number + " 个工作日");
  }
  program.error(expr->span, "E104", std::move(message));
  return kNone;
}

Typed compile_moment(Program& program, const Expr* expr, const Scope& scope) {
  const Typed typed = compile_expression(program, expr, scope);
  if (!typed.ok()) return {};
  const bool moment = typed.type.kind == TypeKind::date || typed.type.kind == TypeKind::datetime;
  if (moment && !typed.type.set) return typed;
  program.error(expr->span, "E104",
                {"expected a date or a datetime, found " + describe(program, typed.type, false),
                 "此处应为日期或时间，而不是" + describe(program, typed.type, true)});
  return {};
}

Typed compile_key(Program& program, const Expr* expr, const Scope& scope) {
  const Typed typed = compile_expression(program, expr, scope);
  if (!typed.ok()) return {};
  if (typed.type.kind == TypeKind::reference && !typed.type.set) return typed;
  program.error(expr->span, "E117",
                {"expected somebody: a reference or the subject itself; this is " +
                     describe(program, typed.type, false),
                 "此处应为某人或对象本身，而不是" + describe(program, typed.type, true)});
  return {};
}

Typed case_owner(Program& program, Index owner_case) {
  CaseInfo& info = program.cases[owner_case];
  if (info.owner_progress == Progress::running) {
    program.error(info.syntax->owner ? info.syntax->owner->span : info.syntax->span, "E120",
                  {"the owner refers to itself", "负责人的定义引用了自身"});
    return {};
  }
  if (info.owner_progress == Progress::done || !info.syntax->owner) return info.owner;
  info.owner_progress = Progress::running;
  Scope scope;
  scope.file = info.file;
  scope.entity = info.entity;
  scope.owner_case = owner_case;
  const Typed owner = compile_key(program, info.syntax->owner.get(), scope);
  CaseInfo& again = program.cases[owner_case];
  again.owner = owner;
  again.owner_progress = Progress::done;
  return owner;
}

Typed define_value(Program& program, Index define) {
  DefineInfo& info = program.defines[define];
  info.used = true;
  if (info.progress == Progress::done) return info.value;
  if (info.progress == Progress::running) {
    program.error(info.syntax->name.span, "E120",
                  {quoted(info.names.name) + " is defined by itself",
                   quoted(info.names.in(true)) + "的定义引用了自身"});
    return {};
  }
  info.progress = Progress::running;
  Scope scope;
  scope.file = info.file;
  scope.entity = info.entity;
  scope.owner_case = info.owner_case;
  info.value = compile_expression(program, info.syntax->value.get(), scope);
  info.progress = Progress::done;
  return info.value;
}

std::optional<Duration::Kind> duration_kind(const Program& program, Index node) {
  if (node == kNone) return std::nullopt;
  const Node& n = program.plan.nodes[node];
  if (n.type.kind != TypeKind::duration) return std::nullopt;
  switch (n.op) {
    case Op::constant: {
      const Duration* duration = program.plan.constants[n.a].get_if<Duration>();
      return duration ? std::optional(duration->kind) : std::nullopt;
    }
    case Op::negate:
    case Op::multiply:
      return duration_kind(program, n.a);
    case Op::add:
    case Op::subtract: {
      const auto left = duration_kind(program, n.a);
      return left ? left : duration_kind(program, n.b);
    }
    case Op::table_output: {
      std::optional<Duration::Kind> kind;
      for (const Table::Row& row : program.plan.tables[n.a].rows) {
        if (n.b >= row.outputs.size()) return std::nullopt;
        const auto of_row = duration_kind(program, row.outputs[n.b]);
        if (!of_row || (kind && *kind != *of_row)) return std::nullopt;
        kind = of_row;
      }
      return kind;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace duban::compiler
