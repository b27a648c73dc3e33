// Statements that are run again and again with other values: no copies, no locks, no look-ups.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "engine/digest.h"

struct sqlite3_stmt;

namespace duban {

// Binds one value after the other to ?1, ?2, …; then run(). Texts and blobs are not copied: they
// must live until run() returns. Throws SQLite::Exception.
class Insert {
 public:
  Insert(SQLite::Database& database, const std::string& sql);
  ~Insert();
  Insert(const Insert&) = delete;
  Insert& operator=(const Insert&) = delete;

  Insert& integer(int64_t value);
  Insert& text(std::string_view value);
  Insert& text_or_null(std::string_view value);  // empty = null
  Insert& blob(std::string_view value);
  Insert& id(const Digest& id);  // 16 bytes; null when zero. At most four of a row
  Insert& null();
  void run();
  void forget();  // what was bound: it failed half-way

 private:
  void check(int code) const;

  SQLite::Database& database_;
  sqlite3_stmt* statement_ = nullptr;
  int at_ = 0;
  std::array<std::array<unsigned char, 16>, 4> ids_{};
  size_t ids_used_ = 0;
};

// Rows for a table, several in one statement: a statement of its own for each would cost a quarter
// more. Texts and blobs are not copied unless it says so: they must live until flush() returns.
// Throws SQLite::Exception; the transaction is to be rolled back then, as some rows may be there.
class InsertRows {
 public:
  InsertRows(SQLite::Database& database, std::string table, size_t columns);
  ~InsertRows();
  InsertRows(const InsertRows&) = delete;
  InsertRows& operator=(const InsertRows&) = delete;

  // One value after the other, then end_row().
  InsertRows& integer(int64_t value);
  InsertRows& text(std::string_view value);
  InsertRows& text_or_null(std::string_view value);  // empty = null
  InsertRows& copied(std::string_view text);
  InsertRows& copied_or_null(std::string_view text);  // empty = null
  InsertRows& id(const Digest& id);                   // 16 bytes; null when zero
  InsertRows& null();
  void end_row();
  void flush();   // all rows so far are in the table
  void forget();  // those that are not: it failed half-way

 private:
  // A value as it is bound.
  struct Cell {
    enum class Kind : uint8_t { none, null, integer, text, blob } kind = Kind::none;
    const char* data = nullptr;
    int64_t number = 0;  // or how many bytes
    bool operator==(const Cell&) const = default;
  };
  struct Statement {
    sqlite3_stmt* handle = nullptr;  // null: not yet needed
    size_t rows = 1;
    std::vector<Cell> bound;
  };

  InsertRows& add(Cell cell);
  void run(Statement& statement, const Cell* cells);
  void bind(sqlite3_stmt* statement, int place, const Cell& cell);
  void prepare(Statement& statement);
  void check(int code) const;

  SQLite::Database& database_;
  std::string table_;
  size_t columns_;
  Statement one_, many_;
  std::vector<Cell> cells_;         // room for the rows of one statement
  std::deque<std::string> copies_;  // of their texts; of these `copies_used_` are in use
  std::deque<std::array<char, 16>> ids_;
  size_t cells_used_ = 0, copies_used_ = 0, ids_used_ = 0;
};

// `INSERT INTO table VALUES(?,?,…)`.
std::string insert_into(const std::string& table, size_t columns);

}  // namespace duban
