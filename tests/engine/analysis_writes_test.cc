// Goal: steps that write different values to one attribute, or close a case in two ways, at one
// moment are found, with a case in which they do; steps that exclude each other are left alone.
// Method: a table of mistakes, each with its nearest neighbour that is none.
#include "tests/engine/analysis_told.h"

namespace duban::analysis_writes_test {
namespace {

using test::Mistake;

#define TWO(first, second) "rule \"a\"\n  " first "\nrule \"b\"\n  " second "\n"
#define CASE "case C of Customer per bill_no\n  opens on bill_issued\n"

const Mistake kMistakes[] = {
    {"both unconditional",
     TWO("on meter_read: set remark = \"a\"", "on meter_read: set remark = \"b\""),
     "E122 7 `remark` is set to another value at p.rules:5, in the same step\n",
     TWO("on meter_read: set remark = \"a\"", "on meter_read: set remark = \"a\"")},
    {"conditions that overlap",
     TWO("on meter_read if kwh > 10: set remark = \"a\"",
         "on meter_read if kwh <= 20 and critical: set remark = \"b\""),
     "E122 7 `remark` is set to another value at p.rules:5, in the same step; for example with "
     "`kwh` = 20 and "
     "`critical` = yes\n",
     TWO("on meter_read if kwh > 10: set remark = \"a\"",
         "on meter_read if kwh <= 10 and critical: set remark = \"b\"")},
    {"a rule and its case's step",
     CASE "  closes on bill_cancelled as void\n  on payment_received if event.amount > 5 yuan: set "
          "remark = \"a\"\n"
          "rule \"b\"\n  on payment_received if amount > 9 yuan: set remark = \"b\"\n",
     "E122 9 `remark` is set to another value at p.rules:7, in the same step; for example with "
     "`amount` = ",
     CASE "  closes on bill_cancelled as void\n  on payment_received if event.amount > 5 yuan: set "
          "remark = \"a\"\n"
          "rule \"b\"\n  on payment_received if amount < 5 yuan: set remark = \"b\"\n"},
    {"an opening case reads what the event says",
     CASE
     "  closes on bill_cancelled as void\n  on opening if amount > 5 yuan: set remark = \"a\"\n"
     "rule \"b\"\n  on bill_issued if amount > 9 yuan: set remark = \"b\"\n",
     "E122 9 `remark` is set to another value at p.rules:7, in the same step; for example with "
     "`amount` = CNY 9.01\n",
     CASE
     "  closes on bill_cancelled as void\n  on opening if amount > 5 yuan: set remark = \"a\"\n"
     "rule \"b\"\n  on bill_issued if amount <= 5 yuan: set remark = \"b\"\n"},
    {"twice in one step",
     "rule \"a\"\n  on meter_read:\n    set remark = \"a\"\n    set remark = \"b\"\n", "E122 7",
     "rule \"a\"\n  on meter_read if kwh > 5:\n    set remark = \"a\"\n  otherwise:\n    set "
     "remark = \"b\"\n"},
    {"the same time",
     CASE "  closes on bill_cancelled as void\n  3 days after due_date if amount > 5 yuan: set "
          "remark = \"a\"\n"
          "  3 days after due_date if amount > 9 yuan: set remark = \"b\"\n",
     "E122 8",
     CASE "  closes on bill_cancelled as void\n  3 days after due_date if amount > 5 yuan: set "
          "remark = \"a\"\n"
          "  4 days after due_date if amount > 9 yuan: set remark = \"b\"\n"},
    {"on the same days",
     CASE "  closes on bill_cancelled as void\n  every Monday: set remark = \"a\"\n"
          "  every Monday at 09:00 if critical: set remark = \"b\"\n"
          "  every Monday: set remark = \"c\"\n",
     "E122 9",
     CASE "  closes on bill_cancelled as void\n  every Monday: set remark = \"a\"\n"
          "  every Tuesday if critical: set remark = \"b\"\n"},
    {"at closing",
     CASE "  closes on bill_cancelled as void\n  closes on account_closed as gone\n"
          "  on closing as void: set remark = \"a\"\n  on closing: set remark = \"b\"\n",
     "E122 9",
     CASE "  closes on bill_cancelled as void\n  closes on account_closed as gone\n"
          "  on closing as void: set remark = \"a\"\n  on closing as gone: set remark = \"b\"\n"},
    {"clauses of one task",
     "rule \"a\"\n  on meter_read:\n    task \"t\" for manager\n      due within 2 days\n"
     "      when late: set remark = \"a\"\n      when late: set remark = \"b\"\n",
     "E122 9",
     "rule \"a\"\n  on meter_read:\n    task \"t\" for manager\n      due within 2 days\n"
     "      when late: set remark = \"a\"\n      when late by 1 day: set remark = \"b\"\n"},

    {"values that may differ",
     TWO("on meter_read: set annual_kwh = kwh", "on meter_read: set annual_kwh = annual_kwh + kwh"),
     "W230 7 `annual_kwh` may be set to another value in the same step, at p.rules:5\n",
     TWO("on meter_read: set annual_kwh = kwh", "on meter_read: set annual_kwh = event.kwh")},
    {"two conditions that may become true at once",
     TWO("when annual_kwh > 100: set remark = \"a\"", "when annual_kwh > 1000: set remark = \"b\""),
     "W230 7 `remark` may be set to another value in the same step, at p.rules:5; for example with "
     "`annual_kwh` = 1,001\n",
     TWO("when annual_kwh > 100 and annual_kwh <= 1000: set remark = \"a\"",
         "when annual_kwh > 1000: set remark = \"b\"")},
    {"steps of two cases",
     CASE "  closes on bill_cancelled as void\n  on account_closed: set remark = \"a\"\n"
          "case D of Customer\n  opens on meter_read\n  closes on credit_changed as done\n  on "
          "account_closed: set remark = \"b\"\n",
     "W230 11",
     CASE "  closes on bill_cancelled as void\n  on account_closed: set remark = \"a\"\n"
          "case D of Customer\n  opens on meter_read\n  closes on credit_changed as done\n  on "
          "account_closed: set remark = \"a\"\n"},

    {"two outcomes on one event",
     CASE "  closes on payment_received if event.amount >= case.amount as paid\n"
          "  closes on payment_received if event.amount > 5 yuan as part\n",
     "E201 7 the case would close as `part` and, by p.rules:6, as `paid` in one step; for example "
     "with `event.amount` = CNY 5.01 and `case.amount` = CNY 5.01\n",
     CASE "  closes on payment_received if event.amount >= case.amount as paid\n"
          "  closes on payment_received if event.amount < case.amount as part\n"},
    {"a step that closes on the same event",
     CASE "  closes on account_closed as gone\n  on account_closed if critical: close as kept\n",
     "E201 7",
     CASE "  closes on account_closed if not critical as gone\n  on account_closed if critical: "
          "close as kept\n"},
    {"two conditions with different outcomes",
     CASE
     "  keep paid : money = 0 yuan\n  closes when paid >= amount as settled\n"
     "  closes when paid < 0 yuan as odd\n  on payment_received: set paid = paid + event.amount\n",
     "W231 8 the case may close as `odd` and, by p.rules:7, as `settled` in one step; for example "
     "with ",
     CASE
     "  keep paid : money = 0 yuan\n  closes when paid >= 5 yuan as settled\n"
     "  closes when paid < 0 yuan as odd\n  on payment_received: set paid = paid + event.amount\n"},
};

class WriteMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(WriteMistakes, AreTold) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, WriteMistakes, testing::ValuesIn(kMistakes));

CompileInput two_policies(const std::string& first, const std::string& second) {
  CompileInput input = test::read_folder("docs/reference");
  const std::string begin = "policy \"A\"\n  use \"words.rules\"\n";
  input.files.push_back({"a.rules", "policy \"A\"\n  use \"words.rules\"\n  " + first +
                                        "\nrule \"a\"\n  on meter_read: set remark = \"a\"\n"});
  input.files.push_back({"b.rules", "policy \"B\"\n  use \"words.rules\"\n  " + second +
                                        "\nrule \"b\"\n  on meter_read: set remark = \"b\"\n"});
  return input;
}

TEST(AnalysisOfWrites, PoliciesOfDifferentFilesAreCompared) {
  EXPECT_EQ(
      test::told(compile(two_policies("effective from 2026-01-01", "effective from 2026-06-01"))),
      "E122 5 `remark` is set to another value at a.rules:5, in the same step\n");
}

TEST(AnalysisOfWrites, PoliciesThatAreNeverInForceTogetherAreNot) {
  EXPECT_EQ(test::told(compile(two_policies("effective from 2026-01-01 to 2026-05-31",
                                            "effective from 2026-06-01"))),
            "");
}

#undef CASE

}  // namespace
}  // namespace duban::analysis_writes_test
