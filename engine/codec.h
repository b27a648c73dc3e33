// Subjects and inputs as bytes, for the store and the log. Compact, deterministic (equal values
// give equal bytes), and safe to read whatever the bytes: damage gives nullopt, never undefined
// behaviour.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/intake.h"
#include "engine/state.h"
#include "engine/step.h"

namespace duban {

std::string encode(const Subject& subject);
std::optional<Subject> decode_subject(std::string_view bytes);

std::string encode(const Input& input);
void encode(const Input& input, std::string& into);  // instead of what it holds; reuses its room
std::optional<Input> decode_input(std::string_view bytes);

std::string encode(const ReferenceRow& row);
std::optional<ReferenceRow> decode_reference_row(std::string_view bytes);

std::string encode(const EventData& event);
std::optional<EventPtr> decode_event(std::string_view bytes);

}  // namespace duban
