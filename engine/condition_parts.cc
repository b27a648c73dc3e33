#include "engine/condition_parts.h"

#include <algorithm>
#include <utility>

namespace duban {
namespace {

// What a column reads: something that lies there and need not be computed.
bool is_leaf(const Plan& plan, Index index) {
  const Node& node = plan.nodes[index];
  switch (node.op) {
    case Op::subject_attribute:
    case Op::event_field:
      return true;
    case Op::attribute_of:
      return is_leaf(plan, node.a);
    default:
      return false;
  }
}

// Whether evaluating it can never fail: no arithmetic that might overflow.
bool cannot_fail(const Plan& plan, Index index) {
  if (index == kNone) return true;
  const Node& node = plan.nodes[index];
  const auto both = [&] { return cannot_fail(plan, node.a) && cannot_fail(plan, node.b); };
  switch (node.op) {
    case Op::constant:
    case Op::subject_attribute:
    case Op::event_field:
    case Op::case_variable:
    case Op::now:
    case Op::today:
      return true;
    case Op::attribute_of:
    case Op::logical_not:
    case Op::is_known:
    case Op::is_unknown:
    case Op::is_empty:
    case Op::is_not_empty:
      return cannot_fail(plan, node.a);
    case Op::logical_and:
    case Op::logical_or:
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::contains:
      return both();
    case Op::between:
    case Op::in_list:
      for (Index i = 0; i < node.count; ++i) {
        if (!cannot_fail(plan, plan.arguments[node.first + i])) return false;
      }
      return true;
    default:
      return false;
  }
}

std::optional<ConstantTest> comparison(const Plan& plan, Op op, Index leaf, Index constant) {
  if (!is_leaf(plan, leaf) || plan.nodes[constant].op != Op::constant) return std::nullopt;
  const Value& value = plan.constants[plan.nodes[constant].a];
  ConstantTest test{leaf, value.index(), {}, {}, {}};
  if (const auto* text = value.get_if<std::string>()) {
    if (op != Op::equal) return std::nullopt;
    test.texts.push_back(*text);
    return test;
  }
  const std::optional<int64_t> at = ordinal(value);
  if (!at || *at == kLowestOrdinal || *at == kHighestOrdinal) return std::nullopt;
  switch (op) {
    case Op::equal:
      test.intervals = {{*at, *at}};
      break;
    case Op::not_equal:
      test.intervals = {{kLowestOrdinal, *at - 1}, {*at + 1, kHighestOrdinal}};
      break;
    case Op::less:
      test.intervals = {{kLowestOrdinal, *at - 1}};
      break;
    case Op::less_equal:
      test.intervals = {{kLowestOrdinal, *at}};
      break;
    case Op::greater:
      test.intervals = {{*at + 1, kHighestOrdinal}};
      break;
    default:
      test.intervals = {{*at, kHighestOrdinal}};
      break;
  }
  return test;
}

std::optional<ConstantTest> either(const Plan& plan, std::optional<ConstantTest> one,
                                   const std::optional<ConstantTest>& other) {
  if (!one || !other || one->kind != other->kind || !same_leaf(plan, one->leaf, other->leaf))
    return std::nullopt;
  one->intervals.insert(one->intervals.end(), other->intervals.begin(), other->intervals.end());
  one->texts.insert(one->texts.end(), other->texts.begin(), other->texts.end());
  return one;
}

std::optional<ConstantTest> truth(const Plan& plan, Index leaf, bool wanted) {
  if (!is_leaf(plan, leaf) || plan.nodes[leaf].type.kind != TypeKind::yes_no) return std::nullopt;
  return ConstantTest{leaf, Value{true}.index(), {{wanted ? 1 : 0, wanted ? 1 : 0}}, {}, {}};
}

std::optional<ConstantTest> test_of(const Plan& plan, Index index) {
  const Node& node = plan.nodes[index];
  const auto argument = [&](Index i) { return plan.arguments[node.first + i]; };
  switch (node.op) {
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return comparison(plan, node.op, node.a, node.b);
    case Op::between: {
      std::optional<ConstantTest> low =
          comparison(plan, Op::greater_equal, argument(0), argument(1));
      const std::optional<ConstantTest> high =
          comparison(plan, Op::less_equal, argument(0), argument(2));
      if (!low || !high || low->kind != high->kind || low->intervals.empty()) return std::nullopt;
      low->intervals[0].high = high->intervals[0].high;
      return low;
    }
    case Op::in_list: {
      std::optional<ConstantTest> any;
      for (Index i = 1; i < node.count; ++i) {
        const std::optional<ConstantTest> one =
            comparison(plan, Op::equal, argument(0), argument(i));
        any = i == 1 ? one : either(plan, std::move(any), one);
      }
      return any;
    }
    case Op::logical_or:
      return either(plan, test_of(plan, node.a), test_of(plan, node.b));
    case Op::logical_not:
      return truth(plan, node.a, false);
    default:
      return truth(plan, index, true);
  }
}

// To be passed beside what the leaf has to pass already.
void add(const Plan& plan, ConstantTest test, std::vector<ConstantTest>& tests) {
  const auto same = std::find_if(tests.begin(), tests.end(), [&](const ConstantTest& other) {
    return other.kind == test.kind && same_leaf(plan, other.leaf, test.leaf);
  });
  if (same == tests.end()) return tests.push_back(std::move(test));
  std::vector<ConstantTest::Interval> both;
  for (const ConstantTest::Interval& a : same->intervals) {
    for (const ConstantTest::Interval& b : test.intervals) {
      const ConstantTest::Interval common{std::max(a.low, b.low), std::min(a.high, b.high)};
      if (common.low <= common.high) both.push_back(common);
    }
  }
  same->intervals = std::move(both);
  std::erase_if(same->texts, [&](const std::string& text) {
    return std::find(test.texts.begin(), test.texts.end(), text) == test.texts.end();
  });
  same->conditions.insert(same->conditions.end(), test.conditions.begin(), test.conditions.end());
}

// More would make the bitmaps larger than what they save.
constexpr size_t kSidesMax = 16;

void collect_sides(const Plan& plan, Index condition,
                   std::vector<std::vector<ConstantTest>>& sides) {
  const Node& node = plan.nodes[condition];
  if (node.op == Op::logical_or) {
    collect_sides(plan, node.a, sides);
    return collect_sides(plan, node.b, sides);
  }
  ConditionParts parts;
  take_apart(plan, condition, parts);
  // The `or` is asked whole: nothing of its sides need be asked again.
  for (ConstantTest& test : parts.tests) test.conditions.clear();
  sides.push_back(std::move(parts.tests));
}

}  // namespace

std::vector<ConditionParts> sides_of(const Plan& plan, std::vector<ConditionParts> rows,
                                     std::vector<Index>& row_of) {
  std::vector<ConditionParts> out;
  for (Index row = 0; row < rows.size(); ++row) {
    ConditionParts& whole = rows[row];
    const auto sides = std::exchange(whole.sides, {});
    for (const std::vector<ConstantTest>& side : sides) {
      ConditionParts& one = out.emplace_back(whole);
      for (const ConstantTest& test : side) add(plan, test, one.tests);
      row_of.push_back(row);
    }
    if (!sides.empty()) continue;
    out.push_back(std::move(whole));
    row_of.push_back(row);
  }
  return out;
}

std::optional<int64_t> ordinal(const Value& value) {
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->micro();
  if (const auto* choice = value.get_if<ChoiceValue>()) return choice->index;
  if (const auto* truth = value.get_if<bool>()) return *truth ? 1 : 0;
  if (const auto* date = value.get_if<Date>()) return date->days;
  if (const auto* instant = value.get_if<Instant>()) return instant->ms;
  if (const auto* time = value.get_if<TimeOfDay>()) return time->ms;
  return std::nullopt;
}

bool same_leaf(const Plan& plan, Index one, Index other) {
  if (one == other) return true;
  const Node &a = plan.nodes[one], &b = plan.nodes[other];
  if (a.op != b.op) return false;
  return a.op == Op::attribute_of ? a.b == b.b && same_leaf(plan, a.a, b.a) : a.a == b.a;
}

void take_apart(const Plan& plan, Index condition, ConditionParts& parts) {
  if (condition == kNone) return;
  const Node& node = plan.nodes[condition];
  if (node.op == Op::logical_and) {
    take_apart(plan, node.a, parts);
    return take_apart(plan, node.b, parts);
  }
  std::optional<ConstantTest> test = parts.safe ? test_of(plan, condition) : std::nullopt;
  if (test) {
    test->conditions = {condition};
    add(plan, std::move(*test), parts.tests);
  } else {
    if (parts.safe && parts.sides.empty() && node.op == Op::logical_or) {
      collect_sides(plan, condition, parts.sides);
      const bool all_ask = std::none_of(parts.sides.begin(), parts.sides.end(),
                                        [](const auto& side) { return side.empty(); });
      if (!all_ask || parts.sides.size() > kSidesMax) parts.sides.clear();
    }
    parts.rest.push_back(condition);
    parts.safe = parts.safe && cannot_fail(plan, condition);
  }
}

}  // namespace duban
