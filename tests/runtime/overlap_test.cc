// Goal: what runs on threads of its own tells the same as if it did not.

#include <fstream>

#include "runtime/channel.h"
#include "runtime/committer.h"
#include "runtime/feed_ahead.h"
#include "tests/runtime/shop_feed.h"
#include "tests/simulation/forward.h"

namespace duban::overlap_test {
namespace {

// So many items, then an error.
class BreakingFeed : public Feed {
 public:
  explicit BreakingFeed(size_t items) : left_(items) {}
  Result<bool> next(FeedItem& item) override {
    if (left_ == 0) return Error{"the feed breaks off", {}, {}, {}, {}};
    --left_;
    const std::string id = "e" + std::to_string(left_);
    item = ndjson_item("test", left_, event(id, "paid", "C1", "2026-03-01 09:00", ""));
    return true;
  }
  double progress() const override { return 0.5; }

 private:
  size_t left_;
};

TEST(FeedAhead, GivesEveryItemAndThenTheError) {
  for (const size_t items : {0U, 1U, 255U, 256U, 257U, 5000U}) {
    BreakingFeed feed(items);
    FeedAhead ahead(feed);
    FeedItem item;
    for (size_t left = items; left-- > 0;) {
      const Result<bool> more = ahead.next(item);
      ASSERT_OK(more);
      ASSERT_EQ(std::get<RawEvent>(item.event).id, "e" + std::to_string(left));
    }
    const Result<bool> broken = ahead.next(item);
    ASSERT_FALSE(broken) << items;
    EXPECT_EQ(broken.error().message, "the feed breaks off");
    EXPECT_EQ(ahead.progress(), 0.5);
  }
}

TEST(FeedAhead, MayGoAwayEarly) {
  for (const int taken : {0, 1, 300}) {
    BreakingFeed feed(1'000'000);
    FeedAhead ahead(feed);
    FeedItem item;
    for (int i = 0; i < taken; ++i) ASSERT_OK(ahead.next(item));
  }
}

// Events are read into the room of those that are done with.
TEST(FeedAhead, WhatStillWaitsKeepsItsEvent) {
  constexpr int kLetters = 1'000;
  TempDir dir;
  std::string lines;
  for (int i = 0; i < kLetters; ++i) {
    lines += event("e" + std::to_string(i), "letter", "C" + std::to_string(i), "2026-03-01 22:00",
                   "\"words\":\"" + std::to_string(i) + " and all that was said\"") +
             "\n";
  }
  write_file(dir / "feed.ndjson", lines);
  Channels channels;
  auto runtime = open_runtime(dir / "db", channels);
  ASSERT_OK(runtime);
  deploy_text(**runtime, R"(policy "Letters"
  effective from 2020-01-01
vocabulary "Letters"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key id
  id : text
event letter for Customer
  words : text
channel post to id
  quiet 21:00 to 08:00
notice told service post "{event.words}"

rule "Told"
  on letter:
    notify Customer by post told
)");
  auto feed = open_feed(dir / "feed.ndjson");
  ASSERT_OK(feed);
  const auto morning = (*runtime)->plans().current().zone.parse("2026-03-02 09:00");
  ASSERT_OK(run_virtual(**runtime, **feed, morning, {}));
  const std::vector<std::string> notices = rows(dir / "db", "notices");
  ASSERT_EQ(notices.size(), static_cast<size_t>(kLetters));
  for (const std::string& notice : notices) {
    const size_t at = notice.find("subject=C") + 9;
    const std::string words =
        notice.substr(at, notice.find(' ', at) - at) + " and all that was said";
    EXPECT_NE(notice.find("text=" + words), std::string::npos) << notice;
  }
}

class RefusingStore : public simulation::ForwardingStore {
 public:
  RefusingStore(std::unique_ptr<Store> store, int& refusals)
      : ForwardingStore(std::move(store)), refusals_(refusals) {}
  Status commit(const Batch& batch) override {
    if (refusals_ > 0) {
      --refusals_;
      return Error{"the disk is full", {}, {}, {}, {}};
    }
    return ForwardingStore::commit(batch);
  }

