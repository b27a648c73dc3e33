// One feed to several shards: read once, in order, and given to the shard of each item's subject.
#include <atomic>
#include <deque>

#include "runtime/shard_lane.h"
#include "runtime/shard_router.h"
#include "runtime/sharded_runtime.h"

namespace duban {
namespace {

class Dispatcher {
 public:
  explicit Dispatcher(ShardedRuntime& runtime)
      : runtime_(runtime),
        router_(runtime.plans().current(), static_cast<uint32_t>(runtime.size())) {
    for (size_t i = 0; i < runtime.size(); ++i) lanes_.emplace_back(runtime.shard(i), broken_);
  }

  bool is_broken() const { return broken_; }

  void give(FeedItem& item) {
    const std::optional<uint32_t> shard = router_.shard_for(item);
    const std::optional<Instant> reached = router_.reached();
    item.is_echo = false;
    router_.see(item);
    runtime_.count_line();
    if (shard) return push(lanes_[*shard], item, reached);
    for (size_t i = lanes_.size() - 1; i > 0; --i) {
      FeedItem echo = item;
      echo.is_echo = true;
      push(lanes_[i], echo, reached);
    }
    push(lanes_[0], item, reached);
  }

  // Steps what is on its way; then the feed is at its end in each shard.
  Status end(std::optional<Instant> until) {
    const std::optional<Instant> reached = router_.reached();
    return join([reached, until](Runtime& shard) -> Status {
      if (reached) {
        if (Status status = shard.feed_reached(*reached); !status) return status;
      }
      if (Status status = shard.end_feed(until); !status) return status;
      return shard.rest();
    });
  }

  // …as far as it was read. All clocks then stand where one shard's would: what comes next, as a
  // deployment, finds no shard behind.
  Status end_early() {
    const std::optional<Instant> reached = router_.reached();
    return join([reached](Runtime& shard) -> Status {
      if (reached) {
        if (Status status = shard.feed_reached(*reached); !status) return status;
      }
      return shard.rest();
    });
  }

 private:
  static void push(ShardLane& lane, FeedItem& item, std::optional<Instant> reached) {
    ShardLane::Item& place = lane.next();
    std::swap(place.item, item);
    place.reached = reached;
    lane.push();
  }

  Status join(const ShardLane::Work& last_work) {
    for (ShardLane& lane : lanes_) lane.end(last_work);
    Status status;
    for (ShardLane& lane : lanes_) {
      const Status of_lane = lane.join();
      if (status) status = of_lane;
    }
    return status;
  }

  ShardedRuntime& runtime_;
  ShardRouter router_;
  std::atomic<bool> broken_ = false;
  std::deque<ShardLane> lanes_;
};

}  // namespace

Status run_virtual(ShardedRuntime& runtime, Feed& feed, std::optional<Instant> until,
                   const std::function<bool(double)>& progress) {
  if (runtime.size() == 1) return run_virtual(runtime.shard(0), feed, until, progress);
  if (!runtime.deployed()) return nothing_deployed();
  constexpr uint64_t kItemsBetweenReports = 1024;
  feed.take_in_for(runtime.plans().current(), runtime.plans().current_version());
  Dispatcher dispatcher(runtime);
  FeedItem item;
  for (uint64_t items = 1; !dispatcher.is_broken(); ++items) {
    const Result<bool> more = feed.next(item);
    if (!more) {  // what was read before stands; time does not run on past a gap
      if (Status status = dispatcher.end_early(); !status) return status;
      return more.error();
    }
    if (!*more) break;
    dispatcher.give(item);
    if (progress && items % kItemsBetweenReports == 0 && !progress(feed.progress())) {
      return dispatcher.end_early();
    }
  }
  if (Status status = dispatcher.end(until); !status) return status;
  if (progress) progress(1);
  return {};
}

}  // namespace duban
