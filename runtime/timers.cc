#include "runtime/timers.h"

#include <algorithm>

namespace duban {

// Turns the standard library's greatest-first heap into an earliest-first one.
bool Timers::later(const Entry& a, const Entry& b) {
  if (a.wake < b.wake || b.wake < a.wake) return b.wake < a.wake;
  return b.slot->first < a.slot->first;
}

void Timers::set(const Key& key, std::optional<Wake> wake) {
  auto at = slots_.find(key);
  if (at == slots_.end()) {
    if (!wake) return;
    at = slots_.try_emplace(key).first;
  }
  auto& [current, entries] = at->second;
  if (current == wake) return;
  active_ += (wake ? 1 : 0);
  active_ -= (current ? 1 : 0);
  current = wake;
  if (!wake) {
    if (entries == 0) slots_.erase(at);
    return;
  }
  ++entries;
  heap_.push_back({*wake, &*at});
  std::push_heap(heap_.begin(), heap_.end(), later);
  if (heap_.size() > 2 * active_ + 1024) rebuild();
}

std::optional<Wake> Timers::of(const Key& key) const {
  const auto at = slots_.find(key);
  return at == slots_.end() ? std::nullopt : at->second.first;
}

void Timers::drop_stale() {
  while (!heap_.empty()) {
    const Entry& top = heap_.front();
    if (top.slot->second.first == top.wake) return;
    Slots::value_type* slot = top.slot;
    std::pop_heap(heap_.begin(), heap_.end(), later);
    heap_.pop_back();
    if (--slot->second.second == 0 && !slot->second.first) slots_.erase(Key(slot->first));
  }
}

std::optional<Timers::Due> Timers::first() {
  drop_stale();
  if (heap_.empty()) return std::nullopt;
  return Due{heap_.front().slot->first, heap_.front().wake};
}

std::optional<Wake> Timers::first_wake() {
  drop_stale();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().wake;
}

// Keeps one entry per active timer.
void Timers::rebuild() {
  heap_.clear();
  for (auto at = slots_.begin(); at != slots_.end();) {
    auto& [wake, entries] = at->second;
    if (!wake) {
      at = slots_.erase(at);
      continue;
    }
    entries = 1;
    heap_.push_back({*wake, &*at});
    ++at;
  }
  std::make_heap(heap_.begin(), heap_.end(), later);
}

}  // namespace duban
