// What only the whole program shows: raise cycles, years without a calendar, and what the analyses
// find.
#include <algorithm>
#include <map>
#include <utility>

#include "engine/analysis/analysis.h"

namespace duban::compiler {
namespace {

using ActionKind = Action::Kind;
using TriggerKind = syntax::Trigger::Kind;

// ---------------------------------------------------------------- cycles

// Something that runs within a step: a trigger's own actions, or what follows a finished task.
struct Unit {
  Index step = kNone;  // of a step, else
  Index task = kNone;  // of a task finished by an event
  std::vector<Index> actions;
};

// What makes units run at once, in the same step of a subject. Times and receipts are later inputs
// and cannot make a loop within one.
class Cycles {
 public:
  explicit Cycles(Program& program) : program_(program), plan_(program.plan) {
    for (Index i = 0; i < plan_.steps.size(); ++i) add_step(i);
    for (Index i = 0; i < plan_.tasks.size(); ++i) add_task(i);
    index();
  }

  void check() {
    state_.assign(units_.size(), State::white);
    for (size_t i = 0; i < units_.size(); ++i) {
      if (state_[i] == State::white) visit(i);
    }
  }

 private:
  enum class State : uint8_t { white, grey, black };
  using Slot = std::pair<uint32_t, uint16_t>;  // entity or case, attribute or variable

  void add_step(Index index) {
    Unit unit;
    unit.step = index;
    unit.actions = plan_.steps[index].actions;
    const auto& otherwise = plan_.steps[index].otherwise;
    unit.actions.insert(unit.actions.end(), otherwise.begin(), otherwise.end());
    units_.push_back(std::move(unit));
  }

  void add_task(Index index) {
    Unit unit;
    unit.task = index;
    if (plan_.tasks[index].done_on.empty()) return;
    for (const TaskClause& clause : plan_.tasks[index].clauses) {
      if (clause.kind != syntax::TaskClause::Kind::when_done) continue;
      unit.actions.insert(unit.actions.end(), clause.actions.begin(), clause.actions.end());
    }
    if (!unit.actions.empty()) units_.push_back(std::move(unit));
  }

  void index() {
    for (size_t i = 0; i < units_.size(); ++i) {
      const Unit& unit = units_[i];
      if (unit.task != kNone) {
        for (const TaskSpec::DoneOn& done : plan_.tasks[unit.task].done_on) {
          by_event_[done.event].push_back(i);
        }
        continue;
      }
      const Step& step = plan_.steps[unit.step];
      switch (step.kind) {
        case TriggerKind::on_event:
          if (step.event != kNoId) by_event_[step.event].push_back(i);
          break;
        case TriggerKind::on_opening:
          opening_[step.owner_case].push_back(i);
          break;
        case TriggerKind::on_closing:
          closing_[step.owner_case].push_back(i);
          break;
        case TriggerKind::when_condition:
        case TriggerKind::when_changes:
          for (const uint16_t slot : step.deps.attributes) {
            by_attribute_[{step.entity, slot}].push_back(i);
          }
          for (const uint16_t slot : step.deps.variables) {
            by_variable_[{step.owner_case, slot}].push_back(i);
          }
          for (const uint16_t event : step.deps.history) by_event_[event].push_back(i);
          break;
        default:
          break;
      }
    }
    for (Index c = 0; c < plan_.cases.size(); ++c) index_case(c);
  }

  void index_case(Index c) {
    const Case& owner = plan_.cases[c];
    for (const Case::Opening& opening : owner.openings) {
      if (opening.event != kNoId) {
        append(by_event_[opening.event], opening_[c]);
        continue;
      }
      for (const uint16_t slot : opening.deps.attributes) {
        append(by_attribute_[{owner.entity, slot}], opening_[c]);
      }
    }
    for (const Case::Closing& closing : owner.closings) {
      if (closing.event != kNoId) {
        append(by_event_[closing.event], closing_[c]);
        continue;
      }
      const Dependencies deps = dependencies_of(program_, closing.condition);
      for (const uint16_t slot : deps.attributes) {
        append(by_attribute_[{owner.entity, slot}], closing_[c]);
      }
      for (const uint16_t slot : deps.variables) append(by_variable_[{c, slot}], closing_[c]);
    }
  }

  static void append(std::vector<size_t>& to, const std::vector<size_t>& from) {
    to.insert(to.end(), from.begin(), from.end());
  }

  Index case_of(const Unit& unit) const {
    return unit.step != kNone ? plan_.steps[unit.step].owner_case
                              : plan_.tasks[unit.task].owner_case;
  }

  uint16_t entity_of(const Unit& unit) const {
    if (unit.step != kNone) return plan_.steps[unit.step].entity;
    return plan_.layout.events[plan_.tasks[unit.task].done_on.front().event].entity;
  }

  void follow_event(uint16_t event, std::vector<size_t>& out) const {
    const auto it = by_event_.find(event);
    if (it != by_event_.end()) append(out, it->second);
    for (const SetTarget& set : plan_.touches[event].sets) {
      const auto changed = by_attribute_.find({plan_.layout.events[event].entity, set.slot});
      if (changed != by_attribute_.end()) append(out, changed->second);
    }
  }

