// What to say about characters and texts that are not part of the language.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "engine/syntax_errors.h"

namespace duban {

using enum Terminal;

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

}  // namespace duban
