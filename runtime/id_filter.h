// Says of most ids that they are not in a set, without the set.
//
// A Bloom filter whose eight bits for an id all lie in one block of 32 bytes, so that a question
// costs one cache line. Two bytes an id; of ids that are not there, 1 in 700 is not told so.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/digest.h"

namespace duban {

class IdFilter {
 public:
  IdFilter() = default;
  explicit IdFilter(size_t count);  // for so many ids

  void insert(const Digest& id);
  bool may_contain(const Digest& id) const;

  // As it lies in memory: four bytes each, lowest first.
  std::string_view bytes() const;
  static IdFilter from_bytes(std::string_view bytes);

 private:
  size_t block_of(const Digest& id) const;

  std::vector<uint32_t> words_;  // eight a block
};

}  // namespace duban
