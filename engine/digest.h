// 128-bit digests (XXH3): effect identities, once-memory keys, plan and source digests.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duban {

struct Digest {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Digest&) const = default;

  std::string to_hex() const;  // 32 lower-case digits
  static std::optional<Digest> from_hex(std::string_view hex);
};

// Feeds parts one after another; each part is framed by its length, so that ("ab","c") and
// ("a","bc") differ.
class DigestBuilder {
 public:
  DigestBuilder& add(std::string_view part);
  DigestBuilder& add(int64_t number);
  Digest finish() const;

 private:
  void append(char kind, uint64_t number);
  void append(std::string_view bytes);

  // Most are short: only long ones move to `rest_`, whole.
  std::array<char, 256> start_;
  size_t size_ = 0;
  std::string rest_;
};

}  // namespace duban
