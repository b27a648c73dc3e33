#include "cli/stop_signals.h"

#include <atomic>

namespace duban::cli {
namespace {

std::atomic<WakePipe*> listening = nullptr;
static_assert(std::atomic<WakePipe*>::is_always_lock_free, "a signal handler reads it");

void on_signal(int) {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
  if (WakePipe* pipe = listening.load()) pipe->wake();
}

}  // namespace

StopSignals::StopSignals() {
  listening = &asked_;
  struct sigaction action {};
  action.sa_handler = on_signal;
  sigaction(SIGINT, &action, &interrupt_);
  sigaction(SIGTERM, &action, &terminate_);
}

StopSignals::~StopSignals() {
  sigaction(SIGINT, &interrupt_, nullptr);
  sigaction(SIGTERM, &terminate_, nullptr);
  listening = nullptr;
}

}  // namespace duban::cli
