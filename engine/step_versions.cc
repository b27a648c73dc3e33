// What a new version does to promises already made: cases that follow it, and reading a case from
// a version it has left.
//
// What is kept finds its place by name: variables by theirs, steps and tasks by their ids, clauses
// by their kind and duration. What the new version does not know stays as it is: a task whose
// promise is gone is still to be done, a notice already decided is still sent.
#include <algorithm>

#include "engine/expression_text.h"
#include "engine/format.h"
#include "engine/stepper.h"

namespace duban {
namespace {

bool same_kind(const Type& a, const Type& b) {
  return a.kind == b.kind && a.id == b.id && a.set == b.set;
}

const Case::Variable* find_variable(const Case& kind, const std::string& name, size_t* slot) {
  for (*slot = 0; *slot < kind.variables.size(); ++*slot) {
    if (kind.variables[*slot].names.name == name) return &kind.variables[*slot];
  }
  return nullptr;
}

Index find_case_kind(const Plan& plan, uint16_t id) {
  for (Index i = 0; i < plan.cases.size(); ++i) {
    if (plan.cases[i].id == id) return i;
  }
  return kNone;
}

// The same promise: of the same policy and id, and again a standing duty or again not.
Index find_task_spec(const Plan& before, const TaskSpec& spec, const Plan& after) {
  const std::string& policy = before.policies[spec.policy].names.name;
  for (Index i = 0; i < after.tasks.size(); ++i) {
    const TaskSpec& other = after.tasks[i];
    if (other.id == spec.id && after.policies[other.policy].names.name == policy &&
        (other.every == kNone) == (spec.every == kNone)) {
      return i;
    }
  }
  return kNone;
}

std::string clause_name(const Plan& plan, const TaskSpec& spec, const TaskClause& clause,
                        uint16_t entity) {
  compiler::Where where;
  where.entity = entity;
  where.owner_case = spec.owner_case;
  return std::to_string(static_cast<int>(clause.kind)) + " " +
         compiler::canonical_text(plan, clause.duration, where);
}

// Empty: the case fits. Otherwise what does not.
std::string misfit(const Case& before, const Case& after) {
  if (before.entity != after.entity || before.keyed != after.keyed) return before.names.name;
  for (const Case::Variable& variable : after.variables) {
    size_t slot = 0;
    const Case::Variable* old = find_variable(before, variable.names.name, &slot);
    if (old != nullptr && !same_kind(old->type, variable.type)) return variable.names.name;
  }
  return {};
}

}  // namespace

// ---------------------------------------------------------------- following

void Stepper::follow_version() {
  const Version version = plans_.current_version();
  for (CaseInstance& instance : subject_.cases) {
    if (instance.closed || instance.version == version) continue;
    const Case& before = plan(instance.version).cases[instance.index];
    const Index index = find_case_kind(current(), before.id);
    if (index == kNone) continue;  // what no longer exists goes on as it was
    const Case& after = current().cases[index];
    if (after.in_flight == syntax::InFlight::keep) continue;
    const std::string name = misfit(before, after);
    if (name.empty()) {
      follow(instance, index);
      continue;
    }
    concern("case `" + before.names.name + "` stays with the version it was opened under: `" +
                name + "` is of another type now",
            "事项“" + before.names.in(true) + "”沿用启动时的版本：“" + name + "”的类型已改变",
            from(version, after.policy, after.basis, after.span),
            DigestBuilder().add(instance.id).add(int64_t{version}).finish());
  }
}

void Stepper::follow(CaseInstance& instance, Index index) {
  const Version version = plans_.current_version();
  const Plan& before = plan(instance.version);
  const Plan& after = current();
  const Case& old_kind = before.cases[instance.index];
  const Case& kind = after.cases[index];
  const bool restart = kind.in_flight == syntax::InFlight::restart;

  CaseInstance moved = instance;
  moved.version = version;
  moved.index = index;
  moved.turns.reset();
  if (restart) moved.counts_from = now_;
  moved.variables.assign(kind.variables.size(), Value{None{}});
  Context c = context(version, 0, instance.opening);
  c.instance = &moved;
  for (size_t i = 0; i < kind.variables.size(); ++i) {
    const Case::Variable& variable = kind.variables[i];
    size_t slot = 0;
    const bool kept = find_variable(old_kind, variable.names.name, &slot) != nullptr;
    if (kept) moved.variables[i] = instance.variables[slot];
    const bool lacks = moved.variables[i].is_none() && (!kept || !variable.type.optional);
    if (lacks) moved.variables[i] = evaluate(c, variable.initial);
  }
  moved.steps.assign(kind.steps.size(), StepMemory{});
  for (size_t i = 0; i < kind.steps.size(); ++i) {
    const std::string& id = after.steps[kind.steps[i]].id;
    const auto same = std::find_if(old_kind.steps.begin(), old_kind.steps.end(),
                                   [&](Index step) { return before.steps[step].id == id; });
    if (same == old_kind.steps.end()) {
      newborn_.push_back({Timer::Kind::step, instance.number, i, {}});
      // Of what recurs, only what comes from now on.
      if (after.steps[kind.steps[i]].kind == Step::Kind::every) moved.steps[i].fired = now_;
    } else {
      moved.steps[i] = instance.steps[static_cast<size_t>(same - old_kind.steps.begin())];
    }
  }
  instance = std::move(moved);
  for (Task& task : subject_.tasks) {
    if (task.case_number == instance.number && task.spec != kNone && task.version != version)
      follow(task, restart);
  }
  add_case(restart ? CaseRecord::Change::restarted : CaseRecord::Change::recomputed, instance,
           Place{version, kind.policy, &kind.basis, kind.span});
}

void Stepper::follow(Task& task, bool restart) {
  const Plan& before = plan(task.version);
  const Plan& after = current();
  const TaskSpec& old_spec = before.tasks[task.spec];
  const Index index = find_task_spec(before, old_spec, after);
  if (index == kNone) return;
  const TaskSpec& spec = after.tasks[index];
  const uint16_t entity = subject_.key.entity;

  std::vector<std::optional<Instant>> fired(spec.clauses.size());
  std::vector<bool> taken(old_spec.clauses.size());
  for (size_t i = 0; i < spec.clauses.size(); ++i) {
    const std::string name = clause_name(after, spec, spec.clauses[i], entity);
    size_t j = 0;
    while (j < old_spec.clauses.size() &&
           (taken[j] || clause_name(before, old_spec, old_spec.clauses[j], entity) != name)) {
      ++j;
    }
    if (j == old_spec.clauses.size()) {
      newborn_.push_back({Timer::Kind::task_clause, 0, i, task.id});
    } else {
      taken[j] = true;
      fired[i] = task.fired[j];
    }
  }
  task.fired = std::move(fired);
  task.version = plans_.current_version();
  task.spec = index;
  task.turns.reset();
  if (spec.every != kNone && task.since) {
    const bool by_date = after.nodes[spec.since].type.kind == TypeKind::date;
    const bool same = by_date == (task.since->get_if<Date>() != nullptr);
    if (by_date && (restart || !same)) task.since = after.zone.date_of(now_);
    if (!by_date && (restart || !same)) task.since = now_;
  }
  if (!restart) return;
  task.cause_time = now_;
  const bool paused = is_paused(task);
  task.pauses.clear();
  if (paused) task.pauses.push_back({now_, std::nullopt});
}

// A step or clause that the version at hand brought, and whose time was past by then.
bool Stepper::is_newborn(const Timer& timer) const {
  return std::any_of(newborn_.begin(), newborn_.end(), [&](const Newborn& born) {
    if (born.kind != timer.kind || born.item != timer.item) return false;
    return timer.kind == Timer::Kind::step ? subject_.cases[timer.index].number == born.case_number
                                           : subject_.tasks[timer.index].id == born.task;
  });
}

// ---------------------------------------------------------------- reading across versions

// The case as a plan of another version knows it; null: that version has no such case.
const CaseInstance* Stepper::as_known_to(Version version, const CaseInstance& instance) const {
  const Plan& reader = plan(version);
  const Case& kind = plan(instance.version).cases[instance.index];
  const Index index = find_case_kind(reader, kind.id);
  if (index == kNone) return nullptr;
  CaseInstance view = instance;
  view.version = version;
  view.index = index;
  view.variables.assign(reader.cases[index].variables.size(), Value{None{}});
  for (size_t i = 0; i < view.variables.size(); ++i) {
    const Case::Variable& wanted = reader.cases[index].variables[i];
    size_t slot = 0;
    const Case::Variable* found = find_variable(kind, wanted.names.name, &slot);
    if (found != nullptr && same_kind(found->type, wanted.type))
      view.variables[i] = instance.variables[slot];
  }
  views_.push_back(std::move(view));
  return &views_.back();
}

// Where a variable of one version's case is kept now; nothing: no longer.
std::optional<uint16_t> Stepper::slot_of(const CaseInstance& instance, Version version,
                                         uint16_t slot) const {
  if (instance.version == version) return slot;
  const Case& kind = plan(instance.version).cases[instance.index];
  const Index index = find_case_kind(plan(version), kind.id);
  if (index == kNone) return std::nullopt;
  const Case::Variable& wanted = plan(version).cases[index].variables[slot];
  size_t found = 0;
  const Case::Variable* variable = find_variable(kind, wanted.names.name, &found);
  if (variable == nullptr || !same_kind(variable->type, wanted.type)) return std::nullopt;
  return static_cast<uint16_t>(found);
}

// A task may know its case by slots of another version: then any of its variables may be meant.
bool Stepper::touches(const Changes& changes, const Dependencies& deps, const Task& task) const {
  if (changes.touches(deps, task.case_number)) return true;
  const CaseInstance* instance = find_case(task.case_number);
  if (instance == nullptr || instance->version == task.version || deps.variables.empty()) {
    return false;
  }
  return std::any_of(changes.variables.begin(), changes.variables.end(),
                     [&](const auto& change) { return change.first == task.case_number; });
}

const Names& Stepper::outcome_of(const CaseInstance& instance, const PendingClose& why) const {
  const Version version = why.from.version;
  if (instance.version == version) {
    return plan(version).cases[instance.index].outcomes[why.outcome];
  }
  const Case& kind = plan(instance.version).cases[instance.index];
  return plan(version).cases[find_case_kind(plan(version), kind.id)].outcomes[why.outcome];
}

}  // namespace duban
