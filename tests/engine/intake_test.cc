// Goal: what a feed says becomes a typed input, or an error that tells its reader in both languages
// what to correct. Method: a small plan made by hand, one table of values for each type.
#include "engine/intake.h"

#include <gtest/gtest.h>

#include "engine/digest.h"

namespace duban::intake_test {
namespace {

constexpr Type kNumber{TypeKind::number}, kMoney{TypeKind::money}, kText{TypeKind::text},
    kDate{TypeKind::date}, kYesNo{TypeKind::yes_no}, kGrade{TypeKind::choice, 0},
    kStaff{TypeKind::reference, 0};
constexpr uint16_t kStaffEntity = 0, kCustomer = 1;
constexpr Instant kNow{1'772'500'000'000};

Type optional(Type type) {
  type.optional = true;
  return type;
}
Type set_of(Type type) {
  type.set = true;
  return type;
}

Plan make_plan() {
  Plan plan;
  plan.zone = *Zone::find("Asia/Shanghai");
  Layout& layout = plan.layout;
  layout.choices = {{{"grade", "等级"}, {{"good", "良好"}, {"fair", "一般"}, {"poor", "较差"}}}};
  layout.entities.resize(2);
  layout.entities[kStaffEntity] = {{"Staff", "员工"},
                                   {"staff_no", "工号"},
                                   true,
                                   {{{"name", "姓名"}, kText},
                                    {{"phone", "电话"}, optional(kText), true},
                                    {{"level", "级别"}, kNumber},
                                    {{"areas", "片区"}, set_of(kText)}}};
  layout.entities[kCustomer] = {{"Customer", "客户"},
                                {"customer_no", "户号"},
                                false,
                                {{{"manager", "客户经理"}, kStaff},
                                 {{"credit", "信用"}, kGrade},
                                 {{"limit", "限额"}, optional(kMoney)}}};
  using Kind = Layout::Event::Kind;
  layout.events = {
      {{"bill_issued", "账单签发"},
       Kind::plain,
       kCustomer,
       {{{"bill_no", "账单号"}, kText},
        {{"amount", "金额"}, kMoney},
        {{"due_date", "缴费截止日"}, optional(kDate)},
        {{"id_card", "身份证号"}, optional(kDate), true}}},
      {{"outage_planned", "计划停电"}, Kind::broadcast, kCustomer, {{{"feeder", "线路"}, kText}}},
      {{"cut_supply", "停止供电"}, Kind::outgoing, kCustomer, {}},
  };
  // Defaults: Staff.level = 1, Customer.credit = good.
  plan.constants = {Decimal::from_micro(Decimal::kOne), ChoiceValue{0, 0}};
  plan.nodes.resize(2);
  plan.nodes[0].type = kNumber, plan.nodes[0].a = 0;
  plan.nodes[1].type = kGrade, plan.nodes[1].a = 1;
  plan.entities.resize(2);
  plan.entities[kStaffEntity].initial = {kNone, kNone, 0, kNone};
  plan.entities[kCustomer].initial = {kNone, 1, kNone};
  return plan;
}

const Plan& plan() {
  static const Plan plan = make_plan();
  return plan;
}

RawValue text(std::string text) { return {RawValue::Kind::text, false, std::move(text), {}}; }
RawValue digits(std::string text) { return {RawValue::Kind::number, false, std::move(text), {}}; }
RawValue boolean(bool yes) { return {RawValue::Kind::boolean, yes, {}, {}}; }
RawValue array(std::vector<RawValue> items) {
  return {RawValue::Kind::array, false, {}, std::move(items)};
}
RawValue null() { return {}; }

RawEvent bill() {
  return {"b1-issued",
          "/billing",
          "bill_issued",
          "C001",
          "2026-03-01T09:00:00+08:00",
          {{"bill_no", text("B1")}, {"amount", digits("300")}, {"due_date", text("2026-03-20")}}};
}

IntakeError error_of(const RawEvent& raw) {
  const auto taken = take_in(plan(), raw, kNow);
  const auto* error = std::get_if<IntakeError>(&taken);
  return error ? *error : IntakeError{"no error", "没有错误"};
}
std::string english_of(const Type& type, const RawValue& raw) {
  const auto taken = take_value(plan(), type, raw);
  const auto* error = std::get_if<IntakeError>(&taken);
  return error ? error->english : "no error";
}
template <typename T>
T taken(const RawEvent& raw) {
  auto result = take_in(plan(), raw, kNow);
  if (const auto* error = std::get_if<IntakeError>(&result)) {
    ADD_FAILURE() << error->english;
    return {};
  }
  return std::get<T>(std::get<Intake>(std::move(result)));
}

TEST(TakeValueTest, ReadsEachTypeInItsSpellings) {
  const auto micro = [](int64_t number) { return Value(Decimal::from_micro(number)); };
  const Value abc = make_set({std::string("a"), std::string("b"), std::string("c")});
  struct Row {
    Type type;
    RawValue raw;
    Value value;
  };
  for (const Row& row : {
           Row{kNumber, digits("0.1"), micro(100'000)},
           {kNumber, digits("-1.50e1"), micro(-15'000'000)},
           {kNumber, digits("0.00000100"), micro(1)},
           {kNumber, digits("1e-6"), micro(1)},
           {kNumber, digits("10e-7"), micro(1)},
           {kNumber, digits("0e-99999999999999999999"), micro(0)},
           {kMoney, text("300.25"), micro(300'250'000)},
           {kYesNo, boolean(true), true},
           {kYesNo, text("是"), true},
           {kYesNo, text("no"), false},
           {kText, text(""), std::string()},
           {kText, digits("10001"), std::string("10001")},
           {kDate, text("2026-03-20"), Date{20'532}},
           {{TypeKind::time}, text("09:00"), TimeOfDay{9 * 3'600'000}},
           {{TypeKind::datetime}, text("2026-03-01T09:00:00+08:00"), Instant{1'772'326'800'000}},
           {{TypeKind::datetime}, text("2026-03-01 09:00"), Instant{1'772'326'800'000}},
           {{TypeKind::duration}, text("3 days"), Duration{Duration::Kind::days, 0xffff, 3}},
           {{TypeKind::duration},
            text("2 个工作日"),
            Duration{Duration::Kind::working_days, 0xffff, 2}},
           {kGrade, text("fair"), ChoiceValue{0, 1}},
           {kGrade, text("较差"), ChoiceValue{0, 2}},
           {kStaff, text("S01"), Key{kStaffEntity, "S01"}},  // need not exist
           {kStaff, digits("77"), Key{kStaffEntity, "77"}},
           {optional(kDate), null(), None{}},
           {set_of(kText), array({text("b"), text("a"), text("c"), text("a")}), abc},
           {set_of(kText), text("b; a、c；"), abc},
           {set_of(kText), text(""), make_set({})},
           {set_of(kGrade), text("poor"), make_set({ChoiceValue{0, 2}})},
       }) {
    const auto result = take_value(plan(), row.type, row.raw);
    ASSERT_TRUE(std::holds_alternative<Value>(result)) << row.raw.text;
    EXPECT_EQ(std::get<Value>(result), row.value) << row.raw.text;
  }
}

TEST(TakeValueTest, SaysWhatIsExpected) {
  const std::string too_fine = " has more than six digits after the point";
  const std::string not_number = "a number is expected, not ";
  struct Row {
    Type type;
    RawValue raw;
    std::string error;
  };
  for (const Row& row : {
           Row{kNumber, text("12a"), not_number + "`12a`"},
           {kNumber, boolean(true), not_number + "`true`"},
           {kNumber, array({}), not_number + "a list"},
           {kNumber, digits("0.1234567"), "`0.1234567`" + too_fine},
           {kNumber, digits("12e-7"), "`12e-7`" + too_fine},
           {kNumber, digits("1e-99999999999999999999"), "`1e-99999999999999999999`" + too_fine},
           {kNumber, digits("1e13"), "`1e13` is too large a number"},
           {kMoney, text("99999999999999"), "`99999999999999` is too large a number"},
           {kDate, text("2026-02-30"), "a date such as 2026-03-20 is expected, not `2026-02-30`"},
           {kText, digits("1.5"), "a text is expected, not `1.5`"},
           {kText, null(), "a value is required, not null"},
           {kGrade, text("fiar"), "`fiar` is not a value of `grade`; did you mean `fair`?"},
           {kGrade, text("POOR"), "`POOR` is not a value of `grade`; did you mean `poor`?"},
           {kGrade, text("excellent"),
            "`excellent` is not a value of `grade`; known are `good`, `fair`, `poor`"},
           {kStaff, text(""), "a key of `Staff` is expected, not ``"},
           {set_of(kText), digits("5"), "a list is expected, not `5`"},
           {set_of(kNumber), text("1;x"), not_number + "`x`"},
           {{TypeKind::duration},
            text("9223372036854775807 hours"),
            "a duration such as 3 days is expected, not `9223372036854775807 hours`"},
       }) {
    EXPECT_EQ(english_of(row.type, row.raw), row.error);
  }
}

TEST(TakeValueTest, CutsLongTextBetweenCharacters) {
  std::string long_text = "x";
  for (int i = 0; i < 40; ++i) long_text += "字";
  std::string shown = "x";
  for (int i = 0; i < 19; ++i) shown += "字";
  EXPECT_EQ(english_of(kNumber, text(long_text)), "a number is expected, not `" + shown + "…`");
}

TEST(TakeInTest, MakesAnInputOfAnEvent) {
  const Input input = taken<Input>(bill());
  EXPECT_EQ(input.kind, Input::Kind::event);
  EXPECT_EQ(input.subject, (Key{kCustomer, "C001"}));
  EXPECT_EQ(input.time, Instant{1'772'326'800'000});
  EXPECT_EQ(input.received, kNow);
  EXPECT_EQ(input.cause, DigestBuilder().add("/billing").add("b1-issued").finish());
  ASSERT_TRUE(input.event);
  EXPECT_EQ(*input.event,
            (EventData{0,
                       input.time,
                       kNow,
                       input.cause,
                       {std::string("B1"), Decimal::from_micro(300'000'000), Date{20'532}, None{}},
                       {true, true, true, false}}));
}

TEST(TakeInTest, EitherLanguageGivesTheSameEvent) {
  RawEvent chinese = bill();
  chinese.type = "账单签发";
  chinese.data = {
      {"缴费截止日", text("2026-03-20")}, {"金额", digits("300")}, {"账单号", text("B1")}};
  EXPECT_EQ(*taken<Input>(chinese).event, *taken<Input>(bill()).event);
}

TEST(TakeInTest, FillsInTimeAndSource) {
  RawEvent raw = bill();
  raw.time.clear();
  raw.source.clear();
  const Input input = taken<Input>(raw);
  EXPECT_EQ(input.time, kNow);
  EXPECT_EQ(input.event->time, kNow);
  EXPECT_EQ(input.cause, DigestBuilder().add("feed").add("b1-issued").finish());
}

TEST(TakeInTest, AnExplicitNullIsGivenAndAnAbsentFieldIsNot) {
  RawEvent raw = bill();
  raw.data[2].second = null();
  const Input input = taken<Input>(raw);
  EXPECT_TRUE(input.event->fields[2].is_none());
  EXPECT_TRUE(input.event->given[2]);
  EXPECT_FALSE(input.event->given[3]);
}

TEST(TakeInTest, ABroadcastNeedsNoSubject) {
  const RawEvent raw{"o1", "", "outage_planned", "", "", {{"feeder", text("F1")}}};
  const Broadcast broadcast = taken<Broadcast>(raw);
  EXPECT_EQ(broadcast.entity, kCustomer);
  EXPECT_EQ(broadcast.event->fields, (std::vector<Value>{std::string("F1")}));
}

TEST(TakeInTest, MakesAnUpsertOfAnEntity) {
  const RawEvent raw{
      "r1",   "", "客户",
      "C001", "", {{"限额", text("")}, {"户号", text("C001")}, {"credit", text("fair")}}};
  const Input input = taken<Input>(raw);
  EXPECT_EQ(input.kind, Input::Kind::upsert);
  EXPECT_EQ(input.subject, (Key{kCustomer, "C001"}));
  EXPECT_FALSE(input.event);
  // An empty cell of an optional attribute clears it.
  EXPECT_EQ(input.attributes,
            (std::vector<std::pair<uint16_t, Value>>{{1, ChoiceValue{0, 1}}, {2, None{}}}));
}

TEST(TakeInTest, MakesAWholeReferenceRow) {
  const RawEvent raw{
      "r1",         "",
      "Staff",      "7",
      "2026-03-01", {{"staff_no", digits("7")}, {"name", text("王")}, {"areas", text("北、南")}}};
  const ReferenceRow row = taken<ReferenceRow>(raw);
  EXPECT_EQ(row.entity, kStaffEntity);
  EXPECT_EQ(row.key, "7");
  EXPECT_EQ(row.time, Instant{1'772'294'400'000});
  EXPECT_EQ(row.row, (References::Row{std::string("王"), None{}, Decimal::from_micro(1'000'000),
                                      make_set({std::string("北"), std::string("南")})}));
}

TEST(TakeInTest, SaysWhatIsWrongInBothLanguages) {
  struct Row {
    std::string english, chinese;
    void (*change)(RawEvent&);
  };
  const std::vector<Row> rows = {
      {"an id is needed: it tells this event from a repetition", "缺少 id：须以 id 识别重复的事件",
       [](RawEvent& e) { e.id.clear(); }},
      {"a subject is needed: whom `bill_issued` is about", "缺少 subject：`bill_issued` 所属的对象",
       [](RawEvent& e) { e.subject.clear(); }},
      {"`soon` is not a time such as 2026-03-20T09:00:00+08:00",
       "`soon` 不是时间（如 2026-03-20T09:00:00+08:00）", [](RawEvent& e) { e.time = "soon"; }},
      {"a type is needed: the name of an event or an entity", "缺少 type：事件或对象的名称",
       [](RawEvent& e) { e.type.clear(); }},
      {"there is no event or entity `bill_isued`; did you mean `bill_issued`?",
       "没有名为 `bill_isued` 的事件或对象，是否指 `bill_issued`？",
       [](RawEvent& e) { e.type = "bill_isued"; }},
      {"there is no event or entity `帐单签发`; did you mean `账单签发`?",
       "没有名为 `帐单签发` 的事件或对象，是否指 `账单签发`？",
       [](RawEvent& e) { e.type = "帐单签发"; }},
      {"there is no event or entity `x`", "没有名为 `x` 的事件或对象",
       [](RawEvent& e) { e.type = "x"; }},
      {"`cut_supply` is an outgoing event: policies raise it, feeds cannot send it",
       "`停止供电` 是对外事件，由办法发起，不能从外部送入",
       [](RawEvent& e) { e.type = "cut_supply"; }},
      {"`bill_issued` has no field `Amount`; did you mean `amount`?",
       "`账单签发` 没有字段 `Amount`，是否指 `amount`？",
       [](RawEvent& e) { e.data[1].first = "Amount"; }},
      {"`amount` of `bill_issued`: missing", "`账单签发` 的 `金额`：缺少",
       [](RawEvent& e) { e.data.erase(e.data.begin() + 1); }},
      {"`amount` of `bill_issued`: given twice", "`账单签发` 的 `金额`：重复给出",
       [](RawEvent& e) { e.data.emplace_back("金额", digits("1")); }},
      {"`amount` of `bill_issued`: an amount of money is expected, not `much`",
       "`账单签发` 的 `金额`：应为金额，而不是 `much`",
       [](RawEvent& e) { e.data[1].second = text("much"); }},
      {"`id_card` of `bill_issued`: a date such as 2026-03-20 is expected, not the given value",
       "`账单签发` 的 `身份证号`：应为日期（如 2026-03-20），而不是 所给的值",
       [](RawEvent& e) { e.data.emplace_back("id_card", text("secret")); }},
      {"the key `customer_no` is not the subject `C001`", "主键 `户号` 与 subject `C001` 不一致",
       [](RawEvent& e) {
         e.type = "Customer";
         e.data = {{"customer_no", text("C002")}};
       }},
      {"a new `Staff` needs `name`, which is missing", "新的 `员工` 缺少 `姓名`",
       [](RawEvent& e) {
         e.type = "Staff";
         e.data.clear();
       }},
  };
  for (const Row& row : rows) {
    RawEvent raw = bill();
    row.change(raw);
    const IntakeError error = error_of(raw);
    EXPECT_EQ(error.english, row.english);
    EXPECT_EQ(error.chinese, row.chinese);
  }
}

TEST(TakeInTest, ASubjectHasAtMost256Bytes) {
  RawEvent raw = bill();
  raw.subject = std::string(256, 'x');
  EXPECT_EQ(taken<Input>(raw).subject.key, raw.subject);
  raw.subject += 'x';
  EXPECT_NE(error_of(raw).english.find("is longer than 256 bytes"), std::string::npos);
}

TEST(InitialAttributesTest, GivenThenDefaultThenNone) {
  const Key customer{kCustomer, "C001"};
  const Key manager{kStaffEntity, "S01"};
  const auto values = initial_attributes(plan(), References(), customer, {{0, manager}});
  ASSERT_TRUE(std::holds_alternative<std::vector<Value>>(values));
  EXPECT_EQ(std::get<std::vector<Value>>(values),
            (std::vector<Value>{manager, ChoiceValue{0, 0}, None{}}));

  const auto failed = initial_attributes(plan(), References(), customer, {{2, None{}}});
  ASSERT_TRUE(std::holds_alternative<IntakeError>(failed));
  EXPECT_EQ(std::get<IntakeError>(failed).english,
            "a new `Customer` needs `manager`, which is missing");
  EXPECT_EQ(std::get<IntakeError>(failed).chinese, "新的 `客户` 缺少 `客户经理`");
}

TEST(ReferencesTest, RowsAreReplacedAndCopiesStandAlone) {
  References rows;
  EXPECT_EQ(rows.find(3, "S01"), nullptr);
  rows.put(3, "S01", {true});
  rows.put(3, "S01", {false});
  rows.put(0, "S01", {None{}});
  EXPECT_EQ(rows.size(), 2u);
  ASSERT_NE(rows.find(3, "S01"), nullptr);
  EXPECT_EQ(*rows.find(3, "S01"), (References::Row{false}));
  EXPECT_EQ(rows.find(1, "S01"), nullptr);

  const References copy = rows;
  rows.put(3, "S01", {true});
  EXPECT_EQ(*copy.find(3, "S01"), (References::Row{false}));
}

}  // namespace
}  // namespace duban::intake_test
