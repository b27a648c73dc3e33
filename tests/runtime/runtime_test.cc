// Goal: held subjects, people's commands, receipts, deployments, explanations and the live loop do
// what the semantics say. Method: small stories against a real database.

#include <unistd.h>

#include <thread>

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban::runtime_test {
namespace {

constexpr const char* kAli = R"("name":"Ali","phone":"13800001234","manager":"S01","area":"A1")";

// Fails as often as it is told to.
class FlakyReceiver : public Receiver {
 public:
  int failures = 0;
  std::vector<std::string> sent;
  Status send(const OutboxItem& item) override {
    if (failures > 0) {
      --failures;
      return Error{"no line", {}, {}};
    }
    sent.push_back(item.channel() + " " + item.payload);
    return {};
  }
  Status flush() override { return {}; }
};

class RuntimeTest : public testing::Test {
 protected:
  void SetUp() override {
    receiver = std::make_shared<FlakyReceiver>();
    channels.attach("*", receiver);
    open();
    deploy_text(*runtime, shop_rules());
    feed("s1", "Staff", "S01", "", R"("name":"Zhao","supervisor":"S02")");
    feed("s2", "Staff", "S02", "", R"("name":"Qian")");
  }
  void open(RuntimeSettings settings = {}) {
    runtime.reset();
    auto opened = open_runtime(db, channels, settings);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
  }
  void feed(const std::string& id, const std::string& type, const std::string& subject,
            const std::string& time, const std::string& data) {
    take(*runtime, event(id, type, subject, time, data), ++line);
  }
  Instant at(const std::string& time) { return *runtime->plans().current().zone.parse(time); }
  void advance(const std::string& time) { ASSERT_OK(runtime->advance(at(time), true)); }
  std::vector<std::string> shown(const std::string& what) {
    EXPECT_TRUE(runtime->flush());
    return rows(db, what);
  }
  static bool any(const std::vector<std::string>& rows, const std::string& text) {
    return std::any_of(rows.begin(), rows.end(),
                       [&](const std::string& row) { return row.find(text) != std::string::npos; });
  }

  TempDir dir;
  std::string db = dir / "db";
  Channels channels;
  std::shared_ptr<FlakyReceiver> receiver;
  std::unique_ptr<Runtime> runtime;
  uint64_t line = 0;
};

TEST_F(RuntimeTest, TimersRunBetweenEvents) {
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  feed("n", "renamed", "C1", "2026-03-18 10:00", R"("name":"Bo")");
  const auto notices = shown("notices");
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_NE(notices[0].find("time=2026-03-17 09:00"), std::string::npos) << notices[0];
  EXPECT_NE(notices[0].find("text=Dear Ali"), std::string::npos)
      << "before the renaming: " << notices[0];
  EXPECT_NE(notices[0].find("status=sent"), std::string::npos) << notices[0];
  ASSERT_EQ(receiver->sent.size(), 1U);
  EXPECT_NE(receiver->sent[0].find("13800001234"), std::string::npos);
  EXPECT_FALSE(any(shown("subjects"), "13800001234")) << "private";
  EXPECT_TRUE(any(shown("subjects"), "***1234"));

  // A late event does not move the clock back.
  feed("late", "bill_issued", "C1", "2026-03-10 09:00",
       R"("bill_no":"B2","amount":1,"due_date":"2026-04-20")");
  EXPECT_EQ(runtime->now(), at("2026-03-18 10:00"));
  EXPECT_TRUE(any(shown("cases"), "key=B2"));
}

TEST_F(RuntimeTest, BadEventsBecomeIncidentsAndCanBeTriedAgain) {
  feed("b", "bill_issued", "C9", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  take(*runtime, "{oops", ++line);
  auto incidents = shown("incidents");
  ASSERT_EQ(incidents.size(), 2U);
  const auto unknown = std::find_if(incidents.begin(), incidents.end(), [](const std::string& row) {
    return row.find("`name`, which is missing") != std::string::npos;
  });
  ASSERT_NE(unknown, incidents.end()) << incidents[0];
  const Status still = runtime->incident_retry(id_of_row(*unknown));
  ASSERT_FALSE(still);
  EXPECT_NE(still.error().message.find("still fails"), std::string::npos);

  feed("r", "registered", "C9", "2026-03-03 09:00", kAli);
  ASSERT_OK(runtime->incident_retry(id_of_row(*unknown)));
  EXPECT_TRUE(any(shown("cases"), "key=B1"));
  EXPECT_TRUE(any(shown("incidents"), "status=retried"));
  for (const std::string& row : incidents) {
    if (row.find("oops") != std::string::npos) ASSERT_OK(runtime->incident_drop(id_of_row(row)));
  }
  EXPECT_TRUE(any(shown("incidents"), "status=dropped"));
  EXPECT_FALSE(runtime->incident_drop("ffffffff"));
}

TEST_F(RuntimeTest, AHeldSubjectWaitsAndGoesOn) {
  for (const bool drop : {false, true}) {
    const std::string c = drop ? "C2" : "C1", other = drop ? "D2" : "D1",
                      t = drop ? "2026-05" : "2026-03";
    feed("r" + c, "registered", c, t + "-01 09:00", kAli);
    feed("r" + other, "registered", other, t + "-01 09:00", kAli);
    feed("b" + c, "bill_issued", c, t + "-02 09:00",
         R"("bill_no":"B1","amount":300,"due_date":")" + t + R"(-20")");
    feed("f" + c, "factor_set", c, t + "-03 09:00", R"("factor":900000000000)");
    feed("n" + c, "renamed", c, t + "-04 09:00", "\"name\":\"Later" + c + "\"");
    feed("n" + other, "renamed", other, t + "-04 09:00", R"("name":"Free")");
    advance(t + "-18 09:00");
    ListingFilter held;
    held.what = "incidents";
    held.subject = c;
    ASSERT_OK(runtime->flush());
    auto incidents = rows(db, held);
    ASSERT_EQ(incidents.size(), 1U);
    EXPECT_NE(incidents[0].find("holds=yes"), std::string::npos) << incidents[0];
    ListingFilter notices;
    notices.what = "notices";
    notices.subject = c;
    EXPECT_TRUE(rows(db, notices).empty()) << "its timers wait";
    EXPECT_TRUE(any(shown("subjects"), "Free"));
    EXPECT_FALSE(any(rows(db, "subjects"), "Later" + c));

    open();  // it stays held after a restart
    if (drop) {
      ASSERT_OK(runtime->incident_drop(id_of_row(incidents[0])));
    } else {
      const Status status = runtime->incident_retry(id_of_row(incidents[0]));
      ASSERT_FALSE(status);
      EXPECT_NE(status.error().message.find("fails again"), std::string::npos)
          << status.error().message;
      EXPECT_FALSE(any(shown("subjects"), "Later" + c));
      // Repaired rules let it through.
      std::string repaired = shop_rules();
      const std::string bad = "900,000,000 yuan * event.factor";
      repaired.replace(repaired.find(bad), bad.size(), "1 yuan");
      deploy_text(*runtime, repaired);
      ASSERT_OK(runtime->incident_retry(id_of_row(incidents[0])));
    }
    EXPECT_TRUE(any(shown("subjects"), "Later" + c));
    ASSERT_EQ(rows(db, notices).size(), 1U) << "its timers came after all";
    EXPECT_NE(rows(db, notices)[0].find("time=" + t + (drop ? "-16" : "-17") + " 09:00"),
              std::string::npos);
    EXPECT_NE(rows(db, notices)[0].find("Dear Later"), std::string::npos);
    if (!drop) {
      advance("2026-04-30 09:00");
      deploy_text(*runtime, shop_rules("4 days"));
    }
  }
}

// A row that says nothing new is known all the same: when the feed is given again from further
// back, what has come since stays.
TEST_F(RuntimeTest, AReferenceRowIsKnownThoughItSaidNothingNew) {
  const std::string zhao = R"("name":"Zhao","supervisor":"S02")";
  feed("again", "Staff", "S01", "", zhao);
  feed("li", "Staff", "S01", "", R"("name":"Li","supervisor":"S02")");
  for (const bool reopened : {false, true}) {
    if (reopened) open();
    const uint64_t duplicates = runtime->counts().duplicates;
    feed("again", "Staff", "S01", "", zhao);
    EXPECT_EQ(runtime->counts().duplicates, duplicates + 1);
    ASSERT_OK(runtime->flush());
  }
}

// A step that fails half-way has changed its subject already: it comes back from the log, where
// nothing of it is stored yet, with the reference row as it was at each entry.
TEST_F(RuntimeTest, AStepThatFailsChangesNothing) {
  std::string rules = shop_rules() + R"(
event bumped for Customer
  factor : number
  set area

rule "The manager's name"
  on renamed:
    set area = manager.name

rule "Bump"
  on bumped:
    set paid_total = 900,000,000 yuan * event.factor
)";
  deploy_text(*runtime, rules);
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("n1", "renamed", "C1", "2026-03-02 09:00", R"("name":"Bo")");
  feed("s3", "Staff", "S01", "", R"("name":"Zhou","supervisor":"S02")");
  feed("n2", "renamed", "C1", "2026-03-03 09:00", R"("name":"Cao")");
  feed("b", "bill_issued", "C1", "2026-03-03 10:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  feed("s4", "Staff", "S01", "", R"("name":"Zhu","supervisor":"S02")");
  feed("x", "bumped", "C1", "2026-03-04 09:00", R"("area":"spoilt","factor":900000000000)");
  const auto held = shown("incidents");
  ASSERT_EQ(held.size(), 1U);
  ASSERT_OK(runtime->incident_drop(id_of_row(held[0])));
  feed("p", "payment_received", "C1", "2026-03-05 09:00", R"("bill_no":"B1","amount":300)");
  const auto subjects = shown("subjects");
  EXPECT_FALSE(any(subjects, "spoilt"));
  EXPECT_TRUE(any(subjects, "Zhou")) << "as the row was when the name changed";
  EXPECT_TRUE(any(shown("cases"), "status=closed"));
}

// Timers of one instant that are stepped a few at a time, with events in between, come to the same;
// an event still finds its own subject's timer stepped.
TEST_F(RuntimeTest, AHerdOfTimersLetsEventsThrough) {
  constexpr int kCustomers = 60;
  for (int i = 0; i < kCustomers; ++i) {
    const std::string c = "C" + std::to_string(100 + i);
    feed("r" + c, "registered", c, "2026-03-01 09:00", kAli);
    feed("b" + c, "bill_issued", c, "2026-03-02 09:00",
         R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  }
  const Instant herd = at("2026-03-17 09:00");
  Result<bool> more = runtime->advance_some(herd, 10);
  ASSERT_OK(more);
  EXPECT_TRUE(*more);
  EXPECT_EQ(shown("notices").size(), 10U);
  feed("n", "renamed", "C159", "2026-03-17 09:00", R"("name":"Bo")");
  EXPECT_EQ(shown("notices").size(), 10U) << "facts of an instant come before its timers";
  more = runtime->advance_some(herd, 10);
  ASSERT_OK(more);
  EXPECT_TRUE(*more);
  feed("n2", "renamed", "C158", "2026-03-17 09:01", R"("name":"Bo")");
  EXPECT_EQ(shown("notices").size(), static_cast<size_t>(kCustomers))
      << "a virtual clock that goes on leaves none behind";
  more = runtime->advance_some(herd, 10);
  ASSERT_OK(more);
  EXPECT_FALSE(*more);
  EXPECT_TRUE(any(shown("notices"), "Dear Bo"));
}

TEST_F(RuntimeTest, PeopleFinishTasks) {
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  advance("2026-03-25 10:00");
  const auto tasks = shown("tasks");
  ASSERT_EQ(tasks.size(), 1U);
  EXPECT_NE(tasks[0].find("title=Call Ali about B1 assignee=S01"), std::string::npos) << tasks[0];

  Runtime::TaskCommand command;
  command.id = id_of_row(tasks[0]);
  const auto refused = [&](const std::string& expected) {
    const Status status = runtime->command(command);
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().to_string().find(expected), std::string::npos)
        << status.error().to_string();
  };
  refused("`result` is not answered (needed: `result` (promised | refused))");
  command.answers = {{"resolt", "refused"}};
  refused("does not ask for `resolt`");
  command.answers = {{"result", "perhaps"}};
  refused("`result`: ");
  command.answers = {{"result", "refused"}};
  command.person = "S99";
  refused("there is no person `S99`");
  command.person = "S01";
  command.at = at("2026-03-01 09:00");
  refused("time has already gone on");
  command.at.reset();
  command.id = "ffff0000";
  refused("there is no task");

  Runtime::TaskCommand reassign{
      Runtime::TaskCommand::Kind::reassign, id_of_row(tasks[0]), {}, "S02", "ill", {}};
  ASSERT_OK(runtime->command(reassign));
  EXPECT_TRUE(any(shown("tasks"), "assignee=S02"));
  command.id = id_of_row(tasks[0]);
  ASSERT_OK(runtime->command(command));
  EXPECT_TRUE(any(shown("tasks"), "status=done"));
  EXPECT_TRUE(any(shown("notices"), "notice=last_letter"));
  refused("already done");
}

TEST_F(RuntimeTest, ReceiptsComeBack) {
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  advance("2026-03-28 10:00");
  ASSERT_OK(runtime->flush());
  EXPECT_TRUE(any(rows(db, "notices"), "notice=last_letter status=delivered"))
      << rows(db, "notices").back();
  EXPECT_TRUE(rows(db, "outgoing").empty());
  advance("2026-04-30 10:00");
  EXPECT_TRUE(
      any(shown("outgoing"), "time=2026-04-04 09:00 event=cut_supply subject=C1 status=sent"))
      << shown("outgoing").size();

  // Three attempts, then the policies hear that it failed.
  feed("b2", "bill_issued", "C1", "2026-05-02 09:00",
       R"("bill_no":"B2","amount":300,"due_date":"2026-05-20")");
  advance("2026-05-27 09:00");
  ASSERT_OK(runtime->flush());
  receiver->failures = 3;
  advance("2026-05-28 10:00");
  EXPECT_TRUE(any(shown("notices"), "notice=last_letter status=failed"));
  receiver->failures = 2;
  feed("b3", "bill_issued", "C1", "2026-06-02 09:00",
       R"("bill_no":"B3","amount":300,"due_date":"2026-06-20")");
  advance("2026-06-17 10:00");
  EXPECT_TRUE(any(shown("notices"), "status=sent text=Dear Ali: bill B3"));
}

TEST_F(RuntimeTest, OpenCasesKeepTheirVersion) {
  const Version first = runtime->plans().current_version();
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b1", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  EXPECT_FALSE(deploy_text(*runtime, shop_rules()).changed);
  EXPECT_TRUE(deploy_text(*runtime, shop_rules("5 days")).changed);
  feed("b2", "bill_issued", "C1", "2026-03-02 10:00",
       R"("bill_no":"B2","amount":300,"due_date":"2026-03-20")");
  ASSERT_OK(runtime->flush());
  open();
  EXPECT_EQ(runtime->plans().current_version(), first + 1);
  auto back = runtime->rollback(first, std::nullopt);
  ASSERT_OK(back);
  EXPECT_EQ(back->version, first + 2);
  EXPECT_FALSE(runtime->rollback(99, std::nullopt));
  feed("b3", "bill_issued", "C1", "2026-03-02 11:00",
       R"("bill_no":"B3","amount":300,"due_date":"2026-03-20")");
  ASSERT_OK(runtime->flush());
  open();
  advance("2026-03-18 09:00");
  const auto notices = shown("notices");
  EXPECT_EQ(notices.size(), 3U);
  EXPECT_TRUE(any(notices,
                  "time=2026-03-15 09:00 recipient=C1 channel=sms notice=reminder status=sent "
                  "text=Dear Ali: bill B2"));
  EXPECT_TRUE(any(notices,
                  "time=2026-03-17 09:00 recipient=C1 channel=sms notice=reminder status=sent "
                  "text=Dear Ali: bill B1"));
  EXPECT_TRUE(any(notices, "bill B3"));
  EXPECT_EQ(shown("versions").size(), 3U);
  EXPECT_TRUE(any(shown("versions"), "rollback_of=1"));
}

TEST_F(RuntimeTest, ADeploymentAsksEveryone) {
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    feed("r" + n, "registered", "C" + n, "2026-03-01 09:00", kAli);
  }
  const std::string more = shop_rules() + R"(
rule "Everybody named Ali"
  when name is "Ali":
    task "Greet {name}" for manager
      due within 1 day
)";
  deploy_text(*runtime, more);
  EXPECT_EQ(shown("tasks").size(), 30U);
  open();
  EXPECT_EQ(shown("tasks").size(), 30U) << "once";
}

TEST_F(RuntimeTest, ExplainsByReplay) {
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  advance("2026-03-30 10:00");
  for (const char* what : {"tasks", "notices", "cases"}) {
    for (const std::string& row : shown(what)) {
      const auto explanation = explain(db, id_of_row(row), Language::english);
      ASSERT_OK(explanation);
      EXPECT_EQ(explanation->subject, "C1");
      ASSERT_FALSE(explanation->chain.empty());
      const Explanation::Link& last = explanation->chain.back();
      EXPECT_EQ(last.policy, "Bills") << row;
      EXPECT_NE(last.place.find("shop.rules:"), std::string::npos) << row;
      EXPECT_FALSE(last.did.empty()) << row;
      if (std::string(what) == "cases") continue;
      EXPECT_EQ(explanation->chain.front().what, "event bill_issued b") << row;
      const std::string column = std::string(what) == "tasks" ? "opened=" : "time=";
      EXPECT_EQ(last.time, row.substr(row.find(column) + column.size(), 16)) << row;
    }
  }
  EXPECT_FALSE(explain(db, "ffffffff", Language::english));
}

TEST_F(RuntimeTest, ListsAreFiltered) {
  feed("r", "registered", "C1", "2026-03-01 09:00", kAli);
  feed("b", "bill_issued", "C1", "2026-03-02 09:00",
       R"("bill_no":"B1","amount":300,"due_date":"2026-03-20")");
  advance("2026-03-30 10:00");
  ASSERT_OK(runtime->flush());
  ListingFilter filter;
  filter.what = "tasks";
  filter.person = "S02";  // accountable by escalation
  EXPECT_EQ(rows(db, filter).size(), 1U);
  filter.person = "S0";
  EXPECT_TRUE(rows(db, filter).empty());
  filter.person.clear();
  const Zone zone = *Zone::find("Asia/Shanghai");
  filter.due_before = zone.parse("2026-03-26");
  EXPECT_TRUE(rows(db, filter).empty());
  filter.due_before = zone.parse("2026-03-26T09:01");
  EXPECT_EQ(rows(db, filter).size(), 1U);
  filter.due_before.reset();
  filter.what = "toys";
  EXPECT_TRUE(any(rows(db, filter), "known are tasks, notices"));
}

TEST(Wall, FollowsAPipe) {
  TempDir dir;
  Channels channels;
  auto receiver = std::make_shared<FlakyReceiver>();
  receiver->failures = 1;  // tried again after a second
  channels.attach("*", receiver);
  RuntimeSettings settings;
  settings.clock = ClockKind::wall;
  auto runtime = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(runtime);
  deploy_text(**runtime, shop_rules() + R"(
rule "Greeting"
  on renamed:
    notify Customer by sms greeting
notice greeting mandatory sms "Hello {name}"
)");
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  std::thread writer([&] {
    const auto put = [&](const std::string& text) {
      EXPECT_EQ(::write(pipe_ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    };
    put(event("r", "registered", "C1", "", kAli) + "\n");
    const std::string rest = event("n", "renamed", "C1", "", R"("name":"Bo")") + "\nnonsense\n";
    put(rest.substr(0, 20));  // a line in two pieces
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    put(rest.substr(20));
    put(event("future", "renamed", "C1", "2999-01-01", R"("name":"Cy")") + "\n");
    std::this_thread::sleep_for(std::chrono::milliseconds(1600));
    ::close(pipe_ends[1]);
  });
  const Status status = run_wall(**runtime, pipe_ends[0], "live", std::nullopt, false);
  writer.join();
  ::close(pipe_ends[0]);
  ASSERT_OK(status);
  ASSERT_EQ(receiver->sent.size(), 1U);
  EXPECT_NE(receiver->sent[0].find("Hello Bo"), std::string::npos);
  const auto incidents = rows(dir / "db", "incidents");
  ASSERT_EQ(incidents.size(), 3U);
  const std::string all = incidents[0] + incidents[1] + incidents[2];
  for (const char* part : {"live:3", "lies in the future", "`S01` is named but not known"}) {
    EXPECT_NE(all.find(part), std::string::npos) << all;
  }
  runtime->reset();
  EXPECT_FALSE(open_runtime(dir / "db", channels)) << "a virtual clock must not drive it";
}

}  // namespace
}  // namespace duban::runtime_test
