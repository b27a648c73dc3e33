// From texts to a plan: names, types, errors with their places, and what the plan knows of itself.
#include "engine/compile.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace duban::compile_test {
namespace {

constexpr const char* kWords = R"(vocabulary "Shop" (商店)
  timezone "Asia/Shanghai"
  currency CNY (元)

calendar office (工作日历)
  from "days.csv"
  hours 09:00 to 17:00

reference Staff (员工) key staff_no (工号)
  staff_no (工号) : text
  name (姓名) : text
  boss (上级) : Staff?

entity Customer (客户) key account (户号)
  account (户号) : text
  name (名称) : text
  phone (手机) : text?
  class (类别) : small (小户) | large (大户)
  credit (信誉) : good (优质) | fair (中等) | poor (较差) = fair
  critical (重要用户) : yes/no = no
  manager (客户经理) : Staff?

choice document (材料) : licence (执照) | deed (产权证)

event registered (建档) for Customer
  set name, class, credit
event bill_issued (开账) for Customer
  bill_no (账单号) : text
  amount (金额) : money
  due_date (到期日) : date
event paid (缴费) for Customer
  bill_no (账单号) : text
  amount (金额) : money
event visited (走访) for Customer
  kwh (电量) : number
  papers (材料单) : set of document
event closed (销户) for Customer

outgoing event cut (停电) for Customer
  bill_no (账单号) : text

broadcast event outage (计划停电) to Customer where class = event.class
  class (类别) : text

channel sms (短信) to phone
channel app (应用) to staff_no
)";

constexpr const char* kDays = "date,is_workday\n2026-01-05,1\n2026-01-06,1\n2026-01-07,0\n";

std::string words() {  // without what does not compile
  std::string text = kWords;
  const size_t at = text.find("broadcast event");
  return text.erase(at, text.find("channel sms") - at);
}

Compilation compile_with(const std::string& policy, const Layout* previous = nullptr,
                         std::map<std::string, std::string> parameters = {}) {
  CompileInput input;
  input.files.push_back({"words.rules", words()});
  input.files.push_back({"days.csv", kDays});
  input.files.push_back({"policy.rules", "policy \"P\"\n  use \"words.rules\"\n\n" + policy});
  input.previous = previous;
  input.parameters = std::move(parameters);
  return compile(input);
}

// `E101 7:12 english` of each finding.
std::string findings(const Compilation& compilation) {
  std::string out;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    const auto at = compilation.sources[diagnostic.span.file].position(diagnostic.span.begin);
    out += diagnostic.code + " " + std::to_string(at.line) + ":" + std::to_string(at.column) + " " +
           diagnostic.english +
           (diagnostic.english_hint.empty() ? "" : " (" + diagnostic.english_hint + ")") + "\n";
  }
  return out;
}

std::shared_ptr<const Plan> plan_of(const std::string& policy) {
  const Compilation compilation = compile_with(policy);
  EXPECT_EQ(findings(compilation), "");
  EXPECT_TRUE(compilation.plan);
  return compilation.plan;
}

const Step* step_named(const Plan& plan, const std::string& id) {
  for (const Step& step : plan.steps) {
    if (step.id == id) return &step;
  }
  ADD_FAILURE() << "no step " << id;
  return nullptr;
}

uint16_t event_of(const Plan& plan, const char* name) { return *plan.layout.find_event(name); }

// ---------------------------------------------------------------- what compiles

constexpr const char* kCollection = R"(parameter large_bill (大额) = 5,000 yuan

notice reminder (提醒) service sms
  "Dear {name}: {case.amount} of {bill_no} is due on {due_date}; {outstanding} is open."
notice due_soon (将到期) service app
  "{name}: due at {due}, says {owner.boss.name}."

forbid cut when Customer.critical because "never"

case Collection (催费) of Customer per bill_no
  opens on bill_issued
  keep settled (已缴) : money = 0 yuan
  define outstanding (未缴) = amount - settled
  keep stop_on (停电日) : date?
  closes when outstanding <= 0 yuan as done (已结清)
  closes on closed as void (作废)
  owner manager

  on paid:
    set settled = settled + event.amount
  3 days before due_date:
    notify Customer by sms reminder
  7 days after due_date if amount at least large_bill or credit is poor:
    task "Phone {name} about {bill_no}" for owner
      due within 2 working days
      needs answer (答复) : promised (承诺) | refused (拒绝)
      done on visited
      2 working hours before due: notify owner by app due_soon
      when late: escalate to owner.boss
      when done if answer is refused: raise cut with bill_no = bill_no
  on reminder delivered:
    set stop_on = today + 7 days
  at stop_on:
    raise cut with bill_no = bill_no
)";

