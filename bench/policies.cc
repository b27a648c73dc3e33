// What evaluating policies costs in memory, on the workloads of ../shared/bench, whose generated
// inputs it reads: no parsing, no store.
//
//   duban_bench_policies INPUTS collection|rules N|table|timers
//
// Prints `F figure value unit`, one figure a line; what is needed to compare outcomes, to stderr.
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/eval.h"
#include "engine/intake.h"
#include "engine/step.h"
#include "runtime/timers.h"

namespace {

using namespace duban;
using Clock = std::chrono::steady_clock;

constexpr const char* kWords = R"(vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
)";

[[noreturn]] void give_up(const std::string& message) {
  std::fprintf(stderr, "duban_bench_policies: %s\n", message.c_str());
  std::exit(1);
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) give_up(path + " cannot be read");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

Plans compiled(const std::string& words, const std::string& policy) {
  CompileInput input;
  input.files = {{"policy.rules", "policy \"Bench\"\n  use \"words.rules\"\n\n" + policy},
                 {"words.rules", kWords + words}};
  const Compilation compilation = compile(input);
  for (const Diagnostic& d : compilation.diagnostics) {
    if (d.severity == Severity::error)
      give_up(d.english + " (line " + std::to_string(d.span.begin) + ")");
  }
  if (compilation.plan == nullptr) give_up("the policy does not compile");
  Plans plans;
  plans.add(1, compilation.plan);
  return plans;
}

uint16_t event_named(const Plan& plan, const std::string& name) {
  for (uint16_t i = 0; i < plan.layout.events.size(); ++i) {
    if (plan.layout.events[i].names.name == name) return i;
  }
  give_up("no event " + name);
}

Input event_input(uint16_t event, const Key& subject, Instant time, uint64_t number,
                  std::vector<Value> fields) {
  auto data = std::make_shared<EventData>();
  data->event = event;
  data->time = data->received = time;
  data->cause = Digest{number, ~number};
  data->given.assign(fields.size(), true);
  data->fields = std::move(fields);
  Input input;
  input.subject = subject;
  input.time = input.received = time;
  input.cause = data->cause;
  input.event = std::move(data);
  return input;
}

Value number(int64_t n) { return Decimal::from_micro(n * Decimal::kOne); }

// The generator of ../shared/bench, so that the events are the same.
struct Random {
  uint32_t x;
  uint32_t below(uint32_t n) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x % n;
  }
};

StepEffects stepped(const Plans& plans, const References& references, Subject& subject,
                    const Input& input) {
  auto outcome = step_in_place(plans, references, subject, input);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) give_up(failure->english);
  return std::move(std::get<StepEffects>(outcome));
}

// ---------------------------------------------------------------- collection

constexpr const char* kCustomers = R"(entity Customer key id
  id : text
  phone : text = "138"
channel sms to phone
event bill_due for Customer
  bill : number
event payment for Customer
  bill : number
)";
constexpr const char* kCollection = R"(notice reminder service sms
  "Please pay."
notice call service sms
  "We shall call."
notice disconnection service sms
  "Supply will be stopped."

case Collection of Customer per bill
  opens on bill_due
  closes on payment as paid

  3 days after case.opened:
    notify Customer by sms reminder

  7 days after case.opened:
    notify Customer by sms call

  30 days after case.opened:
    notify Customer by sms disconnection
)";

void collection(const std::string& inputs) {
  const Plans plans = compiled(kCustomers, kCollection);
  const Plan& plan = plans.current();
  struct Item {  // of stream.bin: minutes; 0 = due, 1 = paid
    uint32_t minute, customer;
    uint16_t bill, kind;
  };
  const std::string bytes = read_file(inputs + "/stream.bin");
  const auto* items = reinterpret_cast<const Item*>(bytes.data());
  const size_t count = bytes.size() / sizeof(Item);
  const uint16_t events[] = {event_named(plan, "bill_due"), event_named(plan, "payment")};
  const References references;
  SubjectTable subjects;
  Timers timers(subjects);
  std::vector<SubjectRow*> rows;
  for (uint32_t i = 0; i < 10'000; ++i) {
    SubjectRow& row = subjects.add(Key{0, "C" + std::to_string(i)});
    CachedSubject cached;
    Input input;
    input.kind = Input::Kind::upsert;
    input.subject = row.key;
    auto made = new_subject(plan, references, input);
    if (auto* error = std::get_if<IntakeError>(&made)) give_up(error->english);
    cached.subject = std::get<Subject>(std::move(made));
    subjects.hold(row, std::move(cached));
    rows.push_back(&row);
  }
  uint64_t notices = 0, fired = 0;
  const auto take = [&](SubjectRow& row, const Input& input) {
    const StepEffects effects = stepped(plans, references, row.cached->subject, input);
    timers.set(row, effects.wake);
    for (const auto& record : effects.records) {
      notices += std::holds_alternative<NoticeRecord>(*record) ? 1 : 0;
    }
  };
  const auto start = Clock::now();
  for (size_t i = 0; i < count; ++i) {
    const Item& item = items[i];
    const Instant time{int64_t{item.minute} * kMsPerMinute};
    while (SubjectRow* due = timers.first(Instant{time.ms - 1})) {
      Input input;
      input.kind = Input::Kind::timer;
      input.subject = due->key;
      input.time = input.received = due->armed->at;
      input.before_facts = due->armed->before_facts;
      ++fired;
      take(*due, input);
    }
    SubjectRow& row = *rows[item.customer];
    take(row, event_input(events[item.kind], row.key, time, i, {number(item.bill)}));
  }
  const double seconds = seconds_since(start);
  std::fprintf(stderr, "# %zu events, %llu timers, %llu notices\n", count,
               static_cast<unsigned long long>(fired), static_cast<unsigned long long>(notices));
  std::printf("F duban.collection %.0f ev/s\n", static_cast<double>(count) / seconds);
}

