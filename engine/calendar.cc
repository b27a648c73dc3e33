// Working days and working hours.
//
// Days are walked one by one: a calendar holds a few years, each step is an array look-up, and the
// walk ends where the data does, however large the amount asked for.
#include <algorithm>
#include <limits>
#include <utility>

#include "engine/time.h"

namespace duban {
namespace {

constexpr int8_t kUnknown = -1;
constexpr TimeOfDay kMidnight{0};
constexpr TimeOfDay kDayEnd{static_cast<int32_t>(kMsPerDay)};

const std::vector<Calendar::Hours>& hours_or_all_day(const std::vector<Calendar::Hours>& hours) {
  static const std::vector<Calendar::Hours> all_day{{kMidnight, kDayEnd}};
  return hours.empty() ? all_day : hours;
}

}  // namespace

Calendar::Calendar(std::map<Date, bool> workdays, std::vector<Hours> hours)
    : hours_(std::move(hours)) {
  if (workdays.empty()) return;
  first_ = workdays.begin()->first;
  const int64_t last = workdays.rbegin()->first.days;
  worked_.assign(static_cast<size_t>(last - first_.days + 1), kUnknown);
  for (const auto& [date, worked] : workdays) {
    worked_[static_cast<size_t>(int64_t{date.days} - first_.days)] = worked ? 1 : 0;
  }
}

std::optional<bool> Calendar::is_working(Date date) const {
  const int64_t index = int64_t{date.days} - first_.days;
  if (index < 0 || index >= static_cast<int64_t>(worked_.size())) return std::nullopt;
  const int8_t worked = worked_[static_cast<size_t>(index)];
  if (worked == kUnknown) return std::nullopt;
  return worked == 1;
}

bool Calendar::covers(Date date) const { return is_working(date).has_value(); }

std::optional<Date> Calendar::first() const {
  if (worked_.empty()) return std::nullopt;
  return first_;
}

std::optional<Date> Calendar::last() const {
  if (worked_.empty()) return std::nullopt;
  return Date{first_.days + static_cast<int32_t>(worked_.size()) - 1};
}

std::optional<Date> Calendar::covered_after(Date date) const {
  const int64_t next = std::max<int64_t>(0, int64_t{date.days} - first_.days + 1);
  if (next >= static_cast<int64_t>(worked_.size())) return std::nullopt;
  const auto found = std::find_if(worked_.begin() + next, worked_.end(),
                                  [](int8_t worked) { return worked != kUnknown; });
  return Date{first_.days + static_cast<int32_t>(found - worked_.begin())};
}

std::optional<Date> Calendar::working_day(Date date, int64_t n) const {
  if (n == 0) return rolled_forward(date);
  const int step = n > 0 ? 1 : -1;
  while (n != 0) {
    const Date next = add_days(date, step);
    const std::optional<bool> worked = is_working(next);
    if (!worked || next == date) return std::nullopt;
    if (*worked) n -= step;
    date = next;
  }
  return date;
}

std::optional<int64_t> Calendar::working_days_between(Date from, Date to) const {
  if (to < from) {
    const std::optional<int64_t> count = working_days_between(to, from);
    return count ? std::optional(-*count) : std::nullopt;
  }
  int64_t count = 0;
  for (Date date = from; date < to;) {
    ++date.days;
    const std::optional<bool> worked = is_working(date);
    if (!worked) return std::nullopt;
    if (*worked) ++count;
  }
  return count;
}

std::optional<Date> Calendar::rolled_forward(Date date) const {
  const std::optional<bool> worked = is_working(date);
  if (!worked) return std::nullopt;
  return *worked ? date : working_day(date, 1);
}

std::optional<Date> Calendar::rolled_back(Date date) const {
  const std::optional<bool> worked = is_working(date);
  if (!worked) return std::nullopt;
  return *worked ? date : working_day(date, -1);
}

TimeOfDay Calendar::close() const { return hours_.empty() ? kDayEnd : hours_.back().to; }

// Opening hours are turned into instants before they are counted, so a day on which the clocks
// change is as long as it really is. Time that ends exactly at a close (backwards: at an opening)
// ends there and not at the next opening; adding nothing to a moment of closing leaves it there.
// A calendar without hours is open all day on its working days.
std::optional<Instant> Calendar::add_working_ms(Instant from, int64_t ms, const Zone& zone) const {
  const std::vector<Hours>& hours = hours_or_all_day(hours_);

  if (ms >= 0) {
    for (Date date = zone.date_of(from);; ++date.days) {
      const std::optional<bool> worked = is_working(date);
      if (!worked) return std::nullopt;
      if (!*worked) continue;
      for (const Hours& open : hours) {
        const int64_t begin = zone.at(date, open.from).ms, end = zone.at(date, open.to).ms;
        const int64_t start = std::max(begin, from.ms);
        if (start > end || begin == end) continue;  // over already, or swallowed by a clock change
        if (ms <= end - start) return Instant{start + ms};
        ms -= end - start;
      }
    }
  }

  constexpr int64_t kLowest = std::numeric_limits<int64_t>::min();
  int64_t left = ms == kLowest ? std::numeric_limits<int64_t>::max() : -ms;
  // At midnight nothing of the new day lies behind, so its data is not needed.
  const Instant just_before{from.ms == kLowest ? from.ms : from.ms - 1};
  for (Date date = zone.date_of(just_before);; --date.days) {
    const std::optional<bool> worked = is_working(date);
    if (!worked) return std::nullopt;
    if (!*worked) continue;
    for (auto open = hours.rbegin(); open != hours.rend(); ++open) {
      const int64_t begin = zone.at(date, open->from).ms, end = zone.at(date, open->to).ms;
      const int64_t start = std::min(end, from.ms);
      if (start <= begin) continue;
      if (left <= start - begin) return Instant{start - left};
      left -= start - begin;
    }
  }
}

std::optional<int64_t> Calendar::working_ms_between(Instant from, Instant to,
                                                    const Zone& zone) const {
  int64_t sum = 0;
  if (to <= from) return sum;
  const Date last = zone.date_of(Instant{to.ms - 1});
  for (Date date = zone.date_of(from); date <= last; ++date.days) {
    const std::optional<bool> worked = is_working(date);
    if (!worked) return std::nullopt;
    if (!*worked) continue;
    for (const Hours& open : hours_or_all_day(hours_)) {
      const int64_t begin = std::max(zone.at(date, open.from).ms, from.ms);
      const int64_t end = std::min(zone.at(date, open.to).ms, to.ms);
      if (begin < end) sum += end - begin;
    }
  }
  return sum;
}

}  // namespace duban
