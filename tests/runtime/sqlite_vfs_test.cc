// Goal: what lies in a gathered log is what was written, in fewer pieces, and no error is lost.
#include "runtime/sqlite_vfs.h"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <vector>

namespace duban::sqlite_vfs_test {
namespace {

// One file of a file system that is the default while a test runs.
struct Below {
  std::string content;
  int writes = 0;
  int syncs = 0;
  bool fails = false;
};
Below* below = nullptr;

int read(sqlite3_file*, void* to, int size, sqlite3_int64 at) {
  const auto begin = static_cast<size_t>(at);
  if (begin + static_cast<size_t>(size) > below->content.size()) return SQLITE_IOERR_SHORT_READ;
  below->content.copy(static_cast<char*>(to), static_cast<size_t>(size), begin);
  return SQLITE_OK;
}

int write(sqlite3_file*, const void* from, int size, sqlite3_int64 at) {
  if (below->fails) return SQLITE_FULL;
  ++below->writes;
  const auto begin = static_cast<size_t>(at);
  const auto count = static_cast<size_t>(size);
  below->content.resize(std::max(below->content.size(), begin + count));
  below->content.replace(begin, count, static_cast<const char*>(from), count);
  return SQLITE_OK;
}

int file_size(sqlite3_file*, sqlite3_int64* to) {
  *to = static_cast<sqlite3_int64>(below->content.size());
  return SQLITE_OK;
}

int truncate(sqlite3_file*, sqlite3_int64 size) {
  below->content.resize(static_cast<size_t>(size));
  return SQLITE_OK;
}

int sync(sqlite3_file*, int) {
  ++below->syncs;
  return SQLITE_OK;
}

int close(sqlite3_file*) { return SQLITE_OK; }

int open(sqlite3_vfs*, const char*, sqlite3_file* file, int, int*) {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods made{};
    made.iVersion = 1;
    made.xClose = close;
    made.xRead = read;
    made.xWrite = write;
    made.xTruncate = truncate;
    made.xSync = sync;
    made.xFileSize = file_size;
    return made;
  }();
  file->pMethods = &kMethods;
  return SQLITE_OK;
}

class GatheringVfsTest : public ::testing::Test {
 protected:
  GatheringVfsTest() {
    const char* name = gathering_vfs();
    below = &below_;
    vfs_.iVersion = 1;
    vfs_.szOsFile = sizeof(sqlite3_file);
    vfs_.zName = "below";
    vfs_.xOpen = sqlite_vfs_test::open;
    sqlite3_vfs_register(&vfs_, 1);
    gathering_ = sqlite3_vfs_find(name);
    storage_.resize(static_cast<size_t>(gathering_->szOsFile) / sizeof(void*) + 1);
    file_ = reinterpret_cast<sqlite3_file*>(storage_.data());
  }
  ~GatheringVfsTest() override {
    if (is_open_) file_->pMethods->xClose(file_);
    sqlite3_vfs_unregister(&vfs_);
    below = nullptr;
  }

  void open(int kind) {
    ASSERT_EQ(gathering_->xOpen(gathering_, "file", file_, kind | SQLITE_OPEN_READWRITE, nullptr),
              SQLITE_OK);
    is_open_ = true;
  }
  int close() {
    is_open_ = false;
    return file_->pMethods->xClose(file_);
  }
  int write(const std::string& bytes, size_t at) {
    return file_->pMethods->xWrite(file_, bytes.data(), static_cast<int>(bytes.size()),
                                   static_cast<sqlite3_int64>(at));
  }
  std::string read(size_t at, size_t size) {
    std::string out(size, ' ');
    return file_->pMethods->xRead(file_, out.data(), static_cast<int>(size),
                                  static_cast<sqlite3_int64>(at)) == SQLITE_OK
               ? out
               : "unread";
  }
  int sync() { return file_->pMethods->xSync(file_, SQLITE_SYNC_NORMAL); }

  Below below_;
  sqlite3_file* file_ = nullptr;

