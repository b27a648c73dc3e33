// Goal: results line up in a terminal, whatever script they are in, and machines read them back.
// Method: made-up tables; columns are counted, not characters.

#include "cli/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace duban::cli::table_test {
namespace {

Table sample() {
  Table table;
  table.names = {"id", "title", "amount"};
  table.rows = {{"3fa2", "Phone Li Ming", "300.00"},
                {"91c0", "电话联系李明", "5,000.00"},
                {"a0", std::nullopt, "7"}};
  return table;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

TEST(Table, CountsWideCharactersTwice) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("电话"), 4U);
  EXPECT_EQ(display_width("，"), 2U);
  EXPECT_EQ(display_width("é"), 1U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
  EXPECT_EQ(display_width("𠮷"), 2U);
  EXPECT_EQ(display_width(""), 0U);
  EXPECT_EQ(display_width("\xff"), 1U);
}

TEST(Table, AlignsColumnsAcrossScripts) {
  EXPECT_EQ(to_text(sample(), {}),
            "id    title            amount\n"
            "3fa2  Phone Li Ming    300.00\n"
            "91c0  电话联系李明   5,000.00\n"
            "a0                          7\n");
}

TEST(Table, HeadingsAreUnderlinedOnlyInATerminal) {
  const auto plain = lines(to_text(sample(), {}));
  const auto terminal = lines(to_text(sample(), {.terminal = true, .width = 0}));
  EXPECT_EQ(plain.size(), 4U);
  ASSERT_EQ(terminal.size(), 5U);
  EXPECT_EQ(terminal[1], "────  ─────────────  ────────");
}

TEST(Table, ChineseHeadingsAlignToo) {
  Table table = sample();
  table.headings = {"编号", "标题", "金额"};
  const auto text = lines(to_text(table, {}));
  EXPECT_EQ(text[0], "编号  标题               金额");
  EXPECT_EQ(display_width(text[0]), display_width(text[2]));
}

TEST(Table, FitsATerminal) {
  Table table;
  table.names = {"id", "text", "note"};
  table.rows.push_back({"1", std::string(200, 'x'), "办法" + std::string(40, 'y')});
  for (size_t width : {24U, 33U, 80U, 120U}) {
    for (const std::string& line : lines(to_text(table, {.terminal = true, .width = width}))) {
      EXPECT_LE(display_width(line), width) << line;
    }
  }
  EXPECT_NE(to_text(table, {.terminal = true, .width = 60}).find("…"), std::string::npos);
  EXPECT_EQ(to_text(table, {}).find("…"), std::string::npos);
}

TEST(Table, ManyColumnsNeverBreakTheProgram) {
  Table table;
  table.rows.emplace_back();
  for (int i = 0; i < 40; ++i) {
    table.names.push_back("column" + std::to_string(i));
    table.rows[0].push_back("值" + std::to_string(i));
  }
  EXPECT_FALSE(to_text(table, {.terminal = true, .width = 10}).empty());
}

TEST(Table, ALongTableKeepsItsShape) {
  Table table;
  table.names = {"id", "名称"};
  for (int i = 0; i < 20'000; ++i) {
    table.rows.push_back({std::to_string(i), i % 2 == 0 ? "东方机械厂" : "East Mill"});
  }
  const auto text = lines(to_text(table, {}));
  ASSERT_EQ(text.size(), 20'001U);
  EXPECT_EQ(text[1], "    0  东方机械厂");
  EXPECT_EQ(text[20'000], "19999  East Mill");
}

TEST(Table, ShortensAtWholeCharacters) {
  EXPECT_EQ(shorten("Phone Li Ming", 20), "Phone Li Ming");
  EXPECT_EQ(shorten("Phone Li Ming", 8), "Phone L…");
  EXPECT_EQ(shorten("Phone Li Ming", 7), "Phone…");
  EXPECT_EQ(shorten("电话联系", 8), "电话联系");
  EXPECT_EQ(shorten("电话联系", 7), "电话联…");
  EXPECT_EQ(shorten("电话联系", 6), "电话…");
  EXPECT_EQ(shorten("电话联系", 1), "…");
  EXPECT_EQ(shorten("电话联系", 0), "");
}

TEST(Table, NothingFromAFeedReachesTheTerminalAsACommand) {
  EXPECT_EQ(printable("a\x1b[2Jb"), "a [2Jb");
  EXPECT_EQ(printable("one\r\ntwo\tthree"), "one two three");
  EXPECT_EQ(printable("a\u009b31mb"), "a 31mb");
  EXPECT_EQ(printable("电话\x7f"), "电话 ");
}

TEST(Table, LongDigitStringsAreNotNumbers) {
  Table table;
  table.names = {"phone"};
  table.rows = {{"13800000001234"}, {"1"}};
  EXPECT_EQ(to_text(table, {}), "phone\n13800000001234\n1\n");
}

TEST(Csv, QuotesWhatNeedsIt) {
  Table table;
  table.names = {"a", "b,c", "d"};
  table.rows = {{"plain", "with \"quotes\"", "two\nlines"}, {std::nullopt, "", " blank "}};
  EXPECT_EQ(to_csv(table),
            "a,\"b,c\",d\r\n"
            "plain,\"with \"\"quotes\"\"\",\"two\nlines\"\r\n"
            ",,\" blank \"\r\n");
}

TEST(Json, KeepsTypesAndNothing) {
  Table table;
  table.names = {"version", "note"};
  table.rows = {{"3", "3"}, {"x", std::nullopt}};
  EXPECT_EQ(to_json(table, {"version"}), R"([{"version":3,"note":"3"},{"version":"x","note":null}])"
                                         "\n");
}

}  // namespace
}  // namespace duban::cli::table_test
