// Goal: looking conditions up says the same as asking each.
// Method: random rules and a random table, on random events and customers, by a plan with its
// indexes and by a copy, which has none. The seed is printed with a failure.
#include "engine/condition_index.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/compile.h"
#include "engine/eval.h"
#include "engine/step.h"

namespace duban::condition_index_test {
namespace {

constexpr const char* kWords = R"(vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
reference Staff key number
  number : text
  senior : yes/no?
choice kind : k0 | k1 | k2 | k3 | k4
entity Customer key id
  id : text
  name : text?
  grade : kind?
  critical : yes/no?
  owed : money?
  since : date?
  manager : Staff?
  size : number?
  row : number?
outgoing event hit for Customer
  n : number
event e for Customer
  class : kind
  amount : number?
  word : text?
)";

class Words {
 public:
  explicit Words(uint32_t seed) : random_(seed) {}

  std::string condition(int depth = 0) {
    switch (below(depth > 2 ? 11 : 15)) {
      case 0:
        return "event.class is k" + number(5);
      case 1:
        return "event.class in (k" + number(5) + ", k" + number(5) + ")";
      case 2:
        return "event.amount " + comparison() + " " + number(20);
      case 3:
        return "event.amount between " + number(10) + " and " + number(20);
      case 4:
        return "grade is not k" + number(5);
      case 5:
        return below(2) == 0 ? "critical" : "not critical";
      case 6:
        return "owed " + comparison() + " " + number(20) + " CNY";
      case 7:
        return "event.word is \"w" + number(3) + "\"";
      case 8:
        return "since " + comparison() + " 2026-01-0" + std::to_string(1 + below(9));
      case 9:
        return "manager.senior";
      case 10:
        return "owed is " + std::string(below(2) == 0 ? "known" : "not known");
      case 11:
        return "event.amount * 2 above " + number(30);
      case 12:
        return "(" + condition(depth + 1) + " or " + condition(depth + 1) + ")";
      default:
        return condition(depth + 1) + " and " + condition(depth + 1);
    }
  }

  std::string cell(const char* prefix) {
    switch (below(5)) {
      case 0:
        return "any";
      case 1:
        return prefix + number(5);
      case 2:
        return "not " + (prefix + number(5));
      default:
        return prefix + number(5) + ", " + prefix + number(5);
    }
  }

  std::string range() {
    switch (below(4)) {
      case 0:
        return "any";
      case 1:
        return ">= " + number(20);
      case 2:
        return "< " + number(20);
      default:
        return number(10) + " to " + std::to_string(10 + below(10));
    }
  }

  // Missing every fourth time.
  Value maybe(Value value) { return below(4) == 0 ? Value{None{}} : value; }
  Value decimal(uint32_t n) { return Decimal::from_micro(int64_t{below(n)} * Decimal::kOne); }
  uint32_t below(uint32_t n) { return random_() % n; }
  std::string number(uint32_t n) { return std::to_string(below(n)); }

 private:
  std::string comparison() {
    static constexpr const char* kComparisons[] = {"is", "above", "below", "at least", "at most"};
    return kComparisons[below(5)];
  }
  std::mt19937 random_;
};

// The numbers that the rules raised, in order; a failure as its text.
std::string hits(const Plans& plans, const References& references, const Subject& subject,
                 const Input& input) {
  auto outcome = step(plans, references, subject, input);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) return failure->english;
  std::string out;
  for (const Record& record : std::get<StepOutcome>(outcome).records) {
    const auto* hit = std::get_if<OutgoingRecord>(&record);
    if (hit != nullptr) out += hit->fields[0].second.as<Decimal>().to_string() + " ";
  }
  const Value& row = std::get<StepOutcome>(outcome).subject.attributes.back();
  return out + (row.is_none() ? "none" : row.as<Decimal>().to_string());
}

class ConditionIndexTest : public testing::TestWithParam<uint32_t> {};

