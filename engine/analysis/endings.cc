// Steps that can only come after their case has closed.
#include <algorithm>

#include "engine/analysis/lengths.h"
#include "engine/analysis/offsets.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using ClauseKind = syntax::TaskClause::Kind;

class Endings {
 public:
  Endings(Analysis& analysis, Index owner_case)
      : analysis_(analysis),
        program_(analysis.program),
        plan_(analysis.plan),
        owner_(analysis.plan.cases[owner_case]) {}

  void check() {
    for (const Index index : owner_.steps) {
      const Step& end = plan_.steps[index];
      if (!always_closes(end)) continue;
      for (const Index other : owner_.steps) {
        if (other != index) compare(end, plan_.steps[other]);
      }
    }
  }

 private:
  bool closes(const std::vector<Index>& actions) const {
    return std::any_of(actions.begin(), actions.end(), [&](Index action) {
      return plan_.actions[action].kind == Action::Kind::close;
    });
  }

  bool always_closes(const Step& step) const {
    return closes(step.actions) && (step.condition == kNone || closes(step.otherwise));
  }

  void compare(const Step& end, const Step& step) {
    if (step.kind == TriggerKind::on_opening || step.kind == TriggerKind::on_closing) return;
    if (end.kind == TriggerKind::on_opening) {
      return report(step.span, end, {"this comes", "此步骤"});
    }
    const auto last = counted_time(analysis_, end);
    const auto own = step.schedule ? first_day(step) : counted_time(analysis_, step);
    if (!last || !own || last->from != own->from) return;
    if (is_later(plan_, *own, *last)) return report(step.span, end, {"this comes", "此步骤"});
    if (!step.schedule) check_tasks(step, *own, end, *last);
  }

  // Of a recurring step that is not moved back from there.
  std::optional<CountedTime> first_day(const Step& step) {
    const Schedule& schedule = *step.schedule;
    if (schedule.from == kNone || schedule.roll == syntax::Schedule::Roll::back) {
      return std::nullopt;
    }
    return counted_time(analysis_, schedule.from, reading_of(plan_, step));
  }

  // A task that is open until the case closes is not late any more afterwards.
  void check_tasks(const Step& step, const CountedTime& own, const Step& end,
                   const CountedTime& last) {
    for (const auto* actions : {&step.actions, &step.otherwise}) {
      for (const Index action : *actions) {
        if (plan_.actions[action].task == kNone) continue;
        const TaskSpec& task = plan_.tasks[plan_.actions[action].task];
        const Duration* within = constant_duration(program_, task.due_within);
        if (task.stays || task.due_kind != syntax::TaskSpec::DueKind::within || !within) continue;
        for (const TaskClause& clause : task.clauses) check_clause(clause, *within, own, end, last);
      }
    }
  }

  void check_clause(const TaskClause& clause, const Duration& within, const CountedTime& own,
                    const Step& end, const CountedTime& last) {
    if (clause.kind != ClauseKind::when_late && clause.kind != ClauseKind::when_late_by) return;
    const Duration* by = constant_duration(program_, clause.duration);
    if (clause.duration != kNone && !by) return;
    // In one unit all along: it can be added up.
    for (const Duration* other : {&own.by, &last.by, by}) {
      if (other && other->amount != 0 &&
          (other->kind != within.kind || other->calendar != within.calendar))
        return;
    }
    if (within.kind != Duration::Kind::days && within.kind != Duration::Kind::elapsed) return;
    const int64_t late = own.by.amount + within.amount + (by ? by->amount : 0);
    if (late > last.by.amount) report(clause.span, end, {"the task is late", "此交办超时"});
  }

  struct What {
    const char* english;
    const char* chinese;
  };
  void report(Span span, const Step& end, What what) {
    const std::string place = program_.place(end.span);
    program_.warning(
        span, "W220",
        {std::string(what.english) + " only after the case has closed, by the step at " + place,
         std::string(what.chinese) + "只能发生在事项办结之后：" + place + " 的步骤已将其办结",
         "move it before the closing, or into a case of its own", "请移到办结之前，或另立事项"});
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
  const Case& owner_;
};

}  // namespace

void check_endings(Analysis& analysis) {
  for (Index i = 0; i < analysis.plan.cases.size(); ++i) Endings(analysis, i).check();
}

}  // namespace duban::compiler
