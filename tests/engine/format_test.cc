// Goal: values read as people in each language write them, and machines get exact JSON.
#include "engine/format.h"

#include <gtest/gtest.h>

#include "engine/record.h"

namespace duban::format_test {
namespace {

constexpr Type kMoney{TypeKind::money}, kNumber{TypeKind::number}, kText{TypeKind::text},
    kDate{TypeKind::date}, kDatetime{TypeKind::datetime}, kChoice{TypeKind::choice, 0};
constexpr Type kProofs{TypeKind::choice, 1, true};

const Plan& plan() {
  static const Plan plan = [] {
    Plan made;
    made.zone = *Zone::find("Asia/Shanghai");
    made.currency = {"CNY", "元"};
    made.layout.choices = {
        {{"credit", "信用"}, {{"good", "良好"}, {"poor", "较差"}}},
        {{"proof", "证明"}, {{"identity_proof", "身份证明"}, {"property_proof", "产权证明"}}}};
    return made;
  }();
  return plan;
}

Value decimal(std::string_view text) { return *Decimal::parse(text); }

TEST(FormatTest, WritesEachTypeInBothLanguages) {
  struct Row {
    Type type;
    Value value;
    std::string english, chinese, json;
  };
  const Value proofs = make_set({ChoiceValue{1, 1}, ChoiceValue{1, 0}});
  for (const Row& row : {
           Row{kMoney, decimal("200"), "CNY 200.00", "200.00 元", "200"},
           {kMoney, decimal("-0.125"), "CNY -0.125", "-0.125 元", "-0.125"},
           {kNumber, decimal("200.50"), "200.5", "200.5", "200.5"},
           {{TypeKind::yes_no}, true, "yes", "是", "true"},
           {{TypeKind::yes_no}, false, "no", "否", "false"},
           {kText, std::string("电 \"a\""), "电 \"a\"", "电 \"a\"", R"("电 \"a\"")"},
           {kDate, Date{20'532}, "2026-03-20", "2026年3月20日", R"("2026-03-20")"},
           {{TypeKind::time}, TimeOfDay{32'400'000}, "09:00", "09:00", R"("09:00")"},
           {kDatetime, Instant{1'774'949'400'000}, "2026-03-31 17:30", "2026年3月31日 17:30",
            R"("2026-03-31T17:30:00+08:00")"},
           {{TypeKind::duration},
            Duration{Duration::Kind::days, 0, 3},
            "3 days",
            "3 天",
            R"("3 days")"},
           {kChoice, ChoiceValue{0, 1}, "poor", "较差", R"("poor")"},
           {kChoice, ChoiceValue{0, 9}, "", "", "null"},  // of a newer layout
           {{TypeKind::reference}, Key{0, "S01"}, "S01", "S01", R"("S01")"},
           {kProofs, proofs, "identity_proof, property_proof", "身份证明、产权证明",
            R"(["identity_proof","property_proof"])"},
           {kProofs, make_set({}), "", "", "[]"},
           {{TypeKind::money, 0, true},
            make_set({decimal("1"), decimal("2")}),
            "CNY 1.00, CNY 2.00",
            "1.00 元、2.00 元",
            "[1,2]"},
           {kMoney, None{}, "", "", "null"},
       }) {
    EXPECT_EQ(format(plan(), row.type, row.value, false), row.english);
    EXPECT_EQ(format(plan(), row.type, row.value, true), row.chinese);
    EXPECT_EQ(to_json(plan(), row.type, row.value), row.json);
  }
}

TEST(FormatTest, AWholeDayDeadlineIsItsDate) {
  const Instant midnight{1'774'972'800'000};  // after 2026-03-31 there
  EXPECT_EQ(format(plan(), Deadline{midnight, true}, false), "2026-03-31");
  EXPECT_EQ(format(plan(), Deadline{midnight, true}, true), "2026年3月31日");
  EXPECT_EQ(format(plan(), Deadline{midnight, false}, false), "2026-04-01 00:00");
  EXPECT_EQ(format(plan(), Deadline{midnight, false}, true), "2026年4月1日 00:00");
}

TEST(FormatTest, MoneyWithoutACurrencyIsANumberWithTwoDigits) {
  const Plan bare;
  EXPECT_EQ(format(bare, kMoney, decimal("5"), false), "5.00");
  EXPECT_EQ(format(bare, kMoney, decimal("5"), true), "5.00");
}

TEST(FormatTest, JsonEscapesControlCharactersOnly) {
  const std::string text = std::string("a\\\n\r\t\x01\x1f/\x7f", 9) + '\0' + "é😀";
  EXPECT_EQ(to_json(plan(), kText, text), "\"a\\\\\\n\\r\\t\\u0001\\u001f/\x7f\\u0000é😀\"");
}

TEST(FormatTest, JsonEscapesWhereverACharacterStands) {
  for (size_t before = 0; before < 20; ++before) {
    for (size_t behind = 0; behind < 10; ++behind) {
      const std::string left(before, 'x'), right(behind, '\xe9');
      EXPECT_EQ(json_quoted(left + '"' + right + '\x01'),
                '"' + left + "\\\"" + right + "\\u0001\"");
    }
  }
}

TEST(RecordTest, WordsAreThoseOfTheInterface) {
  EXPECT_EQ(to_string(CaseRecord::Change::closed), "closed");
  EXPECT_EQ(to_string(TaskRecord::Change::reassigned), "reassigned");
  EXPECT_EQ(to_string(TaskRecord::Status::cancelled), "cancelled");
  EXPECT_EQ(to_string(NoticeRecord::Status::undeliverable), "undeliverable");
  EXPECT_EQ(to_string(OutgoingRecord::Status::blocked), "blocked");
  EXPECT_EQ(to_string(syntax::NoticeClass::commercial), "commercial");

  TaskRecord task;
  task.id = Digest{1, 2};
  EXPECT_EQ(id_of(Record(task)), (Digest{1, 2}));
}

}  // namespace
}  // namespace duban::format_test
