// Goal: under the wall clock, while one group is on its way to the disk the next is collected; what
// a group did goes out when it is durable, not before; and where groups end does not matter.
// Method: stores whose commits wait for a gate, take their time or fail, and receivers that look
// how far the store has come.

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <random>
#include <regex>
#include <set>
#include <thread>

#include "runtime/channel.h"
#include "runtime/maintenance.h"
#include "tests/runtime/shop_feed.h"
#include "tests/simulation/forward.h"
#include "tests/thorough.h"

namespace duban::live_test {
namespace {

class SetClock : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at = *Zone::find("Asia/Shanghai")->parse("2026-03-02 10:00");
};

// What a test knows of its store, from any thread.
class Gate {
 public:
  void close() { set(false); }
  void open() { set(true); }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return is_open_; });
  }
  std::atomic<uint64_t> durable = 0;  // the newest effect that is
  std::atomic<int> groups = 0;        // with inputs
  std::atomic<size_t> largest = 0;    // of them: so many inputs
  std::atomic<int> refusals = 0;      // of commits to come
  std::atomic<int> slow_us = 0;       // up to so long a commit takes

 private:
  void set(bool open) {
    const std::lock_guard lock(mutex_);
    is_open_ = open;
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_open_ = true;
};

class GatedStore : public simulation::ForwardingStore {
 public:
  GatedStore(std::unique_ptr<Store> store, Gate& gate)
      : ForwardingStore(std::move(store)), gate_(gate) {}
  Status commit(const Batch& batch) override {
    gate_.pass();
    if (gate_.slow_us > 0)
      std::this_thread::sleep_for(std::chrono::microseconds(random_() % gate_.slow_us));
    if (gate_.refusals > 0) {
      --gate_.refusals;
      return Error{"the disk is full", {}, {}, {}, {}};
    }
    const size_t inputs = batch.log.size();
    if (Status status = ForwardingStore::commit(batch); !status) return status;
    if (!batch.effects.empty()) gate_.durable = batch.effects.back().number;
    gate_.groups += inputs == 0 ? 0 : 1;
    gate_.largest = std::max<size_t>(gate_.largest, inputs);
    return {};
  }

 private:
  Gate& gate_;
  std::minstd_rand random_{7};
};

class Watching : public Receiver {
 public:
  explicit Watching(const Gate& gate) : gate_(gate) {}
  Status send(const OutboxItem& item) override {
    EXPECT_LE(item.number, gate_.durable) << "sent before it was durable";
    sent.push_back(item.payload);
    ++(item.channel() == "events" ? answers : others);
    return {};
  }
  Status flush() override { return {}; }
  std::vector<std::string> sent;
  std::atomic<int> answers = 0, others = 0;

 private:
  const Gate& gate_;
};

std::string greeting_rules() {
  return R"(policy "Greetings"
  effective from 2020-01-01
vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key id
  id : text
  name : text = "?"
  phone : text = "138"
  greeted : number = 0
  asked : number = 0
event renamed for Customer
  set name
event asked for Customer
outgoing event answer for Customer
  greeted : number
channel sms to phone
notice greeting mandatory sms "Hello {name}"
rule "Greeting"
  on renamed:
    notify Customer by sms greeting
rule "Greeted"
  on greeting delivered:
    set greeted = greeted + 1
rule "Asked"
  on asked:
    raise answer with greeted = greeted
)";
}

// A runtime under a clock that stands, or the machine's.
class Live : public testing::Test {
 protected:
  std::unique_ptr<Runtime> open(RuntimeSettings settings = {}, const std::string& db = "db",
                                bool machine = false, const std::string& rules = greeting_rules()) {
    channels = std::make_unique<Channels>();
    receiver = std::make_shared<Watching>(gate);
    channels->attach("*", receiver);
    settings.clock = ClockKind::wall;
    if (!machine) settings.wall_clock = clock;
    auto store = open_sqlite_store(dir / db, OpenMode::create);
    EXPECT_TRUE(store);
    auto runtime =
        Runtime::open(std::make_unique<GatedStore>(std::move(*store), gate), *channels, settings);
    EXPECT_TRUE(runtime);
    deploy_text(**runtime, rules);
    return std::move(*runtime);
  }
  static void rename(Runtime& runtime, const std::string& customer) {
    take(runtime, event("n-" + customer, "renamed", customer, "", "\"name\":\"" + customer + "\""));
  }
  // Until the group on its way is durable, or failed.
  static void wait_for(Runtime& runtime) {
    while (runtime.is_committing()) std::this_thread::yield();
  }

  TempDir dir;
  Gate gate;
  std::shared_ptr<SetClock> clock = std::make_shared<SetClock>();
  std::unique_ptr<Channels> channels;
  std::shared_ptr<Watching> receiver;
};

