// Recurring steps: `every …`, found by trying every day.
#include <algorithm>
#include <cstdlib>

#include "tests/reference/judge.h"

namespace duban::reference {
namespace {

using syntax::Schedule;
using Unit = syntax::Schedule::Unit;
using Roll = syntax::Schedule::Roll;

constexpr int kDaysAhead = 1500;
const Date kNoDay{INT32_MIN};      // of a period without a working day
constexpr int kLongestMove = 100;  // no stretch of days off is longer

// `from` or `to`: a day, or an instant.
struct Bound {
  bool said = false, known = false;
  Date day;
  std::optional<Instant> exact;
};

struct Days {
  const Program& program;
  const Schedule& schedule;
  const Calendar* calendar;
  TimeOfDay at;
  Bound from, to;
  mutable std::map<Date, std::optional<Date>>
      of_period;  // what day_of() has said, by its first day

  Instant time(Date day) const { return program.zone.at(day, at); }
  std::optional<bool> works(Date day) const {
    return calendar == nullptr ? std::nullopt : calendar->is_working(day);
  }
  bool outside(Date day) const {
    if (from.said && (from.exact ? time(day) < *from.exact : day < from.day)) return true;
    return to.said && (to.exact ? time(day) > *to.exact : day > to.day);
  }
  bool past(Date day) const { return to.said && (to.exact ? time(day) > *to.exact : day > to.day); }
  // Where a day off goes; nothing: the calendar does not say.
  std::optional<Date> moved(Date day) const {
    if (schedule.roll == Roll::none) return day;
    for (;; day = add_days(day, schedule.roll == Roll::forward ? 1 : -1)) {
      const auto worked = works(day);
      if (!worked) return std::nullopt;
      if (*worked) return day;
    }
  }
  // Whether the schedule names the day; nothing: the calendar does not say.
  std::optional<bool> named(Date day) const {
    switch (schedule.unit) {
      case Unit::day:
        return true;
      case Unit::week:
        return weekday(day) == schedule.day;
      case Unit::working_day:
        return works(day);
      default:
        break;
    }
    // The n-th day of the month, quarter or year, or of a month in it; from the end when negative.
    const CivilDate d = civil(day);
    const int length = schedule.unit == Unit::month ? 1 : schedule.unit == Unit::quarter ? 3 : 12;
    int month = (d.month - 1) / length * length + 1;
    int months = length;
    if (schedule.month != 0) {
      month += schedule.month - 1;
      months = 1;
    }
    const Date first = *date_from_civil(d.year, month, 1);
    const Date end = add_months(first, months);
    if (day < first || day >= end) return false;
    const auto [known, is_new] = of_period.try_emplace(first);
    if (is_new) known->second = day_of(first, end);
    if (!known->second) return std::nullopt;
    return known->second == day;
  }
  // The day that is meant of those from `first` to before `end`: of one that has too few, its last.
  std::optional<Date> day_of(Date first, Date end) const {
    std::optional<Date> last;
    int count = 0;
    const bool backwards = schedule.day < 0;
    for (Date x = backwards ? add_days(end, -1) : first; first <= x && x < end;
         x = add_days(x, backwards ? -1 : 1)) {
      if (schedule.counts_working) {
        const auto worked = works(x);
        if (!worked) return std::nullopt;
        if (!*worked) continue;
      }
      last = x;
      if (++count == std::abs(schedule.day)) break;
    }
    return last ? *last : kNoDay;
  }
};

Bound bound(const Program& p, const syntax::ExprPtr& expr, const Value& value) {
  Bound out;
  out.said = expr != nullptr;
  if (const Date* day = value.get_if<Date>()) {
    out.known = true;
    out.day = *day;
  } else if (const Instant* at = value.get_if<Instant>()) {
    out.known = true;
    out.day = p.zone.date_of(*at);
    out.exact = *at;
  }
  return out;
}

}  // namespace

// The pending occurrence, from what holds now. Those whose time passed while the schedule was
// another one are not made up for; the pending one, moved into the past, happens at once.
std::optional<Instant> Judge::occurrence_due(const syntax::Trigger& trigger, const Context& plain,
                                             Memory& memory, Instant since, int policy,
                                             bool tell_unknown) {
  const Schedule& schedule = *trigger.schedule;
  Context c = plain;
  bool no_data = false;
  c.no_data = &no_data;
  if (!memory.fired) memory.fired = since;
  const Program& p = *c.program;
  Value at = p.day_starts_at;
  if (schedule.at) at = evaluate(c, schedule.at);
  const bool has_time = at.get_if<TimeOfDay>() != nullptr;
  // One after the other: what an unknown part makes meaningless is not asked.
  const auto bound_of = [&](const syntax::ExprPtr& expr, bool asked) {
    return asked ? bound(p, expr, evaluate(c, expr)) : Bound{};
  };
  const Bound from = bound_of(schedule.from, has_time);
  const Bound to = bound_of(schedule.to, has_time && from.said == from.known);
  std::optional<Instant> next;
  std::optional<Date> next_day;
  bool unknown = false;
  if (has_time && from.said == from.known && to.said == to.known) {
    const Days days{
        p, schedule, p.calendar_named(schedule.calendar.text), at.as<TimeOfDay>(), from, to, {}};
    // One that was pending and whose time is now past.
    if (memory.due_day && days.named(*memory.due_day) == true && !days.outside(*memory.due_day)) {
      const auto on = days.moved(*memory.due_day);
      if (on && days.time(*on) < now_ && days.time(*on) > *memory.fired) {
        next = days.time(*on);
        next_day = memory.due_day;
      }
    }
    const bool is_rule = c.instance == nullptr;  // a case goes on after its policy has ended
    Instant not_before = now_;
    const auto& starts = p.policies[static_cast<size_t>(policy)].from;
    if (is_rule && starts) not_before = std::max(now_, p.zone.at(*starts, TimeOfDay{0}));
    const Date today = p.zone.date_of(std::max(*memory.fired, not_before));
    const Date floor = from.said ? std::max(today, from.day) : today;
    const auto last_on = memory.fired_day ? days.moved(*memory.fired_day) : std::nullopt;
    for (Date d = add_days(today, -kLongestMove); !next && d < add_days(floor, kDaysAhead);
         d = add_days(d, 1)) {
      if ((memory.fired_day && d <= *memory.fired_day) || days.past(d)) continue;
      const auto named = days.named(d);
      if (named == false) continue;
      const auto on = days.moved(d);
      if (!named || !on) {
        // A rule whose policy has ended wants nothing any more.
        unknown |= d >= floor && (!is_rule || p.in_force(policy, d));
        continue;
      }
      const Instant time = days.time(*on);
      if (days.outside(d) || time <= *memory.fired || time < not_before) continue;
      if (last_on && *on <= *last_on) continue;  // several that move to one day happen once
      next = time;
      next_day = d;
    }
    if (is_rule && next && !p.in_force(policy, p.zone.date_of(*next))) {
      next.reset();
      next_day.reset();
    }
  }
  memory.due_day = next_day;
  if (tell_unknown) {
    const bool is_unknown = no_data || unknown;
    if (is_unknown && !memory.unknown) effect("concern", "recurring time unknown", 0);
    if (is_unknown || next) memory.unknown = is_unknown;  // told once, until there is a time again
  }
  return next;
}

// A step's time is over; a recurring one looks for its next.
void Judge::pass(const syntax::Trigger& trigger, const Context& c, Memory& memory, Instant at,
                 int policy) {
  memory.fired = at;
  if (trigger.kind != syntax::Trigger::Kind::every) return;
  memory.fired_day = memory.due_day;
  memory.due_day.reset();
  occurrence_due(trigger, c, memory, now_, policy, true);
}

}  // namespace duban::reference
