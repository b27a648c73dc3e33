// The three kinds of boundaries of one tested file. Internal to engine/boundary.cc.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/boundary.h"
#include "engine/draft.h"
#include "engine/mutation.h"

namespace duban::boundaries {

// By place in the text, whatever compilation it was found in.
using Place = std::tuple<std::string, uint32_t, uint32_t, Boundary::Kind, bool>;
using Found = std::map<Place, Boundary>;

struct Scope {
  const TestedFile& tested;
  const std::vector<uint16_t>& files;  // of the plan's sources: those looked at
  const Observations& seen;            // by all passing scenarios
  bool suggestions = true;

  const Plan& plan() const { return *tested.file.compilation.plan; }
  bool looks_at(Span span) const;
  // The boundary at a place; made when it is new.
  Boundary& at(Found& found, Span span, Boundary::Kind kind, bool upper, std::string text) const;
};

void find_comparisons(const Scope& scope, Found& found);
void find_durations(const Scope& scope, Found& found);
void find_deadlines(const Scope& scope, Found& found);

std::vector<std::string> texts_of(const std::vector<DraftFact>& facts);

}  // namespace duban::boundaries
