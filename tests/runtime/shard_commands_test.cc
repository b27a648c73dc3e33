// Goal: what people do reaches the shard that it is about, and what all shards have is settled in
// all of them.
#include <map>

#include "runtime/channel.h"
#include "tests/runtime/shards.h"

namespace duban::shard_commands_test {
namespace {

class ShardCommands : public testing::Test {
 protected:
  static constexpr uint32_t kShards = 3;

  void SetUp() override {
    ASSERT_OK(channels.configure("*", "file:" + dir / "sent"));
    open();
    ASSERT_OK(deploy_to_shards(*runtime, shop_rules()));
    std::string feed = event("s1", "Staff", "S01", "", R"("name":"Zhao")") + "\n";
    for (int i = 0; i < 60; ++i) {
      const std::string n = std::to_string(i), customer = "C" + n;
      feed += event("r" + n, "registered", customer, "2026-03-01 09:00",
                    R"("name":"N","phone":"138","manager":"S01","area":"A")") +
              "\n" +
              event("b" + n, "bill_issued", customer, "2026-03-01 10:00",
                    R"("bill_no":"B)" + n + R"(","amount":300,"due_date":"2026-03-20")") +
              "\n";
    }
    run(feed, "2026-03-25 10:00");
  }
  void open() {
    runtime.reset();
    auto opened = open_sharded(db, kShards, channels);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
  }
  void run(const std::string& feed, const std::string& until) {
    TextFeed lines(feed);
    ASSERT_OK(run_virtual(*runtime, lines, runtime->plans().current().zone.parse(until), {}));
  }
  static std::string status_of(const std::string& row) {
    const size_t at = row.find(" status=");
    return row.substr(at + 8, row.find(' ', at + 1) - at - 8);
  }
  // The status of the one incident with this text, per shard that has it.
  std::map<uint32_t, std::string> incidents(const std::string& text) {
    std::map<uint32_t, std::string> out;
    for (uint32_t i = 0; i < kShards; ++i) {
      auto store = open_sqlite_store(shard_path(db, i), OpenMode::read_only);
      EXPECT_TRUE(store);
      EXPECT_TRUE((*store)->for_each_incident([&](StoredIncident::Kind, const Digest& id) {
        const auto incident = (*store)->find_incident(id.to_hex());
        ASSERT_TRUE(incident && *incident);
        if ((*incident)->english.find(text) == std::string::npos) return;
        constexpr const char* kWords[] = {"open", "retried", "dropped"};
        out[i] = kWords[static_cast<size_t>((*incident)->status)];
      }));
    }
    return out;
  }
  size_t count(const std::string& what, const std::string& text) {
    const auto all = rows(db, what);
    return static_cast<size_t>(std::count_if(all.begin(), all.end(), [&](const std::string& row) {
      return row.find(text) != std::string::npos;
    }));
  }
  std::string the_incident(const std::string& text) {
    for (const std::string& row : rows(db, "incidents")) {
      if (row.find(text) != std::string::npos) return id_of_row(row);
    }
    ADD_FAILURE() << "no incident: " << text;
    return {};
  }

  TempDir dir;
  std::string db = dir / "db";
  Channels channels;
  std::unique_ptr<ShardedRuntime> runtime;
};

TEST_F(ShardCommands, TasksAreFoundWhereTheyAre) {
  const auto tasks = rows(db, "tasks");
  ASSERT_EQ(tasks.size(), 60U);
  std::set<uint32_t> used;
  for (const std::string& row : tasks) {
    const std::string customer =
        row.substr(row.find(" subject=") + 9,
                   row.find(' ', row.find(" subject=") + 1) - row.find(" subject=") - 9);
    used.insert(shard_of(customer, kShards));
    Runtime::TaskCommand command;
    command.id = id_of_row(row);
    command.answers = {{"result", "promised"}};
    command.person = "S01";
    ASSERT_OK(runtime->command(command));
    const auto explained = explain(db, command.id, Language::english);
    ASSERT_OK(explained);
    EXPECT_EQ(explained->subject, customer);
  }
  EXPECT_EQ(used.size(), size_t{kShards});
  for (const std::string& row : rows(db, "tasks")) EXPECT_EQ(status_of(row), "done");
  Runtime::TaskCommand nothing;
  nothing.id = "ffffffff";
  const Status status = runtime->command(nothing);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("there is no task"), std::string::npos);
}

// What the others' subjects are told later comes after what was due until then, as in one shard.
TEST_F(ShardCommands, TheTimeOfACommandIsThatOfAllShards) {
  Runtime::TaskCommand command;
  command.kind = Runtime::TaskCommand::Kind::note;
  command.id = id_of_row(rows(db, "tasks").front());
  command.person = "S01";
  command.text = "called";
  command.at = runtime->plans().current().zone.parse("2026-04-02 10:00");
  ASSERT_OK(runtime->command(command));
  for (size_t i = 0; i < kShards; ++i) EXPECT_EQ(runtime->shard(i).now(), *command.at) << i;
}

// Two ids of different shards that begin alike: more digits are asked for.
TEST_F(ShardCommands, AnIdThatBeginsLikeAnotherShardsIsAmbiguous) {
  std::string feed;
  for (int i = 0; i < 1500; ++i) {
    const std::string n = std::to_string(i);
    feed += event("x" + n, "bill_issued", "C" + std::to_string(i % 60), "2026-04-01 10:00",
                  R"("bill_no":"X)" + n + R"(","amount":300,"due_date":"2026-04-20")") +
            "\n";
  }
  run(feed, "2026-04-25 10:00");
  std::map<std::string, std::set<uint32_t>> shards;
  for (const std::string& row : rows(db, "tasks")) {
    const size_t at = row.find(" subject=") + 9;
    shards[id_of_row(row).substr(0, 4)].insert(
        shard_of(row.substr(at, row.find(' ', at) - at), kShards));
  }
  const auto alike = std::find_if(shards.begin(), shards.end(),
                                  [](const auto& entry) { return entry.second.size() > 1; });
  ASSERT_NE(alike, shards.end());
  Runtime::TaskCommand command;
  command.kind = Runtime::TaskCommand::Kind::note;
  command.id = alike->first;
  command.text = "which?";
  const Status status = runtime->command(command);
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message.find("several ids begin with"), std::string::npos);
  const auto explained = explain(db, alike->first, Language::english);
  ASSERT_FALSE(explained);
  EXPECT_NE(explained.error().message.find("several ids begin with"), std::string::npos);
}

