// Items of a feed that are read but not yet taken. While they wait, what taking them will need is
// fetched into the processor's cache, so that it need not stand still for each.
#pragma once

#include <array>
#include <memory>

#include "runtime/runtime.h"

namespace duban {

class Upcoming {
 public:
  explicit Upcoming(Runtime& runtime) : runtime_(runtime) {}

  bool empty() const { return first_ == end_; }
  bool full() const { return end_ - first_ == kItems; }
  // The item to fill, and its entry into the line. REQUIRES: !full()
  std::unique_ptr<FeedItem>& next() { return items_[end_ % kItems].item; }
  void push();
  // Gives the first item to the runtime. REQUIRES: !empty()
  Status take();

 private:
  static constexpr size_t kItems = 32;

  struct Waiting {
    std::unique_ptr<FeedItem> item = std::make_unique<FeedItem>();
    Runtime::Hint hint;
  };

  Runtime& runtime_;
  std::array<Waiting, kItems> items_;
  size_t first_ = 0, end_ = 0;
};

}  // namespace duban
