#include "runtime/id_set.h"

#include <bit>

namespace duban {
namespace {

constexpr size_t kSlotsMin = 64;

// A digest is as good as random: its low half is the hash. Returns the slot of `id`, or the free
// one where it belongs.
size_t place(const std::vector<Digest>& slots, const Digest& id) {
  const size_t mask = slots.size() - 1;
  size_t at = id.low & mask;
  while (slots[at] != Digest{} && slots[at] != id) at = (at + 1) & mask;
  return at;
}

}  // namespace

bool IdSet::contains(const Digest& id) const {
  if (id == Digest{}) return has_zero_;
  return !slots_.empty() && slots_[place(slots_, id)] == id;
}

bool IdSet::insert(const Digest& id) {
  if (id == Digest{}) {
    const bool is_new = !has_zero_;
    has_zero_ = true;
    return is_new;
  }
  if ((size_ + 1) * 4 > slots_.size() * 3) grow(std::max(kSlotsMin, slots_.size() * 2));
  Digest& slot = slots_[place(slots_, id)];
  if (slot == id) return false;
  slot = id;
  ++size_;
  return true;
}

void IdSet::reserve(size_t count) {
  const size_t slots = std::bit_ceil(std::max(kSlotsMin, count + count / 2));
  if (slots > slots_.size()) grow(slots);
}

void IdSet::grow(size_t slots) {
  std::vector<Digest> bigger(slots);
  for (const Digest& id : slots_) {
    if (id != Digest{}) bigger[place(bigger, id)] = id;
  }
  slots_ = std::move(bigger);
}

}  // namespace duban
