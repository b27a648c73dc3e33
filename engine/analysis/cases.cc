// Cases that never close, events that nobody can cause, and escalations to whoever has the task.
#include <algorithm>
#include <set>

#include "engine/analysis/analysis.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;

bool closes(const Plan& plan, const std::vector<Index>& actions) {
  return std::any_of(actions.begin(), actions.end(), [&](Index index) {
    const Action& action = plan.actions[index];
    if (action.kind == Action::Kind::close) return true;
    if (action.task == kNone) return false;
    const auto& clauses = plan.tasks[action.task].clauses;
    return std::any_of(clauses.begin(), clauses.end(),
                       [&](const TaskClause& clause) { return closes(plan, clause.actions); });
  });
}

bool closes_by_step(const Plan& plan, const Case& owner) {
  return std::any_of(owner.steps.begin(), owner.steps.end(), [&](Index index) {
    const Step& step = plan.steps[index];
    return closes(plan, step.actions) || closes(plan, step.otherwise);
  });
}

// Whether it closes when what is watched changes, and nothing it reads ever does.
bool is_settled(const Analysis& analysis, Index owner_case, const Case::Closing& closing) {
  if (closing.event != kNoId || closing.condition == kNone) return false;
  Reading reading;
  reading.owner_case = owner_case;
  return analysis.constants.is_stable(analysis.plan, closing.condition, reading);
}

void check_closing(Analysis& analysis, const CaseInfo& info) {
  const Case& owner = analysis.plan.cases[info.id];
  if (closes_by_step(analysis.plan, owner)) return;
  if (owner.closings.empty()) {
    analysis.program.warning(
        info.syntax->name.span, "W104",
        {"the case " + quoted(owner.names.name) + " never closes",
         "事项" + quoted(owner.names.in(true)) + "永远不会办结",
         "add `closes on …` or `closes when …`", "请加上`办结事件 …`或`办结条件 …`"});
    return;
  }
  const bool settled = std::all_of(
      owner.closings.begin(), owner.closings.end(),
      [&](const Case::Closing& closing) { return is_settled(analysis, info.id, closing); });
  if (!settled) return;
  analysis.program.warning(
      owner.closings.front().span, "W241",
      {"nothing can make the case close: what this reads never changes while it is open",
       "没有任何事能使事项办结：此条件所用的内容在事项启动后不再变化",
       "close it on an event, or let a step set what the condition reads",
       "请由事件办结，或由步骤更新条件所用的内容"});
}

// ---------------------------------------------------------------- outgoing events

std::set<uint16_t> raised_events(const Plan& plan) {
  std::set<uint16_t> out;
  for (const Action& action : plan.actions) {
    if (action.kind == Action::Kind::raise) out.insert(action.event);
  }
  return out;
}

// Outgoing events come from nobody but rules.
void check_listeners(Analysis& analysis) {
  const Plan& plan = analysis.plan;
  const std::set<uint16_t> raised = raised_events(plan);
  const auto check = [&](uint16_t event, Span span) {
    if (event == kNoId || raised.contains(event)) return;
    const Layout::Event& of = plan.layout.events[event];
    if (of.kind != Layout::Event::Kind::outgoing) return;
    analysis.program.warning(
        span, "W242",
        {"this never comes: " + quoted(of.names.name) +
             " is an outgoing event, and nothing here raises it",
         "此事永远不会发生：" + quoted(of.names.in(true)) + "是对外事件，而此处没有规则发起它",
         "what others report is a plain `event`", "由外部报来的请声明为`事件`"});
  };
  for (const Step& step : plan.steps) {
    if (step.kind == TriggerKind::on_event) check(step.event, step.span);
  }
  for (const Case& owner : plan.cases) {
    for (const Case::Opening& opening : owner.openings) check(opening.event, opening.span);
    for (const Case::Closing& closing : owner.closings) check(closing.event, closing.span);
  }
  for (const TaskSpec& task : plan.tasks) {
    for (const TaskSpec::DoneOn& done : task.done_on) check(done.event, task.span);
  }
}

// ---------------------------------------------------------------- escalations

void check_escalation(Analysis& analysis, const Place& place, const Action& action) {
  const bool moves = action.kind == Action::Kind::reassign;
  if ((action.kind != Action::Kind::escalate && !moves) || place.task == kNone) return;
  const Index assignee = analysis.plan.tasks[place.task].assignee;
  if (assignee == kNone || action.who == kNone) return;
  if (analysis.terms.of(assignee, place.reading) != analysis.terms.of(action.who, place.reading)) {
    return;
  }
  analysis.program.warning(
      action.span, "W243",
      {moves ? "the task is reassigned to whoever has it already"
             : "the task is escalated to whoever has it already",
       moves ? "改派对象就是承办人本人" : "提级对象就是承办人本人",
       "name somebody above, as in `owner.supervisor`", "请写其上级，如`负责人的上级`"});
}

}  // namespace

void check_cases(Analysis& analysis) {
  for (const CaseInfo& info : analysis.program.cases) check_closing(analysis, info);
  check_listeners(analysis);
  for_each_action(analysis.plan, [&](const Place& place, const Action& action) {
    check_escalation(analysis, place, action);
  });
}

}  // namespace duban::compiler
