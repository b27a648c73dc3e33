// Aggregates over past events: which of them lie in the window, and what they add up to.
#include <algorithm>

#include "engine/eval.h"

namespace duban {
namespace {

using Function = Aggregate::Function;
using syntax::Over;

// From `from` on and before `to`.
struct Range {
  Instant from{INT64_MIN};
  Instant to;
};

Instant just_after(Instant at) { return at.ms == INT64_MAX ? at : Instant{at.ms + 1}; }

// The first day of the period that holds `day`, and of the next one.
std::pair<Date, Date> period_of(Over over, Date day) {
  const CivilDate d = civil(day);
  switch (over) {
    case Over::this_week:
    case Over::previous_week: {
      const Date monday = add_days(day, 1 - weekday(day));
      return {monday, add_days(monday, 7)};
    }
    case Over::this_quarter:
    case Over::previous_quarter: {
      const Date first = *date_from_civil(d.year, (d.month - 1) / 3 * 3 + 1, 1);
      return {first, add_months(first, 3)};
    }
    case Over::this_year:
    case Over::previous_year: {
      const Date first = *date_from_civil(d.year, 1, 1);
      return {first, add_months(first, 12)};
    }
    default: {
      const Date first = *date_from_civil(d.year, d.month, 1);
      return {first, add_months(first, 1)};
    }
  }
}

bool is_previous(Over over) { return over >= Over::previous_week; }

// `last D` begins after the instant D ago and includes now; calendar periods begin with their first
// day and end before the next one's.
template <typename Visit>
void each_range(const Context& c, const Aggregate& spec, const Visit& visit) {
  const Zone& zone = c.plan->zone;
  const Instant end = just_after(c.now);
  const auto midnight = [&](Date day) { return zone.at(day, TimeOfDay{0}); };
  switch (spec.over) {
    case Over::all:
      return visit(Range{Instant{INT64_MIN}, end});
    case Over::last: {
      const Value from = shifted(*c.plan, Value{c.now}, spec.window, -1);
      const Instant* at = from.get_if<Instant>();
      return visit(Range{at != nullptr ? just_after(*at) : Instant{INT64_MIN}, end});
    }
    case Over::same_month: {
      const Date today = zone.date_of(c.now);
      for (int64_t years = spec.years; years > 0; --years) {
        const auto [first, next] = period_of(Over::this_month, add_months(today, -12 * years));
        visit(Range{midnight(first), midnight(next)});
      }
      return;
    }
    default: {
      auto [first, next] = period_of(spec.over, zone.date_of(c.now));
      if (is_previous(spec.over)) {
        next = first;
        first = period_of(spec.over, add_days(first, -1)).first;
      }
      return visit(Range{midnight(first), std::min(midnight(next), end)});
    }
  }
}

// Of two values the one that is asked for; durations of different kinds have no order, then the
// earlier stands.
bool replaces(Function function, const Value& value, const Value& best) {
  if (best.is_none() || function == Function::latest) return true;
  if (const Duration* duration = value.get_if<Duration>();
      duration != nullptr && duration->kind != best.as<Duration>().kind) {
    return false;
  }
  return function == Function::minimum ? value < best : best < value;
}

class Counter {
 public:
  Counter(const Context& context, const Aggregate& spec) : spec_(spec), inside_(context) {
    inside_.reads = nullptr;
  }

  void add(const PastEvent& past, Tally& tally) {
    if (spec_.condition != kNone) {
      inside_.past = &past;
      if (!holds(inside_, spec_.condition)) return;
    }
    if (spec_.function == Function::count || spec_.function == Function::time_of_latest) {
      ++tally.count;
      tally.time = past.time;
      return;
    }
    if (spec_.field >= past.fields.size() || past.fields[spec_.field].is_none()) return;
    const Value& value = past.fields[spec_.field];
    ++tally.count;
    if (spec_.function == Function::sum || spec_.function == Function::average) {
      tally.sum += value.as<Decimal>().micro();
    } else if (replaces(spec_.function, value, tally.best)) {
      tally.best = value;
    }
  }

  // The first `count` events of a block: from what is known of it, as far as that goes.
  void add(const History::Block& block, size_t count, Tally& tally) {
    auto known = std::find_if(block.known.begin(), block.known.end(),
                              [&](const auto& entry) { return entry.memo == spec_.memo; });
    const bool beyond = known != block.known.end() && known->count > count;
    if (spec_.memo == 0 || beyond) {
      for (size_t i = 0; i < count; ++i) add(block.events[i], tally);
      return;
    }
    if (known == block.known.end()) {
      block.known.emplace_back().memo = spec_.memo;
      known = block.known.end() - 1;
    }
    for (; known->count < count; ++known->count) add(block.events[known->count], known->tally);
    merge(known->tally, tally);
  }

 private:
  void merge(const Tally& later, Tally& tally) const {
    if (later.count == 0) return;
    tally.count += later.count;
    tally.sum += later.sum;
    tally.time = later.time;
    if (!later.best.is_none() && replaces(spec_.function, later.best, tally.best)) {
      tally.best = later.best;
    }
  }

  const Aggregate& spec_;
  Context inside_;
};

Value checked_total(const std::optional<Decimal>& result, const Node& node) {
  if (result) return *result;
  throw EvalFailure{"the sum over past events is too large", "历史事件的合计超出范围", node.span};
}

}  // namespace

Value evaluate_aggregate(const Context& c, const Node& node) {
  const Aggregate& spec = c.plan->aggregates[node.a];
  if (c.subject == nullptr) return None{};
  Counter counter(c, spec);
  Tally tally;
  each_range(c, spec, [&](Range range) {
    if (c.history_before) range.to = std::min(range.to, *c.history_before);
    c.subject->history.visit(
        spec.event, range.from, range.to,
        [&](const History::Block& block, size_t count) { counter.add(block, count, tally); },
        [&](const PastEvent& past) { counter.add(past, tally); });
  });
  switch (spec.function) {
    case Function::count:
      return checked_total(Decimal::from_integer(tally.count), node);
    case Function::sum:
      return checked_total(sum_of(tally.sum), node);
    case Function::average:
      return tally.count == 0 ? Value{None{}} : checked_total(mean_of(tally.sum, tally.count), node);
    case Function::time_of_latest:
      return tally.count == 0 ? Value{None{}} : Value{tally.time};
    default:
      return tally.best;
  }
}

std::optional<Instant> last_counted(const Context& c, const Aggregate& aggregate, Instant before) {
  if (c.subject == nullptr) return std::nullopt;
  Counter counter(c, aggregate);
  std::optional<Instant> at;
  c.subject->history.visit_back(aggregate.event, before, [&](const PastEvent& past) {
    Tally one;
    counter.add(past, one);
    if (one.count > 0) at = past.time;
    return !at;
  });
  return at;
}

}  // namespace duban
