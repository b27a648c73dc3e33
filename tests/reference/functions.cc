// Functions, aggregates over past events, tables and scorecards.
#include <algorithm>

#include "engine/keywords.h"
#include "engine/parse.h"
#include "tests/reference/evaluate.h"
#include "tests/reference/moments.h"

namespace duban::reference {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::Over;

Value whole(int64_t n) { return Decimal::from_micro(n * Decimal::kOne); }

std::optional<Date> as_date(const Context& c, const Value& value) {
  if (const Date* date = value.get_if<Date>()) return *date;
  if (const Instant* at = value.get_if<Instant>()) return c.program->zone.date_of(*at);
  return std::nullopt;
}

Date first_of(int year, int month) { return *date_from_civil(year, month, 1); }

// The first day of the week, month, quarter or year that a day lies in, and of the next one.
enum class Period { week, month, quarter, year };

Date start_of(Period period, Date day) {
  const CivilDate d = civil(day);
  switch (period) {
    case Period::week:
      return add_days(day, 1 - weekday(day));
    case Period::month:
      return first_of(d.year, d.month);
    case Period::quarter:
      return first_of(d.year, (d.month - 1) / 3 * 3 + 1);
    case Period::year:
      return first_of(d.year, 1);
  }
  return day;
}

Date next_of(Period period, Date start) {
  switch (period) {
    case Period::week:
      return add_days(start, 7);
    case Period::month:
      return add_months(start, 1);
    case Period::quarter:
      return add_months(start, 3);
    case Period::year:
      return add_months(start, 12);
  }
  return start;
}

Value calendar_call(const Context& c, const Expr& expr) {
  const auto from = as_date(c, evaluate(c, *expr.args[0]));
  if (!from) return None{};
  // The calendar's name, where one is given, is the last argument.
  const bool two_dates = expr.text == "working_days_from_to";
  const size_t named = two_dates ? 2 : 1;
  const Calendar* calendar =
      c.program->calendar_named(expr.args.size() > named ? expr.args[named]->text : "");
  const auto no_data = [&] {
    if (c.no_data != nullptr) *c.no_data = true;
    return Value{None{}};
  };
  if (two_dates) {
    const auto to = as_date(c, evaluate(c, *expr.args[1]));
    if (!to) return None{};
    const auto days = calendar ? calendar->working_days_between(*from, *to) : std::nullopt;
    return days ? whole(*days) : no_data();
  }
  if (calendar == nullptr) return no_data();
  std::optional<Date> day;
  if (expr.text == "rolled_forward") day = calendar->rolled_forward(*from);
  if (expr.text == "rolled_back") day = calendar->rolled_back(*from);
  if (expr.text == "next_working_day") day = calendar->working_day(*from, 1);
  if (expr.text == "previous_working_day") day = calendar->working_day(*from, -1);
  if (!day) return no_data();
  const bool rolled = expr.text.starts_with("rolled");
  const Value given = evaluate(c, *expr.args[0]);
  if (const Instant* at = given.get_if<Instant>(); at != nullptr && rolled) {
    return *day == *from ? *at : c.program->zone.at(*day, c.program->zone.time_of(*at));
  }
  return *day;
}

Value extreme(const Context& c, const Expr& expr, const Type* expected) {
  const Type type = type_of(c, expr, expected);
  Value best;
  for (const auto& arg : expr.args) {
    const Value value = evaluate(c, *arg, &type);
    if (value.is_none()) return None{};
    const ExprKind better = expr.text == "min" ? ExprKind::less : ExprKind::greater;
    if (best.is_none() || compare(better, value, best)) best = value;
  }
  return best;
}

}  // namespace

