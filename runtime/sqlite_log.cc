#include "runtime/sqlite_log.h"

#include <algorithm>

#include "runtime/sqlite_database.h"

namespace duban {
namespace {

struct Failure {
  Error error;
};

Digest chained(const Digest& before, Sequence first, uint32_t count, std::string_view ids,
               std::string_view bytes) {
  DigestBuilder digest;
  digest.add(static_cast<int64_t>(before.high)).add(static_cast<int64_t>(before.low));
  digest.add(static_cast<int64_t>(first)).add(int64_t{count}).add(ids).add(bytes);
  return digest.finish();
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

Result<std::vector<LogEntry>> unpack_row(SQLite::Statement& row) {
  return unpack(static_cast<Sequence>(row.getColumn(0).getInt64()), blob_of(row.getColumn(1)),
                blob_of(row.getColumn(2)));
}

}  // namespace

template <typename Work>
auto SqliteLog::guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const SQLite::Exception& exception) {
    return database_error(exception, path_);
  } catch (const Failure& failure) {
    return failure.error;
  }
}

SqliteLog::SqliteLog(SQLite::Database& database, std::string path)
    : database_(database), path_(std::move(path)) {
  SQLite::Statement row(database_,
                        "SELECT first + count - 1, chain FROM log ORDER BY first DESC LIMIT 1");
  if (!row.executeStep()) return;
  last_ = written_ = static_cast<Sequence>(row.getColumn(0).getInt64());
  chain_ = written_chain_ = id_of(row.getColumn(1));
}

void SqliteLog::append(const std::vector<LogEntry>& entries) {
  if (!insert_) {
    insert_ = std::make_unique<SQLite::Statement>(database_, "INSERT INTO log VALUES(?,?,?,?,?,?)");
  }
  for (const LogFrame& frame : frames_.pack(entries)) {
    written_chain_ = chained(written_chain_, frame.first, frame.count, frame.ids, frame.bytes);
    written_ = frame.first + frame.count - 1;
    Binder(*insert_)
        .integer(static_cast<int64_t>(frame.first))
        .integer(frame.count)
        .integer(frame.shared ? 1 : 0)
        .blob(frame.ids)
        .blob(frame.bytes)
        .id(written_chain_)
        .run();
  }
}

void SqliteLog::committed() {
  last_ = written_;
  chain_ = written_chain_;
}

void SqliteLog::forget() {
  written_ = last_;
  written_chain_ = chain_;
}

const std::vector<LogEntry>& SqliteLog::frame_of(Sequence sequence) {
  if (!frame_.empty() && frame_.front().sequence <= sequence &&
      sequence <= frame_.back().sequence) {
    return frame_;
  }
  if (!select_) {
    select_ = std::make_unique<SQLite::Statement>(
        database_,
        "SELECT first, ids, frame FROM log WHERE first <= ? ORDER BY first DESC LIMIT 1");
  }
  Binder(*select_).integer(static_cast<int64_t>(sequence));
  frame_.clear();
  if (select_->executeStep()) {
    auto entries = unpack_row(*select_);
    select_->reset();
    if (!entries) throw Failure{entries.error()};
    frame_ = std::move(*entries);
  }
  if (frame_.empty() || sequence > frame_.back().sequence) throw Failure{damaged_entry(sequence)};
  return frame_;
}

Result<LogEntry> SqliteLog::read(Sequence sequence) {
  return guarded([&]() -> Result<LogEntry> {
    const std::vector<LogEntry>& frame = frame_of(sequence);
    return frame[sequence - frame.front().sequence];
  });
}

Result<std::vector<LogEntry>> SqliteLog::read_subject(const Key& key, Sequence newest) {
  std::vector<LogEntry> entries;
  for (Sequence at = newest; at != 0;) {
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
    SQLite::Statement row(database_,
                          "SELECT first, ids, frame FROM log WHERE first >= coalesce((SELECT "
                          "max(first) FROM log WHERE first <= ?), 0) ORDER BY first");
    Binder(row).integer(static_cast<int64_t>(after) + 1);
    while (row.executeStep()) {
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
        const bool of_subject =
            entry.kind == LogEntry::Kind::input || entry.kind == LogEntry::Kind::waiting;
        if (!of_subject) visit(entry);
      }
    }
    return {};
  });
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

Status SqliteLog::verify() {
  return guarded([&]() -> Status {
    SQLite::Statement row(database_,
                          "SELECT first, ids, frame, count, chain FROM log ORDER BY first");
    Sequence next = 1;
    Digest chain;
    while (row.executeStep()) {
      const auto first = static_cast<Sequence>(row.getColumn(0).getInt64());
      const uint32_t count = row.getColumn(3).getUInt();
      if (first != next) return bad_group(next, first - 1, "missing", "缺失");
      next = first + count;
      chain = chained(chain, first, count, blob_of(row.getColumn(1)), blob_of(row.getColumn(2)));
      const auto entries = unpack_row(row);
      if (chain != id_of(row.getColumn(4)) || !entries || entries->size() != count)
        return bad_group(first, next - 1, "damaged", "已损坏");
    }
    return {};
  });
}

}  // namespace duban
