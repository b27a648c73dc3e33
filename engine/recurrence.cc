#include "engine/recurrence.h"

#include <algorithm>

namespace duban {
namespace {

using Unit = syntax::Schedule::Unit;
using Roll = syntax::Schedule::Roll;

constexpr int kMonthsPerYear = 12;
constexpr int kLastYear = 9999;

int months_of(Unit unit) {
  return unit == Unit::month ? 1 : unit == Unit::quarter ? 3 : kMonthsPerYear;
}

// The first of a month counted from January of year 0; nullopt past the last year.
std::optional<Date> first_of_month(int64_t month) {
  return date_from_civil(static_cast<int>(month / kMonthsPerYear),
                         static_cast<int>(month % kMonthsPerYear) + 1, 1);
}

// The day before the first of that month.
Date end_before(int64_t month) {
  const auto next = first_of_month(month);
  return next ? add_days(*next, -1) : *date_from_civil(kLastYear, kMonthsPerYear, 31);
}

// The day a month, quarter or year names.
struct Named {
  std::optional<Date> day;  // nothing: it has none, as a month without a working day
  bool unknown = false;
};

Named working_day_within(const Calendar& calendar, int day, Date first, Date last) {
  const auto inside = [&](const std::optional<Date>& date) {
    return date && first <= *date && *date <= last;
  };
  const std::optional<Date> counted = day > 0 ? calendar.working_day(add_days(first, -1), day)
                                              : calendar.working_day(add_days(last, 1), day);
  if (inside(counted)) return {counted};
  // Too few of them: the last one, counted from the end the first.
  const auto all = calendar.working_days_between(add_days(first, -1), last);
  if (!all) return {std::nullopt, true};
  if (*all == 0) return {};
  return {day > 0 ? calendar.rolled_back(last) : calendar.rolled_forward(first)};
}

Named day_within(const Recurrence& r, int64_t period) {
  const Schedule& s = *r.schedule;
  const int64_t month = s.month > 0 ? period + s.month - 1 : period;
  const auto first = first_of_month(month);
  if (!first) return {};
  const Date last = end_before(month + (s.month > 0 ? 1 : months_of(s.unit)));
  if (s.counts_working) {
    return r.calendar == nullptr ? Named{std::nullopt, true}
                                 : working_day_within(*r.calendar, s.day, *first, last);
  }
  return {s.day > 0 ? std::min(add_days(*first, s.day - 1), last)
                    : std::max(add_days(last, s.day + 1), *first)};
}

class Search {
 public:
  Search(const Recurrence& recurrence, const Reached& reached)
      : r_(recurrence),
        s_(*recurrence.schedule),
        reached_(reached),
        today_(r_.zone->date_of(std::max(reached.after, reached.not_before))),
        floor_(r_.from ? std::max(today_, r_.from->day) : today_) {}

  Upcoming run() {
    Upcoming out;
    const auto last_on = reached_.day ? rolled(s_, r_.calendar, *reached_.day) : std::nullopt;
    for (std::optional<Date> day = named_from(start()); day && !past_end(*day);) {
      const auto on = rolled(s_, r_.calendar, *day);
      if (!on) {
        const std::optional<Date> next = covered_after(*day);
        if (const auto first = named_from(std::max(*day, floor_))) note(*first, next);
        day = next ? named_from(*next) : std::nullopt;
        continue;
      }
      const Instant time = r_.zone->at(*on, r_.at);
      const bool ahead = time > reached_.after && time >= reached_.not_before;
      // What has moved to the day of an earlier one has happened with it.
      if (ahead && !before_start(*day) && (!last_on || *on > *last_on)) {
        out.next = Occurrence{*day, *on, time};
        break;
      }
      day = day_after(*day);
      if (day) day = named_from(*day);
    }
    out.unknown = unknown_;
    return out;
  }

  // The first day the unit names at or after `day`.
  std::optional<Date> named_from(Date day) {
    switch (s_.unit) {
      case Unit::day:
        return day;
      case Unit::week:
        return add_days(day, (s_.day - weekday(day) + 7) % 7);
      case Unit::working_day:
        return working_from(day);
      default:
        return within_periods(day);
    }
  }

