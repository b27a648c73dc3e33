// The log stepped from nothing, and what is held against it.
#include <map>
#include <set>

#include "engine/codec.h"
#include "runtime/apply.h"
#include "runtime/recovery.h"
#include "runtime/sqlite_store.h"
#include "runtime/stored_plans.h"
#include "runtime/words.h"
#include "tests/simulation/verify.h"
#include "tests/simulation/vfs.h"

namespace duban::simulation {
namespace {

std::string shown(Instant at) { return Zone().to_string(at); }

class Replay {
 public:
  Replay(Store& from, Store& to, const Seen& seen, std::vector<std::string>& complaints)
      : from_(from), to_(to), complaints_(complaints), releases_(seen.releases) {
    to_.describe_with(&plans_);
  }
  ~Replay() { to_.describe_with(nullptr); }
  Replay(const Replay&) = delete;
  Replay& operator=(const Replay&) = delete;

  Status run() {
    Result<std::vector<StoredDeployment>> deployments = from_.deployments();
    if (!deployments) return deployments.error();
    deployments_ = std::move(*deployments);
    Status status =
        from_.log().for_each(0, [this](LogEntry& entry) -> Status { return take(entry); });
    if (!status) return status;
    let_go_before(UINT64_MAX);
    for (auto& [key, folded] : subjects_) {
      StoredSubject& stored = batch_.subjects.emplace_back();
      stored = {key, folded.last, encode(folded.subject), {}, {}};
      stored.attributes = attributes_json(plans_.current(), key.entity, folded.subject.attributes);
      if (folded.wake) stored.wake = folded.wake;
      if (folded.given_up) batch_.given_up.emplace_back(key, folded.given_up);
    }
    for (auto& [key, row] : rows_) batch_.references.push_back(row);
    return to_.commit(batch_);
  }

  const std::set<std::string>& messages() const { return messages_; }

 private:
  struct Folded {
    Subject subject;
    Sequence last = 0;
    std::optional<Wake> wake;
    // Its timer, which failed, was dropped and cannot be passed over: it is not armed.
    std::optional<Wake> given_up;
  };

  Status take(LogEntry& entry) {
    const LogEntry copy = entry;
    let_go_before(entry.sequence);
    switch (entry.kind) {
      case LogEntry::Kind::reference: {
        const std::optional<ReferenceRow> row = decode_reference_row(entry.payload);
        if (!row) return Error{"a row cannot be read", {}, {}, {}, {}};
        references_.put(row->entity, row->key, row->row);
        rows_[Key{row->entity, row->key}] = *row;
        break;
      }
      case LogEntry::Kind::deployment:
        if (Status status = deploy(entry); !status) return status;
        break;
      case LogEntry::Kind::waiting:
        subject(entry.subject).last = entry.sequence;
        if (entry.type == "timer") failed_timers_[entry.sequence] = entry.time;
        subject(entry.subject).subject.held = true;
        subject(entry.subject).wake.reset();  // nothing goes off
        break;
      case LogEntry::Kind::input:
        if (Status status = step(entry); !status) return status;
        break;
      case LogEntry::Kind::broadcast:
        break;
    }
    batch_.log.push_back(copy);
    return {};
  }

  // The log does not say when a held subject was let go. From then on its timers are those of the
  // rules in force, which may be newer than the ones it was held under: it is tried again after a
  // repair.
  void let_go_before(Sequence sequence) {
    for (; !releases_.empty() && releases_.begin()->first.first < sequence;
         releases_.erase(releases_.begin())) {
      const Seen::Release& release = releases_.begin()->second;
      Folded& folded = subject(release.subject);
      folded.subject.held = false;
      const std::optional<Wake> wake =
          folded.subject.exists ? next_wake(folded.subject, plans_, references_) : std::nullopt;
      const auto failed = failed_timers_.find(release.failed);
      const bool is_given_up =
          release.dropped && failed != failed_timers_.end() && wake && wake->at <= failed->second;
      if (is_given_up && !can_be_passed_over(folded.subject, *wake)) folded.given_up = wake;
      arm(folded, wake);
      if (is_given_up && folded.wake) given_up_next_.insert(release.subject);
    }
  }

  bool can_be_passed_over(Subject subject, Wake wake) {
    Input input;
    input.kind = Input::Kind::timer;
    input.subject = subject.key;
    input.time = input.received = wake.at;
    input.before_facts = wake.before_facts;
    input.given_up = true;
    const auto outcome = apply(plans_, references_, subject, input, StepSettings{});
    return std::holds_alternative<StepEffects>(outcome);
  }

  // One that was given up stays so until something changes it.
  static void arm(Folded& folded, std::optional<Wake> wake) {
    if (folded.given_up != wake) folded.given_up.reset();
    folded.wake = folded.given_up ? std::nullopt : wake;
  }

  Folded& subject(const Key& key) {
    Folded& folded = subjects_[key];
    folded.subject.key = key;
    return folded;
  }

  Status deploy(const LogEntry& entry) {
    Status status = to_.commit(batch_);
    batch_.clear();
    if (!status) return status;
    for (size_t i = 0; i < deployments_.size(); ++i) {
      if (deployments_[i].sequence != entry.sequence) continue;
      Result<std::shared_ptr<const Plan>> plan = compile_again(deployments_, i);
      if (!plan) return plan.error();
      plans_.add(deployments_[i].version, std::move(*plan));
      batch_.deployments.push_back(deployments_[i]);
      return {};
    }
    return Error{"a deployment of the log is not known", {}, {}, {}, {}};
  }

