// Cases, rules and guard rails.
#include <algorithm>
#include <utility>

#include "engine/check.h"
#include "engine/keywords.h"
#include "engine/spelling.h"

namespace duban::compiler {
namespace {

using syntax::Expr;
using syntax::ExprKind;

// ---------------------------------------------------------------- outcomes

void add_outcome(Case& owner, const Names& names) {
  for (Names& known : owner.outcomes) {
    if (!known.matches(names.name) && (names.alias.empty() || !known.matches(names.alias))) {
      continue;
    }
    if (known.alias.empty() && !names.alias.empty()) known = names;
    return;
  }
  owner.outcomes.push_back(names);
}

void add_outcomes(Case& owner, const std::vector<syntax::Action>& actions) {
  for (const syntax::Action& action : actions) {
    if (action.kind == syntax::Action::Kind::close && !action.outcome.empty()) {
      add_outcome(owner, {action.outcome.text, ""});
    }
    if (!action.task) continue;
    for (const syntax::TaskClause& clause : action.task->clauses) {
      add_outcomes(owner, clause.actions);
    }
  }
}

void collect_outcomes(const syntax::CaseDecl& decl, Case& owner) {
  for (const auto& boundary : decl.boundaries) {
    if (!boundary.opens && !boundary.outcome.empty()) {
      add_outcome(owner, names_of(boundary.outcome));
    }
  }
  for (const syntax::Trigger& step : decl.steps) {
    add_outcomes(owner, step.actions);
    add_outcomes(owner, step.otherwise);
  }
}

// Whether one is the other with a slip of the pen. 已结清 and 未结清 are two words.
bool is_slip(const std::string& a, const std::string& b) {
  constexpr size_t kShortest = 3;
  const std::u32string one = to_code_points(a), two = to_code_points(b);
  if (std::min(one.size(), two.size()) < kShortest || edit_distance(one, two) != 1) return false;
  const std::u32string_view negations = U"已未不非无有可";
  const bool negates = one[0] != two[0] && (negations.find(one[0]) != negations.npos ||
                                            negations.find(two[0]) != negations.npos);
  return !negates;
}

void warn_of_slip(Program& program, const syntax::Word& outcome, const syntax::CaseDecl& decl) {
  for (const auto& boundary : decl.boundaries) {
    for (const std::string& known : {boundary.outcome.text, boundary.outcome.alias}) {
      if (boundary.opens || known.empty() || !is_slip(outcome.text, known)) continue;
      program.warning(outcome.span, "W110",
                      {"only here does the case close as " + quoted(outcome.text),
                       "结果" + quoted(outcome.text) + "只在此处出现",
                       "did you mean " + quoted(known) + "?", "是否应为" + quoted(known) + "？"});
      return;
    }
  }
}

void check_outcomes(Program& program, const std::vector<syntax::Action>& actions,
                    const syntax::CaseDecl& decl) {
  for (const syntax::Action& action : actions) {
    if (action.kind == syntax::Action::Kind::close) warn_of_slip(program, action.outcome, decl);
    if (!action.task) continue;
    for (const syntax::TaskClause& clause : action.task->clauses) {
      check_outcomes(program, clause.actions, decl);
    }
  }
}

// ---------------------------------------------------------------- openings, closings, key

void build_openings(Program& program, const CaseInfo& info) {
  size_t item = 0;
  for (const auto& boundary : info.syntax->boundaries) {
    if (!boundary.opens) continue;
    Case::Opening& opening = program.plan.cases[info.id].openings[item++];
    Scope scope;
    scope.file = info.file;
    scope.entity = info.entity;
    if (!boundary.event.empty()) {
      if (opening.event == 0xffff) continue;  // an unknown event
      scope.event = opening.event;
      opening.condition = compile_condition(program, boundary.condition.get(), scope);
      continue;
    }
    opening.condition = compile_condition(program, boundary.condition.get(), scope);
    if (!boundary.condition) continue;
    check_watched(program, opening.condition, boundary.condition->span,
                  "a condition that opens a case", "启动条件");
    opening.deps = dependencies_of(program, opening.condition);
    const Case& owner = program.plan.cases[info.id];
    opening.memory = DigestBuilder()
                         .add(program.plan.policies[owner.policy].names.name)
                         .add(owner.names.name + "/opens#" + std::to_string(item))
                         .finish()
                         .low;
  }
}

void build_closings(Program& program, const CaseInfo& info) {
  for (const auto& boundary : info.syntax->boundaries) {
    if (boundary.opens) continue;
    Case::Closing closing;
    closing.span = boundary.span;
    Scope scope;
    scope.file = info.file;
    scope.entity = info.entity;
    scope.owner_case = info.id;
    if (!boundary.event.empty()) {
      const Index found = program.find_event(boundary.event, info.file);
      if (found == kNone) continue;
      closing.event = static_cast<uint16_t>(program.events[found].id);
      if (program.plan.layout.events[closing.event].entity != info.entity) {
        program.error(boundary.event.span, "E113",
                      {quoted(boundary.event.text) + " happens to another entity",
                       quoted(boundary.event.text) + "不属于本事项的对象"});
        continue;
      }
      scope.event = closing.event;
    }
    closing.condition = compile_condition(program, boundary.condition.get(), scope);
    if (boundary.event.empty() && boundary.condition) {
      check_watched(program, closing.condition, boundary.condition->span,
                    "a condition that closes a case", "办结条件");
      closing.deps = dependencies_of(program, closing.condition);
    }
    Case& owner = program.plan.cases[info.id];
    for (size_t i = 0; i < owner.outcomes.size(); ++i) {
      if (owner.outcomes[i].matches(boundary.outcome.text)) {
        closing.outcome = static_cast<uint16_t>(i);
        if (boundary.outcome.alias.empty()) program.note(boundary.outcome.span, owner.outcomes[i]);
      }
    }
    owner.closings.push_back(std::move(closing));
  }
}

// Whether everything the key reads is on this event: fields of an opening event, where named, must
// be fields of this one too.
bool key_readable(const Program& program, const Expr* expr, const CaseInfo& info, uint16_t event) {
  if (!expr) return true;
  if (expr->kind == ExprKind::member && !expr->args.empty() && expr->args[0] &&
      expr->args[0]->kind == ExprKind::name && builtin_name(expr->args[0]->text) == "event") {
    return find_event_field(program, event, expr->text) || !builtin_member(expr->text).empty();
  }
  if (expr->kind == ExprKind::name) {
    if (find_event_field(program, event, expr->text)) return true;
    return std::none_of(info.opening_events.begin(), info.opening_events.end(),
                        [&](uint16_t opening) {
                          return find_event_field(program, opening, expr->text).has_value();
                        });
  }
  return std::all_of(expr->args.begin(), expr->args.end(), [&](const syntax::ExprPtr& argument) {
    return key_readable(program, argument.get(), info, event);
  });
}

void build_key(Program& program, const CaseInfo& info) {
  const Expr* key = info.syntax->key.get();
  const size_t events = program.plan.layout.events.size();
  program.plan.cases[info.id].key_on_event.assign(events, kNone);
  if (!key || info.opening_events.empty()) return;

  Scope scope;
  scope.file = info.file;
  scope.entity = info.entity;
  const auto build = [&](uint16_t event) {
    scope.event = event;
    const Typed typed = compile_expression(program, key, scope);
    program.plan.cases[info.id].key_on_event[event] = typed.node;
    return typed;
  };
  std::optional<Type> type;
  for (const uint16_t event : info.opening_events) {
    if (!key_readable(program, key, info, event)) {
      const Names& names = program.event_names(event);
      program.error(key->span, "E128",
                    {"the event " + quoted(names.name) + " opens this case but lacks its key",
                     "事件" + quoted(names.in(true)) + "启动本事项，却没有其主键"});
      return;
    }
    const Typed typed = build(event);
    if (!typed.ok()) return;
    if (typed.type.set || typed.type.kind == TypeKind::none) {
      program.error(key->span, "E128", {"a key is a single value", "主键须为单个值"});
      return;
    }
    if (!type) type = typed.type;
  }
  for (const auto& event : program.events) {
    const auto id = static_cast<uint16_t>(event.id);
    const bool opens = std::find(info.opening_events.begin(), info.opening_events.end(), id) !=
                       info.opening_events.end();
    if (opens || program.plan.layout.events[id].entity != info.entity ||
        !key_readable(program, key, info, id)) {
      continue;
    }
    const Typed typed = build(id);
    if (!typed.ok() || same_type(typed.type, *type)) continue;
    const Names& names = program.event_names(id);
    program.error(
        key->span, "E128",
        {"on the event " + quoted(names.name) + " the key is " +
             describe(program, typed.type, false) + " and not " + describe(program, *type, false),
         "事件" + quoted(names.in(true)) + "上的主键是" + describe(program, typed.type, true) +
             "，应为" + describe(program, *type, true)});
  }
}

void build_keeps(Program& program, const CaseInfo& info) {
  for (const auto& keep : info.syntax->keeps) {
    if (keep.name.empty()) continue;
    const Names names = names_of(keep.name);
    uint16_t slot = 0;
    Type type;
    {
      const auto& variables = program.plan.cases[info.id].variables;
      while (slot < variables.size() && variables[slot].names.name != names.name) ++slot;
      if (slot == variables.size()) continue;
      type = variables[slot].type;
    }
    if (!keep.initial) {
      if (!type.optional && type.kind != TypeKind::none) {
        program.error(keep.name.span, "E128",
                      {quoted(keep.name.text) + " has no value to begin with",
                       quoted(keep.name.text) + "没有初始值", "add `= …`, or `?` to its type",
                       "请加上`= …`，或在类型后加`？`"});
      }
      continue;
    }
    Scope scope;
    scope.file = info.file;
    scope.entity = info.entity;
    scope.owner_case = info.id;
    scope.variables = slot;  // the ones before it have their values by then
    const Typed initial = compile_value(program, keep.initial.get(), scope, type);
    program.plan.cases[info.id].variables[slot].initial = initial.node;
  }
}

// What goes on for ever follows the policy in force, unless its author says otherwise.
syntax::InFlight in_flight_of(const Program& program, const CaseInfo& info) {
  const Plan& plan = program.plan;
  if (info.syntax->in_flight != syntax::InFlight::unsaid) return info.syntax->in_flight;
  const auto recurs = [&](Index step) { return plan.steps[step].kind == Step::Kind::every; };
  const bool standing = std::any_of(
      plan.tasks.begin(), plan.tasks.end(),
      [&](const TaskSpec& task) { return task.owner_case == info.id && task.every != kNone; });
  const std::vector<Index>& steps = plan.cases[info.id].steps;
  return standing || std::any_of(steps.begin(), steps.end(), recurs) ? syntax::InFlight::recompute
                                                                     : syntax::InFlight::keep;
}

// The entity whose subjects a notice is about: that of the steps that send it.
uint16_t notice_entity(const Program& program, Index notice) {
  uint16_t entity = kNoId;
  std::vector<Index> open;
  for (const Step& step : program.plan.steps) {
    open = step.actions;
    open.insert(open.end(), step.otherwise.begin(), step.otherwise.end());
    while (!open.empty()) {
      const Action& action = program.plan.actions[open.back()];
      open.pop_back();
      if (action.kind == Action::Kind::notify && action.notice == notice) entity = step.entity;
      if (action.task == kNone) continue;
      for (const TaskClause& clause : program.plan.tasks[action.task].clauses) {
        open.insert(open.end(), clause.actions.begin(), clause.actions.end());
      }
    }
  }
  return entity;
}

void build_forbid(Program& program, const syntax::ForbidDecl& decl, const syntax::File& file) {
  if (decl.target.empty()) return;
  Forbid forbid;
  forbid.because = decl.because.text;
  forbid.policy = program.policy_of_file[file.index];
  forbid.span = decl.span;
  forbid.basis = decl.basis.text;
  Scope scope;
  scope.file = file.index;
  const bool is_notice =
      std::any_of(program.notices.begin(), program.notices.end(),
                  [&](const auto& info) { return info.names.matches(decl.target.text); });
  if (is_notice) {
    const Index found = program.find_notice(decl.target, file.index);
    if (found == kNone) return;
    forbid.notice = program.notices[found].id;
    scope.entity = notice_entity(program, forbid.notice);
    if (scope.entity == kNoId) {
      scope.entity = infer_entity(program, {decl.when.get()}, file.index, decl.target.span);
    }
  } else {
    const Index found = program.find_event(decl.target, file.index);
    if (found == kNone) return;
    forbid.event = static_cast<uint16_t>(program.events[found].id);
    const Layout::Event& event = program.plan.layout.events[forbid.event];
    if (event.kind != Layout::Event::Kind::outgoing) {
      program.error(decl.target.span, "E114",
                    {quoted(decl.target.text) + " comes from outside and cannot be forbidden",
                     quoted(decl.target.text) + "来自外部，不能禁止",
                     "only outgoing events and notices can be", "只能禁止对外事件和通知"});
      return;
    }
    scope.entity = event.entity;
    scope.event = forbid.event;
  }
  forbid.condition = compile_condition(program, decl.when.get(), scope);
  program.plan.forbids.push_back(std::move(forbid));
  program.forbid_entities.push_back(scope.entity);
}

}  // namespace

void build_cases(Program& program) {
  // First what steps of any case may refer to, then the steps.
  for (const CaseInfo& info : program.cases) {
    collect_outcomes(*info.syntax, program.plan.cases[info.id]);
  }
  for (CaseInfo& info : program.cases) {
    if (info.entity == kNoId) continue;
    build_openings(program, info);
    build_key(program, info);
    build_keeps(program, info);
    build_closings(program, info);
    program.plan.cases[info.id].owner = case_owner(program, info.id).node;
  }
  for (const CaseInfo& info : program.cases) {
    if (info.entity == kNoId) continue;
    std::map<std::string, uint32_t> ids;
    for (const syntax::Trigger& trigger : info.syntax->steps) {
      check_outcomes(program, trigger.actions, *info.syntax);
      check_outcomes(program, trigger.otherwise, *info.syntax);
      Scope scope;
      scope.file = info.file;
      scope.entity = info.entity;
      scope.owner_case = info.id;
      const uint16_t policy = program.plan.cases[info.id].policy;
      const StepOwner owner{policy, info.names.name, program.plan.cases[info.id].basis};
      const Index step = build_step(program, trigger, scope, owner, ids);
      program.plan.cases[info.id].steps.push_back(step);
    }
    program.plan.cases[info.id].in_flight = in_flight_of(program, info);
  }
}

void build_rules(Program& program) {
  for (auto& info : program.rules) {
    std::map<std::string, uint32_t> ids;
    for (const syntax::Trigger& trigger : info.syntax->triggers) {
      Scope scope;
      scope.file = info.file;
      const StepOwner owner{program.policy_of_file[info.file], info.names.name,
                            info.syntax->basis.text};
      build_step(program, trigger, scope, owner, ids);
    }
  }
}

void build_forbids(Program& program) {
  for (const syntax::File& file : program.files) {
    for (const syntax::ForbidDecl& decl : file.forbids) build_forbid(program, decl, file);
  }
}

}  // namespace duban::compiler
