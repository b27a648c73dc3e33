#include "engine/turning.h"

#include <algorithm>
#include <compare>

namespace duban {
namespace {

const Date kLastDay = *date_from_civil(9999, 12, 30);

using MaybeInstant = std::optional<Instant>;

MaybeInstant earlier(MaybeInstant a, MaybeInstant b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

// When all of several have changed at least once; nothing where one never does.
MaybeInstant later(MaybeInstant a, MaybeInstant b) {
  return a && b ? MaybeInstant(std::max(*a, *b)) : std::nullopt;
}

// How two values compare, as the evaluator sees it; nothing where no comparison holds.
std::optional<std::strong_ordering> relation(const Value& a, const Value& b) {
  if (a.is_none() || b.is_none() || a.index() != b.index()) return std::nullopt;
  if (const Duration* d = a.get_if<Duration>()) {
    if (d->kind != b.as<Duration>().kind) return std::nullopt;
    return d->amount <=> b.as<Duration>().amount;
  }
  return a <=> b;
}

// The expressions of one context, read at other instants than now.
class Clockwork {
 public:
  explicit Clockwork(const Context& context)
      : c_(context), plan_(*context.plan), zone_(context.plan->zone) {
    c_.reads = nullptr;
    c_.no_data = nullptr;
    c_.observed = nullptr;  // nothing of this happens
  }

  // None where it fails: what will fail then fails when it is asked then.
  Value at(Index node, Instant t) const {
    Context then = c_;
    then.now = t;
    try {
      return evaluate(then, node);
    } catch (const EvalFailure&) {
      return None{};
    }
  }
  bool fails(Index node, Instant t) const {
    Context then = c_;
    then.now = t;
    try {
      evaluate(then, node);
      return false;
    } catch (const EvalFailure&) {
      return true;
    }
  }

  // The first instant after t at which the node may be worth something else. REQUIRES: it stands
  // still between some instants.
  MaybeInstant next(Index node, Instant t) const;

 private:
  const NodeMotion& motion(Index node) const { return plan_.motions[node]; }
  Instant midnight(Date day) const { return zone_.at(day, TimeOfDay{0}); }
  Instant tomorrow(Instant t) const { return midnight(add_days(zone_.date_of(t), 1)); }
  std::optional<Date> date_at(Index node, Instant t) const;

  template <typename Read, typename Changed>
  MaybeInstant first(Instant t, const NodeMotion& how, const Read& read,
                     const Changed& changed) const;
  template <typename Changed>
  Instant halve(Instant low, Instant high, const Changed& changed) const;
  template <typename Changed>
  MaybeInstant first_within_day(Instant t, Instant end, const Changed& changed) const;
  MaybeInstant jump(Instant from, Instant end) const;
  Date last_covered_day(Date day) const;
  MaybeInstant ask_again(Instant t, const NodeMotion& how) const;

  MaybeInstant next_value(Index node, Instant t) const;
  MaybeInstant next_of_parts(const std::vector<Index>& parts, Instant t) const;
  MaybeInstant next_date(Index node, Instant t, bool by_month) const;
  MaybeInstant compare(Index a, Index b, Instant t) const;
  MaybeInstant meeting(Index moving, const Value& still, Instant t) const;
  template <typename Read>
  MaybeInstant shifted_meeting(const Read& read, Instant still, Instant t) const;
  MaybeInstant logic(const Node& node, Instant t) const;
  MaybeInstant table(const Node& node, Instant t) const;
  MaybeInstant row(const Table::Row& row, Instant t, bool* hit) const;
  MaybeInstant aggregate(const Node& node, Instant t) const;
  Instant window_start(const Aggregate& spec, Instant t) const;
  MaybeInstant window(const Aggregate& spec, Instant t) const;
  MaybeInstant leaving(const Aggregate& spec, Instant event, Instant t) const;
  MaybeInstant returning(const Aggregate& spec, Instant t) const;
  bool runs_down(Index node) const;
  MaybeInstant running_down(Index node, const Value& still, Instant t) const;

  Context c_;
  const Plan& plan_;
  const Zone& zone_;
};

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

template <typename Changed>
Instant Clockwork::halve(Instant low, Instant high, const Changed& changed) const {
  while (high.ms - low.ms > 1) {  // not changed at low, changed at high
    const Instant middle{low.ms + (high.ms - low.ms) / 2};
    (changed(middle) ? high : low) = middle;
  }
  return high;
}

// The first instant after t at which what is read has `changed`, which once it has stays so. Days
// are leapt over in growing strides, then halved; only what is fine is looked for within its day.
// What counts working days is followed only as far as it is known.
template <typename Read, typename Changed>
MaybeInstant Clockwork::first(Instant t, const NodeMotion& how, const Read& read,
                              const Changed& changed) const {
  const Date today = zone_.date_of(t);
  const auto on = [&](int64_t days) { return midnight(add_days(today, days)); };
  const auto is_known = [&](Instant u) { return !read(u).is_none(); };
  const auto is_changed = [&](Instant u) { return changed(read(u)); };

  int64_t end = int64_t{kLastDay.days} - today.days;
  if (how.calendar) {
    end = int64_t{last_covered_day(today).days} - today.days;
    if (!is_known(on(end))) {
      int64_t known = 0;
      while (end - known > 1) {
        const int64_t middle = known + (end - known) / 2;
        (is_known(on(middle)) ? known : end) = middle;
      }
      end = known;
    }
  }
  int64_t low = 0, high = 0;
  for (int64_t stride = 1; high == 0; stride *= 2) {
    const int64_t probe = std::min(low + stride, end);
    if (probe <= low) break;
    (is_changed(on(probe)) ? high : low) = probe;
  }
  if (high == 0) {
    const Instant last{on(end + 1).ms - 1};
    const bool within = how.fine && how.calendar && last > t && is_known(last) && is_changed(last);
    return within ? MaybeInstant(halve(std::max(t, on(end)), last, is_changed)) : std::nullopt;
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (is_changed(on(middle)) ? high : low) = middle;
  }
  return how.fine ? halve(std::max(t, on(low)), on(high), is_changed) : on(high);
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

// As `first`, for what goes one way only as long as the local clock does not jump.
template <typename Changed>
MaybeInstant Clockwork::first_within_day(Instant t, Instant end, const Changed& changed) const {
  const MaybeInstant cut = jump(t, end);
  const Instant before{(cut ? *cut : end).ms - 1};
  if (before > t && changed(before)) return halve(t, before, changed);
  if (!cut) return std::nullopt;
  if (changed(*cut)) return cut;
  const Instant last{end.ms - 1};
  return last > *cut && changed(last) ? MaybeInstant(halve(*cut, last, changed)) : std::nullopt;
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
  const auto relation_now = relation(now, still);
  return first(
      t, how, [&](Instant u) { return at(moving, u); },
      [&](const Value& then) { return relation(then, still) != relation_now; });
}

// The same for `now` and a duration in days or months. Its date never falls back; within the day
// on which it may meet the other, it goes one way unless the clocks change.
template <typename Read>
MaybeInstant Clockwork::shifted_meeting(const Read& read, Instant still, Instant t) const {
  const auto by_day = [&](const Value& value) {
    const Instant* instant = value.get_if<Instant>();
    return instant == nullptr ? Value{None{}} : Value{zone_.date_of(*instant)};
  };
  const Value day{zone_.date_of(still)};
  const auto days_now = relation(by_day(read(t)), day);
  if (!days_now) return std::nullopt;
  if (*days_now != std::strong_ordering::equal) {
    return first(t, NodeMotion{}, read,
                 [&](const Value& then) { return relation(by_day(then), day) != days_now; });
  }
  const Instant end = tomorrow(t);
  const Value wanted{still};
  const auto relation_now = relation(read(t), wanted);
  const MaybeInstant within = first_within_day(
      t, end, [&](Instant u) { return relation(read(u), wanted) != relation_now; });
  return within ? within : MaybeInstant(end);
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

// ---------------------------------------------------------------- history

bool steps_back(const Aggregate& spec) {
  return spec.over == syntax::Over::last && spec.window.kind != Duration::Kind::elapsed;
}

MaybeInstant Clockwork::aggregate(const Node& node, Instant t) const {
  using Function = Aggregate::Function;
  const Aggregate& spec = plan_.aggregates[node.a];
  const bool still = spec.condition == kNone || motion(spec.condition).motion == Motion::still;
  const bool latest =
      spec.function == Function::latest || spec.function == Function::time_of_latest;
  if (c_.subject == nullptr) return std::nullopt;
  if (still && latest && spec.over == syntax::Over::last) {
    // All that are older leave before it.
    Context then = c_;
    then.now = t;
    const MaybeInstant last = last_counted(then, spec, Instant{t.ms + 1});
    const bool inside = last && *last > window_start(spec, t);
    return earlier(inside ? leaving(spec, *last, t) : std::nullopt, returning(spec, t));
  }
  MaybeInstant out = window(spec, t);
  if (still) return out;
  Context inner = c_;
  c_.subject->history.each(spec.event, [&](const PastEvent& past) {
    inner.past = &past;
    out = earlier(out, Clockwork(inner).next(spec.condition, t));
  });
  return out;
}

Instant Clockwork::window_start(const Aggregate& spec, Instant t) const {
  const Value start = shifted(plan_, Value{t}, spec.window, -1);
  const Instant* at = start.get_if<Instant>();
  return at != nullptr ? *at : t;
}

// When a window may gain or lose an event, or is about other days.
MaybeInstant Clockwork::window(const Aggregate& spec, Instant t) const {
  using syntax::Over;
  const Date today = zone_.date_of(t);
  const CivilDate d = civil(today);
  const Date month = add_days(today, 1 - d.day);
  switch (spec.over) {
    case Over::all:
      return std::nullopt;
    case Over::this_week:
    case Over::previous_week:
      return midnight(add_days(today, 8 - weekday(today)));
    case Over::same_month:
    case Over::this_month:
    case Over::previous_month:
      return midnight(add_months(month, 1));
    case Over::this_quarter:
    case Over::previous_quarter:
      return midnight(add_months(month, 3 - (d.month - 1) % 3));
    case Over::this_year:
    case Over::previous_year:
      return midnight(*date_from_civil(std::min(d.year + 1, 9999), 1, 1));
    case Over::last:
      break;
  }
  const Instant inside{window_start(spec, t).ms + 1};
  const PastEvent* oldest = c_.subject->history.first_from(spec.event, inside);
  return earlier(oldest != nullptr ? leaving(spec, oldest->time, t) : std::nullopt,
                 returning(spec, t));
}

// When an event that lies in the window leaves it.
MaybeInstant Clockwork::leaving(const Aggregate& spec, Instant event, Instant t) const {
  if (!steps_back(spec)) return std::max(Instant{event.ms + spec.window.amount}, Instant{t.ms + 1});
  return shifted_meeting([&](Instant u) { return Value{window_start(spec, u)}; }, event, t);
}

// The next midnight, where the window steps back there and gains what it had lost.
MaybeInstant Clockwork::returning(const Aggregate& spec, Instant t) const {
  if (!steps_back(spec)) return std::nullopt;
  const Instant end = tomorrow(t), start = window_start(spec, t);
  const Instant back = window_start(spec, end);
  if (back >= start) return std::nullopt;
  const PastEvent* again = c_.subject->history.first_from(spec.event, Instant{back.ms + 1});
  return again != nullptr && again->time <= start ? MaybeInstant(end) : std::nullopt;
}

// Whether the aggregate goes one way but for the days on which its window steps back.
bool Clockwork::runs_down(Index node) const {
  const Node& n = plan_.nodes[node];
  if (n.op != Op::aggregate || c_.subject == nullptr) return false;
  const Aggregate& spec = plan_.aggregates[n.a];
  const bool one_way = spec.function == Aggregate::Function::count ||
                       spec.function == Aggregate::Function::minimum ||
                       spec.function == Aggregate::Function::maximum;
  return one_way && steps_back(spec) &&
         (spec.condition == kNone || motion(spec.condition).motion == Motion::still);
}

// When such an aggregate meets what stands still, or leaves it: at the ends of days it goes one
// way, and so it does within the day that brings it.
MaybeInstant Clockwork::running_down(Index node, const Value& still, Instant t) const {
  const Date today = zone_.date_of(t);
  const auto now = relation(at(node, t), still);
  const auto is_changed = [&](Instant u) { return relation(at(node, u), still) != now; };
  const auto changed_by = [&](int64_t days) {
    return is_changed(Instant{midnight(add_days(today, days + 1)).ms - 1});
  };
  const MaybeInstant back = returning(plan_.aggregates[plan_.nodes[node].a], t);
  int64_t low = -1, high = 0;
  for (int64_t stride = 1; !changed_by(high); stride *= 2) {
    low = high;
    high = std::min(low + stride, int64_t{kLastDay.days} - today.days);
    if (high == low) return back;
  }
  while (high - low > 1) {
    const int64_t middle = low + (high - low) / 2;
    (changed_by(middle) ? high : low) = middle;
  }
  const Instant begin = std::max(t, midnight(add_days(today, high)));
  if (high > 0 && is_changed(begin)) return earlier(begin, back);
  return earlier(first_within_day(begin, tomorrow(begin), is_changed), back);
}

// ---------------------------------------------------------------- turns

template <typename Read>
MaybeInstant first_difference(const Clockwork& clockwork, Index node, Instant now,
                              const Read& read) {
  const auto before = read(now);
  Instant t = now;
  for (int i = 0; i < kTurnsFollowed; ++i) {
    const MaybeInstant next = clockwork.next(node, t);
    if (!next || *next <= t) return std::nullopt;
    t = *next;
    if (!(read(t) == before) || clockwork.fails(node, t)) return t;
  }
  return t;
}

}  // namespace

std::optional<Instant> next_turn(const Context& context, Index condition) {
  const Clockwork clockwork(context);
  return first_difference(clockwork, condition, context.now, [&](Instant t) {
    const Value value = clockwork.at(condition, t);
    const bool* yes = value.get_if<bool>();
    return yes != nullptr && *yes;
  });
}

std::optional<Instant> next_change(const Context& context, Index node) {
  const Clockwork clockwork(context);
  return first_difference(clockwork, node, context.now,
                          [&](Instant t) { return clockwork.at(node, t); });
}

}  // namespace duban
