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
         trigger.kind == TriggerKind::after;
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
  const Due late = after_due(*c.program, *task.due, *d);
  return late.at ? std::optional(Tick{late.at->at, late.at->whole_day}) : std::nullopt;
}

}  // namespace

// The time of a step that is still to come: it goes off once per value of its anchor, and is armed
// again when that moves later [9].
std::optional<Instant> Judge::step_due(const syntax::Trigger& trigger, const Context& c,
                                       Memory& memory, bool tell_unknown, Span) {
  const Value anchor = evaluate(c, trigger.anchor);
  const Value length = evaluate(c, trigger.duration);
  const Duration* d = length.get_if<Duration>();
  if (anchor.is_none() || (trigger.duration != nullptr && d == nullptr)) return std::nullopt;
  const Moment moment =
      step_time(*c.program, anchor, d, trigger.kind == TriggerKind::before ? -1 : 1);
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
    const auto& steps = instance.program->cases[static_cast<size_t>(instance.kind)].decl->steps;
    for (size_t i = 0; i < steps.size(); ++i) {
      if (is_timed(steps[i]))
        step_due(steps[i], case_context(instance), instance.steps[i], true, steps[i].span);
    }
  }
  for (const Rule& rule : current_.rules) {
    if (rule.entity != subject_.key.entity || !is_timed(*rule.trigger)) continue;
    Memory& memory =
        subject_.rules[current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id];
    step_due(*rule.trigger, context(current_, rule.entity), memory, true, rule.trigger->span);
  }
  for (Task& task : subject_.tasks) set_times(task, false);
}

std::vector<Judge::Timer> Judge::timers() {
  std::vector<Timer> out;
  std::set<int> watching;  // policies with conditions or times on this entity
  for (Case& instance : subject_.cases) {
    if (instance.closed) continue;
    const auto& steps = instance.program->cases[static_cast<size_t>(instance.kind)].decl->steps;
    for (size_t i = 0; i < steps.size(); ++i) {
      if (!is_timed(steps[i])) continue;
      const auto at =
          step_due(steps[i], case_context(instance), instance.steps[i], false, steps[i].span);
      if (at) out.push_back({Timer::Kind::step, {*at, false}, instance.number, i, {}});
    }
  }
  for (const Rule& rule : current_.rules) {
    if (rule.entity != subject_.key.entity) continue;
    const TriggerKind kind = rule.trigger->kind;
    if (kind != TriggerKind::on_event && kind != TriggerKind::on_notice)
      watching.insert(rule.policy);
    if (!is_timed(*rule.trigger)) continue;
    const std::string key =
        current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id;
    const auto at = step_due(*rule.trigger, context(current_, rule.entity), subject_.rules[key],
                             false, rule.trigger->span);
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
    if (timer.kind != Timer::Kind::release && timer.kind != Timer::Kind::expires)
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
      instance.steps[timer.item].fired = timer.tick.at;
      fire.source = step_source(instance, steps[timer.item]);
      // Already past when its case opened; tasks keep their original due times [6].
      fire.missed = instance.just_opened && timer.tick.at < instance.opened;
      if (fire.missed) fire.cause_time = timer.tick.at;
      break;
    }
    case Timer::Kind::rule: {
      subject_.rules[timer.rule].fired = timer.tick.at;
      for (const Rule& rule : current_.rules) {
        const std::string key =
            current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id;
        if (key != timer.rule) continue;
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
      task.fired[timer.item] = timer.tick.at;
      const syntax::TaskClause& clause = task.spec->clauses[timer.item];
      fire.source = task.source;
      fire.source.trigger = nullptr;
      fire.source.clause = &clause;
      fire.source.task = std::make_shared<const Task>(task);
      fire.source.id = task.id;
      fire.source.answers = nullptr;
      // A reminder of what was overdue when the task was made was never possible.
      fire.missed = clause.kind == ClauseKind::before_due && timer.tick.at < task.opened &&
                    task.due && task.due->at < task.opened;
      break;
    }
    default:
      return;  // a policy comes into force: its conditions are looked at
  }
  fires_.push_back(std::move(fire));
}

}  // namespace duban::reference
