// A pipe that wakes a thread which polls it.
#pragma once

#include "engine/result.h"

namespace duban {

class WakePipe {
 public:
  WakePipe();  // may fail: see ok()
  ~WakePipe();
  WakePipe(const WakePipe&) = delete;
  WakePipe& operator=(const WakePipe&) = delete;
  Status ok() const;

  int descriptor() const { return ends_[0]; }  // readable once it was woken
  bool is_woken() const;
  void wake();  // from any thread, and from a signal handler

 private:
  int ends_[2] = {-1, -1};
  int error_ = 0;
};

}  // namespace duban
