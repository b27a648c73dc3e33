// The words of the language: the one table of spellings, in both languages.
//
// A terminal is a symbol (a number, `:`…) or a keyword. Every keyword is listed here once with its
// English and Chinese spellings; `|` separates alternatives and the first is canonical. A keyword
// with an empty side belongs to one language's word order (`截止前`, `within`).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace duban {

// clang-format off
// X(terminal, English, Chinese): what messages call it.
#define DUBAN_SYMBOLS(X)                       \
  X(NUMBER, "a number", "数值")                \
  X(DATE, "a date", "日期")                    \
  X(TIME, "a time", "时刻")                    \
  X(STRING, "a text in quotes", "引号中的文本") \
  X(QUOTED, "a name", "名称")                  \
  X(WORD, "a name", "名称")                    \
  X(COLON, "`:`", "“：”")                      \
  X(COMMA, "`,`", "“，”")                      \
  X(SEMICOLON, "`;`", "“；”")                  \
  X(LPAREN, "`(`", "“（”")                     \
  X(RPAREN, "`)`", "“）”")                     \
  X(LBRACE, "`{`", "“{”")                      \
  X(RBRACE, "`}`", "“}”")                      \
  X(BAR, "`|`", "“｜”")                        \
  X(DOT, "`.`", "“的”")                        \
  X(QUESTION, "`?`", "“？”")                   \
  X(EQUALS, "`=`", "“=”")                      \
  X(ARROW, "`=>`", "“=>”")                     \
  X(PLUS, "`+`", "“+”")                        \
  X(DASH, "`-`", "“-”")                        \
  X(STAR, "`*`", "“*”")                        \
  X(SLASH, "`/`", "“/”")                       \
  X(PERCENT, "`%`", "“%”")                     \
  X(PERMILLE, "`‰`", "“‰”")                    \
  X(LESS, "`<`", "“<”")                        \
  X(LESS_EQUAL, "`<=`", "“<=”")                \
  X(GREATER, "`>`", "“>”")                     \
  X(GREATER_EQUAL, "`>=`", "“>=”")             \
  X(NOT_EQUAL, "`!=`", "“!=”")                 \
  X(NEWLINE, "the end of the line", "行尾")    \
  X(FULL_STOP, "`。`", "“。”")                 \
  X(BAD_STRING, "a text", "文本")              \
  X(BAD_QUOTED, "a name", "名称")              \
  X(OTHER, "a character", "字符")

