// Goal: what the fast reader of events takes, the careful one takes just so; what is taken in while
// it is read is what take_in() makes of it.
// Method: lines at and over the border of what is usual, and random changes of good ones.
#include "runtime/json_flat.h"

#include <fstream>
#include <random>

#include "tests/runtime/fixture.h"

namespace duban::json_flat_test {
namespace {

// Whether it was taken; then both agree.
bool taken(std::string_view line, RawEvent& event) {
  if (!read_flat_event(line, event)) return false;
  const auto careful = parse_event(line);
  const auto* expected = std::get_if<RawEvent>(&careful);
  EXPECT_NE(expected, nullptr) << line;
  EXPECT_TRUE(expected == nullptr || event == *expected) << line;
  return true;
}

constexpr const char* kUsual =
    R"({"specversion":"1.0","id":"b1","source":"/billing","type":"bill","subject":"户1",)"
    R"("time":"2026-03-01T09:00:00+08:00","data":{"no":"B\u5f201\n","amount":-300.50,"paid":true,)"
    R"("late":false,"note":null,"zero":0}})";

TEST(FlatEvent, UsualLinesAreTaken) {
  RawEvent event;
  EXPECT_TRUE(taken(kUsual, event));
  EXPECT_EQ(event.data.size(), 6U);
  EXPECT_TRUE(taken(R"( {"id":"a","type":"t","subject":null} )", event));
  EXPECT_TRUE(event.data.empty() && event.subject.empty()) << "nothing stays of the line before";
  EXPECT_TRUE(taken(R"({"data":{"x":1,"x":2},"type":"t","id":"a","id":"b"})", event));
  EXPECT_EQ(event.id, "b");
}

TEST(FlatEvent, EscapesAreTaken) {
  RawEvent event;
  EXPECT_TRUE(
      taken(R"({"id":"\"\\\/\b\f\n\r\t","\u0074ype":"\u0041\u00e9\u5f20\ud83d\uDE00 more than 8"})",
            event));
  EXPECT_EQ(event.id, "\"\\/\b\f\n\r\t");
  EXPECT_EQ(event.type, "Aé张😀 more than 8");
  for (const char* escape : {"\\", "\\u", "\\u12", "\\u12g4", "\\ud83d", "\\ud83dx",
                             "\\ud83d\\u0041", "\\ude00", "\\ude00\\ud83d", "\\a", "\\U0041"}) {
    EXPECT_FALSE(taken(std::string(R"({"type":"t","id":"a)") + escape + "\"}", event)) << escape;
  }
}

