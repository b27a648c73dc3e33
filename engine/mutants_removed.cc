// What a policy does without one of its parts.
#include <algorithm>
#include <utility>

#include "engine/describe.h"
#include "engine/mutant_list.h"
#include "engine/plan_walk.h"

namespace duban {
namespace {

using Kind = Mutant::Kind;
using Reached = MutantList::Reached;

// A condition that never holds.
Index add_no(Plan& plan) {
  plan.constants.emplace_back(false);
  Node node;
  node.type = {TypeKind::yes_no, 0, false, false};
  node.a = static_cast<Index>(plan.constants.size() - 1);
  plan.nodes.push_back(node);
  plan.motions.emplace_back();
  return static_cast<Index>(plan.nodes.size() - 1);
}

template <typename T>
void erase_at(std::vector<T>& all, size_t index) {
  all.erase(all.begin() + static_cast<std::ptrdiff_t>(index));
}

// Where an action runs.
Reached reached_action(const Plan& plan, Index action) {
  const auto has = [action](const std::vector<Index>& actions) {
    return std::find(actions.begin(), actions.end(), action) != actions.end();
  };
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    if (has(plan.steps[i].actions))
      return [i](const Observations& seen) { return seen.steps[i].held; };
    if (has(plan.steps[i].otherwise))
      return [i](const Observations& seen) { return seen.steps[i].otherwise; };
  }
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    for (size_t j = 0; j < plan.tasks[i].clauses.size(); ++j) {
      if (has(plan.tasks[i].clauses[j].actions))
        return [i, j](const Observations& seen) { return seen.clauses[i][j]; };
    }
  }
  return [](const Observations&) { return false; };
}

void erase_action(Plan& plan, Index action) {
  for (Step& step : plan.steps) {
    std::erase(step.actions, action);
    std::erase(step.otherwise, action);
  }
  for (TaskSpec& task : plan.tasks) {
    for (TaskClause& clause : task.clauses) std::erase(clause.actions, action);
  }
}

// The first row of a scorecard, `base 60`: without it the number is another, as when it is changed.
bool is_base(const Plan& plan, const Table::Row& row) {
  return row.conditions.empty() && row.outputs.size() == 1 && row.outputs[0] != kNone &&
         plan.nodes[row.outputs[0]].span.begin == row.span.begin;
}

// What an opening does, in a case that opens once, and nothing else does, happens once in any case:
// to leave out its `once per case` changes nothing.
bool goes_without_saying(const Plan& plan, Index action, const OnceSpec& once) {
  if (once.kind != syntax::Once::Kind::per_case) return false;
  const bool opening = std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
    return step.kind == Step::Kind::on_opening && step.owner_case != kNone &&
           !plan.cases[step.owner_case].may_reopen &&
           std::find(step.actions.begin(), step.actions.end(), action) != step.actions.end();
  });
  const Index notice = plan.actions[action].notice;
  return opening && (notice == kNone || std::count_if(plan.actions.begin(), plan.actions.end(),
                                                      [&](const Action& other) {
                                                        return other.notice == notice;
                                                      }) == 1);
}

void add_actions(MutantList& list) {
  const Plan& plan = list.plan();
  for (Index i = 0; i < plan.actions.size(); ++i) {
    const Action& action = plan.actions[i];
    const Reached reached = reached_action(plan, i);
    list.remove(
        Kind::action, action.span, [i](Plan& p) { erase_action(p, i); }, reached);
    if (action.once.kind != syntax::Once::Kind::none &&
        !goes_without_saying(plan, i, action.once)) {
      list.remove(
          Kind::once, action.once.span, [i](Plan& p) { p.actions[i].once = OnceSpec{}; }, reached);
    }
    if (action.task == kNone) continue;
    const Index task = action.task;
    const OnceSpec& once = plan.tasks[task].once;
    if (once.kind == syntax::Once::Kind::none || goes_without_saying(plan, i, once)) continue;
    list.remove(
        Kind::once, once.span, [task](Plan& p) { p.tasks[task].once = OnceSpec{}; }, reached);
  }
}

