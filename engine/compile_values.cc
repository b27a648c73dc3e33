// Parameters, defines, tables, defaults and what events set.
#include <utility>

#include "engine/check.h"
#include "engine/parse.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;

bool is_literal(const Expr& expr) {
  if (expr.kind == ExprKind::negate) {
    return !expr.args.empty() && expr.args[0] && is_literal(*expr.args[0]);
  }
  return expr.kind == ExprKind::literal;
}

// An override has no place in the sources: what is wrong with it is said at the declaration.
void move_spans(Expr& expr, Span span) {
  expr.span = span;
  expr.text_span = span;
  for (const syntax::ExprPtr& argument : expr.args) {
    if (argument) move_spans(*argument, span);
  }
}

// A literal's value; a minus before it is applied at once.
std::optional<Value> literal_value(const Program& program, Index node) {
  if (const Value* value = program.constant_of(node)) return *value;
  if (node == kNone || program.plan.nodes[node].op != Op::negate) return std::nullopt;
  const auto inner = literal_value(program, program.plan.nodes[node].a);
  if (!inner) return std::nullopt;
  if (const Decimal* decimal = inner->get_if<Decimal>()) {
    const auto negated = negate(*decimal);
    return negated ? std::optional<Value>(*negated) : std::nullopt;
  }
  if (const Duration* duration = inner->get_if<Duration>()) {
    return Duration{duration->kind, duration->calendar, -duration->amount};
  }
  return std::nullopt;
}

Typed build_parameter_value(Program& program, const Expr& expr, uint16_t file,
                            const Type* expected) {
  if (!is_literal(expr)) {
    program.error(expr.span, "E104",
                  {"a parameter is a plain value", "参数须为直接写明的值",
                   "use `define` for what is computed", "需要计算的请用`定义`"});
    return {};
  }
  Scope scope;
  scope.file = file;
  const Typed typed = compile_expression(program, &expr, scope, expected);
  if (!typed.ok()) return {};
  const auto value = literal_value(program, typed.node);
  if (!value || typed.type.kind == TypeKind::none) {
    program.error(expr.span, "E104", {"a parameter needs a value", "参数须有值"});
    return {};
  }
  return {program.add_constant(*value, typed.type, expr.span), typed.type};
}

Typed build_override(Program& program, const Declared<syntax::ParameterDecl>& info,
                     const std::string& text, const Type& type) {
  const Span span = info.syntax->name.span;
  std::vector<Diagnostic> findings;
  const Source line("override", "parameter x = " + text + "\n");
  const syntax::File file = parse(line, 0, findings);
  const bool one_line = text.find_first_of("\r\n") == std::string::npos;
  if (!one_line || !findings.empty() || file.parameters.size() != 1 || !file.parameters[0].value ||
      !is_literal(*file.parameters[0].value)) {
    program.error(span, "E127",
                  {"the deployment gives " + quoted(info.names.name) + " the value " +
                       quoted(text) + ", which cannot be read",
                   "部署给" + quoted(info.names.in(true)) + "的值" + quoted(text) + "无法识别"});
    return {};
  }
  Expr& expr = *file.parameters[0].value;
  move_spans(expr, span);
  const Typed typed = build_parameter_value(program, expr, info.file, &type);
  if (!typed.ok()) return {};
  if (!same_type(typed.type, type)) {
    program.error(
        span, "E127",
        {"the deployment gives " + quoted(info.names.name) + " the value " + quoted(text) +
             ", which is " + describe(program, typed.type, false) + " and not " +
             describe(program, type, false),
         "部署给" + quoted(info.names.in(true)) + "的值" + quoted(text) + "是" +
             describe(program, typed.type, true) + "，应为" + describe(program, type, true)});
    return {};
  }
  return typed;
}

