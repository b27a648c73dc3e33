// One seed, from the story to the verdict.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/machine.h"

namespace duban::simulation {

using Totals = std::map<std::string, uint64_t>;

struct Verdict {
  std::vector<std::string> complaints;  // empty: all is as it should be
};

// Keeps the two empty files that the runtime looks for on the real disk.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string below(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// The same seed and bug give the same run, to the last byte. `trace` may be empty.
Verdict simulate(const Folder& folder, uint64_t seed, Bug bug, const Machine::Trace& trace,
                 Totals& totals);

}  // namespace duban::simulation
