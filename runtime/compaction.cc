#include "runtime/compaction.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <unordered_map>
#include <unordered_set>

#include "engine/codec.h"
#include "runtime/key_hash.h"
#include "runtime/log_frame.h"
#include "runtime/recovery.h"
#include "runtime/sqlite_store.h"
#include "runtime/stored_plans.h"

namespace duban {
namespace {

// The log is gone through once for about so many entries: bounds the subjects in memory.
constexpr uint64_t kEntriesAPass = 4'000'000;

bool is_busy(const Subject& subject) {
  const auto open_case = [](const CaseInstance& c) { return !c.closed; };
  const auto open_task = [](const Task& t) { return t.open; };
  return !subject.waiting.empty() || !subject.awaited.empty() ||
         std::any_of(subject.cases.begin(), subject.cases.end(), open_case) ||
         std::any_of(subject.tasks.begin(), subject.tasks.end(), open_task);
}

Error stopped() {
  return Error{"stopped; nothing was dropped", {}, {}, "已停止，未清除任何内容", {}};
}

class Compactor {
 public:
  Compactor(Store& store, Instant before, const std::function<bool(double)>& progress)
      : store_(store), progress_(progress) {
    report_.before = before;
  }

  Result<CompactionReport> run() {
    if (Status status = find_until(); !status) return status.error();
    if (report_.until == 0) return report_;
    // Steps through a log that is not whole would lead elsewhere.
    Result<std::vector<Error>> damage = store_.log().verify();
    if (!damage) return damage.error();
    if (!damage->empty()) return damage->front();
    if (Status status = find_held(); !status) return status.error();
    const auto bases = [this](const PutBase& put) { return make_bases(put); };
    const auto keep = [this](const LogEntry& entry) {
      return is_shared(entry.kind) || busy_.contains(entry.subject);
    };
    const auto counts = store_.compact({report_.until, keep, bases});
    if (!counts) return counts.error();
    report_.busy = busy_.size();
    report_.dropped = counts->dropped;
    report_.kept = counts->kept;
    return report_;
  }

 private:
  using PutBase = std::function<void(const StoredSubject&)>;

  // The last entry before the first that is too new, or that stored state does not reflect.
  Status find_until() {
    bool found = false;
    Status status = store_.log().for_each(0, [&](LogEntry& entry) -> Status {
      found = entry.sequence > store_.swept() ||
              (!is_shared(entry.kind) && entry.time >= report_.before);
      if (found) return stopped();  // the walk; nothing is wrong
      report_.until = entry.sequence;
      return {};
    });
    return found ? Status() : status;
  }

  // Their inputs that wait are still to be stepped; a release is gone on with from its own.
  Status find_held() {
    const Result<std::vector<std::pair<Key, Sequence>>> held = store_.held_inputs();
    if (!held) return held.error();
    for (const auto& [key, sequence] : *held) busy_.insert(key);
    if (store_.releasing() == 0) return {};
    const Result<LogEntry> failed = store_.log().read(store_.releasing());
    if (!failed) return failed.error();
    busy_.insert(failed->subject);
    return {};
  }

  // Steps subjects up to there, a part of them after the other. Those that then have something open
  // keep all their entries: so whatever is open now, or came to be since, can be explained.
  Status make_bases(const PutBase& put) {
    Result<std::vector<StoredDeployment>> deployments = store_.deployments();
    if (!deployments) return deployments.error();
    deployments_ = std::move(*deployments);
    const size_t parts = 1 + report_.until / kEntriesAPass;
    for (size_t part = 0; part < parts; ++part) {
      if (Status status = make_bases(part, parts, put); !status) return status;
    }
    return {};
  }

