// Goal: cases that follow a deployment, conditions that time turns and tasks that pause survive
// restarts: the same feed leaves the same database wherever the process was killed, every version
// that something is pinned to is there again, and explanations replay what happened.
// Method: small policies over the shop's words, deployed again in the middle of the feed.

#include <random>

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban::versions_test {
namespace {

std::string rules(const std::string& in_flight, const std::string& limit,
                  const std::string& more = "") {
  return R"(policy "Service"
vocabulary "Shop"
  timezone "Asia/Shanghai"
  currency CNY
reference Staff key staff_no
  name       : text
  supervisor : Staff?
entity Customer key account_no
  name    : text
  phone   : text? private
  manager : Staff?
  waiting : yes/no = no
  ends    : date?
  reading : number = 0
event registered for Customer
  set name, phone, manager
event paused for Customer
  waiting : yes/no
  set waiting
event signed for Customer
  set ends
event called for Customer
event metered for Customer unique by slip_no
  slip_no : text
  reading : number
  set reading
event order for Customer
  order_no : text
event delivered_order for Customer
  order_no : text
channel sms to phone
notice expired service sms "Dear {name}: expired on {ends}."
notice busy service sms "Dear {name}: three calls in a week."
notice late_news service sms "Dear {name}: we are late with {order_no}."

rule "Expired"
  when today above ends:
    notify Customer by sms expired
rule "Busy"
  when count of called over the last 7 days at least 3:
    notify Customer by sms busy

case Order of Customer per order_no
  opens on order
  closes on delivered_order as delivered
)" + (in_flight.empty() ? "" : "  in flight: " + in_flight + "\n") +
         R"(  keep reminded : number = 0
  on opening:
    task "Deliver {order_no}" for manager
      due within )" +
         limit + R"(
      paused while waiting
      1 day before due: set reminded = reminded + 1
      when late: notify Customer by sms late_news
      when late: escalate to manager.supervisor
)" + more;
}

// A line of the feed, or a deployment.
struct Action {
  std::string line;
  std::string rules, at;
};

std::string at_day(int day, int hour) {
  const CivilDate c = civil(add_days(*date_from_civil(2026, 1, 5), day));
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:30:00", c.year, c.month, c.day, hour);
  return text;
}

// Twelve weeks of twelve customers, with what `deployments` brings at the beginning of its weeks.
std::vector<Action> make_life(const std::vector<std::pair<int, std::string>>& deployments,
                              unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  std::vector<Action> out;
  int id = 0;
  const auto say = [&](const std::string& type, const std::string& subject, const std::string& at,
                       const std::string& data) {
    out.push_back({event("e" + std::to_string(++id), type, subject, at, data), {}, {}});
  };
  for (int day = 0; day < 84; ++day) {
    for (const auto& [week, text] : deployments) {
      if (day == week * 7) out.push_back({{}, text, at_day(day, 0)});
    }
    if (day == 0) {
      say("Staff", "S01", "", R"("name":"Zhao","supervisor":"S02")");
      say("Staff", "S02", "", R"("name":"Sun")");
      for (int i = 0; i < 12; ++i) {
        say("registered", "C" + std::to_string(i), at_day(0, 1),
            R"("name":"N)" + std::to_string(i) + R"(","phone":"1380000","manager":"S01")");
      }
    }
    for (int hour = 8; hour < 22; hour += 2) {
      const std::string customer = "C" + std::to_string(below(12));
      const std::string number = "A" + std::to_string(below(30));
      const std::string time = at_day(day, hour);
      switch (below(7)) {
        case 0:
          say("order", customer, time, R"("order_no":")" + number + "\"");
          break;
        case 1:
          say("delivered_order", customer, time, R"("order_no":")" + number + "\"");
          break;
        case 2:
        case 3:
          say("called", customer, time, "");
          break;
        case 4:
          say("paused", customer, time,
              R"("waiting":)" + std::string(below(2) == 0 ? "true" : "false"));
          break;
        case 5:
          say("metered", customer, time,
              R"("slip_no":"M)" + std::to_string(below(30)) + R"(","reading":)" +
                  std::to_string(below(3)));
          break;
        default:
          say("signed", customer, time,
              R"("ends":")" + at_day(day + below(30) - 5, 0).substr(0, 10) + "\"");
      }
    }
  }
  return out;
}

// What is left after the whole life. `stop_every` > 0: the runtime is dropped without a flush
// after so many more actions, and goes on after the last deployment, which is durable.
std::string left_by(const std::vector<Action>& life, const std::string& db, const std::string& sent,
                    size_t stop_every, size_t group,
                    size_t sweep = RuntimeSettings().sweep_inputs) {
  RuntimeSettings settings;
  settings.sweep_inputs = sweep;
  settings.group_inputs_max = group;
  for (size_t stop = stop_every;; stop += stop_every) {
    Channels channels;
    EXPECT_TRUE(channels.configure("*", "file:" + sent));
    auto opened = open_runtime(db, channels, settings);
    EXPECT_TRUE(opened) << opened.error().to_string();
    if (!opened) return {};
    Runtime& runtime = **opened;
    size_t behind = rows(db, "versions").size(), next = 0;
    for (; behind > 0; ++next) behind -= life[next].rules.empty() ? 0 : 1;
    const size_t end = stop_every == 0 ? life.size() : std::min(life.size(), stop);
    for (; next < end; ++next) {
      const Action& action = life[next];
      if (action.rules.empty()) {
        EXPECT_TRUE(runtime.take(ndjson_item("test", next, action.line)));
      } else {
        const Zone zone = *Zone::find("Asia/Shanghai");
        deploy_text(runtime, action.rules, zone.parse(action.at));
      }
    }
    if (end < life.size()) continue;
    EXPECT_TRUE(runtime.advance(*runtime.plans().current().zone.parse("2026-05-01 00:00"), true));
    EXPECT_TRUE(runtime.flush());
    break;
  }
  return export_all(db) + read_file(sent);
}

