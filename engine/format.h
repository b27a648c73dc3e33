// Values in words, for texts, listings and explanations.
#pragma once

#include <string>
#include <string_view>

#include "engine/plan.h"
#include "engine/state.h"
#include "engine/value.h"

namespace duban {

// English: `CNY 200.00`, `2026-03-20`, `2026-03-31 17:30`, `poor`, `identity_proof,
// property_proof`. Chinese: `200.00 元`, `2026年3月20日`, `2026年3月31日 17:30`, `较差`,
// `身份证明、产权证明`. None is empty.
std::string format(const Plan& plan, const Type& type, const Value& value, bool chinese);

std::string format(const Plan& plan, const Deadline& due,
                   bool chinese);  // a whole-day deadline is its date

// For machines: JSON text of a value (numbers as digits, dates and datetimes as ISO 8601 strings,
// choices by canonical name, none as null).
std::string to_json(const Plan& plan, const Type& type, const Value& value);
std::string json_quoted(std::string_view text);  // a JSON string: in quotes and escaped
void append_json_quoted(std::string& out, std::string_view text);

}  // namespace duban
