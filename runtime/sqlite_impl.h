// The SQLite store's insides: sqlite_store.cc reads, sqlite_lookup.cc finds by id,
// sqlite_commit.cc writes, sqlite_compact.cc drops.
#pragma once

#include <map>

#include "runtime/sqlite_checkpoint.h"
#include "runtime/sqlite_database.h"
#include "runtime/sqlite_log.h"
#include "runtime/sqlite_records.h"

namespace duban {

class SqliteStore : public Store {
 public:
  SqliteStore(OpenDatabase database, std::string path);
  void load_counters();  // throws

  void describe_with(const Plans* plans) override { plans_ = plans; }
  Status commit(const Batch& batch) override;
  void tidy_beside() override {
    checkpointer_ = std::make_unique<Checkpointer>(database_.connection->getHandle(), path_);
  }
  Log& log() override { return log_; }
  Sequence swept() const override { return swept_; }

  Result<std::optional<StoredSubject>> load_subject(const Key& key) override;
  Result<std::optional<StoredSubject>> load_base(const Key& key) override;
  Result<CompactionCounts> compact(const Compaction& compaction) override;
  Status shrink() override;
  Status for_each_subject(const std::function<bool(const Key&, std::string_view)>& visit) override;
  Status for_each_wake(const std::function<void(const Key&, Wake)>& visit) override;
  Status for_each_given_up(const std::function<void(const Key&, Wake)>& visit) override;
  Status for_each_incident(
      const std::function<void(StoredIncident::Kind, const Digest&)>& visit) override;
  Status for_each_reference(const std::function<void(const ReferenceRow&)>& visit) override;
  Status for_each_unsent(const std::function<void(OutboxItem)>& visit) override;
  Result<std::vector<StoredDeployment>> deployments() override;
  Result<std::vector<std::pair<Key, Sequence>>> held_inputs() override;
  Result<std::optional<StoredIncident>> find_incident(const std::string& id_prefix) override;
  Result<std::optional<StoredIncident>> find_holding_incident(const Key& subject) override;
  Result<std::optional<FoundTask>> find_task(const std::string& id_prefix) override;
  Result<std::optional<FoundRecord>> find_record(const std::string& id_prefix) override;
  uint64_t last_effect() const override { return last_effect_; }
  uint64_t sent_all() const override { return sent_all_; }
  std::optional<Instant> clock() const override { return clock_; }
  Version asking() const override { return asking_; }
  Sequence releasing() const override { return releasing_; }
  Result<std::optional<ClockKind>> clock_kind() override;
  Status set_clock_kind(ClockKind kind) override;

 private:
  // A statement, prepared once.
  SQLite::Statement& prepared(const char* sql);
  // Runs `work`, which may throw, and turns what it throws into an error.
  template <typename Work>
  auto guarded(const Work& work) -> decltype(work());
  void set_meta(const char* name, int64_t value);
  std::optional<int64_t> meta(const char* name);

  Status for_each_timer(const char* sql, const std::function<void(const Key&, Wake)>& visit);
  Result<std::optional<StoredSubject>> load_state(SQLite::Statement& row, const Key& key);
  void write_batch(const Batch& batch);
  void write_events(const Batch& batch);
  void write_subjects(const Batch& batch);
  void write_held(const Batch& batch);
  void write_sent(const Batch& batch);
  void write_incidents(const Batch& batch);
  void write_deployments(const Batch& batch);
  void write_references(const Batch& batch);

  std::string path_;
  OpenDatabase database_;
  std::unique_ptr<Checkpointer> checkpointer_;  // null: commits do it
  SqliteLog log_;
  std::map<std::string, std::unique_ptr<SQLite::Statement>, std::less<>> statements_;
  struct Writer {
    explicit Writer(SQLite::Database& database);
    void forget() {
      records.forget();
      subject.forget();
      wake_set.forget();
      event_group.forget();
    }
    RecordWriter records;
    Insert subject, wake_set, event_group;
  };
  std::unique_ptr<Writer> writer_;
  const Plans* plans_ = nullptr;
  std::string events_;  // of the batch; room for those of the next

  Sequence swept_ = 0;
  uint64_t last_effect_ = 0;
  uint64_t sent_all_ = 0;
  std::optional<Instant> clock_;
  Version asking_ = 0;
  Sequence releasing_ = 0;
};

template <typename Work>
auto SqliteStore::guarded(const Work& work) -> decltype(work()) {
  return duban::guarded(path_, work);
}

std::string_view to_string(StoredIncident::Kind kind);
StoredIncident::Kind incident_kind(const std::string& name);  // throws StoreFailure
std::string_view to_string(StoredIncident::Status status);

}  // namespace duban
