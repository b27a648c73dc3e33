#include "engine/time.h"

#include <date/date.h>

#include <algorithm>

namespace duban {
namespace {

// Dates live in years 1..9999. Arithmetic that would leave them stops at the first or last day, and
// a Date from elsewhere that lies outside is read as the nearest day inside: nothing overflows.
constexpr int32_t day_number(int year, unsigned month, unsigned day) {
  return date::sys_days(date::year(year) / month / day).time_since_epoch().count();
}
constexpr Date kFirstDate{day_number(1, 1, 1)};
constexpr Date kLastDate{day_number(9999, 12, 31)};

date::sys_days in_range(Date date) {
  return date::sys_days(date::days(std::clamp(date.days, kFirstDate.days, kLastDate.days)));
}

// The last `width` digits of a number that is not negative.
void put_digits(char* at, int number, int width) {
  for (int i = width - 1; i >= 0; --i, number /= 10) at[i] = static_cast<char>('0' + number % 10);
}

// Exactly `width` digits at the front, taken off; -1 when they are not there.
int take_number(std::string_view& text, size_t width) {
  if (text.size() < width) return -1;
  int number = 0;
  for (const char c : text.substr(0, width)) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(width);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// One or more digits of a second's fraction; what is finer than a millisecond is cut off, so that
// a moment is never read as later than written. -1 when there is no digit.
int take_milliseconds(std::string_view& text) {
  int ms = 0, unit = 100;
  bool any = false;
  for (int digit; (digit = take_number(text, 1)) >= 0; unit /= 10, any = true) ms += digit * unit;
  return any ? ms : -1;
}

struct UnitWords {
  const char* english;
  const char* chinese;
};

std::string in_words(int64_t amount, UnitWords unit, bool chinese) {
  const std::string number = std::to_string(amount) + ' ';
  if (chinese) return number + unit.chinese;
  return number + unit.english + (amount == 1 || amount == -1 ? "" : "s");
}

// Milliseconds in the largest unit that divides them. Never days: 24 hours and a day differ when
// the clocks change.
std::string clock_words(int64_t ms, bool working, bool chinese) {
  struct ClockUnit {
    int64_t ms;
    UnitWords plain, working;
  };
  static constexpr ClockUnit kUnits[] = {
      {kMsPerHour, {"hour", "小时"}, {"working hour", "个工作小时"}},
      {kMsPerMinute, {"minute", "分钟"}, {"working minute", "个工作分钟"}},
      {1000, {"second", "秒"}, {"working second", "个工作秒"}},
      {1, {"millisecond", "毫秒"}, {"working millisecond", "个工作毫秒"}},
  };
  const ClockUnit* unit = kUnits;
  while (ms % unit->ms != 0) ++unit;
  return in_words(ms / unit->ms, working ? unit->working : unit->plain, chinese);
}

}  // namespace

CivilDate civil(Date date) {
  const date::year_month_day ymd(in_range(date));
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

std::optional<Date> date_from_civil(int year, int month, int day) {
  // Checked before the library's small integer types could wrap.
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) {
    return std::nullopt;
  }
  const date::year_month_day ymd = date::year(year) / month / day;
  if (!ymd.ok()) return std::nullopt;
  return Date{date::sys_days(ymd).time_since_epoch().count()};
}

Date add_days(Date date, int64_t days) {
  constexpr int64_t kSpan = kLastDate.days - kFirstDate.days;
  const int64_t sum = in_range(date).time_since_epoch().count() + std::clamp(days, -kSpan, kSpan);
  return Date{static_cast<int32_t>(std::clamp<int64_t>(sum, kFirstDate.days, kLastDate.days))};
}

Date add_months(Date date, int64_t months) {
  constexpr int64_t kSpan = 9999 * 12;
  const CivilDate from = civil(date);
  const int64_t month_number =
      from.year * int64_t{12} + from.month - 1 + std::clamp(months, -kSpan, kSpan);
  if (month_number < 12) return kFirstDate;
  if (month_number >= 10'000 * 12) return kLastDate;
  const date::year year(static_cast<int>(month_number / 12));
  const date::month month(static_cast<unsigned>(month_number % 12 + 1));
  const auto last = static_cast<unsigned>((year / month / date::last).day());
  const date::day day(std::min(static_cast<unsigned>(from.day), last));
  return Date{date::sys_days(year / month / day).time_since_epoch().count()};
}

int weekday(Date date) { return static_cast<int>(date::weekday(in_range(date)).iso_encoding()); }

std::optional<Date> parse_date(std::string_view text) {
  const int year = take_number(text, 4);
  if (!take(text, '-')) return std::nullopt;
  const int month = take_number(text, 2);
  if (!take(text, '-')) return std::nullopt;
  const int day = take_number(text, 2);
  if (!text.empty()) return std::nullopt;
  return date_from_civil(year, month, day);
}

std::optional<TimeOfDay> parse_time(std::string_view text) {
  const int hour = take_number(text, 2);
  if (!take(text, ':')) return std::nullopt;
  const int minute = take_number(text, 2);
  int second = 0, ms = 0;
  if (take(text, ':')) {
    second = take_number(text, 2);
    if (take(text, '.')) ms = take_milliseconds(text);
  }
  if (!text.empty() || hour < 0 || minute < 0 || second < 0 || ms < 0) return std::nullopt;
  if (minute > 59 || second > 59) return std::nullopt;
  const int64_t total = hour * kMsPerHour + minute * kMsPerMinute + second * 1000 + ms;
  if (total > kMsPerDay) return std::nullopt;
  return TimeOfDay{static_cast<int32_t>(total)};
}

std::string to_string(Date date) {
  const CivilDate parts = civil(date);
  std::string out = "0000-00-00";
  put_digits(&out[0], parts.year, 4);
  put_digits(&out[5], parts.month, 2);
  put_digits(&out[8], parts.day, 2);
  return out;
}

// Milliseconds follow the seconds when they are not zero, so that the text reads back exactly.
std::string to_string(TimeOfDay time) {
  const int seconds = time.ms / 1000, ms = time.ms % 1000;
  std::string out = "00:00:00.000";
  put_digits(&out[0], seconds / 3600, 2);
  put_digits(&out[3], seconds / 60 % 60, 2);
  put_digits(&out[6], seconds % 60, 2);
  put_digits(&out[9], ms, 3);
  out.resize(ms != 0 ? 12 : seconds % 60 != 0 ? 8 : 5);
  return out;
}

std::string to_string(Duration duration, bool chinese) {
  switch (duration.kind) {
    case Duration::Kind::elapsed:
      return clock_words(duration.amount, false, chinese);
    case Duration::Kind::days:
      return in_words(duration.amount, {"day", "天"}, chinese);
    case Duration::Kind::months:
      return in_words(duration.amount, {"month", "个月"}, chinese);
    case Duration::Kind::working_days:
      return in_words(duration.amount, {"working day", "个工作日"}, chinese);
    case Duration::Kind::working_hours:
      return clock_words(duration.amount, true, chinese);
  }
  return {};
}

}  // namespace duban
