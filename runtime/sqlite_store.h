// The Store in one SQLite file.
//
// WAL, synchronous=FULL: a commit that returned ok survives a power cut. A writer holds a lock on
// the file `<path>-lock` beside it; readers need none and may run beside the writer.
#pragma once

#include <memory>
#include <string>

#include "engine/result.h"
#include "runtime/store.h"

namespace duban {

enum class OpenMode : uint8_t {
  read_only,  // an existing database; any number at a time
  write,      // an existing database
  create,     // …or a new one
};

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, OpenMode mode);

}  // namespace duban
