// When aggregates turn: windows that events enter and leave.
#include <algorithm>

#include "engine/clockwork.h"

namespace duban::turning {
namespace {

bool steps_back(const Aggregate& spec) {
  return spec.over == syntax::Over::last && spec.window.kind != Duration::Kind::elapsed;
}

}  // namespace

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
  const auto now = order(at(node, t), still);
  const auto is_changed = [&](Instant u) { return order(at(node, u), still) != now; };
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

}  // namespace duban::turning