// What no version knew yet was refused by all. Retried under one that knows it, it is taken where
// it belongs: by one shard, or by all.
TEST_F(ShardCommands, ARefusedLineIsRetriedWhereItBelongs) {
  const std::string feed = event("m1", "moved", "C1", "2026-03-26 09:00", R"("to":"B")") + "\n" +
                           event("t1", "Tariff", "T1", "2026-03-26 09:00", R"("name":"T")") + "\n" +
                           event("n1", "news", "", "2026-03-26 09:00", "") + "\n";
  run(feed, "2026-03-26 10:00");
  for (const char* type : {"`moved`", "`Tariff`", "`news`"})
    EXPECT_EQ(incidents(type).size(), size_t{kShards}) << type;
  EXPECT_EQ(rows(db, "incidents").size(), 3U);
  EXPECT_EQ(runtime->counts().rejected, 3U);
  EXPECT_EQ(runtime->counts().incidents, 3U);
  const std::string moved = the_incident("`moved`"), tariff = the_incident("`Tariff`"),
                    news = the_incident("`news`");
  EXPECT_FALSE(runtime->incident_retry(moved));
  EXPECT_EQ(incidents("`moved`"),
            (std::map<uint32_t, std::string>{{0, "open"}, {1, "open"}, {2, "open"}}));

  std::string more = shop_rules();
  more.replace(more.find("event renamed for"), 0, R"(event moved for Customer
  to : text
reference Tariff key tariff_no
  tariff_no : text
  name : text
broadcast event news to Customer where area is "A"
)");
  more += R"(
rule "Moved"
  on moved:
    set area = event.to
rule "News"
  on news:
    notify Customer by sms outage_news
)";
  ASSERT_OK(deploy_to_shards(*runtime, more));
  run(feed, "2026-03-26 10:00");  // refused once, it waits for somebody to retry it
  EXPECT_EQ(runtime->counts().rejected, 3U);
  EXPECT_EQ(count("subjects", "subject=T1 "), 0U);
  ASSERT_OK(runtime->incident_retry(moved));
  ASSERT_OK(runtime->incident_retry(tariff));
  ASSERT_OK(runtime->incident_retry(news));
  ASSERT_OK(runtime->rest());
  for (const char* type : {"`moved`", "`Tariff`", "`news`"}) {
    EXPECT_EQ(incidents(type),
              (std::map<uint32_t, std::string>{{0, "retried"}, {1, "retried"}, {2, "retried"}}));
  }
  EXPECT_EQ(count("subjects", "subject=T1 "), 1U);
  EXPECT_EQ(count("notices", "outage_news"), 59U);  // all but who moved
  for (uint32_t i = 0; i < kShards; ++i) {
    size_t tariffs = 0;
    auto store = open_sqlite_store(shard_path(db, i), OpenMode::read_only);
    ASSERT_OK(store);
    ASSERT_OK((*store)->for_each_reference(
        [&](const ReferenceRow& row) { tariffs += row.key == "T1" ? 1 : 0; }));
    EXPECT_EQ(tariffs, 1U) << i;
  }
  const Status again = runtime->incident_retry(moved);
  ASSERT_FALSE(again);
  EXPECT_NE(again.error().message.find("was already retried"), std::string::npos);
}

TEST_F(ShardCommands, WhatSeveralShardsWarnOfIsDroppedInAll) {
  std::string feed;
  for (int i = 0; i < 10; ++i) {
    const std::string n = std::to_string(i);
    feed +=
        event("m" + n, "registered", "D" + n, "2026-03-26 09:00", R"("name":"N","manager":"S77")") +
        "\n";
  }
  run(feed, "2026-03-26 10:00");
  ASSERT_EQ(incidents("`S77`").size(), size_t{kShards});
  EXPECT_EQ(rows(db, "incidents").size(), 1U);
  EXPECT_EQ(runtime->counts().incidents, 1U);
  ASSERT_OK(runtime->incident_drop(the_incident("`S77`")));
  for (const auto& [shard, status] : incidents("`S77`")) EXPECT_EQ(status, "dropped") << shard;
}

TEST_F(ShardCommands, ARollbackIsEverywhere) {
  ASSERT_OK(deploy_to_shards(*runtime, shop_rules("10 days")));
  const auto outcome = runtime->rollback(1, std::nullopt);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->version, 3U);
  open();
  for (size_t i = 0; i < kShards; ++i) {
    const auto& deployments = runtime->shard(i).deployments();
    ASSERT_EQ(deployments.size(), 3U);
    EXPECT_EQ(deployments.back().rollback_of, 1U);
    EXPECT_EQ(deployments.back().note, "rollback to version 1");
    EXPECT_EQ(deployments.back().digest, deployments.front().digest);
    EXPECT_EQ(deployments.back().at, runtime->deployments().back().at);
  }
  const auto none = runtime->rollback(9, std::nullopt);
  ASSERT_FALSE(none);
  EXPECT_NE(none.error().message.find("there is no version 9"), std::string::npos);
}

}  // namespace
}  // namespace duban::shard_commands_test
