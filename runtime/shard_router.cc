#include "runtime/shard_router.h"

namespace duban {

std::optional<uint32_t> ShardRouter::shard_for(const FeedItem& item) const {
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

void ShardRouter::see(const FeedItem& item) {
  const auto* raw = std::get_if<RawEvent>(&item.event);
  if (raw == nullptr || raw->time.empty()) return;
  const std::optional<Instant> time = plan_.zone.parse(raw->time);
  if (!time || (reached_ && *time <= *reached_)) return;
  const auto taken = take_in(plan_, *raw, *time);
  const auto* intake = std::get_if<Intake>(&taken);
  if (intake != nullptr && !std::holds_alternative<ReferenceRow>(*intake)) reached_ = time;
}

}  // namespace duban
