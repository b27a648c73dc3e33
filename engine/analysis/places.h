// Every place of the program where actions stand, with what is known to hold there.
#pragma once

#include <functional>
#include <vector>

#include "engine/analysis/terms.h"

namespace duban::compiler {

// A condition on the way to a place: it holds there, or it does not (`otherwise`).
struct Guard {
  Index condition = kNone;
  Reading reading;
  bool holds = true;
};

struct Place {
  Reading reading;
  uint16_t policy = 0;
  Index step = kNone;  // into plan.steps
  bool otherwise = false;
  Index task = kNone;         // into plan.tasks: among its clauses
  size_t clause = 0;          // …this one
  std::vector<Guard> guards;  // of the step (what a `when` watches, its `if`), then of clauses
};

// How the expressions of a step are read. A case with one opening event has that at hand when it
// opens.
Reading reading_of(const Plan& plan, const Step& step);
// How a case's opening condition is read: what the event gives is the case's from then on.
Reading reading_of_opening(const Plan& plan, Index owner_case, const Case::Opening& opening);

// Calls back for every action, outer ones before those in their tasks' clauses.
void for_each_action(const Plan& plan,
                     const std::function<void(const Place&, const Action&)>& visit);

// Calls back for every expression of cases, rules and their tasks. The value of a `set` comes with
// what it sets.
void for_each_expression(
    const Plan& plan,
    const std::function<void(const Reading&, Index node, const SetTarget* set)>& visit);

// The parts of `a and b and c`, or the condition itself.
std::vector<Index> conjuncts(const Plan& plan, Index condition);

// Variables of cases that no rule sets after the opening.
class Constants {
 public:
  explicit Constants(const Plan& plan);
  bool is_set(Index owner_case, Index variable) const;
  // The condition reads nothing that can change while the case is open.
  bool is_stable(const Plan& plan, Index node, const Reading& reading) const;

 private:
  std::vector<std::vector<bool>> set_;  // by case, variable
};

// What a case's opening says for as long as it is open; nothing when it may open in several ways.
std::vector<Guard> lasting_guards(const Plan& plan, const Constants& constants, Index owner_case);

}  // namespace duban::compiler
