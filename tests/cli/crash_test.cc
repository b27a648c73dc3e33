// Goal: kill the program at any instant, run the same command again, and what it ends with is what
// an undisturbed run ends with, byte for byte: nothing lost, nothing done twice.
// Method: one generated feed, run once undisturbed, then again and again with SIGKILL after random
// delays. The delays adapt until enough kills have landed at varied progress on any machine.

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <map>
#include <random>
#include <set>
#include <sstream>
#include <thread>

#include "engine/time.h"
#include "tests/cli/harness.h"
#include "tests/cli/sample.h"
#include "tests/thorough.h"

namespace duban::test::crash_test {
namespace {

constexpr int kEvents = 20'000;  // some twenty groups, so that there is something between them
constexpr int kCustomers = 400;
constexpr size_t kKills = kFewer > 1 ? 12 : 20;
constexpr uint64_t kSeed = 20260301;

const std::vector<std::string> kKinds = {"tasks",     "notices", "cases",    "subjects",
                                         "incidents", "events",  "outgoing", "versions"};

std::string number(int value) { return std::to_string(value); }

// Bills, payments in parts and visits of some hundred customers over ten months, with lines that
// come twice and lines that are no events.
std::string generated_feed() {
  std::mt19937_64 random(kSeed);
  auto below = [&random](int limit) {
    return static_cast<int>(random() % static_cast<uint64_t>(limit));
  };
  const Zone zone = *Zone::find("Asia/Shanghai");
  const Instant start = *zone.parse("2026-01-05 08:00");
  const int64_t step_ms = 300 * kMsPerDay / kEvents;
  std::string feed = event("s2", "Staff", "S02", zone.to_iso8601(start), R"("name":"Sun Li")") +
                     event("s1", "Staff", "S01", zone.to_iso8601(start),
                           R"("name":"Zhao Qiang","supervisor":"S02")");
  for (int i = 0; i < kCustomers; ++i) {
    feed += event(
        "c" + number(i), "Customer", "C" + number(i), zone.to_iso8601(start),
        R"("name":"客户 )" + number(i) + R"(","phone":"138)" + number(i) + R"(","manager":"S01")");
  }
  std::map<int, std::string> newest_bill;
  for (int i = 0; i < kEvents; ++i) {
    const Instant time{start.ms + (i + 1) * step_ms};
    const std::string at = zone.to_iso8601(time);
    const int customer = below(kCustomers);
    const std::string subject = "C" + number(customer);
    const std::string id = "e" + number(i);
    std::string& bill = newest_bill[customer];
    const int dice = below(100);
    if (bill.empty() || dice < 40) {
      bill = "B" + number(i);
      feed += event(id, "bill_issued", subject, at,
                    R"("bill_no":")" + bill + R"(","amount":)" + number(10 + below(500)) +
                        R"(,"due_date":")" +
                        to_string(add_days(zone.date_of(time), 5 + below(20))) + "\"");
    } else if (dice < 85) {
      feed += event(id, "payment_received", subject, at,
                    R"("bill_no":")" + bill + R"(","amount":)" + number(10 + below(400)));
    } else if (dice < 97) {
      feed += event(id, "customer_visited", subject, at, R"("bill_no":")" + bill + "\"");
    } else if (dice < 98) {
      feed += event("e" + number(below(i + 1)), "customer_visited", subject, at,
                    R"("bill_no":")" + bill + "\"");
    } else if (dice < 99) {
      feed += "line " + number(i) + " is no event\n";
    } else {
      feed += event(id, "bill_issued", subject, at, R"("bill_no":"X)" + number(i) + "\"");
    }
  }
  return feed;
}

// Every view of the database, with its columns, its rows sorted.
std::string views_of(const std::filesystem::path& path) {
  sqlite3* db = nullptr;
  if (sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READONLY, nullptr) != SQLITE_OK) return {};
  auto rows_of = [db](const std::string& query) {
    std::vector<std::string> rows;
    sqlite3_stmt* statement = nullptr;
    EXPECT_EQ(sqlite3_prepare_v2(db, query.c_str(), -1, &statement, nullptr), SQLITE_OK)
        << query << ": " << sqlite3_errmsg(db);
    while (statement != nullptr && sqlite3_step(statement) == SQLITE_ROW) {
      std::string row;
      for (int c = 0; c < sqlite3_column_count(statement); ++c) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, c));
        row += (c > 0 ? "|" : "") + std::string(text == nullptr ? "NULL" : text);
      }
      rows.push_back(row);
    }
    sqlite3_finalize(statement);
    return rows;
  };
  std::string out;
  for (const std::string& view :
       rows_of("SELECT name FROM sqlite_master WHERE type = 'view' ORDER BY name")) {
    std::vector<std::string> rows = rows_of("SELECT * FROM \"" + view + "\"");
    std::sort(rows.begin(), rows.end());
    out += "== " + view + "\n";
    for (const std::string& row : rows) out += row + "\n";
  }
  sqlite3_close(db);
  return out;
}

class Crash : public testing::Test {
 protected:
  void SetUp() override {
    write_sample(dir, "rules");
    dir.write("feed.ndjson", generated_feed());
  }

  static std::vector<std::string> command(const std::string& name) {
    return {"run",         "--rules",    "rules",
            "--db",        name + ".db", "--events",
            "feed.ndjson", "--channel",  "*=file:" + name + ".sent"};
  }

