// Goal: what is declared and never used, and what waits for something that never comes, is found.
// Method: a table of mistakes, each with its nearest neighbour that is none.
#include "tests/engine/analysis_told.h"

namespace duban::analysis_words_test {
namespace {

using test::Mistake;

#define CASE "case C of Customer per bill_no\n  opens on bill_issued\n"

const Mistake kMistakes[] = {
    {"a notice", "notice n service sms \"x\"\n", "W101 4 the notice `n` is never sent\n",
     "notice n service sms \"x\"\nrule \"r\"\n  on meter_read: notify Customer n\n"},
    {"a parameter", "parameter p = 1\n", "W102 4 the parameter `p` is never used\n",
     "parameter p = 1\nrule \"r\"\n  on meter_read if kwh > p: set remark = \"x\"\n"},
    {"a define", "define d of Customer = annual_kwh + 1\n",
     "W102 4 `d` is defined and never used\n",
     "define d of Customer = annual_kwh + 1\nrule \"r\"\n  on meter_read if kwh > d: set remark = "
     "\"x\"\n"},
    {"a table", "table t first match\n  | credit | => x |\n  | any | 1 |\n",
     "W102 4 the table `t` is never used\n",
     "table t first match\n  | credit | => x |\n  | any | 1 |\nrule \"r\"\n  on meter_read if kwh "
     "> t: set remark = \"x\"\n"},
    {"an event", "event odd for Customer\n", "W244 4 nothing is done about the event `odd`\n",
     "event odd for Customer\n  set remark = \"x\"\n"},
    {"an outgoing event", "outgoing event odd for Customer\n",
     "W244 4 the outgoing event `odd` is never raised\n",
     "outgoing event odd for Customer\nrule \"r\"\n  on meter_read: raise odd\n"},
    {"what a case keeps",
     CASE "  keep paid : money = 0 yuan\n  closes on bill_cancelled as void\n"
          "  on payment_received: set paid = paid + event.amount\n",
     "W245 6 `paid` is kept and never read\n",
     CASE "  keep paid : money = 0 yuan\n  closes on bill_cancelled as void\n  closes when paid >= "
          "amount as settled\n"
          "  on payment_received: set paid = paid + event.amount\n"},

    {"a case that never closes", CASE "  on payment_received: set remark = \"x\"\n",
     "W104 4 the case `C` never closes\n", CASE "  on payment_received: close as paid\n"},
    {"a closing decided at the opening",
     CASE "  keep limit : money = 5 yuan\n  closes when amount <= limit as small\n",
     "W241 7 nothing can make the case close: what this reads never changes while it is open\n",
     CASE "  keep limit : money = 5 yuan\n  closes when amount <= limit as small\n  on "
          "payment_received: set limit = event.amount\n"},
    {"waiting for an outgoing event nobody raises",
     "outgoing event cut for Customer\nforbid cut when critical because \"x\"\n" CASE
     "  closes on cut as done\n",
     "W242 8 this never comes: `cut` is an outgoing event, and nothing here raises it\n",
     "outgoing event cut for Customer\nforbid cut when critical because \"x\"\n" CASE
     "  closes on cut as done\n  3 days after due_date: raise cut\n"},
    {"escalated to whoever has it",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 2 days\n"
     "      when late: escalate to manager\n",
     "W243 8 the task is escalated to whoever has it already\n",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n      due within 2 days\n"
     "      when late: escalate to manager.supervisor\n"},
    {"reassigned to whoever has it",
     CASE
     "  owner manager\n  closes on bill_cancelled as void\n  on opening:\n"
     "    task \"t\" for owner\n      due within 2 days\n      when late: reassign to manager\n",
     "W243 11 the task is reassigned to whoever has it already\n",
     CASE
     "  owner manager\n  closes on bill_cancelled as void\n  on opening:\n"
     "    task \"t\" for owner\n      due within 2 days\n      when late: reassign to deputy\n"},
    {"a task without a deadline", "rule \"r\"\n  on meter_read:\n    task \"t\" for manager\n",
     "W105 6 this task has no deadline\n",
     "rule \"r\"\n  on meter_read:\n    task \"t\" for manager due within 2 days\n"},
};

class WordMistakes : public testing::TestWithParam<Mistake> {};
TEST_P(WordMistakes, AreTold) { test::expect_told(GetParam()); }
INSTANTIATE_TEST_SUITE_P(Analysis, WordMistakes, testing::ValuesIn(kMistakes));

// A vocabulary serves many policies: what this one leaves unused is no finding.
TEST(AnalysisOfWords, VocabulariesAreShared) {
  CompileInput input = test::read_folder("docs/reference");
  for (DeploymentFile& file : input.files) {
    if (file.path != "words.rules") continue;
    file.text +=
        "parameter p = 1\nnotice n service sms \"x\"\nevent odd for Customer\n"
        "define d of Customer = annual_kwh + 1\n";
  }
  EXPECT_EQ(test::told(compile(input)), "");
}

#undef CASE

}  // namespace
}  // namespace duban::analysis_words_test
