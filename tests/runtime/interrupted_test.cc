// Goal: what people do is done once and whole, wherever the process dies meanwhile.
// Method: the store refuses every commit from the n-th on, for all n; the next process begins with
// what was committed.

#include <utility>

#include "runtime/channel.h"
#include "tests/runtime/dying_store.h"
#include "tests/runtime/fixture.h"

namespace duban::interrupted_test {
namespace {

class Interrupted : public testing::Test {
 protected:
  struct Left {
    std::string exported, sent;
    bool died = false;
  };

  // A subject that is held, with much that waits: events, timers between and after them, receipts.
  // Then its incident is closed, by a process that dies after so many commits.
  Left close_incident(bool drop, size_t commits) {
    TempDir dir;
    const std::string db = dir / "db";
    Left left;
    const auto open = [&](size_t lives) {
      channels_ = std::make_unique<Channels>();
      EXPECT_TRUE(channels_->configure("*", "file:" + (dir / "sent")));
      auto store = open_sqlite_store(db, OpenMode::create);
      EXPECT_TRUE(store);
      auto opened =
          Runtime::open(std::make_unique<DyingStore>(std::move(*store), lives), *channels_, {});
      EXPECT_TRUE(opened) << opened.error().to_string();
      return std::move(*opened);
    };
    std::string id;
    {
      auto runtime = open(SIZE_MAX);
      deploy_text(*runtime, shop_rules());
      const auto put = [&](const std::string& name, const std::string& type,
                           const std::string& time, const std::string& data) {
        take(*runtime, event(name, type, "C1", time, data));
      };
      put("r", "registered", "2026-03-01 09:00", R"("name":"Ali","phone":"138","manager":"S01")");
      put("f", "factor_set", "2026-03-02 09:00", R"("factor":900000000000)");
      put("b1", "bill_issued", "2026-03-03 09:00",
          R"("bill_no":"B1","amount":10,"due_date":"2026-03-10")");
      put("b2", "bill_issued", "2026-03-20 09:00",
          R"("bill_no":"B2","amount":10,"due_date":"2026-03-21")");
      // Their letters come due after the last that waits, before what another subject hears.
      put("b3", "bill_issued", "2026-03-31 09:00",
          R"("bill_no":"B3","amount":10,"due_date":"2026-04-02")");
      put("b4", "bill_issued", "2026-03-31 09:00",
          R"("bill_no":"B4","amount":10,"due_date":"2026-04-03")");
      put("n", "renamed", "2026-04-02 09:00", R"("name":"Bo")");
      take(*runtime, event("o", "registered", "C2", "2026-04-15 09:00", R"("name":"Ed")"));
      EXPECT_TRUE(runtime->flush());
      ListingFilter filter;
      filter.what = "incidents";
      for (const std::string& row : rows(db, filter)) {
        if (row.find("kind=step") != std::string::npos) id = id_of_row(row);
      }
      // Corrected, so that it can be tried again.
      std::string corrected = shop_rules();
      const std::string factor = "900,000,000 yuan * event.factor";
      corrected.replace(corrected.find(factor), factor.size(), "1 yuan");
      deploy_text(*runtime, corrected);
    }
    {
      auto runtime = open(commits);
      left.died = !(drop ? runtime->incident_drop(id) : runtime->incident_retry(id)).ok();
    }
    auto runtime = open(SIZE_MAX);
    const Status status = drop ? runtime->incident_drop(id) : runtime->incident_retry(id);
    // Once it was closed it is gone on with by itself.
    if (!status) {
      EXPECT_NE(status.error().message.find("already"), std::string::npos);
    }
    // At the very instant that the clock shows: the receipts of what was overdue come before it.
    take(*runtime, event("p", "renamed", "C2", "2026-04-15 09:00", R"("name":"Al")"));
    take(*runtime, event("l", "renamed", "C1", "2026-04-20 09:00", R"("name":"Li")"));
    EXPECT_TRUE(runtime->rest());
    left.exported = export_all(db);
    left.sent = read_file(dir / "sent");
    return left;
  }

