#include "runtime/shard_lane.h"

#include <utility>

#include "runtime/upcoming.h"

namespace duban {
namespace {

// What two shards count of one item that goes to both.
RunCounts between(const RunCounts& before, const RunCounts& after) {
  RunCounts out;
  out.duplicates = after.duplicates - before.duplicates;
  out.rejected = after.rejected - before.rejected;
  out.references = after.references - before.references;
  return out;
}

void add(RunCounts& to, const RunCounts& counts) {
  to.duplicates += counts.duplicates;
  to.rejected += counts.rejected;
  to.references += counts.references;
}

}  // namespace

ShardLane::ShardLane(ShardedRuntime& all, Runtime& shard, std::atomic<bool>& broken)
    : all_(all), shard_(shard), broken_(broken), free_(kChunks) {
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
  std::deque<std::pair<std::optional<Instant>, bool>>
      marks;  // `reached` and `is_echo` of those in it
  RunCounts echoes;
  Status status;
  for (bool more = true; status;) {
    while (more && !upcoming.full()) {
      more = taken_ < at_.count || receive();
      if (!more || taken_ == at_.count) continue;
      Item& item = at_.items[taken_++];
      std::swap(upcoming.next(), item.item);
      marks.emplace_back(item.reached, item.is_echo);
      upcoming.push();
    }
    if (upcoming.empty() || broken_ || broken_off_) break;
    const auto [reached, is_echo] = marks.front();
    marks.pop_front();
    if (reached) status = shard_.feed_reached(*reached);
    if (!status) break;
    const RunCounts before = is_echo ? shard_.counts() : RunCounts();
    status = upcoming.take();
    if (is_echo) add(echoes, between(before, shard_.counts()));
  }
  all_.discount(echoes);
  return status;
}

}  // namespace duban
