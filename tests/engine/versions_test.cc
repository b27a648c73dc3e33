// Goal: what a new version does to cases that are under way, in each of its three modes: fired
// steps, running tasks, standing duties, waiting notices, variables; and nothing is read wrongly
// across versions. Method: one subject's life under several plans, told as its records.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/codec.h"
#include "engine/describe.h"
#include "engine/step.h"
#include "tests/engine/files.h"

namespace duban::versions_test {
namespace {

constexpr const char* kWords = R"(policy "V"
vocabulary "W"
  timezone "Asia/Shanghai"
  currency CNY
  day starts at 09:00
reference Staff key staff_no
  name : text
  lead : duration?
entity Customer key account
  name    : text
  waiting : yes/no = no
  seen_on : date?
  manager : Staff?
  grace   : duration?
event bill for Customer
  bill_no  : text
  amount   : money
  due_date : date
event pay for Customer
  bill_no : text
  amount  : money
event set_waiting for Customer
  waiting : yes/no
  set waiting
event visit for Customer
  on_day : date
  set seen_on = on_day
event gone for Customer
channel mail to name
channel sms to name
  quiet 21:00 to 08:00
notice soon service mail "soon: {due_date}"
notice later service mail "later"
notice over service mail "over"
notice quiet_word service sms "quiet {bill_no} {paid}"
notice late_word service mail "late"
)";

// January 2026: every day worked, or the 5th and the 20th alone.
std::string month_of_days(bool daily) {
  std::string csv = "date,is_workday\n";
  for (int day = 1; day <= 31; ++day) {
    const bool worked = daily || day == 5 || day == 20;
    csv += to_string(*date_from_civil(2026, 1, day)) + (worked ? ",1\n" : ",0\n");
  }
  return csv;
}

Value money(int64_t yuan) { return Decimal::from_micro(yuan * Decimal::kOne); }
Value date(const char* text) { return *parse_date(text); }

class Life {
 public:
  // The case's lines follow the words.
  void deploy(const std::string& at, const std::string& text, const std::string& words = kWords) {
    CompileInput input;
    input.files = {{"v.rules", words + text},
                   {"days.csv", "date,is_workday\n2026-01-05,1\n"},
                   {"daily.csv", month_of_days(true)},
                   {"rare.csv", month_of_days(false)}};
    if (!plans_.empty()) input.previous = &plans_.current().layout;
    const Compilation compilation = compile(input);
    ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
    const bool first = plans_.empty();
    if (!first) advance(at);
    plans_.add(first ? 1 : plans_.current_version() + 1, compilation.plan);
    Input input_of;
    input_of.kind = first ? Input::Kind::upsert : Input::Kind::deployed;
    if (first) {
      subject_.key = Key{*plans_.current().layout.find_entity("Customer"), "C1"};
      subject_.attributes.resize(attributes().size());
      const uint16_t name = *find_field(attributes(), "name");
      subject_.attributes[*find_field(attributes(), "waiting")] = false;
      input_of.attributes = {{name, std::string("Li")}};
    }
    run(input_of, at);
  }

  void event(const std::string& at, const std::string& name,
             const std::vector<std::pair<const char*, Value>>& fields = {}) {
    advance(at);
    auto data = std::make_shared<EventData>();
    const Layout& layout = plans_.current().layout;
    data->event = *layout.find_event(name);
    data->time = data->received = instant(at);
    data->fields.resize(layout.events[data->event].fields.size());
    data->given.resize(data->fields.size());
    for (const auto& [field, value] : fields) {
      const uint16_t slot = *find_field(layout.events[data->event].fields, field);
      data->fields[slot] = value;
      data->given[slot] = true;
    }
    data->cause = DigestBuilder().add(name).add(at).finish();
    Input input;
    input.cause = data->cause;
    input.event = data;
    run(input, at);
  }

  void bill(const std::string& at, const char* due, const char* number = "B1") {
    event(at, "bill",
          {{"bill_no", std::string(number)}, {"amount", money(100)}, {"due_date", date(due)}});
  }

