// What dates and calendars answer: parts of dates, days between, working days, rolling.
#include "engine/eval_parts.h"

namespace duban {
namespace {

std::optional<Date> as_date(const Context& c, const Value& value) {
  if (const Date* date = value.get_if<Date>()) return *date;
  if (const Instant* at = value.get_if<Instant>()) return c.plan->zone.date_of(*at);
  return std::nullopt;
}

Value date_function(const Context& c, const Node& node) {
  const auto date = as_date(c, evaluate(c, node.a));
  if (!date) return None{};
  const CivilDate d = civil(*date);
  const auto number = [](int64_t n) { return Value{Decimal::from_micro(n * Decimal::kOne)}; };
  const auto first_of = [](int year, int month) { return *date_from_civil(year, month, 1); };
  const int quarter = (d.month - 1) / 3 * 3 + 1;
  switch (node.op) {
    case Op::year_of:
      return number(d.year);
    case Op::month_of:
      return number(d.month);
    case Op::day_of:
      return number(d.day);
    case Op::weekday_of:
      return number(weekday(*date));
    case Op::start_of_month:
      return first_of(d.year, d.month);
    case Op::start_of_quarter:
      return first_of(d.year, quarter);
    case Op::start_of_year:
      return first_of(d.year, 1);
    case Op::end_of_month:
      return add_days(add_months(first_of(d.year, d.month), 1), -1);
    case Op::end_of_quarter:
      return add_days(add_months(first_of(d.year, quarter), 3), -1);
    case Op::end_of_year:
      return *date_from_civil(d.year, 12, 31);
    default:
      return *date;
  }
}

Value no_data(const Context& c) {
  if (c.no_data != nullptr) *c.no_data = true;
  return None{};
}

Value days_from_to(const Context& c, const Node& node) {
  const auto from = as_date(c, evaluate(c, node.a));
  if (!from) return None{};  // and nobody misses what a calendar does not know of the other
  const auto to = as_date(c, evaluate(c, node.b));
  if (!to) return None{};
  return Decimal::from_micro((int64_t{to->days} - from->days) * Decimal::kOne);
}

Value working_days_from_to(const Context& c, const Node& node) {
  const auto from = as_date(c, evaluate(c, c.plan->arguments[node.first]));
  if (!from) return None{};
  const auto to = as_date(c, evaluate(c, c.plan->arguments[node.first + 1]));
  if (!to) return None{};
  const Calendar* calendar = c.plan->calendar(static_cast<uint16_t>(node.b));
  const auto days = calendar != nullptr ? calendar->working_days_between(*from, *to) : std::nullopt;
  return days ? Value{Decimal::from_micro(*days * Decimal::kOne)} : no_data(c);
}

// A day off moved to a working day; a datetime keeps its time of day.
Value working_day_function(const Context& c, const Node& node) {
  const Value value = evaluate(c, node.a);
  const auto date = as_date(c, value);
  if (!date) return None{};
  const Calendar* calendar = c.plan->calendar(static_cast<uint16_t>(node.b));
  if (calendar == nullptr) return no_data(c);
  std::optional<Date> day;
  switch (node.op) {
    case Op::rolled_forward:
      day = calendar->rolled_forward(*date);
      break;
    case Op::rolled_back:
      day = calendar->rolled_back(*date);
      break;
    default:
      day = calendar->working_day(*date, node.op == Op::next_working_day ? 1 : -1);
      break;
  }
  if (!day) return no_data(c);
  const Instant* at = value.get_if<Instant>();
  const bool keeps_time = node.op == Op::rolled_forward || node.op == Op::rolled_back;
  if (at == nullptr || !keeps_time) return *day;
  return *day == *date ? value : Value{c.plan->zone.at(*day, c.plan->zone.time_of(*at))};
}

Value time_of(const Context& c, const Node& node) {
  const Value value = evaluate(c, node.a);
  const Instant* at = value.get_if<Instant>();
  return at != nullptr ? Value{c.plan->zone.time_of(*at)} : Value{None{}};
}

}  // namespace

Value evaluate_date(const Context& c, const Node& node) {
  switch (node.op) {
    case Op::days_from_to:
      return days_from_to(c, node);
    case Op::working_days_from_to:
      return working_days_from_to(c, node);
    case Op::rolled_forward:
    case Op::rolled_back:
    case Op::next_working_day:
    case Op::previous_working_day:
      return working_day_function(c, node);
    case Op::time_of:
      return time_of(c, node);
    case Op::to_datetime: {
      const Value value = evaluate(c, node.a);
      if (const Date* date = value.get_if<Date>())
        return c.plan->zone.at(*date, c.plan->day_starts_at);
      return value;
    }
    default:
      return date_function(c, node);
  }
}

}  // namespace duban
