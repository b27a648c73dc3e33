// The items of a feed on their way to one shard, and the thread that steps them there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/runtime.h"

namespace duban {

class ShardLane {
 public:
  struct Item {
    FeedItem item;
    std::optional<Instant> reached;  // the newest time of the feed before it
  };

  // `broken`: one of the lanes failed; all are to stop.
  ShardLane(Runtime& shard, std::atomic<bool>& broken);
  ~ShardLane();  // ends it without more
  ShardLane(const ShardLane&) = delete;
  ShardLane& operator=(const ShardLane&) = delete;

  // The item to fill, and its entry into the lane, which may wait for room. What stood in it may be
  // used again.
  Item& next() { return filling_.items[filling_.count]; }
  void push();

  // The feed is over: what is in the lane is stepped, then `last_work` is done in the lane's
  // thread. Or it is broken off: what is in the lane is left.
  using Work = std::function<Status(Runtime&)>;
  void end(Work last_work);
  void break_off();
  // Waits for the end.
  Status join();

 private:
  static constexpr size_t kItems = 256, kChunks = 8;
  struct Chunk {
    std::vector<Item> items{kItems};
    size_t count = 0;
  };

  void send();
  Status work();
  Status take_all();
  bool receive();  // the next chunk into `at_`; false: there will be none

  Runtime& shard_;
  std::atomic<bool>& broken_;
  Chunk filling_;     // of who fills
  Chunk at_;          // of the thread
  size_t taken_ = 0;  // of its items
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> ready_, free_;     // guarded by `mutex_`
  bool ended_ = false, gone_ = false;  // …too; gone: the thread takes nothing more
  Work last_work_;                     // …too
  std::atomic<bool> broken_off_ = false;
  Status status_;
  std::thread thread_;
};

}  // namespace duban
