#include "engine/digest.h"

#include <xxhash.h>

#include <array>

namespace duban {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

// The two digits of each byte.
constexpr std::array<std::array<char, 2>, 256> kHexOfByte = [] {
  std::array<std::array<char, 2>, 256> all{};
  for (size_t i = 0; i < all.size(); ++i) all[i] = {kHexDigits[i / 16], kHexDigits[i % 16]};
  return all;
}();

void write_hex(const Digest& digest, char* out) {
  for (const uint64_t half : {digest.high, digest.low}) {
    for (int shift = 56; shift >= 0; shift -= 8, out += 2)
      std::memcpy(out, kHexOfByte[half >> shift & 0xff].data(), 2);
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
