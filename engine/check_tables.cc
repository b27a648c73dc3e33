// Decision tables: whose they are, their cells, and what their columns are worth.
#include <algorithm>
#include <set>
#include <utility>

#include "engine/expression.h"
#include "engine/keywords.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::TableCell;
using syntax::TableDecl;

Scope table_scope(const TableInfo& info) {
  Scope scope;
  scope.file = info.file;
  scope.entity = info.entity;
  scope.owner_case = info.owner_case;
  return scope;
}

// One test of an input cell as a condition on the column's value.
Index build_test(Program& program, const TableCell::Test& test, const Typed& column,
                 const Scope& scope) {
  if (!test.value) return kNone;
  Type type = column.type;
  type.optional = false;
  const bool equality = test.op == ExprKind::equal || test.op == ExprKind::not_equal;
  if (type.set && equality && test.value->kind != ExprKind::set_literal) type.set = false;
  const Typed value = compile_expression(program, test.value.get(), scope, &type);
  if (!value.ok()) return kNone;
  if (column.type.set && !value.type.set && equality) {
    Node node;  // `{a, b}` has `a`
    node.op = Op::contains;
    node.type = {TypeKind::yes_no, 0, false, false};
    node.a = column.node;
    node.b = value.node;
    node.span = test.value->span;
    const Index contains = program.add_node(node);
    if (test.op == ExprKind::equal || contains == kNone) return contains;
    node.op = Op::logical_not;
    node.a = contains;
    node.b = kNone;
    return program.add_node(node);
  }
  if (test.op != ExprKind::between) {
    return build_comparison(program, test.op, test.value->span, column, value, test.value->span)
        .node;
  }
  const Typed high = compile_expression(program, test.high.get(), scope, &type);
  if (!high.ok()) return kNone;
  const Typed from = build_comparison(program, ExprKind::greater_equal, test.value->span, column,
                                      value, test.value->span);
  const Typed to = build_comparison(program, ExprKind::less_equal, test.high->span, column, high,
                                    test.high->span);
  if (!from.ok() || !to.ok()) return kNone;
  Node node;
  node.op = Op::between;
  node.type = {TypeKind::yes_no, 0, false, false};
  node.span = {test.value->span.file, test.value->span.begin, test.high->span.end};
  return program.add_node_with(node, {column.node, value.node, high.node});
}

Index build_input_cell(Program& program, const TableCell& cell, const Typed& column,
                       const Scope& scope) {
  Index condition = kNone;
  for (const TableCell::Test& test : cell.tests) {
    const Index next = build_test(program, test, column, scope);
    if (next == kNone) continue;
    if (condition == kNone) {
      condition = next;
      continue;
    }
    Node node;
    node.op = Op::logical_or;
    node.type = {TypeKind::yes_no, 0, false, false};
    node.a = condition;
    node.b = next;
    node.span = cell.span;
    condition = program.add_node(node);
    if (condition == kNone) return kNone;
  }
  return condition;
}

// The name an output cell consists of, if it does.
syntax::Name cell_name(const TableCell& cell) {
  if (!cell.choice_name.empty()) return cell.choice_name;
  if (cell.value && cell.value->kind == ExprKind::name) {
    return {cell.value->text, "", cell.value->span, {}};
  }
  return {};
}

const std::string* any_value_name(const Expr* expr) {
  return expr && expr->kind == ExprKind::name ? &expr->text : nullptr;
}