const std::string kMore = "  3 days after case.opened:\n    set reminded = reminded + 10\n";

std::vector<std::pair<int, std::string>> three_versions(const std::string& mode) {
  return {
      {0, rules("", "5 days")}, {4, rules(mode, "36 hours", kMore)}, {8, rules(mode, "8 days")}};
}

TEST(Versions, CrashesDoNotMatter) {
  for (const char* mode : {"keep", "recompute", "restart"}) {
    SCOPED_TRACE(mode);
    const std::vector<Action> life = make_life(three_versions(mode), 5);
    TempDir once;
    const std::string wanted = left_by(life, once / "db", once / "sent", 0, 4000);
    for (const char* part : {"expired on", "three calls", "we are late", "version=2",
                             "paused=", "accountable=S02", "status=duplicate", "; other content"}) {
      EXPECT_NE(wanted.find(part), std::string::npos) << part;
    }
    for (const auto& [stop, group] : {std::pair<size_t, size_t>{61, 1}, {97, 30}, {0, 3}}) {
      for (const size_t sweep : {1U, 50U, 200'000U}) {
        TempDir again;
        const std::string left = left_by(life, again / "db", again / "sent", stop, group, sweep);
        EXPECT_EQ(difference(left, wanted), "")
            << "stop " << stop << ", group " << group << ", sweep " << sweep;
      }
    }
  }
}

TEST(Versions, TheModesDiffer) {
  std::vector<std::string> left;
  for (const char* mode : {"keep", "recompute", "restart"}) {
    TempDir dir;
    left.push_back(left_by(make_life(three_versions(mode), 5), dir / "db", dir / "sent", 0, 4000));
  }
  EXPECT_NE(difference(left[0], left[1]), "");
  EXPECT_NE(difference(left[1], left[2]), "");
}

// Explaining replays the log, deployments included; a replay that went another way would say so.
TEST(Versions, ExplanationsReplayThemAndTellPauses) {
  TempDir dir;
  const std::string db = dir / "db";
  left_by(make_life(three_versions("recompute"), 5), db, dir / "sent", 0, 4000);
  size_t paused = 0, resumed = 0;
  for (const char* what : {"tasks", "cases", "notices"}) {
    for (const std::string& row : rows(db, what)) {
      const auto explanation = explain(db, id_of_row(row), Language::english);
      ASSERT_TRUE(explanation) << explanation.error().to_string();
      for (const Explanation::Link& link : explanation->chain) {
        for (const std::string& did : link.did) {
          const bool pauses = did.ends_with(" paused");
          const bool resumes = did.find(" resumed") != std::string::npos;
          paused += pauses ? 1 : 0;
          resumed += resumes ? 1 : 0;
          if (std::string(what) != "tasks" ||
              link.source_line.find("paused while") == std::string::npos)
            continue;
          EXPECT_TRUE(pauses || resumes || link.did.size() > 1) << did;
          ASSERT_FALSE(link.values.empty());
          EXPECT_EQ(link.values.front().first, "waiting");
        }
      }
    }
  }
  EXPECT_GT(paused, 10U);
  EXPECT_GT(resumed, 10U);
}

TEST(Versions, WhatACaseIsPinnedToIsThereAgain) {
  TempDir dir;
  Channels channels;
  const std::string db = dir / "db";
  const auto open = [&] { return std::move(*open_runtime(db, channels)); };
  auto runtime = open();
  const Zone zone = *Zone::find("Asia/Shanghai");
  deploy_text(*runtime, rules("", "5 days"), zone.parse("2026-01-05 00:00"));
  take(*runtime, event("s", "Staff", "S01", "", R"("name":"Zhao")"), 1);
  for (const char* customer : {"C1", "C2"}) {
    take(*runtime, event(std::string("r") + customer, "registered", customer, "2026-01-05T09:00:00",
                         R"("name":"Li","phone":"1380000","manager":"S01")"));
    take(*runtime, event(std::string("o") + customer, "order", customer, "2026-01-05T10:00:00",
                         R"("order_no":"A1")"));
  }
  // More versions than are compiled without asking; the first is still in use.
  for (int i = 1; i <= 30; ++i) {
    deploy_text(*runtime, rules(i == 30 ? "recompute" : "keep", std::to_string(i + 50) + " days"));
    if (i == 15) {
      take(*runtime, event("p", "paused", "C1", "2026-01-06T10:00:00", R"("waiting":true)"));
      ASSERT_OK(runtime->flush());
    }
    if (i % 10 == 9) {
      runtime.reset();
      runtime = open();
    }
    if (i == 29) {
      EXPECT_NE(runtime->plans().find(1), nullptr);
      EXPECT_EQ(runtime->plans().find(7), nullptr) << "nothing is pinned to it";
    }
  }
  ASSERT_OK(runtime->flush());
  const auto cases = rows(db, "cases");
  ASSERT_EQ(cases.size(), 2U);
  for (const std::string& row : cases) EXPECT_NE(row.find("version=31"), std::string::npos) << row;
  const auto tasks = rows(db, "tasks");
  ASSERT_EQ(tasks.size(), 2U);
  EXPECT_NE(tasks[0].find("due=2026-03-26 10:00"), std::string::npos) << tasks[0];
  EXPECT_NE(tasks[1].find("paused=2026-01-06 10:00"), std::string::npos) << tasks[1];
  EXPECT_EQ(tasks[1].find("due="), std::string::npos) << tasks[1];
}

}  // namespace
}  // namespace duban::versions_test
