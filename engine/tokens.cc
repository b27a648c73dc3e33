#include "engine/tokens.h"

#include <utf8proc.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "engine/vocabulary.h"
#include "engine/words.h"

namespace duban {
namespace {

constexpr char kOther = '\x7f';

char class_of(char32_t c) {
  if (c < 0x80) {
    const bool known = (c >= 0x20 && c < 0x7F) || c == '\t' || c == '\n' || c == '\r';
    return known ? static_cast<char>(c) : kOther;
  }
  if (c >= 0xFF01 && c <= 0xFF5E && c != U'，') return static_cast<char>(c - 0xFF01 + '!');
  switch (c) {
    case U'“':
      return '\x01';
    case U'”':
      return '\x02';
    case U'「':
      return '\x03';
    case U'」':
      return '\x04';
    case U'‰':
      return '\x05';
    case U'≤':
      return '\x06';
    case U'≥':
      return '\x07';
    case U'≠':
      return '\x08';
    case U'⇒':
      return '\x0b';
    case U'—':
      return '\x0c';
    case U'。':
      return '\x0e';
    case U'年':
      return '\x0f';
    case U'月':
      return '\x10';
    case U'日':
      return '\x11';
    case U'，':
    case U'、':
      return '\x12';
    case U'×':
      return '*';
    case U'÷':
      return '/';
    case U'−':
      return '-';
    case 0x200B:
    case 0xFEFF:
      return ' ';  // zero-width
    default:
      break;
  }
  if (c >= 0x4E00 && c <= 0x9FFF) return 'x';
  switch (utf8proc_category(static_cast<utf8proc_int32_t>(c))) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
      return 'x';
    case UTF8PROC_CATEGORY_ZS:
      return ' ';
    default:
      return kOther;
  }
}

bool is_digit(char32_t c) {
  c = half_width(c);
  return c >= '0' && c <= '9';
}

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// ---------------------------------------------------------------- lines

bool is_name_like(Terminal kind) {
  if (one_of(kind, {Terminal::WORD, Terminal::QUOTED, Terminal::STRING, Terminal::DATE}))
    return true;
  const Keyword* word = keyword(kind);
  const bool in_operator = one_of(kind, {Terminal::K_AT, Terminal::K_LEAST, Terminal::K_MOST});
  return word != nullptr && !word->reserved && !in_operator;
}

// At the end of a line: something must follow.
bool leaves_open(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {COMMA,     EQUALS,     PLUS,           DASH,          STAR,      SLASH,
                       LESS,      LESS_EQUAL, GREATER,        GREATER_EQUAL, NOT_EQUAL, BAR,
                       K_AND,     K_OR,       K_NOT,          K_IF,          K_IS,      K_IS_NOT,
                       K_IN,      K_NOT_IN,   K_AT_LEAST,     K_AT_MOST,     K_ABOVE,   K_BELOW,
                       K_BETWEEN, K_CONTAINS, K_NOT_CONTAINS, K_MINUS,       K_UNION});
}

// The same for words that are names too: only where they do not stand alone.
bool leaves_open_softly(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {K_WITH, K_TO, K_WHEN, K_WHILE, K_BY, K_OF, K_BECAUSE, K_SINCE, K_WITHIN,
                       K_SEND, K_ESCALATE_TO, K_REASSIGN_TO});
}

// At the beginning of a line: something must stand before it.
bool continues(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {COMMA, RPAREN, RBRACE, PLUS, STAR, SLASH, STRING, BAD_STRING, K_AND, K_OR,
                       K_IF, K_MINUS, K_UNION, K_CONTAINS, K_NOT_CONTAINS});
}

class LineJoiner {
 public:
  LineJoiner(const std::vector<Token>& tokens, uint32_t max_line_tokens, TokenFile& out)
      : tokens_(tokens), max_line_tokens_(max_line_tokens), out_(out) {}

  void run() {
    for (size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = tokens_[i];
      if (token.kind != Terminal::NEWLINE) {
        if (token.kind == Terminal::LPAREN || token.kind == Terminal::LBRACE) ++depth_;
        if (token.kind == Terminal::RPAREN || token.kind == Terminal::RBRACE) depth_ -= depth_ > 0;
        if (run_ < out_.runs.size() && out_.runs[run_].first == i) {
          out_.runs[run_++].first = static_cast<uint32_t>(out_.tokens.size());
        }
        out_.tokens.push_back(token);
        continue;
      }
      if (size() == 0) continue;
      // A full stop at the end of a sentence is how Chinese is written.
      if (out_.tokens.back().kind == Terminal::FULL_STOP && size() > 1) out_.tokens.pop_back();
      while (i + 1 < tokens_.size() && tokens_[i + 1].kind == Terminal::NEWLINE) ++i;
      if (!joins(i + 1)) end_line();
    }
    if (size() > 1 && out_.tokens.back().kind == Terminal::FULL_STOP) out_.tokens.pop_back();
    end_line();
  }

 private:
  uint32_t size() const { return static_cast<uint32_t>(out_.tokens.size()) - begin_; }

  Terminal kind(size_t i) const { return i < tokens_.size() ? tokens_[i].kind : Terminal::NEWLINE; }

