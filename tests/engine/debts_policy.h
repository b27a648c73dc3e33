// A small policy with one of everything that coverage counts, over the shop of tests/scenarios, and
// what the tests of coverage, mutation and boundaries share.
#pragma once

#include <string>
#include <vector>

#include "engine/coverage.h"
#include "engine/scenario.h"
#include "tests/engine/files.h"

namespace duban::test {

inline constexpr const char* kDebts = R"(policy "Debts" (欠款)
  use "shop.rules"
  basis "Article 7"

parameter large (大额) = 100 yuan

notice hello (问候) service mail "hello {name}, see you in {interval.months}"
notice sorry (致歉) service mail "sorry {name}"
outgoing event stop (停用) for Customer

forbid stop when Customer.protected
  because "protected"

table interval (周期) first match
  | grade | => months (月数) |
  | high  | 6 months |
  | low   | 1 month |
  | any   | 3 months |

rule "Big orders" (大单)
  on ordered if event.amount at least large or grade is low:
    notify Customer by mail hello
  otherwise:
    notify Customer by mail sorry

case Debt (催收) of Customer per order_no
  opens on ordered
  closes on answered as done
  closes on closed_account as gone
  owner manager

  on opening:
    task "Call {name}" for owner
      due within 2 working days
      done on met
      when late: escalate to owner.supervisor

  3 days after due_date:
    raise stop
)";

inline constexpr const char* kDebtsScenarios = R"(
scenario "a large order, and nobody calls"
  given Staff "S1" with name = "Zhao", supervisor = "S2"
  given Customer "C1" with name = "Li", manager = "S1", protected = yes
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 100 yuan, due_date = 2026-03-20
  expect mail hello to "C1" at 2026-03-02 09:00
  expect task "Call Li" for "S1" at 2026-03-02 09:00 due 2026-03-04 17:30
  expect escalation of "Call Li" to "S2" at 2026-03-04 17:30
  expect stop blocked at 2026-03-23 09:00

scenario "answered at once"
  given Staff "S1" with name = "Zhao", supervisor = "S2"
  given Customer "C1" with name = "Li", manager = "S1", grade = high
  on 2026-03-02 09:00 ordered with order_no = "A", amount = 200 yuan, due_date = 2026-03-20
  on 2026-03-02 10:00 answered with order_no = "A"
  expect case Debt "A" closed as done at 2026-03-02 10:00
  expect nothing more until 2026-12-31
)";

inline CompileInput with_file(const std::string& path, const std::string& text) {
  CompileInput input = read_folder("tests/scenarios");
  input.files.push_back({path, text});
  std::sort(input.files.begin(), input.files.end());
  return input;
}

// The file's scenarios as they ran, observed.
inline TestedFile test_file(const CompileInput& input, const std::string& path) {
  TestedFile out{prepare_scenarios(input, path), {}};
  for (const syntax::ScenarioDecl* scenario : out.file.scenarios()) {
    ScenarioRun run{scenario, false, Observations(*out.file.compilation.plan)};
    run.passed = run_scenario(out.file, *scenario, {.observed = &run.observed}).passed;
    out.runs.push_back(std::move(run));
  }
  return out;
}

inline TestedFile test_text(const std::string& text) {
  return test_file(with_file("debts.rules", text), "debts.rules");
}

inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

}  // namespace duban::test
