#include "engine/unexpected.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/expectations.h"
#include "engine/number_words.h"

namespace duban {
namespace {

using enum Terminal;

// `2026.3.1`, `03/01/2026`, 3月1日.
bool is_date_of_another_form(std::u32string_view text) {
  std::u32string marks;
  size_t numbers = 0;
  bool in_number = false;
  for (const char32_t c : text) {
    const bool digit = c >= U'0' && c <= U'9';
    numbers += digit && !in_number;
    if (!digit) marks += c;
    in_number = digit;
  }
  if (marks == U"月日" || marks == U"月号") return numbers == 2;
  return numbers == 3 && (marks == U".." || marks == U"//");
}

}  // namespace

std::string shown(const Source& source, uint32_t begin, uint32_t end) {
  constexpr uint32_t kLongest = 40;
  if (end - begin <= kLongest) return source.slice(begin, end);
  return source.slice(begin, begin + kLongest) + "…";
}

Wording did_you_mean(std::string_view spelling) {
  if (spelling.empty()) return {};
  return {fmt::format("did you mean `{}`?", spelling), fmt::format("是否应为“{}”？", spelling)};
}

void Unexpected::misspelt(const Mending& mending) {
  const std::string found = text(mending.at);
  add(mending.at,
      {fmt::format("`{}` is not understood here", found), fmt::format("此处的“{}”无法理解", found)},
      did_you_mean(mending.spelling));
}

void Unexpected::missing(const Mending& mending) {
  Wording what = in_words(mending.terminals, mending.all);
  if (mending.at == line_.size()) {
    if (ends_in_full_stop()) return instead_of_full_stop(what);
    add(mending.at,
        {what.english + " is missing at the end of this line", "此行末尾缺少" + what.chinese});
  } else {
    const std::string next = text(mending.at);
    add(mending.at, {fmt::format("{} is missing before `{}`", what.english, next),
                     fmt::format("“{}”之前缺少{}", next, what.chinese)});
  }
}

void Unexpected::extra(const Mending& mending) {
  const uint32_t begin = line_.begin[mending.at].begin;
  const uint32_t end = line_.begin[mending.at + mending.count - 1].end;
  const std::string found = shown(source_, begin, end);
  findings_.add(
      "E004", begin, end,
      {fmt::format("`{}` does not belong here", found), fmt::format("此处不应有“{}”", found)},
      {"the line is right without it", "删去后此行即正确"});
}

void Unexpected::habit(const Mending& mending) {
  if (mending.terminals.empty()) return extra(mending);
  const uint32_t begin = line_.begin[mending.at].begin;
  const uint32_t end = line_.begin[mending.at + mending.count - 1].end;
  const std::string found = shown(source_, begin, end);
  const Habit& habit = *mending.habit;
  const char* english = habit.english != nullptr ? habit.english : habit.chinese;
  const bool is_word = mending.count == 1 && keyword(line_.begin[mending.at].kind) != nullptr;
  findings_.add("E004", begin, end,
                is_word ? Wording{fmt::format("`{}` does not belong here", found),
                                  fmt::format("此处不能用“{}”", found)}
                        : Wording{fmt::format("`{}` is not a word of the language", found),
                                  fmt::format("“{}”不是规则语言的用词", found)},
                {fmt::format("write {}", english), fmt::format("请写作{}", habit.chinese)});
}

void Unexpected::number(const Mending& mending) {
  const std::string found = text(mending.at);
  const uint32_t value = number_in_words(name_text(source_, line_.begin[mending.at]));
  add(mending.at,
      {fmt::format("the number `{}` is written in digits", found),
       fmt::format("数目“{}”须用阿拉伯数字书写", found)},
      {fmt::format("write `{}`", value), fmt::format("请写作“{}”", value)});
}

void Unexpected::window(const Mending& mending) {
  const uint32_t begin = line_.begin[mending.at].begin;
  const uint32_t end = line_.begin[mending.at + mending.count - 1].end;
  const std::string found = shown(source_, begin, end);
  findings_.add(
      "E129", begin, end,
      {"say over which time: history is kept only as long as a rule needs it",
       "请写明时间范围：历史只按需要保留"},
      {fmt::format("as in `近24个月内 {}`", found), fmt::format("如“近24个月内 {}”", found)});
}

bool Unexpected::date(uint32_t at) {
  const std::u32string& all = source_.code_points();
  const auto belongs = [&](char32_t c) {
    return (c >= U'0' && c <= U'9') || c == U'.' || c == U'/' || c == U'年' || c == U'月' ||
           c == U'日' || c == U'号';
  };
  uint32_t from = begin(at), to = from;
  while (from > 0 && belongs(all[from - 1])) --from;
  while (to < all.size() && belongs(all[to])) ++to;
  const std::u32string_view found = std::u32string_view(all).substr(from, to - from);
  if (!is_date_of_another_form(found)) return false;
  const std::string shown = source_.slice(from, to);
  findings_.add("E004", from, to,
                {fmt::format("`{}` is not how a date is written", shown),
                 fmt::format("日期的写法不是“{}”", shown)},
                {"write year, month and day, as in `2026-03-01`",
                 "请写明年、月、日，如“2026年3月1日”或“2026-03-01”"});
  return true;
}

void Unexpected::nobody(const std::string& task) {
  const bool chinese = has_chinese(task);
  add(line_.size(), {"who is to do this task is missing", "缺少由谁办理"},
      chinese ? Wording{"write `交办 负责人 “…”`", "请写作“交办 负责人 ‘标题’”"}
              : Wording{"write `task \"…\" for owner`", "请写作 task \"…\" for owner"});
}

void Unexpected::expected(uint32_t at, const std::vector<Terminal>& terminals,
                          const std::vector<Terminal>& all, Wording hint) {
  const Wording what = in_words(terminals, all);
  if (at == line_.size()) {
    add(at,
        {what.english.empty() ? "this line is not complete" : "expected " + what.english + " here",
         what.chinese.empty() ? "此行不完整" : "此行未完，还应有" + what.chinese},
        std::move(hint));
    return;
  }
  const std::string found = text(at);
  add(at,
      {what.english.empty() ? fmt::format("`{}` is not understood here", found)
                            : fmt::format("expected {}, not `{}`", what.english, found),
       what.chinese.empty() ? fmt::format("此处的“{}”无法理解", found)
                            : fmt::format("此处应为{}，而不是“{}”", what.chinese, found)},
      std::move(hint));
}

uint32_t Unexpected::begin(uint32_t at) const {
  return at < line_.size() ? line_.begin[at].begin : line_.end[-1].end;
}

std::string Unexpected::text(uint32_t at) const {
  return shown(source_, line_.begin[at].begin, line_.begin[at].end);
}

bool Unexpected::ends_in_full_stop() const {
  const std::u32string& all = source_.code_points();
  const uint32_t end = line_.end[-1].end;
  return end < all.size() && all[end] == U'。';
}

void Unexpected::instead_of_full_stop(const Wording& what) {
  add(line_.size(), {fmt::format("expected {}, not `。`", what.english),
                     fmt::format("此处应为{}，而不是“。”", what.chinese)});
}

void Unexpected::add(uint32_t at, Wording message, Wording hint) {
  const uint32_t from = begin(at);
  // The last line may have no end of line to point at.
  const auto size = static_cast<uint32_t>(source_.code_points().size());
  const uint32_t to = at < line_.size() ? line_.begin[at].end : std::min(from + 1, size);
  findings_.add("E004", from, to, std::move(message), std::move(hint));
}

}  // namespace duban
