// Goal: what scenarios cannot show of recurring steps: incidents, catching up after an outage, new
// versions, the reasons given, identities. Method: one subject driven through step().
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/codec.h"
#include "engine/step.h"
#include "tests/engine/dates.h"
#include "tests/engine/files.h"

namespace duban::schedule_step_test {
namespace {

using test::day;

// Weekdays from the first to the last day.
std::string workdays(std::string_view first, std::string_view last) {
  std::string csv = "date,is_workday\n";
  for (Date d = day(first); d <= day(last); ++d.days) {
    csv += to_string(d) + (weekday(d) <= 5 ? ",1\n" : ",0\n");
  }
  return csv;
}

constexpr const char* kWords = R"(policy "Reports"
vocabulary "V"
  timezone "Asia/Shanghai"
  day starts at 09:00
calendar office default
  from "days.csv"
entity Customer key id
  name  : text
  until : date?
event opened for Customer
  matter : text
event closed for Customer
  matter : text
event extended for Customer
  until : date
  set until
channel mail to name
notice letter service mail "letter"
)";

std::shared_ptr<const Plan> plan_of(const std::string& rules, const std::string& days) {
  CompileInput input;
  input.files = {{"days.csv", days}, {"reports.rules", kWords + rules}};
  const Compilation compilation = compile(input);
  EXPECT_NE(compilation.plan, nullptr) << test::messages(compilation);
  return compilation.plan;
}

class Subject1 {
 public:
  explicit Subject1(std::shared_ptr<const Plan> plan) : plan_(std::move(plan)) {
    plans_.add(1, plan_);
    subject_.key = Key{0, "C1"};
    subject_.attributes = {Value{std::string("Li")}, Value{None{}}};
  }

  Instant at(std::string_view text) const { return *plan_->zone.parse(text); }

  void create(std::string_view time) {
    Input input;
    input.kind = Input::Kind::upsert;
    input.time = input.received = at(time);
    apply(input);
  }
  void event(std::string_view time, const std::string& name, std::vector<Value> fields) {
    auto data = std::make_shared<EventData>();
    data->event = *plan_->layout.find_event(name);
    data->time = data->received = at(time);
    data->given.assign(fields.size(), true);
    data->fields = std::move(fields);
    data->cause = DigestBuilder().add(std::string(time)).finish();
    Input input;
    input.time = input.received = data->time;
    input.cause = data->cause;
    input.event = data;
    apply(input);
  }
  void deploy(std::string_view time, std::shared_ptr<const Plan> plan) {
    plan_ = std::move(plan);
    plans_.add(plans_.current_version() + 1, plan_);
    Input input;
    input.kind = Input::Kind::deployed;
    input.time = input.received = at(time);
    apply(input);
  }
  // Timers up to then; `received` later than due when the machine was off till then.
  void run_until(std::string_view end, std::string_view received = {}) {
    while (wake_ && wake_->at <= at(end)) {
      Input input;
      input.kind = Input::Kind::timer;
      input.time = wake_->at;
      input.before_facts = wake_->before_facts;
      input.received = received.empty() ? wake_->at : std::max(at(received), wake_->at);
      apply(input);
    }
  }

  // One line for each record since the last look: its time and what it is.
  std::string told() {
    std::string out;
    for (const Record& record : records_) {
      if (const auto* task = std::get_if<TaskRecord>(&record)) {
        if (task->change != TaskRecord::Change::opened) continue;
        out += plan_->zone.to_string(task->opened) + " task " + task->title;
        if (task->due) out += " due " + plan_->zone.to_string(task->due->at);
        out += "\n";
      }
      if (const auto* notice = std::get_if<NoticeRecord>(&record)) {
        const bool sent = notice->status == NoticeRecord::Status::queued;
        const bool missed = notice->status == NoticeRecord::Status::missed;
        if (sent || missed) {
          out += plan_->zone.to_string(notice->at) + (sent ? " sent\n" : " missed\n");
        }
      }
      if (const auto* concern = std::get_if<ConcernRecord>(&record)) {
        out += plan_->zone.to_string(concern->at) + " " + concern->english + "\n";
        EXPECT_FALSE(concern->chinese.empty());
      }
    }
    records_.clear();
    return out;
  }
  std::string pending() const { return wake_ ? plan_->zone.to_string(wake_->at) : "nothing"; }
  const Trace& trace() const { return trace_; }
  const Plan& plan() const { return *plan_; }

 private:
  void apply(Input& input) {
    input.subject = subject_.key;
    trace_ = {};
    // Through its stored form, as the runtime keeps it.
    const auto stored = decode_subject(encode(subject_));
    ASSERT_TRUE(stored);
    auto result = step(plans_, references_, *stored, input, {}, &trace_);
    auto* outcome = std::get_if<StepOutcome>(&result);
    ASSERT_NE(outcome, nullptr) << std::get<StepFailure>(result).english;
    subject_ = std::move(outcome->subject);
    wake_ = outcome->wake;
    for (Record& record : outcome->records) records_.push_back(std::move(record));
  }

