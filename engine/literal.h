// Literals outside expressions: what a scenario's `with` writes, as values of a known type.
#pragma once

#include <string>
#include <variant>

#include "engine/plan.h"
#include "engine/syntax.h"

namespace duban {

struct LiteralError {
  std::string english, chinese;
};

// A datetime as the parser leaves it (its local digits read as UTC) in the policy's zone.
Instant zoned(const Plan& plan, Instant local);

// Names are choice values, texts are keys where a reference is wanted. No names of a policy are
// read.
std::variant<Value, LiteralError> literal_value(const Plan& plan, const Type& type,
                                                const syntax::Expr& expr);

}  // namespace duban
