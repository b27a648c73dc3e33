#include "runtime/sqlite_rows.h"

#include <sqlite3.h>

#include <new>

namespace duban {
namespace {

constexpr size_t kColumnsMax = 24;  // of a table that is written so
constexpr size_t kCellsMax = 4096;  // kept before they are written: they stay in the cache
constexpr const char* kPointerType = "duban-rows";

}  // namespace

// SQLite's way to read them: a table-valued function `given_rows(source)`.
struct RowsCursor : sqlite3_vtab_cursor {
  const Rows* source = nullptr;
  size_t first = 0;  // cell of the row at hand

  static RowsCursor* of(sqlite3_vtab_cursor* cursor) { return static_cast<RowsCursor*>(cursor); }

  static int connect(sqlite3* database, void*, int, const char* const*, sqlite3_vtab** table,
                     char**) {
    std::string declaration = "CREATE TABLE given_rows(";
    for (size_t i = 0; i < kColumnsMax; ++i) declaration += "c" + std::to_string(i) + ",";
    const int code = sqlite3_declare_vtab(database, (declaration + "source HIDDEN)").c_str());
    if (code != SQLITE_OK) return code;
    *table = new (std::nothrow) sqlite3_vtab{};
    return *table != nullptr ? SQLITE_OK : SQLITE_NOMEM;
  }
  static int disconnect(sqlite3_vtab* table) {
    delete table;
    return SQLITE_OK;
  }
  static int best_index(sqlite3_vtab*, sqlite3_index_info* info) {
    for (int i = 0; i < info->nConstraint; ++i) {
      const auto& constraint = info->aConstraint[i];
      if (constraint.iColumn != static_cast<int>(kColumnsMax) || constraint.usable == 0) continue;
      info->aConstraintUsage[i].argvIndex = 1;
      info->aConstraintUsage[i].omit = 1;
      return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;  // nothing to read without its source
  }
  static int open(sqlite3_vtab*, sqlite3_vtab_cursor** cursor) {
    *cursor = new (std::nothrow) RowsCursor{};
    return *cursor != nullptr ? SQLITE_OK : SQLITE_NOMEM;
  }
  static int close(sqlite3_vtab_cursor* cursor) {
    delete of(cursor);
    return SQLITE_OK;
  }
  static int filter(sqlite3_vtab_cursor* cursor, int, const char*, int, sqlite3_value** values) {
    of(cursor)->source = static_cast<const Rows*>(sqlite3_value_pointer(values[0], kPointerType));
    of(cursor)->first = 0;
    return SQLITE_OK;
  }
  static int next(sqlite3_vtab_cursor* cursor) {
    of(cursor)->first += of(cursor)->source->columns_;
    return SQLITE_OK;
  }
  static int eof(sqlite3_vtab_cursor* cursor) {
    const Rows* source = of(cursor)->source;
    return source == nullptr || of(cursor)->first >= source->cells_.size() ? 1 : 0;
  }
  static int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int index) {
    const Rows& source = *of(cursor)->source;
    if (static_cast<size_t>(index) >= source.columns_) return SQLITE_OK;
    using Kind = Rows::Cell::Kind;
    const Rows::Cell& cell = source.cells_[of(cursor)->first + static_cast<size_t>(index)];
    const char* bytes = source.bytes_.data() + cell.value;
    switch (cell.kind) {
      case Kind::null:
        break;
      case Kind::integer:
        sqlite3_result_int64(context, cell.value);
        break;
      case Kind::text:
        sqlite3_result_text64(context, bytes, cell.size, SQLITE_STATIC, SQLITE_UTF8);
        break;
      case Kind::blob:
        sqlite3_result_blob64(context, bytes, cell.size, SQLITE_STATIC);
        break;
    }
    return SQLITE_OK;
  }
  static int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* id) {
    *id = static_cast<sqlite3_int64>(of(cursor)->first);
    return SQLITE_OK;
  }
};

namespace {

// No xCreate: it exists in every connection that knows the module, and nowhere on disk.
const sqlite3_module* rows_module() {
  static const sqlite3_module kModule = [] {
    sqlite3_module module{};
    module.xConnect = RowsCursor::connect;
    module.xBestIndex = RowsCursor::best_index;
    module.xDisconnect = RowsCursor::disconnect;
    module.xOpen = RowsCursor::open;
    module.xClose = RowsCursor::close;
    module.xFilter = RowsCursor::filter;
    module.xNext = RowsCursor::next;
    module.xEof = RowsCursor::eof;
    module.xColumn = RowsCursor::column;
    module.xRowid = RowsCursor::rowid;
    return module;
  }();
  return &kModule;
}

}  // namespace

void know_rows(SQLite::Database& database) {
  const int code =
      sqlite3_create_module_v2(database.getHandle(), "given_rows", rows_module(), nullptr, nullptr);
  if (code != SQLITE_OK) throw SQLite::Exception(database.getHandle(), code);
}

Rows::Rows(SQLite::Database& database, const std::string& sql, size_t columns)
    : database_(database), columns_(columns) {
  check(sqlite3_prepare_v3(database.getHandle(), sql.c_str(), static_cast<int>(sql.size()) + 1,
                           SQLITE_PREPARE_PERSISTENT, &statement_, nullptr));
}

Rows::~Rows() { sqlite3_finalize(statement_); }

void Rows::check(int code) const {
  if (code != SQLITE_OK) throw SQLite::Exception(database_.getHandle(), code);
}

void Rows::put(Cell::Kind kind, std::string_view bytes) {
  cells_.push_back(
      {kind, static_cast<uint32_t>(bytes.size()), static_cast<int64_t>(bytes_.size())});
  bytes_ += bytes;
}

Rows& Rows::integer(int64_t value) {
  cells_.push_back({Cell::Kind::integer, 0, value});
  return *this;
}

Rows& Rows::text(std::string_view value) {
  put(Cell::Kind::text, value);
  return *this;
}

Rows& Rows::text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }

Rows& Rows::blob(std::string_view value) {
  put(Cell::Kind::blob, value);
  return *this;
}

Rows& Rows::id(const Digest& id) {
  if (id == Digest{}) return null();
  // Highest byte first, so that hex(id) reads as Digest::to_hex() and prefixes are ranges.
  char bytes[16];
  for (size_t i = 0; i < 8; ++i) {
    bytes[i] = static_cast<char>(id.high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<char>(id.low >> (56 - 8 * i));
  }
  return blob({bytes, sizeof bytes});
}

Rows& Rows::null() {
  cells_.emplace_back();
  return *this;
}

void Rows::end_row() {
  if (cells_.size() >= kCellsMax) flush();
}

void Rows::flush() {
  if (cells_.empty()) return;
  int code = sqlite3_bind_pointer(statement_, 1, this, kPointerType, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement_);
  const int reset = sqlite3_reset(statement_);
  forget();
  if (code != SQLITE_DONE) throw SQLite::Exception(database_.getHandle(), code);
  check(reset);
}

std::string select_rows(size_t columns) {
  std::string sql = " SELECT c0";
  for (size_t i = 1; i < columns; ++i) sql += ",c" + std::to_string(i);
  return sql + " FROM given_rows(?1)";
}

// OR FAIL: what came before a row that fails need not be undone by itself; the transaction is.
std::string insert_all(const std::string& table, size_t columns) {
  return "INSERT OR FAIL INTO " + table + select_rows(columns);
}

}  // namespace duban
