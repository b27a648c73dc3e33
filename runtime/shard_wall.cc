// A live feed to several shards: one thread reads it, and each shard has a live loop of its own.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <thread>

#include "runtime/given_items.h"
#include "runtime/line_reader.h"
#include "runtime/shard_router.h"
#include "runtime/sharded_runtime.h"
#include "runtime/system_error.h"

namespace duban {
namespace {

class LiveShards {
 public:
  LiveShards(ShardedRuntime& runtime, std::string name, std::optional<Instant> until)
      : runtime_(runtime),
        name_(std::move(name)),
        router_(runtime.plans().current(), static_cast<uint32_t>(runtime.size())) {
    for (size_t i = 0; i < runtime.size(); ++i) {
      Lane& lane = lanes_.emplace_back(enough_);
      lane.thread = std::thread([this, &lane, i, until] { drive(lane, i, until); });
    }
  }

  // The feed, until it ends (and we do not stay), `stop` is woken, or a shard has had enough: at
  // `until` or by an error.
  Status read(int descriptor, bool stay, const WakePipe* stop) {
    if (Status status = enough_.ok(); !status) return status;
    const int stops = stop != nullptr ? stop->descriptor() : -1;
    std::array<pollfd, 3> wanted{
        {{descriptor, POLLIN, 0}, {enough_.descriptor(), POLLIN, 0}, {stops, POLLIN, 0}}};
    for (;;) {
      const int ready = ::poll(wanted.data(), wanted.size(), -1);
      if (ready < 0 && errno == EINTR) continue;
      if (wanted[1].revents != 0 || wanted[2].revents != 0) return {};
      const ssize_t got = ready < 0 ? -1 : ::read(descriptor, chunk_.data(), chunk_.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) return system_error("cannot be read", "无法读取", errno, name_);
      if (Status status = take(static_cast<size_t>(got)); !status) return status;
      if (got == 0 && !stay) return {};
      if (got == 0) wanted[0].fd = -1;
    }
  }

  // Waits until all that was read is taken.
  Status end() {
    for (Lane& lane : lanes_) lane.given.end();
    Status status;
    for (Lane& lane : lanes_) {
      lane.thread.join();
      if (status) status = lane.status;
    }
    return status;
  }

 private:
  struct Lane {
    explicit Lane(WakePipe& reader) : given(reader) {}
    GivenItems given;
    std::vector<FeedItem> filling;
    Status status;
    std::thread thread;
  };

  void drive(Lane& lane, size_t index, std::optional<Instant> until) {
    lane.status = lane.given.ok();
    if (lane.status) lane.status = run_wall(runtime_.shard(index), lane.given, name_, until);
    lane.given.leave();
  }

  // So many bytes of the chunk; none: the end.
  Status take(size_t got) {
    got > 0 ? lines_.add({chunk_.data(), got}) : lines_.finish();
    LineCutter::Line line;
    while (lines_.next(line)) {
      if (line.is_blank()) continue;
      if (Status status = refuse_packed(name_, line); !status) return status;
      FeedItem item;
      read_ndjson(name_, line.number, line.text, line.too_long, item);
      runtime_.count_line();
      route(std::move(item));
    }
    for (Lane& lane : lanes_) {
      if (!lane.filling.empty()) lane.given.give(std::exchange(lane.filling, {}));
    }
    return {};
  }

  void route(FeedItem item) {
    if (const std::optional<uint32_t> shard = router_.shard_for(item)) {
      lanes_[*shard].filling.push_back(std::move(item));
      return;
    }
    lanes_.front().filling.push_back(item);
    item.is_echo = true;
    for (size_t i = 1; i < lanes_.size(); ++i) lanes_[i].filling.push_back(item);
  }

  ShardedRuntime& runtime_;
  std::string name_;
  ShardRouter router_;
  std::array<char, 256 * 1024> chunk_{};
  LineCutter lines_;
  WakePipe enough_;
  std::deque<Lane> lanes_;
};

}  // namespace

Status run_wall(ShardedRuntime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay, const WakePipe* stop) {
  if (runtime.size() == 1) return run_wall(runtime.shard(0), descriptor, name, until, stay, stop);
  if (!runtime.deployed()) return nothing_deployed();
  const auto shards = std::make_unique<LiveShards>(runtime, name, until);
  const Status read = shards->read(descriptor, stay, stop);
  const Status ended = shards->end();
  return read ? ended : read;
}

}  // namespace duban
