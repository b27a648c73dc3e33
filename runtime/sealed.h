// Stored states carry a digest of what they are: a bit that turned on the disk is noticed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/state.h"
#include "runtime/log.h"

namespace duban {

// The bytes as they are stored: of this subject or reference row, as of this entry of the log. The
// seal covers the subject's next timer, too, which is stored beside them.
std::string sealed(const Key& key, Sequence last, std::string_view bytes,
                   const std::optional<Wake>& timer = {});

// Nullopt: they are not what was sealed, or not of this key and entry, or beside another timer.
std::optional<std::string_view> unsealed(const Key& key, Sequence last, std::string_view stored,
                                         const std::optional<Wake>& timer = {});

}  // namespace duban
