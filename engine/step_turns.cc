// Conditions that time alone may turn: their timers, and asking them when these come due.
//
// A condition that turns with the day does so before anything else that happens at its midnight:
// all of that belongs to the new day. One that may turn at any instant is asked after the facts of
// that instant, as every timer.
#include <algorithm>

#include "engine/stepper.h"
#include "engine/turning.h"

namespace duban {

namespace {

std::optional<Index> position_of(const std::vector<std::pair<uint64_t, Index>>& memories,
                                 uint64_t memory) {
  const auto at = std::lower_bound(memories.begin(), memories.end(), std::pair(memory, Index{0}));
  if (at == memories.end() || at->first != memory) return std::nullopt;
  return at->second;
}

}  // namespace

const Step* Stepper::find_rule(uint64_t memory) const {
  const Plan& p = current();
  const EntityInfo& entity = p.entities[subject_.key.entity];
  const auto at = position_of(entity.rule_of_memory, memory);
  return at ? &p.steps[entity.watching_rules[*at]] : nullptr;
}

const EntityInfo::OpensWhen* Stepper::find_opening(uint64_t memory) const {
  const EntityInfo& entity = current().entities[subject_.key.entity];
  const auto at = position_of(entity.opening_of_memory, memory);
  return at ? &entity.opens_when[*at] : nullptr;
}

void Stepper::fire_turn(const Timer& timer, bool late) {
  switch (timer.kind) {
    case Timer::Kind::step_turns: {
      CaseInstance& instance = subject_.cases[timer.index];
      const Plan& p = plan(instance.version);
      const Step& step = p.steps[p.cases[instance.index].steps[timer.item]];
      return watch_step(step, instance.steps[timer.item], instance.number, instance.version, late);
    }
    case Timer::Kind::rule_turns: {
      auto& [key, memory] = subject_.rules[timer.index];
      memory.due.reset();
      const Plan& p = current();
      if (const Step* rule = find_rule(key)) {
        if (in_force(p, rule->policy)) watch_step(*rule, memory, 0, plans_.current_version(), late);
      } else if (const EntityInfo::OpensWhen* item = find_opening(key)) {
        if (in_force(p, p.cases[item->owner_case].policy)) watch_opening(*item);
      }
      return;
    }
    case Timer::Kind::closing_turns:
      subject_.cases[timer.index].turns.reset();
      step_changes_->add_turned(subject_.cases[timer.index].number);
      return;
    default:
      return ask_pause(subject_.tasks[timer.index]);
  }
}

// When time may next turn one of the conditions that close the case.
void Stepper::refresh_closing_turns(CaseInstance& instance, const Changes& changes) {
  const Plan& p = plan(instance.version);
  const auto& turned = changes.turned;
  const bool asked = std::find(turned.begin(), turned.end(), instance.number) != turned.end();
  const std::vector<Case::Closing>& closings = p.cases[instance.index].closings;
  const bool moves =
      std::any_of(closings.begin(), closings.end(), [&](const Case::Closing& closing) {
        return closing.event == 0xffff && closing.deps.time &&
               (asked || changes.touches(closing.deps, instance.number));
      });
  if (!moves) return;
  instance.turns.reset();
  const Context c = context(instance.version, instance.number, nullptr);
  for (const Case::Closing& closing : closings) {
    if (closing.event != 0xffff || !closing.deps.time) continue;
    const std::optional<Instant> turn = next_turn(c, closing.condition);
    if (turn && (!instance.turns || *turn < *instance.turns)) instance.turns = turn;
  }
}

}  // namespace duban