TEST(FlatEvent, LeavesTheRest) {
  RawEvent event;
  for (const char* line :
       {"", "{}", "[]", "1", R"({"id":"a","type":"t"} x)", R"({"id":"a","type":"t"}})",
        R"({"id":"a","type":"t"}{})", R"({"id":"a","type":"t","data":{"list":[1]}})",
        R"({"id":"a","type":"t","data":{"o":{}}})", R"({"id":"a","type":"t","more":tru})",
        R"({"id":"a","type":"t","more":01})", R"({"id":"a","type":"t","more":1e5})",
        R"({"id":"a","type":"t","more":"\x"})", R"({"id":"a","type":"t",})", R"({"type":"t"})",
        R"({"id":1,"type":"t"})", R"({"id":"a","type":"t","data":{},"data":{}})",
        "{\"id\":\"a\",\"type\":\"t\n\"}", "{\"id\":\"\xff\",\"type\":\"t\"}"}) {
    EXPECT_FALSE(taken(line, event)) << line;
  }
  std::string longest = kUsual;
  longest.insert(longest.size() - 2, ",\"long\":\"" + std::string(20'000, 'x') + '"');
  EXPECT_FALSE(taken(longest, event));
}

TEST(FlatEvent, AgreesWhateverIsChanged) {
  std::mt19937 random(7);
  const std::string usual = kUsual, alphabet = "{}[],:\"\\ 019.-+eEtrufalsn\t\x01\xe5";
  RawEvent event;
  int took = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string line = usual;
    for (unsigned changes = 1 + random() % 3; changes > 0; --changes) {
      const size_t at = random() % line.size();
      const char c = alphabet[random() % alphabet.size()];
      switch (random() % 3) {
        case 0:
          line[at] = c;
          break;
        case 1:
          line.insert(at, 1, c);
          break;
        default:
          line.erase(at, 1);
      }
    }
    took += taken(line, event) ? 1 : 0;
  }
  EXPECT_GT(took, 5'000) << "most changes inside a text are still events";
}

// ---- taken in while it is read

const Plan& words() {
  static const Compilation compilation = compile(sources(R"(
vocabulary "Words"
  timezone "Asia/Shanghai"
  currency CNY
choice mark : good (优) | poor (差)
reference Staff key staff_no
  staff_no : text
entity Customer key account_no
  account_no : text
event changed for Customer
  receipt : text
  amount  : money
  count   : number?
  grade (等级) : mark?
  flag    : yes/no?
  day     : date?
  moment  : datetime?
  clock   : time?
  length  : duration?
  staff   : Staff?
  tags    : set of text?
event greeted for Customer
broadcast event storm to Customer where account_no is event.place
  place : text
)"));
  EXPECT_FALSE(compilation.has_errors()) << errors_of(compilation);
  return *compilation.plan;
}

enum class Way { taken, flat, not_flat };

// How the line was read; however that was, the careful reader and take_in() make the same of it.
Way way_of(std::string_view line) {
  static EventTaker taker(words());
  RawEvent event;
  static std::shared_ptr<EventData> data;  // the room of one event is the next one's
  if (!read_flat_event(line, taker, event, data)) {
    EXPECT_FALSE(read_flat_event(line, event)) << line;
    return Way::not_flat;
  }
  const RawEvent careful = std::get<RawEvent>(parse_event(line));
  if (data == nullptr) {
    EXPECT_EQ(event, careful) << line;
    return Way::flat;
  }
  EXPECT_TRUE(event.data.empty());
  constexpr Instant kNow{1'772'323'200'000};
  auto expected = take_in(words(), careful, kNow);
  const auto* intake = std::get_if<Intake>(&expected);
  const auto* input = intake != nullptr ? std::get_if<Input>(intake) : nullptr;
  EXPECT_NE(input, nullptr) << line;
  if (input == nullptr) return Way::taken;
  Input got;
  become_input(words(), event, data, kNow, got);
  EXPECT_EQ(*got.event, *input->event) << line;
  EXPECT_EQ(got.subject, input->subject);
  EXPECT_EQ(got.time, input->time);
  EXPECT_EQ(got.received, input->received);
  EXPECT_EQ(got.cause, input->cause);
  return Way::taken;
}

constexpr const char* kChanged =
    R"({"id":"c1","source":"/crm","type":"changed","subject":"C1","time":"2026-03-01T09:00:00+08:00",)"
    R"("data":{"receipt":"R\u5f201","amount":-300.50,"count":7,"等级":"差","flag":true,)"
    R"("day":"2026-03-20","moment":"2026-03-20T10:00:00+08:00","clock":"08:30","length":"3 days",)"
    R"("staff":"S1"}})";

TEST(EventTaker, TakesEventsOfOneSubject) {
  EXPECT_EQ(way_of(kChanged), Way::taken);
  const auto with = [](const char* data) {
    return event("e", "changed", "C1", "2026-03-01 09:00", data);
  };
  EXPECT_EQ(way_of(with(R"("amount":1,"receipt":12)")), Way::taken) << "in any order";
  EXPECT_EQ(way_of(with(R"("amount":"1.5","receipt":"R","grade":"poor","count":null)")),
            Way::taken);
  EXPECT_EQ(way_of(R"({"time":"2026-03-01","subject":"C1","type":"greeted","id":"g"})"),
            Way::taken);
  EXPECT_EQ(way_of(R"({"type":"greeted","data":{},"id":"g","subject":"C1","time":"2026-03-01"})"),
            Way::taken);
}

TEST(EventTaker, NothingIsLeftOfTheEventBefore) {
  EXPECT_EQ(way_of(kChanged), Way::taken);
  EXPECT_EQ(way_of(event("e", "changed", "C1", "2026-03-01 09:00", R"("amount":1,"receipt":"R")")),
            Way::taken);
  EXPECT_EQ(way_of(event("e", "greeted", "C1", "2026-03-01 09:00", "")), Way::taken);
}

TEST(EventTaker, LeavesTheRest) {
  const auto way = [](const char* type, const char* subject, const char* data) {
    return way_of(event("e", type, subject, "2026-03-01 09:00", data));
  };
  EXPECT_EQ(way("changed", "C1", R"("amount":1)"), Way::flat) << "missing";
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","other":1)"), Way::flat) << "unknown";
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","amount":1)"), Way::flat) << "twice";
  EXPECT_EQ(way("changed", "C1", R"("amount":null,"receipt":"R")"), Way::flat) << "needed";
  EXPECT_EQ(way("changed", "C1", R"("amount":0.0000001,"receipt":"R")"), Way::flat) << "too exact";
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","grade":"odd")"), Way::flat);
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","staff":"")"), Way::flat);
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","day":"2026-02-30")"), Way::flat);
  EXPECT_EQ(way("changed", "C1", R"("amount":1,"receipt":"R","tags":"a;b")"), Way::flat) << "a set";
  EXPECT_EQ(way("changed", "", R"("amount":1,"receipt":"R")"), Way::flat) << "of nobody";
  EXPECT_EQ(way("changed", std::string(257, 'C').c_str(), R"("amount":1,"receipt":"R")"),
            Way::flat);
  EXPECT_EQ(way("storm", "", R"("place":"A1")"), Way::flat);
  EXPECT_EQ(way("Staff", "S1", ""), Way::flat);
  EXPECT_EQ(way("Customer", "C1", ""), Way::flat);
  EXPECT_EQ(way("unheard_of", "C1", ""), Way::flat);
  EXPECT_EQ(way_of(event("e", "greeted", "C1", "soon", "")), Way::flat) << "no time";
  EXPECT_EQ(way_of(event("e", "greeted", "C1", "", "")), Way::flat) << "of no time";
  EXPECT_EQ(way_of(R"({"id":"g","data":{},"type":"greeted","subject":"C1","time":"2026-03-01"})"),
            Way::flat)
      << "what it is comes after what it holds";
  EXPECT_EQ(way_of(R"({"id":"g","type":"greeted","data":{},"type":"changed","subject":"C1",)"
                   R"("time":"2026-03-01"})"),
            Way::flat);
  EXPECT_EQ(way("changed", "C1", R"("tags":["a"],"amount":1,"receipt":"R")"), Way::not_flat);
}

