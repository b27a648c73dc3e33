// Goal: a listing that is asked for by what nobody knows says so, instead of being empty.

#include <gtest/gtest.h>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::filters_test {
namespace {

class Filters : public testing::Test {
 protected:
  void SetUp() override {
    dir.write("feed.ndjson", sample_feed());
    ASSERT_EQ(duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--shards", "2", "--events",
                          "feed.ndjson", "--until", "2026-04-20"})
                  .code,
              0);
  }
  Ran list(std::vector<std::string> words) const {
    words.insert(words.begin(), "list");
    words.insert(words.end(), {"--db", "a.db", "--format", "csv"});
    return duban(dir, words);
  }
  // Without its heading.
  size_t rows(const std::vector<std::string>& words) const {
    const Ran ran = list(words);
    EXPECT_EQ(ran.code, 0) << ran.err;
    return count(ran.out, "\r\n") - 1;
  }
  void expect_misuse(const std::vector<std::string>& words, const std::string& said) const {
    const Ran ran = list(words);
    EXPECT_EQ(ran.code, 2) << ran.err;
    EXPECT_EQ(ran.out, "");
    EXPECT_NE(ran.err.find(said), std::string::npos) << ran.err;
  }

  const SampleProject project;
  const TempDir& dir = project.dir;
};

TEST_F(Filters, EitherNameIsKnown) {
  EXPECT_EQ(rows({"events", "--type", "bill_issued"}), 3U);
  EXPECT_EQ(rows({"events", "--type", "电费发行"}), 3U);
  EXPECT_EQ(rows({"notices", "--type", "账单提醒"}), 3U);
  EXPECT_EQ(rows({"cases", "--type", "催费事项"}), 3U);
  EXPECT_EQ(rows({"cases", "--policy", "催费"}), 3U);
  EXPECT_EQ(rows({"subjects", "--type", "客户"}), 2U);
  EXPECT_EQ(rows({"incidents", "--type", "提示"}), 0U);
  EXPECT_EQ(rows({"notices", "--status", "given up"}), 0U);
  EXPECT_EQ(rows({"tasks", "--type", "no such title"}), 0U);  // a text, not a name
}

TEST_F(Filters, WhatNobodyKnowsIsRefused) {
  expect_misuse({"tasks", "--status", "opne"}, "did you mean `open`?");
  expect_misuse({"tasks", "--status", "queued"}, "known are open, done, cancelled, expired");
  expect_misuse({"cases", "--policy", "Bils"}, "did you mean `Bills`?");
  expect_misuse({"events", "--type", "bill_isued"}, "did you mean `bill_issued`?");
  expect_misuse({"notices", "--type", "Collection"}, "bill_reminder");
  expect_misuse({"incidents", "--type", "lines"}, "did you mean `line`?");
  expect_misuse({"cases", "--type", "催费事", "--lang", "zh"}, "是否指“催费事项”？");
}

TEST_F(Filters, WhatAListingHasNotIsRefused) {
  expect_misuse({"versions", "--status", "open"}, "versions cannot be filtered by status");
  expect_misuse({"cases", "--person", "S01"}, "cases cannot be filtered by person");
  expect_misuse({"cases", "--due-before", "2026-04-01"}, "cases cannot be filtered by due-before");
}

// Due at 17:00 of 03-31 and of 04-10 in Shanghai.
TEST_F(Filters, DueBeforeIsATime) {
  ASSERT_EQ(rows({"tasks"}), 2U) << list({"tasks"}).out;
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-03-31"}), 0U);
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-04-01"}), 1U);
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-03-31T09:01:00Z"}), 1U);
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-03-31T09:00:00Z"}), 0U);
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-03-31T17:00:30+08:00"}), 1U);
  EXPECT_EQ(rows({"tasks", "--due-before", "2026-03-31T16:59:00+07:00"}), 1U);
  expect_misuse({"tasks", "--due-before", "soon"}, "`soon` is not a date or time");
  expect_misuse({"tasks", "--due-before", "2026-02-30"}, "is not a date or time");
}

}  // namespace
}  // namespace duban::test::filters_test