TEST_P(ConditionIndexTest, SaysWhatAskingEachSays) {
  Words words(GetParam());
  const uint32_t rules = GetParam() % 2 == 0 ? 40 : 400;
  std::string policy = "policy \"P\"\n  use \"words.rules\"\n\n";
  // No row of a first match may be hidden by those before it.
  policy += "table t first match\n  | grade | size | => n |\n";
  for (uint32_t k = 0; k < 5; ++k) {
    const uint32_t low = 3 + words.below(5), high = 10 + words.below(8);
    const auto row = [&](const std::string& size, uint32_t n) {
      return "  | k" + std::to_string(k) + " | " + size + " | " + std::to_string(n) + " |\n";
    };
    policy += row("< " + std::to_string(low), 10 * k);
    policy += row(std::to_string(low) + " to " + std::to_string(high), 10 * k + 1);
    policy += row(">= " + std::to_string(high), 10 * k + 2);
  }
  policy += "  | any | any | 99 |\n\ntable s all matches, sum\n  | grade | size | => n |\n";
  for (uint32_t i = 0; i < 60; ++i) {
    policy += "  | " + words.cell("k") + " | " + words.range() + " | " + std::to_string(i) + " |\n";
  }
  for (uint32_t i = 0; i < rules; ++i) {
    const std::string n = std::to_string(i);
    policy += "\nrule \"r" + n + "\"\n  on e if " + words.condition() +
              ":\n    raise hit with n = " + n + "\n";
    if (i % 17 == 0) policy += "  otherwise:\n    raise hit with n = -" + n + "\n";
  }
  policy += "\nrule \"table\"\n  on e:\n    set row = t.n + 100 * s.n\n";
  CompileInput input;
  input.files = {{"p.rules", policy}, {"words.rules", kWords}};
  const Compilation compilation = compile(input);
  ASSERT_NE(compilation.plan, nullptr)
      << (compilation.diagnostics.empty() ? "" : compilation.diagnostics.front().english);
  const Layout& layout = compilation.plan->layout;
  const uint16_t event = *layout.find_event("e");
  ASSERT_NE(compilation.plan->derived.indexes, nullptr);
  ASSERT_NE(compilation.plan->derived.indexes->events[event].index, nullptr);
  ASSERT_NE(compilation.plan->derived.indexes->tables[0], nullptr);
  ASSERT_NE(compilation.plan->derived.indexes->tables[1], nullptr);
  Plans indexed, plain;
  indexed.add(1, compilation.plan);
  plain.add(1, std::make_shared<const Plan>(Plan(*compilation.plan)));
  ASSERT_EQ(plain.current().derived.indexes, nullptr);

  References references;
  const auto kind = [&](uint32_t n) { return ChoiceValue{0, static_cast<uint16_t>(n)}; };
  const uint16_t staff = 0, customer = 1;
  ASSERT_EQ(layout.entities[customer].names.name, "Customer");
  references.put(staff, "S1", {words.maybe(true)});
  int some = 0;
  for (int i = 0; i < 300; ++i) {
    Subject subject;
    subject.key = {customer, "C"};
    subject.exists = true;
    subject.seen_version = 1;
    const auto days = static_cast<int32_t>(date_from_civil(2026, 1, 1)->days + words.below(10));
    subject.attributes = {Value{None{}},
                          words.maybe(kind(words.below(5))),
                          words.maybe(words.below(2) == 0),
                          words.maybe(words.decimal(20)),
                          words.maybe(Date{days}),
                          words.maybe(Key{staff, "S" + words.number(2)}),
                          words.maybe(words.decimal(20)),
                          None{}};
    ASSERT_EQ(subject.attributes.size(), layout.entities[customer].attributes.size());
    auto data = std::make_shared<EventData>();
    data->event = event;
    data->cause = Digest{1, static_cast<uint64_t>(i)};
    // Now and then so large that twice as much cannot be computed.
    Value amount = words.maybe(words.decimal(25));
    if (words.below(20) == 0) amount = Decimal::from_micro(INT64_MAX);
    data->fields = {kind(words.below(5)), amount, words.maybe("w" + words.number(4))};
    data->given = {true, true, true};
    Input happened;
    happened.subject = subject.key;
    happened.cause = data->cause;
    happened.event = std::move(data);
    const std::string expected = hits(plain, references, subject, happened);
    EXPECT_EQ(hits(indexed, references, subject, happened), expected) << "seed " << GetParam();
    some += expected.find(' ') != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(some, 200) << "the rules hardly ever apply";
}

// An `or` over several columns costs what matches, too.
TEST(IndexedSidesTest, OnlyRulesWithASideThatMayHoldAreAsked) {
  std::string policy = "policy \"P\"\n  use \"words.rules\"\n";
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(i);
    policy += "\nrule \"r" + n + "\"\n  on e if event.amount at least 0 and (event.word is \"w" +
              n + "\" or size is " + n + " and critical or size is " + std::to_string(i + 1000) +
              "):\n    raise hit with n = " + n + "\n";
  }
  CompileInput input;
  input.files = {{"p.rules", policy}, {"words.rules", kWords}};
  const Compilation compilation = compile(input);
  ASSERT_NE(compilation.plan, nullptr);
  const Plan& plan = *compilation.plan;
  const PlanIndexes::Rules& rules = plan.derived.indexes->events[*plan.layout.find_event("e")];
  Subject subject;
  subject.attributes.resize(
      plan.layout.entities[*plan.layout.find_entity("Customer")].attributes.size());
  EventData event;
  Context context;
  context.plan = &plan;
  context.subject = &subject;
  context.event = &event;
  const auto asked = [&](Value amount, Value word, Value size, Value critical) {
    event.fields = {None{}, std::move(amount), std::move(word)};
    subject.attributes[6] = std::move(size);
    subject.attributes[2] = std::move(critical);
    std::vector<Index> rows;
    rules.index->visit(context, [&](Index row) {
      rows.push_back(row);
      return true;
    });
    return rows;
  };
  const Value one = Decimal::from_micro(Decimal::kOne);
  const auto number = [](int64_t n) { return Value{Decimal::from_micro(n * Decimal::kOne)}; };
  using Rows = std::vector<Index>;
  EXPECT_EQ(asked(one, "w7", None{}, None{}), (Rows{7}));
  EXPECT_EQ(asked(one, "w7", number(9), true), (Rows{7, 9}));
  EXPECT_EQ(asked(one, "w9", number(9), true), (Rows{9})) << "once, though both sides may hold";
  EXPECT_EQ(asked(one, "w9", number(8), false), (Rows{9}));
  EXPECT_EQ(asked(one, None{}, number(1004), None{}), (Rows{4}));
  EXPECT_EQ(asked(number(-1), "w9", number(9), true), Rows{});
}

