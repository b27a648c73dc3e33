#include "engine/eval.h"
#include "engine/intake.h"

namespace duban {

std::variant<Subject, IntakeError> new_subject(const Plan& plan, const References& references,
                                               const Input& input, Observations* observed) {
  std::vector<std::pair<uint16_t, Value>> given = input.attributes;
  Subject subject;
  subject.key = input.subject;
  subject.now = input.time;
  if (input.event != nullptr) {
    subject.attributes = default_attributes(plan, references, input.subject.entity);
    Context c;
    c.plan = &plan;
    c.references = &references;
    c.subject = &subject;
    c.now = input.time;
    c.observed = observed;
    try {
      given = event_sets(c, *input.event);
    } catch (const EvalFailure& failure) {
      return IntakeError{failure.english, failure.chinese};
    }
  }
  auto attributes = initial_attributes(plan, references, input.subject, given, observed);
  if (auto* error = std::get_if<IntakeError>(&attributes)) return *error;
  // What an event sets, its step does: computed twice, `set total = total + amount` would be wrong.
  if (input.event == nullptr)
    subject.attributes = std::get<std::vector<Value>>(std::move(attributes));
  return subject;
}

}  // namespace duban
