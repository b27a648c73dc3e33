#include "runtime/sqlite_insert.h"

#include <sqlite3.h>

namespace duban {

Insert::Insert(SQLite::Database& database, const std::string& sql) : database_(database) {
  check(sqlite3_prepare_v3(database.getHandle(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

Insert::~Insert() { sqlite3_finalize(statement_); }

void Insert::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), code);
}

Insert& Insert::integer(int64_t value) {
  check(sqlite3_bind_int64(statement_, ++at_, value));
  return *this;
}

Insert& Insert::text(std::string_view value) {
  check(sqlite3_bind_text64(statement_, ++at_, value.empty() ? "" : value.data(), value.size(),
                            SQLITE_STATIC, SQLITE_UTF8));
  return *this;
}

Insert& Insert::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

Insert& Insert::blob(std::string_view value) {
  check(sqlite3_bind_blob64(statement_, ++at_, value.empty() ? "" : value.data(), value.size(),
                            SQLITE_STATIC));
  return *this;
}

Insert& Insert::id(const Digest& id) {
  if (id == Digest{}) return null();
  // Highest byte first, so that hex(id) reads as Digest::to_hex() and prefixes are ranges.
  std::array<unsigned char, 16>& bytes = ids_.at(ids_used_++);
  for (size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>((i < 8 ? id.high : id.low) >> (56 - 8 * (i % 8)));
  }
  check(sqlite3_bind_blob64(statement_, ++at_, bytes.data(), bytes.size(), SQLITE_STATIC));
  return *this;
}

Insert& Insert::null() {
  check(sqlite3_bind_null(statement_, ++at_));
  return *this;
}

void Insert::forget() {
  at_ = 0;
  ids_used_ = 0;
}

void Insert::run() {
  forget();
  const int code = sqlite3_step(statement_);
  const int reset = sqlite3_reset(statement_);
  if (code != SQLITE_DONE) throw SQLite::Exception(database_.getHandle(), code);
  check(reset);
}

std::string insert_into(const std::string& table, int columns) {
  std::string sql = "INSERT INTO " + table + " VALUES(?";
  for (int i = 1; i < columns; ++i) sql += ",?";
  return sql + ")";
}

}  // namespace duban