  std::shared_ptr<const Plan> plan_;
  Plans plans_;
  References references_;
  Subject subject_;
  std::optional<Wake> wake_;
  std::vector<Record> records_;
  Trace trace_;
};

constexpr const char* kMonthly = R"(
rule "Monthly"
  every month on day 25 rolled forward if name is not "x":
    task "report" for Customer
      due within 1 day
)";

TEST(ScheduleStepTest, AYearWithoutDataIsAnIncidentAndMoreDataIsTheRemedy) {
  Subject1 subject(plan_of(kMonthly, workdays("2026-01-01", "2026-12-31")));
  subject.create("2026-10-30 10:00");
  subject.run_until("2027-06-30");
  EXPECT_EQ(subject.told(),
            "2026-11-25 09:00 task report due 2026-11-26 09:00\n"
            "2026-12-25 09:00 a time of a recurring step cannot be computed: the calendar has no "
            "data for 2027-01-25; its other times stand\n"
            "2026-12-25 09:00 task report due 2026-12-26 09:00\n");
  EXPECT_EQ(subject.pending(), "nothing");
  // What was not computed is not made up for; 25 July 2027 is a Sunday.
  subject.deploy("2027-07-01 10:00", plan_of(kMonthly, workdays("2026-01-01", "2027-12-31")));
  subject.run_until("2027-07-31");
  EXPECT_EQ(subject.told(), "2027-07-26 09:00 task report due 2027-07-27 09:00\n");
}

TEST(ScheduleStepTest, NothingIsMissingAfterThePolicyHasEnded) {
  const std::string ends = "policy \"Reports\"\n  effective from 2026-01-01 to 2026-12-31\n";
  CompileInput input;
  input.files = {{"days.csv", workdays("2026-01-01", "2026-12-31")},
                 {"reports.rules", ends + std::string(kWords).substr(17) + kMonthly}};
  const Compilation compilation = compile(input);
  ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
  Subject1 subject(compilation.plan);
  subject.create("2026-11-30 10:00");
  subject.run_until("2027-06-30");
  EXPECT_EQ(subject.told(), "2026-12-25 09:00 task report due 2026-12-26 09:00\n");
}

TEST(ScheduleStepTest, AnUnknownStretchDoesNotStopTheOthers) {
  std::string days = workdays("2026-01-01", "2026-01-31") + workdays("2026-03-01", "2026-12-31");
  days.erase(days.rfind("date,is_workday\n"), 16);
  Subject1 subject(plan_of(kMonthly, days));
  subject.create("2026-01-20 10:00");
  subject.run_until("2026-04-01");
  EXPECT_EQ(subject.told(),
            "2026-01-26 09:00 a time of a recurring step cannot be computed: the calendar has no "
            "data for 2026-02-25; its other times stand\n"
            "2026-01-26 09:00 task report due 2026-01-27 09:00\n"
            "2026-03-25 09:00 task report due 2026-03-26 09:00\n");
}

// A case keeps its version, but calendars are never pinned.
TEST(ScheduleStepTest, AnOpenCaseCountsByTheCalendarInForce) {
  const char* const rules = R"(
case Matter of Customer per matter
  opens on opened
  closes on closed as done
  every month on the last working day at 17:00 to until:
    task "report" for Customer
      due within 1 working day
)";
  Subject1 subject(plan_of(rules, workdays("2026-01-01", "2026-12-31")));
  subject.create("2026-12-01 10:00");
  subject.event("2026-12-01 10:00", "extended", {Value{day("2027-02-28")}});
  subject.event("2026-12-01 10:00", "opened", {Value{std::string("A")}});
  subject.run_until("2027-01-05 00:00");
  EXPECT_EQ(subject.told(),
            "2026-12-31 17:00 a time of a recurring step cannot be computed: the calendar has no "
            "data for 2027-01-01; its other times stand\n"
            "2026-12-31 17:00 the deadline of a task cannot be computed: the calendar has no data "
            "for that time\n"
            "2026-12-31 17:00 task report\n");
  subject.deploy("2027-01-05 10:00", plan_of("", workdays("2026-01-01", "2027-12-31")));
  subject.run_until("2027-12-31 00:00");
  EXPECT_EQ(subject.told(),
            "2027-01-29 17:00 task report due 2027-02-02 00:00\n"
            "2027-02-26 17:00 task report due 2027-03-02 00:00\n");
}

constexpr const char* kDaily = R"(
case Matter of Customer per matter
  opens on opened
  closes on closed as done
  every day at 08:00 to until:
    task "call" for Customer
      due within 2 hours
    notify Customer by mail letter
)";