// Rules that set equal values share what is evaluated: still each says what it alone would.
TEST(IndexedSetsTest, SetWhatTheirActionsSay) {
  constexpr std::string_view kPolicy = R"(policy "P"
  use "words.rules"

rule "one"
  on e if event.class is k0:
    set size = event.amount + 1
    set row = size + 1

rule "other"
  on e if event.class is k1:
    set size = event.amount + 1

rule "two"
  on e if event.class is k2:
    set size = event.amount - 1
    raise hit with n = 2

rule "three"
  on e if event.class is k3:
    set row = 1 + event.amount

rule "four"
  on e if event.class in (k0, k3):
    set grade = event.class
)";
  CompileInput input;
  input.files = {{"p.rules", std::string(kPolicy)}, {"words.rules", kWords}};
  const Compilation compilation = compile(input);
  ASSERT_NE(compilation.plan, nullptr);
  const Plan& plan = *compilation.plan;
  const uint16_t event = *plan.layout.find_event("e"),
                 customer = *plan.layout.find_entity("Customer");
  const PlanIndexes& indexes = *plan.derived.indexes;
  const std::vector<PlanIndexes::Rule>& rules = indexes.events[event].indexed;
  ASSERT_EQ(rules.size(), 5U);
  EXPECT_EQ(rules[2].sets, 0);  // it raises, too
  EXPECT_EQ(indexes.sets_of(rules[0])[0].value, indexes.sets_of(rules[1])[0].value);
  EXPECT_NE(indexes.sets_of(rules[0])[0].value, indexes.sets_of(rules[3])[0].value);
  Plans plans;
  plans.add(1, compilation.plan);

  const auto stepped = [&](uint16_t kind, Decimal amount) {
    Subject subject;
    subject.key = {customer, "C"};
    subject.exists = true;
    subject.seen_version = 1;
    subject.attributes.resize(plan.layout.entities[customer].attributes.size());
    subject.attributes[6] = Decimal::from_micro(7 * Decimal::kOne);
    auto data = std::make_shared<EventData>();
    data->event = event;
    data->fields = {ChoiceValue{*plan.layout.find_choice("kind"), kind}, amount, None{}};
    data->given = {true, true, true};
    Input happened;
    happened.subject = subject.key;
    happened.event = std::move(data);
    return step(plans, References(), subject, happened);
  };
  const auto shown = [&](uint16_t kind) {
    const auto outcome = stepped(kind, Decimal::from_micro(3 * Decimal::kOne));
    const auto& values = std::get<StepOutcome>(outcome).subject.attributes;
    std::string out =
        values[1].is_none() ? "none" : "k" + std::to_string(values[1].as<ChoiceValue>().index);
    for (const size_t slot : {6, 7})
      out += " " + (values[slot].is_none() ? "none" : values[slot].as<Decimal>().to_string());
    return out;
  };
  EXPECT_EQ(shown(0), "k0 4 8");  // both read the size that it was
  EXPECT_EQ(shown(1), "none 4 none");
  EXPECT_EQ(shown(2), "none 2 none");
  EXPECT_EQ(shown(3), "k3 7 4");
  EXPECT_EQ(shown(4), "none 7 none");

  // What cannot be computed is told where that rule says it, not where an equal value stands.
  const auto outcome = stepped(1, Decimal::from_micro(INT64_MAX));
  const Span span = std::get<StepFailure>(outcome).from.span;
  EXPECT_GT(span.begin, kPolicy.find("rule \"other\""));
  EXPECT_LT(span.end, kPolicy.find("rule \"two\""));
}

INSTANTIATE_TEST_SUITE_P(Seeds, ConditionIndexTest, testing::Range(1U, 13U));

}  // namespace
}  // namespace duban::condition_index_test
