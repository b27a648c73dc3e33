// Numbers and texts as bytes, for what the engine stores. Every number has exactly one spelling, so
// equal data give equal bytes, and reading is safe whatever the bytes.
#pragma once

#include <algorithm>
#include <bit>
#include <boost/container/small_vector.hpp>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace duban {

// Whether each of a few things is so; eight a byte where they are stored.
using Flags = boost::container::small_vector<bool, 16>;

// Eight bytes, lowest first, whatever the machine.
inline void spell_fixed(uint64_t value, char* bytes) {
  if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap64(value);
  std::memcpy(bytes, &value, sizeof value);
}

class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(std::string room) : bytes_(std::move(room)) {}  // written over
  void byte(uint8_t value) {
    if (size_ == bytes_.size()) grow(1);
    bytes_[size_++] = static_cast<char>(value);
  }
  void raw(std::string_view bytes) {
    if (bytes_.size() - size_ < bytes.size()) grow(bytes.size());
    if (!bytes.empty()) std::memcpy(bytes_.data() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
  }

  // Seven bits a byte, lowest first; the top bit says that more follow.
  void number(uint64_t value) {
    if (value < 0x80) return byte(static_cast<uint8_t>(value));
    long_number(value);
  }
  // Zigzag, so that small negative numbers are short too.
  void signed_number(int64_t value) {
    const uint64_t sign = value < 0 ? ~uint64_t{0} : 0;
    number(static_cast<uint64_t>(value) << 1 ^ sign);
  }
  void text(std::string_view text) {
    number(text.size());
    raw(text);
  }
  // Eight bytes, lowest first: for hashes, which no varint makes shorter.
  void fixed(uint64_t value) {
    char spelled[8];
    spell_fixed(value, spelled);
    raw({spelled, sizeof spelled});
  }

  void reserve(size_t size) {  // about so much will be written
    if (size > bytes_.size()) bytes_.resize(size);
  }
  std::string_view bytes() const { return {bytes_.data(), size_}; }
  void clear() { size_ = 0; }  // keeps the room
  std::string take() {
    bytes_.resize(std::exchange(size_, 0));
    return std::move(bytes_);
  }
  std::string take_room() { return std::move(bytes_); }  // to be written over

 private:
  static constexpr size_t kNumberMax = 10;  // bytes

  // Of two bytes or more. Times are very many: all bytes are made at once, by drawing the bits
  // apart.
  void long_number(uint64_t value) {
    if (bytes_.size() - size_ < kNumberMax) grow(kNumberMax);
    char* at = bytes_.data() + size_;
    const size_t count = (static_cast<size_t>(std::bit_width(value)) + 6) / 7;
    if (count <= 8) {
      uint64_t spread = (value & 0x000000000fffffff) | (value & 0x00fffffff0000000) << 4;
      spread = (spread & 0x00003fff00003fff) | (spread & 0x0fffc0000fffc000) << 2;
      spread = (spread & 0x007f007f007f007f) | (spread & 0x3f803f803f803f80) << 1;
      const uint64_t all_but_last = 0x8080808080808080 & ((uint64_t{1} << 8 * (count - 1)) - 1);
      spell_fixed(spread | all_but_last, at);
    } else {
      for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
      *at = static_cast<char>(value);
    }
    size_ += count;
  }

  // Rare: kept apart, so that what is written all the time is small enough to be inlined.
  [[gnu::noinline]] void grow(size_t more) {
    bytes_.resize(std::max(2 * bytes_.size(), size_ + more + kNumberMax));
  }

  std::string bytes_;  // of which the first `size_` are written
  size_t size_ = 0;
};

// The first read that fails makes the reader fail for good: from then on everything reads as zero
// or empty, so callers may check once, at the end. The bytes must outlive the reader.
class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return rest_.empty(); }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  uint8_t byte() {
    const std::string_view one = raw(1);
    return one.empty() ? 0 : static_cast<uint8_t>(one[0]);
  }
  std::string_view raw(uint64_t size) {
    if (size > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  uint64_t number() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const uint8_t next = byte();
      const uint64_t bits = next & 0x7f;
      if (shift == 63 && bits > 1) break;  // more than 64 bits
      value |= bits << shift;
      if ((next & 0x80) != 0) continue;
      if (next == 0 && shift > 0) break;  // a longer spelling than needed
      return value;
    }
    fail();
    return 0;
  }
  template <std::unsigned_integral T>
  T number_as() {
    const uint64_t value = number();
    if (value > std::numeric_limits<T>::max()) fail();
    return ok_ ? static_cast<T>(value) : T{0};
  }
  int64_t signed_number() {
    const uint64_t value = number();
    return static_cast<int64_t>(value >> 1 ^ (~(value & 1) + 1));
  }
  std::string_view text() { return raw(number()); }
  uint64_t fixed() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 8) value |= uint64_t{byte()} << shift;
    return value;
  }
  // How many elements follow; each takes at least one byte, so no more than there are bytes left.
  size_t count() {
    const uint64_t value = number();
    if (value > rest_.size()) fail();
    return ok_ ? static_cast<size_t>(value) : 0;
  }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

// ---- one description for both directions
//
// code(c, x) writes x when c is a writer and reads it when c is a reader, so that a structure is
// described once:  template <typename C> void code(C& c, Ref<C, Point> p) { code(c, p.x); … }