  std::unique_ptr<Channels> channels_;
};

TEST_F(Interrupted, AReleaseGoesOn) {
  for (const bool drop : {true, false}) {
    const Left whole = close_incident(drop, SIZE_MAX);
    ASSERT_FALSE(whole.died);
    EXPECT_NE(whole.exported.find("key=B2"), std::string::npos) << whole.exported;
    size_t deaths = 0;
    for (size_t commits = 0;; ++commits) {
      const Left left = close_incident(drop, commits);
      EXPECT_EQ(difference(left.exported, whole.exported), "")
          << (drop ? "drop" : "retry") << ", died after " << commits;
      EXPECT_EQ(difference(left.sent, whole.sent), "");
      if (!left.died) break;
      ++deaths;
    }
    EXPECT_GE(deaths, 2U);
  }
}

class FlakyStore : public simulation::ForwardingStore {
 public:
  FlakyStore(std::unique_ptr<Store> store, bool& refuses)
      : ForwardingStore(std::move(store)), refuses_(refuses) {}
  Status commit(const Batch& batch) override {
    if (std::exchange(refuses_, false)) return Error{"the disk is full", {}, {}, {}, {}};
    return ForwardingStore::commit(batch);
  }

 private:
  bool& refuses_;
};

// A row that was taken half-way is taken whole when it comes again.
TEST(FlakyDisk, ARowThatCouldNotBeTakenIsTakenAgain) {
  class Store : public simulation::ForwardingStore {
   public:
    Store(std::unique_ptr<duban::Store> store, bool& fails)
        : ForwardingStore(std::move(store)), fails_(fails) {}
    Result<std::optional<StoredIncident>> find_incident(const std::string& prefix) override {
      if (std::exchange(fails_, false)) return Error{"the disk cannot be read", {}, {}, {}, {}};
      return ForwardingStore::find_incident(prefix);
    }

   private:
    bool& fails_;
  };
  TempDir dir;
  Channels channels;
  bool fails = false;
  auto store = open_sqlite_store(dir / "db", OpenMode::create);
  ASSERT_OK(store);
  auto opened = Runtime::open(std::make_unique<Store>(std::move(*store), fails), channels, {});
  ASSERT_OK(opened);
  Runtime& runtime = **opened;
  deploy_text(runtime, shop_rules());
  take(runtime, event("r", "registered", "C1", "2026-03-01 09:00",
                      R"("name":"Ali","phone":"138","manager":"S01")"));
  ASSERT_OK(runtime.flush());
  EXPECT_EQ(rows(dir / "db", "incidents").size(), 1U);  // nobody knows S01
  const std::string row = event("s", "Staff", "S01", "2026-03-02 09:00", R"("name":"Wu")");
  fails = true;
  EXPECT_FALSE(runtime.take(ndjson_item("test", 2, row)));
  ASSERT_FALSE(fails);
  take(runtime, row);
  EXPECT_EQ(runtime.counts().references, 1U);
  ASSERT_OK(runtime.rest());
  for (const std::string& incident : rows(dir / "db", "incidents"))
    EXPECT_NE(incident.find("status=retried"), std::string::npos) << incident;
}

// A commit that is tried again holds states as of the first attempt; what they lack must not count
// as swept.
TEST(FlakyDisk, ACommitThatIsTriedAgainSweepsNothingTooEarly) {
  TempDir dir;
  Channels channels;
  bool refuses = false;
  RuntimeSettings settings;
  settings.sweep_inputs = 1;
  {
    auto store = open_sqlite_store(dir / "db", OpenMode::create);
    ASSERT_OK(store);
    auto opened =
        Runtime::open(std::make_unique<FlakyStore>(std::move(*store), refuses), channels, settings);
    ASSERT_OK(opened);
    Runtime& runtime = **opened;
    deploy_text(runtime, shop_rules());
    take(runtime, event("r", "registered", "C1", "2026-03-01 09:00", R"("name":"Ali")"));
    refuses = true;
    EXPECT_FALSE(runtime.flush());
    take(runtime, event("n", "renamed", "C1", "2026-03-02 09:00", R"("name":"Bo")"));
    ASSERT_OK(runtime.flush());
  }
  auto opened = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(opened);
  take(**opened, event("o", "factor_set", "C1", "2026-03-03 09:00", R"("factor":1)"));
  ASSERT_OK((*opened)->rest());
  EXPECT_NE(rows(dir / "db", "subjects").at(0).find("Bo"), std::string::npos)
      << rows(dir / "db", "subjects").at(0);
}

}  // namespace
}  // namespace duban::interrupted_test
