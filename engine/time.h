// Dates, instants, durations and working-day calendars.
//
// Everything is a plain value. `Instant` is milliseconds since 1970-01-01T00:00:00Z; `Date` is days
// since 1970-01-01 in the policy's zone; `TimeOfDay` is milliseconds since local midnight. A local
// time that does not exist means the first instant after the gap; one that exists twice, the first.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.h"

namespace duban {

constexpr int64_t kMsPerMinute = 60'000;
constexpr int64_t kMsPerHour = 60 * kMsPerMinute;
constexpr int64_t kMsPerDay = 24 * kMsPerHour;

struct Instant {
  int64_t ms = 0;
  auto operator<=>(const Instant&) const = default;
};

struct Date {
  int32_t days = 0;
  auto operator<=>(const Date&) const = default;
};

struct TimeOfDay {
  int32_t ms = 0;
  auto operator<=>(const TimeOfDay&) const = default;
};

// Durations of different kinds (elapsed, calendar, working) are never compared or added.
struct Duration {
  enum class Kind : uint8_t {
    elapsed,        // amount in milliseconds: seconds, minutes, hours
    days,           // calendar days (weeks are seven)
    months,         // calendar months (a quarter is three, a year twelve)
    working_days,   // days on which the calendar works
    working_hours,  // amount in milliseconds, counted only inside the calendar's hours
  };
  Kind kind = Kind::elapsed;
  uint16_t calendar = kDefaultCalendar;  // for the working kinds: index into the plan's calendars
  int64_t amount = 0;

  static constexpr uint16_t kDefaultCalendar = 0xffff;
  auto operator<=>(const Duration&) const = default;
};

struct CivilDate {
  int year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
};
CivilDate civil(Date date);
std::optional<Date> date_from_civil(int year, int month,
                                    int day);  // nullopt: no such day, or year outside 1..9999
Date add_days(Date date, int64_t days);
Date add_months(Date date, int64_t months);  // clamps: Jan 31 + 1 month = Feb 28 or 29
int weekday(Date date);                      // 1 = Monday … 7 = Sunday

std::optional<Date> parse_date(std::string_view text);       // 2026-03-01
std::optional<TimeOfDay> parse_time(std::string_view text);  // 09:00, 09:00:30, 24:00
std::string to_string(Date date);                            // 2026-03-01
std::string to_string(TimeOfDay time);                       // 09:00 (seconds only when not zero)
// Amount and unit in words, English or Chinese: `3 days`, `2 working hours`, `1 个工作日`.
std::string to_string(Duration duration, bool chinese);

// A time zone of the IANA data base; cheap to copy, immutable.
class Zone {
 public:
  Zone();  // UTC
  static Result<Zone> find(const std::string& name);

  const std::string& name() const { return name_; }
  Instant at(Date date, TimeOfDay time) const;
  Date date_of(Instant instant) const;
  TimeOfDay time_of(Instant instant) const;
  std::pair<Date, TimeOfDay> local(Instant instant) const;  // both at once
  std::string to_string(Instant instant) const;   // 2026-03-01 09:00 (seconds only when not zero)
  std::string to_iso8601(Instant instant) const;  // 2026-03-01T09:00:00+08:00
  // RFC 3339 with an offset or Z; also `2026-03-01 09:00[:00[.000]]`, `…T…` without an offset and a
  // bare date, which are read in this zone.
  std::optional<Instant> parse(std::string_view text) const;

 private:
  const void* zone_ = nullptr;  // date::time_zone; null = UTC. Lives for the whole process.
  std::string name_ = "UTC";
};

// Which days are worked and when. Immutable once built. Years without data are known as such: every
// question about them is answered by nullopt, never by a guess.
class Calendar {
 public:
  struct Hours {
    TimeOfDay from, to;
    bool operator==(const Hours&) const = default;
  };

  Calendar() = default;
  bool operator==(const Calendar&) const = default;
  // `hours` in order, not overlapping; empty = a calendar without hours (its day closes at 24:00).
  Calendar(std::map<Date, bool> workdays, std::vector<Hours> hours);

  bool has_hours() const { return !hours_.empty(); }
  const std::vector<Hours>& hours() const { return hours_; }
  bool covers(Date date) const;
  std::optional<bool> is_working(Date date) const;
  std::optional<Date> first() const;
  std::optional<Date> last() const;
  std::optional<Date> covered_after(Date date) const;  // the next day that there is data for

  // The n-th working day after `date` (n > 0; `date` itself is never counted) or before it (n < 0);
  // n = 0: the date itself when worked, else the next working day.
  std::optional<Date> working_day(Date date, int64_t n) const;
  // Working days in (from, to]; negative when to < from.
  std::optional<int64_t> working_days_between(Date from, Date to) const;
  std::optional<Date> rolled_forward(Date date) const;  // the date, or the next working day
  std::optional<Date> rolled_back(Date date) const;
  // Close of the day's last hours, or 24:00.
  TimeOfDay close() const;

  // `from` plus (or, when negative, minus) so many milliseconds of opening time. An instant outside
  // hours counts from the next opening (backwards: from the previous close).
  std::optional<Instant> add_working_ms(Instant from, int64_t ms, const Zone& zone) const;
  // Milliseconds of opening time in [from, to); 0 when to <= from.
  std::optional<int64_t> working_ms_between(Instant from, Instant to, const Zone& zone) const;

 private:
  std::vector<int8_t> worked_;  // by day from first_: 1, 0, or -1 unknown
  Date first_;
  std::vector<Hours> hours_;
};

}  // namespace duban
