// A feed that is read and parsed on a thread of its own, some hundred items ahead.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "runtime/feed.h"

namespace duban {

class FeedAhead : public Feed {
 public:
  // `feed` must outlive this; nobody else may use it meanwhile. All of it should be there already:
  // going away waits for the read at hand.
  explicit FeedAhead(Feed& feed);
  ~FeedAhead() override;

  Result<bool> next(FeedItem& item) override;
  Result<bool> exchange(std::unique_ptr<FeedItem>& item) override;
  double progress() const override { return at_.progress; }

 private:
  static constexpr size_t kItems = 64, kChunks = 4;

  struct Chunk {
    std::vector<std::unique_ptr<FeedItem>> items;  // of these `count` are filled
    size_t count = 0;
    bool last = false;
    std::optional<Error> error;  // after the items
    double progress = 0;         // of the feed, behind them
  };

  void read();
  Result<bool> has_next();  // at `next_` of `at_`

  Feed& feed_;
  Chunk at_;         // what next() gives out
  size_t next_ = 0;  // of its items
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Chunk> ready_, free_;  // guarded by `mutex_`
  bool stopping_ = false;           // …too
  std::thread thread_;
};

}  // namespace duban
