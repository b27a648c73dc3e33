// The occurrences of a schedule found by trying every day: slow, and without any of the shortcuts
// of engine/recurrence.cc.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "engine/recurrence.h"

namespace duban::test {

enum class Answer : uint8_t { no, yes, unknown };

class Oracle {
 public:
  Oracle(const Recurrence& r, Date first, Date last)
      : r_(r), s_(*r.schedule), first_(first), last_(last) {}

  Upcoming next(const Reached& reached) const {
    Upcoming out;
    const Date today = r_.zone->date_of(std::max(reached.after, reached.not_before));
    const Date floor = r_.from ? std::max(today, r_.from->day) : today;
    const auto last_on = reached.day ? moved(*reached.day) : std::nullopt;
    constexpr int kLongestMove = 100;  // no stretch of days off is longer
    for (Date d = std::max(first_, Date{today.days - kLongestMove}); d <= last_; ++d.days) {
      if (reached.day && d <= *reached.day) continue;
      const Answer named = is_named(d);
      if (named == Answer::no || after_end(d)) continue;
      const auto on = moved(d);
      if (named == Answer::unknown || !on) {
        if (d >= floor && !out.unknown) out.unknown = d;
        continue;
      }
      const Instant time = r_.zone->at(*on, r_.at);
      if (before_start(d) || time <= reached.after || time < reached.not_before) continue;
      if (last_on && *on <= *last_on) continue;
      out.next = Occurrence{d, *on, time};
      return out;
    }
    return out;
  }

  Answer is_named(Date d) const {
    switch (s_.unit) {
      case syntax::Schedule::Unit::day:
        return Answer::yes;
      case syntax::Schedule::Unit::week:
        return weekday(d) == s_.day ? Answer::yes : Answer::no;
      case syntax::Schedule::Unit::working_day:
        return works(d);
      default:
        return is_day_of_period(d);
    }
  }

  // The day where this one goes.
  std::optional<Date> moved(Date d) const {
    if (s_.roll == syntax::Schedule::Roll::none) return d;
    for (;; d.days += s_.roll == syntax::Schedule::Roll::forward ? 1 : -1) {
      const Answer answer = works(d);
      if (answer == Answer::unknown) return std::nullopt;
      if (answer == Answer::yes) return d;
    }
  }

 private:
  Answer works(Date d) const {
    const auto worked = r_.calendar->is_working(d);
    return !worked ? Answer::unknown : *worked ? Answer::yes : Answer::no;
  }

  int period_of(Date d) const {
    const CivilDate c = civil(d);
    return s_.unit == syntax::Schedule::Unit::month     ? c.year * 12 + c.month
           : s_.unit == syntax::Schedule::Unit::quarter ? c.year * 4 + (c.month - 1) / 3
                                                        : c.year;
  }

  // All days of the month, quarter or year of `d`, or of the month in it that is meant.
  std::vector<Date> days_of_period(Date d) const {
    const int period = period_of(d);
    Date start = d;
    while (period_of(Date{start.days - 1}) == period) --start.days;
    const CivilDate first = civil(start);
    std::vector<Date> days;
    for (Date x = start; period_of(x) == period; ++x.days) {
      if (s_.month == 0 || civil(x).month == first.month + s_.month - 1) days.push_back(x);
    }
    return days;
  }

  struct Named {
    std::optional<Date> day;
    bool unknown = false;
    Date first{}, last{};  // it is one of these
  };

  Named named_in_period(Date d) const {
    std::vector<Date> days = days_of_period(d);
    const Date first = days.front(), last = days.back();
    if (s_.day < 0) std::reverse(days.begin(), days.end());
    int count = 0;
    Named named;
    for (const Date x : days) {
      if (s_.counts_working) {
        const Answer answer = works(x);
        if (answer == Answer::unknown) return {std::nullopt, true, first, last};
        if (answer == Answer::no) continue;
      }
      named.day = x;
      if (++count == std::abs(s_.day)) break;
    }
    return named;
  }

  Answer is_day_of_period(Date d) const {
    auto& known = named_[period_of(d)];  // a walk over days asks the same again and again
    if (!known) known = named_in_period(d);
    if (known->unknown) return known->first <= d && d <= known->last ? Answer::unknown : Answer::no;
    return known->day == d ? Answer::yes : Answer::no;
  }

  bool before_start(Date d) const {
    if (!r_.from) return false;
    return r_.from->exact ? r_.zone->at(d, r_.at) < *r_.from->exact : d < r_.from->day;
  }
  bool after_end(Date d) const {
    if (!r_.to) return false;
    return r_.to->exact ? r_.zone->at(d, r_.at) > *r_.to->exact : d > r_.to->day;
  }

  const Recurrence& r_;
  const Schedule& s_;
  const Date first_, last_;
  mutable std::map<int, std::optional<Named>> named_;
};

}  // namespace duban::test
