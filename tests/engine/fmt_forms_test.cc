// Goal: every form is written as the language reference has it, in both languages, and each is the
// other's respelling. Method: pairs of canonical texts over the same names. Each must stay as it
// is, become the other when it is respelled, and read as the same tree.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "engine/fmt.h"
#include "engine/parse.h"
#include "tests/engine/syntax_dump.h"
#include "tests/thorough.h"

namespace duban::fmt_forms_test {
namespace {

std::string tree(const std::string& text) {
  SourceSet sources = {Source("t.rules", text)};
  std::vector<Diagnostic> found;
  const syntax::File file = parse(sources[0], 0, found);
  for (const Diagnostic& diagnostic : found) {
    ADD_FAILURE() << render(diagnostic, sources, Language::english);
  }
  return dump(file);
}

// With the ASCII one of a name and its alias first, as plans have it; `event.time` by its own name.
std::string canonical(std::string dumped) {
  static const std::regex aliased(R"(([^ ()\[\]]+)\(([^ ()\[\]]+)\))");
  std::string out;
  std::smatch found;
  while (std::regex_search(dumped, found, aliased)) {
    const bool swap = has_chinese(found[1].str());
    out += found.prefix().str() + found[swap ? 2 : 1].str() + "(" + found[swap ? 1 : 2].str() + ")";
    dumped = found.suffix().str();
  }
  out += dumped;
  out = std::regex_replace(out, std::regex("发生时间"), "time");
  return std::regex_replace(out, std::regex("启动时间"), "opened");
}

std::string formatted(const std::string& text) { return format_rules(Source("t.rules", text)); }

// Names stay: nothing is known of them.
std::string respelled(const std::string& text, Language language) {
  return format_rules(Source("t.rules", text), Respelling{language, {}, {}});
}

struct Pair {
  std::string english, chinese;
};

void expect_pairs(const std::vector<Pair>& pairs, const std::string& english_head = "",
                  const std::string& chinese_head = "") {
  for (const Pair& pair : pairs) {
    SCOPED_TRACE(pair.english);
    const std::string english = english_head + pair.english + "\n";
    const std::string chinese = chinese_head + pair.chinese + "\n";
    EXPECT_EQ(canonical(tree(english)), canonical(tree(chinese))) << english << chinese;
    EXPECT_EQ(formatted(english), english);
    EXPECT_EQ(formatted(chinese), chinese);
    EXPECT_EQ(respelled(english, Language::chinese), chinese);
    EXPECT_EQ(respelled(chinese, Language::english), english);
    EXPECT_EQ(respelled(english, Language::english), english);
    EXPECT_EQ(respelled(chinese, Language::chinese), chinese);
  }
}

TEST(FmtForms, Headers) {
  expect_pairs({
      {"policy \"Collection\" (催费)\n  use \"../utility.rules\"\n  effective from 2026-01-01\n"
       "  basis \"§ 98\"",
       "办法 “催费” （Collection）\n  引用 “../utility.rules”\n  自 2026年1月1日 起施行\n"
       "  依据 “§ 98”"},
      {"policy \"X\"\n  effective from 2026-01-01 to 2026-12-31",
       "办法 “X”\n  自 2026年1月1日 起施行，至 2026年12月31日 止"},
      {"vocabulary \"Power\" (供电)\n  timezone \"Asia/Shanghai\"\n  currency CNY (元)\n"
       "  day starts at 09:00",
       "词汇 “供电” （Power）\n  时区 “Asia/Shanghai”\n  货币 CNY （元）\n  每日起始 09:00"},
      {"use \"a.rules\"", "引用 “a.rules”"},
  });
}

TEST(FmtForms, Declarations) {
  expect_pairs({
      {"calendar office (工作日历) default\n  from \"d.csv\"\n  hours 08:30 to 12:00, 14:00 to "
       "17:30",
       "日历 工作日历 （office） 默认\n  来自 “d.csv”\n  工时 08:30 至 12:00，14:00 至 17:30"},
      {"calendar c from \"d.csv\", hours 08:30 to 12:00",
       "日历 c 来自 “d.csv”，工时 08:30 至 12:00"},
      {"calendar c, hours 08:30 to 12:00", "日历 c，工时 08:30 至 12:00"},
      {"reference Staff (员工) key id (工号)\n  id   (工号) : text\n  boss (上级) : Staff?",
       "参照 员工 （Staff） 主键 工号 （id）\n  工号 （id）： 文本型\n  上级 （boss）： Staff？"},
      {"entity C key k\n  a         : yes/no = no\n  b         : number = 0\n  c         : money\n"
       "  d         : date\n  e         : time\n  f         : datetime\n  g         : duration\n"
       "  documents : set of document\n  texts     : set of text\n"
       "  h         : text? private\n  grade     : high | low = low",
       "对象 C 主键 k\n  a： 是否型 = 否\n  b： 数值型 = 0\n  c： 金额型\n  d： 日期型\n  e： "
       "时刻型\n"
       "  f： 时间型\n  g： 时长型\n  documents： document 集合\n  texts： 文本型 集合\n"
       "  h： 文本型？ 隐私\n  grade： high｜low = low"},
      {"choice document (材料) : identity (身份证明) | deed (产权证明)",
       "选项 材料 （document）： 身份证明 （identity）｜产权证明 （deed）"},
      {"event bill (电费) for C\n  amount (金额) : money\n  set name, phone",
       "事件 电费 （bill） 对象 C\n  金额 （amount）： 金额型\n  更新 name、phone"},
      {"event visit for C\n  set last = on_day, next = none",
       "事件 visit 对象 C\n  更新 last = on_day，next = 无"},
      {"broadcast event outage to C where feeder = event.feeder\n  feeder : F",
       "广播事件 outage 对象 C 其中 feeder = 本次的feeder\n  feeder： F"},
      {"outgoing event cut (停电) for C", "对外事件 停电 （cut） 对象 C"},
      {"channel sms (短信) to phone\n  quiet 21:00 to 08:00\n  at most 1 per day, 3 per week else "
       "drop",
       "渠道 短信 （sms） 至 phone\n  免扰 21:00 至 08:00\n  每日至多 1 条，每周至多 3 条，超出 "
       "舍弃"},
      {"channel sms to phone\n  at most 2 per month, 9 per year else wait",
       "渠道 sms 至 phone\n  每月至多 2 条，每年至多 9 条，超出 等候"},
      {"notice n (通知) service sms, app \"Hi {name}\"",
       "通知模板 通知 （n） 服务 sms、app “Hi {name}”"},
      {"notice n mandatory sms\n  \"Hi {name}\"\n  expires after 2 days",
       "通知模板 n 必达 sms\n  “Hi {name}”\n  有效期 2 日"},
      {"notice n commercial sms, expires after 1 week \"a\"",
       "通知模板 n 商业 sms，有效期 1 周 “a”"},
      {"parameter large (大额) = 5,000 yuan", "参数 大额 （large） = 5000 元"},
      {"define d (常用) of C = a - b", "定义 常用 （d） 对象 C = a - b"},
      {"forbid cut when C.critical because \"no\"", "禁止 cut 当 C的critical 时 理由 “no”"},
  });
}

TEST(FmtForms, Tables) {
  expect_pairs({
      {"table t (等级) first match\n"
       "  | kwh           | credit     | => tier (级别) | within  |\n"
       "  | >= 10,000,000 | not poor   |    nanny       | 2 hours |\n"
       "  | any           | fair, poor |    tracked     | none    |",
       "决策表 等级 （t），首条命中\n"
       "  ｜ kwh           ｜ credit     ｜ => 级别 （tier） ｜ within ｜\n"
       "  ｜ >= 10,000,000 ｜ 不为 poor  ｜ nanny            ｜ 2 小时 ｜\n"
       "  ｜ 任意          ｜ fair、poor ｜ tracked          ｜ 无     ｜"},
  });
}

// A result may bring its alias with it; then the first of the two is the one that is read.
TEST(FmtForms, ResultsWithAliases) {
  const std::string english =
      "table t first match\n  | a | => tier           |\n  | 1 |    nanny (保姆式) |\n";
  const std::string chinese =
      "决策表 t，首条命中\n  ｜ a ｜ => tier          ｜\n  ｜ 1 ｜ 保姆式 （nanny） ｜\n";
  EXPECT_EQ(formatted(english), english);
  EXPECT_EQ(formatted(chinese), chinese);
  EXPECT_EQ(respelled(english, Language::chinese), chinese);
  EXPECT_EQ(respelled(chinese, Language::english), english);
}

TEST(FmtForms, TableHits) {
  const std::string rows = "\n  | a    | => b |\n  | x    |    1 |\n  | y, z |    2 |";
  const std::string chinese_rows =
      "\n  ｜ a    ｜ => b ｜\n  ｜ x    ｜    1 ｜\n  ｜ y、z ｜    2 ｜";
  expect_pairs({
      {"table t of C unique match" + rows, "决策表 t 对象 C，唯一命中" + chinese_rows},
      {"table t all matches" + rows, "决策表 t，全部命中" + chinese_rows},
      {"table t all matches, union" + rows, "决策表 t，全部命中，并集" + chinese_rows},
      {"table t all matches, sum" + rows, "决策表 t，全部命中，合计" + chinese_rows},
      {"table t all matches, min" + rows, "决策表 t，全部命中，最小值" + chinese_rows},
      {"table t all matches, max" + rows, "决策表 t，全部命中，最大值" + chinese_rows},
  });
}

size_t width(const std::string& text) {
  size_t columns = 0;
  for (const char32_t c : to_code_points(text)) columns += is_wide(c) ? 2 : 1;
  return columns;
}

// A table of one row with this input.
std::string table(const std::string& head, const std::string& bar, const std::string& cell,
                  const std::string& result) {
  const size_t columns = std::max<size_t>(1, width(cell));
  const auto row = [&](const std::string& input, const std::string& output) {
    return "\n  " + bar + " " + input + std::string(columns - width(input), ' ') + " " + bar + " " +
           output + " " + bar;
  };
  return head + row("a", "=> c") + row(cell, result);
}

TEST(FmtForms, Cells) {
  for (const Pair& cell :
       std::vector<Pair>{{"any", "任意"},
                         {"< 1", "< 1"},
                         {"<= 1", "<= 1"},
                         {"!= 1", "!= 1"},
                         {"at least 1", "不低于 1"},
                         {"at most 1", "不超过 1"},
                         {"above 1", "超过 1"},
                         {"below 1, above 9", "低于 1，超过 9"},
                         {"2026-01-01 to 2026-02-01", "2026年1月1日 至 2026年2月1日"},
                         {"1 to 5", "1 至 5"},
                         {"not 1", "不为 1"},
                         {"{x, y}", "{x、y}"},
                         {"yes", "是"},
                         {"2 working days", "2 个工作日"}}) {
    expect_pairs({{table("table t first match", "|", cell.english, "   x"),
                   table("决策表 t，首条命中", "｜", cell.chinese, "x   ")}});
  }
}

TEST(FmtForms, Cases) {
  expect_pairs(
      {
          {"  opens on e\n  closes on f if x as done (办结)",
           "  启动事件 e\n  办结事件 f 若 x 结果 办结 （done）"},
          {"  opens on e if a is b\n  closes when x <= 0 yuan as z",
           "  启动事件 e 若 a 为 b\n  办结条件 x <= 0 元 结果 z"},
          {"  opens when m is known and c is not r", "  启动条件 m 已知 且 c 不为 r"},
          {"  in flight: keep\n  basis \"§ 1\"", "  在途： 沿用旧版\n  依据 “§ 1”"},
          {"  in flight: recompute", "  在途： 按新版重算"},
          {"  in flight: restart", "  在途： 重新计时"},
          {"  owner manager\n  may reopen", "  负责人 manager\n  可重启"},
          {"  keep paid (已缴) : money = 0 yuan\n  define rest = amount - paid\n  keep s : date?",
           "  记录 已缴 （paid）： 金额型 = 0 元\n  定义 rest = amount - paid\n  记录 s： "
           "日期型？"},
      },
      "case K (事项一) of C per id\n", "事项 事项一 （K） 对象 C 按 id\n");
  expect_pairs({{"case K of C per id may reopen", "事项 K 对象 C 按 id 可重启"},
                {"case K of C", "事项 K 对象 C"}});
}

TEST(FmtForms, Triggers) {
  expect_pairs(
      {
          {"  on opening: close as x", "  启动时： 办结 结果 x"},
          {"  on opening if a is not empty: close as x", "  启动时 若 a 不为空： 办结 结果 x"},
          {"  on closing: set a = 1", "  办结时： 更新 a = 1"},
          {"  on closing as void if b: set a = 1", "  办结时 结果 void 若 b： 更新 a = 1"},
          {"  on e if a > 3:\n    set a = 1", "  发生 e 时 若 a > 3：\n    更新 a = 1"},
          {"  on n delivered: set a = 1", "  n 送达时： 更新 a = 1"},
          {"  on n failed: set a = 1", "  n 发送失败时： 更新 a = 1"},
          {"  when a is poor: set a = 1", "  当 a 为 poor 时： 更新 a = 1"},
          {"  when a.b changes: set a = 1", "  当 a的b 变化时： 更新 a = 1"},
          {"  when a changes if b: set a = 1", "  当 a 变化时 若 b： 更新 a = 1"},
          {"  at stop_on: set a = 1", "  于 stop_on： 更新 a = 1"},
          {"  3 days before due_date: set a = 1", "  due_date 前 3 日： 更新 a = 1"},
          {"  15 days after d if a at least b or c is poor: set a = 1",
           "  d 后 15 日 若 a 不低于 b 或 c 为 poor： 更新 a = 1"},
          {"  1 day after d if a:\n    set a = 1\n    set b = 2\n  otherwise:\n    set a = 3",
           "  d 后 1 日 若 a：\n    更新 a = 1\n    更新 b = 2\n  否则：\n    更新 a = 3"},
          {"  on e if a: set a = 1, b = 2\n  otherwise: set a = 3",
           "  发生 e 时 若 a： 更新 a = 1，b = 2\n  否则： 更新 a = 3"},
      },
      "rule \"r\" (规则一)\n", "规则 “规则一” （r）\n");
}

TEST(FmtForms, RecurringTriggers) {
  std::vector<Pair> pairs = {
      {"every day", "每日"},
      {"every day at 09:00 from a to b", "自 a 至 b 每日 09:00"},
      {"every day at t from 2026-01-01", "自 2026年1月1日 每日 t"},
      {"every day to a + 30 days", "至 a + 30 日 每日"},
      {"every working day at 08:30", "每个工作日 08:30"},
      {"every working day of s at 09:00", "每个工作日（s） 09:00"},
      {"every week", "每周"},
      {"every Monday", "每周一"},
      {"every Sunday at 24:00", "每周日 24:00"},
      {"every month", "每月"},
      {"every month on day 25 at 09:00", "每月 25 日 09:00"},
      {"every month on day 1", "每月 1 日"},
      {"every month on the last day at t", "每月最后一日 t"},
      {"every month on the first working day of s", "每月首个工作日（s）"},
      {"every month on the last working day", "每月最后一个工作日"},
      {"every month on working day 3", "每月第 3 个工作日"},
      {"every quarter on day 15", "每季度第 15 日"},
      {"every quarter on day 15 of month 2", "每季度第 2 个月 15 日"},
      {"every quarter on working day 3 at 09:00", "每季度第 3 个工作日 09:00"},
      {"every quarter on the last day", "每季度最后一日"},
      {"every year on day 15 of month 3 at 12:00", "每年 3 月 15 日 12:00"},
      {"every year on the last day of month 6", "每年 6 月最后一日"},
      {"every year on the last working day", "每年最后一个工作日"},
      {"every year on working day 2 of month 7 of s", "每年 7 月第 2 个工作日（s）"},
      {"every month on day 25 rolled forward at 09:00", "每月 25 日（遇休顺延） 09:00"},
      {"every month on the first working day rolled back at t", "每月首个工作日 遇休提前 t"},
      {"every Monday rolled back of s", "每周一 遇休提前（s）"},
      {"every Monday rolled back of s at t from a to b", "自 a 至 b 每周一 遇休提前（s） t"},
      {"every day rolled back from (a rolled forward) to b",
       "自 （a 遇休顺延） 至 b 每日（遇休提前）"},
      {"7 days after d rolled forward", "d 后 7 日 遇休顺延"},
      {"7 days after (d rolled back) rolled forward of s", "（d 遇休提前） 后 7 日 遇休顺延（s）"},
      {"3 days before (d rolled forward)", "（d 遇休顺延） 前 3 日"},
      {"3 days after (d rolled back of s)", "（d 遇休提前（s）） 后 3 日"},
      {"at d rolled forward", "于 d 遇休顺延"},
      {"at d + 7 days rolled forward", "于 d + 7 日 遇休顺延"},
  };
  static const char* const kDays[][2] = {{"Tuesday", "二"},
                                         {"Wednesday", "三"},
                                         {"Thursday", "四"},
                                         {"Friday", "五"},
                                         {"Saturday", "六"}};
  for (const auto& [english, chinese] : kDays) {
    pairs.push_back({std::string("every ") + english, std::string("每周") + chinese});
  }
  for (Pair& pair : pairs) {
    pair.english += ": set a = 1";
    pair.chinese += "： 更新 a = 1";
  }
  expect_pairs(pairs, "rule \"r\"\n  ", "规则 “r”\n  ");
}

TEST(FmtForms, ScorecardsAndTablesFromFiles) {
  expect_pairs({
      {"scorecard score (评分) of C\n  base 60\n  +10 if a >= 3 and b is 0\n  -5.5 if c\n"
       "  +bonus if d\n  -bonus if d\n  -(-bonus) if e\n  +-5 if e\n  grade good (优) at least 75\n"
       "  grade fair at least low\n  grade poor otherwise",
       "评分卡 评分 （score） 对象 C\n  基础分 60\n  若 a >= 3 且 b 为 0： 加 10 分\n"
       "  若 c： 减 5.5 分\n  若 d： 加 bonus\n  若 d： 减 bonus\n  若 e： 减 （-bonus）\n"
       "  若 e： 加 -5\n  等级 优 （good） 不低于 75 分\n  等级 fair 不低于 low\n  等级 poor 其余"},
      {"scorecard s\n  +1 if a\n  grade x otherwise", "评分卡 s\n  若 a： 加 1 分\n  等级 x 其余"},
      {"table t of C all matches, sum from \"t.csv\"",
       "决策表 t 对象 C，全部命中，合计，来自 “t.csv”"},
      {"table t first match\n  from \"t.csv\"", "决策表 t，首条命中\n  来自 “t.csv”"},
      {"event e for C unique by id", "事件 e 对象 C，唯一标识 id"},
      {"event e for C\n  unique by id\n  id : text", "事件 e 对象 C\n  唯一标识 id\n  id： 文本型"},
      {"broadcast event e to C where a = event.a unique by id",
       "广播事件 e 对象 C 其中 a = 本次的a，唯一标识 id"},
      {"rule \"r\"\n  basis \"§ 1\"\n  on e: set a = 1",
       "规则 “r”\n  依据 “§ 1”\n  发生 e 时： 更新 a = 1"},
      {"forbid cut when C.a because \"no\"\n  basis \"§ 1\"",
       "禁止 cut 当 C的a 时 理由 “no”\n  依据 “§ 1”"},
  });
}

TEST(FmtForms, Actions) {
  expect_pairs(
      {
          {"notify C by sms n", "向 C 发送 sms n"},
          {"notify C n", "向 C 发送 n"},
          {"notify owner.boss by sms, app n", "向 负责人的boss 发送 sms、app n"},
          {"notify C by sms n listing told once per case",
           "向 C 发送 sms n，列明 told，同一事项限一次"},
          {"notify C by sms n listing told\n      once per case",
           "向 C 发送 sms n，列明 told\n      同一事项限一次"},
          {"notify C by sms n once per month", "向 C 发送 sms n，每月限一次"},
          {"notify C by sms n once per week even if late", "向 C 发送 sms n，每周限一次，过时仍发"},
          {"notify C by sms n once per bill_no", "向 C 发送 sms n，同一 bill_no 限一次"},
          {"notify C by sms n at most 2 in 30 days", "向 C 发送 sms n，30 日 内 至多 2 次"},
          {"notify C by sms n at most once in half a year", "向 C 发送 sms n，半年 内 至多 1 次"},
          {"set a = b union {c}", "更新 a = b 并上 {c}"},
          {"raise e with a = 1, b", "发起 e，内容 a = 1，b"},
          {"raise e with a, b", "发起 e，内容 a、b"},
          {"raise e", "发起 e"},
          {"close as done", "办结 结果 done"},
          {"escalate to owner.boss", "提级至 负责人的boss"},
          {"reassign to a", "改派至 a"},
          {"task \"T {x}\" for owner", "交办 负责人 “T {x}”"},
          {"task \"T\" for owner, due within 1 day, every 6 months since x, opens 3 days before "
           "due, "
           "stays, paused while p, expires after 1 week, done on e if a, once per day",
           "交办 负责人 “T”，时限 1 日，自 x 起每 6 个月，截止前 3 日 启动，办结后保留，"
           "p 期间暂停计时，有效期 1 周，完成标志 e 若 a，每日限一次"},
      },
      "rule \"r\"\n  on e:\n    ", "规则 “r”\n  发生 e 时：\n    ");
}

TEST(FmtForms, TaskClauses) {
  expect_pairs(
      {
          {"due within 2 working days", "时限 2 个工作日"},
          {"due within t.answer", "时限 t的answer"},
          {"due 5 days after x", "时限 x 后 5 日"},
          {"due at x + 1 day", "截止 x + 1 日"},
          {"every 6 months since last_visit", "自 last_visit 起每 6 个月"},
          {"every 1 quarter since x but not before y", "自 x 起每 1 个季度，但不早于 y"},
          {"opens 14 days before due", "截止前 14 日 启动"},
          {"due 5 days after x rolled back of s", "时限 x 后 5 日 遇休提前（s）"},
          {"due at x + 5 days rolled forward", "截止 x + 5 日 遇休顺延"},
          {"paused while a is empty or b", "a 为空 或 b 期间暂停计时"},
          {"stays", "办结后保留"},
          {"expires after 3 days", "有效期 3 日"},
          {"done on e if a is b", "完成标志 e 若 a 为 b"},
          {"needs r : a (甲) | b, note : text?", "须填写 r： 甲 （a）｜b，note： 文本型？"},
          {"once per case", "同一事项限一次"},
          {"once per day", "每日限一次"},
          {"once per year", "每年限一次"},
          {"at most 2 in 30 days", "30 日 内 至多 2 次"},
          {"2 working hours before due: escalate to x", "截止前 2 个工作小时： 提级至 x"},
          {"when late: escalate to x", "超时未办： 提级至 x"},
          {"when late if a: escalate to x", "超时未办 若 a： 提级至 x"},
          {"when late by 3 days: escalate to x", "超时 3 日 未办： 提级至 x"},
          {"when done: close as x", "办毕时： 办结 结果 x"},
          {"when done if r is a:\n        close as x", "办毕时 若 r 为 a：\n        办结 结果 x"},
          {"when late:\n        escalate to x\n        notify y n",
           "超时未办：\n        提级至 x\n        向 y 发送 n"},
          {"when late: task \"U\" for b\n        due within 1 day",
           "超时未办： 交办 b “U”\n        时限 1 日"},
      },
      "rule \"r\"\n  on e:\n    task \"T\" for a\n      ",
      "规则 “r”\n  发生 e 时：\n    交办 a “T”\n      ");
}

TEST(FmtForms, Scenarios) {
  expect_pairs(
      {
          {"with \"o.rules\", \"p.rules\"", "并用 “o.rules”、“p.rules”"},
          {"given Staff \"S1\" with name = \"Z\", boss = \"S2\"",
           "已知 Staff “S1”，内容 name = “Z”，boss = “S2”"},
          {"given at 2026-01-15 09:00 C \"C1\" with class = x",
           "已知 于 2026年1月15日 09:00 C “C1”，内容 class = x"},
          {"on 2026-03-01 09:00 e for \"C1\" with a = 300 yuan",
           "于 2026年3月1日 09:00 e 对象 “C1”，内容 a = 300 元"},
          {"on 2026-03-01 e", "于 2026年3月1日 e"},
          {"on 2026-03-01 n delivered to \"C1\"", "于 2026年3月1日 n 送达 “C1”"},
          {"on 2026-03-01 n failed", "于 2026年3月1日 n 发送失败"},
          {"on 2026-03-01 10:00 task \"T\" done by \"S1\" with d = ok",
           "于 2026年3月1日 10:00 交办 “T” 办毕，由 “S1”，内容 d = ok"},
          {"expect sms n to \"C1\" at 2026-03-01 09:00 saying \"200\"",
           "应 向 “C1” 发送 sms n 于 2026年3月1日 09:00，含 “200”"},
          {"expect no sms n to \"C1\"", "不应 向 “C1” 发送 sms n"},
          {"expect task \"T\" for \"S1\" at 2026-03-01 due 2026-03-04 17:30",
           "应 交办 “S1” “T” 于 2026年3月1日 截止 2026年3月4日 17:30"},
          {"expect no task \"T\"", "不应 交办 “T”"},
          {"expect task \"T\" done at 2026-03-28 09:00", "应 交办 “T” 办毕 于 2026年3月28日 09:00"},
          {"expect escalation of \"T\" to \"S2\" at 2026-03-31 17:30",
           "应 “T” 提级至 “S2” 于 2026年3月31日 17:30"},
          {"expect no escalation of \"T\"", "不应 “T” 提级"},
          {"expect case K \"B1\" opened", "应 事项 K “B1” 启动"},
          {"expect case K closed as done at 2026-03-18",
           "应 事项 K 办结 结果 done 于 2026年3月18日"},
          {"expect cut for \"C1\" at 2026-04-30 with bill = \"B1\"",
           "应 发起 cut 对象 “C1” 于 2026年4月30日，内容 bill = “B1”"},
          {"expect cut blocked at 2026-04-30", "应 cut 被禁止 于 2026年4月30日"},
          {"expect nothing more until 2026-12-31", "至 2026年12月31日 应 再无动作"},
      },
      "scenario \"s\" (场景一)\n  ", "场景 “场景一” （s）\n  ");
}

// Two trees for one value: the English form has no field.
TEST(FmtForms, TheTimeOfTheLatest) {
  const std::string english = "parameter p = time of latest paid over the last 3 days where a\n";
  const std::string chinese = "参数 p = 近3日内 最近一次 paid的发生时间 （其中 a）\n";
  EXPECT_EQ(formatted(english), english);
  EXPECT_EQ(formatted(chinese), chinese);
  EXPECT_EQ(respelled(english, Language::chinese), chinese);
  EXPECT_EQ(respelled(chinese, Language::english), english);
  EXPECT_EQ(formatted("parameter p = latest of paid.time\n"),
            "parameter p = latest of paid.time\n");
}

// `parameter p = …`, which takes any expression when it is read.
TEST(FmtForms, Expressions) {
  expect_pairs(
      {
          {"a and b or not c", "a 且 b 或 非 c"},
          {"(a or b) and c", "（a 或 b） 且 c"},
          {"(a and b) or c", "（a 且 b） 或 c"},
          {"a is b and c is not d", "a 为 b 且 c 不为 d"},
          {"a = b and c != d", "a = b 且 c != d"},
          {"a at least 1 and b at most 2 and c above 3 and d below 4",
           "a 不低于 1 且 b 不超过 2 且 c 超过 3 且 d 低于 4"},
          {"a between 1 and 3 or b", "a 介于 1 至 3 或 b"},
          {"a in (1, 2) and b in (\"x\", c.d)", "a 属于（1，2） 且 b 属于（“x”、c的d）"},
          {"a in (b, c) and d not in (e)", "a 属于（b、c） 且 d 不属于（e）"},
          {"a is known and b is not known", "a 已知 且 b 未知"},
          {"a is empty or b is not empty", "a 为空 或 b 不为空"},
          {"a contains b and not c contains d", "a 包含 b 且 c 不包含 d"},
          {"not (a contains b)", "非 （a 包含 b）"},
          {"a minus b union c", "a 减去 b 并上 c"},
          {"{a, b}", "{a、b}"},
          {"{}", "{}"},
          {"a - (b - c) * -d", "a - （b - c） * -d"},
          {"-(-a)", "-（-a）"},
          {"(a + b) / 2", "（a + b） / 2"},
          {"event.amount + case.paid", "本次的amount + 事项的paid"},
          {"event.time", "本次的发生时间"},
          {"case.opened", "事项的启动时间"},
          {"owner.boss.boss", "负责人的boss的boss"},
          {"today + 3 days", "今日 + 3 日"},
          {"now", "现在"},
          {"yes or no", "是 或 否"},
          {"none", "无"},
          {"\"a “b” \\\" c\"", "「a “b” \" c」"},
          {"min(a, b, 3) + max(c, d)", "最小值（a，b，3） + 最大值（c，d）"},
          {"days from a to b", "自 a 至 b 天数"},
          {"(days from a to b) + 1", "自 a 至 b 天数 + 1"},
          {"working days from a to b + 1 day", "自 a 至 b + 1 日 工作日数"},
          {"round a / 3 to 2", "四舍五入 a / 3 至 2 位"},
          {"(round a to 2) * 2", "四舍五入 a 至 2 位 * 2"},
          {"round(a)", "四舍五入（a）"},
          {"year of a + month of b * day of c", "年份（a） + 月份（b） * 日数（c）"},
          {"weekday of (a + 3 days)", "星期几（a + 3 日）"},
          {"date of event.time + 1 day", "日期（本次的发生时间） + 1 日"},
          {"time of now", "时刻（现在）"},
          {"start of month of a", "月初（a）"},
          {"start of quarter of a", "季初（a）"},
          {"start of year of a", "年初（a）"},
          {"end of month of a", "月末（a）"},
          {"end of quarter of a", "季末（a）"},
          {"end of year of a", "年末（a）"},
          {"next working day after a", "下一工作日（a）"},
          {"previous working day before (a - 1 day)", "上一工作日（a - 1 日）"},
          {"a + 3 days rolled forward", "a + 3 日 遇休顺延"},
          {"(a rolled back) + 3 days", "（a 遇休提前） + 3 日"},
          {"working days of s from a to b", "自 a 至 b 工作日数（s）"},
          {"next working day of s after a", "下一工作日（a，s）"},
          {"previous working day of s before (a + 1 day)", "上一工作日（a + 1 日，s）"},
          {"a rolled forward of s", "a 遇休顺延（s）"},
          {"(latest of paid.who).name", "最近一次 paid的who的name"},
          {"max(a, b).c", "最大值（a，b）.c"},
          {"latest of paid.amount over the last 3 days where a",
           "近3日内 最近一次 paid的amount （其中 a）"},
          {"sum of paid.amount over this week", "本周 paid的amount 合计"},
          {"count of paid over this month where a", "本月 paid （其中 a） 次数"},
          {"sum of paid.amount over this quarter * 2", "本季度 paid的amount 合计 * 2"},
          {"sum of paid.amount over this year", "本年 paid的amount 合计"},
          {"sum of paid.amount over the previous week", "上周 paid的amount 合计"},
          {"sum of paid.amount over the previous month", "上月 paid的amount 合计"},
          {"sum of paid.amount over the previous quarter", "上季度 paid的amount 合计"},
          {"sum of paid.amount over the previous year", "上年 paid的amount 合计"},
          {"average of paid.amount over the same month of the last 3 years",
           "近3年同月 paid的amount 平均值"},
          {"average of paid.amount over the same month of the last n",
           "近 n 同月 paid的amount 平均值"},
          {"average of read.kwh over the last 24 months", "近24个月内 read的kwh 平均值"},
          {"count of read over the last 24 months where kwh > 0",
           "近24个月内 read （其中 kwh > 0） 次数"},
          {"count of read over the last 1 quarter", "近1个季度内 read 次数"},
          {"2 * count of read over the last 7 days > 3", "2 * 近7日内 read 次数 > 3"},
          {"(count of read over the last 7 days) * 2", "近7日内 read 次数 * 2"},
          {"(count of read over the last 7 days where kwh > 0) > 2 and a",
           "近7日内 read （其中 kwh > 0） 次数 > 2 且 a"},
          {"sum of paid.amount over the last window", "近 window 内 paid的amount 合计"},
          {"sum of paid.amount over the last half a year", "近 半年 内 paid的amount 合计"},
          {"latest of paid.amount", "最近一次 paid的amount"},
          {"min of paid.amount over the last 1 year", "近1年内 paid的amount 最小值"},
          {"max of paid.amount over the last 1 year", "近1年内 paid的amount 最大值"},
      },
      "parameter p = ", "参数 p = ");
}

TEST(FmtForms, Literals) {
  expect_pairs(
      {
          {"3", "3"},
          {"0.50", "0.50"},
          {"10,000,000", "10,000,000"},
          {"2026", "2026"},
          {"5%", "5%"},
          {"2‰", "2‰"},
          {"5 万", "5 万"},  // there is no English word for it
          {"300 yuan", "300 元"},
          {"5,000 yuan", "5000 元"},
          {"50,000 yuan", "5 万元"},
          {"15,000 yuan", "1.5 万元"},
          {"12,345 yuan", "12,345 元"},
          {"300,000,000 yuan", "3 亿元"},
          {"123,450,000 yuan", "12,345 万元"},
          {"49.99 yuan", "49.99 元"},
          {"50,000.00 yuan", "50,000.00 元"},
          {"20 EUR", "20 EUR"},
          {"20 euro", "20 欧元"},
          {"1 dollar + 2 dollars", "1 美元 + 2 美元"},
          {"2026-03-01", "2026年3月1日"},
          {"09:00", "09:00"},
          {"09:00:30", "09:00:30"},
          {"2026-03-01 24:00", "2026年3月1日 24:00"},
          {"45 minutes", "45 分钟"},
          {"1 minute", "1 分钟"},
          {"30 seconds", "30 秒"},
          {"1.5 hours", "1.5 小时"},
          {"1 day", "1 日"},
          {"2 weeks", "2 周"},
          {"6 months", "6 个月"},
          {"1 quarter", "1 个季度"},
          {"half a year", "半年"},
          {"2 years", "2 年"},
          {"1 working day", "1 个工作日"},
          {"2 working hours", "2 个工作小时"},
          {"10 working days of statutory", "10 个工作日（statutory）"},
      },
      "parameter p = ", "参数 p = ");
}

// Any expression the grammar takes, with more parentheses than it needs.
class Expressions {
 public:
  explicit Expressions(unsigned seed) : random_(seed) {}