constexpr const char* kCollectionChinese = R"(办法 “催费” （P）
  引用 “words.rules”

参数 大额 （large_bill） = 5000 元

通知模板 提醒 （reminder） 服务 短信
  “尊敬的{名称}：{账单号}的{事项的金额}应于{到期日}前交纳，尚欠{未缴}。”
通知模板 将到期 （due_soon） 服务 应用
  “{名称}：{办理期限}到期，{负责人的上级的姓名}。”

禁止 停电 当 客户的重要用户 时 理由 “不得”

事项 催费 （Collection） 对象 客户 按 账单号
  启动事件 开账
  记录 已缴 （settled）： 金额型 = 0 元
  定义 未缴 （outstanding） = 金额 - 已缴
  记录 停电日 （stop_on）： 日期型？
  办结条件 未缴 不超过 0 元 结果 已结清 （done）
  办结事件 销户 结果 作废 （void）
  负责人 客户经理

  发生 缴费 时：
    更新 已缴 = 已缴 + 本次的金额
  到期日 前 3 日：
    向 客户 发送 短信 提醒
  到期日 后 7 日 若 金额 不低于 大额 或者 信誉 为 较差：
    交办 负责人 “就{账单号}电话联系{名称}”
      时限 2 个工作日
      须填写 答复 （answer）： 承诺 （promised）｜拒绝 （refused）
      完成标志 走访
      截止前 2 个工作小时： 向 负责人 发送 应用 将到期
      超时未办： 提级至 负责人的上级
      办毕时 若 答复 为 拒绝： 发起 停电，内容 账单号 = 账单号
  提醒 送达时：
    更新 停电日 = 今日 + 7 日
  于 停电日：
    发起 停电，内容 账单号 = 账单号
)";

TEST(Compile, CaseWithEverything) {
  const auto plan = plan_of(kCollection);
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->cases.size(), 1u);
  const Case& owner = plan->cases[0];
  ASSERT_EQ(owner.variables.size(), 5u);
  EXPECT_EQ(owner.variables[3].names.alias, "已缴");
  EXPECT_TRUE(owner.keyed);
  EXPECT_NE(owner.key_on_event[event_of(*plan, "paid")], kNone);
  EXPECT_EQ(owner.key_on_event[event_of(*plan, "closed")], kNone);
  ASSERT_EQ(owner.outcomes.size(), 2u);
  EXPECT_EQ(owner.outcomes[0].name, "done");

  ASSERT_EQ(plan->tasks.size(), 1u);
  EXPECT_EQ(plan->tasks[0].id, "Collection/after:7d:due_date/task#1");
  EXPECT_EQ(plan->tasks[0].needs.size(), 1u);
  EXPECT_EQ(plan->layout.choices[plan->tasks[0].needs[0].type.id].names.name,
            "Collection/after:7d:due_date/task#1.answer");
  for (const char* id : {"Collection/on:paid", "Collection/before:3d:due_date",
                         "Collection/delivered:reminder", "Collection/at:stop_on"}) {
    EXPECT_TRUE(step_named(*plan, id));
  }
  EXPECT_TRUE(plan->notices[0].receipts_matter);
  EXPECT_FALSE(plan->notices[1].receipts_matter);
}

TEST(Compile, TouchIndexAndDependencies) {
  const auto plan = plan_of(kCollection);
  ASSERT_TRUE(plan);
  const auto& touches = plan->touches;
  EXPECT_EQ(touches[event_of(*plan, "bill_issued")].openings.size(), 1u);
  EXPECT_EQ(touches[event_of(*plan, "paid")].steps.size(), 1u);
  EXPECT_EQ(touches[event_of(*plan, "closed")].closings.size(), 1u);
  EXPECT_EQ(touches[event_of(*plan, "visited")].done_on.size(), 1u);
  EXPECT_EQ(touches[event_of(*plan, "cut")].forbids.size(), 1u);
  EXPECT_EQ(touches[event_of(*plan, "registered")].sets.size(), 3u);
  const Step* before = step_named(*plan, "Collection/before:3d:due_date");
  ASSERT_TRUE(before);
  EXPECT_EQ(before->deps.variables, (std::vector<uint16_t>{2}));
  EXPECT_FALSE(before->deps.time);
}

