#include "engine/habits.h"

#include <algorithm>

#include "engine/vocabulary.h"

namespace duban {
namespace {

using enum Terminal;

constexpr Habit kHabits[] = {
    {"greater than or equal to", GREATER_EQUAL, "`at least`", "“不低于”"},
    {"less than or equal to", LESS_EQUAL, "`at most`", "“不超过”"},
    {"is greater than", GREATER, "`above`", "“高于”"},
    {"is more than", GREATER, "`above`", "“高于”"},
    {"is larger than", GREATER, "`above`", "“高于”"},
    {"is higher than", GREATER, "`above`", "“高于”"},
    {"is less than", LESS, "`below`", "“低于”"},
    {"is lower than", LESS, "`below`", "“低于”"},
    {"is smaller than", LESS, "`below`", "“低于”"},
    {"greater than", GREATER, "`above`", "“高于”"},
    {"more than", GREATER, "`above`", "“高于”"},
    {"larger than", GREATER, "`above`", "“高于”"},
    {"higher than", GREATER, "`above`", "“高于”"},
    {"later than", GREATER, "`above`", "“晚于”"},
    {"less than", LESS, "`below`", "“低于”"},
    {"fewer than", LESS, "`below`", "“少于”"},
    {"lower than", LESS, "`below`", "“低于”"},
    {"smaller than", LESS, "`below`", "“低于”"},
    {"earlier than", LESS, "`below`", "“早于”"},
    {"is equal to", EQUALS, "`is`", "“为”"},
    {"equal to", EQUALS, "`is`", "“为”"},
    {"equals", EQUALS, "`is`", "“为”"},
    {"in", K_OVER, "`over`", "“近 … 内”"},
    {"email", K_NOTIFY, "`notify`", "“向 … 发送”"},
    {"> =", GREATER_EQUAL, "`>=`", "“>=”"},
    {"< =", LESS_EQUAL, "`<=`", "“<=”"},
    {"then", END, nullptr, nullptr},
    {"else", K_OTHERWISE, "`otherwise:`", "“否则：”"},
    {"whenever", K_WHEN, "`when`", "“当”"},
    {"inform", K_NOTIFY, "`notify`", "“向 … 发送”"},
    {"trigger", K_RAISE, "`raise`", "“发起”"},
    {"change", K_SET, "`set`", "“更新”"},
    {"update", K_SET, "`set`", "“更新”"},
    {"大于或者等于", GREATER_EQUAL, "`at least`", "“不低于”"},
    {"小于或者等于", LESS_EQUAL, "`at most`", "“不超过”"},
    {"大于或等于", GREATER_EQUAL, "`at least`", "“不低于”"},
    {"小于或等于", LESS_EQUAL, "`at most`", "“不超过”"},
    {"大于等于", GREATER_EQUAL, "`at least`", "“不低于”"},
    {"小于等于", LESS_EQUAL, "`at most`", "“不超过”"},
    {"不等于", NOT_EQUAL, "`is not`", "“不为”"},
    {"等于", EQUALS, "`is`", "“为”"},
    {"至少", GREATER_EQUAL, "`at least`", "“不低于”"},
    {"至多", LESS_EQUAL, "`at most`", "“不超过”"},
    {"那么", END, nullptr, nullptr},
    {"的话", END, nullptr, nullptr},
    {"则", END, nullptr, nullptr},
    {"就", END, nullptr, nullptr},
    {"的时候", K_SHI, nullptr, "“时”"},
    {"以及", K_AND, "`and`", "“且”"},
    {"而且", K_AND, "`and`", "“且”"},
    {"同时", K_AND, "`and`", "“且”"},
    {"和", K_AND, "`and`", "“且”"},
    {"与", K_AND, "`and`", "“且”"},
    {"或是", K_OR, "`or`", "“或者”"},
    {"假如", K_IF, "`if`", "“若”"},
    {"倘若", K_IF, "`if`", "“若”"},
    {"若是", K_IF, "`if`", "“若”"},
    {"要是", K_IF, "`if`", "“若”"},
    {"每当", K_WHEN, "`when`", "“当”"},
    {"不然", K_OTHERWISE, "`otherwise`", "“否则”"},
    {"反之", K_OTHERWISE, "`otherwise`", "“否则”"},
    {"触发", K_RAISE, "`raise`", "“发起”"},
    {"设置", K_SET, "`set`", "“更新”"},
    {"设定", K_SET, "`set`", "“更新”"},
    {"修改", K_SET, "`set`", "“更新”"},
    {"每个月", K_MONTHLY, "`every month`", "“每月”"},
    {"给", K_XIANG, "`notify`", "“向”"},
    {"对", K_XIANG, "`notify`", "“向”"},
    {"是", K_IS, "`is`", "“为”"},
    {"加分", K_ADD, "`+`", "“加”"},
    {"扣分", K_DEDUCT, "`-`", "“减”"},
    {"减分", K_DEDUCT, "`-`", "“减”"},
    {"扣", K_DEDUCT, "`-`", "“减”"},
    {"期限", K_TIME_LIMIT, "`due within`", "“时限”"},
};

bool is_space(char32_t c) { return c == U' ' || c == U'\t' || c == 0x3000 || c == 0xA0; }

bool is_latin(char32_t c) {
  c = half_width(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c >= '0' && c <= '9');
}

// Where the phrase ends that begins here; `begin` where it does not. In Chinese, spaces do not
// matter; in English one or more of them stand for one.
uint32_t match(const std::u32string& text, uint32_t begin, std::string_view phrase) {
  uint32_t at = begin;
  const std::u32string wanted = to_code_points(phrase);
  for (size_t i = 0; i < wanted.size(); ++i) {
    uint32_t next = at;
    while (i > 0 && next < text.size() && is_space(text[next])) ++next;
    if (wanted[i] == U' ') {
      if (next == at) return begin;
      at = next;
      continue;
    }
    if (is_han(wanted[i])) at = next;
    if (at >= text.size() || half_width(text[at]) != wanted[i]) return begin;
    ++at;
  }
  return at < text.size() && is_latin(wanted.back()) && is_latin(text[at]) ? begin : at;
}

}  // namespace

const Habit* habit_at(const Source& source, uint32_t begin, uint32_t& end) {
  const Habit* longest = nullptr;
  end = begin;
  for (const Habit& habit : kHabits) {
    const uint32_t found = match(source.code_points(), begin, habit.phrase);
    if (found <= end) continue;
    end = found;
    longest = &habit;
  }
  return longest;
}

}  // namespace duban
