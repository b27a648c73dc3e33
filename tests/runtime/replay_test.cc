// Goal: the same feed leaves the same database, whatever the size of groups and wherever the
// process was killed. Method: one generated feed with late events, duplicates, bad lines, a
// broadcast, receipts and a manager whose row comes late; the exports of all views are compared
// byte for byte.

#include "runtime/channel.h"
#include "tests/runtime/shop_feed.h"

namespace duban::replay_test {
namespace {

// What a run leaves behind.
struct Left {
  std::string exported, sent;
};

// Runs the whole feed; `stop_every` > 0: drops the runtime without a flush after so many lines, as
// a crash would, and begins again from the start.
// State is stored about `sweep` inputs after it changed.
Left run_feed(const std::string& feed, size_t group, size_t stop_every, const std::string& rules,
              size_t sweep = RuntimeSettings().sweep_inputs) {
  TempDir dir;
  RuntimeSettings settings;
  settings.group_inputs_max = group;
  settings.sweep_inputs = sweep;
  settings.overlaps = group % 2 == 0;  // nor whether commits have a thread of their own
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
  for (const size_t group : {1U, 2U, 7U, 100U}) {
    const Left other = run_feed(feed, group, 0, shop_rules());
    EXPECT_EQ(difference(other.exported, reference.exported), "") << "groups of " << group;
    EXPECT_EQ(difference(other.sent, reference.sent), "") << "groups of " << group;
  }
}

TEST(Replay, CrashesDoNotMatter) {
  const std::string feed = make_feed(600, 11);
  const Left reference = run_feed(feed, 4000, 0, shop_rules());
  for (const size_t group : {1U, 12U, 13U}) {
    for (const size_t stop_every : {37U, 150U}) {
      for (const size_t sweep : {1U, 40U, 200'000U}) {
        SCOPED_TRACE("groups of " + std::to_string(group) + ", stop " + std::to_string(stop_every) +
                     ", sweep " + std::to_string(sweep));
        const Left other = run_feed(feed, group, stop_every, shop_rules(), sweep);
        EXPECT_EQ(difference(other.exported, reference.exported), "");
        EXPECT_EQ(difference(other.sent, reference.sent), "");
      }
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
}  // namespace duban::replay_test
