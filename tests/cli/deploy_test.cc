// Goal: rules come into force only when they hold, and every version can be seen and had back.
// Method: deploy, change, deploy, roll back; people's commands on what was made.

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::deploy_test {
namespace {

struct Project : SampleProject {
  Ran deploy(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"deploy", "rules", "--db", "a.db"});
    return duban(dir, more);
  }
};

TEST(Deploy, SaysWhatChanges) {
  const Project project;
  const Ran first = project.deploy({"--note", "the first"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_NE(first.out.find("version 1 deployed, plan "), std::string::npos) << first.out;
  EXPECT_NE(first.out.find("+ case"), std::string::npos) << first.out;
  EXPECT_NE(first.out.find("2 scenarios passed"), std::string::npos) << first.out;

  const Ran same = project.deploy();
  EXPECT_EQ(same.code, 0);
  EXPECT_NE(same.out.find("nothing to deploy: version 1"), std::string::npos) << same.out;

  project.dir.write("rules/bills.rules",
                    replaced(bills_rules(), "20 days after due_date", "21 days after due_date") +
                        "\nrule \"A visit is noted\"\n  on customer_visited:\n"
                        "    notify Customer by sms visited\n"
                        "notice visited service sms \"Thank you, {name}.\"\n");
  const Ran second = project.deploy({"--format", "json"});
  ASSERT_EQ(second.code, 0) << second.err;
  const boost::json::value parsed = boost::json::parse(second.out);
  EXPECT_EQ(parsed.at("version").to_number<int>(), 2);
  std::string changes;
  for (const boost::json::value& change : parsed.at("changes").as_array()) {
    changes += std::string(change.at("change").as_string()) + " " +
               std::string(change.at("what").as_string()) + " " +
               std::string(change.at("name").as_string()) + "\n";
  }
  EXPECT_EQ(changes,
            "changed case Collection\nadded notice visited\nadded rule A visit is noted\n");

  project.dir.write("rules/bills.rules", bills_rules());
  const Ran third = project.deploy();
  EXPECT_NE(third.out.find("- rule"), std::string::npos) << third.out;
  EXPECT_NE(third.out.find("~ case"), std::string::npos) << third.out;
}

TEST(Deploy, IsRefusedWhenAScenarioFails) {
  const Project project;
  ASSERT_EQ(project.deploy().code, 0);
  project.dir.write("rules/bills.rules",
                    replaced(bills_rules(), "3 days before due_date", "2 days before due_date"));
  const Ran refused = project.deploy();
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.out, "");
  EXPECT_NE(refused.err.find("✗ paid in time"), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("nothing was deployed"), std::string::npos) << refused.err;
  project.dir.write("rules/bills.rules", replaced(bills_rules(), "by sms", "by smoke"));
  EXPECT_EQ(project.deploy().code, 1);
  const Ran versions = duban(project.dir, {"versions", "--db", "a.db", "--format", "json"});
  EXPECT_EQ(boost::json::parse(versions.out).as_array().size(), 1U) << versions.out;
}

TEST(Deploy, AParameterCountsAsAChange) {
  const Project project;
  project.dir.write(
      "rules/bills.rules",
      replaced(replaced(bills_rules(), "due within 2 working days", "due within grace"),
               "notice bill_reminder", "parameter grace = 2 working days\n\nnotice bill_reminder"));
  ASSERT_EQ(project.deploy().code, 0);
  const Ran stricter = project.deploy({"--set", "grace=1 working day"});
  // Scenarios are examples of the text as it stands: a setting does not make them wrong.
  EXPECT_EQ(stricter.code, 0) << stricter.out << stricter.err;
  EXPECT_NE(stricter.out.find("version 2 deployed"), std::string::npos) << stricter.out;
  const Ran unknown = project.deploy({"--set", "graze=1 working day"});
  EXPECT_EQ(unknown.code, 1) << unknown.out;
  EXPECT_NE(unknown.err.find("graze"), std::string::npos) << unknown.err;
}

TEST(Deploy, RollbackIsADeployment) {
  const Project project;
  ASSERT_EQ(project.deploy({"--at", "2026-01-01 00:00"}).code, 0);
  project.dir.write("rules/bills.rules",
                    replaced(bills_rules(), "20 days after due_date", "25 days after due_date"));
  ASSERT_EQ(project.deploy({"--at", "2026-02-01 00:00", "--note", "later"}).code, 0);
  const Ran back =
      duban(project.dir, {"rollback", "1", "--db", "a.db", "--at", "2026-03-01 00:00"});
  ASSERT_EQ(back.code, 0) << back.err;
  EXPECT_NE(back.out.find("version 3 deployed: version 1 again"), std::string::npos) << back.out;
  EXPECT_NE(back.out.find("~ case"), std::string::npos) << back.out;
  const Ran versions = duban(project.dir, {"versions", "--db", "a.db", "--format", "csv"});
  EXPECT_EQ(count(versions.out, "\r\n"), 4U) << versions.out;
  EXPECT_NE(versions.out.find("later"), std::string::npos) << versions.out;
  const Ran none = duban(project.dir, {"rollback", "9", "--db", "a.db"});
  EXPECT_EQ(none.code, 1);
  EXPECT_NE(none.err.find("there is no version 9"), std::string::npos) << none.err;
}

class Tasks : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    dir.write("feed.ndjson", sample_feed());
    ran = duban(dir, {"run", "--rules", "rules", "--db", "a.db", "--events", "feed.ndjson",
                      "--until", "2026-03-29 12:00"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    id = first_id(list("tasks"));
    ASSERT_FALSE(id.empty());
  }
  std::string list(const std::string& what) const {
    return duban(dir, {"list", what, "--db", "a.db", "--format", "csv"}).out;
  }
  Ran task(std::vector<std::string> words) const {
    words.insert(words.begin(), "task");
    words.insert(words.end(), {"--db", "a.db"});
    return duban(dir, words);
  }
  TempDir dir;
  Ran ran;
  std::string id;
};

TEST_F(Tasks, AreDoneWithAnswers) {
  const Ran missing = task({"done", id, "--by", "S01"});
  EXPECT_EQ(missing.code, 1) << missing.out;
  EXPECT_NE(missing.err.find("result"), std::string::npos) << missing.err;
  const Ran wrong = task({"done", id, "result=maybe", "--by", "S01"});
  EXPECT_EQ(wrong.code, 1) << wrong.out;
  const Ran done = task({"done", id, "result=promised", "--by", "S01", "--at", "2026-03-30 10:00"});
  EXPECT_EQ(done.code, 0) << done.err;
  const std::string tasks = list("tasks");
  EXPECT_NE(tasks.find("done"), std::string::npos) << tasks;
  EXPECT_NE(task({"done", id, "result=promised"}).code, 0);
}

TEST_F(Tasks, AreReassignedAndAnnotated) {
  const Ran noted = task({"note", id, "--text", "called twice, no answer", "--by", "S01"});
  EXPECT_EQ(noted.code, 0) << noted.err;
  const Ran given = task({"reassign", id, "--to", "S02"});
  EXPECT_EQ(given.code, 0) << given.err;
  const Ran mine =
      duban(dir, {"list", "tasks", "--db", "a.db", "--person", "S02", "--format", "csv"});
  EXPECT_NE(mine.out.find(id), std::string::npos) << mine.out << list("tasks");
  // What was noted stays to be read, whatever becomes of the task.
  EXPECT_NE(mine.out.find("called twice, no answer"), std::string::npos) << mine.out;
}

// Under the wall clock, with one task of S01.
class Live : public testing::Test {
 protected:
  static constexpr const char* kRules = R"rules(policy "Repairs"
  effective from 2020-01-01
vocabulary "Repairs"
  timezone "Asia/Shanghai"
  currency CNY
reference Staff key staff_no
  staff_no : text
  name : text
entity Customer key id
  id : text
  manager : Staff
event fault for Customer
channel sms (短信) to id
notice heard service sms "we come"
rule "Repair"
  on fault:
    task "Repair" for manager
      due within 48 hours
)rules";
  void SetUp() override {
    dir.write("rules/a.rules", kRules);
    dir.write("feed.ndjson", R"({"id":"s1","type":"Staff","subject":"S01","data":{"name":"Zhao"}}
{"id":"s2","type":"Staff","subject":"S02","data":{"name":"Qian"}}
{"id":"c1","type":"Customer","subject":"C1","data":{"manager":"S01"}}
{"id":"f1","type":"fault","subject":"C1"}
)");
    const Ran ran = run("feed.ndjson", {"--rules", "rules", "--channel", "tasks=file:told.ndjson"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    ASSERT_EQ(told(), 1U) << ran.err;
    id = first_id(duban(dir, {"list", "tasks", "--db", "a.db", "--format", "csv"}).out);
  }
  Ran run(const std::string& feed, std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", "--db", "a.db", "--clock", "wall", "--events", feed});
    return duban(dir, more);
  }
  size_t told() const { return count(dir.read("told.ndjson"), "\n"); }
  TempDir dir;
  std::string id;
};

TEST_F(Live, WhatAPersonDoesIsToldByTheNextRun) {
  const Ran given = duban(dir, {"task", "reassign", id, "--to", "S02", "--db", "a.db"});
  ASSERT_EQ(given.code, 0) << given.err;
  EXPECT_EQ(told(), 1U);
  const Ran next = run("/dev/null", {"--channel", "tasks=file:told.ndjson"});
  ASSERT_EQ(next.code, 0) << next.err;
  EXPECT_EQ(told(), 2U) << "the log took it";
  // Or at once, where it is said to which receiver.
  const Ran back = duban(dir, {"task", "reassign", id, "--to", "S01", "--db", "a.db", "--channel",
                               "tasks=file:told.ndjson"});
  ASSERT_EQ(back.code, 0) << back.err;
  EXPECT_EQ(told(), 3U);
}

TEST_F(Live, NothingIsDoneAheadOfTime) {
  const Ran done = duban(dir, {"task", "done", id, "--db", "a.db", "--at", "2100-01-01 00:00"});
  EXPECT_EQ(done.code, 1) << done.out;
  EXPECT_NE(done.err.find("still to come"), std::string::npos) << done.err;
  dir.write("rules/a.rules", replaced(kRules, "48 hours", "24 hours"));
  const Ran deployed = duban(dir, {"deploy", "rules", "--db", "a.db", "--at", "2100-01-01 00:00"});
  EXPECT_NE(deployed.code, 0) << deployed.out;
  EXPECT_NE(deployed.err.find("still to come"), std::string::npos) << deployed.err;
  ASSERT_EQ(duban(dir, {"deploy", "rules", "--db", "a.db"}).code, 0);
  const Ran back = duban(dir, {"rollback", "1", "--db", "a.db", "--at", "2100-01-01 00:00"});
  EXPECT_NE(back.code, 0) << back.out;
  const Ran versions = duban(dir, {"versions", "--db", "a.db", "--format", "csv"});
  EXPECT_EQ(count(versions.out, "\r\n"), 3U) << versions.out;
  // It is not too early for what is done now.
  EXPECT_EQ(duban(dir, {"task", "done", id, "--db", "a.db"}).code, 0);
}

TEST_F(Tasks, MistakesAreAnswered) {
  EXPECT_EQ(task({"done", "ffffffff", "result=promised"}).code, 1);
  EXPECT_EQ(task({"done", id, "promised"}).code, 2);
  EXPECT_EQ(task({"note", id, "--text", "x", "--at", "yesterday"}).code, 2);
  EXPECT_EQ(task({"reassign", id}).code, 2);
  const Ran garbled = task({"note", id, "--text", "\xc4\xe3\xba\xc3"});  // GB 18030
  EXPECT_EQ(garbled.code, 1);
  EXPECT_NE(garbled.err.find("UTF-8"), std::string::npos) << garbled.err;
  EXPECT_EQ(duban(dir, {"list", "tasks", "--db", "a.db", "--limit", "-1"}).code, 2);
  const Ran why = duban(dir, {"why", "ffffffff", "--db", "a.db"});
  EXPECT_NE(why.code, 0);
  EXPECT_NE(why.err, "");
}

}  // namespace
}  // namespace duban::test::deploy_test