  Status step(const LogEntry& entry) {
    const std::optional<Input> input = input_of(entry);
    const std::string number = std::to_string(entry.sequence);
    if (!input) return Error{"entry " + number + " cannot be read", {}, {}, {}, {}};
    Folded& folded = subject(entry.subject);
    look_at_timers(folded, entry, *input);
    auto outcome = apply(plans_, references_, folded.subject, *input, StepSettings{});
    auto* stepped = std::get_if<StepEffects>(&outcome);
    if (stepped == nullptr) return Error{"entry " + number + " cannot be stepped", {}, {}, {}, {}};
    arm(folded, stepped->wake);
    folded.last = entry.sequence;
    for (const auto& record : stepped->records) {
      if (std::holds_alternative<ConcernRecord>(*record)) continue;  // an incident
      batch_.effects.push_back({++effects_, entry.sequence, record});
      if (!is_message(*record)) continue;
      OutboxItem item;
      item.record = record;
      messages_.insert(item.id().to_hex());
    }
    return {};
  }

  // A timer goes off when it is due and for what it stands for; nothing passes one that is due.
  void look_at_timers(const Folded& folded, const LogEntry& entry, const Input& input) {
    const std::string where = "entry " + std::to_string(entry.sequence) + " of " +
                              entry.subject.key + " at " + shown(input.time) + ": ";
    const std::string due = folded.wake ? shown(folded.wake->at) : "never";
    if ((given_up_next_.erase(entry.subject) > 0) != input.given_up)
      complaints_.push_back(where + (input.given_up ? "a timer is given up that nobody dropped"
                                                    : "a timer that was dropped is not given up"));
    if (input.kind == Input::Kind::timer) {
      const Wake wake{input.time, input.before_facts};
      if (folded.wake != wake)
        complaints_.push_back(where + "a timer goes off, but the next is due " + due);
      if (input.received < input.time) complaints_.push_back(where + "a timer goes off early");
    } else if (folded.wake && *folded.wake < Wake{input.time, true}) {
      complaints_.push_back(where + "a timer due " + due + " was passed by");
    }
  }

  Store& from_;
  Store& to_;
  std::vector<std::string>& complaints_;
  std::vector<StoredDeployment> deployments_;
  Plans plans_;
  References references_;
  std::map<Key, Folded> subjects_;
  std::map<Key, ReferenceRow> rows_;
  std::map<std::pair<Sequence, Digest>, Seen::Release> releases_;
  std::map<Sequence, Instant> failed_timers_;
  std::set<Key> given_up_next_;  // whose next entry says that a timer was given up
  std::set<std::string> messages_;
  Batch batch_;
  uint64_t effects_ = 0;
};

// What a replay must give again.
std::string all_of(const std::string& path) {
  std::vector<Query> queries;
  for (const std::string table :
       {"case_change", "task_change", "notice_change", "outgoing", "raised", "duplicate"}) {
    queries.push_back({table, "SELECT t.*, p.version, p.policy, p.place, p.basis FROM " + table +
                                  " t LEFT JOIN provenance p ON p.number = t.provenance "
                                  "ORDER BY t.number"});
  }
  for (const std::string& sql : std::vector<std::string>{
           "SELECT sequence, entity, subject, type, source, id, at FROM event ORDER BY sequence",
           "SELECT entity, key, last_sequence, attributes, hex(state) AS state FROM subject "
           "ORDER BY entity, key",
           "SELECT * FROM wake ORDER BY entity, key", "SELECT * FROM given_up ORDER BY entity, key",
           "SELECT entity, key, attributes, hex(row) AS row FROM reference_row ORDER BY entity, "
           "key"}) {
    queries.push_back({sql, sql});
  }
  return dump(path, queries);
}

}  // namespace

void check_log(const Machine& machine, Store& store, const std::string& folder,
               std::vector<std::string>& complaints) {
  Disk disk(0);
  mount(folder, &disk);
  const std::string path = folder + "/db";
  const auto note = [&](const Status& status) {
    if (!status) complaints.push_back("the log cannot be replayed: " + status.error().to_string());
    return status.ok();
  };
  Result<std::unique_ptr<Store>> to = open_sqlite_store(path, OpenMode::create);
  if (note(to ? Status() : Status(to.error()))) {
    Replay replay(store, **to, machine.seen(), complaints);
    if (note(replay.run())) {
      const std::string different = difference(all_of(machine.path()), all_of(path));
      if (!different.empty())
        complaints.push_back("the log, replayed, says otherwise: " + different);
      for (const std::string& id : machine.receivers().delivered()) {
        if (!replay.messages().contains(id))
          complaints.push_back("a receiver got " + id + ", which nothing in the log has sent");
      }
      for (const std::string& id : replay.messages()) {
        if (!machine.receivers().knows(id))
          complaints.push_back(id + " was never offered to its receiver");
      }
    }
  }
  to = Error{};
  mount(folder, nullptr);
}

}  // namespace duban::simulation
