// Sets of situations as boxes: for each dimension the values that are in, any combination of which
// is. What a row of a table takes is a box; what no row takes is found by cutting boxes up.
//
// A dimension is a short list of values that no condition tells apart any further (see domain.h),
// so a box is a row of bits and all answers are exact.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace duban::compiler {

// How much may still be looked at: dimensions of boxes. Analyses stop when it is used up, and say
// so.
struct Work {
  uint64_t left = 0;
  bool take(uint64_t amount) {
    if (left < amount) {
      left = 0;
      return false;
    }
    left -= amount;
    return true;
  }
  bool used_up() const { return left == 0; }
};

// Which bits belong to which dimension.
class Shape {
 public:
  void add(uint32_t values);
  size_t dimensions() const { return counts_.size(); }
  uint32_t values(size_t dimension) const { return counts_[dimension]; }
  uint32_t first_word(size_t dimension) const { return first_[dimension]; }
  uint32_t words(size_t dimension) const { return (counts_[dimension] + 63) / 64; }
  uint32_t total_words() const { return total_; }

 private:
  std::vector<uint32_t> counts_, first_;
  uint32_t total_ = 0;
};

class Box {
 public:
  static Box everything(const Shape& shape);

  bool has(const Shape& shape, size_t dimension, uint32_t value) const;
  void clear(const Shape& shape, size_t dimension);
  void insert(const Shape& shape, size_t dimension, uint32_t value);
  bool is_full(const Shape& shape, size_t dimension) const;
  void make_full(const Shape& shape, size_t dimension);
  bool is_empty(const Shape& shape) const;  // some dimension has no value left
  bool meets(const Shape& shape, const Box& other) const;
  bool within(const Box& other) const;  // every dimension's values are among the other's
  Box operator&(const Box& other) const;
  uint32_t first(const Shape& shape, size_t dimension) const;

  std::vector<uint64_t> bits;
};

// A box within `region` that none of `cover` meets, as large as it easily gets; nothing: they
// cover it all, or the work was used up.
std::optional<Box> find_uncovered(const Shape& shape, const Box& region,
                                  const std::vector<Box>& cover, Work& work);

}  // namespace duban::compiler
