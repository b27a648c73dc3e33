// What stands after a point: fields of the event, the case, the subject and references; columns of
// tables; values of choices.
#include <utility>

#include "engine/expression_names.h"
#include "engine/keywords.h"

namespace duban::compiler {

using syntax::Expr;
using syntax::ExprKind;
using Kind = Meaning::Kind;

namespace {

Typed unknown_member(Program& program, const Expr& expr, const std::string& of_english,
                     const std::string& of_chinese, const std::vector<std::string>& candidates) {
  Message message{of_english + " has no " + quoted(expr.text),
                  of_chinese + "没有" + quoted(expr.text)};
  suggest(message, expr.text, candidates);
  program.error(expr.text_span, "E101", std::move(message));
  return {};
}

Typed build_event_member(Program& program, const Expr& expr, const Scope& scope) {
  if (scope.event == kNoId) {
    program.error(expr.span, "E123",
                  {"there is no event at hand here", "此处没有当前事件",
                   "a step in time has the case's fields: " + quoted("case." + expr.text),
                   "按时间启动的步骤只有事项的字段：" + quoted("事项的" + expr.text)});
    return {};
  }
  if (const auto slot = find_event_field(program, scope.event, expr.text)) {
    program.note(expr.text_span, program.plan.layout.events[scope.event].fields[*slot].names);
    return read_event_field(program, scope.event, *slot, expr.span);
  }
  const std::string_view member = builtin_member(expr.text);
  const Type datetime{TypeKind::datetime, 0, false, false};
  if (member == "time") return simple(program, Op::event_time, kNone, datetime, expr.span);
  if (member == "received" && scope.past) {
    program.error(expr.text_span, "E171",
                  {"of past events only their fields and their time are kept",
                   "历史事件只保留其字段和发生时间", "write `event.time`", "请写`本次的发生时间`"});
    return {};
  }
  if (member == "received") return simple(program, Op::event_received, kNone, datetime, expr.span);
  const Layout::Event& event = program.plan.layout.events[scope.event];
  std::vector<std::string> candidates{"time", "received"};
  for (const Layout::Field& field : event.fields) add_name(candidates, field.names);
  return unknown_member(program, expr, "the event " + quoted(event.names.name),
                        "事件" + quoted(event.names.in(true)), candidates);
}

Typed build_case_member(Program& program, const Expr& expr, const Scope& scope) {
  const Case* owner = case_at(program, scope);
  if (!owner) {
    program.error(expr.span, "E123", {"there is no case at hand here", "此处没有当前事项"});
    return {};
  }
  if (const auto slot = find_variable(program, scope, expr.text)) {
    program.note(expr.text_span, owner->variables[*slot].names);
    return read_variable(program, *owner, *slot, expr.span);
  }
  if (const Index define = find_case_define(program, scope, expr.text); define != kNone) {
    program.note(expr.text_span, program.defines[define].names);
    return define_value(program, define);
  }
  if (program.cases[scope.owner_case].openings_unknown) return {};  // it may be a field of one
  for (const Meaning& meaning : meanings(program, expr.text, scope)) {
    if (meaning.kind != Kind::case_define) continue;
    note_meaning(program, meaning, expr.text_span, scope);
    return define_value(program, meaning.id);
  }
  if (builtin_member(expr.text) == "opened") {
    return simple(program, Op::case_opened, kNone, {TypeKind::datetime, 0, false, false},
                  expr.span);
  }
  std::vector<std::string> candidates{"opened"};
  for (const Case::Variable& variable : owner->variables) add_name(candidates, variable.names);
  for (const Index define : program.cases[scope.owner_case].defines) {
    add_name(candidates, program.defines[define].names);
  }
  return unknown_member(program, expr, "the case " + quoted(owner->names.name),
                        "事项" + quoted(owner->names.in(true)), candidates);
}

Typed build_subject_member(Program& program, const Expr& expr, const Scope& scope) {
  const Layout::Entity& entity = program.plan.layout.entities[scope.entity];
  if (const auto slot = find_attribute(program, scope.entity, expr.text)) {
    program.note(expr.text_span, entity.attributes[*slot].names);
    return read_attribute(program, scope.entity, *slot, expr.span);
  }
  if (entity.key.matches(expr.text)) {
    program.note(expr.text_span, entity.key);
    return simple(program, Op::subject_key, kNone, {TypeKind::text, 0, false, false}, expr.span);
  }
  for (const Meaning& meaning : meanings(program, expr.text, scope)) {
    if (meaning.kind == Kind::define || meaning.kind == Kind::table) {
      note_meaning(program, meaning, expr.text_span, scope);
      return build_meaning(program, meaning, expr.span, scope);
    }
  }
  std::vector<std::string> candidates;
  add_name(candidates, entity.key);
  for (const Layout::Field& field : entity.attributes) add_name(candidates, field.names);
  return unknown_member(program, expr, quoted(entity.names.name), quoted(entity.names.in(true)),
                        candidates);
}

Typed build_reference_member(Program& program, const Expr& expr, const Typed& base) {
  if (base.type.kind != TypeKind::reference || base.type.set) {
    program.error(expr.text_span, "E104",
                  {describe(program, base.type, false) + " has no fields",
                   describe(program, base.type, true) + "没有字段"});
    return {};
  }
  const Layout::Entity& entity = program.plan.layout.entities[base.type.id];
  Node node;
  node.a = base.node;
  node.span = expr.span;
  if (entity.key.matches(expr.text)) {
    program.note(expr.text_span, entity.key);
    node.op = Op::key_of;
    node.type = {TypeKind::text, 0, false, base.type.optional};
    return {program.add_node(node), node.type};
  }
  if (!entity.reference) {
    program.error(expr.text_span, "E113",
                  {"of another " + quoted(entity.names.name) + " only the key can be read",
                   "对于另一" + quoted(entity.names.in(true)) + "只能读取其主键",
                   "entities are read only as the subject itself; declare a `reference` for what "
                   "everybody reads",
                   "对象只能作为当前对象读取；公共信息请声明为`参照`"});
    return {};
  }
  const auto slot = find_attribute(program, base.type.id, expr.text);
  if (!slot) {
    std::vector<std::string> candidates;
    add_name(candidates, entity.key);
    for (const Layout::Field& field : entity.attributes) add_name(candidates, field.names);
    return unknown_member(program, expr, quoted(entity.names.name), quoted(entity.names.in(true)),
                          candidates);
  }
  program.note(expr.text_span, entity.attributes[*slot].names);
  node.op = Op::attribute_of;
  node.b = *slot;
  node.type = entity.attributes[*slot].type;
  if (node.type.kind == TypeKind::none) return {};
  node.type.optional |= base.type.optional;
  return {program.add_node(node), node.type};
}

// A choice's name before its value: `document.identity_proof`.
Typed build_choice_member(Program& program, const Expr& expr, uint16_t choice) {
  const Layout::Choice& layout = program.plan.layout.choices[choice];
  if (const auto value = find_choice_value(program, choice, expr.text)) {
    program.note(expr.text_span, layout.values[*value]);
    const Type type{TypeKind::choice, choice, false, false};
    return {program.add_constant(ChoiceValue{choice, *value}, type, expr.span), type};
  }
  std::vector<std::string> candidates;
  for (const Names& value : layout.values) add_name(candidates, value);
  return unknown_member(program, expr, "the choice " + quoted(layout.names.name),
                        "选项" + quoted(layout.names.in(true)), candidates);
}

// `service_level.tier`: a column of a table.
Typed build_column(Program& program, const Meaning& table, const Expr& table_word, const Expr& expr,
                   const Scope& scope) {
  note_meaning(program, table, table_word.text_span, scope);
  const Typed typed = build_table_output(program, table.id, expr.text, expr.span, scope);
  const Index points = program.tables[table.id].points;
  const bool of_points = points != kNone && is_points_column(expr.text);
  for (const Names& column : program.plan.tables[of_points ? points : table.id].outputs) {
    if (column.matches(expr.text)) program.note(expr.text_span, column);
  }
  return typed;
}

}  // namespace

Typed build_member(Program& program, const Expr& expr, const Scope& scope) {
  const Expr* root = expr.args.empty() ? nullptr : expr.args.front().get();
  if (!root || expr.text.empty()) return {};
  if (root->kind == ExprKind::name) {
    const std::string_view builtin = builtin_name(root->text);
    if (builtin == "event") return build_event_member(program, expr, scope);
    if (builtin == "case") return build_case_member(program, expr, scope);
    const std::vector<Meaning> found = meanings(program, root->text, scope);
    if (found.size() == 1 && found.front().kind == Kind::subject) {
      note_meaning(program, found.front(), root->text_span, scope);
      return build_subject_member(program, expr, scope);
    }
    if (found.size() == 1 && found.front().kind == Kind::table) {
      return build_column(program, found.front(), *root, expr, scope);
    }
    if (found.empty()) {
      if (const Case* owner = case_at(program, scope); owner && owner->names.matches(root->text)) {
        program.note(root->text_span, owner->names);
        return build_case_member(program, expr, scope);
      }
      for (const auto& info : program.choices) {
        if (info.names.matches(root->text) && program.visible(scope.file, info.file)) {
          program.note(root->text_span, info.names);
          return build_choice_member(program, expr, static_cast<uint16_t>(info.id));
        }
      }
    }
  } else if (root->kind == ExprKind::member && !root->args.empty() && root->args.front() &&
             root->args.front()->kind == ExprKind::name) {
    // `Customer.service_level.tier`
    const std::vector<Meaning> found = meanings(program, root->args.front()->text, scope);
    const bool subject = found.size() == 1 && found.front().kind == Kind::subject;
    if (subject && !find_attribute(program, scope.entity, root->text)) {
      for (const Meaning& meaning : meanings(program, root->text, scope)) {
        if (meaning.kind != Kind::table) continue;
        note_meaning(program, found.front(), root->args.front()->text_span, scope);
        return build_column(program, meaning, *root, expr, scope);
      }
    }
  }
  const Typed base = compile_expression(program, root, scope);
  if (!base.ok()) return {};
  return build_reference_member(program, expr, base);
}

}  // namespace duban::compiler
