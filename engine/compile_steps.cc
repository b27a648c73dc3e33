// Triggers and their actions.
#include <algorithm>
#include <utility>

#include "engine/check.h"
#include "engine/expression_text.h"

namespace duban::compiler {
namespace {

using Kind = syntax::Action::Kind;
using TriggerKind = syntax::Trigger::Kind;

bool overlaps(const Names& names, const std::string& text) { return names.matches(text); }

// ---------------------------------------------------------------- set, raise, close

struct Target {
  SetTarget::Kind kind = SetTarget::Kind::attribute;
  uint16_t slot = 0;
  Type type;
};

void add_names(std::vector<std::string>& out, const Names& names) {
  out.push_back(names.name);
  if (!names.alias.empty()) out.push_back(names.alias);
}

// An attribute of a reference or of another entity: that is not ours to set.
bool report_foreign(Program& program, const syntax::Word& word, const Scope& scope) {
  const Layout& layout = program.plan.layout;
  for (const auto& info : program.entities) {
    const auto entity = static_cast<uint16_t>(info.id);
    if (entity == scope.entity || !program.visible(scope.file, info.file)) continue;
    if (!find_attribute(program, entity, word.text)) continue;
    const Names& owner = layout.entities[entity].names;
    const bool reference = layout.entities[entity].reference;
    program.error(
        word.span, "E114",
        {quoted(word.text) + " belongs to " + quoted(owner.name) +
             (reference ? ", a reference, which rules never write" : ", which is another subject"),
         quoted(word.text) + "属于" + quoted(owner.in(true)) +
             (reference ? "，规则不能更新参照" : "，不是当前对象"),
         "rules set attributes of their own subject and variables of their own case",
         "规则只能更新当前对象的属性和当前事项的变量"});
    return true;
  }
  return false;
}

std::optional<Target> find_target(Program& program, const syntax::Word& word, const Scope& scope) {
  if (word.empty()) return std::nullopt;
  std::optional<Target> variable, attribute;
  std::vector<std::string> candidates;
  if (scope.owner_case != kNone) {
    const Case& owner = program.plan.cases[scope.owner_case];
    for (size_t i = 0; i < owner.variables.size(); ++i) {
      add_names(candidates, owner.variables[i].names);
      if (!overlaps(owner.variables[i].names, word.text)) continue;
      variable =
          Target{SetTarget::Kind::variable, static_cast<uint16_t>(i), owner.variables[i].type};
    }
  }
  if (scope.entity < program.plan.layout.entities.size()) {
    const Layout::Entity& entity = program.plan.layout.entities[scope.entity];
    for (const Layout::Field& field : entity.attributes) add_names(candidates, field.names);
    if (const auto slot = find_attribute(program, scope.entity, word.text)) {
      attribute = Target{SetTarget::Kind::attribute, *slot, entity.attributes[*slot].type};
    } else if (entity.key.matches(word.text) && !variable) {
      program.error(word.span, "E114", {"a key is never set", "主键不可更新"});
      return std::nullopt;
    }
  }
  if (variable && attribute) {
    program.error(word.span, "E102",
                  {quoted(word.text) + " is both the case's and the subject's",
                   quoted(word.text) + "既属事项又属对象", "only one of them should have that name",
                   "两者不应同名"});
    return std::nullopt;
  }
  if (variable) {
    const auto& keys = program.cases[scope.owner_case].key_names;
    const std::string& name =
        program.plan.cases[scope.owner_case].variables[variable->slot].names.name;
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) {
      program.error(
          word.span, "E114",
          {"the case is found by its key, which is never set", "事项以其主键识别，主键不可更新"});
      return std::nullopt;
    }
    program.note(word.span, program.plan.cases[scope.owner_case].variables[variable->slot].names);
    return variable;
  }
  if (attribute) {
    program.note(word.span,
                 program.plan.layout.entities[scope.entity].attributes[attribute->slot].names);
    return attribute;
  }