  // The customer's manager, and how long before a deadline that one wants to hear of it.
  void manage(const std::string& key, Duration lead) {
    const Layout& layout = plans_.current().layout;
    const uint16_t staff = *layout.find_entity("Staff");
    References::Row row(layout.entities[staff].attributes.size());
    row[*find_field(layout.entities[staff].attributes, "lead")] = lead;
    references_.put(staff, key, row);
    subject_.attributes[*find_field(attributes(), "manager")] = Key{staff, key};
  }

  void finish(const std::string& at, const std::string& title) {
    advance(at);
    Input input;
    input.kind = Input::Kind::answer;
    for (const Task& task : subject_.tasks) {
      if (task.title == title) input.target = task.id;
    }
    run(input, at);
  }

  // Timers before `at`, and those of its instant that come before facts.
  void advance(const std::string& at) { advance(Wake{instant(at), true}); }
  void until(const std::string& at) { advance(Wake{instant(at), false}); }

  // What was done since the last call, one line each.
  std::vector<std::string> told() { return std::exchange(told_, {}); }

  const Subject& subject() const { return subject_; }
  const Task* task(const std::string& title) const {
    for (const Task& task : subject_.tasks) {
      if (task.title == title) return &task;
    }
    return nullptr;
  }

 private:
  const std::vector<Layout::Field>& attributes() const {
    return plans_.current().layout.entities[subject_.key.entity].attributes;
  }
  Instant instant(const std::string& at) const { return *Zone::find("Asia/Shanghai")->parse(at); }

  void advance(Wake until) {
    while (wake_ && !(until < *wake_)) {
      Input input;
      input.kind = Input::Kind::timer;
      input.before_facts = wake_->before_facts;
      step_at(input, wake_->at);
    }
  }

  void run(Input& input, const std::string& at) { step_at(input, instant(at)); }

  void step_at(Input& input, Instant at) {
    input.subject = subject_.key;
    input.time = input.received = at;
    // Through the stored form: what it loses would be missed from here on.
    std::optional<Subject> loaded = decode_subject(encode(subject_));
    ASSERT_TRUE(loaded);
    ASSERT_TRUE(encode(*loaded) == encode(subject_));
    auto result = step(plans_, references_, std::move(*loaded), input);
    if (const auto* failure = std::get_if<StepFailure>(&result)) {
      FAIL() << failure->english;
    }
    StepOutcome& outcome = std::get<StepOutcome>(result);
    subject_ = std::move(outcome.subject);
    wake_ = outcome.wake;
    EXPECT_EQ(next_wake(subject_, plans_, references_), wake_);
    for (const Record& record : outcome.records) {
      const Plan& plan = *plans_.find(provenance_of(record).version);
      told_.push_back(plan.zone.to_string(subject_.now) + "  " + describe(plan, record, false));
    }
  }

  Plans plans_;
  References references_;
  Subject subject_;
  std::optional<Wake> wake_;
  std::vector<std::string> told_;
};

using Lines = std::vector<std::string>;

std::string in_flight(const std::string& mode, const std::string& lines) {
  return "case Collection of Customer per bill_no\n  opens on bill\n  closes on pay as paid\n"
         "  keep paid : money = 0 yuan\n" +
         (mode.empty() ? "" : "  in flight: " + mode + "\n") + lines;
}

const std::string kThree = "  3 days before due_date:\n    notify Customer by mail soon\n";
const std::string kFive = "  5 days after due_date:\n    notify Customer by mail over\n";
const std::string kOne = "  1 day before due_date:\n    notify Customer by mail later\n";
const std::string kFifteen = "  15 days before due_date:\n    notify Customer by mail later\n";

// ---------------------------------------------------------------- steps

TEST(VersionsTest, KeepStaysWithTheOldVersion) {
  for (const char* mode : {"", "keep"}) {
    Life life;
    life.deploy("2026-01-01 09:00", in_flight("", kThree + kFive));
    life.bill("2026-01-05 10:00", "2026-01-20");
    life.deploy("2026-01-10 09:00", in_flight(mode, kOne));
    life.told();
    life.until("2026-03-01 00:00");
    EXPECT_EQ(life.told(), (Lines{"2026-01-17 09:00  mail soon to C1: soon: 2026-01-20",
                                  "2026-01-25 09:00  mail over to C1: over"}));
  }
}

TEST(VersionsTest, RecomputeMovesStepsThatAreStillToCome) {
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", kThree + kFive));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.deploy("2026-01-10 09:00", in_flight("recompute", kOne + kFive));
  EXPECT_EQ(life.told().back(),
            "2026-01-10 09:00  case Collection \"B1\" of C1 recomputed by the new version");
  life.until("2026-03-01 00:00");
  EXPECT_EQ(life.told(), (Lines{"2026-01-19 09:00  mail later to C1: later",
                                "2026-01-25 09:00  mail over to C1: over"}));
}

TEST(VersionsTest, FiredStepsStayFiredAndMissedOnesAreRecorded) {
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", kThree));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.advance("2026-01-18 09:00");
  life.told();
  // Fifteen days before lies in the past; three days before has fired; five days after comes.
  life.deploy("2026-01-18 09:00", in_flight("recompute", kFifteen + kThree + kFive));
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-18 09:00  case Collection \"B1\" of C1 recomputed by the new version",
                   "2026-01-18 09:00  mail later to C1 missed"}));
  life.until("2026-03-01 00:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-25 09:00  mail over to C1: over"});
}

