// The shards of a database (runtime/shard.h), each with a Runtime of its own, as one.
//
// Owned by one thread, like a Runtime. While a feed runs, each shard is driven by a thread of its
// own; otherwise by the caller's. With one shard everything is what its Runtime does.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "runtime/id_set.h"
#include "runtime/runtime.h"

namespace duban {

class ShardedRuntime {
 public:
  // The stores of all shards, in order (runtime/shard_files.h). Opens each; what was deployed when
  // the process died before all had it is deployed to the others. What may be in memory according
  // to `settings` is divided among them. `channels` must outlive the runtime.
  static Result<std::unique_ptr<ShardedRuntime>> open(std::vector<std::unique_ptr<Store>> stores,
                                                      Channels& channels, RuntimeSettings settings);

  size_t size() const { return shards_.size(); }
  Runtime& shard(size_t index) { return *shards_[index]; }

  // As those of Runtime, to all shards.
  Result<DeployOutcome> deploy(const CompileInput& input, const Compilation& compilation,
                               std::optional<Instant> at, const std::string& note);
  Result<DeployOutcome> rollback(Version to, std::optional<Instant> at);
  bool deployed() const { return shards_.front()->deployed(); }
  const Plans& plans() const { return shards_.front()->plans(); }
  const std::vector<StoredDeployment>& deployments() const {
    return shards_.front()->deployments();
  }
  Status rest();

  // To the shard that has the task, or the incident; what is in several shards, as a refused row of
  // a reference, is settled in all of them.
  Status command(const Runtime::TaskCommand& command);
  Status incident_retry(const std::string& id) { return settle_incident(id, true); }
  Status incident_drop(const std::string& id) { return settle_incident(id, false); }

  ClockKind clock_kind() const { return shards_.front()->clock_kind(); }
  // Of all shards; what went to all of them counts once.
  RunCounts counts() const;
  // Lines so far; may be asked while a feed runs, by the thread that reads it.
  uint64_t lines() const { return size() == 1 ? shards_.front()->counts().lines : lines_; }

  // ---- for those who drive it

  // `work` for every shard at once, each on a thread of its own; an error of one of them.
  Status each(const std::function<Status(Runtime&)>& work);
  void count_line() { ++lines_; }

 private:
  explicit ShardedRuntime(RuntimeSettings settings);
  void tell(const StoredIncident& incident);  // from any thread
  Status mend();
  Result<DeployOutcome> to_others(const Runtime& first, const Result<DeployOutcome>& outcome);
  Runtime& newest();  // the shard whose clock has gone furthest
  Status catch_up();  // …that of the others goes as far
  Status settle_incident(const std::string& id, bool retry);

  RuntimeSettings settings_;
  uint64_t lines_ = 0;
  mutable std::mutex mutex_;
  IdSet told_;              // incidents that may come from several shards; guarded by `mutex_`
  uint64_t incidents_ = 0;  // …too
  std::vector<std::unique_ptr<Runtime>> shards_;  // goes first: its threads tell of incidents
};

// As those of one Runtime. Subjects are stepped by the threads of their shards; the result for each
// of them is the same whatever the number of shards.
Status run_virtual(ShardedRuntime& runtime, Feed& feed, std::optional<Instant> until,
                   const std::function<bool(double)>& progress);

// The feed is read by the caller's thread; each shard acknowledges and fires timers on its own.
Status run_wall(ShardedRuntime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay, const WakePipe* stop = nullptr);

}  // namespace duban
