#include "engine/motion.h"

#include <algorithm>

namespace duban {
namespace {

constexpr NodeMotion kStill{};

NodeMotion with(Motion motion, const NodeMotion& like) {
  return {motion, like.fine, like.calendar};
}

Motion opposite(Motion motion) {
  if (motion == Motion::rising) return Motion::falling;
  if (motion == Motion::falling) return Motion::rising;
  return motion;
}

NodeMotion merged(Motion motion, const NodeMotion& a, const NodeMotion& b) {
  return {motion, a.fine || b.fine, a.calendar || b.calendar};
}

bool is_date_function(Op op) {
  return op >= Op::year_of && op <= Op::end_of_year && op != Op::time_of;
}

bool counts_working_days(Op op) {
  return op == Op::working_days_from_to || op == Op::rolled_forward || op == Op::rolled_back ||
         op == Op::next_working_day || op == Op::previous_working_day;
}

// The kind of a duration, where its form tells it.
std::optional<Duration::Kind> kind_of(const Plan& plan, Index node) {
  const Node& n = plan.nodes[node];
  if (n.op == Op::constant) {
    const Duration* duration = plan.constants[n.a].get_if<Duration>();
    if (duration != nullptr) return duration->kind;
  }
  if (n.op == Op::negate || n.op == Op::multiply) return kind_of(plan, n.a);
  return std::nullopt;
}

bool is_by_clock(const std::optional<Duration::Kind>& kind) {
  return kind == Duration::Kind::elapsed || kind == Duration::Kind::working_hours;
}
bool is_working(const std::optional<Duration::Kind>& kind) {
  return !kind || kind == Duration::Kind::working_days || kind == Duration::Kind::working_hours;
}

}  // namespace

std::vector<Index> operands_of(const Plan& plan, const Node& node) {
  std::vector<Index> out;
  switch (node.op) {
    case Op::constant:
    case Op::subject_attribute:
    case Op::subject_key:
    case Op::subject:
    case Op::case_variable:
    case Op::case_opened:
    case Op::event_field:
    case Op::event_time:
    case Op::event_received:
    case Op::answer_field:
    case Op::now:
    case Op::today:
    case Op::task_due:
    case Op::listing:
      return out;
    case Op::attribute_of:
      return {node.a};
    case Op::table_output:
      for (const Table::Row& row : plan.tables[node.a].rows) {
        out.insert(out.end(), row.conditions.begin(), row.conditions.end());
        if (node.b < row.outputs.size()) out.push_back(row.outputs[node.b]);
      }
      return out;
    case Op::aggregate:
      if (plan.aggregates[node.a].condition != kNone)
        out.push_back(plan.aggregates[node.a].condition);
      return out;
    default:
      if (node.a != kNone) out.push_back(node.a);
      if (node.b != kNone && !has_plain_b(node.op)) out.push_back(node.b);
      for (Index i = 0; i < node.count; ++i) out.push_back(plan.arguments[node.first + i]);
      return out;
  }
}

NodeMotion Motions::of(Index node) {
  if (node == kNone) return kStill;
  if (known_.size() < plan_.nodes.size()) known_.resize(plan_.nodes.size());
  if (!known_[node]) {
    const NodeMotion motion = compute(plan_.nodes[node]);
    known_[node] = motion;
  }
  return *known_[node];
}

Index Motions::culprit(Index node) {
  for (;;) {
    const std::vector<Index> parts = operands_of(plan_, plan_.nodes[node]);
    const auto worse = std::find_if(parts.begin(), parts.end(), [&](Index part) {
      return of(part).motion == Motion::restless;
    });
    if (worse == parts.end()) return node;
    node = *worse;
  }
}

// Anything that is computed anew from parts that stand still between some instants.
NodeMotion Motions::steps(const std::vector<Index>& parts) {
  NodeMotion out;
  for (const Index part : parts) {
    const NodeMotion motion = of(part);
    if (motion.motion == Motion::still) continue;
    const bool follows = motion.motion != Motion::restless && !is_continuous(motion.motion) &&
                         out.motion != Motion::restless;
    out = merged(follows ? Motion::stepwise : Motion::restless, out, motion);
  }
  return out;
}

// As the date of what it is: even `now + 1 month` never falls back to an earlier day.
NodeMotion Motions::dated(Index node) {
  NodeMotion motion = of(node);
  if (!is_continuous(motion.motion)) return motion;
  const Node& n = plan_.nodes[node];
  const bool whole_days =
      motion.motion == Motion::shifted && kind_of(plan_, n.b) && plan_.nodes[n.a].op == Op::now;
  motion.motion = Motion::rising;
  motion.fine = n.op != Op::now && !whole_days;
  return motion;
}

NodeMotion Motions::compute(const Node& node) {
  switch (node.op) {
    case Op::now:
      return {Motion::clock, true, false};
    case Op::today:
      return {Motion::rising, false, false};
    case Op::negate: {
      const NodeMotion a = of(node.a);
      return is_continuous(a.motion) ? with(Motion::restless, a) : with(opposite(a.motion), a);
    }
    case Op::add:
    case Op::subtract: {
      const TypeKind kind = plan_.nodes[node.a].type.kind;
      const bool moment = kind == TypeKind::date || kind == TypeKind::datetime;
      return moment ? shift(node) : sum(node);
    }
    case Op::multiply:
    case Op::divide: {
      const NodeMotion a = of(node.a), b = of(node.b);
      const bool scaled = is_monotone(a.motion) && b.motion == Motion::still;
      const bool scales =
          node.op == Op::multiply && a.motion == Motion::still && is_monotone(b.motion);
      if (scaled || scales) return merged(Motion::monotone, a, b);
      return steps({node.a, node.b});
    }
    case Op::round: {
      const NodeMotion a = of(node.a);
      return is_continuous(a.motion) ? with(Motion::restless, a) : a;
    }
    case Op::minimum:
    case Op::maximum:
      return extreme(node);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
    case Op::between:
    case Op::in_list:
      return comparison(node);
    case Op::days_from_to:
    case Op::working_days_from_to: {
      const std::vector<Index> dates = operands_of(plan_, node);
      const NodeMotion from = dated(dates[0]), to = dated(dates[1]);
      const bool calendar = node.op == Op::working_days_from_to;
      NodeMotion out = merged(Motion::stepwise, from, to);
      if (from.motion == Motion::restless || to.motion == Motion::restless) {
        out.motion = Motion::restless;
      } else if (from.motion == Motion::still) {
        out.motion = to.motion;
      } else if (to.motion == Motion::still || to.motion == opposite(from.motion)) {
        out.motion = opposite(from.motion);
      }
      out.calendar |= calendar && out.motion != Motion::still;
      return out;
    }
    case Op::table_output:
      return table(node);
    case Op::aggregate:
      return aggregate(node);
    case Op::to_datetime:
      return of(node.a);
    default:
      break;
  }
  const bool keeps_time = (node.op == Op::rolled_forward || node.op == Op::rolled_back) &&
                          node.type.kind == TypeKind::datetime;
  if (keeps_time) {  // may go back: from a late hour of a day off to an early one
    NodeMotion out = steps({node.a});
    out.calendar |= out.motion != Motion::still;
    return out;
  }
  if (is_date_function(node.op) || counts_working_days(node.op)) {
    NodeMotion a = dated(node.a);
    if (a.motion == Motion::still || a.motion == Motion::restless) return a;
    const bool cyclic =
        node.op == Op::month_of || node.op == Op::day_of || node.op == Op::weekday_of;
    if (cyclic) a.motion = Motion::stepwise;
    a.calendar |= counts_working_days(node.op);
    return a;
  }
  return steps(operands_of(plan_, node));
}

// A date or datetime and a duration.
NodeMotion Motions::shift(const Node& node) {
  const NodeMotion base = of(node.a), by = of(node.b);
  if (by.motion != Motion::still) return steps({node.a, node.b});
  if (base.motion == Motion::still) return kStill;
  const std::optional<Duration::Kind> kind = kind_of(plan_, node.b);
  NodeMotion out = base;
  out.calendar |= is_working(kind);
  if (base.motion == Motion::clock && !is_by_clock(kind)) out.motion = Motion::shifted;
  if (base.motion == Motion::shifted) out.motion = Motion::restless;
  return out;
}

NodeMotion Motions::sum(const Node& node) {
  const NodeMotion a = of(node.a);
  NodeMotion b = of(node.b);
  if (node.op == Op::subtract) b.motion = opposite(b.motion);
  const bool directed = a.motion == Motion::rising || a.motion == Motion::falling;
  if (b.motion == Motion::still && is_monotone(a.motion)) return a;
  if (a.motion == Motion::still && is_monotone(b.motion)) return b;
  if (directed && a.motion == b.motion) return merged(a.motion, a, b);
  return steps({node.a, node.b});
}

NodeMotion Motions::extreme(const Node& node) {
  NodeMotion out;
  bool one_way = true;
  for (const Index part : operands_of(plan_, node)) {
    const NodeMotion motion = of(part);
    if (motion.motion == Motion::still) continue;
    Motion merge = motion.motion;
    const bool up = (out.motion == Motion::rising && merge == Motion::clock) ||
                    (out.motion == Motion::clock && merge == Motion::rising);
    if (up) merge = Motion::clock;
    const bool fits =
        (out.motion == Motion::still || out.motion == motion.motion || up) &&
        (merge == Motion::rising || merge == Motion::falling || merge == Motion::clock);
    one_way = one_way && fits;
    out = merged(merge, out, motion);
  }
  return one_way ? out : steps(operands_of(plan_, node));
}

// Of two sides one may move without a stop, if the other stands still long enough to be met.
NodeMotion Motions::comparison(const Node& node) {
  const std::vector<Index> parts = operands_of(plan_, node);
  NodeMotion out;
  size_t continuous = 0;
  for (const Index part : parts) {
    const NodeMotion motion = of(part);
    if (motion.motion == Motion::still) continue;
    continuous += is_continuous(motion.motion) ? 1 : 0;
    const bool restless = motion.motion == Motion::restless || out.motion == Motion::restless;
    out = merged(restless ? Motion::restless : Motion::stepwise, out, motion);
  }
  // `a between now and now + 3 hours`: the first is compared with each of the others.
  const bool first = !parts.empty() && is_continuous(of(parts[0]).motion);
  if (first && continuous > 1) out.motion = Motion::restless;
  return out;
}

NodeMotion Motions::table(const Node& node) { return steps(operands_of(plan_, node)); }

NodeMotion Motions::aggregate(const Node& node) {
  const Aggregate& spec = plan_.aggregates[node.a];
  NodeMotion out = of(spec.condition);
  if (out.motion == Motion::restless) return out;
  if (spec.over == syntax::Over::all) return out;
  const bool plain = out.motion == Motion::still;
  out.motion = Motion::stepwise;
  if (spec.over != syntax::Over::last) return out;
  out.fine = true;
  // Without new events a window only loses some; but one in days or months steps back now and then.
  if (!plain || spec.window.kind != Duration::Kind::elapsed) return out;
  if (spec.function == Aggregate::Function::count ||
      spec.function == Aggregate::Function::maximum) {
    out.motion = Motion::falling;
  } else if (spec.function == Aggregate::Function::minimum) {
    out.motion = Motion::rising;
  }
  return out;
}

}  // namespace duban
