// Goal: what goes wrong with a machine's disk is said clearly in both languages, and costs nothing
// that was acknowledged: a full disk, a read-only one, a second process, a damaged page.
// Method: the built binary on a small file system in memory, where the machine lets a test mount
// one.

#include <gtest/gtest.h>
#include <sys/mount.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::faults_test {
namespace {

constexpr int kCustomers = 1500;

std::string generated_feed() {
  std::string feed = event("s1", "Staff", "S01", "2026-01-01T08:00:00+08:00", R"("name":"Zhao")");
  for (int i = 0; i < kCustomers; ++i) {
    const std::string n = std::to_string(i);
    feed += event("c" + n, "Customer", "C" + n, "2026-01-01T08:00:00+08:00",
                  R"("name":"N","phone":"138","manager":"S01")");
  }
  for (int i = 0; i < kCustomers; ++i) {
    const std::string n = std::to_string(i);
    feed += event("b" + n, "bill_issued", "C" + n, "2026-01-02T08:00:00+08:00",
                  R"("bill_no":"B)" + n + R"(","amount":100,"due_date":"2026-02-20")");
  }
  return feed;
}

bool says(const Ran& ran, const std::string& what) {
  return ran.err.find(what) != std::string::npos;
}

class SmallDisk : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    dir.write("feed.ndjson", generated_feed());
    dir.write("disk/here", "");
    is_mounted = remount("size=900k", 0);
  }
  void TearDown() override {
    if (is_mounted) ::umount2((dir / "disk").c_str(), MNT_DETACH);
  }
  bool remount(const char* options, unsigned long flags) const {
    const unsigned long again = is_mounted ? MS_REMOUNT : 0;
    return ::mount("none", (dir / "disk").c_str(), "tmpfs", flags | again, options) == 0;
  }
  Ran run(const char* language = "en") const {
    return duban(dir, {"--lang", language, "run", "--rules", "rules", "--db", "disk/work.db",
                       "--events", "feed.ndjson"});
  }
  Ran check(const char* language = "en") const {
    return duban(dir, {"--lang", language, "db", "check", "--db", "disk/work.db"});
  }

  TempDir dir;
  bool is_mounted = false;
};

TEST_F(SmallDisk, IsFull) {
  if (!is_mounted) GTEST_SKIP() << "the machine does not let a test mount a file system";
  const Ran full = run();
  EXPECT_EQ(full.code, 3);
  EXPECT_TRUE(says(full, "the disk is full")) << full.err;
  EXPECT_TRUE(says(full, "make room")) << full.err;
  const Ran chinese = run("zh");
  EXPECT_EQ(chinese.code, 3);
  EXPECT_TRUE(says(chinese, "磁盘已满")) << chinese.err;
  EXPECT_TRUE(says(chinese, "请腾出空间")) << chinese.err;
  const Ran whole = check();
  EXPECT_EQ(whole.code, 0) << whole.out << whole.err;

  ASSERT_TRUE(remount("size=100m", 0));
  const Ran again = run();
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_EQ(check().code, 0);
  const Ran undisturbed =
      duban(dir, {"run", "--rules", "rules", "--db", "other.db", "--events", "feed.ndjson"});
  ASSERT_EQ(undisturbed.code, 0) << undisturbed.err;
  for (const char* what : {"events", "subjects", "cases", "tasks", "notices", "incidents"}) {
    const auto listed = [&](const char* db) {
      return duban(dir, {"list", what, "--db", db, "--format", "csv"}).out;
    };
    EXPECT_EQ(listed("disk/work.db"), listed("other.db")) << what;
  }
}

TEST_F(SmallDisk, ABackupThatDoesNotFitLeavesNothing) {
  if (!is_mounted) GTEST_SKIP() << "the machine does not let a test mount a file system";
  ASSERT_EQ(
      duban(dir, {"run", "--rules", "rules", "--db", "work.db", "--events", "feed.ndjson"}).code,
      0);
  const Ran full = duban(dir, {"db", "backup", "--db", "work.db", "disk/copy.db"});
  EXPECT_EQ(full.code, 3);
  EXPECT_TRUE(says(full, "the disk is full")) << full.err;
  EXPECT_TRUE(std::filesystem::is_empty(dir / "disk"));
}

TEST_F(SmallDisk, IsReadOnly) {
  if (!is_mounted) GTEST_SKIP() << "the machine does not let a test mount a file system";
  ASSERT_TRUE(remount("size=100m", 0));
  ASSERT_EQ(run().code, 0);
  ASSERT_TRUE(remount("size=100m", MS_RDONLY));
  const Ran english = run();
  EXPECT_EQ(english.code, 3);
  EXPECT_TRUE(says(english, "cannot be written")) << english.err;
  const Ran chinese = run("zh");
  EXPECT_EQ(chinese.code, 3);
  EXPECT_TRUE(says(chinese, "无法写入")) << chinese.err;
  // Reading goes on.
  EXPECT_EQ(check().code, 0) << check().err;
  EXPECT_EQ(duban(dir, {"list", "cases", "--db", "disk/work.db"}).code, 0);
}

