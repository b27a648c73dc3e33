// Drops entries of the log, and what hangs on them.
#include "runtime/sealed.h"
#include "runtime/sqlite_impl.h"

namespace duban {

Result<CompactionCounts> SqliteStore::compact(const Compaction& compaction) {
  return guarded([&]() -> Result<CompactionCounts> {
    SQLite::Transaction transaction(*database_.connection, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement& base = prepared("INSERT OR REPLACE INTO base VALUES(?,?,?,?)");
    const Status status = compaction.bases([&](const StoredSubject& s) {
      const std::string state = sealed(s.key, s.last, s.state);
      Binder row(base);
      row.integer(s.key.entity).text(s.key.key).integer(static_cast<int64_t>(s.last));
      row.blob(state).run();
    });
    if (!status) return status.error();
    SQLite::Statement& event = prepared("DELETE FROM event WHERE sequence = ?");
    CompactionCounts counts = log_.drop(compaction.until, [&](const LogEntry& entry) {
      if (compaction.keep(entry)) return true;
      Binder(event).integer(static_cast<int64_t>(entry.sequence)).run();
      return false;
    });
    transaction.commit();
    return counts;
  });
}

Status SqliteStore::shrink() {
  return guarded([&]() -> Status {
    database_.connection->exec("VACUUM");
    database_.connection->exec("PRAGMA wal_checkpoint(TRUNCATE)");
    return {};
  });
}

}  // namespace duban