  bool joins(size_t next) const {
    const Terminal first = out_.tokens[begin_].kind;
    const Terminal last = out_.tokens.back().kind;
    const bool is_row = first == Terminal::BAR;
    if (next >= tokens_.size() || is_row || size() >= max_line_tokens_) return false;
    if (begins_line(kind(next)) && is_name_like(kind(next + 1))) return false;
    if (kind(next) == Terminal::BAR) return last == Terminal::BAR;  // a row of a table
    if (depth_ > 0 || leaves_open(last)) return true;
    if (leaves_open_softly(last) && size() > 1) return true;
    if (scores(kind(next))) return false;
    return continues(kind(next)) || continues_softly(next);
  }

  // `+10 if …`, 若 …：加 10 分: lines of their own below a scorecard.
  bool scores(Terminal next) const {
    using enum Terminal;
    const Terminal first = out_.tokens[begin_].kind;
    if (first != K_SCORECARD && (!in_scorecard_ || begins_line(first))) return false;
    if (next == K_IF) return !one_of(first, {PLUS, DASH}) || contains(K_IF);
    return one_of(next, {PLUS, DASH});
  }

  // A word that is a name too continues a line only where it is not a field's name.
  bool continues_softly(size_t next) const {
    using enum Terminal;
    const Terminal after = kind(next + 1);
    if (after == COLON || after == LPAREN) return false;
    switch (kind(next)) {
      case K_BECAUSE:
        return one_of(after, {STRING, BAD_STRING, OTHER, NEWLINE});
      case WORD:  // `becuase`
        return after == STRING && out_.tokens[begin_].kind == K_FORBID && !contains(K_BECAUSE);
      case K_ELSE:
        return contains(K_MOST) || contains(K_ZHIDUO);
      case K_WITH:
        return contains(K_RAISE) || one_of(out_.tokens[begin_].kind,
                                           {K_GIVEN, K_YIZHI, K_ON, K_AT, K_EXPECT, K_EXPECT_NO});
      default:
        return false;
    }
  }

  bool contains(Terminal kind) const {
    return std::any_of(out_.tokens.begin() + begin_, out_.tokens.end(),
                       [&](const Token& token) { return token.kind == kind; });
  }

  void end_line() {
    const auto end = static_cast<uint32_t>(out_.tokens.size());
    if (end > begin_) out_.lines.push_back({begin_, end, first_run_, run_});
    if (size() > 1 && begins_line(out_.tokens[begin_].kind) &&
        is_name_like(out_.tokens[begin_ + 1].kind)) {
      in_scorecard_ = out_.tokens[begin_].kind == Terminal::K_SCORECARD;
    }
    begin_ = end;
    first_run_ = run_;
    depth_ = 0;
  }

  const std::vector<Token>& tokens_;
  const uint32_t max_line_tokens_;
  TokenFile& out_;
  uint32_t begin_ = 0;
  uint32_t run_ = 0;  // the next
  uint32_t first_run_ = 0;
  uint32_t depth_ = 0;
  bool in_scorecard_ = false;
};

}  // namespace

bool begins_line(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {K_POLICY,
                       K_VOCABULARY,
                       K_CALENDAR,
                       K_REFERENCE,
                       K_ENTITY,
                       K_CHOICE,
                       K_EVENT,
                       K_BROADCAST,
                       K_BROADCAST_EVENT,
                       K_OUTGOING,
                       K_OUTGOING_EVENT,
                       K_CHANNEL,
                       K_NOTICE,
                       K_PARAMETER,
                       K_DEFINE,
                       K_FORBID,
                       K_TABLE,
                       K_SCORECARD,
                       K_RULE,
                       K_CASE,
                       K_SCENARIO,
                       K_ON,
                       K_AT,
                       K_OCCURS,
                       K_WHEN,
                       K_NOTIFY,
                       K_XIANG,
                       K_TASK,
                       K_RAISE,
                       K_ESCALATE,
                       K_ESCALATE_TO,
                       K_REASSIGN,
                       K_REASSIGN_TO,
                       K_GIVEN,
                       K_EXPECT,
                       K_EXPECT_NO,
                       K_KEEP,
                       K_CLOSES_ON,
                       K_CLOSES_WHEN,
                       K_OPENS_ON,
                       K_OPENS_WHEN});
}

std::string character_classes(std::u32string_view text) {
  std::string classes(text.size(), '\0');
  std::transform(text.begin(), text.end(), classes.begin(), class_of);
  return classes;
}

uint32_t word_end(const Source& source, uint32_t begin, uint32_t end) {
  const std::u32string& text = source.code_points();
  for (uint32_t at = begin + 1; at < end; ++at) {
    if (is_digit(text[at]) && is_han(text[at - 1])) return at;
  }
  return end;
}

std::string name_text(const Source& source, const Token& token) {
  const bool quoted = token.kind == Terminal::QUOTED;
  std::u32string text = source.code_points().substr(token.begin + (quoted ? 1 : 0),
                                                    token.end - token.begin - (quoted ? 2 : 0));
  if (!quoted) std::transform(text.begin(), text.end(), text.begin(), half_width);
  return to_utf8(text);
}

TokenFile assemble_tokens(const Source& source, const std::vector<Token>& raw, const Words& words,
                          uint32_t max_line_tokens) {
  TokenFile divided;
  divided.tokens.reserve(raw.size() + raw.size() / 4);
  split_words(source, raw, words, divided);
  TokenFile file;
  file.tokens.reserve(divided.tokens.size());
  file.runs = std::move(divided.runs);
  LineJoiner(divided.tokens, max_line_tokens, file).run();
  return file;
}

}  // namespace duban