TEST(VersionsTest, ConditionsAreAskedAnewAndFireOnlyIfTheyAreNew) {
  const std::string known = "  when paid at least 10 yuan:\n    notify Customer by mail over\n";
  const std::string fresh = "  when paid at least 5 yuan:\n    notify Customer by mail later\n";
  const std::string pays = "  on set_waiting:\n    set paid = paid + 20 yuan\n";
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", known + pays));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.event("2026-01-06 10:00", "set_waiting", {{"waiting", true}});
  EXPECT_EQ(life.told().back(), "2026-01-06 10:00  mail over to C1: over");
  life.deploy("2026-01-07 09:00", in_flight("recompute", fresh + pays + known));
  const Lines told = life.told();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1], "2026-01-07 09:00  mail later to C1: later");
}

// ---------------------------------------------------------------- calendars

TEST(VersionsTest, AStoredDurationKeepsItsCalendar) {
  const auto text = [](const std::string& calendars) {
    return calendars + "calendar daily from \"daily.csv\"\n" +
           in_flight("recompute",
                     "  keep allowed : duration = 2 working days of daily\n"
                     "  on set_waiting: task \"Ask\" for manager\n    due within allowed\n");
  };
  const std::string rare = "calendar rare from \"rare.csv\"\n";
  for (const bool before : {false, true}) {
    Life life;
    life.deploy("2026-01-01 09:00", text(before ? rare : ""));
    life.bill("2026-01-05 10:00", "2026-01-20");
    life.deploy("2026-01-06 09:00", text(before ? "" : rare));
    life.event("2026-01-07 10:00", "set_waiting", {{"waiting", true}});
    ASSERT_NE(life.task("Ask"), nullptr);
    ASSERT_TRUE(life.task("Ask")->due);
    EXPECT_EQ(to_string(Zone::find("Asia/Shanghai")->date_of(life.task("Ask")->due->at)),
              "2026-01-10")
        << before;  // the end of the 9th
  }
}

TEST(VersionsTest, ACaseOfAnOlderVersionUnderstandsACalendarThatIsNew) {
  const auto text = [](const std::string& calendars) {
    return calendars + "calendar daily default\n  from \"daily.csv\"\n" +
           "event grant for Customer\n  grace : duration\n  set grace\n" +
           in_flight("keep", "  on set_waiting: task \"Ask\" for manager\n    due within grace\n");
  };
  Life life;
  life.deploy("2026-01-01 09:00", text(""));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.deploy("2026-01-06 09:00", text("calendar rare from \"rare.csv\"\n"));
  constexpr uint16_t kRare = 1;  // the newest of the calendars
  life.event("2026-01-06 10:00", "grant",
             {{"grace", Duration{Duration::Kind::working_days, kRare, 1}}});
  life.event("2026-01-07 10:00", "set_waiting", {{"waiting", true}});
  ASSERT_NE(life.task("Ask"), nullptr);
  ASSERT_TRUE(life.task("Ask")->due);
  EXPECT_EQ(to_string(Zone::find("Asia/Shanghai")->date_of(life.task("Ask")->due->at)),
            "2026-01-21");
}

