// Which bytes of a JSON text stand for themselves.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace duban {

// How many bytes there are before the first quote, backslash or control character.
inline size_t plain_json_bytes(std::string_view text) {
  constexpr uint64_t kEachByte = 0x0101010101010101, kTopBits = 0x8080808080808080;
  // The top bit of each byte below `limit`; those behind the first may be wrong.
  const auto below = [](uint64_t bytes, uint64_t limit) {
    return (bytes - kEachByte * limit) & ~bytes & kTopBits;
  };
  size_t at = 0;
#ifdef __SSE2__
  for (; text.size() - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    const __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i backslashes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const int ends = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quotes, backslashes), controls));
    if (ends != 0) return at + static_cast<size_t>(std::countr_zero(static_cast<unsigned>(ends)));
  }
#endif
  for (; text.size() - at >= 8; at += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, sizeof bytes);
    if constexpr (std::endian::native == std::endian::big) bytes = __builtin_bswap64(bytes);
    const uint64_t ends =
        below(bytes ^ kEachByte * '"', 1) | below(bytes ^ kEachByte * '\\', 1) | below(bytes, ' ');
    if (ends != 0) return at + static_cast<size_t>(std::countr_zero(ends)) / 8;
  }
  const auto is_plain = [](char c) {
    return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ';
  };
  while (at < text.size() && is_plain(text[at])) ++at;
  return at;
}

}  // namespace duban
