// The ids of all entries of the log: those of recent ones in memory, older ones on disk.
//
// The rows of the log hold every id for ever; this is how one of them is found. What lies further
// behind the newest time in the log than a window leaves memory (runtime/sqlite_id_runs.h), whole
// rows in the order of the log, some hundred thousand ids at a time. So it costs memory for the ids
// of the window (22 to 43 bytes each, and as many as leave at once), and 2 bytes for each older
// one.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>

#include "runtime/id_set.h"
#include "runtime/sqlite_id_runs.h"

namespace duban {

// All throw SQLite::Exception and StoreFailure.
class SqliteIds {
 public:
  explicit SqliteIds(SQLite::Database& database) : database_(database) {}

  // Until then nothing is known and nothing is kept.
  void open(const IdSettings& settings);
  bool contains(const Digest& id);
  // The same from memory: false is exact. Another thread may write meanwhile.
  bool may_contain(const Digest& id) const;
  void prefetch(const Digest& id) const;  // what that will look at

  // Inside the caller's transaction: these were written to the log, whose newest time is `newest`.
  // They count once committed() was called; after a rollback, call forget().
  void write(std::span<const LogEntry> entries, Instant newest);
  void committed();
  void forget();

  // Whether the runs hold exactly the ids of the log's rows that they say.
  bool agree_with_log();

 private:
  void put_away(Instant before);

  SQLite::Database& database_;
  std::optional<IdSettings> settings_;
  mutable std::shared_mutex mutex_;  // of the two below, which only open() and committed() change
  LargeIdSet recent_;
  std::vector<std::shared_ptr<const IdFilter>> filters_;  // of the runs, as committed
  std::unique_ptr<SqliteIdRuns> runs_;                    // null: to be read again
  std::vector<Digest> written_, leaving_;
  size_t since_look_ = 0;  // ids written since it was looked whether enough are to leave
};

}  // namespace duban
