// Decision tables: situations no row applies to, rows that never apply, rows that apply together.
#include <algorithm>
#include <set>

#include "engine/analysis/witness.h"
#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::TableCell;
using syntax::TableDecl;

// About 300 ms; a table of 200 rows and 8 columns needs a small part of it. Tables of thousands of
// rows are given what dividing them takes.
constexpr uint64_t kTableWork = 3'000'000;
constexpr uint64_t kRowWork = 1'000;
constexpr size_t kMaxPartners = 8;  // of a row that overlaps with others, to be tried
constexpr size_t kManyPartners = 64;
constexpr size_t kMaxExamples = 3;

class Rows {
 public:
  Rows(Program& program, TableInfo& info, Table& table)
      : program_(program),
        info_(info),
        table_(table),
        terms_(program),
        space_(program, terms_),
        work_{kTableWork + kRowWork * table.rows.size()} {
    reading_.entity = info.entity;
    reading_.owner_case = info.owner_case;
  }

  void check() {
    if (info_.points != kNone) return;  // grades: analysis/scores.cc
    if (!divide()) return too_large();
    report_contradictions();
    if (table_.hit == TableDecl::Hit::all) return;
    if (table_.hit == TableDecl::Hit::first) report_shadowed();
    if (table_.hit == TableDecl::Hit::unique) report_overlaps();
    report_gaps();
    if (work_.used_up()) too_large();
  }

 private:
  // What each row takes.
  bool divide() {
    std::vector<Space::Formula> formulas;
    for (const Table::Row& row : table_.rows) {
      std::vector<Space::Formula> cells;
      for (const Index condition : row.conditions) cells.push_back(space_.add(condition, reading_));
      formulas.push_back(space_.all_of(std::move(cells)));
    }
    space_.close();
    for (uint32_t row = 0; row < formulas.size(); ++row) {
      auto boxes = space_.boxes(formulas[row]);
      if (!boxes) return false;
      boxes_.insert(boxes_.end(), boxes->begin(), boxes->end());
      row_of_.resize(boxes_.size(), row);
      taken_.push_back(std::move(*boxes));
    }
    return true;
  }

  bool applies(size_t row, const Assumed& assumed) const {
    return std::all_of(table_.rows[row].conditions.begin(), table_.rows[row].conditions.end(),
                       [&](Index condition) { return holds_with(program_, assumed, condition); });
  }

