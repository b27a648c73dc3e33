#include "engine/history.h"

#include <algorithm>
#include <utility>

namespace duban {

const History::Log* History::find(uint16_t event) const {
  const auto at = std::lower_bound(logs_.begin(), logs_.end(), event,
                                   [](const Log& log, uint16_t id) { return log.event < id; });
  return at != logs_.end() && at->event == event ? &*at : nullptr;
}

History::Log* History::find(uint16_t event) {
  return const_cast<Log*>(std::as_const(*this).find(event));
}

// A block of this copy alone, without what is not its own and what was known of it.
History::Block& History::Log::writable(size_t at) {
  const auto begin = static_cast<std::ptrdiff_t>(begin_of(at));
  const auto end = static_cast<std::ptrdiff_t>(end_of(at));
  std::shared_ptr<Block>& block = blocks[at];
  const auto events = block->events.begin();
  if (block.use_count() > 1) {
    auto own = std::make_shared<Block>();
    own->events.reserve(static_cast<size_t>(end - begin) + 1);
    own->events.assign(events + begin, events + end);
    block = std::move(own);
  } else {
    block->events.erase(events + end, block->events.end());
    block->events.erase(block->events.begin(), block->events.begin() + begin);
    block->known.clear();
  }
  if (at == 0) first = 0;
  if (at + 1 == blocks.size()) last = block->events.size();
  return *block;
}

void History::add(uint16_t event, PastEvent past) {
  auto at = std::lower_bound(logs_.begin(), logs_.end(), event,
                             [](const Log& log, uint16_t id) { return log.event < id; });
  if (at == logs_.end() || at->event != event) at = logs_.insert(at, Log{event, 0, 0, 0, {}});
  at->add(std::move(past));
}

void History::Log::add(PastEvent past) {
  if (!blocks.empty() && past.time < blocks.back()->events[last - 1].time) {
    return insert(std::move(past));
  }
  ++size;
  if (blocks.empty() || last >= kBlock) {
    blocks.push_back(std::make_shared<Block>());
    last = 0;
  }
  // Copies that share the block do not see what lies behind their end of it.
  Block& block = *blocks.back();
  const bool behind_all = block.events.size() == last;
  (behind_all ? block : writable(blocks.size() - 1)).events.push_back(std::move(past));
  ++last;
}

void History::Log::insert(PastEvent past) {
  ++size;
  // The last block that begins no later; what is earlier than everything goes into the first.
  const auto after = std::upper_bound(blocks.begin(), blocks.end(), past.time,
                                      [](Instant time, const std::shared_ptr<Block>& block) {
                                        return time < block->events.front().time;
                                      });
  const size_t at = after == blocks.begin() ? 0 : static_cast<size_t>(after - blocks.begin()) - 1;
  std::vector<PastEvent>& events = writable(at).events;
  events.insert(
      std::upper_bound(events.begin(), events.end(), past.time,
                       [](Instant time, const PastEvent& other) { return time < other.time; }),
      std::move(past));
  const bool at_end = at + 1 == blocks.size();
  if (at_end) last = events.size();
  if (events.size() < 2 * kBlock) return;
  auto rest = std::make_shared<Block>();
  const auto middle = events.begin() + kBlock;
  rest->events.assign(std::make_move_iterator(middle), std::make_move_iterator(events.end()));
  events.erase(middle, events.end());
  if (at_end) last = rest->events.size();
  blocks.insert(blocks.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(rest));
}

void History::Log::drop_front(size_t count) {
  size -= count;
  first += count;
  size_t gone = 0;
  while (gone < blocks.size()) {
    const size_t end = gone + 1 == blocks.size() ? last : blocks[gone]->events.size();
    if (first < end) break;
    first -= end;
    ++gone;
  }
  blocks.erase(blocks.begin(), blocks.begin() + static_cast<std::ptrdiff_t>(gone));
}

// The last that begins before `from`, since its end may lie behind.
size_t History::block_at(const Log& log, Instant from) {
  const auto after = std::lower_bound(log.blocks.begin(), log.blocks.end(), from,
                                      [](const std::shared_ptr<Block>& block, Instant time) {
                                        return block->events.front().time < time;
                                      });
  return after == log.blocks.begin() ? 0 : static_cast<size_t>(after - log.blocks.begin()) - 1;
}

const PastEvent* History::first_from(uint16_t event, Instant from) const {
  const Log* log = find(event);
  if (log == nullptr) return nullptr;
  for (size_t at = block_at(*log, from); at < log->blocks.size(); ++at) {
    const PastEvent* events = log->blocks[at]->events.data();
    const PastEvent* end = events + log->end_of(at);
    const PastEvent* found =
        std::lower_bound(events + log->begin_of(at), end, from,
                         [](const PastEvent& past, Instant time) { return past.time < time; });
    if (found != end) return found;
  }
  return nullptr;
}

std::vector<uint16_t> History::types() const {
  std::vector<uint16_t> out;
  out.reserve(logs_.size());
  for (const Log& log : logs_) out.push_back(log.event);
  return out;
}

size_t History::size(uint16_t event) const {
  const Log* log = find(event);
  return log == nullptr ? 0 : log->size;
}

bool History::operator==(const History& other) const {
  if (types() != other.types()) return false;
  return std::all_of(logs_.begin(), logs_.end(), [&](const Log& log) {
    std::vector<const PastEvent*> mine, theirs;
    each(log.event, [&](const PastEvent& past) { mine.push_back(&past); });
    other.each(log.event, [&](const PastEvent& past) { theirs.push_back(&past); });
    return std::equal(mine.begin(), mine.end(), theirs.begin(), theirs.end(),
                      [](const PastEvent* a, const PastEvent* b) { return *a == *b; });
  });
}

}  // namespace duban
