#include "engine/observe.h"

namespace duban {
namespace {

// A comparison inside an aggregate meets each past event anew; so many pairs say enough.
constexpr size_t kMaxSides = 256;

template <typename T>
size_t position(const std::vector<T>& all, const T& one) {
  return static_cast<size_t>(&one - all.data());
}

void merge_flags(std::vector<bool>& into, const std::vector<bool>& from) {
  for (size_t i = 0; i < into.size(); ++i) into[i] = into[i] || from[i];
}

void merge_flags(std::vector<std::vector<bool>>& into, const std::vector<std::vector<bool>>& from) {
  for (size_t i = 0; i < into.size(); ++i) merge_flags(into[i], from[i]);
}

}  // namespace

Observations::Observations(const Plan& of)
    : plan(&of), nodes(of.nodes.size()), steps(of.steps.size()), forbids(of.forbids.size()) {
  for (const Table& table : of.tables) rows.emplace_back(table.rows.size());
  for (const TaskSpec& task : of.tasks) {
    clauses.emplace_back(task.clauses.size());
    done_on.emplace_back(task.done_on.size());
  }
  for (const Case& each : of.cases) {
    openings.emplace_back(each.openings.size());
    closings.emplace_back(each.closings.size());
  }
}

void Observations::evaluated(const Plan& of, Index node, const Value& value) {
  if (&of != plan) return;
  NodeSeen& seen = nodes[node];
  seen.read = true;
  if (of.nodes[node].type.kind != TypeKind::yes_no) return;
  // What is none does not hold.
  const bool* truth = value.get_if<bool>();
  (truth != nullptr && *truth ? seen.yes : seen.no) = true;
}

void Observations::compared(const Plan& of, Index node, bool upper, const Value& left,
                            const Value& right) {
  if (&of != plan || left.is_none() || right.is_none()) return;
  Sides& sides = comparisons[{node, upper}];
  if (sides.size() < kMaxSides) sides.emplace(left, right);
}

void Observations::row_hit(const Plan& of, Index table, size_t row) {
  if (&of == plan) rows[table][row] = true;
}

void Observations::went_off(const Plan& of, const Step& step, bool condition_held) {
  if (&of != plan) return;
  Halves& halves = steps[position(of.steps, step)];
  (condition_held ? halves.held : halves.otherwise) = true;
}

void Observations::went_off(const Plan& of, Index task, const TaskClause& clause) {
  if (&of == plan) clauses[task][position(of.tasks[task].clauses, clause)] = true;
}

void Observations::finished(const Plan& of, Index task, const TaskSpec::DoneOn* by,
                            std::optional<int64_t> after_due) {
  if (&of != plan) return;
  if (by != nullptr) done_on[task][position(of.tasks[task].done_on, *by)] = true;
  if (after_due) finishes[task].insert(*after_due);
}

void Observations::opened(const Plan& of, Index of_case, const Case::Opening& opening) {
  if (&of == plan) openings[of_case][position(of.cases[of_case].openings, opening)] = true;
}

void Observations::closed(const Plan& of, Index of_case, Span why) {
  if (&of != plan) return;
  const auto& all = of.cases[of_case].closings;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].span.begin == why.begin && all[i].span.file == why.file) closings[of_case][i] = true;
  }
}

void Observations::forbade(const Plan& of, const Forbid& forbid) {
  if (&of == plan) forbids[position(of.forbids, forbid)] = true;
}

void Observations::moved(const Plan& of, const Step& step, Instant at, Instant from,
                         std::optional<Instant> to) {
  if (&of == plan) moves.push_back({static_cast<Index>(position(of.steps, step)), at, from, to});
}

void Observations::merge(const Observations& other) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    nodes[i].read = nodes[i].read || other.nodes[i].read;
    nodes[i].yes = nodes[i].yes || other.nodes[i].yes;
    nodes[i].no = nodes[i].no || other.nodes[i].no;
  }
  for (size_t i = 0; i < steps.size(); ++i) {
    steps[i].held = steps[i].held || other.steps[i].held;
    steps[i].otherwise = steps[i].otherwise || other.steps[i].otherwise;
  }
  merge_flags(rows, other.rows);
  merge_flags(clauses, other.clauses);
  merge_flags(done_on, other.done_on);
  merge_flags(openings, other.openings);
  merge_flags(closings, other.closings);
  merge_flags(forbids, other.forbids);
  for (const auto& [task, times] : other.finishes)
    finishes[task].insert(times.begin(), times.end());
  for (const auto& [node, sides] : other.comparisons)
    comparisons[node].insert(sides.begin(), sides.end());
  moves.insert(moves.end(), other.moves.begin(), other.moves.end());
}

}  // namespace duban
