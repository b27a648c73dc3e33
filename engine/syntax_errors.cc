#include "engine/syntax_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <numeric>
#include <string>
#include <utility>

#include "engine/expectations.h"
#include "engine/number_words.h"

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
constexpr Terminal kLineHeads[] = {K_POLICY,     K_USE,
                                   K_EFFECTIVE,  K_BASIS,
                                   K_VOCABULARY, K_TIMEZONE,
                                   K_CURRENCY,   K_CALENDAR,
                                   K_REFERENCE,  K_ENTITY,
                                   K_CHOICE,     K_EVENT,
                                   K_BROADCAST,  K_BROADCAST_EVENT,
                                   K_OUTGOING,   K_OUTGOING_EVENT,
                                   K_CHANNEL,    K_QUIET,
                                   K_NOTICE,     K_PARAMETER,
                                   K_DEFINE,     K_FORBID,
                                   K_TABLE,      K_SCORECARD,
                                   K_RULE,       K_CASE,
                                   K_OPENS,      K_CLOSES,
                                   K_OPENS_ON,   K_OPENS_WHEN,
                                   K_CLOSES_ON,  K_CLOSES_WHEN,
                                   K_OWNER,      K_KEEP,
                                   K_IN_FLIGHT,  K_WHEN,
                                   K_PAUSED,     K_OCCURS,
                                   K_AT_OPENING, K_AT_CLOSING,
                                   K_OTHERWISE,  K_NOTIFY,
                                   K_TASK,       K_SET,
                                   K_RAISE,      K_CLOSE,
                                   K_ESCALATE,   K_ESCALATE_TO,
                                   K_REASSIGN,   K_REASSIGN_TO,
                                   K_DUE,        K_TIME_LIMIT,
                                   K_DEADLINE,   K_EVERY,
                                   K_STAYS,      K_EXPIRES,
                                   K_VALID_FOR,  K_DONE,
                                   K_DONE_ON,    K_NEEDS,
                                   K_ONCE,       K_WHEN_LATE,
                                   K_OVERTIME,   K_WHEN_DONE,
                                   K_BEFORE_DUE, K_SCENARIO,
                                   K_GIVEN,      K_EXPECT};

NearKeyword near_head(const Source& source, const Token& token) {
  if (token.kind != WORD) return {};
  return near_keyword(to_code_points(name_text(source, token)), false, [](Terminal terminal) {
    return std::find(std::begin(kLineHeads), std::end(kLineHeads), terminal) !=
           std::end(kLineHeads);
  });
}

Wording did_you_mean(std::string_view spelling) {
  if (spelling.empty()) return {};
  return {fmt::format("did you mean `{}`?", spelling), fmt::format("是否应为“{}”？", spelling)};
}

Wording backquotes(const std::string& word) {
  return {fmt::format("`{}` is a word of the language; as a name, write it in backquotes", word),
          fmt::format("“{}”是语言的保留词；用作名称时写在反引号中", word)};
}

// ---------------------------------------------------------------- the first word

void report_first_word(const Source& source, const Token& token, std::string_view meant,
                       Findings& findings) {
  const std::string text = shown(source, token.begin, token.end);
  const Keyword* word = keyword(token.kind);
  Wording hint = did_you_mean(meant);
  if (hint.english.empty()) {
    hint = {
        "a line begins with a word such as `on`, `when`, `notify` or `task`; what is only meant "
        "for readers stands behind `--`",
        "行首须为“当”“发生”“向”“交办”等词；仅供阅读的说明请写在“——”之后"};
  }
  if (text == "send") {
    hint = {"write `notify Customer by sms NOTICE`", "请写作“向 客户 发送 短信 通知模板”"};
  }
  if (word != nullptr && word->reserved) hint = backquotes(text);
  findings.add(
      "E003", token.begin, token.end,
      {fmt::format("a line cannot start with `{}`", text), fmt::format("行首不能是“{}”", text)},
      std::move(hint));
}

// `amount money`: a field whose colon is missing rather than an unknown word.
bool looks_like_field(LineView line, uint32_t failed) {
  if (line.size() <= failed) return false;
  const bool choices = line.size() > failed + 1 && line.begin[failed + 1].kind == BAR;
  return choices ||
         one_of(line.begin[failed].kind, {K_NUMBER, K_MONEY, K_TEXT, K_DATE, K_TIME, K_DATETIME,
                                          K_DURATION, K_YES_NO, K_YES, EQUALS, K_SET});
}

}  // namespace

