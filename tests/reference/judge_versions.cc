// What a new version does to promises already made [4]. What is kept finds its place by name:
// variables by theirs, steps and tasks by their ids, clauses by their kind and duration. What the
// new version does not know stays as it is.
#include <algorithm>

#include "tests/reference/canonical.h"
#include "tests/reference/judge.h"
#include "tests/reference/text.h"

namespace duban::reference {
namespace {

bool same_kind(const Type& a, const Type& b) {
  return a.kind == b.kind && a.id == b.id && a.set == b.set;
}

// What does not fit; null: the case can follow.
bool fits(const CaseKind& before, const CaseKind& after) {
  if (before.entity != after.entity ||
      (before.decl->key == nullptr) != (after.decl->key == nullptr))
    return false;
  return std::all_of(after.variables.begin(), after.variables.end(), [&](const Field& variable) {
    const Field* old = find(before.variables, variable.names.name);
    return old == nullptr || same_kind(old->type, variable.type);
  });
}

}  // namespace

void Judge::follow_version() {
  for (Case& instance : subject_.cases) {
    if (instance.closed || instance.program == &current_) continue;
    const CaseKind& before = instance.program->cases[static_cast<size_t>(instance.kind)];
    const std::string& policy = instance.program->policies[static_cast<size_t>(before.policy)].name;
    for (size_t i = 0; i < current_.cases.size(); ++i) {
      const CaseKind& after = current_.cases[i];
      if (after.names.name != before.names.name ||
          current_.policies[static_cast<size_t>(after.policy)].name != policy ||
          after.in_flight == syntax::InFlight::keep)
        continue;
      if (fits(before, after)) {
        follow(instance, static_cast<int>(i));
      } else {
        effect("concern", "case stays", 0);
      }
      break;
    }
  }
}

void Judge::follow(Case& instance, int index) {
  const CaseKind& before = instance.program->cases[static_cast<size_t>(instance.kind)];
  const CaseKind& after = current_.cases[static_cast<size_t>(index)];
  const bool restart = after.in_flight == syntax::InFlight::restart;
  const Program& old = *instance.program;
  Case moved = instance;
  moved.program = &current_;
  moved.kind = index;
  if (restart) moved.counts_from = now_;
  moved.variables.clear();
  for (const Field& variable : after.variables) {
    const bool kept = find(before.variables, variable.names.name) != nullptr;
    const auto was = instance.variables.find(variable.names.name);
    Value value = kept && was != instance.variables.end() ? was->second : Value{None{}};
    if (value.is_none() && (!kept || !variable.type.optional) && variable.initial != nullptr)
      value = evaluate(case_context(moved), *variable.initial, &variable.type);
    moved.variables[variable.names.name] = value;
  }
  moved.steps.assign(after.decl->steps.size(), Memory{});
  for (size_t i = 0; i < moved.steps.size(); ++i) {
    moved.steps[i].newborn = true;
    // Of what recurs, only what comes from now on.
    if (after.decl->steps[i].kind == syntax::Trigger::Kind::every) moved.steps[i].fired = now_;
    for (size_t j = 0; j < before.decl->steps.size(); ++j) {
      if (old.step_ids.at(&before.decl->steps[j]) != current_.step_ids.at(&after.decl->steps[i]))
        continue;
      moved.steps[i] = instance.steps[j];
      moved.steps[i].newborn = false;
      break;
    }
  }
  instance = std::move(moved);
  for (Task& task : subject_.tasks) {
    if (task.source.case_number == instance.number && task.spec != nullptr &&
        task.source.program != &current_)
      follow(task, instance, restart);
  }
  Source source;
  source.program = &current_;
  source.policy = after.policy;
  effect("case",
         (restart ? "restarted" : "recomputed") + case_text(instance.number) +
             from(source, after.decl->span),
         instance.number);
}

void Judge::follow(Task& task, const Case& instance, bool restart) {
  const syntax::TaskSpec* spec = nullptr;
  for (const auto& [other, id] : current_.task_ids) {
    const syntax::Trigger* trigger = current_.task_triggers.at(other);
    const CaseKind& kind = current_.cases[static_cast<size_t>(instance.kind)];
    const bool mine = std::any_of(kind.decl->steps.begin(), kind.decl->steps.end(),
                                  [&](const auto& step) { return &step == trigger; });
    if (mine && id == task.id && (other->every == nullptr) == (task.spec->every == nullptr))
      spec = other;
  }
  if (spec == nullptr) return;
  const auto name = [](const Program& p, const syntax::TaskClause& clause) {
    return std::to_string(static_cast<int>(clause.kind)) + canonical(p, clause.duration.get());
  };
  std::vector<std::optional<Instant>> fired(spec->clauses.size());
  std::vector<bool> taken(task.spec->clauses.size());
  task.newborn.clear();
  for (size_t i = 0; i < spec->clauses.size(); ++i) {
    size_t j = 0;
    while (j < taken.size() && (taken[j] || name(*task.source.program, task.spec->clauses[j]) !=
                                                name(current_, spec->clauses[i])))
      ++j;
    if (j == taken.size()) {
      task.newborn.insert(i);
    } else {
      taken[j] = true;
      fired[i] = task.fired[j];
    }
  }
  task.fired = std::move(fired);
  const EventPtr event = task.source.event;
  task.source = step_source(instance, *current_.task_triggers.at(spec));
  task.source.event = event;
  task.spec = spec;
  task.span = current_.task_spans.at(spec);
  if (spec->every != nullptr && !task.since.is_none()) {
    const bool by_date = type_of(task_context(task), *spec->since).kind == TypeKind::date;
    const bool same = by_date == (task.since.get_if<Date>() != nullptr);
    if (restart || !same) task.since = by_date ? Value{today()} : Value{now_};
  }
  if (!restart) return;
  task.cause_time = now_;
  const bool paused = task.paused();
  task.pauses.clear();
  if (paused) task.pauses.push_back({now_, std::nullopt});
}

}  // namespace duban::reference
