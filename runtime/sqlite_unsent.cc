// What is still to be sent, made again from the rows of what was done.
#include <algorithm>

#include "runtime/sqlite_database.h"
#include "runtime/sqlite_records.h"

namespace duban {
namespace {

template <typename E>
E value_named(const std::string& name, E last) {
  for (int i = 0; i < static_cast<int>(last); ++i) {
    if (to_string(static_cast<E>(i)) == name) return static_cast<E>(i);
  }
  return last;
}

std::string from_table(const char* columns, const char* table, const char* where) {
  return std::string("SELECT t.number, t.id, t.entity, t.subject, t.at_ms, p.policy, ") + columns +
         " FROM " + table +
         " t LEFT JOIN provenance p ON p.number = t.provenance WHERE t.number > ?1 AND " + where +
         " AND t.number NOT IN (SELECT number FROM delivery) ORDER BY t.number";
}

// The columns that every table of them has.
template <typename R>
uint64_t read_head(const SQLite::Statement& row, R& record) {
  record.id = id_of(row.getColumn(1));
  record.subject = key_of(row.getColumn(2), row.getColumn(3));
  record.at.ms = row.getColumn(4).getInt64();
  record.from.policy = row.getColumn(5).getString();
  return static_cast<uint64_t>(row.getColumn(0).getInt64());
}

std::optional<Key> person_of(const SQLite::Column& column) {
  if (column.isNull()) return std::nullopt;
  return Key{0, column.getString()};
}

void add(uint64_t number, Record record, std::vector<OutboxItem>& out) {
  if (!is_message(record)) return;
  OutboxItem& item = out.emplace_back();
  item.number = number;
  item.record = std::make_shared<const Record>(std::move(record));
}

void read_notices(SQLite::Database& database, int64_t after, std::vector<OutboxItem>& out) {
  SQLite::Statement row(database,
                        from_table("t.recipient, t.channel, t.address, t.notice, t.class, t.text, "
                                   "t.receipt_matters",
                                   "notice_change", "t.status = 'queued'"));
  Binder(row).integer(after);
  while (row.executeStep()) {
    NoticeRecord r;
    const uint64_t number = read_head(row, r);
    r.recipient.key = row.getColumn(6).getString();
    r.channel = row.getColumn(7).getString();
    r.address = row.getColumn(8).getString();
    r.notice = row.getColumn(9).getString();
    r.notice_class = value_named(row.getColumn(10).getString(), syntax::NoticeClass::commercial);
    r.text = row.getColumn(11).getString();
    r.receipt_matters = row.getColumn(12).getInt() != 0;
    add(number, std::move(r), out);
  }
}

void read_outgoing(SQLite::Database& database, int64_t after, std::vector<OutboxItem>& out) {
  SQLite::Statement row(database, from_table("t.event, t.data", "outgoing", "t.status = 'queued'"));
  Binder(row).integer(after);
  while (row.executeStep()) {
    OutgoingRecord r;
    const uint64_t number = read_head(row, r);
    r.event = row.getColumn(6).getString();
    add(number, std::move(r), out);
    out.back().data = row.getColumn(7).getString();
  }
}

// The id as versions of the schema before 5 had it, of what they left unsent or did not know to
// have arrived.
Digest former_id(uint64_t number, const TaskRecord& r, const Key& to) {
  return DigestBuilder()
      .add("task message")
      .add(r.id)
      .add(to_string(r.change))
      .add(static_cast<int64_t>(number))
      .add(to.key)
      .finish();
}

void read_tasks(SQLite::Database& database, int64_t after, std::vector<OutboxItem>& out) {
  SQLite::Statement row(
      database, from_table("t.change, t.title, iif(t.message IS NULL, nullif(t.assignee, "
                           "'unassigned'), t.assignee), t.person, "
                           "t.due_ms, t.whole_day, t.paused_ms, t.message",
                           "task_change", "t.change IN ('opened', 'reassigned', 'escalated')"));
  Binder(row).integer(after);
  while (row.executeStep()) {
    TaskRecord r;
    const uint64_t number = read_head(row, r);
    r.change = value_named(row.getColumn(6).getString(), TaskRecord::Change::expired);
    r.title = row.getColumn(7).getString();
    r.assignee = person_of(row.getColumn(8));
    r.person = person_of(row.getColumn(9));
    if (!row.getColumn(10).isNull()) {
      r.due = Deadline{Instant{row.getColumn(10).getInt64()}, row.getColumn(11).getInt() != 0};
    }
    if (!row.getColumn(12).isNull()) r.paused = Instant{row.getColumn(12).getInt64()};
    const auto& to = r.change == TaskRecord::Change::escalated ? r.person : r.assignee;
    if (!to) continue;
    r.message = row.getColumn(13).isNull() ? former_id(number, r, *to) : id_of(row.getColumn(13));
    add(number, std::move(r), out);
  }
}

}  // namespace

void read_unsent(SQLite::Database& database, uint64_t sent_all,
                 const std::function<void(OutboxItem)>& visit) {
  const auto after = static_cast<int64_t>(sent_all);
  std::vector<OutboxItem> items;
  read_notices(database, after, items);
  read_outgoing(database, after, items);
  read_tasks(database, after, items);
  std::sort(items.begin(), items.end(),
            [](const OutboxItem& a, const OutboxItem& b) { return a.number < b.number; });
  for (OutboxItem& item : items) visit(std::move(item));
}

}  // namespace duban
