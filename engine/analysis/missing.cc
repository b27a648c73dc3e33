// Values that may be missing, used where nobody asked whether they are known.
//
// A missing value makes arithmetic missing and every comparison false, which is seldom what a
// policy means. Known is what was asked (`is known`), what has been compared with success, what a
// step in time waits for, what the case's opening condition asked, and what has a default.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "engine/analysis/analysis.h"
#include "engine/analysis/witness.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using Facts = std::set<Term>;  // known to have a value

bool is_comparison(Op op) { return op >= Op::equal && op <= Op::greater_equal; }

// With an operand that is missing, so is the result.
bool passes_on(Op op) {
  switch (op) {
    case Op::negate:
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::round:
    case Op::minimum:
    case Op::maximum:
    case Op::days_from_to:
    case Op::working_days_from_to:
    case Op::to_datetime:
    case Op::attribute_of:
    case Op::key_of:
      return true;
    default:
      return op >= Op::year_of && op <= Op::previous_working_day;
  }
}

class Missing {
 public:
  explicit Missing(Analysis& analysis)
      : analysis_(analysis), program_(analysis.program), plan_(analysis.plan) {
    for (Index i = 0; i < plan_.nodes.size(); ++i) {
      if (plan_.nodes[i].op != Op::aggregate) continue;
      const Aggregate& aggregate = plan_.aggregates[plan_.nodes[i].a];
      if (has_value(aggregate)) aggregates_[window_of(aggregate)].push_back(i);
    }
    for (Index i = 0; i < plan_.cases.size(); ++i) case_facts_.push_back(facts_of_case(i));
  }

  void check() {
    for (Index i = 0; i < plan_.cases.size(); ++i) check_case(i);
    for (const Step& step : plan_.steps) check_step(step);
    for (size_t i = 0; i < plan_.forbids.size(); ++i) {
      Reading reading;
      reading.entity = program_.forbid_entities[i];
      reading.event = plan_.forbids[i].event;
      check_condition(plan_.forbids[i].condition, reading, {});
    }
    for_each_action(
        plan_, [this](const Place& place, const Action& action) { check_action(place, action); });
  }

 private:
  // ---- what is known

  Facts facts_of_case(Index index) {
    Facts common;
    bool first = true;
    for (const Case::Opening& opening : plan_.cases[index].openings) {
      Facts facts;
      learn(opening.condition, reading_of_opening(plan_, index, opening), true, facts);
      keep_common(common, facts, first);
      first = false;
    }
    return common;
  }

  static void keep_common(Facts& into, const Facts& other, bool first) {
    if (first) {
      into = other;
    } else {
      std::erase_if(into, [&](Term term) { return !other.contains(term); });
    }
  }

  // What has a value when the condition holds, or does not.
  void learn(Index index, const Reading& reading, bool holds, Facts& out) {
    if (index == kNone) return;
    const Node& node = plan_.nodes[index];
    switch (node.op) {
      case Op::logical_and:
      case Op::logical_or: {
        if ((node.op == Op::logical_and) == holds) {
          learn(node.a, reading, holds, out);
          learn(node.b, reading, holds, out);
          return;
        }
        Facts left, right;
        learn(node.a, reading, holds, left);
        learn(node.b, reading, holds, right);
        keep_common(left, right, false);
        out.insert(left.begin(), left.end());
        return;
      }
      case Op::logical_not:
        learn(node.a, reading, !holds, out);
        return;
      case Op::is_known:
      case Op::is_not_empty:
        if (holds) learn_known(node.a, reading, out);
        return;
      case Op::is_unknown:
      case Op::is_empty:
        if (!holds) learn_known(node.a, reading, out);
        return;
      case Op::between:
      case Op::in_list:
        if (holds) learn_known(plan_.arguments[node.first], reading, out);
        return;
      default:
        break;
    }
    if (!holds) return;
    if (is_comparison(node.op)) {
      learn_known(node.a, reading, out);
      learn_known(node.b, reading, out);
      learn_count(node, reading, out);
    } else {
      learn_known(index, reading, out);
    }
  }

