// Ctrl-C and SIGTERM as a wish to stop. Either of them a second time ends the program at once.
#pragma once

#include <csignal>

#include "runtime/wake_pipe.h"

namespace duban::cli {

// One at a time: signals have no other way to find it.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();  // signals do again what they did before
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  Status ok() const { return asked_.ok(); }

  const WakePipe& pipe() const { return asked_; }  // woken by the first signal
  bool asked() const { return asked_.is_woken(); }

 private:
  WakePipe asked_;
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

}  // namespace duban::cli
