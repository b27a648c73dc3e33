// Whether a table always has a row, and which of its rows can never apply.
#include <algorithm>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::ExprKind;
using syntax::TableCell;
using syntax::TableDecl;

// Every customer finds a row: the last takes all, or the columns have few values and all are met.
class Totality {
 public:
  Totality(const Program& program, const TableDecl& decl, const std::vector<Typed>& columns)
      : program_(program), decl_(decl), columns_(columns) {}

  bool holds() {
    for (const TableDecl::Row& row : decl_.rows) {
      if (takes_all(row)) return true;
    }
    size_t combinations = 1;
    for (const Typed& column : columns_) {
      const size_t values = value_count(column.type);
      if (values == 0 || combinations > kMaxCombinations) return false;
      combinations *= values;
    }
    if (combinations > kMaxCombinations) return false;
    std::vector<size_t> values(columns_.size(), 0);
    for (size_t n = 0; n < combinations; ++n) {
      size_t rest = n;
      for (size_t i = 0; i < columns_.size(); ++i) {
        values[i] = rest % value_count(columns_[i].type);
        rest /= value_count(columns_[i].type);
      }
      const bool met = std::any_of(decl_.rows.begin(), decl_.rows.end(), [&](const auto& row) {
        for (size_t i = 0; i < columns_.size() && i < row.cells.size(); ++i) {
          if (!meets(row.cells[i], columns_[i].type, values[i])) return false;
        }
        return true;
      });
      if (!met && present(values)) return false;
    }
    return true;
  }

  bool takes_all(const TableDecl::Row& row) const {
    for (size_t i = 0; i < decl_.inputs.size() && i < row.cells.size(); ++i) {
      if (row.cells[i].kind != TableCell::Kind::any) return false;
    }
    return true;
  }

 private:
  static constexpr size_t kMaxCombinations = 10'000;

  size_t value_count(const Type& type) const {
    if (type.set || type.optional) return 0;
    if (type.kind == TypeKind::yes_no) return 2;
    if (type.kind == TypeKind::choice) return program_.plan.layout.choices[type.id].values.size();
    return 0;
  }

  // Values of an older version are no longer given to anybody.
  bool present(const std::vector<size_t>& values) const {
    for (size_t i = 0; i < columns_.size(); ++i) {
      const Type& type = columns_[i].type;
      if (type.kind == TypeKind::choice && !program_.present.values[type.id][values[i]]) {
        return false;
      }
    }
    return true;
  }

  bool meets(const TableCell& cell, const Type& type, size_t value) const {
    if (cell.kind == TableCell::Kind::any) return true;
    for (const TableCell::Test& test : cell.tests) {
      if (!test.value) continue;
      bool equal = false;
      if (type.kind == TypeKind::yes_no) {
        const bool* wanted = test.value->value.get_if<bool>();
        if (!wanted) continue;
        equal = *wanted == (value == 1);
      } else {
        if (test.value->kind != ExprKind::name) continue;
        equal = find_choice_value(program_, type.id, test.value->text) == value;
      }
      if (equal == (test.op == ExprKind::equal)) return true;
    }
    return false;
  }

  const Program& program_;
  const TableDecl& decl_;
  const std::vector<Typed>& columns_;
};

}  // namespace

void check_rows(Program& program, const TableInfo& info, const std::vector<Typed>& columns,
                Table& table) {
  const TableDecl& decl = *info.syntax;
  if (decl.hit == TableDecl::Hit::all || decl.rows.empty()) return;
  Totality totality(program, decl, columns);
  if (decl.hit == TableDecl::Hit::first) {
    for (size_t i = 0; i + 1 < decl.rows.size(); ++i) {
      if (!totality.takes_all(decl.rows[i])) continue;
      program.warning(decl.rows[i + 1].span, "W107",
                      {"this row never applies: the row above takes everything",
                       "本行永远不会命中：上一行已包含所有情形"});
      break;
    }
  }
  const bool complete =
      std::all_of(columns.begin(), columns.end(), [](const Typed& column) { return column.ok(); });
  if (!complete || decl.incomplete || totality.holds()) return;
  program.warning(
      decl.name.span, "W103",
      {"the table may match no row, and is then none", "此表可能没有任何一行命中，其值将为无",
       "end it with a row of `any`", "请以各列均为`任意`的一行结尾"});
  for (Type& type : table.output_types) type.optional = true;
}

}  // namespace duban::compiler