  const std::vector<Meaning> found = meanings(program, word.text, scope);
  if (!found.empty()) {
    program.error(
        word.span, "E114",
        {quoted(word.text) + " can be read but not set", quoted(word.text) + "可读取但不可更新",
         "rules set attributes of their own subject and variables of their own case",
         "规则只能更新当前对象的属性和当前事项的变量"});
    return std::nullopt;
  }
  if (report_foreign(program, word, scope)) return std::nullopt;
  Message message{"there is nothing to set called " + quoted(word.text),
                  "没有可更新的" + quoted(word.text)};
  suggest(message, word.text, candidates);
  program.error(word.span, "E101", std::move(message));
  return std::nullopt;
}

void build_set(Program& program, const syntax::Action& decl, const Scope& scope, Action& action) {
  const auto target = find_target(program, decl.assignment.target, scope);
  if (!target) return;
  action.set.kind = target->kind;
  action.set.slot = target->slot;
  if (decl.assignment.value) {
    action.set.value =
        compile_value(program, decl.assignment.value.get(), scope, target->type).node;
    return;
  }
  // `set credit`: from the event's field of that name.
  const std::string& name = decl.assignment.target.text;
  const auto field =
      scope.event == kNoId ? std::nullopt : find_event_field(program, scope.event, name);
  if (!field) {
    program.error(
        decl.assignment.span, "E118",
        {"say what " + quoted(name) + " is set to", "请写明" + quoted(name) + "更新为何值",
         "write `set " + name + " = …`", "请写`更新 " + name + " = …`"});
    return;
  }
  const Layout::Field& source = program.plan.layout.events[scope.event].fields[*field];
  program.note(decl.assignment.target.span, source.names);
  const Type type = source.type;
  if (type.kind != TypeKind::none && target->type.kind != TypeKind::none &&
      !same_type(type, target->type)) {
    program.error(decl.assignment.span, "E104",
                  {"expected " + describe(program, target->type, false) + ", found " +
                       describe(program, type, false),
                   "此处应为" + describe(program, target->type, true) + "，而不是" +
                       describe(program, type, true)});
    return;
  }
  Node node;
  node.op = Op::event_field;
  node.type = type;
  node.a = *field;
  node.span = decl.assignment.span;
  action.set.value = program.add_node(node);
}

void check_required(Program& program, const syntax::Action& decl, const Action& action) {
  const Layout::Event& event = program.plan.layout.events[action.event];
  std::string english, chinese;
  for (size_t i = 0; i < event.fields.size(); ++i) {
    if (!program.present.fields[action.event][i] || event.fields[i].type.optional) continue;
    const bool given = std::any_of(action.with.begin(), action.with.end(),
                                   [i](const SetTarget& target) { return target.slot == i; });
    if (given) continue;
    english += (english.empty() ? "" : ", ") + quoted(event.fields[i].names.name);
    chinese += (chinese.empty() ? "" : "、") + quoted(event.fields[i].names.in(true));
  }
  if (english.empty()) return;
  program.error(
      decl.event.span, "E118",
      {quoted(event.names.name) + " also needs " + english,
       quoted(event.names.in(true)) + "还须有" + chinese, "add `with …`", "请加上`内容 …`"});
}

void build_raise(Program& program, const syntax::Action& decl, const Scope& scope, Action& action) {
  const Index found = program.find_event(decl.event, scope.file);
  if (found == kNone) return;
  action.event = static_cast<uint16_t>(program.events[found].id);
  const Layout::Event& event = program.plan.layout.events[action.event];
  if (event.kind == Layout::Event::Kind::broadcast) {
    program.error(decl.event.span, "E118",
                  {"a broadcast event comes from outside and is not raised",
                   "广播事件来自外部，不能由规则发起"});
    return;
  }
  if (event.entity != scope.entity) {
    program.error(decl.event.span, "E113",
                  {quoted(decl.event.text) + " happens to another entity",
                   quoted(decl.event.text) + "不是当前对象的事件"});
    return;
  }
  bool complete = true;
  for (const syntax::Assignment& with : decl.with) {
    if (with.target.empty()) continue;
    const auto slot = find_event_field(program, action.event, with.target.text);
    if (!slot) {
      Message message{quoted(event.names.name) + " has no field " + quoted(with.target.text),
                      quoted(event.names.in(true)) + "没有字段" + quoted(with.target.text)};
      std::vector<std::string> candidates;
      for (const Layout::Field& field : event.fields) add_names(candidates, field.names);
      suggest(message, with.target.text, candidates);
      program.error(with.target.span, "E101", std::move(message));
      complete = false;
      continue;
    }
    program.note(with.target.span, event.fields[*slot].names);
    const Type type = program.plan.layout.events[action.event].fields[*slot].type;
    SetTarget target;
    target.slot = *slot;
    if (with.value) {
      target.value = compile_value(program, with.value.get(), scope, type).node;
    } else {
      syntax::Expr name;  // `with bill_no`: the value of that name here
      name.kind = syntax::ExprKind::name;
      name.text = with.target.text;
      name.span = name.text_span = with.target.span;
      target.value = compile_value(program, &name, scope, type).node;
    }
    for (const SetTarget& other : action.with) {
      if (other.slot != target.slot) continue;
      program.error(
          with.target.span, "E103",
          {quoted(with.target.text) + " is given twice", quoted(with.target.text) + "重复给出"});
    }
    action.with.push_back(target);
  }
  if (complete) check_required(program, decl, action);
}

void build_close(Program& program, const syntax::Action& decl, const Scope& scope, Action& action) {
  if (scope.owner_case == kNone) {
    program.error(decl.span, "E123", {"there is no case here to close", "此处没有可办结的事项"});
    return;
  }
  const Case& owner = program.plan.cases[scope.owner_case];
  for (size_t i = 0; i < owner.outcomes.size(); ++i) {
    if (!owner.outcomes[i].matches(decl.outcome.text)) continue;
    program.note(decl.outcome.span, owner.outcomes[i]);
    action.outcome = static_cast<uint16_t>(i);
  }
}

// ---------------------------------------------------------------- triggers

void misplaced(Program& program, const syntax::Trigger& trigger) {
  program.error(
      trigger.span, "E123",
      {"this trigger stands only in a case", "此触发只能用于事项中",
       "a rule has `on EVENT`, `when …` or a time", "规则可用`发生 事件 时`、`当 … 时`或时间"});
}

// The subject of a rule's trigger that names no event. A recurring one may name nothing at all:
// then what its actions are about tells.
bool infer_subject(Program& program, const syntax::Trigger& trigger, Scope& scope) {
  if (scope.entity != kNoId) return true;
  std::vector<const syntax::Expr*> exprs{trigger.anchor.get(), trigger.duration.get(),
                                         trigger.condition.get()};
  if (trigger.schedule) {
    const syntax::Schedule& schedule = *trigger.schedule;
    exprs.insert(exprs.end(), {schedule.at.get(), schedule.from.get(), schedule.to.get()});
    for (const auto* actions : {&trigger.actions, &trigger.otherwise}) {
      for (const syntax::Action& action : *actions) {
        exprs.push_back(action.who.get());
        exprs.push_back(action.listing.get());
        exprs.push_back(action.assignment.value.get());
        if (action.task) exprs.push_back(action.task->assignee.get());
      }
    }
  }
  scope.entity = infer_entity(program, exprs, scope.file, trigger.span);
  return scope.entity != kNoId;
}

bool build_event_trigger(Program& program, const syntax::Trigger& trigger, Scope& scope,
                         Step& step) {
  const Index found = program.find_event(trigger.event, scope.file);
  if (found == kNone) return false;
  step.event = static_cast<uint16_t>(program.events[found].id);
  const uint16_t entity = program.plan.layout.events[step.event].entity;
  if (scope.entity == kNoId && scope.owner_case == kNone) scope.entity = entity;
  if (scope.entity != entity) {
    program.error(trigger.event.span, "E113",
                  {quoted(trigger.event.text) + " happens to another entity",
                   quoted(trigger.event.text) + "不是当前对象的事件"});
    return false;
  }
  scope.event = step.event;
  return true;
}

bool build_closing_trigger(Program& program, const syntax::Trigger& trigger, const Scope& scope,
                           Step& step) {
  if (trigger.outcome.empty()) return true;
  const Case& owner = program.plan.cases[scope.owner_case];
  std::vector<std::string> candidates;
  for (size_t i = 0; i < owner.outcomes.size(); ++i) {
    if (owner.outcomes[i].matches(trigger.outcome.text)) {
      program.note(trigger.outcome.span, owner.outcomes[i]);
      step.outcome = static_cast<uint16_t>(i);
    }
    add_names(candidates, owner.outcomes[i]);
  }
  if (step.outcome != 0xffff) return true;
  Message message{quoted(owner.names.name) + " never closes as " + quoted(trigger.outcome.text),
                  quoted(owner.names.in(true)) + "没有结果" + quoted(trigger.outcome.text)};
  suggest(message, trigger.outcome.text, candidates);
  program.error(trigger.outcome.span, "E101", std::move(message));
  return false;
}

void build_anchor(Program& program, const syntax::Trigger& trigger, const Scope& scope,
                  Step& step) {
  const Span span = trigger.anchor ? trigger.anchor->span : trigger.span;
  switch (trigger.kind) {
    case TriggerKind::when_condition:
      step.anchor = compile_condition(program, trigger.anchor.get(), scope);
      check_watched(program, step.anchor, span, "a condition that is watched", "持续监测的条件");
      break;
    case TriggerKind::when_changes:
      step.anchor = compile_expression(program, trigger.anchor.get(), scope).node;
      check_watched(program, step.anchor, span, "a value that is watched", "持续监测的值");
      break;
    default: {
      step.duration = compile_duration(program, trigger.duration.get(), scope);
      step.anchor = compile_moment(program, trigger.anchor.get(), scope).node;
      const bool moves = step.anchor != kNone && dependencies_of(program, step.anchor).time;
      if (moves) {
        program.error(
            span, "E119",
            {"a time that moves with the clock never comes", "随时间推移的时刻永远不会到来",
             "keep it first: `keep stop_on : date?`, then `set stop_on = …`",
             "请先记录：`记录 停电日：日期型？`，再`更新 停电日 = …`"});
      }
      break;
    }
  }
  step.deps = dependencies_of(program, step.anchor);
  add_dependencies(program, step.duration, step.deps);
}

// True: the step's scope is known, and its actions are worth checking.
bool build_trigger(Program& program, const syntax::Trigger& trigger, Scope& scope, Step& step) {
  const bool in_case = scope.owner_case != kNone;
  switch (trigger.kind) {
    case TriggerKind::on_opening:
      if (!in_case) {
        misplaced(program, trigger);
        return false;
      }
      // With one opening event, that is the event at hand; of several nobody knows which.
      if (const CaseInfo& info = program.cases[scope.owner_case];
          info.opening_events.size() == 1 && !info.opens_when) {
        scope.event = info.opening_events.front();
        scope.opening = true;
      }
      return true;
    case TriggerKind::on_closing:
      if (!in_case) {
        misplaced(program, trigger);
        return false;
      }
      build_closing_trigger(program, trigger, scope, step);
      return true;
    case TriggerKind::on_event:
      return build_event_trigger(program, trigger, scope, step);
    case TriggerKind::on_notice: {
      const Index found = program.find_notice(trigger.event, scope.file);
      if (found == kNone) return false;
      step.notice = program.notices[found].id;
      step.receipt = trigger.receipt;
      program.plan.notices[step.notice].receipts_matter = true;
      return infer_subject(program, trigger, scope);
    }
    case TriggerKind::every:
      if (!infer_subject(program, trigger, scope)) return false;
      build_schedule(program, trigger, scope, step);
      return true;
    default:
      if (!infer_subject(program, trigger, scope)) return false;
      build_anchor(program, trigger, scope, step);
      return true;
  }
}

std::string trigger_id(const Program& program, const Step& step) {
  const Plan& plan = program.plan;
  Where where;
  where.entity = step.entity;
  where.owner_case = step.owner_case;
  const auto text = [&](Index node) { return canonical_text(plan, node, where); };
  switch (step.kind) {
    case TriggerKind::on_opening:
      return "opening";
    case TriggerKind::on_closing: {
      if (step.outcome == 0xffff) return "closing";
      return "closing:" + plan.cases[step.owner_case].outcomes[step.outcome].name;
    }
    case TriggerKind::on_event:
      return "on:" + plan.layout.events[step.event].names.name;
    case TriggerKind::on_notice:
      return (step.receipt == syntax::Trigger::Receipt::delivered ? "delivered:" : "failed:") +
             plan.notices[step.notice].names.name;
    case TriggerKind::when_condition:
      return "when:" + text(step.anchor);
    case TriggerKind::when_changes:
      return "changes:" + text(step.anchor);
    case TriggerKind::at:
      return "at:" + text(step.anchor);
    case TriggerKind::before:
    case TriggerKind::after:
      return std::string(step.kind == TriggerKind::before ? "before:" : "after:") +
             text(step.duration) + ":" + text(step.anchor);
    case TriggerKind::every:
      return schedule_id(plan, *step.schedule, where);
  }
  return "";
}

}  // namespace

