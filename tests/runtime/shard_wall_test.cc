// Goal: under the wall clock each shard acknowledges at once and fires its own timers; an error in
// one, `until` and the end of the feed end all.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "runtime/channel.h"
#include "tests/runtime/shards.h"

namespace duban::shard_wall_test {
namespace {

constexpr uint32_t kShards = 3;

std::string live_rules() {
  return shop_rules() + R"(
rule "Greeting"
  on renamed:
    notify Customer by sms greeting
notice greeting mandatory sms "Hello {name}"
)";
}

class ShardsLive : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::pipe(ends), 0); }
  void TearDown() override {
    close_input();
    ::close(ends[0]);
  }
  void open(const std::vector<size_t>& lives = {}) {
    ASSERT_OK(channels.configure("*", "file:" + dir / "sent"));
    RuntimeSettings settings;
    settings.clock = ClockKind::wall;
    auto opened = open_sharded(db, kShards, channels, settings);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
    ASSERT_OK(deploy_to_shards(*runtime, live_rules()));
    if (lives.empty()) return;
    runtime.reset();
    opened = open_sharded(db, kShards, channels, settings, lives);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
  }
  void put(const std::string& text) const {
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void close_input() {
    if (ends[1] >= 0) ::close(std::exchange(ends[1], -1));
  }
  Status follow(std::optional<Instant> until, bool stay) {
    return run_wall(*runtime, ends[0], "live", until, stay);
  }
  // Waits until a reader sees it.
  bool is_seen(const char* what, const std::string& text) const {
    for (int i = 0; i < 400; ++i) {
      for (const std::string& row : rows(db, what)) {
        if (row.find(text) != std::string::npos) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }
  static Instant in(int seconds) { return Instant{make_wall_clock()->now().ms + seconds * 1000}; }

  TempDir dir;
  std::string db = dir / "db";
  int ends[2] = {-1, -1};
  Channels channels;
  std::unique_ptr<ShardedRuntime> runtime;
};

TEST_F(ShardsLive, EachAcknowledgesAtOnce) {
  open();
  std::thread writer([&] {
    put(event("s1", "Staff", "S01", "", R"("name":"Zhao")") + "\n");
    for (int i = 0; i < 12; ++i) {
      const std::string n = std::to_string(i), customer = "C" + n;
      const std::string both =
          event("r" + n, "registered", customer, "",
                R"("name":"N","phone":"138","manager":"S01","area":"A")") +
          "\n" + event("n" + n, "renamed", customer, "", R"("name":"Bo)" + n + "\"") + "\n";
      put(both.substr(0, 30));  // a line in two pieces
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      put(both.substr(30));
      EXPECT_TRUE(is_seen("notices", "text=Hello Bo" + n + " ")) << n;
    }
    put("nonsense\n" + event("out", "outage", "", "", R"("area":"A")") + "\n");
    EXPECT_TRUE(is_seen("incidents", "place=live:26 "));
    for (int i = 0; i < 12; ++i)
      EXPECT_TRUE(is_seen("events", "type=outage subject=C" + std::to_string(i) + " "));
    close_input();
  });
  const Status status = follow(std::nullopt, false);
  writer.join();
  ASSERT_OK(status);
  const RunCounts counts = runtime->counts();
  EXPECT_EQ(counts.lines, 27U);
  EXPECT_EQ(counts.events, 36U);
  EXPECT_EQ(counts.references, 1U);
  EXPECT_EQ(counts.rejected, 1U);
  size_t greetings = 0;
  std::istringstream sent(read_file(dir / "sent"));
  for (std::string line; std::getline(sent, line);)
    greetings += line.find("Hello Bo") != std::string::npos ? 1 : 0;
  EXPECT_EQ(greetings, 12U);
}

// What became due long ago is there at once.
TEST_F(ShardsLive, EachFiresItsTimers) {
  open();
  put(event("s1", "Staff", "S01", "", R"("name":"Zhao")") + "\n");
  for (int i = 0; i < 12; ++i) {
    const std::string n = std::to_string(i);
    put(event("r" + n, "registered", "C" + n, "2020-03-01 09:00",
              R"("name":"N","phone":"138","manager":"S01")") +
        "\n" +
        event("b" + n, "bill_issued", "C" + n, "2020-03-01 10:00",
              R"("bill_no":"B)" + n + R"(","amount":300,"due_date":"2020-03-20")") +
        "\n");
  }
  ASSERT_OK(follow(in(2), true));
  EXPECT_EQ(rows(db, "tasks").size(), 12U);
  EXPECT_GE(runtime->counts().timers, 12U);
}

TEST_F(ShardsLive, AnErrorInOneEndsAll) {
  open({100'000, 2, 100'000});
  std::thread writer([&] {
    for (int i = 0; i < 200; ++i) {
      const std::string line = event("r" + std::to_string(i), "registered", "C" + std::to_string(i),
                                     "", R"("name":"N","phone":"138")") +
                               "\n";
      if (::write(ends[1], line.data(), line.size()) < 0) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  const Status status = follow(std::nullopt, true);
  writer.join();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the disk is full");
}

TEST_F(ShardsLive, VeryManyLinesAtOnceAreAllTaken) {
  open();
  std::thread writer([&] {
    std::string text;
    for (int i = 0; i < 20'000; ++i) {
      text += event("r" + std::to_string(i), "registered", "C" + std::to_string(i % 500), "",
                    R"("name":"N","phone":"138")") +
              "\n";
      if (text.size() < 60'000) continue;
      put(text);
      text.clear();
    }
    put(text);
    close_input();
  });
  const Status status = follow(std::nullopt, false);
  writer.join();
  ASSERT_OK(status);
  EXPECT_EQ(runtime->counts().events, 20'000U);
  EXPECT_EQ(rows(db, "subjects").size(), 500U);
}

}  // namespace
}  // namespace duban::shard_wall_test