template <typename C>
concept Saving = std::derived_from<C, ByteWriter>;
template <typename C>
concept Loading = std::derived_from<C, ByteReader>;
template <typename C, typename T>
using Ref = std::conditional_t<Saving<C>, const T&, T&>;

template <Saving C, std::unsigned_integral T>
void code(C& c, const T& value) {
  c.number(value);
}
template <Loading C, std::unsigned_integral T>
void code(C& c, T& value) {
  value = c.template number_as<T>();
}

template <Saving C>
void code(C& c, const bool& value) {
  c.byte(value ? 1 : 0);
}
template <Loading C>
void code(C& c, bool& value) {
  const uint8_t byte = c.byte();
  if (byte > 1) c.fail();
  value = byte == 1;
}

template <Saving C, std::signed_integral T>
void code(C& c, const T& value) {
  c.signed_number(value);
}
template <Loading C, std::signed_integral T>
void code(C& c, T& value) {
  const int64_t wide = c.signed_number();
  value = static_cast<T>(wide);
  if (value != wide) c.fail();
}

template <Saving C, typename E>
void code_enum(C& c, const E& value, E) {
  c.byte(static_cast<uint8_t>(value));
}
template <Loading C, typename E>
void code_enum(C& c, E& value, E last) {
  const uint8_t byte = c.byte();
  if (byte > static_cast<uint8_t>(last)) c.fail();
  value = c.ok() ? static_cast<E>(byte) : E{};
}

template <Saving C>
void code(C& c, const std::string& value) {
  c.text(value);
}
template <Loading C>
void code(C& c, std::string& value) {
  value = c.text();
}

template <typename C, typename... T>
void code_all(C& c, T&... items) {
  (code(c, items), ...);
}

// ---- lists, pairs, optional things

template <Saving C, typename T>
void code(C& c, const std::vector<T>& list) {
  c.number(list.size());
  for (const T& item : list) code(c, item);
}
template <Loading C, typename T>
void code(C& c, std::vector<T>& list) {
  // Grows as elements are really there: a claimed count reserves nothing.
  for (size_t left = c.count(); left > 0 && c.ok(); --left) {
    code(c, list.emplace_back());
  }
}

template <Saving C>
void code(C& c, const Flags& list) {
  c.number(list.size());
  for (size_t first = 0; first < list.size(); first += 8) {
    unsigned bits = 0;
    for (size_t i = first; i < list.size() && i < first + 8; ++i) bits |= list[i] << (i - first);
    c.byte(static_cast<uint8_t>(bits));
  }
}
template <Loading C>
void code(C& c, Flags& list) {
  const uint64_t size = c.number();
  const std::string_view packed = c.raw(size / 8 + (size % 8 != 0 ? 1 : 0));
  if (!c.ok()) return;
  for (size_t i = 0; i < size; ++i) list.push_back((packed[i / 8] >> (i % 8) & 1) != 0);
  if (size % 8 != 0 && static_cast<uint8_t>(packed.back()) >> (size % 8) != 0) c.fail();
}

template <Saving C, typename A, typename B>
void code(C& c, const std::pair<A, B>& pair) {
  code(c, pair.first);
  code(c, pair.second);
}
template <Loading C, typename A, typename B>
void code(C& c, std::pair<A, B>& pair) {
  code(c, pair.first);
  code(c, pair.second);
}

// Several yes-or-no things in one number. For an optional thing the bit says that it is there;
// code_present then codes its content. A type that can itself be none counts as optional.
template <typename T>
concept MayBeNone = requires(const T& item) {
  item.is_none();
};

inline bool is_present(bool flag) { return flag; }
template <typename T>
bool is_present(const std::optional<T>& item) {
  return item.has_value();
}
template <MayBeNone T>
bool is_present(const T& item) {
  return !item.is_none();
}

inline void make_present(bool& flag) { flag = true; }
template <typename T>
void make_present(std::optional<T>& item) {
  item.emplace();
}
template <MayBeNone T>
void make_present(T& item) {
  item = false;  // anything but none, until it is read
}

template <Saving C, typename... T>
void code_flags(C& c, const T&... items) {
  uint64_t bits = 0;
  int place = 0;
  ((bits |= uint64_t{is_present(items)} << place++), ...);
  c.number(bits);
}
template <Loading C, typename... T>
void code_flags(C& c, T&... items) {
  const uint64_t bits = c.number();
  if (bits >> sizeof...(T) != 0) c.fail();
  if (!c.ok()) return;
  int place = 0;
  ((void)((bits >> place++ & 1) != 0 && (make_present(items), true)), ...);
}

template <typename C, typename T>
void code_present(C& c, T& item) {
  if (!is_present(item)) return;
  if constexpr (MayBeNone<T>) {
    code(c, item);
  } else {
    code(c, *item);
  }
  if constexpr (Loading<C>) {
    if (!is_present(item)) c.fail();  // the bit said otherwise
  }
}

template <Saving C, typename T>
void code(C& c, const std::optional<T>& item) {
  code_flags(c, item);
  code_present(c, item);
}
template <Loading C, typename T>
void code(C& c, std::optional<T>& item) {
  code_flags(c, item);
  code_present(c, item);
}

}  // namespace duban
