#include "runtime/due_timers.h"

#include <algorithm>

namespace duban {
namespace {

constexpr size_t kSortedAtOnce = 512;
// How much of a part is split off at a time: a look at all of it for each.
constexpr size_t kParts = 16;

}  // namespace

// Each row is fetched from memory once.
void DueTimers::fill(const std::vector<TimerEntry>& entries) {
  constexpr size_t kAhead = 16;
  places_.clear();
  places_.reserve(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    if (i + kAhead < entries.size()) duban::prefetch(&subjects_.at_slot(entries[i + kAhead].slot));
    const TimerEntry& entry = entries[i];
    const Key& key = subjects_.at_slot(entry.slot).key;
    places_.push_back({key_start(key), entry.slot, entry.generation, entry.when, key.entity});
  }
  start_over();
}

TimerEntry DueTimers::first() {
  while (sorted_ < places_.size() && sorted_ <= at_ + SubjectTable::kRowAhead) sort_some();
  return places_[at_].entry();
}

void DueTimers::prefetch() const {
  subjects_.prefetch_behind(at_, sorted_, [this](size_t i) { return places_[i].slot; });
}

bool DueTimers::before(const Place& a, const Place& b) const {
  if (a.when != b.when) return a.when < b.when;
  return key_before(subjects_, a, b);
}

void DueTimers::sort_some() {
  const auto earlier = [this](const Place& a, const Place& b) { return before(a, b); };
  const auto place = [this](size_t i) { return places_.begin() + static_cast<ptrdiff_t>(i); };
  while (parts_.back() - sorted_ > kSortedAtOnce) {
    const size_t size = parts_.back() - sorted_;
    const size_t end = sorted_ + std::max(size / kParts, kSortedAtOnce);
    std::nth_element(place(sorted_), place(end), place(parts_.back()), earlier);
    parts_.push_back(end);
  }
  std::sort(place(sorted_), place(parts_.back()), earlier);
  sorted_ = parts_.back();
  parts_.pop_back();
}

}  // namespace duban