TEST(Compile, BothLanguagesGiveOneDigest) {
  const auto english = plan_of(kCollection);
  CompileInput input;
  input.files = {
      {"a/words.rules", words()}, {"days.csv", kDays}, {"办法.rules", kCollectionChinese}};
  const Compilation chinese = compile(input);
  EXPECT_EQ(findings(chinese), "");
  ASSERT_TRUE(english && chinese.plan);
  for (size_t i = 0; i < english->steps.size(); ++i) {
    EXPECT_EQ(english->steps[i].id, chinese.plan->steps[i].id);
    EXPECT_EQ(english->steps[i].memory, chinese.plan->steps[i].memory);
  }
  EXPECT_EQ(english->digest.to_hex(), chinese.plan->digest.to_hex());
  EXPECT_TRUE(chinese.plan->tasks[0].title.chinese);
}

TEST(Compile, DigestSeesLogicAndNotWords) {
  const std::string text = kCollection;
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string other = text;
    other.replace(other.find(from), from.size(), to);
    return plan_of(other)->digest;
  };
  const Digest digest = plan_of(text)->digest;
  EXPECT_EQ(changed("Dear {name}", "Good day {name}"), digest);
  EXPECT_EQ(changed("\"never\"", "\"on no account\""), digest);
  EXPECT_NE(changed("{case.amount} of", "the sum of"), digest);
  EXPECT_NE(changed("7 days after", "8 days after"), digest);
  EXPECT_NE(changed("credit is poor", "credit is fair"), digest);
  EXPECT_NE(changed("5,000", "5,001"), digest);
}

TEST(Compile, TablesAndTheirTypes) {
  const auto plan = plan_of(R"(notice level_changed service app "{name} is now {level.tier}."
table level first match
  | class | critical | => tier (级别) | answer |
  | large | any      | gold (金) | 2 working hours |
  | any   | yes      | gold      | 4 working hours |
  | any   | any      | plain (普通) | 8 working hours |
table needed of Customer all matches, union
  | class | => papers |
  | any   | {licence} |
  | large | {deed, licence} |
rule "changed"
  when level.tier changes:
    notify manager by app level_changed
  on visited if event.papers minus needed.papers is not empty:
    task "Ask {name}" for manager
      due within level.answer
)");
  ASSERT_TRUE(plan);
  ASSERT_EQ(plan->tables.size(), 2u);
  const Type tier = plan->tables[0].output_types[0];
  ASSERT_EQ(tier.kind, TypeKind::choice);
  EXPECT_EQ(plan->layout.choices[tier.id].names.name, "level.tier");
  EXPECT_EQ(plan->layout.choices[tier.id].values.size(), 2u);
  EXPECT_EQ(plan->layout.choices[tier.id].values[0].alias, "金");
  EXPECT_EQ(plan->tables[0].output_types[1].kind, TypeKind::duration);
  EXPECT_TRUE(plan->tables[1].output_types[0].set);
  const Step* step = step_named(*plan, "changed/changes:level.tier");
  ASSERT_TRUE(step);
  EXPECT_EQ(step->deps.attributes.size(), 2u);
  EXPECT_EQ(plan->entities[*plan->layout.find_entity("Customer")].watching_rules.size(), 1u);
  EXPECT_EQ(plan->tasks[0].due_deps.attributes.size(), 2u);
}

TEST(Compile, AggregatesNeedTheirHistory) {
  const auto plan = plan_of(R"(parameter surge = 150%
define usual of Customer = average of visited.kwh over the last 24 months
define cheap of Customer = count of paid over the last 10 days where amount below 5 yuan
rule "surge"
  on visited if usual is known and kwh at least surge * usual and cheap below 3:
    set credit = poor
)");
  ASSERT_TRUE(plan);
  const HistoryNeed& visited = plan->history[event_of(*plan, "visited")];
  EXPECT_TRUE(visited.needed);
  EXPECT_FALSE(visited.forever);
  EXPECT_GE(visited.days, 24 * 31);
  EXPECT_LT(plan->history[event_of(*plan, "paid")].days, 15);
  EXPECT_FALSE(plan->history[event_of(*plan, "closed")].needed);
}

