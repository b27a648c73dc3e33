// The invented company: the same for the same seed, in the order of time, and understood by the
// shipped policies to the last line.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>

#include "tests/cli/harness.h"

namespace duban::test::simulate_feed_test {
namespace {

std::vector<boost::json::object> events_of(const std::string& feed) {
  std::vector<boost::json::object> events;
  std::istringstream lines(feed);
  for (std::string line; std::getline(lines, line);) {
    events.push_back(boost::json::parse(line).as_object());
  }
  return events;
}

std::string text(const boost::json::object& object, const char* name) {
  return std::string(object.at(name).as_string());
}

TEST(SimulateFeed, IsDeterminedByItsSeed) {
  const TempDir dir;
  const Ran first = duban(dir, {"simulate-feed", "--customers", "300", "--to", "2026-04-30"});
  ASSERT_EQ(first.code, 0) << first.err;
  EXPECT_EQ(duban(dir, {"simulate-feed", "--customers", "300", "--to", "2026-04-30"}).out,
            first.out);
  EXPECT_NE(
      duban(dir, {"simulate-feed", "--customers", "300", "--to", "2026-04-30", "--seed", "2"}).out,
      first.out);
  const Ran to_file = duban(
      dir, {"simulate-feed", "--customers", "300", "--to", "2026-04-30", "--output", "f.ndjson"});
  EXPECT_EQ(to_file.out, "");
  EXPECT_EQ(dir.read("f.ndjson"), first.out);
}

TEST(SimulateFeed, IsInTheOrderOfTimeAndNeverRepeatsAnId) {
  const TempDir dir;
  const Ran ran = duban(dir, {"simulate-feed", "--customers", "2500", "--seed", "3"});
  std::string last;
  std::set<std::string> ids;
  std::map<std::string, int> kinds, trades;
  std::map<std::string, int64_t> monthly;  // kilowatt-hours of all homes
  std::set<std::string> homes;
  for (const auto& event : events_of(ran.out)) {
    const std::string time = text(event, "time");
    EXPECT_LE(last, time);
    last = time;
    EXPECT_TRUE(ids.insert(text(event, "id")).second) << text(event, "id");
    const std::string type = text(event, "type");
    ++kinds[type];
    if (type == "customer_registered") {
      const std::string trade = text(event.at("data").as_object(), "class");
      ++trades[trade];
      if (trade == "residential") homes.insert(text(event, "subject"));
    }
    if (type == "meter_read" && homes.contains(text(event, "subject"))) {
      monthly[time.substr(5, 2)] += event.at("data").at("kwh").as_int64();
    }
  }
  EXPECT_EQ(kinds["customer_registered"], 2500);
  EXPECT_EQ(kinds["meter_read"], 10 * 2500);
  for (const char* type : {"Staff",
                           "Feeder",
                           "bill_issued",
                           "payment_received",
                           "bill_cancelled",
                           "supply_cut",
                           "supply_restored",
                           "inquiry_received",
                           "inquiry_transferred",
                           "inquiry_answered",
                           "application_accepted",
                           "application_reviewed",
                           "documents_supplied",
                           "survey_scheduled",
                           "application_completed",
                           "visit_recorded",
                           "fault_reported",
                           "crew_arrived",
                           "fault_repaired",
                           "credit_changed",
                           "importance_decided",
                           "outage_planned"}) {
    EXPECT_GT(kinds[type], 0) << type;
  }
  EXPECT_EQ(trades.size(), 4U);
  EXPECT_GT(trades["residential"], 2000);
  EXPECT_GT(monthly["08"], monthly["04"] * 3 / 2) << "homes are cooled in summer";
}

// Most pay in time, some late, some in parts, and some not before supply was cut.
TEST(SimulateFeed, HasPayersOfEveryKind) {
  const TempDir dir;
  const Ran ran = duban(dir, {"simulate-feed", "--customers", "2000"});
  struct Bill {
    std::string due;
    double amount = 0;
    std::vector<std::pair<std::string, double>> payments;
    bool cut = false;
  };
  std::map<std::string, Bill> bills;
  for (const auto& event : events_of(ran.out)) {
    const std::string type = text(event, "type");
    const auto& data = event.at("data").as_object();
    if (!data.contains("bill_no")) continue;
    Bill& bill = bills[text(data, "bill_no")];
    if (type == "bill_issued") {
      bill.due = text(data, "due_date");
      bill.amount = data.at("amount").to_number<double>();
    } else if (type == "payment_received") {
      bill.payments.emplace_back(text(event, "time").substr(0, 10),
                                 data.at("amount").to_number<double>());
    } else if (type == "supply_cut") {
      bill.cut = true;
    }
  }
  int in_time = 0, late = 0, in_parts = 0, cut = 0;
  for (const auto& [number, bill] : bills) {
    double sum = 0;
    for (const auto& [day, amount] : bill.payments) sum += amount;
    EXPECT_LE(sum, bill.amount + 0.001) << number;
    if (bill.due > "2026-08-01" || bill.payments.empty()) continue;
    EXPECT_NEAR(sum, bill.amount, 0.001) << number;
    cut += bill.cut;
    in_parts += bill.payments.size() > 1;
    if (bill.payments.size() == 1 && !bill.cut) {
      (bill.payments[0].first <= bill.due ? in_time : late) += 1;
    }
  }
  EXPECT_GT(in_time, 5 * late);
  EXPECT_GT(late, in_parts);
  EXPECT_GT(in_parts, cut / 2);
  EXPECT_GT(cut, 10);
}

TEST(SimulateFeed, IsUnderstoodByTheShippedPolicies) {
  const TempDir dir;
  const Ran feed = duban(dir, {"simulate-feed", "--customers", "400", "--output", "f.ndjson"});
  ASSERT_EQ(feed.code, 0) << feed.err;
  const Ran ran = duban(dir, {"run", "--rules", DUBAN_SOURCE_DIR "/rules", "--db", "d.db",
                              "--events", "f.ndjson", "--no-test"});
  EXPECT_EQ(ran.code, 0) << ran.err;
  const auto incidents =
      boost::json::parse(duban(dir, {"list", "incidents", "--db", "d.db", "--format", "json"}).out);
  EXPECT_EQ(incidents.as_array().size(), 0U) << incidents;
  const auto tasks =
      boost::json::parse(duban(dir, {"list", "tasks", "--db", "d.db", "--format", "json"}).out);
  EXPECT_GT(tasks.as_array().size(), 50U);
}

TEST(SimulateFeed, SaysWhatIsWrongWithItsOptions) {
  const TempDir dir;
  const Ran none = duban(dir, {"simulate-feed", "--customers", "0"});
  EXPECT_EQ(none.code, 2);
  EXPECT_NE(none.err.find("--customers is a number from 1 to 10000000, not `0`"),
            std::string::npos);
  const Ran backwards = duban(dir, {"simulate-feed", "--to", "2025-12-31"});
  EXPECT_EQ(backwards.code, 2);
  EXPECT_NE(backwards.err.find("not before --from"), std::string::npos);
  const Ran no_day = duban(dir, {"simulate-feed", "--from", "2026-02-30"});
  EXPECT_EQ(no_day.code, 2);
  const Ran nowhere = duban(dir, {"simulate-feed", "--output", "no/such/folder"});
  EXPECT_EQ(nowhere.code, 3);
}

// Few events wait in the buffer until the summary is said.
TEST(SimulateFeed, AFullDiskIsReported) {
  const TempDir dir;
  const std::string command = std::string(DUBAN_BINARY) +
                              " simulate-feed --customers 1 --to 2026-01-01 > /dev/full 2> " +
                              (dir / "err").string();
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 3);
  EXPECT_NE(dir.read("err").find("cannot write the result: No space left"), std::string::npos)
      << dir.read("err");
}

TEST(SimulateFeed, EndsWithItsReader) {
  const TempDir dir;
  const std::string command = "bash -c '" + std::string(DUBAN_BINARY) +
                              " simulate-feed --customers 10000000 --to 2026-01-31 2> " +
                              (dir / "err").string() +
                              " | head -c 100 > /dev/null; exit ${PIPESTATUS[0]}'";
  EXPECT_EQ(WEXITSTATUS(std::system(command.c_str())), 0);
  EXPECT_EQ(dir.read("err"), "") << "it did not make what it says";
}

}  // namespace
}  // namespace duban::test::simulate_feed_test