// ---------------------------------------------------------------- channels and rows

TEST(VersionsTest, ChannelsAreThoseInForceWhateverTheCaseIsPinnedTo) {
  const std::string words = kWords;
  const std::string quiet = "  quiet 21:00 to 08:00\n";
  std::string later = words, moved = words;
  later.replace(later.find(quiet), quiet.size(), "  quiet 21:00 to 07:00\n");
  moved.replace(moved.find("sms to name"), 11, "sms to code");
  moved.replace(moved.find("  waiting : yes/no"), 0, "  code : text?\n");
  const std::string steps =
      in_flight("keep", "  on set_waiting: notify Customer by sms quiet_word\n");
  Life life;
  life.deploy("2026-01-01 09:00", steps);
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.deploy("2026-01-10 09:00", steps, later);
  life.told();
  life.event("2026-01-11 22:00", "set_waiting", {{"waiting", true}});
  life.until("2026-01-12 12:00");
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-11 22:00  sms quiet_word to C1 waiting until 2026-01-12 07:00",
                   "2026-01-12 07:00  sms quiet_word to C1: quiet B1 CNY 0.00"}));
  // Nor is the address that of the old version: nobody has the new one yet.
  life.deploy("2026-01-13 09:00", steps, moved);
  life.told();
  life.event("2026-01-13 12:00", "set_waiting", {{"waiting", true}});
  EXPECT_EQ(life.told(), Lines{"2026-01-13 12:00   quiet_word to C1 undeliverable"});
}

// A subject that is loaded again wakes when the step said it would: next_wake() reads the rows,
// too.
TEST(VersionsTest, TimersThatHangOnARowAreFoundWhenTheSubjectIsLoaded) {
  Life life;
  life.deploy("2026-01-01 09:00",
              in_flight("",
                        "  on opening:\n    task \"Call\" for manager\n      due within 10 days\n"
                        "      manager.lead before due: notify Customer by mail later\n"));
  life.manage("S1", {Duration::Kind::days, Duration::kDefaultCalendar, 3});
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.told();
  life.until("2026-01-14 00:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-12 10:00  mail later to C1: later"});
}

// ---------------------------------------------------------------- variables

TEST(VersionsTest, VariablesFindTheirPlacesAndNewOnesBeginWithTheirInitialValue) {
  const auto lines = [](const std::string& before, const std::string& after) {
    return "case Collection of Customer per bill_no\n  opens on bill\n  closes on gone as over\n"
           "  in flight: recompute\n" +
           before + "  keep paid : money = 0 yuan\n" + after +
           "  on pay:\n    set paid = paid + event.amount\n"
           "  when paid at least 30 yuan:\n    task \"{paid} of {case.amount}\" for manager\n"
           "      due within 1 day\n";
  };
  Life life;
  life.deploy("2026-01-01 09:00", lines("", ""));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.event("2026-01-06 10:00", "pay", {{"bill_no", std::string("B1")}, {"amount", money(10)}});
  life.deploy("2026-01-07 09:00",
              lines("  keep first : text = \"x\"\n", "  keep half : money = amount / 2\n"));
  const CaseInstance& instance = life.subject().cases.at(0);
  EXPECT_EQ(instance.version, 2U);
  ASSERT_EQ(instance.variables.size(), 6U);
  EXPECT_EQ(instance.variables[3], Value{std::string("x")});
  EXPECT_EQ(instance.variables[4], money(10));
  EXPECT_EQ(instance.variables[5], money(50));
  life.event("2026-01-08 10:00", "pay", {{"bill_no", std::string("B1")}, {"amount", money(25)}});
  EXPECT_EQ(life.told().back(),
            "2026-01-08 10:00  task \"CNY 35.00 of CNY 100.00\" for nobody (unassigned), due "
            "2026-01-09 10:00");
}

TEST(VersionsTest, AVariableOfAnotherTypeKeepsTheCaseAndIsReported) {
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", "  keep n : number = 1\n" + kFive));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.told();
  life.deploy("2026-01-10 09:00", in_flight("recompute", "  keep n : text = \"one\"\n" + kOne));
  const Lines told = life.told();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_NE(told[0].find("stays with the version it was opened under: `n`"), std::string::npos);
  EXPECT_EQ(life.subject().cases.at(0).version, 1U);
  life.until("2026-03-01 00:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-25 09:00  mail over to C1: over"});
}