TEST(Compile, OverridesOfParameters) {
  const std::string text =
      "parameter limit = 5 yuan\nrule \"r\"\n  on paid if event.amount above "
      "limit:\n    set credit = good\n";
  const auto value = [](const Compilation& compilation) {
    const Plan& plan = *compilation.plan;
    return plan.constants[plan.nodes[plan.parameters[0].value].a].as<Decimal>().to_string();
  };
  EXPECT_EQ(value(compile_with(text)), "5");
  EXPECT_EQ(value(compile_with(text, nullptr, {{"limit", "7.5 元"}})), "7.5");
  EXPECT_NE(compile_with(text).plan->digest,
            compile_with(text, nullptr, {{"limit", "6 元"}}).plan->digest);
  for (const char* bad : {"7", "3 days", "limit", "", "1 yuan\nparameter y = 2"}) {
    EXPECT_EQ(findings(compile_with(text, nullptr, {{"limit", bad}})).substr(0, 2), "E1") << bad;
  }
  EXPECT_EQ(findings(compile_with(text, nullptr, {{"limt", "7 yuan"}})).substr(0, 4), "E127");
}

TEST(Compile, SlotsStayWhereTheyWere) {
  const Compilation first = compile_with(kCollection);
  ASSERT_TRUE(first.plan);
  CompileInput input;
  std::string text = words();
  text.insert(text.find("  class (类别)"), "  city (城市) : text?\n");
  text.replace(text.find("fair (中等) | "), std::string("fair (中等) | ").size(), "");
  text.replace(text.find(" = fair"), 7, " = good");
  input.files = {{"words.rules", text},
                 {"days.csv", kDays},
                 {"p.rules", "policy \"P\"\n  use \"words.rules\"\n" + std::string(kCollection)}};
  input.previous = &first.plan->layout;
  const Compilation second = compile(input);
  EXPECT_EQ(findings(second), "");
  ASSERT_TRUE(second.plan);
  const auto& before = first.plan->layout.entities[1].attributes;
  const auto& after = second.plan->layout.entities[1].attributes;
  ASSERT_EQ(after.size(), before.size() + 1);
  for (size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].names, before[i].names);
  EXPECT_EQ(after.back().names.name, "city");
  EXPECT_EQ(second.plan->layout.cases, first.plan->layout.cases);
  // A value that was dropped keeps its place and is found no more.
  const auto& credit =
      second.plan->layout.choices[*second.plan->layout.find_choice("Customer.credit")];
  EXPECT_EQ(credit.values.size(), 3u);
  input.files[2].text += "rule \"r\"\n  on closed:\n    set credit = fair\n";
  EXPECT_NE(findings(compile(input)).find("E101"), std::string::npos);

  const std::string name = "name (名称) : text";
  input.files[0].text.replace(input.files[0].text.find(name), name.size(), "name (名称) : date");
  EXPECT_NE(findings(compile(input)).find("E126"), std::string::npos);
}

// ---------------------------------------------------------------- what does not

struct Wrong {
  const char* policy;   // line 4 of the file is its first
  const char* finding;  // the beginning of what is said; the only finding
};

class CompileErrors : public testing::TestWithParam<Wrong> {};

TEST_P(CompileErrors, AreSaidOnceAtTheirPlace) {
  const Compilation compilation = compile_with(GetParam().policy);
  const std::string found = findings(compilation);
  EXPECT_EQ(found.substr(0, std::string(GetParam().finding).size()), GetParam().finding);
  EXPECT_EQ(std::count(found.begin(), found.end(), '\n'), 1) << found;
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    EXPECT_NE(diagnostic.chinese, "") << diagnostic.code;
  }
  EXPECT_EQ(compilation.plan == nullptr, GetParam().finding[0] == 'E');
}

#define ON_PAID(line) "rule \"r\"\n  on paid" line "\n"

