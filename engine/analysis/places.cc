#include "engine/analysis/places.h"

#include <algorithm>

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using Visit = std::function<void(const Place&, const Action&)>;

void visit_actions(const Plan& plan, const std::vector<Index>& actions, const Place& place,
                   const Visit& visit) {
  for (const Index index : actions) {
    const Action& action = plan.actions[index];
    visit(place, action);
    if (action.task == kNone) continue;
    const TaskSpec& task = plan.tasks[action.task];
    for (size_t i = 0; i < task.clauses.size(); ++i) {
      const TaskClause& clause = task.clauses[i];
      Place inner = place;
      inner.task = action.task;
      inner.clause = i;
      inner.reading.task = action.task;
      if (clause.condition != kNone) inner.guards.push_back({clause.condition, inner.reading});
      visit_actions(plan, clause.actions, inner, visit);
    }
  }
}

using VisitExpression = std::function<void(const Reading&, Index node, const SetTarget* set)>;

class Expressions {
 public:
  Expressions(const Plan& plan, const VisitExpression& visit) : plan_(plan), visit_(visit) {}

  void of_case(Index index) const {
    const Case& owner = plan_.cases[index];
    Reading reading;
    reading.entity = owner.entity;
    reading.owner_case = index;
    visit(reading, {owner.owner});
    for (const Case::Variable& variable : owner.variables) visit(reading, {variable.initial});
    for (const Case::Closing& closing : owner.closings) {
      reading.event = closing.event;
      visit(reading, {closing.condition});
    }
    for (const Case::Opening& opening : owner.openings) {
      visit(reading_of_opening(plan_, index, opening), {opening.condition});
    }
  }

  void of_step(const Step& step) const {
    const Reading reading = reading_of(plan_, step);
    visit(reading, {step.duration, step.anchor, step.condition});
    if (step.schedule) visit(reading, {step.schedule->at, step.schedule->from, step.schedule->to});
  }

  void of_action(const Place& place, const Action& action) const {
    const Reading& reading = place.reading;
    visit(reading, {action.who, action.listing, action.once.field});
    of_text(reading, action.body);
    if (action.kind == Action::Kind::set && action.set.value != kNone) {
      visit_(reading, action.set.value, &action.set);
    }
    for (const SetTarget& with : action.with) visit(reading, {with.value});
    if (action.task != kNone) of_task(reading, action.task);
  }

 private:
  void visit(const Reading& reading, std::initializer_list<Index> nodes) const {
    for (const Index node : nodes) {
      if (node != kNone) visit_(reading, node, nullptr);
    }
  }

  void of_text(const Reading& reading, const Template& text) const {
    for (const Template::Part& part : text.parts) visit(reading, {part.value});
  }

  void of_task(Reading reading, Index index) const {
    const TaskSpec& task = plan_.tasks[index];
    reading.task = index;
    of_text(reading, task.title);
    visit(reading,
          {task.assignee, task.due_within, task.due_anchor, task.every, task.since, task.not_before,
           task.opens_before, task.expires_after, task.paused_while, task.once.field});
    for (const TaskClause& clause : task.clauses) {
      visit(reading, {clause.duration, clause.condition});
    }
    for (const TaskSpec::DoneOn& done : task.done_on) {
      reading.event = done.event;
      visit(reading, {done.condition});
    }
  }

  const Plan& plan_;
  const VisitExpression& visit_;
};

void collect_conjuncts(const Plan& plan, Index node, std::vector<Index>& out) {
  if (plan.nodes[node].op != Op::logical_and) {
    out.push_back(node);
    return;
  }
  collect_conjuncts(plan, plan.nodes[node].a, out);
  collect_conjuncts(plan, plan.nodes[node].b, out);
}

}  // namespace

