// A live feed to several shards: one thread reads it, and each shard has a live loop of its own.
#include <poll.h>
#include <unistd.h>

#include <array>
#include <atomic>
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

constexpr int kLookMs = 100;  // whether the shards still run, while nothing comes

class LiveShards {
 public:
  LiveShards(ShardedRuntime& runtime, std::string name, std::optional<Instant> until, bool stay)
      : runtime_(runtime),
        name_(std::move(name)),
        router_(runtime.plans().current(), static_cast<uint32_t>(runtime.size())),
        lanes_(runtime.size()) {
    for (size_t i = 0; i < lanes_.size(); ++i) {
      lanes_[i].thread = std::thread([this, i, until, stay] { drive(i, until, stay); });
    }
  }
  ~LiveShards() {
    for (Lane& lane : lanes_) {
      if (!lane.thread.joinable()) continue;
      break_off();
      lane.thread.join();
    }
  }
  LiveShards(const LiveShards&) = delete;
  LiveShards& operator=(const LiveShards&) = delete;

  // The feed, to its end or until the shards have ended: at a signal, at `until`, by an error.
  Status read(int descriptor) {
    std::array<pollfd, 1> wanted{{{descriptor, POLLIN, 0}}};
    while (!ended_) {
      const int ready = ::poll(wanted.data(), wanted.size(), kLookMs);
      if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
      const ssize_t got = ready < 0 ? -1 : ::read(descriptor, chunk_.data(), chunk_.size());
      if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
      if (got < 0) return system_error("cannot be read", "无法读取", errno, name_);
      take(static_cast<size_t>(got));
      if (got == 0) break;
    }
    return {};
  }

  void break_off() {
    for (Lane& lane : lanes_) lane.given.break_off();
  }

  // Waits for all.
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
    GivenItems given;
    std::vector<FeedItem> filling;
    Status status;
    std::thread thread;
  };

  void drive(size_t index, std::optional<Instant> until, bool stay) {
    Lane& lane = lanes_[index];
    lane.status = lane.given.ok();
    if (lane.status) lane.status = run_wall(runtime_.shard(index), lane.given, name_, until, stay);
    ended_ = true;
    lane.given.leave();
    // At a signal, at `until` and at an error all end; not at the end of the feed, which each of
    // them reaches in its own time.
    if (!lane.status || stay || !lane.given.has_ended()) break_off();
  }

  // So many bytes of the chunk; none: the end.
  void take(size_t got) {
    got > 0 ? lines_.add({chunk_.data(), got}) : lines_.finish();
    LineCutter::Line line;
    while (lines_.next(line)) {
      if (line.is_blank()) continue;
      FeedItem item;
      read_ndjson(name_, line.number, line.text, line.too_long, item);
      runtime_.count_line();
      route(std::move(item));
    }
    for (Lane& lane : lanes_) {
      if (!lane.filling.empty()) lane.given.give(std::exchange(lane.filling, {}));
    }
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
  std::atomic<bool> ended_ = false;
  std::deque<Lane> lanes_;
};

}  // namespace

Status run_wall(ShardedRuntime& runtime, int descriptor, const std::string& name,
                std::optional<Instant> until, bool stay) {
  if (runtime.size() == 1) return run_wall(runtime.shard(0), descriptor, name, until, stay);
  if (!runtime.deployed()) return nothing_deployed();
  const auto shards = std::make_unique<LiveShards>(runtime, name, until, stay);
  const Status read = shards->read(descriptor);
  if (!read) shards->break_off();
  const Status ended = shards->end();
  return read ? ended : read;
}

}  // namespace duban
