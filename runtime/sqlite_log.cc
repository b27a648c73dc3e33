#include "runtime/sqlite_log.h"

#include <algorithm>

#include "runtime/sqlite_database.h"

namespace duban {
namespace {

Digest body_of(std::string_view bytes) { return DigestBuilder().add(bytes).finish(); }

// Of all groups up to this one. What a group held goes in by its digest, so that the chain can
// still be followed when the group is gone.
Digest chained(const Digest& before, Sequence first, uint32_t count, std::string_view ids,
               const Digest& body) {
  DigestBuilder digest;
  for (const Digest& part : {before, body}) {
    digest.add(static_cast<int64_t>(part.high)).add(static_cast<int64_t>(part.low));
  }
  return digest.add(static_cast<int64_t>(first)).add(int64_t{count}).add(ids).finish();
}

Error bad_group(Sequence first, Sequence last, const char* how, const char* in_chinese) {
  const std::string from = std::to_string(first), to = std::to_string(last);
  return Error{"the log's entries " + from + " to " + to + " are " + how,
               {},
               "restore a backup",
               "日志第 " + from + " 至 " + to + " 项" + in_chinese,
               "请恢复备份"};
}

Error damaged_entry(Sequence sequence) {
  return damaged("log entry " + std::to_string(sequence),
                 "日志第 " + std::to_string(sequence) + " 项");
}

Error dropped_entry(Sequence sequence) {
  return Error{"log entry " + std::to_string(sequence) + " was dropped by `duban db compact`",
               {},
               "a backup from before has it",
               "日志第 " + std::to_string(sequence) + " 项已由 `duban db compact` 清除",
               "可从此前的备份中查到"};
}

Error damaged_ids() {
  return Error{"the list of old event ids is not what the log has",
               {},
               "restore a backup",
               "旧事件编号表与日志不一致",
               "请恢复备份"};
}

Result<std::vector<LogEntry>> unpack_row(SQLite::Statement& row) {
  return unpack(static_cast<Sequence>(row.getColumn(0).getInt64()), blob_of(row.getColumn(1)),
                blob_of(row.getColumn(2)));
}

// Whether `at` and `shared` of a row are what its entries and those before say: dropped ones say
// nothing, nor do missing ones.
bool is_described(SQLite::Statement& row, const std::vector<LogEntry>& entries, bool whole,
                  bool follows, Instant newest_before) {
  const Instant at{row.getColumn(7).getInt64()};
  Instant newest = newest_before;
  bool shared = false;
  for (const LogEntry& entry : entries) {
    newest = std::max(newest, entry.time);
    shared = shared || is_shared(entry.kind);
  }
  const bool says_shared = row.getColumn(8).getInt() != 0;
  return whole && follows ? at == newest && says_shared == shared
                          : at >= newest && (says_shared || !shared);
}

// Written with every group, in a place of its own: a group that is missing cannot say so itself.
// Nothing: by a version that did not note it.
Sequence stored_end(SQLite::Database& database) {
  SQLite::Statement row(database, "SELECT value FROM meta WHERE name = 'log_end'");
  return row.executeStep() ? static_cast<Sequence>(row.getColumn(0).getInt64()) : 0;
}

}  // namespace

template <typename Work>
auto SqliteLog::guarded(const Work& work) -> decltype(work()) {
  return duban::guarded(path_, work);
}

SqliteLog::SqliteLog(SQLite::Database& database, std::string path)
    : database_(database), path_(std::move(path)), ids_(database) {
  end_ = stored_end(database_);  // first: meanwhile another process may write
  SQLite::Statement row(database_,
                        "SELECT first + count - 1, chain, at FROM log ORDER BY first DESC LIMIT 1");
  if (!row.executeStep()) return;
  last_ = written_ = static_cast<Sequence>(row.getColumn(0).getInt64());
  chain_ = written_chain_ = id_of(row.getColumn(1));
  newest_ = written_newest_ = Instant{row.getColumn(2).getInt64()};
}

void SqliteLog::append(std::span<const LogEntry> entries) {
  if (!insert_) {
    insert_ = std::make_unique<SQLite::Statement>(
        database_, "INSERT INTO log VALUES(?,?,?,?,?,?,?,NULL,NULL)");
    set_end_ = std::make_unique<SQLite::Statement>(
        database_, "INSERT OR REPLACE INTO meta VALUES('log_end',?)");
  }
  auto entry = entries.begin();
  for (const LogFrame& frame : frames_.pack(entries)) {
    for (uint32_t left = frame.count; left > 0; --left, ++entry)
      written_newest_ = std::max(written_newest_, entry->time);
    written_chain_ =
        chained(written_chain_, frame.first, frame.count, frame.ids, body_of(frame.bytes));
    written_ = frame.first + frame.count - 1;
    Binder(*insert_)
        .integer(static_cast<int64_t>(frame.first))
        .integer(frame.count)
        .integer(frame.shared ? 1 : 0)
        .integer(written_newest_.ms)
        .blob(frame.ids)
        .blob(frame.bytes)
        .id(written_chain_)
        .run();
  }
  if (entries.empty()) return;
  Binder(*set_end_).integer(static_cast<int64_t>(written_)).run();
  ids_.write(entries, written_newest_);
}

void SqliteLog::committed() {
  last_ = written_;
  chain_ = written_chain_;
  newest_ = written_newest_;
  ids_.committed();
}

void SqliteLog::forget() {
  written_ = last_;
  written_chain_ = chain_;
  written_newest_ = newest_;
  ids_.forget();
}

const LogEntry& SqliteLog::entry_of(Sequence sequence) {
  if (sequence < frame_first_ || frame_last_ < sequence) {
    if (!select_) {
      select_ = std::make_unique<SQLite::Statement>(
          database_,
          "SELECT first, ids, frame, count FROM log WHERE first <= ? ORDER BY first DESC LIMIT 1");
    }
    frame_first_ = frame_last_ = 0;
    Binder(*select_).integer(static_cast<int64_t>(sequence));
    if (!select_->executeStep()) throw StoreFailure{damaged_entry(sequence)};
    const auto first = static_cast<Sequence>(select_->getColumn(0).getInt64());
    const Sequence last = first + select_->getColumn(3).getUInt() - 1;
    auto entries = unpack_row(*select_);
    select_->reset();
    if (!entries) throw StoreFailure{entries.error()};
    frame_ = std::move(*entries);
    frame_first_ = first;
    frame_last_ = last;
    if (sequence > last) throw StoreFailure{damaged_entry(sequence)};
  }
  const auto at = std::lower_bound(
      frame_.begin(), frame_.end(), sequence,
      [](const LogEntry& entry, Sequence wanted) { return entry.sequence < wanted; });
  if (at == frame_.end() || at->sequence != sequence) throw StoreFailure{dropped_entry(sequence)};
  return *at;
}

Result<LogEntry> SqliteLog::read(Sequence sequence) {
  return guarded([&]() -> Result<LogEntry> { return entry_of(sequence); });
}

Result<std::vector<LogEntry>> SqliteLog::read_subject(const Key& key, Sequence newest,
                                                      Sequence after) {
  std::vector<LogEntry> entries;
  for (Sequence at = newest; at > after;) {
    Result<LogEntry> entry = read(at);
    if (!entry) return entry.error();
    if (entry->subject != key)
      return damaged("the log of `" + key.key + "`", "“" + key.key + "”的日志");
    at = entry->previous;
    entries.push_back(std::move(*entry));
  }
  std::reverse(entries.begin(), entries.end());
  return entries;
}

Status SqliteLog::for_each(Sequence after, const std::function<Status(LogEntry&)>& visit) {
  return guarded([&]() -> Status {
    // Not a shared statement: `visit` may read other entries.
    SQLite::Statement row(
        database_,
        "SELECT first, ids, frame, count FROM log WHERE first >= coalesce((SELECT "
        "max(first) FROM log WHERE first <= ?), 0) ORDER BY first");
    Binder(row).integer(static_cast<int64_t>(after) + 1);
    Sequence next = after + 1;
    while (row.executeStep()) {
      const auto first = static_cast<Sequence>(row.getColumn(0).getInt64());
      if (first > next) return bad_group(next, first - 1, "missing", "缺失");
      next = first + row.getColumn(3).getUInt();
      auto entries = unpack_row(row);
      if (!entries) return entries.error();
      for (LogEntry& entry : *entries) {
        if (entry.sequence <= after) continue;
        if (Status status = visit(entry); !status) return status;
      }
    }
    return {};
  });
}

Status SqliteLog::for_each_shared(const std::function<void(const LogEntry&)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(database_,
                          "SELECT first, ids, frame FROM log WHERE shared ORDER BY first");
    while (row.executeStep()) {
      const auto entries = unpack_row(row);
      if (!entries) return entries.error();
      for (const LogEntry& entry : *entries) {
        if (is_shared(entry.kind)) visit(entry);
      }
    }
    return {};
  });
}