void place_defines(Program& program) {
  // Those that say whose they are first: the others are found through them.
  for (const bool named : {true, false}) {
    for (DefineInfo& info : program.defines) {
      const syntax::DefineDecl& decl = *info.syntax;
      if (info.local) {
        info.entity = program.cases[info.owner_case].entity;
        continue;
      }
      if (decl.of.empty() == named) continue;
      if (decl.of.empty()) {
        info.entity = infer_entity(program, {decl.value.get()}, info.file, decl.name.span);
        continue;
      }
      for (const CaseInfo& owner : program.cases) {
        if (!owner.names.matches(decl.of.text) || !program.visible(info.file, owner.file)) continue;
        program.note(decl.of.span, owner.names);
        info.owner_case = owner.id;
        info.entity = owner.entity;
      }
      if (info.owner_case != kNone) continue;
      const Index entity = program.find_entity(decl.of, info.file);
      if (entity != kNone) info.entity = static_cast<uint16_t>(program.entities[entity].id);
    }
  }
}

void build_tables(Program& program) {
  program.plan.tables.resize(program.tables.size());
  program.table_sizes.resize(program.tables.size());
  for (size_t i = 0; i < program.tables.size(); ++i) {
    TableInfo& info = program.tables[i];
    Table& table = program.plan.tables[i];
    info.id = static_cast<Index>(i);
    table.names = info.names;
    table.policy = program.policy_of_file[info.file];
    table.hit = info.syntax->hit;
    table.collect = info.syntax->collect;
  }
}

void build_defaults(Program& program) {
  Plan& plan = program.plan;
  plan.entities.resize(plan.layout.entities.size());
  for (size_t i = 0; i < plan.entities.size(); ++i) {
    plan.entities[i].initial.assign(plan.layout.entities[i].attributes.size(), kNone);
  }
  for (const auto& info : program.entities) {
    const auto entity = static_cast<uint16_t>(info.id);
    for (const syntax::Field& field : info.syntax->fields) {
      const auto slot = find_attribute(program, entity, field.name.text);
      if (!field.initial || !slot) continue;
      Scope scope;
      scope.file = info.file;
      const Type type = plan.layout.entities[entity].attributes[*slot].type;
      const Typed value = compile_value(program, field.initial.get(), scope, type);
      if (value.ok()) reject_time(program, value.node, field.initial->span, "a default", "默认值");
      plan.entities[entity].initial[*slot] = value.node;
    }
  }
}

void build_event_sets(Program& program) {
  Plan& plan = program.plan;
  plan.touches.resize(plan.layout.events.size());
  plan.history.resize(plan.layout.events.size());
  for (const Program::EventSet& set : program.event_sets) {
    const uint16_t entity = plan.layout.events[set.event].entity;
    const Layout::Field& attribute = plan.layout.entities[entity].attributes[set.attribute];
    Scope scope;
    scope.file = set.file;
    scope.entity = entity;
    scope.event = set.event;
    Typed value;
    if (set.syntax->value) {
      value = compile_value(program, set.syntax->value.get(), scope, attribute.type);
    } else if (const auto field = find_event_field(program, set.event, attribute.names.name)) {
      program.note(set.syntax->target.span, plan.layout.events[set.event].fields[*field].names);
      const Type type = plan.layout.events[set.event].fields[*field].type;
      if (type.kind == TypeKind::none) continue;
      if (!same_type(type, attribute.type)) {
        program.error(set.syntax->span, "E104",
                      {"the field is " + describe(program, type, false) + ", the attribute " +
                           describe(program, attribute.type, false),
                       "字段是" + describe(program, type, true) + "，属性是" +
                           describe(program, attribute.type, true)});
        continue;
      }
      Node node;
      node.op = Op::event_field;
      node.type = type;
      node.a = *field;
      node.span = set.syntax->span;
      value = {program.add_node(node), type};
    }
    auto& sets = plan.touches[set.event].sets;
    for (const SetTarget& other : sets) {
      if (other.slot != set.attribute) continue;
      program.error(set.syntax->span, "E122",
                    {quoted(attribute.names.name) + " is set twice by one event",
                     "同一事件两次更新" + quoted(attribute.names.in(true))});
    }
    sets.push_back({SetTarget::Kind::attribute, set.attribute, value.node});
  }
}

