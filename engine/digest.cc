#include "engine/digest.h"

#include <xxhash.h>

namespace duban {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// The eight digits of a number at once, one a byte, the first in the lowest.
uint64_t hex_of(uint32_t number) {
  uint64_t digits = __builtin_bswap32(number);
  digits = (digits | digits << 16) & 0x0000'ffff'0000'ffff;
  digits = (digits | digits << 8) & 0x00ff'00ff'00ff'00ff;
  digits = (digits >> 4 | digits << 8) & 0x0f0f'0f0f'0f0f'0f0f;
  const uint64_t letters = (digits + 0x0606'0606'0606'0606) >> 4 & 0x0101'0101'0101'0101;
  return digits + 0x3030'3030'3030'3030 + letters * ('a' - '0' - 10);
}

void write_hex(const Digest& digest, char* out) {
  for (const uint64_t half : {digest.high, digest.low}) {
    spell_fixed(hex_of(static_cast<uint32_t>(half >> 32)), out);
    spell_fixed(hex_of(static_cast<uint32_t>(half)), out + 8);
    out += 16;
  }
}

}  // namespace

std::string Digest::to_hex() const {
  std::string hex(32, '\0');
  write_hex(*this, hex.data());
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
  write_hex(digest, digits);
  return add(std::string_view(digits, sizeof digits));
}

Digest DigestBuilder::finish() const {
  const XXH128_hash_t hash = XXH3_128bits(rest_.empty() ? start_ : rest_.data(), size_);
  return {hash.high64, hash.low64};
}

}  // namespace duban