  void learn_known(Index index, const Reading& reading, Facts& out) {
    out.insert(analysis_.terms.of(index, reading));
    if (!passes_on(plan_.nodes[index].op)) return;
    for (const Index part : Terms::parts(plan_, index)) learn_known(part, reading, out);
  }

  // Of any one event there is a value for it.
  bool has_value(const Aggregate& aggregate) const {
    if (aggregate.function == Aggregate::Function::time_of_latest) return true;
    return aggregate.field != kNoId &&
           !plan_.layout.events[aggregate.event].fields[aggregate.field].type.optional;
  }

  // Of which events, and how far back.
  using Window = std::tuple<uint16_t, int, int, uint16_t, int64_t, int64_t>;
  static Window window_of(const Aggregate& aggregate) {
    const Duration& length = aggregate.window;
    return {aggregate.event,
            static_cast<int>(aggregate.over),
            static_cast<int>(length.kind),
            length.calendar,
            length.amount,
            aggregate.years};
  }

  // Where something happened at all, its average, its latest and its extremes are known.
  void learn_count(const Node& node, const Reading& reading, Facts& out) {
    const bool at_least =
        node.op == Op::greater_equal || node.op == Op::greater || node.op == Op::equal;
    const bool at_most = node.op == Op::less_equal || node.op == Op::less;
    const Index counted = at_most ? node.b : node.a;
    const Value* bound = program_.constant_of(at_most ? node.a : node.b);
    const Decimal* least = bound ? bound->get_if<Decimal>() : nullptr;
    if ((!at_least && !at_most) || !least || plan_.nodes[counted].op != Op::aggregate) return;
    const Aggregate& count = plan_.aggregates[plan_.nodes[counted].a];
    const bool strict = node.op == Op::greater || node.op == Op::less;
    const bool some = strict ? *least >= Decimal() : *least > Decimal();
    if (count.function != Aggregate::Function::count || !some) return;
    Aggregate ever;
    ever.event = count.event;
    for (const Aggregate& window : {count, ever}) {
      const auto there = aggregates_.find(window_of(window));
      if (there == aggregates_.end()) continue;
      for (const Index i : there->second) {
        const Aggregate& other = plan_.aggregates[plan_.nodes[i].a];
        const bool all = other.condition == kNone;
        if (all || same_condition(other, count, reading))
          out.insert(analysis_.terms.of(i, reading));
      }
    }
  }

  bool same_condition(const Aggregate& a, const Aggregate& b, Reading reading) {
    if (a.condition == kNone || b.condition == kNone) return a.condition == b.condition;
    reading.event = a.event;
    reading.opening = nullptr;
    return analysis_.terms.of(a.condition, reading) == analysis_.terms.of(b.condition, reading);
  }

  Facts facts_at(const Place& place) {
    Facts facts = facts_of_step(plan_.steps[place.step]);
    for (const Guard& guard : place.guards) {
      learn(guard.condition, guard.reading, guard.holds, facts);
    }
    return facts;
  }

  Facts facts_of_step(const Step& step) {
    Facts facts;
    if (step.owner_case != kNone) facts = case_facts_[step.owner_case];
    const bool timed = step.kind == TriggerKind::at || step.kind == TriggerKind::before ||
                       step.kind == TriggerKind::after;
    if (timed && step.anchor != kNone) learn_known(step.anchor, reading_of(plan_, step), facts);
    return facts;
  }

  bool has_default(const Node& node, const Reading& reading) const {
    Index initial = kNone;
    if (node.op == Op::subject_attribute && reading.entity != kNoId) {
      const auto& defaults = plan_.entities[reading.entity].initial;
      if (node.a < defaults.size()) initial = defaults[node.a];
    } else if (node.op == Op::case_variable && reading.owner_case != kNone) {
      initial = plan_.cases[reading.owner_case].variables[node.a].initial;
    }
    return initial != kNone && !plan_.nodes[initial].type.optional &&
           plan_.nodes[initial].type.kind != TypeKind::none;
  }