// The type that bare names in an output column have: a declared choice with all of them, else the
// one attribute's choice that has them, else a choice of the column's own.
std::optional<Type> column_choice(Program& program, const TableInfo& info, size_t output,
                                  const Scope& scope, const std::string& anonymous) {
  const TableDecl& decl = *info.syntax;
  const size_t column = decl.inputs.size() + output;
  std::vector<Names> values;
  bool sets = false;
  const auto add = [&](const Names& names) {
    const auto same = std::find_if(values.begin(), values.end(), [&](const Names& known) {
      return known.matches(names.name) || (!names.alias.empty() && known.matches(names.alias));
    });
    if (same == values.end()) {
      values.push_back(names);
    } else if (same->alias.empty() && !names.alias.empty()) {
      *same = names;  // one row says the alias for all
    }
  };
  for (const TableDecl::Row& row : decl.rows) {
    if (column >= row.cells.size()) continue;
    const TableCell& cell = row.cells[column];
    const syntax::Name name = cell_name(cell);
    if (!name.empty()) {
      if (name.alias.empty() && !meanings(program, name.text, scope).empty()) continue;
      add(names_of(name));
    } else if (cell.value && cell.value->kind == ExprKind::set_literal) {
      for (const syntax::ExprPtr& item : cell.value->args) {
        const std::string* text = any_value_name(item.get());
        if (!text || !meanings(program, *text, scope).empty()) return std::nullopt;
        sets = true;
        add({*text, ""});
      }
    }
  }
  if (values.empty()) return std::nullopt;

  const auto has_all = [&](uint16_t choice) {
    return std::all_of(values.begin(), values.end(), [&](const Names& value) {
      return find_choice_value(program, choice, value.name) ||
             (!value.alias.empty() && find_choice_value(program, choice, value.alias));
    });
  };
  std::set<uint16_t> fitting;
  for (const auto& choice : program.choices) {
    const auto id = static_cast<uint16_t>(choice.id);
    if (program.visible(info.file, choice.file) && has_all(id)) fitting.insert(id);
  }
  if (fitting.empty() && info.entity != kNoId) {
    for (const Layout::Field& field : program.plan.layout.entities[info.entity].attributes) {
      if (field.type.kind == TypeKind::choice && has_all(field.type.id)) {
        fitting.insert(field.type.id);
      }
    }
  }
  if (fitting.size() == 1) return Type{TypeKind::choice, *fitting.begin(), false, false};
  if (sets) return std::nullopt;  // misspelt values are reported by the cells
  const uint16_t id = declare_choice(program, {anonymous, ""}, values, info.file, false);
  return Type{TypeKind::choice, id, false, false};
}

Typed build_output_cell(Program& program, const TableCell& cell, const Scope& scope,
                        const std::optional<Type>& choice) {
  const Type* expected = choice ? &*choice : nullptr;
  const syntax::Name name = cell_name(cell);
  if (!name.empty()) {
    return build_name(program, name.text, name.span.end > 0 ? name.span : cell.span, scope,
                      expected);
  }
  return compile_expression(program, cell.value.get(), scope, expected);
}

// Types of one column agree; the first row's decides.
bool join_type(Program& program, Type& column, bool first, const Typed& cell, Span span) {
  if (first || column.kind == TypeKind::none) {
    const bool optional = column.optional || cell.type.optional;
    column = cell.type;
    column.optional = optional;
    return true;
  }
  column.optional |= cell.type.optional;
  if (cell.type.kind == TypeKind::none || same_type(column, cell.type)) return true;
  program.error(span, "E104",
                {"the rows above give " + describe(program, column, false) + " here, this one " +
                     describe(program, cell.type, false),
                 "此列上方各行为" + describe(program, column, true) + "，本行为" +
                     describe(program, cell.type, true)});
  return false;
}

void collect_types(Program& program, const TableInfo& info, Table& table) {
  using Collect = TableDecl::Collect;
  const TableDecl& decl = *info.syntax;
  for (size_t i = 0; i < table.output_types.size(); ++i) {
    Type& type = table.output_types[i];
    const Span span = decl.outputs[i].name.span;
    if (decl.hit != TableDecl::Hit::all || type.kind == TypeKind::none) continue;
    const bool amount =
        !type.set && (type.kind == TypeKind::number || type.kind == TypeKind::money);
    bool fits = true;
    switch (decl.collect) {
      case Collect::set_union:
        fits = type.set;
        break;
      case Collect::sum:
        fits = amount;
        break;
      case Collect::min:
      case Collect::max:
        fits = amount;
        break;
      default:
        fits = !type.set;
        break;
    }
    if (!fits) {
      program.error(span, "E124",
                    {"the rows' values, " + describe(program, type, false) +
                         ", cannot be put together in this way",
                     "各行的值（" + describe(program, type, true) + "）不能这样汇总",
                     "`union` takes sets, `sum`, `min` and `max` numbers or money, `collect` "
                     "single values",
                     "`并集`用于集合，`合计`、`最小值`、`最大值`用于数值或金额，`收集`用于单值"});
      type = {};
      continue;
    }
    if (decl.collect == Collect::none || decl.collect == Collect::collect) type.set = true;
    type.optional = decl.collect == Collect::min || decl.collect == Collect::max;
  }
}

