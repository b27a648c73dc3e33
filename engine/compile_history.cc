// Which past events are kept, how long, and which of their fields.
#include <algorithm>
#include <unordered_set>

#include "engine/check.h"
#include "engine/expression_text.h"
#include "engine/motion.h"

namespace duban::compiler {
namespace {

using syntax::Over;

// An upper bound in days of what the window reaches back; its first day may begin at any hour.
int64_t window_days(const Aggregate& aggregate) {
  constexpr int64_t kWeek = 7, kMonth = 31, kQuarter = 92, kYear = 366;
  const Duration& window = aggregate.window;
  switch (aggregate.over) {
    case Over::this_week:
      return kWeek;
    case Over::previous_week:
      return 2 * kWeek;
    case Over::this_month:
      return kMonth;
    case Over::previous_month:
      return 2 * kMonth;
    case Over::this_quarter:
      return kQuarter;
    case Over::previous_quarter:
      return 2 * kQuarter;
    case Over::this_year:
      return kYear;
    case Over::previous_year:
      return 2 * kYear;
    case Over::same_month:
      return aggregate.years * kYear + kMonth;
    default:
      break;
  }
  switch (window.kind) {
    case Duration::Kind::elapsed:
      return window.amount / kMsPerDay + 2;
    case Duration::Kind::months:
      return window.amount * kMonth + 1;
    default:
      return window.amount + 1;
  }
}

// What a condition reads of the past event, and whether it reads anything else. Aggregates inside
// it are looked at by themselves; defines and tables read no event.
class ConditionReads {
 public:
  ConditionReads(const Plan& plan, std::vector<bool>& fields) : plan_(plan), fields_(fields) {}

  void walk(Index index) {
    if (index == kNone || !seen_.insert(index).second) return;
    const Node& node = plan_.nodes[index];
    if (node.op == Op::event_field && node.a < fields_.size()) fields_[node.a] = true;
    event_alone_ = event_alone_ && is_of_event(node);
    if (node.op == Op::aggregate) return;
    for (const Index operand : operands_of(plan_, node)) walk(operand);
  }

  bool event_alone() const { return event_alone_; }

 private:
  // Durations are left out with the calendars, which a new deployment may change.
  static bool is_of_event(const Node& node) {
    if (node.op == Op::constant || node.op == Op::event_field || node.op == Op::event_time) {
      return node.type.kind != TypeKind::duration;
    }
    const bool counts_days = has_plain_b(node.op) && node.op != Op::round;
    return node.op >= Op::negate && node.op < Op::table_output && !counts_days;
  }

  const Plan& plan_;
  std::vector<bool>& fields_;
  std::unordered_set<Index> seen_;
  bool event_alone_ = true;
};

// Whether stretches of events, one after the other, tell what all of them together would.
bool adds_up(const Plan& plan, const Aggregate& aggregate) {
  using Function = Aggregate::Function;
  const bool extreme =
      aggregate.function == Function::minimum || aggregate.function == Function::maximum;
  if (!extreme) return true;
  // Durations of different kinds have no order: which stands depends on the first of all.
  const Layout::Event& event = plan.layout.events[aggregate.event];
  return event.fields[aggregate.field].type.kind != TypeKind::duration;
}

uint64_t memo_of(const Plan& plan, NodeDigests& nodes, const Aggregate& aggregate) {
  Where where;
  where.event = aggregate.event;
  const Digest digest = DigestBuilder()
                            .add(plan.zone.name())
                            .add(int64_t{aggregate.event})
                            .add(int64_t{aggregate.field})
                            .add(static_cast<int64_t>(aggregate.function))
                            .add(nodes.of(aggregate.condition, where))
                            .finish();
  return digest.low == 0 ? 1 : digest.low;
}

}  // namespace

void index_history(Program& program) {
  Plan& plan = program.plan;
  NodeDigests nodes(plan);
  for (Index i = 0; i < plan.aggregates.size(); ++i) {
    Aggregate& aggregate = plan.aggregates[i];
    HistoryNeed& need = plan.history[aggregate.event];
    need.needed = true;
    need.fields.resize(plan.layout.events[aggregate.event].fields.size(), false);
    if (aggregate.field < need.fields.size()) need.fields[aggregate.field] = true;
    ConditionReads reads(plan, need.fields);
    reads.walk(aggregate.condition);
    if (reads.event_alone() && adds_up(plan, aggregate)) {
      aggregate.memo = memo_of(plan, nodes, aggregate);
    }
    if (aggregate.over != Over::all) {
      need.days = std::max(need.days, window_days(aggregate));
    } else if (aggregate.memo != 0) {
      need.latest.push_back(i);
    } else {
      need.forever = true;
    }
  }
}

}  // namespace duban::compiler