  // Whether the row that applies gives a value. That no row may apply has been warned of already.
  bool every_row_gives(const Node& node, const Facts& facts) {
    const Table& table = plan_.tables[node.a];
    if (table.hit == syntax::TableDecl::Hit::all) return false;  // of none, the least is missing
    Reading reading;
    reading.entity = program_.tables[node.a].entity;
    reading.owner_case = program_.tables[node.a].owner_case;
    return std::all_of(table.rows.begin(), table.rows.end(), [&](const Table::Row& row) {
      if (node.b >= row.outputs.size() || row.outputs[node.b] == kNone) return true;
      if (!plan_.nodes[row.outputs[node.b]].type.optional) return true;
      Facts known = facts;
      for (const Index condition : row.conditions) learn(condition, reading, true, known);
      return missing_in(row.outputs[node.b], reading, known) == kNone;
    });
  }

  // What may be missing in the expression so that the whole is; kNone: it has a value.
  Index missing_in(Index index, const Reading& reading, const Facts& facts) {
    if (index == kNone) return kNone;
    const Node& node = plan_.nodes[index];
    if (node.type.kind == TypeKind::none) return index;  // `none`
    if (!node.type.optional || facts.contains(analysis_.terms.of(index, reading)) ||
        has_default(node, reading)) {
      return kNone;
    }
    if (node.op == Op::table_output && every_row_gives(node, facts)) return kNone;
    if (!passes_on(node.op)) return index;
    for (const Index part : Terms::parts(plan_, index)) {
      const Index found = missing_in(part, reading, facts);
      if (found != kNone) return found;
    }
    // The attribute itself is optional, though its row is known.
    if (node.op == Op::attribute_of) {
      const Type& owner = plan_.nodes[node.a].type;
      const auto& attributes = plan_.layout.entities[owner.id].attributes;
      if (node.b < attributes.size() && attributes[node.b].type.optional) return index;
    }
    return kNone;
  }

  // The conditions of a scorecard stand in its cells, compared with yes.
  void check_points(const TableInfo& info) {
    if (info.scorecard == nullptr || info.points != kNone) return;
    Reading reading;
    reading.entity = info.entity;
    reading.owner_case = info.owner_case;
    for (const Table::Row& row : plan_.tables[info.id].rows) {
      for (const Index cell : row.conditions) check_condition(plan_.nodes[cell].a, reading, {});
    }
  }

  // ---- where a value is required

  void check_case(Index index) {
    const Case& owner = plan_.cases[index];
    for (const Case::Opening& opening : owner.openings) {
      check_condition(opening.condition, reading_of_opening(plan_, index, opening), {});
    }
    Reading reading;
    reading.entity = owner.entity;
    reading.owner_case = index;
    for (const Case::Variable& variable : owner.variables) {
      require(variable.initial, variable.type, reading, case_facts_[index]);
    }
    for (const Case::Closing& closing : owner.closings) {
      reading.event = closing.event;
      check_condition(closing.condition, reading, case_facts_[index]);
    }
  }

  void check_step(const Step& step) {
    const Reading reading = reading_of(plan_, step);
    Facts facts = facts_of_step(step);
    if (step.kind == TriggerKind::when_condition) {
      check_condition(step.anchor, reading, facts);
      learn(step.anchor, reading, true, facts);
    }
    check_condition(step.condition, reading, facts);
  }

  void check_action(const Place& place, const Action& action) {
    const Reading& reading = place.reading;
    if (action.kind == Action::Kind::set) {
      const bool variable = action.set.kind == SetTarget::Kind::variable;
      const Type& type =
          variable ? plan_.cases[reading.owner_case].variables[action.set.slot].type
                   : plan_.layout.entities[reading.entity].attributes[action.set.slot].type;
      require(action.set.value, type, reading, facts_at(place));
    } else if (action.kind == Action::Kind::raise) {
      const auto& fields = plan_.layout.events[action.event].fields;
      for (const SetTarget& with : action.with) {
        require(with.value, fields[with.slot].type, reading, facts_at(place));
      }
    } else if (action.task != kNone) {
      check_task(place, action.task);
    }
  }