// ----------------------------------------------------------------

namespace {

// Where the text ends in a closing quote of another kind; 0: nowhere.
char32_t other_closing_quote(const Source& source, uint32_t begin) {
  const std::u32string& text = source.code_points();
  const char32_t open = text[begin];
  for (uint32_t at = begin + 1; at < text.size() && text[at] != U'\n'; ++at) {
    const char32_t c = text[at];
    const bool closes = c == U'"' || c == U'”' || c == U'＂' || c == U'」' || c == U'’';
    if (closes && c != open) return c;
  }
  return 0;
}

void report_bad_string(const Source& source, const Token& token, Findings& findings) {
  const char32_t open = source.code_points()[token.begin];
  const std::string close = open == U'“' || open == U'”' ? "”" : open == U'「' ? "」" : "\"";
  Wording hint = {
      fmt::format("close it with `{}` on the same line; `\\n` in a text is a line break", close),
      fmt::format("请在同一行内以 {} 结束；正文中的换行写作“\\n”", close)};
  if (const char32_t other = other_closing_quote(source, token.begin); other != 0) {
    const std::string found = to_utf8(std::u32string(1, other));
    const std::string begins = to_utf8(std::u32string(1, open));
    hint = {
        fmt::format("it begins with `{}` and must end with `{}`, not `{}`", begins, close, found),
        fmt::format("以 {} 开始的文本须以 {} 结束，而不是 {}", begins, close, found)};
  }
  findings.add("E006", token.begin, token.begin + 1,
               {"this text has no closing quote", "文本缺少后引号"}, std::move(hint));
}

// What to write instead of a character that is not part of the language.
Wording character_hint(char32_t c, bool first) {
  switch (c) {
    case U'\'':
    case U'‘':
    case U'’':
      return {"texts stand in double quotes: `“…”` or `\"…\"`", "文本须用双引号“…”"};
    case U'–':
    case U'—':
    case U'―':
    case U'‐':
    case U'‑':
      return {"a minus is `-`; a comment begins with `--`", "减号写作“-”；注释以“--”或“——”开头"};
    case U'《':
    case U'》':
    case U'【':
    case U'】':
    case U'[':
    case U']':
    case U'［':
    case U'］':
      return {"names stand without such marks", "名称不加书名号或方括号，直接写名称"};
    case U'&':
      return {"write `and`", "请写作“且”"};
    case U'•':
    case U'·':
    case U'●':
    case U'◆':
    case U'■':
    case U'▪':
    case U'○':
    case U'►':
    case U'➢':
    case U'√':
      return {"leave out the bullet of a list", "请删去行首的项目符号"};
    default:
      break;
  }
  if (first) return {"a line begins with a word", "行首须为文字"};
  return {"leave it out, or write it inside a text in quotes", "请删去，或写入引号中的文本"};
}

}  // namespace

