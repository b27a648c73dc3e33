// Random happenings for a model: in order, late, and exactly where something is decided.
#pragma once

#include "tests/reference/match.h"
#include "tests/reference/model.h"
#include "tests/reference/random.h"

namespace duban::reference {

class HappeningMaker {
 public:
  HappeningMaker(Random& random, const Model& model);

  // Rows that everything begins with.
  std::vector<Happening> beginning();
  Happening next(const Match& match);

 private:
  RawValue value(const Type& type, Instant now, bool null_too);
  Happening row(int entity, const std::string& key, Instant at, bool whole);
  Instant time_after(const Match& match, bool* outage);
  void fill(Happening& happening, const std::vector<model::Field>& fields, bool sparse);
  const std::string& spell(const model::Name& name);

  Random& random_;
  const Model& model_;
  Zone zone_;
  Instant start_;
};

}  // namespace duban::reference
