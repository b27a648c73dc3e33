#include "tests/reference/moments.h"

#include <algorithm>

namespace duban::reference {
namespace {

using Kind = Duration::Kind;

// A date, a datetime, none; or unknown, where a calendar says nothing.
struct Shift {
  Value value;
  bool unknown = false;
};

Shift unknown() { return {None{}, true}; }

Shift shift(const Program& p, const Value& anchor, const Duration& d, int sign) {
  const Date* date = anchor.get_if<Date>();
  const Instant* instant = anchor.get_if<Instant>();
  if (date == nullptr && instant == nullptr) return {None{}};
  const Date day = date != nullptr ? *date : p.zone.date_of(*instant);
  // A date with a time of day that hours are counted from.
  const Instant at = instant != nullptr ? *instant : p.zone.at(*date, p.day_starts_at);
  const auto on = [&](Date moved) -> Shift {
    if (date != nullptr) return {moved};
    return {p.zone.at(moved, p.zone.time_of(*instant))};  // the same time of day, across DST too
  };
  switch (d.kind) {
    case Kind::elapsed:
      return {Instant{at.ms + sign * d.amount}};
    case Kind::days:
      return on(add_days(day, sign * d.amount));
    case Kind::months:
      return on(add_months(day, sign * d.amount));
    case Kind::working_days: {
      const Calendar* calendar = p.calendar(d);
      const auto moved =
          calendar != nullptr ? calendar->working_day(day, sign * d.amount) : std::nullopt;
      return moved ? Shift{*moved} : unknown();
    }
    case Kind::working_hours: {
      const Calendar* calendar = p.calendar(d);
      const auto moved = calendar != nullptr ? calendar->add_working_ms(at, sign * d.amount, p.zone)
                                             : std::nullopt;
      return moved ? Shift{*moved} : unknown();
    }
  }
  return {None{}};
}

Deadline end_of(const Program& p, Date day) {
  return {p.zone.at(add_days(day, 1), TimeOfDay{0}), true};
}

// Close of the hours of a working day, or 24:00 in a calendar without hours.
Deadline close_of(const Program& p, const Calendar& calendar, Date day) {
  if (!calendar.has_hours()) return end_of(p, day);
  return {p.zone.at(day, calendar.close()), false};
}

Date day_of(const Program& p, const Deadline& due) {
  return p.zone.date_of(due.whole_day ? Instant{due.at.ms - 1} : due.at);
}

bool by_day(const Duration& d) { return d.kind == Kind::days || d.kind == Kind::months; }

}  // namespace

Value shifted(const Program& p, const Value& anchor, const Duration& d, int sign, bool* no_data) {
  const bool hours = d.kind == Kind::elapsed || d.kind == Kind::working_hours;
  if (hours && anchor.get_if<Date>() != nullptr) return None{};  // a date has no time of day
  const Shift result = shift(p, anchor, d, sign);
  if (result.unknown && no_data != nullptr) *no_data = true;
  const Value& moved = result.value;
  const Date* date = moved.get_if<Date>();
  if (date != nullptr && anchor.get_if<Instant>() != nullptr)
    return p.zone.at(*date, p.day_starts_at);
  return moved;
}

Moment step_time(const Program& p, const Value& anchor, const Duration* d, int sign) {
  const Shift moved = d == nullptr ? Shift{anchor} : shift(p, anchor, *d, sign);
  if (const Date* date = moved.value.get_if<Date>()) return {p.zone.at(*date, p.day_starts_at)};
  if (const Instant* at = moved.value.get_if<Instant>()) return {*at};
  return {std::nullopt, moved.unknown};
}

Due deadline(const Program& p, const Value& anchor, const Duration* d) {
  const Date* date = anchor.get_if<Date>();
  const Instant* instant = anchor.get_if<Instant>();
  if (date == nullptr && instant == nullptr) return {};
  if (d != nullptr && d->kind == Kind::working_days) {
    const Calendar* calendar = p.calendar(*d);
    if (calendar == nullptr) return {std::nullopt, true};
    const Date from = date != nullptr ? *date : p.zone.date_of(*instant);
    const auto last = calendar->working_day(from, d->amount);
    if (!last) return {std::nullopt, true};
    return {close_of(p, *calendar, *last)};
  }
  const Shift moved = d == nullptr ? Shift{anchor} : shift(p, anchor, *d, 1);
  if (const Date* day = moved.value.get_if<Date>()) return {end_of(p, *day)};
  if (const Instant* at = moved.value.get_if<Instant>()) return {Deadline{*at, false}};
  return {std::nullopt, moved.unknown};
}

Moment before_due(const Program& p, const Deadline& due, const Duration& d) {
  const bool of_days = d.kind == Kind::working_days || (by_day(d) && due.whole_day);
  return step_time(p, of_days ? Value{day_of(p, due)} : Value{due.at}, &d, -1);
}

Due after_due(const Program& p, const Deadline& due, const Duration& d,
              const std::vector<Pause>& pauses) {
  const bool of_days = by_day(d) || d.kind == Kind::working_days;
  return deadline(p, due.whole_day && of_days ? Value{day_of(p, due)} : Value{due.at}, d, pauses);
}

// ---------------------------------------------------------------- pauses

namespace {

// Whether some of [from, to) lies in a pause.
bool touched(const std::vector<Pause>& pauses, Instant from, Instant to) {
  for (const Pause& pause : pauses) {
    if (std::max(pause.from, from) < std::min(*pause.to, to)) return true;
  }
  return false;
}

// Hours that run on from `at` but for the pauses. A pause holds from its first instant on: what
// would have ended just then ends when it is over.
Due run_on(const Program& p, Instant at, const Duration& d, const std::vector<Pause>& pauses) {
  const Calendar* calendar = d.kind == Kind::working_hours ? p.calendar(d) : nullptr;
  const auto after = [&](Instant from, int64_t ms) -> std::optional<Instant> {
    if (calendar == nullptr) return Instant{from.ms + ms};
    return calendar->add_working_ms(from, ms, p.zone);
  };
  const auto between = [&](Instant from, Instant to) -> std::optional<int64_t> {
    if (calendar == nullptr) return to.ms - from.ms;
    return calendar->working_ms_between(from, to, p.zone);
  };
  if (d.kind == Kind::working_hours && calendar == nullptr) return {std::nullopt, true};
  int64_t left = d.amount;
  for (const Pause& pause : pauses) {
    if (*pause.to <= at) continue;
    const Instant begin = std::max(pause.from, at);
    const auto end = after(at, left);
    if (end && *end < begin) return {Deadline{*end, false}};
    const auto spent = between(at, begin);
    if (!spent) return {std::nullopt, true};
    left -= *spent;
    at = *pause.to;
  }
  const auto end = after(at, left);
  if (!end) return {std::nullopt, true};
  return {Deadline{*end, false}};
}

}  // namespace

Due deadline(const Program& p, const Value& anchor, const Duration& d,
             const std::vector<Pause>& pauses) {
  const Date* date = anchor.get_if<Date>();
  const Instant* instant = anchor.get_if<Instant>();
  if (pauses.empty() || d.amount <= 0 || (date == nullptr && instant == nullptr))
    return deadline(p, anchor, &d);
  if (!by_day(d) && d.kind != Kind::working_days)
    return run_on(p, date != nullptr ? p.zone.at(*date, p.day_starts_at) : *instant, d, pauses);
  Date day = date != nullptr ? *date : p.zone.date_of(*instant);
  if (d.kind == Kind::working_days) {  // a working day that loses open time is not counted
    const Calendar* calendar = p.calendar(d);
    if (calendar == nullptr) return {std::nullopt, true};
    for (int64_t left = d.amount; left > 0;) {
      day = add_days(day, 1);
      const auto works = calendar->is_working(day);
      if (!works) return {std::nullopt, true};
      bool loses = false;
      for (const Calendar::Hours& open : calendar->hours())
        loses |= touched(pauses, p.zone.at(day, open.from), p.zone.at(day, open.to));
      if (!calendar->has_hours())
        loses = touched(pauses, p.zone.at(day, TimeOfDay{0}),
                        p.zone.at(add_days(day, 1), TimeOfDay{0}));
      if (*works && !loses) --left;
    }
    return {close_of(p, *calendar, day)};
  }
  // A day that loses time is not counted: calendar days from a date, from a moment those that run
  // from its time of day to the same of the next. A month is as many days as it has from there.
  const TimeOfDay time = date != nullptr ? TimeOfDay{0} : p.zone.time_of(*instant);
  int64_t left =
      d.kind == Kind::months ? int64_t{add_months(day, d.amount).days} - day.days : d.amount;
  if (date != nullptr) day = add_days(day, 1);
  while (left > 0) {
    const Date next = add_days(day, 1);
    if (!touched(pauses, p.zone.at(day, time), p.zone.at(next, time))) --left;
    day = next;
  }
  return {Deadline{p.zone.at(day, time), date != nullptr}};
}

}  // namespace duban::reference
