// Recurring triggers: `every month on day 25 at 09:00 from A to B:`.
#include <array>

#include "engine/check.h"
#include "engine/expression_text.h"

namespace duban::compiler {
namespace {

using Unit = syntax::Schedule::Unit;
using Roll = syntax::Schedule::Roll;

constexpr int kMonthsPerYear = 12;

bool has_days(Unit unit) {
  return unit == Unit::month || unit == Unit::quarter || unit == Unit::year;
}

// Days of the longest month, quarter or year of this kind.
int longest(const syntax::Schedule& decl) {
  static constexpr std::array<int, kMonthsPerYear> kDays{31, 29, 31, 30, 31, 30,
                                                         31, 31, 30, 31, 30, 31};
  if (decl.unit == Unit::year && decl.month > 0) {
    return kDays[static_cast<size_t>(decl.month - 1)];
  }
  if (decl.unit == Unit::month || decl.month > 0) return 31;
  return decl.unit == Unit::quarter ? 92 : 366;
}

void check_day(Program& program, const syntax::Schedule& decl) {
  if (!has_days(decl.unit)) {
    if (decl.unit != Unit::week || decl.day != 0) return;
    program.error(decl.span, "E151",
                  {"say on which day of the week", "请写明每周的哪一天", "as in `every Monday`",
                   "如`每周一`"});
    return;
  }
  if (decl.day == 0) {
    program.error(decl.span, "E151",
                  {"say on which day", "请写明哪一天",
                   "as in `every month on day 25`, `every month on the last working day`",
                   "如`每月 25 日`、`每月最后一个工作日`"});
    return;
  }
  const int months = decl.unit == Unit::month ? 0 : decl.unit == Unit::quarter ? 3 : kMonthsPerYear;
  if (decl.month > months) {
    const std::string count = std::to_string(months);
    program.error(decl.span, "E150",
                  months == 0 ? Message{"a month has no months to choose from", "月之内不再分月"}
                              : Message{"there is no month " + std::to_string(decl.month) +
                                            " here: they count from 1 to " + count,
                                        "此处没有第 " + std::to_string(decl.month) +
                                            " 个月：应为 1 至 " + count});
    return;
  }
  const int most = longest(decl);
  if (decl.day <= most) return;
  program.error(
      decl.span, "E150",
      {"there is no day " + std::to_string(decl.day) + " here: they count from 1 to " +
           std::to_string(most),
       "此处没有第 " + std::to_string(decl.day) + " 日：应为 1 至 " + std::to_string(most),
       "the last one is `the last day`", "最后一天写作`最后一日`"});
}

void check_roll(Program& program, const syntax::Schedule& decl) {
  if (decl.roll == Roll::none) return;
  if (decl.unit != Unit::working_day && !decl.counts_working) return;
  program.error(decl.roll_span, "E152",
                {"a working day is never a day off: there is nothing to roll",
                 "工作日本就不是休息日，无需顺延或提前"});
}

Index compile_time(Program& program, const syntax::Expr* expr, const Scope& scope) {
  if (!expr) return kNone;
  const Type time{TypeKind::time, 0, false, true};
  return compile_value(program, expr, scope, time).node;
}

const Value* constant(const Program& program, Index node) {
  return node == kNone ? nullptr : program.constant_of(node);
}

void check_bounds(Program& program, const syntax::Schedule& decl, const Schedule& schedule) {
  const Value* from = constant(program, schedule.from);
  const Value* to = constant(program, schedule.to);
  if (!from || !to || from->index() != to->index() || *from <= *to) return;
  program.error(decl.to->span, "E153",
                {"this ends before it begins: it never happens", "终止早于开始，永远不会发生"});
}

}  // namespace

void build_schedule(Program& program, const syntax::Trigger& trigger, const Scope& scope,
                    Step& step) {
  const syntax::Schedule& decl = *trigger.schedule;
  Schedule schedule;
  schedule.unit = decl.unit;
  schedule.day = decl.day;
  schedule.month = decl.month;
  schedule.counts_working = decl.counts_working;
  schedule.roll = decl.roll;
  schedule.span = decl.span;
  schedule.roll_span = decl.roll_span;
  check_day(program, decl);
  check_roll(program, decl);
  const bool rolls = decl.roll != Roll::none;
  if (decl.unit == Unit::working_day || decl.counts_working || rolls) {
    const auto found = find_calendar(program, decl.calendar, rolls ? decl.roll_span : decl.span);
    if (found) schedule.calendar = *found;
  }
  schedule.at = compile_time(program, decl.at.get(), scope);
  schedule.from = compile_moment(program, decl.from.get(), scope).node;
  schedule.to = compile_moment(program, decl.to.get(), scope).node;
  const std::array<std::pair<Index, const syntax::Expr*>, 3> times{
      {{schedule.at, decl.at.get()},
       {schedule.from, decl.from.get()},
       {schedule.to, decl.to.get()}}};
  for (const auto& [node, expr] : times) {
    if (node == kNone) continue;
    reject_time(program, node, expr->span, "a time of a recurring step", "周期步骤的时间");
    add_dependencies(program, node, step.deps);
  }
  check_bounds(program, decl, schedule);
  step.schedule = schedule;
}

std::string schedule_id(const Plan& plan, const Schedule& schedule, const Where& where) {
  static constexpr std::array<const char*, 6> kUnits{"day",   "working_day", "week",
                                                     "month", "quarter",     "year"};
  std::string id = std::string("every:") + kUnits[static_cast<size_t>(schedule.unit)];
  if (schedule.month != 0) id += ":month " + std::to_string(schedule.month);
  if (schedule.day != 0) {
    id += std::string(schedule.counts_working ? ":working day " : ":day ") +
          std::to_string(schedule.day);
  }
  if (schedule.roll != Roll::none) id += schedule.roll == Roll::forward ? ":forward" : ":back";
  if (schedule.calendar < plan.calendar_names.size()) {
    id += "@" + plan.calendar_names[schedule.calendar].name;
  }
  const auto add = [&](const char* word, Index node) {
    if (node != kNone) id += word + canonical_text(plan, node, where);
  };
  add(":at ", schedule.at);
  add(":from ", schedule.from);
  add(":to ", schedule.to);
  return id;
}

}  // namespace duban::compiler
