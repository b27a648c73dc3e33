#include "runtime/sharded_runtime.h"

#include <algorithm>
#include <thread>

namespace duban {
namespace {

// The counters by which runs are summed up.
constexpr uint64_t RunCounts::*kCounters[] = {
    &RunCounts::lines,         &RunCounts::events,         &RunCounts::duplicates,
    &RunCounts::rejected,      &RunCounts::held,           &RunCounts::timers,
    &RunCounts::references,    &RunCounts::groups,         &RunCounts::cases_opened,
    &RunCounts::cases_closed,  &RunCounts::tasks_opened,   &RunCounts::tasks_done,
    &RunCounts::escalations,   &RunCounts::notices_queued, &RunCounts::notices_waiting,
    &RunCounts::notices_other, &RunCounts::outgoing,       &RunCounts::blocked,
    &RunCounts::incidents,     &RunCounts::sent,           &RunCounts::asked};
static_assert(sizeof kCounters / sizeof *kCounters * sizeof(uint64_t) == sizeof(RunCounts));

}  // namespace

ShardedRuntime::ShardedRuntime(RuntimeSettings settings) : settings_(std::move(settings)) {}

Result<std::unique_ptr<ShardedRuntime>> ShardedRuntime::open(
    std::vector<std::unique_ptr<Store>> stores, Channels& channels, RuntimeSettings settings) {
  const auto count = static_cast<uint32_t>(stores.size());
  std::unique_ptr<ShardedRuntime> all(new ShardedRuntime(settings));
  if (count > 1) {
    ShardedRuntime& told = *all;
    settings.on_incident = [&told](const StoredIncident& incident) { told.tell(incident); };
    settings.cache_subjects_max /= count;
    settings.ready_subjects_max /= count;
    settings.sweep_inputs /= count;
  }
  for (uint32_t i = 0; i < count; ++i) {
    settings.shard = {i, count};
    auto shard = Runtime::open(std::move(stores[i]), channels, settings);
    if (!shard) return shard.error();
    all->shards_.push_back(std::move(*shard));
  }
  if (Status status = all->mend(); !status) return status.error();
  return all;
}

// A deployment goes from shard to shard. Nothing was taken since, if one has it that another lacks.
Status ShardedRuntime::mend() {
  const Runtime* ahead = shards_.front().get();
  for (const auto& shard : shards_) {
    if (shard->deployments().size() > ahead->deployments().size()) ahead = shard.get();
  }
  for (const auto& shard : shards_) {
    while (shard->deployments().size() < ahead->deployments().size()) {
      const StoredDeployment& next = ahead->deployments()[shard->deployments().size()];
      if (Status status = shard->follow(next); !status) return status;
    }
  }
  return {};
}

void ShardedRuntime::tell(const StoredIncident& incident) {
  const std::lock_guard lock(mutex_);
  const bool is_of_one = incident.kind == StoredIncident::Kind::step;
  if (!is_of_one && !told_.insert(incident.id)) return;
  ++incidents_;
  if (settings_.on_incident) settings_.on_incident(incident);
}

Status ShardedRuntime::each(const std::function<Status(Runtime&)>& work) {
  if (size() == 1) return work(*shards_.front());
  std::vector<Status> outcomes(size());
  std::vector<std::thread> threads;
  threads.reserve(size());
  for (size_t i = 0; i < size(); ++i) {
    threads.emplace_back([&, i] { outcomes[i] = work(*shards_[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const Status& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  return {};
}

Status ShardedRuntime::rest() {
  return each([](Runtime& shard) { return shard.rest(); });
}

Runtime& ShardedRuntime::newest() {
  return **std::max_element(shards_.begin(), shards_.end(),
                            [](const auto& a, const auto& b) { return a->now() < b->now(); });
}

Status ShardedRuntime::catch_up() {
  if (clock_kind() == ClockKind::wall) return {};
  const Instant reached = newest().now();
  for (const auto& shard : shards_) {
    if (!(shard->now() < reached)) continue;
    if (Status status = shard->advance(reached, false); !status) return status;
    if (Status status = shard->flush(); !status) return status;
  }
  return {};
}

// What one shard takes, all take: it has the newest clock, and was the first to be asked.
Result<DeployOutcome> ShardedRuntime::to_others(const Runtime& first,
                                                const Result<DeployOutcome>& outcome) {
  if (!outcome || !outcome->changed) return outcome;
  for (const auto& shard : shards_) {
    if (shard.get() == &first) continue;
    if (Status status = shard->follow(first.deployments().back()); !status) return status.error();
  }
  return outcome;
}

Result<DeployOutcome> ShardedRuntime::deploy(const CompileInput& input,
                                             const Compilation& compilation,
                                             std::optional<Instant> at, const std::string& note) {
  Runtime& first = newest();
  return to_others(first, first.deploy(input, compilation, at, note));
}

Result<DeployOutcome> ShardedRuntime::rollback(Version to, std::optional<Instant> at) {
  Runtime& first = newest();
  return to_others(first, first.rollback(to, at));
}

Status ShardedRuntime::command(const Runtime::TaskCommand& command) {
  Runtime* having = nullptr;
  for (const auto& shard : shards_) {
    if (size() == 1) break;
    const Result<std::optional<FoundTask>> found = shard->find_task(command.id);
    if (!found) return found.error();
    if (!*found) continue;
    if (having != nullptr) return ambiguous_id(command.id);
    having = shard.get();
  }
  const Status status = (having != nullptr ? *having : *shards_.front()).command(command);
  const Status caught_up = catch_up();  // a refused one may have moved the clock, too
  return status ? caught_up : status;
}

// One that is still open is settled where its subject lies first: if that is refused, nothing
// changed elsewhere; after a crash in between, it is open until it was settled everywhere.
Status ShardedRuntime::settle_incident(const std::string& id, bool retry) {
  const auto count = static_cast<uint32_t>(size());
  Runtime* having = shards_.front().get();
  std::optional<StoredIncident> incident;
  std::vector<Runtime*> open;
  for (uint32_t i = 0; i < count && count > 1; ++i) {
    const Result<std::optional<StoredIncident>> found = shards_[i]->find_incident(id);
    if (!found) return found.error();
    if (!*found) continue;
    if (incident && incident->id != (*found)->id) return ambiguous_id(id);
    incident = **found;
    having = shards_[i].get();
    if (incident->status != StoredIncident::Status::open) continue;
    const auto event = parse_event(incident->raw);
    const auto* raw = std::get_if<RawEvent>(&event);
    const bool is_own = raw != nullptr && Shard{i, count}.holds(raw->subject);
    open.insert(is_own ? open.begin() : open.end(), shards_[i].get());
  }
  if (open.empty()) open.push_back(having);
  for (Runtime* shard : open) {
    const Status status = retry ? shard->incident_retry(id) : shard->incident_drop(id);
    if (!status) return status;
  }
  return catch_up();
}

RunCounts ShardedRuntime::counts() const {
  if (size() == 1) return shards_.front()->counts();
  RunCounts all;
  for (const auto counter : kCounters) {
    for (const auto& shard : shards_) all.*counter += shard->counts().*counter;
  }
  const std::lock_guard lock(mutex_);
  all.incidents = incidents_;
  return all;
}

}  // namespace duban