TEST(VersionsTest, ACaseThatIsGoneGoesOnAsItWas) {
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("recompute", kThree));
  life.bill("2026-01-05 10:00", "2026-01-20");
  life.deploy("2026-01-10 09:00",
              "case Other of Customer\n  opens on gone\n  closes on visit as x\n"
              "  in flight: recompute\n" +
                  kThree.substr(0, 0));
  life.told();
  life.event("2026-01-18 10:00", "pay", {{"bill_no", std::string("B1")}, {"amount", money(1)}});
  EXPECT_EQ(life.told(), (Lines{"2026-01-17 09:00  mail soon to C1: soon: 2026-01-20",
                                "2026-01-18 10:00  case Collection \"B1\" of C1 closed as paid"}));
}

// ---------------------------------------------------------------- tasks

std::string call(const std::string& mode, const std::string& within,
                 const std::string& clauses = "") {
  return in_flight(
      mode, "  on opening:\n    task \"Call {bill_no}\" for manager\n      due within " + within +
                "\n" + clauses);
}

TEST(VersionsTest, RunningTasksAreDueByTheNewVersionFromTheSameMoment) {
  Life life;
  life.deploy("2026-01-01 09:00",
              call("", "10 days", "      when late: notify Customer by mail late_word\n"));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.told();
  life.deploy("2026-01-08 09:00",
              call("recompute", "4 days", "      when late: notify Customer by mail over\n"));
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-08 09:00  case Collection \"B1\" of C1 recomputed by the new version",
                   "2026-01-08 09:00  task \"Call B1\" moved, due 2026-01-09 10:00"}));
  life.until("2026-02-01 00:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-09 10:00  mail over to C1: over"});
}

TEST(VersionsTest, RestartCountsFromTheDeployment) {
  const std::string late = "      when late: notify Customer by mail late_word\n";
  const std::string since = "  2 days after case.opened:\n    notify Customer by mail later\n";
  Life life;
  life.deploy("2026-01-01 09:00", call("", "10 days", late) + since + kFive);
  life.bill("2026-01-05 10:00", "2026-01-06");
  life.advance("2026-01-18 09:00");
  EXPECT_EQ(life.told(), (Lines{"2026-01-05 10:00  case Collection \"B1\" of C1 opened",
                                "2026-01-05 10:00  task \"Call B1\" for nobody (unassigned), due "
                                "2026-01-15 10:00",
                                "2026-01-07 10:00  mail later to C1: later",
                                "2026-01-11 09:00  mail over to C1: over",
                                "2026-01-15 10:00  mail late_word to C1: late"}));
  life.deploy("2026-01-18 09:00", call("restart", "4 days", late) + since + kFive);
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-18 09:00  case Collection \"B1\" of C1 restarted by the new version",
                   "2026-01-18 09:00  task \"Call B1\" moved, due 2026-01-22 09:00"}));
  life.until("2026-03-01 00:00");
  // What depends on the due date has fired for it; what counts from the opening fires again.
  EXPECT_EQ(life.told(), (Lines{"2026-01-20 09:00  mail later to C1: later",
                                "2026-01-22 09:00  mail late_word to C1: late"}));
  EXPECT_EQ(life.subject().cases.at(0).opened.ms, life.subject().cases.at(0).opening->time.ms);
}

TEST(VersionsTest, FiredClausesStayFiredAndANewReminderInThePastIsMissed) {
  const std::string two = "      2 days before due: notify Customer by mail soon\n";
  const std::string eight = "      8 days before due: notify Customer by mail later\n";
  const std::string one = "      1 day before due: notify Customer by mail over\n";
  Life life;
  life.deploy("2026-01-01 09:00", call("", "10 days", two));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.advance("2026-01-14 09:00");
  EXPECT_EQ(life.told().back(), "2026-01-13 10:00  mail soon to C1: soon: 2026-03-20");
  life.deploy("2026-01-14 09:00", call("recompute", "10 days", eight + one + two));
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-14 09:00  case Collection \"B1\" of C1 recomputed by the new version",
                   "2026-01-14 09:00  mail later to C1 missed"}));
  life.until("2026-03-01 00:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-14 10:00  mail over to C1: over"});
}