const Wrong kWrongNames[] = {
    {ON_PAID(" if credti is poor:\n    set credit = good"),
     "E101 5:14 nothing here is called `credti` (did you mean `credit`?)"},
    {ON_PAID(" if credit is por:\n    set credit = good"),
     "E101 5:24 `por` is neither a name known here"},
    {ON_PAID(":\n    set credit = goood"), "E101 6:18 `goood` is neither"},
    {ON_PAID(":\n    set crdit = good"),
     "E101 6:9 there is nothing to set called `crdit` (did you"},
    {ON_PAID(" if manager.bos is known:\n    set credit = good"), "E101 5:22 `Staff` has no `bos`"},
    {"rule \"r\"\n  on payed:\n    set credit = good\n", "E101 5:6 there is no event `payed`"},
    {"notice n service sms \"Dear {nmae}!\"\nrule \"r\"\n  on paid:\n    notify Customer n\n",
     "E101 4:29 nothing here is called `nmae` (did you mean `name`?)"},
    {"notice n service sms \"Dear {name\"\nrule \"r\"\n  on paid:\n    notify Customer n\n",
     "E115 4:28"},
    {"parameter a = 1\nparameter a = 2\nrule \"r\"\n  on visited if kwh above a:\n    set credit = "
     "good\n",
     "E103 5:11 `a` is declared twice"},
    {"parameter amount = 5 yuan\nrule \"r\"\n  on paid if amount above 3 yuan:\n    set credit = "
     "good\n",
     "E102 6:14 `amount` means several things here (write `event.amount`)"},
    {ON_PAID(" if now above due:\n    set credit = good"), "E123 5:24 `due` is known only inside"},
    {"rule \"r\"\n  when class is large:\n    set credit = event.x\n",
     "E123 6:18 there is no event"},
};

const Wrong kWrongTypes[] = {
    {ON_PAID(" if amount above 5000:\n    set credit = good"),
     "E105 5:27 an amount of money says its currency (write `5000 CNY`)"},
    {ON_PAID(" if amount above 5 euros:\n    set credit = good"), "E105 5:29 `euros` is not the"},
    {ON_PAID(" if amount:\n    set credit = good"),
     "E108 5:14 a condition is yes or no; this is money"},
    {ON_PAID(" if amount above bill_no:\n    set credit = good"),
     "E104 5:14 cannot compare money and text"},
    {ON_PAID(" if credit above poor:\n    set credit = good"),
     "E104 5:14 a choice of `Customer.credit` has"},
    {ON_PAID(":\n    set name = 5"), "E104 6:16 expected text, found a number"},
    {ON_PAID(":\n    set critical = none"), "E104 6:20 this must have a value"},
    {ON_PAID(":\n    set name = phone"),
     "W106 6:16 a value is required here, and `phone` may be missing"},
    {"rule \"r\"\n  on bill_issued if today - due_date above 3:\n    set credit = good\n",
     "E104 5:21 cannot subtract a date and a date (write `days from A to B`"},
    {"rule \"r\"\n  on bill_issued if due_date + 3 hours below today:\n    set credit = good\n",
     "E109 5:21 a date has no time of day"},
    {"parameter p = 3 days\nrule \"r\"\n  on paid if p below 2 working days:\n    set credit = "
     "good\n",
     "E109 6:14 durations of different kinds"},
    {"table t all matches, max\n  | credit | => wait |\n  | good | 3 days |\n  | any | 2 working "
     "days "
     "|\nrule \"r\"\n  on paid:\n    task \"t\" for manager\n      due within t.wait\n",
     "E109 7:11 durations of different kinds"},
    {"rule \"r\"\n  on visited if papers contains large:\n    set credit = good\n",
     "E101 5:33 `large` is neither"},
    {ON_PAID(":\n    task \"t\" for name\n      due within 1 day"), "E117 6:18 expected somebody"},
    {ON_PAID(":\n    task \"t\" for manager\n      due within 3"), "E104 7:18 expected a duration"},
};

