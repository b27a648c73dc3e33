#include "runtime/shard_router.h"

#include <algorithm>

#include "engine/condition_index.h"

namespace duban {

std::optional<uint32_t> ShardRouter::shard_for(const FeedItem& item) const {
  const auto* raw = std::get_if<RawEvent>(&item.event);
  if (raw == nullptr) return 0;
  if (item.taken != nullptr) return shard_of(raw->subject, shards_);
  const Layout& layout = plan_.layout;
  const auto type = find_type(plan_, raw->type);
  if (!type) return std::nullopt;
  const bool is_everybodys =
      type->event ? layout.events[*type->event].kind == Layout::Event::Kind::broadcast
                  : layout.entities[type->entity].reference;
  return is_everybodys ? std::nullopt : std::optional(shard_of(raw->subject, shards_));
}

void ShardRouter::see(const FeedItem& item) {
  if (item.taken != nullptr) {
    reached_ = std::max(reached_.value_or(item.taken->time), item.taken->time);
    return;
  }
  const auto* raw = std::get_if<RawEvent>(&item.event);
  if (raw == nullptr || raw->time.empty()) return;
  const std::optional<Instant> time = plan_.zone.parse(raw->time);
  if (!time || (reached_ && *time <= *reached_)) return;
  const auto taken = take_in(plan_, *raw, *time);
  const auto* intake = std::get_if<Intake>(&taken);
  if (intake != nullptr && !std::holds_alternative<ReferenceRow>(*intake)) reached_ = time;
}

}  // namespace duban
