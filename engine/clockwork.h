// When expressions turn: the parts of turning.cc, by subject.
#pragma once

#include <algorithm>
#include <compare>
#include <optional>
#include <vector>

#include "engine/eval_parts.h"

namespace duban::turning {

inline const Date kLastDay = *date_from_civil(9999, 12, 30);

using MaybeInstant = std::optional<Instant>;

MaybeInstant earlier(MaybeInstant a, MaybeInstant b);
// When all of several have changed at least once; nothing where one never does.
MaybeInstant later(MaybeInstant a, MaybeInstant b);
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

// The same for `now` and a duration in days or months. Its date never falls back; within the day
// on which it may meet the other, it goes one way unless the clocks change.
template <typename Read>
MaybeInstant Clockwork::shifted_meeting(const Read& read, Instant still, Instant t) const {
  const auto by_day = [&](const Value& value) {
    const Instant* instant = value.get_if<Instant>();
    return instant == nullptr ? Value{None{}} : Value{zone_.date_of(*instant)};
  };
  const Value day{zone_.date_of(still)};
  const auto days_now = order(by_day(read(t)), day);
  if (!days_now) return std::nullopt;
  if (*days_now != std::strong_ordering::equal) {
    return first(t, NodeMotion{}, read,
                 [&](const Value& then) { return order(by_day(then), day) != days_now; });
  }
  const Instant end = tomorrow(t);
  const Value wanted{still};
  const auto relation_now = order(read(t), wanted);
  const MaybeInstant within =
      first_within_day(t, end, [&](Instant u) { return order(read(u), wanted) != relation_now; });
  return within ? within : MaybeInstant(end);
}

}  // namespace duban::turning