// A task whose promise is gone is done by the old version's words, over the new version's case.
TEST(VersionsTest, ATaskThatIsGoneStaysWithTheOldVersion) {
  const std::string old_task =
      "  on opening:\n    task \"Call {bill_no}\" for manager\n"
      "      due within 10 days\n      done on visit\n"
      "      when done: set paid = paid + 7 yuan\n"
      "      when done if paid at least 1 yuan: close as called\n";
  const std::string new_lines = "  keep before : text = \"y\"\n" + kThree;
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", old_task));
  life.bill("2026-01-05 10:00", "2026-02-20");
  std::string v2 = in_flight("recompute", new_lines);
  // The variable `paid` has another place now.
  v2.replace(v2.find("  keep paid"), 0, "  keep wedge : number = 3\n");
  life.deploy("2026-01-08 09:00", v2);
  ASSERT_NE(life.task("Call B1"), nullptr);
  EXPECT_EQ(life.task("Call B1")->version, 1U);
  life.told();
  life.event("2026-01-09 10:00", "visit", {{"on_day", date("2026-01-09")}});
  EXPECT_EQ(life.told(), Lines{"2026-01-09 10:00  task \"Call B1\" done"});
  const CaseInstance& instance = life.subject().cases.at(0);
  EXPECT_EQ(instance.version, 2U);
  EXPECT_EQ(instance.variables[3], money(3));
  EXPECT_EQ(instance.variables[4], money(7));
}

TEST(VersionsTest, AnOldTaskMayCloseTheCaseAsOnlyItsVersionKnows) {
  const std::string old_task =
      "  on opening:\n    task \"Call {bill_no}\" for manager\n"
      "      due within 10 days\n      done on visit\n"
      "      when done: close as called\n";
  const std::string ends =
      "  on closing as paid:\n    notify Customer by mail over\n"
      "  on closing:\n    notify Customer by mail later\n";
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", old_task));
  life.bill("2026-01-05 10:00", "2026-02-20");
  life.deploy("2026-01-08 09:00", in_flight("recompute", ends));
  life.told();
  life.event("2026-01-09 10:00", "visit", {{"on_day", date("2026-01-09")}});
  EXPECT_EQ(life.told(), (Lines{"2026-01-09 10:00  task \"Call B1\" done",
                                "2026-01-09 10:00  case Collection \"B1\" of C1 closed as called",
                                "2026-01-09 10:00  mail later to C1: later"}));
}

TEST(VersionsTest, PausesGoWithTheTask) {
  const std::string paused = "      paused while waiting\n";
  Life life;
  life.deploy("2026-01-01 09:00", call("", "10 days", paused));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.event("2026-01-07 10:00", "set_waiting", {{"waiting", true}});
  life.told();
  life.deploy("2026-01-08 10:00", call("recompute", "20 days", paused));
  EXPECT_EQ(life.told(),
            Lines{"2026-01-08 10:00  case Collection \"B1\" of C1 recomputed by the new version"});
  life.event("2026-01-09 10:00", "set_waiting", {{"waiting", false}});
  EXPECT_EQ(life.told(), Lines{"2026-01-09 10:00  task \"Call B1\" resumed, due 2026-01-27 10:00"});
  // Paused again, and the next version knows of no pause.
  life.event("2026-01-10 10:00", "set_waiting", {{"waiting", true}});
  life.told();
  life.deploy("2026-01-11 10:00", call("recompute", "20 days"));
  EXPECT_EQ(life.told(),
            (Lines{"2026-01-11 10:00  case Collection \"B1\" of C1 recomputed by the new version",
                   "2026-01-11 10:00  task \"Call B1\" resumed, due 2026-01-28 10:00"}));
}

