// A statement that is run again and again with other values: no copies, no locks, no look-ups.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <array>
#include <string>
#include <string_view>

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

// `INSERT INTO table VALUES(?,?,…)`.
std::string insert_into(const std::string& table, int columns);

}  // namespace duban
