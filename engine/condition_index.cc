#include "engine/condition_index.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include "engine/eval.h"

namespace duban {
namespace {

constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
constexpr int64_t kHighest = std::numeric_limits<int64_t>::max();
// Fewer are asked one after the other as quickly.
constexpr size_t kWorthwhile = 4;
// More are divided, where something divides them.
constexpr size_t kDivided = 192;
constexpr size_t kBitmapBytesMax = size_t{64} << 20;  // of one column, undivided
constexpr uint32_t kDirectMax = 256;                  // values that are looked up without a search

// Values of the ordered kinds as whole numbers in the same order; nothing for the others.
std::optional<int64_t> ordinal(const Value& value) {
  if (const auto* decimal = value.get_if<Decimal>()) return decimal->micro();
  if (const auto* choice = value.get_if<ChoiceValue>()) return choice->index;
  if (const auto* truth = value.get_if<bool>()) return *truth ? 1 : 0;
  if (const auto* date = value.get_if<Date>()) return date->days;
  if (const auto* instant = value.get_if<Instant>()) return instant->ms;
  if (const auto* time = value.get_if<TimeOfDay>()) return time->ms;
  return std::nullopt;
}

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

bool same_leaf(const Plan& plan, Index one, Index other) {
  if (one == other) return true;
  const Node &a = plan.nodes[one], &b = plan.nodes[other];
  if (a.op != b.op) return false;
  return a.op == Op::attribute_of ? a.b == b.b && same_leaf(plan, a.a, b.a) : a.a == b.a;
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

struct Interval {
  int64_t low = kLowest, high = kHighest;  // both included
};

// Null: none, or it is not known here.
const Value* read(const Context& c, const Plan& plan, Index index) {
  const Node& node = plan.nodes[index];
  const std::vector<Value>* from = nullptr;
  Index slot = node.a;
  if (node.op == Op::subject_attribute) {
    if (c.subject != nullptr) from = &c.subject->attributes;
  } else if (node.op == Op::event_field) {
    if (c.event != nullptr) from = &c.event->fields;
  } else {
    const Value* who = read(c, plan, node.a);
    const Key* key = who != nullptr ? who->get_if<Key>() : nullptr;
    if (key == nullptr) return nullptr;
    slot = node.b;
    if (c.subject != nullptr && *key == c.subject->key) {
      from = &c.subject->attributes;
    } else if (c.references != nullptr) {
      from = c.references->find(key->entity, key->key);
    }
  }
  return from != nullptr && slot < from->size() ? &(*from)[slot] : nullptr;
}

}  // namespace

// The values of one column that one condition lets through; never a missing one.
struct ConditionIndex::Test {
  Index leaf = kNone;
  size_t kind = 0;  // the alternative of Value
  std::vector<Interval> intervals;
  std::vector<std::string> texts;  // when the kind is text
  Index condition = kNone;
};

struct ConditionIndex::Column {
  Index leaf = kNone;
  size_t kind = 0;
  // Cuts: an interval begins at each, the first one before them.
  std::vector<int64_t> cuts;
  std::vector<uint16_t> direct;  // by value - direct_from: its interval
  int64_t direct_from = 0;
  std::unordered_map<std::string, uint32_t> texts;  // their intervals, from 1; 0: any other
  uint32_t intervals = 0;                           // and one more: missing
  std::vector<uint64_t> bits;                       // by interval

  uint32_t interval_of(const Value* value) const {
    if (value == nullptr || value->index() != kind) return intervals;
    if (const auto* text = value->get_if<std::string>()) {
      const auto at = texts.find(*text);
      return at != texts.end() ? at->second : 0;
    }
    const int64_t number = *ordinal(*value);
    if (!direct.empty()) {
      if (number < direct_from) return 0;
      const auto at = static_cast<uint64_t>(number) - static_cast<uint64_t>(direct_from);
      return at < direct.size() ? direct[at] : intervals - 1;
    }
    return static_cast<uint32_t>(std::upper_bound(cuts.begin(), cuts.end(), number) - cuts.begin());
  }
};

struct ConditionIndex::Builder {
  const Plan& plan;

  // ---- taking conditions apart

