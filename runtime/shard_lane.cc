#include "runtime/shard_lane.h"

#include <utility>

#include "runtime/upcoming.h"

namespace duban {

ShardLane::ShardLane(Runtime& shard, std::atomic<bool>& broken)
    : shard_(shard), broken_(broken), free_(kChunks) {
  thread_ = std::thread([this] { status_ = work(); });
}

ShardLane::~ShardLane() {
  if (!thread_.joinable()) return;
  break_off();
  thread_.join();
}

void ShardLane::push() {
  if (++filling_.count == kItems) send();
}

void ShardLane::send() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return gone_ || !free_.empty(); });
  if (gone_) {
    filling_.count = 0;
    return;
  }
  ready_.push_back(std::move(filling_));
  filling_ = std::move(free_.front());
  free_.pop_front();
  filling_.count = 0;
  changed_.notify_all();
}

void ShardLane::end(Work last_work) {
  send();
  const std::lock_guard lock(mutex_);
  last_work_ = std::move(last_work);
  ended_ = true;
  changed_.notify_all();
}

void ShardLane::break_off() {
  broken_off_ = true;
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

Status ShardLane::join() {
  thread_.join();
  return status_;
}

bool ShardLane::receive() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return ended_ || !ready_.empty(); });
  if (ready_.empty()) return false;
  free_.push_back(std::exchange(at_, std::move(ready_.front())));
  ready_.pop_front();
  taken_ = 0;
  changed_.notify_all();
  return true;
}

Status ShardLane::work() {
  Status status = take_all();
  Work last_work;
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    last_work = std::move(last_work_);
  }
  changed_.notify_all();
  if (status && last_work && !broken_ && !broken_off_) status = last_work(shard_);
  if (!status) broken_ = true;
  return status;
}

Status ShardLane::take_all() {
  Upcoming upcoming(shard_);
  std::deque<std::optional<Instant>> reached;  // of those in it
  for (bool more = true;;) {
    while (more && !upcoming.full()) {
      more = taken_ < at_.count || receive();
      if (!more || taken_ == at_.count) continue;
      Item& item = at_.items[taken_++];
      std::swap(*upcoming.next(), item.item);
      reached.push_back(item.reached);
      upcoming.push();
    }
    if (upcoming.empty() || broken_ || broken_off_) return {};
    if (reached.front()) {
      if (Status status = shard_.feed_reached(*reached.front()); !status) return status;
    }
    reached.pop_front();
    if (Status status = upcoming.take(); !status) return status;
  }
}

}  // namespace duban
