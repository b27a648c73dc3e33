// 128-bit digests (XXH3): effect identities, once-memory keys, plan and source digests.
#pragma once

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
  std::string buffer_;
};

}  // namespace duban
