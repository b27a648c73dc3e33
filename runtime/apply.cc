#include "runtime/apply.h"

namespace duban {

std::variant<StepEffects, StepFailure, IntakeError> apply(const Plans& plans,
                                                          const References& references,
                                                          Subject& subject, const Input& input,
                                                          const StepSettings& settings,
                                                          Trace* trace) {
  if (!subject.exists) {
    auto created = new_subject(plans.current(), references, input);
    if (auto* error = std::get_if<IntakeError>(&created)) return std::move(*error);
    subject = std::get<Subject>(std::move(created));
  }
  auto outcome = step_in_place(plans, references, subject, input, settings, trace);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) return std::move(*failure);
  return std::get<StepEffects>(std::move(outcome));
}

}  // namespace duban
