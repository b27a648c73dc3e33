// Goal: the same feed leaves the same database, whatever the size of groups and wherever the
// process was killed. Method: one generated feed with late events, duplicates, bad lines, a
// broadcast, receipts and a manager whose row comes late; the exports of all views are compared
// byte for byte.

#include <random>

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban {
namespace {

std::string date(int day) {
  const CivilDate c = civil(add_days(*date_from_civil(2026, 1, 1), day));
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
  return text;
}

std::string make_feed(int events, unsigned seed) {
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
    char minute[40];
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

// What a run leaves behind.
struct Left {
  std::string exported, sent;
};

// Runs the whole feed; `stop_every` > 0: drops the runtime without a flush after so many lines, as
// a crash would, and begins again from the start.
Left run_feed(const std::string& feed, size_t group, size_t stop_every, const std::string& rules) {
  TempDir dir;
  RuntimeSettings settings;
  settings.group_inputs_max = group;
  for (size_t stop = stop_every;; stop += stop_every) {
    Channels channels;
    EXPECT_TRUE(channels.configure("*", "file:" + (dir / "sent.ndjson")));
    auto runtime = open_runtime(dir / "db", channels, settings);
    EXPECT_TRUE(runtime) << runtime.error().to_string();
    if (!runtime) return {};
    deploy_text(**runtime, rules);
    if (stop_every == 0) {
      TextFeed lines(feed);
      const Status status = run_virtual(**runtime, lines, std::nullopt, {});
      EXPECT_TRUE(status) << status.error().to_string();
      break;
    }
    TextFeed opened(feed);
    FeedItem item;
    size_t lines = 0;
    bool more = true;
    while (lines < stop && (more = *opened.next(item))) {
      const Status status = (*runtime)->take(item);
      EXPECT_TRUE(status) << status.error().to_string();
      ++lines;
    }
    if (more) continue;
    EXPECT_TRUE((*runtime)->end_feed(std::nullopt));
    EXPECT_TRUE((*runtime)->flush());
    break;
  }
  return {export_all(dir / "db"), read_file(dir / "sent.ndjson")};
}

TEST(Replay, GroupsDoNotMatter) {
  const std::string feed = make_feed(1200, 7);
  const Left reference = run_feed(feed, 4000, 0, shop_rules());
  EXPECT_NE(reference.exported.find("C1"), std::string::npos);
  EXPECT_FALSE(reference.sent.empty());
  for (const size_t group : {1U, 7U, 100U}) {
    const Left other = run_feed(feed, group, 0, shop_rules());
    EXPECT_EQ(difference(other.exported, reference.exported), "") << "groups of " << group;
    EXPECT_EQ(difference(other.sent, reference.sent), "") << "groups of " << group;
  }
}

TEST(Replay, CrashesDoNotMatter) {
  const std::string feed = make_feed(600, 11);
  const Left reference = run_feed(feed, 4000, 0, shop_rules());
  for (const size_t group : {1U, 13U}) {
    for (const size_t stop_every : {37U, 150U}) {
      const Left other = run_feed(feed, group, stop_every, shop_rules());
      EXPECT_EQ(difference(other.exported, reference.exported), "")
          << "groups of " << group << ", stop " << stop_every;
      EXPECT_EQ(difference(other.sent, reference.sent), "")
          << "groups of " << group << ", stop " << stop_every;
    }
  }
}

TEST(Replay, TheSameFeedTwiceAddsNothing) {
  TempDir dir;
  const std::string text = make_feed(400, 3);
  std::string first;
  for (int turn = 0; turn < 2; ++turn) {
    Channels channels;
    ASSERT_OK(channels.configure("*", "file:" + (dir / "sent.ndjson")));
    auto runtime = open_runtime(dir / "db", channels);
    ASSERT_OK(runtime);
    deploy_text(**runtime, shop_rules());
    TextFeed feed(text);
    ASSERT_OK(run_virtual(**runtime, feed, std::nullopt, {}));
    const std::string exported = export_all(dir / "db") + read_file(dir / "sent.ndjson");
    if (turn == 0) {
      first = exported;
    } else {
      EXPECT_EQ(difference(exported, first), "");
      EXPECT_EQ((*runtime)->counts().events, 0U);
    }
  }
}

}  // namespace
}  // namespace duban
