#include "engine/digest.h"

#include <xxhash.h>

#include <cstring>

namespace duban {
namespace {

// Each part starts with what it is, so that a number and the text of its bytes differ.
constexpr char kText = 's';
constexpr char kNumber = 'i';

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

void DigestBuilder::append(std::string_view bytes) {
  if (rest_.empty() && size_ + bytes.size() <= start_.size()) {
    if (!bytes.empty()) std::memcpy(start_.data() + size_, bytes.data(), bytes.size());
  } else {
    if (rest_.empty()) rest_.assign(start_.data(), size_);
    rest_ += bytes;
  }
  size_ += bytes.size();
}

// Lowest byte first, whatever the machine: digests are written to disk.
void DigestBuilder::append(char kind, uint64_t number) {
  std::array<char, 9> bytes{kind};
  for (size_t i = 0; i < 8; ++i) bytes[i + 1] = static_cast<char>(number >> (8 * i));
  append({bytes.data(), bytes.size()});
}

DigestBuilder& DigestBuilder::add(std::string_view part) {
  append(kText, part.size());
  append(part);
  return *this;
}

DigestBuilder& DigestBuilder::add(int64_t number) {
  append(kNumber, static_cast<uint64_t>(number));
  return *this;
}

Digest DigestBuilder::finish() const {
  const XXH128_hash_t hash = XXH3_128bits(rest_.empty() ? start_.data() : rest_.data(), size_);
  return {hash.high64, hash.low64};
}

}  // namespace duban
