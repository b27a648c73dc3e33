#include "engine/analysis/scores.h"

#include <algorithm>
#include <numeric>
#include <set>

#include "engine/analysis/space.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxSituations = 20'000;  // of conditions that have something in common
constexpr size_t kMaxSums = 20'000;

class Scores {
 public:
  Scores(const Program& program, Index table)
      : program_(program),
        table_(program.plan.tables[table]),
        card_(*program.tables[table].scorecard),
        terms_(program),
        space_(program, terms_) {
    reading_.entity = program.tables[table].entity;
    reading_.owner_case = program.tables[table].owner_case;
  }

  std::optional<std::vector<int64_t>> all() {
    if (!divide()) return std::nullopt;
    group();
    std::set<int64_t> sums{0};
    for (size_t first = 0; first < space_.dimensions().size(); ++first) {
      if (group_[first] != first) continue;
      const auto own = sums_of(first);
      if (!own || !add(sums, *own)) return std::nullopt;
    }
    std::vector<int64_t> out;
    for (const int64_t sum : sums) out.push_back(sum + always_);
    return out;
  }

 private:
  struct Item {
    int64_t points = 0;
    std::vector<Box> boxes;  // where it is given
    size_t dimension = 0;    // one of those it looks at
  };

  bool divide() {
    std::vector<std::pair<int64_t, Space::Formula>> formulas;
    const bool has_base = card_.base != nullptr;
    for (const Table::Row& row : table_.rows) {
      const bool always = has_base && &row == &table_.rows.front();
      if (!always && row.conditions.empty()) return false;  // somebody has said why
      const Value* value = program_.constant_of(row.outputs.at(0));
      const Decimal* points = value ? value->get_if<Decimal>() : nullptr;
      if (!points || std::abs(points->micro()) > INT64_MAX / 4096) return false;
      std::vector<Space::Formula> cells;
      for (const Index cell : row.conditions) cells.push_back(space_.add(cell, reading_));
      formulas.emplace_back(points->micro(), space_.all_of(std::move(cells)));
    }
    if (formulas.size() > 1000) return false;
    space_.close();
    for (const auto& [points, formula] : formulas) {
      auto boxes = space_.boxes(formula);
      if (!boxes) return false;
      if (boxes->empty()) continue;
      const auto looked_at = dimensions_of(*boxes);
      if (looked_at.empty()) {
        always_ += points;
      } else {
        items_.push_back({points, std::move(*boxes), looked_at.front()});
      }
    }
    return true;
  }

  static std::vector<size_t> dimensions_of(const std::vector<Box>& boxes) {
    std::set<size_t> out;
    for (const Box& box : boxes) out.insert(box.dimensions().begin(), box.dimensions().end());
    return {out.begin(), out.end()};
  }

  // Dimensions that some item looks at together; what has none in common adds up freely.
  void group() {
    group_.resize(space_.dimensions().size());
    std::iota(group_.begin(), group_.end(), size_t{0});
    for (const Item& item : items_) {
      const std::vector<size_t> together = dimensions_of(item.boxes);
      for (const size_t dimension : together) {
        const size_t from = std::max(group_[together.front()], group_[dimension]);
        const size_t to = std::min(group_[together.front()], group_[dimension]);
        for (size_t& each : group_) {
          if (each == from) each = to;
        }
      }
    }
  }

  // The sums of one group's items, over all its situations.
  std::optional<std::set<int64_t>> sums_of(size_t group) {
    std::vector<size_t> dimensions;
    size_t situations = 1;
    for (size_t d = 0; d < group_.size(); ++d) {
      if (group_[d] != group) continue;
      dimensions.push_back(d);
      situations *= space_.shape().values(d);
      if (situations > kMaxSituations) return std::nullopt;
    }
    std::vector<const Item*> items;
    for (const Item& item : items_) {
      if (group_[item.dimension] == group) items.push_back(&item);
    }
    std::set<int64_t> out;
    for (size_t n = 0; n < situations; ++n) {
      Box here;
      size_t rest = n;
      for (const size_t d : dimensions) {
        const auto value = static_cast<uint32_t>(rest % space_.shape().values(d));
        here.set_runs(space_.shape(), d, Runs{{value, value + 1}});
        rest /= space_.shape().values(d);
      }
      int64_t sum = 0;
      for (const Item* item : items) {
        const bool given = std::any_of(item->boxes.begin(), item->boxes.end(),
                                       [&](const Box& box) { return box.meets(here); });
        if (given) sum += item->points;
      }
      out.insert(sum);
    }
    return out;
  }

  static bool add(std::set<int64_t>& sums, const std::set<int64_t>& own) {
    if (sums.size() * own.size() > kMaxSums * 16) return false;
    std::set<int64_t> out;
    for (const int64_t a : sums) {
      for (const int64_t b : own) out.insert(a + b);
    }
    sums = std::move(out);
    return sums.size() <= kMaxSums;
  }

  const Program& program_;
  const Table& table_;
  const syntax::ScorecardDecl& card_;
  Terms terms_;
  Space space_;
  Reading reading_;
  std::vector<Item> items_;
  int64_t always_ = 0;
  std::vector<size_t> group_;  // by dimension: the first of its group
};

}  // namespace

std::optional<std::vector<int64_t>> possible_scores(const Program& program, Index table) {
  return Scores(program, table).all();
}

}  // namespace duban::compiler
