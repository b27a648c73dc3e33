// The variables of cases: the fields of what opens them, then their own.
#include <algorithm>
#include <utility>

#include "engine/resolve.h"

namespace duban::compiler {
namespace {

std::optional<uint16_t> find_variable(const Case& owner, const Names& names) {
  for (size_t i = 0; i < owner.variables.size(); ++i) {
    if (owner.variables[i].names.overlaps(names)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

void add_opening_fields(Program& program, Case& owner, Case::Opening& opening) {
  const Layout::Event& event = program.plan.layout.events[opening.event];
  for (size_t i = 0; i < event.fields.size(); ++i) {
    if (!program.present.fields[opening.event][i]) continue;
    const Layout::Field& field = event.fields[i];
    auto slot = find_variable(owner, field.names);
    if (!slot) {
      slot = static_cast<uint16_t>(owner.variables.size());
      owner.variables.push_back({field.names, field.type, kNone, field.is_private});
    } else {
      Case::Variable& variable = owner.variables[*slot];
      const Type& type = variable.type;
      if (type.kind != field.type.kind || type.id != field.type.id || type.set != field.type.set) {
        program.error(
            opening.span, "E128",
            {"the events that open " + quoted(owner.names.name) + " give " +
                 quoted(field.names.name) + " different types",
             "启动" + quoted(owner.names.in(true)) + "的各事件中" + quoted(field.names.in(true)) +
                 "的类型不同",
             "declare a `choice` of that name and use it in both", "请声明同一`选项`供各事件使用"});
      }
      variable.type.optional |= field.type.optional;
      variable.is_private |= field.is_private;
    }
    opening.fields.emplace_back(static_cast<uint16_t>(i), *slot);
  }
}

// A variable some opening leaves out may be missing.
void mark_optional(Case& owner) {
  for (size_t slot = 0; slot < owner.variables.size(); ++slot) {
    for (const Case::Opening& opening : owner.openings) {
      const bool given = std::any_of(opening.fields.begin(), opening.fields.end(),
                                     [&](const auto& pair) { return pair.second == slot; });
      if (!given) owner.variables[slot].type.optional = true;
    }
  }
}

void add_keeps(Program& program, const CaseInfo& info, Case& owner) {
  for (const syntax::CaseDecl::Keep& keep : info.syntax->keeps) {
    if (keep.name.empty()) continue;
    const Names names = names_of(keep.name);
    if (find_variable(owner, names)) {
      program.error(keep.name.span, "E103",
                    {quoted(keep.name.text) + " is already a field of this case",
                     quoted(keep.name.text) + "已是本事项的字段"});
      continue;
    }
    const Type type =
        resolve_type(program, keep.type, info.file, info.names.name + "." + names.name);
    owner.variables.push_back({names, type, kNone, false});
  }
  std::vector<Names> before;
  for (const Index define : info.defines) {
    const DefineInfo& local = program.defines[define];
    const bool twice = std::any_of(before.begin(), before.end(), [&](const Names& other) {
      return other.overlaps(local.names);
    });
    if (twice || find_variable(owner, local.names)) {
      program.error(local.syntax->name.span, "E103",
                    {quoted(local.syntax->name.text) + " is declared twice in this case",
                     quoted(local.syntax->name.text) + "在本事项中重复声明"});
    }
    before.push_back(local.names);
  }
}

void collect_key_names(const syntax::Expr* expr, std::vector<std::string>& out) {
  if (!expr) return;
  if (expr->kind == syntax::ExprKind::name) out.push_back(expr->text);
  for (const syntax::ExprPtr& argument : expr->args) collect_key_names(argument.get(), out);
}

void build_case(Program& program, CaseInfo& info) {
  Layout& layout = program.plan.layout;
  const syntax::CaseDecl& decl = *info.syntax;
  Case owner;
  owner.names = info.names;
  owner.policy = program.policy_of_file[info.file];
  owner.span = decl.span;
  owner.basis = decl.basis.text;
  owner.may_reopen = decl.may_reopen;
  owner.keyed = decl.key != nullptr;
  const Index entity = program.find_entity(decl.entity, info.file);
  if (entity != kNone) {
    info.entity = static_cast<uint16_t>(program.entities[entity].id);
    owner.entity = info.entity;
    if (layout.entities[info.entity].reference) {
      program.error(decl.entity.span, "E113",
                    {quoted(decl.entity.text) + " is a reference: a case is of an entity",
                     quoted(decl.entity.text) + "是参照，事项只能属于对象"});
    }
  }

  const std::string name = program.plan.policies[owner.policy].names.name + "/" + info.names.name;
  const auto known = std::find(layout.cases.begin(), layout.cases.end(), name);
  owner.id = static_cast<uint16_t>(known - layout.cases.begin());
  if (known == layout.cases.end()) layout.cases.push_back(name);

  bool opens = false;
  for (const syntax::CaseDecl::Boundary& boundary : decl.boundaries) {
    if (!boundary.opens) continue;
    opens = true;
    Case::Opening opening;
    opening.span = boundary.span;
    if (boundary.event.empty()) {
      info.opens_when = true;
    } else {
      const Index event = program.find_event(boundary.event, info.file);
      if (event != kNone) {
        opening.event = static_cast<uint16_t>(program.events[event].id);
        const Layout::Event& event_layout = layout.events[opening.event];
        if (info.entity != kNoId && event_layout.entity != info.entity) {
          program.error(boundary.event.span, "E113",
                        {quoted(boundary.event.text) + " happens to another entity",
                         quoted(boundary.event.text) + "不属于本事项的对象"});
        }
        if (std::find(info.opening_events.begin(), info.opening_events.end(), opening.event) ==
            info.opening_events.end()) {
          info.opening_events.push_back(opening.event);
        }
        add_opening_fields(program, owner, opening);
      } else {
        info.openings_unknown = true;
      }
    }
    owner.openings.push_back(std::move(opening));
  }
  if (!opens && decl.incomplete) {
    info.openings_unknown = true;
  } else if (!opens) {
    program.error(
        decl.name.span, "E128",
        {"nothing opens " + quoted(decl.name.text), quoted(decl.name.text) + "没有启动条件",
         "add `opens on EVENT` or `opens when CONDITION`", "请加上`启动事件`或`启动条件`"});
  }
  mark_optional(owner);
  add_keeps(program, info, owner);

  std::vector<std::string> names;
  collect_key_names(decl.key.get(), names);
  for (const std::string& text : names) {
    const auto slot = find_variable(owner, {text, ""});
    info.key_names.push_back(slot ? owner.variables[*slot].names.name : text);
  }
  if (decl.key && info.opens_when) {
    program.error(decl.key->span, "E128",
                  {"a case that a condition opens has no key: there is no event to read it on",
                   "由条件启动的事项不能有主键：没有可供读取的事件",
                   "leave out `per …`: one is open per subject", "请删去`按 …`：每个对象至多一件"});
  }
  info.id = static_cast<Index>(program.plan.cases.size());
  program.plan.cases.push_back(std::move(owner));
}

}  // namespace

void build_case_variables(Program& program) {
  for (CaseInfo& info : program.cases) build_case(program, info);
}

}  // namespace duban::compiler