std::vector<Index> build_actions(Program& program, const std::vector<syntax::Action>& actions,
                                 StepContext& context) {
  std::vector<Index> out;
  for (const syntax::Action& decl : actions) {
    Action action;
    action.kind = decl.kind;
    action.span = decl.span;
    action.ordinal = context.ordinal++;
    switch (decl.kind) {
      case Kind::notify:
        build_notify(program, decl, context, action);
        break;
      case Kind::task:
        if (decl.task) action.task = build_task(program, *decl.task, decl.span, context);
        break;
      case Kind::set:
        build_set(program, decl, context.scope, action);
        break;
      case Kind::raise:
        build_raise(program, decl, context.scope, action);
        break;
      case Kind::close:
        build_close(program, decl, context.scope, action);
        break;
      case Kind::escalate:
      case Kind::reassign:
        if (!context.in_task) {
          program.error(decl.span, "E123",
                        {"this stands only in a clause of a task", "此动作只能写在交办的条款中",
                         "as in `when late: escalate to …`", "如`超时未办： 提级至 …`"});
          break;
        }
        action.who = compile_key(program, decl.who.get(), context.scope).node;
        break;
    }
    program.plan.actions.push_back(std::move(action));
    out.push_back(static_cast<Index>(program.plan.actions.size() - 1));
  }
  return out;
}

