// What the parts of a step share: collected writes, history, contexts, identities, reasons.
#include <algorithm>

#include "engine/stepper.h"

// GCC 12 sees a std::variant that is moved into a vector's middle as perhaps uninitialised.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

namespace duban {

// ---------------------------------------------------------------- writes

void Stepper::add_write(Write write) {
  for (const Write& other : writes_) {
    if (other.variable != write.variable || other.case_number != write.case_number ||
        other.slot != write.slot) {
      continue;
    }
    if (other.value == write.value) return;
    std::string name;
    if (write.variable) {
      const CaseInstance* instance = find_case(write.case_number);
      name = plan(instance->version).cases[instance->index].variables[write.slot].names.name;
    } else {
      name = current().layout.entities[subject_.key.entity].attributes[write.slot].names.name;
    }
    fail("two different values are written to `" + name + "` at the same time",
         "“" + name + "”在同一时刻被写入两个不同的值", from(write.from));
  }
  writes_.push_back(std::move(write));
}

void Stepper::note_replaced(uint16_t slot, Value before) {
  Replaced& replaced = effects_.replaced;
  const auto known = std::find_if(replaced.begin(), replaced.end(),
                                  [&](const auto& change) { return change.first == slot; });
  if (known == replaced.end()) replaced.emplace_back(slot, std::move(before));
}

void Stepper::apply_all_writes() {
  for (Write& write : writes_) {
    if (write.variable) {
      CaseInstance* instance = find_case(write.case_number);
      if (instance == nullptr || instance->variables[write.slot] == write.value) continue;
      instance->variables[write.slot] = std::move(write.value);
      wave_changes_->add_variable(write.case_number, write.slot);
    } else {
      if (subject_.attributes[write.slot] == write.value) continue;
      std::swap(subject_.attributes[write.slot], write.value);
      note_replaced(write.slot, std::move(write.value));
      wave_changes_->add_attribute(write.slot);
    }
  }
  writes_.clear();
}

// ---------------------------------------------------------------- after the waves

void Stepper::clean_up() {
  if (std::none_of(subject_.cases.begin(), subject_.cases.end(),
                   [](const CaseInstance& instance) { return instance.closed; })) {
    return;
  }
  bool unpinned = false;  // an older version, which may have needed more history
  std::erase_if(subject_.cases, [&](const CaseInstance& instance) {
    if (!instance.closed) return false;
    const auto mine = [&](const auto& item) { return item.case_number == instance.number; };
    // A notice that fails is sent by its next channel, with the case's values in its text.
    const bool goes = std::none_of(subject_.tasks.begin(), subject_.tasks.end(), mine) &&
                      std::none_of(subject_.waiting.begin(), subject_.waiting.end(), mine) &&
                      std::none_of(subject_.awaited.begin(), subject_.awaited.end(), mine);
    unpinned = unpinned || (goes && instance.version != plans_.current_version());
    return goes;
  });
  if (unpinned && !subject_.history.empty()) forget_history(plans_at_work());
}

// ---------------------------------------------------------------- shared

const Plan& Stepper::older_plan(Version version) const {
  const Plan* found = plans_.find(version);
  if (found == nullptr) {
    fail("version " + std::to_string(version) + " of the policies is not loaded",
         "第 " + std::to_string(version) + " 版办法未载入", Provenance{});
  }
  return *found;
}

StepMemory& Stepper::rule_memory(uint64_t key) {
  const auto at = std::lower_bound(subject_.rules.begin(), subject_.rules.end(), key,
                                   [](const auto& entry, uint64_t k) { return entry.first < k; });
  if (at != subject_.rules.end() && at->first == key) return at->second;
  return subject_.rules.insert(at, {key, StepMemory{}})->second;
}

Context Stepper::context(Version version, uint32_t case_number, const EventPtr& event) const {
  Context c;
  c.plan = &plan(version);
  c.references = &references_;
  c.subject = &subject_;
  c.instance = find_case(case_number);
  if (c.instance != nullptr && c.instance->version != version) {
    c.instance = as_known_to(version, *c.instance);
  }
  c.event = event.get();
  c.now = now_;
  c.observed = observed_;
  return c;
}

Context Stepper::context(const Fire& fire) const {
  Context c = context(fire.version, fire.case_number, fire.event);
  c.answers = fire.answers.get();
  if (fire.task != nullptr && fire.task->due) c.due = &*fire.task->due;
  c.paused = fire.task != nullptr && is_paused(*fire.task);
  // The event of a clause is what its task was made by, long ago.
  if (fire.again && fire.event != nullptr && fire.clause == nullptr)
    c.history_before = fire.event->time;
  return c;
}

// Whether both read the same: the same event, case and version, and nothing of a task.
bool Stepper::share_context(const Fire& one, const Fire& other) {
  const auto plain = [](const Fire& fire) {
    return fire.clause == nullptr && fire.task == nullptr && fire.answers == nullptr && !fire.again;
  };
  return plain(one) && plain(other) && one.version == other.version &&
         one.case_number == other.case_number && one.event == other.event;
}

const std::string& Stepper::fire_id(const Fire& fire) const {
  if (fire.step != nullptr) return fire.step->id;
  return plan(fire.version).tasks[fire.task->spec].id;
}

uint16_t Stepper::fire_policy(const Fire& fire) const {
  if (fire.step != nullptr) return fire.step->policy;
  return plan(fire.version).tasks[fire.task->spec].policy;
}

const std::string& Stepper::fire_basis(const Fire& fire) const {
  if (fire.step != nullptr) return fire.step->basis;
  return plan(fire.version).tasks[fire.task->spec].basis;
}

Stepper::Place Stepper::place(const Fire& fire, Span span) const {
  return {fire.version, fire_policy(fire), &fire_basis(fire), span};
}

void Stepper::set_provenance(Provenance& from, const Place& place) const {
  if (place.basis == nullptr) return;
  const Plan& p = plan(place.version);
  from.version = place.version;
  from.policy = p.policies[place.policy].names.name;
  from.span = place.span;
  from.basis = p.basis_of(*place.basis, place.policy);
}

Provenance Stepper::from(const Place& place) const {
  Provenance out;
  set_provenance(out, place);
  return out;
}

Provenance Stepper::from(const Fire& fire, Span span) const { return from(place(fire, span)); }

Provenance Stepper::from(Version version, uint16_t policy, const std::string& basis,
                         Span span) const {
  return from(Place{version, policy, &basis, span});
}

Digest Stepper::case_id(uint32_t number) const {
  const CaseInstance* instance = find_case(number);
  return instance != nullptr ? instance->id : Digest{};
}

// hash(subject, cause, policy, step, recipient, ordinal): semantics 13.
Digest Stepper::effect_id(const Fire& fire, std::string_view kind, std::string_view name,
                          std::string_view recipient, int64_t ordinal) const {
  const Digest instance = case_id(fire.case_number);
  return DigestBuilder()
      .add(int64_t{subject_.key.entity})
      .add(subject_.key.key)
      .add(fire.cause)
      .add(instance)
      .add(plan(fire.version).policies[fire_policy(fire)].names.name)
      .add(fire_id(fire))
      .add(kind, name)
      .add(recipient)
      .add(ordinal)
      .finish();
}

void Stepper::explain(const Fire& fire, const Action* action, const Digest& effect,
                      std::initializer_list<Index> also) {
  if (trace_ == nullptr) return;
  Trace::Entry entry;
  entry.effect = effect;
  entry.version = fire.version;
  const Provenance origin = from(fire, {});
  entry.policy = origin.policy;
  entry.basis = origin.basis;
  entry.cause = fire.cause;
  Context c = context(fire);
  c.reads = &entry.reads;
  if (fire.step != nullptr) {
    entry.step = fire.step->span;
    evaluate(c, fire.step->duration);
    evaluate(c, fire.step->anchor);
    explain_schedule(fire, entry.reads);
    evaluate(c, fire.step->condition);
  } else {
    entry.step = fire.clause->span;
    evaluate(c, fire.clause->condition);
  }
  if (action != nullptr) entry.action = action->span;
  for (const Index node : also) evaluate(c, node);
  trace_->entries.push_back(std::move(entry));
}

void Stepper::concern(const std::string& english, const std::string& chinese,
                      const Provenance& provenance, const Digest& about) {
  const Digest id = DigestBuilder()
                        .add("concern")
                        .add(int64_t{subject_.key.entity})
                        .add(subject_.key.key)
                        .add(about)
                        .add(english)
                        .finish();
  add_record<ConcernRecord>() = {id, subject_.key, english, chinese, now_, provenance};
}

void Stepper::fail(const std::string& english, const std::string& chinese,
                   const Provenance& provenance) const {
  throw StepAbort{StepFailure{StepFailure::Kind::failed, english, chinese, provenance}};
}

void Stepper::reject(const std::string& english, const std::string& chinese) const {
  throw StepAbort{StepFailure{StepFailure::Kind::rejected, english, chinese, Provenance{}}};
}

}  // namespace duban
