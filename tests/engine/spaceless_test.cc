// Goal: Chinese without spaces means what it means with them; what could mean two things is asked
// back; an unknown name is the only thing that is wrong with a line that contains one.
// Method: the shipped policies with every space taken out against themselves, by the digests of
// their plans; single lines against their spaced forms, by their trees; and how often the grammar
// is asked, counted.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/files.h"
#include "engine/parse.h"
#include "engine/readings.h"
#include "engine/scenario.h"
#include "engine/skim.h"
#include "tests/engine/files.h"
#include "tests/engine/spaces.h"
#include "tests/engine/syntax_dump.h"

namespace duban::spaceless_test {
namespace {

// ---------------------------------------------------------------- whole policies

std::vector<std::string> chinese_policies(const CompileInput& input) {
  std::vector<std::string> out;
  for (const DeploymentFile& file : input.files) {
    if (file.path.starts_with("zh/")) out.push_back(file.path);
  }
  return out;
}

CompileInput spaceless(CompileInput input) {
  for (DeploymentFile& file : input.files) {
    if (file.path.starts_with("zh/")) file.text = test::without_spaces(file.text);
  }
  return input;
}

CompileInput library_and_sample() {
  CompileInput input = test::read_folder("rules");
  // The sample stands for what an author writes: the library has a longer policy of that name.
  for (const DeploymentFile& file : test::read_folder("tests/corpus/samples").files) {
    input.files.push_back({"zh/sample/" + file.path, file.text});
  }
  return input;
}

// Codes and texts; the places differ.
std::vector<std::string> said(const Compilation& compilation) {
  std::vector<std::string> out;
  for (const Diagnostic& found : compilation.diagnostics) {
    out.push_back(found.code + " " + found.english);
  }
  return out;
}

TEST(WithoutSpaces, PoliciesCompileToTheSamePlans) {
  const CompileInput spaced = library_and_sample();
  const CompileInput joined = spaceless(spaced);
  size_t count = 0;
  for (const std::string& path : chinese_policies(spaced)) {
    const Compilation expected = compile(closure(spaced, {path}));
    const Compilation compilation = compile(closure(joined, {path}));
    ASSERT_NE(expected.plan, nullptr) << test::messages(expected);
    ASSERT_NE(compilation.plan, nullptr) << test::messages(compilation);
    EXPECT_EQ(said(compilation), said(expected));
    EXPECT_EQ(compilation.plan->digest, expected.plan->digest) << path;
    ++count;
  }
  EXPECT_GE(count, 8U);
}

TEST(WithoutSpaces, ScenariosPass) {
  const CompileInput joined = spaceless(test::read_folder("rules"));
  for (const std::string& path : chinese_policies(joined)) {
    for (const ScenarioResult& result : run_scenarios(joined, path)) {
      EXPECT_TRUE(result.passed) << result.file << ": " << result.name;
    }
  }
}

// ---------------------------------------------------------------- single lines

constexpr const char* kWords = R"(词汇 “供电”
货币 CNY （元）
参照 员工 （Staff） 主键 工号 （staff_no）
  姓名： 文本型
  上级： 员工？
对象 客户 （Customer） 主键 户号 （account_no）
  名称： 文本型
  手机： 文本型
  信誉 （credit）： 优质 （good）｜中等｜较差 （poor）
  欠费： 金额型
  电量： 数值型
  客户经理 （manager）： 员工？
  上次走访： 日期型？
  方案2： 是否型
  不合格： 是否型
事件 缴费 （paid） 对象 客户
  金额 （amount）： 金额型
  账单号： 文本型
  到期日 （due_date）： 日期型
事件 业扩办结 对象 客户
对外事件 停电指令 （cut） 对象 客户
渠道 短信 （sms） 至 手机
渠道 应用 至 手机
通知模板 账单提醒 （bill_reminder） 服务 短信 “x”
通知模板 停电通知书 必达 短信 “x”
参数 大额标准 = 500 元
定义 未缴 对象 客户 = 欠费
)";

struct Read {
  std::string tree;
  std::string said;  // code and message, a line each
};

Read read(const std::string& lines, const std::string& words = kWords) {
  const SourceSet sources = {Source("a.rules", words),
                             Source("b.rules", "办法 “b”\n引用 “a.rules”\n" + lines + "\n")};
  std::vector<Diagnostic> found;
  const std::vector<syntax::File> files = parse_files(sources, {}, found).files;
  Read out{dump(files[1]), ""};
  for (const Diagnostic& it : found) out.said += it.code + " " + it.chinese + "\n";
  return out;
}

struct Pair {
  const char* joined;
  const char* spaced;
};

void expect_same(const std::vector<Pair>& pairs, const std::string& head,
                 const std::string& words = kWords) {
  for (const Pair& pair : pairs) {
    const Read joined = read(head + pair.joined, words);
    const Read spaced = read(head + pair.spaced, words);
    EXPECT_EQ(spaced.said, "") << pair.spaced;
    EXPECT_EQ(joined.said, "") << pair.joined;
    EXPECT_EQ(joined.tree, spaced.tree) << pair.joined;
  }
}

TEST(WithoutSpaces, Triggers) {
  expect_same(
      {
          {"当客户的信誉为较差且欠费大于500元时：更新欠费=0元",
           "当 客户的信誉 为 较差 且 欠费 大于 500 元 时： 更新 欠费 = 0 元"},
          {"当客户的信誉为较差或者未缴不低于大额标准：更新欠费=0元",
           "当 客户的信誉 为 较差 或者 未缴 不低于 大额标准： 更新 欠费 = 0 元"},
          {"发生缴费时若金额高于0元：更新欠费=欠费-本次的金额",
           "发生 缴费 时 若 金额 高于 0 元： 更新 欠费 = 欠费 - 本次的金额"},
          {"发生业扩办结时：更新欠费=0元", "发生 业扩办结 时： 更新 欠费 = 0 元"},
          {"信誉变化时：向客户经理发送应用账单提醒",
           "信誉 变化时： 向 客户经理 发送 应用 账单提醒"},
          {"停电通知书送达时：更新上次走访=今日", "停电通知书 送达时： 更新 上次走访 = 今日"},
          {"停电通知书发送失败时：更新上次走访=今日",
           "停电通知书 发送失败时： 更新 上次走访 = 今日"},
          {"上次走访后15日若欠费大于5万元：更新欠费=0元",
           "上次走访 后 15 日 若 欠费 大于 5 万元： 更新 欠费 = 0 元"},
          {"上次走访前30分钟：更新欠费=0元", "上次走访 前 30 分钟： 更新 欠费 = 0 元"},
          {"于上次走访+3日：更新欠费=0元", "于 上次走访 + 3 日： 更新 欠费 = 0 元"},
          {"当欠费介于1元至5元时：更新欠费=0元", "当 欠费 介于 1 元 至 5 元 时： 更新 欠费 = 0 元"},
          {"当信誉属于（优质、中等）时：更新欠费=0元",
           "当 信誉 属于（优质、中等） 时： 更新 欠费 = 0 元"},
          {"当客户经理未知或上次走访已知：更新欠费=0元",
           "当 客户经理 未知 或 上次走访 已知： 更新 欠费 = 0 元"},
      },
      "规则“r”\n");
}

TEST(WithoutSpaces, Actions) {
  expect_same(
      {
          {"向客户发送短信账单提醒", "向 客户 发送 短信 账单提醒"},
          {"向客户经理发送短信、应用账单提醒，每月限一次",
           "向 客户经理 发送 短信、应用 账单提醒，每月限一次"},
          {"向客户发送账单提醒，30日内至多2次，过时仍发",
           "向 客户 发送 账单提醒，30 日 内 至多 2 次，过时仍发"},
          {"向客户发送账单提醒，同一账单号限一次", "向 客户 发送 账单提醒，同一 账单号 限一次"},
          {"发起停电指令，内容账单号=账单号", "发起 停电指令，内容 账单号 = 账单号"},
          {"交办客户经理的上级“走访{名称}”", "交办 客户经理的上级 “走访{名称}”"},
          {"更新欠费=欠费-近24个月内缴费的金额合计",
           "更新 欠费 = 欠费 - 近24个月内 缴费的金额 合计"},
          {"更新欠费=历次缴费的金额最近值", "更新 欠费 = 历次 缴费的金额 最近值"},
          {"更新电量=自上次走访至今日工作日数", "更新 电量 = 自 上次走访 至 今日 工作日数"},
          {"更新上次走访=下一工作日（今日）", "更新 上次走访 = 下一工作日（今日）"},
          {"更新电量=四舍五入电量至2位", "更新 电量 = 四舍五入 电量 至 2 位"},
      },
      "规则“r”\n发生缴费时：\n");
}

TEST(WithoutSpaces, ClausesOfTasks) {
  expect_same(
      {
          {"时限2个工作日", "时限 2 个工作日"},
          {"时限上次走访后5日", "时限 上次走访 后 5 日"},
          {"截止上次走访+1日", "截止 上次走访 + 1 日"},
          {"自上次走访起每6个月，但不早于到期日", "自 上次走访 起每 6 个月，但不早于 到期日"},
          {"自上次走访起每半年", "自 上次走访 起每 半年"},
          {"截止前14日启动", "截止前 14 日 启动"},
          {"截止前2个工作小时：向负责人发送应用账单提醒",
           "截止前 2 个工作小时： 向 负责人 发送 应用 账单提醒"},
          {"超时未办：提级至负责人的上级", "超时未办： 提级至 负责人的上级"},
          {"超时3日未办：改派至客户经理", "超时 3 日 未办： 改派至 客户经理"},
          {"完成标志缴费若金额不低于大额标准", "完成标志 缴费 若 金额 不低于 大额标准"},
          {"须填写结果（result）：承诺交费（promised）｜拒绝，说明：文本型？\n"
           "办毕时若结果为承诺交费：更新欠费=0元",
           "须填写 结果 （result）： 承诺交费 （promised）｜拒绝，说明： 文本型？\n"
           "办毕时 若 结果 为 承诺交费： 更新 欠费 = 0 元"},
          {"有效期3日", "有效期 3 日"},
          {"办结后保留", "办结后保留"},
      },
      "规则“r”\n发生缴费时：\n交办客户经理“x”\n");
}

TEST(WithoutSpaces, Cases) {
  expect_same(
      {
          {"启动事件缴费若金额高于0元", "启动事件 缴费 若 金额 高于 0 元"},
          {"启动条件客户经理已知且信誉不为优质", "启动条件 客户经理 已知 且 信誉 不为 优质"},
          {"办结条件未缴不超过0元结果已结清", "办结条件 未缴 不超过 0 元 结果 已结清"},
          {"办结条件未缴不超过0元，结果已结清（settled）",
           "办结条件 未缴 不超过 0 元，结果 已结清 （settled）"},
          {"办结事件业扩办结若欠费低于1元结果作废",
           "办结事件 业扩办结 若 欠费 低于 1 元 结果 作废"},
          {"负责人客户经理", "负责人 客户经理"},
          {"记录已缴：金额型=0元\n定义尚欠=金额-已缴\n办结条件尚欠不超过0元结果结清",
           "记录 已缴： 金额型 = 0 元\n定义 尚欠 = 金额 - 已缴\n办结条件 尚欠 不超过 0 元 结果 "
           "结清"},
          {"记录处理方式：电话｜上门=电话", "记录 处理方式： 电话｜上门 = 电话"},
          {"办结事件缴费结果检查结果\n办结时结果检查结果：更新欠费=0元",
           "办结事件 缴费 结果 检查结果\n办结时 结果 检查结果： 更新 欠费 = 0 元"},
          {"办结事件缴费结果已结清\n办结时结果已结清若上次走访已知：办结结果已结清",
           "办结事件 缴费 结果 已结清\n办结时 结果 已结清 若 上次走访 已知： 办结 结果 已结清"},
      },
      "事项催费（Collection）对象客户按账单号\n");
  expect_same({{"事项催费对象客户按账单号可重启", "事项 催费 对象 客户 按 账单号 可重启"},
               {"事项催收对象复核对象客户", "事项 催收对象复核 对象 客户"}},
              "");
}

TEST(WithoutSpaces, Declarations) {
  expect_same(
      {
          {"自2026年1月1日起施行，至2026年12月31日止",
           "自 2026年1月1日 起施行，至 2026年12月31日 止"},
          {"参照线路（Feeder）主键线路号（line_no）\n  线路号：文本型",
           "参照 线路 （Feeder） 主键 线路号 （line_no）\n  线路号： 文本型"},
          {"对象用户主键户号\n  户号：文本型\n  类别（class）：居民（residential）｜商业=居民\n"
           "  需要说明：是否型=否\n  材料单：材料集合",
           "对象 用户 主键 户号\n  户号： 文本型\n  类别 （class）： 居民 （residential）｜商业 = "
           "居民\n"
           "  需要说明： 是否型 = 否\n  材料单： 材料 集合"},
          {"选项材料（document）：身份证明｜产权证明",
           "选项 材料 （document）： 身份证明｜产权证明"},
          {"事件抄表（meter_read）对象客户\n  读数：数值型\n  更新电量=读数",
           "事件 抄表 （meter_read） 对象 客户\n  读数： 数值型\n  更新 电量 = 读数"},
          {"事件抄表对象客户\n  抄表日期：日期型？", "事件 抄表 对象 客户\n  抄表日期： 日期型？"},
          {"广播事件计划停电对象客户其中电量大于0\n  停电时间：时间型",
           "广播事件 计划停电 对象 客户 其中 电量 大于 0\n  停电时间： 时间型"},
          {"渠道电话（phone）至手机\n  免扰21:00至08:00\n  每日至多1条，每周至多3条，超出舍弃",
           "渠道 电话 （phone） 至 手机\n  免扰 21:00 至 08:00\n  每日至多 1 条，每周至多 3 "
           "条，超出 "
           "舍弃"},
          {"日历工作日历来自“d.csv”，工时08:30至12:00，14:00至17:30",
           "日历 工作日历 来自 “d.csv”，工时 08:30 至 12:00，14:00 至 17:30"},
          {"日历法定日历默认", "日历 法定日历 默认"},
          {"定义应缴对象客户=欠费\n定义 考核对象 对象 客户 = 应缴",
           "定义 应缴 对象 客户 = 欠费\n定义 考核对象 对象 客户 = 应缴"},
          {"通知模板复电告知（n）必达短信、应用，有效期2日“x”",
           "通知模板 复电告知 （n） 必达 短信、应用，有效期 2 日 “x”"},
          {"参数复电时限（limit）=24小时", "参数 复电时限 （limit） = 24 小时"},
          {"定义应收（due_sum）对象客户=欠费*突增比例\n参数突增比例=150%",
           "定义 应收 （due_sum） 对象 客户 = 欠费 * 突增比例\n参数 突增比例 = 150%"},
          {"禁止停电指令当客户的信誉为优质时理由“y”",
           "禁止 停电指令 当 客户的信誉 为 优质 时 理由 “y”"},
          {"决策表服务等级（level）对象客户，首条命中\n｜电量｜信誉｜=>级别（tier）｜答复时限｜\n"
           "｜不低于10,000,"
           "000｜不为较差｜保姆式（nanny）｜2个工作小时｜\n｜任意｜优质、中等｜普通｜8小时｜\n"
           "规则“r”\n当服务等级的级别为保姆式时：更新欠费=0元",
           "决策表 服务等级 （level） 对象 客户，首条命中\n｜ 电量 ｜ 信誉 ｜ => 级别 （tier） ｜ "
           "答复时限 ｜\n"
           "｜ 不低于 10,000,000 ｜ 不为 较差 ｜ 保姆式 （nanny） ｜ 2 个工作小时 ｜\n"
           "｜ 任意 ｜ 优质、中等 ｜ 普通 ｜ 8 小时 ｜\n"
           "规则 “r”\n当 服务等级的级别 为 保姆式 时： 更新 欠费 = 0 元"},
          {"决策表材料表对象客户全部命中，并集\n｜电量｜=>材料｜\n｜任意｜{甲，乙}｜",
           "决策表 材料表 对象 客户 全部命中，并集\n｜ 电量 ｜ => 材料 ｜\n｜ 任意 ｜ {甲，乙} ｜"},
      },
      "");
}

TEST(WithoutSpaces, Scenarios) {
  expect_same(
      {
          {"已知客户“C1”，内容名称=“李明”，信誉=较差",
           "已知 客户 “C1”，内容 名称 = “李明”，信誉 = 较差"},
          {"已知于2026年1月15日09:00客户“C1”", "已知 于 2026年1月15日 09:00 客户 “C1”"},
          {"于2026年3月1日09:00缴费对象“C1”，内容金额=300元",
           "于 2026年3月1日 09:00 缴费 对象 “C1”，内容 金额 = 300 元"},
          {"于2026-03-01账单提醒送达“C1”", "于 2026-03-01 账单提醒 送达 “C1”"},
          {"于2026年3月1日账单提醒发送失败“C1”", "于 2026年3月1日 账单提醒 发送失败 “C1”"},
          {"于2026年3月1日10:00交办“T”办毕，由“S1”，内容金额=1元",
           "于 2026年3月1日 10:00 交办 “T” 办毕，由 “S1”，内容 金额 = 1 元"},
          {"应向“C1”发送短信账单提醒于2026年3月1日09:00，含“x”",
           "应 向 “C1” 发送 短信 账单提醒 于 2026年3月1日 09:00，含 “x”"},
          {"应交办“S1”“T”于2026年3月1日09:00截止2026年3月2日17:30",
           "应 交办 “S1” “T” 于 2026年3月1日 09:00 截止 2026年3月2日 17:30"},
          {"应“T”提级至“S1”于2026年3月1日09:00", "应 “T” 提级至 “S1” 于 2026年3月1日 09:00"},
          {"应事项催费“B1”办结结果已结清于2026年3月1日",
           "应 事项 催费 “B1” 办结 结果 已结清 于 2026年3月1日"},
          {"应停电指令被禁止于2026年3月1日", "应 停电指令 被禁止 于 2026年3月1日"},
          {"不应发起停电指令对象“C1”", "不应 发起 停电指令 对象 “C1”"},
          {"至2026年12月31日应再无动作", "至 2026年12月31日 应 再无动作"},
      },
      "事项 催费 对象 客户\n办结事件 缴费 结果 已结清\n场景“s”\n");
}

TEST(WithoutSpaces, RecurringTriggers) {
  const std::string head = "事项 催费 对象 客户 按 账单号\n";
  const std::vector<Pair> days = {
      {"自上次走访至到期日每日09:00", "自 上次走访 至 到期日 每日 09:00"},
      {"每天提醒时刻", "每天 提醒时刻"},
      {"每个工作日08:30", "每个工作日 08:30"},
      {"每个工作日（工作日历）08:30若欠费大于0元",
       "每个工作日（工作日历） 08:30 若 欠费 大于 0 元"},
      {"每周日", "every Sunday"},
      {"每周一08:30若欠费大于5元", "每周一 08:30 若 欠费 大于 5 元"},
      {"每月25日09:00", "每月 25 日 09:00"},
      {"每月最后一个工作日", "every month on the last working day"},
      {"每月第3个工作日", "每月第 3 个工作日"},
      {"每季度第2个月15日", "每季度第 2 个月 15 日"},
      {"每年3月15日", "每年 3 月 15 日"},
      {"每年6月最后一个工作日", "每年 6 月 最后一个工作日"},
      {"每月25日（遇休顺延）09:00", "每月 25 日（遇休顺延） 09:00"},
      {"自上次走访至到期日+2个月每周一08:30，遇休提前",
       "自 上次走访 至 到期日 + 2 个月 每周一 08:30，遇休提前"},
      {"到期日后7日遇休顺延", "到期日 后 7 日 遇休顺延"},
      {"到期日遇休顺延前3日若信誉为较差", "到期日 遇休顺延 前 3 日 若 信誉 为 较差"},
  };
  for (const Pair& day : days) {
    const Read joined = read(head + day.joined + "：更新欠费=0元");
    EXPECT_EQ(joined.said, "") << day.joined;
    EXPECT_EQ(joined.tree, read(head + day.spaced + ": 更新 欠费 = 0 元").tree) << day.joined;
  }
}

TEST(WithoutSpaces, Scorecards) {
  expect_same(
      {{"评分卡信用评分（score）对象客户\n  基础分100\n  若电量不少于12：加5分\n"
        "  若欠费超过5元，减20分\n  若信誉为较差，减大额标准分\n  等级守信（kept）不低于90分\n"
        "  等级失信其余\n规则“r”\n当信用评分的等级为守信时：更新电量=信用评分的分数",
        "评分卡 信用评分 （score） 对象 客户\n  基础分 100\n  若 电量 不少于 12：加 5 分\n"
        "  若 欠费 超过 5 元，减 20 分\n  若 信誉 为 较差，减 大额标准 分\n"
        "  等级 守信 （kept） 不低于 90 分\n  等级 失信 其余\n"
        "规则 “r”\n当 信用评分的等级 为 守信 时： 更新 电量 = 信用评分的分数"}},
      "");
}

TEST(WithoutSpaces, WhatCasesAndEventsMaySay) {
  expect_same(
      {
          {"事项催费对象客户按账单号可重启\n依据“第三条”\n在途：沿用旧版",
           "事项 催费 对象 客户 按 账单号 可重启\n依据 “第三条”\n在途： 沿用旧版"},
          {"事项催费对象客户\n启动时：\n交办客户经理“x”\n时限上次走访后5日遇休顺延\n"
           "欠费大于0元期间暂停计时",
           "事项 催费 对象 客户\n启动时：\n交办 客户经理 “x”\n时限 上次走访 后 5 日 遇休顺延\n"
           "欠费 大于 0 元 期间暂停计时"},
          {"事件换表（changed）对象客户，唯一标识表号\n表号：文本型",
           "事件 换表 （changed） 对象 客户，唯一标识 表号\n表号： 文本型"},
          {"决策表服务等级对象客户首条命中来自“t.csv”",
           "决策表 服务等级 对象 客户 首条命中 来自 “t.csv”"},
      },
      "");
}

TEST(WithoutSpaces, AggregatesAndTheClock) {
  expect_same(
      {
          {"当本月缴费的金额合计大于5元时：更新欠费=0元",
           "当 本月 缴费的金额 合计 大于 5 元 时： 更新 欠费 = 0 元"},
          {"当近3年同月缴费的金额平均值大于上季度缴费的金额合计时：更新欠费=0元",
           "当 近3年同月 缴费的金额 平均值 大于 上季度 缴费的金额 合计 时： 更新 欠费 = 0 元"},
          {"当最近一次缴费的金额（其中金额高于0元）大于5元时：更新欠费=0元",
           "当 最近一次 缴费的金额 （其中 金额 高于 0 元） 大于 5 元 时： 更新 欠费 = 0 元"},
          {"当今日不早于上次走访-1个月：更新欠费=0元",
           "当 今日 不早于 上次走访 - 1 个月： 更新 欠费 = 0 元"},
          {"当自上次走访至今日天数大于10时：更新欠费=0元",
           "当 自 上次走访 至 今日 天数 大于 10 时： 更新 欠费 = 0 元"},
          {"当近30日内缴费次数为0：更新欠费=0元", "当 近30日内 缴费 次数 为 0： 更新 欠费 = 0 元"},
      },
      "规则“r”\n");
}

// What stands in a table's file names results and their values, for the lines of the rules too.
TEST(WithoutSpaces, TableFiles) {
  const auto compiled = [&](const std::string& rules, const std::string& csv) {
    CompileInput input;
    input.files = {{"a.rules", kWords}, {"b.rules", rules}, {"t.csv", csv}};
    return compile(input);
  };
  const Compilation spaced = compiled(
      "办法 “b”\n引用 “a.rules”\n自 2026年1月1日 起施行\n"
      "决策表 服务等级 首条命中 来自 “t.csv”\n规则 “r”\n"
      "  发生 缴费 时 若 服务等级的级别 为 保姆式： 更新 欠费 = 0 元\n",
      "信誉,电量,=> 级别 （tier）\n非 较差,不低于 500,保姆式 （nanny）\n任意,任意,普通\n");
  const Compilation joined = compiled(
      "办法“b”\n引用“a.rules”\n自2026年1月1日起施行\n决策表服务等级首条命中来自“t.csv”\n规则“r”\n"
      "  发生缴费时若服务等级的级别为保姆式：更新欠费=0元\n",
      "信誉,电量,=>级别（tier）\n非较差,不低于500,保姆式（nanny）\n任意,任意,普通\n");
  ASSERT_NE(spaced.plan, nullptr) << test::messages(spaced);
  ASSERT_NE(joined.plan, nullptr) << test::messages(joined);
  EXPECT_EQ(joined.plan->digest, spaced.plan->digest);
}

TEST(WithoutSpaces, BesideOtherAlphabetsAndNumbers) {
  expect_same(
      {
          {"当Customer的credit为poor且欠费大于5.5元时：向manager发送sms账单提醒",
           "当 Customer的credit 为 poor 且 欠费 大于 5.5 元 时： 向 manager 发送 sms 账单提醒"},
          {"当方案2为是时：更新欠费=0元", "当 方案2 为 是 时： 更新 欠费 = 0 元"},
          {"当电量大于10,000或电量小于2时：更新欠费=0元",
           "当 电量 大于 10,000 或 电量 小于 2 时： 更新 欠费 = 0 元"},
          {"当ＣＲＥＤＩＴ２为是：更新欠费=０元", "当 CREDIT2 为 是： 更新 欠费 = 0 元"},
          {"when credit为poor且欠费大于5元：更新欠费=0元",
           "when credit is poor and 欠费 above 5 元: set 欠费 = 0 元"},
          {"当`信誉`为较差且欠费大于5元时：更新欠费=0元",
           "当 `信誉` 为 较差 且 欠费 大于 5 元 时： 更新 欠费 = 0 元"},
          {"当max（欠费，5元）大于最大值（欠费，6元）时：更新欠费=0元",
           "当 max（欠费，5 元） 大于 最大值（欠费，6 元） 时： 更新 欠费 = 0 元"},
      },
      "规则“r”\n");
}

// ---------------------------------------------------------------- which reading

// Single characters are words only where one is needed: no other reading of the run is whole.
TEST(WithoutSpaces, ALongerNameIsNeverDivided) {
  const std::string words = std::string(kWords) + R"(参数 且慢处理 = 1
参数 低于标准 = 1
参数 为期三日 = 1
参数 日内至多数 = 1
)";
  expect_same(
      {
          {"当客户经理的上级已知：更新欠费=0元", "当 客户经理的上级 已知： 更新 欠费 = 0 元"},
          {"当不合格为是且信誉为较差：更新欠费=0元",
           "当 不合格 为 是 且 信誉 为 较差： 更新 欠费 = 0 元"},
          {"当不合格：更新欠费=0元", "当 不合格： 更新 欠费 = 0 元"},
          {"当电量低于低于标准：更新欠费=0元", "当 电量 低于 低于标准： 更新 欠费 = 0 元"},
          {"当且慢处理为为期三日且日内至多数大于1：更新欠费=0元",
           "当 且慢处理 为 为期三日 且 日内至多数 大于 1： 更新 欠费 = 0 元"},
      },
      "规则“r”\n", words);
}

