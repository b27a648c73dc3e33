// Items that one thread reads and hands to the live loop of another.
//
// Only who reads ends them: so the loop takes whatever was read. It asks for the end when it has
// come to `until`.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "runtime/feed.h"
#include "runtime/runtime.h"
#include "runtime/wake_pipe.h"

namespace duban {

class GivenItems {
 public:
  explicit GivenItems(WakePipe& reader) : reader_(reader) {}
  Status ok() const { return news_.ok(); }

  // ---- of who reads
  void give(std::vector<FeedItem> items);  // waits while very many are there already
  void end();                              // there will be no more

  // ---- of the loop
  int descriptor() const { return news_.descriptor(); }  // readable when there is something new
  struct Given {
    std::vector<FeedItem> items;  // all that are there
    bool ended = false;
  };
  Given take();
  void ask_for_end() { reader_.wake(); }
  void leave();  // the loop has ended: nobody waits for room

 private:
  static constexpr size_t kItemsMax = 4096;

  WakePipe& reader_;
  WakePipe news_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Given given_;        // guarded by `mutex_`
  bool left_ = false;  // …too
};

// As run_wall() of a descriptor, to the end of the items.
Status run_wall(Runtime& runtime, GivenItems& items, const std::string& name,
                std::optional<Instant> until);

}  // namespace duban