  std::vector<size_t> successors(const Unit& unit, const Action& action) const {
    std::vector<size_t> out;
    if (action.kind == ActionKind::raise) {
      follow_event(action.event, out);
    } else if (action.kind == ActionKind::set) {
      const bool variable = action.set.kind == SetTarget::Kind::variable;
      const auto& table = variable ? by_variable_ : by_attribute_;
      const auto it = table.find({variable ? case_of(unit) : entity_of(unit), action.set.slot});
      if (it != table.end()) append(out, it->second);
    } else if (action.kind == ActionKind::close) {
      const auto it = closing_.find(case_of(unit));
      if (it != closing_.end()) append(out, it->second);
    }
    return out;
  }

  // Depth first, without recursion: chains of rules may be long.
  void visit(size_t root) {
    struct Frame {
      size_t unit;
      std::vector<std::pair<size_t, Index>> next;  // a unit, and the action that leads to it
      size_t at = 0;
    };
    const auto frame = [&](size_t unit) {
      state_[unit] = State::grey;
      Frame made{unit, {}, 0};
      for (const Index action : units_[unit].actions) {
        for (const size_t next : successors(units_[unit], plan_.actions[action])) {
          made.next.emplace_back(next, action);
        }
      }
      return made;
    };
    std::vector<Frame> stack;
    stack.push_back(frame(root));
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.at == top.next.size()) {
        state_[top.unit] = State::black;
        stack.pop_back();
        continue;
      }
      const auto [next, action] = top.next[top.at++];
      if (state_[next] == State::white) {
        stack.push_back(frame(next));
      } else if (state_[next] == State::grey) {
        std::string path;
        bool inside = false;
        for (const Frame& item : stack) {
          inside |= item.unit == next;
          if (inside) path += name_of(units_[item.unit]) + " → ";
        }
        report(action, path + name_of(units_[next]));
      }
    }
  }

  std::string name_of(const Unit& unit) const {
    return quoted(unit.step != kNone ? plan_.steps[unit.step].id : plan_.tasks[unit.task].id);
  }

  void report(Index action, const std::string& path) {
    program_.error(
        plan_.actions[action].span, "E121",
        {"this starts itself again, without end: " + path, "此动作会无休止地再次触发自身：" + path,
         "a chain of raised events and changed values must come to an end",
         "发起的事件与更新的值所形成的链条必须终止"});
  }

  Program& program_;
  const Plan& plan_;
  std::vector<Unit> units_;
  std::vector<State> state_;
  std::map<uint16_t, std::vector<size_t>> by_event_;
  std::map<Slot, std::vector<size_t>> by_attribute_, by_variable_;
  std::map<Index, std::vector<size_t>> opening_, closing_;
};

// ---------------------------------------------------------------- the calendar

bool counts_working_days(const Plan& plan) {
  const auto asks_calendar = [](const Node& node) {
    return node.op != Op::round && has_plain_b(node.op);
  };
  const auto recurs = [](const Step& step) {
    using Schedule = syntax::Schedule;
    return step.schedule &&
           (step.schedule->unit == Schedule::Unit::working_day || step.schedule->counts_working ||
            step.schedule->roll != Schedule::Roll::none);
  };
  if (std::any_of(plan.nodes.begin(), plan.nodes.end(), asks_calendar)) return true;
  if (std::any_of(plan.steps.begin(), plan.steps.end(), recurs)) return true;
  return std::any_of(plan.constants.begin(), plan.constants.end(), [](const Value& value) {
    const Duration* duration = value.get_if<Duration>();
    return duration && (duration->kind == Duration::Kind::working_days ||
                        duration->kind == Duration::Kind::working_hours);
  });
}

// A policy in force in a year without calendar data will meet deadlines nobody can compute.
void warn_calendar(Program& program) {
  const Plan& plan = program.plan;
  const Calendar* calendar = plan.calendar(Duration::kDefaultCalendar);
  if (!calendar || !counts_working_days(plan)) return;
  for (const syntax::File& file : program.files) {
    for (const syntax::ExprPtr* bound : {&file.effective_from, &file.effective_to}) {
      if (!*bound) continue;
      const Date* day = (*bound)->value.get_if<Date>();
      if (!day || calendar->covers(*day)) continue;
      program.warning(
          (*bound)->span, "W108",
          {"the calendar has no data for " + to_string(*day),
           "日历没有 " + to_string(*day) + " 的数据",
           "deadlines in working days cannot be computed there", "届时无法计算以工作日计的期限"});
    }
  }
}

}  // namespace

void check_program(Program& program) {
  Cycles(program).check();
  warn_calendar(program);
  Analysis analysis(program);
  check_writes(analysis);
  check_outcomes(analysis);
  check_conditions(analysis);
  check_missing(analysis);
  check_times(analysis);
  check_endings(analysis);
  check_channels(analysis);
  check_cases(analysis);
  check_words(analysis);
}

}  // namespace duban::compiler