 private:
  int& refusals_;
};

TEST(Committer, TellsOfEachFailureAndKeepsTheBatch) {
  for (const auto& [beside, now] : {std::pair(false, false), {true, false}, {true, true}}) {
    for (const int refusals : {0, 1, 2, 3}) {
      TempDir dir;
      auto store = open_sqlite_store(dir / "db", OpenMode::create);
      ASSERT_OK(store);
      int left = refusals;
      Committer committer(std::make_unique<RefusingStore>(std::move(*store), left), beside);
      ASSERT_OK(committer.finish());
      Batch batch;
      batch.clock = Instant{7};
      committer.begin(batch, now);
      for (int i = 0; i < refusals; ++i) {
        EXPECT_FALSE(committer.finish());
        EXPECT_FALSE(committer->clock());
      }
      ASSERT_OK(committer.finish());
      EXPECT_EQ(committer->clock(), Instant{7});
      ASSERT_OK(committer.finish());
    }
  }
}

// What a failed step spoilt is found again from the log, for which the group on its way must be
// there. When the disk refuses that, nothing may go on with the subject as it is.
TEST(Overlap, WhatAFailedStepSpoiltIsRestoredWhenTheDiskTakesMoreAgain) {
  for (const int refused : {0, 1, 3}) {
    SCOPED_TRACE(refused);
    TempDir dir;
    Channels channels;
    RuntimeSettings settings;
    settings.group_inputs_max = 1;
    settings.threads = false;
    int refusals = 0;
    auto store = open_sqlite_store(dir / "db", OpenMode::create);
    ASSERT_OK(store);
    auto runtime = Runtime::open(std::make_unique<RefusingStore>(std::move(*store), refusals),
                                 channels, settings);
    ASSERT_OK(runtime);
    deploy_text(**runtime, shop_rules() + R"(
event bumped for Customer
  factor : number
  set area
rule "Bump"
  on bumped:
    set paid_total = 900,000,000 yuan * event.factor
)");
    take(**runtime, event("s", "Staff", "S01", "", R"("name":"Zhao")"));
    take(**runtime, event("r", "registered", "C1", "2026-03-01 09:00",
                          R"("name":"Ali","phone":"138","manager":"S01","area":"A1")"));
    take(**runtime, event("n", "renamed", "C1", "2026-03-02 09:00", R"("name":"Bo")"));
    const FeedItem bumped = ndjson_item(
        "test", 3,
        event("x", "bumped", "C1", "2026-03-03 09:00", R"("area":"spoilt","factor":900000000000)"));
    refusals = refused;
    const Status taken = (*runtime)->take(bumped);
    EXPECT_EQ(taken.ok(), refused == 0);
    for (int i = 1; i < refused; ++i) EXPECT_FALSE((*runtime)->flush()) << i;
    if (refused > 0) {  // its sender does not come back, another does
      take(**runtime, event("n2", "renamed", "C1", "2026-03-04 09:00", R"("name":"Cao")"));
    }
    ASSERT_OK((*runtime)->rest());
    std::string subjects;
    for (const std::string& row : rows(dir / "db", "subjects")) subjects += row + "\n";
    EXPECT_EQ(subjects.find("spoilt"), std::string::npos) << subjects;
    EXPECT_NE(subjects.find(refused == 0 ? "Bo" : "Cao"), std::string::npos) << subjects;
    EXPECT_EQ(rows(dir / "db", "incidents").size(), refused == 0 ? 1U : 0U);
  }
}

// A file, so that it is read ahead.
TEST(Overlap, AFileLeavesWhatItsLinesLeave) {
  const std::string text = make_feed(3000, 5);
  std::string exported[2];
  for (const bool overlaps : {false, true}) {
    TempDir dir;
    std::ofstream(dir / "feed.ndjson") << text;
    Channels channels;
    ASSERT_OK(channels.configure("*", "file:" + (dir / "sent.ndjson")));
    RuntimeSettings settings;
    settings.overlaps = overlaps;
    settings.group_inputs_max = 50;
    auto runtime = open_runtime(dir / "db", channels, settings);
    ASSERT_OK(runtime);
    deploy_text(**runtime, shop_rules());
    auto feed = open_feed(dir / "feed.ndjson");
    ASSERT_OK(feed);
    EXPECT_TRUE((*feed)->is_file());
    ASSERT_OK(run_virtual(**runtime, **feed, std::nullopt, {}));
    runtime->reset();
    std::string& all = exported[overlaps ? 1 : 0];
    all = export_all(dir / "db") + read_file(dir / "sent.ndjson");
    // Places name the feed's file.
    for (size_t at; (at = all.find((dir / "feed.ndjson"))) != std::string::npos;)
      all.erase(at, (dir / "feed.ndjson").size());
  }
  EXPECT_NE(exported[0].find("C1"), std::string::npos);
  EXPECT_EQ(difference(exported[0], exported[1]), "");
}

}  // namespace
}  // namespace duban::overlap_test
