#include "engine/digest.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace duban::digest_test {
namespace {

TEST(DigestTest, IsXxh3AndStaysTheSame) {
  // These are on disk: a change here makes every stored identity a stranger.
  EXPECT_EQ(DigestBuilder().finish().to_hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(DigestBuilder().add("duban").add(int64_t{42}).finish().to_hex(),
            "640c03dc8a113ffb19cc6eb3b91effc7");
}

TEST(DigestTest, PartsAreFramed) {
  const std::set<Digest> different{
      DigestBuilder().finish(),
      DigestBuilder().add("").finish(),
      DigestBuilder().add("").add("").finish(),
      DigestBuilder().add("abc").finish(),
      DigestBuilder().add("ab").add("c").finish(),
      DigestBuilder().add("a").add("bc").finish(),
      DigestBuilder().add("bc").add("a").finish(),
      DigestBuilder().add(int64_t{0}).finish(),
      DigestBuilder().add("0").finish(),
      DigestBuilder().add(std::string(8, '\0')).finish(),
      DigestBuilder().add(int64_t{1}).finish(),
      DigestBuilder().add(int64_t{-1}).finish(),
      DigestBuilder().add(std::numeric_limits<int64_t>::min()).finish(),
  };
  EXPECT_EQ(different.size(), 13u);
}

TEST(DigestTest, FinishMayBeCalledOnTheWay) {
  DigestBuilder builder;
  builder.add("a");
  const Digest first = builder.finish();
  EXPECT_EQ(builder.finish(), first);
  builder.add("b");
  EXPECT_EQ(builder.finish(), DigestBuilder().add("a").add("b").finish());
}

TEST(DigestTest, TakesPartsOfAnyLength) {
  std::set<Digest> seen;
  for (const size_t size : {0, 1, 16, 17, 128, 129, 240, 241, 1024, 1'000'000}) {
    seen.insert(DigestBuilder().add(std::string(size, 'x')).finish());
  }
  EXPECT_EQ(seen.size(), 10u);
}

TEST(DigestTest, HexReadsBack) {
  const Digest digest{0x0123456789abcdef, 0xfedcba9876543210};
  EXPECT_EQ(digest.to_hex(), "0123456789abcdeffedcba9876543210");
  EXPECT_EQ(Digest::from_hex(digest.to_hex()), digest);
  EXPECT_EQ(Digest{}.to_hex(), std::string(32, '0'));
  EXPECT_LT(Digest::from_hex("0fffffffffffffffffffffffffffffff"),
            Digest::from_hex("10000000000000000000000000000000"));
}

TEST(DigestTest, RejectsOtherText) {
  for (const char* text :
       {"", "0", "0123456789abcdeffedcba987654321", "0123456789abcdeffedcba98765432100",
        "0123456789ABCDEFfedcba9876543210", "0x23456789abcdeffedcba9876543210",
        "0123456789abcdef fedcba987654321"}) {
    EXPECT_FALSE(Digest::from_hex(text)) << text;
  }
}

}  // namespace
}  // namespace duban::digest_test
