// One input applied to one subject: what the runtime does when it runs and when it explains.
#pragma once

#include <variant>

#include "engine/intake.h"
#include "engine/step.h"

namespace duban {

// As step_in_place(); makes the subject first, when it is new. An IntakeError: it is new, and the
// input does not say enough to create it; it is as it was.
std::variant<StepEffects, StepFailure, IntakeError> apply(const Plans& plans,
                                                          const References& references,
                                                          Subject& subject, const Input& input,
                                                          const StepSettings& settings,
                                                          Trace* trace = nullptr);

}  // namespace duban