TEST(ScheduleStepTest, AfterAnOutageEachOccurrenceHasItsOwnTime) {
  Subject1 subject(plan_of(kDaily, workdays("2026-01-01", "2026-12-31")));
  subject.create("2026-03-01 10:00");
  subject.event("2026-03-01 10:00", "extended", {Value{day("2026-03-05")}});
  subject.event("2026-03-01 12:00", "opened", {Value{std::string("A")}});
  EXPECT_EQ(subject.pending(), "2026-03-02 08:00");
  // Off from before the 2nd till the 4th: all calls are made up, of the letters only the newest.
  subject.run_until("2026-03-05 00:00", "2026-03-04 20:00");
  EXPECT_EQ(subject.told(),
            "2026-03-02 08:00 task call due 2026-03-02 10:00\n"
            "2026-03-03 08:00 task call due 2026-03-03 10:00\n"
            "2026-03-03 08:00 missed\n"
            "2026-03-04 08:00 task call due 2026-03-04 10:00\n"
            "2026-03-04 08:00 missed\n"
            "2026-03-04 20:00 sent\n");
  subject.run_until("2026-03-31 00:00");
  EXPECT_EQ(subject.told(),
            "2026-03-05 08:00 task call due 2026-03-05 10:00\n"
            "2026-03-05 08:00 sent\n");
}

TEST(ScheduleStepTest, TheSameOccurrencesAfterAnyInterruption) {
  Subject1 subject(plan_of(kDaily, workdays("2026-01-01", "2026-12-31")));
  subject.create("2026-03-01 10:00");
  subject.event("2026-03-01 10:00", "extended", {Value{day("2026-03-03")}});
  subject.event("2026-03-02 08:00", "opened", {Value{std::string("A")}});
  subject.run_until("2026-03-02 23:00");
  EXPECT_EQ(subject.told(), "");  // opened at that very instant
  // A deployment in between looks at everything again.
  subject.deploy("2026-03-03 08:00", plan_of(kDaily, workdays("2026-01-01", "2026-12-31")));
  EXPECT_EQ(subject.pending(), "2026-03-03 08:00");
  subject.run_until("2026-03-03 08:00");
  subject.deploy("2026-03-03 08:00", plan_of(kDaily, workdays("2026-01-01", "2026-12-31")));
  subject.run_until("2026-03-31 08:00");
  EXPECT_EQ(subject.told(),
            "2026-03-03 08:00 task call due 2026-03-03 10:00\n"
            "2026-03-03 08:00 sent\n");
}

TEST(ScheduleStepTest, TheReasonNamesTheDayAndWhereItMoved) {
  Subject1 subject(plan_of(R"(
case Matter of Customer per matter
  opens on opened
  closes on closed as done
  every month on day 25 at 10:00, rolled forward to until:
    task "report" for Customer
      due within 1 day
)",
                           workdays("2026-01-01", "2026-12-31")));
  subject.create("2026-01-01 10:00");
  subject.event("2026-01-02 10:00", "extended", {Value{day("2026-01-25")}});
  subject.event("2026-01-02 10:00", "opened", {Value{std::string("A")}});
  subject.run_until("2026-01-26 10:00");
  ASSERT_EQ(subject.trace().entries.size(), 1U);
  std::string reads;
  const auto& entry = subject.trace().entries[0];
  const Source& source = subject.plan().sources[entry.step.file];
  for (const Trace::Read& read : entry.reads) {
    const Date* date = read.value.get_if<Date>();
    reads += source.slice(read.span.begin, read.span.end) + " = " +
             (date != nullptr ? to_string(*date) : "?") + "\n";
  }
  EXPECT_EQ(reads,
            "month on day 25 = 2026-01-25\n"
            "rolled forward = 2026-01-26\n"
            "until = 2026-01-25\n");
  EXPECT_EQ(source.slice(entry.step.begin, entry.step.end),
            "every month on day 25 at 10:00, rolled forward to until:");
}

TEST(ScheduleStepTest, IdentitiesAreCanonical) {
  const auto plan = plan_of(R"(
规则 “R”
  每日：
    set until = none
  每日：
    set until = none
  自 until 至 2026-12-31 每月 25 日 遇休提前（office） 08:30：
    set until = none
  every quarter on working day 3 of month 2 if name is not "x":
    set until = none
  每年最后一个工作日：
    set until = none
  every Sunday from until:
    set until = none
)",
                            workdays("2026-01-01", "2026-12-31"));
  ASSERT_NE(plan, nullptr);
  std::string ids;
  for (const Step& step : plan->steps) ids += step.id + "\n";
  EXPECT_EQ(ids,
            "R/every:day\n"
            "R/every:day#2\n"
            "R/every:month:day 25:back@office:at 08:30:from until:to 2026-12-31\n"
            "R/every:quarter:month 2:working day 3\n"
            "R/every:year:working day -1\n"
            "R/every:week:day 7:from until\n");
}

}  // namespace
}  // namespace duban::schedule_step_test
