#include "engine/analysis/boxes.h"

#include <algorithm>
#include <bit>

namespace duban::compiler {
namespace {

uint64_t last_word(uint32_t values) {
  const uint32_t rest = values % 64;
  return rest == 0 ? ~uint64_t{0} : (uint64_t{1} << rest) - 1;
}

// The search: cut the region along a dimension that a box constrains, until a piece is taken whole
// or met by none.
class Search {
 public:
  Search(const Shape& shape, Work& work) : shape_(shape), work_(work) {}

  std::optional<Box> run(const Box& region, const std::vector<const Box*>& candidates) {
    if (!work_.take((candidates.size() + 1) * shape_.dimensions())) return std::nullopt;
    std::vector<const Box*> active;
    for (const Box* box : candidates) {
      if (!box->meets(shape_, region)) continue;
      if (region.within(*box)) return std::nullopt;
      active.push_back(box);
    }
    if (active.empty()) return region;
    if (auto missing = in_no_box(region, active)) return missing;
    const auto [dimension, cut] = choose_cut(region, active);
    Box inside = region;
    Box outside = region;
    const uint32_t from = shape_.first_word(dimension);
    for (uint32_t i = from; i < from + shape_.words(dimension); ++i) {
      inside.bits[i] &= cut->bits[i];
      outside.bits[i] &= ~cut->bits[i];
    }
    if (auto found = run(outside, active)) return found;
    return run(inside, active);
  }

 private:
  // Values of one dimension that no box has.
  std::optional<Box> in_no_box(const Box& region, const std::vector<const Box*>& active) const {
    for (size_t d = 0; d < shape_.dimensions(); ++d) {
      const uint32_t from = shape_.first_word(d);
      bool some = false;
      Box rest = region;
      for (uint32_t i = from; i < from + shape_.words(d); ++i) {
        uint64_t taken = 0;
        for (const Box* box : active) taken |= box->bits[i];
        rest.bits[i] &= ~taken;
        some |= rest.bits[i] != 0;
      }
      if (some) return rest;
    }
    return std::nullopt;
  }

  bool constrains(const Box& box, const Box& region, size_t d) const {
    const uint32_t from = shape_.first_word(d);
    for (uint32_t i = from; i < from + shape_.words(d); ++i) {
      if ((region.bits[i] & ~box.bits[i]) != 0) return true;
    }
    return false;
  }

  // The dimension most boxes constrain, and the first of these boxes.
  std::pair<size_t, const Box*> choose_cut(const Box& region,
                                           const std::vector<const Box*>& active) const {
    size_t best = 0, best_count = 0;
    const Box* cut = nullptr;
    for (size_t d = 0; d < shape_.dimensions(); ++d) {
      size_t count = 0;
      const Box* first = nullptr;
      for (const Box* box : active) {
        if (!constrains(*box, region, d)) continue;
        ++count;
        if (first == nullptr) first = box;
      }
      if (count > best_count) {
        best = d;
        best_count = count;
        cut = first;
      }
    }
    return {best, cut};
  }

  const Shape& shape_;
  Work& work_;
};

}  // namespace

void Shape::add(uint32_t values) {
  counts_.push_back(values);
  first_.push_back(total_);
  total_ += (values + 63) / 64;
}

Box Box::everything(const Shape& shape) {
  Box box;
  box.bits.resize(shape.total_words());
  for (size_t d = 0; d < shape.dimensions(); ++d) box.make_full(shape, d);
  return box;
}

bool Box::has(const Shape& shape, size_t dimension, uint32_t value) const {
  return (bits[shape.first_word(dimension) + value / 64] >> (value % 64) & 1) != 0;
}

void Box::clear(const Shape& shape, size_t dimension) {
  const auto from = bits.begin() + shape.first_word(dimension);
  std::fill(from, from + shape.words(dimension), 0);
}

void Box::insert(const Shape& shape, size_t dimension, uint32_t value) {
  bits[shape.first_word(dimension) + value / 64] |= uint64_t{1} << (value % 64);
}

void Box::make_full(const Shape& shape, size_t dimension) {
  const uint32_t words = shape.words(dimension);
  if (words == 0) return;
  const auto from = bits.begin() + shape.first_word(dimension);
  std::fill(from, from + words, ~uint64_t{0});
  *(from + words - 1) = last_word(shape.values(dimension));
}

bool Box::is_full(const Shape& shape, size_t dimension) const {
  const uint32_t words = shape.words(dimension);
  for (uint32_t i = 0; i < words; ++i) {
    const uint64_t all = i + 1 < words ? ~uint64_t{0} : last_word(shape.values(dimension));
    if (bits[shape.first_word(dimension) + i] != all) return false;
  }
  return true;
}

bool Box::is_empty(const Shape& shape) const {
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    uint64_t any = 0;
    const uint32_t from = shape.first_word(d);
    for (uint32_t i = from; i < from + shape.words(d); ++i) any |= bits[i];
    if (any == 0) return true;
  }
  return false;
}

bool Box::meets(const Shape& shape, const Box& other) const {
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    uint64_t any = 0;
    const uint32_t from = shape.first_word(d);
    for (uint32_t i = from; i < from + shape.words(d); ++i) any |= bits[i] & other.bits[i];
    if (any == 0) return false;
  }
  return true;
}

bool Box::within(const Box& other) const {
  for (size_t i = 0; i < bits.size(); ++i) {
    if ((bits[i] & ~other.bits[i]) != 0) return false;
  }
  return true;
}

Box Box::operator&(const Box& other) const {
  Box out = *this;
  for (size_t i = 0; i < bits.size(); ++i) out.bits[i] &= other.bits[i];
  return out;
}

uint32_t Box::first(const Shape& shape, size_t dimension) const {
  for (uint32_t i = 0; i < shape.words(dimension); ++i) {
    const uint64_t word = bits[shape.first_word(dimension) + i];
    if (word != 0) return i * 64 + static_cast<uint32_t>(std::countr_zero(word));
  }
  return 0;
}

std::optional<Box> find_uncovered(const Shape& shape, const Box& region,
                                  const std::vector<Box>& cover, Work& work) {
  if (region.is_empty(shape)) return std::nullopt;
  std::vector<const Box*> candidates;
  for (const Box& box : cover) candidates.push_back(&box);
  auto found = Search(shape, work).run(region, candidates);
  if (!found) return std::nullopt;
  // Widen it: what does not matter is not worth saying.
  for (size_t d = 0; d < shape.dimensions(); ++d) {
    Box wider = *found;
    const uint32_t from = shape.first_word(d);
    for (uint32_t i = from; i < from + shape.words(d); ++i) wider.bits[i] = region.bits[i];
    const bool met = std::any_of(cover.begin(), cover.end(),
                                 [&](const Box& box) { return box.meets(shape, wider); });
    if (!met) *found = std::move(wider);
  }
  return found;
}

}  // namespace duban::compiler