  Status make_bases(size_t part, size_t parts, const PutBase& put) {
    Plans plans;
    References references;
    std::unordered_map<Key, StoredState, KeyHash> subjects;
    std::vector<Key> order;  // by first appearance: the same each time
    bool ended = false;
    const auto visit = [&](LogEntry& entry) -> Status {
      ended = entry.sequence > report_.until;
      if (ended) return stopped();  // the walk; nothing is wrong
      if (Status status = tell(part, parts, entry.sequence); !status) return status;
      if (entry.kind == LogEntry::Kind::deployment) return deploy(entry.sequence, plans);
      if (entry.kind == LogEntry::Kind::reference) return put_reference(entry, references);
      const bool wanted = !is_shared(entry.kind) && !busy_.contains(entry.subject) &&
                          KeyHash()(entry.subject) % parts == part;
      if (!wanted) return {};
      const auto [at, is_new] = subjects.try_emplace(entry.subject);
      if (is_new) {
        order.push_back(entry.subject);
        if (Status status = load(entry.subject, at->second); !status) return status;
      }
      at->second.last = entry.sequence;
      if (entry.kind == LogEntry::Kind::waiting) return {};
      const auto stepped = step_again(entry, plans, references, at->second.subject, {});
      return stepped ? Status() : stepped.error();
    };
    const Status status = store_.log().for_each(0, visit);
    if (!status && !ended) return status;
    for (const Key& key : order) {
      const StoredState& state = subjects.at(key);
      if (is_busy(state.subject)) {
        busy_.insert(key);
        continue;
      }
      put({key, state.last, encode(state.subject), {}, {}});
    }
    return {};
  }

  struct StoredState {
    Sequence last = 0;
    Subject subject;
  };

  Status load(const Key& key, StoredState& state) {
    const Result<std::optional<StoredSubject>> base = store_.load_base(key);
    if (!base) return base.error();
    state.subject.key = key;
    if (!*base) return {};
    std::optional<Subject> subject = decode_subject((*base)->state);
    if (!subject) return damaged_state(key);
    state = {(*base)->last, std::move(*subject)};
    return {};
  }

  Status deploy(Sequence sequence, Plans& plans) {
    for (size_t i = 0; i < deployments_.size(); ++i) {
      const StoredDeployment& d = deployments_[i];
      if (d.sequence != sequence) continue;
      std::shared_ptr<const Plan>& plan = plans_[d.version];
      if (plan == nullptr) {
        auto compiled = compile_again(deployments_, i);
        if (!compiled) return compiled.error();
        plan = std::move(*compiled);
      }
      plans.add(d.version, plan);
    }
    return {};
  }

  static Status put_reference(const LogEntry& entry, References& references) {
    std::optional<ReferenceRow> row = decode_reference_row(entry.payload);
    if (!row) return unreadable_entry(entry.sequence);
    references.put(row->entity, row->key, std::move(row->row));
    return {};
  }

  Status tell(size_t part, size_t parts, Sequence sequence) {
    constexpr Sequence kBetweenReports = 4096;
    if (!progress_ || sequence % kBetweenReports != 0) return {};
    const double here = static_cast<double>(sequence) / static_cast<double>(report_.until);
    if (progress_((static_cast<double>(part) + here) / static_cast<double>(parts))) return {};
    return stopped();
  }

  Store& store_;
  const std::function<bool(double)>& progress_;
  CompactionReport report_;
  std::unordered_set<Key, KeyHash> busy_;
  std::vector<StoredDeployment> deployments_;
  std::map<Version, std::shared_ptr<const Plan>> plans_;
};

uint64_t size_of(const std::string& path) {
  uint64_t sum = 0;
  for (const char* end : {"", "-wal"}) {
    std::error_code code;
    const uintmax_t size = std::filesystem::file_size(path + end, code);
    if (!code) sum += size;
  }
  return sum;
}

}  // namespace

Result<CompactionReport> compact_database(const std::string& path, int keep_days,
                                          const std::function<bool(double)>& progress) {
  Result<std::unique_ptr<Store>> store = open_sqlite_store(path, OpenMode::write);
  if (!store) return store.error();
  const uint64_t bytes_before = size_of(path);
  const std::optional<Instant> clock = (*store)->clock();
  if (!clock) return CompactionReport{{}, 0, 0, 0, 0, bytes_before, bytes_before};
  const Instant before{clock->ms - int64_t{keep_days} * kMsPerDay};
  Result<CompactionReport> report = Compactor(**store, before, progress).run();
  if (!report) return report;
  if (Status status = (*store)->shrink(); !status) return status.error();
  report->bytes_before = bytes_before;
  report->bytes_after = size_of(path);
  return report;
}

}  // namespace duban
