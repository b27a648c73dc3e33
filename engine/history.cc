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

// A block of one's own, without what was kept of its old content.
History::Block& History::writable(std::shared_ptr<Block>& block) {
  if (block.use_count() > 1) {
    auto own = std::make_shared<Block>();
    own->events.reserve(block->events.size() + 1);
    own->events = block->events;
    block = std::move(own);
  }
  block->tallies.clear();
  return *block;
}

void History::add(uint16_t event, PastEvent past) {
  auto at = std::lower_bound(logs_.begin(), logs_.end(), event,
                             [](const Log& log, uint16_t id) { return log.event < id; });
  if (at == logs_.end() || at->event != event) at = logs_.insert(at, Log{event, 0, 0, {}});
  insert(*at, std::move(past));
}

void History::insert(Log& log, PastEvent past) {
  ++log.size;
  // The last block that begins no later; what is earlier than everything goes into the first.
  auto at = std::upper_bound(log.blocks.begin(), log.blocks.end(), past.time,
                             [](Instant time, const std::shared_ptr<Block>& block) {
                               return time < block->events.front().time;
                             });
  const bool at_end = at == log.blocks.end();
  if (at != log.blocks.begin()) --at;
  const bool append =
      at_end && (log.blocks.empty() || log.blocks.back()->events.back().time <= past.time);
  if (append && (log.blocks.empty() || log.blocks.back()->events.size() >= kBlock)) {
    log.blocks.push_back(std::make_shared<Block>());
    log.blocks.back()->events.push_back(std::move(past));
    return;
  }
  Block& block = writable(*at);
  if (at == log.blocks.begin() && log.first > 0) {
    block.events.erase(block.events.begin(),
                       block.events.begin() + static_cast<std::ptrdiff_t>(log.first));
    log.first = 0;
  }
  const auto place =
      std::upper_bound(block.events.begin(), block.events.end(), past.time,
                       [](Instant time, const PastEvent& p) { return time < p.time; });
  block.events.insert(place, std::move(past));
  if (block.events.size() < 2 * kBlock) return;
  auto rest = std::make_shared<Block>();
  const auto middle = block.events.begin() + kBlock;
  rest->events.assign(std::make_move_iterator(middle), std::make_move_iterator(block.events.end()));
  block.events.erase(middle, block.events.end());
  log.blocks.insert(at + 1, std::move(rest));
}

void History::drop_front(Log& log, size_t count) {
  log.size -= count;
  log.first += count;
  size_t blocks = 0;
  while (blocks < log.blocks.size() && log.first >= log.blocks[blocks]->events.size()) {
    log.first -= log.blocks[blocks]->events.size();
    ++blocks;
  }
  log.blocks.erase(log.blocks.begin(), log.blocks.begin() + static_cast<std::ptrdiff_t>(blocks));
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
