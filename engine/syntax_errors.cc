#include "engine/syntax_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include "engine/spelling.h"

namespace duban {
namespace {

using enum Terminal;

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool has(const std::vector<Terminal>& list, Terminal kind) {
  return std::find(list.begin(), list.end(), kind) != list.end();
}

std::string shown(const Source& source, uint32_t begin, uint32_t end) {
  constexpr uint32_t kLongest = 40;
  if (end - begin <= kLongest) return source.slice(begin, end);
  return source.slice(begin, begin + kLongest) + "…";
}

// ---------------------------------------------------------------- near misses

// Keywords that a line may begin with.
constexpr Terminal kLineHeads[] = {K_POLICY,      K_USE,
                                   K_EFFECTIVE,   K_BASIS,
                                   K_VOCABULARY,  K_TIMEZONE,
                                   K_CURRENCY,    K_CALENDAR,
                                   K_REFERENCE,   K_ENTITY,
                                   K_CHOICE,      K_EVENT,
                                   K_BROADCAST,   K_BROADCAST_EVENT,
                                   K_OUTGOING,    K_OUTGOING_EVENT,
                                   K_CHANNEL,     K_QUIET,
                                   K_NOTICE,      K_PARAMETER,
                                   K_DEFINE,      K_FORBID,
                                   K_TABLE,       K_RULE,
                                   K_CASE,        K_OPENS,
                                   K_CLOSES,      K_OPENS_ON,
                                   K_OPENS_WHEN,  K_CLOSES_ON,
                                   K_CLOSES_WHEN, K_OWNER,
                                   K_KEEP,        K_WHEN,
                                   K_OCCURS,      K_AT_OPENING,
                                   K_AT_CLOSING,  K_OTHERWISE,
                                   K_NOTIFY,      K_TASK,
                                   K_SET,         K_RAISE,
                                   K_CLOSE,       K_ESCALATE,
                                   K_ESCALATE_TO, K_REASSIGN,
                                   K_REASSIGN_TO, K_DUE,
                                   K_TIME_LIMIT,  K_DEADLINE,
                                   K_EVERY,       K_STAYS,
                                   K_EXPIRES,     K_VALID_FOR,
                                   K_DONE,        K_DONE_ON,
                                   K_NEEDS,       K_ONCE,
                                   K_WHEN_LATE,   K_OVERTIME,
                                   K_WHEN_DONE,   K_BEFORE_DUE,
                                   K_SCENARIO,    K_GIVEN,
                                   K_EXPECT};

// The spelling nearest to `text`, near enough to be meant; empty if none is.
struct NearMiss {
  Terminal terminal = END;
  std::string_view spelling;
};

template <typename Terminals>
NearMiss near_miss(const std::string& text, const Terminals& among) {
  constexpr size_t kLongest = 24;
  const std::u32string word = to_code_points(text);
  NearMiss best;
  if (word.size() > kLongest) return best;
  size_t best_distance = 3;
  for (const Terminal terminal : among) {
    const Keyword* entry = keyword(terminal);
    if (entry == nullptr) continue;
    for (const auto* spellings : {&entry->english, &entry->chinese}) {
      for (const std::string_view spelling : *spellings) {
        const std::u32string target = to_code_points(spelling);
        const size_t allowed = target.size() < 3 ? 0 : target.size() < 5 ? 1 : 2;
        const size_t distance = edit_distance(word, target);
        if (distance > allowed || distance >= best_distance) continue;
        best_distance = distance;
        best = {terminal, spelling};
      }
    }
  }
  return best;
}

NearMiss near_head(const Source& source, const Token& token) {
  if (token.kind != WORD) return {};
  return near_miss(name_text(source, token), kLineHeads);
}

Wording did_you_mean(const NearMiss& near) {
  if (near.terminal == END) return {};
  return {fmt::format("did you mean `{}`?", near.spelling),
          fmt::format("是不是“{}”？", near.spelling)};
}

Wording backquotes(const std::string& word) {
  return {fmt::format("`{}` is a word of the language; as a name, write it in backquotes", word),
          fmt::format("“{}”是语言的保留词；用作名称时写在反引号中", word)};
}

// ---------------------------------------------------------------- what was expected

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

bool is_unit_after_number(Terminal kind) {
  return one_of(kind, {PERCENT, PERMILLE, K_SECOND, K_MINUTE, K_HOUR, K_DAY, K_WEEK, K_MONTH,
                       K_QUARTER, K_YEAR, K_WORKING, K_WORKING_DAY, K_WORKING_HOUR});
}

// Words that a value may begin with.
bool begins_value(Terminal kind) {
  return one_of(kind,
                {NUMBER,  DATE,      TIME,      STRING, WORD,     QUOTED,     LPAREN, LBRACE,
                 DASH,    K_NOT,     K_YES,     K_NO,   K_NONE,   K_A,        K_HALF, K_HALF_YEAR,
                 K_COUNT, K_SUM,     K_AVERAGE, K_MIN,  K_MAX,    K_LATEST,   K_JIN,  K_LICI,
                 K_ZI,    K_ROUND,   K_START,   K_END,  K_NEXT,   K_PREVIOUS, K_YEAR, K_MONTH,
                 K_DAY,   K_WEEKDAY, K_DATE,    K_TIME, K_WORKING});
}

// Groups what belongs together: where a value may stand, sixty words fit.
// Leaves out what is true but helps nobody: the comma that may stand before a clause, and the other
// lines that could begin with this keyword as a name.
void focus(std::vector<Terminal>& expected, LineView line, uint32_t failed) {
  const auto is_clause = [](Terminal kind) {
    const Keyword* word = keyword(kind);
    return word != nullptr && !word->reserved;
  };
  if (has(expected, K_IF) || std::any_of(expected.begin(), expected.end(), is_clause)) {
    std::erase(expected, COMMA);
  }
  if (has(expected, K_LISTING)) std::erase(expected, NUMBER);  // of 30 日内至多 2 次
  if (failed != 1 || keyword(line.begin->kind) == nullptr) return;
  std::vector<Terminal> rest = expected;
  const bool value = has(expected, NUMBER) && has(expected, STRING);
  std::erase_if(rest, [&](Terminal kind) {
    if (value && begins_value(kind)) return false;
    return is_operator(kind) || one_of(kind, {COLON, LPAREN, K_CHANGES, K_DELIVERED, K_FAILED,
                                              K_BEFORE, K_AFTER, K_QIAN, K_HOU, K_NEI});
  });
  if (!rest.empty()) expected = std::move(rest);
}

Expectations describe(const std::vector<Terminal>& expected) {
  Expectations out;
  const bool value = has(expected, NUMBER) && has(expected, STRING) && has(expected, LPAREN);
  const bool after_value = has(expected, PLUS) && has(expected, STAR);
  const bool after_number = has(expected, K_SECOND) && has(expected, K_WEEK);
  const bool type = has(expected, K_YES) && has(expected, WORD) && !value;
  for (const Terminal kind : expected) {
    const bool in_value = value && begins_value(kind);
    if (in_value || (type && one_of(kind, {K_YES, WORD, K_SET}))) continue;
    if (after_value && (is_operator(kind) || kind == LPAREN)) continue;
    if (after_number && (is_unit_after_number(kind) || kind == WORD)) continue;
    if (const Keyword* entry = keyword(kind)) {
      out.add(entry->english.empty() ? "" : fmt::format("`{}`", entry->english[0]),
              entry->chinese.empty() ? "" : fmt::format("“{}”", entry->chinese[0]));
    } else {
      out.add(std::string(symbol_name(kind, false)), std::string(symbol_name(kind, true)));
    }
  }
  if (value) out.add("a value", "一个值");
  if (type) out.add("a type", "类型");
  if (after_number) out.add("a unit", "单位");
  if (after_value) out.add("an operator", "运算符");
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

void report_first_word(const Source& source, const Token& token, Findings& findings) {
  const std::string text = shown(source, token.begin, token.end);
  const Keyword* word = keyword(token.kind);
  Wording hint = did_you_mean(near_head(source, token));
  if (word != nullptr && word->reserved) hint = backquotes(text);
  findings.add(
      "E003", token.begin, token.end,
      {fmt::format("a line cannot start with `{}`", text), fmt::format("行首不能是“{}”", text)},
      std::move(hint));
}

// `amount money`: a field whose colon is missing rather than an unknown word.
bool looks_like_field(LineView line, uint32_t failed) {
  if (line.size() <= failed) return false;
  return one_of(line.begin[failed].kind, {K_NUMBER, K_MONEY, K_TEXT, K_DATE, K_TIME, K_DATETIME,
                                          K_DURATION, K_YES_NO, K_YES, EQUALS, K_SET});
}

}  // namespace

// ----------------------------------------------------------------

bool report_bad_token(const Source& source, LineView line, Findings& findings) {
  const auto bad = std::find_if(line.begin, line.end, [](const Token& token) {
    return one_of(token.kind, {BAD_STRING, BAD_QUOTED, OTHER, FULL_STOP});
  });
  if (bad == line.end) return false;
  if (bad->kind == BAD_STRING) {
    findings.add("E006", bad->begin, bad->begin + 1,
                 {"this text has no closing quote", "文本缺少后引号"},
                 {"a text ends on the line where it begins; write `\\n` for a line break",
                  "文本须在同一行内结束；换行写作“\\n”"});
    return true;
  }
  if (bad->kind == BAD_QUOTED) {
    findings.add("E007", bad->begin, bad->begin + 1,
                 {"this name has no closing backquote", "名称缺少后反引号"});
    return true;
  }
  const char32_t c = source.code_points()[bad->begin];
  if (c == 0xFFFD && source.invalid_utf8_at() >= 0) return true;  // E001 has said it
  const bool visible = c >= 0x20 && c != 0x7F && c != 0xFFFD && !(c >= 0x80 && c < 0xA0);
  const std::string code = fmt::format("U+{:04X}", static_cast<uint32_t>(c));
  const std::string text =
      visible ? source.slice(bad->begin, bad->begin + 1) + " (" + code + ")" : code;
  const bool quote = c == U'\'' || c == U'‘' || c == U'’';
  findings.add("E005", bad->begin, bad->begin + 1,
               {fmt::format("the character {} is not part of the language", text),
                fmt::format("规则中不能使用字符 {}", text)},
               quote ? Wording{"texts stand in double quotes", "文本用双引号"} : Wording{});
  return true;
}

bool report_excess(const Source&, LineView line, uint32_t max_tokens, uint32_t max_depth,
                   Findings& findings) {
  if (line.size() > max_tokens) {
    const Token& token = line.begin[max_tokens];
    findings.add("E002", token.begin, token.end,
                 {fmt::format("this line has more than {} words", max_tokens),
                  fmt::format("此行超过 {} 个词", max_tokens)});
    return true;
  }
  // What makes the parser go down one level: brackets, `not` and `-` before a value, and words such
  // as `of`, which are few in any line that a person wrote.
  constexpr uint32_t kMostHeads = 200;
  std::vector<uint32_t> runs;
  uint32_t run = 0, depth = 0, heads = 0;
  for (const Token* token = line.begin; token != line.end; ++token) {
    switch (token->kind) {
      case LPAREN:
      case LBRACE:
        runs.push_back(run);
        run = 0;
        ++depth;
        break;
      case RPAREN:
      case RBRACE:
        depth -= run;
        run = 0;
        if (!runs.empty()) {
          run = runs.back();
          runs.pop_back();
          --depth;
          depth -= run;
          run = 0;
        }
        break;
      case K_NOT:
      case DASH:
        ++run;
        ++depth;
        break;
      default:
        depth -= run;
        run = 0;
        heads += one_of(token->kind,
                        {K_OF, K_FROM, K_ZI, K_ROUND, K_WHERE, K_JIN, K_LICI, K_AFTER, K_BEFORE});
        break;
    }
    if (depth <= max_depth && heads <= kMostHeads) continue;
    findings.add("E011", token->begin, token->end,
                 {"this line is nested too deeply", "此行嵌套过深"},
                 {"give parts of it names with `define`", "用“定义”为其中的部分命名"});
    return true;
  }
  return false;
}

bool is_unknown_head(LineView line, uint32_t failed) {
  if (failed != 1) return failed == 0;
  const Keyword* word = keyword(line.begin->kind);
  if (word != nullptr) return word->reserved;
  return line.begin->kind == WORD && !looks_like_field(line, failed);
}

void report_unexpected(const Source& source, LineView line, uint32_t failed,
                       std::vector<Terminal> expected, Findings& findings) {
  const Token& first = *line.begin;
  if (is_unknown_head(line, failed)) {
    report_first_word(source, first, findings);
    return;
  }

  const bool at_end = failed >= line.size();
  const Token& last = line.end[-1];
  const uint32_t begin = at_end ? last.end : line.begin[failed].begin;
  const uint32_t end = at_end ? last.end + 1 : line.begin[failed].end;
  const std::string found = at_end ? "" : shown(source, begin, end);

  focus(expected, line, failed);
  const Expectations wanted = describe(expected);
  const std::string english = joined(wanted.english, ", ", " or ");
  const std::string chinese = joined(wanted.chinese, "、", " 或 ");
  Wording text;
  if (at_end) {
    text.english = english.empty() ? "this line is not complete" : "expected " + english + " here";
    text.chinese = chinese.empty() ? "此行不完整" : "此行未完，还应有" + chinese;
  } else {
    text.english = english.empty() ? fmt::format("`{}` is not understood here", found)
                                   : fmt::format("expected {}, not `{}`", english, found);
    text.chinese = chinese.empty() ? fmt::format("此处不应有“{}”", found)
                                   : fmt::format("此处应为{}，而不是“{}”", chinese, found);
  }
  Wording hint;
  if (!at_end) {
    const Token& token = line.begin[failed];
    const Keyword* entry = keyword(token.kind);
    if (token.kind == WORD) {
      hint = did_you_mean(near_miss(name_text(source, token), expected));
    } else if (entry != nullptr && entry->reserved && has(expected, WORD) &&
               !has(expected, NUMBER)) {
      hint = backquotes(found);
    }
  }
  if (hint.english.empty()) hint = did_you_mean(near_head(source, first));
  findings.add("E004", begin, end, std::move(text), std::move(hint));
}

void report_two_readings(const Source& source, const std::vector<Token>& first,
                         const std::vector<Token>& second, Findings& findings) {
  const auto same = [](const Token& a, const Token& b) {
    return a.begin == b.begin && a.end == b.end;
  };
  const auto [from, other] =
      std::mismatch(first.begin(), first.end(), second.begin(), second.end(), same);
  const auto [to, other_to] =
      std::mismatch(first.rbegin(), std::make_reverse_iterator(from), second.rbegin(),
                    std::make_reverse_iterator(other), same);
  const auto spaced = [&](auto begin, auto end) {
    std::string text;
    for (auto it = begin; it != end; ++it) {
      text += (it == begin ? "" : " ") + source.slice(it->begin, it->end);
    }
    return text;
  };
  const std::string one = spaced(from, to.base());
  const std::string two = spaced(other, other_to.base());
  findings.add(
      "E018", from->begin, to->end,
      {fmt::format("this can be read in two ways: `{}` or `{}`", one, two),
       fmt::format("此处有两种读法：“{}”或“{}”", one, two)},
      {"put a space where one word ends and the next begins", "请在词与词之间加空格，以明确含义"});
}

BrokenLine broken_line(const Source& source, LineView line, const Findings& findings) {
  BrokenLine broken;
  const Token& first = *line.begin;
  broken.span = {findings.file(), first.begin, line.end[-1].end};
  broken.column = source.position(first.begin).column;
  broken.first = first.kind == WORD ? near_head(source, first).terminal
                 : first.kind == BAR || keyword(first.kind) != nullptr ? first.kind
                                                                       : END;
  if (line.size() > 1) broken.second = line.begin[1].kind;
  broken.ends_in_colon = line.end[-1].kind == COLON;
  return broken;
}

}  // namespace duban