  std::optional<Test> comparison(Op op, Index leaf, Index constant) const {
    if (!is_leaf(plan, leaf) || plan.nodes[constant].op != Op::constant) return std::nullopt;
    const Value& value = plan.constants[plan.nodes[constant].a];
    Test test{leaf, value.index(), {}, {}, kNone};
    if (const auto* text = value.get_if<std::string>()) {
      if (op != Op::equal) return std::nullopt;
      test.texts.push_back(*text);
      return test;
    }
    const std::optional<int64_t> at = ordinal(value);
    if (!at || *at == kLowest || *at == kHighest) return std::nullopt;
    switch (op) {
      case Op::equal:
        test.intervals = {{*at, *at}};
        break;
      case Op::not_equal:
        test.intervals = {{kLowest, *at - 1}, {*at + 1, kHighest}};
        break;
      case Op::less:
        test.intervals = {{kLowest, *at - 1}};
        break;
      case Op::less_equal:
        test.intervals = {{kLowest, *at}};
        break;
      case Op::greater:
        test.intervals = {{*at + 1, kHighest}};
        break;
      default:
        test.intervals = {{*at, kHighest}};
        break;
    }
    return test;
  }

  std::optional<Test> either(std::optional<Test> one, const std::optional<Test>& other) const {
    if (!one || !other || one->kind != other->kind || !same_leaf(plan, one->leaf, other->leaf))
      return std::nullopt;
    one->intervals.insert(one->intervals.end(), other->intervals.begin(), other->intervals.end());
    one->texts.insert(one->texts.end(), other->texts.begin(), other->texts.end());
    return one;
  }

  std::optional<Test> truth(Index leaf, bool wanted) const {
    if (!is_leaf(plan, leaf) || plan.nodes[leaf].type.kind != TypeKind::yes_no) return std::nullopt;
    return Test{leaf, Value{true}.index(), {{wanted ? 1 : 0, wanted ? 1 : 0}}, {}, kNone};
  }

  std::optional<Test> test_of(Index index) const {
    const Node& node = plan.nodes[index];
    const auto argument = [&](Index i) { return plan.arguments[node.first + i]; };
    switch (node.op) {
      case Op::equal:
      case Op::not_equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        return comparison(node.op, node.a, node.b);
      case Op::between: {
        std::optional<Test> low = comparison(Op::greater_equal, argument(0), argument(1));
        const std::optional<Test> high = comparison(Op::less_equal, argument(0), argument(2));
        if (!low || !high || low->kind != high->kind || low->intervals.empty()) return std::nullopt;
        low->intervals[0].high = high->intervals[0].high;
        return low;
      }
      case Op::in_list: {
        std::optional<Test> any;
        for (Index i = 1; i < node.count; ++i) {
          const std::optional<Test> one = comparison(Op::equal, argument(0), argument(i));
          any = i == 1 ? one : either(std::move(any), one);
        }
        return any;
      }
      case Op::logical_or:
        return either(test_of(node.a), test_of(node.b));
      case Op::logical_not:
        return truth(node.a, false);
      default:
        return truth(index, true);
    }
  }

  struct Row {
    std::vector<Test> tests;
    std::vector<Index> rest;
    bool safe = true;  // so far nothing in it can fail
  };

  void take_apart(Index condition, Row& row) const {
    if (condition == kNone) return;
    const Node& node = plan.nodes[condition];
    if (node.op == Op::logical_and) {
      take_apart(node.a, row);
      return take_apart(node.b, row);
    }
    std::optional<Test> test = row.safe ? test_of(condition) : std::nullopt;
    if (test) {
      test->condition = condition;
      row.tests.push_back(std::move(*test));
    } else {
      row.rest.push_back(condition);
      row.safe = row.safe && cannot_fail(plan, condition);
    }
  }

  void leave_out_large(std::vector<Row>& rows) const;

  // ---- putting columns together

  struct Wanted {  // a row and what it asks of one column
    Index row;
    const Test* test;
  };

  Column cut(const std::vector<Wanted>& wanted) const {
    Column column;
    column.leaf = wanted.front().test->leaf;
    column.kind = wanted.front().test->kind;
    for (const Wanted& one : wanted) {
      for (const Interval& interval : one.test->intervals) {
        if (interval.low != kLowest) column.cuts.push_back(interval.low);
        if (interval.high != kHighest) column.cuts.push_back(interval.high + 1);
      }
      for (const std::string& text : one.test->texts) {
        column.texts.try_emplace(text, static_cast<uint32_t>(column.texts.size() + 1));
      }
    }
    std::sort(column.cuts.begin(), column.cuts.end());
    column.cuts.erase(std::unique(column.cuts.begin(), column.cuts.end()), column.cuts.end());
    column.intervals = static_cast<uint32_t>(column.texts.empty() ? column.cuts.size() + 1
                                                                  : column.texts.size() + 1);
    if (!column.cuts.empty() && column.cuts.size() < kDirectMax &&
        static_cast<uint64_t>(column.cuts.back()) - static_cast<uint64_t>(column.cuts.front()) <
            kDirectMax) {
      column.direct_from = column.cuts.front();
      uint16_t interval = 0;
      for (int64_t value = column.cuts.front(); value <= column.cuts.back(); ++value) {
        while (interval < column.cuts.size() && column.cuts[interval] <= value) ++interval;
        column.direct.push_back(interval);
      }
    }
    return column;
  }

