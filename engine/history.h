// What a subject remembers of its past events: of each type apart, in the order of time.
//
// Events lie in blocks that copies of a history share, so copying one costs next to nothing however
// much it remembers; what one copy appends to a block the others do not see. A block that lies
// wholly inside a window need not be read event by event: what an aggregate made of it is kept
// beside it, grows with it, and goes when an event is put between others. That memory is derived:
// it is neither stored nor compared. A history and its copies belong to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "engine/prefetch.h"
#include "engine/value.h"

namespace duban {

struct PastEvent {
  Instant time;
  std::vector<Value> fields;  // by the layout's fields; only those that some aggregate reads
  bool operator==(const PastEvent&) const = default;
};

// What an aggregate makes of some events; tallies of stretches that follow each other add up.
struct Tally {
  int64_t count = 0;
  Int128 sum = 0;      // in millionths
  Value best{None{}};  // the smallest, largest or latest value, whichever is asked
  Instant time;        // of the last event counted
};

class History {
 public:
  struct Block {
    std::vector<PastEvent> events;
    struct Known {
      uint64_t memo = 0;  // what it is a tally of: Aggregate::memo
      size_t count = 0;   // of the first so many events
      Tally tally;
    };
    mutable std::vector<Known> known;
  };

  // Behind all of the same type that are not later.
  void add(uint16_t event, PastEvent past);
  // Whether something of this type lies before `before`.
  bool reaches_before(uint16_t event, Instant before) const {
    const Log* log = find(event);
    return log != nullptr && log->blocks.front()->events[log->first].time < before;
  }
  // Forgets all of this type before `before`, except those that `keeps` asks for.
  template <typename Keeps>
  void forget(uint16_t event, Instant before, const Keeps& keeps);

  std::vector<uint16_t> types() const;  // ascending; of which something is remembered
  uint16_t type(size_t at) const { return logs_[at].event; }
  size_t type_count() const { return logs_.size(); }
  size_t size(uint16_t event) const;
  bool empty() const { return logs_.empty(); }
  // The events of one type with from ≤ time < to, in order: those from the beginning of a block up
  // to the last of it that counts as `on_block(Block, count)`, the rest one by one as
  // `on_event(PastEvent)`.
  template <typename OnBlock, typename OnEvent>
  void visit(uint16_t event, Instant from, Instant to, const OnBlock& on_block,
             const OnEvent& on_event) const;
  // The first at or after `from`; null: there is none. Until the history changes.
  const PastEvent* first_from(uint16_t event, Instant from) const;
  // One by one from the last before `before` back, until `visit` returns false.
  template <typename Visit>
  void visit_back(uint16_t event, Instant before, const Visit& visit) const;
  template <typename Visit>
  void each(uint16_t event, const Visit& visit) const;

  bool operator==(const History& other) const;

  // Asks the memory for what is needed soon: at depth 0 its logs, at 1 their lists of blocks, at 2
  // the last block of each, at 3 that block's newest events.
  void prefetch(size_t depth) const;

 private:
  static constexpr size_t kBlock = 256;  // events; a block is divided at twice that

  struct Log {
    uint16_t event = 0;
    size_t size = 0;
    size_t first = 0;  // events of the first block that are forgotten already
    size_t last = 0;   // events of the last block that are this copy's
    std::vector<std::shared_ptr<Block>> blocks;  // none is empty

    size_t begin_of(size_t block) const { return block == 0 ? first : 0; }
    size_t end_of(size_t block) const {
      return block + 1 == blocks.size() ? last : blocks[block]->events.size();
    }
    Block& writable(size_t block);
    void add(PastEvent past);
    void insert(PastEvent past);
    void drop_front(size_t count);
  };

  const Log* find(uint16_t event) const;
  Log* find(uint16_t event);
  // The first block that may hold something from `from` on.
  static size_t block_at(const Log& log, Instant from);

  std::vector<Log> logs_;  // by event; none is empty
};

inline void History::prefetch(size_t depth) const {
  if (depth == 0) return prefetch_items(logs_);
  for (const Log& log : logs_) {
    if (depth == 1) duban::prefetch(log.blocks.data());
    if (depth == 2) duban::prefetch(log.blocks.back().get(), sizeof(Block));
    if (depth == 3) {
      const std::vector<PastEvent>& events = log.blocks.back()->events;
      if (!events.empty()) duban::prefetch(&events.back());
    }
  }
}

// ---------------------------------------------------------------- templates

template <typename OnBlock, typename OnEvent>
void History::visit(uint16_t event, Instant from, Instant to, const OnBlock& on_block,
                    const OnEvent& on_event) const {
  const Log* log = find(event);
  if (log == nullptr) return;
  for (size_t at = block_at(*log, from); at < log->blocks.size(); ++at) {
    const Block& block = *log->blocks[at];
    const size_t first = log->begin_of(at), end = log->end_of(at);
    if (block.events[first].time >= to) return;
    if (first == 0 && block.events[0].time >= from && block.events[end - 1].time < to) {
      on_block(block, end);
      continue;
    }
    for (size_t i = first; i < end; ++i) {
      const PastEvent& past = block.events[i];
      if (past.time >= to) return;
      if (past.time >= from) on_event(past);
    }
  }
}

template <typename Visit>
void History::each(uint16_t event, const Visit& visit) const {
  const Log* log = find(event);
  if (log == nullptr) return;
  for (size_t at = 0; at < log->blocks.size(); ++at) {
    for (size_t i = log->begin_of(at); i < log->end_of(at); ++i) visit(log->blocks[at]->events[i]);
  }
}

template <typename Visit>
void History::visit_back(uint16_t event, Instant before, const Visit& visit) const {
  const Log* log = find(event);
  if (log == nullptr) return;
  for (size_t at = log->blocks.size(); at-- > 0;) {
    const Block& block = *log->blocks[at];
    const size_t first = log->begin_of(at);
    if (block.events[first].time >= before) continue;
    for (size_t i = log->end_of(at); i-- > first;) {
      if (block.events[i].time < before && !visit(block.events[i])) return;
    }
  }
}

template <typename Keeps>
void History::forget(uint16_t event, Instant before, const Keeps& keeps) {
  Log* log = find(event);
  if (log == nullptr) return;
  size_t old = 0;
  std::vector<PastEvent> kept;
  visit(
      event, Instant{INT64_MIN}, before,
      [&](const Block& block, size_t count) {
        old += count;
        for (size_t i = 0; i < count; ++i) {
          if (keeps(block.events[i])) kept.push_back(block.events[i]);
        }
      },
      [&](const PastEvent& past) {
        ++old;
        if (keeps(past)) kept.push_back(past);
      });
  if (old == kept.size()) return;
  log->drop_front(old);
  for (PastEvent& past : kept) log->add(std::move(past));
  if (log->size == 0) logs_.erase(logs_.begin() + (log - logs_.data()));
}

}  // namespace duban
