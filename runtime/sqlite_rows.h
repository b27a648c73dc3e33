// Rows for one table, written many at a time: a statement of its own for each row would cost three
// times as much as the row.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/digest.h"

struct sqlite3_stmt;

namespace duban {

// The cells of rows to come, in order; flush() writes them. Texts and blobs are copied. Throws
// SQLite::Exception; the transaction is to be given up then.
class Rows {
 public:
  // `sql` reads them as the table `given_rows(?1)` with the columns c0, c1, …: see insert_all().
  Rows(SQLite::Database& database, const std::string& sql, size_t columns);
  ~Rows();
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  Rows& integer(int64_t value);
  Rows& text(std::string_view value);
  Rows& text_or_null(std::string_view value);  // empty = null
  Rows& blob(std::string_view value);
  Rows& id(const Digest& id);  // 16 bytes; null when zero
  Rows& null();
  void end_row();  // writes, when there are many
  void flush();
  void forget() {
    cells_.clear();
    bytes_.clear();
  }

 private:
  friend struct RowsCursor;
  struct Cell {
    enum class Kind : uint8_t { null, integer, text, blob } kind = Kind::null;
    uint32_t size = 0;
    int64_t value = 0;  // texts and blobs: where they begin in `bytes_`
  };

  void check(int code) const;
  void put(Cell::Kind kind, std::string_view bytes);

  SQLite::Database& database_;
  size_t columns_;
  sqlite3_stmt* statement_ = nullptr;
  std::vector<Cell> cells_;
  std::string bytes_;
};

// Once for each connection.
void know_rows(SQLite::Database& database);

// `INSERT INTO table` of all columns.
std::string insert_all(const std::string& table, size_t columns);
// ` SELECT c0, c1, … FROM given_rows(?1)`, for more particular inserts.
std::string select_rows(size_t columns);

}  // namespace duban
