#include "engine/digest.h"

#include <xxhash.h>

namespace duban {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

}  // namespace

std::string Digest::to_hex() const {
  std::string hex;
  hex.reserve(32);
  for (const uint64_t half : {high, low}) {
    for (int shift = 60; shift >= 0; shift -= 4) hex += kHexDigits[half >> shift & 0xf];
  }
  return hex;
}

std::optional<Digest> Digest::from_hex(std::string_view hex) {
  if (hex.size() != 32) return std::nullopt;
  Digest digest;
  for (size_t i = 0; i < hex.size(); ++i) {
    const size_t digit = kHexDigits.find(hex[i]);
    if (digit == std::string_view::npos) return std::nullopt;
    uint64_t& half = i < 16 ? digest.high : digest.low;
    half = half << 4 | digit;
  }
  return digest;
}

void DigestBuilder::append_to_rest(std::string_view bytes) {
  if (rest_.empty()) rest_.assign(start_, size_);
  rest_ += bytes;
  size_ += bytes.size();
}

DigestBuilder& DigestBuilder::add(const Digest& digest) {
  char digits[32];
  size_t at = 0;
  for (const uint64_t half : {digest.high, digest.low}) {
    for (int shift = 60; shift >= 0; shift -= 4) digits[at++] = kHexDigits[half >> shift & 0xf];
  }
  return add(std::string_view(digits, sizeof digits));
}

Digest DigestBuilder::finish() const {
  const XXH128_hash_t hash = XXH3_128bits(rest_.empty() ? start_ : rest_.data(), size_);
  return {hash.high64, hash.low64};
}

}  // namespace duban
