// Deadlines and reminders in the wrong order: due before it is given, reminded before it exists,
// late before it is due.
#include <algorithm>

#include "engine/analysis/lengths.h"
#include "engine/analysis/offsets.h"
#include "engine/analysis/witness.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using ClauseKind = syntax::TaskClause::Kind;
using DueKind = syntax::TaskSpec::DueKind;

class Times {
 public:
  explicit Times(Analysis& analysis)
      : analysis_(analysis), program_(analysis.program), plan_(analysis.plan) {}

  void check() {
    for_each_action(plan_, [this](const Place& place, const Action& action) {
      if (action.task != kNone) check_task(place, plan_.tasks[action.task]);
    });
    for (const Step& step : plan_.steps) check_step(step);
    for (size_t i = 0; i < plan_.calendars.size(); ++i) check_calendar(i);
  }

 private:
  // The task's time from when it is given to its deadline, where both count from the same.
  std::optional<Duration> time_to_do(const Place& place, const TaskSpec& task) {
    if (task.every != kNone) {
      const Duration* opens = constant_duration(program_, task.opens_before);
      if (task.opens_before != kNone) return opens ? std::optional(*opens) : std::nullopt;
      const Duration* every = constant_duration(program_, task.every);
      return every && task.not_before == kNone ? std::optional(*every) : std::nullopt;
    }
    if (task.due_kind == DueKind::within) {
      const Duration* within = constant_duration(program_, task.due_within);
      return within ? std::optional(*within) : std::nullopt;
    }
    return time_from_step(place, task);
  }

  // `7 days after X: … due 9 days after X`: two days.
  std::optional<Duration> time_from_step(const Place& place, const TaskSpec& task) {
    const Step& step = plan_.steps[place.step];
    const bool timed = step.kind == TriggerKind::at || step.kind == TriggerKind::before ||
                       step.kind == TriggerKind::after;
    if (place.task != kNone || !timed || task.due_anchor == kNone || step.anchor == kNone) {
      return std::nullopt;
    }
    if (analysis_.terms.of(task.due_anchor, place.reading) !=
        analysis_.terms.of(step.anchor, place.reading)) {
      return std::nullopt;
    }
    const bool by_date = plan_.nodes[step.anchor].type.kind == TypeKind::date;
    Duration none{by_date ? Duration::Kind::days : Duration::Kind::elapsed,
                  Duration::kDefaultCalendar, 0};
    const Duration* due = constant_duration(program_, task.due_within);
    const Duration* given = constant_duration(program_, step.duration);
    if ((task.due_within != kNone && !due) || (step.duration != kNone && !given)) {
      return std::nullopt;
    }
    if (due && !given) none.kind = due->kind;
    if (given && !due) none.kind = given->kind;
    Duration out = due ? *due : none;
    const Duration from = given ? *given : none;
    if (out.kind != from.kind || out.calendar != from.calendar) return std::nullopt;
    out.amount -= step.kind == TriggerKind::before ? -from.amount : from.amount;
    return out;
  }

  void check_task(const Place& place, const TaskSpec& task) {
    const auto time = time_to_do(place, task);
    if (time) check_time_to_do(place, task, *time);
    check_standing(task);
    check_fixed_deadline(task);
    for (const TaskClause& clause : task.clauses) check_clause(task, clause, time);
    check_expiry(task, time);
  }

  // Whether the deadline of `time` ends with its day: then the day of giving still counts.
  bool ends_with_day(const TaskSpec& task, const Duration& time) const {
    return task.due_anchor != kNone && plan_.nodes[task.due_anchor].type.kind == TypeKind::date &&
           (time.kind == Duration::Kind::days || time.kind == Duration::Kind::months);
  }