// ---------------------------------------------------------------- rules

void rules(const std::string& inputs, int rule_count) {
  std::istringstream text(read_file(inputs + "/scale_" + std::to_string(rule_count) + ".txt"));
  uint32_t n = 0, types = 0, classes = 0;
  text >> n >> types >> classes;
  std::string words = "choice kind : ";
  for (uint32_t k = 0; k < classes; ++k) words += (k > 0 ? " | k" : "k") + std::to_string(k);
  if (classes == 1) words += " | other";
  words += "\nentity Customer key id\n  id : text\n  matched : number = 0\n";
  for (uint32_t t = 0; t < types; ++t) {
    words += "event t" + std::to_string(t) + " for Customer\n  class : kind\n  amount : number\n";
  }
  std::string policy;
  for (uint32_t i = 0; i < n; ++i) {
    int type = 0, kind = 0, low = 0, high = 0;
    text >> type >> kind >> low >> high;
    policy += "rule \"r" + std::to_string(i) + "\"\n  on t" + std::to_string(type) +
              " if event.class is k" + std::to_string(kind) + " and event.amount at least " +
              std::to_string(low) + " and event.amount below " + std::to_string(high) +
              ":\n    set matched = matched + 1\n\n";
  }
  const auto before = Clock::now();
  const Plans plans = compiled(words, policy);
  const double compile_seconds = seconds_since(before);
  const Plan& plan = plans.current();
  uint16_t choice = 0;
  while (plan.layout.choices[choice].names.name != "kind") ++choice;
  const References references;
  Input made;
  made.kind = Input::Kind::upsert;
  made.subject = Key{0, "C1"};
  Subject subject = std::get<Subject>(new_subject(plan, references, made));
  std::vector<uint16_t> events;
  for (uint32_t t = 0; t < types; ++t) events.push_back(event_named(plan, "t" + std::to_string(t)));
  Random random{999};
  size_t done = 0;
  const auto start = Clock::now();
  for (; done % 64 != 0 || seconds_since(start) < 1; ++done) {
    const uint32_t t = random.below(types), k = random.below(classes), a = random.below(10'000);
    Input input = event_input(events[t], made.subject, Instant{0}, done,
                              {ChoiceValue{choice, static_cast<uint16_t>(k)}, number(a)});
    stepped(plans, references, subject, input);
  }
  const double seconds = seconds_since(start);
  std::fprintf(stderr, "# matched %s in %zu\n",
               subject.attributes.back().as<Decimal>().to_string().c_str(), done);
  std::printf("F duban.rules.%d %.0f ev/s\n", rule_count, static_cast<double>(done) / seconds);
  std::printf("F duban.rules.%d.load %.3f s\n", rule_count, compile_seconds);
}

// ---------------------------------------------------------------- table

void table(const std::string& inputs) {
  namespace json = boost::json;
  const json::value data = json::parse(read_file(inputs + "/table.json"));
  const auto names = [&](const char* key) {
    std::vector<std::string> out;
    for (const json::value& name : data.at(key).as_array())
      out.push_back(json::value_to<std::string>(name));
    return out;
  };
  const auto classes = names("CLS"), grades = names("GRD"), tiers = names("TIER"),
             ways = names("STRAT");
  const auto choice = [](const std::string& name, const std::vector<std::string>& values,
                         const char* prefix) {
    std::string out = "choice " + name + " : ";
    for (size_t i = 0; i < values.size(); ++i) out += (i > 0 ? " | " : "") + (prefix + values[i]);
    return out + "\n";
  };
  std::string words = choice("classes", classes, "c_") + choice("grades", grades, "g_") +
                      choice("tiers", tiers, "t_") + choice("ways", ways, "w_");
  words +=
      "entity Customer key id\n  id : text\n  class : classes\n  grade : grades\n  usage : "
      "number\n  arrears : number\n  out : number?\nevent e for Customer\n";
  std::string policy =
      "table service first match\n  | class | grade | usage | arrears | => tier | => interval | => "
      "way |\n";
  const auto one_of = [](const json::value& value, const std::vector<std::string>& all,
                         const char* prefix) {
    if (value.is_null()) return std::string("any");
    std::string out;
    for (const json::value& i : value.as_array())
      out += (out.empty() ? "" : ", ") + (prefix + all[static_cast<size_t>(i.as_int64())]);
    return out;
  };
  const auto range = [](const json::value& value) {
    if (value.is_null()) return std::string("any");
    return std::to_string(value.as_array()[0].as_int64()) + " to " +
           std::to_string(value.as_array()[1].as_int64() - 1);
  };
  for (const json::value& row : data.at("rows").as_array()) {
    policy += "  | " + one_of(row.at("cls"), classes, "c_") + " | " +
              one_of(row.at("grade"), grades, "g_") + " | " + range(row.at("usage")) + " | " +
              range(row.at("arrears")) + " | t_" +
              tiers[static_cast<size_t>(row.at("tier").as_int64())] + " | " +
              std::to_string(row.at("interval").as_int64()) + " | w_" +
              ways[static_cast<size_t>(row.at("strat").as_int64())] + " |\n";
  }
  policy += "\nrule \"r\"\n  on e:\n    set out = service.interval\n";
  const Plans plans = compiled(words, policy);
  const Plan& plan = plans.current();
  const Key key{0, "C1"};
  Subject subject;
  subject.key = key;
  subject.attributes.resize(plan.layout.entities[0].attributes.size());
  const auto slot_of = [&](const char* name) {
    const auto& fields = plan.layout.entities[0].attributes;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].names.name == name) return i;
    }
    give_up(std::string("no attribute ") + name);
  };
  const size_t slots[] = {slot_of("class"), slot_of("grade"), slot_of("usage"), slot_of("arrears")};
  const auto choice_index = [&](const char* name) {
    uint16_t i = 0;
    while (plan.layout.choices[i].names.name != name) ++i;
    return i;
  };
  const uint16_t class_choice = choice_index("classes"), grade_choice = choice_index("grades");
  Index node = 0;
  while (plan.nodes[node].op != Op::table_output) ++node;
  Context c;
  c.plan = &plan;
  c.subject = &subject;
  Random random{777};
  int64_t sum = 0;
  size_t done = 0;
  const auto start = Clock::now();
  for (; done % 256 != 0 || seconds_since(start) < 1; ++done) {
    subject.attributes[slots[0]] =
        ChoiceValue{class_choice, static_cast<uint16_t>(random.below(6))};
    subject.attributes[slots[1]] =
        ChoiceValue{grade_choice, static_cast<uint16_t>(random.below(5))};
    subject.attributes[slots[2]] = number(random.below(10'000));
    subject.attributes[slots[3]] = number(random.below(181));
    sum += evaluate(c, node).as<Decimal>().whole();
    if (done == 999)
      std::fprintf(stderr, "# intervals of 1,000: %lld\n", static_cast<long long>(sum));
  }
  const double seconds = seconds_since(start);
  std::printf("F duban.table %.0f dec/s\n", static_cast<double>(done) / seconds);
}

// ---------------------------------------------------------------- timers

// Each of `count` subjects with one timer in a month of seconds; a tenth is moved; all come due.
void timers(uint32_t count) {
  SubjectTable subjects;
  Timers wheel(subjects);
  for (uint32_t i = 0; i < count; ++i) subjects.add(Key{0, std::to_string(i)});
  Random random{4711};
  const auto some_time = [&] { return Instant{int64_t{random.below(30 * 86'400)} * 1000}; };
  const auto per_second = [&](const char* what, uint32_t n, Clock::time_point start) {
    std::printf("F duban.timers.%s %.0f /s\n", what, n / seconds_since(start));
  };
  auto start = Clock::now();
  for (uint32_t i = 0; i < count; ++i) wheel.set(subjects.at_slot(i), Wake{some_time(), false});
  per_second("insert", count, start);
  start = Clock::now();
  for (uint32_t i = 0; i < count / 10; ++i) {
    wheel.set(subjects.at_slot(random.below(count)), Wake{some_time(), false});
  }
  per_second("move", count / 10, start);
  start = Clock::now();
  while (SubjectRow* row = wheel.first(Instant{INT64_MAX})) wheel.set(*row, std::nullopt);
  per_second("pop", count, start);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 2 ? argv[2] : "";
  const int count = argc > 3 ? std::atoi(argv[3]) : 0;
  if (what == "collection") {
    collection(argv[1]);
  } else if (what == "rules" && count > 0) {
    rules(argv[1], count);
  } else if (what == "table") {
    table(argv[1]);
  } else if (what == "timers") {
    timers(count > 0 ? static_cast<uint32_t>(count) : 10'000'000);
  } else {
    give_up("usage: duban_bench_policies INPUTS collection|rules N|table|timers");
  }
  return 0;
}
