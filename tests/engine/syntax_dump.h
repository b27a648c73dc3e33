// A syntax tree as text, without positions: two texts with equal dumps mean the same.
#pragma once

#include <string>

#include "engine/syntax.h"

namespace duban {

// One declaration a line. Names are as the author wrote them, except built-in ones (`本次` is
// `event`).
std::string dump(const syntax::File& file);
std::string dump(const syntax::Expr& expr);

}  // namespace duban
