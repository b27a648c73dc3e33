// Goal: `duban db` as an operator uses it: a whole and a damaged database, a backup taken while
// another process runs it, a log that is compacted, in both languages, with the right exit codes.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::db_test {
namespace {

void sql(const TempDir& dir, const std::string& statement) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open((dir / "work.db").c_str(), &db), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(db, statement.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
      << sqlite3_errmsg(db);
  ASSERT_GT(sqlite3_changes(db), 0) << statement;
  sqlite3_close(db);
}

class Db : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    std::string feed = event("s1", "Staff", "S01", "2026-01-01T08:00:00+08:00", R"("name":"Zhao")");
    for (int i = 0; i < 30; ++i) {
      const std::string n = std::to_string(i), customer = "C" + n;
      const std::string day = std::string(i < 9 ? "0" : "") + std::to_string(i + 1);
      feed += event("c" + n, "Customer", customer, "2026-01-01T08:00:00+08:00",
                    R"("name":"N","phone":"138","manager":"S01")");
      feed += event("b" + n, "bill_issued", customer, "2026-01-" + day + "T09:00:00+08:00",
                    R"("bill_no":"B)" + n + R"(","amount":100,"due_date":"2026-02-20")");
      if (i % 3 == 0) continue;
      feed += event("p" + n, "payment_received", customer, "2026-01-" + day + "T10:00:00+08:00",
                    R"("bill_no":"B)" + n + R"(","amount":100)");
    }
    dir.write("feed.ndjson", feed);
    const Ran ran = duban(dir, {"run", "--rules", "rules", "--db", "work.db", "--events",
                                "feed.ndjson", "--until", "2026-06-01"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }

  TempDir dir;
};

TEST_F(Db, AWholeDatabase) {
  const Ran english = duban(dir, {"db", "check", "--db", "work.db"});
  EXPECT_EQ(english.code, 0) << english.err;
  EXPECT_NE(english.out.find("subjects 30, reference rows 1, deployments 1"), std::string::npos)
      << english.out;
  EXPECT_NE(english.out.find("it is whole"), std::string::npos);
  const Ran chinese = duban(dir, {"--lang", "zh", "db", "check", "--db", "work.db"});
  EXPECT_EQ(chinese.code, 0);
  EXPECT_NE(chinese.out.find("对象 30 个"), std::string::npos) << chinese.out;
  EXPECT_NE(chinese.out.find("数据库完好"), std::string::npos);
  EXPECT_EQ(duban(dir, {"db", "check", "--db", "none.db"}).code, 3);
  EXPECT_EQ(duban(dir, {"db"}).code, 2);
}

TEST_F(Db, ADamagedDatabase) {
  sql(dir, "UPDATE log SET frame = zeroblob(length(frame)) WHERE first = 1");
  sql(dir, "UPDATE subject SET state = zeroblob(length(state)) WHERE key = 'C7'");
  const Ran english = duban(dir, {"db", "check", "--db", "work.db"});
  EXPECT_EQ(english.code, 1);
  EXPECT_NE(english.err.find("the log's entries 1 to "), std::string::npos) << english.err;
  EXPECT_NE(english.err.find("the state of `C7` cannot be read"), std::string::npos) << english.err;
  EXPECT_NE(english.out.find("2 problems found"), std::string::npos) << english.out;
  const Ran chinese = duban(dir, {"--lang", "zh", "db", "check", "--db", "work.db"});
  EXPECT_NE(chinese.err.find("日志第 1 至 "), std::string::npos) << chinese.err;
  EXPECT_NE(chinese.err.find("“C7”的状态无法读取"), std::string::npos) << chinese.err;
  EXPECT_NE(chinese.out.find("发现 2 处问题"), std::string::npos) << chinese.out;
}

TEST_F(Db, ABackupWhileAnotherProcessRunsIt) {
  ASSERT_EQ(duban(dir, {"deploy", "--db", "live.db", "rules"}).code, 0);
  Running running(dir, {"run", "--db", "live.db", "--clock", "wall", "--stay", "--events", "-"});
  running.feed(event("s1", "Staff", "S01", "2026-01-01T08:00:00+08:00", R"("name":"Zhao")") +
               event("c1", "Customer", "C1", "2026-01-01T08:00:00+08:00",
                     R"("name":"N","phone":"138","manager":"S01")"));
  for (int i = 0; i < 1000; ++i) {
    if (duban(dir, {"list", "subjects", "--db", "live.db"}).out.find("C1") != std::string::npos)
      break;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const Ran ran = duban(dir, {"db", "backup", "--db", "live.db", "copy.db"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("copied to copy.db"), std::string::npos) << ran.out;
  EXPECT_EQ(duban(dir, {"db", "check", "--db", "live.db"}).code, 0);
  const Ran refused = duban(dir, {"db", "compact", "--db", "live.db", "--keep", "1"});
  EXPECT_EQ(refused.code, 3);
  EXPECT_NE(refused.err.find("is being written by"), std::string::npos) << refused.err;
  running.kill(SIGTERM);
  running.wait();

  const Ran check = duban(dir, {"db", "check", "--db", "copy.db"});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_NE(duban(dir, {"list", "subjects", "--db", "copy.db"}).out.find("C1"), std::string::npos);
  const Ran again = duban(dir, {"--lang", "zh", "db", "backup", "--db", "live.db", "copy.db"});
  EXPECT_EQ(again.code, 3);
  EXPECT_NE(again.err.find("已存在"), std::string::npos) << again.err;
}

TEST_F(Db, ACompactedLog) {
  const auto cases = [&] {
    return duban(dir, {"list", "cases", "--db", "work.db", "--format", "csv"}).out;
  };
  const std::string before = cases();
  const Ran ran = duban(dir, {"db", "compact", "--db", "work.db", "--keep", "60"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("log entries dropped"), std::string::npos) << ran.out;
  EXPECT_EQ(ran.out.find(" 0 log entries dropped"), std::string::npos) << ran.out;
  EXPECT_EQ(duban(dir, {"db", "check", "--db", "work.db"}).code, 0);
  EXPECT_EQ(cases(), before);
  const Ran again =
      duban(dir, {"--lang", "zh", "db", "compact", "--db", "work.db", "--keep", "60"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.out.find("清除日志 0 项"), std::string::npos) << again.out;
  EXPECT_EQ(duban(dir, {"db", "compact", "--db", "work.db"}).code, 2);
  EXPECT_EQ(duban(dir, {"db", "compact", "--db", "work.db", "--keep", "-1"}).code, 2);

  // The feed once more: nothing counts twice. What was dropped is said to be.
  const Ran rerun = duban(dir, {"run", "--db", "work.db", "--events", "feed.ndjson"});
  EXPECT_EQ(rerun.code, 0) << rerun.err;
  EXPECT_EQ(cases(), before);
  const size_t closed = before.find(",closed,settled");
  ASSERT_NE(closed, std::string::npos);
  const std::string row = before.substr(before.rfind('\n', closed) + 1, 12);
  const Ran why = duban(dir, {"--lang", "zh", "why", "--db", "work.db", row});
  EXPECT_NE(why.code, 0);
  EXPECT_NE(why.err.find("已由 `duban db compact` 清除"), std::string::npos) << why.err;
}

}  // namespace
}  // namespace duban::test::db_test