Status SqliteLog::remember_ids(const IdSettings& settings) {
  return guarded([&]() -> Status {
    ids_.open(settings);
    return {};
  });
}

Result<bool> SqliteLog::has_id(const Digest& id) {
  return guarded([&]() -> Result<bool> { return ids_.contains(id); });
}

Status SqliteLog::for_each_id(const std::function<void(const Digest&)>& visit) {
  return guarded([&]() -> Status {
    SQLite::Statement row(database_, "SELECT ids FROM log ORDER BY first");
    while (row.executeStep()) {
      const std::string_view ids = blob_of(row.getColumn(0));
      for (size_t i = 0; i < ids.size() / 16; ++i) visit(read_id(ids, i));
    }
    return {};
  });
}

Result<std::vector<Error>> SqliteLog::verify() {
  return guarded([&]() -> Result<std::vector<Error>> {
    std::vector<Error> found;
    // Rows that were written together with their entries tell where the log ended; asked first,
    // since meanwhile another process may write.
    const auto told = static_cast<Sequence>(
        database_
            .execAndGet(
                "SELECT max(coalesce((SELECT max(last) FROM event_group), 0), "
                "coalesce((SELECT max(last_sequence) FROM subject), 0), "
                "coalesce((SELECT sequence FROM deployment ORDER BY version DESC LIMIT 1), 0))")
            .getInt64());
    const Sequence known = std::max(told, stored_end(database_));
    SQLite::Statement row(
        database_,
        "SELECT first, ids, frame, count, chain, body, kept, at, shared FROM log ORDER BY first");
    Sequence next = 1;
    Instant newest{INT64_MIN};  // of all before
    Digest computed, stored;    // of all before
    while (row.executeStep()) {
      const auto first = static_cast<Sequence>(row.getColumn(0).getInt64());
      const uint32_t count = row.getColumn(3).getUInt();
      const Sequence last = first + count - 1;
      const bool follows = first == next;
      if (first > next) found.push_back(bad_group(next, first - 1, "missing", "缺失"));
      const std::string_view ids = blob_of(row.getColumn(1)), frame = blob_of(row.getColumn(2));
      const bool whole = row.getColumn(5).isNull();
      const Digest body = body_of(frame);
      const Digest was = whole ? body : id_of(row.getColumn(5));
      const auto entries = unpack_row(row);
      const bool in_place = entries && (entries->empty() || entries->back().sequence <= last) &&
                            (whole ? entries->size() == count : body == id_of(row.getColumn(6)));
      const bool described = in_place && is_described(row, *entries, whole, first == next, newest);
      newest = std::max(newest, Instant{row.getColumn(7).getInt64()});
      // Where a group before is wrong, it is either what it holds or its digest.
      const Digest chain = id_of(row.getColumn(4));
      const Digest going_on = chained(computed, first, count, ids, was);
      const bool fits = chain == going_on || chain == chained(stored, first, count, ids, was);
      // After a gap the chain cannot be followed; it is taken up again as it is stored.
      if (first < next || !described || (follows && !fits))
        found.push_back(bad_group(first, last, "damaged or out of order", "已损坏或次序错乱"));
      computed = going_on;
      stored = chain;
      next = std::max(next, last + 1);
    }
    if (known >= next) found.push_back(bad_group(next, known, "missing", "缺失"));
    if (!ids_.agree_with_log()) found.push_back(damaged_ids());
    return found;
  });
}