  std::string any(int depth) {
    switch (pick(depth > 0 ? 6 : 1)) {
      case 1:
        return any(depth - 1) + " or " + any(depth - 1);
      case 2:
        return factor_of(any(depth - 1)) + " and " + negation(depth - 1);
      case 3:
        return negation(depth);
      case 4:
        return "(" + any(depth - 1) + ")";
      default:
        return comparison(depth);
    }
  }

 private:
  unsigned pick(unsigned n) { return random_() % n; }
  static std::string factor_of(const std::string& text) { return "(" + text + ")"; }

  std::string negation(int depth) {
    return pick(2) == 0 ? "not " + comparison(depth) : comparison(depth);
  }

  std::string comparison(int depth) {
    static const char* const kOperators[] = {"=",     "!=",    "<",       "<=",       ">",
                                             ">=",    "is",    "is not",  "at least", "at most",
                                             "above", "below", "contains"};
    switch (pick(8)) {
      case 0:
        return sum(depth) + " between " + sum(depth - 1) + " and " + sum(depth - 1);
      case 1:
        return sum(depth) + (pick(2) == 0 ? " in (" : " not in (") + sum(depth - 1) + ", b)";
      case 2:
        return sum(depth) + (pick(2) == 0 ? " is known" : " is not known");
      case 3:
        return sum(depth) + (pick(2) == 0 ? " is empty" : " is not empty");
      case 4:
        return sum(depth);
      default:
        return sum(depth) + " " + kOperators[pick(13)] + " " + sum(depth - 1);
    }
  }