TEST(EventTaker, AgreesWhateverIsChanged) {
  std::mt19937 random(11);
  const std::string usual = kChanged, alphabet = "{}[],:\"\\ 019.-+eEtrufalsn\t\x01\xe5";
  int took = 0;
  for (int i = 0; i < 30'000; ++i) {
    std::string line = usual;
    for (unsigned changes = 1 + random() % 2; changes > 0; --changes) {
      const size_t at = random() % line.size();
      const char c = alphabet[random() % alphabet.size()];
      random() % 2 == 0 ? line.insert(at, 1, c) : line.replace(at, 1, 1, c);
    }
    took += way_of(line) == Way::taken ? 1 : 0;
  }
  EXPECT_GT(took, 1'000) << "changes inside a text leave it an event";
}

// What was read for a version that is no longer in force is read again.
TEST(EventTaker, AnotherVersionTakesTheLineItself) {
  for (const bool changes : {false, true}) {
    TempDir dir;
    std::ofstream(dir / "feed.ndjson")
        << event("r", "registered", "C1", "2026-03-01 09:00",
                 R"("name":"Ali","phone":"138","manager":"S01","area":"A1")")
        << '\n';
    Channels channels;
    auto runtime = open_runtime(dir / "db", channels);
    ASSERT_OK(runtime);
    deploy_text(**runtime, shop_rules());
    auto feed = open_feed(dir / "feed.ndjson");
    ASSERT_OK(feed);
    (*feed)->take_in_for((*runtime)->plans().current(), (*runtime)->plans().current_version());
    FeedItem item;
    ASSERT_TRUE(*(*feed)->next(item));
    ASSERT_NE(item.taken, nullptr);
    if (changes) {
      std::string text = shop_rules();
      const std::string_view fields = "event registered for Customer\n";
      text.insert(text.find(fields) + fields.size(), "  remark : text\n");
      deploy_text(**runtime, text);
    }
    ASSERT_OK((*runtime)->take(item));
    ASSERT_OK((*runtime)->rest());
    EXPECT_EQ((*runtime)->counts().events, changes ? 0U : 1U);
    EXPECT_EQ((*runtime)->counts().rejected, changes ? 1U : 0U) << "it lacks the remark";
    std::string told;
    for (const char* view : {"subjects", "incidents"}) {
      for (const std::string& row : rows(dir / "db", view)) told += row + "\n";
    }
    EXPECT_NE(told.find(changes ? "`remark` of `registered`: missing" : R"("area":"A1")"),
              std::string::npos)
        << told;
  }
}

}  // namespace
}  // namespace duban::json_flat_test
