// What the tests of shards share: a database of so many, a feed that has everything, and what it
// led to, without what only one log's order says.
#pragma once

#include <algorithm>
#include <set>

#include "runtime/shard_files.h"
#include "runtime/sharded_runtime.h"
#include "tests/runtime/dying_store.h"
#include "tests/runtime/shop_feed.h"

namespace duban {

// `lives`: how many commits each shard lives to see.
inline Result<std::unique_ptr<ShardedRuntime>> open_sharded(const std::string& db, uint32_t shards,
                                                            Channels& channels,
                                                            const RuntimeSettings& settings = {},
                                                            const std::vector<size_t>& lives = {}) {
  auto stores = open_shards(db, OpenMode::create, shards);
  if (!stores) return stores.error();
  for (size_t i = 0; i < lives.size(); ++i)
    (*stores)[i] = std::make_unique<DyingStore>(std::move((*stores)[i]), lives[i]);
  return ShardedRuntime::open(std::move(*stores), channels, settings);
}

inline Result<DeployOutcome> deploy_to_shards(ShardedRuntime& runtime, const std::string& text) {
  CompileInput input = sources(text);
  if (runtime.deployed()) input.previous = &runtime.plans().current().layout;
  const Compilation compilation = compile(input);
  EXPECT_FALSE(compilation.has_errors()) << errors_of(compilation);
  return runtime.deploy(input, compilation, std::nullopt, "test");
}

// The shop, and care that sends a notice each night from a day on.
inline std::string shards_rules(const std::string& reminder = "3 days") {
  std::string rules = shop_rules(reminder);
  rules.replace(rules.find("event renamed for"), 0, R"(event contract for Customer
  starts_on : date
event ended for Customer
)");
  return rules + R"(
notice night mandatory sms "night of {name}"
case Care of Customer
  opens on contract
  closes on ended as over
  every day at 02:30 from starts_on to starts_on + 20 days:
    notify Customer by sms night
)";
}

// The shop's feed, and in between: events without a time; events and rows that make no sense, of
// decades to come; events again under a later time; rows of staff that change, at its head with the
// time of its end.
inline std::string feed_with_everything(int events, unsigned seed) {
  std::istringstream in(make_feed(events, seed));
  std::string feed =
      event("staff-S03", "Staff", "S03", date(90) + "T08:00:00", R"("name":"Early")") + "\n";
  int number = 0;
  for (std::string line; std::getline(in, line); ++number) {
    feed += line + "\n";
    const std::string n = std::to_string(number);
    const std::string customer = "C" + std::to_string(number % 20);
    const std::string day = date(number * 120 / events);
    switch (number % 29) {
      case 3:
        feed += event("untimed-" + n, "renamed", customer, "", R"("name":"U)" + n + "\"") + "\n";
        break;
      case 7:
        feed += event("far-" + n, "renamed", customer, "2099-01-01T08:00:00", R"("nome":"F")") +
                "\n" + event("odd-" + n, "no_such_event", customer, "2099-01-01T08:00:00", "") +
                "\n";
        break;
      case 11:
        feed +=
            event("twice-" + n, "renamed", customer, day + "T08:00:00", R"("name":"A)" + n + "\"") +
            "\n" +
            event("twice-" + n, "renamed", customer, day + "T21:00:00", R"("name":"B)" + n + "\"") +
            "\n";
        break;
      case 17:
        feed += event("staff-" + n, "Staff", number % 2 == 0 ? "S01" : "S02",
                      number % 3 == 0 ? "" : day + "T20:30:00",
                      R"("name":"N)" + n + R"(","supervisor":"S0)" +
                          std::to_string(1 + number % 3) + "\"") +
                "\n";
        break;
      case 23:
        feed += event("bad-staff-" + n, "Staff", "S01", "2099-01-01T08:00:00", R"("nome":1)") +
                "\n" + event("bad-" + n, "outage", "", "2099-01-01T08:00:00", R"("zone":1)") + "\n";
        break;
      case 26: {  // nights that are overdue when they become known, and an older fact that ends
                  // them
        const int today = number * 120 / events;
        const auto at = [&](int days_ago) {
          return date(std::max(0, today - days_ago)) + "T07:00:00";
        };
        feed += event("contract-" + n, "contract", customer, at(15),
                      R"("starts_on":")" + date(std::max(0, today - 15)) + "\"") +
                "\n";
        if (number % 2 == 0)
          feed += event("between-" + n, "renamed", "C" + std::to_string((number + 7) % 20),
                        day + "T03:00:00", R"("name":"V)" + n + "\"") +
                  "\n";
        feed += event("ended-" + n, "ended", customer, at(10), "") + "\n";
        break;
      }
      default:
        break;
    }
  }
  return feed;
}

// Everything the listings show, sorted, without the order of the log and what is numbered by it.
inline std::string result_of(const std::string& db) {
  std::string out;
  for (const char* what :
       {"subjects", "cases", "tasks", "notices", "outgoing", "incidents", "events", "versions"}) {
    std::vector<std::string> lines;
    for (std::string row : rows(db, what)) {
      if (const size_t at = row.find(" sequence="); at != std::string::npos) row.erase(at);
      if (row.find(" kind=step ") != std::string::npos) row.erase(0, row.find(" time="));
      lines.push_back(std::move(row));
    }
    std::sort(lines.begin(), lines.end());
    out += std::string("== ") + what + "\n";
    for (const std::string& line : lines) out += line + "\n";
  }
  return out;
}

// What was sent, sorted. Each id is there once.
inline std::string sent_lines(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> lines;
  std::set<std::string> ids;
  for (std::string line; std::getline(in, line);) {
    EXPECT_EQ(line.front(), '{');
    EXPECT_EQ(line.back(), '}');
    EXPECT_TRUE(ids.insert(line.substr(0, 41)).second) << line;
    lines.push_back(line);
  }
  std::sort(lines.begin(), lines.end());
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

}  // namespace duban
