// Whether scenarios would notice if a policy said something else: each mutant (engine/mutants.h) is
// run through the scenarios that come where it changes something, until one fails.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/coverage.h"
#include "engine/mutants.h"

namespace duban {

struct MutantOutcome {
  Mutant::Kind kind = Mutant::Kind::comparison;
  std::string place;              // file:line
  uint32_t column = 0;            // from 1
  std::string line;               // the source's line, without the blanks around it
  std::string original, changed;  // `changed` empty: left out
  bool reached = false;           // some scenario came where it matters
  bool caught = false;            // …and failed
};

struct MutationOptions {
  size_t most = 2000;  // of more mutants every so-and-so-many-th is tried, always the same ones
  // Told before each mutant how many of how many are done; false: stop.
  std::function<bool(size_t done, size_t all)> progress = {};
};

struct MutationResult {
  size_t all = 0;                       // that there are; those tried are in `outcomes`
  std::vector<MutantOutcome> outcomes;  // by place
  size_t caught() const;
};

// Whether a passing scenario fails with the mutant; `reached`: whether one came where it matters.
bool is_caught(const TestedFile& tested, const Mutant& mutant, bool* reached);

// Changes the files of the given paths. Only scenarios that pass are used. Deterministic.
MutationResult mutate(const std::vector<TestedFile>& tested, const std::vector<std::string>& paths,
                      const MutationOptions& options = {});

}  // namespace duban