  void check_time_to_do(const Place& place, const TaskSpec& task, const Duration& time) {
    const bool past = ends_with_day(task, time) || time.kind == Duration::Kind::working_days
                          ? time.amount < 0
                          : time.amount <= 0;
    if (!past || task.opens_before != kNone) return;
    const Index said = task.due_within != kNone ? task.due_within
                       : task.every != kNone    ? task.every
                                                : task.due_anchor;
    const bool at_once = task.due_kind == DueKind::within || task.every != kNone;
    const std::string when = program_.place(plan_.steps[place.step].span);
    program_.warning(
        plan_.nodes[said].span, "W223",
        {at_once ? "the task is due the moment it is given"
                 : "the task is due before the step at " + when + " gives it, or at that moment",
         at_once ? "此交办一经交办即到期"
                 : "期限不晚于 " + when + " 的步骤交办的时间：交办时已到期"});
  }

  void check_standing(const TaskSpec& task) {
    const Duration* every = constant_duration(program_, task.every);
    const Duration* opens = constant_duration(program_, task.opens_before);
    if (!every || !opens) return;
    if (never_longer(plan_, *every, *opens)) {
      program_.warning(
          plan_.nodes[task.opens_before].span, "W224",
          {"the next one opens the moment the last is done: it opens " + to_string(*opens, false) +
               " before it is due, every " + to_string(*every, false),
           "上一次办毕，下一次即启动：截止前 " + to_string(*opens, true) + "启动，而周期为 " +
               to_string(*every, true)});
    }
  }

  // A deadline on a day before the policy is in force.
  void check_fixed_deadline(const TaskSpec& task) {
    if (task.due_kind != DueKind::at) return;
    report_bygone(task.due_anchor, task.policy, {"the deadline", "期限"});
  }

  struct What {
    const char* english;
    const char* chinese;
  };
  void report_bygone(Index node, uint16_t policy, What what) {
    const Value* at = program_.constant_of(node);
    const auto& from = plan_.policies[policy].effective_from;
    if (!at || !from) return;
    const Date* day = at->get_if<Date>();
    const Instant* instant = at->get_if<Instant>();
    const bool bygone =
        (day && *day < *from) || (instant && *instant < plan_.zone.at(*from, TimeOfDay{0}));
    if (!bygone) return;
    program_.warning(plan_.nodes[node].span, "W223",
                     {std::string(what.english) + " lies before the policy comes into force, on " +
                          to_string(*from),
                      std::string(what.chinese) + "早于办法施行之日 " +
                          words_of(program_, Type{TypeKind::date, 0, false, false}, *from, true)});
  }

  // A reminder or a late clause against the deadline.
  void check_clause(const TaskSpec& task, const TaskClause& clause,
                    const std::optional<Duration>& time) {
    const Duration* by = constant_duration(program_, clause.duration);
    if (!by) return;
    const Span span = plan_.nodes[clause.duration].span;
    if (clause.kind == ClauseKind::when_late_by && by->amount <= 0) {
      program_.warning(span, "W222",
                       {"this is not after the deadline", "此时间不在期限之后",
                        "write `when late:`", "请写`超时未办：`"});
    }
    if (clause.kind != ClauseKind::before_due) return;
    if (by->amount <= 0) {
      program_.warning(span, "W222", {"this is not before the deadline", "此时间不在期限之前"});
      return;
    }
    if (!time || !covers(task, *by, *time)) return;
    program_.warning(span, "W221",
                     {"the task is not given yet then: it is given " + to_string(*time, false) +
                          " before it is due",
                      "届时尚未交办：自交办至截止仅 " + to_string(*time, true),
                      "remind closer to the deadline", "请将提醒改到更接近截止之时"});
  }

  // Going back `by` from the deadline always leads to when the task is given, or before.
  bool covers(const TaskSpec& task, const Duration& by, const Duration& time) const {
    const bool like = by.kind == time.kind && by.calendar == time.calendar;
    if (!like) return always_shorter(plan_, time, by);
    // Working time is counted from the next opening, a whole day to its end.
    const bool inexact = by.kind == Duration::Kind::working_days ||
                         by.kind == Duration::Kind::working_hours || ends_with_day(task, time);
    return inexact ? by.amount > time.amount : by.amount >= time.amount;
  }

