// Goal: bad lines are known again by what they say, missing reference rows are warned of once, and
// people read both in their language; private values stay out of explanations and listings.
// Method: small feeds against a real database, opened again in between.

#include "runtime/channel.h"
#include "tests/runtime/fixture.h"

namespace duban::incidents_test {
namespace {

class IncidentsTest : public testing::Test {
 protected:
  void SetUp() override {
    open();
    deploy_text(*runtime, shop_rules());
  }
  void open(RuntimeSettings settings = {}) {
    runtime.reset();
    auto opened = open_runtime(db, channels, settings);
    ASSERT_OK(opened);
    runtime = std::move(*opened);
  }
  void put(const std::string& line, const std::string& feed = "test") {
    ASSERT_OK(runtime->take(ndjson_item(feed, ++number, line)));
  }
  void registered(const std::string& customer, const std::string& manager) {
    put(event("r" + customer, "registered", customer, "2026-03-01 09:00",
              R"("name":"Ali","phone":"13800001234","manager":")" + manager + "\""));
  }
  std::vector<std::string> shown(const std::string& what) {
    EXPECT_TRUE(runtime->flush());
    return rows(db, what);
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  TempDir dir;
  std::string db = dir / "db";
  Channels channels;
  std::unique_ptr<Runtime> runtime;
  uint64_t number = 0;
};

TEST_F(IncidentsTest, ACopyOfAFeedMakesNoSecondIncident) {
  const std::string bad[] = {"nonsense", R"({"id":"a"})",
                             event("u", "no_such_event", "C1", "2026-03-01 09:00", "")};
  for (const char* feed : {"march.ndjson", "copy of march.ndjson"}) {
    for (const std::string& line : bad) put(line, feed);
    EXPECT_EQ(shown("incidents").size(), 3U) << feed;
    open();
  }
  EXPECT_EQ(runtime->counts().incidents, 0U);
  for (const std::string& row : rows(db, "incidents")) {
    EXPECT_FALSE(has(row, "copy")) << row;
  }
  put("nonsense, but another");
  EXPECT_EQ(shown("incidents").size(), 4U);
}

TEST_F(IncidentsTest, BadLinesAreExplainedInChinese) {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"id":"a","type":)", "message_zh=不是有效的 JSON：行在中间断开（第 18 字节） "},
      {"nonsense", "message_zh=不是有效的 JSON：语法错误（第 "},
      {"[1]", "message_zh=不是事件：应为一个事件，而不是列表 "},
      {R"({"id":"a"})", "message_zh=不是事件：缺少 `type` "},
      {R"({"id":{},"type":"t"})", "message_zh=不是事件：`id` 应为文本，而不是对象 "}};
  for (const auto& [line, expected] : cases) {
    put(line);
    bool found = false;
    for (const std::string& row : shown("incidents")) found |= has(row, expected);
    EXPECT_TRUE(found) << expected << "\n" << shown("incidents").back();
  }
}

TEST_F(IncidentsTest, AMissingReferenceRowIsWarnedOfOnce) {
  registered("C1", "S09");
  registered("C2", "S09");
  auto incidents = shown("incidents");
  ASSERT_EQ(incidents.size(), 1U);
  for (const char* part :
       {"time=2026-03-01 09:00 kind=concern status=open subject=S09 holds=no place=test:1 ",
        "message=`Staff` `S09` is named but not known; send its row ",
        "message_zh=引用了“Staff”“S09”，但尚无该行；请补送"}) {
    EXPECT_TRUE(has(incidents[0], part)) << part << "\n" << incidents[0];
  }
  ListingFilter customer;
  customer.what = "subjects";
  customer.subject = "C1";
  EXPECT_TRUE(has(rows(db, customer).at(0), R"("manager":"S09")")) << "the value is held";
  open();  // once ever
  registered("C3", "S09");
  EXPECT_EQ(shown("incidents").size(), 1U);

  // Its row ends it, in the same group or later, and it does not come back.
  put(event("s9", "Staff", "S09", "2026-03-02 09:00", R"("name":"Zhao")"));
  registered("C4", "S10");
  put(event("s10", "Staff", "S10", "2026-03-02 09:00", R"("name":"Qian")"));
  open();
  registered("C5", "S09");
  incidents = shown("incidents");
  ASSERT_EQ(incidents.size(), 1U) << "the group was not committed";
  put(event("s9", "Staff", "S09", "2026-03-02 09:00", R"("name":"Zhao")"));
  registered("C4", "S10");
  put(event("s10", "Staff", "S10", "2026-03-02 09:00", R"("name":"Qian")"));
  put(event("s9b", "Staff", "S09", "2026-03-03 09:00", R"("name":"Sun")"));
  incidents = shown("incidents");
  ASSERT_EQ(incidents.size(), 2U);
  for (const std::string& row : incidents) EXPECT_TRUE(has(row, "status=retried")) << row;
}

