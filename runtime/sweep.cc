#include "runtime/sweep.h"

#include <algorithm>

namespace duban {
namespace {

constexpr size_t kAhead = 8;  // rows asked from memory before they are needed

}  // namespace

// By key. Comparing keys where they lie would fetch two rows from memory each time; mostly their
// first bytes tell.
void Sweep::sort(std::vector<uint32_t>& slots) const {
  struct Place {
    uint64_t start = 0;  // of the key, greatest byte first
    uint32_t slot = 0;
    uint16_t entity = 0;
  };
  std::vector<Place> places;
  places.reserve(slots.size());
  for (size_t i = 0; i < slots.size(); ++i) {
    if (i + kAhead < slots.size()) __builtin_prefetch(&subjects_.at_slot(slots[i + kAhead]));
    const Key& key = subjects_.at_slot(slots[i]).key;
    Place& place = places.emplace_back(Place{0, slots[i], key.entity});
    for (size_t k = 0; k < 8; ++k)
      place.start = place.start << 8 | (k < key.key.size() ? static_cast<uint8_t>(key.key[k]) : 0U);
  }
  std::sort(places.begin(), places.end(), [this](const Place& a, const Place& b) {
    if (a.entity != b.entity) return a.entity < b.entity;
    if (a.start != b.start) return a.start < b.start;
    return subjects_.at_slot(a.slot).key < subjects_.at_slot(b.slot).key;
  });
  for (size_t i = 0; i < slots.size(); ++i) slots[i] = places[i].slot;
}

std::vector<uint32_t> Sweep::slice(size_t inputs, Sequence last, size_t at_least) {
  ended_.reset();
  std::vector<uint32_t> slots;
  if (at_least == kAll) {  // one cycle of what is left and what is new
    slots.assign(queue_.begin() + static_cast<ptrdiff_t>(at_), queue_.end());
    slots.insert(slots.end(), next_.begin(), next_.end());
    sort(slots);
    for (ReferenceRow& row : next_references_) references_.push_back(std::move(row));
    queue_.clear();
    next_.clear();
    next_references_.clear();
    at_ = 0;
    running_ = false;
    ended_ = last;
    return slots;
  }
  if (!running_) {
    queue_ = std::move(next_);
    next_.clear();
    sort(queue_);
    references_ = std::move(next_references_);
    next_references_.clear();
    at_ = 0;
    began_ = last;
    running_ = true;
  }
  const size_t due = (queue_.size() * inputs + cycle_inputs_ - 1) / cycle_inputs_;
  const size_t end = std::min(queue_.size(), at_ + std::max({due, at_least, size_t{1}}));
  slots.assign(queue_.begin() + static_cast<ptrdiff_t>(at_),
               queue_.begin() + static_cast<ptrdiff_t>(end));
  at_ = end;
  if (at_ == queue_.size()) {
    ended_ = began_;
    running_ = false;
    queue_.clear();
    at_ = 0;
  }
  return slots;
}

}  // namespace duban