Value call(const Context& c, const Expr& expr, const Type* expected) {
  const std::string& f = expr.text;
  if (f == "min" || f == "max") return extreme(c, expr, expected);
  if (f.starts_with("working_days") || f.starts_with("rolled") || f.ends_with("working_day"))
    return calendar_call(c, expr);
  const Value first = evaluate(c, *expr.args[0]);
  if (f == "round") {
    const Decimal* number = first.get_if<Decimal>();
    if (number == nullptr) return None{};
    const int64_t digits =
        expr.args.size() > 1 ? expr.args[1]->value.as<Decimal>().whole() : int64_t{0};
    const auto rounded = round_to(*number, static_cast<int>(digits));
    if (!rounded) throw Failure{false, "a number is too large"};
    return *rounded;
  }
  if (f == "time") {
    const Instant* at = first.get_if<Instant>();
    return at != nullptr ? Value{c.program->zone.time_of(*at)} : Value{None{}};
  }
  const auto date = as_date(c, first);
  if (!date) return None{};
  if (f == "days_from_to") {
    const auto to = as_date(c, evaluate(c, *expr.args[1]));
    return to ? whole(int64_t{to->days} - date->days) : Value{None{}};
  }
  const CivilDate d = civil(*date);
  if (f == "year") return whole(d.year);
  if (f == "month") return whole(d.month);
  if (f == "day") return whole(d.day);
  if (f == "weekday") return whole(weekday(*date));
  if (f == "date") return *date;
  const Period period = f.ends_with("month")     ? Period::month
                        : f.ends_with("quarter") ? Period::quarter
                                                 : Period::year;
  const Date start = start_of(period, *date);
  return f.starts_with("start") ? start : add_days(next_of(period, start), -1);
}

// ---------------------------------------------------------------- aggregates

namespace {

// Whether what happened at `time` lies in the window that ends now.
bool in_window(const Context& c, const Expr& expr, Instant time) {
  const Zone& zone = c.program->zone;
  const Date day = zone.date_of(time);
  const auto within = [&](Period period, int before) {
    Date start = start_of(period, c.today());
    for (int i = 0; i < before; ++i) start = start_of(period, add_days(start, -1));
    return start <= day && day < next_of(period, start);
  };
  switch (expr.over) {
    case Over::all:
      return true;
    case Over::last: {
      const Duration length = evaluate(c, expr.window).as<Duration>();
      return time > shifted(*c.program, c.now, length, -1).as<Instant>();
    }
    case Over::same_month: {
      const int64_t years = evaluate(c, expr.window).as<Duration>().amount / 12;
      const CivilDate then = civil(day), now = civil(c.today());
      return then.month == now.month && then.year < now.year && then.year >= now.year - years;
    }
    case Over::this_week:
      return within(Period::week, 0);
    case Over::this_month:
      return within(Period::month, 0);
    case Over::this_quarter:
      return within(Period::quarter, 0);
    case Over::this_year:
      return within(Period::year, 0);
    case Over::previous_week:
      return within(Period::week, 1);
    case Over::previous_month:
      return within(Period::month, 1);
    case Over::previous_quarter:
      return within(Period::quarter, 1);
    case Over::previous_year:
      return within(Period::year, 1);
  }
  return false;
}

}  // namespace

// Windows order by event.time (semantics 1); of the same time, the later arrival is the later.
Value aggregate(const Context& c, const Expr& expr) {
  const Expr& of = *expr.args[0];
  const bool has_field = of.kind == ExprKind::member;
  const int type = c.program->find_event(has_field ? of.args[0]->text : of.text);
  const EventType& kind = c.program->events[static_cast<size_t>(type)];
  const Field* field = has_field ? find(kind.fields, of.text) : nullptr;
  const bool time = expr.text == "time_of_latest" || (has_field && field == nullptr);

  std::vector<EventPtr> past = c.subject->history;
  std::stable_sort(past.begin(), past.end(),
                   [](const EventPtr& a, const EventPtr& b) { return a->time < b->time; });
  int64_t count = 0;
  Int128 sum = 0;  // too large only where the result is
  Value best;
  for (const EventPtr& event : past) {
    if (event->name != kind.names.name || event->time > c.now) continue;
    if (c.history_before && event->time >= *c.history_before) continue;
    if (!in_window(c, expr, event->time)) continue;
    Context at = c;
    at.event = type;
    at.event_at_hand = event.get();
    at.bare_event = true;
    at.opening = false;
    if (!holds(at, expr.condition)) continue;
    if (expr.text == "count") {
      ++count;
      continue;
    }
    Value value = event->time;
    if (!time) {
      const auto given = event->fields.find(field->names.name);
      value = given == event->fields.end() ? Value{None{}} : given->second;
    }
    if (value.is_none()) continue;
    ++count;
    if (expr.text == "sum" || expr.text == "average") {
      sum += value.as<Decimal>().micro();
    } else if (time || expr.text == "latest" || best.is_none() ||
               compare(expr.text == "minimum" ? ExprKind::less : ExprKind::greater, value, best)) {
      best = value;
    }
  }
  if (expr.text == "count") return whole(count);
  if (expr.text != "sum" && expr.text != "average") return best;
  if (expr.text == "average") {
    if (count == 0) return None{};
    const Int128 twice = 2 * (sum < 0 ? -sum : sum) + count;  // rounded half up
    sum = (sum < 0 ? -1 : 1) * (twice / (2 * count));
  }
  if (sum > INT64_MAX || sum < INT64_MIN) throw Failure{false, "a number is too large"};
  return Decimal::from_micro(static_cast<int64_t>(sum));
}

