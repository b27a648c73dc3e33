// The listings, read from the public views.
#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "engine/time.h"
#include "runtime/query.h"
#include "runtime/shard_files.h"
#include "runtime/sqlite_database.h"
#include "runtime/sqlite_subjects.h"

namespace duban {
namespace {

// What a listing shows and by which columns it can be filtered; empty: it cannot.
struct ListingKind {
  std::string_view name;
  const char* view;
  const char* columns;
  const char* order;
  // Among the rows of several shards, whose positions in the log mean nothing to each other.
  const char* shards_order;
  const char* identity;  // of a row that several shards may have; null: only one has it
  const char* chosen;    // the least of these is shown, where they differ
  const char* status;
  const char* person;
  const char* policy;
  const char* type;
  bool due;
};

constexpr ListingKind kListings[] = {
    {"tasks", "v_task",
     "substr(id,1,12) AS id, title, assignee, accountable, due, paused, status, opened, ended, "
     "subject, policy, basis, needs, note",
     "status <> 'open', due_ms IS NULL, due_ms, sequence",
     "status <> 'open', due_ms IS NULL, due_ms, opened, subject, sequence", "NULL", "", "status",
     "assignee", "policy", "title", true},
    {"notices", "v_notice",
     "substr(id,1,12) AS id, time, recipient, channel, notice, status, text, until, note, subject, "
     "policy, basis",
     "sequence, id", "time, subject, sequence, id", "NULL", "", "status", "recipient", "policy",
     "notice", false},
    {"cases", "v_case",
     "substr(id,1,12) AS id, name, key, subject, status, outcome, opened, closed, policy, "
     "basis, version",
     "status <> 'open', opened, sequence, id", "status <> 'open', opened, subject, sequence, id",
     "NULL", "", "status", "", "policy", "name", false},
    {"subjects", "v_subject", "entity, subject, status, attributes", "entity, subject",
     "entity, subject", "CASE status WHEN 'reference' THEN entity || ' ' || subject END", "",
     "status", "", "", "entity", false},
    {"incidents", "v_incident",
     "substr(id,1,12) AS id, time, kind, status, subject, holds, place, message, message_zh, raw",
     "status <> 'open', time, id", "status <> 'open', time, id", "id",
     "status <> 'open', length(place), place", "status", "", "", "kind", false},
    {"events", "v_event", "time, type, subject, source, id, status, note, sequence", "sequence",
     "time, subject, sequence",
     "CASE subject WHEN '' THEN type || ' ' || coalesce(source, '') || ' ' || id END", "", "status",
     "", "", "type", false},
    {"outgoing", "v_outgoing",
     "substr(id,1,12) AS id, time, event, subject, status, data, note, policy, basis",
     "sequence, id", "time, subject, sequence, id", "NULL", "", "status", "", "policy", "event",
     false},
    {"versions", "v_deployment", "version, time, digest, rollback_of, note, zone_data", "version",
     "version", "version", "", "", "", "", "", false},
};

Result<const ListingKind*> find_listing(const std::string& what) {
  std::string known;
  for (const ListingKind& kind : kListings) {
    if (kind.name == what) return &kind;
    known += (known.empty() ? "" : ", ") + std::string(kind.name);
  }
  return misuse({"`" + what + "` is not a listing",
                 {},
                 "known are " + known,
                 "没有名为“" + what + "”的列表",
                 "可用的有 " + known});
}

struct Where {
  std::string sql;
  std::vector<std::string> values;

