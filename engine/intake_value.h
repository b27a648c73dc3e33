// Inside the intake: reading one value, and the words of its errors.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/intake.h"

namespace duban {

constexpr size_t kKeyBytesMax = 256;  // of a subject's or a reference row's key

// Makes `value`, in whatever room it has, one that may stand where `type` is expected. False, where
// take_value() has to say why not, and for a set; then it means nothing.
bool take_scalar(const Plan& plan, const Type& type, const RawScalar& raw, Value& value);

// As take_value, but a private value is not quoted in the error.
std::variant<Value, IntakeError> take_hidden_value(const Plan& plan, const Type& type,
                                                   const RawValue& raw);

std::string in_backticks(std::string_view text);  // in backticks; what is too long is cut
std::string in_backticks(const Names& names, bool chinese);

// The error with the known spelling nearest to `wrong` added, if one is near.
IntakeError with_nearest(IntakeError error, std::string_view wrong,
                         const std::vector<Names>& known);

}  // namespace duban
