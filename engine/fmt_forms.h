// Every form of the language, in both spellings: what the formatter writes.
//
// {1}, {2}… stand for the parts of a form. The words are the first of their keyword's spellings in
// engine/keywords.h. docs/language-forms.md shows the forms with their parts filled in.
#pragma once

#include <string_view>

#include "engine/source.h"

namespace duban::formatter {

struct Form {
  std::string_view english, chinese;

  constexpr std::string_view in(Language language) const {
    return language == Language::chinese ? chinese : english;
  }
};

namespace forms {

// ---- marks
inline constexpr Form kComma = {", ", "，"};
inline constexpr Form kNamesComma = {", ", "、"};  // between bare names
inline constexpr Form kTail = {" ", "，"};         // before what English only adds
inline constexpr Form kColon = {":", "："};
inline constexpr Form kBar = {" | ", "｜"};
inline constexpr Form kQuestion = {"?", "？"};
inline constexpr Form kAlias = {"{1} ({2})", "{1} （{2}）"};
inline constexpr Form kParentheses = {"({1})", "（{1}）"};
inline constexpr Form kCall = {"{1}({2})", "{1}（{2}）"};
inline constexpr Form kSet = {"{{1}}", "{{1}}"};
inline constexpr Form kMember = {"{1}.{2}", "{1}的{2}"};
inline constexpr Form kAssigned = {"{1} = {2}", "{1} = {2}"};
inline constexpr Form kTyped = {"{1} : {2}", "{1}： {2}"};
inline constexpr Form kRange = {"{1} to {2}", "{1} 至 {2}"};

// ---- headers
inline constexpr Form kPolicy = {"policy {1}", "办法 {1}"};
inline constexpr Form kUse = {"use {1}", "引用 {1}"};
inline constexpr Form kEffective = {"effective from {1}", "自 {1} 起施行"};
inline constexpr Form kEffectiveTo = {"effective from {1} to {2}", "自 {1} 起施行，至 {2} 止"};
inline constexpr Form kBasis = {"basis {1}", "依据 {1}"};
inline constexpr Form kVocabulary = {"vocabulary {1}", "词汇 {1}"};
inline constexpr Form kTimezone = {"timezone {1}", "时区 {1}"};
inline constexpr Form kCurrency = {"currency {1}", "货币 {1}"};
inline constexpr Form kDayStarts = {"day starts at {1}", "每日起始 {1}"};

// ---- declarations
inline constexpr Form kCalendar = {"calendar {1}", "日历 {1}"};
inline constexpr Form kDefault = {" default", " 默认"};
inline constexpr Form kFrom = {"from {1}", "来自 {1}"};
inline constexpr Form kHours = {"hours {1}", "工时 {1}"};
inline constexpr Form kReference = {"reference {1} key {2}", "参照 {1} 主键 {2}"};
inline constexpr Form kEntity = {"entity {1} key {2}", "对象 {1} 主键 {2}"};
inline constexpr Form kPrivate = {" private", " 隐私"};
inline constexpr Form kChoice = {"choice {1} : {2}", "选项 {1}： {2}"};
inline constexpr Form kEvent = {"event {1} for {2}", "事件 {1} 对象 {2}"};
inline constexpr Form kBroadcast = {"broadcast event {1} to {2}", "广播事件 {1} 对象 {2}"};
inline constexpr Form kWhere = {" where {1}", " 其中 {1}"};
inline constexpr Form kOutgoing = {"outgoing event {1} for {2}", "对外事件 {1} 对象 {2}"};
inline constexpr Form kUpdate = {"set {1}", "更新 {1}"};
inline constexpr Form kUniqueBy = {"unique by {1}", "唯一标识 {1}"};
inline constexpr Form kChannel = {"channel {1} to {2}", "渠道 {1} 至 {2}"};
inline constexpr Form kQuiet = {"quiet {1} to {2}", "免扰 {1} 至 {2}"};
inline constexpr Form kAtMost = {"at most {1}", "{1}"};
inline constexpr Form kPerDay = {"{1} per day", "每日至多 {1} 条"};
inline constexpr Form kPerWeek = {"{1} per week", "每周至多 {1} 条"};
inline constexpr Form kPerMonth = {"{1} per month", "每月至多 {1} 条"};
inline constexpr Form kPerYear = {"{1} per year", "每年至多 {1} 条"};
inline constexpr Form kElseWait = {"else wait", "超出 等候"};
inline constexpr Form kElseDrop = {"else drop", "超出 舍弃"};
inline constexpr Form kMandatory = {"notice {1} mandatory {2}", "通知模板 {1} 必达 {2}"};
inline constexpr Form kService = {"notice {1} service {2}", "通知模板 {1} 服务 {2}"};
inline constexpr Form kCommercial = {"notice {1} commercial {2}", "通知模板 {1} 商业 {2}"};
inline constexpr Form kExpires = {"expires after {1}", "有效期 {1}"};
inline constexpr Form kParameter = {"parameter {1} = {2}", "参数 {1} = {2}"};
inline constexpr Form kDefine = {"define {1} = {2}", "定义 {1} = {2}"};
inline constexpr Form kForbid = {"forbid {1} when {2}", "禁止 {1} 当 {2} 时"};
inline constexpr Form kBecause = {"because {1}", "理由 {1}"};
inline constexpr Form kTable = {"table {1}", "决策表 {1}"};
inline constexpr Form kOf = {"{1} of {2}", "{1} 对象 {2}"};
inline constexpr Form kFirstMatch = {" first match", "，首条命中"};
inline constexpr Form kUniqueMatch = {" unique match", "，唯一命中"};
inline constexpr Form kAllMatches = {" all matches", "，全部命中"};
inline constexpr Form kUnionOfRows = {", union", "，并集"};
inline constexpr Form kSumOfRows = {", sum", "，合计"};
inline constexpr Form kLeastOfRows = {", min", "，最小值"};
inline constexpr Form kMostOfRows = {", max", "，最大值"};
inline constexpr Form kScorecard = {"scorecard {1}", "评分卡 {1}"};
inline constexpr Form kBase = {"base {1}", "基础分 {1}"};
// {1} the points, {2} the condition.
inline constexpr Form kAddPoints = {"+{1} if {2}", "若 {2}： 加 {1}"};
inline constexpr Form kDeductPoints = {"-{1} if {2}", "若 {2}： 减 {1}"};
inline constexpr Form kPoints = {"{1}", "{1} 分"};  // behind a number
inline constexpr Form kGradeAtLeast = {"grade {1} at least {2}", "等级 {1} 不低于 {2}"};
inline constexpr Form kGradeOtherwise = {"grade {1} otherwise", "等级 {1} 其余"};
inline constexpr Form kAny = {"any", "任意"};
inline constexpr Form kCellNot = {"not {1}", "不为 {1}"};

// ---- rules and cases
inline constexpr Form kRule = {"rule {1}", "规则 {1}"};
inline constexpr Form kCase = {"case {1} of {2}", "事项 {1} 对象 {2}"};
inline constexpr Form kPer = {" per {1}", " 按 {1}"};
inline constexpr Form kMayReopen = {"may reopen", "可重启"};
inline constexpr Form kOpensOn = {"opens on {1}", "启动事件 {1}"};
inline constexpr Form kOpensWhen = {"opens when {1}", "启动条件 {1}"};
inline constexpr Form kClosesOn = {"closes on {1}", "办结事件 {1}"};
inline constexpr Form kClosesWhen = {"closes when {1}", "办结条件 {1}"};
inline constexpr Form kAs = {"as {1}", "结果 {1}"};
inline constexpr Form kInFlightKeep = {"in flight: keep", "在途： 沿用旧版"};
inline constexpr Form kInFlightRecompute = {"in flight: recompute", "在途： 按新版重算"};
inline constexpr Form kInFlightRestart = {"in flight: restart", "在途： 重新计时"};
inline constexpr Form kOwner = {"owner {1}", "负责人 {1}"};
inline constexpr Form kKeep = {"keep {1} : {2}", "记录 {1}： {2}"};
inline constexpr Form kIf = {"if {1}", "若 {1}"};

// ---- triggers
inline constexpr Form kOnOpening = {"on opening", "启动时"};
inline constexpr Form kOnClosing = {"on closing", "办结时"};
inline constexpr Form kOnEvent = {"on {1}", "发生 {1} 时"};
inline constexpr Form kOnDelivered = {"on {1} delivered", "{1} 送达时"};
inline constexpr Form kOnFailed = {"on {1} failed", "{1} 发送失败时"};
inline constexpr Form kWhen = {"when {1}", "当 {1} 时"};
inline constexpr Form kWhenChanges = {"when {1} changes", "当 {1} 变化时"};
inline constexpr Form kAt = {"at {1}", "于 {1}"};
inline constexpr Form kBefore = {"{1} before {2}", "{2} 前 {1}"};
inline constexpr Form kAfter = {"{1} after {2}", "{2} 后 {1}"};
inline constexpr Form kOtherwise = {"otherwise", "否则"};

// ---- recurring triggers
inline constexpr Form kEveryDay = {"every day", "每日"};
inline constexpr Form kEveryWorkingDay = {"every working day", "每个工作日"};
inline constexpr Form kEveryWeek = {"every week", "每周"};
inline constexpr Form kEveryMonth = {"every month", "每月"};
inline constexpr Form kEveryQuarter = {"every quarter", "每季度"};
inline constexpr Form kEveryYear = {"every year", "每年"};
inline constexpr Form kWeekdays[] = {{"every Monday", "每周一"},    {"every Tuesday", "每周二"},
                                     {"every Wednesday", "每周三"}, {"every Thursday", "每周四"},
                                     {"every Friday", "每周五"},    {"every Saturday", "每周六"},
                                     {"every Sunday", "每周日"}};
// {1} which day, {2} of which month, {3} of which calendar: `every year on day 15 of month 3`.
inline constexpr Form kOnDay = {" on {1}{2}{3}", "{2}{1}{3}"};
inline constexpr Form kOfMonthOfQuarter = {" of month {1}", "第 {1} 个月"};
inline constexpr Form kOfMonthOfYear = {" of month {1}", " {1} 月"};
inline constexpr Form kDayOfMonth = {"day {1}", " {1} 日"};
inline constexpr Form kDayOfMore = {"day {1}", "第 {1} 日"};  // of a quarter or a year
inline constexpr Form kLastDay = {"the last day", "最后一日"};
inline constexpr Form kWorkingDayOf = {"working day {1}", "第 {1} 个工作日"};
inline constexpr Form kFirstWorkingDay = {"the first working day", "首个工作日"};
inline constexpr Form kLastWorkingDay = {"the last working day", "最后一个工作日"};
// {1} how often, {2} from, {3} to, {4} the roll, {5} the time of day.
inline constexpr Form kRecurring = {"{1}{4}{5}{2}{3}", "{2}{3}{1}{4}{5}"};
inline constexpr Form kRecurringFrom = {" from {1}", "自 {1} "};
inline constexpr Form kRecurringTo = {" to {1}", "至 {1} "};
inline constexpr Form kRecurringAt = {" at {1}", " {1}"};
inline constexpr Form kForwardAtEnd = {" rolled forward", "（遇休顺延）"};
inline constexpr Form kBackAtEnd = {" rolled back", "（遇休提前）"};
// Where a calendar stands in parentheses behind it, or might stand before it.
inline constexpr Form kForwardBare = {" rolled forward", " 遇休顺延"};
inline constexpr Form kBackBare = {" rolled back", " 遇休提前"};

// ---- actions
inline constexpr Form kNotify = {"notify {1} {2}", "向 {1} 发送 {2}"};
inline constexpr Form kNotifyBy = {"notify {1} by {3} {2}", "向 {1} 发送 {3} {2}"};
inline constexpr Form kListing = {"listing {1}", "列明 {1}"};
inline constexpr Form kEvenIfLate = {"even if late", "过时仍发"};
inline constexpr Form kTask = {"task {1} for {2}", "交办 {2} {1}"};
inline constexpr Form kRaise = {"raise {1}", "发起 {1}"};
inline constexpr Form kWith = {"with {1}", "内容 {1}"};
inline constexpr Form kClose = {"close as {1}", "办结 结果 {1}"};
inline constexpr Form kEscalate = {"escalate to {1}", "提级至 {1}"};
inline constexpr Form kReassign = {"reassign to {1}", "改派至 {1}"};

// ---- clauses of a task
inline constexpr Form kDueWithin = {"due within {1}", "时限 {1}"};
inline constexpr Form kDueAfter = {"due {1} after {2}", "时限 {2} 后 {1}"};
inline constexpr Form kDueAt = {"due at {1}", "截止 {1}"};
inline constexpr Form kEvery = {"every {1} since {2}", "自 {2} 起每 {1}"};
inline constexpr Form kNotBefore = {" but not before {1}", "，但不早于 {1}"};
inline constexpr Form kOpensBefore = {"opens {1} before due", "截止前 {1} 启动"};
inline constexpr Form kStays = {"stays", "办结后保留"};
inline constexpr Form kPausedWhile = {"paused while {1}", "{1} 期间暂停计时"};
inline constexpr Form kDoneOn = {"done on {1}", "完成标志 {1}"};
inline constexpr Form kNeeds = {"needs {1}", "须填写 {1}"};
inline constexpr Form kBeforeDue = {"{1} before due", "截止前 {1}"};
inline constexpr Form kWhenLate = {"when late", "超时未办"};
inline constexpr Form kWhenLateBy = {"when late by {1}", "超时 {1} 未办"};
inline constexpr Form kWhenDone = {"when done", "办毕时"};
inline constexpr Form kOncePerCase = {"once per case", "同一事项限一次"};
inline constexpr Form kOncePerDay = {"once per day", "每日限一次"};
inline constexpr Form kOncePerWeek = {"once per week", "每周限一次"};
inline constexpr Form kOncePerMonth = {"once per month", "每月限一次"};
inline constexpr Form kOncePerYear = {"once per year", "每年限一次"};
inline constexpr Form kOncePer = {"once per {1}", "同一 {1} 限一次"};
inline constexpr Form kAtMostIn = {"at most {1} in {2}", "{2} 内 至多 {1} 次"};
// A window that is no literal has no Chinese form.
inline constexpr Form kAtMostInAny = {"at most {1} in {2}", "at most {1} in {2}"};

// ---- scenarios
inline constexpr Form kScenario = {"scenario {1}", "场景 {1}"};
inline constexpr Form kWithFiles = {"with {1}", "并用 {1}"};
inline constexpr Form kGiven = {"given {1} {2}", "已知 {1} {2}"};
inline constexpr Form kGivenAt = {"given at {3} {1} {2}", "已知 于 {3} {1} {2}"};
inline constexpr Form kOnLine = {"on {1} {2}", "于 {1} {2}"};
inline constexpr Form kForSubject = {" for {1}", " 对象 {1}"};
inline constexpr Form kDelivered = {" delivered", " 送达"};
inline constexpr Form kFailed = {" failed", " 发送失败"};
inline constexpr Form kToRecipient = {" to {1}", " {1}"};
inline constexpr Form kOnTaskDone = {"on {1} task {2} done", "于 {1} 交办 {2} 办毕"};
inline constexpr Form kByPerson = {" by {1}", "，由 {1}"};
inline constexpr Form kExpect = {"expect {1}", "应 {1}"};
inline constexpr Form kExpectNo = {"expect no {1}", "不应 {1}"};
inline constexpr Form kMoment = {" at {1}", " 于 {1}"};
inline constexpr Form kDueMoment = {" due {1}", " 截止 {1}"};
inline constexpr Form kSaying = {" saying {1}", "，含 {1}"};
inline constexpr Form kExpectNotice = {"{2} {3} to {1}", "向 {1} 发送 {2} {3}"};
inline constexpr Form kExpectTask = {"task {1}", "交办 {1}"};
inline constexpr Form kExpectTaskFor = {"task {1} for {2}", "交办 {2} {1}"};
inline constexpr Form kExpectTaskDone = {"task {1} done", "交办 {1} 办毕"};
inline constexpr Form kExpectEscalation = {"escalation of {1}", "{1} 提级"};
inline constexpr Form kExpectEscalationTo = {"escalation of {1} to {2}", "{1} 提级至 {2}"};
inline constexpr Form kExpectCase = {"case {1}", "事项 {1}"};
inline constexpr Form kOpened = {" opened", " 启动"};
inline constexpr Form kClosed = {" closed", " 办结"};
inline constexpr Form kOutcome = {" as {1}", " 结果 {1}"};
inline constexpr Form kExpectEvent = {"{1}", "发起 {1}"};
inline constexpr Form kBlocked = {"{1} blocked", "{1} 被禁止"};
inline constexpr Form kNothingMore = {"expect nothing more until {1}", "至 {1} 应 再无动作"};

// ---- types
inline constexpr Form kYesNo = {"yes/no", "是否型"};
inline constexpr Form kNumber = {"number", "数值型"};
inline constexpr Form kMoney = {"money", "金额型"};
inline constexpr Form kText = {"text", "文本型"};
inline constexpr Form kDate = {"date", "日期型"};
inline constexpr Form kTime = {"time", "时刻型"};
inline constexpr Form kDatetime = {"datetime", "时间型"};
inline constexpr Form kDuration = {"duration", "时长型"};
inline constexpr Form kSetOf = {"set of {1}", "{1} 集合"};

// ---- names that mean something without a declaration
inline constexpr Form kBuiltins[] = {{"event", "本次"}, {"case", "事项"},  {"owner", "负责人"},
                                     {"now", "现在"},   {"today", "今日"}, {"due", "办理期限"},
                                     {"list", "清单"}};
inline constexpr Form kBuiltinMembers[] = {
    {"time", "发生时间"}, {"received", "收到时间"}, {"opened", "启动时间"}};

// ---- plain values and durations
inline constexpr Form kYes = {"yes", "是"};
inline constexpr Form kNo = {"no", "否"};
inline constexpr Form kNone = {"none", "无"};
inline constexpr Form kHalfYear = {"half a year", "半年"};
inline constexpr Form kOfCalendar = {" of {1}", "（{1}）"};

// ---- operators
inline constexpr Form kOr = {"or ", "或 "};
inline constexpr Form kAnd = {"and ", "且 "};
inline constexpr Form kNot = {"not {1}", "非 {1}"};
inline constexpr Form kIs = {"is", "为"};
inline constexpr Form kIsNot = {"is not", "不为"};
inline constexpr Form kAtLeast = {"at least", "不低于"};
inline constexpr Form kAtMostThan = {"at most", "不超过"};
inline constexpr Form kAbove = {"above", "超过"};
inline constexpr Form kBelow = {"below", "低于"};
inline constexpr Form kNotEarlier = {"at least", "不早于"};  // the same of dates and times
inline constexpr Form kNotLater = {"at most", "不晚于"};
inline constexpr Form kLater = {"above", "晚于"};
inline constexpr Form kEarlier = {"below", "早于"};
inline constexpr Form kBetween = {"{1} between {2} and {3}", "{1} 介于 {2} 至 {3}"};
inline constexpr Form kIn = {"{1} in ({2})", "{1} 属于（{2}）"};
inline constexpr Form kNotIn = {"{1} not in ({2})", "{1} 不属于（{2}）"};
inline constexpr Form kIsKnown = {"{1} is known", "{1} 已知"};
inline constexpr Form kIsUnknown = {"{1} is not known", "{1} 未知"};
inline constexpr Form kIsEmpty = {"{1} is empty", "{1} 为空"};
inline constexpr Form kIsNotEmpty = {"{1} is not empty", "{1} 不为空"};
inline constexpr Form kContains = {"{1} contains {2}", "{1} 包含 {2}"};
inline constexpr Form kContainsNot = {"not {1} contains {2}", "{1} 不包含 {2}"};
inline constexpr Form kMinus = {" minus", " 减去"};
inline constexpr Form kUnion = {" union", " 并上"};

// ---- aggregates: {1} what, {2} of what, {3} over which time, {4} where
inline constexpr Form kAggregate = {"{1} of {2}{3}{4}", "{3}{2}{4} {1}"};
inline constexpr Form kLatestOf = {"latest of {2}{3}{4}", "{3}最近一次 {2}{4}"};
inline constexpr Form kTimeOfLatest = {"time of latest {2}{3}{4}", "{3}最近一次 {2}的发生时间{4}"};
inline constexpr Form kOverAll = {"", "历次 "};
inline constexpr Form kOverLast = {" over the last {1}", "近 {1} 内 "};
inline constexpr Form kOverLastDigits = {" over the last {1}", "近{1}内 "};  // `近24个月内`
inline constexpr Form kOverSameMonth = {" over the same month of the last {1}", "近 {1} 同月 "};
inline constexpr Form kOverSameMonthDigits = {" over the same month of the last {1}", "近{1}同月 "};
// In the order of syntax::Over, from `this_week`.
inline constexpr Form kOverPeriods[] = {{" over this week", "本周 "},
                                        {" over this month", "本月 "},
                                        {" over this quarter", "本季度 "},
                                        {" over this year", "本年 "},
                                        {" over the previous week", "上周 "},
                                        {" over the previous month", "上月 "},
                                        {" over the previous quarter", "上季度 "},
                                        {" over the previous year", "上年 "}};
inline constexpr Form kOfWhich = {" where {1}", " （其中 {1}）"};
inline constexpr Form kCount = {"count", "次数"};
inline constexpr Form kSum = {"sum", "合计"};
inline constexpr Form kAverage = {"average", "平均值"};
inline constexpr Form kLeast = {"min", "最小值"};
inline constexpr Form kMost = {"max", "最大值"};

// ---- functions
inline constexpr Form kDaysFrom = {"days from {1} to {2}", "自 {1} 至 {2} 天数"};
// {3}: of which calendar.
inline constexpr Form kWorkingDaysFrom = {"working days{3} from {1} to {2}",
                                          "自 {1} 至 {2} 工作日数{3}"};
inline constexpr Form kRound = {"round {1} to {2}", "四舍五入 {1} 至 {2} 位"};
inline constexpr Form kRoundWhole = {"round({1})", "四舍五入（{1}）"};
inline constexpr Form kYear = {"year of {1}", "年份（{1}）"};
inline constexpr Form kMonth = {"month of {1}", "月份（{1}）"};
inline constexpr Form kDay = {"day of {1}", "日数（{1}）"};
inline constexpr Form kWeekday = {"weekday of {1}", "星期几（{1}）"};
inline constexpr Form kDateOf = {"date of {1}", "日期（{1}）"};
inline constexpr Form kTimeOf = {"time of {1}", "时刻（{1}）"};
inline constexpr Form kStartOfMonth = {"start of month of {1}", "月初（{1}）"};
inline constexpr Form kStartOfQuarter = {"start of quarter of {1}", "季初（{1}）"};
inline constexpr Form kStartOfYear = {"start of year of {1}", "年初（{1}）"};
inline constexpr Form kEndOfMonth = {"end of month of {1}", "月末（{1}）"};
inline constexpr Form kEndOfQuarter = {"end of quarter of {1}", "季末（{1}）"};
inline constexpr Form kEndOfYear = {"end of year of {1}", "年末（{1}）"};
// {2}: of which calendar.
inline constexpr Form kNextWorkingDay = {"next working day{2} after {1}", "下一工作日（{1}{2}）"};
inline constexpr Form kPreviousWorkingDay = {"previous working day{2} before {1}",
                                             "上一工作日（{1}{2}）"};
inline constexpr Form kRolledForward = {"{1} rolled forward{2}", "{1} 遇休顺延{2}"};
inline constexpr Form kRolledBack = {"{1} rolled back{2}", "{1} 遇休提前{2}"};
inline constexpr Form kCalendarArgument = {" of {1}", "，{1}"};

}  // namespace forms
}  // namespace duban::formatter
