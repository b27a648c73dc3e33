// Steps that can only come after their case has closed.
#include <algorithm>

#include "engine/analysis/analysis.h"
#include "engine/analysis/lengths.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using ClauseKind = syntax::TaskClause::Kind;

bool is_timed(const Step& step) {
  return step.kind == TriggerKind::at || step.kind == TriggerKind::before ||
         step.kind == TriggerKind::after;
}

// When a step comes, counted from its anchor; without a duration it is the anchor itself.
struct Offset {
  bool before = false;
  const Duration* duration = nullptr;

  int64_t amount() const {
    if (!duration) return 0;
    return before ? -duration->amount : duration->amount;
  }
  int sign() const { return amount() < 0 ? -1 : amount() > 0 ? 1 : 0; }
};

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
    if (!is_timed(end) || !is_timed(step) || !same_anchor(end, step)) return;
    const auto last = offset_of(end);
    const auto own = offset_of(step);
    if (!last || !own) return;
    if (is_later(*own, *last)) return report(step.span, end, {"this comes", "此步骤"});
    check_tasks(step, *own, end, *last);
  }

  bool same_anchor(const Step& a, const Step& b) {
    if (a.anchor == kNone || b.anchor == kNone) return false;
    return analysis_.terms.of(a.anchor, reading_of(plan_, a)) ==
           analysis_.terms.of(b.anchor, reading_of(plan_, b));
  }

  std::optional<Offset> offset_of(const Step& step) const {
    Offset out{step.kind == TriggerKind::before, constant_duration(program_, step.duration)};
    if (step.duration != kNone && !out.duration) return std::nullopt;
    return out;
  }

  bool is_later(const Offset& a, const Offset& b) const {
    if (a.sign() != b.sign()) return a.sign() > b.sign();
    if (a.sign() == 0) return false;
    return a.sign() > 0 ? always_shorter(plan_, *b.duration, *a.duration)
                        : always_shorter(plan_, *a.duration, *b.duration);
  }

  // A task that is open until the case closes is not late any more afterwards.
  void check_tasks(const Step& step, const Offset& own, const Step& end, const Offset& last) {
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

  void check_clause(const TaskClause& clause, const Duration& within, const Offset& own,
                    const Step& end, const Offset& last) {
    if (clause.kind != ClauseKind::when_late && clause.kind != ClauseKind::when_late_by) return;
    const Duration* by = constant_duration(program_, clause.duration);
    if (clause.duration != kNone && !by) return;
    // In one unit all along: it can be added up.
    for (const Duration* other : {own.duration, last.duration, by}) {
      if (other && (other->kind != within.kind || other->calendar != within.calendar)) return;
    }
    if (within.kind != Duration::Kind::days && within.kind != Duration::Kind::elapsed) return;
    const int64_t late = own.amount() + within.amount + (by ? by->amount : 0);
    if (late > last.amount()) report(clause.span, end, {"the task is late", "此交办超时"});
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