TEST_F(Live, WhatComesWhileTheDiskIsBusyIsTheNextGroup) {
  const auto runtime = open();
  std::atomic<int> told = 0;
  runtime->when_committed([&] { ++told; });
  gate.close();
  const int groups = gate.groups;
  rename(*runtime, "C1");
  ASSERT_OK(runtime->hand_on(true));
  EXPECT_TRUE(runtime->is_committing());
  for (int i = 2; i <= 30; ++i) {
    rename(*runtime, "C" + std::to_string(i));
    ASSERT_OK(runtime->hand_on(i % 2 == 0));
  }
  EXPECT_EQ(runtime->collected(), 29U);
  EXPECT_EQ(told, 0);
  EXPECT_EQ(receiver->sent.size(), 0U);
  gate.open();
  wait_for(*runtime);
  ASSERT_OK(runtime->hand_on(true));
  EXPECT_EQ(receiver->sent.size(), 1U);  // the others are on their way
  EXPECT_EQ(runtime->collected(), 1U);   // its receipt
  wait_for(*runtime);
  EXPECT_EQ(gate.groups, groups + 2);
  ASSERT_OK(runtime->hand_on(true));
  EXPECT_EQ(receiver->sent.size(), 30U);
  EXPECT_GE(told, 2);
  runtime->when_committed({});
}

TEST_F(Live, FlushWaitsForTheGroupOnItsWayToo) {
  const auto runtime = open();
  gate.slow_us = 20'000;
  for (int i = 0; i < 20; ++i) {
    rename(*runtime, "C" + std::to_string(2 * i));
    ASSERT_OK(runtime->hand_on(true));
    rename(*runtime, "C" + std::to_string(2 * i + 1));
    ASSERT_OK(runtime->flush());
    EXPECT_EQ(receiver->sent.size(), 2 * static_cast<size_t>(i) + 2);
  }
}

TEST_F(Live, WhatCouldNotBeStoredIsNotSentAndIsTriedAgain) {
  const auto runtime = open();
  gate.refusals = 2;
  gate.close();
  rename(*runtime, "C1");
  ASSERT_OK(runtime->hand_on(true));
  rename(*runtime, "C2");
  gate.open();
  wait_for(*runtime);
  for (int i = 0; i < 2; ++i) {
    const Status failed = runtime->hand_on(true);
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message, "the disk is full");
    EXPECT_TRUE(receiver->sent.empty());
  }
  ASSERT_OK(runtime->hand_on(true));
  ASSERT_OK(runtime->flush());
  EXPECT_EQ(receiver->sent.size(), 2U);
}

// Ids of incidents of held subjects contain one.
std::string without_places(std::string text) {
  text = std::regex_replace(text, std::regex("(last_)?sequence=[0-9]+ ?"), "");
  text = std::regex_replace(text, std::regex("id=[0-9a-f]+ kind=step"), "kind=step");
  std::istringstream in(text);
  std::multiset<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.insert(line);
  text.clear();
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// Ids of messages about tasks count what was done before, to other subjects, too.
std::string without_number(const std::string& payload) {
  return std::regex_replace(payload, std::regex("^.\"id\":\"[0-9a-f]+\",\"channel\":\"tasks\""),
                            "task");
}

// Names that are sent, whose receipts the next question tells of.
std::string make_questions(uint32_t seed, int events) {
  std::mt19937 random(seed);
  std::string feed;
  for (int i = 0; i < events; ++i) {
    const std::string customer = "C" + std::to_string(random() % 40);
    const bool renamed = random() % 2 == 0;
    feed += event("e" + std::to_string(i), renamed ? "renamed" : "asked", customer, "",
                  renamed ? "\"name\":\"N" + std::to_string(i) + "\"" : "") +
            "\n";
  }
  return feed;
}

// Receipts of different subjects may come in another order; of each subject, they may not.
TEST_F(Live, WhereGroupsEndDoesNotMatter) {
  clock->at = *Zone::find("Asia/Shanghai")->parse("2026-06-01 10:00");  // the shop's are all late
  constexpr uint32_t kSeeds = test::kFewer == 1 ? 4 : 2;
  for (uint32_t seed = 1; seed <= kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const bool shop = seed % 2 == 1;
    const std::string lines = shop ? make_feed(1500, seed) : make_questions(seed, 1500);
    std::string wanted, sent;
    for (const bool overlaps : {false, true}) {
      gate.slow_us = overlaps ? 1500 : 0;
      gate.durable = 0;
      RuntimeSettings settings;
      settings.overlaps = overlaps;
      settings.sweep_inputs = 100;
      const std::string db = std::to_string(seed) + (overlaps ? "beside" : "alone");
      auto runtime = open(settings, db, false, shop ? shop_rules() : greeting_rules());
      std::mt19937 random(seed), groups(seed);
      TextFeed feed(lines);
      for (FeedItem item; *feed.next(item);) {
        ASSERT_OK(runtime->take(item));
        if (random() % 3 == 0) ASSERT_OK(runtime->advance_some(clock->at, random() % 5));
        if (!overlaps) {
          if (groups() % 50 == 0) ASSERT_OK(runtime->flush());
        } else if (groups() % 4 == 0) {
          ASSERT_OK(runtime->hand_on(groups() % 10 != 0));
        }
      }
      while (*runtime->advance_some(clock->at, 10)) ASSERT_OK(runtime->hand_on(true));
      ASSERT_OK(runtime->rest());
      EXPECT_EQ(runtime->counts().sent, receiver->sent.size());
      runtime.reset();
      std::string all;
      for (const std::string& payload : receiver->sent) all += without_number(payload) + "\n";
      const std::string exported = without_places(export_all(dir / db));
      if (!overlaps) {
        wanted = exported;
        sent = all;
        EXPECT_EQ(exported.find("greeted\":12") != std::string::npos, !shop);
      } else {
        EXPECT_EQ(difference(exported, wanted), "");
        EXPECT_EQ(difference(without_places(all), without_places(sent)), "");
      }
    }
  }
}

// A pipe is filled faster than the disk takes it.
TEST_F(Live, AFloodThroughAPipe) {
  constexpr int kEvents = 4000;
  auto runtime = open({}, "db", true);
  gate.slow_us = 20'000;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    for (int i = 0; i < kEvents; ++i) {
      const std::string n = std::to_string(i);
      const std::string text =
          event("e" + n, "renamed", "C" + std::to_string(i % 997), "", "\"name\":\"N" + n + "\"") +
          "\n";
      EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
      // So that pieces come, not only whole pipes.
      if (i % 400 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(3));
    }
    ::close(ends[1]);
  });
  const int groups = gate.groups;
  const Status status = run_wall(*runtime, ends[0], "live", std::nullopt, false);
  writer.join();
  ::close(ends[0]);
  ASSERT_OK(status);
  EXPECT_EQ(runtime->counts().events, static_cast<uint64_t>(kEvents));
  EXPECT_EQ(receiver->sent.size(), static_cast<size_t>(kEvents));
  EXPECT_LT(gate.groups - groups, kEvents / 20);
}

