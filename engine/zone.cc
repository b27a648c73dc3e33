// Zones, by way of the date library reading the system's time-zone files.
//
// Threads: a Zone may be used by any number of threads. The library's zones are immutable once
// loaded, which Zone::find sees to, and what is remembered between calls is kept per thread.
//
// Limits: the library reads the listed transitions only. Where the system's files list them until
// 2037, daylight saving after that year is not known and standard time is used.

// Must agree with how the library was built: its classes differ in layout.
#ifndef USE_OS_TZDB
#define USE_OS_TZDB 1
#endif
#include <date/tz.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <exception>
#include <numeric>

#include "engine/spelling.h"
#include "engine/time.h"

namespace duban {
namespace {

using std::chrono::seconds;

// A stretch of time with one offset from UTC; everything in milliseconds, begin ≤ instant < end.
struct Period {
  const void* zone = nullptr;
  int64_t begin = 0;
  int64_t end = 0;
  int64_t offset = 0;
};

// The periods used last. A policy asks about one or two zones and nearly always about the present,
// so the first comparison is mostly the only one.
struct PeriodCache {
  std::array<Period, 8> periods;
  size_t recent = 0;
  size_t oldest = 0;
};
constinit thread_local PeriodCache cache;

int64_t floor_divide(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// The remembered period that `fits`, or null.
template <typename Fits>
const Period* remembered(Fits fits) {
  if (fits(cache.periods[cache.recent])) return &cache.periods[cache.recent];
  for (size_t i = 0; i < cache.periods.size(); ++i) {
    if (fits(cache.periods[i])) return &cache.periods[cache.recent = i];
  }
  return nullptr;
}

const Period& period_at(const void* zone, int64_t ms) {
  const Period* known =
      remembered([=](const Period& p) { return p.zone == zone && p.begin <= ms && ms < p.end; });
  if (known != nullptr) return *known;
  const auto info = static_cast<const date::time_zone*>(zone)->get_info(
      date::sys_seconds(seconds(floor_divide(ms, 1000))));
  cache.recent = cache.oldest;
  cache.oldest = (cache.oldest + 1) % cache.periods.size();
  return cache.periods[cache.recent] = {zone, info.begin.time_since_epoch().count() * 1000,
                                        info.end.time_since_epoch().count() * 1000,
                                        info.offset.count() * 1000};
}

// Local times lie in years 1..9999; instants beyond are read as the nearest local time inside.
constexpr int64_t midnight(int year, unsigned month, unsigned day) {
  return date::sys_days(date::year(year) / month / day).time_since_epoch().count() * kMsPerDay;
}
constexpr int64_t kFirstLocal = midnight(1, 1, 1);
constexpr int64_t kLastLocal = midnight(10'000, 1, 1) - 1;

// Near enough for the library, and a day more on both ends than any local time asks for.
int64_t bounded(int64_t ms) {
  return std::clamp(ms, kFirstLocal - kMsPerDay, kLastLocal + kMsPerDay);
}

int64_t offset_at(const void* zone, int64_t ms) {
  return zone == nullptr ? 0 : period_at(zone, bounded(ms)).offset;
}

int64_t with_offset(int64_t ms, int64_t offset) {
  return std::clamp(bounded(ms) + offset, kFirstLocal, kLastLocal);
}

// Milliseconds since 1970-01-01 00:00 on the local clock.
int64_t local_ms(const void* zone, Instant instant) {
  return with_offset(instant.ms, offset_at(zone, instant.ms));
}

Date date_part(int64_t local) { return Date{static_cast<int32_t>(floor_divide(local, kMsPerDay))}; }

std::pair<Date, TimeOfDay> parts(int64_t local) {
  const Date date = date_part(local);
  return {date, TimeOfDay{static_cast<int32_t>(local - date.days * kMsPerDay)}};
}

TimeOfDay time_part(int64_t local) { return parts(local).second; }

// Names of zones are ASCII.
std::u32string lower_case(const std::string& text) {
  std::u32string out(text.begin(), text.end());
  for (char32_t& c : out) {
    if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
  }
  return out;
}

// The known zone nearest to a wrong name: `asia/shanghai`, `Shanghai` and `Asia/Shangai` all mean
// Asia/Shanghai. Empty when nothing is near.
std::string similar_zone(const std::string& name) {
  constexpr size_t kLongestName = 64, kFarthest = 3;
  if (name.size() > kLongestName) return {};
  const std::u32string wanted = lower_case(name);
  std::string best;
  size_t best_distance = kFarthest;
  for (const date::time_zone& zone : date::get_tzdb().zones) {
    const std::u32string known = lower_case(zone.name());
    const std::u32string city = known.substr(known.rfind(U'/') + 1);
    const size_t distance = std::min(edit_distance(wanted, known), edit_distance(wanted, city));
    if (distance < best_distance && distance * 3 < wanted.size()) {
      best_distance = distance;
      best = zone.name();
    }
  }
  return best;
}

// Eight characters of a form: digits where it has a 0, anything where it has a blank.
struct Form {
  consteval explicit Form(std::string_view form)
      : form_(bytes(form, [](char c) { return c; })),
        digits_(bytes(form, [](char c) { return c == '0' ? '\xff' : '\0'; })),
        fixed_(bytes(form, [](char c) { return c == '0' || c == ' ' ? '\0' : '\xff'; })) {}
  bool fits(const char* text) const {
    uint64_t given = 0;
    std::memcpy(&given, text, sizeof given);
    // A digit is 0 to 9 above '0': six more leave its upper half alone.
    constexpr uint64_t kSix = 0x0606060606060606, kUpper = 0xf0f0f0f0f0f0f0f0;
    const uint64_t difference = given ^ form_, value = difference & digits_;
    return (difference & fixed_) == 0 && ((value | (value + kSix)) & kUpper & digits_) == 0;
  }

 private:
  static consteval uint64_t bytes(std::string_view form, char (*of)(char)) {
    std::array<char, 8> each{};
    for (size_t i = 0; i < each.size(); ++i) each[i] = of(form[i]);
    return std::bit_cast<uint64_t>(each);
  }
  uint64_t form_ = 0, digits_ = 0, fixed_ = 0;
};

// The form that most events have, `2026-03-20T09:00:00+08:00`: read many times as fast. Nothing:
// another form, or none at all.
std::optional<Instant> parse_usual(std::string_view text) {
  // 25 characters are three eights and one more: the last eight overlap.
  constexpr Form kDate("0000-00-"), kTime("00T00:00"), kFrom16(":00 00:0"), kFrom17("00 00:00");
  if (text.size() != 25 || !kDate.fits(text.data()) || !kTime.fits(text.data() + 8) ||
      !kFrom16.fits(text.data() + 16) || !kFrom17.fits(text.data() + 17) ||
      (text[19] != '+' && text[19] != '-')) {
    return std::nullopt;
  }
  const auto two = [&](size_t at) { return 10 * (text[at] - '0') + (text[at + 1] - '0'); };
  const auto date = date_from_civil(100 * two(0) + two(2), two(5), two(8));
  const int64_t hour = two(11), minute = two(14), second = two(17), far = two(20), more = two(23);
  if (!date || hour > 23 || minute > 59 || second > 59 || far > 23 || more > 59)
    return std::nullopt;
  const int64_t offset = far * kMsPerHour + more * kMsPerMinute;
  const int64_t local =
      date->days * kMsPerDay + hour * kMsPerHour + minute * kMsPerMinute + second * 1000;
  return Instant{text[19] == '-' ? local + offset : local - offset};
}

}  // namespace

Zone::Zone() = default;

Result<Zone> Zone::find(const std::string& name) {
  Zone found;
  if (name == found.name_) return found;
  try {
    const date::time_zone* zone = date::locate_zone(name);
    (void)zone->get_info(date::sys_seconds());  // reads the zone's file now, where we can answer
    found.zone_ = zone;
    found.name_ = name;
    return found;
  } catch (const std::exception&) {
  }
  Error error{"unknown time zone '" + name + "'", "", "a name such as Asia/Shanghai is needed",
              "未知时区“" + name + "”", "应为 Asia/Shanghai 之类的名称"};
  try {
    const std::string similar = similar_zone(name);
    if (!similar.empty()) {
      error.hint = "did you mean " + similar + "?";
      error.chinese_hint = "是否指 " + similar + "？";
    }
  } catch (const std::exception& failure) {
    error.hint = std::string("the time-zone data cannot be read: ") + failure.what();
    error.chinese_hint = std::string("无法读取时区数据：") + failure.what();
  }
  return error;
}

Instant Zone::at(Date date, TimeOfDay time) const {
  int64_t local = date.days * kMsPerDay + time.ms;
  if (zone_ == nullptr) return Instant{local};

  // Offsets differ by little more than a day at most. So an instant two days into a period, and not
  // past its end, is the only one, or the first, that shows this local time.
  const Period* known = remembered([=, this](const Period& p) {
    const int64_t guess = local - p.offset;
    return p.zone == zone_ && p.begin + 2 * kMsPerDay <= guess && guess < p.end;
  });
  if (known != nullptr) return Instant{local - known->offset};

  local = bounded(local);
  const auto info = static_cast<const date::time_zone*>(zone_)->get_info(
      date::local_seconds(seconds(floor_divide(local, 1000))));
  if (info.result == date::local_info::nonexistent) {
    return Instant{info.first.end.time_since_epoch().count() * 1000};
  }
  // Of two, the first. Its period is remembered for the next call.
  const int64_t found = local - info.first.offset.count() * 1000;
  period_at(zone_, found);
  return Instant{found};
}

Date Zone::date_of(Instant instant) const { return date_part(local_ms(zone_, instant)); }

TimeOfDay Zone::time_of(Instant instant) const { return time_part(local_ms(zone_, instant)); }

std::pair<Date, TimeOfDay> Zone::local(Instant instant) const {
  return parts(local_ms(zone_, instant));
}

std::string Zone::to_string(Instant instant) const {
  const auto [date, time] = local(instant);
  std::string out = duban::to_string(date);
  return (out += ' ') += duban::to_string(time);
}

std::string Zone::to_iso8601(Instant instant) const {
  // The format knows whole minutes only. Old local mean times have seconds: they are cut off the
  // offset, and the time shown is the one that belongs to it, so the instant stays exact.
  const int64_t minutes = offset_at(zone_, instant.ms) / kMsPerMinute;
  const int64_t local = with_offset(instant.ms, minutes * kMsPerMinute);
  std::string time = duban::to_string(time_part(local));
  if (time.size() == 5) time += ":00";
  const int32_t size = static_cast<int32_t>((minutes < 0 ? -minutes : minutes) * kMsPerMinute);
  return duban::to_string(date_part(local)) + 'T' + time + (minutes < 0 ? '-' : '+') +
         duban::to_string(TimeOfDay{size});
}

std::optional<Instant> Zone::parse(std::string_view text) const {
  if (const std::optional<Instant> usual = parse_usual(text)) return usual;
  constexpr size_t kDateSize = 10;
  const std::optional<Date> date = parse_date(text.substr(0, kDateSize));
  if (!date) return std::nullopt;
  if (text.size() <= kDateSize) return at(*date, TimeOfDay{});
  const char separator = text[kDateSize];
  if (separator != 'T' && separator != 't' && separator != ' ') return std::nullopt;
  text.remove_prefix(kDateSize + 1);

  const size_t time_size = std::min(text.find_first_of("Zz+-"), text.size());
  const std::optional<TimeOfDay> time = parse_time(text.substr(0, time_size));
  if (!time) return std::nullopt;
  text.remove_prefix(time_size);
  if (text.empty()) return at(*date, *time);

  int64_t offset = 0;
  if (text != "Z" && text != "z") {
    const std::optional<TimeOfDay> size = parse_time(text.substr(1));
    if (text.size() != 6 || !size || size->ms == kMsPerDay) return std::nullopt;
    offset = text[0] == '-' ? -size->ms : size->ms;
  }
  return Instant{date->days * kMsPerDay + time->ms - offset};
}

}  // namespace duban
