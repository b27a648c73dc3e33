// Goal: a subject's timer is what its state says, whether or not it was in memory; one that failed
// and was dropped is passed over, and holds up nothing else.
// Method: a term that ends, and sums that overflow where somebody set the factor so.

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban::armed_test {
namespace {

constexpr const char* kRules = R"(policy "Terms"
vocabulary "Shop"
  timezone "Asia/Shanghai"
  currency CNY
entity Customer key account_no
  account_no : text
  until_day  : date?
  factor     : number = 1
  total      : money = 0 yuan
event signed for Customer
  set until_day
event factor_set for Customer
  set factor
event extended for Customer
  ends : date
event lent for Customer
  ends : date
event greeted for Customer
  words : text
channel post to account_no
notice ended service post "It has ended."
notice greeting service post "{words}"

case Loan of Customer
  opens on lent
  on extended:
    set ends = event.ends
  1 days after ends:
    set total = 900,000,000 yuan * factor
  4 days after ends:
    notify Customer by post ended

rule "Greet"
  on greeted:
    notify Customer by post greeting
)";

// Asking it fails on the day itself.
constexpr const char* kIsNear = R"(
rule "Is near"
  when 100 / (days from today to until_day) > 1000:
    notify Customer by post ended
)";

std::string rules(int days_before) {
  return std::string(kRules) + R"(
rule "Ends"
  when today at least until_day - )" +
         std::to_string(days_before) + R"( days:
    notify Customer by post ended
)";
}

class Armed : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    runtime.reset();
    auto opened = open_runtime(db, channels);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
  }
  void put(const std::string& type, const std::string& time, const std::string& data) {
    take(*runtime, event(type + time, type, "C1", "2026-03-" + time + " 10:00", data));
  }
  void advance(const std::string& day) {
    ASSERT_OK(
        runtime->advance(*Zone::find("Asia/Shanghai")->parse("2026-03-" + day + " 12:00"), true));
  }
  std::string customer() {
    EXPECT_TRUE(runtime->rest());
    return rows(db, "subjects").at(0);
  }

  TempDir dir;
  std::string db = dir / "db";
  Channels channels;
  std::unique_ptr<Runtime> runtime;
};

TEST_F(Armed, AsANewVersionSaysThoughItsSubjectIsNotInMemory) {
  deploy_text(*runtime, rules(1));
  put("signed", "01", R"("until_day":"2026-03-10")");
  deploy_text(*runtime, rules(5));
  advance("06");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 1U);
  EXPECT_FALSE(runtime->next_wake());
  open();
  deploy_text(*runtime, rules(1));  // as before, and still to come
  ASSERT_TRUE(runtime->next_wake());
  advance("11");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 2U);
}

TEST_F(Armed, WhenATimerBeforeItWasGivenUp) {
  deploy_text(*runtime, rules(0));
  put("signed", "01", R"("until_day":"2026-03-18")");
  put("factor_set", "01", R"("factor":900000000000)");
  put("lent", "02", R"("ends":"2026-03-10")");
  advance("12");
  ASSERT_OK(runtime->flush());
  ASSERT_EQ(rows(db, "incidents").size(), 1U);
  EXPECT_FALSE(runtime->next_wake());
  ASSERT_OK(runtime->incident_drop(id_of_row(rows(db, "incidents").at(0))));
  open();
  ASSERT_TRUE(runtime->next_wake());
  // The next step of its case, what time alone turns, and what happens: none of it waits.
  advance("15");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 1U);
  put("greeted", "16", R"("words":"Good day.")");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 2U);
  advance("19");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 3U);
  // What was given up is not done later, but for another day.
  put("factor_set", "20", R"("factor":2)");
  EXPECT_EQ(customer().find("1800000000"), std::string::npos) << customer();
  put("extended", "21", R"("ends":"2026-03-25")");
  advance("27");
  EXPECT_NE(customer().find("1800000000"), std::string::npos) << customer();
  EXPECT_EQ(rows(db, "incidents").size(), 1U);
}

// What is due cannot be asked: nothing says that it has gone off.
TEST_F(Armed, UnlessWhatWasGivenUpCannotBePassedOver) {
  deploy_text(*runtime, std::string(kRules) + kIsNear);
  put("signed", "01", R"("until_day":"2026-03-10")");
  advance("12");
  ASSERT_OK(runtime->flush());
  ASSERT_EQ(rows(db, "incidents").size(), 1U);
  ASSERT_OK(runtime->incident_drop(id_of_row(rows(db, "incidents").at(0))));
  EXPECT_FALSE(runtime->next_wake());
  // What happened before it was due changes nothing, whether its subject is in memory or not.
  for (const char* day : {"05", "06"}) {
    put("greeted", day, R"("words":"Good day.")");
    EXPECT_FALSE(runtime->next_wake()) << day;
    ASSERT_OK(runtime->flush());
    open();
    EXPECT_FALSE(runtime->next_wake()) << day;
  }
  put("signed", "07", R"("until_day":"2026-03-20")");
  ASSERT_TRUE(runtime->next_wake());
  put("greeted", "19", R"("words":"Good day.")");
  ASSERT_OK(runtime->rest());
  EXPECT_EQ(rows(db, "notices").size(), 3U);
  EXPECT_EQ(rows(db, "incidents").size(), 1U);
}

}  // namespace
}  // namespace duban::armed_test
