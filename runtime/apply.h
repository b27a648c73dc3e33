// One input applied to one subject: what the runtime does when it runs and when it explains.
#pragma once

#include <variant>

#include "engine/intake.h"
#include "engine/step.h"

namespace duban {

// An IntakeError: the subject is new, and the input does not say enough to create it.
std::variant<StepOutcome, StepFailure, IntakeError> apply(
    const Plans& plans, const References& references, const Subject& subject, const Input& input,
    const StepSettings& settings, Trace* trace = nullptr);

}  // namespace duban
