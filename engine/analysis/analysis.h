// What the compiler finds in a policy that is well formed: conditions that never hold, steps that
// come too late, rules that contradict one another. Each is one pass over the finished plan; tables
// are examined as they are compiled (tables.cc), because their types depend on it.
#pragma once

#include "engine/analysis/places.h"
#include "engine/check.h"

namespace duban::compiler {

// What the passes share.
struct Analysis {
  explicit Analysis(Program& of) : program(of), plan(of.plan), terms(of), constants(of.plan) {}

  Program& program;
  const Plan& plan;
  Terms terms;
  Constants constants;
};

void check_conditions(Analysis& analysis);  // conditions.cc
void check_writes(Analysis& analysis);      // writes.cc
void check_outcomes(Analysis& analysis);    // outcomes.cc
void check_missing(Analysis& analysis);     // missing.cc
void check_times(Analysis& analysis);       // times.cc
void check_endings(Analysis& analysis);     // endings.cc
void check_channels(Analysis& analysis);    // channels.cc
void check_cases(Analysis& analysis);       // cases.cc
void check_words(Analysis& analysis);       // words.cc

}  // namespace duban::compiler
