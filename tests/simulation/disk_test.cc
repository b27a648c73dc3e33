// The simulated disk keeps what it promises, and no more.
#include "tests/simulation/disk.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>

#include "tests/simulation/vfs.h"

namespace duban::simulation {
namespace {

TEST(Disk, OnlyWhatIsSyncedSurvivesAPowerCut) {
  Disk disk(1);
  auto file = disk.open("/d/a", true);
  ASSERT_EQ(disk.write(*file, 0, std::string(600, 'a')), DiskAnswer::ok);
  ASSERT_EQ(disk.sync(*file, true), DiskAnswer::ok);
  ASSERT_EQ(disk.write(*file, 500, std::string(600, 'b')), DiskAnswer::ok);
  disk.crash_now();
  EXPECT_EQ(disk.write(*file, 0, "x"), DiskAnswer::error);
  disk.reboot(Survival::all);
  EXPECT_EQ(disk.find("/d/a")->now, std::string(500, 'a') + std::string(600, 'b'));
  disk.crash_now();
  disk.reboot(Survival::none);
  EXPECT_EQ(disk.find("/d/a")->now, std::string(600, 'a'));
}

TEST(Disk, APowerCutMayKeepSomeSectorsAndTearOthers) {
  size_t whole = 0, torn = 0, old = 0;
  for (uint64_t seed = 0; seed < 300; ++seed) {
    Disk disk(seed);
    auto file = disk.open("/d/a", true);
    ASSERT_EQ(disk.write(*file, 0, std::string(1024, 'a')), DiskAnswer::ok);
    ASSERT_EQ(disk.sync(*file, true), DiskAnswer::ok);
    ASSERT_EQ(disk.write(*file, 600, std::string(100, 'b')), DiskAnswer::ok);
    disk.crash_now();
    disk.reboot(Survival::some);
    const std::string& left = disk.find("/d/a")->now;
    ASSERT_EQ(left.size(), 1024U);
    EXPECT_EQ(left.substr(0, 600), std::string(600, 'a'));
    EXPECT_EQ(left.substr(700), std::string(324, 'a'));
    const auto kept = static_cast<size_t>(std::count(left.begin(), left.end(), 'b'));
    EXPECT_EQ(left.substr(600, kept), std::string(kept, 'b'));
    ++(kept == 0 ? old : kept == 100 ? whole : torn);
  }
  EXPECT_GT(whole, 30U);
  EXPECT_GT(torn, 3U);
  EXPECT_GT(old, 30U);
}

TEST(Disk, ANameThatWasNotSyncedMayBeGone) {
  Disk disk(1);
  disk.open("/d/a", true);
  disk.crash_now();
  disk.reboot(Survival::none);
  EXPECT_EQ(disk.find("/d/a"), nullptr);
}

TEST(Disk, IsFull) {
  Disk disk(1);
  auto file = disk.open("/d/a", true);
  disk.faults.bytes_max = 1000;
  EXPECT_EQ(disk.write(*file, 0, std::string(900, 'a')), DiskAnswer::ok);
  EXPECT_EQ(disk.write(*file, 900, std::string(200, 'a')), DiskAnswer::full);
  EXPECT_EQ(disk.write(*file, 100, std::string(200, 'b')), DiskAnswer::ok);
}

// SQLite itself over it: crashes everywhere, and what was committed is there.
TEST(Disk, CarriesADatabase) {
  for (uint64_t seed = 0; seed < 150; ++seed) {
    Disk disk(seed);
    Random random(seed);
    mount("/simulated", &disk);
    int committed = 0;
    for (int life = 0; life < 4; ++life) {
      disk.crash_after(life < 3 ? 1 + random.below(120) : 0);
      int tried = committed;
      try {
        SQLite::Database database("/simulated/db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
        database.exec("PRAGMA journal_mode=WAL");
        database.exec("PRAGMA synchronous=FULL");
        database.exec("PRAGMA wal_autocheckpoint=5");
        database.exec("CREATE TABLE IF NOT EXISTS t(a INTEGER PRIMARY KEY, b BLOB)");
        const int there = database.execAndGet("SELECT count(*) FROM t").getInt();
        ASSERT_GE(there, committed) << "seed " << seed;
        ASSERT_LE(there, tried + 1) << "seed " << seed;
        ASSERT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
        committed = there;
        for (int i = 0; i < 12; ++i) {
          tried = committed + 1;
          database.exec("INSERT INTO t VALUES(" + std::to_string(tried) + ", randomblob(900))");
          committed = tried;
        }
      } catch (const SQLite::Exception& exception) {
        ASSERT_TRUE(disk.is_dead()) << exception.what();
      }
      if (disk.is_dead()) disk.reboot(random.pick({Survival::all, Survival::none, Survival::some}));
    }
    EXPECT_GE(committed, 12) << "seed " << seed;
    mount("/simulated", nullptr);
  }
}

}  // namespace
}  // namespace duban::simulation
