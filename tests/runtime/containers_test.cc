// Goal: the set of ids, the timers and the cache agree with the plainest containers.
// Method: random operations on both.

#include <map>
#include <random>
#include <set>

#include "runtime/id_set.h"
#include "runtime/subject_cache.h"
#include "runtime/timers.h"
#include "tests/runtime/fixture.h"

namespace duban {
namespace {

TEST(IdSet, AgreesWithASet) {
  IdSet ids;
  std::set<Digest> model;
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    const Digest id{random() % 50,
                    random() % 200 * (random() % 2)};  // collisions, and the zero digest
    EXPECT_EQ(ids.insert(id), model.insert(id).second);
    const Digest other{random() % 50, random() % 200};
    EXPECT_EQ(ids.contains(other), model.contains(other));
  }
  EXPECT_EQ(ids.size(), model.size());
  ids.reserve(1'000'000);
  for (const Digest& id : model) EXPECT_TRUE(ids.contains(id));
}

TEST(Timers, ComeInOrderOfTimeThenKey) {
  Timers timers;
  std::map<Key, Wake> model;
  std::mt19937 random(2);
  for (int i = 0; i < 30000; ++i) {
    const Key key{static_cast<uint16_t>(random() % 2), std::to_string(random() % 60)};
    const uint32_t what = random() % 4;
    if (what == 0) {
      timers.set(key, std::nullopt);
      model.erase(key);
    } else if (what == 1 && !model.empty()) {
      // The model's earliest.
      auto first = model.begin();
      for (auto at = model.begin(); at != model.end(); ++at) {
        if (at->second < first->second) first = at;
      }
      const auto due = timers.first();
      ASSERT_TRUE(due);
      EXPECT_EQ(due->key, first->first);
      EXPECT_EQ(due->wake, first->second);
      timers.set(due->key, std::nullopt);
      model.erase(first);
    } else {
      const Wake wake{Instant{static_cast<int64_t>(random() % 20)}, random() % 2 == 0};
      timers.set(key, wake);
      model[key] = wake;
    }
    EXPECT_EQ(timers.size(), model.size());
  }
  for (const auto& [key, wake] : model) EXPECT_EQ(timers.of(key), wake);
}

TEST(SubjectCache, KeepsWhatIsDirty) {
  SubjectCache cache;
  for (int i = 0; i < 100; ++i) {
    CachedSubject& subject = cache.add(Key{0, std::to_string(i)});
    subject.dirty = i % 10 == 0;
    subject.last = static_cast<Sequence>(i);
  }
  cache.trim(50);
  EXPECT_LE(cache.size(), 50U);
  for (int i = 0; i < 100; i += 10) {
    const CachedSubject* subject = cache.find(Key{0, std::to_string(i)});
    ASSERT_NE(subject, nullptr);
    EXPECT_EQ(subject->last, static_cast<Sequence>(i));
  }
  for (int i = 0; i < 100; ++i) cache.add(Key{0, std::to_string(i)}).dirty = true;
  cache.trim(10);  // cannot
  EXPECT_EQ(cache.size(), 100U);
}

}  // namespace
}  // namespace duban
