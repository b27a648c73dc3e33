#include "runtime/sqlite_store.h"

#include <algorithm>

#include "engine/bytes.h"
#include "engine/codec.h"
#include "engine/layout.h"
#include "runtime/sealed.h"
#include "runtime/sqlite_impl.h"
#include "runtime/zstd_text.h"

namespace duban {
namespace {

constexpr size_t kDeploymentBytesMax = 1 << 30;

CompileInput unpack_input(std::string_view packed) {
  const std::optional<std::string> raw = unpack_text(packed, kDeploymentBytesMax);
  if (!raw) throw StoreFailure{damaged("a deployment", "某次部署")};
  ByteReader in(*raw);
  CompileInput input;
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    DeploymentFile file;
    file.path = in.text();
    file.text = in.text();
    input.files.push_back(std::move(file));
  }
  for (size_t left = in.count(); left > 0 && in.ok(); --left) {
    std::string name(in.text());
    input.parameters[std::move(name)] = in.text();
  }
  if (!in.ok() || !in.at_end()) throw StoreFailure{damaged("a deployment", "某次部署")};
  return input;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::string& path, OpenMode mode) {
  Result<OpenDatabase> database = open_database(path, mode);
  if (!database) return database.error();
  try {
    auto store = std::make_unique<SqliteStore>(std::move(*database), path);
    store->load_counters();
    return std::unique_ptr<Store>(std::move(store));
  } catch (const SQLite::Exception& exception) {
    return database_error(exception, path);
  }
}

SqliteStore::SqliteStore(OpenDatabase database, std::string path)
    : path_(std::move(path)), database_(std::move(database)), log_(*database_.connection, path_) {
  if (!database_.lock) return;
  writer_ = std::make_unique<Writer>(*database_.connection);
}

void SqliteStore::load_counters() {
  SQLite::Database& db = *database_.connection;
  for (const char* table :
       {"case_change", "task_change", "notice_change", "outgoing", "raised", "duplicate"}) {
    const std::string last =
        "SELECT coalesce((SELECT max(number) FROM " + std::string(table) + "), 0)";
    last_effect_ = std::max(last_effect_, static_cast<uint64_t>(db.execAndGet(last).getInt64()));
  }
  sent_all_ = static_cast<uint64_t>(meta("sent_all").value_or(0));
  if (const auto ms = meta("clock")) clock_ = Instant{*ms};
  asking_ = static_cast<Version>(meta("asking").value_or(0));
  releasing_ = static_cast<Sequence>(meta("releasing").value_or(0));
  swept_ = static_cast<Sequence>(meta("swept").value_or(0));
}

SQLite::Statement& SqliteStore::prepared(const char* sql) {
  auto at = statements_.find(std::string_view(sql));
  if (at == statements_.end()) {
    auto statement = std::make_unique<SQLite::Statement>(*database_.connection, sql);
    at = statements_.emplace(sql, std::move(statement)).first;
  }
  return *at->second;
}

void SqliteStore::set_meta(const char* name, int64_t value) {
  Binder(prepared("INSERT OR REPLACE INTO meta VALUES(?,?)")).text(name).integer(value).run();
}

std::optional<int64_t> SqliteStore::meta(const char* name) {
  SQLite::Statement row(*database_.connection, "SELECT value FROM meta WHERE name = ?");
  Binder(row).text(name);
  if (!row.executeStep()) return std::nullopt;
  return row.getColumn(0).getInt64();
}

namespace {

// From this column on; null: there is none.
std::optional<Wake> timer_of(SQLite::Statement& row, int column) {
  if (row.getColumn(column).isNull()) return std::nullopt;
  return Wake{Instant{row.getColumn(column).getInt64()}, row.getColumn(column + 1).getInt() != 0};
}

}  // namespace

Result<std::optional<StoredSubject>> SqliteStore::load_subject(const Key& key) {
  return load_state(
      prepared("SELECT last_sequence, state, at, before_facts FROM subject LEFT JOIN wake USING "
               "(entity, key) WHERE entity = ? AND key = ?"),
      key);
}

Result<std::optional<StoredSubject>> SqliteStore::load_base(const Key& key) {
  return load_state(
      prepared("SELECT last_sequence, state, NULL, NULL FROM base WHERE entity = ? AND key = ?"),
      key);
}

Result<std::optional<StoredSubject>> SqliteStore::load_state(SQLite::Statement& row,
                                                             const Key& key) {
  return guarded([&]() -> Result<std::optional<StoredSubject>> {
    Binder(row).integer(key.entity).text(key.key);
    std::optional<StoredSubject> found;
    if (row.executeStep()) {
      const auto last = static_cast<Sequence>(row.getColumn(0).getInt64());
      const auto state = unsealed(key, last, blob_of(row.getColumn(1)), timer_of(row, 2));
      if (state) found = StoredSubject{key, last, std::string(*state), {}, {}};
      row.reset();
      if (!state) return damaged_state(key);
    }
    row.reset();
    return found;
  });
}

// Not a shared statement: `visit` may read other subjects.
Status SqliteStore::for_each_subject(
    const std::function<bool(const Key&, std::string_view)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(*database_.connection,
                          "SELECT entity, key, last_sequence, state, at, before_facts FROM subject "
                          "LEFT JOIN wake USING (entity, key) ORDER BY entity, key");
    while (row.executeStep()) {
      const Key key = key_of(row.getColumn(0), row.getColumn(1));
      const auto last = static_cast<Sequence>(row.getColumn(2).getInt64());
      const auto state = unsealed(key, last, blob_of(row.getColumn(3)), timer_of(row, 4));
      if (!state) return damaged_state(key);
      if (!visit(key, *state)) break;
    }
    return {};
  });
}

