#include "engine/condition_index.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <tuple>

#include "engine/condition_parts.h"
#include "engine/eval.h"

namespace duban {
namespace {

// Fewer are asked one after the other as quickly.
constexpr size_t kWorthwhile = 4;
// More are divided, where something divides them.
constexpr size_t kDivided = 192;
constexpr size_t kBitmapBytesMax = size_t{64} << 20;  // of one column, undivided
constexpr uint32_t kDirectMax = 256;                  // values that are looked up without a search

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

  void leave_out_large(std::vector<ConditionParts>& rows) const;

  // ---- putting columns together

  struct Wanted {  // a row and what it asks of one column
    Index row;
    const ConstantTest* test;
  };

  Column cut(const std::vector<Wanted>& wanted) const {
    Column column;
    column.leaf = wanted.front().test->leaf;
    column.kind = wanted.front().test->kind;
    for (const Wanted& one : wanted) {
      for (const ConstantTest::Interval& interval : one.test->intervals) {
        if (interval.low != kLowestOrdinal) column.cuts.push_back(interval.low);
        if (interval.high != kHighestOrdinal) column.cuts.push_back(interval.high + 1);
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

  // The column's intervals that a test lets through.
  template <typename Visit>
  static void each_interval(const Column& column, const ConstantTest& test, const Visit& visit) {
    for (const std::string& text : test.texts) visit(column.texts.at(text));
    const auto interval_of = [&](int64_t value) {
      return static_cast<uint32_t>(std::upper_bound(column.cuts.begin(), column.cuts.end(), value) -
                                   column.cuts.begin());
    };
    for (const ConstantTest::Interval& interval : test.intervals) {
      const uint32_t last = interval_of(interval.high);
      for (uint32_t i = interval_of(interval.low); i <= last; ++i) visit(i);
    }
  }

  static void fill(Column& column, const std::vector<Wanted>& wanted,
                   const std::vector<size_t>& position_of, size_t rows, size_t words) {
    std::vector<uint64_t> free(words, 0);  // rows that ask nothing of it
    for (size_t i = 0; i < rows; ++i) free[i / 64] |= uint64_t{1} << i % 64;
    for (const Wanted& one : wanted) {
      const size_t at = position_of[one.row];
      free[at / 64] &= ~(uint64_t{1} << at % 64);
    }
    column.bits.reserve((column.intervals + size_t{1}) * words);
    for (uint32_t interval = 0; interval <= column.intervals; ++interval) {
      column.bits.insert(column.bits.end(), free.begin(), free.end());
    }
    for (const Wanted& one : wanted) {
      const size_t at = position_of[one.row];
      each_interval(column, *one.test, [&](uint32_t interval) {
        column.bits[interval * words + at / 64] |= uint64_t{1} << at % 64;
      });
    }
  }

  // The tests of these rows, by column; of one column together, in the order of rows.
  std::vector<std::vector<Wanted>> by_column(const std::vector<Index>& rows,
                                             const std::vector<ConditionParts>& all) const {
    std::vector<std::vector<Wanted>> columns;
    std::map<std::pair<Index, size_t>, size_t> known;  // a node that was seen, with the kind
    for (const Index row : rows) {
      for (const ConstantTest& test : all[row].tests) {
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

  void build(ConditionIndex& out, std::vector<Index> rows, const std::vector<ConditionParts>& all,
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
              const std::vector<ConditionParts>& all) const {
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
    std::vector<std::vector<Index>> parts(column.intervals + size_t{1});
    auto at = best->begin();
    for (const Index row : out.rows_) {
      if (at == best->end() || at->row != row) {
        for (std::vector<Index>& part : parts) part.push_back(row);
      } else {
        each_interval(column, *at++->test, [&](uint32_t i) {  // one that is listed twice, too
          if (parts[i].empty() || parts[i].back() != row) parts[i].push_back(row);
        });
      }
    }
    for (std::vector<Index>& rows : parts) {
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
void ConditionIndex::Builder::leave_out_large(std::vector<ConditionParts>& rows) const {
  std::vector<Index> all(rows.size());
  std::iota(all.begin(), all.end(), 0);
  const size_t words = (rows.size() + 63) / 64;
  std::set<const ConstantTest*> left_out;
  for (const auto& wanted : by_column(all, rows)) {
    const size_t intervals = cut(wanted).intervals + size_t{1};
    if (intervals * words * sizeof(uint64_t) <= kBitmapBytesMax) continue;
    for (const Wanted& one : wanted) left_out.insert(one.test);
  }
  for (ConditionParts& row : rows) {
    std::vector<Index> asked;
    std::vector<ConstantTest> kept;
    for (ConstantTest& test : row.tests) {
      if (left_out.contains(&test)) {
        asked.insert(asked.end(), test.conditions.begin(), test.conditions.end());
      } else {
        kept.push_back(std::move(test));
      }
    }
    row.tests = std::move(kept);
    row.rest.insert(row.rest.begin(), asked.begin(), asked.end());
  }
}

ConditionIndex::ConditionIndex() = default;
ConditionIndex::~ConditionIndex() = default;

ConditionIndex::ConditionIndex(const Plan& plan, const std::vector<std::vector<Index>>& rows)
    : plan_(&plan) {
  const Builder builder{plan};
  std::vector<ConditionParts> apart(rows.size());
  for (size_t i = 0; i < rows.size(); ++i) {
    for (const Index condition : rows[i]) take_apart(plan, condition, apart[i]);
  }
  std::vector<Index> row_of;
  std::vector<ConditionParts> sides = sides_of(plan, std::move(apart), row_of);
  builder.leave_out_large(sides);
  std::vector<Index> all(sides.size());
  std::iota(all.begin(), all.end(), 0);
  builder.build(*this, std::move(all), sides, true);
  for (size_t side = 0; side < sides.size(); ++side) {
    if (rest_at_.size() > row_of[side]) continue;  // the same for each side
    rest_at_.push_back(static_cast<Index>(rest_.size()));
    rest_.insert(rest_.end(), sides[side].rest.begin(), sides[side].rest.end());
  }
  rest_at_.push_back(static_cast<Index>(rest_.size()));
  if (sides.size() > rows.size()) row_of_ = std::move(row_of);
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

namespace {

// Values that are worth the same wherever they stand, by their first node.
class EqualValues {
 public:
  explicit EqualValues(const Plan& plan) : plan_(plan) {}

  Index first_of(Index index) {
    const Node& node = plan_.nodes[index];
    Index a = node.a, b = node.b;
    if (node.op == Op::constant) {
      a = constants_.try_emplace(plan_.constants[node.a], node.a).first->second;
    } else if (node.op >= Op::add && node.op <= Op::divide) {
      a = first_of(a);
      b = first_of(b);
    } else if (node.op != Op::subject_attribute && node.op != Op::event_field) {
      return index;
    }
    return nodes_.try_emplace({node.op, a, b}, index).first->second;
  }

 private:
  const Plan& plan_;
  std::map<Value, Index> constants_;
  std::map<std::tuple<Op, Index, Index>, Index> nodes_;
};

// Adds what the rule sets; nothing where it does something else, too.
uint16_t add_sets(const Plan& plan, const Step& rule, EqualValues& values,
                  std::vector<PlanIndexes::Set>& sets) {
  const auto sets_attribute = [&](Index index) {
    const Action& action = plan.actions[index];
    return action.kind == Action::Kind::set && action.set.kind == SetTarget::Kind::attribute &&
           action.set.value != kNone;
  };
  if (!std::all_of(rule.actions.begin(), rule.actions.end(), sets_attribute) ||
      rule.actions.size() > UINT16_MAX) {
    return 0;
  }
  for (const Index index : rule.actions) {
    const Action& action = plan.actions[index];
    sets.push_back(
        {index, values.first_of(action.set.value), action.set.slot, rule.policy, action.span});
  }
  return static_cast<uint16_t>(rule.actions.size());
}

}  // namespace

std::shared_ptr<const PlanIndexes> index_conditions(const Plan& plan) {
  auto out = std::make_shared<PlanIndexes>();
  const auto add_type = [&](const Names& names) {
    for (const std::string_view name :
         {std::string_view(names.name), std::string_view(names.alias)}) {
      if (const auto type = plan.layout.find_type(name)) out->types.emplace(name, *type);
    }
  };
  for (const Layout::Event& event : plan.layout.events) add_type(event.names);
  for (const Layout::Entity& entity : plan.layout.entities) add_type(entity.names);
  for (const Table& table : plan.tables) {
    std::vector<std::vector<Index>> rows;
    for (const Table::Row& row : table.rows) rows.push_back(row.conditions);
    const bool many = rows.size() >= kWorthwhile;
    out->tables.push_back(many ? std::make_unique<ConditionIndex>(plan, rows) : nullptr);
  }
  EqualValues values(plan);
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
      rows.push_back({rule.condition});
      const auto first_set = static_cast<Index>(out->sets.size());
      const uint16_t sets = add_sets(plan, rule, values, out->sets);
      rules.indexed.push_back({&rule, {}, i, rule.policy, sets, first_set});
    }
    rules.index = std::make_unique<ConditionIndex>(plan, rows);
    for (Index row = 0; row < rows.size(); ++row) rules.indexed[row].rest = rules.index->rest(row);
  }
  return out;
}

std::optional<Layout::FeedType> find_type(const Plan& plan, std::string_view name) {
  if (plan.derived.indexes == nullptr) return plan.layout.find_type(name);
  const auto& types = plan.derived.indexes->types;
  const auto at = types.find(name);
  return at != types.end() ? std::optional(at->second) : std::nullopt;
}

}  // namespace duban