// Live, the program ends at once, though no further line comes.
TEST_F(SmallDisk, IsFullUnderAShardThatRuns) {
  if (!is_mounted) GTEST_SKIP() << "the machine does not let a test mount a file system";
  ASSERT_TRUE(remount("size=10m", 0));
  ASSERT_EQ(duban(dir, {"deploy", "--db", "disk/work.db", "--shards", "3", "rules"}).code, 0);
  Running running(dir,
                  {"run", "--db", "disk/work.db", "--clock", "wall", "--stay", "--events", "-"});
  const auto customer = [](const std::string& n) {
    return event("c" + n, "Customer", "C" + n, "2026-01-01T08:00:00+08:00",
                 R"("name":"N","phone":"138","manager":"S01")");
  };
  running.feed(customer("0"));
  const auto has_begun = [&] {
    return duban(dir, {"list", "subjects", "--db", "disk/work.db"}).out.find("C0") !=
           std::string::npos;
  };
  while (!running.finished() && !has_begun())
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  std::ofstream(dir / "disk/filler") << std::string(10 << 20, ' ');
  std::string text;
  for (int i = 1; i < 300; ++i) text += customer(std::to_string(i));
  running.feed(text);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!running.finished() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_TRUE(running.finished());
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 3);
  EXPECT_TRUE(says(ran, "disk/work.db")) << ran.err;
  EXPECT_TRUE(says(ran, "the disk is full")) << ran.err;
}

class Faults : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    ASSERT_EQ(duban(dir, {"deploy", "--db", "work.db", "rules"}).code, 0);
  }
  TempDir dir;
};

TEST_F(Faults, TheSecondProcessIsTurnedAway) {
  Running running(dir, {"run", "--db", "work.db", "--clock", "wall", "--stay", "--events", "-"});
  running.feed(event("c1", "Customer", "C1", "2026-01-01T08:00:00+08:00",
                     R"("name":"N","phone":"138","manager":"S01")"));
  for (int i = 0; i < 1000; ++i) {
    if (duban(dir, {"list", "subjects", "--db", "work.db"}).out.find("C1") != std::string::npos)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  dir.write("feed.ndjson", event("c2", "Customer", "C2", "2026-01-01T08:00:00+08:00",
                                 R"("name":"N","phone":"138","manager":"S01")"));
  for (const char* language : {"en", "zh"}) {
    const Ran second = duban(dir, {"--lang", language, "run", "--db", "work.db", "--events",
                                   "feed.ndjson", "--clock", "wall"});
    EXPECT_EQ(second.code, 3);
    const bool english = std::string(language) == "en";
    EXPECT_TRUE(says(second, english ? "is being written by another process" : "正由另一进程"))
        << second.err;
    EXPECT_TRUE(says(second, english ? "reading is possible beside it" : "读取不受影响"))
        << second.err;
  }
  running.kill(SIGTERM);
  EXPECT_EQ(running.wait().code, 0);
  const Ran listed = duban(dir, {"list", "subjects", "--db", "work.db"});
  EXPECT_NE(listed.out.find("C1"), std::string::npos) << listed.out;
  EXPECT_EQ(listed.out.find("C2"), std::string::npos) << listed.out;
}

// Every page in its turn, a whole one at a time: it is named by the check, or by opening.
TEST_F(Faults, ADamagedPageIsNamed) {
  dir.write("feed.ndjson", sample_feed());
  ASSERT_EQ(
      duban(dir, {"run", "--db", "work.db", "--events", "feed.ndjson", "--until", "2026-06-01"})
          .code,
      0);
  constexpr size_t kPage = 4096;
  const std::string good = dir.read("work.db");
  const size_t pages = good.size() / kPage;
  ASSERT_GT(pages, 20U);
  size_t named = 0, tried = 0;
  for (size_t page = 0; page < pages; page += 1 + pages / 16) {
    std::string bad = good;
    for (size_t i = page * kPage; i < (page + 1) * kPage; ++i)
      bad[i] = static_cast<char>(bad[i] ^ 0x5a);
    for (const char* beside : {"bad.db-wal", "bad.db-shm"}) std::filesystem::remove(dir / beside);
    dir.write("bad.db", bad);
    ++tried;
    for (const char* language : {"en", "zh"}) {
      const Ran check = duban(dir, {"--lang", language, "db", "check", "--db", "bad.db"});
      EXPECT_TRUE(check.code == 1 || check.code == 3)
          << "page " << page << ": " << check.code << check.err << check.out;
      const bool english = std::string(language) == "en";
      const bool said = says(check, english ? "damaged" : "损坏") ||
                        says(check, english ? "is not a database" : "不是数据库");
      EXPECT_TRUE(said) << "page " << page << ": " << check.err;
      named += said ? 1 : 0;
    }
    // Opening it to go on either works, or says what is wrong; it never crashes.
    const Ran run = duban(dir, {"run", "--db", "bad.db", "--events", "feed.ndjson"});
    EXPECT_TRUE(run.code == 0 || run.code == 3) << "page " << page << ": " << run.code << run.err;
  }
  EXPECT_EQ(named, 2 * tried);
}

}  // namespace
}  // namespace duban::test::faults_test
