// Rules that an event sets off, found by an index where there are many.
#include <algorithm>
#include <utility>

#include "engine/condition_index.h"
#include "engine/prefetch.h"
#include "engine/stepper.h"

namespace duban {

void Stepper::collect_rules(const EventPtr& event) {
  const Plan& p = current();
  const std::vector<Index>& rules = p.touches[event->event].rules;
  const auto add_fire = [&](const Step* rule) -> Fire& {
    Fire& fire = fires_.emplace_back();
    fire.version = plans_.current_version();
    fire.step = rule;
    fire.event = event;
    fire.cause_time = event->time;
    fire.cause = event->cause;
    return fire;
  };
  const auto collect = [&](Index position) {
    const Step& rule = p.steps[rules[position]];
    if (in_force(p, rule.policy)) add_fire(&rule);
  };
  const PlanIndexes::Rules* known =
      p.derived.indexes != nullptr ? &p.derived.indexes->events[event->event] : nullptr;
  if (known == nullptr || known->index == nullptr || observed_ != nullptr) {
    for (Index i = 0; i < rules.size(); ++i) collect(i);
    return;
  }
  std::vector<const PlanIndexes::Rule*>& found = buffers_->rules;
  found.clear();
  known->index->visit(context(plans_.current_version(), 0, event), [&](Index row) {
    const PlanIndexes::Rule* rule = &known->indexed[row];
    prefetch(rule);
    found.push_back(rule);
    return true;
  });
  // In the order they are written.
  std::vector<const PlanIndexes::Rule*>& setting = buffers_->setting_rules;
  bool goes_on = false;  // the last fire is of setting rules
  auto always = known->always.begin();
  const auto collect_always = [&](Index before) {
    for (; always != known->always.end() && *always < before; ++always, goes_on = false)
      collect(*always);
  };
  for (const PlanIndexes::Rule* rule : found) {
    collect_always(rule->position);
    if (!in_force(p, rule->policy)) continue;
    if (rule->sets == 0) {
      add_fire(rule->step).rest = rule->rest;
      goes_on = false;
      continue;
    }
    prefetch(&p.derived.indexes->sets[rule->first_set]);
    if (!std::exchange(goes_on, true))
      add_fire(nullptr).first_rule = static_cast<uint32_t>(setting.size());
    setting.push_back(rule);
    ++fires_.back().rules;
  }
  collect_always(kNone);
}

// Equal values that are set of the same attribute are one write: of the rules that follow each
// other, the first evaluates it.
void Stepper::run_rules(const Fire& fire, const Context& c) {
  const Plan& p = *c.plan;
  const PlanIndexes::Set* last = nullptr;
  for (uint32_t i = 0; i < fire.rules; ++i) {
    const PlanIndexes::Rule& rule = *buffers_->setting_rules[fire.first_rule + i];
    if (!std::all_of(rule.rest.begin(), rule.rest.end(),
                     [&](Index node) { return holds(c, node); }))
      continue;
    for (const PlanIndexes::Set& known : p.derived.indexes->sets_of(rule)) {
      if (last != nullptr && last->value == known.value && last->slot == known.slot) continue;
      last = set_known(fire, c, rule, known) ? &known : nullptr;
    }
  }
}

// As set(), of an attribute; the action itself is only looked at when its value cannot be told.
bool Stepper::set_known(const Fire& fire, const Context& context, const PlanIndexes::Rule& rule,
                        const PlanIndexes::Set& known) {
  *context.no_data = false;
  try {
    Value value = evaluate(context, known.value);
    if (!*context.no_data) {
      const Place from{fire.version, known.policy, &rule.step->basis, known.span};
      add_write(Write{false, 0, known.slot, std::move(value), from});
      return true;
    }
  } catch (const EvalFailure&) {  // there, where this action says it
  }
  Fire one = fire;
  one.step = rule.step;
  set(one, context, context.plan->actions[known.action]);
  return false;
}

}  // namespace duban
