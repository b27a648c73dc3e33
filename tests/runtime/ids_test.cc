// Goal: an id that was ever logged is known for ever, wherever it lies: in memory, in a run, in one
// that is being merged. Method: batches against the log with so small runs that all of that happens
// all the time, restarts and failing commits in between, and a plain set beside it; feeds given
// twice.

#include <SQLiteCpp/SQLiteCpp.h>

#include <random>
#include <set>

#include "runtime/compaction.h"
#include "runtime/maintenance.h"
#include "tests/runtime/shop_feed.h"
#include "tests/thorough.h"

namespace duban::ids_test {
namespace {

// Half of them agree with others in their first half.
Digest made_up(std::mt19937_64& random) { return {random() % 2 == 0 ? random() : 7, random()}; }

int64_t number_of(const std::string& db, const std::string& sql) {
  SQLite::Database database(db, SQLite::OPEN_READONLY);
  return database.execAndGet(sql).getInt64();
}

class Ids : public testing::Test {
 protected:
  void open(IdSettings with) {
    store.reset();
    auto opened = open_sqlite_store(dir / "db", OpenMode::create);
    ASSERT_OK(opened);
    store = std::move(*opened);
    ASSERT_OK(store->log().remember_ids(with));
  }
  Batch next(size_t entries, Instant at) {
    Batch batch;
    for (size_t i = 0; i < entries; ++i) {
      LogEntry& e = batch.log.next();
      e.sequence = store->log().last() + 1 + i;
      if (random() % 5 > 0) e.id = made_up(random);
      e.subject = {1, "K"};
      // One in ten is as old as the log.
      e.time = random() % 10 == 0 ? Instant{0} : at;
    }
    return batch;
  }
  void commit(size_t entries, Instant at) {
    const Batch batch = next(entries, at);
    ASSERT_OK(store->commit(batch));
    for (const LogEntry& e : batch.log) {
      if (e.id != Digest{}) all.insert(e.id);
    }
  }
  bool has(const Digest& id) {
    const Result<bool> known = store->log().has_id(id);
    EXPECT_TRUE(known) << known.error().to_string();
    return known && *known;
  }
  void expect_all_known() {
    for (const Digest& id : all) ASSERT_TRUE(has(id)) << id.to_hex();
    for (int i = 0; i < 1000; ++i) ASSERT_FALSE(has(made_up(random)));
    const Result<std::vector<Error>> found = store->log().verify();
    ASSERT_OK(found);
    for (const Error& error : *found) ADD_FAILURE() << error.to_string();
  }