Reading reading_of(const Plan& plan, const Step& step) {
  Reading out;
  out.entity = step.entity;
  out.owner_case = step.owner_case;
  out.event = step.event;
  if (step.kind != TriggerKind::on_opening || step.owner_case == kNone) return out;
  const auto& openings = plan.cases[step.owner_case].openings;
  if (openings.size() == 1 && openings.front().event != kNoId) {
    out.event = openings.front().event;
    out.opening = &openings.front();
  }
  return out;
}

Reading reading_of_opening(const Plan& plan, Index owner_case, const Case::Opening& opening) {
  Reading out;
  out.entity = plan.cases[owner_case].entity;
  out.owner_case = owner_case;
  out.event = opening.event;
  out.opening = &opening;
  return out;
}

void for_each_action(const Plan& plan, const Visit& visit) {
  for (Index i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    Place place;
    place.reading = reading_of(plan, step);
    place.policy = step.policy;
    place.step = i;
    if (step.kind == TriggerKind::when_condition && step.anchor != kNone) {
      place.guards.push_back({step.anchor, place.reading});
    }
    Place other = place;
    if (step.condition != kNone) {
      place.guards.push_back({step.condition, place.reading, true});
      other.guards.push_back({step.condition, place.reading, false});
    }
    visit_actions(plan, step.actions, place, visit);
    other.otherwise = true;
    visit_actions(plan, step.otherwise, other, visit);
  }
}

void for_each_expression(const Plan& plan, const VisitExpression& visit) {
  const Expressions expressions(plan, visit);
  for (Index i = 0; i < plan.cases.size(); ++i) expressions.of_case(i);
  for (const Step& step : plan.steps) expressions.of_step(step);
  for_each_action(plan, [&](const Place& place, const Action& action) {
    expressions.of_action(place, action);
  });
}

std::vector<Index> conjuncts(const Plan& plan, Index condition) {
  std::vector<Index> out;
  if (condition != kNone) collect_conjuncts(plan, condition, out);
  return out;
}

Constants::Constants(const Plan& plan) {
  for (const Case& owner : plan.cases) set_.emplace_back(owner.variables.size(), false);
  for_each_action(plan, [&](const Place& place, const Action& action) {
    if (action.kind != Action::Kind::set || action.set.kind != SetTarget::Kind::variable) return;
    const Index owner_case = place.reading.owner_case;
    if (owner_case != kNone) set_[owner_case][action.set.slot] = true;
  });
}

bool Constants::is_set(Index owner_case, Index variable) const {
  return set_[owner_case][variable];
}

bool Constants::is_stable(const Plan& plan, Index index, const Reading& reading) const {
  const Node& node = plan.nodes[index];
  switch (node.op) {
    case Op::constant:
    case Op::case_opened:
    case Op::subject_key:
      return true;
    case Op::case_variable:
      return reading.owner_case != kNone && !is_set(reading.owner_case, node.a);
    case Op::event_field: {
      if (!reading.opening) return false;
      const auto& fields = reading.opening->fields;
      const auto kept = std::find_if(fields.begin(), fields.end(),
                                     [&](const auto& pair) { return pair.first == node.a; });
      return kept != fields.end() && !is_set(reading.owner_case, kept->second);
    }
    default: {
      if (node.op < Op::negate || node.op == Op::table_output || node.op == Op::aggregate) {
        return false;
      }
      const std::vector<Index> inside = Terms::parts(plan, index);
      return std::all_of(inside.begin(), inside.end(),
                         [&](Index part) { return is_stable(plan, part, reading); });
    }
  }
}

std::vector<Guard> lasting_guards(const Plan& plan, const Constants& constants, Index owner_case) {
  std::vector<Guard> out;
  if (owner_case == kNone || plan.cases[owner_case].openings.size() != 1) return out;
  const Case::Opening& opening = plan.cases[owner_case].openings.front();
  if (opening.event == kNoId) return out;
  const Reading reading = reading_of_opening(plan, owner_case, opening);
  for (const Index part : conjuncts(plan, opening.condition)) {
    if (constants.is_stable(plan, part, reading)) out.push_back({part, reading, true});
  }
  return out;
}

}  // namespace duban::compiler
