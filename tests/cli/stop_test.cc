// Goal: asked to stop, the program does all that it has read from a pipe, which gives it only once,
// and reads no more.
// Method: a named pipe that the test keeps open. What is left in it was not read.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <map>
#include <sstream>
#include <thread>

#include "tests/cli/harness.h"
#include "tests/cli/meters.h"

namespace duban::test::stop_test {
namespace {

using std::chrono::milliseconds;

std::string lines(int from, int to) {
  std::string text;
  for (int i = from; i < to; ++i) text += reading(i, i % 499, "2026-03-01T08:00:00Z");
  return text;
}

class Pipe {
 public:
  explicit Pipe(const std::filesystem::path& path) {
    EXPECT_EQ(::mkfifo(path.c_str(), 0600), 0);
    descriptor_ = ::open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC);
    EXPECT_GE(descriptor_, 0);
  }
  ~Pipe() { ::close(descriptor_); }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  // As much as it holds by now; how much that was.
  size_t write(std::string_view text) const {
    const ssize_t wrote = ::write(descriptor_, text.data(), text.size());
    return wrote < 0 ? 0 : static_cast<size_t>(wrote);
  }
  bool is_empty() const {
    int bytes = 0;
    return ::ioctl(descriptor_, FIONREAD, &bytes) == 0 && bytes == 0;
  }
  // Empties it.
  size_t left() const {
    std::string bytes(1 << 16, ' ');
    size_t all = 0;
    for (ssize_t got = 1; got > 0; all += got > 0 ? static_cast<size_t>(got) : 0)
      got = ::read(descriptor_, bytes.data(), bytes.size());
    return all;
  }

 private:
  int descriptor_ = -1;
};

class Stop : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    dir.write("rules/meters.rules", kMeterRules);
    ASSERT_EQ(duban(dir, {"deploy", "--db", "work.db", "--shards", GetParam(), "rules"}).code, 0);
    command = {"run",      "--db",      "work.db",   "--clock",           "wall",
               "--events", "live.pipe", "--channel", "*=file:sent.ndjson"};
  }
  // The run listens to signals by now.
  bool has_sent() const {
    std::error_code code;
    const auto size = std::filesystem::file_size(dir / "sent.ndjson", code);
    return !code && size > 0;
  }
  // Of the log, in the order of the ids.
  std::vector<std::string> taken() const {
    std::istringstream in(
        duban(dir, {"list", "events", "--db", command[2], "--format", "csv"}).out);
    std::vector<std::string> ids;
    for (std::string line; std::getline(in, line);) {
      const size_t at = line.find(",e");
      if (at != std::string::npos)
        ids.push_back(line.substr(at + 1, line.find(',', at + 1) - at - 1));
    }
    std::sort(ids.begin(), ids.end());
    return ids;
  }
  // All that was read, once; of each customer in its order.
  void expect_all(int read) const {
    std::vector<std::string> ids;
    for (int i = 0; i < read; ++i) ids.push_back("e" + std::to_string(i));
    std::sort(ids.begin(), ids.end());
    const std::vector<std::string> got = taken();
    EXPECT_TRUE(got == ids) << got.size() << " events were taken, " << ids.size() << " were read";
    std::map<std::string, int> last;
    std::istringstream sent(dir.read("sent.ndjson"));
    int number = 0;
    for (std::string line; std::getline(sent, line); ++number) {
      const size_t colon = line.find(": ");
      ASSERT_NE(colon, std::string::npos) << line;
      const std::string customer = line.substr(line.rfind('"', colon), colon);
      const int n = std::stoi(line.substr(colon + 2));
      const auto [at, is_new] = last.emplace(customer, n);
      EXPECT_TRUE(is_new || at->second < n) << line;
      at->second = n;
    }
    EXPECT_EQ(number, read);
  }

  TempDir dir;
  std::vector<std::string> command;
};

