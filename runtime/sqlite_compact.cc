// Drops entries of the log, and what hangs on them.
#include "runtime/sealed.h"
#include "runtime/sqlite_impl.h"

namespace duban {
namespace {

constexpr const char* kForgetEvents = R"sql(
UPDATE event_group SET events =
  (SELECT json_group_array(json(e.value)) FROM json_each(events) e
   WHERE json_extract(e.value, '$[0]') NOT IN (SELECT sequence FROM dropped))
WHERE last <= (SELECT max(sequence) FROM dropped) OR
  json_extract(events, '$[0][0]') <= (SELECT max(sequence) FROM dropped);
DELETE FROM event_group WHERE events = '[]';
)sql";

}  // namespace

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
    database_.connection->exec("CREATE TEMP TABLE dropped(sequence INTEGER PRIMARY KEY)");
    SQLite::Statement dropped(*database_.connection, "INSERT INTO dropped VALUES(?)");
    CompactionCounts counts = log_.drop(compaction.until, [&](const LogEntry& entry) {
      if (compaction.keep(entry)) return true;
      Binder(dropped).integer(static_cast<int64_t>(entry.sequence)).run();
      return false;
    });
    database_.connection->exec(kForgetEvents);
    transaction.commit();
    database_.connection->exec("DROP TABLE dropped");
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
