#include "runtime/shard_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>

#include "engine/digest.h"
#include "runtime/sqlite_database.h"

namespace duban {
namespace {

bool is_there(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

Status write_shard_mark(const std::string& path, const ShardMark& mark) {
  return guarded(path, [&]() -> Status {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    database.exec("PRAGMA synchronous=FULL");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement row(database, "INSERT OR REPLACE INTO meta VALUES(?,?)");
    Binder(row).text("shard").integer(mark.shard.index).run();
    Binder(row).text("shards").integer(mark.shard.count).run();
    Binder(row).text("database").integer(mark.database).run();
    transaction.commit();
    return {};
  });
}

// Of a new database: no other has it.
int64_t new_identity(const std::string& path) {
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const Digest digest = DigestBuilder().add(path).add(int64_t{now}).add(int64_t{getpid()}).finish();
  return static_cast<int64_t>(digest.low);
}

// Nothing was ever deployed or taken.
Result<bool> is_empty(Store& store) {
  const Result<std::vector<StoredDeployment>> deployments = store.deployments();
  if (!deployments) return deployments.error();
  return deployments->empty() && store.log().last() == 0;
}

Error has_other_number(const std::string& path, uint32_t shards) {
  const std::string number = std::to_string(shards);
  return Error{"has " + number + (shards == 1 ? " shard" : " shards") +
                   ", a number that is fixed when a database is made",
               path, "leave --shards out, or name a new database",
               "分片数为 " + number + "，建库后不能更改", "请不指定 --shards，或指定新的数据库"};
}

Error is_missing(const std::string& path) {
  return Error{"is missing: a shard of the database", path,
               "put the file back; all shards of a database stay together",
               "缺失：它是数据库的一个分片", "请放回该文件；同一数据库的各分片须放在一起"};
}

Error is_a_part(const std::string& path, const Shard& shard) {
  return Error{"is shard " + std::to_string(shard.index) + " of a database, not its first file",
               path, "name the database without `.shard" + std::to_string(shard.index) + "`",
               "是某数据库的第 " + std::to_string(shard.index) + " 分片，不是其首个文件",
               "请指定不带 `.shard" + std::to_string(shard.index) + "` 的文件"};
}

Error is_foreign(const std::string& path) {
  return Error{"belongs to another database", path, "put the shards of one database together",
               "属于另一个数据库", "请将同一数据库的各分片放在一起"};
}

// Whether the file is the part that its name says.
Status check_part(const std::string& path, const ShardMark& first, uint32_t index) {
  const Result<std::optional<ShardMark>> mark = read_shard_mark(path);
  if (!mark) return mark.error();
  const bool fits = *mark && (*mark)->database == first.database &&
                    (*mark)->shard == Shard{index, first.shard.count};
  return fits ? Status() : is_foreign(path);
}

// The mark of the first file; none: it is the whole database.
Result<std::optional<ShardMark>> first_mark(const std::string& path) {
  Result<std::optional<ShardMark>> mark = read_shard_mark(path);
  if (!mark || !*mark) return mark;
  const Shard& shard = (*mark)->shard;
  if (shard.index != 0) return is_a_part(path, shard);
  if (shard.count == 0 || shard.count > kShardsMax)
    return damaged("the number of shards", "分片数");
  if (shard.count == 1) return std::optional<ShardMark>();
  return mark;
}

using Stores = std::vector<std::unique_ptr<Store>>;

// The others are made and marked before the first is marked: what says that it has shards has them.
Status make_parts(const std::string& path, uint32_t shards, Stores& stores) {
  ShardMark mark{{0, shards}, new_identity(path)};
  for (uint32_t i = 1; i < shards; ++i) {
    const std::string part = shard_path(path, i);
    Result<std::unique_ptr<Store>> store = open_sqlite_store(part, OpenMode::create);
    if (!store) return store.error();
    const Result<bool> empty = is_empty(**store);
    if (!empty) return empty.error();
    if (!*empty) return is_foreign(part);
    mark.shard.index = i;
    if (Status status = write_shard_mark(part, mark); !status) return status;
    stores.push_back(std::move(*store));
  }
  mark.shard.index = 0;
  return write_shard_mark(path, mark);
}

}  // namespace

Result<std::optional<ShardMark>> read_shard_mark(const std::string& path) {
  Result<OpenDatabase> database = open_database(path, OpenMode::read_only);
  if (!database) return database.error();
  return guarded(path, [&]() -> Result<std::optional<ShardMark>> {
    const auto meta = [&](const char* name) -> std::optional<int64_t> {
      SQLite::Statement row(*database->connection, "SELECT value FROM meta WHERE name = ?");
      Binder(row).text(name);
      if (!row.executeStep()) return std::nullopt;
      return row.getColumn(0).getInt64();
    };
    const std::optional<int64_t> shards = meta("shards");
    if (!shards) return std::optional<ShardMark>();
    return std::optional(ShardMark{
        {static_cast<uint32_t>(meta("shard").value_or(0)), static_cast<uint32_t>(*shards)},
        meta("database").value_or(0)});
  });
}

Result<Stores> open_shards(const std::string& path, OpenMode mode, std::optional<uint32_t> shards) {
  Stores stores;
  if (mode == OpenMode::create && !is_there(path) && is_there(shard_path(path, 1)))
    return is_missing(path);  // the first file is made before the others
  Result<std::unique_ptr<Store>> first = open_sqlite_store(path, mode);
  if (!first) return first.error();
  stores.push_back(std::move(*first));
  const Result<std::optional<ShardMark>> mark = first_mark(path);
  if (!mark) return mark.error();
  const uint32_t there = *mark ? (*mark)->shard.count : 1;
  if (shards && *shards != there) {
    const Result<bool> empty = is_empty(*stores.front());
    if (!empty) return empty.error();
    if (!*empty) return has_other_number(path, there);
    if (Status status = make_parts(path, *shards, stores); !status) return status.error();
    return stores;
  }
  for (uint32_t i = 1; i < there; ++i) {
    const std::string part = shard_path(path, i);
    if (!is_there(part)) return is_missing(part);
    // Before it is opened for writing, which may change it.
    if (Status status = check_part(part, **mark, i); !status) return status.error();
    Result<std::unique_ptr<Store>> store = open_sqlite_store(part, OpenMode::write);
    if (!store) return store.error();
    stores.push_back(std::move(*store));
  }
  return stores;
}

Result<std::vector<std::string>> shard_paths(const std::string& path) {
  const Result<std::optional<ShardMark>> mark = first_mark(path);
  if (!mark) return mark.error();
  std::vector<std::string> paths{path};
  const uint32_t shards = *mark ? (*mark)->shard.count : 1;
  for (uint32_t i = 1; i < shards; ++i) {
    paths.push_back(shard_path(path, i));
    if (!is_there(paths.back())) return is_missing(paths.back());
    if (Status status = check_part(paths.back(), **mark, i); !status) return status.error();
  }
  return paths;
}

}  // namespace duban
