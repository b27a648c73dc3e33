// Goal: a file laid out anyhow becomes the canonical one, with every comment where it belongs, and
// what cannot be read is kept. Method: texts and what they become; each result must stay as it is.
#include <gtest/gtest.h>

#include <string>

#include "engine/fmt.h"
#include "engine/parse.h"
#include "tests/engine/files.h"

namespace duban::fmt_layout_test {
namespace {

std::string formatted(const std::string& text) { return format_rules(Source("t.rules", text)); }

void expect_layout(const std::string& text, const std::string& wanted) {
  EXPECT_EQ(formatted(text), wanted);
  EXPECT_EQ(formatted(wanted), wanted);
}

// ---------------------------------------------------------------- lines

TEST(FmtLayout, WordsTellTheLevelWhateverTheIndentation) {
  expect_layout(
      "policy \"P\"\n"
      "use \"u.rules\"\n"
      "case K of C per id\n"
      "      opens on billed\n"
      "on opening:\n"
      "task \"T\" for owner\n"
      "due within 1 day\n"
      "when late:\n"
      "  escalate to owner.boss\n"
      "  notify owner n\n"
      "when done: close as done\n"
      "notify C by sms m\n"
      "once per month\n"
      "otherwise:\n"
      "set a = 1\n",
      "policy \"P\"\n"
      "  use \"u.rules\"\n"
      "\n"
      "case K of C per id\n"
      "  opens on billed\n"
      "  on opening:\n"
      "    task \"T\" for owner\n"
      "      due within 1 day\n"
      "      when late:\n"
      "        escalate to owner.boss\n"
      "        notify owner n\n"
      "      when done: close as done\n"
      "    notify C by sms m\n"
      "      once per month\n"
      "  otherwise:\n"
      "    set a = 1\n");
}

TEST(FmtLayout, TasksInsideClauses) {
  const std::string text =
      "rule \"r\"\n"
      "  on e:\n"
      "    task \"outer\" for a\n"
      "      due within 1 day\n"
      "      when late: task \"inner\" for b\n"
      "        due within 2 days\n"
      "  on f:\n"
      "    task \"outer\" for a\n"
      "      when done:\n"
      "        task \"inner\" for b\n"
      "          due within 2 days\n";
  expect_layout(text, text);
}

TEST(FmtLayout, BlankLines) {
  expect_layout(
      "\n\npolicy \"P\"\n"
      "\n"
      "  use \"u.rules\"\n"
      "parameter a = 1\n"
      "parameter b = 2\n"
      "\n\n\n"
      "parameter c = 3\n"
      "notice n service sms \"x\"\n"
      "-- about the rule\n"
      "rule \"r\"\n"
      "\n"
      "  on e:\n"
      "    set a = 1\n"
      "\n\n"
      "  on f:\n"
      "    set a = 2\n"
      "rule \"s\"\n"
      "  on e:\n"
      "    set a = 3\n"
      "\n\n",
      "policy \"P\"\n"
      "  use \"u.rules\"\n"
      "\n"
      "parameter a = 1\n"
      "parameter b = 2\n"
      "\n"
      "parameter c = 3\n"
      "\n"
      "notice n service sms \"x\"\n"
      "\n"
      "-- about the rule\n"
      "rule \"r\"\n"
      "  on e:\n"
      "    set a = 1\n"
      "\n"
      "  on f:\n"
      "    set a = 2\n"
      "\n"
      "rule \"s\"\n"
      "  on e:\n"
      "    set a = 3\n");
}

TEST(FmtLayout, ABrokenSentenceStaysBrokenWhereItMayBe) {
  expect_layout(
      "forbid cut when C.critical\n"
      "because \"no\"\n"
      "notice n service sms\n"
      "    \"text\"\n"
      "rule \"r\"\n"
      "  on paid if amount > 3 and\n"
      "     grade in (good,\n"
      "       fair)\n"
      "     or late:\n"
      "    set a = b +\n"
      "    c, d = 2,\n"
      "      e = 3\n"
      "    raise x\n"
      "    with a = 1\n"
      "scenario \"s\"\n"
      "  given C \"1\"\n"
      "  with name = \"L\",\n"
      "  phone = \"2\"\n",
      "forbid cut when C.critical\n"
      "  because \"no\"\n"
      "\n"
      "notice n service sms\n"
      "  \"text\"\n"
      "\n"
      "rule \"r\"\n"
      "  on paid if amount > 3\n"
      "      and grade in (good,\n"
      "      fair)\n"
      "      or late:\n"
      "    set a = b +\n"
      "        c, d = 2,\n"
      "        e = 3\n"
      "    raise x\n"
      "        with a = 1\n"
      "\n"
      "scenario \"s\"\n"
      "  given C \"1\"\n"
      "      with name = \"L\",\n"
      "      phone = \"2\"\n");
}

TEST(FmtLayout, ElsewhereItIsJoinedAndNoLineIsBrokenForItsLength) {
  std::string choice = "choice c : value_0";
  for (int i = 1; i < 60; ++i) choice += " | value_" + std::to_string(i);
  expect_layout("parameter p =\n  3\nchannel m to\n    address\n" + choice + "\n",
                "parameter p = 3\n\nchannel m to address\n\n" + choice + "\n");
}

TEST(FmtLayout, TheBreaksOfChineseSentences) {
  expect_layout(
      "场景 “一”\n"
      "已知 客户 “1”，\n"
      "内容 名称 = “李”，\n"
      "手机 = “2”\n"
      "规则 “二”\n"
      "发生 缴费 时 若 金额 > 3\n"
      "且 等级 属于（优、良）：\n"
      "更新 甲 = 1\n",
      "场景 “一”\n"
      "  已知 客户 “1”，\n"
      "      内容 名称 = “李”，\n"
      "      手机 = “2”\n"
      "\n"
      "规则 “二”\n"
      "  发生 缴费 时 若 金额 > 3\n"
      "      且 等级 属于（优、良）：\n"
      "    更新 甲 = 1\n");
}

// ---------------------------------------------------------------- comments

TEST(FmtLayout, CommentsStandLikeWhatFollows) {
  expect_layout(
      "-- the file\n"
      "\n"
      "-- the policy\n"
      "policy \"P\"\n"
      "-- uses\n"
      "  use \"u.rules\"\n"
      "   -- section\n"
      "\n"
      "-- the rule\n"
      "-- and more\n"
      "rule \"r\"\n"
      "-- the trigger\n"
      "  on e:\n"
      "-- the action\n"
      "    set a = 1\n"
      "    -- the end of the step\n"
      "  on f:\n"
      "    set a = 2\n"
      "    -- the end of the rule\n"
      "\n"
      "-- the end\n",
      "-- the file\n"
      "\n"
      "-- the policy\n"
      "policy \"P\"\n"
      "  -- uses\n"
      "  use \"u.rules\"\n"
      "  -- section\n"
      "\n"
      "-- the rule\n"
      "-- and more\n"
      "rule \"r\"\n"
      "  -- the trigger\n"
      "  on e:\n"
      "    -- the action\n"
      "    set a = 1\n"
      "    -- the end of the step\n"
      "  on f:\n"
      "    set a = 2\n"
      "    -- the end of the rule\n"
      "\n"
      "-- the end\n");
}

TEST(FmtLayout, CommentsAtTheEndsOfLinesStandBelowEachOther) {
  expect_layout(
      "event e for C -- about e\n"
      "  amount : money--and the amount\n"
      "  到期日 : date      -- 日期\n"
      "\n"
      "parameter p = 1     -- one   \n",
      "event e for C     -- about e\n"
      "  amount : money  --and the amount\n"
      "  到期日 : date   -- 日期\n"
      "\n"
      "parameter p = 1  -- one\n");
}

TEST(FmtLayout, CommentsInsideASentence) {
  expect_layout(
      "rule \"r\"\n"
      "  on e if a -- first\n"
      "    -- between\n"
      "    and b: -- last\n"
      "    set c =  -- of the sum\n"
      "      1\n",
      "rule \"r\"\n"
      "  on e if a   -- first\n"
      "      -- between\n"
      "      and b:  -- last\n"
      "    -- of the sum\n"
      "    set c = 1\n");
}

TEST(FmtLayout, DashesInTextsAreNone) {
  const std::string text = "notice n service sms \"a -- b\"  -- c\n";
  expect_layout(text, text);
  expect_layout("参数 甲 = 1 ——说明\n", "参数 甲 = 1  ——说明\n");
}

TEST(FmtLayout, FilesOfCommentsAlone) {
  expect_layout("  -- a\n\n\n-- b", "-- a\n\n-- b\n");
  expect_layout("\n \n", "");
  expect_layout("", "");
}

// ---------------------------------------------------------------- columns

TEST(FmtLayout, FieldsStandInColumns) {
  expect_layout(
      "entity Customer key id\n"
      "  id (户号): text\n"
      "  name: text? private\n"
      "  -- who looks after it\n"
      "  manager (客户经理) :Staff?\n",
      "entity Customer key id\n"
      "  id      (户号)     : text\n"
      "  name               : text? private\n"
      "  -- who looks after it\n"
      "  manager (客户经理) : Staff?\n");
}

TEST(FmtLayout, TablesStandInColumnsAndWideCharactersCountTwo) {
  expect_layout(
      "table t (等级) first match\n"
      "| a | 信誉 |=>tier (级别)|n|\n"
      "  -- the best\n"
      "|>=10,000,000|good|nanny (保姆式)|1|\n"
      "| any|较差, poor|换位式 | 1,000 |\n",
      "table t (等级) first match\n"
      "  | a             | 信誉       | => tier (级别)    | n     |\n"
      "  -- the best\n"
      "  | >= 10,000,000 | good       |    nanny (保姆式) |     1 |\n"
      "  | any           | 较差, poor |    换位式         | 1,000 |\n");
  expect_layout(
      "决策表 等级，首条命中\n"
      "|信誉|=>级别（tier）|天数|\n"
      "|非 较差、优质| 保姆式(nanny)|2天|\n"
      "|任一| 换位式 | １５ 天|\n",
      "决策表 等级，首条命中\n"
      "  ｜ 信誉            ｜ => 级别 （tier） ｜ 天数  ｜\n"
      "  ｜ 不为 较差，优质 ｜ 保姆式 （nanny） ｜ 2 日  ｜\n"
      "  ｜ 任意            ｜ 换位式           ｜ 15 日 ｜\n");
}

TEST(FmtLayout, RowsThatDoNotFitKeepWhatTheySay) {
  expect_layout(
      "table t first match\n"
      "  | a | => b |\n"
      "  | 1 | 2 | 3 |\n"
      "  | ! | 2 |\n"
      "  | 1 |\n"
      "  | => 1 | 2 |\n",
      "table t first match\n"
      "  | a    | => b |\n"
      "  | 1    |    2 | 3 |\n"
      "  | ! | 2 |\n"
      "  | 1    |\n"
      "  | => 1 |    2 |\n");
}

// ---------------------------------------------------------------- words

TEST(FmtLayout, FullWidthInChineseHalfWidthInEnglish) {
  expect_layout(
      "事项 催费(Collection) 对象 客户 按 账单号\n"
      "  办结条件 未缴<=０元,结果 已结清(settled)。\n"
      "  发生 缴费 时:更新 已缴=已缴+本次.金额\n",
      "事项 催费 （Collection） 对象 客户 按 账单号\n"
      "  办结条件 未缴 <= 0 元 结果 已结清 （settled）\n"
      "  发生 缴费 时： 更新 已缴 = 已缴 + 本次的金额\n");
  expect_layout("notice n （通知） service sms， app “x”\nparameter p （参数一）＝ ５％\n",
                "notice n (通知) service sms, app \"x\"\n\nparameter p (参数一) = 5%\n");
}

TEST(FmtLayout, TheFirstSpellingIsWritten) {
  expect_layout(
      "规则 “一”\n"
      "  发生 缴费 时 如果 甲 不少于 3 并且 乙 多于 2 或者 丙 不晚于 今日：\n"
      "    交办 负责人 “T”\n"
      "      时限 3 天\n"
      "      自 甲 起每 2 月，不早于 乙\n",
      "规则 “一”\n"
      "  发生 缴费 时 若 甲 不低于 3 且 乙 超过 2 或 丙 不晚于 今日：\n"
      "    交办 负责人 “T”\n"
      "      时限 3 日\n"
      "      自 甲 起每 2 个月，但不早于 乙\n");
  expect_layout("决策表 甲，首条命中\n|到期日|=>乙|\n|不早于2026年1月1日|1|\n|晚于 今日|2|\n",
                "决策表 甲，首条命中\n"
                "  ｜ 到期日              ｜ => 乙 ｜\n"
                "  ｜ 不早于 2026年1月1日 ｜     1 ｜\n"
                "  ｜ 晚于 今日           ｜     2 ｜\n");
  expect_layout(
      "parameter n = count of e over the last a quarter\n"
      "define d of C = minimum(a, b) + a week\n"
      "table t all match, minimum\n  | a | => b |\n  | is not 1 | = 2 |\n",
      "parameter n = count of e over the last 1 quarter\n"
      "\n"
      "define d of C = min(a, b) + 1 week\n"
      "\n"
      "table t all matches, min\n  | a     | => b |\n  | not 1 |    2 |\n");
}

TEST(FmtLayout, ALineIsInTheLanguageOfItsFirstWord) {
  expect_layout(
      "policy \"P\"\n"
      "事项 K of C per id\n"
      "  opens on e\n"
      "  当 a is poor 时： set b = 是\n"
      "  on f if a 为 poor: 更新 b = yes\n",
      "policy \"P\"\n"
      "\n"
      "事项 K 对象 C 按 id\n"
      "  opens on e\n"
      "  当 a 为 poor 时： 更新 b = 是\n"
      "  on f if a is poor: set b = yes\n");
}

TEST(FmtLayout, Quotes) {
  expect_layout("通知模板 甲 服务 短信 \"说\\\"好\\\"\"\n", "通知模板 甲 服务 短信 “说\"好\"”\n");
  expect_layout("通知模板 甲 服务 短信 「说好」\n", "通知模板 甲 服务 短信 “说好”\n");
  expect_layout("通知模板 甲 服务 短信 「说“好”」\n", "通知模板 甲 服务 短信 「说“好”」\n");
  expect_layout("通知模板 甲 服务 短信 \"“」\\\\\\n\\{x\\}”\"\n",
                "通知模板 甲 服务 短信 ““」\\\\\\n\\{x\\}\\””\n");
  expect_layout("notice a service sms “say \"so\"”\n", "notice a service sms \"say \\\"so\\\"\"\n");
  expect_layout("policy Collection\n", "policy \"Collection\"\n");
  // `＂` closes `"` and cannot be escaped.
  expect_layout("notice a service sms “one ＂”\n", "notice a service sms “one ＂”\n");
}

TEST(FmtLayout, NamesInBackquotesStayThere) {
  const std::string text =
      "event `when 1` (`目的地`) for C\n"
      "  `yes` : text\n"
      "\n"
      "规则 “一”\n"
      "  发生 `when 1` 时：\n"
      "    更新 甲 = 本次.`yes` + `目的`.乙\n";
  expect_layout(text, text);
  std::vector<Diagnostic> found;
  parse(Source("t.rules", text), 0, found);
  EXPECT_TRUE(found.empty());
}

// ---------------------------------------------------------------- what cannot be read

TEST(FmtLayout, BrokenLinesKeepTheirText) {
  expect_layout(
      "policy \"P\"\n"
      "   rulle   \"r\"   x\n"
      "rule \"r\"\n"
      "  on e:\n"
      "       notfy   C by sms,,n   -- why\n"
      "       set a=1\n"
      "   when (a\n"
      "       is   (b:\n"
      "    notify C n\n"
      "   set \"open\n",
      "policy \"P\"\n"
      "  rulle   \"r\"   x\n"
      "\n"
      "rule \"r\"\n"
      "  on e:\n"
      "    notfy   C by sms,,n  -- why\n"
      "    set a = 1\n"
      "  when (a\n"
      "    is   (b:\n"
      "    notify C n\n"
      "  set \"open\n");
}

TEST(FmtLayout, ADeclarationThatContradictsItselfStaysAsItIs) {
  const std::string odd =
      "rule \"r\"\n"
      "   on e:\n"
      "     task \"T\"   for a\n"
      "      when late: task \"U\" for b\n"
      "     due within 1 day   -- whose?\n"
      "        -- nobody knows\n";
  expect_layout(odd + "rule \"s\"\n on e: set a=1\n", odd + "\nrule \"s\"\n  on e: set a = 1\n");
}

TEST(FmtLayout, LinesEndInALineFeed) {
  expect_layout("parameter a = 1\r\n  -- b  \r\nparameter b = 2\r\r\nparameter c = 3",
                "parameter a = 1\n-- b\nparameter b = 2\n\nparameter c = 3\n");
  expect_layout("\xef\xbb\xbfparameter a=1", "parameter a = 1\n");
}

TEST(FmtLayout, WhatIsNoTextOrTooLongIsNotTouched) {
  const std::string bytes = "parameter  a = 1\nparameter b = \"\xff\"\n";
  const Source source("t.rules", bytes);
  EXPECT_EQ(format_rules(source), source.text());
  const std::string huge = "parameter  a = 1\n" + std::string(4'000'001, ' ');
  EXPECT_EQ(formatted(huge), huge);
}

// ---------------------------------------------------------------- names in the other language

std::string respelled(const std::string& text, Language language) {
  const CompileInput input{{{"t.rules", text}}, {}, nullptr};
  const Compilation compilation = compile(input);
  EXPECT_NE(compilation.plan, nullptr) << test::messages(compilation);
  const std::string out =
      format_rules(Source("t.rules", text), respelling(compilation, 0, language));
  const Compilation after = compile({{{"t.rules", out}}, {}, nullptr});
  EXPECT_NE(after.plan, nullptr) << out << test::messages(after);
  if (compilation.plan && after.plan) {
    EXPECT_EQ(after.plan->digest.to_hex(), compilation.plan->digest.to_hex()) << out;
  }
  return out;
}

void expect_respelling(const std::string& english, const std::string& chinese) {
  EXPECT_EQ(respelled(english, Language::chinese), chinese);
  EXPECT_EQ(respelled(chinese, Language::english), english);
}

constexpr const char* kEnglishWords =
    "vocabulary \"V\" (词汇一)\n"
    "  timezone \"Asia/Shanghai\"\n"
    "  currency CNY (元)\n"
    "\n"
    "reference Staff (员工) key id (工号)\n"
    "  name (姓名) : text\n"
    "  boss (上级) : Staff?\n"
    "\n"
    "entity Customer (客户) key id (户号)\n"
    "  name    (名称)     : text\n"
    "  phone   (手机)     : text?\n"
    "  manager (客户经理) : Staff?\n"
    "  seen_on (上次见面) : date?\n"
    "  only_english       : number = 0\n"
    "\n"
    "event met (见面) for Customer\n"
    "  on_day (日期一) : date\n"
    "  set seen_on = on_day\n"
    "\n"
    "channel mail (邮件) to name\n"
    "\n";
constexpr const char* kChineseWords =
    "词汇 “词汇一” （V）\n"
    "  时区 “Asia/Shanghai”\n"
    "  货币 CNY （元）\n"
    "\n"
    "参照 员工 （Staff） 主键 工号 （id）\n"
    "  姓名 （name）： 文本型\n"
    "  上级 （boss）： 员工？\n"
    "\n"
    "对象 客户 （Customer） 主键 户号 （id）\n"
    "  名称 （name）： 文本型\n"
    "  手机 （phone）： 文本型？\n"
    "  客户经理 （manager）： 员工？\n"
    "  上次见面 （seen_on）： 日期型？\n"
    "  only_english： 数值型 = 0\n"
    "\n"
    "事件 见面 （met） 对象 客户\n"
    "  日期一 （on_day）： 日期型\n"
    "  更新 上次见面 = 日期一\n"
    "\n"
    "渠道 邮件 （mail） 至 名称\n"
    "\n";

TEST(FmtNames, EachIsRespelledAsWhatItStandsFor) {
  expect_respelling(
      std::string(kEnglishWords) +
          "notice hello (问候) service mail \"Dear {name}, {manager.name} of "
          "{manager.boss.name}\"\n"
          "\n"
          "rule \"r\" (规则一)\n"
          "  on met if event.on_day below today and manager.name is not \"x\" or only_english > "
          "3:\n"
          "    notify Customer by mail hello\n"
          "    set only_english = only_english + 1\n"
          "    task \"See {name} on {event.on_day}\" for manager.boss\n"
          "      due at event.on_day + 3 days\n"
          "      needs result (结果) : good (好) | bad (坏)\n"
          "      when done if result is good: set phone = none\n"
          "\n"
          "scenario \"s\" (场景一)\n"
          "  given Staff \"S\" with name = \"Z\"\n"
          "  given Customer \"C\" with name = \"L\", manager = \"S\"\n"
          "  on 2026-03-02 09:00 met with on_day = 2026-03-01\n"
          "  on 2026-03-02 10:00 task \"See L on 2026-03-01\" done with result = good\n"
          "  expect mail hello to \"C\" at 2026-03-02\n",
      std::string(kChineseWords) +
          "通知模板 问候 （hello） 服务 邮件 “Dear {名称}, {客户经理的姓名} of "
          "{客户经理的上级的姓名}”\n"
          "\n"
          "规则 “规则一” （r）\n"
          "  发生 见面 时 若 本次的日期一 早于 今日 且 客户经理的姓名 不为 “x” 或 only_english > "
          "3：\n"
          "    向 客户 发送 邮件 问候\n"
          "    更新 only_english = only_english + 1\n"
          "    交办 客户经理的上级 “See {名称} on {本次的日期一}”\n"
          "      截止 本次的日期一 + 3 日\n"
          "      须填写 结果 （result）： 好 （good）｜坏 （bad）\n"
          "      办毕时 若 结果 为 好： 更新 手机 = 无\n"
          "\n"
          "场景 “场景一” （s）\n"
          "  已知 员工 “S”，内容 姓名 = “Z”\n"
          "  已知 客户 “C”，内容 名称 = “L”，客户经理 = “S”\n"
          "  于 2026年3月2日 09:00 见面，内容 日期一 = 2026年3月1日\n"
          "  于 2026年3月2日 10:00 交办 “See L on 2026-03-01” 办毕，内容 结果 = 好\n"
          "  应 向 “C” 发送 邮件 问候 于 2026年3月2日\n");
}

// A name that would be read as a word of the language is put in backquotes.
TEST(FmtNames, BackquotesWhereTheyAreNeeded) {
  const std::string english =
      "vocabulary \"V\"\n"
      "  timezone \"Asia/Shanghai\"\n"
      "\n"
      "entity C key id\n"
      "  purpose (`目的地`)  : text?\n"
      "  correct (`是`)      : yes/no = yes\n"
      "  limit   (时限)      : number = 0\n"
      "\n"
      "event e for C\n"
      "\n"
      "rule \"r\"\n"
      "  on e if correct and C.purpose is known and limit > 0:\n"
      "    set limit = 0\n";
  const std::string chinese = respelled(english, Language::chinese);
  EXPECT_NE(chinese.find("若 `是` 且 C.`目的地` 已知 且 时限 > 0"), std::string::npos) << chinese;
  EXPECT_EQ(respelled(chinese, Language::english), formatted(english));
}

// What the aliases of two subjects disagree about stays.
TEST(FmtNames, WhatHasTwoNamesStays) {
  const std::string text =
      "vocabulary \"V\"\n"
      "  timezone \"Asia/Shanghai\"\n"
      "\n"
      "entity C key id\n"
      "  name (名称) : text\n"
      "\n"
      "entity D key id\n"
      "  name (店名) : text\n"
      "\n"
      "event e for C\n"
      "event f for D\n"
      "\n"
      "channel mail to name\n"
      "\n"
      "notice n service mail \"{name}\"\n"
      "\n"
      "rule \"r\"\n"
      "  on e:\n"
      "    notify C n\n"
      "  on f:\n"
      "    notify D n\n";
  const std::string chinese = respelled(text, Language::chinese);
  EXPECT_NE(chinese.find("“{name}”"), std::string::npos) << chinese;
  EXPECT_EQ(respelled(chinese, Language::english), text);
}

// What stands for nobody yet stays too.
TEST(FmtNames, ANoticeNeverSent) {
  const std::string text = std::string(kEnglishWords) +
                           "notice unused (未用) service mail \"{name} {due} {event.time}\"\n";
  const std::string chinese = respelled(text, Language::chinese);
  EXPECT_NE(chinese.find("“{name} {办理期限} {本次的发生时间}”"), std::string::npos) << chinese;
  EXPECT_EQ(respelled(chinese, Language::english), text);
}

// Titles that would not be read in parentheses do not change places.
TEST(FmtNames, TitlesThatStay) {
  const std::string text = "scenario \"Li's (old) case\" (李的旧事项)\n";
  EXPECT_EQ(format_rules(Source("t.rules", text), Respelling{Language::chinese, {}, {}}),
            "场景 “Li's (old) case” （李的旧事项）\n");
}

}  // namespace
}  // namespace duban::fmt_layout_test
