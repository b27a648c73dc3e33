// Goal: what a process finds in its database is there for good.
// Method: a process that cannot sync dies; the next one reads what it left; then the power fails.
#include <gtest/gtest.h>

#include "runtime/sqlite_store.h"
#include "tests/simulation/simulation.h"
#include "tests/simulation/vfs.h"

namespace duban::simulation {
namespace {

Batch batch_of(Sequence sequence) {
  Batch batch;
  LogEntry entry;
  entry.sequence = sequence;
  entry.kind = LogEntry::Kind::broadcast;
  entry.id = DigestBuilder().add(static_cast<int64_t>(sequence)).finish();
  entry.payload = "something";
  entry.type = "outage";
  batch.log.push_back(entry);
  return batch;
}

class Durable : public testing::TestWithParam<uint64_t> {
 protected:
  void SetUp() override { mount(folder_.below("lived"), &disk_); }
  void TearDown() override { mount(folder_.below("lived"), nullptr); }
  std::unique_ptr<Store> open() {
    Result<std::unique_ptr<Store>> store = open_sqlite_store(path_, OpenMode::create);
    EXPECT_TRUE(store) << store.error().to_string();
    return store ? std::move(*store) : nullptr;
  }
  // One entry is committed, the next one is written and cannot be synced.
  void leave_unsynced() {
    auto store = open();
    ASSERT_TRUE(store->commit(batch_of(1)));
    disk_.faults.sync_error = 10'000;
    EXPECT_FALSE(store->commit(batch_of(2)));
    disk_.crash_now();
    store.reset();
    disk_.faults = {};
    disk_.reboot(Survival::all);
  }

  Folder folder_;
  Disk disk_{GetParam()};
  const std::string path_ = folder_.below("lived") + "/db";
};

// Whether or not the system still knows what it could not write.
TEST_P(Durable, WhatWasReadStays) {
  leave_unsynced();
  Sequence read = 0;
  {
    auto store = open();
    read = store->log().last();
    disk_.crash_now();  // before it has written anything itself
  }
  disk_.reboot(Survival::none);
  EXPECT_EQ(read, 2U);
  EXPECT_EQ(open()->log().last(), read);
}

TEST_P(Durable, NothingIsOpenedThatMayGo) {
  leave_unsynced();
  disk_.faults.sync_error = 10'000;
  EXPECT_FALSE(open_sqlite_store(path_, OpenMode::write));
  // Who only reads builds nothing on it.
  EXPECT_TRUE(open_sqlite_store(path_, OpenMode::read_only));
}

INSTANTIATE_TEST_SUITE_P(Disks, Durable, testing::Range<uint64_t>(1, 9));

}  // namespace
}  // namespace duban::simulation
