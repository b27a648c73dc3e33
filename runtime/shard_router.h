// Where the items of a feed go, and what they make of the time.
#pragma once

#include <optional>

#include "engine/plan.h"
#include "runtime/feed.h"
#include "runtime/shard.h"

namespace duban {

class ShardRouter {
 public:
  // `plan`: in force while the feed runs; must outlive this.
  ShardRouter(const Plan& plan, uint32_t shards) : plan_(plan), shards_(shards) {}

  // The shard of the item's subject; none: all of them. What is of no known type goes to all, as a
  // later version may make anything of it.
  std::optional<uint32_t> shard_for(const FeedItem& item) const;

  // The newest time of the items so far that make sense. Rows of references do not count: each
  // shard has them, and sees for itself whether they bring anything new.
  const std::optional<Instant>& reached() const { return reached_; }
  void see(const FeedItem& item);

 private:
  const Plan& plan_;
  uint32_t shards_;
  std::optional<Instant> reached_;
};

}  // namespace duban