void add_endings(MutantList& list) {
  const Plan& plan = list.plan();
  for (size_t c = 0; c < plan.cases.size(); ++c) {
    for (size_t i = 0; i < plan.cases[c].closings.size(); ++i) {
      list.remove(
          Kind::ending, plan.cases[c].closings[i].span,
          [c, i](Plan& p) { p.cases[c].closings[i].condition = add_no(p); },
          [c, i](const Observations& seen) { return seen.closings[c][i]; });
    }
  }
  for (size_t t = 0; t < plan.tasks.size(); ++t) {
    for (size_t i = 0; i < plan.tasks[t].done_on.size(); ++i) {
      list.remove(
          Kind::ending, plan.tasks[t].done_on[i].span,
          [t, i](Plan& p) { erase_at(p.tasks[t].done_on, i); },
          [t, i](const Observations& seen) { return seen.done_on[t][i]; });
    }
  }
}

}  // namespace

void add_removals(MutantList& list) {
  const Plan& plan = list.plan();
  add_actions(list);
  add_endings(list);
  for (size_t i = 0; i < plan.forbids.size(); ++i) {
    list.remove(
        Kind::guard, plan.forbids[i].span, [i](Plan& p) { p.forbids[i].condition = add_no(p); },
        [i](const Observations& seen) { return seen.forbids[i]; });
  }
  for (size_t e = 0; e < plan.touches.size(); ++e) {
    if (plan.touches[e].unique_by == 0xffff) continue;
    list.remove(
        Kind::once, plan.touches[e].declared, [e](Plan& p) { p.touches[e].unique_by = 0xffff; },
        [](const Observations&) { return true; });
  }
  for (size_t t = 0; t < plan.tables.size(); ++t) {
    for (size_t r = 0; r < plan.tables[t].rows.size(); ++r) {
      if (is_base(plan, plan.tables[t].rows[r])) continue;
      list.remove(
          Kind::row, plan.tables[t].rows[r].span,
          [t, r](Plan& p) { erase_at(p.tables[t].rows, r); },
          [t, r](const Observations& seen) { return seen.rows[t][r]; });
    }
  }
}

// ---------------------------------------------------------------- the list

void MutantList::put(Kind kind, Span span, std::string original, std::string changed, Apply apply,
                     Reached reached, int direction) {
  if (span.end <= span.begin || original == changed) return;
  if (std::find(files_.begin(), files_.end(), span.file) == files_.end()) return;
  Entry& entry = entries_[{span.file, span.begin, span.end, kind, changed}];
  entry.mutant.kind = kind;
  entry.mutant.span = span;
  entry.mutant.direction = direction;
  entry.mutant.original = std::move(original);
  entry.mutant.changed = std::move(changed);
  entry.applies.push_back(std::move(apply));
  entry.reaches.push_back(std::move(reached));
}

void MutantList::put_node(Kind kind, Index node, Span span, std::string original,
                          std::string changed, Apply apply, int direction) {
  put(
      kind, span, std::move(original), std::move(changed), std::move(apply),
      [node](const Observations& seen) { return seen.nodes[node].read; }, direction);
}

void MutantList::remove(Kind kind, Span span, Apply apply, Reached reached) {
  if (span.end <= span.begin || span.file >= plan_.sources.size()) return;
  put(kind, span, text_of(plan_, span), {}, std::move(apply), std::move(reached));
}

std::vector<Mutant> MutantList::take() {
  std::vector<Mutant> out;
  for (auto& [place, entry] : entries_) {
    Mutant mutant = std::move(entry.mutant);
    mutant.place = place_of(plan_, mutant.span);
    mutant.apply = [applies = std::move(entry.applies)](Plan& plan) {
      for (const Apply& apply : applies) apply(plan);
    };
    mutant.reached = [reaches = std::move(entry.reaches)](const Observations& seen) {
      return std::any_of(reaches.begin(), reaches.end(),
                         [&](const Reached& reached) { return reached(seen); });
    };
    out.push_back(std::move(mutant));
  }
  entries_.clear();
  return out;
}

}  // namespace duban