bool adds_points(const TableInfo& info) {
  return info.scorecard != nullptr && info.points == kNone;
}

// What a column is worth; those of a scorecard's points are conditions.
Typed build_column(Program& program, const TableInfo& info, const Expr& input, const Scope& scope) {
  if (info.points != kNone) {
    return build_table_output(program, info.points, input.text, input.span, scope);
  }
  if (!adds_points(info)) return compile_expression(program, &input, scope);
  const Index node = compile_condition(program, &input, scope);
  return node == kNone ? Typed{} : Typed{node, program.plan.nodes[node].type};
}

}  // namespace

bool compile_table(Program& program, Index index) {
  if (!place_table(program, index)) return false;
  TableInfo& info = program.tables[index];
  Table& table = program.plan.tables[index];
  if (info.progress == Progress::done) return true;
  if (info.progress == Progress::running) {
    program.error(info.syntax->name.span, "E120",
                  {"the table " + quoted(info.names.name) + " refers to itself",
                   "决策表" + quoted(info.names.in(true)) + "引用了自身"});
    return false;
  }
  info.progress = Progress::running;
  const TableDecl& decl = *info.syntax;
  const Scope scope = table_scope(info);
  std::vector<Typed> columns;
  for (const TableDecl::Column& column : decl.inputs) {
    columns.push_back(build_column(program, info, *column.input, scope));
  }
  std::vector<Names> before;
  std::vector<std::optional<Type>> choices;
  for (size_t i = 0; i < decl.outputs.size(); ++i) {
    const Names names = names_of(decl.outputs[i].name);
    for (const Names& other : before) {
      if (!other.matches(names.name)) continue;
      program.error(
          decl.outputs[i].name.span, "E103",
          {quoted(names.name) + " is declared twice here", quoted(names.name) + "在此重复声明"});
    }
    before.push_back(names);
    choices.push_back(adds_points(info) ? std::nullopt
                                        : column_choice(program, info, i, scope,
                                                        info.names.name + "." + names.name));
  }
  table.outputs = before;
  table.output_types.resize(before.size());

  Program::Size size;
  const auto include = [&](Index node) {
    if (node == kNone) return;
    size.depth = std::max(size.depth, program.sizes[node].depth + 1);
    const uint64_t nodes = uint64_t{size.nodes} + program.sizes[node].nodes;
    size.nodes = static_cast<uint32_t>(std::min<uint64_t>(nodes, 0xffffffff));
  };
  bool first = true;
  for (const TableDecl::Row& row : decl.rows) {
    if (row.cells.size() != columns.size() + before.size()) {
      program.error(row.span, "E124",
                    {"the row has " + std::to_string(row.cells.size()) + " cells, the heading " +
                         std::to_string(columns.size() + before.size()),
                     "本行有 " + std::to_string(row.cells.size()) + " 格，表头有 " +
                         std::to_string(columns.size() + before.size()) + " 格"});
      continue;
    }
    Table::Row compiled;
    compiled.span = row.span;
    for (size_t i = 0; i < columns.size(); ++i) {
      if (row.cells[i].kind == TableCell::Kind::any || !columns[i].ok()) continue;
      const Index condition = build_input_cell(program, row.cells[i], columns[i], scope);
      if (condition != kNone) compiled.conditions.push_back(condition);
      include(condition);
    }
    for (size_t i = 0; i < before.size(); ++i) {
      const TableCell& cell = row.cells[columns.size() + i];
      if (cell.kind == TableCell::Kind::any) {
        program.error(cell.span, "E124",
                      {"an output cell needs a value, or `none`", "输出格须有值，或写`无`"});
      }
      const Typed value = build_output_cell(program, cell, scope, choices[i]);
      if (value.ok()) join_type(program, table.output_types[i], first, value, cell.span);
      compiled.outputs.push_back(value.node);
      include(value.node);
    }
    table.rows.push_back(std::move(compiled));
    first = false;
  }
  program.table_sizes[index] = size;
  if (adds_points(info) && !are_numbers(program, info, table.output_types[0])) {
    table.output_types[0] = {};
  }
  check_rows(program, info, columns, table);
  collect_types(program, info, table);
  program.tables[index].progress = Progress::done;
  return true;
}