Index build_step(Program& program, const syntax::Trigger& trigger, Scope scope,
                 const StepOwner& owner, std::map<std::string, uint32_t>& ids) {
  Step step;
  step.policy = owner.policy;
  step.basis = owner.basis;
  step.owner_case = scope.owner_case;
  step.kind = trigger.kind;
  step.span = trigger.span;
  const bool known = build_trigger(program, trigger, scope, step);
  step.entity = scope.entity == kNoId ? 0 : scope.entity;
  if (known) {
    step.id = owner.name + "/" + trigger_id(program, step);
    const uint32_t repeats = ++ids[step.id];
    if (repeats > 1) step.id += "#" + std::to_string(repeats);
    step.memory = DigestBuilder()
                      .add(program.plan.policies[owner.policy].names.name)
                      .add(step.id)
                      .finish()
                      .low;
    step.condition = compile_condition(program, trigger.condition.get(), scope);
    StepContext context;
    context.scope = scope;
    context.policy = owner.policy;
    context.basis = owner.basis;
    context.id = step.id;
    step.actions = build_actions(program, trigger.actions, context);
    step.otherwise = build_actions(program, trigger.otherwise, context);
  }
  program.plan.steps.push_back(std::move(step));
  return static_cast<Index>(program.plan.steps.size() - 1);
}

}  // namespace duban::compiler