  static bool lets_through(const Column& column, const Test& test, uint32_t interval) {
    if (interval == column.intervals) return false;
    if (!column.texts.empty()) {
      return std::any_of(test.texts.begin(), test.texts.end(), [&](const std::string& text) {
        return column.texts.at(text) == interval;
      });
    }
    const int64_t value = interval == 0 ? kLowest : column.cuts[interval - 1];
    return std::any_of(test.intervals.begin(), test.intervals.end(),
                       [&](const Interval& i) { return i.low <= value && value <= i.high; });
  }

  void fill(Column& column, const std::vector<Wanted>& wanted,
            const std::vector<size_t>& position_of, size_t rows, size_t words) const {
    column.bits.assign((column.intervals + size_t{1}) * words, 0);
    std::vector<uint64_t> free(words, 0);  // rows that ask nothing of it
    for (size_t i = 0; i < rows; ++i) free[i / 64] |= uint64_t{1} << i % 64;
    for (const Wanted& one : wanted) {
      const size_t at = position_of[one.row];
      free[at / 64] &= ~(uint64_t{1} << at % 64);
    }
    for (uint32_t interval = 0; interval <= column.intervals; ++interval) {
      uint64_t* bits = &column.bits[interval * words];
      std::copy(free.begin(), free.end(), bits);
    }
    // A row with two tests of one column is to pass both.
    for (size_t i = 0; i < wanted.size();) {
      size_t end = i;
      while (end < wanted.size() && wanted[end].row == wanted[i].row) ++end;
      const size_t at = position_of[wanted[i].row];
      for (uint32_t interval = 0; interval <= column.intervals; ++interval) {
        const bool through = std::all_of(
            wanted.begin() + static_cast<ptrdiff_t>(i),
            wanted.begin() + static_cast<ptrdiff_t>(end),
            [&](const Wanted& one) { return lets_through(column, *one.test, interval); });
        if (through) column.bits[interval * words + at / 64] |= uint64_t{1} << at % 64;
      }
      i = end;
    }
  }

  // The tests of these rows, by column; of one column together, in the order of rows.
  std::vector<std::vector<Wanted>> by_column(const std::vector<Index>& rows,
                                             const std::vector<Row>& all) const {
    std::vector<std::vector<Wanted>> columns;
    std::map<std::pair<Index, size_t>, size_t> known;  // a node that was seen, with the kind
    for (const Index row : rows) {
      for (const Test& test : all[row].tests) {
        auto at = known.find({test.leaf, test.kind});
        if (at == known.end()) {
          const auto same = std::find_if(columns.begin(), columns.end(), [&](const auto& column) {
            return column.front().test->kind == test.kind &&
                   same_leaf(plan, column.front().test->leaf, test.leaf);
          });
          const auto index = static_cast<size_t>(same - columns.begin());
          if (same == columns.end()) columns.emplace_back();
          at = known.emplace(std::pair{test.leaf, test.kind}, index).first;
        }
        columns[at->second].push_back({row, &test});
      }
    }
    return columns;
  }

  void build(ConditionIndex& out, std::vector<Index> rows, const std::vector<Row>& all,
             bool may_divide) const {
    out.rows_ = std::move(rows);
    out.words_ = (out.rows_.size() + 63) / 64;
    const std::vector<std::vector<Wanted>> columns = by_column(out.rows_, all);
    if (may_divide && out.rows_.size() > kDivided && divide(out, columns, all)) return;
    std::vector<size_t> position_of(all.size());
    for (size_t i = 0; i < out.rows_.size(); ++i) position_of[out.rows_[i]] = i;
    for (const std::vector<Wanted>& wanted : columns) {
      Column column = cut(wanted);
      fill(column, wanted, position_of, out.rows_.size(), out.words_);
      out.columns_.push_back(std::move(column));
    }
  }

