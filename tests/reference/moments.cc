#include "tests/reference/moments.h"

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

Value shifted(const Program& p, const Value& anchor, const Duration& d, int sign) {
  const Value moved = shift(p, anchor, d, sign).value;
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

Due after_due(const Program& p, const Deadline& due, const Duration& d) {
  const bool of_days = by_day(d) || d.kind == Kind::working_days;
  return deadline(p, due.whole_day && of_days ? Value{day_of(p, due)} : Value{due.at}, &d);
}

}  // namespace duban::reference
