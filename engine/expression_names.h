// What expression_names.cc and expression_members.cc share: reading one named thing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/expression.h"

namespace duban::compiler {

const Case* case_at(const Program& program, const Scope& scope);  // null: none at hand
std::optional<uint16_t> find_variable(const Program& program, const Scope& scope,
                                      std::string_view text);
Index find_case_define(const Program& program, const Scope& scope, std::string_view text);

Typed simple(Program& program, Op op, Index a, Type type, Span span);
Typed read_attribute(Program& program, uint16_t entity, uint16_t slot, Span span);
Typed read_event_field(Program& program, uint16_t event, uint16_t slot, Span span);
Typed read_variable(Program& program, const Case& owner, uint16_t slot, Span span);
// For tools: the word at `span` means this.
void note_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope);
Typed build_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope);

}  // namespace duban::compiler
