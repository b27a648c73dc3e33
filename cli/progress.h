// How far a long run has come, on stderr, when that is a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/cli.h"

namespace duban::cli {

// One line, redrawn a few times a second and removed at the end.
class Progress {
 public:
  explicit Progress(const Session& session);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void show(double share, uint64_t lines);  // no lines: what is counted is not lines
  void clear();

 private:
  const Session& session_;
  bool terminal_ = false;
  bool drawn_ = false;
  std::chrono::steady_clock::time_point start_, last_;
};

// The line itself: bar, share, count and rate, in at most `width` columns. A negative share is not
// known (standard input).
std::string progress_line(const Session& session, double share, uint64_t lines, double seconds,
                          size_t width);

}  // namespace duban::cli
