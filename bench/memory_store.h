// A store that keeps nothing of a feed but the ids of its events: what a run costs without a disk.
#pragma once

#include "runtime/id_set.h"
#include "tests/simulation/forward.h"

namespace duban::bench {

class MemoryStore : public simulation::ForwardingStore {
 public:
  explicit MemoryStore(std::unique_ptr<Store> to) : ForwardingStore(std::move(to)), log_(*to_) {}

  // A deployment is kept, with all that is in its group.
  Status commit(const Batch& batch) override {
    if (!batch.deployments.empty()) return to_->commit(batch);
    for (const LogEntry& entry : batch.log) log_.ids.insert(entry.id);
    return {};
  }
  Log& log() override { return log_; }

 private:
  struct Ids : simulation::ForwardingLog {
    explicit Ids(Store& store) : ForwardingLog(store.log()) {}
    Result<bool> has_id(const Digest& id) override { return ids.contains(id); }
    bool may_have_id(const Digest& id) const override { return ids.contains(id); }
    void expect_id(const Digest& id) const override { ids.prefetch(id); }
    IdSet ids;
  };

  Ids log_;
};

}  // namespace duban::bench
