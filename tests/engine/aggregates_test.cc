// Aggregates against a plain reading of their definition: every past event is looked at each time.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/codec.h"
#include "engine/compile.h"
#include "engine/eval.h"
#include "engine/step.h"
#include "tests/engine/files.h"
#include "tests/thorough.h"

namespace duban::aggregates_test {
namespace {

using Function = Aggregate::Function;
using syntax::Over;

constexpr const char* kWords = R"(vocabulary "V"
  timezone "Europe/Berlin"
entity Customer key account
  limit : number = 300
  answer : number?
  moment : datetime?
event read for Customer
  kwh   : number?
  other : text?
  day   : date?
event asked for Customer
policy "P"
)";

// Every function with every window, some with a condition on the event and some on more.
std::string definitions() {
  const std::string windows[] = {
      "over the last 40 hours",  "over the last 9 days",
      "over the last 2 months",  "over this week",
      "over this month",         "over this quarter",
      "over this year",          "over the previous week",
      "over the previous month", "over the previous quarter",
      "over the previous year",  "over the same month of the last 2 years"};
  const std::string conditions[] = {"", " where kwh above 250", " where kwh above limit",
                                    " where kwh is known and month of event.time is not 3"};
  std::string text;
  int number = 0;
  const auto define = [&](const std::string& aggregate) {
    text += "define d" + std::to_string(number++) + " of Customer = " + aggregate + "\n";
  };
  for (const std::string& window : windows) {
    for (const std::string& condition : conditions) {
      define("count of read " + window + condition);
      for (const char* function : {"sum", "average", "min", "max", "latest"}) {
        define(std::string(function) + " of read.kwh " + window + condition);
      }
      define("time of latest read " + window + condition);
    }
    define("max of read.day " + window);
  }
  define("latest of read.kwh");
  define("latest of read.kwh where kwh below 100");
  define("time of latest read where kwh above 900");
  define("latest of read.kwh where kwh above limit");
  return text;
}

std::shared_ptr<const Plan> plan_of(const std::string& policy) {
  CompileInput input;
  input.files.push_back({"p.rules", kWords + policy});
  const Compilation compilation = compile(input);
  for (const Diagnostic& finding : compilation.diagnostics) {
    if (finding.severity == Severity::error) ADD_FAILURE() << test::messages(compilation);
  }
  return compilation.plan;
}

// ---------------------------------------------------------------- the definition

struct Known {
  Instant time;
  std::vector<Value> fields;
};

bool in_period(Over over, Date day, Date today, int64_t years) {
  const CivilDate d = civil(day), t = civil(today);
  const int quarter = (t.month - 1) / 3, of_day = (d.month - 1) / 3;
  const auto monday = [](Date date) { return add_days(date, 1 - weekday(date)); };
  switch (over) {
    case Over::this_week:
      return monday(day) == monday(today);
    case Over::previous_week:
      return add_days(monday(day), 7) == monday(today);
    case Over::this_month:
      return d.year == t.year && d.month == t.month;
    case Over::previous_month:
      return d.year * 12 + d.month + 1 == t.year * 12 + t.month;
    case Over::this_quarter:
      return d.year == t.year && of_day == quarter;
    case Over::previous_quarter:
      return d.year * 4 + of_day + 1 == t.year * 4 + quarter;
    case Over::this_year:
      return d.year == t.year;
    case Over::previous_year:
      return d.year + 1 == t.year;
    default:  // same_month
      return d.month == t.month && d.year < t.year && d.year >= t.year - years;
  }
}

bool in_window(const Context& c, const Aggregate& spec, Instant time) {
  if (time > c.now || (c.history_before && time >= *c.history_before)) return false;
  if (spec.over == Over::all) return true;
  if (spec.over == Over::last) {
    return time > shifted(*c.plan, Value{c.now}, spec.window, -1).as<Instant>();
  }
  const Zone& zone = c.plan->zone;
  return in_period(spec.over, zone.date_of(time), zone.date_of(c.now), spec.years);
}

Value by_definition(const Context& c, const Aggregate& spec, const std::vector<Known>& events) {
  std::vector<Value> values;
  std::optional<Instant> last;
  int64_t count = 0;
  for (const Known& event : events) {
    if (!in_window(c, spec, event.time)) continue;
    EventData at_hand;
    at_hand.event = spec.event;
    at_hand.time = event.time;
    at_hand.fields = event.fields;
    Context inner = c;
    inner.event = &at_hand;
    if (!holds(inner, spec.condition)) continue;
    ++count;
    last = event.time;
    if (spec.field < event.fields.size() && !event.fields[spec.field].is_none()) {
      values.push_back(event.fields[spec.field]);
    }
  }
  if (spec.function == Function::count) return *Decimal::from_integer(count);
  if (spec.function == Function::time_of_latest) return last ? Value{*last} : Value{None{}};
  Decimal sum;
  for (const Value& value : values) {
    if (const Decimal* number = value.get_if<Decimal>()) sum = *add(sum, *number);
  }
  if (spec.function == Function::sum) return sum;
  if (values.empty()) return None{};
  switch (spec.function) {
    case Function::average:
      return *divide(sum, *Decimal::from_integer(static_cast<int64_t>(values.size())));
    case Function::minimum:
      return *std::min_element(values.begin(), values.end());
    case Function::maximum:
      return *std::max_element(values.begin(), values.end());
    default:
      return values.back();
  }
}

// ---------------------------------------------------------------- a subject that lives

class Life {
 public:
  Life(std::shared_ptr<const Plan> plan, uint64_t seed) : plan_(std::move(plan)), random_(seed) {
    plans_.add(1, plan_);
    subject_.key = Key{*plan_->layout.find_entity("Customer"), "C1"};
    subject_.exists = true;
    subject_.attributes = {*Decimal::from_integer(300), None{}, None{}};
    read_ = *plan_->layout.find_event("read");
  }

