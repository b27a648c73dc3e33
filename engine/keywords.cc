#include "engine/keywords.h"

#include <array>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace duban {
namespace {

constexpr size_t kTerminals = static_cast<size_t>(Terminal::COUNT);

std::vector<std::string_view> alternatives(std::string_view spellings) {
  std::vector<std::string_view> list;
  while (!spellings.empty()) {
    const size_t bar = spellings.find('|');
    list.push_back(spellings.substr(0, bar));
    spellings.remove_prefix(bar == std::string_view::npos ? spellings.size() : bar + 1);
  }
  return list;
}

Keyword row(Terminal terminal, std::string_view english, std::string_view chinese,
            std::string_view flags) {
  const auto has = [&](char flag) { return flags.find(flag) != std::string_view::npos; };
  return {terminal, alternatives(english), alternatives(chinese), has('R'), has('G'), has('C')};
}

struct Index {
  std::unordered_map<std::string_view, const Keyword*> by_spelling;
  std::array<const Keyword*, kTerminals> by_terminal{};
};

const Index& index() {
  static const Index kBuilt = [] {
    Index made;
    for (const Keyword& entry : keywords()) {
      for (std::string_view spelling : entry.english) made.by_spelling.emplace(spelling, &entry);
      for (std::string_view spelling : entry.chinese) made.by_spelling.emplace(spelling, &entry);
      made.by_terminal[static_cast<size_t>(entry.terminal)] = &entry;
    }
    return made;
  }();
  return kBuilt;
}

using Pairs = std::unordered_map<std::string_view, std::string_view>;

std::string_view look_up(const Pairs& pairs, std::string_view text, std::string_view otherwise) {
  const auto found = pairs.find(text);
  return found == pairs.end() ? otherwise : found->second;
}

}  // namespace

const std::vector<Keyword>& keywords() {
  static const std::vector<Keyword> kTable = {
#define DUBAN_ROW(name, english, chinese, flags) row(Terminal::name, english, chinese, flags),
      DUBAN_KEYWORDS(DUBAN_ROW)
#undef DUBAN_ROW
  };
  return kTable;
}

const Keyword* find_keyword(std::string_view spelling) {
  const auto found = index().by_spelling.find(spelling);
  return found == index().by_spelling.end() ? nullptr : found->second;
}

const Keyword* keyword(Terminal terminal) {
  return index().by_terminal[static_cast<size_t>(terminal)];
}

std::string_view symbol_name(Terminal terminal, bool chinese) {
  switch (terminal) {  // NOLINT(bugprone-branch-clone): names may be equal
    case Terminal::END:
      return chinese ? "行尾" : "the end of the line";
#define DUBAN_NAME(name, english_text, chinese_text) \
  case Terminal::name:                               \
    return chinese ? chinese_text : english_text;
      DUBAN_SYMBOLS(DUBAN_NAME)
#undef DUBAN_NAME
    default:
      return {};
  }
}

namespace {

const Pairs& names() {
  static const Pairs kNames = {
      {"event", "event"}, {"本次", "event"},   {"case", "case"},    {"事项", "case"},
      {"本事项", "case"}, {"owner", "owner"},  {"负责人", "owner"}, {"now", "now"},
      {"现在", "now"},    {"today", "today"},  {"今日", "today"},   {"今天", "today"},
      {"due", "due"},     {"办理期限", "due"}, {"list", "list"},    {"清单", "list"},
  };
  return kNames;
}

const Pairs& members() {
  static const Pairs kMembers = {
      {"time", "time"},         {"发生时间", "time"}, {"received", "received"},
      {"收到时间", "received"}, {"opened", "opened"}, {"启动时间", "opened"},
  };
  return kMembers;
}

const Pairs& functions() {
  static const Pairs kFunctions = {
      {"minimum", "min"},
      {"最小值", "min"},
      {"maximum", "max"},
      {"最大值", "max"},
      {"四舍五入", "round"},
      {"年份", "year"},
      {"月份", "month"},
      {"日数", "day"},
      {"星期几", "weekday"},
      {"日期", "date"},
      {"时刻", "time"},
      {"月初", "start_of_month"},
      {"季初", "start_of_quarter"},
      {"年初", "start_of_year"},
      {"月末", "end_of_month"},
      {"季末", "end_of_quarter"},
      {"年末", "end_of_year"},
      {"天数", "days_from_to"},
      {"工作日数", "working_days_from_to"},
      {"下一工作日", "next_working_day"},
      {"上一工作日", "previous_working_day"},
  };
  return kFunctions;
}

const Pairs& currencies() {
  static const Pairs kCurrencies = {
      {"CNY", "CNY"},     {"yuan", "CNY"},  {"元", "CNY"},   {"人民币", "CNY"}, {"EUR", "EUR"},
      {"euro", "EUR"},    {"euros", "EUR"}, {"欧元", "EUR"}, {"USD", "USD"},    {"dollar", "USD"},
      {"dollars", "USD"}, {"美元", "USD"},  {"GBP", "GBP"},  {"pound", "GBP"},  {"pounds", "GBP"},
      {"英镑", "GBP"},    {"JPY", "JPY"},   {"yen", "JPY"},  {"日元", "JPY"},   {"HKD", "HKD"},
      {"港元", "HKD"},
  };
  return kCurrencies;
}

}  // namespace

std::string_view builtin_name(std::string_view text) { return look_up(names(), text, {}); }

std::string_view builtin_member(std::string_view text) { return look_up(members(), text, {}); }

std::string_view function_name(std::string_view text) { return look_up(functions(), text, text); }

std::vector<std::string_view> built_in_words() {
  std::vector<std::string_view> words;
  for (const Pairs* pairs : {&names(), &members(), &functions()}) {
    for (const auto& [spelling, meaning] : *pairs) words.push_back(spelling);
  }
  return words;
}

bool is_function(std::string_view name) {
  static const std::unordered_set<std::string_view> kFunctions = {"min",
                                                                  "max",
                                                                  "round",
                                                                  "year",
                                                                  "month",
                                                                  "day",
                                                                  "weekday",
                                                                  "date",
                                                                  "time",
                                                                  "start_of_month",
                                                                  "start_of_quarter",
                                                                  "start_of_year",
                                                                  "end_of_month",
                                                                  "end_of_quarter",
                                                                  "end_of_year",
                                                                  "days_from_to",
                                                                  "working_days_from_to",
                                                                  "next_working_day",
                                                                  "previous_working_day",
                                                                  "rolled_forward",
                                                                  "rolled_back"};
  return kFunctions.contains(name);
}

std::string_view currency_code(std::string_view word) { return look_up(currencies(), word, {}); }

std::vector<std::string_view> currency_words() {
  std::vector<std::string_view> words;
  for (const auto& [spelling, code] : currencies()) words.push_back(spelling);
  return words;
}

}  // namespace duban
