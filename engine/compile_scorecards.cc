// Scorecards are two tables: one adds up the points of the conditions that hold, one finds the
// first grade whose floor the sum reaches. All that is known of tables is so known of scorecards.
#include <algorithm>
#include <utility>

#include "engine/analysis/scores.h"
#include "engine/check.h"
#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::ExprPtr;
using syntax::ScorecardDecl;
using syntax::TableCell;
using syntax::TableDecl;

constexpr const char* kPoints = "points";
constexpr const char* kPointsAlias = "分数";
constexpr const char* kGrade = "grade";
constexpr const char* kGradeAlias = "等级";

ExprPtr copy(const ExprPtr& from) {
  if (from == nullptr) return nullptr;
  auto out = std::make_unique<Expr>();
  out->kind = from->kind;
  out->span = from->span;
  out->text = from->text;
  out->text_span = from->text_span;
  out->value = from->value;
  out->type = from->type;
  out->over = from->over;
  out->window = copy(from->window);
  out->condition = copy(from->condition);
  for (const ExprPtr& arg : from->args) out->args.push_back(copy(arg));
  return out;
}

ExprPtr made(ExprKind kind, Span span, std::string text = {}) {
  auto out = std::make_unique<Expr>();
  out->kind = kind;
  out->span = out->text_span = span;
  out->text = std::move(text);
  return out;
}

TableCell any_cell(Span span) {
  TableCell cell;
  cell.span = span;
  return cell;
}

TableCell test_cell(ExprKind op, ExprPtr value) {
  TableCell cell;
  cell.kind = TableCell::Kind::test;
  cell.span = value->span;
  TableCell::Test test;
  test.op = op;
  test.value = std::move(value);
  cell.tests.push_back(std::move(test));
  return cell;
}

TableCell result_cell(ExprPtr value) {
  TableCell cell;
  cell.kind = TableCell::Kind::test;
  cell.span = value->span;
  cell.value = std::move(value);
  return cell;
}

TableDecl::Column result_column(const char* name, const char* alias, Span span) {
  TableDecl::Column column;
  column.name = {name, alias, span, span};
  return column;
}

// One column for each condition, and a row that asks for it alone; first the base, whatever holds.
TableDecl points_table(const ScorecardDecl& card) {
  TableDecl table;
  table.name = card.name;
  table.span = card.span;
  table.of = card.of;
  table.hit = TableDecl::Hit::all;
  table.collect = TableDecl::Collect::sum;
  for (const ScorecardDecl::Item& item : card.items) {
    TableDecl::Column column;
    column.name.span = item.condition->span;
    column.input = copy(item.condition);
    table.inputs.push_back(std::move(column));
  }
  table.outputs.push_back(result_column(kPoints, kPointsAlias, card.name.span));
  const auto row = [&](Span span) {
    TableDecl::Row out;
    out.span = span;
    for (size_t i = 0; i < card.items.size(); ++i) out.cells.push_back(any_cell(span));
    return out;
  };
  if (card.base != nullptr) {
    table.rows.push_back(row(card.base->span));
    table.rows.back().cells.push_back(result_cell(copy(card.base)));
  }
  if (card.base == nullptr && card.items.empty()) {  // no points at all are 0 points
    ExprPtr zero = made(ExprKind::literal, card.name.span);
    zero->value = Decimal();
    zero->type.kind = TypeKind::number;
    table.rows.push_back(row(card.name.span));
    table.rows.back().cells.push_back(result_cell(std::move(zero)));
  }
  for (size_t i = 0; i < card.items.size(); ++i) {
    const ScorecardDecl::Item& item = card.items[i];
    table.rows.push_back(row(item.span));
    ExprPtr yes = made(ExprKind::literal, item.condition->span);
    yes->value = true;
    yes->type.kind = TypeKind::yes_no;
    table.rows.back().cells[i] = test_cell(ExprKind::equal, std::move(yes));
    table.rows.back().cells.push_back(result_cell(copy(item.points)));
  }
  return table;
}

TableDecl grade_table(const ScorecardDecl& card) {
  TableDecl table;
  table.name = card.name;
  table.span = card.span;
  table.of = card.of;
  TableDecl::Column points;
  points.name = {kPoints, kPointsAlias, card.name.span, {}};
  points.input = made(ExprKind::member, card.name.span, kPoints);
  points.input->args.push_back(made(ExprKind::name, card.name.span, card.name.text));
  table.inputs.push_back(std::move(points));
  table.outputs.push_back(result_column(kGrade, kGradeAlias, card.name.span));
  for (const ScorecardDecl::Grade& grade : card.grades) {
    TableDecl::Row row;
    row.span = grade.span;
    row.cells.push_back(grade.at_least == nullptr
                            ? any_cell(grade.span)
                            : test_cell(ExprKind::greater_equal, copy(grade.at_least)));
    row.cells.push_back(result_cell(made(ExprKind::name, grade.name.span, grade.name.text)));
    row.cells.back().choice_name = grade.name;
    table.rows.push_back(std::move(row));
  }
  return table;
}

void add_table(Program& program, TableDecl table, const ScorecardDecl& card, uint16_t file,
               Names names, Index points) {
  program.made_tables.push_back(std::move(table));
  TableInfo info;
  info.syntax = &program.made_tables.back();
  info.file = file;
  info.names = std::move(names);
  info.scorecard = &card;
  info.points = points;
  program.tables.push_back(std::move(info));
}