  // By the column of few values that leaves the least in each part.
  bool divide(ConditionIndex& out, const std::vector<std::vector<Wanted>>& columns,
              const std::vector<Row>& all) const {
    const std::vector<Wanted>* best = nullptr;
    size_t most = out.rows_.size() / 2;
    for (const std::vector<Wanted>& wanted : columns) {
      const Column column = cut(wanted);
      if (column.intervals > kDirectMax || wanted.size() <= most) continue;
      most = wanted.size();
      best = &wanted;
    }
    if (best == nullptr) return false;
    out.divided_by_ = std::make_unique<Column>(cut(*best));
    const Column& column = *out.divided_by_;
    for (uint32_t interval = 0; interval <= column.intervals; ++interval) {
      std::vector<Index> rows;
      auto at = best->begin();
      for (const Index row : out.rows_) {
        bool through = true;
        for (; at != best->end() && at->row == row; ++at) {
          through = through && lets_through(column, *at->test, interval);
        }
        if (through) rows.push_back(row);
      }
      auto part = std::unique_ptr<ConditionIndex>(new ConditionIndex());
      part->plan_ = out.plan_;
      build(*part, std::move(rows), all, false);
      out.parts_.push_back(std::move(part));
    }
    return true;
  }
};

// What reads a column too large for what it saves is asked of each row, before the rest: it cannot
// fail.
void ConditionIndex::Builder::leave_out_large(std::vector<Row>& rows) const {
  std::vector<Index> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  const size_t words = (rows.size() + 63) / 64;
  std::set<Index> left_out;
  for (const auto& wanted : by_column(all, rows)) {
    const size_t intervals = cut(wanted).intervals + size_t{1};
    if (intervals * words * sizeof(uint64_t) <= kBitmapBytesMax) continue;
    for (const Wanted& one : wanted) left_out.insert(one.test->condition);
  }
  for (Row& row : rows) {
    std::vector<Index> asked;
    std::erase_if(row.tests, [&](const Test& test) {
      if (!left_out.contains(test.condition)) return false;
      asked.push_back(test.condition);
      return true;
    });
    row.rest.insert(row.rest.begin(), asked.begin(), asked.end());
  }
}

ConditionIndex::ConditionIndex() = default;
ConditionIndex::~ConditionIndex() = default;

ConditionIndex::ConditionIndex(const Plan& plan, const std::vector<std::vector<Index>>& rows)
    : plan_(&plan) {
  const Builder builder{plan};
  std::vector<Builder::Row> apart(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const Index condition : rows[i]) builder.take_apart(condition, apart[i]);
  }
  builder.leave_out_large(apart);
  std::vector<Index> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  builder.build(*this, std::move(all), apart, true);
  for (Builder::Row& row : apart) rest_.push_back(std::move(row.rest));
}

bool ConditionIndex::candidates(const Context& context, uint64_t* found) const {
  std::fill_n(found, words_, ~uint64_t{0});
  if (rows_.size() % 64 != 0) found[words_ - 1] = (uint64_t{1} << rows_.size() % 64) - 1;
  uint64_t any = words_ == 0 ? 0 : 1;
  for (size_t i = 0; i < columns_.size() && any != 0; ++i) {
    const Column& column = columns_[i];
    const uint64_t* bits =
        &column.bits[column.interval_of(read(context, *plan_, column.leaf)) * words_];
    any = 0;
    for (size_t word = 0; word < words_; ++word) any |= found[word] &= bits[word];
  }
  return any != 0;
}

const ConditionIndex& ConditionIndex::part(const Context& context) const {
  return *parts_[divided_by_->interval_of(read(context, *plan_, divided_by_->leaf))];
}

std::shared_ptr<const PlanIndexes> index_conditions(const Plan& plan) {
  auto out = std::make_shared<PlanIndexes>();
  for (const Table& table : plan.tables) {
    std::vector<std::vector<Index>> rows;
    for (const Table::Row& row : table.rows) rows.push_back(row.conditions);
    const bool many = rows.size() >= kWorthwhile;
    out->tables.push_back(many ? std::make_unique<ConditionIndex>(plan, rows) : nullptr);
  }
  for (const EventTouch& touch : plan.touches) {
    PlanIndexes::Rules& rules = out->events.emplace_back();
    if (touch.rules.size() < kWorthwhile) continue;
    std::vector<std::vector<Index>> rows;
    for (Index i = 0; i < touch.rules.size(); ++i) {
      const Step& rule = plan.steps[touch.rules[i]];
      if (!rule.otherwise.empty()) {
        rules.always.push_back(i);
        continue;
      }
      rules.indexed.push_back(i);
      rows.push_back({rule.condition});
    }
    rules.index = std::make_unique<ConditionIndex>(plan, rows);
  }
  return out;
}

}  // namespace duban
