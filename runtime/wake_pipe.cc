#include "runtime/wake_pipe.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>

#include "runtime/system_error.h"

namespace duban {

WakePipe::WakePipe() {
  if (::pipe2(ends_, O_CLOEXEC | O_NONBLOCK) != 0) error_ = errno;
}

WakePipe::~WakePipe() {
  for (const int end : ends_) {
    if (end >= 0) ::close(end);
  }
}

Status WakePipe::ok() const {
  if (error_ == 0) return {};
  return system_error("no pipe can be opened", "无法打开管道", error_, {});
}

bool WakePipe::is_woken() const {
  pollfd asked{ends_[0], POLLIN, 0};
  return ::poll(&asked, 1, 0) > 0;
}

// A pipe that is full wakes as well.
void WakePipe::wake() {
  const int before = errno;  // of what a signal interrupted
  [[maybe_unused]] const ssize_t wrote = ::write(ends_[1], "", 1);
  errno = before;
}

}  // namespace duban
