// Whose a table, a define or a rule is that does not say so: the one entity having all its names.
#include <set>
#include <utility>

#include "engine/expression.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;
using syntax::TableDecl;

// The names an expression begins with; of an aggregate, its event.
void collect_roots(const Expr* expr, std::vector<std::string>& names,
                   std::vector<std::string>& events) {
  if (!expr) return;
  if (expr->kind == ExprKind::name) {
    names.push_back(expr->text);
    return;
  }
  if (expr->kind == ExprKind::aggregate) {
    const Expr* of = expr->args.empty() ? nullptr : expr->args[0].get();
    if (of && of->kind == ExprKind::member && !of->args.empty()) of = of->args[0].get();
    if (of) events.push_back(of->text);
    return;
  }
  for (const syntax::ExprPtr& argument : expr->args) {
    collect_roots(argument.get(), names, events);
  }
}

std::set<uint16_t> owners_of(Program& program, const std::string& name,
                             const std::vector<uint16_t>& candidates, uint16_t file) {
  std::set<uint16_t> owners;
  for (const uint16_t id : candidates) {
    const Layout::Entity& entity = program.plan.layout.entities[id];
    if (find_attribute(program, id, name) || entity.key.matches(name) ||
        entity.names.matches(name)) {
      owners.insert(id);
    }
  }
  const auto it = program.values.find(name);
  if (it == program.values.end()) return owners;
  const Index id = it->second.id;
  if (it->second.kind == Program::ValueRef::Kind::define) {
    const DefineInfo& info = program.defines[id];
    if (info.entity != kNoId && program.visible(file, info.file)) owners.insert(info.entity);
  } else if (it->second.kind == Program::ValueRef::Kind::table) {
    const TableInfo& info = program.tables[id];
    if (!program.visible(file, info.file) || info.placed == Progress::running) return owners;
    if (place_table(program, id)) owners.insert(info.entity);
  }
  return owners;
}

void keep_common(std::set<uint16_t>& fitting, const std::set<uint16_t>& owners) {
  if (owners.empty()) return;  // a choice value, a parameter, or a mistake reported later
  std::erase_if(fitting, [&](uint16_t id) { return !owners.contains(id); });
}

}  // namespace

uint16_t infer_entity(Program& program, const std::vector<const Expr*>& exprs, uint16_t file,
                      Span span) {
  std::vector<uint16_t> candidates;
  for (const auto& info : program.entities) {
    if (!info.syntax->is_reference && program.visible(file, info.file)) {
      candidates.push_back(static_cast<uint16_t>(info.id));
    }
  }
  std::vector<std::string> names, events;
  for (const Expr* expr : exprs) collect_roots(expr, names, events);
  std::set<uint16_t> fitting(candidates.begin(), candidates.end());
  for (const std::string& name : names) {
    keep_common(fitting, owners_of(program, name, candidates, file));
  }
  for (const std::string& name : events) {
    for (const auto& info : program.events) {
      if (!info.names.matches(name)) continue;
      keep_common(fitting, {program.plan.layout.events[info.id].entity});
    }
  }
  if (fitting.size() == 1) return *fitting.begin();
  if (candidates.empty()) {
    program.error(span, "E113",
                  {"no entity is declared that this could be about", "没有声明任何可供使用的对象"});
  } else if (fitting.empty()) {
    program.error(span, "E124",
                  {"no entity has all the names used here", "没有任何对象具备此处用到的全部名称"});
  } else {
    std::string list;
    for (const uint16_t id : fitting) {
      list += (list.empty() ? "" : ", ") + quoted(program.plan.layout.entities[id].names.name);
    }
    program.error(
        span, "E124",
        {"this could be about any of " + list, "此处可指多个对象：" + list,
         "say which: `of ENTITY`, or `ENTITY.name`", "请写明`对象 名称`，或`对象的名称`"});
  }
  return kNoId;
}

bool place_table(Program& program, Index index) {
  TableInfo& info = program.tables[index];
  if (info.placed == Progress::done) return info.entity != kNoId;
  info.placed = Progress::running;
  const TableDecl& decl = *info.syntax;
  if (info.points != kNone) {
    place_table(program, info.points);
    info.entity = program.tables[info.points].entity;
    info.owner_case = program.tables[info.points].owner_case;
  } else if (!decl.from.text.empty() && decl.outputs.empty()) {
    // Its file could not be read, which has been reported.
  } else if (decl.of.empty()) {
    std::vector<const Expr*> inputs;
    for (const TableDecl::Column& column : decl.inputs) inputs.push_back(column.input.get());
    info.entity = infer_entity(program, inputs, info.file, decl.name.span);
  } else {
    for (const CaseInfo& owner : program.cases) {
      if (!owner.names.matches(decl.of.text) || !program.visible(info.file, owner.file)) continue;
      program.note(decl.of.span, owner.names);
      info.owner_case = owner.id;
      info.entity = owner.entity;
    }
    if (info.owner_case == kNone) {
      const Index entity = program.find_entity(decl.of, info.file);
      if (entity != kNone) info.entity = static_cast<uint16_t>(program.entities[entity].id);
    }
  }
  info.placed = Progress::done;
  return info.entity != kNoId;
}

}  // namespace duban::compiler
