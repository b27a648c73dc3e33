// The scenarios of a rules file as happenings, for both evaluators.
#pragma once

#include "tests/reference/match.h"

namespace duban::reference {

std::vector<Happening> story_of(const Program& program, const syntax::ScenarioDecl& scenario);

}  // namespace duban::reference
