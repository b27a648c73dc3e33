#include "engine/syntax_errors.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "engine/expectations.h"
#include "engine/unexpected.h"

namespace duban {
namespace {

using enum Terminal;

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
