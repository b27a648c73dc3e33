// Things found by the first digits of their id.
#include "runtime/sqlite_impl.h"

namespace duban {
namespace {

constexpr size_t kPrefixDigitsMin = 4;

// The ids that begin with these hex digits, as a range of blobs.
struct Range {
  std::string low, high;
};
Range range_of(const std::string& prefix) {
  const bool is_hex = prefix.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (prefix.size() < kPrefixDigitsMin || prefix.size() > 32 || !is_hex) {
    throw StoreFailure{Error{"`" + prefix + "` is not an id",
                             {},
                             "an id is 32 of the digits 0-9 a-f; its first four or more are enough",
                             "“" + prefix + "”不是编号",
                             "编号由 32 位 0-9 a-f 组成，给出开头四位以上即可"}};
  }
  const std::string low = prefix + std::string(32 - prefix.size(), '0');
  const std::string high = prefix + std::string(32 - prefix.size(), 'f');
  return {id_bytes(*Digest::from_hex(low)), id_bytes(*Digest::from_hex(high))};
}

template <typename E>
E from_name(const std::string& name, E last) {
  for (int i = 0; i <= static_cast<int>(last); ++i) {
    if (to_string(static_cast<E>(i)) == name) return static_cast<E>(i);
  }
  throw StoreFailure{damaged("`" + name + "`", "“" + name + "”")};
}

constexpr const char* kIncidentColumns =
    "id,kind,status,entity,subject,sequence,at_ms,place,english,chinese,raw,holds";

StoredIncident read_incident(SQLite::Statement& row) {
  StoredIncident incident;
  incident.id = id_of(row.getColumn(0));
  incident.kind = incident_kind(row.getColumn(1).getString());
  incident.status = from_name(row.getColumn(2).getString(), StoredIncident::Status::dropped);
  incident.subject = key_of(row.getColumn(3), row.getColumn(4));
  incident.sequence = static_cast<Sequence>(row.getColumn(5).getInt64());
  incident.at.ms = row.getColumn(6).getInt64();
  incident.place = row.getColumn(7).getString();
  incident.english = row.getColumn(8).getString();
  incident.chinese = row.getColumn(9).getString();
  incident.raw = row.getColumn(10).getString();
  incident.holds = row.getColumn(11).getInt() != 0;
  return incident;
}

}  // namespace

StoredIncident::Kind incident_kind(const std::string& name) {
  return from_name(name, StoredIncident::Kind::concern);
}

Result<std::optional<StoredIncident>> SqliteStore::find_incident(const std::string& id_prefix) {
  return guarded([&]() -> Result<std::optional<StoredIncident>> {
    const Range range = range_of(id_prefix);
    SQLite::Statement row(*database_.connection,
                          std::string("SELECT ") + kIncidentColumns +
                              " FROM incident WHERE id BETWEEN ? AND ? LIMIT 2");
    Binder(row).blob(range.low).blob(range.high);
    std::optional<StoredIncident> found;
    while (row.executeStep()) {
      if (found) return ambiguous_id(id_prefix);
      found = read_incident(row);
    }
    return found;
  });
}

Result<std::optional<StoredIncident>> SqliteStore::find_holding_incident(const Key& subject) {
  return guarded([&]() -> Result<std::optional<StoredIncident>> {
    SQLite::Statement row(
        *database_.connection,
        std::string("SELECT ") + kIncidentColumns +
            " FROM incident WHERE holds AND status = 'open' AND entity = ? AND subject = ?");
    Binder(row).integer(subject.entity).text(subject.key);
    std::optional<StoredIncident> found;
    if (row.executeStep()) found = read_incident(row);
    return found;
  });
}

Result<std::optional<FoundTask>> SqliteStore::find_task(const std::string& id_prefix) {
  return guarded([&]() -> Result<std::optional<FoundTask>> {
    const Range range = range_of(id_prefix);
    SQLite::Statement row(*database_.connection,
                          "SELECT id, entity, subject, status, title FROM task_change "
                          "WHERE id BETWEEN ? AND ? ORDER BY number");
    Binder(row).blob(range.low).blob(range.high);
    std::optional<FoundTask> found;
    while (row.executeStep()) {
      const Digest id = id_of(row.getColumn(0));
      if (found && found->id != id) return ambiguous_id(id_prefix);
      found = FoundTask{id, key_of(row.getColumn(1), row.getColumn(2)),
                        from_name(row.getColumn(3).getString(), TaskRecord::Status::expired),
                        row.getColumn(4).getString()};
    }
    return found;
  });
}

// Tasks, cases and so on are found in turn; ids of different kinds never agree.
Result<std::optional<FoundRecord>> SqliteStore::find_record(const std::string& id_prefix) {
  return guarded([&]() -> Result<std::optional<FoundRecord>> {
    using Kind = FoundRecord::Kind;
    SQLite::Statement event(
        *database_.connection,
        "SELECT d.id, d.entity, d.subject, d.sequence FROM event v CROSS JOIN duplicate d "
        "ON d.sequence = v.sequence AND NOT d.raised WHERE v.id = ? LIMIT 1");
    Binder(event).text(id_prefix);
    if (event.executeStep()) {
      return std::optional(FoundRecord{Kind::duplicate, id_of(event.getColumn(0)),
                                       key_of(event.getColumn(1), event.getColumn(2)),
                                       static_cast<Sequence>(event.getColumn(3).getInt64())});
    }
    const Range range = range_of(id_prefix);
    constexpr std::pair<Kind, const char*> kTables[] = {{Kind::task, "task_change"},
                                                        {Kind::notice, "notice_change"},
                                                        {Kind::case_instance, "case_change"},
                                                        {Kind::outgoing, "outgoing"},
                                                        {Kind::duplicate, "duplicate"}};
    std::optional<FoundRecord> found;
    for (const auto& [kind, table] : kTables) {
      SQLite::Statement row(*database_.connection,
                            std::string("SELECT id, entity, subject, max(sequence) FROM ") + table +
                                " WHERE id BETWEEN ? AND ? GROUP BY id, entity, subject LIMIT 2");
      Binder(row).blob(range.low).blob(range.high);
      while (row.executeStep()) {
        const FoundRecord record{kind, id_of(row.getColumn(0)),
                                 key_of(row.getColumn(1), row.getColumn(2)),
                                 static_cast<Sequence>(row.getColumn(3).getInt64())};
        if (found && found->id != record.id) return ambiguous_id(id_prefix);
        found = record;
      }
    }
    return found;
  });
}

}  // namespace duban
