// CSV reading: cells, lines and what is wrong with a text.
#include "engine/csv.h"

#include <gtest/gtest.h>

namespace duban::csv_test {
namespace {

using Cells = std::vector<std::string>;

TEST(Csv, ReadsHeaderAndRows) {
  const auto table = read_csv("date,is_workday\n2026-01-01,0\n2026-01-02,1\n");
  ASSERT_TRUE(table);
  EXPECT_EQ(table->header.cells, (Cells{"date", "is_workday"}));
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1].cells, (Cells{"2026-01-02", "1"}));
  EXPECT_EQ(table->rows[1].line, 3u);
  EXPECT_EQ(table->column("is_workday"), 1u);
  EXPECT_FALSE(table->column("name"));
}

TEST(Csv, QuotesBlanksAndLineEnds) {
  const auto table = read_csv("\xef\xbb\xbfname,note\r\n\r\n  李明 ,\"a, \"\"b\"\"\nc\"\r\nx,\r\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].cells, (Cells{"李明", "a, \"b\"\nc"}));
  EXPECT_EQ(table->rows[0].line, 3u);
  EXPECT_EQ(table->rows[1].cells, (Cells{"x", ""}));
  EXPECT_EQ(table->rows[1].line, 5u);
}

TEST(Csv, LastLineWithoutItsEnd) {
  const auto table = read_csv("a,b\n1,2");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0].line, 2u);
}

struct Bad {
  const char* text;
  const char* place;
};

TEST(Csv, ErrorsNameTheLine) {
  for (const Bad& bad : {Bad{"", "line 1"}, Bad{"a,b\n1\n", "line 2"}, Bad{"a,a\n", "line 1"},
                         Bad{"a,b\n1,\"2\n", "line 2"}, Bad{"a,b\n1,2\n3,x\"y\n", "line 3"}}) {
    const auto table = read_csv(bad.text);
    ASSERT_FALSE(table) << bad.text;
    EXPECT_EQ(table.error().place, bad.place) << bad.text;
  }
}

}  // namespace
}  // namespace duban::csv_test