// ---------------------------------------------------------------- tables

namespace {

using syntax::TableCell;
using syntax::TableDecl;

bool test_holds(const Context& c, const TableCell::Test& test, const Expr& column) {
  Type type = type_of(c, column);
  type.optional = false;
  const Value value = evaluate(c, column);
  const bool equality = test.op == ExprKind::equal || test.op == ExprKind::not_equal;
  if (type.set && equality && test.value->kind != ExprKind::set_literal) {
    type.set = false;  // `{a, b}` has `a`
    const Value item = evaluate(c, test.value, &type);
    if (item.get_if<SetValue>() == nullptr) {
      bool has = false;
      if (const SetValue* set = value.get_if<SetValue>()) {
        has = std::find(set->items.begin(), set->items.end(), item) != set->items.end();
      }
      return has == (test.op == ExprKind::equal);
    }
  }
  const Value wanted = evaluate(c, test.value, &type);
  if (test.op != ExprKind::between) return compare(test.op, value, wanted);
  return compare(ExprKind::greater_equal, value, wanted) &&
         compare(ExprKind::less_equal, value, evaluate(c, test.high, &type));
}

bool row_holds(const Context& c, const TableDecl& decl, const TableDecl::Row& row) {
  for (size_t i = 0; i < decl.inputs.size(); ++i) {
    const TableCell& cell = row.cells[i];
    if (cell.kind == TableCell::Kind::any) continue;
    const bool any = std::any_of(cell.tests.begin(), cell.tests.end(), [&](const auto& test) {
      return test_holds(c, test, *decl.inputs[i].input);
    });
    if (!any) return false;
  }
  return true;
}

size_t output_of(const Table& table, const std::string& column) {
  for (size_t i = 0; i < table.outputs.size(); ++i) {
    if (table.outputs[i].is(column)) return i;
  }
  return 0;  // the only one
}

Value cell_value(const Context& c, const Table& table, const TableCell& cell, size_t output) {
  const Type& type = table.types[output];
  if (!cell.choice_name.empty() && type.kind == TypeKind::choice) {
    for (const std::string& name : {cell.choice_name.text, cell.choice_name.alias}) {
      if (const auto index = c.program->find_value(type.id, name); index && !name.empty())
        return ChoiceValue{type.id, *index};
    }
  }
  return evaluate(c, cell.value, &type);
}

}  // namespace

Value table_value(const Context& c, const Table& table, const std::string& column) {
  using Collect = TableDecl::Collect;
  const TableDecl& decl = *table.decl;
  const TableDecl& cells = *table.rows;
  const size_t output = output_of(table, column);
  std::vector<Value> collected;
  for (const TableDecl::Row& row : cells.rows) {
    if (!row_holds(c, cells, row)) continue;
    Value value = cell_value(c, table, row.cells[cells.inputs.size() + output], output);
    if (decl.hit != TableDecl::Hit::all) return value;
    if (!value.is_none()) collected.push_back(std::move(value));
  }
  if (decl.hit != TableDecl::Hit::all) return None{};
  if (decl.collect == Collect::sum) {
    Decimal sum;
    for (const Value& value : collected) {
      const auto next = add(sum, value.as<Decimal>());
      if (!next) throw Failure{false, "a number is too large"};
      sum = *next;
    }
    return sum;
  }
  if (decl.collect == Collect::min || decl.collect == Collect::max) {
    if (collected.empty()) return None{};
    const auto [low, high] = std::minmax_element(collected.begin(), collected.end());
    return decl.collect == Collect::min ? *low : *high;
  }
  std::vector<Value> items;
  for (const Value& value : collected) {
    if (const SetValue* set = value.get_if<SetValue>()) {
      items.insert(items.end(), set->items.begin(), set->items.end());
    } else {
      items.push_back(value);
    }
  }
  return make_set(std::move(items));
}