const Wrong kWrongPrograms[] = {
    {ON_PAID(":\n    set account = \"x\""), "E114 6:9 a key is never set"},
    {ON_PAID(":\n    set manager.name = \"x\""), "E"},
    {ON_PAID(":\n    raise cut"), "E118 6:11 `cut` also needs `bill_no`"},
    {ON_PAID(":\n    close as done"), "E123 6:5 there is no case here to close"},
    {"rule \"r\"\n  on opening:\n    set credit = good\n",
     "E123 5:3 this trigger stands only in a case"},
    {"notice n service app \"{name}\"\nrule \"r\"\n  on paid:\n    notify Customer n\n",
     "E116 7:12 `Customer` has no address for `app`"},
    {"rule \"r\"\n  when class is large and now above now - 3 days:\n    set credit = good\n",
     "E119 5:27 no timer can follow how a condition that is watched moves with the clock here"},
    {"define late of Customer = now is known\nrule \"r\"\n  when class is large and late:\n"
     "    set credit = good\n",
     "E119 6:8 no timer can follow"},
    {"rule \"r\"\n  when max(now, now + 1 month) above 2026-05-01 09:00 and class is large:\n"
     "    set credit = good\n",
     "E119 5:8 no timer can follow"},
    {"rule \"r\"\n  when now + 1 month + 2 hours above 2026-05-01 09:00 and class is large:\n"
     "    set credit = good\n",
     "E119 5:8 no timer can follow"},
    {"case C of Customer per bill_no\n  opens on bill_issued\n"
     "  closes when now in (now, 2026-05-01 09:00) as over\n",
     "E119 6:15 no timer can follow how a condition that closes a case"},
    {"case C of Customer\n  opens when {now} is not empty and class is large\n  closes on closed "
     "as "
     "over\n",
     "E119 5:14 no timer can follow how a condition that opens a case"},
    {ON_PAID(
         ":\n    task \"t\" for manager\n      due within 1 day\n      paused while now is known"),
     "E119 8:20 no timer can follow how a condition that pauses a task"},
    {ON_PAID(
         ":\n    task \"t\" for manager\n      due within 1 day\n      paused while due is known"),
     "E"},
    {"case C of Customer per bill_no\n  opens on bill_issued\n  closes on closed as over\n"
     "  3 days after today:\n    set credit = good\n",
     "E119 7:16 a time that moves with the clock never comes"},
    {ON_PAID(":\n    task \"t\" for manager\n      due at 2026-05-01\n"
             "      paused while credit is poor"),
     "E160 8:20 a deadline at a fixed time has no clock to pause"},
    {ON_PAID(":\n    task \"t\" for manager\n      paused while credit is poor"),
     "E161 7:20 this task has no deadline to pause"},
    {ON_PAID(":\n    task \"t\" for manager\n      paused while event.amount above 3 yuan\n"
             "      due within 1 day"),
     "W120 7:20 nothing can begin or end this pause"},
    {"define a of Customer = b + 1\ndefine b of Customer = a + 1\nrule \"r\"\n  on visited if kwh "
     "above a:\n"
     "    set credit = good\n",
     "E120"},
    {"rule \"r\"\n  on paid:\n    raise visited with kwh = 1, papers = {deed}\n  on visited:\n"
     "    raise paid with bill_no = \"b\", amount = 1 yuan\n",
     "E121"},
    {"rule \"r\"\n  when credit is poor:\n    set credit = fair\n",
     "E121 6:9 this starts itself again"},
    {"rule \"a\"\n  on paid:\n    set credit = fair\nrule \"b\"\n  on paid:\n    set credit = "
     "good\n",
     "E122 9:9 `credit` is set to another value at policy.rules:6"},
    {"case C of Customer per bill_no\n  opens on bill_issued\n  on paid:\n    set credit = good\n",
     "W104 4:6 the case `C` never closes"},
    {"case C of Customer per bill_no\n  opens on bill_issued\n  closes on paid as done\n  on "
     "paid:\n"
     "    set bill_no = \"x\"\n",
     "E114 8:9 the case is found by its key"},
    {ON_PAID(":\n    task \"t\" for manager"), "W105 6:5 this task has no deadline"},
    {"notice n service sms \"x\"\n", "W101 4:8 the notice `n` is never sent"},
    {"parameter p = 1\n", "W102 4:11 the parameter `p` is never used"},
    {"table t first match\n  | class | => x |\n  | large | 1 |\nrule \"r\"\n  on visited if t "
     "above kwh:\n"
     "    set credit = good\n",
     "W103 4:7 the table may match no row"},
    {"table t first match\n  | class | => x |\n  | any | 1 |\n  | large | 2 |\nrule \"r\"\n"
     "  on visited if t above kwh:\n    set credit = good\n",
     "W107 7:3"},
};

