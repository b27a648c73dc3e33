#include "engine/table_rows.h"

#include <algorithm>
#include <string>
#include <utility>

namespace duban {

using namespace syntax;

Name as_name(const Expr& expr) {
  if (expr.kind == ExprKind::name) return {expr.text, {}, expr.span, {}};
  const bool aliased = expr.kind == ExprKind::call && expr.args.size() == 1 &&
                       expr.args[0]->kind == ExprKind::name && !is_function(expr.text);
  if (!aliased) return {};
  return {expr.text, expr.args[0]->text, expr.text_span, expr.args[0]->span};
}

namespace {

// `天数 （days）` names a column, although 天数 is a function elsewhere.
Name function_as_name(const RowLine::Cell& cell, const Expr& expr) {
  const bool aliased = expr.kind == ExprKind::call && expr.args.size() == 1 &&
                       expr.args[0]->kind == ExprKind::name && is_function(expr.text);
  if (!aliased) return {};
  std::string text = cell.source.substr(0, std::min(cell.source.find('('), cell.source.find("（")));
  while (text.ends_with(' ')) text.pop_back();
  return {text, expr.args[0]->text, expr.text_span, expr.args[0]->span};
}

}  // namespace

Name column_name(const RowLine::Cell& cell, const Expr& expr) {
  Name name = as_name(expr);
  return name.empty() ? function_as_name(cell, expr) : name;
}

namespace {

std::string column_names(const TableDecl& table, const char* open, const char* close,
                         const char* comma) {
  std::string out;
  for (const auto* columns : {&table.inputs, &table.outputs}) {
    for (const TableDecl::Column& column : *columns) {
      out += (out.empty() ? "" : comma) + (open + column.name.text) + close;
    }
  }
  return out;
}

RowFate add_header(TableDecl& table, RowLine row, Span span, Findings& findings) {
  RowFate fate = RowFate::added;
  bool output = false;
  for (RowLine::Cell& cell : row.cells) {
    output = output || cell.arrow;
    const bool plain = cell.cell.tests.size() == 1 && cell.cell.tests[0].op == ExprKind::equal;
    if (!plain) {
      findings.add("E014", cell.cell.span,
                   {"the first row names the columns", "首行须为各列的名称"});
      fate = RowFate::bad_header;
      continue;
    }
    TableDecl::Column column;
    ExprPtr expr = std::move(cell.cell.tests[0].value);
    if (!output) {
      column.name = {cell.source, {}, expr->span, {}};
      column.input = std::move(expr);
      table.inputs.push_back(std::move(column));
      continue;
    }
    column.name = column_name(cell, *expr);
    if (column.name.empty()) {
      findings.add("E014", expr->span,
                   {"a result column has a name of its own", "结果列须有自己的名称"});
      fate = RowFate::bad_header;
    }
    table.outputs.push_back(std::move(column));
  }
  if (output) return fate;
  findings.add("E014", span, {"no column is a result", "没有结果列"},
               {"put `=>` before the first result column", "在第一个结果列之前写“=>”"});
  return RowFate::bad_header;
}

// Read as an input, where a bare name could not introduce a value. Without a value: not a result.
TableCell output_cell(TableCell cell) {
  if (cell.tests.size() != 1 || cell.tests[0].op != ExprKind::equal) return cell;
  cell.value = std::move(cell.tests[0].value);
  cell.tests.clear();
  cell.choice_name = as_name(*cell.value);
  if (!cell.choice_name.alias.empty()) {
    Expr& value = *cell.value;
    value.kind = ExprKind::name;
    value.args.clear();
    value.span = value.text_span;
  }
  return cell;
}

}  // namespace

RowFate add_row(TableDecl& table, RowLine line, Span span, Findings& findings) {
  if (table.inputs.empty() && table.outputs.empty()) {
    return add_header(table, std::move(line), span, findings);
  }
  const size_t columns = table.inputs.size() + table.outputs.size();
  if (line.cells.size() != columns) {
    const std::string has = std::to_string(line.cells.size()), wants = std::to_string(columns);
    findings.add("E014", span,
                 {"this row has " + has + (has == "1" ? " cell" : " cells") + "; the table has " +
                      wants + " columns",
                  "此行有 " + has + " 格，而表有 " + wants + " 列"},
                 {"the columns are " + column_names(table, "`", "`", ", "),
                  "各列依次为" + column_names(table, "“", "”", "、")});
    return RowFate::bad_row;
  }
  TableDecl::Row row;
  row.span = span;
  for (size_t i = 0; i < columns; ++i) {
    RowLine::Cell& cell = line.cells[i];
    if (cell.arrow && i != table.inputs.size()) {
      findings.add("E014", cell.cell.span,
                   {"`=>` stands where the header has it", "“=>”的位置须与首行一致"});
      return RowFate::bad_row;
    }
    if (i < table.inputs.size()) {
      row.cells.push_back(std::move(cell.cell));
      continue;
    }
    const Span at = cell.cell.span;
    row.cells.push_back(output_cell(std::move(cell.cell)));
    if (row.cells.back().value == nullptr) {
      findings.add("E014", at, {"a result is one value", "结果须为一个值"},
                   {"comparisons stand in the columns before `=>`", "比较须写在“=>”之前的列中"});
      return RowFate::bad_row;
    }
  }
  table.rows.push_back(std::move(row));
  return RowFate::added;
}

}  // namespace duban