  void check_expiry(const TaskSpec& task, const std::optional<Duration>& time) {
    const Duration* expires = constant_duration(program_, task.expires_after);
    if (!expires || !time) return;
    const Span span = plan_.nodes[task.expires_after].span;
    if (always_shorter(plan_, *expires, *time)) {
      program_.warning(span, "W225",
                       {"the task expires before it is due: it can never be late",
                        "此交办在截止之前即失效，永远不会超时"});
      return;
    }
    for (const TaskClause& clause : task.clauses) {
      const Duration* late = clause.kind == ClauseKind::when_late_by
                                 ? constant_duration(program_, clause.duration)
                                 : nullptr;
      if (!late || late->kind != time->kind || late->kind != expires->kind) continue;
      if (expires->amount >= time->amount + late->amount) continue;
      program_.warning(plan_.nodes[clause.duration].span, "W225",
                       {"the task has expired by then: it expires " + to_string(*expires, false) +
                            " after it is given",
                        "届时此交办已失效：交办后 " + to_string(*expires, true) + "即失效"});
    }
  }

  void check_step(const Step& step) {
    if (step.kind == TriggerKind::at) report_bygone(step.anchor, step.policy, {"this", "此时间"});
    if (step.schedule && step.schedule->to != kNone) check_period(step);
  }

  // A recurring step whose last day comes before its first, or before the policy is in force.
  void check_period(const Step& step) {
    const Schedule& schedule = *step.schedule;
    report_bygone(schedule.to, step.policy, {"the last day", "末日"});
    if (schedule.from == kNone) return;
    const Value* first_day = program_.constant_of(schedule.from);
    const Value* last_day = program_.constant_of(schedule.to);
    bool never = false;
    if (first_day && last_day) {
      never = first_day->index() == last_day->index() && *last_day < *first_day;
    } else {
      const Reading reading = reading_of(plan_, step);
      const auto first = counted_time(analysis_, schedule.from, reading);
      const auto last = counted_time(analysis_, schedule.to, reading);
      never = first && last && first->from == last->from && is_later(plan_, *first, *last);
    }
    if (!never) return;
    program_.warning(
        plan_.nodes[schedule.to].span, "W229",
        {"this never comes: it ends before it begins", "永远不会触发：终止之日早于起始之日",
         "exchange the two days", "请对调起止两日"});
  }

  bool is_counted(size_t index) const {
    const Calendar* calendar = &plan_.calendars[index];
    const auto by_value = [&](const Value& value) {
      const Duration* duration = value.get_if<Duration>();
      const bool working = duration && (duration->kind == Duration::Kind::working_days ||
                                        duration->kind == Duration::Kind::working_hours);
      return working && plan_.calendar(duration->calendar) == calendar;
    };
    const auto by_node = [&](const Node& node) {
      return has_plain_b(node.op) && node.op != Op::round &&
             plan_.calendar(static_cast<uint16_t>(node.b)) == calendar;
    };
    const auto by_schedule = [&](const Step& step) {
      using syntax::Schedule;
      return step.schedule && plan_.calendar(step.schedule->calendar) == calendar &&
             (step.schedule->unit == Schedule::Unit::working_day || step.schedule->counts_working ||
              step.schedule->roll != Schedule::Roll::none);
    };
    return std::any_of(plan_.constants.begin(), plan_.constants.end(), by_value) ||
           std::any_of(plan_.nodes.begin(), plan_.nodes.end(), by_node) ||
           std::any_of(plan_.steps.begin(), plan_.steps.end(), by_schedule);
  }

  void check_calendar(size_t index) {
    const Calendar& calendar = plan_.calendars[index];
    if (!is_counted(index)) return;
    if (calendar.first()) {
      for (Date day = *calendar.first(); day <= *calendar.last(); day = add_days(day, 1)) {
        if (calendar.is_working(day).value_or(false)) return;
      }
    }
    for (const auto& info : program_.calendars) {
      if (info.id != index) continue;
      program_.warning(info.syntax->name.span, "W226",
                       {"the calendar has no working day: no deadline counted in it ever comes",
                        "该日历没有任何工作日：以其计算的期限永远不会到来"});
    }
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
};

}  // namespace

void check_times(Analysis& analysis) { Times(analysis).check(); }

}  // namespace duban::compiler
