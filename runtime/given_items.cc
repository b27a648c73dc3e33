#include "runtime/given_items.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <iterator>
#include <utility>

#include "runtime/system_error.h"

namespace duban {

GivenItems::GivenItems() {
  if (::pipe2(pipe_, O_CLOEXEC | O_NONBLOCK) != 0) error_ = errno;
}

GivenItems::~GivenItems() {
  for (const int descriptor : pipe_) {
    if (descriptor >= 0) ::close(descriptor);
  }
}

Status GivenItems::ok() const {
  if (error_ == 0) return {};
  return system_error("no pipe can be opened", "无法打开管道", error_, {});
}

// A pipe that is full wakes as well.
void GivenItems::wake() { [[maybe_unused]] const ssize_t wrote = ::write(pipe_[1], "", 1); }

void GivenItems::give(std::vector<FeedItem> items) {
  std::unique_lock lock(mutex_);
  const auto is_over = [this] { return left_ || given_.broken_off; };
  changed_.wait(lock, [&] { return is_over() || given_.items.size() < kItemsMax; });
  if (is_over()) return;
  if (given_.items.empty()) {
    given_.items = std::move(items);
  } else {
    std::move(items.begin(), items.end(), std::back_inserter(given_.items));
  }
  wake();
}

void GivenItems::end() {
  const std::lock_guard lock(mutex_);
  given_.ended = true;
  wake();
}

void GivenItems::break_off() {
  const std::lock_guard lock(mutex_);
  given_.broken_off = true;
  changed_.notify_all();
  wake();
}

GivenItems::Given GivenItems::take() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return {std::exchange(given_.items, {}), given_.ended, given_.broken_off};
}

bool GivenItems::has_ended() const {
  const std::lock_guard lock(mutex_);
  return given_.ended;
}

void GivenItems::leave() {
  const std::lock_guard lock(mutex_);
  left_ = true;
  changed_.notify_all();
}

}  // namespace duban
