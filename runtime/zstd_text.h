// Texts packed by zstd, with a checksum.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace duban {

std::string pack_text(std::string_view text);
// Nullopt: damaged, or larger than `size_max`.
std::optional<std::string> unpack_text(std::string_view packed, size_t size_max);

}  // namespace duban