  void add(const std::string& condition) {
    sql += sql.empty() ? " WHERE " : " AND ";
    sql += condition;
  }
  std::string bound(const std::string& value) {
    values.push_back(value);
    return "?" + std::to_string(values.size());
  }
};

Error no_filter(const ListingKind& kind, const std::string& name) {
  return misuse({std::string(kind.name) + " cannot be filtered by " + name,
                 {},
                 {},
                 std::string(kind.name) + " 不能按 " + name + " 筛选",
                 {}});
}

// One filter: nothing asked, or the listing has that column.
Status add_filter(const ListingKind& kind, const char* column, const char* name,
                  const std::vector<std::string>& values, Where& where) {
  if (values.empty()) return {};
  if (*column == '\0') return no_filter(kind, name);
  std::string any;
  for (const std::string& value : values) any += (any.empty() ? "" : ",") + where.bound(value);
  std::string condition = std::string(column) + " IN (" + any + ")";
  // Who has it, or is accountable for it.
  if (kind.name == "tasks" && std::string_view(name) == "person")
    condition =
        "(" + condition + " OR ', ' || accountable || ',' LIKE '%, ' || " + any + " || ',%')";
  where.add(condition);
  return {};
}

Result<Where> conditions(const ListingKind& kind, const ListingFilter& filter) {
  Where where;
  const auto one = [](const std::string& value) {
    return value.empty() ? std::vector<std::string>() : std::vector<std::string>{value};
  };
  const struct {
    const char* column;
    const char* name;
    std::vector<std::string> values;
  } filters[] = {{kind.name == "versions" ? "" : "subject", "subject", one(filter.subject)},
                 {kind.status, "status", one(filter.status)},
                 {kind.person, "person", one(filter.person)},
                 {kind.policy, "policy", filter.policy},
                 {kind.type, "type", filter.type}};
  for (const auto& f : filters) {
    if (Status status = add_filter(kind, f.column, f.name, f.values, where); !status)
      return status.error();
  }
  if (!filter.due_before) return where;
  if (!kind.due) return no_filter(kind, "due-before");
  // What is due on a day, 24:00, is due before the next.
  where.add("due_ms - (length(due) = 10) < " + std::to_string(filter.due_before->ms));
  return where;
}

// A row of one shard on its way among those of others.
struct ShardRow {
  using Fields = std::vector<std::variant<std::monostate, int64_t, std::string>>;  // SQLite's order
  std::vector<std::optional<std::string>> cells;
  std::string identity;
  Fields order, chosen;
};

std::optional<std::string> cell_of(const SQLite::Column& cell) {
  return cell.isNull() ? std::nullopt : std::optional<std::string>(cell.getString());
}

size_t count_of(std::string_view columns) {
  const auto commas = std::count(columns.begin(), columns.end(), ',');
  return columns.empty() ? 0 : static_cast<size_t>(commas) + 1;
}

// `count` columns from `next` on, which goes behind them.
ShardRow::Fields fields_of(SQLite::Statement& row, int& next, size_t count) {
  ShardRow::Fields fields(count);
  for (auto& field : fields) {
    const SQLite::Column cell = row.getColumn(next++);
    if (cell.isInteger()) field = cell.getInt64();
    if (cell.isText()) field = cell.getString();
  }
  return fields;
}

std::string query_of(const ListingKind& kind, const Where& where, size_t limit, bool among_shards) {
  const bool choose = among_shards && *kind.chosen != '\0';
  std::string sql = std::string("SELECT ") + kind.columns;
  if (among_shards) sql += std::string(", ") + kind.identity + ", " + kind.shards_order;
  if (choose) sql += std::string(", ") + kind.chosen;
  sql += std::string(" FROM ") + kind.view + where.sql + " ORDER BY ";
  sql += among_shards ? kind.shards_order : kind.order;
  // What is shown instead of another may lie behind it.
  if (limit > 0 && !choose) sql += " LIMIT " + std::to_string(limit);
  return sql;
}

// Adds one file's rows. `among_shards`: with what they are ordered and known by.
Status read_rows(const std::string& path, const ListingKind& kind, const Where& where, size_t limit,
                 bool among_shards, std::vector<std::string>& columns,
                 std::vector<ShardRow>& rows) try {
  Result<OpenDatabase> database = open_database(path, OpenMode::read_only);
  if (!database) return database.error();
  if (kind.name == "subjects") {
    if (Status status = bring_up_to_date(*database->connection, path); !status) return status;
  }
  SQLite::Statement row(*database->connection, query_of(kind, where, limit, among_shards));
  Binder binder(row);
  for (const std::string& value : where.values) binder.text(value);
  const size_t ordered = count_of(kind.shards_order), chosen = count_of(kind.chosen);
  const int shown =
      row.getColumnCount() - (among_shards ? static_cast<int>(1 + ordered + chosen) : 0);
  columns.clear();
  for (int i = 0; i < shown; ++i) columns.emplace_back(row.getColumnName(i));
  while (row.executeStep()) {
    ShardRow& out = rows.emplace_back();
    for (int i = 0; i < shown; ++i) out.cells.push_back(cell_of(row.getColumn(i)));
    if (!among_shards) continue;
    int next = shown;
    out.identity = cell_of(row.getColumn(next++)).value_or("");
    out.order = fields_of(row, next, ordered);
    out.chosen = fields_of(row, next, chosen);
  }
  return {};
} catch (const SQLite::Exception& exception) {
  return database_error(exception, path);
}

// The rows of all shards in their order, each once.
void merge(std::vector<ShardRow>& rows) {
  std::map<std::string, size_t> known;  // where it stands
  size_t kept = 0;
  for (ShardRow& row : rows) {
    if (!row.identity.empty()) {
      const auto [at, is_new] = known.emplace(row.identity, kept);
      if (!is_new) {
        if (row.chosen < rows[at->second].chosen) std::swap(rows[at->second], row);
        continue;
      }
    }
    if (&rows[kept] != &row) rows[kept] = std::move(row);
    ++kept;
  }
  rows.resize(kept);
  std::stable_sort(rows.begin(), rows.end(),
                   [](const ShardRow& a, const ShardRow& b) { return a.order < b.order; });
}

}  // namespace

Status check_filter(const ListingFilter& filter) {
  const Result<const ListingKind*> kind = find_listing(filter.what);
  if (!kind) return kind.error();
  const Result<Where> where = conditions(**kind, filter);
  return where ? Status() : where.error();
}

Result<std::vector<std::string>> listed_names(const std::string& db_path, const std::string& what,
                                              std::string_view column) {
  const Result<const ListingKind*> kind = find_listing(what);
  if (!kind) return kind.error();
  const Result<std::vector<std::string>> paths = shard_paths(db_path);
  if (!paths) return paths.error();
  const std::string name = column == "policy" ? (*kind)->policy : (*kind)->type;
  std::set<std::string> names;
  for (const std::string& path : *paths) {
    try {
      Result<OpenDatabase> database = open_database(path, OpenMode::read_only);
      if (!database) return database.error();
      SQLite::Statement row(
          *database->connection,
          "SELECT DISTINCT " + name + " FROM " + (*kind)->view + " WHERE " + name + " IS NOT NULL");
      while (row.executeStep()) names.insert(row.getColumn(0).getString());
    } catch (const SQLite::Exception& exception) {
      return database_error(exception, path);
    }
  }
  return std::vector<std::string>(names.begin(), names.end());
}

Result<Listing> list(const std::string& db_path, const ListingFilter& filter) {
  const Result<const ListingKind*> kind = find_listing(filter.what);
  if (!kind) return kind.error();
  const Result<Where> where = conditions(**kind, filter);
  if (!where) return where.error();
  const Result<std::vector<std::string>> paths = shard_paths(db_path);
  if (!paths) return paths.error();
  Listing listing;
  std::vector<ShardRow> rows;
  for (const std::string& path : *paths) {
    Status status =
        read_rows(path, **kind, *where, filter.limit, paths->size() > 1, listing.columns, rows);
    if (!status) return status.error();
  }
  if (paths->size() > 1) merge(rows);
  if (filter.limit > 0 && rows.size() > filter.limit) rows.resize(filter.limit);
  for (ShardRow& row : rows) listing.rows.push_back(std::move(row.cells));
  return listing;
}

}  // namespace duban
