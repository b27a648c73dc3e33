#include "tests/simulation/verify.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <set>
#include <sstream>

#include "engine/digest.h"
#include "runtime/maintenance.h"
#include "runtime/sqlite_store.h"

namespace duban::simulation {

std::string dump(const std::string& path, const std::vector<Query>& queries) try {
  SQLite::Database database(path, SQLite::OPEN_READONLY);
  std::string out;
  for (const Query& query : queries) {
    if (!query.heading.empty()) out += "== " + query.heading + "\n";
    SQLite::Statement row(database, query.sql);
    while (row.executeStep()) {
      for (int i = 0; i < row.getColumnCount(); ++i) {
        const SQLite::Column column = row.getColumn(i);
        if (column.isNull() || std::string_view(column.getName()) == "provenance") continue;
        out += std::string(i == 0 ? "" : " ") + column.getName() + "=" + column.getString();
      }
      out += "\n";
    }
  }
  return out;
} catch (const SQLite::Exception& exception) {
  return std::string("error: ") + exception.what() + "\n";
}

std::string views(const std::string& path) {
  std::vector<Query> queries;
  for (const std::string view : {"v_event", "v_subject", "v_case", "v_task", "v_notice",
                                 "v_outgoing", "v_incident", "v_deployment"}) {
    queries.push_back({view, "SELECT * FROM " + view + " ORDER BY 1, 2"});
  }
  return dump(path, queries);
}

std::string log_of(const std::string& path) {
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::read_only);
  return store ? log_of(**store) : "error: " + store.error().to_string() + "\n";
}

std::string log_of(Store& store) {
  constexpr const char* kKinds[] = {"input", "reference", "deployment", "broadcast", "waiting"};
  std::string out;
  const Status status = store.log().for_each(0, [&](LogEntry& entry) -> Status {
    out += std::to_string(entry.sequence) + " " + kKinds[static_cast<size_t>(entry.kind)] + " " +
           entry.type + " " + entry.subject.key + " " + entry.event_id + " " +
           Zone().to_string(entry.time) + " " +
           DigestBuilder().add(entry.payload).finish().to_hex() + "\n";
    return {};
  });
  return status ? out : out + "error: " + status.error().to_string() + "\n";
}

std::string difference(const std::string& a, const std::string& b) {
  std::istringstream in_a(a), in_b(b);
  std::string line_a, line_b, heading;
  for (;;) {
    const bool more_a = static_cast<bool>(std::getline(in_a, line_a));
    const bool more_b = static_cast<bool>(std::getline(in_b, line_b));
    if (!more_a && !more_b) return {};
    if (more_a != more_b || line_a != line_b) {
      return heading + "\n  is:        " + (more_a ? line_a : "(end)") +
             "\n  should be: " + (more_b ? line_b : "(end)");
    }
    if (line_a.starts_with("==")) heading = line_a;
  }
}

void check_pages(const std::string& path, std::vector<std::string>& complaints) {
  const Result<CheckReport> report = check_database(path);
  if (!report) {
    complaints.push_back("the check cannot open it: " + report.error().to_string());
    return;
  }
  for (const Error& problem : report->problems) complaints.push_back(problem.to_string());
}

void check_damage(const std::string& path, uint64_t seed,
                  std::vector<std::string>& complaints) try {
  Random random(seed);
  std::string sql;
  {
    SQLite::Database database(path, SQLite::OPEN_READWRITE);
    const auto some = [&](const char* table, const char* column) {
      const int rows = database.execAndGet(std::string("SELECT count(*) FROM ") + table).getInt();
      const int row = random.between(0, std::max(rows - 2, 0));  // not the last, which others tell
      return " WHERE " + std::string(column) + " = (SELECT " + column + " FROM " + table +
             " ORDER BY " + column + " LIMIT 1 OFFSET " + std::to_string(row) + ")";
    };
    switch (random.below(5)) {
      case 0:
        sql = "UPDATE log SET frame = zeroblob(length(frame))" + some("log", "first");
        break;
      case 1:
        sql = "UPDATE log SET chain = zeroblob(16)" + some("log", "first");
        break;
      case 2:
        sql = "DELETE FROM log" + some("log", "first");
        break;
      case 3:
        sql = "UPDATE subject SET state = zeroblob(length(state))" + some("subject", "key");
        break;
      default:
        sql = "UPDATE reference_row SET row = zeroblob(length(row))" + some("reference_row", "key");
    }
    if (database.exec(sql) == 0) complaints.push_back("nothing to damage: " + sql);
  }
  const Result<CheckReport> report = check_database(path);
  if (report && report->problems.empty()) complaints.push_back("the check does not notice: " + sql);
} catch (const SQLite::Exception& exception) {
  complaints.push_back(std::string("the database cannot be damaged: ") + exception.what());
}

void check_lines(const Machine& machine, Store& store, std::vector<std::string>& complaints) {
  std::set<Digest> ids;
  const auto note = [&](const Status& status) {
    if (!status) complaints.push_back(status.error().to_string());
  };
  note(store.log().for_each_id([&](const Digest& id) {
    if (!ids.insert(id).second) complaints.push_back("the log has " + id.to_hex() + " twice");
  }));
  note(store.for_each_incident([&](StoredIncident::Kind, const Digest& id) { ids.insert(id); }));
  for (const Machine::Line& line : machine.lines()) {
    if (!line.acknowledged) continue;
    if (ids.contains(DigestBuilder().add("feed").add(line.id).finish())) continue;
    if (ids.contains(DigestBuilder().add("line").add(line.text).finish())) continue;
    complaints.push_back("lost although it was acknowledged: " + line.text);
  }
  Result<std::vector<std::pair<Key, Sequence>>> held = store.held_inputs();
  note(held ? Status() : Status(held.error()));
  for (const auto& [key, sequence] : held ? *held : std::vector<std::pair<Key, Sequence>>()) {
    const auto incident = store.find_holding_incident(key);
    if (incident && *incident) continue;
    complaints.push_back("entry " + std::to_string(sequence) + " of " + key.key +
                         " waits, and nothing holds it");
  }
  std::string unsent;
  note(store.for_each_unsent(
      [&](const OutboxItem& item) { unsent += " " + std::to_string(item.number); }));
  if (!unsent.empty()) complaints.push_back("the outbox still holds" + unsent);
}

}  // namespace duban::simulation