// A long division that the grammar does not understand gives way to one that it does.
TEST(WithoutSpaces, TheGrammarDecidesBetweenReadings) {
  const std::string words = std::string(kWords) + R"(通知模板 信账单 服务 短信 “x”
参数 时若 = 1
参数 客户发送 = 1
参数 欠费大 = 1
参数 时若金 = 1
)";
  expect_same(
      {
          {"发生缴费时若金额高于0元：向客户发送短信账单提醒",
           "发生 缴费 时 若 金额 高于 0 元： 向 客户 发送 短信 账单提醒"},
          {"当欠费大于5元：向客户发送短信账单提醒",
           "当 欠费 大于 5 元： 向 客户 发送 短信 账单提醒"},
      },
      "规则“r”\n", words);
}

TEST(WithoutSpaces, TwoReadingsAreAskedBack) {
  const std::string words = std::string(kWords) +
                            "渠道 短信账单 至 手机\n通知模板 提醒 服务 短信 “x”\n"
                            "参数 大额标准差 = 1\n参数 差 = 1\n";
  EXPECT_EQ(read("规则“r”\n发生缴费时：\n向客户发送短信账单提醒\n更新欠费=0元", words).said,
            "E018 此处有两种读法：“短信账单 提醒”或“短信 账单提醒”\n");
  // Spaces decide, one is enough.
  EXPECT_EQ(read("规则“r”\n发生缴费时：\n向客户发送短信账单 提醒", words).said, "");
  EXPECT_EQ(read("规则“r”\n发生缴费时：\n向客户发送短信 账单提醒", words).said, "");
  // Written apart, it is never a question.
  EXPECT_EQ(read("规则“r”\n发生缴费时：\n向 客户 发送 短信 账单提醒", words).said, "");
}

