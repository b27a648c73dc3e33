#include "tests/simulation/watch.h"

#include <algorithm>

namespace duban::simulation {
namespace {

class WatchedStore : public ForwardingStore {
 public:
  WatchedStore(std::unique_ptr<Store> store, Seen& seen, const WallClock* clock)
      : ForwardingStore(std::move(store)), seen_(seen), clock_(clock) {
    seen_.durable_effect = to_->last_effect();
    seen_.releases.erase(seen_.releases.lower_bound({to_->log().last() + 1, Digest{}}),
                         seen_.releases.end());
    seen_.commands.erase(seen_.commands.upper_bound(to_->log().last()), seen_.commands.end());
    seen_.recovered += to_->log().last() - std::min(to_->log().last(), to_->swept());
  }

  Status commit(const Batch& batch) override {
    look_at_log(batch);
    Status status = ForwardingStore::commit(batch);
    if (seen_.trace && !batch.log.empty()) {
      seen_.trace("  commit of " + std::to_string(batch.log.front().sequence) + " to " +
                  std::to_string(batch.log.back().sequence) + (status ? "" : " fails"));
    }
    for (const Effect& effect : batch.effects) {
      if (const auto* task = std::get_if<TaskRecord>(effect.record.get()))
        note(seen_.tasks, task->id, task->status == TaskRecord::Status::open, false);
    }
    for (const StoredIncident& incident : batch.incidents) {
      look_at_release(batch, incident);
      note(seen_.incidents, incident.id, incident.status == StoredIncident::Status::open,
           incident.kind == StoredIncident::Kind::step);
    }
    if (!status) return status;
    ++seen_.commits;
    if (!batch.effects.empty()) seen_.durable_effect = batch.effects.back().number;
    for (const Effect& effect : batch.effects) {
      seen_.notices += std::holds_alternative<NoticeRecord>(*effect.record) ? 1 : 0;
    }
    return status;
  }

 private:
  void look_at_log(const Batch& batch) {
    if (!batch.log.empty()) {
      const auto first = seen_.commands.lower_bound(batch.log.front().sequence);
      seen_.commands.erase(first, seen_.commands.end());
    }
    for (const LogEntry& entry : batch.log) {
      if (entry.type == "answer" || entry.type == "reassign" || entry.type == "note")
        seen_.commands.insert(entry.sequence);
      if (entry.type != "timer") continue;
      ++seen_.timers;
      if (clock_ == nullptr) continue;
      // An event may be a little ahead of the clock; its subject's timers due before it come first.
      Instant newest = clock_->newest();
      for (const std::string& to : {entry.subject.key, std::string()}) {
        if (const auto given = seen_.given.find(to); given != seen_.given.end())
          newest = std::max(newest, given->second);
      }
      if (entry.time > newest) {
        seen_.complaints.push_back("a timer of " + entry.subject.key + " fires " +
                                   std::to_string(entry.time.ms - newest.ms) +
                                   " ms before its time");
      }
    }
  }

  // It comes before all that its batch logs. One that did not become durable, and had nothing
  // logged, is kept: its subject is still held, and nothing of it is stepped before the next.
  void look_at_release(const Batch& batch, const StoredIncident& incident) {
    if (incident.kind != StoredIncident::Kind::step ||
        incident.status == StoredIncident::Status::open)
      return;
    const Sequence after = batch.log.empty() ? to_->log().last() : batch.log.front().sequence - 1;
    seen_.releases[{after, incident.id}] = {incident.subject, incident.sequence,
                                            incident.status == StoredIncident::Status::dropped};
  }

  static void note(std::vector<Seen::Item>& items, const Digest& id, bool open, bool step) {
    const std::string hex = id.to_hex();
    const auto known = std::find_if(items.begin(), items.end(),
                                    [&](const Seen::Item& item) { return item.id == hex; });
    if (known == items.end()) {
      items.push_back({hex, open, step});
    } else {
      known->open = open;
    }
  }

  Seen& seen_;
  const WallClock* clock_;
};

}  // namespace

std::unique_ptr<Store> watched(std::unique_ptr<Store> store, Seen& seen, const WallClock* clock) {
  return std::make_unique<WatchedStore>(std::move(store), seen, clock);
}

}  // namespace duban::simulation