  bool past_end(Date day) const {
    if (!r_.to) return false;
    return r_.to->exact ? r_.zone->at(day, r_.at) > *r_.to->exact : day > r_.to->day;
  }

  bool before_start(Date day) const {
    if (!r_.from) return false;
    return r_.from->exact ? r_.zone->at(day, r_.at) < *r_.from->exact : day < r_.from->day;
  }

 private:
  // No day before this one can be the next. Two days are more than 24:00 and a gap in local time
  // put between a day and its instant.
  Date start() const {
    constexpr int kSlack = 2;
    Date day = add_days(today_, -kSlack);
    if (s_.roll == Roll::forward && r_.calendar != nullptr) {
      // From the days off before it, too, one may move here.
      if (const auto worked = r_.calendar->rolled_back(add_days(day, -1))) {
        day = add_days(*worked, 1);
      }
    }
    if (reached_.day) day = std::max(day, add_days(*reached_.day, 1));
    if (r_.from) day = std::max(day, add_days(r_.from->day, r_.from->exact ? -kSlack : 0));
    return day;
  }

  std::optional<Date> covered_after(Date day) const {
    return r_.calendar == nullptr ? std::nullopt : r_.calendar->covered_after(day);
  }

  static std::optional<Date> day_after(Date day) {
    const Date next = add_days(day, 1);
    return next > day ? std::optional(next) : std::nullopt;  // the last day of all
  }

  std::optional<Date> working_from(Date day) {
    if (r_.calendar == nullptr) return std::nullopt;
    for (std::optional<Date> at = day; at;) {
      const auto worked = r_.calendar->is_working(*at);
      if (worked && *worked) return at;
      const auto next = worked ? day_after(*at) : covered_after(*at);
      if (!worked) note(std::max(*at, floor_), next);
      at = next;
    }
    return std::nullopt;
  }

  std::optional<Date> within_periods(Date day) {
    const CivilDate date = civil(day);
    const int length = months_of(s_.unit);
    int64_t period = (int64_t{date.year} * kMonthsPerYear + date.month - 1) / length * length;
    for (; period / kMonthsPerYear <= kLastYear; period += length) {
      const Named named = day_within(r_, period);
      if (named.day && *named.day >= day) return named.day;
      if (!named.unknown) continue;
      const int64_t month = s_.month > 0 ? period + s_.month - 1 : period;
      const auto first = first_of_month(month);
      if (!first) return std::nullopt;
      note(std::max({*first, day, floor_}), first_of_month(month + (s_.month > 0 ? 1 : length)));
      // Where there is no data from here on, the first that is wanted is the last to look at.
      const bool has_data = covered_after(add_days(*first, -1)).has_value();
      if (!has_data && (unknown_ || *first >= floor_)) return std::nullopt;
    }
    return std::nullopt;
  }

  // The first day that is wanted and cannot be computed; it counts where it lies before `next`.
  void note(Date day, std::optional<Date> next) {
    if (!unknown_ && !(next && day >= *next) && !past_end(day)) unknown_ = day;
  }

  const Recurrence& r_;
  const Schedule& s_;
  const Reached& reached_;
  const Date today_;
  const Date floor_;  // nothing that lies before it is wanted
  std::optional<Date> unknown_;
};

}  // namespace

std::optional<Date> rolled(const Schedule& schedule, const Calendar* calendar, Date day) {
  if (schedule.roll == Roll::none) return day;
  if (calendar == nullptr) return std::nullopt;
  return schedule.roll == Roll::forward ? calendar->rolled_forward(day)
                                        : calendar->rolled_back(day);
}

Upcoming next_occurrence(const Recurrence& recurrence, const Reached& reached) {
  return Search(recurrence, reached).run();
}

std::optional<Occurrence> occurrence_of(const Recurrence& recurrence, Date day) {
  const Reached nothing;
  Search search(recurrence, nothing);
  if (search.named_from(day) != day || search.past_end(day) || search.before_start(day)) {
    return std::nullopt;
  }
  const auto on = rolled(*recurrence.schedule, recurrence.calendar, day);
  if (!on) return std::nullopt;
  return Occurrence{day, *on, recurrence.zone->at(*on, recurrence.at)};
}

}  // namespace duban
