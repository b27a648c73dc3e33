// Goal: a database of several shards does what one of one shard does: the same results however
// often its process is killed, and every command works on all of it.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <iostream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"
#include "tests/thorough.h"

namespace duban::test::shards_test {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
  Lines lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

class ShardsRun : public testing::Test {
 protected:
  static constexpr unsigned kSeed = 20261122;
  static constexpr size_t kKills = 8;

  void SetUp() override {
    const Ran made = duban(dir, {"simulate-feed", "--customers", std::to_string(600 / kFewer),
                                 "--output", "company.ndjson"});
    ASSERT_EQ(made.code, 0) << made.err;
    // Lines that are no events, or unknown, or say nothing of the time, among them.
    Lines lines = lines_of(dir.read("company.ndjson"));
    ASSERT_GT(lines.size(), 10'000U / kFewer);
    std::string feed;
    for (size_t i = 0; i < lines.size(); ++i) {
      feed += lines[i] + "\n";
      if (i % 97 == 5) feed += "line " + std::to_string(i) + " is no event\n" + lines[i / 2] + "\n";
      if (i % 501 == 7)
        feed += event("odd" + std::to_string(i), "no_such_event", "C1", "2099-01-01T00:00:00Z", "");
    }
    dir.write("feed.ndjson", feed);
  }
  static Lines command(const std::string& db, const std::string& shards) {
    return {"run",       "--rules",   DUBAN_SOURCE_DIR "/rules",
            "--db",      db,          "--shards",
            shards,      "--events",  "feed.ndjson",
            "--no-test", "--channel", "*=file:" + db + ".sent"};
  }
  // Every listing, its lines sorted, events without their place in a log.
  std::map<std::string, Lines> results(const std::string& db) const {
    std::map<std::string, Lines> out;
    for (const char* what :
         {"tasks", "notices", "cases", "subjects", "incidents", "events", "outgoing", "versions"}) {
      const Ran ran = duban(dir, {"list", what, "--db", db, "--format", "csv"});
      EXPECT_EQ(ran.code, 0) << ran.err;
      Lines lines = lines_of(ran.out);
      if (std::string(what) == "events") {
        for (std::string& line : lines) line.erase(line.rfind(','));
      }
      std::sort(lines.begin(), lines.end());
      out[what] = lines;
    }
    return out;
  }

  TempDir dir;
};

void expect_same(const std::map<std::string, Lines>& got,
                 const std::map<std::string, Lines>& wanted) {
  for (const auto& [what, lines] : wanted) {
    const Lines& others = got.at(what);
    const auto [a, b] = std::mismatch(lines.begin(), lines.end(), others.begin(), others.end());
    if (a == lines.end() && b == others.end()) continue;
    ADD_FAILURE() << what << " differs\n  one shard: " << (a == lines.end() ? "(end)" : *a)
                  << "\n  several:   " << (b == others.end() ? "(end)" : *b);
  }
}

TEST_F(ShardsRun, KilledAnywhereTheyEndAsOneShardUndisturbed) {
  using Clock = std::chrono::steady_clock;
  std::cout << "seed " << kSeed << std::endl;
  const Clock::time_point start = Clock::now();
  const Ran whole = duban(dir, command("one.db", "1"));
  ASSERT_EQ(whole.code, 1) << "the feed has bad lines\n" << whole.err;
  const double whole_s = std::chrono::duration<double>(Clock::now() - start).count();
  const auto wanted = results("one.db");
  ASSERT_GT(wanted.at("tasks").size(), 500U / kFewer);
  ASSERT_GT(wanted.at("incidents").size(), 100U / kFewer);

  std::mt19937_64 random(kSeed);
  size_t kills = 0;
  double delay_s = whole_s * 0.8;
  for (int attempt = 0;; ++attempt) {
    ASSERT_LT(attempt, 100);
    Running running(dir, command("two.db", "2"));
    const auto until =
        Clock::now() +
        std::chrono::duration<double>(
            kills < kKills ? delay_s * static_cast<double>(random() % 1000) / 1000 : 3600.0);
    while (Clock::now() < until && !running.finished())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    running.kill(SIGKILL);
    const Ran ran = running.wait();
    if (ran.code == 128 + SIGKILL) {
      ++kills;
      continue;
    }
    ASSERT_LE(ran.code, 1) << ran.err;  // 1: bad lines were left for this run
    if (kills >= kKills) break;
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      if (entry.path().filename().string().starts_with("two.")) remove(entry.path());
    }
    delay_s *= 0.7;
  }
  expect_same(results("two.db"), wanted);
  const Ran again = duban(dir, command("two.db", "2"));
  EXPECT_EQ(again.code, 0) << again.err;
  expect_same(results("two.db"), wanted);
  const Ran check = duban(dir, {"db", "check", "--db", "two.db"});
  EXPECT_EQ(check.code, 0) << check.err;
  EXPECT_TRUE(has(check.out, "two.db: log") && has(check.out, "two.db.shard1: log")) << check.out;
}

TEST_F(ShardsRun, InterruptedTheyStopCleanlyAndGoOn) {
  ASSERT_EQ(duban(dir, command("one.db", "1")).code, 1);
  size_t interruptions = 0;
  for (int attempt = 0; attempt < 20 && interruptions == 0; ++attempt) {
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      if (entry.path().filename().string().starts_with("many.")) remove(entry.path());
    }
    Running running(dir, command("many.db", "3"));
    std::error_code ignored;
    while (!running.finished() &&
           std::filesystem::file_size(dir / "many.db.shard2-wal", ignored) + 1 <= 200'000 / kFewer)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    running.kill(SIGINT);
    const Ran ran = running.wait();
    if (ran.code <= 1) continue;
    ASSERT_EQ(ran.code, 130) << ran.err;
    ++interruptions;
  }
  EXPECT_EQ(interruptions, 1U);
  ASSERT_LE(duban(dir, command("many.db", "3")).code, 1);
  expect_same(results("many.db"), results("one.db"));
}

// A small database of three shards, with open tasks.
class ShardsCommands : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    std::string feed = event("s1", "Staff", "S01", "2026-01-01T08:00:00+08:00", R"("name":"Zhao")");
    for (int i = 0; i < 30; ++i) {
      const std::string n = std::to_string(i), customer = "C" + n;
      feed += event("c" + n, "Customer", customer, "2026-01-01T08:00:00+08:00",
                    R"("name":"N","phone":"138","manager":"S01")");
      feed += event("b" + n, "bill_issued", customer, "2026-01-05T09:00:00+08:00",
                    R"("bill_no":"B)" + n + R"(","amount":100,"due_date":"2026-02-20")");
    }
    dir.write("feed.ndjson", feed);
    const Ran ran =
        duban(dir, {"run", "--rules", "rules", "--db", "work.db", "--shards", "3", "--events",
                    "feed.ndjson", "--until", "2026-06-01", "--format", "json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(has(ran.out, R"("lines":61,"events":60,)")) << ran.out;
    EXPECT_TRUE(has(ran.out, R"("reference_rows":1)")) << ran.out;
  }
  Ran run(const Lines& arguments) const { return duban(dir, arguments); }
  std::string tasks() const {
    return run({"list", "tasks", "--db", "work.db", "--format", "csv"}).out;
  }

  TempDir dir;
};

TEST_F(ShardsCommands, TheirNumberIsFixed) {
  const Ran other = run({"run", "--db", "work.db", "--shards", "2", "--events", "feed.ndjson"});
  EXPECT_EQ(other.code, 3);
  EXPECT_TRUE(has(other.err, "work.db: has 3 shards")) << other.err;
  const Ran chinese = run({"--lang", "zh", "deploy", "rules", "--db", "work.db", "--shards", "4"});
  EXPECT_EQ(chinese.code, 3);
  EXPECT_TRUE(has(chinese.err, "分片数为 3")) << chinese.err;
  EXPECT_EQ(run({"deploy", "rules", "--db", "new.db", "--shards", "0"}).code, 2);
  EXPECT_EQ(run({"run", "--db", "work.db", "--shards", "65", "--events", "feed.ndjson"}).code, 2);
  // Known without being said again.
  EXPECT_EQ(run({"run", "--db", "work.db", "--events", "feed.ndjson"}).code, 0);
  std::filesystem::remove(dir / "work.db.shard2");
  const Ran missing = run({"list", "tasks", "--db", "work.db"});
  EXPECT_EQ(missing.code, 3);
  EXPECT_TRUE(has(missing.err, "work.db.shard2: is missing")) << missing.err;
}

TEST_F(ShardsCommands, TasksAndExplanationsAreFound) {
  ASSERT_EQ(count(tasks(), "\n"), 31U);
  const Ran some = run({"list", "tasks", "--db", "work.db", "--format", "csv", "--limit", "7"});
  EXPECT_EQ(count(some.out, "\n"), 8U);
  EXPECT_TRUE(tasks().starts_with(some.out));
  size_t done = 0;
  for (const std::string& line : lines_of(tasks())) {
    if (line.starts_with("id,")) continue;
    const std::string id = line.substr(0, 12);
    const Ran why = run({"why", id, "--db", "work.db"});
    EXPECT_EQ(why.code, 0) << why.err;
    EXPECT_TRUE(has(why.out, "bill_issued")) << why.out;
    if (++done > 6) continue;
    const Ran noted =
        run({"task", "note", id, "--text", "called", "--by", "S01", "--db", "work.db"});
    EXPECT_EQ(noted.code, 0) << noted.err;
  }
  const Ran none = run({"task", "note", "ffffffff", "--text", "called", "--db", "work.db"});
  EXPECT_EQ(none.code, 1);
  EXPECT_TRUE(has(none.err, "there is no task")) << none.err;
}

TEST_F(ShardsCommands, VersionsAreTheSameEverywhere) {
  dir.write("rules/bills.rules",
            replaced(bills_rules(), "20 days after due_date", "21 days after due_date"));
  ASSERT_EQ(run({"deploy", "rules", "--db", "work.db"}).code, 0);
  ASSERT_EQ(run({"rollback", "1", "--db", "work.db"}).code, 0);
  const Ran versions = run({"versions", "--db", "work.db", "--format", "csv"});
  EXPECT_EQ(count(versions.out, "\n"), 4U) << versions.out;
}

TEST_F(ShardsCommands, AllFilesAreLookedAfter) {
  const std::string before = tasks();
  const Ran copied = run({"db", "backup", "--db", "work.db", "copy.db"});
  EXPECT_EQ(copied.code, 0) << copied.err;
  for (const char* name : {"copy.db", "copy.db.shard1", "copy.db.shard2"})
    EXPECT_TRUE(std::filesystem::exists(dir / name)) << name;
  EXPECT_EQ(run({"list", "tasks", "--db", "copy.db", "--format", "csv"}).out, before);
  EXPECT_EQ(run({"db", "check", "--db", "copy.db"}).code, 0);
  // Nothing is written over, and what was copied before it is found out goes away.
  std::filesystem::remove(dir / "copy.db.shard2");
  const Ran again = run({"db", "backup", "--db", "work.db", "copy.db"});
  EXPECT_EQ(again.code, 3);
  EXPECT_FALSE(std::filesystem::exists(dir / "copy.db.shard2"));

  const Ran compacted = run({"db", "compact", "--db", "work.db", "--keep", "1"});
  EXPECT_EQ(compacted.code, 0) << compacted.err;
  EXPECT_EQ(count(compacted.out, "log entries dropped"), 3U) << compacted.out;
  EXPECT_EQ(tasks(), before);
  EXPECT_EQ(run({"db", "check", "--db", "work.db"}).code, 0);
}

TEST_F(ShardsCommands, LiveTheyEndAtASignal) {
  ASSERT_EQ(run({"deploy", "--db", "live.db", "--shards", "3", "rules"}).code, 0);
  Running running(dir, {"run", "--db", "live.db", "--clock", "wall", "--stay", "--events", "-"});
  running.feed(event("s1", "Staff", "S01", "2026-01-01T08:00:00+08:00", R"("name":"Zhao")"));
  for (int i = 0; i < 9; ++i) {
    const std::string n = std::to_string(i);
    running.feed(event("c" + n, "Customer", "C" + n, "2026-01-01T08:00:00+08:00",
                       R"("name":"N","phone":"138","manager":"S01")"));
  }
  size_t subjects = 0;
  for (int i = 0; i < 500 && subjects < 11; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    subjects = count(run({"list", "subjects", "--db", "live.db", "--format", "csv"}).out, "\n");
  }
  EXPECT_EQ(subjects, 11U);
  const Ran second = run({"deploy", "rules", "--db", "live.db"});
  EXPECT_EQ(second.code, 3);
  EXPECT_TRUE(has(second.err, "live.db: is being written by")) << second.err;
  EXPECT_FALSE(running.finished());
  running.kill(SIGTERM);
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_TRUE(has(ran.out, "events")) << ran.out;
}

}  // namespace
}  // namespace duban::test::shards_test
