#include "engine/bytes.h"

#include <gtest/gtest.h>

#include <limits>

namespace duban::bytes_test {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();

TEST(BytesTest, EveryNumberHasOneSpelling) {
  for (const uint64_t number : {uint64_t{0}, uint64_t{127}, uint64_t{128}, uint64_t{1} << 63,
                                std::numeric_limits<uint64_t>::max()}) {
    ByteWriter out;
    out.number(number);
    ByteReader in(out.bytes());
    EXPECT_EQ(in.number(), number);
    EXPECT_TRUE(in.ok() && in.at_end());
  }
  for (int bits = 1; bits < 64; ++bits) {
    for (const uint64_t number :
         {uint64_t{1} << bits, (uint64_t{1} << bits) - 1, 0x9e3779b97f4a7c15U >> (63 - bits)}) {
      std::string seven_bits_a_byte;
      for (uint64_t left = number; left != 0; left >>= 7)
        seven_bits_a_byte += static_cast<char>((left & 0x7f) | (left >= 0x80 ? 0x80 : 0));
      ByteWriter out;
      out.number(number);
      EXPECT_EQ(out.bytes(), seven_bits_a_byte) << number;
    }
  }
  for (const int64_t number : {int64_t{0}, int64_t{-1}, kLowest, kHighest}) {
    ByteWriter out;
    out.signed_number(number);
    EXPECT_EQ(ByteReader(out.bytes()).signed_number(), number);
  }
  using namespace std::string_view_literals;
  for (const std::string_view bad :
       {""sv, "\x80"sv, "\x80\0"sv, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"sv,
        "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\0"sv}) {
    ByteReader in(bad);
    in.number();
    EXPECT_FALSE(in.ok());
  }
}

TEST(BytesTest, FlagsAreEightAByte) {
  for (size_t size = 0; size < 40; ++size) {
    Flags flags(size);
    std::string bytes(1 + (size + 7) / 8, '\0');
    bytes[0] = static_cast<char>(size);
    for (size_t i = 0; i < size; i += 3) {
      flags[i] = true;
      bytes[1 + i / 8] = static_cast<char>(bytes[1 + i / 8] | 1 << i % 8);
    }
    ByteWriter out;
    code(out, flags);
    EXPECT_EQ(out.bytes(), bytes) << size;
    ByteReader in(out.bytes());
    Flags read;
    code(in, read);
    EXPECT_TRUE(in.ok() && in.at_end());
    EXPECT_EQ(read, flags);
  }
}

}  // namespace
}  // namespace duban::bytes_test