// X(terminal, English spellings, Chinese spellings, flags). Flags:
//   R  reserved: never a name, unless in backquotes
//   G  a digit may follow at once: `自2026年1月1日`, `近24个月`
//   C  may be written together with other such words and after a unit: `每日至多`, `30日内至多`,
//      `每月最后一日`
#define DUBAN_KEYWORDS(X)                                      \
  /* headers */                                                \
  X(K_POLICY, "policy", "办法", "")                            \
  X(K_USE, "use", "引用", "")                                  \
  X(K_EFFECTIVE, "effective", "", "")                          \
  X(K_IN_FORCE, "", "起施行", "")                              \
  X(K_ZHI, "", "止", "")                                       \
  X(K_FROM, "from", "来自", "")                                \
  X(K_ZI, "", "自", "G")                                       \
  X(K_TO, "to", "至", "G")                                     \
  X(K_BASIS, "basis", "依据", "")                              \
  X(K_VOCABULARY, "vocabulary", "词汇", "")                    \
  X(K_TIMEZONE, "timezone", "时区", "")                        \
  X(K_CURRENCY, "currency", "货币", "")                        \
  X(K_DAY_STARTS, "", "每日起始", "G")                         \
  X(K_STARTS, "starts", "", "")                                \
  /* declarations */                                           \
  X(K_CALENDAR, "calendar", "日历", "")                        \
  X(K_DEFAULT, "default", "默认", "")                          \
  X(K_WORK_HOURS, "", "工时", "G")                             \
  X(K_REFERENCE, "reference", "参照", "")                      \
  X(K_ENTITY, "entity", "对象", "")                            \
  X(K_KEY, "key", "主键", "")                                  \
  X(K_PRIVATE, "private", "隐私", "")                          \
  X(K_SET, "set", "更新", "")                                  \
  X(K_OF, "of", "", "")                                        \
  X(K_SET_OF, "", "集合", "")                                  \
  X(K_CHOICE, "choice", "选项", "")                            \
  X(K_EVENT, "event", "事件", "")                              \
  X(K_FOR, "for", "", "")                                      \
  X(K_BROADCAST, "broadcast", "", "")                          \
  X(K_BROADCAST_EVENT, "", "广播事件", "")                     \
  X(K_OUTGOING, "outgoing", "", "")                            \
  X(K_OUTGOING_EVENT, "", "对外事件", "")                      \
  X(K_WHERE, "where", "其中", "")                              \
  X(K_CHANNEL, "channel", "渠道", "")                          \
  X(K_QUIET, "quiet", "免扰", "G")                             \
  X(K_ELSE, "else", "超出", "")                                \
  X(K_WAIT, "wait", "等候", "")                                \
  X(K_DROP, "drop", "舍弃", "")                                \
  X(K_NOTICE, "notice", "通知模板", "")                        \
  X(K_MANDATORY, "mandatory", "必达", "")                      \
  X(K_SERVICE, "service", "服务", "")                          \
  X(K_COMMERCIAL, "commercial", "商业", "")                    \
  X(K_PARAMETER, "parameter", "参数", "")                      \
  X(K_DEFINE, "define", "定义", "")                            \
  X(K_FORBID, "forbid", "禁止", "")                            \
  X(K_BECAUSE, "because", "理由", "")                          \
  X(K_TABLE, "table", "决策表", "")                            \
  X(K_FIRST, "first", "", "")                                  \
  X(K_UNIQUE, "unique", "", "")                                \
  X(K_ALL, "all", "", "")                                      \
  X(K_MATCH, "match|matches", "", "")                          \
  X(K_FIRST_MATCH, "", "首条命中", "")                         \
  X(K_UNIQUE_MATCH, "", "唯一命中", "")                        \
  X(K_ALL_MATCHES, "", "全部命中", "")                         \
  X(K_COLLECT, "collect", "收集", "")                          \
  X(K_ANY, "any", "任意|任一", "")                             \
  X(K_UNIQUE_KEY, "", "唯一标识", "")                          \
  X(K_SCORECARD, "scorecard", "评分卡", "")                    \
  X(K_BASE, "base", "基础分", "G")                             \
  X(K_ADD, "", "加", "G")                                      \
  X(K_DEDUCT, "", "减", "G")                                   \
  X(K_POINTS, "points", "分", "")                              \
  X(K_GRADE, "grade", "等级", "")                              \
  X(K_REST, "", "其余", "")                                    \
  X(K_RULE, "rule", "规则", "")                                \
  X(K_CASE, "case", "事项", "")                                \
  X(K_PER, "per", "按", "")                                    \
  X(K_MAY, "may", "", "")                                      \
  X(K_REOPEN, "reopen", "", "")                                \
  X(K_MAY_REOPEN, "", "可重启", "")                            \
  X(K_OPENS, "opens", "", "")                                  \
  X(K_CLOSES, "closes", "", "")                                \
  X(K_OPENS_ON, "", "启动事件", "")                            \
  X(K_OPENS_WHEN, "", "启动条件", "")                          \
  X(K_CLOSES_ON, "", "办结事件", "")                           \
  X(K_CLOSES_WHEN, "", "办结条件", "")                         \
  X(K_AS, "as", "结果", "")                                    \
  X(K_OWNER, "owner", "负责人", "")                            \
  X(K_KEEP, "keep", "记录", "")                                \
  X(K_FLIGHT, "flight", "", "")                                \
  X(K_IN_FLIGHT, "", "在途", "")                               \
  X(K_KEEP_OLD, "", "沿用旧版", "")                            \
  X(K_RECOMPUTE, "recompute", "按新版重算", "")                \
  X(K_RESTART, "restart", "重新计时", "")                      \
  /* triggers */                                               \
  X(K_ON, "on", "", "")                                        \
  X(K_AT, "at", "于", "G")                                     \
  X(K_OPENING, "opening", "", "")                              \
  X(K_CLOSING, "closing", "", "")                              \
  X(K_AT_OPENING, "", "启动时", "")                            \
  X(K_AT_CLOSING, "", "办结时", "")                            \
  X(K_OCCURS, "", "发生", "")                                  \
  X(K_SHI, "", "时", "")                                       \
  X(K_WHEN, "when", "当", "")                                  \
  X(K_CHANGES, "changes", "变化时|变化", "")                   \
  X(K_DELIVERED, "delivered", "送达|送达时", "")               \
  X(K_FAILED, "failed", "发送失败|发送失败时|失败|失败时", "") \
  X(K_BEFORE, "before", "", "")                                \
  X(K_AFTER, "after", "", "")                                  \
  X(K_QIAN, "", "前", "G")                                     \
  X(K_HOU, "", "后", "G")                                      \
  X(K_EVERY_WORKING_DAY, "", "每个工作日|每工作日", "GC")      \
  X(K_MONDAY, "Monday|monday", "周一|星期一", "GC")            \
  X(K_TUESDAY, "Tuesday|tuesday", "周二|星期二", "GC")         \
  X(K_WEDNESDAY, "Wednesday|wednesday", "周三|星期三", "GC")   \
  X(K_THURSDAY, "Thursday|thursday", "周四|星期四", "GC")      \
  X(K_FRIDAY, "Friday|friday", "周五|星期五", "GC")            \
  X(K_SATURDAY, "Saturday|saturday", "周六|星期六", "GC")      \
  X(K_SUNDAY, "Sunday|sunday", "周日|周天|星期日|星期天", "GC") \
  X(K_DI, "", "第", "GC")                                      \
  X(K_FIRST_DAY, "", "首日|第一日|第一天", "GC")               \
  X(K_LAST_DAY, "", "最后一日|最后一天", "GC")                 \
  X(K_FIRST_WORKING_DAY, "", "首个工作日|第一个工作日", "GC")  \
  X(K_LAST_WORKING_DAY, "", "最后一个工作日", "GC")            \
  X(K_OTHERWISE, "otherwise", "否则", "")                      \
  X(K_IF, "if", "若|如果", "R")                                \
  /* actions */                                                \
  X(K_NOTIFY, "notify", "", "")                                \
  X(K_XIANG, "", "向", "")                                     \
  X(K_SEND, "", "发送", "")                                    \
  X(K_BY, "by", "由", "")                                      \
  X(K_LISTING, "listing", "列明", "")                          \
  X(K_EVEN, "even", "", "")                                    \
  X(K_LATE, "late", "", "")                                    \
  X(K_EVEN_IF_LATE, "", "过时仍发", "")                        \
  X(K_ONCE, "once", "", "")                                    \
  X(K_ONCE_PER_CASE, "", "同一事项限一次", "")                 \
  X(K_ONCE_DAILY, "", "每日限一次", "")                        \
  X(K_ONCE_WEEKLY, "", "每周限一次", "")                       \
  X(K_ONCE_MONTHLY, "", "每月限一次", "")                      \
  X(K_ONCE_YEARLY, "", "每年限一次", "")                       \
  X(K_SAME, "", "同一", "")                                    \
  X(K_LIMIT_ONCE, "", "限一次", "")                            \
  X(K_TASK, "task", "交办", "")                                \
  X(K_RAISE, "raise", "发起", "")                              \
  X(K_WITH, "with", "内容", "")                                \
  X(K_CLOSE, "close", "办结", "")                              \
  X(K_ESCALATE, "escalate", "提级", "")                        \
  X(K_ESCALATE_TO, "", "提级至", "")                           \
  X(K_ESCALATION, "escalation", "", "")                        \
  X(K_REASSIGN, "reassign", "改派", "")                        \
  X(K_REASSIGN_TO, "", "改派至", "")                           \
  /* clauses of a task */                                      \
  X(K_DUE, "due", "", "")                                      \
  X(K_WITHIN, "within", "", "")                                \
  X(K_TIME_LIMIT, "", "时限", "G")                             \
  X(K_DEADLINE, "", "截止", "G")                               \
  X(K_EVERY, "every", "每", "C")                               \
  X(K_SINCE, "since", "", "")                                  \
  X(K_QIMEI, "", "起每", "G")                                  \
  X(K_BUT, "but", "", "")                                      \
  X(K_NOT_EARLIER, "", "但不早于|不早于", "G")                 \
  X(K_BEFORE_DUE, "", "截止前", "G")                           \
  X(K_OPENED, "opened", "启动", "")                            \
  X(K_STAYS, "stays", "办结后保留", "")                        \
  X(K_EXPIRES, "expires", "", "")                              \
  X(K_VALID_FOR, "", "有效期", "G")                            \
  X(K_DONE, "done", "办毕", "")                                \
  X(K_DONE_ON, "", "完成标志", "")                             \
  X(K_WHEN_DONE, "", "办毕时", "")                             \
  X(K_NEEDS, "needs", "须填写", "")                            \
  X(K_PAUSED, "paused", "暂停计时", "")                        \
  X(K_WHILE, "while", "", "")                                  \
  X(K_PAUSED_DURING, "", "期间暂停计时", "")                   \
  X(K_WHEN_LATE, "", "超时未办", "")                           \
  X(K_OVERTIME, "", "超时", "G")                               \
  X(K_UNDONE, "", "未办", "C")                                 \
  /* scenarios */                                              \
  X(K_SCENARIO, "scenario", "场景", "")                        \
  X(K_WITH_FILE, "", "并用", "")                               \
  X(K_GIVEN, "given", "", "")                                  \
  X(K_YIZHI, "", "已知", "")                                   \
  X(K_EXPECT, "expect", "应", "")                              \
  X(K_EXPECT_NO, "", "不应", "")                               \
  X(K_SAYING, "saying", "含", "")                              \
  X(K_CLOSED, "closed", "", "")                                \
  X(K_BLOCKED, "blocked", "被禁止", "")                        \
  X(K_NOTHING, "nothing", "再无动作", "")                      \
  X(K_MORE, "more", "", "")                                    \
  X(K_UNTIL, "until", "", "")                                  \
  /* types and plain values */                                 \
  X(K_YES, "yes", "是", "R")                                   \
  X(K_NO, "no", "否", "R")                                     \
  X(K_NONE, "none", "无", "R")                                 \
  X(K_YES_NO, "", "是否型", "")                                \
  X(K_NUMBER, "number", "数值型", "")                          \
  X(K_MONEY, "money", "金额型", "")                            \
  X(K_TEXT, "text", "文本型", "")                              \
  X(K_DATE, "date", "日期型", "")                              \
  X(K_TIME, "time", "时刻型", "")                              \
  X(K_DATETIME, "datetime", "时间型", "")                      \
  X(K_DURATION, "duration", "时长型", "")                      \
  /* durations and counts */                                   \
  X(K_SECOND, "second|seconds", "秒", "")                      \
  X(K_MINUTE, "minute|minutes", "分钟", "")                    \
  X(K_HOUR, "hour|hours", "小时|个小时", "")                   \
  X(K_DAY, "day|days", "日|天", "G")                           \
  X(K_WEEK, "week|weeks", "周|星期|个星期", "")                \
  X(K_MONTH, "month|months", "个月|月", "G")                   \
  X(K_QUARTER, "quarter|quarters", "个季度|季度", "")          \
  X(K_YEAR, "year|years", "年", "")                            \
  X(K_WORKING, "working", "", "")                              \
  X(K_WORKING_DAY, "", "个工作日|工作日", "G")                 \
  X(K_WORKING_HOUR, "", "个工作小时|工作小时", "")             \
  X(K_HALF, "half", "", "")                                    \
  X(K_HALF_YEAR, "", "半年", "")                               \
  X(K_A, "a|an", "", "")                                       \
  X(K_TIMES, "", "次|条|项", "")                               \
  X(K_PLACES, "", "位", "")                                    \
  X(K_DAILY, "", "每日|每天", "GC")                            \
  X(K_WEEKLY, "", "每周", "GC")                                \
  X(K_MONTHLY, "", "每月", "GC")                               \
  X(K_YEARLY, "", "每年", "GC")                                \
  X(K_QUARTERLY, "", "每季度|每季", "GC")                      \
  X(K_ZHIDUO, "", "至多", "GC")                                \
  X(K_NEI, "", "内", "C")                                      \
  /* comparisons and logic */                                  \
  X(K_AND, "and", "且|并且", "R")                              \
  X(K_OR, "or", "或|或者", "R")                                \
  X(K_NOT, "not", "非|不", "R")                                \
  X(K_IS, "is", "为", "RG")                                    \
  X(K_IS_NOT, "", "不为", "RG")                                \
  X(K_IN, "in", "属于", "R")                                   \
  X(K_NOT_IN, "", "不属于", "R")                               \
  X(K_LEAST, "least", "", "")                                  \
  X(K_MOST, "most", "", "")                                    \
  X(K_AT_LEAST, "", "不低于|不少于|不小于", "RG")              \
  X(K_AT_MOST, "", "不超过|不高于|不多于|不大于|不晚于", "RG") \
  X(K_ABOVE, "above", "超过|高于|多于|大于|晚于", "RG")        \
  X(K_BELOW, "below", "低于|少于|小于|早于", "RG")             \
  X(K_BETWEEN, "between", "介于", "RG")                        \
  X(K_KNOWN, "known", "", "")                                  \
  X(K_UNKNOWN, "", "未知", "R")                                \
  X(K_EMPTY, "empty", "", "")                                  \
  X(K_IS_EMPTY, "", "为空", "R")                               \
  X(K_IS_NOT_EMPTY, "", "不为空", "R")                         \
  X(K_CONTAINS, "contains", "包含", "R")                       \
  X(K_NOT_CONTAINS, "", "不包含", "R")                         \
  X(K_MINUS, "minus", "减去", "R")                             \
  X(K_UNION, "union", "并上|并集", "R")                        \
  /* aggregates: 近24个月内 抄表的电量 平均值 */               \
  X(K_COUNT, "count", "次数", "")                              \
  X(K_SUM, "sum", "合计", "")                                  \
  X(K_AVERAGE, "average", "平均值", "")                        \
  X(K_MIN, "min|minimum", "最小值", "")                        \
  X(K_MAX, "max|maximum", "最大值", "")                        \
  X(K_LATEST, "latest", "最近值", "")                          \
  X(K_OVER, "over", "", "")                                    \
  X(K_THE, "the", "", "")                                      \
  X(K_LAST, "last", "", "")                                    \
  X(K_JIN, "", "近", "G")                                      \
  X(K_LICI, "", "历次", "")                                    \
  X(K_RECENT, "", "最近一次", "")                              \
  X(K_THIS, "this", "", "")                                    \
  X(K_THE_SAME, "same", "", "")                                \
  X(K_SAME_MONTH, "", "同月", "")                              \
  X(K_THIS_WEEK, "", "本周", "")                               \
  X(K_THIS_MONTH, "", "本月", "")                              \
  X(K_THIS_QUARTER, "", "本季度|本季", "")                     \
  X(K_THIS_YEAR, "", "本年|本年度", "")                        \
  X(K_PREVIOUS_WEEK, "", "上周", "")                           \
  X(K_PREVIOUS_MONTH, "", "上月|上个月", "")                   \
  X(K_PREVIOUS_QUARTER, "", "上季度|上季", "")                 \
  X(K_PREVIOUS_YEAR, "", "上年|上年度|去年", "")               \
  /* functions */                                              \
  X(K_ROUND, "round", "四舍五入", "")                          \
  X(K_WEEKDAY, "weekday", "", "")                              \
  X(K_START, "start", "", "")                                  \
  X(K_END, "end", "", "")                                      \
  X(K_NEXT, "next", "", "")                                    \
  X(K_PREVIOUS, "previous", "", "")                            \
  X(K_ROLLED, "rolled", "", "")                                \
  X(K_FORWARD, "forward", "", "")                              \
  X(K_BACK, "back", "", "")                                    \
  X(K_ROLLED_FORWARD, "", "遇休顺延|遇节假日顺延", "G")        \
  X(K_ROLLED_BACK, "", "遇休提前|遇节假日提前", "G")           \
  X(K_DAY_COUNT, "", "天数", "")                               \
  X(K_WORKING_DAY_COUNT, "", "工作日数", "")

