// Goal: SIGKILL at any instant, in the middle of sweeps and of recovery too, and what the last run
// ends with is what an undisturbed run ends with; the database is whole after every kill.
// Method: a child process runs the shop's feed with short sweeps and small groups and is killed
// after random times; the next child takes up what it left.

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <set>
#include <thread>

#include "runtime/channel.h"
#include "runtime/maintenance.h"
#include "tests/runtime/shop_feed.h"
#include "tests/thorough.h"

namespace duban::kill_test {
namespace {

constexpr unsigned kSeed = 20260417;
constexpr size_t kKillsWanted = 60;

bool run_whole(const std::string& db, const std::string& sent, const std::string& feed,
               size_t group, size_t sweep) {
  RuntimeSettings settings;
  settings.group_inputs_max = group;
  settings.sweep_inputs = sweep;
  settings.ids = {kMsPerDay, 1 + sweep % 50};  // most are in runs that are merged all the time
  Channels channels;
  if (!channels.configure("*", "file:" + sent)) return false;
  auto runtime = open_runtime(db, channels, settings);
  if (!runtime) return false;
  deploy_text(**runtime, shop_rules());
  TextFeed lines(feed);
  return run_virtual(**runtime, lines, std::nullopt, {}).ok();
}

// Whether it came to its end before it was killed. No delay: it is not.
bool run_in_child(const std::string& db, const std::string& sent, const std::string& feed,
                  size_t group, size_t sweep, std::optional<std::chrono::microseconds> delay) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(run_whole(db, sent, feed, group, sweep) ? 0 : 1);
  if (delay) {
    std::this_thread::sleep_for(*delay);
    ::kill(child, SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

TEST(Kill, InSweepsAndInRecovery) {
  std::cout << "seed " << kSeed << std::endl;
  const std::string feed = make_feed(3000 / test::kFewer, 19);
  TempDir once;
  ASSERT_TRUE(run_whole(once / "db", once / "sent", feed, 4000, 200'000));
  const std::string wanted = export_all(once / "db") + read_file(once / "sent");

  std::mt19937 random(kSeed);
  size_t kills = 0, half_swept = 0, tails = 0;
  std::set<uint64_t> places;
  double delay_us = 30'000;
  for (size_t round = 0; kills < kKillsWanted && round < 30; ++round) {
    const size_t group = 1 + random() % 40;
    const size_t sweep = round % 3 == 0 ? 1 : 20 + random() % 400;
    TempDir dir;
    const std::string db = dir / "db", sent = dir / "sent";
    size_t here = 0;
    const auto delay = [&]() -> std::optional<std::chrono::microseconds> {
      if (kills >= kKillsWanted || here >= 8) return std::nullopt;
      return std::chrono::microseconds(
          static_cast<int64_t>(delay_us * static_cast<double>(random() % 1000) / 1000));
    };
    while (!run_in_child(db, sent, feed, group, sweep, delay())) {
      ++kills;
      ++here;
      if (!std::filesystem::exists(db)) continue;
      const auto report = check_database(db);
      if (!report) continue;  // killed while it made the tables
      for (const Error& problem : report->problems) ADD_FAILURE() << problem.to_string();
      places.insert(report->entries);
      tails += report->swept < report->entries ? 1 : 0;
      half_swept += report->swept > 0 && report->swept < report->entries ? 1 : 0;
    }
    delay_us *= here == 0 ? 0.5 : 1.4;
    const std::string left = export_all(db) + read_file(sent);
    ASSERT_EQ(difference(left, wanted), "")
        << "round " << round << ", groups of " << group << ", sweep " << sweep;
  }
  std::cout << kills << " kills at " << places.size() << " places of the log, " << tails
            << " before all was stored, " << half_swept << " between sweeps" << std::endl;
  EXPECT_GE(kills, kKillsWanted);
  EXPECT_GE(places.size(), 5U);
  EXPECT_GE(half_swept, 5U);
}

}  // namespace
}  // namespace duban::kill_test
