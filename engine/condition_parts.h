// Conditions taken apart into what can be looked up: comparisons of something that lies there, an
// attribute or a field, with constants; and the rest, which is to be asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace duban {

// The values of a leaf (a node that reads an attribute or a field) that a condition lets through;
// never a missing one.
struct ConstantTest {
  struct Interval {
    int64_t low, high;  // both included
  };
  Index leaf = kNone;
  size_t kind = 0;  // the alternative of Value
  std::vector<Interval> intervals;
  std::vector<std::string> texts;  // when the kind is text
  std::vector<Index> conditions;   // what it was
};

struct ConditionParts {
  std::vector<ConstantTest> tests;  // of each leaf one
  std::vector<Index> rest;          // in the order they are asked
  bool safe = true;                 // nothing in it so far can fail
  // One of these lets through whatever passes: of the first `or` in `rest`, what each of its sides
  // asks of leaves. Empty: there is none, or a side asks nothing.
  std::vector<std::vector<ConstantTest>> sides;
};

// Adds a condition that must hold, too. A comparison becomes a test only when nothing that would be
// evaluated before it can fail: then saying no at once is what asking in turn would have said.
void take_apart(const Plan& plan, Index condition, ConditionParts& parts);

// The rows, with one for each side of those that have sides: the `or` is asked whole in any of
// them. `row_of`: by what is returned, which of the rows it is.
std::vector<ConditionParts> sides_of(const Plan& plan, std::vector<ConditionParts> rows,
                                     std::vector<Index>& row_of);

bool same_leaf(const Plan& plan, Index one, Index other);

// Values of the ordered kinds as whole numbers in the same order; nothing for the others.
std::optional<int64_t> ordinal(const Value& value);

constexpr int64_t kLowestOrdinal = INT64_MIN;
constexpr int64_t kHighestOrdinal = INT64_MAX;

}  // namespace duban
