// Goal: the set of ids, the timers and the cache agree with the plainest containers.
// Method: random operations on both.

#include <map>
#include <random>
#include <set>

#include "runtime/id_filter.h"
#include "runtime/id_set.h"
#include "runtime/subject_table.h"
#include "runtime/timers.h"
#include "tests/runtime/fixture.h"

namespace duban::containers_test {
namespace {

template <typename Ids>
void expect_to_agree_with_a_set() {
  Ids ids;
  std::set<Digest> model;
  std::mt19937_64 random(1);
  const auto high = [&random] { return random() % 50 << 58; };  // in many parts
  for (int i = 0; i < 20000; ++i) {
    // Collisions, and the zero digest.
    const Digest id{high(), random() % 200 * (random() % 2)};
    EXPECT_EQ(ids.insert(id), model.insert(id).second);
    const Digest other{high(), random() % 200};
    EXPECT_EQ(ids.contains(other), model.contains(other));
    const Digest gone{high(), random() % 200 * (random() % 2)};
    EXPECT_EQ(ids.erase(gone), model.erase(gone) > 0);
  }
  EXPECT_EQ(ids.size(), model.size());
  ids.reserve(1'000'000);
  for (const Digest& id : model) EXPECT_TRUE(ids.contains(id));
  for (const Digest& id : model) EXPECT_TRUE(ids.erase(id));
  EXPECT_EQ(ids.size(), 0U);
  EXPECT_TRUE(ids.insert(Digest{1, 2}));
}

TEST(IdSet, AgreesWithASet) {
  expect_to_agree_with_a_set<IdSet>();
  expect_to_agree_with_a_set<LargeIdSet>();
}

TEST(IdSet, IsEmptyOnceCleared) {
  IdSet ids;
  ids.insert({1, 2});
  ids.insert({});
  ids.clear();
  EXPECT_FALSE(ids.contains(Digest{1, 2}) || ids.contains({}));
}

TEST(IdFilter, KnowsAllAndTakesFewForOthers) {
  std::mt19937_64 random(4);
  for (const size_t count : {1U, 15U, 1000U, 100'000U}) {
    std::vector<Digest> ids(count);
    IdFilter filter(count);
    for (Digest& id : ids) filter.insert(id = {random(), random()});
    const IdFilter again = IdFilter::from_bytes(filter.bytes());
    for (const Digest& id : ids) ASSERT_TRUE(again.may_contain(id));
    int taken = 0;
    constexpr int kOthers = 100'000;
    for (int i = 0; i < kOthers; ++i) {
      taken += again.may_contain({random(), random()}) ? 1 : 0;
    }
    EXPECT_LT(taken, kOthers / 300) << count;
  }
}

// Keys, and times in turn a few milliseconds, minutes, days and years apart, before what was given
// out last as well.
TEST(Timers, ComeInOrderOfTimeThenKey) {
  SubjectTable subjects;
  Timers timers(subjects);
  std::map<Key, Wake> model;
  std::mt19937 random(2);
  constexpr int64_t kSteps[] = {1, kMsPerMinute / 2, 5 * kMsPerHour, kMsPerDay, 400 * kMsPerDay};
  const auto first = [&] {
    auto earliest = model.begin();
    for (auto at = model.begin(); at != model.end(); ++at) {
      if (at->second < earliest->second) earliest = at;
    }
    return earliest;
  };
  int64_t reached = -3 * kMsPerDay;
  for (int i = 0; i < 60000; ++i) {
    const Key key{static_cast<uint16_t>(random() % 2), std::to_string(random() % 60)};
    const uint32_t what = random() % 5;
    if (what == 0) {
      timers.set(subjects.add(key), std::nullopt);
      model.erase(key);
    } else if (what <= 2 && !model.empty()) {
      const auto expected = first();
      const Instant limit{reached + static_cast<int64_t>(random() % 20) *
                                        kSteps[static_cast<size_t>(i / 1000) % 5]};
      SubjectRow* due = timers.first(what == 1 ? limit : Instant{INT64_MAX});
      if (what == 1 && limit < expected->second.at) {
        EXPECT_EQ(due, nullptr);
        continue;
      }
      ASSERT_NE(due, nullptr);
      EXPECT_EQ(due->key, expected->first);
      EXPECT_EQ(due->armed, expected->second);
      reached = expected->second.at.ms;
      timers.set(*due, std::nullopt);
      model.erase(expected);
    } else {
      const int64_t step = kSteps[static_cast<size_t>(i / 1000) % 5];
      const Wake wake{Instant{reached + (static_cast<int64_t>(random() % 20) - 2) * step},
                      random() % 2 == 0};
      timers.set(subjects.add(key), wake);
      model[key] = wake;
    }
    ASSERT_EQ(timers.size(), model.size());
  }
  for (const auto& [key, wake] : model) EXPECT_EQ(subjects.find(key)->armed, wake);
}

// What is due at one instant by the ten thousand is put in order a part at a time; meanwhile timers
// are cancelled and others are set, at that instant too.
TEST(Timers, HerdsComeInOrder) {
  SubjectTable subjects;
  Timers timers(subjects);
  using Turn = std::pair<Wake, Key>;
  const auto earlier = [](const Turn& a, const Turn& b) {
    if (a.first < b.first || b.first < a.first) return a.first < b.first;
    return a.second < b.second;
  };
  std::set<Turn, decltype(earlier)> model(earlier);
  std::mt19937 random(4);
  const auto set = [&](int64_t at) {
    const std::string number = std::to_string(random() % 1'000'000);
    SubjectRow& row = subjects.add(Key{static_cast<uint16_t>(random() % 2),
                                       (random() % 2 == 0 ? "340100000000000" : "3401") + number});
    if (row.armed) model.erase({*row.armed, row.key});
    const Wake wake{Instant{at + static_cast<int64_t>(random() % 2)}, random() % 2 == 0};
    timers.set(row, wake);
    model.insert({wake, row.key});
  };
  const auto cancel = [&](auto at) {
    timers.set(*subjects.find(at->second), std::nullopt);
    model.erase(at);
  };
  for (int i = 0; i < 30'000; ++i) set(5 * kMsPerDay);
  for (size_t given = 0; !model.empty(); ++given) {
    SubjectRow* due = timers.first(Instant{INT64_MAX});
    ASSERT_NE(due, nullptr);
    ASSERT_EQ(due->key, model.begin()->second) << given;
    ASSERT_EQ(due->armed, model.begin()->first) << given;
    cancel(model.begin());
    if (given < 5000 && given % 3 == 0) set(5 * kMsPerDay);
    if (given % 7 == 0 && !model.empty()) {
      const size_t among = std::min<size_t>(model.size(), 1000);
      cancel(std::next(model.begin(), static_cast<ptrdiff_t>(random() % among)));
    }
    if (given == 2000) {  // more than are left: the stale ones are dropped
      while (model.size() > 8000) {
        cancel(std::prev(model.end(), static_cast<ptrdiff_t>(1 + random() % 100)));
      }
    }
  }
  EXPECT_EQ(timers.first(Instant{INT64_MAX}), nullptr);
}

TEST(SubjectTable, KeepsWhatIsDirtyOrHasATimer) {
  SubjectTable subjects;
  Timers timers(subjects);
  for (int i = 0; i < 100; ++i) {
    SubjectRow& row = subjects.add(Key{0, std::to_string(i)});
    CachedSubject subject;
    subject.subject.key = row.key;
    subject.dirty = i % 10 == 0;
    subject.last = static_cast<Sequence>(i);
    subjects.hold(row, std::move(subject));
    if (i % 10 == 1) timers.set(row, Wake{Instant{i}, false});
  }
  subjects.trim(40, 60);
  EXPECT_EQ(subjects.cached(), 40U);
  EXPECT_LE(subjects.cached() + subjects.packed(), 60U);
  EXPECT_GT(subjects.packed(), 0U);
  EXPECT_LT(subjects.size(), 80U);
  for (int i = 0; i < 100; ++i) {
    SubjectRow* row = subjects.find(Key{0, std::to_string(i)});
    if (i % 10 == 0) {
      ASSERT_NE(row, nullptr);
      EXPECT_EQ(row->cached->last, static_cast<Sequence>(i));
    }
    if (i % 10 == 1) {
      ASSERT_NE(row, nullptr);
      EXPECT_EQ(row->armed, (Wake{Instant{i}, false}));
    }
    if (row == nullptr || row->packed == nullptr) continue;
    EXPECT_EQ(row->cached, nullptr);
    const auto unpacked = subjects.unpacked(*row);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(unpacked->subject.key, row->key);
    EXPECT_EQ(unpacked->last, static_cast<Sequence>(i));
  }
  for (int i = 0; i < 100; ++i) {
    SubjectRow& row = subjects.add(Key{0, std::to_string(i)});
    if (row.cached == nullptr) subjects.hold(row, {});
    row.cached->writing = i < 50;
    row.cached->dirty = i >= 50;
  }
  EXPECT_EQ(subjects.packed(), 0U);
  subjects.trim(10, 10);  // cannot
  EXPECT_EQ(subjects.cached(), 100U);
  for (int i = 0; i < 50; ++i) subjects.stored(subjects.find(Key{0, std::to_string(i)})->slot);
  subjects.trim(10, 10);
  EXPECT_EQ(subjects.cached(), 50U);
}

// What was used since it was last looked at stays ready.
TEST(SubjectTable, PacksWhatIsNotUsed) {
  SubjectTable subjects;
  const auto key = [](int i) { return Key{0, "K" + std::to_string(i)}; };
  for (int i = 0; i < 1000; ++i) {
    SubjectRow& row = subjects.add(key(i));
    if (row.cached == nullptr) subjects.hold(row, {});
    row.used = false;
    for (int often = 0; often < 5; ++often) subjects.find(key(often));
    subjects.trim(50, 10'000);
    EXPECT_LE(subjects.cached(), 50U);
  }
  EXPECT_EQ(subjects.cached() + subjects.packed(), 1000U);
  for (int often = 0; often < 5; ++often) {
    EXPECT_NE(subjects.find(key(often))->cached, nullptr);
  }
  subjects.pack_idle(20);
  EXPECT_GE(subjects.cached(), 30U);
  for (int rest = 0; rest < 10; ++rest) {
    subjects.find(key(0));
    subjects.pack_idle(20);
  }
  EXPECT_EQ(subjects.cached(), 1U);
  EXPECT_NE(subjects.find(key(0))->cached, nullptr);
}

// Whatever their size and however many dictionaries were made.
TEST(SubjectPacker, GivesBackWhatItGot) {
  SubjectPacker packer;
  std::mt19937 random(7);
  std::vector<std::pair<Subject, PackedSubject>> all;
  for (int i = 0; i < 20'000; ++i) {
    Subject subject;
    subject.key = {1, "6000" + std::to_string(i)};
    subject.exists = true;
    subject.now = Instant{1'770'000'000'000 + i};
    subject.attributes = {Value{std::string("Li Ming")}, Value{std::string(random() % 90, 'x')},
                          Value{Decimal::from_micro(static_cast<int64_t>(random()))}};
    if (i % 1000 == 0) subject.attributes.emplace_back(std::string(100'000, 'y'));
    PackedSubject packed = packer.pack(subject, static_cast<Sequence>(i) << 20);
    ASSERT_NE(packed, nullptr);
    all.emplace_back(std::move(subject), std::move(packed));
  }
  for (size_t i = 0; i < all.size(); ++i) {
    const auto unpacked = packer.unpack(all[i].second);
    ASSERT_TRUE(unpacked);
    EXPECT_EQ(unpacked->subject, all[i].first);
    EXPECT_EQ(unpacked->last, Sequence{i} << 20);
  }
}

}  // namespace
}  // namespace duban::containers_test
