#include "engine/plan_walk.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <vector>

namespace duban {
namespace {

class Walk {
 public:
  Walk(const Plan& plan, const std::function<void(Index, Part)>& use) : plan_(plan), use_(use) {}

  void run() {
    for (const EntityInfo& entity : plan_.entities) all(Part::value, entity.initial);
    for (const EventTouch& touch : plan_.touches) {
      for (const SetTarget& set : touch.sets) one(Part::value, set.value);
      one(Part::condition, touch.broadcast_where);
    }
    for (const Aggregate& aggregate : plan_.aggregates) one(Part::condition, aggregate.condition);
    for (const Table& table : plan_.tables) {
      for (const Table::Row& row : table.rows) {
        for (const Index test : row.conditions) cell(test);
        all(Part::output, row.outputs);
      }
    }
    for (const Notice& notice : plan_.notices) one(Part::duration, notice.expires_after);
    for (const Forbid& forbid : plan_.forbids) one(Part::condition, forbid.condition);
    for (const Action& action : plan_.actions) walk(action);
    for (const TaskSpec& task : plan_.tasks) walk(task);
    for (const Step& step : plan_.steps) walk(step);
    for (const Case& each : plan_.cases) walk(each);
  }

 private:
  void one(Part part, Index node) {
    if (node != kNone) use_(node, part);
  }
  void all(Part part, const std::vector<Index>& nodes) {
    for (const Index node : nodes) one(part, node);
  }
  // A line of a scorecard asks whether its condition is yes: the condition is what the author
  // wrote.
  void cell(Index test) {
    const Node& node = plan_.nodes[test];
    const bool asks = node.op == Op::equal && plan_.nodes[node.a].span.begin == node.span.begin &&
                      plan_.nodes[node.a].span.end == node.span.end;
    asks ? one(Part::condition, node.a) : one(Part::cell, test);
  }
  void text(const Template& text) {
    for (const Template::Part& part : text.parts) one(Part::text, part.value);
  }

  void walk(const Action& action) {
    one(Part::person, action.who);
    one(Part::value, action.listing);
    text(action.body);
    one(Part::key, action.once.field);
    one(Part::value, action.set.value);
    for (const SetTarget& with : action.with) one(Part::value, with.value);
  }

  void walk(const TaskSpec& task) {
    text(task.title);
    one(Part::person, task.assignee);
    for (const Index node : {task.due_within, task.every, task.opens_before, task.expires_after}) {
      one(Part::duration, node);
    }
    for (const Index node : {task.due_anchor, task.since, task.not_before}) {
      one(Part::anchor, node);
    }
    for (const TaskSpec::DoneOn& done : task.done_on) one(Part::condition, done.condition);
    one(Part::key, task.once.field);
    one(Part::condition, task.paused_while);
    for (const TaskClause& clause : task.clauses) {
      one(Part::duration, clause.duration);
      one(Part::condition, clause.condition);
    }
  }

  void walk(const Step& step) {
    one(Part::duration, step.duration);
    one(step.kind == Step::Kind::when_condition ? Part::condition : Part::anchor, step.anchor);
    one(Part::condition, step.condition);
    if (!step.schedule) return;
    for (const Index node : {step.schedule->at, step.schedule->from, step.schedule->to}) {
      one(Part::anchor, node);
    }
  }

  void walk(const Case& each) {
    one(Part::person, each.owner);
    for (const Case::Variable& variable : each.variables) one(Part::value, variable.initial);
    for (const Case::Opening& opening : each.openings) one(Part::condition, opening.condition);
    for (const Case::Closing& closing : each.closings) one(Part::condition, closing.condition);
    all(Part::key, each.key_on_event);
  }

  const Plan& plan_;
  const std::function<void(Index, Part)>& use_;
};

bool opens(char32_t c) { return c == U'(' || c == U'（'; }
bool closes(char32_t c) { return c == U')' || c == U'）'; }

}  // namespace

void each_root(const Plan& plan, const std::function<void(Index node, Part part)>& use) {
  Walk(plan, use).run();
}

void each_child(const Plan& plan, Index index, const std::function<void(Index child)>& use) {
  const auto one = [&](Index child) {
    if (child != kNone) use(child);
  };
  const Node& node = plan.nodes[index];
  switch (node.op) {
    case Op::constant:
    case Op::subject_attribute:
    case Op::case_variable:
    case Op::event_field:
    case Op::answer_field:
    case Op::table_output:
      return;
    case Op::aggregate:
      return one(plan.aggregates[node.a].condition);
    case Op::attribute_of:  // b is a slot
      return one(node.a);
    default:
      break;
  }
  one(node.a);
  if (!has_plain_b(node.op)) one(node.b);
  for (Index i = 0; i < node.count; ++i) one(plan.arguments[node.first + i]);
}

void each_node(const Plan& plan, Index root, const std::function<void(Index node)>& use) {
  std::vector<Index> open{root};
  while (!open.empty()) {
    const Index index = open.back();
    open.pop_back();
    use(index);
    each_child(plan, index, [&](Index child) { open.push_back(child); });
  }
}

Span balanced(const Source& source, Span span) {
  const std::u32string& text = source.code_points();
  int64_t missing_before = 0, open = 0;
  for (uint32_t i = span.begin; i < span.end; ++i) {
    if (opens(text[i])) ++open;
    if (!closes(text[i])) continue;
    if (open == 0) {
      ++missing_before;
    } else {
      --open;
    }
  }
  while (missing_before > 0 && span.begin > 0) {
    --span.begin;
    if (opens(text[span.begin])) --missing_before;
  }
  while (open > 0 && span.end < text.size()) {
    if (closes(text[span.end])) --open;
    ++span.end;
  }
  return span;
}

std::vector<uint16_t> sources_of(const Plan& plan, const std::vector<std::string>& paths) {
  const auto is_given = [&](size_t source) {
    return std::find(paths.begin(), paths.end(), plan.sources[source].path()) != paths.end();
  };
  std::set<uint16_t> out;
  for (size_t i = 0; i < plan.sources.size(); ++i) {
    if (is_given(i)) out.insert(static_cast<uint16_t>(i));
  }
  for (const Table& table : plan.tables) {
    if (!is_given(plan.policies[table.policy].file)) continue;
    for (const Table::Row& row : table.rows) out.insert(row.span.file);
  }
  return {out.begin(), out.end()};
}

std::string text_of(const Plan& plan, Span span) {
  if (span.file >= plan.sources.size()) return {};
  const Source& source = plan.sources[span.file];
  span = balanced(source, span);
  std::u32string out;
  bool blank = false;
  for (const char32_t c : source.code_points().substr(span.begin, span.end - span.begin)) {
    const bool end = c == U'\n' || c == U'\r';
    if (end || (blank && (c == U' ' || c == U'\t'))) {
      blank = blank || end;
      continue;
    }
    if (blank) out += U' ';
    blank = false;
    out += c;
  }
  return to_utf8(out);
}

Op mirrored(Op op) {
  switch (op) {
    case Op::less:
      return Op::greater;
    case Op::less_equal:
      return Op::greater_equal;
    case Op::greater:
      return Op::less;
    case Op::greater_equal:
      return Op::less_equal;
    default:
      return op;
  }
}

}  // namespace duban
