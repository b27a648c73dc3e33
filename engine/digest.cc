#include "engine/digest.h"

#include <xxhash.h>

namespace duban {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// Sixteen digits, the highest first: all at once, a nibble in each byte of two numbers.
void spell_hex(uint64_t value, char* digits) {
  for (const int shift : {32, 0}) {
    uint64_t nibbles = value >> shift & 0xffffffff;  // the highest shall come to lie first
    nibbles = (nibbles & 0x000000000000ffff) << 32 | (nibbles & 0x00000000ffff0000) >> 16;
    nibbles = (nibbles & 0x000000ff000000ff) << 16 | (nibbles & 0x0000ff000000ff00) >> 8;
    nibbles = (nibbles & 0x000f000f000f000f) << 8 | (nibbles & 0x00f000f000f000f0) >> 4;
    const uint64_t letters = (nibbles + 0x0606060606060606) >> 4 & 0x0101010101010101;
    uint64_t text = nibbles + 0x3030303030303030 + letters * ('a' - '9' - 1);
    if constexpr (std::endian::native == std::endian::big) text = __builtin_bswap64(text);
    std::memcpy(digits, &text, sizeof text);
    digits += sizeof text;
  }
}

}  // namespace

std::string Digest::to_hex() const {
  char digits[32];
  spell_hex(high, digits);
  spell_hex(low, digits + 16);
  return {digits, sizeof digits};
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
  spell_hex(digest.high, digits);
  spell_hex(digest.low, digits + 16);
  return add(std::string_view(digits, sizeof digits));
}

Digest DigestBuilder::finish() const {
  const XXH128_hash_t hash = XXH3_128bits(rest_.empty() ? start_ : rest_.data(), size_);
  return {hash.high64, hash.low64};
}

}  // namespace duban