// Named as in the grammar. NOLINTBEGIN(readability-identifier-naming)
enum class Terminal : uint16_t {
  END,  // of the line
#define DUBAN_TERMINAL(name, ...) name,
  DUBAN_SYMBOLS(DUBAN_TERMINAL) DUBAN_KEYWORDS(DUBAN_TERMINAL)
#undef DUBAN_TERMINAL
  COUNT
};
// NOLINTEND(readability-identifier-naming)
// clang-format on

struct Keyword {
  Terminal terminal = Terminal::END;
  std::vector<std::string_view> english;  // canonical first; may be empty
  std::vector<std::string_view> chinese;
  bool reserved = false;
  bool before_digit = false;
  bool compounds = false;
};

// All keywords, in the order of the table.
const std::vector<Keyword>& keywords();

// The keyword with this exact spelling in either language; null if none.
const Keyword* find_keyword(std::string_view spelling);
// The keyword of a terminal; null for symbols.
const Keyword* keyword(Terminal terminal);

// How messages name a terminal: a keyword in backquotes, a symbol as in the table.
std::string_view symbol_name(Terminal terminal, bool chinese);

// Names that mean something without a declaration, in either language, as English: event (本次),
// case (事项), owner (负责人), now (现在), today (今日), due (办理期限), list (清单). Empty: none
// of these.
std::string_view builtin_name(std::string_view text);

// Members that every event and case has, as English: time (发生时间), received (收到时间), opened
// (启动时间). Empty: none of these.
std::string_view builtin_member(std::string_view text);

// The name of a function in parentheses as syntax.h has it: 年份 → year, 月末 → end_of_month,
// 天数 → days_from_to. Any other text is returned as it is.
std::string_view function_name(std::string_view text);

// Whether this is the name of a function, as function_name() gives it.
bool is_function(std::string_view name);

// Every spelling that builtin_name(), builtin_member() or function_name() knows.
std::vector<std::string_view> built_in_words();

// ISO code of a currency word: `yuan`, `元`, `人民币` and `CNY` are CNY. Empty: not a known word.
std::string_view currency_code(std::string_view word);
std::vector<std::string_view> currency_words();

}  // namespace duban
