// Goal: rows written together are those given, in order, of every kind of cell.
#include <map>
#include <random>

#include "runtime/slot_index.h"
#include "runtime/sqlite_rows.h"
#include "tests/runtime/fixture.h"

namespace duban {
namespace {

std::string all(SQLite::Database& database) {
  SQLite::Statement row(database, "SELECT n, t, quote(b), typeof(t) FROM one ORDER BY n");
  std::string out;
  while (row.executeStep()) {
    for (int i = 0; i < 4; ++i) out += row.getColumn(i).getString() + ' ';
    out += '\n';
  }
  return out;
}

TEST(Rows, AreWrittenAsGiven) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  know_rows(database);
  database.exec("CREATE TABLE one(n INTEGER PRIMARY KEY, t TEXT, b BLOB)");
  Rows rows(database, insert_all("one", 3), 3);
  rows.integer(2).text("二").id({1, 0xabcULL << 52}).end_row();
  rows.integer(1).text_or_null("").blob(std::string_view("\0x", 2)).end_row();
  rows.integer(3).text("").null().end_row();
  EXPECT_EQ(all(database), "") << "not before they are flushed";
  rows.flush();
  rows.flush();
  EXPECT_EQ(all(database),
            "1  X'0078' null \n2 二 X'0000000000000001ABC0000000000000' text \n3  NULL text \n");
  for (int i = 10; i < 10'000; ++i) {
    const std::string text = "text " + std::to_string(i);
    rows.integer(i).text(text).null().end_row();
  }
  rows.flush();
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM one WHERE t = 'text ' || n").getInt(), 9990);
}

TEST(Rows, OfAFailedTransactionAreGone) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  know_rows(database);
  database.exec("CREATE TABLE one(n INTEGER PRIMARY KEY, t TEXT NOT NULL, b BLOB)");
  Rows rows(database, insert_all("one", 3), 3);
  {
    SQLite::Transaction transaction(database);
    rows.integer(1).text("a").null().end_row();
    rows.integer(2).null().null().end_row();
    EXPECT_THROW(rows.flush(), SQLite::Exception);
  }
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM one").getInt(), 0);
  rows.integer(3).text("c").null().end_row();
  rows.forget();
  rows.integer(4).text("d").null().end_row();
  rows.flush();
  EXPECT_EQ(database.execAndGet("SELECT group_concat(n) FROM one").getString(), "4");
}

TEST(SlotIndex, AgreesWithAMap) {
  SlotIndex index;
  std::map<uint32_t, uint32_t> model;  // slot → hash
  std::mt19937 random(5);
  for (uint32_t i = 0; i < 50'000; ++i) {
    const uint32_t slot = random() % 500, hash = slot % 7 * 0x10001U + slot % 3;  // few hashes
    const auto known = model.find(slot);
    if (known == model.end()) {
      index.insert(hash, slot);
      model[slot] = hash;
    } else if (random() % 2 == 0) {
      index.erase(known->second, slot);
      model.erase(known);
    }
    const uint32_t other = random() % 500, its = other % 7 * 0x10001U + other % 3;
    const uint32_t found = index.find(its, [&](uint32_t s) { return s == other; });
    EXPECT_EQ(found, model.contains(other) ? other : SlotIndex::kNone);
    EXPECT_EQ(index.size(), model.size());
  }
}

}  // namespace
}  // namespace duban