Typed build_table_output(Program& program, Index index, const std::string& column, Span span,
                         const Scope& scope) {
  program.tables[index].used = true;
  if (const Index points = program.tables[index].points;
      points != kNone && is_points_column(column)) {
    return build_table_output(program, points, column, span, scope);
  }
  if (!compile_table(program, index)) return {};
  const TableInfo& info = program.tables[index];
  const Table& table = program.plan.tables[index];
  const bool of_case = info.owner_case != kNone;
  const bool is_card = info.scorecard != nullptr;
  const std::string english_noun = is_card ? "the scorecard " : "the table ";
  const std::string chinese_noun = is_card ? "评分卡" : "决策表";
  if (of_case ? info.owner_case != scope.owner_case : info.entity != scope.entity) {
    const Names& owner = of_case ? program.plan.cases[info.owner_case].names
                                 : program.plan.layout.entities[info.entity].names;
    program.error(span, "E113",
                  {english_noun + quoted(info.names.name) + " is of " + quoted(owner.name) +
                       ", which is not at hand here",
                   chinese_noun + quoted(info.names.in(true)) + "属于" + quoted(owner.in(true)) +
                       "，此处不可用"});
    return {};
  }
  size_t output = table.outputs.size();
  for (size_t i = 0; i < table.outputs.size(); ++i) {
    const bool only = table.outputs.size() == 1 && !is_card;
    if (column.empty() ? only : table.outputs[i].matches(column)) output = i;
  }
  // A file that could not be read has been reported; nothing is known of its columns.
  if (table.outputs.empty() && !info.syntax->from.text.empty()) return {};
  if (output == table.outputs.size()) {
    std::vector<std::string> candidates;
    for (const Names& names : table.outputs) {
      candidates.push_back(names.name);
      if (!names.alias.empty()) candidates.push_back(names.alias);
    }
    if (info.points != kNone) {
      const Names& points = program.plan.tables[info.points].outputs.front();
      candidates.insert(candidates.begin(), {points.name, points.alias});
    }
    Message message{english_noun + quoted(info.names.name) + " has no column " + quoted(column),
                    chinese_noun + quoted(info.names.in(true)) + "没有列" + quoted(column)};
    if (column.empty()) {
      message = {"say which column of " + quoted(info.names.name) + " is meant",
                 "请写明" + quoted(info.names.in(true)) + "的哪一列"};
      if (!candidates.empty()) {
        message.english_hint = "as in " + quoted(info.names.name + "." + candidates.front());
        message.chinese_hint = "如" + quoted(info.names.in(true) + "的" + candidates.front());
      }
    } else {
      suggest(message, column, candidates);
    }
    program.error(span, column.empty() ? "E102" : "E101", std::move(message));
    return {};
  }
  const Type type = table.output_types[output];
  if (type.kind == TypeKind::none) return {};
  Node node;
  node.op = Op::table_output;
  node.type = type;
  node.a = index;
  node.b = static_cast<Index>(output);
  node.span = span;
  return {program.add_node(node), type};
}

}  // namespace duban::compiler
