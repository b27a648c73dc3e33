// The parts of the evaluator, by subject; evaluate() in eval.h is what brings them together.
#pragma once

#include <compare>
#include <optional>

#include "engine/eval.h"

namespace duban {

// Operations on dates and calendars.
Value evaluate_date(const Context& context, const Node& node);

// Nodes that read what is stored.
Value evaluate_read(const Context& context, const Node& node);

// The value of a node that reads what is stored, where it lies: attributes, variables, fields,
// constants. Null: it is none, or the node is another one.
const Value* find_stored(const Context& context, const Node& node);

// Order of two present values of one kind; nullopt where they cannot be compared.
std::optional<std::strong_ordering> order(const Value& a, const Value& b);

// One output of a table.
Value evaluate_table(const Context& context, const Node& node);

}  // namespace duban
