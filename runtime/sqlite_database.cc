#include "runtime/sqlite_database.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "runtime/sqlite_vfs.h"
#include "runtime/system_error.h"

namespace duban {
namespace {

constexpr int kApplicationId = 0x44554241;  // "DUBA"
constexpr int kBusyMs = 5000;
constexpr sqlite3_int64 kBlockBytes = 1 << 16;  // SQLite reads and writes less than 128 kB at once

Result<bool> exists(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT) return false;
    return system_error("cannot be opened", "无法打开", errno, path);
  }
  if (S_ISDIR(info.st_mode)) {
    return Error{"is a folder, not a database", path, {}, "是目录，不是数据库", {}};
  }
  return true;
}

// Whether it lies whole on a file system that nobody can write to: SQLite must be told, as it
// cannot make the files there that readers and a writer share.
bool cannot_change(const std::string& path) {
  struct stat log {};
  if (::stat((path + "-wal").c_str(), &log) == 0 && log.st_size > 0) return false;
  return ::access(path.c_str(), W_OK) != 0 && errno == EROFS;
}

// Whether reading fails for this: the files that readers and a writer share are there while
// somebody writes, and otherwise made by who reads. Reading without them would be wrong as soon as
// a writer comes.
bool cannot_share(const std::string& path) {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  return ::access((path + "-shm").c_str(), F_OK) != 0 &&
         ::access(folder.empty() ? "." : folder.c_str(), W_OK) != 0 && errno == EACCES;
}

std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kDigits[byte / 16], kDigits[byte % 16]};
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

void configure(SQLite::Database& database, OpenMode mode) {
  database.setBusyTimeout(kBusyMs);
  database.exec("PRAGMA cache_size=-8192");
  database.exec("PRAGMA mmap_size=1073741824");
  if (mode == OpenMode::read_only) return;
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=" + std::to_string(kLogPagesMax));
  database.exec("PRAGMA temp_store=MEMORY");
}

// What a process wrote and could not sync before it died is read like all that is committed, and a
// power cut would still take it. Nothing may build on it, or be acknowledged because it is there,
// before it is on the disk. It is written once more, over itself: after an error some systems take
// for written what is not, and syncing alone would not mend that.
void make_durable(SQLite::Database& database) {
  const SQLite::Transaction nobody_else_writes(database, SQLite::TransactionBehavior::IMMEDIATE);
  const auto must = [](int code) {
    if (code != SQLITE_OK) throw SQLite::Exception(sqlite3_errstr(code), code);
  };
  sqlite3_file* log = nullptr;
  must(sqlite3_file_control(database.getHandle(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log));
  if (log == nullptr || log->pMethods == nullptr) return;
  sqlite3_int64 size = 0;
  must(log->pMethods->xFileSize(log, &size));
  if (size == 0) return;
  std::string block;
  for (sqlite3_int64 at = 0; at < size; at += kBlockBytes) {
    block.resize(static_cast<size_t>(std::min(size - at, kBlockBytes)));
    must(log->pMethods->xRead(log, block.data(), static_cast<int>(block.size()), at));
    must(log->pMethods->xWrite(log, block.data(), static_cast<int>(block.size()), at));
  }
  must(log->pMethods->xSync(log, SQLITE_SYNC_NORMAL));
}

Status check_and_migrate(SQLite::Database& database, const std::string& path, OpenMode mode) {
  const int application = database.execAndGet("PRAGMA application_id").getInt();
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const int tables = database.execAndGet("SELECT count(*) FROM sqlite_master").getInt();
  if (tables > 0 && application != kApplicationId) {
    return Error{"is a SQLite database, but not one of duban", path, "name another file",
                 "是 SQLite 数据库，但不是 duban 的数据库", "请指定其他文件"};
  }
  if (version > schema_version()) {
    return Error{"was written by a newer duban (schema " + std::to_string(version) +
                     ", this one knows " + std::to_string(schema_version()) + ")",
                 path, "use the newer program",
                 "由较新版本的 duban 写入（格式 " + std::to_string(version) + "，本程序最高支持 " +
                     std::to_string(schema_version()) + "）",
                 "请使用较新版本的程序"};
  }
  if (tables > 0 && version < oldest_schema_version()) {
    return Error{"was written by an older duban (schema " + std::to_string(version) +
                     ", this one reads " + std::to_string(oldest_schema_version()) + " and later)",
                 path, "use the program that wrote it, or feed its events into a new database",
                 "由较早版本的 duban 写入（格式 " + std::to_string(version) + "，本程序可读 " +
                     std::to_string(oldest_schema_version()) + " 及以后的格式）",
                 "请使用写入它的程序，或将其事件重新导入新数据库"};
  }
  if (version == schema_version()) return {};
  if (mode == OpenMode::read_only) {
    return tables == 0 ? Error{"is an empty database", path, "run or deploy first", "是空数据库",
                               "请先运行或部署"}
                       : Error{"was written by an older duban", path,
                               "open it once for writing, which brings it up to date",
                               "由较早版本的 duban 写入", "以写入方式打开一次即可升级"};
  }
  SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
  migrate(database, version);
  database.exec("PRAGMA application_id=" + std::to_string(kApplicationId));
  database.exec("PRAGMA user_version=" + std::to_string(schema_version()));
  transaction.commit();
  return {};
}

}  // namespace