 private:
  sqlite3_vfs vfs_{};
  sqlite3_vfs* gathering_ = nullptr;
  std::vector<void*> storage_;
  bool is_open_ = false;
};

// As SQLite does: the head of a page, the page, and so on.
TEST_F(GatheringVfsTest, WhatLiesBehindOneAnotherIsOnePiece) {
  open(SQLITE_OPEN_WAL);
  std::string expected;
  for (int page = 0; page < 10; ++page) {
    for (const size_t size : {24, 4096}) {
      const std::string bytes(size, static_cast<char>('a' + page));
      ASSERT_EQ(write(bytes, expected.size()), SQLITE_OK);
      expected += bytes;
    }
  }
  EXPECT_EQ(below_.writes, 0);
  EXPECT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(below_.writes, 1);
  EXPECT_EQ(below_.syncs, 1);
  EXPECT_EQ(below_.content, expected);
  EXPECT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(below_.writes, 1);
}

TEST_F(GatheringVfsTest, LargeAndScatteredPiecesArriveWhereTheyBelong) {
  open(SQLITE_OPEN_WAL);
  std::string expected(400'000, '\0');
  const auto put = [&](size_t at, size_t size, char c) {
    ASSERT_EQ(write(std::string(size, c), at), SQLITE_OK);
    expected.replace(at, size, size, c);
  };
  put(0, 100'000, 'a');       // more than waits at once
  put(100'000, 60'000, 'b');  // adjacent, and more than there is room for
  put(160'000, 60'000, 'c');
  put(300'000, 100'000, 'd');  // behind a gap
  put(10, 5, 'e');             // over what was written
  put(15, 5, 'f');
  put(12, 5, 'g');  // over what waits
  EXPECT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(below_.content, expected);
}

TEST_F(GatheringVfsTest, WhatWaitsIsSeenByAllThatAsks) {
  open(SQLITE_OPEN_WAL);
  ASSERT_EQ(write("head", 0), SQLITE_OK);
  EXPECT_EQ(read(0, 4), "head");
  ASSERT_EQ(write("body", 4), SQLITE_OK);
  sqlite3_int64 size = 0;
  EXPECT_EQ(file_->pMethods->xFileSize(file_, &size), SQLITE_OK);
  EXPECT_EQ(size, 8);
  ASSERT_EQ(write("tail", 8), SQLITE_OK);
  EXPECT_EQ(file_->pMethods->xTruncate(file_, 10), SQLITE_OK);
  EXPECT_EQ(below_.content, "headbodyta");
  ASSERT_EQ(write("end", 10), SQLITE_OK);
  EXPECT_EQ(close(), SQLITE_OK);
  EXPECT_EQ(below_.content, "headbodytaend");
}

// The commit fails for which this was written, and only that.
TEST_F(GatheringVfsTest, AWriteThatFailsFailsTheSync) {
  open(SQLITE_OPEN_WAL);
  below_.fails = true;
  ASSERT_EQ(write("lost", 0), SQLITE_OK);
  EXPECT_EQ(sync(), SQLITE_FULL);
  EXPECT_EQ(below_.syncs, 0);
  ASSERT_EQ(write("lost", 0), SQLITE_OK);
  EXPECT_EQ(write("elsewhere", 100), SQLITE_FULL);
  below_.fails = false;
  ASSERT_EQ(write("kept", 0), SQLITE_OK);
  EXPECT_EQ(sync(), SQLITE_OK);
  EXPECT_EQ(below_.content, "kept");
  below_.fails = true;
  ASSERT_EQ(write("lost", 4), SQLITE_OK);
  EXPECT_EQ(close(), SQLITE_FULL);
  EXPECT_EQ(below_.content, "kept");
}

TEST_F(GatheringVfsTest, ADatabaseIsWrittenAtOnce) {
  open(SQLITE_OPEN_MAIN_DB);
  ASSERT_EQ(write("page", 0), SQLITE_OK);
  EXPECT_EQ(below_.content, "page");
}

}  // namespace
}  // namespace duban::sqlite_vfs_test
