// One feed to several shards: read once, in order, and given to the shard of each item's subject.
#include <atomic>
#include <deque>

#include "runtime/shard_lane.h"
#include "runtime/sharded_runtime.h"

namespace duban {
namespace {

// Where an item goes, and what it makes of the time.
class Router {
 public:
  Router(const Plan& plan, uint32_t shards) : plan_(plan), shards_(shards) {}

  // The shard of the item's subject; none: all of them. What its type is unknown of goes to all, as
  // a later version may make anything of it.
  std::optional<uint32_t> shard_for(const FeedItem& item) const {
    const auto* raw = std::get_if<RawEvent>(&item.event);
    if (raw == nullptr) return 0;
    const Layout& layout = plan_.layout;
    if (const auto event = layout.find_event(raw->type)) {
      if (layout.events[*event].kind == Layout::Event::Kind::broadcast) return std::nullopt;
      return shard_of(raw->subject, shards_);
    }
    const auto entity = layout.find_entity(raw->type);
    if (!entity || layout.entities[*entity].reference) return std::nullopt;
    return shard_of(raw->subject, shards_);
  }

  // The newest time of the items so far that make sense. Rows of references do not count: each
  // shard has them, and sees for itself whether they bring anything new.
  const std::optional<Instant>& reached() const { return reached_; }
  void see(const FeedItem& item) {
    const auto* raw = std::get_if<RawEvent>(&item.event);
    if (raw == nullptr || raw->time.empty()) return;
    const std::optional<Instant> time = plan_.zone.parse(raw->time);
    if (!time || (reached_ && *time <= *reached_)) return;
    const auto taken = take_in(plan_, *raw, *time);
    const auto* intake = std::get_if<Intake>(&taken);
    if (intake != nullptr && !std::holds_alternative<ReferenceRow>(*intake)) reached_ = time;
  }

 private:
  const Plan& plan_;
  uint32_t shards_;
  std::optional<Instant> reached_;
};

class Dispatcher {
 public:
  explicit Dispatcher(ShardedRuntime& runtime)
      : runtime_(runtime),
        router_(runtime.plans().current(), static_cast<uint32_t>(runtime.size())) {
    for (size_t i = 0; i < runtime.size(); ++i)
      lanes_.emplace_back(runtime, runtime.shard(i), broken_);
  }

  bool is_broken() const { return broken_; }

  void give(FeedItem& item) {
    const std::optional<uint32_t> shard = router_.shard_for(item);
    const std::optional<Instant> reached = router_.reached();
    router_.see(item);
    runtime_.count_line();
    if (shard) return push(lanes_[*shard], item, reached);
    for (size_t i = lanes_.size() - 1; i > 0; --i) {
      FeedItem copy = item;
      push(lanes_[i], copy, reached, true);
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

  // …as far as it was read.
  Status end_early() {
    return join([](Runtime& shard) { return shard.rest(); });
  }

  // Leaves what is on its way.
  Status break_off() {
    for (ShardLane& lane : lanes_) lane.break_off();
    if (Status status = join_all(); !status) return status;
    return runtime_.rest();
  }

 private:
  static void push(ShardLane& lane, FeedItem& item, std::optional<Instant> reached,
                   bool is_echo = false) {
    ShardLane::Item& place = lane.next();
    std::swap(place.item, item);
    place.reached = reached;
    place.is_echo = is_echo;
    lane.push();
  }

  Status join(const ShardLane::Work& last_work) {
    for (ShardLane& lane : lanes_) lane.end(last_work);
    return join_all();
  }

  Status join_all() {
    Status status;
    for (ShardLane& lane : lanes_) {
      const Status of_lane = lane.join();
      if (status) status = of_lane;
    }
    return status;
  }

  ShardedRuntime& runtime_;
  Router router_;
  std::atomic<bool> broken_ = false;
  std::deque<ShardLane> lanes_;
};

}  // namespace

Status run_virtual(ShardedRuntime& runtime, Feed& feed, std::optional<Instant> until,
                   const std::function<bool(double)>& progress) {
  if (runtime.size() == 1) return run_virtual(runtime.shard(0), feed, until, progress);
  if (!runtime.deployed())
    return Error{"no rules are deployed", {}, "deploy them first", "尚未部署规则", "请先部署"};
  constexpr uint64_t kItemsBetweenReports = 1024;
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
      return dispatcher.break_off();
    }
  }
  if (Status status = dispatcher.end(until); !status) return status;
  if (progress) progress(1);
  return {};
}

}  // namespace duban
