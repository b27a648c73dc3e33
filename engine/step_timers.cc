// Timers: what is due when, moving with what it depends on.
#include <algorithm>

#include "engine/pauses.h"
#include "engine/stepper.h"

namespace duban {
namespace {

// When a clause of an open task goes off; nothing for `when done`.
std::optional<Wake> clause_wake(const Plan& plan, const Context& context, const Task& task,
                                const TaskClause& clause) {
  using Kind = syntax::TaskClause::Kind;
  if (!task.due) return std::nullopt;
  if (clause.kind == Kind::when_late) return Wake{task.due->at, task.due->whole_day};
  if (clause.kind == Kind::when_done) return std::nullopt;
  const Value value = evaluate(context, clause.duration);
  const Duration* duration = value.get_if<Duration>();
  if (duration == nullptr) return std::nullopt;
  if (clause.kind == Kind::before_due) {
    const Moment moment = before_deadline(plan, *task.due, *duration);
    return moment.at ? std::optional<Wake>(Wake{*moment.at, false}) : std::nullopt;
  }
  const DeadlineResult late = after_deadline(plan, *task.due, *duration, task.pauses);
  return late.due ? std::optional<Wake>(Wake{late.due->at, late.due->whole_day}) : std::nullopt;
}

// A clause fires once per value of its anchor: later than it last fired for, it is armed again.
bool armed(const std::optional<Instant>& fired, const Wake& wake) {
  return !fired || wake.at > *fired;
}

}  // namespace

// `c`: of a case or of none, its times counting from where they do; says where it lacks data.
void Stepper::refresh_step(const Context& c, const Step& step, StepMemory& memory, Instant opened) {
  const Plan& p = *c.plan;
  const uint32_t case_number = c.instance != nullptr ? c.instance->number : 0;
  if (step.kind == Step::Kind::every) {
    return refresh_schedule(p, step, memory, case_number, opened);
  }
  *c.no_data = false;
  Value rooms[2];
  const Value& anchor = evaluate(c, step.anchor, rooms[0]);
  const Value& span = evaluate(c, step.duration, rooms[1]);
  Moment moment{std::nullopt, *c.no_data};
  const Duration* duration = span.get_if<Duration>();
  const Maybe<Instant> before = memory.due;
  const auto tell = [&] {
    if (observed_ != nullptr && before && memory.due != before)
      observed_->moved(p, step, now_, *before, memory.due);
  };
  memory.due.reset();
  if (!anchor.is_none() && (step.duration == kNone || duration != nullptr)) {
    moment = step_time(p, anchor, duration, step.kind == Step::Kind::before ? -1 : 1);
  } else if (!moment.unknown) {
    return tell();
  }
  if (moment.unknown && !memory.unknown && tells_unknown_) {
    concern("the time of a step cannot be computed: the calendar has no data for it",
            "无法计算步骤的时间：工作日历缺少相应年份的数据",
            from(c.instance != nullptr ? c.instance->version : plans_.current_version(),
                 step.policy, step.basis, step.span),
            DigestBuilder().add(step.id).add(int64_t{case_number}).add(opened.ms).finish());
  }
  if (tells_unknown_) memory.unknown = moment.unknown;
  if (moment.at && (!memory.fired || *moment.at > *memory.fired)) memory.due = moment.at;
  tell();
}

void Stepper::refresh(const Changes& changes) {
  bool no_data = false;
  for (CaseInstance& instance : subject_.cases) {
    if (instance.closed) continue;
    const Plan& p = plan(instance.version);
    const Case& kind = p.cases[instance.index];
    if (changes.touches(kind.timed, instance.number)) {
      Context c = context(instance.version, instance.number, nullptr);
      c.counts_from = instance.counts_from;
      c.no_data = &no_data;
      for (const Index i : kind.timed.items) {
        const Step& step = p.steps[kind.steps[i]];
        if (!changes.touches(step.deps, instance.number)) continue;
        refresh_step(c, step, instance.steps[i], instance.opened);
      }
    }
    refresh_closing_turns(instance, changes);
  }
  const Plan& p = current();
  const Triggers& timed_rules = p.entities[subject_.key.entity].timed;
  if (changes.touches(timed_rules, 0)) {
    Context c = context(plans_.current_version(), 0, nullptr);
    c.no_data = &no_data;
    for (const Index index : timed_rules.items) {
      const Step& rule = p.steps[index];
      if (changes.touches(rule.deps, 0)) refresh_step(c, rule, rule_memory(rule.memory), now_);
    }
  }
  for (Task& task : subject_.tasks) {
    if (task.spec == kNone) continue;
    const TaskSpec& spec = plan(task.version).tasks[task.spec];
    if (task.open && touches(changes, spec.pause_deps, task)) ask_pause(task);
    if (touches(changes, spec.due_deps, task)) refresh_task(task, false);
  }
}

// When the next policy with conditions on this subject comes into force: until then they count as
// no, so that day asks them, without anything else having to happen.
std::optional<Instant> Stepper::next_in_force() const {
  const std::vector<Instant>& in_force = current().entities[subject_.key.entity].in_force;
  if (in_force.empty()) return std::nullopt;
  const auto next = std::upper_bound(in_force.begin(), in_force.end(), asked_until_);
  return next != in_force.end() ? std::optional(*next) : std::nullopt;
}

// Conditions that time alone may turn (engine/step_turns.cc).
template <typename Visit>
void Stepper::each_turn_timer(const Visit& visit, bool of_cases) const {
  const auto add = [&](Timer::Kind kind, const Plan& p, Index condition, Instant at, size_t index,
                       size_t item) {
    visit(kind, {at, !p.motions[condition].fine}, index, item);
  };
  for (size_t i = 0; of_cases && i < subject_.cases.size(); ++i) {
    const CaseInstance& instance = subject_.cases[i];
    if (instance.closed) continue;
    const Plan& p = plan(instance.version);
    const Case& kind = p.cases[instance.index];
    for (const Index j : kind.watching.items) {
      if (const auto due = instance.steps[j].due)
        add(Timer::Kind::step_turns, p, p.steps[kind.steps[j]].anchor, *due, i, j);
    }
    if (!instance.turns) continue;
    const bool fine =
        std::any_of(kind.closings.begin(), kind.closings.end(), [&](const Case::Closing& closing) {
          return closing.deps.time && p.motions[closing.condition].fine;
        });
    visit(Timer::Kind::closing_turns, {*instance.turns, !fine}, i, 0);
  }
  for (size_t i = 0; i < subject_.rules.size(); ++i) {
    const auto& [key, memory] = subject_.rules[i];
    if (!memory.due) continue;
    const Plan& p = current();
    if (const Step* rule = find_rule(key)) {
      if (rule->is_watching()) add(Timer::Kind::rule_turns, p, rule->anchor, *memory.due, i, 0);
    } else if (const EntityInfo::OpensWhen* item = find_opening(key)) {
      const Case::Opening& opening = p.cases[item->owner_case].openings[item->opening];
      add(Timer::Kind::rule_turns, p, opening.condition, *memory.due, i, 0);
    }
  }
  for (size_t i = 0; i < subject_.tasks.size(); ++i) {
    const Task& task = subject_.tasks[i];
    if (!task.turns) continue;
    const Plan& p = plan(task.version);
    add(Timer::Kind::pause_turns, p, p.tasks[task.spec].paused_while, *task.turns, i, 0);
  }
}

template <typename Visit>
void Stepper::each_timer(const Visit& visit) const {
  bool some_turn = false;
  if (const auto at = next_in_force()) visit(Timer::Kind::in_force, {*at, true}, 0, 0);
  for (size_t i = 0; i < subject_.cases.size(); ++i) {
    const CaseInstance& instance = subject_.cases[i];
    if (instance.closed) continue;
    const Case& kind = plan(instance.version).cases[instance.index];
    some_turn = some_turn || !kind.watching.items.empty() || instance.turns;
    for (const Index j : kind.timed.items) {
      if (const auto due = instance.steps[j].due) visit(Timer::Kind::step, {*due, false}, i, j);
    }
  }
  const Plan& now = current();
  for (const Index index : now.entities[subject_.key.entity].timed.items) {  // as written
    const Step& rule = now.steps[index];
    const auto at =
        std::lower_bound(subject_.rules.begin(), subject_.rules.end(), rule.memory,
                         [](const auto& entry, uint64_t key) { return entry.first < key; });
    if (at == subject_.rules.end() || at->first != rule.memory || !at->second.due) continue;
    const auto i = static_cast<size_t>(at - subject_.rules.begin());
    visit(Timer::Kind::rule, {*at->second.due, false}, i, 0);
  }
  each_turn_timer(visit, some_turn);
  for (size_t i = 0; i < subject_.tasks.size(); ++i) {
    const Task& task = subject_.tasks[i];
    if (!task.open) {
      if (task.opens) visit(Timer::Kind::task_opens, {*task.opens, false}, i, 0);
      continue;
    }
    if (task.expires) {
      visit(Timer::Kind::task_expires, {task.expires->at, task.expires->whole_day}, i, 0);
    }
    if (task.spec == kNone) continue;
    const Plan& p = plan(task.version);
    const TaskSpec& spec = p.tasks[task.spec];
    if (spec.clauses.empty()) continue;
    const Context c = context(task.version, task.case_number, task.event);
    for (size_t j = 0; j < spec.clauses.size(); ++j) {
      const auto wake = clause_wake(p, c, task, spec.clauses[j]);
      if (wake && armed(task.fired[j], *wake)) visit(Timer::Kind::task_clause, *wake, i, j);
    }
  }
  for (size_t i = 0; i < subject_.waiting.size(); ++i) {
    visit(Timer::Kind::release, {subject_.waiting[i].release, false}, i, 0);
  }
}

std::optional<Wake> Stepper::earliest() const {
  std::optional<Wake> first;
  each_timer([&](Timer::Kind, Wake wake, size_t, size_t) {
    if (!first || wake < *first) first = wake;
  });
  return first;
}

// Fires the earliest timers at or before `until`: on a tick everything due, otherwise what was
// moved into the past by this step. Only timers of one instant go off together.
bool Stepper::fire_timers(Wake until, bool tick) {
  std::vector<Timer>& due = buffers_->due;
  due.clear();
  std::optional<Wake> later;
  each_timer([&](Timer::Kind kind, Wake wake, size_t index, size_t item) {
    if (until < wake) {
      if (!later || wake < *later) later = wake;
      return;
    }
    if (!due.empty() && wake < due.front().wake) due.clear();
    if (due.empty() || !(due.front().wake < wake)) due.push_back(Timer{kind, wake, index, item});
  });
  earliest_ = later;
  if (due.empty()) return false;
  // Indexes stay good: firing a release or an opening only marks; removal goes by id.
  std::vector<Digest> releases;
  for (const Timer& timer : due) {
    if (timer.kind == Timer::Kind::release) releases.push_back(subject_.waiting[timer.index].id);
  }
  for (const Timer& timer : due) {
    if (timer.kind != Timer::Kind::release && timer.kind != Timer::Kind::task_expires) {
      fire_timer(timer, tick);
    }
  }
  std::vector<Digest> expired;
  for (const Timer& timer : due) {
    if (timer.kind == Timer::Kind::task_expires) expired.push_back(subject_.tasks[timer.index].id);
  }
  for (const Digest& id : expired) {
    Task* task = find_task(id);
    cancel_task(*task, TaskRecord::Change::expired, TaskRecord::Status::expired);
    const TaskSpec& spec = plan(task->version).tasks[task->spec];
    if (spec.every == kNone) {
      std::erase_if(subject_.tasks, [&](const Task& other) { return other.id == id; });
    } else {
      begin_occurrence(*task);
      complete_task(Digest{task->id}, std::nullopt, nullptr, nullptr, input_.cause);
    }
  }
  for (const Digest& id : releases) release(id);
  return true;
}

// The pending time is over; a recurring step looks for its next one.
void Stepper::pass(const Plan& p, const Step& step, StepMemory& memory, uint32_t case_number) {
  memory.fired = memory.due;
  memory.fired_day = memory.due_day;
  memory.due.reset();
  memory.due_day.reset();
  if (step.kind == Step::Kind::every) refresh_schedule(p, step, memory, case_number, now_);
}

void Stepper::fire_timer(const Timer& timer, bool tick) {
  Fire fire;
  fire.late = tick && late_tick_;
  fire.cause_time = now_;
  switch (timer.kind) {
    case Timer::Kind::step: {
      CaseInstance& instance = subject_.cases[timer.index];
      const Plan& p = plan(instance.version);
      StepMemory& memory = instance.steps[timer.item];
      fire.version = instance.version;
      fire.step = &p.steps[p.cases[instance.index].steps[timer.item]];
      fire.case_number = instance.number;
      fire.day = memory.due_day;
      pass(p, *fire.step, memory, instance.number);
      // Past when its case opened, not moved there later: that fires for now.
      const bool opens =
          std::find(opened_.begin(), opened_.end(), instance.number) != opened_.end();
      fire.missed =
          (opens && timer.wake.at < instance.opened) || (timer.wake.at < now_ && is_newborn(timer));
      if (fire.missed) fire.cause_time = timer.wake.at;  // tasks keep their original due times
      break;
    }
    case Timer::Kind::rule: {
      auto& [key, memory] = subject_.rules[timer.index];
      const Plan& p = current();
      fire.step = find_rule(key);
      if (fire.step == nullptr) {  // of a rule that is no more
        memory.due.reset();
        return;
      }
      fire.day = memory.due_day;
      pass(p, *fire.step, memory, 0);
      if (!in_force(p, fire.step->policy)) return;
      fire.version = plans_.current_version();
      break;
    }
    case Timer::Kind::task_opens: {
      Task& task = subject_.tasks[timer.index];
      open_occurrence(task, context(task.version, task.case_number, task.event));
      explain_occurrence(task);
      tell_task(task, TaskRecord::Change::opened, task.assignee);
      if (is_paused(task)) tell_pause(task);
      return;
    }
    case Timer::Kind::task_clause: {
      Task& task = subject_.tasks[timer.index];
      if (is_paused(task)) return;  // from this very instant: it is due when the pause ends
      task.fired[timer.item] = timer.wake.at;
      fire.version = task.version;
      fire.clause = &plan(task.version).tasks[task.spec].clauses[timer.item];
      fire.task = std::make_shared<const Task>(task);
      fire.case_number = task.case_number;
      fire.event = task.event;
      // A reminder whose time lies before its task (or its case) came to be was never possible.
      fire.missed = fire.clause->kind == syntax::TaskClause::Kind::before_due &&
                    ((timer.wake.at < task.opened && task.due && task.due->at < task.opened) ||
                     (timer.wake.at < now_ && is_newborn(timer)));
      break;
    }
    case Timer::Kind::in_force:
      wave_changes_->add_everything();
      return;
    case Timer::Kind::step_turns:
    case Timer::Kind::rule_turns:
    case Timer::Kind::closing_turns:
    case Timer::Kind::pause_turns:
      return fire_turn(timer, fire.late);
    default:
      return;
  }
  DigestBuilder cause;
  cause.add("timer").add(case_id(fire.case_number));
  fire.task != nullptr ? cause.add(fire.task->id) : cause.add(std::string_view());
  fire.cause = cause.add(fire_id(fire))
                   .add(int64_t{static_cast<int64_t>(timer.item)})
                   .add(timer.wake.at.ms)
                   .finish();
  fires_.push_back(std::move(fire));
}

std::optional<Wake> next_wake(const Subject& subject, const Plans& plans,
                              const References& references) {
  if (subject.held || plans.empty()) return std::nullopt;
  static const StepSettings kSettings;
  Input input;
  input.time = subject.now;
  try {
    Subject copy = subject;
    StepEffects none;
    const Stepper stepper(plans, references, copy, input, kSettings, none, nullptr);
    return stepper.earliest();
  } catch (const StepAbort&) {
    return std::nullopt;
  } catch (const EvalFailure&) {
    return std::nullopt;
  }
}

}  // namespace duban
