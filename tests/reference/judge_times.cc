// Timers: what is due when, recomputed from its expressions after everything that happens.
#include <algorithm>

#include "tests/reference/judge.h"
#include "tests/reference/moments.h"

namespace duban::reference {

using TriggerKind = syntax::Trigger::Kind;
using ClauseKind = syntax::TaskClause::Kind;

namespace {

bool is_timed(const syntax::Trigger& trigger) {
  return trigger.kind == TriggerKind::at || trigger.kind == TriggerKind::before ||
         trigger.kind == TriggerKind::after || trigger.kind == TriggerKind::every;
}

// When a clause of an open task goes off; nothing for `when done`.
std::optional<Tick> clause_tick(const Context& c, const Task& task,
                                const syntax::TaskClause& clause) {
  if (!task.due || clause.kind == ClauseKind::when_done) return std::nullopt;
  if (clause.kind == ClauseKind::when_late) return Tick{task.due->at, task.due->whole_day};
  const Value value = evaluate(c, clause.duration);
  const Duration* d = value.get_if<Duration>();
  if (d == nullptr) return std::nullopt;
  if (clause.kind == ClauseKind::before_due) {
    const Moment moment = before_due(*c.program, *task.due, *d);
    return moment.at ? std::optional(Tick{*moment.at, false}) : std::nullopt;
  }
  const Due late = after_due(*c.program, *task.due, *d, task.pauses);
  return late.at ? std::optional(Tick{late.at->at, late.at->whole_day}) : std::nullopt;
}

}  // namespace

// The time of a step that is still to come: it goes off once per value of its anchor, and is armed
// again when that moves later [9].
std::optional<Instant> Judge::step_due(const syntax::Trigger& trigger, const Context& plain,
                                       Memory& memory, bool tell_unknown) {
  Context c = plain;
  if (c.instance != nullptr) c.counts_from = c.instance->counts_from;
  Moment moment;
  c.no_data = &moment.unknown;
  const Value anchor = evaluate(c, trigger.anchor);
  const Value length = evaluate(c, trigger.duration);
  const Duration* d = length.get_if<Duration>();
  if (!anchor.is_none() && (trigger.duration == nullptr || d != nullptr)) {
    moment = step_time(*c.program, anchor, d, trigger.kind == TriggerKind::before ? -1 : 1);
  } else if (!moment.unknown) {
    return std::nullopt;
  }
  if (tell_unknown) {
    if (moment.unknown && !memory.unknown) effect("concern", "step time unknown", 0);
    memory.unknown = moment.unknown;
  }
  if (!moment.at || (memory.fired && *moment.at <= *memory.fired)) return std::nullopt;
  return moment.at;
}

void Judge::recompute_times() {
  for (Case& instance : subject_.cases) {
    if (instance.closed) continue;
    const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
    for (size_t i = 0; i < kind.decl->steps.size(); ++i) {
      const syntax::Trigger& step = kind.decl->steps[i];
      const Context c = case_context(instance);
      if (step.kind == TriggerKind::every) {
        occurrence_due(step, c, instance.steps[i], instance.opened, kind.policy, true);
      } else if (is_timed(step)) {
        step_due(step, c, instance.steps[i], true);
      }
    }
  }
  for (const Rule& rule : current_.rules) {
    if (rule.entity != subject_.key.entity || !is_timed(*rule.trigger)) continue;
    Memory& memory =
        subject_.rules[current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id];
    const Context c = context(current_, rule.entity);
    if (rule.trigger->kind == TriggerKind::every) {
      occurrence_due(*rule.trigger, c, memory, now_, rule.policy, true);
    } else {
      step_due(*rule.trigger, c, memory, true);
    }
  }
  for (Task& task : subject_.tasks) {
    ask_pause(task);
    set_times(task, false);
  }
}

// What is due by now may hang on a row that has changed since the last step.
void Judge::refresh_from_rows() {
  for (Task& task : subject_.tasks) {
    if (task.spec == nullptr) continue;
    const Context c = task_context(task);
    const syntax::TaskSpec& spec = *task.spec;
    const auto hangs_on_rows = [&](const syntax::ExprPtr& expr) {
      return reads(c, expr.get()).references;
    };
    if (hangs_on_rows(spec.paused_while)) ask_pause(task);
    if (hangs_on_rows(spec.due_within) || hangs_on_rows(spec.due_anchor) ||
        hangs_on_rows(spec.every) || hangs_on_rows(spec.since) || hangs_on_rows(spec.not_before) ||
        hangs_on_rows(spec.opens_before))
      set_times(task, false);
  }
}

std::vector<Judge::Timer> Judge::timers() {
  std::vector<Timer> out;
  const auto time_of = [&](const syntax::Trigger& step, const Context& c, Memory& memory,
                           Instant since, int policy) -> std::optional<Instant> {
    if (!is_timed(step)) return std::nullopt;
    if (step.kind != TriggerKind::every) return step_due(step, c, memory, false);
    return memory.fired ? occurrence_due(step, c, memory, since, policy, false) : std::nullopt;
  };
  for (Case& instance : subject_.cases) {
    if (instance.closed) continue;
    const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
    for (size_t i = 0; i < kind.decl->steps.size(); ++i) {
      const auto at = time_of(kind.decl->steps[i], case_context(instance), instance.steps[i],
                              instance.opened, kind.policy);
      if (at) out.push_back({Timer::Kind::step, {*at, false}, instance.number, i, {}});
    }
  }
  std::set<int> watching;  // policies with conditions or times on this entity
  for (const Rule& rule : current_.rules) {
    if (rule.entity != subject_.key.entity) continue;
    const TriggerKind kind = rule.trigger->kind;
    if (kind != TriggerKind::on_event && kind != TriggerKind::on_notice)
      watching.insert(rule.policy);
    const std::string key =
        current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id;
    const auto at = time_of(*rule.trigger, context(current_, rule.entity), subject_.rules[key],
                            now_, rule.policy);
    if (at) out.push_back({Timer::Kind::rule, {*at, false}, 0, 0, key});
  }
  for (const CaseKind& kind : current_.cases) {
    if (kind.opens_when && kind.entity == subject_.key.entity) watching.insert(kind.policy);
  }
  for (const int policy : watching) {
    const auto& from = current_.policies[static_cast<size_t>(policy)].from;
    if (!from) continue;
    const Instant at = current_.zone.at(*from, TimeOfDay{0});
    if (at > asked_until_) out.push_back({Timer::Kind::in_force, {at, true}, 0, 0, {}});
  }
  for (const Task& task : subject_.tasks) {
    if (!task.open) {
      if (task.opens) out.push_back({Timer::Kind::opens, {*task.opens, false}, task.serial, 0, {}});
      continue;
    }
    if (task.expires) out.push_back({Timer::Kind::expires, *task.expires, task.serial, 0, {}});
    if (task.spec == nullptr) continue;
    Context c = task_context(task);
    c.has_due = true;
    c.due = task.due;
    for (size_t i = 0; i < task.spec->clauses.size(); ++i) {
      const auto tick = clause_tick(c, task, task.spec->clauses[i]);
      if (tick && (!task.fired[i] || tick->at > *task.fired[i]))
        out.push_back({Timer::Kind::clause, *tick, task.serial, i, {}});
    }
  }
  for (const Notice& notice : subject_.waiting)
    out.push_back({Timer::Kind::release, {notice.release, false}, notice.serial, 0, {}});
  return out;
}

// The earliest timers at or before `until`; those of one instant go off together. On a tick all
// that is due, otherwise what this step moved into the past.
bool Judge::fire_timers(Tick until, bool is_tick) {
  std::vector<Timer> due;
  for (const Timer& timer : timers()) {
    if (until < timer.tick) continue;
    if (!due.empty() && timer.tick < due.front().tick) due.clear();
    if (due.empty() || due.front().tick == timer.tick) due.push_back(timer);
  }
  for (const Timer& timer : due) {
    if (timer.kind == Timer::Kind::step || timer.kind == Timer::Kind::rule)
      fire_timer(timer, is_tick);
    changes_.everything |= timer.kind == Timer::Kind::in_force;
  }
  if (is_tick) {
    // What the clock alone turned: that of a day turns before anything else at its midnight.
    // On a policy's first day all its conditions are asked, and at once.
    const bool starts = std::any_of(due.begin(), due.end(), [](const Timer& timer) {
      return timer.kind == Timer::Kind::in_force;
    });
    look(!starts, !starts && late_tick_, true);
    for (Task& task : subject_.tasks) {
      const bool timed =
          task.spec != nullptr && reads_time(task_context(task), task.spec->paused_while.get());
      if (timed) ask_pause(task);
    }
  }
  for (const Timer& timer : due) {
    if (timer.kind == Timer::Kind::opens || timer.kind == Timer::Kind::clause)
      fire_timer(timer, is_tick);
  }
  for (const Timer& timer : due) {
    if (timer.kind != Timer::Kind::expires) continue;
    Task& task = *this->task(timer.object);
    tell(task, "expired");
    task.open = false;
    if (task.spec->every == nullptr) {
      std::erase_if(subject_.tasks, [&](const Task& t) { return t.serial == timer.object; });
    } else {  // one occurrence is open at a time: the next counts from here [10]
      task.serial = 0;
      complete(0, std::nullopt, nullptr, nullptr);
    }
  }
  for (const Timer& timer : due) {
    if (timer.kind == Timer::Kind::release) release(timer.object);
  }
  return !due.empty();
}

void Judge::fire_timer(const Timer& timer, bool is_tick) {
  Fire fire{{}, now_, false, is_tick && late_tick_};
  switch (timer.kind) {
    case Timer::Kind::step: {
      Case& instance = *find_case(timer.object);
      const auto& steps = instance.program->cases[static_cast<size_t>(instance.kind)].decl->steps;
      Memory& memory = instance.steps[timer.item];
      const int policy = instance.program->cases[static_cast<size_t>(instance.kind)].policy;
      pass(steps[timer.item], case_context(instance), memory, timer.tick.at, policy);
      fire.source = step_source(instance, steps[timer.item]);
      // Already past when its case opened, or when the version that brings the step was deployed;
      // tasks keep their original due times [6].
      fire.missed = (instance.just_opened && timer.tick.at < instance.opened) ||
                    (memory.newborn && timer.tick.at < now_);
      if (fire.missed) fire.cause_time = timer.tick.at;
      break;
    }
    case Timer::Kind::rule: {
      for (const Rule& rule : current_.rules) {
        const std::string key =
            current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id;
        if (key != timer.rule) continue;
        pass(*rule.trigger, context(current_, rule.entity), subject_.rules[key], timer.tick.at,
             rule.policy);
        if (!current_.in_force(rule.policy, today())) return;
        fire.source = rule_source(rule);
      }
      break;
    }
    case Timer::Kind::opens: {
      Task& task = *this->task(timer.object);
      open_occurrence(task, task_context(task));
      return;
    }
    case Timer::Kind::clause: {
      Task& task = *this->task(timer.object);
      if (task.paused()) return;  // from this very instant: it is due when the pause ends
      task.fired[timer.item] = timer.tick.at;
      const syntax::TaskClause& clause = task.spec->clauses[timer.item];
      fire.source = task.source;
      fire.source.trigger = nullptr;
      fire.source.clause = &clause;
      fire.source.task = std::make_shared<const Task>(task);
      fire.source.id = task.id;
      fire.source.answers = nullptr;
      // A reminder of what was overdue when the task was made was never possible.
      fire.missed = clause.kind == ClauseKind::before_due &&
                    ((timer.tick.at < task.opened && task.due && task.due->at < task.opened) ||
                     (timer.tick.at < now_ && task.newborn.contains(timer.item)));
      break;
    }
    default:
      return;  // a policy comes into force: its conditions are looked at
  }
  fires_.push_back(std::move(fire));
}

}  // namespace duban::reference
