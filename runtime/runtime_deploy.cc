// Versions: taken up again at opening, deployed, rolled back.
#include <algorithm>

#include "engine/codec.h"
#include "engine/layout.h"
#include "runtime/runtime_impl.h"
#include "runtime/stored_plans.h"
#include "runtime/zone_data.h"

namespace duban {
namespace {

// Up to so many versions all are compiled at opening; beyond, those that something is pinned to.
constexpr size_t kCompiledWithoutAsking = 20;

bool some_case_follows(const Plan& plan, uint16_t entity) {
  return std::any_of(plan.cases.begin(), plan.cases.end(), [&](const Case& kind) {
    return kind.entity == entity && kind.in_flight != syntax::InFlight::keep;
  });
}

// Whether an open case of the subject is to follow the version in force.
bool follows(const Plans& plans, const Subject& subject) {
  return std::any_of(subject.cases.begin(), subject.cases.end(), [&](const CaseInstance& instance) {
    const Plan* plan = plans.find(instance.version);
    if (instance.closed || plan == nullptr) return false;
    const uint16_t id = plan->cases[instance.index].id;
    const std::vector<Case>& cases = plans.current().cases;
    return std::any_of(cases.begin(), cases.end(), [&](const Case& kind) {
      return kind.id == id && kind.in_flight != syntax::InFlight::keep;
    });
  });
}

void add_versions(const Subject& subject, std::set<Version>& versions) {
  for (const auto& instance : subject.cases) versions.insert(instance.version);
  for (const auto& task : subject.tasks) versions.insert(task.version);
  for (const auto& notice : subject.waiting) versions.insert(notice.version);
  for (const auto& receipt : subject.awaited) versions.insert(receipt.version);
}

}  // namespace

Result<std::set<Version>> Runtime::Impl::versions_needed() {
  std::set<Version> needed;
  if (deployments.empty()) return needed;
  const StoredDeployment* stored = nullptr;  // in force at what is stored
  for (const StoredDeployment& d : deployments) {
    if (d.sequence <= store->swept()) {
      stored = &d;
    } else {
      needed.insert(d.version);
    }
  }
  if (stored != nullptr) needed.insert(stored->version);
  if (deployments.size() <= kCompiledWithoutAsking) {
    for (const StoredDeployment& d : deployments) needed.insert(d.version);
    return needed;
  }
  bool damaged = false;
  Status status = store->for_each_subject([&](const Key&, std::string_view state) {
    const std::optional<Subject> subject = decode_subject(state);
    damaged = !subject;
    if (subject) add_versions(*subject, needed);
    return !damaged;
  });
  if (!status) return status.error();
  if (damaged) return damaged_subject();
  return needed;
}

void Runtime::Impl::add_plan(Version version, std::shared_ptr<const Plan> plan) {
  store.wait();  // what is being committed is described with them
  plans.add(version, std::move(plan));
  attribute_indexes.clear();  // it may need others
}

Status Runtime::Impl::compile_stored() {
  Result<std::vector<StoredDeployment>> stored = store->deployments();
  if (!stored) return stored.error();
  deployments = std::move(*stored);
  const Result<std::set<Version>> needed = versions_needed();
  if (!needed) return needed.error();
  for (size_t i = 0; i < deployments.size(); ++i) {
    if (!needed->contains(deployments[i].version)) continue;
    Result<std::shared_ptr<const Plan>> plan = compile_again(deployments, i);
    if (!plan) return plan.error();
    if (deployments[i].sequence <= store->swept()) {
      add_plan(deployments[i].version, std::move(*plan));
    } else {
      later.emplace(deployments[i].version, std::move(*plan));
    }
  }
  return {};
}

Status Runtime::Impl::come_into_force(Sequence sequence) {
  for (const StoredDeployment& d : deployments) {
    if (d.sequence != sequence) continue;
    add_plan(d.version, std::move(later.at(d.version)));
    later.erase(d.version);
  }
  return {};
}

Result<DeployOutcome> Runtime::Impl::deploy(const CompileInput& input,
                                            const Compilation& compilation,
                                            std::optional<Instant> at, const std::string& note,
                                            Version rollback_of) {
  if (compilation.plan == nullptr || compilation.has_errors()) {
    return Error{"the rules have errors",
                 {},
                 "check them first; nothing was deployed",
                 "规则有错误",
                 "请先检查规则；未作任何部署"};
  }
  const std::string sources = sources_digest(input);
  if (!deployments.empty() && deployments.back().sources_digest == sources) {
    const StoredDeployment& same = deployments.back();
    return DeployOutcome{same.version, false, same.digest};
  }
  std::shared_ptr<const Plan> plan = compilation.plan;
  const Layout* layout = plans.empty() ? nullptr : &plans.current().layout;
  if (input.previous != layout) {  // slots must go on from what is deployed
    CompileInput again = input;
    again.previous = layout;
    const Compilation compiled = compile(again);
    if (compiled.plan == nullptr) {
      const auto& found = compiled.diagnostics;
      return Error{found.empty() ? "the rules do not fit what is deployed" : found.front().english,
                   {},
                   "nothing was deployed",
                   found.empty() ? "规则与已部署的不相容" : found.front().chinese,
                   "未作任何部署"};
    }
    plan = compiled.plan;
  }
  if (at) {
    if (Status status = come_to(*at, plan->zone); !status) return status.error();
  }
  if (Status status = resume_release(); !status) return status.error();
  if (Status status = settle(); !status) return status.error();

  StoredDeployment d;
  d.version = deployments.empty() ? 1 : deployments.back().version + 1;
  d.at = at.value_or(now());
  d.digest = plan->digest.to_hex();
  d.sources_digest = sources;
  d.input = input;
  d.input.previous = nullptr;
  d.layout = encode_layout(plan->layout);
  d.zone_data = zone_data_version();
  d.rollback_of = rollback_of;
  d.note = note;

  LogEntry entry;
  entry.kind = LogEntry::Kind::deployment;
  entry.id = DigestBuilder().add("deployment").add(d.version).finish();
  entry.time = d.at;
  entry.payload = std::to_string(d.version);
  entry.type = "deployment";
  d.sequence = append(std::move(entry));
  deployments.push_back(d);
  add_plan(d.version, std::move(plan));
  batch.deployments.push_back(d);
  batch.asking = d.version;
  if (Status status = commit(Sweep::kAll); !status) return status.error();
  if (Status status = ask_subjects(d.version, d.at); !status) return status.error();
  return DeployOutcome{d.version, true, d.digest};
}

Result<DeployOutcome> Runtime::Impl::rollback(Version to, std::optional<Instant> at) {
  for (const StoredDeployment& d : deployments) {
    if (d.version != to) continue;
    if (&d == &deployments.back()) return DeployOutcome{d.version, false, d.digest};
    CompileInput input = d.input;
    input.previous = &plans.current().layout;
    const Compilation compilation = compile(input);
    return deploy(input, compilation, at, "rollback to version " + std::to_string(to), to);
  }
  return Error{"there is no version " + std::to_string(to),
               {},
               deployments.empty()
                   ? "nothing is deployed yet"
                   : "versions are 1 to " + std::to_string(deployments.back().version),
               "没有第 " + std::to_string(to) + " 版",
               deployments.empty()
                   ? "尚未部署过规则"
                   : "现有第 1 版至第 " + std::to_string(deployments.back().version) + " 版"};
}

Status Runtime::Impl::follow(const StoredDeployment& other) {
  CompileInput input = other.input;
  if (!plans.empty()) input.previous = &plans.current().layout;
  const Compilation compilation = compile(input);
  const std::optional<Instant> at =
      other.at.ms == INT64_MIN ? std::nullopt : std::optional(other.at);
  Result<DeployOutcome> outcome = deploy(input, compilation, at, other.note, other.rollback_of);
  return outcome ? Status() : outcome.error();
}

// Existing subjects are asked the new version's conditions, and their cases follow it where it says
// so; in the order of keys, each as an input of its own. After a crash in the middle, those that
// were asked are known by their ids.
Status Runtime::Impl::ask_subjects(Version version, Instant at) {
  const Plan& plan = plans.current();
  std::vector<Key> keys;
  const auto is_watched = [&](const Key& key) {
    if (key.entity >= plan.entities.size()) return false;
    const EntityInfo& entity = plan.entities[key.entity];
    return !entity.watching_rules.empty() || !entity.opens_when.empty();
  };
  bool damaged = false;
  Status status = store->for_each_subject([&](const Key& key, std::string_view state) {
    bool asked = is_watched(key);
    if (!asked && some_case_follows(plan, key.entity)) {
      const std::optional<Subject> subject = decode_subject(state);
      damaged = !subject;
      asked = subject && follows(plans, *subject);
    }
    if (asked) keys.push_back(key);
    return !damaged;
  });
  if (!status) return status;
  if (damaged) return damaged_subject();
  for (const Key& key : keys) {
    Input input;
    input.kind = Input::Kind::deployed;
    input.subject = key;
    input.time = input.received = at;
    input.cause =
        DigestBuilder().add("deployed").add(version).add(key.entity).add(key.key).finish();
    const Result<bool> was_asked = was_logged(input.cause);
    if (!was_asked) return was_asked.error();
    if (*was_asked) continue;
    Result<Outcome> outcome = run(input, Origin{input.cause, "deployed", {}, {}, nullptr, 0});
    if (!outcome) return outcome.error();
    if (status = maybe_close_group(); !status) return status;
  }
  batch.asking = 0;
  if (status = step_overdue(); !status) return status;
  return is_virtual() ? close_group() : settle();
}

}  // namespace duban
