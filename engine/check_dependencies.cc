// What the value of an expression can depend on.
#include <algorithm>
#include <unordered_set>

#include "engine/expression.h"
#include "engine/motion.h"

namespace duban::compiler {
namespace {

void insert(std::vector<uint16_t>& into, uint16_t item) {
  const auto at = std::lower_bound(into.begin(), into.end(), item);
  if (at == into.end() || *at != item) into.insert(at, item);
}

class Walker {
 public:
  Walker(const Plan& plan, Dependencies& out) : plan_(plan), out_(out) {}

  // `historic`: inside an aggregate's condition, whose event is a past one.
  void walk(Index index, bool historic) {
    if (index == kNone || !(historic ? seen_historic_ : seen_).insert(index).second) return;
    const Node& node = plan_.nodes[index];
    switch (node.op) {
      case Op::constant:
      case Op::subject_key:
      case Op::subject:
      case Op::case_opened:
      case Op::listing:
        return;
      case Op::subject_attribute:
        insert(out_.attributes, static_cast<uint16_t>(node.a));
        return;
      case Op::case_variable:
        insert(out_.variables, static_cast<uint16_t>(node.a));
        return;
      case Op::event_field:
      case Op::event_time:
      case Op::event_received:
        out_.event |= !historic;
        return;
      case Op::answer_field:
      case Op::task_due:
        out_.task = true;
        return;
      case Op::now:
      case Op::today:
        out_.time = true;
        return;
      case Op::attribute_of:
        out_.references = true;
        walk(node.a, historic);
        return;
      case Op::table_output:
        for (const Table::Row& row : plan_.tables[node.a].rows) {
          for (const Index condition : row.conditions) walk(condition, historic);
          if (node.b < row.outputs.size()) walk(row.outputs[node.b], historic);
        }
        return;
      case Op::aggregate: {
        const Aggregate& aggregate = plan_.aggregates[node.a];
        insert(out_.history, aggregate.event);
        out_.time |= aggregate.over != syntax::Over::all;
        walk(aggregate.condition, true);
        return;
      }
      default:
        for (const Index part : operands_of(plan_, node)) walk(part, historic);
        return;
    }
  }

 private:
  const Plan& plan_;
  Dependencies& out_;
  std::unordered_set<Index> seen_, seen_historic_;
};

}  // namespace

void merge(Dependencies& into, const Dependencies& from) {
  for (const uint16_t item : from.attributes) insert(into.attributes, item);
  for (const uint16_t item : from.variables) insert(into.variables, item);
  for (const uint16_t item : from.history) insert(into.history, item);
  into.references |= from.references;
  into.time |= from.time;
  into.event |= from.event;
  into.task |= from.task;
}

Dependencies dependencies_of(const Program& program, Index node) {
  Dependencies out;
  Walker(program.plan, out).walk(node, false);
  return out;
}

void add_dependencies(const Program& program, Index node, Dependencies& out) {
  merge(out, dependencies_of(program, node));
}

bool reject_time(Program& program, Index node, Span span, const char* english,
                 const char* chinese) {
  if (node == kNone || !dependencies_of(program, node).time) return false;
  program.error(span, "E119",
                {std::string(english) + " may not depend on the time that passes: now, today or a "
                                        "window over history",
                 std::string(chinese) + "不能依赖于时间的流逝：现在、今日或历史的时间范围",
                 "use a trigger in time, as in `3 days before due_date:`",
                 "请用按时间的触发，如`到期日 前 3 日：`"});
  return true;
}

bool check_watched(Program& program, Index node, Span span, const char* english,
                   const char* chinese) {
  if (node == kNone || !dependencies_of(program, node).time) return true;
  Motions motions(program.plan);
  const Motion motion = motions.of(node).motion;
  if (motion != Motion::restless && !is_continuous(motion)) return true;
  const Span inner = program.plan.nodes[motions.culprit(node)].span;
  const bool inside = inner.file == span.file && span.begin <= inner.begin &&
                      inner.end <= span.end && inner.begin < inner.end;
  program.error(
      inside ? inner : span, "E119",
      {std::string("no timer can follow how ") + english + " moves with the clock here",
       std::string(chinese) + "在此处随时间变化的方式，无法换算为定时",
       "compare `today` or `now`, with a duration added or not, with something that stands "
       "still, or use a trigger in time, as in `3 days before due_date:`",
       "请将`今日`或`现在`（可加减时长）与不随时间变化的值比较，或改用按时间的触发，"
       "如`到期日 前 3 日：`"});
  return false;
}

}  // namespace duban::compiler
