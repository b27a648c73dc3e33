// Goal: what a broadcast's condition says by itself of those it reaches: which attribute ties them
// to the event, and to what values; and that nobody is reached who is not told of.
#include "engine/broadcast_reach.h"

#include <gtest/gtest.h>

#include <random>

#include "engine/compile.h"
#include "engine/step.h"

namespace duban::broadcast_reach_test {
namespace {

constexpr const char* kWords = R"(vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
choice tier : plain | gold
reference Line (线路) key number
  number : text
  parent (上级) : Line?
entity Customer (客户) key id
  id : text
  line (所属线路) : Line?
  spare : Line?
  phone : text? private
  grade : tier = plain
  critical : yes/no = no
  since : date?
  size : number = 1
broadcast event outage (停电) to Customer WHERE
  line (线路) : Line
  lines : set of Line?
  phone : text?
  grade : tier
  day : date?
  n : number?
)";

std::shared_ptr<const Plan> plan_of(std::string condition) {
  std::string text = kWords;
  const std::string place = "WHERE";
  text.replace(text.find(place), place.size(), "where " + condition);
  CompileInput input;
  input.files.push_back({"words.rules", text});
  const Compilation compiled = compile(input);
  for (const Diagnostic& d : compiled.diagnostics) {
    if (d.severity == Severity::error)
      ADD_FAILURE() << condition << ": " << render(d, compiled.sources, Language::english);
  }
  return compiled.plan;
}

// Fields of the event, in their order.
const std::vector<Value> kFields{Key{0, "L1"},       make_set({Key{0, "L2"}, Key{0, "L3"}}),
                                 std::string("138"), ChoiceValue{0, 1},
                                 Date{20'000},       *Decimal::from_integer(3)};

std::string text_of(const Value& value) {
  if (const auto* key = value.get_if<Key>()) return key->key;
  if (const auto* text = value.get_if<std::string>()) return *text;
  if (const auto* choice = value.get_if<ChoiceValue>()) return "#" + std::to_string(choice->index);
  if (const auto* truth = value.get_if<bool>()) return *truth ? "yes" : "no";
  if (const auto* date = value.get_if<Date>()) return std::to_string(date->days);
  if (const auto* number = value.get_if<Decimal>()) return std::to_string(number->whole());
  return "?";
}

std::string told(const std::string& condition) {
  const auto plan = plan_of(condition);
  if (plan == nullptr) return "does not compile";
  References references;
  references.put(0, "L1", {Key{0, "L0"}});
  for (const char* key : {"L2", "L3"}) references.put(0, key, {Key{0, "L1"}});
  references.put(0, "L4", {Key{0, "L2"}});
  EventData event;
  event.event = *plan->layout.find_event("outage");
  event.fields = kFields;
  const auto reach = broadcast_reach(*plan, references, event);
  if (!reach) return "-";
  const auto& attributes = plan->layout.entities[*plan->layout.find_entity("Customer")].attributes;
  std::string out = attributes[reach->attribute].names.name + ":";
  for (const Value& value : reach->values) out += " " + text_of(value);
  return out;
}

TEST(BroadcastReach, AnAttributeEqualsWhatTheEventGives) {
  EXPECT_EQ(told("line = event.line"), "line: L1");
  EXPECT_EQ(told("event.line is line"), "line: L1");
  EXPECT_EQ(told("所属线路 = 本次的线路"), "line: L1");
  EXPECT_EQ(told("所属线路 为 event.line 且 size above 2"), "line: L1");
  EXPECT_EQ(told("phone = event.phone"), "phone: 138");
  EXPECT_EQ(told("since = event.day + 1 day"), "since: 20001");
  EXPECT_EQ(told("size = event.n * 2"), "size: 6");
  EXPECT_EQ(told("line = event.line.parent"), "line: L0");
  EXPECT_EQ(told("line = event.line.parent.parent"), "line:");  // none equals nothing
}

TEST(BroadcastReach, OneOfSeveral) {
  EXPECT_EQ(told("event.lines contains line"), "line: L2 L3");
  EXPECT_EQ(told("line in (event.line, event.line.parent)"), "line: L0 L1");
  EXPECT_EQ(told("line = event.line or line = event.line.parent"), "line: L0 L1");
  EXPECT_EQ(told("line = event.line or spare = event.line"), "-");
}

TEST(BroadcastReach, OfWhatMustAllHoldTheOneThatDividesMost) {
  EXPECT_EQ(told("critical = yes and line = event.line"), "line: L1");
  EXPECT_EQ(told("grade = event.grade and size > 2 and (line = event.line and critical)"),
            "line: L1");
  EXPECT_EQ(told("grade = event.grade and critical = yes"), "grade: #1");
  EXPECT_EQ(told("size > 2 and grade is gold"), "grade: #1");
  EXPECT_EQ(told("line = event.line and phone = event.phone"), "line: L1");
}

// …of the reference row that one names: those who name any such row.
TEST(BroadcastReach, AnAttributeOfWhatTheSubjectNames) {
  EXPECT_EQ(told("line.parent = event.line"), "line: L2 L3");
  EXPECT_EQ(told("本次的线路 为 所属线路.上级"), "line: L2 L3");
  EXPECT_EQ(told("line.parent.parent = event.line"), "line: L4");
  EXPECT_EQ(told("line.parent.parent.parent = event.line"), "line:");
  EXPECT_EQ(told("line.parent = event.line.parent"), "line: L1");
  EXPECT_EQ(told("event.lines contains spare.parent"), "spare: L4");
  EXPECT_EQ(told("line.parent in (event.line, event.line.parent)"), "line: L1 L2 L3");
  EXPECT_EQ(told("line.parent = event.line or line.parent = event.line.parent"), "line: L1 L2 L3");
  EXPECT_EQ(told("line.parent = event.line or line = event.line"), "-");
  EXPECT_EQ(told("line.parent = event.line or spare.parent = event.line"), "-");
  EXPECT_EQ(told("line.parent = event.line and grade = event.grade"), "line: L2 L3");
  EXPECT_EQ(told("line.parent = event.line and phone = event.phone"), "phone: 138");
  EXPECT_EQ(told("line.parent = spare"), "-");
}

TEST(BroadcastReach, NothingIsToldOtherwise) {
  EXPECT_EQ(told("size > event.n"), "-");
  EXPECT_EQ(told("line is not event.line"), "-");
  EXPECT_EQ(told("not (line = event.line)"), "-");
  EXPECT_EQ(told("line = event.line or critical"), "-");
  EXPECT_EQ(told("line = spare"), "-");
  EXPECT_EQ(told("since = today"), "-");  // a subject's own clock may be ahead
  EXPECT_EQ(told("size = count of outage over the last 3 days"), "-");
  EXPECT_EQ(told("size + 1 = event.n"), "-");
}

// What overflows holds for nobody; where something before it may hold, everybody is asked.
TEST(BroadcastReach, WhatCannotBeComputedReachesNobody) {
  const std::string large = "event.n * 4,000,000,000,000 * 4,000,000,000,000";
  EXPECT_EQ(told("size = " + large), "size:");
  EXPECT_EQ(told("size in (1, " + large + ")"), "-");
}

// The seed is printed with a failure.
TEST(BroadcastReach, WhoIsReachedWasTold) {
  const std::vector<std::string> parts{"line = event.line",
                                       "spare = event.line.parent",
                                       "event.lines contains line",
                                       "grade = event.grade",
                                       "critical = yes",
                                       "since = event.day",
                                       "size in (event.n, 2)",
                                       "phone = event.phone",
                                       "not critical",
                                       "size > event.n",
                                       "line = spare",
                                       "line.parent = event.line",
                                       "event.lines contains spare.parent",
                                       "line.parent.parent = event.line.parent",
                                       "size * 9,000,000,000,000 > event.n",
                                       "size = event.n * 9,000,000,000,000"};
  size_t tied = 0, reached = 0, spared = 0;
  for (uint32_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](size_t n) { return random() % n; };
    std::string condition = parts[below(parts.size())];
    for (size_t more = below(4); more > 0; --more) {
      condition = "(" + condition + ")" + (below(3) == 0 ? " or (" : " and (") +
                  parts[below(parts.size())] + ")";
    }
    SCOPED_TRACE(condition);
    const auto plan = plan_of(condition);
    ASSERT_NE(plan, nullptr);
    References references;
    const auto line = [&]() -> Value {
      return below(5) == 0 ? Value{None{}} : Value{Key{0, "L" + std::to_string(below(4))}};
    };
    for (const char* key : {"L0", "L1", "L2"}) references.put(0, key, {line()});
    const auto number = [&]() -> Value {
      return *Decimal::from_integer(static_cast<int64_t>(below(3)) * (below(4) == 0 ? 900'000 : 1));
    };
    const auto phone = [&]() -> Value {
      return below(2) == 0 ? Value{None{}} : Value{std::to_string(130 + below(2))};
    };
    const auto day = [&]() -> Value { return Date{static_cast<int32_t>(below(2))}; };
    for (int i = 0; i < 40; ++i) {
      auto event = std::make_shared<EventData>();
      event->event = *plan->layout.find_event("outage");
      event->fields = {line(),  make_set({Key{0, "L1"}, Key{0, "L" + std::to_string(below(4))}}),
                       phone(), ChoiceValue{0, static_cast<uint16_t>(below(2))},
                       day(),   number()};
      Subject subject;
      subject.key = {*plan->layout.find_entity("Customer"), "C1"};
      subject.exists = true;
      subject.attributes = {
          line(),        line(), phone(), ChoiceValue{0, static_cast<uint16_t>(below(2))},
          below(2) == 0, day(),  number()};
      if (below(10) == 0) subject.attributes.resize(below(7));  // of an older layout
      const auto reach = broadcast_reach(*plan, references, *event);
      if (!reach) continue;
      ++tied;
      const Value has = reach->attribute < subject.attributes.size()
                            ? subject.attributes[reach->attribute]
                            : Value{None{}};
      const bool is_told = std::binary_search(reach->values.begin(), reach->values.end(), has);
      const bool is_reached = broadcast_reaches(*plan, references, subject, event);
      EXPECT_TRUE(is_told || !is_reached);
      reached += is_reached ? 1 : 0;
      spared += is_told ? 0 : 1;
    }
  }
  EXPECT_GT(tied, 1000U);
  EXPECT_GT(reached, 100U);
  EXPECT_GT(spared, 500U);
}

}  // namespace
}  // namespace duban::broadcast_reach_test
