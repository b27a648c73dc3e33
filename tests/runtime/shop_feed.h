// A feed for the shop of the fixture, made up from a seed.
#pragma once

#include <random>

#include "tests/runtime/fixture.h"

namespace duban {

inline std::string date(int day) {
  const CivilDate c = civil(add_days(*date_from_civil(2026, 1, 1), day));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
  return text;
}

// Four months of twenty customers: late events, duplicates, bad lines, broadcasts, steps that fail,
// and a manager whose row comes late.
inline std::string make_feed(int events, unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::string feed;
  for (const char* staff : {"S01", "S02"}) {
    feed += event(std::string("staff-") + staff, "Staff", staff, "",
                  "\"name\":\"N" + std::string(staff) + "\",\"supervisor\":\"S02\"") +
            "\n";
  }
  std::vector<std::string> lines;
  for (int i = 0; i < events; ++i) {
    const int day = i * 120 / events;
    char minute[32];
    std::snprintf(minute, sizeof minute, "T%02d:%02d:00", 8 + below(12), below(60));
    const std::string time = date(below(20) == 0 ? std::max(0, day - below(10)) : day) + minute;
    const std::string customer = "C" + std::to_string(below(20));
    const std::string id = "e" + std::to_string(i);
    const std::string bill = "B" + std::to_string(below(40));
    std::string line;
    switch (i < 20 ? 0 : 1 + below(10)) {
      case 0:
        line = event(id, "registered", "C" + std::to_string(i), time,
                     "\"name\":\"Name" + std::to_string(i) + "\",\"phone\":\"1380000" +
                         std::to_string(1000 + i) + "\",\"manager\":\"" +
                         (i % 5 == 4 ? "S09" : "S01") + "\",\"area\":\"A" + std::to_string(i % 3) +
                         "\"");
        break;
      case 1:
      case 2:
      case 3:
        line = event(id, "bill_issued", customer, time,
                     "\"bill_no\":\"" + bill + "-" + std::to_string(i) +
                         "\",\"amount\":" + std::to_string(10 + below(90)) + ".50,\"due_date\":\"" +
                         date(day + 5 + below(10)) + "\"");
        break;
      case 4:
      case 5:
        line =
            event(id, "payment_received", customer, time,
                  "\"bill_no\":\"" + bill + "-" + std::to_string(below(i)) + "\",\"amount\":100");
        break;
      case 6:
        line = event(id, "renamed", customer, time, "\"name\":\"New" + id + "\"");
        break;
      case 7:
        line = event(id, "outage", "", time, "\"area\":\"A" + std::to_string(below(3)) + "\"");
        break;
      case 8:
        line = lines.empty() ? "{}"
                             : lines[static_cast<size_t>(below(static_cast<int>(lines.size())))];
        break;
      case 9:
        line = below(2) == 0 ? "{\"id\": oops" : event(id, "no_such_event", customer, time, "");
        break;
      default:
        line = below(12) == 0 ? event(id, "factor_set", customer, time, "\"factor\":900000000000")
                              : event(id, "factor_set", customer, time, "\"factor\":2");
    }
    lines.push_back(line);
    feed += line + "\n";
    if (i == events / 2) {
      feed +=
          event("staff-S09", "Staff", "S09", date(day) + "T08:00:00", R"("name":"Late")") + "\n";
    }
  }
  return feed;
}

}  // namespace duban
