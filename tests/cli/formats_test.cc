// Goal: a feed in a form that is not expected is read as what it is, or refused; nothing of it is
// lost, or taken for something else.

#include <gtest/gtest.h>
#include <zlib.h>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::formats_test {
namespace {

class Formats : public testing::Test {
 protected:
  Ran run(const std::vector<std::string>& more, const std::string& input = {}) const {
    std::vector<std::string> words = {"run", "--rules", "rules", "--db", "a.db"};
    words.insert(words.end(), more.begin(), more.end());
    return duban(dir, words, input);
  }
  std::string list(const std::string& what) const {
    return duban(dir, {"list", what, "--db", "a.db", "--format", "csv"}).out;
  }
  std::string gzip(const std::string& text) const {
    gzFile file = gzopen((dir / "packed.gz").c_str(), "wb");
    gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
    gzclose(file);
    return dir.read("packed.gz");
  }

  const SampleProject project;
  const TempDir& dir = project.dir;
};

TEST_F(Formats, GzipIsUnpackedOrRefused) {
  const std::string packed = gzip(sample_feed());
  for (const char* shards : {"1", "3"}) {
    ASSERT_EQ(
        duban(dir, {"deploy", "--db", std::string("s") + shards, "--shards", shards, "rules"}).code,
        0);
    for (const char* feed : {"-", "packed.gz"}) {
      const Ran live = duban(
          dir, {"run", "--db", std::string("s") + shards, "--clock", "wall", "--events", feed},
          packed);
      EXPECT_EQ(live.code, 3) << live.err;
      EXPECT_NE(live.err.find("is gzip"), std::string::npos) << live.err;
      EXPECT_NE(live.err.find("gzip -dc"), std::string::npos) << live.err;
      EXPECT_EQ(live.err.find("incident"), std::string::npos) << live.err;
    }
  }
  EXPECT_EQ(run({"--events", "-"}, packed).code, 0);
  EXPECT_EQ(count(list("cases"), "\r\n"), 4U);
}

TEST_F(Formats, ACsvIsNotFollowed) {
  dir.write("staff.csv", "staff_no,name\nS07,Wu\n");
  for (const std::string feed : {"-", "staff.csv"}) {
    const Ran live =
        run({"--clock", "wall", "--events", feed, "--csv-type", "Staff", "--csv-key", "staff_no"},
            dir.read("staff.csv"));
    EXPECT_EQ(live.code, 2) << live.err;
    EXPECT_NE(live.err.find("is a CSV, which cannot be followed"), std::string::npos) << live.err;
  }
  EXPECT_EQ(run({"--clock", "wall", "--events", "staff.csv"}).code, 2);
}

TEST_F(Formats, WhatACsvIsIsSaidOfNoOtherFeed) {
  dir.write("staff.csv", "staff_no,name\nS07,Wu\n");
  dir.write("feed.ndjson", sample_feed());
  const Ran both = run({"--events", "staff.csv", "--events", "feed.ndjson", "--csv-type", "Staff",
                        "--csv-key", "staff_no"});
  EXPECT_EQ(both.code, 0) << both.err;
  EXPECT_NE(both.out.find("3 reference rows"), std::string::npos) << both.out;
  EXPECT_EQ(count(list("cases"), "\r\n"), 4U);
  const Ran none = run({"--events", "feed.ndjson", "--csv-type", "Staff"});
  EXPECT_EQ(none.code, 2) << none.err;
  EXPECT_NE(none.err.find("no feed is one"), std::string::npos) << none.err;
}

TEST_F(Formats, RowsThatEndWithCrAloneAreRefused) {
  dir.write("old.csv", "staff_no,name\rS07,Wu\rS08,Li\r");
  const Ran all = run({"--events", "old.csv", "--csv-type", "Staff", "--csv-key", "staff_no"});
  EXPECT_EQ(all.code, 3) << all.out;
  EXPECT_NE(all.err.find("CR alone"), std::string::npos) << all.err;
  dir.write("mixed.csv", "staff_no,name\r\nS07,Wu\rS08,\"Li\r\nS09,Wen\r\r\n");
  const Ran one = run({"--events", "mixed.csv", "--csv-type", "Staff", "--csv-key", "staff_no"});
  EXPECT_EQ(one.code, 1) << one.out;
  EXPECT_NE(one.err.find("mixed.csv:2: lines that end with CR alone"), std::string::npos)
      << one.err;
  EXPECT_NE(one.out.find("1 reference row"), std::string::npos) << one.out;
}

// They differ behind all that is kept of them.
TEST_F(Formats, LongLinesThatBeginAlikeAreTwo) {
  std::string feed = sample_feed();
  for (const char end : {'a', 'b', 'a'}) feed += std::string(3 << 20, 'x') + end + "\n";
  const Ran ran = run({"--events", "-"}, feed);
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_EQ(count(list("incidents"), "longer than 1 MB"), 2U);
  EXPECT_NE(list("incidents").find("(3145729 bytes, "), std::string::npos);
  run({"--events", "-"}, feed);
  EXPECT_EQ(count(list("incidents"), "longer than 1 MB"), 2U);
}

}  // namespace
}  // namespace duban::test::formats_test
