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

// Whether a word such as `now` or `owner` means something here.
bool builtin_at_hand(const Program& program, const Scope& scope, std::string_view builtin);
bool entity_visible(const Program& program, const Scope& scope);

Typed simple(Program& program, Op op, Index a, Type type, Span span);
Typed read_attribute(Program& program, uint16_t entity, uint16_t slot, Span span);
Typed read_event_field(Program& program, uint16_t event, uint16_t slot, Span span);
Typed read_variable(Program& program, const Case& owner, uint16_t slot, Span span);
// For tools: the word at `span` means this.
void note_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope);
Typed build_meaning(Program& program, const Meaning& meaning, Span span, const Scope& scope);

// ---- expression_unknown.cc

// Says what is wrong about a name that means nothing here.
void report_unknown(Program& program, const std::string& text, Span span, const Scope& scope,
                    const Type* expected);

}  // namespace duban::compiler
