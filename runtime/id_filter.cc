#include "runtime/id_filter.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

namespace duban {
namespace {

constexpr size_t kBlockWords = 8;
constexpr size_t kIdsPerBlock = 16;

// Any odd numbers: each takes another five bits of the id.
constexpr std::array<uint32_t, kBlockWords> kSalts = {0x47b6137bU, 0x44974d91U, 0x8824ad5bU,
                                                      0xa2b7289dU, 0x705495c7U, 0x2df1424bU,
                                                      0x9efc4947U, 0x5c6bfb31U};

uint32_t bit(uint32_t hash, size_t word) { return 1U << ((hash * kSalts[word]) >> 27); }

}  // namespace

static_assert(std::endian::native == std::endian::little, "filters are stored as they are");

IdFilter::IdFilter(size_t count)
    : words_(std::max<size_t>(1, (count + kIdsPerBlock - 1) / kIdsPerBlock) * kBlockWords) {}

// Not by the low half: an IdSet goes by that, and what clashes there should not here.
size_t IdFilter::block_of(const Digest& id) const {
  return (id.high >> 32) * (words_.size() / kBlockWords) >> 32;
}

void IdFilter::insert(const Digest& id) {
  uint32_t* block = &words_[block_of(id) * kBlockWords];
  const auto hash = static_cast<uint32_t>(id.low >> 32);
  for (size_t i = 0; i < kBlockWords; ++i) block[i] |= bit(hash, i);
}

bool IdFilter::may_contain(const Digest& id) const {
  if (words_.empty()) return false;
  const uint32_t* block = &words_[block_of(id) * kBlockWords];
  const auto hash = static_cast<uint32_t>(id.low >> 32);
  uint32_t missing = 0;
  for (size_t i = 0; i < kBlockWords; ++i) missing |= bit(hash, i) & ~block[i];
  return missing == 0;
}

std::string_view IdFilter::bytes() const {
  return {reinterpret_cast<const char*>(words_.data()), words_.size() * sizeof(uint32_t)};
}

IdFilter IdFilter::from_bytes(std::string_view bytes) {
  IdFilter filter;
  filter.words_.resize(bytes.size() / (kBlockWords * sizeof(uint32_t)) * kBlockWords);
  if (!filter.words_.empty())
    std::memcpy(filter.words_.data(), bytes.data(), filter.words_.size() * sizeof(uint32_t));
  return filter;
}

}  // namespace duban
