// Goal: what the fast reader of events takes, the careful one takes just so.
// Method: lines at and over the border of what is usual, and random changes of good ones.
#include "runtime/json_flat.h"

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

}  // namespace
}  // namespace duban::json_flat_test
