// Goal: a value that may be missing is told of where it is compared or required, unless somebody
// asked whether it is known.
// Method: a table of mistakes, each with its nearest neighbour that is none; then every way of
// asking.
#include "tests/engine/analysis_told.h"

namespace duban::analysis_missing_test {
namespace {

using test::Mistake;

#define ON_PAID(condition) \
  "rule \"r\"\n  on payment_received if " condition ":\n    set remark = \"x\"\n"
#define SET(value, condition) \
  "rule \"r\"\n  on payment_received" condition ":\n    set name = " value "\n"
#define USUAL "define usual of Customer = average of meter_read.kwh over the last 6 months\n"

const Mistake kMistakes[] = {
    {"a comparison", ON_PAID("last_visit < today"),
     "W240 5 `last_visit` may be missing, and then this comparison does not hold\n",
     ON_PAID("last_visit is known and last_visit < today")},
    {"a difference", ON_PAID("remark is not \"x\""), "W240 5", ON_PAID("remark is \"x\"")},
    {"arithmetic on it", ON_PAID("last_visit + 3 days < today"),
     "W240 5 `last_visit` may be missing",
     ON_PAID("last_visit + 3 days is known and last_visit + 3 days < today")},
    {"an average of nothing",
     USUAL "rule \"r\"\n  on meter_read if kwh > 2 * usual:\n    set remark = \"x\"\n",
     "W240 6 `usual` may be missing",
     USUAL
     "define n of Customer = count of meter_read over the last 6 months\n"
     "rule \"r\"\n  on meter_read if n at least 3 and kwh > 2 * usual:\n    set remark = \"x\"\n"},
    {"a count over another time",
     USUAL
     "define n of Customer = count of meter_read over the last 7 months\n"
     "rule \"r\"\n  on meter_read if n at least 3 and kwh > 2 * usual:\n    set remark = \"x\"\n",
     "W240 7",
     USUAL
     "define n of Customer = count of meter_read over the last 6 months\n"
     "rule \"r\"\n  on meter_read if n above 0 and kwh > 2 * usual:\n    set remark = \"x\"\n"},
    {"asked on the wrong side of an or", ON_PAID("critical or last_visit < today"), "W240 5",
     ON_PAID("last_visit is not known or last_visit < today")},
    {"asked of something else", ON_PAID("remark is known and last_visit < today"), "W240 5",
     ON_PAID("last_visit is known and last_visit < today")},

    {"waited for the other way round",
     "rule \"r\"\n  when today below last_visit + 6 months: set critical = yes\n",
     "W240 5 `last_visit` may be missing",
     "rule \"r\"\n  when today at least last_visit + 6 months: set critical = yes\n"},
    {"that the moment has not come",
     "rule \"r\"\n  when not (today at least last_visit + 6 months): set critical = yes\n",
     "W240 5",
     "rule \"r\"\n  when last_visit is known and not (today at least last_visit + 6 months): set "
     "critical = yes\n"},

    {"required by an attribute", SET("remark", ""),
     "W106 6 a value is required here, and `remark` may be missing\n",
     SET("remark", " if remark is known")},
    {"required by a field",
     "event noted for Customer\n  text1 : text\nrule \"r\"\n  on payment_received:\n"
     "    raise noted with text1 = remark\n  on noted: set credit = good\n",
     "W106 8",
     "event noted for Customer\n  text1 : text?\nrule \"r\"\n  on payment_received:\n"
     "    raise noted with text1 = remark\n  on noted: set credit = good\n"},
    {"required by what a case keeps",
     "case C of Customer\n  opens on payment_received\n  keep seen : date = last_visit\n"
     "  closes on account_closed as gone\n  7 days after seen: set remark = \"x\"\n",
     "W106 6",
     "case C of Customer\n  opens on payment_received if last_visit is known\n  keep seen : date = "
     "last_visit\n"
     "  closes on account_closed as gone\n  7 days after seen: set remark = \"x\"\n"},
    {"of a row that may be missing", SET("deputy.name", ""),
     "W106 6 a value is required here, and `deputy` may be missing", SET("manager.name", "")},
    {"a deadline",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due 3 days after "
     "last_visit\n",
     "W106 7 the task has no deadline while `last_visit` is missing\n",
     "rule \"r\"\n  on meter_read if last_visit is known:\n    task \"t\" for manager\n      due 3 "
     "days after last_visit\n"},
};

class MissingMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(MissingMistakes, AreTold) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, MissingMistakes, testing::ValuesIn(kMistakes));

// Each asks, in its own way, before the value is required.
TEST(AnalysisOfMissingValues, EveryWayOfAskingCounts) {
  const char* kAsked[] = {
      SET("remark", " if remark is known and critical"),
      SET("remark", " if not (remark is not known)"),
      SET("remark", " if remark is not none"),
      SET("remark", " if remark is \"a\""),
      SET("remark", " if remark in (\"a\", \"b\")"),
      SET("remark", " if remark is not empty"),
      SET("remark", " if (remark is known and critical) or remark is \"b\""),
      "rule \"r\"\n  on payment_received if remark is not known: set critical = yes\n"
      "  otherwise: set name = remark\n",
      "rule \"r\"\n  when remark is known: set name = remark\n",
      // A step in time waits for its anchor.
      "case C of Customer per bill_no\n  opens on bill_issued\n  keep stop_on : date?\n"
      "  keep stopped : date = due_date\n  closes on bill_cancelled as void\n"
      "  on payment_received: set stop_on = today\n"
      "  2 days after stop_on if stopped < today: set stopped = stop_on\n",
      // Waiting for a moment is waiting for it to be known.
      "rule \"r\"\n  when today at least last_visit + 6 months: set critical = yes\n",
      "rule \"r\"\n  when critical and last_visit + 6 months < today: set remark = \"x\"\n",
      "case C of Customer\n  opens when today above last_visit + 6 months\n"
      "  closes when last_visit + 1 year at most today as over\n"
      "  on payment_received: set critical = yes\n",
      // What opened the case asked.
      "case C of Customer\n  opens when remark is known\n  closes on account_closed as gone\n"
      "  on payment_received: set name = remark\n",
      // A default is a value.
      "case C of Customer\n  opens on payment_received\n  keep last : date? = today\n"
      "  closes on account_closed as gone\n  on visit_recorded if last < today: set last = today\n",
  };
  for (const char* text : kAsked) EXPECT_EQ(test::told(test::compile_policy(text)), "") << text;
}

// One mistake, one message: the gap is told at the table.
TEST(AnalysisOfMissingValues, ATableWithAGapIsToldOfOnce) {
  EXPECT_EQ(test::told(test::compile_policy(
                           "table t first match\n  | critical | => x |\n  | yes | 1 |\n"
                           "rule \"r\"\n  on meter_read if kwh > t: set remark = \"x\"\n"))
                .substr(0, 4),
            "W103");
}

}  // namespace
}  // namespace duban::analysis_missing_test
