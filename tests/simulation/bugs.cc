#include "tests/simulation/bugs.h"

#include "tests/simulation/forward.h"

namespace duban::simulation {
namespace {

template <typename T>
void move_to_end(std::vector<T>& to, std::vector<T>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

class SendsBeforeCommit : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Status commit(const Batch& batch) override {
    Batch next = batch;
    if (waits_) {
      Batch both = std::move(waiting_);
      for (const LogEntry& entry : next.log) both.log.push_back(entry);
      move_to_end(both.subjects, next.subjects);
      move_to_end(both.effects, next.effects);
      move_to_end(both.sent, next.sent);
      move_to_end(both.incidents, next.incidents);
      move_to_end(both.held, next.held);
      move_to_end(both.released, next.released);
      move_to_end(both.given_up, next.given_up);
      move_to_end(both.deployments, next.deployments);
      move_to_end(both.references, next.references);
      if (next.sent_all) both.sent_all = next.sent_all;
      if (next.swept) both.swept = next.swept;
      if (next.asking) both.asking = next.asking;
      if (next.releasing) both.releasing = next.releasing;
      if (next.clock) both.clock = next.clock;
      next = std::move(both);
      waits_ = false;
    } else if (!batch.effects.empty() && batch.deployments.empty()) {
      waiting_ = std::move(next);
      waits_ = true;
      return {};
    }
    return ForwardingStore::commit(next);
  }

 private:
  Batch waiting_;
  bool waits_ = false;
};

class ForgetfulLog : public ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  Result<bool> has_id(const Digest&) override { return false; }
};

class ShortLog : public ForwardingLog {
 public:
  using ForwardingLog::ForwardingLog;
  Status for_each(Sequence after, const std::function<Status(LogEntry&)>& visit) override {
    return to_.for_each(after, [&](LogEntry& entry) -> Status {
      const bool left_out = entry.sequence == to_.last() && entry.kind == LogEntry::Kind::input;
      return left_out ? Status() : visit(entry);
    });
  }
};

template <typename SpoiledLog>
class WithLog : public ForwardingStore {
 public:
  explicit WithLog(std::unique_ptr<Store> to) : ForwardingStore(std::move(to)), log_(to_->log()) {}
  Log& log() override { return log_; }

 private:
  SpoiledLog log_;
};

class RepeatsEffects : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Status commit(const Batch& batch) override {
    Batch next = batch;
    next.sent_all.reset();
    next.sent.clear();
    return ForwardingStore::commit(next);
  }
};

class SweepsTooEarly : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Status commit(const Batch& batch) override {
    Batch next = batch;
    if (next.swept && !next.log.empty()) next.swept = next.log.back().sequence;
    return ForwardingStore::commit(next);
  }
};

class KeepsDeadTimers : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Status commit(const Batch& batch) override {
    Batch next = batch;
    for (StoredSubject& subject : next.subjects) {
      if (subject.wake && !*subject.wake) subject.wake.reset();
    }
    return ForwardingStore::commit(next);
  }
};

class LosesReceivers : public ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;
  Status commit(const Batch& batch) override {
    Batch next = batch;
    if (!next.effects.empty()) next.sent_all = next.effects.back().number;
    return ForwardingStore::commit(next);
  }
};

}  // namespace

std::string_view to_string(Bug bug) {
  switch (bug) {
    case Bug::none:
      return "none";
    case Bug::no_sync:
      return "no-sync";
    case Bug::sends_before_commit:
      return "sends-before-commit";
    case Bug::forgets_ids:
      return "forgets-ids";
    case Bug::repeats_effects:
      return "repeats-effects";
    case Bug::sweeps_too_early:
      return "sweeps-too-early";
    case Bug::keeps_dead_timers:
      return "keeps-dead-timers";
    case Bug::loses_the_tail:
      return "loses-the-tail";
    case Bug::loses_receivers:
      return "loses-receivers";
  }
  return {};
}

std::unique_ptr<Store> spoiled(std::unique_ptr<Store> store, Bug bug) {
  switch (bug) {
    case Bug::none:
    case Bug::no_sync:
      return store;
    case Bug::sends_before_commit:
      return std::make_unique<SendsBeforeCommit>(std::move(store));
    case Bug::forgets_ids:
      return std::make_unique<WithLog<ForgetfulLog>>(std::move(store));
    case Bug::repeats_effects:
      return std::make_unique<RepeatsEffects>(std::move(store));
    case Bug::sweeps_too_early:
      return std::make_unique<SweepsTooEarly>(std::move(store));
    case Bug::keeps_dead_timers:
      return std::make_unique<KeepsDeadTimers>(std::move(store));
    case Bug::loses_the_tail:
      return std::make_unique<WithLog<ShortLog>>(std::move(store));
    case Bug::loses_receivers:
      return std::make_unique<LosesReceivers>(std::move(store));
  }
  return store;
}

}  // namespace duban::simulation