// Each is answered before the next comes, in groups that stay small, and all timers go off.
TEST_F(Live, EventsAreAnsweredWhileAHerdGoesBy) {
  constexpr int kCustomers = 600;
  const auto customer = [](int i) { return "C" + std::to_string(1000 + i); };
  auto runtime = open({}, "db", false, shop_rules() + R"(
outgoing event answer for Customer
  n : number
rule "Answer"
  on factor_set:
    raise answer with n = event.factor
)");
  for (int i = 0; i < kCustomers; ++i) {
    take(*runtime,
         event("r" + customer(i), "registered", customer(i), "", R"("name":"A","phone":"138")"));
    take(*runtime, event("b" + customer(i), "bill_issued", customer(i), "",
                         R"("bill_no":"B","amount":1,"due_date":"2026-03-20")"));
  }
  ASSERT_OK(runtime->rest());
  clock->at = runtime->next_wake()->at;
  gate.largest = 0;
  gate.slow_us = 2000;
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    for (int i = 0; receiver->others < kCustomers; ++i) {
      const std::string text =
          event("f" + std::to_string(i), "factor_set", customer(i % kCustomers), "",
                "\"factor\":" + std::to_string(i)) +
          "\n";
      EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
      while (receiver->answers <= i) std::this_thread::yield();
    }
    ::close(ends[1]);
  });
  const Status status = run_wall(*runtime, ends[0], "live", std::nullopt, false);
  writer.join();
  ::close(ends[0]);
  ASSERT_OK(status);
  EXPECT_EQ(runtime->counts().timers, static_cast<uint64_t>(kCustomers));
  EXPECT_EQ(receiver->others, kCustomers);
  EXPECT_LE(gate.largest, 64U);
}

// Long before the log is so long that a commit would have to copy it.
TEST_F(Live, TheDatabaseIsTidiedBesideTheCommits) {
  auto runtime = open();
  const auto pages = [&](const char* file) {
    return std::filesystem::file_size(dir / file) / 4096;
  };
  const size_t first = pages("db");
  int customers = 0;
  while (pages("db") < first + 500 && pages("db-wal") < 15'000) {
    for (int i = 0; i < 500; ++i) rename(*runtime, "C" + std::to_string(customers++));
    ASSERT_OK(runtime->rest());
  }
  EXPECT_GE(pages("db"), first + 500);
  ASSERT_OK(runtime->rest());
  runtime.reset();
  const auto report = check_database(dir / "db");
  ASSERT_OK(report);
  EXPECT_TRUE(report->problems.empty());
  EXPECT_EQ(rows(dir / "db", "subjects").size(), static_cast<size_t>(customers));
}

TEST_F(Live, ALoopStopsWhenAGroupOnItsWayCannotBeStored) {
  auto runtime = open({}, "db", true);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    const std::string text = event("e", "renamed", "C1", "", R"("name":"N")") + "\n";
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    gate.refusals = 1000;
    EXPECT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  });
  const Status status = run_wall(*runtime, ends[0], "live", std::nullopt, true);
  writer.join();
  ::close(ends[0]);
  ::close(ends[1]);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message, "the disk is full");
  EXPECT_TRUE(receiver->sent.empty());
  gate.refusals = 0;
}

}  // namespace
}  // namespace duban::live_test
