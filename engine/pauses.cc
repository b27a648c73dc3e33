#include "engine/pauses.h"

#include <algorithm>

namespace duban {
namespace {

constexpr TimeOfDay kMidnight{0};

// Whether some of [from, to) is lost to a pause.
bool loses_time(const std::vector<Pause>& pauses, Instant from, Instant to) {
  return std::any_of(pauses.begin(), pauses.end(), [&](const Pause& pause) {
    const Instant begin = std::max(pause.from, from);
    return begin < std::min(pause.to.value_or(to), to);
  });
}

// `left` runs on from `from`, skipping the pauses. `run` adds a part of it to an instant and
// `spent` is how much of it lies between two; nothing: the calendar has no data there.
template <typename Run, typename Spent>
DeadlineResult skip_pauses(Instant from, int64_t left, const std::vector<Pause>& pauses,
                           const Run& run, const Spent& spent) {
  Instant at = from;
  for (const Pause& pause : pauses) {
    if (pause.to && *pause.to <= at) continue;
    const Instant begin = std::max(pause.from, at);
    const std::optional<Instant> end = run(at, left);
    if (end && *end < begin) return {Deadline{*end, false}};
    const std::optional<int64_t> ran = spent(at, begin);
    if (!ran || !pause.to) return {std::nullopt, true};
    left -= *ran;
    at = *pause.to;
  }
  const std::optional<Instant> end = run(at, left);
  if (!end) return {std::nullopt, true};
  return {Deadline{*end, false}};
}

DeadlineResult by_clock(const Plan& plan, Instant from, const Duration& duration,
                        const std::vector<Pause>& pauses) {
  if (duration.kind == Duration::Kind::elapsed) {
    return skip_pauses(
        from, duration.amount, pauses,
        [](Instant at, int64_t ms) { return std::optional(Instant{at.ms + ms}); },
        [](Instant at, Instant to) { return std::optional(to.ms - at.ms); });
  }
  const Calendar* calendar = plan.calendar(duration.calendar);
  if (calendar == nullptr) return {std::nullopt, true};
  return skip_pauses(
      from, duration.amount, pauses,
      [&](Instant at, int64_t ms) { return calendar->add_working_ms(at, ms, plan.zone); },
      [&](Instant at, Instant to) { return calendar->working_ms_between(at, to, plan.zone); });
}

// Whether a pause takes some of the day's opening hours.
bool loses_hours(const Plan& plan, const Calendar& calendar, Date day,
                 const std::vector<Pause>& pauses) {
  if (!calendar.has_hours()) {
    return loses_time(pauses, plan.zone.at(day, kMidnight),
                      plan.zone.at(add_days(day, 1), kMidnight));
  }
  return std::any_of(
      calendar.hours().begin(), calendar.hours().end(), [&](const Calendar::Hours& open) {
        return loses_time(pauses, plan.zone.at(day, open.from), plan.zone.at(day, open.to));
      });
}

DeadlineResult by_working_days(const Plan& plan, Date day, const Duration& duration,
                               const std::vector<Pause>& pauses) {
  const Calendar* calendar = plan.calendar(duration.calendar);
  if (calendar == nullptr) return {std::nullopt, true};
  for (int64_t left = duration.amount; left > 0;) {
    const Date next = add_days(day, 1);
    const std::optional<bool> works = calendar->is_working(next);
    if (!works || next == day) return {std::nullopt, true};
    day = next;
    if (*works && !loses_hours(plan, *calendar, day, pauses)) --left;
  }
  if (calendar->has_hours()) return {Deadline{plan.zone.at(day, calendar->close()), false}};
  return {Deadline{plan.zone.at(add_days(day, 1), kMidnight), true}};
}

// Days that run from `time` to `time` of the next; the first begins on `first`.
Date count_days(const Zone& zone, Date first, TimeOfDay time, int64_t days,
                const std::vector<Pause>& pauses) {
  Date day = first;
  for (int64_t left = days; left > 0;) {
    const Date next = add_days(day, 1);
    if (next == day) break;  // the end of all dates
    if (!loses_time(pauses, zone.at(day, time), zone.at(next, time))) --left;
    day = next;
  }
  return day;
}

DeadlineResult by_days(const Plan& plan, const Value& anchor, const Duration& duration,
                       const std::vector<Pause>& pauses) {
  const Zone& zone = plan.zone;
  const Date* date = anchor.get_if<Date>();
  const Date from = date != nullptr ? *date : zone.date_of(anchor.as<Instant>());
  const int64_t days = duration.kind == Duration::Kind::months
                           ? int64_t{add_months(from, duration.amount).days} - from.days
                           : duration.amount;
  if (date != nullptr) {  // whole days, from the one after it on
    const Date end = count_days(zone, add_days(from, 1), kMidnight, days, pauses);
    return {Deadline{zone.at(end, kMidnight), true}};
  }
  const TimeOfDay time = zone.time_of(anchor.as<Instant>());
  return {Deadline{zone.at(count_days(zone, from, time, days, pauses), time), false}};
}

}  // namespace

DeadlineResult deadline(const Plan& plan, const Value& anchor, const Duration& duration,
                        const std::vector<Pause>& pauses) {
  const Date* date = anchor.get_if<Date>();
  const Instant* instant = anchor.get_if<Instant>();
  if (pauses.empty() || duration.amount <= 0 || (date == nullptr && instant == nullptr)) {
    return deadline(plan, anchor, &duration);
  }
  switch (duration.kind) {
    case Duration::Kind::elapsed:
    case Duration::Kind::working_hours:
      return by_clock(plan, date != nullptr ? plan.zone.at(*date, plan.day_starts_at) : *instant,
                      duration, pauses);
    case Duration::Kind::working_days:
      return by_working_days(plan, date != nullptr ? *date : plan.zone.date_of(*instant), duration,
                             pauses);
    default:
      return by_days(plan, anchor, duration, pauses);
  }
}

DeadlineResult after_deadline(const Plan& plan, const Deadline& due, const Duration& duration,
                              const std::vector<Pause>& pauses) {
  return deadline(plan, deadline_anchor(plan, due, duration), duration, pauses);
}

}  // namespace duban
