#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "engine/time.h"

namespace duban::zone_test {
namespace {

Zone zone(const std::string& name) {
  const auto found = Zone::find(name);
  EXPECT_TRUE(found) << name;
  return found ? *found : Zone();
}

Instant utc(std::string_view text) {
  const auto instant = Zone().parse(text);
  EXPECT_TRUE(instant) << text;
  return instant.value_or(Instant());
}

// The instant of a local time, written in UTC.
std::string at(const Zone& zone, std::string_view date, std::string_view time) {
  return Zone().to_string(zone.at(*parse_date(date), *parse_time(time)));
}

TEST(ZoneTest, IsUtcUnlessNamed) {
  EXPECT_EQ(Zone().name(), "UTC");
  EXPECT_EQ(zone("UTC").name(), "UTC");
  EXPECT_EQ(zone("Asia/Shanghai").name(), "Asia/Shanghai");
  EXPECT_EQ(at(Zone(), "1970-01-02", "00:00"), "1970-01-02 00:00");
  EXPECT_EQ(Zone().date_of(Instant{-1}).days, -1);
  EXPECT_EQ(Zone().time_of(Instant{-1}).ms, kMsPerDay - 1);
}

TEST(ZoneTest, UnknownNameIsAnErrorThatHelps) {
  const auto wrong = Zone::find("asia/shangai");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().to_string(),
            "unknown time zone 'asia/shangai' (did you mean Asia/Shanghai?)");
  EXPECT_EQ(Zone::find("Shanghai").error().hint, "did you mean Asia/Shanghai?");
  for (const char* name : {"", "Nowhere", "../../etc/passwd", "tzdata.zi", "right/Europe/Rome"}) {
    EXPECT_FALSE(Zone::find(name)) << name;
  }
  EXPECT_FALSE(Zone::find(std::string(100'000, 'x')));
}

TEST(ZoneTest, ShanghaiIsEightHoursAhead) {
  const Zone shanghai = zone("Asia/Shanghai");
  EXPECT_EQ(at(shanghai, "2026-03-01", "09:00"), "2026-03-01 01:00");
  EXPECT_EQ(at(shanghai, "2026-03-01", "00:00"), "2026-02-28 16:00");
  EXPECT_EQ(at(shanghai, "2026-03-01", "24:00"), "2026-03-01 16:00");
  EXPECT_EQ(to_string(shanghai.date_of(utc("2026-02-28 16:00"))), "2026-03-01");
  EXPECT_EQ(to_string(shanghai.date_of(utc("2026-02-28 15:59:59.999"))), "2026-02-28");
  EXPECT_EQ(to_string(shanghai.time_of(utc("2026-02-28 15:59:59.999"))), "23:59:59.999");
}

TEST(ZoneTest, ShanghaiHadSummerTimeUntil1991) {
  const Zone shanghai = zone("Asia/Shanghai");
  EXPECT_EQ(at(shanghai, "1990-07-01", "09:00"), "1990-07-01 00:00");
  EXPECT_EQ(at(shanghai, "1992-07-01", "09:00"), "1992-07-01 01:00");
}

// Clocks go forward from 02:00 to 03:00 on 2026-03-29, at 01:00 UTC.
TEST(ZoneTest, TimeThatDoesNotExistIsTheFirstInstantAfterTheGap) {
  const Zone rome = zone("Europe/Rome");
  EXPECT_EQ(at(rome, "2026-03-29", "01:59:59"), "2026-03-29 00:59:59");
  EXPECT_EQ(at(rome, "2026-03-29", "02:00"), "2026-03-29 01:00");
  EXPECT_EQ(at(rome, "2026-03-29", "02:30"), "2026-03-29 01:00");
  EXPECT_EQ(at(rome, "2026-03-29", "02:59:59.999"), "2026-03-29 01:00");
  EXPECT_EQ(at(rome, "2026-03-29", "03:00"), "2026-03-29 01:00");
  EXPECT_EQ(at(rome, "2026-03-29", "03:30"), "2026-03-29 01:30");
}

// Clocks go back from 03:00 to 02:00 on 2026-10-25, at 01:00 UTC.
TEST(ZoneTest, TimeThatExistsTwiceIsTheFirst) {
  const Zone rome = zone("Europe/Rome");
  EXPECT_EQ(at(rome, "2026-10-25", "01:30"), "2026-10-24 23:30");
  EXPECT_EQ(at(rome, "2026-10-25", "02:00"), "2026-10-25 00:00");
  EXPECT_EQ(at(rome, "2026-10-25", "02:59:59.999"), "2026-10-25 00:59:59.999");
  EXPECT_EQ(at(rome, "2026-10-25", "03:00"), "2026-10-25 02:00");
  EXPECT_EQ(rome.to_string(utc("2026-10-25 00:30")), "2026-10-25 02:30");
  EXPECT_EQ(rome.to_string(utc("2026-10-25 01:30")), "2026-10-25 02:30");
}

TEST(ZoneTest, AWholeDayMayBeMissing) {
  // Samoa moved across the date line: there was no 2011-12-30.
  const Zone apia = zone("Pacific/Apia");
  EXPECT_EQ(at(apia, "2011-12-29", "23:00"), "2011-12-30 09:00");
  EXPECT_EQ(at(apia, "2011-12-30", "09:00"), "2011-12-30 10:00");
  EXPECT_EQ(at(apia, "2011-12-31", "00:00"), "2011-12-30 10:00");
}

// One sentence says it all: `at` is the first instant whose local time is not before the one asked
// for. Tried on every quarter of an hour around changes of the clocks, with the memory of earlier
// calls in either state.
TEST(ZoneTest, AtIsTheFirstInstantNotBeforeTheLocalTime) {
  struct Row {
    const char *zone, *from, *to;
  };
  for (const Row& row : {
           Row{"Europe/Rome", "2026-03-26", "2026-04-02"},
           {"Europe/Rome", "2026-10-22", "2026-10-29"},
           {"Asia/Shanghai", "1940-05-30", "1940-06-04"},
           {"Asia/Shanghai", "1940-10-10", "1940-10-15"},
           {"Australia/Lord_Howe", "2026-04-03", "2026-04-08"},
           {"Pacific/Apia", "2011-12-28", "2012-01-02"},
           {"America/Havana", "2026-10-30", "2026-11-04"},
       }) {
    const Zone zone = zone_test::zone(row.zone);
    const auto local = [&](Instant instant) {
      EXPECT_EQ(zone.local(instant), std::pair(zone.date_of(instant), zone.time_of(instant)));
      return zone.date_of(instant).days * kMsPerDay + zone.time_of(instant).ms;
    };
    const int64_t quarter = 15 * kMsPerMinute;
    Instant expected{utc(row.from).ms - 2 * kMsPerDay};
    for (int64_t wanted = utc(row.from).ms; wanted < utc(row.to).ms; wanted += quarter) {
      while (local(expected) < wanted) expected.ms += quarter;
      const Date date{static_cast<int32_t>(wanted / kMsPerDay - (wanted % kMsPerDay < 0 ? 1 : 0))};
      const TimeOfDay time{static_cast<int32_t>(wanted - date.days * kMsPerDay)};
      ASSERT_EQ(zone.at(date, time), expected)
          << row.zone << ' ' << to_string(date) << ' ' << to_string(time);
    }
  }
}

TEST(ZoneTest, ManyZonesInTurnAreNotConfused) {
  std::vector<Zone> zones;
  for (const char* name : {"Asia/Shanghai", "Europe/Rome", "America/New_York", "Asia/Kolkata",
                           "Asia/Tokyo", "Africa/Cairo", "Asia/Kathmandu", "America/Sao_Paulo",
                           "Australia/Sydney", "Pacific/Auckland", "UTC"}) {
    zones.push_back(zone(name));
  }
  const Instant winter = utc("2026-01-15 12:00"), summer = utc("2026-07-15 12:00");
  const auto look = [&] {
    std::string all;
    for (const Zone& zone : zones) {
      for (const Instant instant : {winter, summer}) {
        all += zone.to_iso8601(instant).substr(11, 5) + ' ';
        EXPECT_EQ(zone.at(zone.date_of(instant), zone.time_of(instant)), instant) << zone.name();
      }
    }
    return all;
  };
  const std::string expected =
      "20:00 20:00 13:00 14:00 07:00 08:00 17:30 17:30 21:00 21:00 14:00 15:00 17:45 17:45 "
      "09:00 09:00 23:00 22:00 01:00 00:00 12:00 12:00 ";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(look(), expected);

  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 100; ++j) EXPECT_EQ(look(), expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(ZoneTest, WritesLocalTime) {
  const Zone shanghai = zone("Asia/Shanghai");
  struct Row {
    const char *utc, *plain, *iso;
  };
  for (const Row& row : {
           Row{"2026-03-01 01:00", "2026-03-01 09:00", "2026-03-01T09:00:00+08:00"},
           {"2026-03-01 01:00:30", "2026-03-01 09:00:30", "2026-03-01T09:00:30+08:00"},
           {"2026-03-01 01:00:00.250", "2026-03-01 09:00:00.250", "2026-03-01T09:00:00.250+08:00"},
           {"2026-02-28 16:00", "2026-03-01 00:00", "2026-03-01T00:00:00+08:00"},
           // Local mean time, 8:05:43 ahead: the offset is cut to minutes, the instant is exact.
           {"1900-01-01 00:00", "1900-01-01 08:05:43", "1900-01-01T08:05:00+08:05"},
       }) {
    EXPECT_EQ(shanghai.to_string(utc(row.utc)), row.plain);
    EXPECT_EQ(shanghai.to_iso8601(utc(row.utc)), row.iso);
    EXPECT_EQ(shanghai.parse(row.iso), utc(row.utc)) << row.iso;
  }
  EXPECT_EQ(Zone().to_iso8601(Instant{}), "1970-01-01T00:00:00+00:00");
  EXPECT_EQ(zone("America/New_York").to_iso8601(Instant{}), "1969-12-31T19:00:00-05:00");
  EXPECT_EQ(zone("America/St_Johns").to_iso8601(Instant{}), "1969-12-31T20:30:00-03:30");
}

TEST(ZoneTest, ReadsTimesWithAnOffsetAndWithout) {
  const Zone shanghai = zone("Asia/Shanghai");
  struct Row {
    const char *text, *utc;
  };
  for (const Row& row : {
           Row{"2026-03-01T09:00:00+08:00", "2026-03-01 01:00"},
           {"2026-03-01T09:00:00Z", "2026-03-01 09:00"},
           {"2026-03-01t09:00:00z", "2026-03-01 09:00"},
           {"2026-03-01T09:00:00.125-05:30", "2026-03-01 14:30:00.125"},
           {"2026-03-01T09:00:00.123456789Z", "2026-03-01 09:00:00.123"},
           {"2026-03-01T09:00-00:00", "2026-03-01 09:00"},
           {"2026-03-01 09:00:00+08:00", "2026-03-01 01:00"},
           {"2026-03-01T09:00:00", "2026-03-01 01:00"},
           {"2026-03-01T09:00", "2026-03-01 01:00"},
           {"2026-03-01 09:00", "2026-03-01 01:00"},
           {"2026-03-01 09:00:30", "2026-03-01 01:00:30"},
           {"2026-03-01 09:00:30.5", "2026-03-01 01:00:30.500"},
           {"2026-03-01 24:00", "2026-03-01 16:00"},
           {"2026-03-01", "2026-02-28 16:00"},
       }) {
    const auto instant = shanghai.parse(row.text);
    ASSERT_TRUE(instant) << row.text;
    EXPECT_EQ(Zone().to_string(*instant), row.utc) << row.text;
  }
  for (const char* text : {"",
                           "2026",
                           "2026-03",
                           "2026-02-30",
                           "2026-03-01 ",
                           "2026-03-01T",
                           "2026-03-01T9:00",
                           "2026-03-01T25:00",
                           "2026-03-01_09:00",
                           "09:00",
                           "2026-03-01T09:00:00+8",
                           "2026-03-01T09:00:00+0800",
                           "2026-03-01T09:00:00+08:60",
                           "2026-03-01T09:00:00+24:00",
                           "2026-03-01T09:00:00+08:00:00",
                           "2026-03-01T09:00:00ZZ",
                           "2026-03-01T09:00:00 Z",
                           "2026-03-01T09:00:00,5Z",
                           "2026-03-01Z",
                           "2026-03-01T09:00:60Z",
                           "1767225600"}) {
    EXPECT_FALSE(shanghai.parse(text)) << text;
  }
}

TEST(ZoneTest, InstantsBeyondTheYearsStopAtTheFirstAndTheLastDay) {
  const Instant lowest{std::numeric_limits<int64_t>::min()};
  const Instant highest{std::numeric_limits<int64_t>::max()};
  for (const char* name : {"UTC", "Asia/Shanghai", "Europe/Rome", "America/New_York"}) {
    const Zone zone = zone_test::zone(name);
    EXPECT_EQ(zone.to_string(lowest), "0001-01-01 00:00") << name;
    EXPECT_EQ(zone.to_string(highest), "9999-12-31 23:59:59.999") << name;
    EXPECT_EQ(to_string(zone.date_of(lowest)), "0001-01-01");
    EXPECT_EQ(to_string(zone.date_of(highest)), "9999-12-31");
    (void)zone.to_iso8601(lowest);
    (void)zone.to_iso8601(highest);
    (void)zone.at(Date{std::numeric_limits<int32_t>::max()}, TimeOfDay{});
    (void)zone.at(Date{std::numeric_limits<int32_t>::min()}, TimeOfDay{});
  }
}

}  // namespace
}  // namespace duban::zone_test