bool report_bad_token(const Source& source, LineView line, Findings& findings) {
  const auto bad = std::find_if(line.begin, line.end, [](const Token& token) {
    return one_of(token.kind, {BAD_STRING, BAD_QUOTED, OTHER, FULL_STOP});
  });
  if (bad == line.end) return false;
  if (bad->kind == BAD_STRING) {
    report_bad_string(source, *bad, findings);
    return true;
  }
  if (bad->kind == BAD_QUOTED) {
    findings.add("E007", bad->begin, bad->begin + 1,
                 {"this name has no closing backquote", "名称缺少后反引号"},
                 {"write a backquote where the name ends", "请在名称末尾补上反引号"});
    return true;
  }
  const char32_t c = source.code_points()[bad->begin];
  if (c == 0xFFFD && source.invalid_utf8_at() >= 0) return true;  // E001 has said it
  const bool visible = c >= 0x20 && c != 0x7F && c != 0xFFFD && !(c >= 0x80 && c < 0xA0);
  const std::string code = fmt::format("U+{:04X}", static_cast<uint32_t>(c));
  const std::string character = source.slice(bad->begin, bad->begin + 1);
  findings.add("E005", bad->begin, bad->begin + 1,
               {fmt::format("the character {} is not part of the language",
                            visible ? character + " (" + code + ")" : code),
                fmt::format("规则中不能使用字符{}",
                            visible ? " " + character + "（" + code + "）" : " " + code)},
               character_hint(c, bad == line.begin));
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

namespace {

// `5,00`: the comma is not the number's.
bool is_thousands_comma(LineView line, uint32_t at) {
  if (at == 0 || at + 1 >= line.size() || line.begin[at].kind != COMMA) return false;
  const Token& before = line.begin[at - 1];
  const Token& after = line.begin[at + 1];
  return before.kind == NUMBER && after.kind == NUMBER && before.end == line.begin[at].begin &&
         after.begin == line.begin[at].end;
}

// Whether a line that failed at this token begins with a word that begins no line: then nothing is
// expected.
bool is_unknown_head(LineView line, uint32_t failed) {
  if (failed != 1) return failed == 0;
  const Keyword* word = keyword(line.begin->kind);
  if (word != nullptr) return word->reserved && line.begin->kind != K_IN;  // `in flight`
  return line.begin->kind == WORD && !looks_like_field(line, failed);
}

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

// What is said about a token, or about the end of the line.
class Unexpected {
 public:
  Unexpected(const Source& source, LineView line, Findings& findings)
      : source_(source), line_(line), findings_(findings) {}

  void misspelt(const Mending& mending) {
    const std::string found = text(mending.at);
    add(mending.at,
        {fmt::format("`{}` is not understood here", found),
         fmt::format("此处的“{}”无法理解", found)},
        did_you_mean(mending.spelling));
  }

  void missing(const Mending& mending) {
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

  void extra(const Mending& mending) {
    const uint32_t begin = line_.begin[mending.at].begin;
    const uint32_t end = line_.begin[mending.at + mending.count - 1].end;
    const std::string found = shown(source_, begin, end);
    findings_.add(
        "E004", begin, end,
        {fmt::format("`{}` does not belong here", found), fmt::format("此处不应有“{}”", found)},
        {"the line is right without it", "删去后此行即正确"});
  }

  void habit(const Mending& mending) {
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

  // `七 日`.
  void number(const Mending& mending) {
    const std::string found = text(mending.at);
    const uint32_t value = number_in_words(name_text(source_, line_.begin[mending.at]));
    add(mending.at,
        {fmt::format("the number `{}` is written in digits", found),
         fmt::format("数目“{}”须用阿拉伯数字书写", found)},
        {fmt::format("write `{}`", value), fmt::format("请写作“{}”", value)});
  }

  // `缴费 次数`.
  void window(const Mending& mending) {
    const uint32_t begin = line_.begin[mending.at].begin;
    const uint32_t end = line_.begin[mending.at + mending.count - 1].end;
    const std::string found = shown(source_, begin, end);
    findings_.add(
        "E129", begin, end,
        {"say over which time: history is kept only as long as a rule needs it",
         "请写明时间范围：历史只按需要保留"},
        {fmt::format("as in `近24个月内 {}`", found), fmt::format("如“近24个月内 {}”", found)});
  }

  // True where what stands around the token is a date in another form.
  bool date(uint32_t at) {
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

  // `task "x"`.
  void nobody(const std::string& task) {
    const bool chinese = has_chinese(task);
    add(line_.size(), {"who is to do this task is missing", "缺少由谁办理"},
        chinese ? Wording{"write `交办 负责人 “…”`", "请写作“交办 负责人 ‘标题’”"}
                : Wording{"write `task \"…\" for owner`", "请写作 task \"…\" for owner"});
  }

  void expected(uint32_t at, const std::vector<Terminal>& terminals,
                const std::vector<Terminal>& all, Wording hint) {
    const Wording what = in_words(terminals, all);
    if (at == line_.size()) {
      add(at,
          {what.english.empty() ? "this line is not complete"
                                : "expected " + what.english + " here",
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

 private:
  uint32_t begin(uint32_t at) const {
    return at < line_.size() ? line_.begin[at].begin : line_.end[-1].end;
  }
  std::string text(uint32_t at) const {
    return shown(source_, line_.begin[at].begin, line_.begin[at].end);
  }

  // 。 at the end of a sentence is no token.
  bool ends_in_full_stop() const {
    const std::u32string& all = source_.code_points();
    const uint32_t end = line_.end[-1].end;
    return end < all.size() && all[end] == U'。';
  }
  void instead_of_full_stop(const Wording& what) {
    add(line_.size(), {fmt::format("expected {}, not `。`", what.english),
                       fmt::format("此处应为{}，而不是“。”", what.chinese)});
  }

  void add(uint32_t at, Wording message, Wording hint = {}) {
    const uint32_t end = at < line_.size() ? line_.begin[at].end : begin(at) + 1;
    findings_.add("E004", begin(at), end, std::move(message), std::move(hint));
  }

  const Source& source_;
  const LineView line_;
  Findings& findings_;
};

}  // namespace

Slip report_unexpected(const Source& source, LineView line, uint32_t failed, Mender& mender,
                       Findings& findings) {
  using Kind = Mending::Kind;
  const Token& first = *line.begin;
  const Mending mending = mender.mend(line, failed);
  failed = mender.failed();
  Slip slip{END, mended(line, mending),
            mending.kind == Kind::misspelt || mending.kind == Kind::habit};
  const bool elsewhere = (mending.kind == Kind::misspelt && mending.at > 0) ||
                         mending.kind == Kind::habit || mending.kind == Kind::number ||
                         (mending.kind == Kind::missing && mending.at == 0) ||
                         (mending.kind == Kind::instead && mending.at == 0 && failed > 0) ||
                         (mending.kind == Kind::extra && mending.at == 0);
  if (is_unknown_head(line, failed) && !elsewhere) {
    const bool misspelt = mending.kind == Kind::misspelt;
    const NearKeyword near = near_head(source, first);
    report_first_word(source, first, misspelt ? mending.spelling : near.spelling, findings);
    slip.meant = misspelt ? mending.terminals[0] : near.terminal;
    if (!misspelt) slip.mended.clear();
    return slip;
  }
  Unexpected unexpected(source, line, findings);
  if (unexpected.date(failed)) return {};
  if (failed == line.size() && line.size() > 1 && line.end[-2].kind == K_TASK &&
      line.end[-1].kind == STRING) {
    unexpected.nobody(source.slice(line.end[-2].begin, line.end[-2].end));
    return {};
  }
  switch (mending.kind) {
    case Kind::misspelt:
      unexpected.misspelt(mending);
      if (mending.at == 0) slip.meant = mending.terminals[0];
      return slip;
    case Kind::habit:
      unexpected.habit(mending);
      return slip;
    case Kind::number:
      unexpected.number(mending);
      return {};
    case Kind::window:
      unexpected.window(mending);
      return {};
    case Kind::missing:
      unexpected.missing(mending);
      return slip;
    case Kind::extra:
      unexpected.extra(mending);
      return slip;
    case Kind::instead:
    case Kind::none:
      break;
  }
  if (mending.kind == Kind::instead && mending.at != failed) {
    unexpected.expected(mending.at, mending.terminals, mending.terminals, {});
    return slip;
  }
  std::vector<Terminal> expected =
      mending.kind == Kind::instead ? mending.terminals : mender.expected();
  focus(expected, line, failed);
  Wording hint;
  if (failed < line.size()) {
    const Token& token = line.begin[failed];
    const Keyword* entry = keyword(token.kind);
    if (token.kind == WORD) {
      const auto fits = [&](Terminal terminal) { return has(mender.expected(), terminal); };
      const std::u32string word = to_code_points(name_text(source, token));
      hint = did_you_mean(near_keyword(word, false, fits).spelling);
    } else if (entry != nullptr && entry->reserved && has(expected, WORD) &&
               !has(expected, NUMBER)) {
      hint = backquotes(shown(source, token.begin, token.end));
    }
  }
  if (hint.english.empty()) hint = did_you_mean(near_head(source, first).spelling);
  if (failed < line.size() && line.begin[failed].kind == DOT && failed >= 2 &&
      line.begin[failed - 2].kind == K_SET) {
    hint = {"rules set attributes of their own subject and variables of their own case",
            "规则只能更新当前对象的属性和当前事项的变量"};
  }
  if (is_thousands_comma(line, failed)) {
    hint = {"in a number, a comma stands before exactly three digits",
            "数值中的逗号之后须恰为三位数字"};
  }
  unexpected.expected(failed, expected, mender.expected(), std::move(hint));
  slip.meant = near_head(source, first).terminal;
  return slip;
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

BrokenLine broken_line(const Source& source, LineView line, const Findings& findings,
                       Terminal meant) {
  BrokenLine broken;
  const Token& first = *line.begin;
  broken.span = {findings.file(), first.begin, line.end[-1].end};
  broken.column = source.position(first.begin).column;
  broken.first = meant != END         ? meant
                 : first.kind == WORD ? near_head(source, first).terminal
                 : first.kind == BAR || keyword(first.kind) != nullptr ? first.kind
                                                                       : END;
  if (line.size() > 1) broken.second = line.begin[1].kind;
  broken.ends_in_colon = line.end[-1].kind == COLON;
  return broken;
}

}  // namespace duban