  void check_task(const Place& place, Index index) {
    const TaskSpec& task = plan_.tasks[index];
    const Facts facts = facts_at(place);
    Reading reading = place.reading;
    reading.task = index;
    check_condition(task.paused_while, reading, facts);
    const Index missing = missing_in(task.due_anchor, reading, facts);
    if (missing != kNone) {
      warn(plan_.nodes[task.due_anchor].span, "W106", missing, reading,
           {"the task has no deadline while ", " is missing"}, {"", "缺省时，此交办没有期限"});
    }
    for (const TaskClause& clause : task.clauses) {
      check_condition(clause.condition, reading, facts);
    }
    for (const TaskSpec::DoneOn& done : task.done_on) {
      Reading finishing = reading;
      finishing.event = done.event;
      finishing.opening = nullptr;
      check_condition(done.condition, finishing, case_facts(place));
    }
  }

  Facts case_facts(const Place& place) const {
    const Index owner_case = plan_.steps[place.step].owner_case;
    return owner_case == kNone ? Facts{} : case_facts_[owner_case];
  }

  void require(Index value, const Type& type, const Reading& reading, const Facts& facts) {
    if (value == kNone || type.optional || type.kind == TypeKind::none) return;
    const Index missing = missing_in(value, reading, facts);
    if (missing == kNone) return;
    warn(plan_.nodes[value].span, "W106", missing, reading,
         {"a value is required here, and ", " may be missing"}, {"此处必须有值，而", "可能缺省"});
  }

  // ---- conditions

  void check_condition(Index index, const Reading& reading, const Facts& facts) {
    if (index == kNone) return;
    // Whoever asks anywhere in the condition has thought of it.
    Facts known = facts;
    learn_asked(index, reading, known);
    walk(index, reading, known);
  }

  void learn_asked(Index index, const Reading& reading, Facts& out) {
    const Node& node = plan_.nodes[index];
    if (node.op == Op::is_known || node.op == Op::is_unknown) {
      learn_known(node.a, reading, out);
      return;
    }
    if (node.op < Op::logical_not || node.op > Op::logical_or) return;
    for (const Index part : Terms::parts(plan_, index)) learn_asked(part, reading, out);
  }

  void walk(Index index, const Reading& reading, const Facts& facts) {
    const Node& node = plan_.nodes[index];
    switch (node.op) {
      case Op::logical_and:
      case Op::logical_or: {
        walk(node.a, reading, facts);
        Facts further = facts;
        learn(node.a, reading, node.op == Op::logical_and, further);
        walk(node.b, reading, further);
        return;
      }
      case Op::logical_not:
        walk(node.a, reading, facts);
        return;
      case Op::not_equal:
      case Op::less:
      case Op::less_equal:
      case Op::greater:
      case Op::greater_equal:
        // Both sides together make one comparison: one message.
        if (!compare(index, node.a, reading, facts)) compare(index, node.b, reading, facts);
        return;
      case Op::between:
        compare(index, plan_.arguments[node.first], reading, facts);
        return;
      default:
        return;
    }
  }

  bool compare(Index comparison, Index side, const Reading& reading, const Facts& facts) {
    const Index missing = missing_in(side, reading, facts);
    if (missing == kNone || plan_.nodes[missing].type.kind == TypeKind::none) return false;
    warn(plan_.nodes[comparison].span, "W240", missing, reading,
         {"", " may be missing, and then this comparison does not hold"},
         {"", "可能缺省，届时此比较不成立"});
    return true;
  }

  struct Around {
    const char* before;
    const char* after;
  };
  void warn(Span span, const char* code, Index missing, const Reading& reading, Around english,
            Around chinese) {
    const Node& node = plan_.nodes[missing];
    const bool none = node.type.kind == TypeKind::none;
    const std::string en = none ? "this" : quoted(words_of(program_, missing, reading, false));
    const std::string zh = none ? "此值" : quoted(words_of(program_, missing, reading, true));
    program_.warning(span, code,
                     {english.before + en + english.after, chinese.before + zh + chinese.after,
                      "ask first: `if … is known`", "请先判断：`若 … 已知`"});
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
  std::map<Window, std::vector<Index>>
      aggregates_;  // nodes: those with a value where there is one event
  std::vector<Facts> case_facts_;
};

}  // namespace

void check_missing(Analysis& analysis) { Missing(analysis).check(); }

}  // namespace duban::compiler
