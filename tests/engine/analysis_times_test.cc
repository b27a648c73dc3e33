// Goal: deadlines, reminders and steps in the wrong order are found where that is certain.
// Method: a table of mistakes, each with its nearest neighbour that is none.
#include "tests/engine/analysis_told.h"

namespace duban::analysis_times_test {
namespace {

using test::Mistake;

#define TASK(clauses)                                                  \
  "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n" clauses \
  "      when late: escalate to manager.supervisor\n"
#define REMIND "before due: escalate to deputy\n"
#define CASE \
  "case C of Customer per bill_no\n  opens on bill_issued\n  closes on bill_cancelled as void\n"
#define STEP(time, action) "  " time ":\n    " action "\n"
#define SOON(title) "task \"" title "\" for manager due within 3 days"

const Mistake kMistakes[] = {
    // ---- reminders
    {"a reminder before the task is given", TASK("      due within 2 days\n      3 days " REMIND),
     "W221 8 the task is not given yet then: it is given 2 days before it is due\n",
     TASK("      due within 2 days\n      1 day " REMIND)},
    {"a reminder the moment it is given",
     TASK("      due within 2 hours\n      120 minutes " REMIND), "W221 8",
     TASK("      due within 2 hours\n      119 minutes " REMIND)},
    {"working days", TASK("      due within 2 working days\n      3 working days " REMIND),
     "W221 8", TASK("      due within 2 working days\n      2 working days " REMIND)},
    {"days against working days, over the longest holiday",
     TASK("      due within 2 working days\n      30 days " REMIND), "W221 8",
     TASK("      due within 2 working days\n      5 days " REMIND)},
    {"months against days", TASK("      due within 27 days\n      1 month " REMIND), "W221 8",
     TASK("      due within 32 days\n      1 month " REMIND)},
    {"a reminder counted from the same day as the step",
     CASE "  7 days after due_date:\n    task \"t\" for manager\n      due 9 days after due_date\n"
          "      3 days " REMIND,
     "W221 10 the task is not given yet then: it is given 2 days before it is due\n",
     CASE "  7 days after due_date:\n    task \"t\" for manager\n      due 9 days after due_date\n"
          "      1 day " REMIND},
    {"a reminder before a standing duty opens",
     TASK("      every 3 months since last_visit\n      opens 14 days before due\n      20 "
          "days " REMIND),
     "W221 9",
     TASK("      every 3 months since last_visit\n      opens 14 days before due\n      13 "
          "days " REMIND)},
    {"a reminder at the deadline", TASK("      due within 2 days\n      0 days " REMIND),
     "W222 8 this is not before the deadline\n",
     TASK("      due within 2 days\n      1 hour " REMIND)},

    // ---- late
    {"late by nothing",
     TASK("      due within 2 days\n      when late by 0 days: escalate to deputy\n"),
     "W222 8 this is not after the deadline\n",
     TASK("      due within 2 days\n      when late by 1 day: escalate to deputy\n")},

    // ---- deadlines
    {"due at once", TASK("      due within 0 days\n"),
     "W223 7 the task is due the moment it is given\n", TASK("      due within 1 day\n")},
    {"due before the step",
     CASE "  7 days after due_date:\n    task \"t\" for manager due 5 days after due_date\n",
     "W223 8 the task is due before the step at p.rules:7 gives it, or at that moment\n",
     CASE "  7 days after due_date:\n    task \"t\" for manager due 7 days after due_date\n"},
    {"due before the policy", TASK("      due at 2025-12-31\n"),
     "W223 7 the deadline lies before the policy comes into force, on 2026-01-01\n",
     TASK("      due at 2026-01-01\n")},
    {"a step before the policy", CASE STEP("at 2025-06-01", SOON("t")),
     "W223 7 this lies before the policy comes into force, on 2026-01-01\n",
     CASE STEP("at 2026-06-01", SOON("t"))},
    {"a duty that opens when the last is done",
     TASK("      every 1 month since last_visit\n      opens 2 months before due\n"),
     "W224 8 the next one opens the moment the last is done",
     TASK("      every 2 months since last_visit\n      opens 1 month before due\n")},
    {"expired before it is due", TASK("      due within 5 days\n      expires after 3 days\n"),
     "W225 8 the task expires before it is due: it can never be late\n",
     TASK("      due within 5 days\n      expires after 5 days\n")},
    {"expired before it is late by so much",
     TASK("      due within 5 days\n      expires after 6 days\n      when late by 3 days: "
          "escalate to deputy\n"),
     "W225 9 the task has expired by then: it expires 6 days after it is given\n",
     TASK("      due within 5 days\n      expires after 8 days\n      when late by 3 days: "
          "escalate to deputy\n")},

    // ---- after the end
    {"a step after the one that closes",
     CASE STEP("30 days after due_date", "close as lost") STEP("40 days after due_date", SOON("t")),
     "W220 9 this comes only after the case has closed, by the step at p.rules:7\n",
     CASE STEP("30 days after due_date", "close as lost")
         STEP("20 days after due_date", SOON("t"))},
    {"a closing that is conditional closes nothing for certain",
     CASE STEP("3 days before due_date", "close as lost") STEP("at due_date", SOON("t")), "W220 9",
     CASE STEP("3 days before due_date if amount > 5 yuan", "close as lost")
         STEP("at due_date", SOON("t"))},
    {"both halves close",
     CASE "  at due_date if amount > 5 yuan: close as a\n  otherwise: close as b\n" STEP(
         "1 day after due_date", SOON("t")),
     "W220 9",
     CASE "  at due_date if amount > 5 yuan: close as a\n  otherwise: set remark = \"x\"\n" STEP(
         "1 day after due_date", SOON("t"))},
    {"across units, where the calendar allows no other",
     CASE STEP("20 days after due_date", "close as lost") STEP("1 month after due_date", SOON("t")),
     "W220 9",
     CASE STEP("29 days after due_date", "close as lost")
         STEP("1 month after due_date", SOON("t"))},
    {"a time written as a sum",
     CASE STEP("30 days after due_date", "close as lost") STEP("at due_date + 31 days", SOON("t")),
     "W220 9 this comes only after the case has closed, by the step at p.rules:7\n",
     CASE STEP("30 days after due_date", "close as lost") STEP("at due_date + 30 days", SOON("t"))},
    {"a recurring step that begins after the end",
     CASE STEP("30 days after due_date", "close as lost")
         STEP("every day at 09:00 from due_date + 40 days", SOON("t")),
     "W220 9 this comes only after the case has closed, by the step at p.rules:7\n",
     CASE STEP("30 days after due_date", "close as lost")
         STEP("every day at 09:00 from due_date + 20 days", SOON("t"))},
    {"a recurring step rolled back may come before its first day",
     CASE STEP("30 days after due_date", "close as lost")
         STEP("every Monday at 09:00 from due_date + 31 days rolled forward", SOON("t")),
     "W220 9",
     CASE STEP("30 days after due_date", "close as lost")
         STEP("every Monday at 09:00 from due_date + 31 days rolled back", SOON("t"))},
    {"a recurring step that ends before it begins",
     CASE STEP("every day at 09:00 from due_date to due_date - 1 day", SOON("t")),
     "W229 7 this never comes: it ends before it begins\n",
     CASE STEP("every day at 09:00 from due_date to due_date", SOON("t"))},
    {"a recurring step that ended before the policy",
     CASE STEP("every day at 09:00 to 2025-12-31", SOON("t")),
     "W223 7 the last day lies before the policy comes into force, on 2026-01-01\n",
     CASE STEP("every day at 09:00 to 2026-12-31", SOON("t"))},
    {"a task that is late after the end",
     CASE STEP("30 days after due_date",
               "close as lost") "  10 days after due_date:\n    task \"t\" for manager\n"
                                "      due within 25 days\n      when late: escalate to deputy\n",
     "W220 12 the task is late only after the case has closed, by the step at p.rules:7\n",
     CASE STEP("30 days after due_date",
               "close as lost") "  10 days after due_date:\n    task \"t\" for manager\n"
                                "      due within 25 days\n      stays\n      when late: escalate "
                                "to deputy\n"},

    // ---- calendars, channels
    {"a calendar without a working day",
     "calendar empty_one from \"empty.csv\"\n" TASK(
         "      due within 2 working days of empty_one\n"),
     "W226 4 the calendar has no working day: no deadline counted in it ever comes\n",
     TASK("      due within 2 working days of office\n")},
    {"a channel that is quiet all day",
     "channel post to phone\n  quiet 00:00 to 24:00\nnotice n service post \"x\"\nrule \"r\"\n"
     "  on meter_read: notify Customer n\n",
     "W227 4 the channel is quiet all day: only mandatory notices are ever sent\n",
     "channel post to phone\n  quiet 00:00 to 23:00\nnotice n service post \"x\"\nrule \"r\"\n"
     "  on meter_read: notify Customer n\n"},
    {"quiet hours that are none",
     "channel post to phone\n  quiet 09:00 to 09:00\nnotice n service post \"x\"\nrule \"r\"\n"
     "  on meter_read: notify Customer n\n",
     "W227 4 the quiet hours end when they begin: the channel is never quiet\n",
     "channel post to phone\n  quiet 09:00 to 08:00\nnotice n service post \"x\"\nrule \"r\"\n"
     "  on meter_read: notify Customer n\n"},
    {"a notice that expires in the quiet hours",
     "channel post to phone\n  quiet 21:00 to 10:00\nnotice n service post \"x\"\n  expires after "
     "30 minutes\n" CASE STEP("3 days before due_date", "notify Customer n"),
     "W228 12 this is never sent: at 09:00 the channel is quiet, and the notice expires 30 minutes "
     "later, before the quiet hours end\n",
     "channel post to phone\n  quiet 21:00 to 10:00\nnotice n service post \"x\"\n  expires after "
     "60 minutes\n" CASE STEP("3 days before due_date", "notify Customer n")},
    {"a notice that expires at once",
     "notice n service sms \"x\"\n  expires after 0 hours\n"
     "rule \"r\"\n  on meter_read: notify Customer n\n",
     "W228 5 the notice expires the moment it is decided\n",
     "notice n service sms \"x\"\n  expires after 1 hour\nrule \"r\"\n  on meter_read: notify "
     "Customer n\n"},
};

class TimeMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(TimeMistakes, AreTold) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, TimeMistakes, testing::ValuesIn(kMistakes));

#undef CASE

}  // namespace
}  // namespace duban::analysis_times_test
