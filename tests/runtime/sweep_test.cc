// Goal: each cycle of a sweep gives out every subject that changed before it began, once, in the
// order of keys; what changes meanwhile is of the next cycle.

#include "runtime/sweep.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace duban::sweep_test {
namespace {

class Sweeping {
 public:
  explicit Sweeping(uint32_t seed, size_t cycle_inputs = 1000, size_t waiting_max = 1000)
      : random_(seed), sweep_{subjects_, cycle_inputs, waiting_max} {}

  // A key with others like it, in one of two entities.
  void change() {
    const std::string number = std::to_string(random_() % 9000);
    Key key{static_cast<uint16_t>(random_() % 2),
            random_() % 3 == 0 ? number : "a common beginning " + number};
    if (!waiting_.insert(key).second) return;
    sweep_.changed(subjects_.add(key));
  }
  // The keys given out, as the sweep gives them.
  std::vector<Key> slice(size_t inputs, size_t at_least) {
    std::vector<Key> keys;
    for (const uint32_t slot : sweep_.slice(inputs, ++last_, at_least)) {
      keys.push_back(subjects_.at_slot(slot).key);
    }
    for (const Key& key : keys) EXPECT_EQ(waiting_.erase(key), 1U) << key.key;
    return keys;
  }

  std::mt19937 random_;
  SubjectTable subjects_;
  Sweep sweep_;
  std::set<Key> waiting_;
  Sequence last_ = 0;
};

TEST(Sweep, GivesOutEachCycleInTheOrderOfKeys) {
  for (const uint32_t seed : {1U, 2U, 3U, 4U}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Sweeping s(seed);
    for (size_t cycle = 0; cycle < 6; ++cycle) {
      const size_t changes = std::vector<size_t>{1, 7000, 1024, 0, 3000, 2048}[cycle];
      for (size_t i = 0; i < changes; ++i) s.change();
      const std::set<Key> wanted = s.waiting_;
      const bool all = cycle == 4;
      std::vector<Key> given;
      const Sequence began = s.last_ + 1;
      while (true) {
        const auto keys = s.slice(20, all && given.size() > 500 ? Sweep::kAll : 3);
        given.insert(given.end(), keys.begin(), keys.end());
        if (s.sweep_.ended()) break;
        EXPECT_GE(keys.size(), 3U);
        if (!all) s.change();
        if (!all) s.change();
      }
      EXPECT_EQ(s.sweep_.ended(), all ? s.last_ : began);
      if (all) continue;  // two in one: see below
      EXPECT_TRUE(std::equal(given.begin(), given.end(), wanted.begin(), wanted.end()));
    }
    const std::set<Key> left = s.waiting_;
    const std::vector<Key> given = s.slice(0, Sweep::kAll);
    EXPECT_TRUE(std::equal(given.begin(), given.end(), left.begin(), left.end()));
    EXPECT_EQ(s.sweep_.ended(), s.last_);
    EXPECT_TRUE(s.sweep_.idle());
  }
}

// What is left of a cycle and what is new, as one.
TEST(Sweep, AllIsOneCycle) {
  Sweeping s(9);
  for (int i = 0; i < 3000; ++i) s.change();
  s.slice(0, 100);
  for (int i = 0; i < 3000; ++i) s.change();
  const std::set<Key> left = s.waiting_;
  const std::vector<Key> given = s.slice(0, Sweep::kAll);
  EXPECT_TRUE(std::equal(given.begin(), given.end(), left.begin(), left.end()));
  EXPECT_EQ(s.sweep_.ended(), s.last_);
  EXPECT_TRUE(s.sweep_.idle());
}

// How many inputs a cycle takes, each of which changes a subject with a chance of one in `one_in`.
size_t inputs_of_a_cycle(size_t cycle_inputs, size_t waiting_max, size_t one_in) {
  Sweeping s(5, cycle_inputs, waiting_max);
  for (size_t i = 0; i < 500; ++i) s.change();
  size_t inputs = 0;
  do {
    for (size_t i = 0; i < 10; ++i, ++inputs) {
      if (s.random_() % one_in == 0) s.change();
    }
    s.slice(10, 0);
  } while (!s.sweep_.ended());
  return inputs;
}

TEST(Sweep, ACycleEndsByItsInputsOrByTheSubjectsThatWait) {
  EXPECT_NEAR(static_cast<double>(inputs_of_a_cycle(2000, 100'000, 1)), 2000, 20);
  EXPECT_NEAR(static_cast<double>(inputs_of_a_cycle(100'000, 300, 1)), 300, 30);
  // Where few inputs change another subject, so many may come.
  EXPECT_NEAR(static_cast<double>(inputs_of_a_cycle(100'000, 300, 10)), 3000, 600);
  EXPECT_NEAR(static_cast<double>(inputs_of_a_cycle(2000, 300, 10)), 2000, 20);
}

}  // namespace
}  // namespace duban::sweep_test