Status SqliteStore::for_each_wake(const std::function<void(const Key&, Wake)>& visit) {
  return for_each_timer("SELECT entity, key, at, before_facts FROM wake", visit);
}

Status SqliteStore::for_each_given_up(const std::function<void(const Key&, Wake)>& visit) {
  return for_each_timer("SELECT entity, key, at, before_facts FROM given_up", visit);
}

Status SqliteStore::for_each_timer(const char* sql,
                                   const std::function<void(const Key&, Wake)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(*database_.connection, sql);
    while (row.executeStep()) {
      visit(key_of(row.getColumn(0), row.getColumn(1)),
            Wake{Instant{row.getColumn(2).getInt64()}, row.getColumn(3).getInt() != 0});
    }
    return {};
  });
}

Status SqliteStore::for_each_incident(
    const std::function<void(StoredIncident::Kind, const Digest&)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(*database_.connection, "SELECT id, kind FROM incident");
    while (row.executeStep()) {
      visit(incident_kind(row.getColumn(1).getString()), id_of(row.getColumn(0)));
    }
    return {};
  });
}

Status SqliteStore::for_each_reference(const std::function<void(const ReferenceRow&)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(*database_.connection,
                          "SELECT row, entity, key FROM reference_row ORDER BY entity, key");
    while (row.executeStep()) {
      const Key key = key_of(row.getColumn(1), row.getColumn(2));
      const auto bytes = unsealed(key, 0, blob_of(row.getColumn(0)));
      const std::optional<ReferenceRow> reference =
          bytes ? decode_reference_row(*bytes) : std::nullopt;
      if (!reference)
        return damaged("the reference row `" + key.key + "`", "参照行“" + key.key + "”");
      visit(*reference);
    }
    return {};
  });
}

Status SqliteStore::for_each_unsent(const std::function<void(OutboxItem)>& visit) {
  return guarded([&]() -> Status {
    read_unsent(*database_.connection, sent_all_, visit);
    return {};
  });
}

Result<std::vector<StoredDeployment>> SqliteStore::deployments() {
  return guarded([&]() -> Result<std::vector<StoredDeployment>> {
    SQLite::Statement row(
        *database_.connection,
        "SELECT version, at, sequence, digest, sources_digest, files, layout, zone_data, "
        "rollback_of, note FROM deployment ORDER BY version");
    std::vector<StoredDeployment> all;
    while (row.executeStep()) {
      StoredDeployment& d = all.emplace_back();
      d.version = row.getColumn(0).getUInt();
      d.at.ms = row.getColumn(1).getInt64();
      d.sequence = static_cast<Sequence>(row.getColumn(2).getInt64());
      d.digest = row.getColumn(3).getString();
      d.sources_digest = row.getColumn(4).getString();
      d.input = unpack_input(blob_of(row.getColumn(5)));
      const auto layout = unpack_text(blob_of(row.getColumn(6)), kDeploymentBytesMax);
      if (!layout) return damaged("a deployment", "某次部署");
      d.layout = *layout;
      d.zone_data = row.getColumn(7).getString();
      d.rollback_of = row.getColumn(8).getUInt();
      d.note = row.getColumn(9).getString();
    }
    return all;
  });
}

Result<std::vector<std::pair<Key, Sequence>>> SqliteStore::held_inputs() {
  return guarded([&]() -> Result<std::vector<std::pair<Key, Sequence>>> {
    SQLite::Statement row(*database_.connection,
                          "SELECT entity, key, sequence FROM held_input ORDER BY sequence");
    std::vector<std::pair<Key, Sequence>> all;
    while (row.executeStep()) {
      all.emplace_back(key_of(row.getColumn(0), row.getColumn(1)),
                       static_cast<Sequence>(row.getColumn(2).getInt64()));
    }
    return all;
  });
}

Result<std::optional<ClockKind>> SqliteStore::clock_kind() {
  return guarded([&]() -> Result<std::optional<ClockKind>> {
    const std::optional<int64_t> kind = meta("clock_kind");
    if (!kind) return std::optional<ClockKind>();
    return std::optional<ClockKind>(*kind == 0 ? ClockKind::wall : ClockKind::virtual_time);
  });
}

Status SqliteStore::set_clock_kind(ClockKind kind) {
  return guarded([&]() -> Status {
    set_meta("clock_kind", kind == ClockKind::wall ? 0 : 1);
    return {};
  });
}

}  // namespace duban