const Decimal* number_of(const Program& program, Index node) {
  const Value* value = program.constant_of(node);
  return value == nullptr ? nullptr : value->get_if<Decimal>();
}

bool check_names(Program& program, const ScorecardDecl& card) {
  for (size_t i = 0; i < card.grades.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      const Names before = names_of(card.grades[k].name);
      const Names names = names_of(card.grades[i].name);
      const bool same =
          before.matches(names.name) || (!names.alias.empty() && before.matches(names.alias));
      if (!same) continue;
      program.error(card.grades[i].name.span, "E103",
                    {quoted(card.grades[i].name.text) + " is declared twice here",
                     quoted(card.grades[i].name.text) + "在此重复声明"});
      return false;
    }
  }
  return true;
}

std::string text_of(int64_t micro) { return Decimal::from_micro(micro).to_string(); }

void unreachable(Program& program, const ScorecardDecl::Grade& grade, const std::string& english,
                 const std::string& chinese) {
  program.warning(grade.span, "W125",
                  {"nobody has the grade " + quoted(grade.name.text) + ": " + english,
                   "无人可得等级" + quoted(grade.name.text) + "：" + chinese});
}

// Whether some sum lies from `floor` on and below the floor above.
void check_reached(Program& program, const ScorecardDecl::Grade& grade,
                   const std::vector<int64_t>& sums, std::optional<int64_t> floor,
                   std::optional<int64_t> above) {
  const bool reached = std::any_of(sums.begin(), sums.end(), [&](int64_t sum) {
    return (!floor || sum >= *floor) && (!above || sum < *above);
  });
  if (reached || sums.empty()) return;
  if (floor && *floor > sums.back()) {
    unreachable(program, grade, "the points add up to " + text_of(sums.back()) + " at most",
                "分数至多为 " + text_of(sums.back()));
  } else if (above && *above <= sums.front()) {
    unreachable(program, grade, "the points add up to " + text_of(sums.front()) + " at least",
                "分数至少为 " + text_of(sums.front()));
  } else {
    unreachable(program, grade, "no sum of points lies between this grade and the one above",
                "没有任何分数落在本等级与上一等级之间");
  }
}

void check_floors(Program& program, const TableInfo& info, bool whole) {
  const ScorecardDecl& card = *info.scorecard;
  const Table& grades = program.plan.tables[info.id];
  const auto sums = whole ? possible_scores(program, info.points) : std::nullopt;
  std::optional<int64_t> above;
  for (size_t i = 0; i < grades.rows.size() && i < card.grades.size(); ++i) {
    const ScorecardDecl::Grade& grade = card.grades[i];
    if (grade.at_least == nullptr) {
      if (sums && above) check_reached(program, grade, *sums, {}, above);
      return;
    }
    if (grades.rows[i].conditions.empty()) return;  // somebody has said why
    const Decimal* floor = number_of(program, program.plan.nodes[grades.rows[i].conditions[0]].b);
    if (floor == nullptr) {
      program.error(
          grade.at_least->span, "E174",
          {"the floor of a grade is a number or a parameter", "等级的最低分须为数值或参数"});
      return;
    }
    if (above && floor->micro() >= *above) {
      program.error(
          grade.at_least->span, "E174",
          {"nobody is left for this grade: the one above begins at " + text_of(*above) + " already",
           "此等级无人可得：上一等级自 " + text_of(*above) + " 分起",
           "write the grades from the highest to the lowest", "各等级请由高到低排列"});
      return;
    }
    if (sums) check_reached(program, grade, *sums, floor->micro(), above);
    above = floor->micro();
  }
}

}  // namespace

void add_scorecard(Program& program, const ScorecardDecl& card, uint16_t file) {
  const Names names = names_of(card.name);
  const Names points{names.name + "." + kPoints,
                     names.alias.empty() ? "" : names.alias + "." + kPointsAlias};
  const auto sum = static_cast<Index>(program.tables.size());
  add_table(program, points_table(card), card, file, points, kNone);
  add_table(program, grade_table(card), card, file, names, sum);
}

bool is_points_column(const std::string& column) {
  return column == kPoints || column == kPointsAlias;
}

bool are_numbers(Program& program, const TableInfo& info, const Type& points) {
  if (points.kind == TypeKind::none || (points.kind == TypeKind::number && !points.set))
    return true;
  const ScorecardDecl& card = *info.scorecard;
  program.error(card.items.empty() ? card.name.span : card.items[0].points->span, "E173",
                {"points are numbers; this is " + describe(program, points, false),
                 "分值须为数值，此处是" + describe(program, points, true)});
  return false;
}

void check_scorecards(Program& program) {
  for (const TableInfo& info : program.tables) {
    if (info.points == kNone) continue;
    const ScorecardDecl& card = *info.scorecard;
    const bool distinct = check_names(program, card);
    const auto& types = program.plan.tables[info.points].output_types;
    if (types.empty() || types[0].kind == TypeKind::none) continue;
    check_floors(program, info, distinct && !card.incomplete);
  }
}

}  // namespace duban::compiler
