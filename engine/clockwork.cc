#include "engine/clockwork.h"

#include "engine/motion.h"

namespace duban::turning {

MaybeInstant earlier(MaybeInstant a, MaybeInstant b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

MaybeInstant later(MaybeInstant a, MaybeInstant b) {
  return a && b ? MaybeInstant(std::max(*a, *b)) : std::nullopt;
}

std::optional<Date> Clockwork::date_at(Index node, Instant t) const {
  const Value value = at(node, t);
  if (const Date* date = value.get_if<Date>()) return *date;
  if (const Instant* instant = value.get_if<Instant>()) return zone_.date_of(*instant);
  return std::nullopt;
}

// ---------------------------------------------------------------- searching

// The last day, from `day` on, that every calendar covers that covers `day`.
Date Clockwork::last_covered_day(Date day) const {
  Date last = kLastDay;
  for (const Calendar& calendar : plan_.calendars) {
    if (!calendar.covers(day)) continue;
    Date end = day;
    while (end < last && calendar.covers(add_days(end, 1))) end = add_days(end, 1);
    last = std::min(last, end);
  }
  return last;
}

// For what is not known now: the next day, as long as the calendar goes on.
MaybeInstant Clockwork::ask_again(Instant t, const NodeMotion& how) const {
  const Date today = zone_.date_of(t);
  const bool goes_on =
      how.calendar &&
      std::any_of(plan_.calendars.begin(), plan_.calendars.end(), [&](const Calendar& calendar) {
        return calendar.last() && today < *calendar.last();
      });
  return goes_on ? MaybeInstant(tomorrow(t)) : std::nullopt;
}

// Where the local clock jumps between two instants of one day.
MaybeInstant Clockwork::jump(Instant from, Instant end) const {
  const auto offset = [&](Instant t) {
    return int64_t{zone_.date_of(t).days} * kMsPerDay + zone_.time_of(t).ms - t.ms;
  };
  const Instant last{end.ms - 1};
  if (last <= from || offset(last) == offset(from)) return std::nullopt;
  return halve(from, last, [&](Instant t) { return offset(t) != offset(from); });
}

// ---------------------------------------------------------------- values

MaybeInstant Clockwork::next(Index node, Instant t) const {
  if (node == kNone || motion(node).motion == Motion::still) return std::nullopt;
  if (is_monotone(motion(node).motion)) return next_value(node, t);
  const Node& n = plan_.nodes[node];
  switch (n.op) {
    case Op::logical_not:
      return next(n.a, t);
    case Op::logical_and:
    case Op::logical_or:
      return logic(n, t);
    case Op::equal:
    case Op::not_equal:
    case Op::less:
    case Op::less_equal:
    case Op::greater:
    case Op::greater_equal:
      return compare(n.a, n.b, t);
    case Op::between:
    case Op::in_list: {
      MaybeInstant out;
      for (Index i = 1; i < n.count; ++i) {
        out = earlier(out, compare(plan_.arguments[n.first], plan_.arguments[n.first + i], t));
      }
      return out;
    }
    case Op::month_of:
      return next_date(n.a, t, true);
    case Op::day_of:
    case Op::weekday_of:
      return next_date(n.a, t, false);
    case Op::days_from_to:
    case Op::working_days_from_to: {
      const std::vector<Index> dates = operands_of(plan_, n);
      return earlier(next_date(dates[0], t, false), next_date(dates[1], t, false));
    }
    case Op::table_output:
      return table(n, t);
    case Op::aggregate:
      return aggregate(n, t);
    default:
      return next_of_parts(operands_of(plan_, n), t);
  }
}

MaybeInstant Clockwork::next_of_parts(const std::vector<Index>& parts, Instant t) const {
  MaybeInstant out;
  for (const Index part : parts) out = earlier(out, next(part, t));
  return out;
}

MaybeInstant Clockwork::next_value(Index node, Instant t) const {
  const Value now = at(node, t);
  if (now.is_none()) return ask_again(t, motion(node));
  return first(
      t, motion(node), [&](Instant u) { return at(node, u); },
      [&](const Value& then) { return !(then == now); });
}

// When the date, or the month, of a moment is another.
MaybeInstant Clockwork::next_date(Index node, Instant t, bool by_month) const {
  NodeMotion how = motion(node);
  if (how.motion == Motion::still) return std::nullopt;
  if (how.motion == Motion::stepwise) return next(node, t);
  if (plan_.nodes[node].op == Op::now) how.fine = false;
  const auto key = [&](Instant u) {
    const std::optional<Date> date = date_at(node, u);
    if (!date) return Value{None{}};
    return Value{by_month ? add_days(*date, 1 - civil(*date).day) : *date};
  };
  const Value now = key(t);
  if (now.is_none()) return ask_again(t, how);
  return first(t, how, key, [&](const Value& then) { return !(then == now); });
}

// ---------------------------------------------------------------- comparisons

MaybeInstant Clockwork::compare(Index a, Index b, Instant t) const {
  const Motion left = motion(a).motion, right = motion(b).motion;
  if (left == Motion::still && right == Motion::still) return std::nullopt;
  if (is_continuous(left)) return earlier(meeting(a, at(b, t), t), next(b, t));
  if (is_continuous(right)) return earlier(meeting(b, at(a, t), t), next(a, t));
  if (right == Motion::still && is_monotone(left)) return meeting(a, at(b, t), t);
  if (left == Motion::still && is_monotone(right)) return meeting(b, at(a, t), t);
  if (right == Motion::still && runs_down(a)) return running_down(a, at(b, t), t);
  if (left == Motion::still && runs_down(b)) return running_down(b, at(a, t), t);
  return earlier(next(a, t), next(b, t));
}

// When a value that goes one way meets one that stands still, or leaves it.
MaybeInstant Clockwork::meeting(Index moving, const Value& still, Instant t) const {
  if (still.is_none()) return std::nullopt;
  const Node& n = plan_.nodes[moving];
  NodeMotion how = motion(moving);
  if (how.motion == Motion::shifted) {
    const Value by = at(n.b, t);
    const Duration* duration = by.get_if<Duration>();
    const Instant* instant = still.get_if<Instant>();
    if (duration == nullptr || instant == nullptr) return std::nullopt;
    const bool steps_back =
        duration->kind == Duration::Kind::days || duration->kind == Duration::Kind::months;
    if (steps_back) {
      return shifted_meeting([&](Instant u) { return at(moving, u); }, *instant, t);
    }
    how.calendar = duration->kind != Duration::Kind::elapsed;
  }
  const Value now = at(moving, t);
  if (now.is_none()) return ask_again(t, how);
  const auto relation_now = order(now, still);
  return first(
      t, how, [&](Instant u) { return at(moving, u); },
      [&](const Value& then) { return order(then, still) != relation_now; });
}

// ---------------------------------------------------------------- logic

// `a and b` stays no as long as one of them does.
MaybeInstant Clockwork::logic(const Node& node, Instant t) const {
  const bool both = node.op == Op::logical_and;
  const auto holds_at = [&](Index part) {
    const Value value = at(part, t);
    const bool* yes = value.get_if<bool>();
    return yes != nullptr && *yes;
  };
  const bool a = holds_at(node.a), b = holds_at(node.b);
  if (a != b) return next(a == both ? node.b : node.a, t);
  const MaybeInstant left = next(node.a, t), right = next(node.b, t);
  return a == both ? earlier(left, right) : later(left, right);
}

// When a row may begin or cease to apply.
MaybeInstant Clockwork::row(const Table::Row& row, Instant t, bool* hit) const {
  MaybeInstant any, all;
  bool first_no = true;
  *hit = true;
  for (const Index condition : row.conditions) {
    const Value value = at(condition, t);
    const bool* yes = value.get_if<bool>();
    const MaybeInstant turn = next(condition, t);
    if (yes != nullptr && *yes) {
      any = earlier(any, turn);
      continue;
    }
    *hit = false;
    all = first_no ? turn : later(all, turn);
    first_no = false;
  }
  return *hit ? any : all;
}

MaybeInstant Clockwork::table(const Node& node, Instant t) const {
  const Table& table = plan_.tables[node.a];
  MaybeInstant out;
  for (const Table::Row& each : table.rows) {
    bool hit = false;
    out = earlier(out, row(each, t, &hit));
    if (!hit) continue;
    if (node.b < each.outputs.size()) out = earlier(out, next(each.outputs[node.b], t));
    if (table.hit != syntax::TableDecl::Hit::all) break;
  }
  return out;
}

}  // namespace duban::turning
