// Which of many conditions can hold, found without asking each: for rules that hear one event, and
// for the rows of a table.
//
// What conditions compare with constants (`class is industrial`, `amount between 1 and 5`) is taken
// apart into columns: all comparisons of one attribute or field. A column's constants cut its
// values into intervals, and each interval knows, as a bitmap, which conditions it lets through; a
// missing value has one of its own. One look-up per column and the AND of the bitmaps leaves the
// conditions that may hold, in their order; of each, what no column says is still to be asked. A
// condition that is an `or` over several columns stands there once for each side.
// Many conditions are first divided by a column of few values, so that the bitmaps stay small.
//
// It says the same as asking each: a comparison is only used when nothing that would be evaluated
// before it can fail.
#pragma once

#include <bit>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/plan.h"

namespace duban {

struct Context;

class ConditionIndex {
 public:
  // One item per row: conditions that must all hold, asked in this order.
  // `plan` must outlive it.
  ConditionIndex(const Plan& plan, const std::vector<std::vector<Index>>& rows);
  ~ConditionIndex();

  // Calls `visit(row)` for each row that no column rules out, in order, until it returns false.
  template <typename Visit>
  void visit(const Context& context, const Visit& visit) const;
  // What is still to be asked of such a row.
  std::span<const Index> rest(Index row) const {
    return std::span(rest_).subspan(rest_at_[row], rest_at_[row + 1] - rest_at_[row]);
  }

 private:
  struct Column;
  struct Builder;
  ConditionIndex();

  static constexpr size_t kFewWords = 16;
  // The rows that the columns let through, `words_` of 64; false: none.
  bool candidates(const Context& context, uint64_t* found) const;
  const ConditionIndex& part(const Context& context) const;

  const Plan* plan_ = nullptr;
  size_t words_ = 0;
  std::vector<Index> rows_;    // sides of the whole, by position here
  std::vector<Index> row_of_;  // by side; the sides of a row follow each other. Empty: one each
  std::vector<Column> columns_;
  std::unique_ptr<Column> divided_by_;
  std::vector<std::unique_ptr<ConditionIndex>> parts_;  // by interval
  std::vector<Index> rest_;                             // of the whole, one row's after the other
  std::vector<Index> rest_at_;                          // where a row's begin; and the end
};

// What a plan's tables and events look their conditions up in. Null: few, asked as quickly one
// after the other.
struct PlanIndexes {
  std::unordered_map<std::string_view, Layout::FeedType> types;  // by each of its names
  std::vector<std::unique_ptr<ConditionIndex>> tables;
  // What a rule's action sets.
  struct Set {
    Index action = kNone;
    Index value = kNone;  // of equal values the first, so that many rules read the same few nodes
    uint16_t slot = 0;    // of the subject
    uint16_t policy = 0;
    Span span;
  };
  // Of many rules those that go off lie anywhere in the memory. What most of them need is kept
  // here, close together.
  struct Rule {
    const Step* step = nullptr;
    std::span<const Index> rest;  // of its condition, that is still to be asked
    Index position = 0;           // in EventTouch::rules
    uint16_t policy = 0;
    uint16_t sets = 0;  // 0: it does something else, too
    Index first_set = 0;
  };
  struct Rules {
    std::unique_ptr<ConditionIndex> index;  // of the event's rules without an `otherwise`
    std::vector<Rule> indexed;              // those
    std::vector<Index> always;              // the others: positions in EventTouch::rules
  };
  std::vector<Rules> events;
  std::vector<Set> sets;

  std::span<const Set> sets_of(const Rule& rule) const {
    return std::span(sets).subspan(rule.first_set, rule.sets);
  }
};
std::shared_ptr<const PlanIndexes> index_conditions(const Plan& plan);  // `plan` must outlive it
std::optional<Layout::FeedType> find_type(const Plan& plan, std::string_view name);

template <typename Visit>
void ConditionIndex::visit(const Context& context, const Visit& visit) const {
  const ConditionIndex& at = divided_by_ != nullptr ? part(context) : *this;
  uint64_t few[kFewWords];
  std::vector<uint64_t> many(at.words_ > kFewWords ? at.words_ : 0);
  uint64_t* found = many.empty() ? few : many.data();
  if (!at.candidates(context, found)) return;
  Index last = kNone;
  for (size_t word = 0; word < at.words_; ++word) {
    for (uint64_t bits = found[word]; bits != 0; bits &= bits - 1) {
      const auto position = word * 64 + static_cast<size_t>(std::countr_zero(bits));
      const Index side = at.rows_[position], row = row_of_.empty() ? side : row_of_[side];
      if (row == last) continue;
      last = row;
      if (!visit(row)) return;
    }
  }
}

}  // namespace duban
