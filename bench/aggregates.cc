// What an aggregate over past events costs, and a step on a subject that remembers them, by how
// many there are.
//
//   duban_bench_aggregates
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/eval.h"
#include "engine/step.h"

namespace {

using namespace duban;
using Clock = std::chrono::steady_clock;

constexpr const char* kRules = R"(vocabulary "V"
  timezone "Asia/Shanghai"
entity Customer key account
  name : text
event read for Customer
  kwh : number
event asked for Customer
policy "P"
define a_count of Customer = count of read over the last 24 months
define b_sum of Customer = sum of read.kwh over the last 24 months
define c_average of Customer = average of read.kwh over the last 24 months
define d_max of Customer = max of read.kwh over the last 24 months
define e_latest of Customer = latest of read.kwh over the last 24 months
define f_where of Customer = count of read over the last 24 months where kwh above 500
rule "r"
  on asked if c_average above 2000 and f_where above 3 and d_max above 5000:
    set name = "x"
)";

constexpr int64_t kNow = 1'780'000'000'000;  // 2026-05-28

Input event_input(const Plan& plan, const char* name, Instant at, std::vector<Value> fields) {
  auto event = std::make_shared<EventData>();
  event->event = *plan.layout.find_event(name);
  event->time = event->received = at;
  event->given.assign(fields.size(), true);
  event->fields = std::move(fields);
  event->cause = DigestBuilder().add(name).add(at.ms).finish();
  Input input;
  input.kind = Input::Kind::event;
  input.time = input.received = at;
  input.cause = event->cause;
  input.event = std::move(event);
  return input;
}

Subject stepped(const Plans& plans, const References& references, Subject subject,
                const Input& input) {
  auto outcome = step(plans, references, std::move(subject), input);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) {
    std::fprintf(stderr, "%s\n", failure->english.c_str());
    std::_Exit(1);
  }
  return std::move(std::get<StepOutcome>(outcome).subject);
}

// Nanoseconds each, over half a second.
template <typename Work>
double measure(const Work& work) {
  const auto start = Clock::now();
  size_t times = 0;
  double elapsed = 0;
  while (elapsed < 0.5) {
    work();
    ++times;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  }
  return elapsed / static_cast<double>(times) * 1e9;
}

void run(const std::shared_ptr<const Plan>& plan, int64_t count) {
  Plans plans;
  plans.add(1, plan);
  const References references;
  Subject subject;
  subject.key = Key{*plan->layout.find_entity("Customer"), "C1"};
  subject.exists = true;
  subject.attributes = {Value{std::string("Li")}};
  const int64_t gap = 700 * kMsPerDay / count;
  const auto read = [&](int64_t i) {
    const Decimal kwh = *Decimal::from_integer((i * 7919) % 1000);
    return event_input(*plan, "read", Instant{kNow - (count - i) * gap}, {kwh});
  };
  for (int64_t i = 0; i < count; ++i) {
    subject = stepped(plans, references, std::move(subject), read(i));
  }
  const Input asked = event_input(*plan, "asked", Instant{kNow}, {});
  subject.now = Instant{kNow};

  Context c;
  c.plan = plan.get();
  c.references = &references;
  c.subject = &subject;
  c.now = Instant{kNow};
  std::printf("%ld past events\n", static_cast<long>(count));
  static const char* const kNames[] = {"count", "sum", "average", "max", "latest", "count where"};
  size_t name = 0;
  for (Index i = 0; i < plan->nodes.size() && name < std::size(kNames); ++i) {
    if (plan->nodes[i].op != Op::aggregate) continue;
    const double ns = measure([&] { (void)evaluate(c, i); });
    std::printf("  %-28s %12.0f ns\n", kNames[name++], ns);
  }
  // As the runtime does: on a copy, which then takes the place of what was.
  std::printf("  %-28s %12.0f ns\n", "step that asks three of them",
              measure([&] { subject = stepped(plans, references, Subject(subject), asked); }));
  constexpr int kMore = 100;
  std::vector<Input> more;
  for (int i = 0; i < kMore; ++i) more.push_back(read(count + i));
  const auto start = Clock::now();
  for (const Input& input : more) subject = stepped(plans, references, Subject(subject), input);
  const double elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  std::printf("  %-28s %12.0f ns\n", "step that adds one", elapsed / kMore * 1e9);
}

}  // namespace

int main() {
  CompileInput input;
  input.files.push_back({"bench.rules", kRules});
  const Compilation compilation = compile(input);
  if (compilation.plan == nullptr) {
    for (const Diagnostic& finding : compilation.diagnostics) {
      std::fputs(render(finding, compilation.sources, Language::english).c_str(), stderr);
    }
    return 1;
  }
  for (const int64_t count : {24, 1'000, 100'000}) run(compilation.plan, count);
}
