#include "runtime/feed_ahead.h"

#include <utility>

namespace duban {

FeedAhead::FeedAhead(Feed& feed) : feed_(feed), free_(kChunks) {
  thread_ = std::thread([this] { read(); });
}

FeedAhead::~FeedAhead() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void FeedAhead::read() {
  for (bool last = false; !last;) {
    Chunk chunk;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !free_.empty(); });
      if (stopping_) return;
      chunk = std::move(free_.front());
      free_.pop_front();
    }
    while (chunk.items.size() < kItems) chunk.items.push_back(std::make_unique<FeedItem>());
    chunk.count = 0;
    while (!last && chunk.count < kItems) {
      Result<bool> more = feed_.next(*chunk.items[chunk.count]);
      if (!more) chunk.error = more.error();
      last = !more || !*more;
      chunk.count += last ? 0 : 1;
    }
    chunk.last = last;
    chunk.progress = feed_.progress();
    const std::lock_guard lock(mutex_);
    ready_.push_back(std::move(chunk));
    changed_.notify_all();
  }
}

Result<bool> FeedAhead::next(FeedItem& item) {
  Result<bool> more = has_next();
  if (more && *more) std::swap(item, *at_.items[next_++]);
  return more;
}

Result<bool> FeedAhead::exchange(std::unique_ptr<FeedItem>& item) {
  Result<bool> more = has_next();
  if (more && *more) std::swap(item, at_.items[next_++]);
  return more;
}

Result<bool> FeedAhead::has_next() {
  while (next_ == at_.count) {
    if (at_.error) return *std::exchange(at_.error, std::nullopt);
    if (at_.last) return false;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty(); });
    free_.push_back(std::move(at_));
    at_ = std::move(ready_.front());
    ready_.pop_front();
    next_ = 0;
    changed_.notify_all();
  }
  return true;
}

}  // namespace duban