TEST(WithoutSpaces, TwoReadingsAreSaidInEnglishToo) {
  const Source source("a.rules", std::string(kWords) +
                                     "渠道 短信账单 至 手机\n通知模板 提醒 服务 短信 “x”\n"
                                     "规则“r”\n发生缴费时：\n  向客户发送短信账单提醒\n");
  std::vector<Diagnostic> found;
  parse(source, 0, found);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].english, "this can be read in two ways: `短信账单 提醒` or `短信 账单提醒`");
  EXPECT_EQ(source.slice(found[0].span.begin, found[0].span.end), "短信账单提醒");
  EXPECT_FALSE(found[0].english_hint.empty());
  EXPECT_FALSE(found[0].chinese_hint.empty());
}

// ---------------------------------------------------------------- unknown names

TEST(WithoutSpaces, AnUnknownNameIsTheRestOfTheLine) {
  const std::vector<std::pair<const char*, const char*>> lines = {
      // the slip of a declared name, among others or alone
      {"规则“r”\n发生缴费时：\n向客户发送短信帐单提醒",
       "规则“r”\n发生缴费时：\n向 客户 发送 短信 帐单提醒"},
      {"规则“r”\n当客户的信用为较差时：更新欠费=0元",
       "规则“r”\n当 客户的信用 为 较差 时： 更新 欠费 = 0 元"},
      {"规则“r”\n当客户的信用为较差 时：更新欠费=0元",
       "规则“r”\n当 客户的信用 为 较差 时： 更新 欠费 = 0 元"},
      // new names
      {"规则“r”\n当积分大于500且信誉为较差时：更新欠费=0元",
       "规则“r”\n当 积分 大于 500 且 信誉 为 较差 时： 更新 欠费 = 0 元"},
      {"规则“r”\n当信用较差时：更新欠费=0元", "规则“r”\n当 信用较差 时： 更新 欠费 = 0 元"},
      {"规则“r”\n当无需走访大于5：更新欠费=0元", "规则“r”\n当 无需走访 大于 5： 更新 欠费 = 0 元"},
      {"规则“r”\n当 客户信誉 为 较差 时：更新欠费=0元",
       "规则“r”\n当 客户信誉 为 较差 时： 更新 欠费 = 0 元"},
      {"规则“r”\n当 电量3 大于 5：更新欠费=0元", "规则“r”\n当 电量3 大于 5： 更新 欠费 = 0 元"},
  };
  for (const auto& [joined, spaced] : lines) {
    EXPECT_EQ(read(joined).said, "") << joined;
    EXPECT_EQ(read(joined).tree, read(spaced).tree) << joined;
  }
}

