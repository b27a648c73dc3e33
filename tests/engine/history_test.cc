// What a subject remembers: its order, what copies share and do not share, what is forgotten.
#include "engine/history.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace duban::history_test {
namespace {

PastEvent past(int64_t ms, int64_t number) {
  return {Instant{ms}, {*Decimal::from_integer(number)}};
}

std::vector<PastEvent> all(const History& history, uint16_t event) {
  std::vector<PastEvent> out;
  history.each(event, [&](const PastEvent& item) { out.push_back(item); });
  return out;
}

std::vector<PastEvent> between(const History& history, uint16_t event, int64_t from, int64_t to) {
  std::vector<PastEvent> out;
  history.visit(
      event, Instant{from}, Instant{to},
      [&](const History::Block& block, size_t count) {
        out.insert(out.end(), block.events.begin(),
                   block.events.begin() + static_cast<std::ptrdiff_t>(count));
      },
      [&](const PastEvent& item) { out.push_back(item); });
  return out;
}

void keep_in_order(std::vector<PastEvent>& list, PastEvent item) {
  const auto at =
      std::upper_bound(list.begin(), list.end(), item.time,
                       [](Instant time, const PastEvent& other) { return time < other.time; });
  list.insert(at, std::move(item));
}

TEST(HistoryTest, KeepsTypesApartAndEventsInTheOrderOfTime) {
  History history;
  EXPECT_TRUE(history.empty());
  history.add(7, past(20, 1));
  history.add(7, past(10, 2));
  history.add(3, past(15, 3));
  history.add(7, past(20, 4));
  EXPECT_EQ(history.types(), (std::vector<uint16_t>{3, 7}));
  EXPECT_EQ(history.size(7), 3U);
  EXPECT_EQ(history.size(4), 0U);
  EXPECT_EQ(all(history, 7), (std::vector<PastEvent>{past(10, 2), past(20, 1), past(20, 4)}));
  EXPECT_EQ(between(history, 7, 10, 20), (std::vector<PastEvent>{past(10, 2)}));
  EXPECT_TRUE(between(history, 7, 21, 30).empty());
  EXPECT_TRUE(between(history, 7, 0, 10).empty());
}

// Against a sorted list, over thousands of events that come in order, late, and in bursts; copies
// are made all the time, changed, and dropped or kept.
TEST(HistoryTest, BehavesAsASortedListWhateverIsShared) {
  for (const uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    SCOPED_TRACE(seed);
    std::mt19937_64 random(seed);
    const auto below = [&](uint64_t n) { return static_cast<int64_t>(random() % n); };
    struct Copy {
      History history;
      std::vector<PastEvent> list;
    };
    std::vector<Copy> copies(1);
    int64_t clock = 1000;
    for (int round = 0; round < 4000; ++round) {
      const size_t which = static_cast<size_t>(below(copies.size()));
      Copy& copy = copies[which];
      clock += below(3);
      const int64_t late = below(20) == 0 ? below(2000) : 0;
      const PastEvent item = past(clock - late, round);
      copy.history.add(5, item);
      keep_in_order(copy.list, item);
      if (below(50) == 0) copies.push_back(copies[static_cast<size_t>(below(copies.size()))]);
      if (copies.size() > 4) copies.erase(copies.begin() + below(copies.size()));
      if (below(40) == 0) {
        Copy& shortened = copies[static_cast<size_t>(below(copies.size()))];
        const int64_t before = clock - 200 - below(1500);
        const auto keeps = [](const PastEvent& each) {
          return each.fields[0].as<Decimal>().whole() % 97 == 0;
        };
        shortened.history.forget(5, Instant{before}, keeps);
        std::erase_if(shortened.list,
                      [&](const PastEvent& each) { return each.time.ms < before && !keeps(each); });
      }
      if (below(25) != 0) continue;
      for (const Copy& each : copies) {
        ASSERT_EQ(all(each.history, 5), each.list);
        ASSERT_EQ(each.history.size(5), each.list.size());
        const int64_t from = clock - below(2500), to = from + below(2500);
        std::vector<PastEvent> wanted;
        std::copy_if(each.list.begin(), each.list.end(), std::back_inserter(wanted),
                     [&](const PastEvent& p) { return p.time.ms >= from && p.time.ms < to; });
        ASSERT_EQ(between(each.history, 5, from, to), wanted);
        std::vector<PastEvent> back;
        each.history.visit_back(5, Instant{to}, [&](const PastEvent& p) {
          back.push_back(p);
          return p.time.ms >= from;
        });
        std::vector<PastEvent> wanted_back;
        for (size_t i = each.list.size(); i-- > 0;) {
          if (each.list[i].time.ms >= to) continue;
          wanted_back.push_back(each.list[i]);
          if (each.list[i].time.ms < from) break;
        }
        ASSERT_EQ(back, wanted_back);
      }
    }
  }
}

TEST(HistoryTest, EqualityIsThatOfTheEventsHoweverTheyLie) {
  History in_order, backwards;
  for (int64_t i = 0; i < 1000; ++i) in_order.add(1, past(i, i));
  for (int64_t i = 1000; i-- > 0;) backwards.add(1, past(i, i));
  EXPECT_EQ(in_order, backwards);
  History less = in_order;
  less.forget(1, Instant{1}, [](const PastEvent&) { return false; });
  EXPECT_FALSE(less == in_order);
  EXPECT_EQ(in_order.size(1), 1000U);
  EXPECT_EQ(less.size(1), 999U);
  less.forget(1, Instant{5000}, [](const PastEvent&) { return false; });
  EXPECT_TRUE(less.empty());
  EXPECT_EQ(less, History());
}

}  // namespace
}  // namespace duban::history_test
