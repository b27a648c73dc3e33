// Goal: whoever is told of a task is told once: the id of such a message follows from the task and
// its change, not from the place that the change has in some log.
// Method: one receiver of messages for a database, a backup of it that lives on otherwise, and one
// of other shards.

#include <gtest/gtest.h>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::messages_test {
namespace {

class Messages : public testing::Test {
 protected:
  void SetUp() override {
    dir.write("one.ndjson", sample_feed());
    dir.write("two.ndjson", event("p2", "payment_received", "C002", "2026-04-20T10:00:00+08:00",
                                  R"("bill_no":"B2","amount":1)"));
    // What shifts all places of the log behind it.
    dir.write("other.ndjson", event("c3", "Customer", "C003", "2026-03-28T10:00:00+08:00",
                                    R"("name":"Wu","phone":"139","manager":"S01")") +
                                  event("b9", "bill_issued", "C003", "2026-03-28T10:00:00+08:00",
                                        R"("bill_no":"B9","amount":10,"due_date":"2026-12-31")"));
  }
  void run(const std::string& db, const std::vector<std::string>& more) const {
    std::vector<std::string> words = {
        "run", "--rules", "rules", "--db", db, "--channel", "tasks=file:told.ndjson"};
    words.insert(words.end(), more.begin(), more.end());
    const Ran ran = duban(dir, words);
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  void reassign(const std::string& db, const std::string& to) const {
    const std::string tasks =
        duban(dir, {"list", "tasks", "--db", db, "--subject", "C002", "--format", "csv"}).out;
    const Ran ran =
        duban(dir, {"task", "reassign", first_id(tasks), "--to", to, "--at", "2026-04-25 10:00",
                    "--db", db, "--channel", "tasks=file:told.ndjson"});
    ASSERT_EQ(ran.code, 0) << ran.err;
  }
  void live_on(const std::string& db) const {
    run(db, {"--events", "two.ndjson"});
    for (const char* to : {"S02", "S01", "S02"}) reassign(db, to);
  }
  std::string told() const { return dir.read("told.ndjson"); }

  const SampleProject project;
  const TempDir& dir = project.dir;
};

TEST_F(Messages, AreTheSameInABackupAndInOtherShards) {
  run("a.db", {"--events", "one.ndjson", "--until", "2026-03-28 09:00"});
  ASSERT_EQ(duban(dir, {"db", "backup", "--db", "a.db", "copy.db"}).code, 0);
  live_on("a.db");
  const std::string before = told();
  EXPECT_EQ(count(before, R"("change":"opened")"), 2U) << before;
  EXPECT_EQ(count(before, R"("change":"escalated")"), 2U) << before;
  // Three changes at one instant, two of them alike.
  EXPECT_EQ(count(before, R"("change":"reassigned")"), 3U) << before;

  run("copy.db", {"--events", "other.ndjson"});
  live_on("copy.db");
  EXPECT_EQ(told(), before) << "they were told again after a restore";

  run("shards.db", {"--shards", "3", "--events", "one.ndjson", "--events", "other.ndjson"});
  live_on("shards.db");
  EXPECT_EQ(told(), before) << "they were told again by other shards";
}

TEST_F(Messages, OfTwoChangesOfOneStepThatAreAlikeAreTwo) {
  const std::string late = "      when late: escalate to owner.supervisor\n";
  project.bills(late, late + "      when late: escalate to owner.supervisor\n" +
                          "      when late: escalate to owner.supervisor\n");
  run("a.db", {"--events", "one.ndjson", "--until", "2026-04-02", "--no-test"});
  EXPECT_EQ(count(told(), R"("change":"escalated")"), 3U) << told();
}

}  // namespace
}  // namespace duban::test::messages_test
