// What the store and the runtime write for people: times, places, masked addresses, attributes.
#pragma once

#include <string>

#include "engine/record.h"
#include "engine/step.h"

namespace duban {

// `2026-03-01 09:00` in the zone of the current plan; empty for the beginning of time.
std::string time_text(const Plans* plans, Instant instant);
// The date of a whole-day deadline, else its time.
std::string due_text(const Plans* plans, const Deadline& due);
// `file:line:column` of that version's sources; empty when it is not known.
std::string place_text(const Plans* plans, const Provenance& from);
std::string place_text(const Plan& plan, const Span& span);
// Keeps the last four characters.
std::string masked(std::string_view text);
// Attributes by canonical name as a JSON object; private ones masked, missing ones left out.
std::string attributes_json(const Plan& plan, uint16_t entity,
                            const std::vector<Value>& attributes);
// Fields of an event as a JSON object.
std::string fields_json(const Plan& plan, const std::vector<std::pair<std::string, Value>>& fields,
                        const std::vector<Type>& types);

}  // namespace duban
