// Goal: what a receiver took is noted, whatever else has to be tried again beside it.
// Method: a clock that is set by hand, and a receiver that refuses some at first.

#include <map>

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"
#include "tests/simulation/forward.h"

namespace duban::outbox_test {
namespace {

class SetClock : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at;
};

class Picky : public Receiver {
 public:
  Status send(const OutboxItem& item) override {
    if (refusals[item.subject().key]-- > 0) return Error{"refused", {}, {}, {}, {}};
    ++taken[item.subject().key];
    return {};
  }
  Status flush() override { return {}; }
  std::map<std::string, int> refusals, taken;
};

// The first is tried a third time together with the second's second time, which comes due earlier:
// they stand in the order of their times, not of their numbers.
TEST(Outbox, WhatWasTakenBesideWhatIsTriedAgainIsNoted) {
  TempDir dir;
  const auto clock = std::make_shared<SetClock>();
  clock->at = *Zone::find("Asia/Shanghai")->parse("2026-03-02 10:00");
  const auto receiver = std::make_shared<Picky>();
  Channels channels;
  channels.attach("*", receiver);
  RuntimeSettings settings;
  settings.clock = ClockKind::wall;
  settings.wall_clock = clock;
  const auto pass = [&](Runtime& runtime, int64_t ms) {
    clock->at.ms += ms;
    ASSERT_OK(runtime.flush());
  };
  {
    auto opened = open_runtime(dir / "db", channels, settings);
    ASSERT_OK(opened);
    Runtime& runtime = **opened;
    deploy_text(runtime, shop_rules());
    for (const char* n : {"1", "2"}) {
      take(runtime,
           event(std::string("r") + n, "registered", std::string("C") + n, "2026-03-02 09:00",
                 R"("name":"Ali","phone":"138","area":"A)" + std::string(n) + "\""));
    }
    receiver->refusals = {{"C1", 3}, {"C2", 1}};
    take(runtime, event("o1", "outage", "", "2026-03-02 10:00", R"("area":"A1")"));
    pass(runtime, 0);  // C1 again after 1 s
    take(runtime, event("o2", "outage", "", "2026-03-02 10:00", R"("area":"A2")"));
    pass(runtime, 500);   // C2 again after 1 s
    pass(runtime, 500);   // C1 again after 2 s
    pass(runtime, 2000);  // C2 is taken, C1 again after 4 s
    EXPECT_EQ(receiver->taken["C2"], 1);
    EXPECT_EQ(receiver->taken["C1"], 0);
  }
  auto opened = open_runtime(dir / "db", channels, settings);
  ASSERT_OK(opened);
  pass(**opened, 0);
  EXPECT_EQ(receiver->taken["C1"], 1);
  EXPECT_EQ(receiver->taken["C2"], 1) << "it was taken before";
}

// The clock has gone on to the twentieth; a late event's greeting is delivered, and what follows
// two days after it is overdue at once.
TEST(Outbox, WhatAReceiptMakesOverdueGoesOffWithIt) {
  TempDir dir;
  Channels channels;
  channels.attach("*", std::make_shared<Picky>());
  auto runtime = open_runtime(dir / "db", channels, {});
  ASSERT_OK(runtime);
  deploy_text(**runtime, R"(policy "Greetings"
vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key id
  id : text
  name : text = "?"
  phone : text = "138"
  greeted_on : date?
event renamed for Customer
  set name
channel sms to phone
notice greeting mandatory sms "Hello {name}"
notice again mandatory sms "Hello again"
rule "Greeting"
  on renamed:
    notify Customer by sms greeting
rule "Greeted"
  on greeting delivered:
    set greeted_on = today
rule "Again"
  2 days after greeted_on:
    notify Customer by sms again
)");
  take(**runtime, event("n2", "renamed", "C2", "2026-03-20 09:00", R"("name":"N")"));
  take(**runtime, event("n1", "renamed", "C1", "2026-03-01 09:00", R"("name":"N")"));
  ASSERT_OK((*runtime)->flush());
  const auto again = [&] {
    const auto all = rows(dir / "db", "notices");
    return std::count_if(all.begin(), all.end(), [](const std::string& row) {
      return row.find("notice=again") != std::string::npos;
    });
  };
  EXPECT_EQ(again(), 1);
  *runtime = nullptr;
  ASSERT_OK(open_runtime(dir / "db", channels, {}));
  EXPECT_EQ(again(), 1);
}

// A store that fails to read a subject, once.
class ForgetfulStore : public simulation::ForwardingStore {
 public:
  ForgetfulStore(std::unique_ptr<Store> store, bool& fails)
      : ForwardingStore(std::move(store)), fails_(fails) {}
  Result<std::optional<StoredSubject>> load_subject(const Key& key) override {
    if (std::exchange(fails_, false)) return Error{"the disk cannot be read", {}, {}, {}, {}};
    return ForwardingStore::load_subject(key);
  }

 private:
  bool& fails_;
};

TEST(Outbox, WhatWasTakenIsNotSentAgainThoughItsReceiptCouldNotBeTaken) {
  TempDir dir;
  const auto receiver = std::make_shared<Picky>();
  Channels channels;
  channels.attach("*", receiver);
  RuntimeSettings settings;
  settings.group_inputs_max = 1;
  settings.sweep_inputs = 1;
  {
    auto opened = open_runtime(dir / "db", channels, settings);
    ASSERT_OK(opened);
    deploy_text(**opened, shop_rules());
    take(**opened, event("r", "registered", "C1", "2026-03-01 09:00",
                         R"("name":"Ali","phone":"138","manager":"S01")"));
    take(**opened, event("b", "bill_issued", "C1", "2026-03-03 09:00",
                         R"("bill_no":"B1","amount":10,"due_date":"2026-03-10")"));
    // The letter is decided, and goes when time goes on.
    const Instant letter = *Zone::find("Asia/Shanghai")->parse("2026-03-18 09:00");
    ASSERT_OK((*opened)->advance(letter, true));
  }
  const int before = receiver->taken["C1"];
  bool fails = false;
  auto store = open_sqlite_store(dir / "db", OpenMode::create);
  ASSERT_OK(store);
  auto opened =
      Runtime::open(std::make_unique<ForgetfulStore>(std::move(*store), fails), channels, settings);
  ASSERT_OK(opened);
  fails = true;
  EXPECT_FALSE((*opened)->flush());
  EXPECT_FALSE(fails);
  EXPECT_EQ(receiver->taken["C1"], before + 1);
  ASSERT_OK((*opened)->rest());
  EXPECT_EQ(receiver->taken["C1"], before + 1);
  opened = Error{};
  bool is_delivered = false;
  for (const std::string& row : rows(dir / "db", "notices")) {
    if (row.find("last_letter") == std::string::npos) continue;
    is_delivered = row.find("status=delivered") != std::string::npos;
    EXPECT_TRUE(is_delivered) << row;
  }
  EXPECT_TRUE(is_delivered);
}

}  // namespace
}  // namespace duban::outbox_test
