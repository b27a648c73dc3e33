// What an event's own `set` writes.
#include <algorithm>

#include "engine/eval.h"

namespace duban {

std::vector<std::pair<uint16_t, Value>> event_sets(const Context& context, const EventData& event) {
  const Plan& plan = *context.plan;
  if (event.event >= plan.touches.size()) return {};
  const std::vector<SetTarget>& sets = plan.touches[event.event].sets;
  const auto takes_over = [&](const SetTarget& set) {
    return plan.nodes[set.value].op == Op::event_field;
  };
  std::vector<std::pair<uint16_t, Value>> out;
  Context c = context;
  c.event = &event;
  for (const SetTarget& set : sets) {
    if (!takes_over(set)) continue;
    const Index field = plan.nodes[set.value].a;
    if (field < event.given.size() && event.given[field])
      out.emplace_back(set.slot, evaluate(c, set.value));
  }
  if (std::all_of(sets.begin(), sets.end(), takes_over)) return out;
  Subject after;  // as far as an expression reads it
  after.key = context.subject->key;
  after.attributes = context.subject->attributes;
  after.history = context.subject->history;
  for (const auto& [slot, value] : out) {
    if (slot < after.attributes.size()) after.attributes[slot] = value;
  }
  c.subject = &after;
  for (const SetTarget& set : sets) {
    if (!takes_over(set)) out.emplace_back(set.slot, evaluate(c, set.value));
  }
  return out;
}

}  // namespace duban
