// Goal: under the wall clock nothing is sent before it is durable, however fast lines come and
// whenever the program is killed; and what was given again is done once.
// Method: a flood through a pipe and SIGKILL after random times. Whatever the receiver has by then
// must stand in the database; after the feed was given once more, all of it does, once.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/meters.h"

namespace duban::test::live_crash_test {
namespace {

constexpr int kEvents = 8000, kKills = 6;
constexpr unsigned kSeed = 20261122;

std::string flood(int round) {
  std::string text;
  for (int i = 0; i < kEvents; ++i) text += reading(round * kEvents + i, i % 499);
  return text;
}

// The first digits of what each line begins with, as many as a listing shows; whole lines only.
std::vector<std::string> ids_of(const std::string& text, size_t from) {
  constexpr size_t kDigits = 12;
  std::vector<std::string> ids;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line) && !lines.eof();) {
    if (line.size() > from + kDigits && line.substr(0, 3) != "id,")
      ids.push_back(line.substr(from, kDigits));
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

TEST(LiveCrash, WhatWasSentIsDurable) {
  std::cout << "seed " << kSeed << std::endl;
  TempDir dir;
  dir.write("rules/meters.rules", kMeterRules);
  dir.write("sent.ndjson", "");
  ASSERT_EQ(duban(dir, {"deploy", "--db", "work.db", "rules"}).code, 0);
  const std::vector<std::string> command{"run",     "--db",      "work.db",
                                         "--clock", "wall",      "--events",
                                         "-",       "--channel", "*=file:sent.ndjson"};
  const auto stored = [&] {
    return ids_of(duban(dir, {"list", "notices", "--db", "work.db", "--format", "csv"}).out, 0);
  };
  const auto sent = [&] {
    return ids_of(dir.read("sent.ndjson"), std::string_view(R"({"id":")").size());
  };
  std::mt19937 random(kSeed);
  std::string all;
  size_t before = 0;
  int in_the_middle = 0;
  for (int round = 0; round < kKills; ++round) {
    const std::string text = flood(round);
    all += text;
    Running running(dir, command);
    const auto delay = std::chrono::milliseconds(random() % 60);
    std::error_code ignored;
    const size_t bytes = dir.read("sent.ndjson").size();
    std::thread killer([&] {
      // From when the first are out.
      const auto size = [&] { return std::filesystem::file_size(dir / "sent.ndjson", ignored); };
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (size() <= bytes && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      std::this_thread::sleep_for(delay);
      running.kill(SIGKILL);
    });
    running.try_to_feed(text);
    killer.join();
    running.wait();
    const auto has = sent(), listed = stored();
    EXPECT_TRUE(std::includes(listed.begin(), listed.end(), has.begin(), has.end()))
        << "what was sent is not stored, round " << round;
    std::cout << has.size() - before << " of " << kEvents << " were sent" << std::endl;
    in_the_middle += has.size() > before && has.size() < before + kEvents ? 1 : 0;
    before = has.size();
  }
  std::cout << in_the_middle << " kills in the middle" << std::endl;
  EXPECT_GE(in_the_middle, 2);
  Running last(dir, command);
  last.feed(all);
  last.close_input();
  EXPECT_EQ(last.wait().code, 0);
  const auto has = sent();
  EXPECT_EQ(has.size(), static_cast<size_t>(kEvents * kKills));
  EXPECT_EQ(std::set<std::string>(has.begin(), has.end()).size(), has.size());
  EXPECT_EQ(stored(), has);
  EXPECT_EQ(duban(dir, {"db", "check", "--db", "work.db"}).code, 0);
}

}  // namespace
}  // namespace duban::test::live_crash_test