  std::string sum(int depth) {
    static const char* const kOperators[] = {" + ", " - ", " * ", " / ", " minus ", " union "};
    if (depth <= 0) return factor(depth);
    switch (pick(5)) {
      case 0:
      case 1:
        return sum(depth - 1) + kOperators[pick(6)] + factor(depth - 1);
      case 2:
        return factor_of(factor_of(sum(depth - 1)) +
                         (pick(2) == 0 ? " rolled forward" : " rolled back"));
      default:
        return factor(depth);
    }
  }

  std::string factor(int depth) {
    static const char* const kPlain[] = {
        "a",    "owner.boss",       "event.amount", "3 days", "300 yuan",    "today",   "5%",
        "none", "2026-03-01 09:00", "{a, b}",       "yes",    "half a year", "\"text\""};
    static const char* const kFunctions[] = {"year of ", "date of ", "end of quarter of ",
                                             "next working day after ", "weekday of "};
    if (depth <= 0) return kPlain[pick(13)];
    switch (pick(9)) {
      case 0:
        return factor_of("-" + factor(depth - 1));
      case 1:
        return kFunctions[pick(5)] + factor_of(sum(depth - 1));
      case 2:
        return factor_of("days from " + sum(depth - 1) + " to " + sum(depth - 1));
      case 3:
        return "max(" + any(depth - 1) + ", " + sum(depth - 1) + ")";
      case 4:
        return factor_of("count of e.f over the last 3 months" +
                         std::string(pick(2) == 0 ? " where " + any(depth - 1) : ""));
      case 5:
        return factor_of("latest of e.f") + ".g";
      case 6:
        return factor_of("round " + sum(depth - 1) + " to 2");
      case 7:
        return factor_of(any(depth - 1));
      default:
        return kPlain[pick(13)];
    }
  }

  std::mt19937 random_;
};

TEST(FmtForms, AnyExpressionKeepsItsTree) {
  constexpr unsigned kSeed = 20261122;
  Expressions expressions(kSeed);
  for (int i = 0; i < 400 / test::kFewer; ++i) {
    const std::string text = "parameter p = " + expressions.any(4) + "\n";
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", text " + std::to_string(i) + ": " + text);
    const std::string before = tree(text), english = formatted(text);
    ASSERT_EQ(tree(english), before) << english;
    ASSERT_EQ(formatted(english), english);
    const std::string chinese = respelled(text, Language::chinese);
    ASSERT_EQ(canonical(tree(chinese)), canonical(before)) << chinese;
    ASSERT_EQ(formatted(chinese), chinese);
    ASSERT_EQ(respelled(chinese, Language::english), english) << chinese;
  }
}

}  // namespace
}  // namespace duban::fmt_forms_test