Type table_type(const Program&, const Table& table, const std::string& column) {
  Type type = table.types[output_of(table, column)];
  const bool all = table.decl->hit == TableDecl::Hit::all;
  const bool collects = table.decl->collect == TableDecl::Collect::none ||
                        table.decl->collect == TableDecl::Collect::collect;
  if (all && collects) type.set = true;
  return type;
}

// A column of bare words is of the one declared choice, or the subject's attribute's, that has
// them all; else of a choice of its own.
Type Program::column_type(const Table& table, size_t output) {
  const TableDecl& decl = *table.rows;
  const Scope scope = scope_of(this, table.entity, table.owner_case);
  std::vector<Spelling> words;
  const Expr* plain = nullptr;
  bool sets = false;
  for (const TableDecl::Row& row : decl.rows) {
    const TableCell& cell = row.cells[decl.inputs.size() + output];
    syntax::Name name = cell.choice_name;
    if (name.empty() && cell.value && cell.value->kind == ExprKind::name) {
      name.text = cell.value->text;
    }
    if (!name.empty() && (!name.alias.empty() || !has_meaning(scope, name.text))) {
      const Spelling word = spelling_of(name);
      const auto same = std::find_if(words.begin(), words.end(), [&](const Spelling& known) {
        return known.is(word.name) || (!word.alias.empty() && known.is(word.alias));
      });
      if (same == words.end()) {
        words.push_back(word);
      } else if (same->alias.empty()) {
        *same = word;
      }
    } else if (cell.value && cell.value->kind == ExprKind::set_literal) {
      for (const auto& item : cell.value->args) {
        if (item->kind != ExprKind::name || has_meaning(scope, item->text)) plain = item.get();
        words.push_back({item->text, {}});
        sets = true;
      }
      if (plain != nullptr) words.clear();
    } else if (cell.value && plain == nullptr &&
               !(cell.value->kind == ExprKind::literal &&
                 cell.value->type.kind == TypeKind::none)) {
      plain = cell.value.get();
    }
  }
  if (words.empty()) {
    Type type = plain != nullptr ? reference::type_of(scope, *plain) : Type{};
    type.set |= sets;
    return type;
  }
  Type type =
      type_of_words(words, table.entity, table.names.name + "." + table.outputs[output].name);
  type.set = sets;
  return type;
}

Type Program::type_of_words(const std::vector<Spelling>& words, int entity,
                            const std::string& place) {
  const auto has_all = [&](size_t choice) {
    return std::all_of(words.begin(), words.end(), [&](const Spelling& word) {
      return find_value(static_cast<uint16_t>(choice), word.name) ||
             (!word.alias.empty() && find_value(static_cast<uint16_t>(choice), word.alias));
    });
  };
  std::set<uint16_t> fitting;
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].named && has_all(i)) fitting.insert(static_cast<uint16_t>(i));
  }
  if (fitting.empty()) {
    for (const Field& field : entities[static_cast<size_t>(entity)].fields) {
      if (field.type.kind == TypeKind::choice && has_all(field.type.id))
        fitting.insert(field.type.id);
    }
  }
  if (fitting.size() == 1) return {TypeKind::choice, *fitting.begin()};
  return {TypeKind::choice, declare_choice({place, {}}, words, false)};
}

namespace {

// Rows of cells: quotes round a cell take commas and line ends in; two of them are one.
std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows{{""}};
  bool quoted = false;
  for (size_t i = csv.starts_with("\xEF\xBB\xBF") ? 3 : 0; i < csv.size(); ++i) {
    const char c = csv[i];
    std::string& cell = rows.back().back();
    if (c == '"' && quoted && i + 1 < csv.size() && csv[i + 1] == '"') {
      cell += csv[++i];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      rows.back().emplace_back();
    } else if (c == '\n' && !quoted) {
      rows.push_back({""});
    } else {
      cell += c == '\n' || c == '\r' ? ' ' : c;
    }
  }
  return rows;
}

}  // namespace