void build_unique_fields(Program& program) {
  for (const auto& info : program.events) {
    const syntax::Word& word = info.syntax->unique_by;
    if (word.empty()) continue;
    const auto event = static_cast<uint16_t>(info.id);
    if (info.syntax->kind == syntax::EventDecl::Kind::outgoing) {
      program.error(word.span, "E172",
                    {"an outgoing event is made by rules, which count for themselves",
                     "对外事件由规则发起，不设唯一标识", "raise it once where it is raised",
                     "请在发起处限定只发起一次"});
      continue;
    }
    const auto field = find_event_field(program, event, word.text);
    if (!field) {
      Message message{"the event " + quoted(info.names.name) + " has no field " + quoted(word.text),
                      "事件" + quoted(info.names.in(true)) + "没有字段" + quoted(word.text)};
      std::vector<std::string> candidates;
      for (const Layout::Field& known : program.plan.layout.events[event].fields) {
        add_names(candidates, known.names);
      }
      suggest(message, word.text, candidates);
      program.error(word.span, "E101", std::move(message));
      continue;
    }
    program.note(word.span, program.plan.layout.events[event].fields[*field].names);
    program.plan.touches[event].unique_by = *field;
    program.plan.touches[event].declared = word.span;
  }
}

void build_broadcasts(Program& program) {
  for (const auto& info : program.events) {
    if (!info.syntax->where) continue;
    Scope scope;
    scope.file = info.file;
    scope.event = static_cast<uint16_t>(info.id);
    scope.entity = program.plan.layout.events[info.id].entity;
    scope.bare_event = false;  // a bare name is the candidate's: `where feeder = event.feeder`
    program.plan.touches[info.id].broadcast_where =
        compile_condition(program, info.syntax->where.get(), scope);
  }
}

}  // namespace

void build_parameters(Program& program) {
  for (auto& info : program.parameters) {
    if (!info.syntax->value) continue;
    const Typed typed = build_parameter_value(program, *info.syntax->value, info.file, nullptr);
    if (!typed.ok()) continue;
    Parameter parameter;
    parameter.names = info.names;
    parameter.policy = program.policy_of_file[info.file];
    parameter.type = typed.type;
    parameter.value = typed.node;
    for (const auto& [name, text] : program.input.parameters) {
      if (!info.names.matches(name)) continue;
      const Typed given = build_override(program, info, text, typed.type);
      if (given.ok()) parameter.value = given.node;
    }
    info.id = static_cast<Index>(program.plan.parameters.size());
    program.plan.parameters.push_back(std::move(parameter));
  }
  for (const auto& [name, text] : program.input.parameters) {
    bool known = false;
    std::vector<std::string> candidates;
    for (const auto& info : program.parameters) {
      known |= info.names.matches(name);
      add_names(candidates, info.names);
    }
    if (known) continue;
    Message message{"the deployment sets a parameter " + quoted(name) + " that no file declares",
                    "部署设置了参数" + quoted(name) + "，而没有文件声明它"};
    suggest(message, name, candidates);
    program.error({}, "E127", std::move(message));
  }
}

void build_values(Program& program) {
  build_tables(program);
  place_defines(program);
  build_defaults(program);
  build_event_sets(program);
  build_unique_fields(program);
  build_broadcasts(program);
  for (size_t i = 0; i < program.defines.size(); ++i) {
    if (program.defines[i].entity == kNoId) continue;
    const bool used = program.defines[i].used;
    define_value(program, static_cast<Index>(i));
    program.defines[i].used = used;
  }
  for (size_t i = 0; i < program.tables.size(); ++i) compile_table(program, static_cast<Index>(i));
  check_scorecards(program);
  for (const auto& info : program.notices) {
    Scope scope;
    scope.file = info.file;
    program.plan.notices[info.id].expires_after =
        compile_duration(program, info.syntax->expires_after.get(), scope);
  }
}

}  // namespace duban::compiler