INSTANTIATE_TEST_SUITE_P(Names, CompileErrors, testing::ValuesIn(kWrongNames));
INSTANTIATE_TEST_SUITE_P(Types, CompileErrors, testing::ValuesIn(kWrongTypes));
INSTANTIATE_TEST_SUITE_P(Programs, CompileErrors, testing::ValuesIn(kWrongPrograms));

// ---------------------------------------------------------------- files

TEST(Compile, UsesAndVisibility) {
  CompileInput input;
  input.files = {{"a/p.rules", "policy \"P\"\n  use \"../b/words.rules\"\n  use \"gone.rules\"\n"},
                 {"b/words.rules", words()},
                 {"b/days.csv", kDays}};
  EXPECT_EQ(findings(compile(input)).substr(0, 36), "E106 3:7 the file `gone.rules` is no");
  input.files[0].text = "policy \"P\"\n" ON_PAID(":\n    set credit = good");
  EXPECT_EQ(findings(compile(input)).substr(0, 49),
            "E107 3:6 `paid` is declared in b/words.rules, whi");
}

TEST(Compile, CalendarsAreRead) {
  EXPECT_TRUE(read_workdays(kDays));
  EXPECT_FALSE(read_workdays("date\n2026-01-01\n"));
  EXPECT_FALSE(read_workdays("date,is_workday\n2026-02-30,1\n"));
  EXPECT_FALSE(read_workdays("date,is_workday\n2026-02-03,maybe\n"));
  CompileInput input;
  input.files = {{"words.rules", words()}, {"days.csv", "date,is_workday\n2026-02-03,2\n"}};
  EXPECT_EQ(findings(compile(input)).substr(0, 9), "E111 6:8 ");
  input.files.pop_back();
  EXPECT_EQ(findings(compile(input)).substr(0, 9), "E106 6:8 ");
}

TEST(Compile, WorkingDaysNeedACalendar) {
  CompileInput input;
  std::string text = words();
  const size_t at = text.find("calendar office");
  text.erase(at, text.find("reference Staff") - at);
  input.files = {{"words.rules",
                  text + ON_PAID(":\n    task \"t\" for manager\n      due within 1 working day")}};
  EXPECT_NE(findings(compile(input)).find("E110"), std::string::npos);
}

TEST(Compile, NothingAndNonsense) {
  EXPECT_TRUE(compile({}).plan);
  for (const char* text :
       {"", "case C of Nobody per x\n  opens on e\n", "table t first match\n | a | => b |\n",
        "event e for Nobody\n  set a, b\n", "rule \"r\"\n  when x: set y = z\n"}) {
    CompileInput input;
    input.files = {{"a.rules", text}};
    compile(input);
  }
}

// It would be a value that nobody sent; on an attribute it is the value of a new subject.
TEST(Compile, AnEventsFieldHasNoDefault) {
  const Compilation wrong = compile_with(
      "event measured for Customer\n  kwh : number\n  estimated : yes/no = no\n"
      "rule \"R\"\n  on measured if kwh above 1 and estimated: set credit = good\n");
  EXPECT_EQ(findings(wrong),
            "E123 6:24 a field of an event has no default "
            "(the event brings its value; one that may be missing has `?`)\n");
}

// A chain of defines is bounded, whatever its length, and so is what doubling makes of one.
TEST(Compile, ChainsAreBounded) {
  std::string chain = "define d0 of Customer = 1\n", doubling = chain;
  for (int i = 1; i < 2000; ++i) {
    const std::string name = "d" + std::to_string(i), last = "d" + std::to_string(i - 1);
    chain += "define " + name + " of Customer = " + last + " + 1\n";
    if (i < 60) doubling += "define " + name + " of Customer = " + last + " + " + last + "\n";
  }
  for (const std::string& text : {chain, doubling}) {
    EXPECT_NE(findings(compile_with(text)).find("E130"), std::string::npos);
  }
}

}  // namespace
}  // namespace duban::compile_test
