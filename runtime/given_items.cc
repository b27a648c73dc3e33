#include "runtime/given_items.h"

#include <iterator>
#include <utility>

namespace duban {

void GivenItems::give(std::vector<FeedItem> items) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return left_ || given_.items.size() < kItemsMax; });
  if (left_) return;
  if (given_.items.empty()) {
    given_.items = std::move(items);
  } else {
    std::move(items.begin(), items.end(), std::back_inserter(given_.items));
  }
  news_.wake();
}

void GivenItems::end() {
  const std::lock_guard lock(mutex_);
  given_.ended = true;
  news_.wake();
}

GivenItems::Given GivenItems::take() {
  const std::lock_guard lock(mutex_);
  changed_.notify_all();
  return {std::exchange(given_.items, {}), given_.ended};
}

void GivenItems::leave() {
  const std::lock_guard lock(mutex_);
  left_ = true;
  changed_.notify_all();
  reader_.wake();
}

}  // namespace duban
