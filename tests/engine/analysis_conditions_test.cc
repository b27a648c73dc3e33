// Goal: a condition that is decided beforehand is found, and no other.
// Method: a table of mistakes, each with its nearest neighbour that is none.
#include "tests/engine/analysis_told.h"

namespace duban::analysis_conditions_test {
namespace {

using test::Mistake;

#define ON_PAID(condition) \
  "rule \"r\"\n  on payment_received if " condition ":\n    set remark = \"x\"\n"
#define CASE "case C of Customer per bill_no\n  opens on bill_issued if amount > 0 yuan\n"

const Mistake kMistakes[] = {
    {"amounts that exclude each other", ON_PAID("amount > 100 yuan and amount < 50 yuan"),
     "W210 5 this never holds: what follows is never done\n",
     ON_PAID("amount > 50 yuan and amount < 100 yuan")},
    {"bounds that just miss each other", ON_PAID("amount > 100 yuan and amount <= 100 yuan"),
     "W210 5", ON_PAID("amount >= 100 yuan and amount <= 100 yuan")},
    {"two values of one choice", ON_PAID("credit is good and credit is poor"), "W210 5",
     ON_PAID("credit is not good and credit is not poor")},
    {"all values of a choice",
     ON_PAID("credit is not good and credit is not poor and credit is not fair"), "W210 5",
     ON_PAID("credit is not good or credit is poor")},
    {"a condition and its opposite, nested",
     ON_PAID("critical and not (critical or amount > 5 yuan)"), "W210 5",
     ON_PAID("critical and not (not critical or amount > 5 yuan)")},
    {"a define looked through",
     "define owed of Customer = arrears * 2\n" ON_PAID("owed > 10 yuan and arrears < 5 yuan"),
     "W210 6",
     "define owed of Customer = arrears * 2\n" ON_PAID("owed > 10 yuan and arrears < 5.01 yuan")},
    {"a month past December", ON_PAID("last_visit is known and month of last_visit > 12"), "W210 5",
     ON_PAID("last_visit is known and month of last_visit > 11")},
    {"a value no row of the table gives",
     "table level first match\n  | critical | => days |\n  | yes | 2 |\n  | any | 8 |\n" ON_PAID(
         "level.days > 8"),
     "W210 9",
     "table level first match\n  | critical | => days |\n  | yes | 2 |\n  | any | 8 |\n" ON_PAID(
         "level.days > 7")},
    {"one of two alternatives", ON_PAID("amount > 9 yuan or (credit is good and credit is fair)"),
     "W210 5 this never holds: it can be left out of the `or`\n",
     ON_PAID("amount > 9 yuan or (credit is good or credit is fair)")},
    {"given the condition that opened the case",
     CASE "  closes on bill_cancelled as void\n  on opening if amount <= 0 yuan:\n    set remark = "
          "\"x\"\n",
     "W210 7 this never holds, by the condition at p.rules:5: what follows is never done\n",
     CASE "  closes on bill_cancelled as void\n  on opening if amount <= 1 yuan:\n    set remark = "
          "\"x\"\n"},
    {"given the condition that opened the case, for what nothing changes",
     CASE "  closes on payment_received if case.amount <= 0 yuan as void\n  closes on "
          "bill_cancelled as gone\n",
     "W210 6",
     CASE "  closes on payment_received if case.amount <= 0 yuan as void\n"
          "  closes on bill_cancelled as gone\n  on payment_received:\n"
          "    set amount = case.amount - event.amount\n"},

    {"an amount that is always one or the other",
     ON_PAID("amount > 100 yuan or amount <= 100 yuan"),
     "W211 5 this always holds: the `if` can be left out\n",
     ON_PAID("amount > 100 yuan or amount < 100 yuan")},
    {"a known value asked whether it is known", ON_PAID("name is known"), "W211 5",
     ON_PAID("remark is known")},
    {"a count below zero",
     "define n of Customer = count of meter_read over the last 2 months\n" ON_PAID("n >= 0"),
     "W211 6",
     "define n of Customer = count of meter_read over the last 2 months\n" ON_PAID("n > 0")},
    {"an otherwise that never comes",
     ON_PAID("critical or not critical") "  otherwise:\n    set remark = \"y\"\n",
     "W212 8 this `otherwise` never comes: the condition before it always holds\n",
     ON_PAID("critical") "  otherwise:\n    set remark = \"y\"\n"},
    {"a watched condition", "rule \"r\"\n  when critical and not critical: set remark = \"x\"\n",
     "W210 5 this never holds: it never goes off\n",
     "rule \"r\"\n  when critical and credit is poor: set remark = \"x\"\n"},
    {"an opening",
     "case C of Customer\n  opens on payment_received if amount > 5 yuan and amount < 5 yuan\n"
     "  closes on account_closed as gone\n",
     "W210 5 this never holds: the case is never opened by it\n",
     "case C of Customer\n  opens on payment_received if amount > 5 yuan or amount < 5 yuan\n"
     "  closes on account_closed as gone\n"},
    {"a closing",
     CASE "  closes on bill_cancelled as void\n  closes when critical or not critical as odd\n",
     "W211 7 this always holds: the case closes as soon as it opens\n",
     CASE "  closes on bill_cancelled as void\n  closes when critical as odd\n"},
    {"a guard rail",
     "outgoing event cut for Customer\nrule \"r\"\n  on account_closed: raise cut\n"
     "forbid cut when critical and not critical because \"x\"\n",
     "W210 7 this never holds: nothing is forbidden by it\n",
     "outgoing event cut for Customer\nrule \"r\"\n  on account_closed: raise cut\n"
     "forbid cut when critical because \"x\"\n"},
    {"what finishes a task",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 3 days\n"
     "      done on payment_received if amount < 5 yuan and amount > 5 yuan\n",
     "W210 8 this never holds: the task is never done by it\n",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 3 days\n"
     "      done on payment_received if amount <= 5 yuan and amount > 4 yuan\n"},
    {"an answer",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 3 days\n"
     "      needs decision : yes_please | no_thanks\n"
     "      when done if decision is yes_please and decision is no_thanks: set remark = \"x\"\n",
     "W210 9",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 3 days\n"
     "      needs decision : yes_please | no_thanks\n"
     "      when done if decision is yes_please: set remark = \"x\"\n"},
    {"what is counted",
     "define n of Customer = count of meter_read over the last 2 months where kwh > 5 and kwh < "
     "4\n" ON_PAID("n > 1"),
     "W210 4 this never holds: nothing is counted\n",
     "define n of Customer = count of meter_read over the last 2 months where kwh > 4 and kwh < "
     "5\n" ON_PAID("n > 1")},
};

class ConditionMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(ConditionMistakes, AreTold) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, ConditionMistakes, testing::ValuesIn(kMistakes));

// What a parameter decides may be decided otherwise tomorrow.
TEST(AnalysisOfConditions, ParametersSwitchThingsOnAndOff) {
  EXPECT_EQ(test::told(test::compile_policy("parameter trial = no\n" ON_PAID("trial"))), "");
  EXPECT_EQ(test::told(test::compile_policy(
                "parameter trial = no\n" ON_PAID("trial and amount > 5 yuan"))),
            "");
  EXPECT_EQ(
      test::told(test::compile_policy("parameter least = 5 yuan\n" ON_PAID("amount > least"))), "");
  EXPECT_EQ(
      test::told(test::compile_policy("parameter least = 5 yuan\nparameter most = 3 yuan\n" ON_PAID(
                     "amount > least and amount < most")))
          .substr(0, 6),
      "W210 7");
}

TEST(AnalysisOfConditions, SaysSoInChinese) {
  EXPECT_EQ(test::told(test::compile_policy(ON_PAID("amount > 9 yuan and amount < 5 yuan")), true),
            "W210 5 此条件永远不成立：其后的动作永远不会执行\n");
}

#undef CASE

}  // namespace
}  // namespace duban::analysis_conditions_test