Result<std::unique_ptr<WriterLock>> WriterLock::take(const std::string& database_path) {
  // Whatever name it is opened by, it is one database.
  std::error_code unknown;
  const std::filesystem::path real = std::filesystem::weakly_canonical(database_path, unknown);
  const std::string path = (unknown ? database_path : real.string()) + "-lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) {
    Error error = system_error("cannot be written", "无法写入", errno, path);
    error.hint = "check the folder and its permissions";
    error.chinese_hint = "请检查目录及其权限";
    return error;
  }
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    char owner[32] = {};
    const ssize_t size = ::pread(descriptor, owner, sizeof owner - 1, 0);
    ::close(descriptor);
    std::string who = "another process", who_chinese = "另一进程";
    if (size > 0) {
      who += " (" + std::string(owner) + ")";
      who_chinese += "（" + std::string(owner) + "）";
    }
    return Error{"is being written by " + who, database_path,
                 "stop it or wait for its end; reading is possible beside it",
                 "正由" + who_chinese + "写入", "请停止该进程或等待其结束；读取不受影响"};
  }
  const std::string me = "process " + std::to_string(::getpid());
  if (::ftruncate(descriptor, 0) != 0 ||
      ::pwrite(descriptor, me.data(), me.size(), 0) != static_cast<ssize_t>(me.size())) {
    spdlog::debug("the lock file does not say who holds it");  // of use to people only
  }
  return std::unique_ptr<WriterLock>(new WriterLock(descriptor));
}

// The file stays: removing it could take the lock from under a process that just opened it.
WriterLock::~WriterLock() { ::close(descriptor_); }

Error database_error(const SQLite::Exception& exception, const std::string& path) {
  switch (exception.getErrorCode()) {
    case SQLITE_NOTADB:
      return {"is not a database", path, "name another file", "不是数据库", "请指定其他文件"};
    case SQLITE_CORRUPT:
      return {"is damaged", path, "restore a backup", "已损坏", "请恢复备份"};
    case SQLITE_READONLY:
      return {"cannot be written", path, "check the permissions of file and folder", "无法写入",
              "请检查文件和目录的权限"};
    case SQLITE_FULL:
      return {"the disk is full", path, "make room; nothing acknowledged is lost", "磁盘已满",
              "请腾出空间；已确认的内容没有丢失"};
    case SQLITE_BUSY:
      return {"is locked by another program", path, "close that program", "被另一程序锁定",
              "请关闭该程序"};
    case SQLITE_CANTOPEN:
      return {"cannot be opened", path, "check the path and its permissions", "无法打开",
              "请检查路径及其权限"};
    default:
      return {std::string("database error: ") + exception.what(),
              path,
              {},
              std::string("数据库错误：") + exception.what(),
              {}};
  }
}