TEST_F(IncidentsTest, RowsOfEntitiesNameReferencesToo) {
  put(event("c1", "Customer", "C1", "2026-03-01 09:00", R"("name":"Ali","manager":"S09")"));
  put(event("c2", "Customer", "C2", "2026-03-01 09:00", R"("name":"Bo","manager":null)"));
  // Refused: nothing was taken in, so nothing is named.
  put(event("x", "registered", "C9", "2026-03-01 09:00", R"("manager":"S10")"));
  const auto incidents = shown("incidents");
  ASSERT_EQ(incidents.size(), 2U);
  EXPECT_TRUE(has(incidents[0] + incidents[1], "`Staff` `S09` is named but not known"));
}

TEST_F(IncidentsTest, AWarningCanBeDropped) {
  registered("C1", "S09");
  ASSERT_OK(runtime->incident_drop(id_of_row(shown("incidents").at(0))));
  put(event("s9", "Staff", "S09", "2026-03-02 09:00", R"("name":"Zhao")"));
  EXPECT_TRUE(has(shown("incidents").at(0), "status=dropped"));
}

TEST_F(IncidentsTest, PrivateValuesAreNotShown) {
  deploy_text(*runtime, shop_rules() + R"(
outgoing event number_changed for Customer
  number : text? private

rule "Check the number"
  on registered if event.phone is known:
    task "Check" for manager
      due within 1 day
    raise number_changed with number = phone

rule "Call again"
  on renamed if phone is known and area is "A1":
    task "Call again" for manager
      due within 1 day
)");
  put(event("r", "registered", "C1", "2026-03-01 09:00",
            R"("name":"Ali","phone":"13800001234","area":"A1")"));
  put(event("n", "renamed", "C1", "2026-03-02 09:00", R"("name":"Bo")"));
  const auto tasks = shown("tasks");
  ASSERT_EQ(tasks.size(), 2U);
  size_t masked = 0, area = 0;
  const auto outgoing = shown("outgoing");
  ASSERT_EQ(outgoing.size(), 1U);
  EXPECT_TRUE(has(outgoing[0], R"("number":"***1234")")) << outgoing[0];
  for (const std::string& row : {tasks[0], tasks[1], outgoing[0]}) {
    const auto explanation = explain(db, id_of_row(row), Language::english);
    ASSERT_OK(explanation);
    for (const Explanation::Link& link : explanation->chain) {
      for (const auto& [text, value] : link.values) {
        EXPECT_FALSE(has(value, "1380000")) << text;
        masked += value == "***" ? 1 : 0;
        area += value == "A1" ? 1 : 0;
      }
      for (const std::string& did : link.did) EXPECT_FALSE(has(did, "1380000")) << did;
    }
  }
  EXPECT_GE(masked, 2U);
  EXPECT_EQ(area, 1U);
  EXPECT_FALSE(has(export_all(db), "13800001234"));
}

TEST(ErrorText, IsGivenInBothLanguages) {
  const Error both{"is damaged", "a.db", "restore a backup", "已损坏", "请恢复备份"};
  EXPECT_EQ(both.to_string(), "a.db: is damaged (restore a backup)");
  EXPECT_EQ(both.to_string(true), "a.db：已损坏（请恢复备份）");
  const Error english{"no line", {}, "wait"};
  EXPECT_EQ(english.to_string(true), "no line（wait）");
}

}  // namespace
}  // namespace duban::incidents_test