  void report_contradictions() {
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i].empty()) continue;
      program_.warning(table_.rows[i].span, "W200",
                       info_.scorecard != nullptr
                           ? Message{"these points are never given: their condition never holds",
                                     "此项分值无人可得：其条件永远不成立"}
                           : Message{"this row never applies: no case fits all its cells",
                                     "本行永远不会命中：没有任何情形能同时符合本行各格"});
    }
  }

  bool takes_all(size_t row) const {
    return std::any_of(taken_[row].begin(), taken_[row].end(),
                       [](const Box& box) { return Box().within(box); });
  }

  void report_shadowed() {
    const std::vector<bool> reached = reached_rows();
    if (work_.used_up()) return;
    for (size_t i = 0; i < taken_.size(); ++i) {
      if (reached[i] || taken_[i].empty()) continue;
      report_shadow(i);
      // Nothing can come after a row for everything: once is enough.
      for (size_t j = 0; j < i; ++j) {
        if (takes_all(j)) return;
      }
    }
  }

  // Rows with a case that no row above takes.
  std::vector<bool> reached_rows() {
    std::vector<bool> reached(taken_.size(), false);
    const auto prune = [&](const Box& part, BoxNumbers& boxes) {
      cut_after_whole(part, boxes);
      const bool known = std::all_of(boxes.begin(), boxes.end(),
                                     [&](uint32_t box) { return reached[row_of_[box]]; });
      if (known) boxes.clear();
    };
    const auto visit = [&](const Box& part, const BoxNumbers& boxes) {
      std::vector<Box> above;
      size_t added = 0;
      for (const uint32_t box : boxes) {
        const uint32_t row = row_of_[box];
        if (reached[row]) continue;
        while (row_of_[boxes[added]] < row) above.push_back(boxes_[boxes[added++]]);
        reached[row] = find_uncovered(space_.shape(), part & boxes_[box], above, work_).has_value();
      }
    };
    for_each_part(space_.shape(), boxes_, work_, prune, visit);
    return reached;
  }

  // Of a part that one row takes whole, the rows below it have nothing. The row's own number, if
  // so.
  std::optional<uint32_t> cut_after_whole(const Box& part, BoxNumbers& boxes) const {
    const auto whole = std::find_if(boxes.begin(), boxes.end(),
                                    [&](uint32_t box) { return part.within(boxes_[box]); });
    if (whole == boxes.end()) return std::nullopt;
    const uint32_t row = row_of_[*whole];
    const auto below =
        std::find_if(whole, boxes.end(), [&](uint32_t box) { return row_of_[box] > row; });
    boxes.erase(below, boxes.end());
    return row;
  }

  // By one row above, or by several together.
  void report_shadow(size_t row) {
    const auto within = [&](size_t other) {
      return std::all_of(taken_[row].begin(), taken_[row].end(), [&](const Box& box) {
        return std::any_of(taken_[other].begin(), taken_[other].end(),
                           [&](const Box& larger) { return box.within(larger); });
      });
    };
    for (size_t other = 0; other < row; ++other) {
      if (!within(other)) continue;
      const std::string place = program_.place(table_.rows[other].span);
      program_.warning(table_.rows[row].span, "W107",
                       {"this row never applies: the row at " + place + " takes all its cases",
                        "本行永远不会命中：" + place + " 的一行已包含其所有情形"});
      return;
    }
    program_.warning(table_.rows[row].span, "W107",
                     {"this row never applies: the rows above together take all its cases",
                      "本行永远不会命中：上方各行合起来已包含其所有情形"});
  }

  void report_overlaps() {
    const std::vector<std::set<uint32_t>> partners = overlapping_rows();
    if (work_.used_up()) return;
    for (uint32_t row = 0; row < partners.size(); ++row) {
      for (const uint32_t above : partners[row]) {
        if (report_overlap(above, row)) break;  // one partner is enough for a row
      }
    }
  }

  // For each row the first few above that have cases in common with it.
  std::vector<std::set<uint32_t>> overlapping_rows() {
    std::vector<std::set<uint32_t>> partners(taken_.size());
    const auto note = [&](uint32_t row, uint32_t above) {
      partners[row].insert(above);
      if (partners[row].size() > kMaxPartners) partners[row].erase(std::prev(partners[row].end()));
    };
    const auto prune = [&](const Box& part, BoxNumbers& boxes) {
      BoxNumbers rest = boxes;
      const auto whole = cut_after_whole(part, rest);
      if (!whole || boxes.size() <= kManyPartners) return;
      // It overlaps with all below it here; among these no others need be looked for.
      for (size_t i = rest.size(); i < boxes.size(); ++i) note(row_of_[boxes[i]], *whole);
      boxes = std::move(rest);
    };
    const auto visit = [&](const Box& part, const BoxNumbers& boxes) {
      for (size_t i = 0; i < boxes.size(); ++i) {
        const Box here = part & boxes_[boxes[i]];
        if (!work_.take(i + 1)) return;
        for (size_t j = 0; j < i; ++j) {
          if (row_of_[boxes[j]] == row_of_[boxes[i]]) break;
          if (boxes_[boxes[j]].meets(here)) note(row_of_[boxes[i]], row_of_[boxes[j]]);
        }
      }
    };
    for_each_part(space_.shape(), boxes_, work_, prune, visit);
    return partners;
  }

  bool report_overlap(size_t first, size_t second) {
    for (const Box& a : taken_[first]) {
      for (const Box& b : taken_[second]) {
        const Box both = a & b;
        if (both.is_empty()) continue;
        const auto example = find_example(space_, both, [&](const Assumed& assumed) {
          return applies(first, assumed) && applies(second, assumed);
        });
        if (!example) continue;
        const ExampleWords words = for_example(*example);
        const std::string place = program_.place(table_.rows[first].span);
        program_.error(
            table_.rows[second].span, "E200",
            {"this row and the one at " + place + " apply together, and only one may" +
                 words.english,
             "本行与 " + place + " 的一行会同时命中，而此表只允许一行命中" + words.chinese,
             "make the cells exclude each other, or write `first match`",
             "请使各格互不重叠，或改为`首条命中`"});
        return true;
      }
    }
    return false;
  }

  void report_gaps() {
    if (info_.syntax->incomplete) return;  // a row of it was not understood
    std::vector<Box> cover = boxes_;
    ExampleWords words;
    size_t found = 0;
    while (found < kMaxExamples) {
      const auto gap = find_uncovered(space_.shape(), Box(), cover, work_);
      if (!gap) break;
      cover.push_back(*gap);
      const auto example = find_example(space_, *gap, [&](const Assumed& assumed) {
        for (size_t row = 0; row < table_.rows.size(); ++row) {
          if (applies(row, assumed)) return false;
        }
        return true;
      });
      if (!example) continue;
      const ExampleWords next = for_example(*example);
      words.english += found == 0 ? next.english : "; or with" + next.english.substr(kForExample);
      words.chinese += found == 0 ? next.chinese : "；或" + next.chinese.substr(kForExampleChinese);
      ++found;
    }
    if (found == 0) return;
    program_.warning(info_.syntax->name.span, "W103",
                     {"the table may match no row, and is then none" + words.english,
                      "此表可能没有任何一行命中，其值将为无" + words.chinese,
                      "add rows for these cases, or end it with a row of `any`",
                      "请为这些情形增加行，或以各列均为`任意`的一行结尾"});
    for (Type& type : table_.output_types) type.optional = true;
  }

  void too_large() {
    program_.warning(info_.syntax->name.span, "W201",
                     {"the table is too involved to be examined for gaps and overlaps",
                      "此表过于复杂，未能完整检查遗漏与重叠", "divide it into several tables",
                      "请拆分为几个表"});
  }

  static constexpr size_t kForExample = std::string_view("; for example with").size();
  static constexpr size_t kForExampleChinese = std::string_view("；例如").size();

  Program& program_;
  TableInfo& info_;
  Table& table_;
  Terms terms_;
  Space space_;
  Reading reading_;
  std::vector<std::vector<Box>> taken_;  // by row
  std::vector<Box> boxes_;               // of all rows, in order
  std::vector<uint32_t> row_of_;         // by box
  Work work_;
};

// Every cell was understood: what is reported elsewhere would only be repeated here.
bool is_whole(const TableDecl& decl, const std::vector<Typed>& columns, const Table& table) {
  if (table.rows.size() != decl.rows.size()) return false;
  if (!std::all_of(columns.begin(), columns.end(), [](const Typed& c) { return c.ok(); })) {
    return false;
  }
  for (size_t row = 0; row < table.rows.size(); ++row) {
    const auto& cells = decl.rows[row].cells;
    const auto tests =
        std::count_if(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                      [](const TableCell& cell) { return cell.kind != TableCell::Kind::any; });
    if (static_cast<size_t>(tests) != table.rows[row].conditions.size()) return false;
  }
  return true;
}

}  // namespace

void check_rows(Program& program, TableInfo& info, const std::vector<Typed>& columns,
                Table& table) {
  if (table.rows.empty() || !is_whole(*info.syntax, columns, table)) return;
  Rows(program, info, table).check();
}

}  // namespace duban::compiler
