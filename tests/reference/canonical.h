// One spelling for every declared thing: two texts that differ only in language, aliases and layout
// give the same.
#pragma once

#include <string>

#include "tests/reference/program.h"

namespace duban::reference {

std::string canonical(const Program& program, const syntax::Expr* expr);
std::string canonical(const Program& program, const syntax::Trigger& trigger);

}  // namespace duban::reference
