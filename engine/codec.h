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

// An input as it stands in an entry of the log, which has its subject, its time, mostly its cause
// as the entry's id, and a checksum: all that is not said again. Instead of what `into` holds,
// whose room is used.
void encode(const Input& input, const Digest& id, std::string& into);
std::optional<Input> decode_input(std::string_view bytes, const Key& subject, Instant time,
                                  const Digest& id);

std::string encode(const ReferenceRow& row);
std::optional<ReferenceRow> decode_reference_row(std::string_view bytes);

std::string encode(const EventData& event);
std::optional<EventPtr> decode_event(std::string_view bytes);

}  // namespace duban
