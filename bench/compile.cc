// How long a large library takes to compile, all analyses included, and in how much memory.
//
//   duban_bench_compile [POLICIES]      1000 of 30 lines each, unless told
#include "engine/compile.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace duban;

constexpr const char* kWords = R"(vocabulary "V"
  timezone "Asia/Shanghai"
  currency CNY
reference Staff key number
  number : text
  name : text
  supervisor : Staff?
entity Customer key account
  account : text
  name : text
  class : residential | commercial | industrial
  phone : text private
  manager : Staff?
  overdue : money
channel sms to phone
event bill_issued for Customer
  bill : text
  amount : money
  due_date : date
event payment for Customer
  bill : text
  amount : money
event complaint for Customer
  topic : text
  severity : number
)";

// Each speaks of the same customers and events, and declares its own names.
constexpr const char* kPolicy = R"(policy "Care @"
  use "words.rules"
  effective from 2026-01-01
  basis "Rules for customer service, article #"
parameter limit_@ = #00 CNY
parameter grace_@ = 1# days
define paid_@ of Customer = sum of payment.amount over the last 12 months
define upset_@ of Customer = count of complaint over the last 9# days where severity above 3
table level_@ first match
  | class       | overdue   | => days_@ | => tone_@ |
  | residential | < 100 CNY | 15        | "kind"    |
  | residential | any       | 10        | "plain"   |
  | commercial  | < 500 CNY | 10        | "plain"   |
  | any         | any       | 5         | "firm"    |
notice reminder_@ mandatory sms
  "Dear {name}: bill {bill} of {amount} is due on {due_date}; level {level_@.days_@}, {level_@.tone_@}."
rule "Upset customers @"
  on complaint if severity at least 4 and upset_@ at least 2:
    task "Visit {name} @" for manager
      due within 2 days
      when late: escalate to manager.supervisor
case Debt_@ of Customer per bill
  opens on bill_issued if amount above limit_@ and paid_@ below 10#000 CNY
  keep open_@ : money = 0 CNY
  closes when open_@ at least amount as paid
  on payment: set open_@ = open_@ + event.amount
  grace_@ after due_date: notify Customer by sms reminder_@
  20 days after due_date if overdue above limit_@ or class is industrial:
    notify Customer by sms reminder_@
  30 days after due_date: close as given_up
)";

std::string numbered(std::string text, int number) {
  std::string out;
  for (const char c : text) {
    if (c == '@') {
      out += std::to_string(number);
    } else if (c == '#') {
      out += std::to_string(number % 9 + 1);
    } else {
      out += c;
    }
  }
  return out;
}

double seconds_of(const CompileInput& input) {
  const auto begin = std::chrono::steady_clock::now();
  const Compilation compilation = compile(input);
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  if (!compilation.diagnostics.empty()) {
    std::fputs(
        render(compilation.diagnostics.front(), compilation.sources, Language::english).c_str(),
        stderr);
    std::exit(1);
  }
  return elapsed.count();
}

}  // namespace

int main(int argc, char** argv) {
  const int policies = argc > 1 ? std::atoi(argv[1]) : 1000;
  CompileInput input;
  input.files.push_back({"words.rules", kWords});
  int64_t lines = 0;
  for (int i = 1; i <= policies; ++i) {
    input.files.push_back({"p" + std::to_string(i) + ".rules", numbered(kPolicy, i)});
  }
  for (const DeploymentFile& file : input.files) {
    lines += std::count(file.text.begin(), file.text.end(), '\n');
  }
  std::vector<double> runs;
  for (int run = 0; run < 3; ++run) runs.push_back(seconds_of(input));
  std::sort(runs.begin(), runs.end());
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%d policies, %lld lines: %.2f s (median of 3), %.0f lines/s, peak %.0f MB\n",
              policies, static_cast<long long>(lines), runs[1],
              static_cast<double>(lines) / runs[1], static_cast<double>(usage.ru_maxrss) / 1024);
}
