// Stored states carry a digest of what they are: a bit that turned on the disk is noticed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/value.h"
#include "runtime/log.h"

namespace duban {

// The bytes as they are stored: of this subject or reference row, as of this entry of the log.
std::string sealed(const Key& key, Sequence last, std::string_view bytes);

// Nullopt: they are not what was sealed, or not of this key and entry.
std::optional<std::string_view> unsealed(const Key& key, Sequence last, std::string_view stored);

}  // namespace duban
