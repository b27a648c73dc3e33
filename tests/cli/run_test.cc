// Goal: a feed is processed to its end whatever its lines are like, live or as a file, and trouble
// with files and databases is said in words. Method: small feeds, good and bad.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/sample.h"

namespace duban::test::run_test {
namespace {

struct Project : SampleProject {
  Project() { dir.write("feed.ndjson", sample_feed()); }
  Ran run(std::vector<std::string> more) const {
    more.insert(more.begin(), {"run", "--rules", "rules", "--db", "a.db"});
    return duban(dir, more);
  }
  std::string list(const std::string& what) const {
    const Ran ran = duban(dir, {"list", what, "--db", "a.db", "--format", "csv"});
    EXPECT_EQ(ran.code, 0) << ran.err;
    return ran.out;
  }
};

TEST(Run, TheSameFeedAgainChangesNothing) {
  const Project project;
  const Ran first = project.run({"--events", "feed.ndjson", "--ids-in-memory", "0"});
  EXPECT_EQ(first.code, 0) << first.err;
  const std::string tasks = project.list("tasks"), events = project.list("events");
  const Ran again =
      project.run({"--events", "feed.ndjson", "--ids-in-memory", "0", "--format", "json"});
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_NE(again.out.find("\"events\":0"), std::string::npos) << again.out;
  EXPECT_EQ(project.list("tasks"), tasks);
  EXPECT_EQ(project.list("events"), events);
  const Ran wrong = project.run({"--events", "feed.ndjson", "--ids-in-memory", "-1"});
  EXPECT_EQ(wrong.code, 2);
  EXPECT_NE(wrong.err.find("--ids-in-memory"), std::string::npos) << wrong.err;
}

TEST(Run, BadLinesBecomeIncidentsAndTheRestIsProcessed) {
  const Project project;
  std::string feed = sample_feed();
  feed += "this is not JSON\n";
  feed += event("x1", "bill_isued", "C001", "2026-03-19T09:00:00+08:00", R"("bill_no":"B9")");
  feed += event("x2", "bill_issued", "C001", "2026-03-19T09:00:00+08:00",
                R"("bill_no":"B8","amount":"much","due_date":"2026-04-20")");
  feed += R"({"id":"x3","type":"bill_issued","time":"2026-03-19T09:00:00+08:00","data":{}})"
          "\n";
  feed += event("b4", "bill_issued", "C002", "2026-03-19T10:00:00+08:00",
                R"("bill_no":"B4","amount":10,"due_date":"2026-04-20")");
  project.dir.write("feed.ndjson", feed);
  const Ran ran = project.run({"--events", "feed.ndjson"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  const std::string incidents = project.list("incidents");
  EXPECT_EQ(count(incidents, "feed.ndjson:"), 4U) << incidents;
  EXPECT_EQ(count(ran.err, "feed.ndjson:"), 4U) << ran.err;
  EXPECT_NE(ran.err.find("feed.ndjson:9: "), std::string::npos) << ran.err;
  for (const char* place :
       {"feed.ndjson:9", "feed.ndjson:10", "feed.ndjson:11", "feed.ndjson:12"}) {
    EXPECT_NE(incidents.find(place), std::string::npos) << place << "\n" << incidents;
  }
  EXPECT_NE(incidents.find("bill_issued"), std::string::npos) << incidents;
  EXPECT_NE(project.list("cases").find("B4"), std::string::npos);
  EXPECT_NE(ran.err.find("duban list incidents"), std::string::npos) << ran.err;
  // The same feed again: the same incidents.
  EXPECT_EQ(project.run({"--events", "feed.ndjson"}).code, 0);
  EXPECT_EQ(project.list("incidents"), incidents);
  const std::string id = first_id(incidents);
  EXPECT_EQ(duban(project.dir, {"incident", "drop", id, "--db", "a.db"}).code, 0);
  EXPECT_EQ(duban(project.dir, {"incident", "drop", "ffffffff", "--db", "a.db"}).code, 1);
}

TEST(Run, SeveralFeedsAndACsv) {
  const Project project;
  const std::string feed = sample_feed();
  const size_t half = feed.find("\n", feed.size() / 2) + 1;
  project.dir.write("one.ndjson", feed.substr(0, half));
  project.dir.write("two.ndjson", feed.substr(half));
  ASSERT_EQ(project.run({"--events", "one.ndjson", "--events", "two.ndjson"}).code, 0);
  const std::string cases = project.list("cases");
  EXPECT_EQ(count(cases, "\r\n"), 4U) << cases;

  project.dir.write("staff.csv",
                    "staff_no,name,supervisor\r\nS07,\"Wu, Jun\",S02\r\nS08,周红,\r\n");
  const Ran csv =
      project.run({"--events", "staff.csv", "--csv-type", "Staff", "--csv-key", "staff_no"});
  EXPECT_EQ(csv.code, 0) << csv.err;
  EXPECT_NE(csv.out.find("2 reference rows"), std::string::npos) << csv.out;
  EXPECT_EQ(count(project.list("incidents"), "\r\n"), 1U);
}

TEST(Run, StandardInputIsAFeed) {
  const Project project;
  const Ran ran = duban(project.dir, {"run", "--rules", "rules", "--db", "a.db", "--events", "-"},
                        sample_feed());
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(count(project.list("cases"), "\r\n"), 4U);
}

TEST(Run, MessagesGoWhereTheyAreToldTo) {
  const Project project;
  const Ran ran = project.run({"--events", "feed.ndjson", "--until", "2026-04-30", "--channel",
                               "sms=file:sms.ndjson", "--channel", "events=file:out.ndjson",
                               "--channel", "tasks=file:tasks.ndjson"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(count(project.dir.read("out.ndjson"), "cut_supply"), 2U);
  EXPECT_NE(project.dir.read("sms.ndjson").find("bill B1"), std::string::npos);
  // Who has to do a task, and who becomes accountable for it, is told.
  const std::string tasks = project.dir.read("tasks.ndjson");
  EXPECT_NE(tasks.find(R"("change":"opened")"), std::string::npos) << tasks;
  EXPECT_NE(tasks.find(R"("change":"escalated")"), std::string::npos) << tasks;
  const Ran wrong = project.run({"--events", "feed.ndjson", "--channel", "sms=pigeon"});
  EXPECT_NE(wrong.code, 0);
  EXPECT_NE(wrong.err.find("pigeon"), std::string::npos) << wrong.err;
}

// Two rows, one in the encoding of an older program.
TEST(Run, ARowThatIsNotUtf8IsAnIncidentThatCanBeRead) {
  const Project project;
  project.dir.write("people.csv",
                    "id,time,key,name\n1,2026-03-01,S07,\xc4\xe3\n2,2026-03-01,S08,Li\n");
  const Ran ran =
      project.run({"--events", "people.csv", "--csv-type", "Staff", "--csv-key", "key"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_NE(ran.err.find("people.csv:2: the row is not UTF-8"), std::string::npos) << ran.err;
  const std::string listed =
      duban(project.dir, {"list", "incidents", "--db", "a.db", "--format", "json"}).out;
  EXPECT_NE(listed.find("\xef\xbf\xbd"), std::string::npos) << listed;
  EXPECT_EQ(listed.find('\xc4'), std::string::npos) << listed;
}

TEST(Run, AChannelGoesByEitherNameAndNoOther) {
  const Project project;
  const Ran wrong = project.run({"--events", "feed.ndjson", "--channel", "smss=file:sms.ndjson"});
  EXPECT_NE(wrong.code, 0) << wrong.out;
  EXPECT_NE(wrong.err.find("did you mean `sms`?"), std::string::npos) << wrong.err;
  const Ran ran = project.run(
      {"--events", "feed.ndjson", "--until", "2026-04-30", "--channel", "短信=file:sms.ndjson"});
  ASSERT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(project.dir.read("sms.ndjson").find("bill B1"), std::string::npos);
}

// A channel is not known then, but that is not what is wrong.
TEST(Run, BrokenRulesAreSaidToBeSoThoughAChannelIsNamed) {
  const SampleProject project;
  project.dir.write("feed.ndjson", sample_feed());
  project.bills("opens on", "openns on");
  const Ran ran = duban(project.dir, {"run", "--rules", "rules", "--db", "a.db", "--events",
                                      "feed.ndjson", "--channel", "sms=file:sms.ndjson"});
  EXPECT_EQ(ran.code, 1) << ran.err;
  EXPECT_NE(ran.err.find("nothing was deployed"), std::string::npos) << ran.err;
  EXPECT_EQ(ran.err.find("channel"), std::string::npos) << ran.err;
}

TEST(Run, WhatCannotBeOpened) {
  const Project project;
  const TempDir& dir = project.dir;
  struct Case {
    std::vector<std::string> words;
    std::string said;
  };
  dir.write("broken.db", "this is no database, whatever its name says; not at all, really");
  dir.write("broken.gz", std::string("\x1f\x8b\x08\x00", 4) + "damaged beyond repair");
  for (const Case& c : std::vector<Case>{
           {{"run", "--rules", "rules", "--db", "a.db", "--events", "nowhere.ndjson"},
            "nowhere.ndjson"},
           {{"run", "--rules", "nowhere", "--db", "a.db", "--events", "feed.ndjson"}, "nowhere"},
           {{"run", "--rules", "rules", "--db", "no/such/dir/a.db", "--events", "feed.ndjson"},
            "no/such/dir/a.db"},
           {{"run", "--rules", "rules", "--db", "broken.db", "--events", "feed.ndjson"},
            "broken.db"},
           {{"run", "--rules", "rules", "--db", "a.db", "--events", "broken.gz"}, "broken.gz"},
           {{"list", "tasks", "--db", "nowhere.db"}, "nowhere.db"},
           {{"list", "tasks", "--db", "broken.db"}, "broken.db"},
           {{"versions", "--db", "nowhere.db"}, "nowhere.db"},
           {{"rollback", "1", "--db", "nowhere.db"}, "nowhere.db"},
           {{"why", "3fa2", "--db", "nowhere.db"}, "nowhere.db"},
           {{"task", "done", "3fa2", "--db", "nowhere.db"}, "nowhere.db"}}) {
    const Ran ran = duban(dir, c.words);
    EXPECT_EQ(ran.code, 3) << c.words[0] << " " << c.said << "\n" << ran.out << ran.err;
    EXPECT_NE(ran.err.find(c.said), std::string::npos) << ran.err;
  }
  EXPECT_FALSE(std::filesystem::exists(dir / "nowhere.db"));
}

TEST(Run, TroubleIsSaidInChinese) {
  const Project project;
  const TempDir& dir = project.dir;
  const auto chinese = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--lang", "zh"});
    return duban(dir, words);
  };
  const Ran missing = chinese({"list", "tasks", "--db", "nowhere.db"});
  EXPECT_EQ(missing.code, 3);
  EXPECT_EQ(missing.err, "错误：nowhere.db：数据库不存在\n提示：运行或部署时会建立\n");

  dir.write("feed.ndjson", sample_feed() + R"({"id":"b9","type":"bill_issued",)" + "\n");
  const Ran ran = chinese({"run", "--rules", "rules", "--db", "a.db", "--events", "feed.ndjson"});
  ASSERT_EQ(ran.code, 1) << ran.err;
  EXPECT_NE(ran.err.find("有 1 个异常"), std::string::npos) << ran.err;
  const std::string incidents = chinese({"list", "incidents", "--db", "a.db"}).out;
  EXPECT_NE(incidents.find("不是有效的 JSON：行在中间断开（第 33 字节）"), std::string::npos)
      << incidents;

  const Ran unknown = chinese({"task", "done", "ffff", "--db", "a.db"});
  EXPECT_EQ(unknown.code, 1);
  EXPECT_EQ(unknown.err, "错误：没有编号为“ffff”的任务\n提示：`duban list tasks` 可列出任务\n");
  const Ran nowhere = chinese({"run", "--db", "a.db", "--events", "nowhere.ndjson"});
  EXPECT_EQ(nowhere.err, "错误：nowhere.ndjson：无法读取：文件或目录不存在\n");
}

TEST(Run, OneIsSingular) {
  const Project project;
  const std::string twice = event("c9", "Customer", "C009", "2026-03-19T09:00:00+08:00",
                                  R"("name":"Li Lei","manager":"S01")");
  project.dir.write("feed.ndjson", sample_feed() + twice + twice + "damaged\n");
  const Ran ran = project.run({"--events", "feed.ndjson"});
  EXPECT_NE(ran.out.find("1 duplicate, 1 rejected, 2 reference rows\n"), std::string::npos)
      << ran.out;
  EXPECT_NE(ran.err.find("2 scenarios passed"), std::string::npos) << ran.err;
  EXPECT_NE(ran.err.find("1 incident: see"), std::string::npos) << ran.err;
}

TEST(Run, ADatabaseWithoutRulesAsksForThem) {
  const TempDir dir;
  dir.write("feed.ndjson", sample_feed());
  const Ran ran = duban(dir, {"run", "--db", "a.db", "--events", "feed.ndjson"});
  EXPECT_EQ(ran.code, 3);
  EXPECT_NE(ran.err, "");
}

TEST(Run, NothingButTheResultGoesToAPipe) {
  const Project project;
  const Ran ran = project.run({"--events", "feed.ndjson"});
  EXPECT_EQ(ran.out.find('\033'), std::string::npos);
  EXPECT_EQ(ran.err.find('\r'), std::string::npos) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("events")) << ran.out;
}

std::string now_iso() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}

TEST(Run, ALiveFeedIsProcessedLineByLine) {
  const TempDir dir;
  write_sample(dir, "rules");
  // A bill makes its task at once; nothing here depends on the calendar of today.
  dir.write("rules/bills.rules", R"rules(policy "Bills"
  use "words.rules"

case Collection of Customer per bill_no
  opens on bill_issued
  closes on customer_visited as visited
  owner manager
  on opening:
    task "Phone {name} about bill {bill_no}" for owner
      due within 48 hours
      done on customer_visited
)rules");
  Running running(dir,
                  {"run", "--rules", "rules", "--db", "a.db", "--clock", "wall", "--events", "-"});
  running.feed(event("s1", "Staff", "S01", now_iso(), R"("name":"Zhao Qiang")"));
  running.feed(event("c1", "Customer", "C001", now_iso(), R"("name":"Li Ming","manager":"S01")"));
  running.feed(event("b1", "bill_issued", "C001", now_iso(),
                     R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")"));
  std::string tasks;
  for (int i = 0; i < 200 && tasks.find("Phone Li Ming") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    tasks = duban(dir, {"list", "tasks", "--db", "a.db", "--format", "csv"}).out;
  }
  EXPECT_NE(tasks.find("Phone Li Ming"), std::string::npos) << tasks;
  EXPECT_FALSE(running.finished());
  running.feed(event("v1", "customer_visited", "C001", now_iso(), R"("bill_no":"B1")"));
  running.close_input();
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_NE(ran.out.find("events"), std::string::npos) << ran.out;
  tasks = duban(dir, {"list", "tasks", "--db", "a.db", "--format", "csv"}).out;
  EXPECT_NE(tasks.find("done"), std::string::npos) << tasks;
}

TEST(Run, AWriterKeepsOthersOut) {
  const Project project;
  Running running(project.dir,
                  {"run", "--rules", "rules", "--db", "a.db", "--clock", "wall", "--events", "-"});
  for (int i = 0; i < 200; ++i) {
    const Ran versions =
        duban(project.dir, {"list", "versions", "--db", "a.db", "--format", "csv"});
    if (count(versions.out, "\r\n") == 2) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  const Ran second = duban(project.dir, {"deploy", "rules", "--db", "a.db"});
  EXPECT_EQ(second.code, 3) << second.out;
  EXPECT_NE(second.err.find("a.db"), std::string::npos) << second.err;
  running.close_input();
  EXPECT_EQ(running.wait().code, 0);
}

}  // namespace
}  // namespace duban::test::run_test
