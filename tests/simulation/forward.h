// A store and a log that pass everything on: what watches them, or spoils them, overrides a little.
#pragma once

#include <memory>

#include "runtime/store.h"

namespace duban::simulation {

class ForwardingLog : public Log {
 public:
  explicit ForwardingLog(Log& to) : to_(to) {}
  Sequence last() const override { return to_.last(); }
  Sequence written_end() const override { return to_.written_end(); }
  Result<LogEntry> read(Sequence sequence) override { return to_.read(sequence); }
  Result<std::vector<LogEntry>> read_subject(const Key& key, Sequence newest,
                                             Sequence after) override {
    return to_.read_subject(key, newest, after);
  }
  Status for_each(Sequence after, const std::function<Status(LogEntry&)>& visit) override {
    return to_.for_each(after, visit);
  }
  Status for_each_shared(const std::function<void(const LogEntry&)>& visit) override {
    return to_.for_each_shared(visit);
  }
  Status remember_ids(const IdSettings& settings) override { return to_.remember_ids(settings); }
  Result<bool> has_id(const Digest& id) override { return to_.has_id(id); }
  Status for_each_id(const std::function<void(const Digest&)>& visit) override {
    return to_.for_each_id(visit);
  }
  Result<std::vector<Error>> verify() override { return to_.verify(); }

 protected:
  Log& to_;
};

class ForwardingStore : public Store {
 public:
  explicit ForwardingStore(std::unique_ptr<Store> to) : to_(std::move(to)) {}
  void describe_with(const Plans* plans) override { to_->describe_with(plans); }
  Status commit(const Batch& batch) override { return to_->commit(batch); }
  void tidy_beside() override { to_->tidy_beside(); }
  Log& log() override { return to_->log(); }
  Sequence swept() const override { return to_->swept(); }
  Result<std::optional<StoredSubject>> load_subject(const Key& key) override {
    return to_->load_subject(key);
  }
  Result<std::optional<StoredSubject>> load_base(const Key& key) override {
    return to_->load_base(key);
  }
  Result<CompactionCounts> compact(const Compaction& compaction) override {
    return to_->compact(compaction);
  }
  Status shrink() override { return to_->shrink(); }
  Status for_each_subject(const std::function<bool(const Key&, std::string_view)>& visit) override {
    return to_->for_each_subject(visit);
  }
  Status for_each_given_up(const std::function<void(const Key&, Wake)>& visit) override {
    return to_->for_each_given_up(visit);
  }
  Status for_each_wake(const std::function<void(const Key&, Wake)>& visit) override {
    return to_->for_each_wake(visit);
  }
  Status for_each_incident(
      const std::function<void(StoredIncident::Kind, const Digest&)>& visit) override {
    return to_->for_each_incident(visit);
  }
  Status for_each_reference(const std::function<void(const ReferenceRow&)>& visit) override {
    return to_->for_each_reference(visit);
  }
  Status for_each_unsent(const std::function<void(OutboxItem)>& visit) override {
    return to_->for_each_unsent(visit);
  }
  Result<std::vector<StoredDeployment>> deployments() override { return to_->deployments(); }
  Result<std::vector<std::pair<Key, Sequence>>> held_inputs() override {
    return to_->held_inputs();
  }
  Result<std::optional<StoredIncident>> find_incident(const std::string& id_prefix) override {
    return to_->find_incident(id_prefix);
  }
  Result<std::optional<StoredIncident>> find_holding_incident(const Key& subject) override {
    return to_->find_holding_incident(subject);
  }
  Result<std::optional<FoundTask>> find_task(const std::string& id_prefix) override {
    return to_->find_task(id_prefix);
  }
  Result<std::optional<FoundRecord>> find_record(const std::string& id_prefix) override {
    return to_->find_record(id_prefix);
  }
  uint64_t last_effect() const override { return to_->last_effect(); }
  uint64_t sent_all() const override { return to_->sent_all(); }
  std::optional<Instant> clock() const override { return to_->clock(); }
  Version asking() const override { return to_->asking(); }
  Sequence releasing() const override { return to_->releasing(); }
  Result<std::optional<ClockKind>> clock_kind() override { return to_->clock_kind(); }
  Status set_clock_kind(ClockKind kind) override { return to_->set_clock_kind(kind); }

 protected:
  std::unique_ptr<Store> to_;
};

}  // namespace duban::simulation
