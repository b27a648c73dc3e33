// Writes records into their tables.
#pragma once

#include <unordered_map>

#include "runtime/sqlite_database.h"
#include "runtime/store.h"

namespace duban {

class RecordWriter {
 public:
  explicit RecordWriter(SQLite::Database& database);
  // `outbox`: the number of what was queued, by its id.
  using OutboxNumbers = std::unordered_map<uint64_t, uint64_t>;
  void write(const Plans* plans, Sequence sequence, const Record& record,
             const OutboxNumbers& outbox);

 private:
  void write_one(const CaseRecord& record);
  void write_one(const TaskRecord& record);
  void write_one(const NoticeRecord& record);
  void write_one(const OutgoingRecord& record);
  void write_one(const RaisedRecord& record);
  void write_one(const DuplicateRecord& record);
  void write_one(const ConcernRecord&) {}  // becomes an incident
  Binder start(SQLite::Statement& statement, const Digest& id, const Key& subject);
  void finish(Binder& binder, const Provenance& from);
  void bind_outbox(Binder& binder, const Digest& id);
  // Private ones masked, as attributes are.
  std::string fields(const std::string& event, std::vector<std::pair<std::string, Value>> fields,
                     std::vector<Type> types) const;

  SQLite::Statement case_, task_, notice_, outgoing_, raised_, duplicate_;
  const Plans* plans_ = nullptr;
  Sequence sequence_ = 0;
  const OutboxNumbers* outbox_ = nullptr;
};

}  // namespace duban
