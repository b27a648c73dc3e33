// 128-bit digests (XXH3): effect identities, once-memory keys, plan and source digests.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "engine/bytes.h"

namespace duban {

struct Digest {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Digest&) const = default;

  std::string to_hex() const;  // 32 lower-case digits
  static std::optional<Digest> from_hex(std::string_view hex);
};
constexpr size_t kDigestBytes = 16;  // as it is stored

// Feeds parts one after another; each part is framed by its length, so that ("ab","c") and
// ("a","bc") differ.
class DigestBuilder {
 public:
  DigestBuilder& add(std::string_view part) {
    frame(kText, part.size());
    append(part);
    return *this;
  }
  // One part of both.
  DigestBuilder& add(std::string_view begin, std::string_view end) {
    frame(kText, begin.size() + end.size());
    append(begin);
    append(end);
    return *this;
  }
  DigestBuilder& add(int64_t number) {
    frame(kNumber, static_cast<uint64_t>(number));
    return *this;
  }
  DigestBuilder& add(const Digest& digest);  // as its to_hex()
  Digest finish() const;

 private:
  // Each part starts with what it is, so that a number and the text of its bytes differ.
  static constexpr char kText = 's';
  static constexpr char kNumber = 'i';

  // Lowest byte first, whatever the machine: digests are written to disk.
  void frame(char kind, uint64_t number) {
    char bytes[9] = {kind};
    spell_fixed(number, bytes + 1);
    append({bytes, sizeof bytes});
  }
  void append(std::string_view bytes) {
    if (size_ + bytes.size() > sizeof start_) return append_to_rest(bytes);
    if (!bytes.empty()) std::memcpy(start_ + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }
  void append_to_rest(std::string_view bytes);

  // Most are short: only long ones move to `rest_`, whole.
  char start_[256];
  size_t size_ = 0;
  std::string rest_;
};

}  // namespace duban
