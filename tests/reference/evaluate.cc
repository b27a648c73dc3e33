#include "tests/reference/evaluate.h"

#include <algorithm>

#include "engine/keywords.h"  // builtin_name: both spellings of `event`, `due`…
#include "engine/parse.h"
#include "tests/reference/moments.h"

namespace duban::reference {
namespace {

using syntax::Expr;
using syntax::ExprKind;

// ---------------------------------------------------------------- what names mean

// The declared field behind a bare name, in the order event, answer, case, subject. The checker
// saw to it that at most one of them has the name, but for these:
//  - a field that the event itself `set`s is read as the attribute (semantics 7);
//  - in `on opening` the case's variable is meant, which the opening event's field became;
//  - the field a case is found by is the same on the event and the case.
struct Place {
  enum class Kind { none, event, answer, variable, attribute } kind = Kind::none;
  Spelling names;
  Type type;
};

const EventType* event_of(const Scope& s) {
  return s.event < 0 ? nullptr : &s.program->events[static_cast<size_t>(s.event)];
}
const CaseKind* case_of(const Scope& s) {
  return s.owner_case < 0 ? nullptr : &s.program->cases[static_cast<size_t>(s.owner_case)];
}
const Entity* entity_of(const Scope& s) {
  return s.entity < 0 ? nullptr : &s.program->entities[static_cast<size_t>(s.entity)];
}

bool sets_itself(const EventType& event, const Field& attribute) {
  return std::any_of(event.decl->sets.begin(), event.decl->sets.end(), [&](const auto& set) {
    return !set.value && attribute.names.is(set.target.text);
  });
}

Place find_place(const Scope& s, const std::string& name) {
  const Field* attribute = entity_of(s) != nullptr ? find(entity_of(s)->fields, name) : nullptr;
  const Field* variable = case_of(s) != nullptr ? find(case_of(s)->variables, name) : nullptr;
  if (s.opening && variable != nullptr)
    return {Place::Kind::variable, variable->names, variable->type};
  if (const EventType* event = event_of(s); event != nullptr && s.bare_event) {
    const Field* field = find(event->fields, name);
    if (field != nullptr && !(attribute != nullptr && sets_itself(*event, *attribute)))
      return {Place::Kind::event, field->names, field->type};
  }
  if (s.answers != nullptr) {
    if (const Field* answer = find(*s.answers, name))
      return {Place::Kind::answer, answer->names, answer->type};
  }
  if (variable != nullptr) return {Place::Kind::variable, variable->names, variable->type};
  if (attribute != nullptr) return {Place::Kind::attribute, attribute->names, attribute->type};
  return {};
}

const Define* find_define(const Scope& s, const std::string& name) {
  for (const Define& define : s.program->defines) {
    const bool mine =
        define.owner_case >= 0 ? define.owner_case == s.owner_case : define.entity == s.entity;
    if (mine && define.names.is(name)) return &define;
  }
  return nullptr;
}

template <typename Things>
const typename Things::value_type* find_owned(const Scope& s, const Things& things,
                                              const std::string& name) {
  for (const auto& thing : things) {
    const bool mine =
        thing.owner_case >= 0 ? thing.owner_case == s.owner_case : thing.entity == s.entity;
    if (mine && thing.names.is(name)) return &thing;
  }
  return nullptr;
}

const Declared<syntax::ParameterDecl>* find_parameter(const Program& p, const std::string& name) {
  for (const auto& parameter : p.parameters) {
    if (parameter.names.is(name)) return &parameter;
  }
  return nullptr;
}

// Defines, tables, scorecards and owners read the subject and the case, never the event.
Context alone(const Context& c) {
  Context inner;
  static_cast<Scope&>(inner) = scope_of(c.program, c.entity, c.owner_case);
  inner.subject = c.subject;
  inner.instance = c.instance;
  inner.rows = c.rows;
  inner.now = c.now;
  inner.history_before = c.history_before;
  inner.counts_from = c.counts_from;
  inner.no_data = c.no_data;
  return inner;
}

Scope alone(const Scope& s) { return scope_of(s.program, s.entity, s.owner_case); }

// A define, a table or a scorecard of the subject reads nothing of the case that asks it.
template <typename Thing>
Context alone(const Context& c, const Thing& thing) {
  Context inner = alone(c);
  if (thing.owner_case >= 0) return inner;
  inner.owner_case = -1;
  inner.instance = nullptr;
  return inner;
}
template <typename Thing>
Scope alone(const Scope& s, const Thing& thing) {
  return scope_of(s.program, s.entity, thing.owner_case);
}

// `Customer.x`: the subject's, whatever else has that name.
Context subject_alone(const Context& c) {
  Context inner = alone(c);
  inner.owner_case = -1;
  inner.instance = nullptr;
  return inner;
}

Expr named(const std::string& name) {
  Expr expr;
  expr.kind = ExprKind::name;
  expr.text = name;
  return expr;
}

// A parameter's value as the deployment gives it.
Value given_value(const Context& c, const std::string& text) {
  std::vector<Diagnostic> findings;
  const syntax::File file =
      parse(duban::Source("override", "parameter x = " + text + "\n"), 0, findings);
  return evaluate(alone(c), *file.parameters.at(0).value);
}

Value field(const Fields& fields, const std::string& name) {
  const auto at = fields.find(name);
  return at == fields.end() ? Value{None{}} : at->second;
}

// ---------------------------------------------------------------- names and members

bool is_weak(const Scope& s, const Expr& expr) {
  if (expr.kind == ExprKind::literal || expr.kind == ExprKind::set_literal) return true;
  return expr.kind == ExprKind::name && !has_meaning(s, expr.text);
}

std::optional<uint16_t> choice_word(const Scope& s, const Expr& expr, const Type* expected) {
  if (expr.kind != ExprKind::name || expected == nullptr || expected->kind != TypeKind::choice)
    return std::nullopt;
  return s.program->find_value(expected->id, expr.text);
}

Value read_place(const Context& c, const Place& place) {
  switch (place.kind) {
    case Place::Kind::event:
      return c.event_at_hand == nullptr ? Value{None{}}
                                        : field(c.event_at_hand->fields, place.names.name);
    case Place::Kind::answer:
      return c.given_answers == nullptr ? Value{None{}} : field(*c.given_answers, place.names.name);
    case Place::Kind::variable:
      return c.instance == nullptr ? Value{None{}} : field(c.instance->variables, place.names.name);
    case Place::Kind::attribute:
      return c.subject == nullptr ? Value{None{}} : field(c.subject->attributes, place.names.name);
    case Place::Kind::none:
      break;
  }
  return None{};
}

Value name_value(const Context& c, const Expr& expr) {
  const std::string& name = expr.text;
  if (const Place place = find_place(c, name); place.kind != Place::Kind::none)
    return read_place(c, place);
  if (const Define* define = find_define(c, name))
    return evaluate(alone(c, *define), *define->decl->value);
  if (const Entity* entity = entity_of(c)) {
    if (entity->key.is(name)) return c.subject->key.key;
    if (entity->names.is(name)) return c.subject->key;
  }
  if (const auto* parameter = find_parameter(*c.program, name)) {
    for (const auto& [given, text] : c.program->overrides) {
      if (parameter->names.is(given)) return given_value(c, text);
    }
    return evaluate(alone(c), *parameter->decl->value);
  }
  if (const Table* table = find_owned(c, c.program->tables, name))
    return table_value(alone(c, *table), *table, {});
  const std::string_view builtin = builtin_name(name);
  if (builtin == "now") return c.now;
  if (builtin == "today") return c.today();
  if (builtin == "owner") return evaluate(alone(c), case_of(c)->decl->owner);
  if (builtin == "list") return c.listing == nullptr ? Value{None{}} : *c.listing;
  if (builtin == "due" && c.due) {
    if (!c.due->whole_day) return c.due->at;
    return c.program->zone.date_of(Instant{c.due->at.ms - 1});
  }
  return None{};
}

// `a.b`: of the event, the case, the subject, a table, a scorecard, a choice, a reference.
Value member_value(const Context& c, const Expr& expr) {
  const Expr& root = *expr.args[0];
  const std::string& name = expr.text;
  if (root.kind == ExprKind::name) {
    const std::string_view builtin = builtin_name(root.text);
    const std::string_view member = builtin_member(name);
    if (builtin == "event") {
      if (const Field* f = find(event_of(c)->fields, name)) {
        return c.event_at_hand == nullptr ? Value{None{}}
                                          : field(c.event_at_hand->fields, f->names.name);
      }
      if (c.event_at_hand == nullptr) return None{};
      return member == "time" ? c.event_at_hand->time : c.event_at_hand->received;
    }
    const bool of_case =
        builtin == "case" || (case_of(c) != nullptr && case_of(c)->names.is(root.text));
    if (of_case && !has_meaning(c, root.text)) {
      if (const Field* f = find(case_of(c)->variables, name))
        return c.instance == nullptr ? Value{None{}} : field(c.instance->variables, f->names.name);
      if (const Define* define = find_define(c, name))
        return evaluate(alone(c, *define), *define->decl->value);
      if (c.counts_from) return *c.counts_from;
      return c.instance == nullptr ? Value{None{}} : Value{c.instance->opened};
    }
    if (entity_of(c) != nullptr && entity_of(c)->names.is(root.text))
      return name_value(subject_alone(c), named(name));
    if (const Table* table = find_owned(c, c.program->tables, root.text))
      return table_value(alone(c, *table), *table, name);
    if (const Scorecard* card = find_owned(c, c.program->scorecards, root.text))
      return scorecard_value(alone(c, *card), *card, name);
    if (const int choice = c.program->find_choice(root.text); choice >= 0) {
      const auto id = static_cast<uint16_t>(choice);
      if (!has_meaning(c, root.text)) return ChoiceValue{id, *c.program->find_value(id, name)};
    }
  } else if (root.kind == ExprKind::member && root.args[0]->kind == ExprKind::name &&
             entity_of(c) != nullptr && entity_of(c)->names.is(root.args[0]->text)) {
    if (const Table* table = find_owned(c, c.program->tables, root.text))
      return table_value(alone(c, *table), *table, name);
    if (const Scorecard* card = find_owned(c, c.program->scorecards, root.text))
      return scorecard_value(alone(c, *card), *card, name);
  }
  const Value base = evaluate(c, root);
  const Key* key = base.get_if<Key>();
  if (key == nullptr) return None{};
  const Entity& entity = c.program->entities[key->entity];
  if (entity.key.is(name)) return key->key;
  const std::string& canonical_name = find(entity.fields, name)->names.name;
  const auto row = c.rows->find(*key);
  return row == c.rows->end() ? Value{None{}} : field(row->second, canonical_name);
}

// ---------------------------------------------------------------- operators

Decimal checked(const std::optional<Decimal>& result) {
  if (!result) throw Failure{false, "a number is too large, or a division by zero"};
  return *result;
}

Value arithmetic(const Context& c, ExprKind op, const Value& a, const Value& b) {
  if (a.is_none() || b.is_none()) return None{};  // arithmetic on none is none
  const Decimal* x = a.get_if<Decimal>();
  const Decimal* y = b.get_if<Decimal>();
  if (x != nullptr && y != nullptr) {
    switch (op) {
      case ExprKind::add:
        return checked(add(*x, *y));
      case ExprKind::subtract:
        return checked(subtract(*x, *y));
      case ExprKind::multiply:
        return checked(multiply(*x, *y));
      default:
        return checked(divide(*x, *y));
    }
  }
  const Duration* d = a.get_if<Duration>();
  const Duration* e = b.get_if<Duration>();
  if (op == ExprKind::multiply) {  // a duration, a whole number of times
    const Duration* length = d != nullptr ? d : e;
    const Decimal* times = d != nullptr ? y : x;
    if (length == nullptr || times == nullptr || !times->is_integer()) return None{};
    Duration product = *length;
    if (__builtin_mul_overflow(length->amount, times->whole(), &product.amount)) checked({});
    return product;
  }
  if (d != nullptr && e != nullptr) {
    if (d->kind != e->kind) return None{};  // never mixed: semantics 17
    Duration sum = *d;
    const bool bad = op == ExprKind::add
                         ? __builtin_add_overflow(d->amount, e->amount, &sum.amount)
                         : __builtin_sub_overflow(d->amount, e->amount, &sum.amount);
    if (bad) checked({});
    return sum;
  }
  if (e != nullptr) return shifted(*c.program, a, *e, op == ExprKind::add ? 1 : -1, c.no_data);
  if (d != nullptr) return shifted(*c.program, b, *d, 1, c.no_data);
  return None{};
}

bool is_empty(const Value& value) {
  if (const SetValue* set = value.get_if<SetValue>()) return set->items.empty();
  if (const std::string* text = value.get_if<std::string>()) return text->empty();
  return value.is_none();
}

Value set_operation(ExprKind op, const Value& a, const Value& b) {
  if (a.is_none()) return op == ExprKind::union_of ? b : Value{None{}};
  if (b.is_none()) return a;
  std::vector<Value> items;
  const auto& right = b.as<SetValue>().items;
  for (const Value& item : a.as<SetValue>().items) {
    if (op == ExprKind::union_of || std::find(right.begin(), right.end(), item) == right.end())
      items.push_back(item);
  }
  if (op == ExprKind::union_of) items.insert(items.end(), right.begin(), right.end());
  return make_set(std::move(items));
}

Type element(Type type) {
  type.set = type.optional = false;
  return type;
}

// The type that each side of an operator gives the other.
std::pair<Value, Value> both(const Context& c, const Expr& expr, const Type* expected = nullptr) {
  const Expr& a = *expr.args[0];
  const Expr& b = *expr.args[1];
  if (is_weak(c, a) && !is_weak(c, b)) {
    const Type type = type_of(c, b, expected);
    return {evaluate(c, a, &type), evaluate(c, b, expected)};
  }
  const Type type = type_of(c, a, expected);
  return {evaluate(c, a, expected), evaluate(c, b, &type)};
}

Value literal_value(const Context& c, const Expr& expr, const Type* expected) {
  if (expr.type.kind == TypeKind::duration) {
    Duration duration = expr.value.as<Duration>();
    for (size_t i = 0; i < c.program->calendars.size(); ++i) {
      if (!expr.text.empty() && c.program->calendar_names[i].is(expr.text))
        duration.calendar = static_cast<uint16_t>(i);
    }
    return duration;
  }
  if (expr.type.kind == TypeKind::datetime) {  // read as if it were UTC: it is a local time
    const int64_t ms = expr.value.as<Instant>().ms;
    const int64_t days = ms >= 0 ? ms / kMsPerDay : -((-ms + kMsPerDay - 1) / kMsPerDay);
    return c.program->zone.at(Date{static_cast<int32_t>(days)},
                              TimeOfDay{static_cast<int32_t>(ms - days * kMsPerDay)});
  }
  if (expected != nullptr && expected->kind == TypeKind::reference &&
      expr.type.kind == TypeKind::text) {
    return Key{expected->id, expr.value.as<std::string>()};
  }
  return expr.value;
}

Value in_list(const Context& c, const Expr& expr) {
  const Value wanted = evaluate(c, *expr.args[0]);
  const Type type = type_of(c, *expr.args[0]);
  for (size_t i = 1; i < expr.args.size(); ++i) {
    const Value item = evaluate(c, *expr.args[i], &type);
    if (const SetValue* set = item.get_if<SetValue>(); set != nullptr && !type.set) {
      if (std::find(set->items.begin(), set->items.end(), wanted) != set->items.end()) return true;
    } else if (compare(ExprKind::equal, wanted, item)) {
      return true;
    }
  }
  return false;
}

Value set_value(const Context& c, const Expr& expr, const Type* expected) {
  Type type = type_of(c, expr, expected);
  const Type item_type = element(type);
  std::vector<Value> items;
  for (const auto& arg : expr.args) {
    Value item = evaluate(c, *arg, &item_type);
    if (!item.is_none()) items.push_back(std::move(item));
  }
  return make_set(std::move(items));
}

}  // namespace

Scope scope_of(const Program* program, int entity, int owner_case) {
  Scope scope;
  scope.program = program;
  scope.entity = entity;
  scope.owner_case = owner_case;
  return scope;
}

bool has_meaning(const Scope& s, const std::string& name) {
  if (find_place(s, name).kind != Place::Kind::none || find_define(s, name) != nullptr) return true;
  if (entity_of(s) != nullptr && (entity_of(s)->key.is(name) || entity_of(s)->names.is(name)))
    return true;
  if (find_parameter(*s.program, name) != nullptr) return true;
  if (find_owned(s, s.program->tables, name) != nullptr) return true;
  if (find_owned(s, s.program->scorecards, name) != nullptr) return true;
  const std::string_view builtin = builtin_name(name);
  if (builtin == "now" || builtin == "today") return true;
  if (builtin == "due") return s.has_due;
  if (builtin == "list") return s.list.kind != TypeKind::none;
  return builtin == "owner" && case_of(s) != nullptr && case_of(s)->decl->owner != nullptr;
}

bool compare(ExprKind op, const Value& a, const Value& b) {
  if (a.is_none() || b.is_none() || a.index() != b.index()) return false;
  std::strong_ordering order = a <=> b;
  if (const Duration* d = a.get_if<Duration>()) {
    if (d->kind != b.as<Duration>().kind) return false;
    order = d->amount <=> b.as<Duration>().amount;
  }
  switch (op) {
    case ExprKind::equal:
      return order == 0;
    case ExprKind::not_equal:
      return order != 0;
    case ExprKind::less:
      return order < 0;
    case ExprKind::less_equal:
      return order <= 0;
    case ExprKind::greater:
      return order > 0;
    default:
      return order >= 0;
  }
}

Value evaluate(const Context& c, const syntax::ExprPtr& expr, const Type* expected) {
  return expr == nullptr ? Value{None{}} : evaluate(c, *expr, expected);
}

bool holds(const Context& c, const syntax::ExprPtr& condition) {
  if (condition == nullptr) return true;
  const Type wanted{TypeKind::yes_no};
  const Value value = evaluate(c, *condition, &wanted);
  const bool* yes = value.get_if<bool>();
  return yes != nullptr && *yes;
}

Value evaluate(const Context& c, const Expr& expr, const Type* expected) {
  switch (expr.kind) {
    case ExprKind::literal:
      return literal_value(c, expr, expected);
    case ExprKind::name:
      if (const auto index = choice_word(c, expr, expected))
        return ChoiceValue{expected->id, *index};
      return name_value(c, expr);
    case ExprKind::member:
      return member_value(c, expr);
    case ExprKind::negate: {
      const Value value = evaluate(c, *expr.args[0], expected);
      if (const Decimal* d = value.get_if<Decimal>()) return checked(negate(*d));
      if (const Duration* d = value.get_if<Duration>())
        return Duration{d->kind, d->calendar, -d->amount};
      return None{};
    }
    case ExprKind::logical_not: {
      const Type wanted{TypeKind::yes_no};
      const Value value = evaluate(c, *expr.args[0], &wanted);
      const bool* yes = value.get_if<bool>();
      return yes == nullptr ? Value{None{}} : Value{!*yes};
    }
    case ExprKind::logical_and:
      return holds(c, expr.args[0]) && holds(c, expr.args[1]);
    case ExprKind::logical_or:
      return holds(c, expr.args[0]) || holds(c, expr.args[1]);
    case ExprKind::add:
    case ExprKind::subtract: {
      const auto [a, b] = both(c, expr);
      return arithmetic(c, expr.kind, a, b);
    }
    case ExprKind::multiply:
    case ExprKind::divide:
      return arithmetic(c, expr.kind, evaluate(c, *expr.args[0]), evaluate(c, *expr.args[1]));
    case ExprKind::equal:
    case ExprKind::not_equal:
    case ExprKind::less:
    case ExprKind::less_equal:
    case ExprKind::greater:
    case ExprKind::greater_equal: {
      const auto [a, b] = both(c, expr);
      return compare(expr.kind, a, b);
    }
    case ExprKind::between: {
      const Type type = type_of(c, *expr.args[0]);
      const Value x = evaluate(c, *expr.args[0]);
      return compare(ExprKind::greater_equal, x, evaluate(c, *expr.args[1], &type)) &&
             compare(ExprKind::less_equal, x, evaluate(c, *expr.args[2], &type));
    }
    case ExprKind::in_list:
      return in_list(c, expr);
    case ExprKind::is_known:
      return !evaluate(c, *expr.args[0]).is_none();
    case ExprKind::is_unknown:
      return evaluate(c, *expr.args[0]).is_none();
    case ExprKind::is_empty:
      return is_empty(evaluate(c, *expr.args[0]));
    case ExprKind::is_not_empty:
      return !is_empty(evaluate(c, *expr.args[0]));
    case ExprKind::contains: {
      const Type type = element(type_of(c, *expr.args[0]));
      const Value set = evaluate(c, *expr.args[0]);
      const Value item = evaluate(c, *expr.args[1], &type);
      if (set.is_none()) return false;
      const auto& items = set.as<SetValue>().items;
      return std::find(items.begin(), items.end(), item) != items.end();
    }
    case ExprKind::minus:
    case ExprKind::union_of: {
      const auto [a, b] = both(c, expr, expected);
      return set_operation(expr.kind, a, b);
    }
    case ExprKind::set_literal:
      return set_value(c, expr, expected);
    case ExprKind::call:
      return call(c, expr, expected);
    case ExprKind::aggregate:
      return aggregate(c, expr);
  }
  return None{};
}

namespace {

void add(Reads& to, const Reads& from) {
  to.moves = std::max(to.moves, from.moves);
  to.references |= from.references;
  to.attributes.insert(from.attributes.begin(), from.attributes.end());
  to.variables.insert(from.variables.begin(), from.variables.end());
  to.history.insert(from.history.begin(), from.history.end());
}

Reads read_by_table(const Scope& s, const Table& table) {
  Reads out;
  const auto read = [&](const syntax::ExprPtr& part) { add(out, reads(s, part.get())); };
  for (const auto& column : table.rows->inputs) read(column.input);
  for (const auto& row : table.rows->rows) {
    for (const auto& cell : row.cells) {
      read(cell.value);
      for (const auto& test : cell.tests) {
        read(test.value);
        read(test.high);
      }
    }
  }
  return out;
}

Reads read_by_name(const Scope& s, const std::string& name) {
  Reads out;
  const Place place = find_place(s, name);
  if (place.kind == Place::Kind::variable) out.variables.insert(place.names.name);
  if (place.kind == Place::Kind::attribute) out.attributes.insert(place.names.name);
  if (place.kind != Place::Kind::none) return out;
  const std::string_view builtin = builtin_name(name);
  if (const Define* define = find_define(s, name))
    return reads(alone(s, *define), define->decl->value.get());
  if (const Scorecard* card = find_owned(s, s.program->scorecards, name)) {
    for (const auto& item : card->decl->items) {
      add(out, reads(alone(s, *card), item.condition.get()));
      add(out, reads(alone(s, *card), item.points.get()));
    }
  } else if (const Table* table = find_owned(s, s.program->tables, name)) {
    return read_by_table(alone(s, *table), *table);
  } else if (builtin == "owner" && case_of(s) != nullptr) {
    return reads(alone(s), case_of(s)->decl->owner.get());
  } else if (builtin == "now" || builtin == "today") {
    out.moves = builtin == "now" ? Moves::at_any_instant : Moves::with_the_day;
  }
  return out;
}

Reads read_by_member(const Scope& s, const Expr& expr) {
  Reads out;
  const Expr& root = *expr.args[0];
  const bool named_root = root.kind == ExprKind::name;
  const std::string_view builtin = named_root ? builtin_name(root.text) : std::string_view();
  if (named_root && builtin == "event") return out;
  const bool of_case = named_root && (builtin == "case" ||
                                      (case_of(s) != nullptr && case_of(s)->names.is(root.text)));
  if (of_case && !has_meaning(s, root.text)) {
    if (const Field* f = find(case_of(s)->variables, expr.text)) {
      out.variables.insert(f->names.name);
    } else if (find_define(s, expr.text) != nullptr) {
      return read_by_name(alone(s), expr.text);
    }
    return out;
  }
  if (named_root && entity_of(s) != nullptr && entity_of(s)->names.is(root.text))
    return read_by_name(scope_of(s.program, s.entity, -1), expr.text);
  const std::string& owner = root.text;  // of `table.column`, also `Customer.table.column`
  const bool plain = named_root || root.kind == ExprKind::member;
  if (plain && (find_owned(s, s.program->tables, owner) != nullptr ||
                find_owned(s, s.program->scorecards, owner) != nullptr))
    return read_by_name(alone(s), owner);
  out = reads(s, &root);
  out.references = true;
  return out;
}

}  // namespace

Reads reads(const Scope& s, const Expr* expr) {
  if (expr == nullptr) return {};
  if (const auto known = s.program->reads.find(expr); known != s.program->reads.end())
    return *known->second;
  Reads out;
  if (expr->kind == ExprKind::name) {
    out = read_by_name(s, expr->text);
  } else if (expr->kind == ExprKind::member) {
    out = read_by_member(s, *expr);
  } else if (expr->kind == ExprKind::aggregate) {
    const Expr& of = *expr->args[0];
    Scope inner = s;
    inner.event = s.program->find_event(of.kind == ExprKind::member ? of.args[0]->text : of.text);
    inner.bare_event = true;
    inner.opening = false;
    out = reads(inner, expr->condition.get());
    out.history.insert(s.program->events[static_cast<size_t>(inner.event)].names.name);
    if (expr->over != syntax::Over::all) {
      const bool last = expr->over == syntax::Over::last;
      out.moves = std::max(out.moves, last ? Moves::at_any_instant : Moves::with_the_day);
    }
  } else {
    for (const auto& arg : expr->args) add(out, reads(s, arg.get()));
  }
  s.program->reads[expr] = std::make_shared<const Reads>(out);
  return out;
}

Moves moves(const Scope& s, const Expr* expr) { return reads(s, expr).moves; }
bool reads_time(const Scope& s, const Expr* expr) { return moves(s, expr) != Moves::never; }

// ---------------------------------------------------------------- static types

namespace {

Type name_type(const Scope& s, const Expr& expr) {
  const std::string& name = expr.text;
  if (const Place place = find_place(s, name); place.kind != Place::Kind::none) return place.type;
  if (const Define* define = find_define(s, name))
    return type_of(alone(s, *define), *define->decl->value);
  if (entity_of(s) != nullptr && entity_of(s)->key.is(name)) return {TypeKind::text};
  if (entity_of(s) != nullptr && entity_of(s)->names.is(name))
    return {TypeKind::reference, static_cast<uint16_t>(s.entity)};
  if (const auto* parameter = find_parameter(*s.program, name))
    return type_of(alone(s), *parameter->decl->value);
  if (const Table* table = find_owned(s, s.program->tables, name))
    return table_type(*s.program, *table, {});
  const std::string_view builtin = builtin_name(name);
  if (builtin == "now") return {TypeKind::datetime};
  if (builtin == "today") return {TypeKind::date};
  if (builtin == "owner") return type_of(alone(s), *case_of(s)->decl->owner);
  if (builtin == "list") return s.list;
  if (builtin == "due") return {TypeKind::datetime};
  return {};
}

Type member_type(const Scope& s, const Expr& expr) {
  const Expr& root = *expr.args[0];
  if (root.kind == ExprKind::name) {
    const std::string_view builtin = builtin_name(root.text);
    if (builtin == "event") {
      const Field* f = find(event_of(s)->fields, expr.text);
      return f != nullptr ? f->type : Type{TypeKind::datetime};
    }
    const bool of_case =
        builtin == "case" || (case_of(s) != nullptr && case_of(s)->names.is(root.text));
    if (of_case && !has_meaning(s, root.text)) {
      if (const Field* f = find(case_of(s)->variables, expr.text)) return f->type;
      const Define* define = find_define(s, expr.text);
      return define != nullptr ? type_of(alone(s, *define), *define->decl->value)
                               : Type{TypeKind::datetime};
    }
    if (entity_of(s) != nullptr && entity_of(s)->names.is(root.text)) {
      return name_type(scope_of(s.program, s.entity, -1), named(expr.text));
    }
    if (const Table* table = find_owned(s, s.program->tables, root.text))
      return table_type(*s.program, *table, expr.text);
    if (const Scorecard* card = find_owned(s, s.program->scorecards, root.text))
      return expr.text == "grade" || expr.text == "等级" ? card->grade : Type{TypeKind::number};
    if (const int choice = s.program->find_choice(root.text);
        choice >= 0 && !has_meaning(s, root.text))
      return {TypeKind::choice, static_cast<uint16_t>(choice)};
  } else if (root.kind == ExprKind::member && root.args[0]->kind == ExprKind::name &&
             entity_of(s) != nullptr && entity_of(s)->names.is(root.args[0]->text)) {
    if (const Table* table = find_owned(s, s.program->tables, root.text))
      return table_type(*s.program, *table, expr.text);
    if (const Scorecard* card = find_owned(s, s.program->scorecards, root.text))
      return expr.text == "grade" || expr.text == "等级" ? card->grade : Type{TypeKind::number};
  }
  const Type base = type_of(s, root);
  const Entity& entity = s.program->entities[base.id];
  if (entity.key.is(expr.text)) return {TypeKind::text};
  const Field* f = find(entity.fields, expr.text);
  return f != nullptr ? f->type : Type{};
}

// The one declared choice that has all these words.
Type choice_of_words(const Scope& s, const Expr& expr) {
  for (size_t i = 0; i < s.program->choices.size(); ++i) {
    const auto id = static_cast<uint16_t>(i);
    const bool all = std::all_of(expr.args.begin(), expr.args.end(), [&](const auto& item) {
      return item->kind == ExprKind::name && s.program->find_value(id, item->text);
    });
    if (all && s.program->choices[i].named) return {TypeKind::choice, id, true};
  }
  return {};
}

Type call_type(const Scope& s, const Expr& expr, const Type* expected) {
  static const std::set<std::string, std::less<>> numbers{
      "year", "month", "day", "weekday", "days_from_to", "working_days_from_to"};
  if (numbers.contains(expr.text)) return {TypeKind::number};
  if (expr.text == "round" || expr.text == "rolled_forward" || expr.text == "rolled_back")
    return type_of(s, *expr.args[0]);
  if (expr.text == "time") return {TypeKind::time};
  if (expr.text != "min" && expr.text != "max") return {TypeKind::date};
  for (const auto& arg : expr.args) {
    if (arg->kind != ExprKind::literal) return type_of(s, *arg, expected);
  }
  return type_of(s, *expr.args[0], expected);
}

}  // namespace

Type type_of(const Scope& s, const Expr& expr, const Type* expected) {
  switch (expr.kind) {
    case ExprKind::literal:
      if (expr.type.kind == TypeKind::text && expected != nullptr &&
          expected->kind == TypeKind::reference)
        return element(*expected);
      return expr.type;
    case ExprKind::name:
      if (choice_word(s, expr, expected)) return element(*expected);
      return name_type(s, expr);
    case ExprKind::member:
      return member_type(s, expr);
    case ExprKind::negate:
      return type_of(s, *expr.args[0], expected);
    case ExprKind::add:
    case ExprKind::subtract: {
      const Type a = type_of(s, *expr.args[0]);
      return a.kind == TypeKind::duration ? type_of(s, *expr.args[1]) : a;
    }
    case ExprKind::multiply: {
      const Type a = type_of(s, *expr.args[0]);
      return a.kind == TypeKind::number ? type_of(s, *expr.args[1]) : a;
    }
    case ExprKind::divide:
      if (type_of(s, *expr.args[1]).kind == TypeKind::money) return {TypeKind::number};
      return type_of(s, *expr.args[0]);
    case ExprKind::minus:
    case ExprKind::union_of: {
      const bool weak = is_weak(s, *expr.args[0]) && !is_weak(s, *expr.args[1]);
      return type_of(s, *expr.args[weak ? 1 : 0], expected);
    }
    case ExprKind::set_literal: {
      if (expected != nullptr && expected->kind != TypeKind::none) {
        Type type = element(*expected);
        type.set = true;
        return type;
      }
      if (const Type words = choice_of_words(s, expr); words.kind != TypeKind::none) return words;
      Type type = expr.args.empty() ? Type{} : type_of(s, *expr.args[0]);
      type.set = true;
      return type;
    }
    case ExprKind::call:
      return call_type(s, expr, expected);
    case ExprKind::aggregate: {
      const Expr& of = *expr.args[0];
      if (expr.text == "count") return {TypeKind::number};
      if (expr.text == "time_of_latest" || of.kind == ExprKind::name) return {TypeKind::datetime};
      const EventType& event =
          s.program->events[static_cast<size_t>(s.program->find_event(of.args[0]->text))];
      const Field* field = find(event.fields, of.text);
      return field != nullptr ? field->type : Type{TypeKind::datetime};
    }
    default:
      return {TypeKind::yes_no};
  }
}

}  // namespace duban::reference
