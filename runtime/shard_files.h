// The files of a database with several shards.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "runtime/shard.h"
#include "runtime/sqlite_store.h"

namespace duban {

// What a file says of itself. A database of one shard says nothing.
struct ShardMark {
  Shard shard;
  int64_t database = 0;  // the same in all files of one database
};
Result<std::optional<ShardMark>> read_shard_mark(const std::string& path);

// Opens every shard for writing, the first one first. `shards`: how many there are to be; none: as
// many as there are. The number is fixed once something is deployed; it is an error when it is
// another, when a file is missing, or when one belongs to another database.
// REQUIRES: mode is write or create
Result<std::vector<std::unique_ptr<Store>>> open_shards(const std::string& path, OpenMode mode,
                                                        std::optional<uint32_t> shards = {});

// The files of an existing database, the first one first. Errors as above.
Result<std::vector<std::string>> shard_paths(const std::string& path);

}  // namespace duban