  void remove(const std::string& name) const {
    for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
      if (entry.path().filename().string().starts_with(name + ".")) {
        std::filesystem::remove(entry.path());
      }
    }
  }

  // Everything a database can be asked for, by what was asked.
  std::map<std::string, std::string> exports(const std::string& name) const {
    std::map<std::string, std::string> out;
    for (const std::string& kind : kKinds) {
      const Ran ran = duban(dir, {"list", kind, "--db", name + ".db", "--format", "csv"});
      EXPECT_EQ(ran.code, 0) << ran.err;
      out[kind] = ran.out;
    }
    out["views"] = views_of(dir / (name + ".db"));
    // Groups are cut by the clock, so the order of what is sent may differ; what is sent may not.
    std::istringstream sent(dir.read(name + ".sent"));
    std::multiset<std::string> lines;
    for (std::string line; std::getline(sent, line);) lines.insert(line);
    for (const std::string& line : lines) out["sent"] += line + "\n";
    return out;
  }

  TempDir dir;
};

void expect_equal(const std::map<std::string, std::string>& got,
                  const std::map<std::string, std::string>& wanted) {
  for (const auto& [what, text] : wanted) {
    if (got.at(what) == text) continue;
    std::istringstream a(got.at(what)), b(text);
    std::string line_a, line_b;
    int line = 0;
    do {
      ++line;
      line_a.clear();
      line_b.clear();
      std::getline(a, line_a);
      std::getline(b, line_b);
    } while (line_a == line_b && (a || b));
    ADD_FAILURE() << what << " differs at line " << line << "\n  disturbed:   " << line_a
                  << "\n  undisturbed: " << line_b;
  }
}

TEST_F(Crash, KilledAnywhereItEndsTheSame) {
  using Clock = std::chrono::steady_clock;
  std::cout << "seed " << kSeed << std::endl;
  const Clock::time_point start = Clock::now();
  const Ran undisturbed = duban(dir, command("whole"));
  ASSERT_EQ(undisturbed.code, 1) << "the feed has bad lines\n" << undisturbed.err;
  const double whole_s = std::chrono::duration<double>(Clock::now() - start).count();
  const std::map<std::string, std::string> wanted = exports("whole");
  ASSERT_GT(count(wanted.at("events"), "\r\n"), static_cast<size_t>(kEvents) * 9 / 10);
  ASSERT_GT(count(wanted.at("tasks"), "\r\n"), 100U);
  ASSERT_GT(count(wanted.at("incidents"), "\r\n"), 100U);
  ASSERT_GT(count(wanted.at("sent"), "\n"), 1000U);

  std::mt19937_64 random(kSeed);
  double delay_max_s = whole_s / 3;
  size_t landed = 0;
  std::set<size_t> progress;  // events in the log after a kill that landed
  for (int round = 0; landed < kKills; ++round) {
    ASSERT_LT(round, 20) << "only " << landed << " kills landed";
    remove("killed");
    size_t landed_here = 0, before = 0, stalled = 0;
    while (true) {
      Running running(dir, command("killed"));
      const double delay_s =
          landed < kKills
              ? delay_max_s * (0.05 + 0.95 * static_cast<double>(random() % 1000) / 1000)
              : 3600;
      const auto until = Clock::now() + std::chrono::duration<double>(delay_s);
      while (Clock::now() < until && !running.finished()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      running.kill(SIGKILL);
      const Ran ran = running.wait();
      // It may have come to its end just before the signal did.
      if (ran.code != 128 + SIGKILL) {
        ASSERT_LE(ran.code, 1) << ran.err;  // 1: bad lines were left for this run
        break;
      }
      ++landed;
      ++landed_here;
      const Ran listed = duban(dir, {"list", "events", "--db", "killed.db", "--format", "csv"});
      const size_t events = count(listed.out, "\r\n");
      if (events > 1) progress.insert(events);
      // A run that is always killed before it comes to anything would never end.
      stalled = events > before ? 0 : stalled + 1;
      if (stalled >= 3) delay_max_s *= 1.5;
      before = events;
    }
    if (landed_here < kKills / 3) delay_max_s *= 0.6;
    expect_equal(exports("killed"), wanted);
    if (HasFailure()) break;
  }
  std::cout << landed << " kills, at " << progress.size() << " different positions of the log"
            << std::endl;
  EXPECT_GE(progress.size(), kKills / 6);
}

TEST_F(Crash, InterruptedItStopsCleanlyAndGoesOn) {
  const Ran undisturbed = duban(dir, command("whole"));
  ASSERT_EQ(undisturbed.code, 1) << "the feed has bad lines\n" << undisturbed.err;
  const std::map<std::string, std::string> wanted = exports("whole");
  size_t interruptions = 0;
  for (int attempt = 0; attempt < 20 && interruptions == 0; ++attempt) {
    remove("stopped");
    Running running(dir, command("stopped"));
    // Once it has begun to write, ask it to stop.
    std::error_code ignored;
    while (!running.finished() &&
           std::filesystem::file_size(dir / "stopped.db-wal", ignored) + 1 <= 200'000) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    running.kill(SIGINT);
    const Ran ran = running.wait();
    if (ran.code <= 1) continue;
    ASSERT_EQ(ran.code, 130) << ran.err;
    EXPECT_NE(ran.err.find("Run the same command again"), std::string::npos) << ran.err;
    EXPECT_NE(ran.out.find("events"), std::string::npos) << ran.out;
    ++interruptions;
  }
  EXPECT_EQ(interruptions, 1U);
  ASSERT_LE(duban(dir, command("stopped")).code, 1);
  expect_equal(exports("stopped"), wanted);
}

}  // namespace
}  // namespace duban::test::crash_test
