// What each event can touch, and which history is needed.
#include <algorithm>
#include <utility>

#include "engine/check.h"
#include "engine/motion.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;

void index_cases(Plan& plan) {
  for (Index c = 0; c < plan.cases.size(); ++c) {
    const Case& owner = plan.cases[c];
    for (Index i = 0; i < owner.openings.size(); ++i) {
      const Case::Opening& opening = owner.openings[i];
      if (opening.event != 0xffff) {
        plan.touches[opening.event].openings.push_back({c, i});
      } else {
        plan.entities[owner.entity].opens_when.push_back({c, i});
      }
    }
    for (Index i = 0; i < owner.closings.size(); ++i) {
      const uint16_t event = owner.closings[i].event;
      if (event != 0xffff) plan.touches[event].closings.push_back({c, i});
    }
    for (Index i = 0; i < owner.steps.size(); ++i) {
      const Step& step = plan.steps[owner.steps[i]];
      if (step.kind == TriggerKind::on_event && step.event != 0xffff) {
        plan.touches[step.event].steps.push_back({c, i});
      }
    }
  }
}

void index_rules(Plan& plan) {
  for (Index i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.owner_case != kNone) continue;
    switch (step.kind) {
      case TriggerKind::on_event:
        if (step.event != 0xffff) plan.touches[step.event].rules.push_back(i);
        break;
      case TriggerKind::when_condition:
      case TriggerKind::when_changes:
      case TriggerKind::at:
      case TriggerKind::before:
      case TriggerKind::after:
      case TriggerKind::every:
        plan.entities[step.entity].watching_rules.push_back(i);
        break;
      default:
        break;
    }
  }
}

void add_trigger(Triggers& timed, Triggers& watching, const Step& step, Index item) {
  if (!step.is_timed() && !step.is_watching()) return;
  Triggers& triggers = step.is_timed() ? timed : watching;
  triggers.items.push_back(item);
  merge(triggers.deps, step.deps);
}

void index_triggers(Plan& plan) {
  for (Case& owner : plan.cases) {
    for (Index i = 0; i < owner.steps.size(); ++i)
      add_trigger(owner.timed, owner.watching, plan.steps[owner.steps[i]], i);
  }
  for (EntityInfo& entity : plan.entities) {
    for (const Index rule : entity.watching_rules)
      add_trigger(entity.timed, entity.watching, plan.steps[rule], rule);
  }
}

void index_memories(Plan& plan) {
  for (EntityInfo& entity : plan.entities) {
    for (Index i = 0; i < entity.watching_rules.size(); ++i) {
      entity.rule_of_memory.emplace_back(plan.steps[entity.watching_rules[i]].memory, i);
    }
    for (Index i = 0; i < entity.opens_when.size(); ++i) {
      const EntityInfo::OpensWhen& item = entity.opens_when[i];
      entity.opening_of_memory.emplace_back(
          plan.cases[item.owner_case].openings[item.opening].memory, i);
    }
    std::sort(entity.rule_of_memory.begin(), entity.rule_of_memory.end());
    std::sort(entity.opening_of_memory.begin(), entity.opening_of_memory.end());
  }
}

void index_in_force(Plan& plan) {
  for (EntityInfo& entity : plan.entities) {
    const auto add = [&](uint16_t policy) {
      const std::optional<Date>& from = plan.policies[policy].effective_from;
      if (from) entity.in_force.push_back(plan.zone.at(*from, TimeOfDay{0}));
    };
    for (const Index rule : entity.watching_rules) add(plan.steps[rule].policy);
    for (const EntityInfo::OpensWhen& item : entity.opens_when)
      add(plan.cases[item.owner_case].policy);
    std::sort(entity.in_force.begin(), entity.in_force.end());
  }
}

}  // namespace

void build_index(Program& program) {
  Plan& plan = program.plan;
  index_cases(plan);
  index_rules(plan);
  index_triggers(plan);
  index_memories(plan);
  index_in_force(plan);
  for (Index i = 0; i < plan.tasks.size(); ++i) {
    for (const TaskSpec::DoneOn& done : plan.tasks[i].done_on) {
      auto& tasks = plan.touches[done.event].done_on;
      if (tasks.empty() || tasks.back() != i) tasks.push_back(i);
    }
  }
  for (Index i = 0; i < plan.forbids.size(); ++i) {
    if (plan.forbids[i].event != 0xffff) {
      plan.touches[plan.forbids[i].event].forbids.push_back(i);
    }
  }
  index_history(program);
  Motions motions(plan);
  plan.motions.reserve(plan.nodes.size());
  for (Index i = 0; i < plan.nodes.size(); ++i) plan.motions.push_back(motions.of(i));
}

}  // namespace duban::compiler
