// What a run is seen to do beyond its records: which parts of the plan it reached, which values its
// comparisons met, which timers moved. For coverage, mutation and timelines (engine/coverage.h,
// engine/mutation.h, engine/scenario.h).
//
// Optional in a context (engine/eval.h) and in a step (engine/step.h): without it nothing is
// noted and nothing is paid but one test of a pointer. Belongs to one plan; what other versions do
// is not noted.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "engine/plan.h"

namespace duban {

struct Observations {
  explicit Observations(const Plan& plan);

  // ---- noted by the evaluator

  void evaluated(const Plan& of, Index node, const Value& value);
  // The two sides of a comparison; `upper`: of `between`, its upper bound.
  void compared(const Plan& of, Index node, bool upper, const Value& left, const Value& right);
  void row_hit(const Plan& of, Index table, size_t row);

  // ---- noted by the step. Pointers point into the plan.

  void went_off(const Plan& of, const Step& step, bool condition_held);
  void went_off(const Plan& of, Index task, const TaskClause& clause);
  // Ended by an event, or (`by` null) by a person; `after_due` in milliseconds, where it was due.
  void finished(const Plan& of, Index task, const TaskSpec::DoneOn* by,
                std::optional<int64_t> after_due);
  void opened(const Plan& of, Index of_case, const Case::Opening& opening);
  void closed(const Plan& of, Index of_case, Span why);
  void forbade(const Plan& of, const Forbid& forbid);
  void moved(const Plan& of, const Step& step, Instant at, Instant from, std::optional<Instant> to);

  void merge(const Observations& other);  // of the same plan

  const Plan* plan;

  struct NodeSeen {
    bool read = false;  // evaluated at all
    bool yes = false, no = false;
  };
  std::vector<NodeSeen> nodes;  // by node
  struct Halves {
    bool held = false;       // its actions ran
    bool otherwise = false;  // its condition did not hold
  };
  std::vector<Halves> steps;                            // by step
  std::vector<std::vector<bool>> rows;                  // by table, row
  std::vector<std::vector<bool>> clauses, done_on;      // by task
  std::vector<std::vector<bool>> openings, closings;    // by case
  std::vector<bool> forbids;                            // by forbid: it stopped something
  std::map<Index, std::set<int64_t>> finishes;          // by task: milliseconds after due
  using Sides = std::set<std::pair<Value, Value>>;      // left, right
  std::map<std::pair<Index, bool>, Sides> comparisons;  // by node; true: the upper bound
  struct Move {
    Index step = 0;
    Instant at;  // when it moved
    Instant from;
    std::optional<Instant> to;  // none: it will not come
  };
  std::vector<Move> moves;
};

}  // namespace duban
