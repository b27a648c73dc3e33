// Goal: what is wrong about a recurring trigger or a roll is said once, under the words that are
// wrong, in both languages.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/compile.h"
#include "tests/engine/dates.h"

namespace duban::schedule_errors_test {
namespace {

struct Case {
  const char* line;     // the trigger
  const char* finding;  // `CODE text under the caret: the beginning of what is said`
};

std::string weekdays_of_2026() {
  std::string csv = "date,is_workday\n";
  for (Date d = test::day("2026-01-01"); d <= test::day("2026-12-31"); ++d.days) {
    csv += to_string(d) + (weekday(d) <= 5 ? ",1\n" : ",0\n");
  }
  return csv;
}

Compilation compiled(const std::string& calendars, const std::string& rule) {
  CompileInput input;
  input.files = {{"days.csv", weekdays_of_2026()},
                 {"p.rules", "policy \"P\"\nvocabulary \"V\"\n" + calendars +
                                 "entity Customer key id\n  name : text\n  due_date : date\n"
                                 "  asked_at : datetime\n  remind_at : time\n"
                                 "reference Staff key staff_no\n  name : text\n"
                                 "event paid for Customer\n" +
                                 rule}};
  return compile(input);
}

std::string findings(const Compilation& compilation) {
  std::string out;
  for (const Diagnostic& found : compilation.diagnostics) {
    EXPECT_FALSE(found.chinese.empty()) << found.code;
    const Source& source = compilation.sources[found.span.file];
    out += found.code + std::string(" ") + source.slice(found.span.begin, found.span.end) + ": " +
           found.english + "\n";
  }
  return out;
}

constexpr const char* kOffice = "calendar office default from \"days.csv\"\n";

class ScheduleErrors : public testing::TestWithParam<Case> {};

TEST_P(ScheduleErrors, AreSaidOnceAtTheirPlace) {
  const std::string rule =
      "rule \"r\"\n  " + std::string(GetParam().line) + "\n    set name = \"x\"\n";
  const std::string found = findings(compiled(kOffice, rule));
  EXPECT_EQ(found.substr(0, std::string(GetParam().finding).size()), GetParam().finding);
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
}

const Case kWrong[] = {
    {"every month on day 32:", "E150 month on day 32: there is no day 32 here: they count from 1"},
    {"每月 32 日：", "E150 每月 32 日: there is no day 32"},
    {"every quarter on day 93:", "E150 quarter on day 93: there is no day 93"},
    {"every quarter on day 32 of month 3:",
     "E150 quarter on day 32 of month 3: there is no day 32"},
    {"every year on day 31 of month 4:",
     "E150 year on day 31 of month 4: there is no day 31 here: "
     "they count from 1 to 30"},
    {"每年2月30日：", "E150 每年2月30日: there is no day 30 here: they count from 1 to 29"},
    {"every year on day 1 of month 13:", "E150 year on day 1 of month 13: there is no month 13"},
    {"每季度第4个月1日：",
     "E150 每季度第4个月1日: there is no month 4 here: they count from 1 to 3"},
    {"every month on day 1 of month 2:", "E150 month on day 1 of month 2: a month has no months"},
    {"every month on day 0:", "E009 0: this must be a whole number"},
    {"every month at 09:00:", "E151 month: say on which day"},
    {"每季度：", "E151 每季度: say on which day"},
    {"every year at 09:00:", "E151 year: say on which day"},
    {"每年 3 月：", "E151 每年 3 月: say on which day"},
    {"every week at 09:00:", "E151 week: say on which day of the week"},
    {"每周：", "E151 每周: say on which day of the week"},
    {"every working day rolled forward:", "E152 rolled forward: a working day is never a day off"},
    {"每月最后一个工作日，遇休顺延：", "E152 遇休顺延: a working day is never a day off"},
    {"3 days before due_date rolled back:", "E152 rolled back: a notice period is never rolled"},
    {"due_date 前 3 日 遇休提前：", "E152 遇休提前: a notice period is never rolled"},
    {"at due_date + 3 working days rolled forward:",
     "E152 due_date + 3 working days rolled forward: a day counted in working days"},
    {"3 working days after due_date rolled forward:",
     "E152 3 working days after due_date rolled forward: a day counted in working days"},
    {"every day from 2026-03-02 to 2026-03-01:", "E153 2026-03-01: this ends before it begins"},
    {"每日 09:00 遇休顺延 遇休提前：", "E013 遇休提前: the roll is given twice"},
    {"every day at 09:00 at 10:00:", "E013 10:00: this is said twice"},
    {"every day at 25:00:", "E008 25:00: there is no such time of day"},
    {"every day at due_date:", "E104 due_date: expected a time"},
    {"every day at asked_at:", "E104 asked_at: expected a time"},
    {"every day from name:", "E104 name: expected a date or a datetime"},
    {"every day from today:", "E119 today: a time of a recurring step may not depend on the time"},
    {"every day from due_date to today + 3 days:", "E119 today + 3 days: a time of a recurring"},
    {"every working day of offise:", "E101 offise: there is no calendar `offise`"},
    {"every month on day 5 rolled forward of nowhere:", "E101 nowhere: there is no calendar"},
    {"every day if nmae is \"x\":", "E101 nmae: nothing here is called `nmae`"},
    {"every Mondey at 09:00:", "E004 Mondey: `Mondey` is not understood here"},
};
INSTANTIATE_TEST_SUITE_P(Lines, ScheduleErrors, testing::ValuesIn(kWrong));

TEST(ScheduleErrorsTest, WorkingDaysNeedACalendarAndWorkingHoursItsHours) {
  const auto of = [](const char* calendars, const std::string& line) {
    return findings(compiled(calendars, "rule \"r\"\n  " + line + "\n    set name = \"x\"\n"));
  };
  const char* const none = "";
  const char* const two = "calendar a from \"days.csv\"\ncalendar b from \"days.csv\"\n";
  EXPECT_EQ(of(none, "every working day:"),
            "E110 working day: working days need a calendar, and none is declared\n");
  EXPECT_EQ(of(none, "每月最后一个工作日："),
            "E110 每月最后一个工作日: working days need a calendar, and none is declared\n");
  EXPECT_EQ(of(two, "every month on day 5 rolled back:"),
            "E110 rolled back: there are several calendars and none is the default\n");
  EXPECT_EQ(of(two, "every month on day 5 rolled back of b:"), "");
  EXPECT_EQ(of(two, "at due_date rolled forward:"),
            "E110 due_date rolled forward: there are several calendars and none is the default\n");
  EXPECT_EQ(of(two, "when working days from due_date to due_date above 3:"),
            "E110 working days from due_date to due_date: there are several calendars and none is "
            "the default\n");
  EXPECT_EQ(of(kOffice, "2 working hours after asked_at:"),
            "E110 2 working hours: the calendar has no working hours\n");
  EXPECT_EQ(of(kOffice, "每日："), "");
}

TEST(ScheduleErrorsTest, PeriodsAndTimesOfDayAreNotRolled) {
  const auto of = [](const std::string& clause) {
    return findings(compiled(
        kOffice, "rule \"r\"\n  on paid:\n    task \"t\" for Customer\n      " + clause + "\n"));
  };
  const auto says = [&](const std::string& clause, std::string_view beginning) {
    const std::string found = of(clause);
    EXPECT_TRUE(found.starts_with(beginning)) << found;
    EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
  };
  says("due within 5 days rolled forward",
       "E152 5 days rolled forward: a period is not rolled: only the day it leads to");
  says("时限 5 日 遇休顺延", "E152 5 日 遇休顺延: a period is not rolled");
  says("due at asked_at\n      2 days before due rolled back: set name = \"x\"",
       "E152 rolled back: a notice period is never rolled");
  says("due at asked_at\n      截止前 2 日 遇休提前： set name = \"x\"",
       "E152 遇休提前: a notice period is never rolled");
  says("due at time of due_date", "E104 due_date: a date has no time of day");
  EXPECT_EQ(of("due 5 days after due_date rolled forward"), "");
}

// A rule that names nothing is about whom its actions are about.
TEST(ScheduleErrorsTest, ASubjectIsFoundInTheActions) {
  const std::string two =
      "entity Meter key id\n  kwh : number\nchannel mail to name\n"
      "notice n service mail \"x\"\n";
  EXPECT_EQ(findings(compiled(kOffice, two + "rule \"r\"\n  every Monday:\n"
                                             "    notify Customer by mail n\n")),
            "");
  EXPECT_EQ(
      findings(compiled(kOffice, two + "rule \"r\"\n  every Monday if kwh above 3:\n"
                                       "    set kwh = 0\n  on paid:\n    notify Customer n\n")),
      "");
  const std::string unclear =
      findings(compiled(kOffice, two + "rule \"r\"\n  每周一：\n    raise paid\n  on paid:\n"
                                       "    notify Customer n\n"));
  EXPECT_TRUE(unclear.starts_with("E124 每周一")) << unclear;
}

// A policy in force in a year the calendar does not know.
TEST(ScheduleErrorsTest, AMissingYearIsWarnedOf) {
  CompileInput input;
  const auto warned = [&](const std::string& line) {
    input.files = {{"days.csv", weekdays_of_2026()},
                   {"p.rules", "policy \"P\"\n  effective from 2027-01-01\nvocabulary \"V\"\n" +
                                   std::string(kOffice) +
                                   "entity Customer key id\n  name : text\n  due_date : date\n"
                                   "rule \"r\"\n  " +
                                   line + "\n    set name = \"x\"\n"}};
    return findings(compile(input)).starts_with("W108 2027-01-01");
  };
  EXPECT_TRUE(warned("every working day:"));
  EXPECT_TRUE(warned("every month on working day 3:"));
  EXPECT_TRUE(warned("每月 1 日 遇休顺延："));
  EXPECT_TRUE(warned("at due_date rolled forward:"));
  EXPECT_FALSE(warned("every month on day 3:"));
}

}  // namespace
}  // namespace duban::schedule_errors_test