  TempDir dir;
  std::unique_ptr<Store> store;
  std::set<Digest> all;
  std::mt19937_64 random{20};
};

TEST_F(Ids, AreKnownForEver) {
  const IdSettings small{10 * kMsPerHour, 30};
  open(small);
  int64_t most_runs = 0, merges_seen = 0;
  for (int i = 0; i < 400; ++i) {
    commit(1 + random() % 60, Instant{i * kMsPerHour});
    if (i % 9 == 0) open(small);
    if (i % 20 != 0) continue;
    if (i % (20 * test::kFewer) == 0) {
      ASSERT_NO_FATAL_FAILURE(expect_all_known()) << i;
    }
    most_runs = std::max(most_runs, number_of(dir / "db", "SELECT count(*) FROM id_run"));
    merges_seen += number_of(dir / "db", "SELECT count(*) FROM id_run WHERE seal IS NULL");
  }
  // Of some ten thousand ids, two hundred runs' worth.
  EXPECT_GT(all.size(), 8000U);
  EXPECT_LT(most_runs, 40);
  EXPECT_GT(merges_seen, 0);
  EXPECT_GT(number_of(dir / "db", "SELECT max(number) FROM id_run"), 200);
  // What is not needed any more is gone: each run has its blocks, and no others are there.
  EXPECT_LT(number_of(dir / "db", "SELECT count(DISTINCT place >> 32) FROM id_block"), 60);
  const int64_t in_runs = number_of(dir / "db", "SELECT sum(count) FROM id_run WHERE seal NOTNULL");
  EXPECT_GT(in_runs, 8000);
  // Under other settings all are found as well; what left memory does not come back.
  open({1000 * kMsPerDay, 1 << 18});
  ASSERT_NO_FATAL_FAILURE(expect_all_known());
  commit(500, Instant{1000 * kMsPerHour});
  EXPECT_EQ(number_of(dir / "db", "SELECT sum(count) FROM id_run WHERE seal NOTNULL"), in_runs);
  open({0, 1});
  for (int i = 0; i < 30; ++i) commit(20, Instant{(1001 + i) * kMsPerHour});
  ASSERT_NO_FATAL_FAILURE(expect_all_known());
}

TEST_F(Ids, OnlyThoseOfTheWindowStayInMemory) {
  open({10 * kMsPerHour, 30});
  for (int i = 0; i < 9; ++i) commit(50, Instant{i * kMsPerHour});
  EXPECT_EQ(number_of(dir / "db", "SELECT count(*) FROM id_run"), 0);
  for (int i = 20; i < 60; ++i) commit(50, Instant{i * kMsPerHour});
  const int64_t put_away =
      number_of(dir / "db", "SELECT sum(count) FROM id_run WHERE seal NOTNULL");
  EXPECT_GT(put_away, static_cast<int64_t>(all.size()) * 6 / 10);
  // The newest ten hours are not: not even what is old among them.
  const int64_t until = number_of(dir / "db", "SELECT max(until) FROM id_run");
  EXPECT_LT(until, number_of(dir / "db", "SELECT max(first) FROM log") - 9 * 50);
  EXPECT_EQ(
      number_of(dir / "db", "SELECT count(*) FROM log WHERE first <= " + std::to_string(until) +
                                " AND at >= " + std::to_string(49 * kMsPerHour)),
      0);
}

TEST_F(Ids, WhatWasNotCommittedIsNotKnown) {
  const IdSettings small{0, 5};
  open(small);
  for (int i = 0; i < 50; ++i) {
    commit(20, Instant{i * kMsPerHour});
    Batch failing = next(20, Instant{i * kMsPerHour});
    failing.effects = {{1, 2, std::make_shared<const Record>(TaskRecord())},
                       {1, 2, std::make_shared<const Record>(TaskRecord())}};  // twice the same
    ASSERT_FALSE(store->commit(failing));
    for (const LogEntry& e : failing.log) {
      if (e.id != Digest{}) {
        ASSERT_FALSE(has(e.id));
      }
    }
    if (i % 10 == 0) {
      ASSERT_NO_FATAL_FAILURE(expect_all_known());
    }
  }
  ASSERT_NO_FATAL_FAILURE(expect_all_known());
}

TEST_F(Ids, DamageIsNoticed) {
  open({0, 50});
  for (int i = 0; i < 20; ++i) commit(80, Instant{i * kMsPerHour});
  store.reset();
  std::filesystem::copy_file(dir / "db", dir / "whole");
  for (const char* sql :
       {"UPDATE id_block SET ids = zeroblob(length(ids))", "DELETE FROM id_block",
        "UPDATE id_block SET ids = (SELECT ids FROM id_block ORDER BY place LIMIT 1)",
        "UPDATE id_run SET filter = zeroblob(length(filter))",
        "DELETE FROM id_run WHERE number = (SELECT min(number) FROM id_run)"}) {
    std::filesystem::copy_file(dir / "whole", dir / "db",
                               std::filesystem::copy_options::overwrite_existing);
    {
      SQLite::Database database(dir / "db", SQLite::OPEN_READWRITE);
      ASSERT_GT(database.exec(sql), 0) << sql;
    }
    const Result<CheckReport> report = check_database(dir / "db");
    ASSERT_OK(report);
    EXPECT_EQ(report->problems.size(), 1U) << sql;
    // Never a crash, and never an id that is taken for new because its block cannot be read.
    auto opened = open_sqlite_store(dir / "db", OpenMode::write);
    ASSERT_OK(opened);
    if (!(*opened)->log().remember_ids({0, 50})) continue;
    for (const Digest& id : all) {
      const Result<bool> known = (*opened)->log().has_id(id);
      if (!known) break;
    }
  }
}

// ---- feeds given twice

RuntimeSettings forgetful(size_t group) {
  RuntimeSettings settings;
  settings.ids = {kMsPerDay, 20};
  settings.group_inputs_max = group;
  return settings;
}

uint64_t live(const std::string& db, const std::string& feed, const RuntimeSettings& settings) {
  Channels channels;
  EXPECT_TRUE(channels.configure("*", "file:" + db + ".sent"));
  auto runtime = open_runtime(db, channels, settings);
  EXPECT_TRUE(runtime) << runtime.error().to_string();
  deploy_text(**runtime, shop_rules());
  TextFeed lines(feed);
  const Status status = run_virtual(**runtime, lines, std::nullopt, {});
  EXPECT_TRUE(status) << status.error().to_string();
  return (*runtime)->counts().events;
}

// Four months with late events; after a day their ids are on disk.
TEST(IdsOfAFeed, ComingAgainChangeNothing) {
  const std::string feed = make_feed(2500, 31);
  TempDir usual;
  live(usual / "db", feed, {});
  const std::string wanted = export_all(usual / "db");
  for (const size_t group : {1U, 50U}) {
    TempDir dir;
    EXPECT_GT(live(dir / "db", feed, forgetful(group)), 1500U);
    ASSERT_EQ(difference(export_all(dir / "db"), wanted), "");
    EXPECT_GT(number_of(dir / "db", "SELECT sum(count) FROM id_run WHERE seal NOTNULL"), 1000);
    const int64_t entries = number_of(dir / "db", "SELECT max(first + count) FROM log");
    // Again after a restart, after compaction, and from a backup.
    EXPECT_EQ(live(dir / "db", feed, forgetful(group)), 0U);
    ASSERT_OK(backup_database({{dir / "db", dir / "copy"}}, {}));
    EXPECT_EQ(live(dir / "copy", feed, {}), 0U);
    EXPECT_EQ(difference(export_all(dir / "copy"), wanted), "");
    EXPECT_EQ(difference(export_all(dir / "db"), wanted), "");
    ASSERT_OK(compact_database(dir / "db", 5, {}));
    EXPECT_EQ(live(dir / "db", feed, forgetful(group)), 0U);
    EXPECT_EQ(number_of(dir / "db", "SELECT max(first + count) FROM log"), entries);
    EXPECT_EQ(check_database(dir / "db")->problems.size(), 0U);
  }
}

}  // namespace
}  // namespace duban::ids_test
