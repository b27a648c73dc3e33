#include "runtime/apply.h"

namespace duban {

std::variant<StepOutcome, StepFailure, IntakeError> apply(
    const Plans& plans, const References& references, const Subject& subject, const Input& input,
    const StepSettings& settings, Trace* trace) {
  Subject before = subject;
  if (!before.exists) {
    auto created = new_subject(plans.current(), references, input);
    if (auto* error = std::get_if<IntakeError>(&created)) return *error;
    before = std::get<Subject>(std::move(created));
  }
  auto outcome = step(plans, references, std::move(before), input, settings, trace);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) return *failure;
  return std::get<StepOutcome>(std::move(outcome));
}

}  // namespace duban
