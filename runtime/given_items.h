// Items that one thread reads and hands to the live loop of another.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/feed.h"
#include "runtime/runtime.h"

namespace duban {

class GivenItems {
 public:
  GivenItems();  // may fail: see ok()
  ~GivenItems();
  GivenItems(const GivenItems&) = delete;
  GivenItems& operator=(const GivenItems&) = delete;
  Status ok() const;

  // ---- of who reads
  void give(std::vector<FeedItem> items);  // waits while very many are there already
  void end();                              // there will be no more
  void break_off();                        // the loop is to end at once; from any thread

  // ---- of the loop
  // Readable when there is something new to be asked.
  int descriptor() const { return pipe_[0]; }
  struct Given {
    std::vector<FeedItem> items;  // all that are there
    bool ended = false, broken_off = false;
  };
  Given take();
  void leave();  // the loop takes no more: nobody waits for room

  bool has_ended() const;  // end() was called

 private:
  static constexpr size_t kItemsMax = 4096;
  void wake();

  int pipe_[2] = {-1, -1};
  int error_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Given given_;        // guarded by `mutex_`
  bool left_ = false;  // …too
};

// As run_wall() of a descriptor.
Status run_wall(Runtime& runtime, GivenItems& items, const std::string& name,
                std::optional<Instant> until, bool stay);

}  // namespace duban
