// An open database file: the connection, the writer's lock, the schema's version.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <memory>
#include <optional>
#include <string>

#include "engine/digest.h"
#include "engine/result.h"
#include "engine/value.h"
#include "runtime/sqlite_store.h"

namespace duban {

// So many pages of SQLite's own log are copied into the database at once; a page that changes often
// is written once for all its changes.
constexpr int kLogPagesMax = 20'000;

// Held for the lifetime of a writer, by flock on a file beside the database.
class WriterLock {
 public:
  static Result<std::unique_ptr<WriterLock>> take(const std::string& database_path);
  ~WriterLock();
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  explicit WriterLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

struct OpenDatabase {
  std::unique_ptr<WriterLock> lock;  // null: read-only
  std::unique_ptr<SQLite::Database> connection;
};

// Never throws. Creates or migrates the schema when writing.
Result<OpenDatabase> open_database(const std::string& path, OpenMode mode);

// Creates the schema (`version` 0), or brings it from `version`, at least the oldest, to the
// newest. Inside the caller's transaction.
int schema_version();
int oldest_schema_version();
void migrate(SQLite::Database& database, int version);

// Carries an error through code that throws.
struct StoreFailure {
  Error error;
};

// What SQLite says, in words that help.
Error database_error(const SQLite::Exception& exception, const std::string& path);

// What `work` returns, or what it threw as an error.
template <typename Work>
auto guarded(const std::string& path, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return database_error(exception, path);
  } catch (const StoreFailure& failure) {
    return failure.error;
  }
}

// ---- binding and reading

// Binds one value after the other to ?1, ?2, …. Texts are copied; a blob must live until the
// statement ran.
class Binder {
 public:
  explicit Binder(SQLite::Statement& statement) : statement_(statement) { statement_.reset(); }
  Binder& integer(int64_t value);
  Binder& text(std::string_view value);
  Binder& text_or_null(std::string_view value);  // empty = null
  Binder& blob(std::string_view value);
  Binder& id(const Digest& id);  // 16 bytes; null when zero
  Binder& null();
  void run() { statement_.exec(); }

 private:
  SQLite::Statement& statement_;
  int at_ = 0;
};

std::string id_bytes(const Digest& id);
std::string_view blob_of(const SQLite::Column& column);  // valid until the statement moves
Digest id_of(const SQLite::Column& column);
Key key_of(const SQLite::Column& entity, const SQLite::Column& key);
Error damaged(const std::string& what, const std::string& in_chinese);

}  // namespace duban