TEST(WithoutSpaces, ALineThatIsWrongIsToldWhereItIs) {
  const std::vector<std::pair<const char*, const char*>> lines = {
      {"规则“r”\n发生缴费时：\n向客户发短信账单提醒", "E004 此处的“发”无法理解\n"},
      {"规则“r”\n当信誉较差时：更新欠费=0元", "E004 “较差”之前缺少“的”或运算符（如“为”“高于”）\n"},
      {"规则“r”\n当欠费大于500时若：更新欠费=0元", "E004 “：”之前缺少一个值\n"},
      {"规则“r”\n发生缴费时\n向客户发送短信账单提醒", "E004 此行末尾缺少“：”\n"},
  };
  for (const auto& [text, said] : lines) EXPECT_EQ(read(text).said, said) << text;
}

// ---------------------------------------------------------------- work

struct Work {
  size_t lines = 0, tries = 0, unsure = 0;
};

// How often the grammar is asked about a file's lines when it always says `answer`.
Work work(const std::string& text, bool answer) {
  const Source source("a.rules", text);
  const std::vector<Token> raw = lex(source);
  KnownNames names(1);
  for (const Skim::Declared& declared : skim(source, raw).names) names.add(0, declared.name);
  const TokenFile file = assemble_tokens(source, raw, {&names, 0}, 20'000);
  Work out;
  LineReadings readings(source, raw, file, {&names, 0}, [&](LineView) {
    ++out.tries;
    return LineReadings::Attempt{answer, 0xffff, 0};
  });
  for (const LogicalLine& line : file.lines) {
    ++out.lines;
    readings.read(line);
  }
  for (const Run& run : file.runs) out.unsure += !run.known || run.several;
  return out;
}

// The library has one reading for nearly every line: the grammar is asked once.
TEST(WithoutSpaces, MostLinesAreReadOnce) {
  const CompileInput joined = spaceless(test::read_folder("rules"));
  const CompileInput library = test::read_folder("rules");
  const auto words = std::find_if(library.files.begin(), library.files.end(),
                                  [](const auto& file) { return file.path == "utility.rules"; });
  for (const DeploymentFile& file : joined.files) {
    if (!file.path.starts_with("zh/")) continue;
    const Work done = work(words->text + "\n" + file.text, true);
    EXPECT_EQ(done.unsure, 0U) << file.path;
    EXPECT_EQ(done.tries, done.lines) << file.path;
  }
}

TEST(WithoutSpaces, HostileTextsAreTriedABoundedNumberOfTimes) {
  // Any division of 且 and 甲 into names is possible; and a run as long as runs are divided.
  std::string names = "对象 甲 主键 乙\n";
  for (const char* name : {"甲甲", "乙甲", "甲乙", "乙乙", "甲乙甲", "乙甲乙"}) {
    names += std::string("  ") + name + "： 文本型\n";
  }
  std::string run;
  for (int i = 0; i < 80; ++i) run += "甲乙甲";
  std::string lines;
  for (int i = 0; i < 300; ++i) lines += "若" + run + " " + run + "\n";
  const Work done = work(names + lines, false);
  EXPECT_LE(done.tries, 1000 + 5 * done.lines);
  const Work unknown = work(names + lines + "丙" + run + "丙\n", false);
  EXPECT_LE(unknown.tries, 1000 + 5 * unknown.lines);
}

// Longer runs are not divided: they are one name, as before.
TEST(WithoutSpaces, VeryLongRunsAreOneName) {
  std::string run;
  for (int i = 0; i < 100; ++i) run += "信誉为较差且";
  EXPECT_EQ(read("规则“r”\n当" + run + "欠费大于5元：更新欠费=0元").tree.find("较差"),
            std::string::npos);
}

}  // namespace
}  // namespace duban::spaceless_test
