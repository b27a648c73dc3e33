#include "engine/eval.h"
#include "engine/intake.h"

namespace duban {

std::variant<Subject, IntakeError> new_subject(const Plan& plan, const References& references,
                                               const Input& input, Observations* observed) {
  std::vector<std::pair<uint16_t, Value>> given = input.attributes;
  Subject subject;
  subject.key = input.subject;
  subject.now = input.time;
  if (input.event != nullptr && input.event->event < plan.touches.size()) {
    Context c;
    c.plan = &plan;
    c.references = &references;
    c.subject = &subject;
    c.event = input.event.get();
    c.now = input.time;
    c.observed = observed;
    try {
      for (const SetTarget& set : plan.touches[input.event->event].sets) {
        const Node& node = plan.nodes[set.value];
        const bool absent = node.op == Op::event_field &&
                            !(node.a < input.event->given.size() && input.event->given[node.a]);
        if (!absent) given.emplace_back(set.slot, evaluate(c, set.value));
      }
    } catch (const EvalFailure& failure) {
      return IntakeError{failure.english, failure.chinese};
    }
  }
  auto attributes = initial_attributes(plan, references, input.subject, given, observed);
  if (auto* error = std::get_if<IntakeError>(&attributes)) return *error;
  subject.attributes = std::get<std::vector<Value>>(std::move(attributes));
  return subject;
}

}  // namespace duban
