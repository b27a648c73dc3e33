#include "runtime/sqlite_insert.h"

#include <sqlite3.h>

#include <bit>
#include <cassert>
#include <cstring>

namespace duban {
namespace {

constexpr size_t kRowsAtOnce = 16;

// Highest byte first, so that hex(id) reads as Digest::to_hex() and prefixes are ranges.
template <typename Bytes>
void spell(const Digest& id, Bytes& bytes) {
  uint64_t halves[] = {id.high, id.low};
  if constexpr (std::endian::native == std::endian::little) {
    for (uint64_t& half : halves) half = __builtin_bswap64(half);
  }
  static_assert(sizeof halves == std::tuple_size_v<Bytes>);
  std::memcpy(bytes.data(), halves, sizeof halves);
}

std::string row_of(size_t columns) {
  std::string row = "(?";
  for (size_t i = 1; i < columns; ++i) row += ",?";
  return row + ')';
}

}  // namespace

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
  std::array<unsigned char, 16>& bytes = ids_.at(ids_used_++);
  spell(id, bytes);
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

std::string insert_into(const std::string& table, size_t columns) {
  return "INSERT INTO " + table + " VALUES" + row_of(columns);
}

// ---- several rows at once

InsertRows::InsertRows(SQLite::Database& database, std::string table, size_t columns)
    : database_(database), table_(std::move(table)), columns_(columns) {
  many_.rows = kRowsAtOnce;
  cells_.resize(kRowsAtOnce * columns_);
  prepare(one_);
}

InsertRows::~InsertRows() {
  sqlite3_finalize(one_.handle);
  sqlite3_finalize(many_.handle);
}

void InsertRows::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), code);
}

// Or fail: rows before a bad one need not be taken back, as all of the transaction is.
void InsertRows::prepare(Statement& statement) {
  std::string sql = "INSERT OR FAIL INTO " + table_ + " VALUES";
  for (size_t i = 0; i < statement.rows; ++i) sql += (i == 0 ? "" : ",") + row_of(columns_);
  statement.bound.assign(statement.rows * columns_, Cell());
  check(sqlite3_prepare_v3(database_.getHandle(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &statement.handle, nullptr));
}

InsertRows& InsertRows::add(Cell cell) {
  assert(cells_used_ < cells_.size());
  cells_[cells_used_++] = cell;
  return *this;
}

InsertRows& InsertRows::integer(int64_t value) {
  return add({Cell::Kind::integer, nullptr, value});
}

InsertRows& InsertRows::text(std::string_view value) {
  return add(
      {Cell::Kind::text, value.empty() ? "" : value.data(), static_cast<int64_t>(value.size())});
}

InsertRows& InsertRows::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

InsertRows& InsertRows::copied(std::string_view value) {
  if (copies_used_ == copies_.size()) copies_.emplace_back();
  std::string& copy = copies_[copies_used_++];
  copy = value;
  return text(copy);
}

InsertRows& InsertRows::copied_or_null(std::string_view value) {
  return value.empty() ? null() : copied(value);
}

InsertRows& InsertRows::id(const Digest& id) {
  if (id == Digest{}) return null();
  if (ids_used_ == ids_.size()) ids_.emplace_back();
  std::array<char, 16>& bytes = ids_[ids_used_++];
  spell(id, bytes);
  return add({Cell::Kind::blob, bytes.data(), static_cast<int64_t>(bytes.size())});
}

InsertRows& InsertRows::null() { return add({Cell::Kind::null, nullptr, 0}); }

void InsertRows::end_row() {
  assert(cells_used_ % columns_ == 0);
  if (cells_used_ < cells_.size()) return;
  if (many_.handle == nullptr) prepare(many_);
  run(many_, cells_.data());
  forget();
}

void InsertRows::flush() {
  for (size_t at = 0; at < cells_used_; at += columns_) run(one_, &cells_[at]);
  forget();
}

void InsertRows::forget() { cells_used_ = copies_used_ = ids_used_ = 0; }

void InsertRows::bind(sqlite3_stmt* statement, int place, const Cell& cell) {
  switch (cell.kind) {
    case Cell::Kind::integer:
      return check(sqlite3_bind_int64(statement, place, cell.number));
    case Cell::Kind::text:
      return check(sqlite3_bind_text64(statement, place, cell.data,
                                       static_cast<uint64_t>(cell.number), SQLITE_STATIC,
                                       SQLITE_UTF8));
    case Cell::Kind::blob:
      return check(sqlite3_bind_blob64(statement, place, cell.data,
                                       static_cast<uint64_t>(cell.number), SQLITE_STATIC));
    case Cell::Kind::none:
    case Cell::Kind::null:
      return check(sqlite3_bind_null(statement, place));
  }
}

void InsertRows::run(Statement& statement, const Cell* cells) {
  for (size_t i = 0; i < statement.bound.size(); ++i) {
    // A statement keeps what is bound, and reads texts and blobs where they lie only when it runs.
    Cell& bound = statement.bound[i];
    if (bound == cells[i]) continue;
    bind(statement.handle, static_cast<int>(i) + 1, cells[i]);
    bound = cells[i];
  }
  const int code = sqlite3_step(statement.handle);
  const int reset = sqlite3_reset(statement.handle);
  if (code != SQLITE_DONE) throw SQLite::Exception(database_.getHandle(), code);
  check(reset);
}

}  // namespace duban