Result<OpenDatabase> open_database(const std::string& path, OpenMode mode) try {
  // Nobody asks how much memory SQLite uses, and each piece would be counted under a lock. Does
  // nothing when something else in this process had opened a database before.
  static const int uncounted = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  (void)uncounted;
  const Result<bool> there = exists(path);
  if (!there) return there.error();
  if (!*there && mode != OpenMode::create) {
    return Error{"there is no such database", path, "run or deploy creates it", "数据库不存在",
                 "运行或部署时会建立"};
  }
  OpenDatabase open;
  if (mode != OpenMode::read_only) {
    if (*there && ::access(path.c_str(), W_OK) != 0) {
      return Error{"cannot be written", path, "check the permissions of the file", "无法写入",
                   "请检查文件的权限"};
    }
    Result<std::unique_ptr<WriterLock>> lock = WriterLock::take(path);
    if (!lock) return lock.error();
    open.lock = std::move(*lock);
  }
  // A connection has one owner, which is one thread.
  const int flags = SQLite::OPEN_NOMUTEX |
                    (mode == OpenMode::read_only ? SQLite::OPEN_READONLY
                                                 : SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const bool writes = mode != OpenMode::read_only;
  open.connection =
      !writes && cannot_change(path)
          ? std::make_unique<SQLite::Database>(immutable_uri(path), flags | SQLite::OPEN_URI)
          : std::make_unique<SQLite::Database>(path, flags, 0, writes ? gathering_vfs() : "");
  configure(*open.connection, mode);
  if (Status status = check_and_migrate(*open.connection, path, mode); !status)
    return status.error();
  if (mode != OpenMode::read_only) make_durable(*open.connection);
  return open;
} catch (const SQLite::Exception& exception) {
  if (mode == OpenMode::read_only && cannot_share(path)) {
    return Error{"cannot be read without permission to write in its folder", path,
                 "`" + path + "-wal` and `" + path +
                     "-shm` must be made there, which readers and a writer share; give the "
                     "permission, or read a copy in another folder",
                 "没有其所在目录的写权限，无法读取",
                 "须在该目录中建立读写双方共用的 `" + path + "-wal` 和 `" + path +
                     "-shm`；请授予权限，或读取放在其他目录中的副本"};
  }
  return database_error(exception, path);
}

Binder& Binder::integer(int64_t value) {
  statement_.bind(++at_, value);
  return *this;
}

Binder& Binder::text(std::string_view value) {
  statement_.bind(++at_, std::string(value));
  return *this;
}

Binder& Binder::text_or_null(std::string_view value) {
  return value.empty() ? null() : text(value);
}

Binder& Binder::blob(std::string_view value) {
  statement_.bindNoCopy(++at_, value.empty() ? "" : value.data(), static_cast<int>(value.size()));
  return *this;
}

Binder& Binder::id(const Digest& id) {
  if (id == Digest{}) return null();
  const std::string bytes = id_bytes(id);
  statement_.bind(++at_, bytes.data(), static_cast<int>(bytes.size()));
  return *this;
}

Binder& Binder::null() {
  statement_.bind(++at_);
  return *this;
}

// Highest byte first, so that hex(id) reads as Digest::to_hex() and prefixes are ranges.
std::string id_bytes(const Digest& id) {
  std::string bytes;
  for (const uint64_t half : {id.high, id.low}) {
    for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(half >> shift & 0xff);
  }
  return bytes;
}

std::string_view blob_of(const SQLite::Column& column) {
  const void* data = column.getBlob();
  return {static_cast<const char*>(data),
          data == nullptr ? 0 : static_cast<size_t>(column.getBytes())};
}

Digest id_of(const SQLite::Column& column) {
  const std::string_view bytes = blob_of(column);
  Digest id;
  for (size_t i = 0; i < bytes.size() && i < 16; ++i) {
    uint64_t& half = i < 8 ? id.high : id.low;
    half = half << 8 | static_cast<uint8_t>(bytes[i]);
  }
  return id;
}

Key key_of(const SQLite::Column& entity, const SQLite::Column& key) {
  return Key{static_cast<uint16_t>(entity.getInt()), key.getString()};
}

Error damaged(const std::string& what, const std::string& in_chinese) {
  return Error{"the database is damaged: " + what + " cannot be read",
               {},
               "restore a backup",
               "数据库已损坏：" + in_chinese + "无法读取",
               "请恢复备份"};
}

}  // namespace duban
