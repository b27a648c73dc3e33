#include "runtime/id_set.h"

#include <algorithm>
#include <bit>
#include <utility>

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
  if ((size_ + 1) * 4 > slots_.size() * 3) rebuild(std::max(kSlotsMin, slots_.size() * 2));
  Digest& slot = slots_[place(slots_, id)];
  if (slot == id) return false;
  slot = id;
  ++size_;
  return true;
}

bool IdSet::erase(const Digest& id) {
  if (id == Digest{}) return std::exchange(has_zero_, false);
  if (slots_.empty()) return false;
  size_t hole = place(slots_, id);
  if (slots_[hole] != id) return false;
  // What stands behind it moves up, unless it would come before the place its hash gives it.
  const size_t mask = slots_.size() - 1;
  for (size_t at = (hole + 1) & mask; slots_[at] != Digest{}; at = (at + 1) & mask) {
    if (((at - slots_[at].low) & mask) < ((at - hole) & mask)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = {};
  --size_;
  if (slots_.size() > kSlotsMin && size_ * 8 < slots_.size()) rebuild(slots_.size() / 2);
  return true;
}

void IdSet::clear() {
  if (size_ > 0) std::fill(slots_.begin(), slots_.end(), Digest{});
  size_ = 0;
  has_zero_ = false;
}

void IdSet::reserve(size_t count) {
  const size_t slots = std::bit_ceil(std::max(kSlotsMin, count + count / 2));
  if (slots > slots_.size()) rebuild(slots);
}

void IdSet::rebuild(size_t slots) {
  std::vector<Digest> other(slots);
  for (const Digest& id : slots_) {
    if (id != Digest{}) other[place(other, id)] = id;
  }
  slots_ = std::move(other);
}

}  // namespace duban