  int64_t below(uint64_t n) { return static_cast<int64_t>(random_() % n); }

  void live() {
    // Mostly in the order of time, in steps of minutes or weeks; some late, some at the very
    // beginning of a day, a month or a year.
    const int64_t gap = below(8) == 0 ? below(20 * kMsPerDay) : below(6 * kMsPerHour);
    clock_ = Instant{clock_.ms + gap};
    Instant time = clock_;
    if (below(6) == 0) time.ms -= below(200 * kMsPerDay);
    if (below(5) == 0) {
      const CivilDate d = civil(plan_->zone.date_of(time));
      const int month = below(2) == 0 ? 1 : d.month;
      time = plan_->zone.at(*date_from_civil(d.year, month, below(2) == 0 ? 1 : d.day), {0});
      time.ms -= below(2);
    }
    auto event = std::make_shared<EventData>();
    event->event = read_;
    event->time = event->received = time;
    event->cause = DigestBuilder().add(below(1'000'000'000)).finish();
    event->fields.resize(3);
    if (below(10) != 0) event->fields[0] = Decimal::from_micro(below(1'000'000'000) - 1'000'000);
    event->fields[1] = std::string("text");
    if (below(3) != 0) event->fields[2] = plan_->zone.date_of(time);
    event->given.assign(3, true);
    Input input;
    input.kind = Input::Kind::event;
    input.subject = subject_.key;
    input.time = input.received = time;
    input.cause = event->cause;
    input.event = event;
    auto outcome = step(plans_, references_, subject_, input);
    ASSERT_TRUE(std::holds_alternative<StepOutcome>(outcome));
    // Some steps are thrown away after all, as when a subject is held.
    if (below(7) == 0) return;
    subject_ = std::move(std::get<StepOutcome>(outcome).subject);
    Known known{time, event->fields};
    known.fields[1] = None{};
    const auto at = std::upper_bound(events_.begin(), events_.end(), time,
                                     [](Instant t, const Known& k) { return t < k.time; });
    events_.insert(at, std::move(known));
    if (below(60) == 0) reload();
  }

  void reload() {
    std::optional<Subject> again = decode_subject(encode(subject_));
    ASSERT_TRUE(again);
    EXPECT_EQ(*again, subject_);
    subject_ = std::move(*again);
  }

  void check() {
    Context c;
    c.plan = plan_.get();
    c.references = &references_;
    c.subject = &subject_;
    c.now = Instant{subject_.now.ms + below(2) * below(3 * kMsPerDay)};
    if (below(4) == 0) c.history_before = Instant{c.now.ms - below(40 * kMsPerDay)};
    for (Index i = 0; i < plan_->nodes.size(); ++i) {
      const Node& node = plan_->nodes[i];
      if (node.op != Op::aggregate) continue;
      const Aggregate& spec = plan_->aggregates[node.a];
      // Of the latest, only the last is kept: before it nothing is asked but by waiting notices.
      if (spec.over == Over::all && spec.memo != 0 && c.history_before) continue;
      const Source& source = plan_->sources[node.span.file];
      ASSERT_EQ(evaluate(c, i), by_definition(c, spec, events_))
          << source.slice(node.span.begin, node.span.end) << " at " << plan_->zone.to_string(c.now)
          << " of " << events_.size();
    }
  }

  const Subject& subject() const { return subject_; }
  uint16_t read() const { return read_; }

 private:
  std::shared_ptr<const Plan> plan_;
  std::mt19937_64 random_;
  Plans plans_;
  References references_;
  Subject subject_;
  uint16_t read_ = 0;
  Instant clock_{1'700'000'000'000};
  std::vector<Known> events_;
};

TEST(AggregatesTest, EqualTheirDefinitionWhateverIsRemembered) {
  const auto plan = plan_of(definitions());
  ASSERT_TRUE(plan);
  for (const uint64_t seed : {11, 12}) {
    SCOPED_TRACE(seed);
    Life life(plan, seed);
    for (int i = 0; i < 700; ++i) {
      life.live();
      if (i % (12 * test::kFewer) == 0) life.check();
      if (testing::Test::HasFatalFailure()) return;
    }
    // Two years and a month back, and no field that nothing reads.
    EXPECT_LT(life.subject().history.size(life.read()), 700U);
    life.subject().history.each(life.read(), [](const PastEvent& past) {
      EXPECT_TRUE(past.fields.size() < 2 || past.fields[1].is_none());
    });
  }
}

TEST(AggregatesTest, OnlyConditionsOnTheEventAloneAreRemembered) {
  const auto plan = plan_of(
      "define a of Customer = count of read over the last 9 days\n"
      "define b of Customer = count of read over the last 9 days where kwh above 3\n"
      "define c of Customer = count of read over the last 9 days where kwh above limit\n"
      "define d of Customer = count of read over the last 9 days where event.time above now\n"
      "define e of Customer = count of read over the last 8 months where kwh above 3\n"
      "define f of Customer = count of read over the last 9 days where kwh above 4\n"
      "define g of Customer = count of read over the last 9 days where kwh above a\n");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->aggregates.size(), 7U);
  const auto memo = [&](size_t i) { return plan->aggregates[i].memo; };
  EXPECT_NE(memo(0), 0U);
  EXPECT_NE(memo(1), 0U);
  EXPECT_NE(memo(0), memo(1));
  EXPECT_EQ(memo(2), 0U);
  EXPECT_EQ(memo(3), 0U);
  EXPECT_EQ(memo(4), memo(1)) << "the window does not matter for what an event counts for";
  EXPECT_NE(memo(5), memo(1));
  EXPECT_EQ(memo(6), 0U);
}

// `latest` without a window wants one event, however many come; a window wants its length.
TEST(AggregatesTest, HistoryIsKeptNoLongerThanSomeRuleNeedsIt) {
  const auto lives = [](const std::string& definition) {
    Life life(plan_of(definition), 7);
    for (int i = 0; i < 600; ++i) life.live();
    return life.subject().history.size(life.read());
  };
  EXPECT_EQ(lives("define a of Customer = count of asked over this year\n"), 0U);
  EXPECT_LE(lives("define a of Customer = latest of read.kwh\n"), 20U);  // and those of a day
  EXPECT_GE(lives("define a of Customer = latest of read.kwh\n"), 1U);
  const size_t month = lives("define a of Customer = count of read over this month\n");
  const size_t year = lives("define a of Customer = count of read over the last 12 months\n");
  EXPECT_LT(month, year);
  EXPECT_EQ(lives("define a of Customer = latest of read.kwh where kwh above limit\n"),
            lives("define a of Customer = count of read over the last 100 years\n"))
      << "what the condition says of an old event may change";
}

TEST(AggregatesTest, SumsAreExactUntilTheyDoNotFit) {
  const auto plan = plan_of(
      "define total of Customer = sum of read.kwh over the last 9 days\n"
      "define mean of Customer = average of read.kwh over the last 9 days\n");
  ASSERT_TRUE(plan);
  Subject subject;
  subject.key = Key{0, "C1"};
  const uint16_t read = *plan->layout.find_event("read");
  Context c;
  c.plan = plan.get();
  c.subject = &subject;
  c.now = Instant{1'700'000'000'000};
  const auto value = [&](size_t aggregate) {
    for (Index i = 0; i < plan->nodes.size(); ++i) {
      if (plan->nodes[i].op == Op::aggregate && plan->nodes[i].a == aggregate) {
        return evaluate(c, i);
      }
    }
    return Value{None{}};
  };
  const Decimal most = Decimal::from_micro(INT64_MAX);
  subject.history.add(read, {Instant{c.now.ms - 3}, {most}});
  EXPECT_EQ(value(0), Value{most});
  // Past the end and back again: only the result must fit.
  subject.history.add(read, {Instant{c.now.ms - 2}, {most}});
  EXPECT_THROW(value(0), EvalFailure);
  EXPECT_EQ(value(1), Value{most});
  subject.history.add(read, {Instant{c.now.ms - 1}, {*negate(most)}});
  EXPECT_EQ(value(0), Value{most});
}

}  // namespace
}  // namespace duban::aggregates_test
