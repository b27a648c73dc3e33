// Times of steps and deadlines: the arithmetic of semantics 9, 14 and 15.
#include "engine/eval.h"

namespace duban {
namespace {

struct Shift {
  Value value;
  bool unknown = false;  // the calendar has no data for a day that was needed
};

Shift unknown_shift() { return Shift{Value{None{}}, true}; }

Shift shift_date(const Plan& plan, Date date, const Duration& d, int sign) {
  switch (d.kind) {
    case Duration::Kind::days:
      return {Value{add_days(date, sign * d.amount)}};
    case Duration::Kind::months:
      return {Value{add_months(date, sign * d.amount)}};
    case Duration::Kind::working_days: {
      const Calendar* calendar = plan.calendar(d.calendar);
      if (calendar == nullptr) return unknown_shift();
      const auto day = calendar->working_day(date, sign * d.amount);
      return day ? Shift{Value{*day}} : unknown_shift();
    }
    case Duration::Kind::elapsed:
      return {Value{Instant{plan.zone.at(date, plan.day_starts_at).ms + sign * d.amount}}};
    case Duration::Kind::working_hours: {
      const Calendar* calendar = plan.calendar(d.calendar);
      if (calendar == nullptr) return unknown_shift();
      const auto at = calendar->add_working_ms(plan.zone.at(date, plan.day_starts_at),
                                               sign * d.amount, plan.zone);
      return at ? Shift{Value{*at}} : unknown_shift();
    }
  }
  return unknown_shift();
}

Shift shift_instant(const Plan& plan, Instant instant, const Duration& d, int sign) {
  const Zone& zone = plan.zone;
  switch (d.kind) {
    case Duration::Kind::elapsed:
      return {Value{Instant{instant.ms + sign * d.amount}}};
    case Duration::Kind::days: {
      const auto [date, time] = zone.local(instant);
      return {Value{zone.at(add_days(date, sign * d.amount), time)}};
    }
    case Duration::Kind::months: {
      const auto [date, time] = zone.local(instant);
      return {Value{zone.at(add_months(date, sign * d.amount), time)}};
    }
    case Duration::Kind::working_days:
      return shift_date(plan, zone.date_of(instant), d, sign);
    case Duration::Kind::working_hours: {
      const Calendar* calendar = plan.calendar(d.calendar);
      if (calendar == nullptr) return unknown_shift();
      const auto at = calendar->add_working_ms(instant, sign * d.amount, zone);
      return at ? Shift{Value{*at}} : unknown_shift();
    }
  }
  return unknown_shift();
}

Shift shift(const Plan& plan, const Value& anchor, const Duration& duration, int sign) {
  if (const Date* date = anchor.get_if<Date>()) return shift_date(plan, *date, duration, sign);
  if (const Instant* at = anchor.get_if<Instant>()) return shift_instant(plan, *at, duration, sign);
  return {Value{None{}}};
}

Deadline end_of(const Plan& plan, Date date) {
  return Deadline{plan.zone.at(add_days(date, 1), TimeOfDay{0}), true};
}

// The close of the n-th working day after `date`.
DeadlineResult working_day_deadline(const Plan& plan, Date date, const Duration& duration) {
  const Calendar* calendar = plan.calendar(duration.calendar);
  if (calendar == nullptr) return {std::nullopt, true};
  const auto day = calendar->working_day(date, duration.amount);
  if (!day) return {std::nullopt, true};
  if (!calendar->has_hours()) return {end_of(plan, *day)};
  return {Deadline{plan.zone.at(*day, calendar->close()), false}};
}

Date day_of(const Plan& plan, const Deadline& due) {
  return plan.zone.date_of(due.whole_day ? Instant{due.at.ms - 1} : due.at);
}

}  // namespace

Value shifted(const Plan& plan, const Value& anchor, const Duration& duration, int sign,
              bool* no_data) {
  // A date has no time of day to add hours to; only a step's time begins with its day.
  const bool hours =
      duration.kind == Duration::Kind::elapsed || duration.kind == Duration::Kind::working_hours;
  if (hours && anchor.get_if<Date>() != nullptr) return None{};
  Shift result = shift(plan, anchor, duration, sign);
  if (result.unknown && no_data != nullptr) *no_data = true;
  // `datetime + 3 working days` stays a datetime: the day's start.
  if (anchor.get_if<Instant>() != nullptr) {
    if (const Date* date = result.value.get_if<Date>())
      return plan.zone.at(*date, plan.day_starts_at);
  }
  return result.value;
}

Moment step_time(const Plan& plan, const Value& anchor, const Duration* duration, int sign) {
  Shift result = duration != nullptr ? shift(plan, anchor, *duration, sign) : Shift{anchor};
  if (result.unknown) return {std::nullopt, true};
  if (const Date* date = result.value.get_if<Date>())
    return {plan.zone.at(*date, plan.day_starts_at)};
  if (const Instant* at = result.value.get_if<Instant>()) return {*at};
  return {};
}

DeadlineResult deadline(const Plan& plan, const Value& anchor, const Duration* duration) {
  const Date* date = anchor.get_if<Date>();
  const Instant* at = anchor.get_if<Instant>();
  if (date == nullptr && at == nullptr) return {};
  if (duration == nullptr) return {date != nullptr ? end_of(plan, *date) : Deadline{*at, false}};
  if (duration->kind == Duration::Kind::working_days) {
    return working_day_deadline(plan, date != nullptr ? *date : plan.zone.date_of(*at), *duration);
  }
  const Shift result = shift(plan, anchor, *duration, 1);
  if (result.unknown) return {std::nullopt, true};
  if (const Date* day = result.value.get_if<Date>()) return {end_of(plan, *day)};
  if (const Instant* moment = result.value.get_if<Instant>()) return {Deadline{*moment, false}};
  return {};
}

Moment before_deadline(const Plan& plan, const Deadline& due, const Duration& duration) {
  const bool by_day =
      duration.kind == Duration::Kind::days || duration.kind == Duration::Kind::months;
  if (duration.kind == Duration::Kind::working_days || (by_day && due.whole_day)) {
    return step_time(plan, Value{day_of(plan, due)}, &duration, -1);
  }
  return step_time(plan, Value{due.at}, &duration, -1);
}

Value deadline_anchor(const Plan& plan, const Deadline& due, const Duration& duration) {
  const bool by_clock =
      duration.kind == Duration::Kind::elapsed || duration.kind == Duration::Kind::working_hours;
  return due.whole_day && !by_clock ? Value{day_of(plan, due)} : Value{due.at};
}

DeadlineResult after_deadline(const Plan& plan, const Deadline& due, const Duration& duration) {
  return deadline(plan, deadline_anchor(plan, due, duration), &duration);
}

}  // namespace duban
