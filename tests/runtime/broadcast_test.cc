// Goal: a broadcast that is looked up reaches just those that it reaches when all are asked.
// Method: one feed made up from a seed, by a runtime that looks up and by one that asks all;
// attributes change between the broadcasts, most subjects are not in memory, the process is killed
// in the middle, and the rules change. The exports of all views are compared byte for byte.

#include <random>

#include "runtime/attribute_index.h"
#include "runtime/channel.h"
#include "tests/runtime/dying_store.h"
#include "tests/runtime/fixture.h"

namespace duban::broadcast_test {
namespace {

std::string rules(const std::string& where, const std::string& more = "") {
  return R"(policy "Supply"
vocabulary "Grid"
  timezone "Asia/Shanghai"
  currency CNY
choice tier (档次) : plain (普通) | gold (金牌)
reference Line key number
  number : text
  parent : Line?
entity Customer (客户) key id
  id : text
  line (所属线路) : Line?
  phone : text? private
  grade (等级) : tier = plain
  outages : number = 0
)" + more +
         R"(
event moved for Customer
  line : Line?
  set line
event rated for Customer
  grade : tier
  set grade
event called for Customer
  phone : text?
  set phone
event counted for Customer
  factor : number
broadcast event outage (停电) to Customer )" +
         where + R"(
  line (线路) : Line
  lines : set of Line?
  phone : text?
  grade : tier
channel sms to phone
notice news service sms "Dear {id}: no supply."
rule "Outage"
  on outage:
    set outages = outages + 1
rule "Counted"
  on counted:
    set outages = 900,000,000,000 * event.factor
)";
}

std::string make_grid_feed(uint32_t seed, int events) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto line = [&] { return "\"L" + std::to_string(below(6)) + "\""; };
  const auto phone = [&] { return "\"1380000000" + std::to_string(below(5)) + "\""; };
  const auto grade = [&] {
    const char* const grades[] = {"\"plain\"", "\"gold\"", "\"普通\"", "\"金牌\""};
    return std::string(grades[below(4)]);
  };
  std::string feed;
  for (int i = 0; i < 5; ++i) {
    const std::string key = "L" + std::to_string(i);
    feed += event("line-" + key, "Line", key, "", "\"parent\":" + line()) + "\n";
  }
  for (int i = 0; i < events; ++i) {
    char time[40];
    std::snprintf(time, sizeof time, "2026-03-%02dT%02d:%02d:00", 1 + i / 400, 8 + i % 400 / 40,
                  i % 40);
    const std::string id = "e" + std::to_string(i);
    const std::string customer = "C" + std::to_string(below(80));
    switch (below(10)) {
      case 0:
      case 1:
        feed += event(id, "moved", customer, time, "\"line\":" + (below(6) == 0 ? "null" : line()));
        break;
      case 2:
        feed += event(id, "rated", customer, time, "\"grade\":" + grade());
        break;
      case 3:
        feed +=
            event(id, "called", customer, time, "\"phone\":" + (below(6) == 0 ? "null" : phone()));
        break;
      case 4:
        feed += event(id, "Customer", customer, time, "\"line\":" + line());
        break;
      case 5:
        feed += event(id, "counted", customer, time,
                      below(12) == 0 ? "\"factor\":900000000000" : "\"factor\":1");
        break;
      case 6: {
        const std::string row = "L" + std::to_string(below(5));
        feed += event(id, "Line", row, time, "\"parent\":" + line());
        break;
      }
      default:
        feed += event(id, "outage", "", time,
                      "\"line\":" + line() + ",\"lines\":[" + line() + "," + line() +
                          "],\"phone\":" + phone() + ",\"grade\":" + grade());
    }
    feed += "\n";
  }
  return feed;
}

struct Left {
  std::string exported;
  uint64_t asked = 0, events = 0;
};

// Killed after every `stop_every` lines; from `redeploy` on under `later`.
Left run(const std::string& feed, const std::string& first, const std::string& later,
         size_t stop_every, bool indexes) {
  TempDir dir;
  RuntimeSettings settings;
  settings.indexes_attributes = indexes;
  settings.group_inputs_max = 10;
  settings.sweep_inputs = 20;
  settings.cache_subjects_max = 15;
  settings.ready_subjects_max = 5;
  std::vector<FeedItem> items;
  TextFeed lines(feed);
  for (FeedItem item; *lines.next(item);) items.push_back(item);
  Left left;
  for (size_t from = 0; from < items.size(); from += stop_every) {
    Channels channels;
    auto runtime = open_runtime(dir / "db", channels, settings);
    EXPECT_TRUE(runtime) << runtime.error().to_string();
    if (!runtime) return left;
    deploy_text(**runtime, from < items.size() / 2 ? first : later);
    // What it took in before is duplicates, except what was not durable.
    for (size_t i = 0; i < std::min(items.size(), from + stop_every); ++i) {
      const Status status = (*runtime)->take(items[i]);
      EXPECT_TRUE(status) << status.error().to_string();
    }
    left.asked += (*runtime)->counts().asked;
    left.events += (*runtime)->counts().events;
    const bool is_last = from + stop_every >= items.size();
    EXPECT_TRUE(!is_last || (*runtime)->flush().ok());
  }
  left.exported = export_all(dir / "db");
  return left;
}