const TableDecl* Program::table_from_file(const CompileInput& input, const std::string& path,
                                          const std::string& near) {
  const std::string folder = near.substr(0, near.rfind('/') + 1);
  for (const DeploymentFile& data : input.files) {
    if (data.path != folder + path && data.path != path) continue;
    std::string text = "table t first match\n";
    for (const auto& cells : cells_of(data.text)) {
      std::string line;
      bool blank = true;
      for (const std::string& cell : cells) {
        blank &= cell.find_first_not_of(' ') == std::string::npos;
        line += "| " + cell + " ";
      }
      if (!blank) text += "  " + line + "|\n";  // a row without any content is none
    }
    std::vector<Diagnostic> findings;
    made_.push_back(std::make_unique<syntax::File>(parse(duban::Source(path, text), 0, findings)));
    if (!findings.empty()) throw Failure{false, path + ": " + findings[0].english};
    return &made_.back()->tables.at(0);
  }
  return nullptr;
}

void Program::read_tables(const CompileInput& input) {
  std::vector<std::string> paths;
  for (const DeploymentFile& text : input.files) {
    if (text.path.ends_with(".rules")) paths.push_back(text.path);
  }
  std::sort(paths.begin(), paths.end());
  for (const syntax::File& file : files) {
    for (const TableDecl& decl : file.tables) {
      const TableDecl* rows = decl.from.text.empty()
                                  ? &decl
                                  : table_from_file(input, decl.from.text, paths[file.index]);
      Table table{spelling_of(decl.name), -1, -1, &decl, rows, {}, {}};
      if (!decl.of.empty()) {
        table.owner_case = find_case(decl.of.text);
        table.entity = table.owner_case >= 0 ? cases[static_cast<size_t>(table.owner_case)].entity
                                             : find_entity(decl.of.text);
      } else {
        std::vector<const Expr*> inputs;
        for (const auto& column : rows->inputs) inputs.push_back(column.input.get());
        table.entity = infer_entity(inputs);
      }
      for (const auto& column : rows->outputs) table.outputs.push_back(spelling_of(column.name));
      table.types.resize(table.outputs.size());
      tables.push_back(std::move(table));
    }
  }
  // A column may read another table's; the declared ones first, in order, is enough for types.
  for (Table& table : tables) {
    for (size_t i = 0; i < table.outputs.size(); ++i) table.types[i] = column_type(table, i);
  }
}

// ---------------------------------------------------------------- scorecards

void Program::read_scorecards() {
  for (const syntax::File& file : files) {
    for (const syntax::ScorecardDecl& decl : file.scorecards) {
      Scorecard card{spelling_of(decl.name), -1, -1, &decl, {}};
      if (!decl.of.empty()) {
        card.owner_case = find_case(decl.of.text);
        card.entity = card.owner_case >= 0 ? cases[static_cast<size_t>(card.owner_case)].entity
                                           : find_entity(decl.of.text);
      } else {
        std::vector<const Expr*> read;
        for (const auto& item : decl.items) read.push_back(item.condition.get());
        card.entity = infer_entity(read);
      }
      std::vector<Spelling> words;
      for (const auto& grade : decl.grades) words.push_back(spelling_of(grade.name));
      if (!words.empty())
        card.grade = type_of_words(words, card.entity, card.names.name + ".grade");
      scorecards.push_back(std::move(card));
    }
  }
}

// The points of all conditions that hold, added to the base; the first grade whose floor they
// reach.
Value scorecard_value(const Context& c, const Scorecard& card, const std::string& column) {
  Decimal points;
  const auto add_points = [&](const syntax::ExprPtr& expr) {
    const Value value = evaluate(c, expr);
    const Decimal* more = value.get_if<Decimal>();
    if (more == nullptr) return;
    const auto next = add(points, *more);
    if (!next) throw Failure{false, "a number is too large"};
    points = *next;
  };
  add_points(card.decl->base);
  for (const auto& item : card.decl->items) {
    if (holds(c, item.condition)) add_points(item.points);
  }
  if (column != "grade" && column != "等级") return points;
  for (const auto& grade : card.decl->grades) {
    if (grade.at_least && !compare(ExprKind::greater_equal, points, evaluate(c, grade.at_least)))
      continue;
    return ChoiceValue{card.grade.id,
                       *c.program->find_value(card.grade.id, spelling_of(grade.name).name)};
  }
  return None{};
}

}  // namespace duban::reference
