// Small changes to policies, one at a time: a comparison turned, a threshold moved by its smallest
// unit, a duration made one longer or shorter, a row or an action left out. A scenario that fails
// with the change shows that it holds the policy to what it says.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/observe.h"
#include "engine/plan.h"

namespace duban {

struct Mutant {
  enum class Kind : uint8_t {
    comparison,  // < ↔ <=, = ↔ !=
    logic,       // and ↔ or
    negation,    // not put in or taken out
    threshold,   // a number, an amount or a date, one unit more or less
    duration,    // one unit longer or shorter
    choice,      // another value of the same choice; yes ↔ no
    row,         // of a table, left out
    action,      // left out
    guard,       // a forbid, left out
    ending,      // `closes` or `done on`, left out
    once,        // `once per …`, left out
    schedule,    // of a recurring step: another day, or its roll left out
  };
  Kind kind = Kind::comparison;
  Span span;                      // of the text that is replaced, in the plan's sources
  std::string place;              // file:line
  std::string original, changed;  // that text, on one line; `changed` empty: left out
  int direction = 0;              // thresholds and durations: -1 less, 1 more
  std::function<void(Plan&)> apply;
  // Whether a run came where the change could matter.
  std::function<bool(const Observations&)> reached;
};

std::string_view to_string(Mutant::Kind kind);

// In the order of their places. `files`: which of the plan's sources are changed. `seen`: what
// scenarios met; thresholds move by the finest unit that they and the policy use.
std::vector<Mutant> mutants_of(const Plan& plan, const std::vector<uint16_t>& files,
                               const Observations& seen);

// A test of a table's cell from its operator on: the span of its node is that of the value alone.
Span cell_test(const Plan& plan, Span value);

// By how much a threshold moves: the last place of the literal, a cent of money, or what is finer
// among the values that were compared with it.
Decimal threshold_unit(const Plan& plan, Index constant, const Observations& seen);
// The finest place among the stored values that were compared with `side`; `unit` where none is
// finer.
Decimal finest_compared(const Plan& plan, Index side, Decimal unit, const Observations& seen);

}  // namespace duban