TEST(VersionsTest, RestartForgetsThePausesBeforeIt) {
  const std::string paused = "      paused while waiting\n";
  Life life;
  life.deploy("2026-01-01 09:00", call("", "10 hours", paused));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.event("2026-01-05 12:00", "set_waiting", {{"waiting", true}});
  life.deploy("2026-01-08 10:00", call("restart", "10 hours", paused));
  life.event("2026-01-08 13:00", "set_waiting", {{"waiting", false}});
  EXPECT_EQ(life.told().back(), "2026-01-08 13:00  task \"Call B1\" resumed, due 2026-01-08 23:00");
}

// ---------------------------------------------------------------- standing duties, notices

std::string duty(const std::string& mode, const std::string& every) {
  return "case Visits of Customer\n  opens when manager is not known\n  closes on gone as over\n" +
         (mode.empty() ? "" : "  in flight: " + mode + "\n") +
         "  on opening:\n    task \"Visit\" for manager\n      every " + every +
         " since seen_on\n      opens 5 days before due\n      done on visit\n";
}

TEST(VersionsTest, StandingDutiesFollowUnlessTheyAreKept) {
  const struct {
    const char* mode;
    const char* opens;
    const char* due;
  } modes[] = {{"", "2026-01-27 09:00", "2026-02-01"},
               {"recompute", "2026-01-27 09:00", "2026-02-01"},
               {"keep", "2026-04-05 09:00", "2026-04-10"},
               {"restart", "2026-02-03 09:00", "2026-02-08"}};
  for (const auto& mode : modes) {
    SCOPED_TRACE(mode.mode);
    Life life;
    life.deploy("2026-01-01 09:00", duty("keep", "3 months"));
    life.event("2026-01-10 10:00", "visit", {{"on_day", date("2026-01-10")}});
    life.deploy("2026-01-17 09:00", duty(mode.mode, "22 days"));
    life.told();
    life.until(mode.opens);
    EXPECT_EQ(life.told(), Lines{std::string(mode.opens) +
                                 "  task \"Visit\" for nobody (unassigned), due " + mode.due});
  }
}

TEST(VersionsTest, AWaitingNoticeIsSentAsItWasDecided) {
  const std::string sends = "  on set_waiting:\n    notify Customer by sms quiet_word\n";
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", sends));
  life.bill("2026-01-05 10:00", "2026-02-20");
  life.event("2026-01-05 22:00", "set_waiting", {{"waiting", true}});
  std::string v2 = in_flight("recompute", kThree);
  v2.replace(v2.find("  keep paid"), 0, "  keep wedge : number = 3\n");
  life.deploy("2026-01-05 23:00", v2);
  life.told();
  life.until("2026-01-06 12:00");
  EXPECT_EQ(life.told(), Lines{"2026-01-06 08:00  sms quiet_word to C1: quiet B1 CNY 0.00"});
}

TEST(VersionsTest, RollingBackIsADeploymentLikeAnyOther) {
  Life life;
  life.deploy("2026-01-01 09:00", call("recompute", "10 days"));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.deploy("2026-01-06 10:00", call("recompute", "4 days"));
  life.deploy("2026-01-07 10:00", call("recompute", "10 days"));
  EXPECT_EQ(life.told().back(), "2026-01-07 10:00  task \"Call B1\" moved, due 2026-01-15 10:00");
  EXPECT_EQ(life.subject().cases.at(0).version, 3U);
  EXPECT_EQ(life.task("Call B1")->version, 3U);
}

TEST(VersionsTest, ClosedCasesAndTasksThatStayAreLeftAlone) {
  const std::string stays =
      "  on opening:\n    task \"Explain\" for manager\n"
      "      due within 10 days\n      stays\n";
  Life life;
  life.deploy("2026-01-01 09:00", in_flight("", stays));
  life.bill("2026-01-05 10:00", "2026-03-20");
  life.event("2026-01-06 10:00", "pay", {{"bill_no", std::string("B1")}, {"amount", money(1)}});
  life.told();
  life.deploy("2026-01-07 10:00", in_flight("restart", stays + kThree));
  EXPECT_EQ(life.told(), Lines{});
  EXPECT_EQ(life.task("Explain")->version, 1U);
  life.finish("2026-01-08 10:00", "Explain");
  EXPECT_TRUE(life.subject().cases.empty());
}

}  // namespace
}  // namespace duban::versions_test