TEST(Broadcast, LookingUpReachesWhomAskingAllReaches) {
  const std::vector<std::pair<std::string, std::string>> conditions{
      {"where line = event.line", "where phone = event.phone"},
      {"其中 所属线路 = 本次的线路", "where line = event.line.parent and grade = event.grade"},
      {"where event.lines contains line", "where event.lines contains line"},
      {"where line.parent = event.line", "where event.lines contains line.parent.parent"},
      {"where grade is gold", "where grade = event.grade and line is not event.line"},
      {"where phone = event.phone and outages * 4,000 > 0", "where zone = \"north\""},
  };
  uint32_t seed = 0;
  for (const auto& [first, later] : conditions) {
    for (const size_t stop_every : {10'000U, 170U}) {
      SCOPED_TRACE(first + ", later " + later + ", seed " + std::to_string(++seed));
      const std::string feed = make_grid_feed(seed, 700);
      const std::string last = rules(later, "  zone : text = \"north\"");
      const Left all = run(feed, rules(first), last, stop_every, false);
      const Left looked_up = run(feed, rules(first), last, stop_every, true);
      EXPECT_EQ(difference(looked_up.exported, all.exported), "");
      EXPECT_LT(looked_up.asked, all.asked);
      EXPECT_EQ(looked_up.events, all.events);
      EXPECT_NE(all.exported.find("\"outages\":"), std::string::npos);
    }
  }
}

// Who was reached before the process died is not reached again, although the condition holds; the
// others are, once.
TEST(Broadcast, GoesOnWhereTheProcessDied) {
  const auto live = [](size_t commits, bool& died) {
    TempDir dir;
    Channels channels;
    RuntimeSettings settings;
    settings.group_inputs_max = 10;
    settings.sweep_inputs = 15;
    std::vector<std::string> lines;
    for (int i = 0; i < 60; ++i) {
      lines.push_back(event("e" + std::to_string(i), "moved", "C" + std::to_string(i),
                            "2026-03-01T09:00:00",
                            i % 4 == 0 ? R"("line":"L2")" : R"("line":"L1")"));
    }
    const size_t before = lines.size();
    for (const char* id : {"o1", "o2"}) {
      lines.push_back(event(id, "outage", "", "2026-03-01T10:00:00",
                            R"("line":"L1","lines":[],"phone":"1","grade":"gold")"));
    }
    lines.push_back(event("last", "moved", "C1", "2026-03-01T11:00:00", R"("line":"L2")"));
    const auto open = [&](size_t lives) {
      auto store = open_sqlite_store(dir / "db", OpenMode::create);
      EXPECT_TRUE(store);
      auto opened =
          Runtime::open(std::make_unique<DyingStore>(std::move(*store), lives), channels, settings);
      EXPECT_TRUE(opened) << opened.error().to_string();
      return std::move(*opened);
    };
    const auto take_all = [&](Runtime& runtime, size_t from) {
      for (size_t i = from; i < lines.size(); ++i) {
        if (!runtime.take(ndjson_item("test", i + 1, lines[i]))) return false;
      }
      return runtime.rest().ok();
    };
    {
      auto runtime = open(SIZE_MAX);
      deploy_text(*runtime, rules("where line = event.line and outages < 2"));
      for (size_t i = 0; i < before; ++i) take(*runtime, lines[i]);
      EXPECT_TRUE(runtime->flush());
    }
    died = !take_all(*open(commits), before);
    auto runtime = open(SIZE_MAX);
    EXPECT_TRUE(take_all(*runtime, 0));
    return export_all(dir / "db");
  };
  bool died = false;
  const std::string whole = live(SIZE_MAX, died);
  ASSERT_FALSE(died);
  size_t reached = 0;
  for (size_t at = 0; (at = whole.find("\"outages\":2", at)) != std::string::npos; ++at) ++reached;
  EXPECT_EQ(reached, 45U) << whole;
  size_t deaths = 0;
  for (;; ++deaths) {
    EXPECT_EQ(difference(live(deaths, died), whole), "") << "died after " << deaths;
    if (!died) break;
  }
  EXPECT_GE(deaths, 5U);
}

// Everybody has a line of his own: after the first, a broadcast asks one of them.
TEST(Broadcast, AsksWhomItReaches) {
  for (const size_t cache : {1000U, 50U}) {
    TempDir dir;
    Channels channels;
    RuntimeSettings settings;
    settings.cache_subjects_max = settings.ready_subjects_max = cache;
    settings.sweep_inputs = 50;
    settings.group_inputs_max = 10;
    auto runtime = open_runtime(dir / "db", channels, settings);
    ASSERT_OK(runtime);
    deploy_text(**runtime, rules("where line = event.line and outages < 100"));
    const auto moved = [&](int customer, int line, const std::string& id) {
      take(**runtime, event(id, "moved", "C" + std::to_string(customer), "2026-03-01T09:00:00",
                            "\"line\":\"L" + std::to_string(line) + "\""));
    };
    for (int i = 0; i < 300; ++i) moved(i, i, "e" + std::to_string(i));
    const auto outage = [&](int line, const std::string& id) {
      const uint64_t asked = (*runtime)->counts().asked;
      const uint64_t events = (*runtime)->counts().events;
      take(**runtime, event(id, "outage", "", "2026-03-01T10:00:00",
                            "\"line\":\"L" + std::to_string(line) +
                                R"(","lines":[],"phone":"1","grade":"gold")"));
      return std::pair((*runtime)->counts().asked - asked, (*runtime)->counts().events - events);
    };
    EXPECT_EQ(outage(7, "o1"), std::pair(uint64_t{1}, uint64_t{1}));
    EXPECT_EQ(outage(299, "o2"), std::pair(uint64_t{1}, uint64_t{1}));
    EXPECT_EQ(outage(5000, "o3"), std::pair(uint64_t{0}, uint64_t{0}));
    moved(7, 8, "m1");  // it is no longer there where it is still listed
    EXPECT_EQ(outage(7, "o4").second, 0U);
    EXPECT_EQ(outage(8, "o5").second, 2U);
    moved(1000, 8, "m2");  // new
    EXPECT_EQ(outage(8, "o6"), std::pair(uint64_t{3}, uint64_t{3}));
    moved(7, 7, "m3");
    EXPECT_EQ(outage(7, "o7"), std::pair(uint64_t{1}, uint64_t{1}));  // although listed twice
  }
}

// The list of an index against a map; with so many changes that it wears out.
TEST(AttributeIndex, ListsAtLeastWhoHasTheValue) {
  std::mt19937 random(5);
  const auto below = [&](size_t n) { return random() % n; };
  AttributeIndexes indexes;
  std::vector<Subject> subjects(3000);
  AttributeIndex made;
  for (size_t i = 0; i < subjects.size(); ++i) {
    subjects[i].key = {2, std::string(i % 200, 'x') + std::to_string(i)};
    subjects[i].exists = true;
    subjects[i].attributes = {None{}, std::string("v" + std::to_string(below(10)))};
    made.add(hash_of(subjects[i], 1), subjects[i].key.key);
  }
  made.settle();
  indexes.put(2, 1, std::move(made));
  size_t worn_after = 0, in_lists = 0;
  for (size_t turn = 1; worn_after == 0; ++turn) {
    ASSERT_LT(turn, 100U);
    for (int change = 0; change < 150; ++change) {
      Subject& subject = subjects[below(subjects.size())];
      Replaced replaced;
      replaced.emplace_back(uint16_t{1}, subject.attributes[1]);
      subject.attributes[1] = below(8) == 0 ? Value{None{}} : Value{std::to_string(below(10))};
      if (below(2) == 0) subject.attributes[1] = std::string("v" + std::to_string(below(10)));
      indexes.stepped(subject, false, replaced);
    }
    AttributeIndex* index = indexes.find(2, 1);
    if (index == nullptr) worn_after = turn;
    if (index == nullptr) continue;
    for (int value = 0; value < 10; ++value) {
      const Value wanted = std::string("v" + std::to_string(value));
      std::vector<std::string> keys;
      index->list(AttributeIndex::hash_of(wanted), keys);
      std::sort(keys.begin(), keys.end());
      in_lists += keys.size();
      for (const Subject& subject : subjects) {
        const bool listed = std::binary_search(keys.begin(), keys.end(), subject.key.key);
        EXPECT_TRUE(listed || subject.attributes[1] != wanted);
      }
    }
  }
  EXPECT_GT(worn_after, 5U);
  EXPECT_LT(in_lists, worn_after * 2 * subjects.size());
}

}  // namespace
}  // namespace duban::broadcast_test
