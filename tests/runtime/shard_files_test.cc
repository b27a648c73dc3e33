// Goal: a subject's shard never changes, and the files of a database are never mixed up.
#include <SQLiteCpp/SQLiteCpp.h>

#include <array>

#include "tests/runtime/shards.h"

namespace duban::shard_files_test {
namespace {

// Worked out elsewhere. They may never change: databases are divided by them.
TEST(ShardOf, IsFixedForEver) {
  struct Known {
    const char* key;
    std::array<uint32_t, 5> shards;  // of 1, 2, 3, 5, 64
  };
  constexpr std::array<uint32_t, 5> kCounts = {1, 2, 3, 5, 64};
  for (const Known& known :
       {Known{"", {0, 0, 2, 2, 38}}, Known{"C001", {0, 0, 1, 2, 6}}, Known{"C002", {0, 0, 1, 1, 6}},
        Known{"客户一", {0, 1, 1, 1, 5}}, Known{"S01", {0, 0, 0, 0, 60}}}) {
    for (size_t i = 0; i < kCounts.size(); ++i)
      EXPECT_EQ(shard_of(known.key, kCounts[i]), known.shards[i]) << known.key;
  }
  std::array<int, 64> subjects{};
  for (int i = 0; i < 64'000; ++i) ++subjects[shard_of("C" + std::to_string(i), 64)];
  for (const int count : subjects) EXPECT_NEAR(count, 1000, 150);
}

class ShardFiles : public testing::Test {
 protected:
  // Opens it, and deploys the shop there. Its error; empty: none.
  std::string make(const std::string& name, uint32_t shards) {
    Channels channels;
    auto runtime = open_sharded(dir / name, shards, channels);
    if (!runtime) return runtime.error().to_string();
    const auto outcome = deploy_to_shards(**runtime, shop_rules());
    return outcome ? std::string() : outcome.error().to_string();
  }
  std::string open(const std::string& name, std::optional<uint32_t> shards = {},
                   bool chinese = false) {
    const auto stores = open_shards(dir / name, OpenMode::write, shards);
    if (stores) return std::to_string(stores->size()) + " shards";
    EXPECT_NE(stores.error().message_in(true), stores.error().message);
    return stores.error().to_string(chinese);
  }
  bool there(const std::string& name) const { return std::filesystem::exists(dir / name); }

  TempDir dir;
};

TEST_F(ShardFiles, TheirNumberIsFixedOnceSomethingIsDeployed) {
  ASSERT_EQ(make("db", 3), "");
  EXPECT_TRUE(there("db.shard1") && there("db.shard2") && !there("db.shard3"));
  EXPECT_EQ(open("db"), "3 shards");
  EXPECT_EQ(open("db", 3), "3 shards");
  EXPECT_NE(open("db", 2).find("db: has 3 shards, a number that is fixed"), std::string::npos);
  EXPECT_NE(open("db", 1, true).find("分片数为 3，建库后不能更改"), std::string::npos);
  ASSERT_EQ(make("one", 1), "");
  EXPECT_FALSE(there("one.shard1"));
  EXPECT_EQ(open("one"), "1 shards");
  EXPECT_NE(open("one", 2).find("one: has 1 shard, a number"), std::string::npos);
  // A file as it always was.
  const auto mark = read_shard_mark(dir / "one");
  ASSERT_OK(mark);
  EXPECT_FALSE(*mark);
}

TEST_F(ShardFiles, AnEmptyOneMayStillBecomeAnyNumber) {
  for (const uint32_t shards : {2U, 4U, 1U, 3U}) {
    const auto stores = open_shards(dir / "db", OpenMode::create, shards);
    ASSERT_OK(stores);
    EXPECT_EQ(stores->size(), shards);
  }
  EXPECT_EQ(open("db"), "3 shards");
}

TEST_F(ShardFiles, NoneMayBeMissingOrOfAnotherDatabase) {
  ASSERT_EQ(make("a", 3), "");
  ASSERT_EQ(make("b", 3), "");
  ASSERT_EQ(make("c", 2), "");
  const std::string part = dir / "a.shard1", kept = dir / "kept";
  std::filesystem::rename(part, kept);
  EXPECT_NE(open("a").find("a.shard1: is missing"), std::string::npos);
  EXPECT_NE(rows(dir / "a", "tasks").front().find("a.shard1: is missing"), std::string::npos);
  EXPECT_FALSE(there("a.shard1"));
  for (const char* other : {"b.shard1", "a.shard2", "c.shard1", "b"}) {
    std::filesystem::copy_file(dir / other, part);
    EXPECT_NE(open("a").find("a.shard1: belongs to another database"), std::string::npos) << other;
    EXPECT_NE(rows(dir / "a", "tasks").front().find("belongs to another"), std::string::npos);
    for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(part + end);
  }
  // It is left as it is.
  const auto journal_mode = [&](bool change) {
    SQLite::Database database(part, SQLite::OPEN_READWRITE);
    if (change) database.execAndGet("PRAGMA journal_mode=DELETE");
    return database.execAndGet("PRAGMA journal_mode").getString();
  };
  std::filesystem::copy_file(dir / "b.shard1", part);
  EXPECT_EQ(journal_mode(true), "delete");
  EXPECT_NE(open("a").find("belongs to another database"), std::string::npos);
  EXPECT_EQ(journal_mode(false), "delete");
  std::filesystem::remove(part);

  std::filesystem::rename(kept, part);
  EXPECT_EQ(open("a"), "3 shards");
  EXPECT_NE(open("a.shard2").find("is shard 2 of a database"), std::string::npos);
  EXPECT_NE(open("a.shard2", {}, true).find("第 2 分片"), std::string::npos);
  // A new database does not take over what is left of another.
  std::filesystem::remove(dir / "b");
  for (const uint32_t shards : {1U, 3U})
    EXPECT_NE(make("b", shards).find("b: is missing"), std::string::npos);
  EXPECT_FALSE(there("b"));
}

TEST_F(ShardFiles, OneWriterAtATime) {
  ASSERT_EQ(make("db", 2), "");
  const auto stores = open_shards(dir / "db", OpenMode::write);
  ASSERT_OK(stores);
  EXPECT_NE(open("db").find("db: is being written by"), std::string::npos);
  EXPECT_NE(rows(dir / "db", "versions").front().find("version=1"), std::string::npos);
}

}  // namespace
}  // namespace duban::shard_files_test
