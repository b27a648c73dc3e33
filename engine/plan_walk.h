// Every expression that a plan holds, with the part it plays there. The one place that knows where
// expressions hang; what looks at all of them (coverage, mutation, boundaries) starts here.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/plan.h"

namespace duban {

enum class Part : uint8_t {
  condition,  // decides: of a step, a clause, an opening, a forbid…
  cell,       // of a table's row: an input cell's test
  output,     // …an output cell's value
  duration,   // how long: before, after, within, every, expires
  anchor,     // the moment a duration counts from, or what a step watches for change
  value,      // what is written, raised, listed or begun with
  person,     // to whom, for whom
  key,        // by which a case is found, or a `once` counted
  text,       // a placeholder
};

// In the order of the plan. Never called with kNone; a node may come several times.
void each_root(const Plan& plan, const std::function<void(Index node, Part part)>& use);

// The nodes that a node refers to, aggregates' conditions included; tables' rows are not.
void each_child(const Plan& plan, Index node, const std::function<void(Index child)>& use);
// The nodes an expression is made of, itself included; aggregates are entered, tables are not
// (their rows are roots).
void each_node(const Plan& plan, Index root, const std::function<void(Index node)>& use);

// Of `a op b`, the same said of `b op a`.
Op mirrored(Op op);

// The span grown until its parentheses pair up: the text of an expression may lack its outer ones.
Span balanced(const Source& source, Span span);
// Of the plan's sources those with these paths, and the files that tables in them are read from.
std::vector<uint16_t> sources_of(const Plan& plan, const std::vector<std::string>& paths);
// The balanced text of a span, its line ends and what follows them as one blank.
std::string text_of(const Plan& plan, Span span);

}  // namespace duban
