// Goal: the index agrees with the plainest map, above all where hashes collide.
#include "runtime/slot_index.h"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace duban::slot_index_test {
namespace {

TEST(SlotIndex, AgreesWithAMap) {
  SlotIndex index;
  std::map<uint32_t, uint32_t> model;  // slot → hash
  std::mt19937 random(5);
  for (uint32_t i = 0; i < 50'000; ++i) {
    const uint32_t slot = random() % 500, hash = slot % 7 * 0x10001U + slot % 3;  // few hashes
    const auto known = model.find(slot);
    if (known == model.end()) {
      index.insert(hash, slot);
      model[slot] = hash;
    } else if (random() % 2 == 0) {
      index.erase(known->second, slot);
      model.erase(known);
    }
    const uint32_t other = random() % 500, its = other % 7 * 0x10001U + other % 3;
    const uint32_t found = index.find(its, [&](uint32_t s) { return s == other; });
    EXPECT_EQ(found, model.contains(other) ? other : SlotIndex::kNone);
    EXPECT_EQ(index.size(), model.size());
  }
}

}  // namespace
}  // namespace duban::slot_index_test
