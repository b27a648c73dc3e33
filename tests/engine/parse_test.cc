// Goal: every form of the language gives the tree it should, and the same tree in both languages;
// hostile or unfinished text gives findings and nothing else. What single mistakes are told is in
// syntax_errors_test.cc.
// Method: pairs of one form in English and in Chinese, over the same names, compared by their
// dumps; then long policies, all their beginnings, and texts made to break a parser.
#include "engine/parse.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "tests/engine/policy_texts.h"
#include "tests/engine/syntax_dump.h"
#include "tests/thorough.h"

namespace duban::parse_test {
namespace {

std::string parsed(const std::string& text) {
  SourceSet sources = {Source("t.rules", text)};
  std::vector<Diagnostic> found;
  const syntax::File file = parse(sources[0], 0, found);
  for (const Diagnostic& diagnostic : found) {
    ADD_FAILURE() << render(diagnostic, sources, Language::english);
  }
  return dump(file);
}

// The value of `parameter p = TEXT`.
std::string value(const std::string& text) {
  const std::string dumped = parsed("parameter p = " + text);
  const std::string head = "parameter p ";
  return dumped.size() > head.size() ? dumped.substr(head.size(), dumped.size() - head.size() - 1)
                                     : "";
}

struct Pair {
  const char* english;
  const char* chinese;
};

void expect_same(const std::vector<Pair>& pairs, const std::string& english_head = "",
                 const std::string& chinese_head = "") {
  for (const Pair& pair : pairs) {
    const std::string english = parsed(english_head + pair.english + "\n");
    EXPECT_FALSE(english.empty());
    EXPECT_EQ(english, parsed(chinese_head + pair.chinese + "\n")) << pair.english << "\n"
                                                                   << pair.chinese;
  }
}

// ---------------------------------------------------------------- both languages

TEST(BothLanguages, Headers) {
  expect_same({
      {"policy \"X\" (Y z)", "办法 “X” （Y z）"},
      {"use \"u.rules\"", "引用 “u.rules”"},
      {"policy \"X\"\n effective from 2026-01-01", "办法 “X”\n 自 2026年1月1日 起施行"},
      {"policy \"X\"\n effective from 2026-01-01 to 2026-12-31",
       "办法 “X”\n 自2026年1月1日起施行，至2026年12月31日止"},
      {"policy \"X\"\n basis \"§ 98\"", "办法 “X”\n 依据 “§ 98”"},
      {"vocabulary \"V\" (W)\n timezone \"Asia/Shanghai\"\n currency CNY (元)\n day starts at "
       "09:00",
       "词汇 “V” （W）\n 时区 “Asia/Shanghai”\n 货币 CNY （元）\n 每日起始 ９：００"},
  });
}

TEST(BothLanguages, Declarations) {
  expect_same({
      {"calendar office (c) default\n from \"d.csv\"\n hours 08:30 to 12:00, 14:00 to 17:30",
       "日历 office （c） 默认 来自 “d.csv”，工时 08:30 至 12:00，14:00 至 17:30"},
      {"reference Staff (s) key id (n)\n id (n) : text\n phone : text? private\n boss : Staff?",
       "参照 Staff （s） 主键 id （n）\n id （n）： 文本型\n phone： 文本型？ 隐私\n boss： "
       "Staff？"},
      {"entity C key k\n a : yes/no = no\n b : number = 0\n c : money\n d : date\n e : time\n"
       " f : datetime\n g : duration\n h : set of doc\n i : x (甲) | y (乙) = x",
       "对象 C 主键 k\n a： 是否型 = 否\n b： 数值型 = 0\n c： 金额型\n d： 日期型\n e： 时刻型\n"
       " f： 时间型\n g： 时长型\n h： doc 集合\n i： x （甲）｜y （乙） = x"},
      {"choice doc (d) : a (甲) | b | c", "选项 doc （d）： a （甲） ｜ b ｜ c"},
      {"event e (f) for C\n a : text\n set x, y = a",
       "事件 e （f） 对象 C\n a： 文本型\n 更新 x、y = a"},
      {"broadcast event e to C where feeder = event.feeder\n feeder : F",
       "广播事件 e 对象 C 其中 feeder = 本次的feeder\n feeder： F"},
      {"outgoing event e (f) for C\n a : text", "对外事件 e （f） 对象 C\n a： 文本型"},
      {"channel sms (s) to phone\n quiet 21:00 to 08:00\n at most 1 per day, 3 per week else drop",
       "渠道 sms （s） 至 phone\n 免扰 21:00 至 08:00\n 每日至多 1 条，每周至多 3 条，超出 舍弃"},
      {"channel sms to phone\n at most 2 per month, 9 per year\n else wait",
       "渠道 sms 至 phone\n 每月至多2次，每年至多9次\n 超出 等候"},
      {"notice n (m) mandatory sms, app \"Hi {name}\"",
       "通知模板 n （m） 必达 sms、app “Hi {name}”"},
      {"notice n service sms\n \"a\"\n expires after 2 days",
       "通知模板 n 服务 sms\n “a”\n 有效期 2 日"},
      {"notice n commercial sms, expires after 1 week \"a\"",
       "通知模板 n 商业 sms，有效期 1 周 “a”"},
      {"parameter p (q) = 5,000 yuan", "参数 p （q） = 5000 元"},
      {"define d (f) of C = a - b", "定义 d （f） 对象 C = a - b"},
      {"forbid cut when C.critical because \"no\"", "禁止 cut 当 C的critical 时 理由 “no”"},
  });
}

TEST(BothLanguages, Tables) {
  expect_same({
      {"table t (u) first match\n | a | b | => c (d) | e |\n | >= 10,000,000 | not poor | n (m) | "
       "2 hours |\n"
       " | any | x, y | n | 45 minutes |",
       "决策表 t （u） 首条命中\n ｜ a ｜ b ｜ => c （d） ｜ e ｜\n ｜ 不低于 10,000,000 ｜ 非 "
       "poor ｜ n （m） ｜ 2 小时 ｜\n"
       " ｜ 任意 ｜ x、y ｜ n ｜ 45 分钟 ｜"},
      {"table t of C unique match\n | a | ⇒ c |\n | 1 to 5 | yes |\n | between 6 and 9 | no |\n | "
       "< 1 | none |\n"
       " | at most 3 | 1 |\n | above 3 | 2 |",
       "决策表 t 对象 C 唯一命中\n | a | => c |\n | 1 至 5 | 是 |\n | 介于 6 至 9 | 否 |\n | 低于 "
       "1 | 无 |\n"
       " | 不超过 3 | 1 |\n | 高于 3 | 2 |"},
      {"table t all matches, union\n | a | => c |\n | any | {x, y} |",
       "决策表 t 全部命中，并集\n | a | => c |\n | - | {x，y} |"},
      {"table t all matches\n | a | => c |\n | x | 1 |",
       "决策表 t 全部命中 收集\n | a | => c |\n | x | 1 |"},
      {"table t all matches, sum\n | a | => c |\n | x | 1 |",
       "决策表 t 全部命中，合计\n | a | => c |\n | x | 1 |"},
  });
}

TEST(BothLanguages, Cases) {
  expect_same(
      {
          {"opens on e\n closes on f if x as done (d)",
           "启动事件 e\n 办结事件 f 若 x 结果 done （d）"},
          {"opens on e if a is b\n closes when x <= 0 yuan as z",
           "启动事件 e，若 a 为 b\n 办结条件 x 不超过 0 元，结果 z"},
          {"opens when m is known and c is not r", "启动条件 m 已知 且 c 不为 r"},
          {"owner manager\n may reopen", "负责人 manager\n 可重启"},
          {"in flight: keep", "在途：沿用旧版"},
          {"in flight: recompute\n owner manager", "在途： 按新版重算\n 负责人 manager"},
          {"in flight: restart", "在途：重新计时。"},
          {"keep paid (p) : money = 0 yuan\n define rest = amount - paid\n keep s : date?",
           "记录 paid （p）： 金额型 = 0 元\n 定义 rest = amount - paid\n 记录 s： 日期型？"},
      },
      "case K (k) of C per id\n ", "事项 K （k） 对象 C 按 id\n ");
  expect_same({{"case K of C per id may reopen", "事项 K 对象 C 按 id 可重启"},
               {"case K of C", "事项 K 对象 C"}});
}

TEST(BothLanguages, Triggers) {
  expect_same(
      {
          {"on opening: close as x", "启动时： 办结 结果 x"},
          {"on opening if a is not empty: close as x", "启动时 若 a 不为空： 办结 结果 x"},
          {"on closing: set a = 1", "办结时： 更新 a = 1"},
          {"on closing as void if b: set a = 1", "办结时 结果 void 若 b： 更新 a = 1"},
          {"on e if a > 3: set a = 1", "发生 e 时 若 a 高于 3： 更新 a = 1"},
          {"on n delivered: set a = 1", "n 送达时： 更新 a = 1"},
          {"on n failed: set a = 1", "n 发送失败时： 更新 a = 1"},
          {"when a is poor: set a = 1", "当 a 为 poor 时： 更新 a = 1"},
          {"when a.b changes: set a = 1", "a的b 变化时： 更新 a = 1"},
          {"when a changes if b: set a = 1", "当 a 变化时 若 b： 更新 a = 1"},
          {"at stop_on: set a = 1", "于 stop_on： 更新 a = 1"},
          {"3 days before due_date: set a = 1", "due_date 前 3 日： 更新 a = 1"},
          {"3 days before due_date: set a = 1", "due_date 前3日： 更新 a = 1"},
          {"15 days after d if a at least b or c is poor: set a = 1",
           "d 后 15 日 若 a 不低于 b 或者 c 为 poor： 更新 a = 1"},
          {"1 day after d if a:\n set a = 1\n set b = 2\n otherwise:\n set a = 3",
           "d 后 1 日 若 a：\n 更新 a = 1\n 更新 b = 2\n 否则：\n 更新 a = 3"},
          {"on e if a: set a = 1, b = 2\n otherwise: set a = 3",
           "发生 e 时，若 a： 更新 a = 1，b = 2\n 否则： 更新 a = 3"},
      },
      "rule \"r\" (规则一)\n ", "规则 “r” （规则一）\n ");
}

TEST(BothLanguages, RecurringTriggers) {
  const char* const english = "rule \"r\"\n ";
  const char* const chinese = "规则 “r”\n ";
  expect_same(
      {
          {"every day at 09:00 from a to b: set a = 1", "自 a 至 b 每日 09:00： 更新 a = 1"},
          {"every day from a to b at t: set a = 1", "自 a 至 b 每天 于 t： 更新 a = 1"},
          {"every day to a + 30 days: set a = 1", "至 a + 30 日 每日： 更新 a = 1"},
          {"every working day at t if c:\n set a = 1\n otherwise: set a = 2",
           "每个工作日 t 若 c：\n 更新 a = 1\n 否则： 更新 a = 2"},
          {"every working day of s at 09:00: set a = 1", "每个工作日（s）09:00： 更新 a = 1"},
          {"every Monday: set a = 1", "每周一： 更新 a = 1"},
          {"every tuesday at 09:00: set a = 1", "每星期二09:00： 更新 a = 1"},
          {"every Wednesday: set a = 1", "每周三： 更新 a = 1"},
          {"every Thursday: set a = 1", "每周四： 更新 a = 1"},
          {"every Friday: set a = 1", "每周五： 更新 a = 1"},
          {"every Saturday: set a = 1", "每周六： 更新 a = 1"},
          {"every Sunday: set a = 1", "每周日： 更新 a = 1"},
          {"every Sunday: set a = 1", "每星期天： 更新 a = 1"},
          {"every month on day 25 at 09:00: set a = 1", "每月25日09:00： 更新 a = 1"},
          {"every month on day 25: set a = 1", "每月 第 25 日： 更新 a = 1"},
          {"every month on the first day: set a = 1", "每月首日： 更新 a = 1"},
          {"every month on the last day at t: set a = 1", "每月最后一日 t： 更新 a = 1"},
          {"every month on last working day: set a = 1", "每月最后一个工作日： 更新 a = 1"},
          {"every month on the first working day of s: set a = 1",
           "每月第一个工作日（s）： 更新 a = 1"},
          {"every month on working day 3: set a = 1", "每月第3个工作日： 更新 a = 1"},
          {"every quarter on working day 3 at 09:00: set a = 1",
           "每季度第3个工作日09:00： 更新 a = 1"},
          {"every quarter on the last working day: set a = 1", "每季度最后一个工作日： 更新 a = 1"},
          {"every quarter on day 15 of month 2: set a = 1", "每季度第2个月15日： 更新 a = 1"},
          {"every year on day 15 of month 3 at 12:00: set a = 1", "每年3月15日12:00： 更新 a = 1"},
          {"every year on the last day of month 6: set a = 1", "每年6月最后一日： 更新 a = 1"},
          {"every year on working day 1 of month 7 of s: set a = 1",
           "每年 7 月第 1 个工作日（s）： 更新 a = 1"},
          // Without a day: the checker asks for it.
          {"every month: set a = 1", "每月： 更新 a = 1"},
          {"every week: set a = 1", "每周： 更新 a = 1"},
      },
      english, chinese);
}

// A roll at the end is the trigger's; in parentheses, or before the period, it is the date's.
TEST(BothLanguages, RolledTriggers) {
  const char* const english = "rule \"r\"\n ";
  const char* const chinese = "规则 “r”\n ";
  expect_same(
      {
          {"every month on day 25 rolled forward at 09:00: set a = 1",
           "每月25日（遇休顺延）09:00： 更新 a = 1"},
          {"every month on day 25 at 09:00 rolled back: set a = 1",
           "每月 25 日 09:00 遇休提前： 更新 a = 1"},
          {"every month on day 25 at t from a to b, rolled forward of s: set a = 1",
           "自 a 至 b 每月 25 日 t，遇节假日顺延（s）： 更新 a = 1"},
          {"every day from (a rolled forward) to b rolled back: set a = 1",
           "自 a 遇休顺延 至 b 每日 遇休提前： 更新 a = 1"},
          {"7 days after d rolled forward: set a = 1", "d 后 7 日 遇休顺延： 更新 a = 1"},
          {"3 days before (d rolled forward): set a = 1", "d 遇休顺延 前 3 日： 更新 a = 1"},
          {"3 days after (d rolled back of s): set a = 1",
           "（d 遇休提前（s）） 后 3 日： 更新 a = 1"},
          {"at d rolled forward: set a = 1", "于 d 遇休顺延： 更新 a = 1"},
      },
      english, chinese);
  const auto rule = [&](const char* line) { return parsed(std::string(english) + line); };
  EXPECT_EQ(rule("every month on day 25 at t rolled back: set a = 1"),
            rule("every month on day 25 rolled back at t: set a = 1"));
  EXPECT_EQ(rule("7 days after d rolled forward: set a = 1"),
            rule("at d + 7 days rolled forward: set a = 1"));
  expect_same({{"due 5 days after x rolled back of s", "时限 x 后 5 日 遇休提前（s）"},
               {"due at x rolled forward", "截止 x 遇休顺延"}},
              "rule \"r\"\n on e:\n task \"T\" for a\n ", "规则 “r”\n 发生 e 时：\n 交办 a “T”\n ");
}

TEST(BothLanguages, Actions) {
  expect_same(
      {
          {"notify C by sms n", "向 C 发送 sms n"},
          {"notify C n", "向 C 发送 n"},
          {"notify owner.boss by sms, app n", "向 负责人的boss 发送 sms、app n"},
          {"notify C by sms n listing told once per case",
           "向 C 发送 sms n，列明 told，同一事项限一次"},
          {"notify C by sms n listing told\n once per case",
           "向 C 发送 sms n 列明 told\n 同一事项限一次"},
          {"notify C by sms n once per month", "向 C 发送 sms n 每月限一次"},
          {"notify C by sms n once per day", "向 C 发送 sms n 每日限一次"},
          {"notify C by sms n once per week even if late", "向 C 发送 sms n 每周限一次 过时仍发"},
          {"notify C by sms n once per year", "向 C 发送 sms n 每年限一次"},
          {"notify C by sms n once per bill_no", "向 C 发送 sms n 同一 bill_no 限一次"},
          {"notify C by sms n at most 2 in 30 days", "向 C 发送 sms n 30日内至多2次"},
          {"notify C by sms n at most once in 30 days", "向 C 发送 sms n，30 日 内 至多 1 次"},
          {"set a = b union {c}", "更新 a = b 并上 {c}"},
          {"raise e with a = 1, b", "发起 e，内容 a = 1，b"},
          {"raise e", "发起 e"},
          {"raise e\n with a = 1", "发起 e\n 内容 a = 1"},
          {"close as done", "办结 结果 done"},
          {"escalate to owner.boss", "提级至 负责人的boss"},
          {"reassign to a", "改派至 a"},
          {"task \"T {x}\" for owner", "交办 负责人 “T {x}”"},
          {"task \"T\" for owner, due within 1 day, done on e",
           "交办 负责人 “T”，时限 1 日，完成标志 e"},
      },
      "rule \"r\"\n on e:\n ", "规则 “r”\n 发生 e 时：\n ");
}

TEST(BothLanguages, TaskClauses) {
  expect_same(
      {
          {"due within 2 working days", "时限 2 个工作日"},
          {"due within t.answer", "时限 t的answer"},
          {"due 5 days after x", "时限 x 后 5 日"},
          {"due at x + 1 day", "截止 x + 1 日"},
          {"every 6 months since last_visit", "自 last_visit 起每 6 个月"},
          {"every a quarter since x but not before y", "自 x 起每 1 个季度，但不早于 y"},
          {"opens 14 days before due", "截止前 14 日 启动"},
          {"stays", "办结后保留"},
          {"paused while a is empty", "a 为空 期间暂停计时"},
          {"paused while\n  a is b or today above c", "a 为 b\n  或 今日 晚于 c 期间暂停计时"},
          {"due within 2 hours\n paused while p", "时限 2 小时\n p 期间暂停计时"},
          {"expires after 3 days", "有效期 3 日"},
          {"done on e if a is b", "完成标志 e 若 a 为 b"},
          {"needs r : a (甲) | b, note : text?", "须填写 r： a （甲）｜b，note： 文本型？"},
          {"once per month", "每月限一次"},
          {"at most 2 in 30 days", "30日内至多2次"},
          {"2 working hours before due: escalate to x", "截止前 2 个工作小时： 提级至 x"},
          {"2 hours before due: escalate to x", "办理期限 前 2 小时： 提级至 x"},
          {"when late: escalate to x", "超时未办： 提级至 x"},
          {"when late if a: escalate to x", "超时未办 若 a： 提级至 x"},
          {"when late by 3 days: escalate to x", "超时 3 日 未办： 提级至 x"},
          {"when late by 3 days: escalate to x", "超时3日未办： 提级至 x"},
          {"when done: close as x", "办毕时： 办结 结果 x"},
          {"when done if r is a:\n close as x", "办毕时 若 r 为 a：\n 办结 结果 x"},
          {"when late:\n escalate to x\n   notify y n", "超时未办：\n 提级至 x\n   向 y 发送 n"},
      },
      "rule \"r\"\n on e:\n task \"T\" for a\n ", "规则 “r”\n 发生 e 时：\n 交办 a “T”\n ");
}

TEST(BothLanguages, ClausesOnTheLineOfTheTask) {
  expect_same(
      {
          {"due within 2 hours, paused while a is b and c, stays",
           "时限 2 小时，a 为 b 且 c 期间暂停计时，办结后保留"},
          {"due within limit paused while p", "时限 limit p 期间暂停计时"},
          {"paused while p, due within 2 hours", "p 期间暂停计时，时限 2 小时"},
      },
      "rule \"r\"\n on e:\n task \"T\" for a ", "规则 “r”\n 发生 e 时：\n 交办 a “T” ");
}

TEST(BothLanguages, Scenarios) {
  expect_same(
      {
          {"with \"o.rules\"", "并用 “o.rules”"},
          {"given Staff \"S1\" with name = \"Z\", boss = \"S2\"",
           "已知 Staff “S1”，内容 name = “Z”，boss = “S2”"},
          {"given at 2026-01-15 09:00 C \"C1\" with class = x",
           "已知 于 2026-01-15 09:00 C “C1”，内容 class = x"},
          {"given C \"C1\"\n with a = 1,\n b = 2", "已知 C “C1”\n 内容 a = 1，\n b = 2"},
          {"on 2026-03-01 09:00 e for \"C1\" with a = 300 yuan",
           "于 2026年3月1日 9:00 e 对象 “C1”，内容 a = 300 元"},
          {"on 2026-03-01 e", "于2026年3月1日 e"},
          {"on 2026-03-01 n delivered to \"C1\"", "于 2026-03-01 n 送达 “C1”"},
          {"on 2026-03-01 n failed", "于 2026-03-01 n 发送失败"},
          {"on 2026-03-01 10:00 task \"T\" done by \"S1\" with d = ok",
           "于 2026-03-01 10:00 交办 “T” 办毕，由 “S1”，内容 d = ok"},
          {"expect sms n to \"C1\" at 2026-03-01 09:00 saying \"200\"",
           "应 向 “C1” 发送 sms n 于 2026-03-01 09:00 含 “200”"},
          {"expect no sms n to \"C1\"", "不应 向 “C1” 发送 sms n"},
          {"expect task \"T\" for \"S1\" at 2026-03-01 due 2026-03-04 17:30",
           "应 交办 “S1” “T” 于 2026-03-01 截止 2026-03-04 17:30"},
          {"expect no task \"T\"", "不应 交办 “T”"},
          {"expect task \"T\" done at 2026-03-01", "应 交办 “T” 办毕 于 2026-03-01"},
          {"expect escalation of \"T\" to \"S2\" at 2026-03-01",
           "应 “T” 提级至 “S2” 于 2026-03-01"},
          {"expect no escalation of \"T\"", "不应 “T” 提级"},
          {"expect case K \"B1\" opened at 2026-03-01", "应 事项 K “B1” 启动 于 2026-03-01"},
          {"expect case K closed as s at 2026-03-01", "应 事项 K 办结 结果 s 于 2026-03-01"},
          {"expect cut for \"C1\" at 2026-03-01 with a = \"B1\"",
           "应 发起 cut 对象 “C1” 于 2026-03-01，内容 a = “B1”"},
          {"expect no cut", "不应 发起 cut"},
          {"expect cut blocked at 2026-03-01", "应 cut 被禁止 于 2026-03-01"},
          {"expect nothing more until 2026-12-31", "至 2026-12-31 应 再无动作"},
          {"expect nothing more until 2026-12-31", "应 再无动作 至 2026-12-31"},
      },
      "scenario \"s\"\n ", "场景 “s”\n ");
}

TEST(BothLanguages, Expressions) {
  const auto same = [](const char* english, const char* chinese) {
    EXPECT_EQ(value(english), value(chinese)) << chinese;
    EXPECT_NE(value(english), "");
  };
  same("a and b or not c", "a 且 b 或 非 c");
  same("a and b", "a 并且 b");
  same("a is b", "a 为 b");
  same("a is not b", "a 不为 b");
  same("a at least 3", "a 不低于3");
  same("a at most 3", "a 不超过 3");
  same("a above 3", "a 多于 3");
  same("a below 3", "a 少于 3");
  same("a >= b", "a ≥ b");
  same("a between 1 and 3", "a 介于 1 至 3");
  same("a in (b, c)", "a 属于（b，c）");
  same("a not in (b, c)", "a 不属于 （b、c）");
  same("a is known", "a 已知");
  same("a is not known", "a 未知");
  same("a is none", "a 为 无");
  same("a is not none", "a 不为 无");
  same("a is empty", "a 为空");
  same("a is not empty", "a 不为空");
  same("a contains b", "a 包含 b");
  same("a minus {b, c} union d", "a 减去 {b，c} 并上 d");
  same("a.b.c", "a的b的c");
  same("a.b", "a 的 b");
  same("event.amount", "本次的amount");
  same("today + 7 days", "今日 + 7 日");
  same("300 yuan", "300 元");
  same("50,000 yuan", "5万元");
  same("50,000 yuan", "5 万元");
  same("50000", "5 万");
  same("2026-03-01", "２０２６年３月１日");
  same("2026-03-01 09:00", "2026年3月1日 9：00");
  same("3 days", "3 天");
  same("1 working day", "1 个工作日");
  same("10 working days of statutory", "10 个工作日（statutory）");
  same("2 working hours", "2 个工作小时");
  same("1 week", "1 个星期");
  same("6 months", "6 个月");
  same("a quarter", "1 个季度");
  same("half a year", "半年");
  same("1 year", "1 年");
  same("45 minutes", "45分钟");
  same("average of m.kwh over the last 24 months", "近24个月内 m的kwh 平均值");
  same("average of m.kwh over the last 24 months", "近 24 个月 内 m的kwh的平均值");
  same("count of m over the last 24 months", "近24个月内 m 次数");
  same("sum of m.kwh", "历次 m的kwh 合计");
  same("max of m.kwh over the last 1 year where kwh > 0",
       "近1年内 m的kwh （其中 kwh 高于 0） 最大值");
  same("min of m.kwh", "历次 m的kwh 最小值");
  same("latest of m.kwh", "历次 m的kwh 最近值");
  same("latest of m.kwh where kwh > 0", "最近一次 m的kwh （其中 kwh 高于 0）");
  same("latest of m.kwh over the last 3 days", "近3日内 最近一次 m的kwh");
  same("sum of m.kwh over this week", "本周 m的kwh 合计");
  same("sum of m.kwh over this month", "本月 m的kwh的合计");
  same("sum of m.kwh over this quarter", "本季度 m的kwh 合计");
  same("count of m over this year where a", "本年 m （其中 a） 次数");
  same("count of m over the previous week", "上周 m 次数");
  same("count of m over previous month", "上月 m 次数");
  same("count of m over the previous quarter", "上季度 m 次数");
  same("count of m over the previous year", "上年度 m 次数");
  same("average of m.kwh over the same month of the last 3 years", "近3年同月 m的kwh 平均值");
  same("max of m.kwh over the same month of the last n", "近 n 同月 m的kwh 最大值");
  same("days from a to b", "自 a 至 b 天数");
  same("working days from a to b", "自 a 至 b 工作日数");
  same("min(a, b)", "最小值（a，b）");
  same("round a to 2", "四舍五入 a 至 2 位");
  same("a rolled forward", "a 遇休顺延");
  same("a rolled back", "a 遇休提前");
  same("a + 3 days rolled forward of s", "a + 3 日 遇休顺延（s）");
  same("working days of s from a to b", "自 a 至 b 工作日数（s）");
  same("next working day of s after a", "下一工作日（a，s）");
  same("previous working day before a", "上一工作日（a）");
  same("time of a", "时刻（a）");
  same("start of quarter of a", "季初（a）");
  // Written as calls in Chinese.
  EXPECT_EQ(value("年份（a）"), "(call year (name a))");
  EXPECT_EQ(value("月末（a）"), "(call end_of_month (name a))");
  EXPECT_EQ(value("下一工作日（a）"), "(call next_working_day (name a))");
}

// ---------------------------------------------------------------- trees

TEST(Expressions, BindAsTheyRead) {
  EXPECT_EQ(value("a + b * c - d"), "(- (+ (name a) (* (name b) (name c))) (name d))");
  EXPECT_EQ(value("-a * (b + c)"), "(* (neg (name a)) (+ (name b) (name c)))");
  EXPECT_EQ(value("a or b and not c is d"),
            "(or (name a) (and (name b) (not (= (name c) (name d)))))");
  EXPECT_EQ(value("a minus b is not empty"), "(not_empty (minus (name a) (name b)))");
  EXPECT_EQ(value("a between 1 and 3 and b"), "(and (between (name a) (lit 1) (lit 3)) (name b))");
  EXPECT_EQ(value("a.b at least c.d * 2"), "(>= (. b (name a)) (* (. d (name c)) (lit 2)))");
  EXPECT_EQ(value("a not in (b)"), "(not (in (name a) (name b)))");
  EXPECT_EQ(value("a is in (b)"), "(in (name a) (name b))");
}

TEST(Expressions, Literals) {
  EXPECT_EQ(value("5,000"), "(lit 5000)");
  EXPECT_EQ(value("0.5"), "(lit 0.5)");
  EXPECT_EQ(value("150%"), "(lit 1.5)");
  EXPECT_EQ(value("2‰"), "(lit 0.002)");
  EXPECT_EQ(value("20 EUR"), "(lit 20 EUR)");
  EXPECT_EQ(value("20 euro"), "(lit 20 EUR)");
  EXPECT_EQ(value("{1, 200}"), "(set (lit 1) (lit 200))");
  EXPECT_EQ(value("{1，200}"), "(set (lit 1) (lit 200))");
  EXPECT_EQ(value("{}"), "(set)");
  EXPECT_EQ(value("09:00"), "(lit 09:00)");
  EXPECT_EQ(value("24:00"), "(lit 24:00)");
  EXPECT_EQ(value("2026-03-01 09:30"), "(lit 1772357400000 2026-03-01 09:30)");
  EXPECT_EQ(value("1.5 hours"), "(lit 90 minutes)");
  EXPECT_EQ(value("a quarter"), "(lit 3 months)");
  EXPECT_EQ(value("half a year"), "(lit 6 months)");
  EXPECT_EQ(value("2 working days of statutory"), "(lit 2 working days statutory)");
  EXPECT_EQ(value("\"a \\\"b\\\" \\\\ \\n\""), "(lit \"a \"b\" \\ \n\")");
  EXPECT_EQ(value("“他说\"好\"”"), "(lit \"他说\"好\"\")");
  EXPECT_EQ(value("「甲」"), "(lit \"甲\")");
  EXPECT_EQ(value("yes"), "(lit yes)");
  EXPECT_EQ(value("none"), "(lit none)");
}

TEST(Expressions, Functions) {
  EXPECT_EQ(value("start of month of today"), "(call start_of_month (name today))");
  EXPECT_EQ(value("end of quarter of a.b"), "(call end_of_quarter (. b (name a)))");
  EXPECT_EQ(value("year of a + 1"), "(+ (call year (name a)) (lit 1))");
  EXPECT_EQ(value("day of a"), "(call day (name a))");
  EXPECT_EQ(value("next working day after a"), "(call next_working_day (name a))");
  EXPECT_EQ(value("previous working day before a"), "(call previous_working_day (name a))");
  EXPECT_EQ(value("time of latest m"), "(aggregate time_of_latest (name m))");
  EXPECT_EQ(value("time of latest m over the last 3 months where a"),
            "(aggregate time_of_latest (name m) over (lit 3 months) where (name a))");
  EXPECT_EQ(value("foo(a, 1)"), "(call foo (name a) (lit 1))");
  EXPECT_EQ(
      value("count of m over the last 3 months where a is b and c"),
      "(aggregate count (name m) over (lit 3 months) where (and (= (name a) (name b)) (name c)))");
}

TEST(Expressions, WordsOfTheLanguageAreNames) {
  EXPECT_EQ(value("case.amount + count * day"),
            "(+ (. amount (name case)) (* (name count) (name day)))");
  EXPECT_EQ(value("最小值 + 结果"), "(+ (name 最小值) (name 结果))");
  EXPECT_EQ(value("ＡＢ１"), "(name AB1)");
  EXPECT_EQ(value("`x的y`"), "(name x的y)");
  EXPECT_EQ(value("目的"), "(name 目的)");
}

TEST(Spans, AreExactInChineseText) {
  const Source source("a", "参数 甲 = 客户的金额 + 3 日\n");
  std::vector<Diagnostic> found;
  const syntax::File file = parse(source, 3, found);
  ASSERT_EQ(file.parameters.size(), 1U);
  const auto text = [&](const Span& span) {
    EXPECT_EQ(span.file, 3);
    return source.slice(span.begin, span.end);
  };
  const syntax::Expr& sum = *file.parameters[0].value;
  EXPECT_EQ(text(file.parameters[0].name.span), "甲");
  EXPECT_EQ(text(sum.span), "客户的金额 + 3 日");
  EXPECT_EQ(text(sum.args[0]->span), "客户的金额");
  EXPECT_EQ(text(sum.args[0]->text_span), "金额");
  EXPECT_EQ(text(sum.args[0]->args[0]->span), "客户");
  EXPECT_EQ(text(sum.args[1]->span), "3 日");
}

TEST(Lines, EndWhereTheSentenceEnds) {
  const std::string whole = parsed("forbid x when a is b and c.d > 3 + 4 because \"z\"\n");
  EXPECT_EQ(parsed("forbid x when\n a is b\n and c.d >\n 3\n + 4 -- why\n\n because\n \"z\"\n"),
            whole);
  EXPECT_EQ(parsed("forbid x when (a\n is b) and c.d > 3 + 4\n because \"z\"\n"), whole);
  EXPECT_EQ(parsed("禁止 x 当 a 为 b\n 且 c的d 高于 3 + 4 时\n 理由 “z”。\n"), whole);
  EXPECT_EQ(parsed("entity E key k\n due : date\n with : text\n because (x) : text\n"),
            parsed("对象 E 主键 k\n due： 日期型\n with： 文本型\n because （x）： 文本型\n"));
  EXPECT_EQ(parsed("choice c : a |\n b |\n c\n"), parsed("choice c : a | b | c\n"));
  EXPECT_EQ(parsed("—— 注释\n-- comment\n\tuse \"a\" -- end\n"), parsed("use \"a\""));
}

TEST(Lines, ChineseNeedsFewSpaces) {
  const std::string head = "规则 “r”\n";
  EXPECT_EQ(parsed(head + "到期日前3日： 更新 a = 1"),
            parsed(head + "到期日 前 3 日： 更新 a = 1"));
  EXPECT_EQ(parsed(head + "到期日后15个工作日 若 b： 更新 a = 1"),
            parsed(head + "到期日 后 15 个工作日 若 b： 更新 a = 1"));
  EXPECT_EQ(parsed(head + "信誉变化时： 更新 a = 1"), parsed(head + "信誉 变化时： 更新 a = 1"));
  EXPECT_EQ(parsed(head + "发生 缴费时： 更新 a = 1"), parsed(head + "发生 缴费 时： 更新 a = 1"));
  EXPECT_EQ(parsed(head + "停电通知书送达时： 更新 a = 1"),
            parsed(head + "停电通知书 送达时： 更新 a = 1"));
  EXPECT_EQ(value("工时 + 目前 + 整改后2"), "(+ (+ (name 工时) (name 目前)) (name 整改后2))");
}

TEST(Lines, ClausesBelongToTheTaskAbove) {
  const std::string text =
      "case K of C\n on opening:\n  task \"A\" for a\n   due within 1 day\n"
      "   when late: task \"B\" for b\n    due within 2 days\n  task \"D\" for d\n   stays\n";
  SourceSet sources = {Source("a", text)};
  std::vector<Diagnostic> found;
  const syntax::File file = parse(sources[0], 0, found);
  EXPECT_TRUE(found.empty());
  const std::vector<syntax::Action>& actions = file.cases[0].steps[0].actions;
  ASSERT_EQ(actions.size(), 2U);
  const syntax::TaskSpec& outer = *actions[0].task;
  EXPECT_EQ(outer.due_within->value.as<Duration>().amount, 1);
  ASSERT_EQ(outer.clauses.size(), 1U);
  EXPECT_EQ(outer.clauses[0].actions[0].task->due_within->value.as<Duration>().amount, 2);
  EXPECT_TRUE(actions[1].task->stays);
}

// ---------------------------------------------------------------- whole policies

TEST(Policies, AreTheSameInBothLanguages) {
  const std::string english = parsed(kEnglishPolicy);
  EXPECT_EQ(english, parsed(kChinesePolicy));
  EXPECT_NE(english.find("case Collection(催费)"), std::string::npos);
}

TEST(Policies, NeedNoIndentation) {
  std::string flat;
  bool line_start = true;
  for (const char c : std::string(kEnglishPolicy)) {
    if (line_start && c == ' ') continue;
    flat += c;
    line_start = c == '\n';
  }
  EXPECT_EQ(parsed(flat), parsed(kEnglishPolicy));
}

// Bytes, so that Chinese text is also cut inside a character.
TEST(Policies, EveryBeginningIsReadWithoutHarm) {
  for (const std::string text : {kEnglishPolicy, kChinesePolicy}) {
    for (size_t length = 0; length < text.size(); length += 3 * test::kFewer) {
      SourceSet sources = {Source("a", text.substr(0, length))};
      std::vector<Diagnostic> found;
      parse(sources[0], 0, found);
      EXPECT_LE(found.size(), 2U) << text.substr(0, length);
      for (const Diagnostic& diagnostic : found) {
        EXPECT_FALSE(render(diagnostic, sources, Language::chinese).empty());
        EXPECT_LE(diagnostic.span.begin, diagnostic.span.end);
        EXPECT_LE(diagnostic.span.end, sources[0].code_points().size()) << text.substr(0, length);
      }
    }
  }
}

TEST(Policies, AreReadFromSeveralThreadsAtOnce) {
  std::vector<std::string> dumps(4);
  std::vector<std::thread> threads;
  for (size_t i = 0; i < dumps.size(); ++i) {
    threads.emplace_back([&dumps, i] {
      const Source source("a", i % 2 == 0 ? kEnglishPolicy : kChinesePolicy);
      for (int round = 0; round < 5; ++round) {
        std::vector<Diagnostic> found;
        dumps[i] = dump(parse(source, 0, found));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& dumped : dumps) EXPECT_EQ(dumped, parsed(kEnglishPolicy));
}

// ---------------------------------------------------------------- hostile texts

std::string repeated(const std::string& text, size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  while (times-- > 0) out += text;
  return out;
}

struct Hostile {
  const char* what;
  std::string text;
  const char* code;  // null = nothing is wrong with it
};

TEST(Limits, HostileTextsGiveOneFindingSoon) {
  constexpr size_t kMany = 700'000;
  const std::string head = "parameter p = ";
  const std::vector<Hostile> texts = {
      {"parentheses", head + repeated("(", kMany) + "1" + repeated(")", kMany), "E002"},
      {"fewer parentheses", head + repeated("(", 5000) + "1" + repeated(")", 5000), "E011"},
      {"allowed parentheses", head + repeated("(", 100) + "1" + repeated(")", 100), nullptr},
      {"unclosed parentheses", head + repeated("(", 5000), "E011"},
      {"sets", head + repeated("{", 5000), "E011"},
      {"not", head + repeated("not ", kMany) + "a", "E002"},
      {"fewer not", head + repeated("not ", 5000) + "a", "E011"},
      {"not and parentheses", head + repeated("not (- (", 60) + "a" + repeated("))", 60), "E011"},
      {"signs", head + repeated("- ", 5000) + "a", "E011"},
      {"a sum", head + repeated("1 + ", kMany) + "1", "E002"},
      {"a shorter sum", head + repeated("1 + ", 9000) + "1", "E011"},
      {"an allowed sum", head + repeated("1 + ", 100) + "1", nullptr},
      {"members", head + repeated("a.", 9000) + "b", "E011"},
      {"functions", head + repeated("year of ", 5000) + "b", "E011"},
      {"fewer functions", head + repeated("year of ", 150) + "b", "E011"},
      {"calls", head + repeated("min(", 127) + "b" + repeated(")", 127), nullptr},
      {"a list", head + "a in (" + repeated("1, ", 9000) + "1)", nullptr},
      {"names", repeated("b ", 19000), "E003"},
      {"soft words", repeated("case ", 19000), "E004"},
      {"a long line", repeated("x", 5'000'000), "E002"},
      {"a long text", head + "\"" + repeated("x", 3'000'000) + "\"", nullptr},
      {"a long word", repeated("督", 1'200'000), "E003"},
      {"members in Chinese", head + repeated("甲的", 600'000) + "乙", "E002"},
      {"empty lines", repeated("\n", 3'900'000), nullptr},
      {"NUL bytes", std::string(1'000'000, '\0'), "E005"},
      {"digits", head + repeated("9", 1'000'000), "E009"},
      {"bars", repeated("|", 1'000'000), "E002"},
      {"unterminated text", head + "\"" + repeated("x", 1'000'000), "E006"},
      {"unterminated name", head + "`" + repeated("x", 1'000'000), "E007"},
  };
  for (const Hostile& hostile : texts) {
    const auto begin = std::chrono::steady_clock::now();
    std::vector<Diagnostic> found;
    parse(Source("a", hostile.text), 0, found);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(found.size(), hostile.code == nullptr ? 0U : 1U) << hostile.what;
    if (hostile.code != nullptr && !found.empty()) {
      EXPECT_EQ(found[0].code, hostile.code) << hostile.what;
    }
    EXPECT_LT(seconds.count(), 20) << hostile.what;  // generous: sanitizers and busy machines
  }
}

TEST(Limits, FindingsAreCapped) {
  std::vector<Diagnostic> found;
  parse(Source("a", repeated("frobnicate it\n", 1000)), 0, found, {.max_diagnostics = 10});
  ASSERT_EQ(found.size(), 10U);
  EXPECT_EQ(found[9].code, "E012");
}

TEST(Limits, BadUtf8IsToldOnce) {
  std::vector<Diagnostic> found;
  const syntax::File file =
      parse(Source("a", "use \"\xff\"\nparameter p = \xff 1\nparameter q = 2\n"), 0, found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].code, "E001");
  EXPECT_EQ(found[0].span.begin, 5U);
  EXPECT_EQ(file.parameters.size(), 1U);
}

}  // namespace
}  // namespace duban::parse_test
