#include "engine/expectations.h"

#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>
#include <utility>

namespace duban {
namespace {

using enum Terminal;

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool has(const std::vector<Terminal>& list, Terminal kind) {
  return std::find(list.begin(), list.end(), kind) != list.end();
}

struct Expectations {
  std::vector<std::string> english;
  std::vector<std::string> chinese;

  void add(std::string en, std::string zh) {
    if (!en.empty() && std::find(english.begin(), english.end(), en) == english.end()) {
      english.push_back(std::move(en));
    }
    if (!zh.empty() && std::find(chinese.begin(), chinese.end(), zh) == chinese.end()) {
      chinese.push_back(std::move(zh));
    }
  }
};

bool is_unit_after_number(Terminal kind) {
  return one_of(kind, {PERCENT, PERMILLE, K_SECOND, K_MINUTE, K_HOUR, K_DAY, K_WEEK, K_MONTH,
                       K_QUARTER, K_YEAR, K_WORKING, K_WORKING_DAY, K_WORKING_HOUR});
}

// Words that a value may begin with.
bool begins_value(Terminal kind) {
  return one_of(kind, {NUMBER,
                       DATE,
                       TIME,
                       STRING,
                       WORD,
                       QUOTED,
                       LPAREN,
                       LBRACE,
                       DASH,
                       K_NOT,
                       K_YES,
                       K_NO,
                       K_NONE,
                       K_A,
                       K_HALF,
                       K_HALF_YEAR,
                       K_COUNT,
                       K_SUM,
                       K_AVERAGE,
                       K_MIN,
                       K_MAX,
                       K_LATEST,
                       K_JIN,
                       K_LICI,
                       K_ZI,
                       K_ROUND,
                       K_START,
                       K_END,
                       K_NEXT,
                       K_PREVIOUS,
                       K_YEAR,
                       K_MONTH,
                       K_DAY,
                       K_WEEKDAY,
                       K_DATE,
                       K_TIME,
                       K_WORKING,
                       K_RECENT,
                       K_THIS_WEEK,
                       K_THIS_MONTH,
                       K_THIS_QUARTER,
                       K_THIS_YEAR,
                       K_PREVIOUS_WEEK,
                       K_PREVIOUS_MONTH,
                       K_PREVIOUS_QUARTER,
                       K_PREVIOUS_YEAR});
}

// Where a value may stand, sixty words fit: what belongs together is one thing.
struct Group {
  const char* english;
  const char* chinese;
  bool (*holds)(Terminal);
  bool (*stands)(const std::vector<Terminal>& all);  // whether there is a place for it
};
constexpr Group kGroups[] = {
    {"a value", "一个值", begins_value,
     [](const std::vector<Terminal>& all) {
       return has(all, NUMBER) && has(all, STRING) && has(all, LPAREN);
     }},
    {"a type", "类型",
     [](Terminal kind) {
       return one_of(kind, {K_YES, WORD, K_SET});
     },
     [](const std::vector<Terminal>& all) {
       return has(all, K_YES) && has(all, WORD) && !has(all, STRING);
     }},
    {"a unit", "单位", [](Terminal kind) { return is_unit_after_number(kind) || kind == WORD; },
     [](const std::vector<Terminal>& all) { return has(all, K_SECOND) && has(all, K_WEEK); }},
    {"an operator such as `is` or `above`", "运算符（如“为”“高于”）",
     [](Terminal kind) { return (is_operator(kind) && kind != DOT) || kind == LPAREN; },
     [](const std::vector<Terminal>& all) { return has(all, PLUS) && has(all, STAR); }},
};

Expectations describe(const std::vector<Terminal>& terminals, const std::vector<Terminal>& all) {
  Expectations out;
  // In English the entity stands behind `for`, `of` or `to`.
  const bool english_entity =
      !has(terminals, K_FOR) && !has(terminals, K_OF) && !has(terminals, K_TO);
  std::vector<const Group*> groups;
  for (const Terminal kind : terminals) {
    const auto group = std::find_if(std::begin(kGroups), std::end(kGroups), [&](const Group& it) {
      return it.holds(kind) && it.stands(all);
    });
    if (group != std::end(kGroups)) {
      if (std::find(groups.begin(), groups.end(), group) == groups.end()) groups.push_back(group);
    } else if (const Keyword* entry = keyword(kind)) {
      const bool english = !entry->english.empty() && (kind != K_ENTITY || english_entity);
      out.add(english ? fmt::format("`{}`", entry->english[0]) : "",
              entry->chinese.empty() ? "" : fmt::format("“{}”", entry->chinese[0]));
    } else {
      out.add(std::string(symbol_name(kind, false)), std::string(symbol_name(kind, true)));
    }
  }
  for (const Group* group : groups) out.add(group->english, group->chinese);
  // A word of one language alone still says what is missing.
  for (const Terminal kind : terminals) {
    const Keyword* entry = keyword(kind);
    if (entry == nullptr) continue;
    if (out.english.empty()) out.add(fmt::format("`{}`", entry->chinese[0]), "");
    if (out.chinese.empty()) out.add("", fmt::format("“{}”", entry->english[0]));
  }
  return out;
}

std::string joined(const std::vector<std::string>& items, const char* comma, const char* last) {
  constexpr size_t kMost = 7;
  std::string out;
  const size_t count = std::min(items.size(), kMost);
  for (size_t i = 0; i < count; ++i) {
    if (i > 0) out += i + 1 == count && items.size() <= kMost ? last : comma;
    out += items[i];
  }
  return items.size() > kMost ? out + comma + "…" : out;
}

}  // namespace

Wording in_words(const std::vector<Terminal>& terminals, const std::vector<Terminal>& all) {
  const Expectations list = describe(terminals, all);
  return {joined(list.english, ", ", " or "), joined(list.chinese, "、", "或")};
}

void focus(std::vector<Terminal>& expected, LineView line, uint32_t failed) {
  const auto leave_out = [&](const auto& unwanted) {
    std::vector<Terminal> rest = expected;
    std::erase_if(rest, unwanted);
    if (!rest.empty()) expected = std::move(rest);
  };
  leave_out([](Terminal kind) { return kind == K_PAUSED_DURING; });
  const bool value = has(expected, NUMBER) && has(expected, STRING);
  const auto is_clause = [](Terminal kind) {
    const Keyword* word = keyword(kind);
    return word != nullptr && !word->reserved;
  };
  if (has(expected, K_IF) || std::any_of(expected.begin(), expected.end(), is_clause)) {
    std::erase(expected, COMMA);
  }
  if (has(expected, K_LISTING)) std::erase(expected, NUMBER);  // of 30 日内至多 2 次
  // An alias, which may always stand.
  if (!value) leave_out([](Terminal kind) { return kind == LPAREN; });
  // At the end of a line, what it lacks is a word of its form.
  if (failed >= line.size() && !value) leave_out(is_operator);
  if (failed != 1 || keyword(line.begin->kind) == nullptr) return;
  leave_out([&](Terminal kind) {
    if (value && begins_value(kind)) return false;
    return is_operator(kind) || one_of(kind, {COLON, LPAREN, K_CHANGES, K_DELIVERED, K_FAILED,
                                              K_BEFORE, K_AFTER, K_QIAN, K_HOU, K_NEI});
  });
}

bool is_operator(Terminal kind) {
  return one_of(kind, {PLUS,          DASH,
                       STAR,          SLASH,
                       EQUALS,        NOT_EQUAL,
                       LESS,          LESS_EQUAL,
                       GREATER,       GREATER_EQUAL,
                       DOT,           K_AND,
                       K_OR,          K_NOT,
                       K_IS,          K_IS_NOT,
                       K_IN,          K_NOT_IN,
                       K_AT_LEAST,    K_AT_MOST,
                       K_ABOVE,       K_BELOW,
                       K_BETWEEN,     K_UNKNOWN,
                       K_IS_EMPTY,    K_IS_NOT_EMPTY,
                       K_CONTAINS,    K_NOT_CONTAINS,
                       K_MINUS,       K_UNION,
                       K_YIZHI,       K_NOT_EARLIER,
                       K_ROLLED,      K_ROLLED_FORWARD,
                       K_ROLLED_BACK, K_AT});
}

}  // namespace duban
