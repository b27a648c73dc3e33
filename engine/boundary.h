// Thresholds and deadlines that no scenario pins down: a scenario at the threshold and one at its
// other side by one unit, a duration whose change somebody notices, a task finished at the last
// moment. What is missing is told with the values to try and, where one can be made, a scenario
// that can be pasted as it is: it was run, and it passes.
#pragma once

#include <string>
#include <vector>

#include "engine/coverage.h"

namespace duban {

struct Boundary {
  enum class Kind : uint8_t {
    comparison,  // of a value with a threshold
    duration,    // how long something takes
    deadline,    // of a task: finished at the last moment, and a second too late
  };
  Kind kind = Kind::comparison;
  std::string place;  // file:line
  std::string text;   // as written, on one line; a deadline: of its task
  bool reached = false;

  struct Point {
    enum class Where : uint8_t { below, at, above } where = Where::at;
    std::string english, chinese;  // its value; empty where it depends on the subject
    bool exercised = false;        // a duration: the change to this value would be noticed
    bool needed = false;           // pins the boundary down, together with the other needed one
  };
  std::vector<Point> points;
  bool pinned() const;

  struct Suggestion {
    std::string path;  // the file it belongs in
    std::string text;  // of a whole scenario, with its line ends
  };
  std::vector<Suggestion> suggestions;
};

struct BoundaryOptions {
  bool suggestions = true;  // look for scenarios, which takes most of the time
};

// All boundaries in the files of the given paths, by place. Only scenarios that pass are used.
std::vector<Boundary> find_boundaries(const std::vector<TestedFile>& tested,
                                      const std::vector<std::string>& paths,
                                      const BoundaryOptions& options = {});

}  // namespace duban
