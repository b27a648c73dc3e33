// Goal: rows that wait to be inserted together come out as they were given.
#include "runtime/sqlite_insert.h"

#include <gtest/gtest.h>

namespace duban::sqlite_insert_test {
namespace {

constexpr Digest kId{0x0123456789abcdef, 0xfedcba9876543210};

class InsertRowsTest : public ::testing::Test {
 protected:
  InsertRowsTest() { database_.exec("CREATE TABLE t(number INTEGER PRIMARY KEY, a, b TEXT, c)"); }

  // As `number|a|b|c` each; texts in quotes.
  std::string rows(const std::string& where) {
    SQLite::Statement row(database_,
                          "SELECT number, quote(a), quote(b), quote(c) FROM t WHERE " + where);
    std::string out;
    while (row.executeStep()) {
      for (int i = 0; i < 4; ++i) out += (i == 0 ? "" : "|") + row.getColumn(i).getString();
      out += '\n';
    }
    return out;
  }

  SQLite::Database database_{":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
};

TEST_F(InsertRowsTest, AllRowsAreThereAfterFlush) {
  InsertRows insert(database_, "t", 4);
  const std::string lasting = "lasting";
  const auto add = [&](int n) {
    insert.integer(n).id(n % 2 == 0 ? kId : Digest{});
    n % 3 == 0 ? insert.text(lasting) : insert.copied("row " + std::to_string(n));
    insert.copied_or_null(n % 5 == 0 ? "" : std::string(40, static_cast<char>('a' + n % 5)));
    insert.end_row();
  };
  for (const int count : {0, 1, 15, 16, 17, 50}) {
    database_.exec("DELETE FROM t");
    for (int n = 1; n <= count; ++n) add(n);
    insert.flush();
    EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM t").getInt(), count);
    for (int n = 1; n <= count; ++n) {
      const std::string number = std::to_string(n);
      EXPECT_EQ(rows("number = " + number),
                number + (n % 2 == 0 ? "|X'0123456789ABCDEFFEDCBA9876543210'" : "|NULL") + "|'" +
                    (n % 3 == 0 ? lasting : "row " + number) + "'|" +
                    (n % 5 == 0 ? "NULL"
                                : '\'' + std::string(40, static_cast<char>('a' + n % 5)) + '\'') +
                    '\n');
    }
  }
}

TEST_F(InsertRowsTest, ReadsAgainWhatLiesWhereSomethingElseLay) {
  InsertRows insert(database_, "t", 4);
  std::string text = "first";
  for (int n = 1; n <= 40; ++n) {
    text = n % 2 == 0 ? "first" : "other";
    insert.integer(n).null().text(text).text_or_null("").end_row();
    insert.flush();
  }
  EXPECT_EQ(rows("number = 40"), "40|NULL|'first'|NULL\n");
  EXPECT_EQ(rows("number = 39"), "39|NULL|'other'|NULL\n");
}

TEST_F(InsertRowsTest, AfterAFailureTheNextStartsAnew) {
  InsertRows insert(database_, "t", 4);
  database_.exec("INSERT INTO t VALUES(7, 0, 0, 0)");
  for (const int count : {10, 20}) {
    const auto fill = [&] {
      for (int n = 1; n <= count; ++n) insert.integer(n).null().null().null().end_row();
      insert.flush();
    };
    database_.exec("BEGIN");
    EXPECT_THROW(fill(), SQLite::Exception);
    database_.exec("ROLLBACK");
    insert.forget();
    insert.integer(99).null();
    insert.forget();  // half a row
    insert.integer(100 + count).null().text("good").null().end_row();
    insert.flush();
    EXPECT_EQ(rows("number <> 7 AND b = 'good' AND number = " + std::to_string(100 + count)),
              std::to_string(100 + count) + "|NULL|'good'|NULL\n");
  }
  EXPECT_EQ(database_.execAndGet("SELECT count(*) FROM t").getInt(), 3);
}

}  // namespace
}  // namespace duban::sqlite_insert_test