// In the middle of a flood.
TEST_P(Stop, WhatWasReadIsDone) {
  constexpr size_t kBefore = 1 << 20;
  const Pipe pipe(dir / "live.pipe");
  const std::string text = lines(0, 150'000);
  Running running(dir, command);
  size_t wrote = 0;
  bool asked = false;
  while (!running.finished() && wrote < text.size()) {
    const size_t now = pipe.write(std::string_view(text).substr(wrote));
    wrote += now;
    if (now == 0) std::this_thread::sleep_for(std::chrono::microseconds(100));
    if (asked || wrote < kBefore || !has_sent()) continue;
    running.kill(SIGTERM);
    asked = true;
  }
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 0) << ran.err;
  ASSERT_LT(wrote, text.size()) << "it should have stopped";
  const size_t read = wrote - pipe.left();
  expect_all(static_cast<int>(count(text.substr(0, read), "\n")));
}

// Nothing more comes, and the last line is not whole.
TEST_P(Stop, WhileItWaits) {
  constexpr int kLines = 70;
  const Pipe pipe(dir / "live.pipe");
  Running running(dir, command);
  const std::string text = lines(0, kLines) + R"({"id":"e70","type":)";
  ASSERT_EQ(pipe.write(text), text.size());
  while (!running.finished() && !(pipe.is_empty() && has_sent()))
    std::this_thread::sleep_for(milliseconds(1));
  ASSERT_FALSE(running.finished());
  running.kill(SIGINT);
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 0) << ran.err;
  EXPECT_EQ(pipe.left(), 0U);
  expect_all(kLines);
}

// The feeds after the one at hand are not begun: whether it waits for lines, or for somebody who
// writes to its pipe at all.
TEST_P(Stop, TheFeedsAfterAreLeft) {
  constexpr int kLines = 70;
  dir.write("after.ndjson", lines(1000, 1000 + kLines));
  ASSERT_EQ(::mkfifo((dir / "nobody.pipe").c_str(), 0600), 0);
  const Pipe silent(dir / "live.pipe");
  int read = 0;
  for (const char* waiting : {"live.pipe", "nobody.pipe"}) {
    dir.write("first.ndjson", lines(read, read + kLines));
    read += kLines;
    std::vector<std::string> feeds{"run",  "--db",      "work.db",           "--clock",
                                   "wall", "--channel", "*=file:sent.ndjson"};
    for (const char* feed : {"first.ndjson", waiting, "after.ndjson"})
      feeds.insert(feeds.end(), {"--events", feed});
    Running running(dir, feeds);
    while (!running.finished() &&
           (!has_sent() || static_cast<int>(count(dir.read("sent.ndjson"), "\n")) < read))
      std::this_thread::sleep_for(milliseconds(1));
    std::this_thread::sleep_for(milliseconds(100));
    ASSERT_FALSE(running.finished());
    running.kill(SIGTERM);
    const Ran ran = running.wait();
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_NE(ran.err.find("`after.ndjson` was not begun"), std::string::npos) << ran.err;
    EXPECT_EQ(ran.err.find("error"), std::string::npos) << ran.err;
    expect_all(read);
  }
}

// Under the time of the events a run that was stopped is given its feed once more.
TEST_P(Stop, AVirtualRunWhileItWaits) {
  constexpr int kLines = 70;
  dir.write("lines.ndjson", lines(0, kLines));
  const auto virtual_run = [](const char* feed) {
    return std::vector<std::string>{
        "run",      "--rules",  "rules", "--db",      "virtual.db",        "--shards",
        GetParam(), "--events", feed,    "--channel", "*=file:sent.ndjson"};
  };
  const Pipe pipe(dir / "live.pipe");
  Running running(dir, virtual_run("live.pipe"));
  ASSERT_GT(pipe.write(lines(0, kLines)), 0U);
  while (!running.finished() && !pipe.is_empty()) std::this_thread::sleep_for(milliseconds(1));
  std::this_thread::sleep_for(milliseconds(50));
  ASSERT_FALSE(running.finished());
  running.kill(SIGINT);
  const Ran ran = running.wait();
  EXPECT_EQ(ran.code, 130) << ran.err;
  EXPECT_EQ(ran.err.find("cannot be read"), std::string::npos) << ran.err;
  EXPECT_EQ(duban(dir, virtual_run("lines.ndjson")).code, 0);
  command[2] = "virtual.db";
  expect_all(kLines);
}

INSTANTIATE_TEST_SUITE_P(Shards, Stop, testing::Values("1", "3"),
                         [](const auto& of) { return std::string(of.param); });

}  // namespace
}  // namespace duban::test::stop_test