CompactionCounts SqliteLog::drop(Sequence until, const std::function<bool(const LogEntry&)>& keep) {
  frame_first_ = frame_last_ = 0;
  SQLite::Statement row(database_,
                        "SELECT first, ids, frame, count, body FROM log WHERE first <= ? AND "
                        "length(frame) > 0 ORDER BY first");
  SQLite::Statement update(database_,
                           "UPDATE log SET frame = ?, body = ?, kept = ? WHERE first = ?");
  CompactionCounts counts;
  Binder(row).integer(static_cast<int64_t>(until));
  while (row.executeStep()) {
    const auto first = static_cast<Sequence>(row.getColumn(0).getInt64());
    auto entries = unpack_row(row);
    if (!entries) throw StoreFailure{entries.error()};
    std::vector<LogEntry> left;
    const size_t before = entries->size();
    for (LogEntry& entry : *entries) {
      if (entry.sequence > until || keep(entry)) {
        counts.kept += entry.sequence <= until ? 1 : 0;
        left.push_back(std::move(entry));
      }
    }
    counts.dropped += before - left.size();
    if (left.size() == before) continue;
    const Digest body =
        row.getColumn(4).isNull() ? body_of(blob_of(row.getColumn(2))) : id_of(row.getColumn(4));
    const std::string frame = left.empty() ? std::string() : pack_some(first, left);
    Binder(update)
        .blob(frame)
        .id(body)
        .id(body_of(frame))
        .integer(static_cast<int64_t>(first))
        .run();
  }
  return counts;
}

}  // namespace duban
