// Tokens of a file and how they make logical lines: what stands between the lexer and the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/keywords.h"
#include "engine/source.h"

namespace duban {

struct Words;

struct Token {
  Terminal kind = Terminal::END;
  uint32_t begin = 0;  // code points
  uint32_t end = 0;
};

// What the lexer sees: one class per code point, as listed in grammar/RulesLexer.g4.
std::string character_classes(std::u32string_view text);

// Where the word that the lexer found in [begin, end) ends for now: before a digit that follows a
// Chinese character. `自2026年1月1日起施行` is the keyword 自 and a date; where `方案2` is one
// name, assemble_tokens() puts it together again. Never before begin + 1.
uint32_t word_end(const Source& source, uint32_t begin, uint32_t end);

// The text of a name: without backquotes, full-width letters and digits made half-width.
std::string name_text(const Source& source, const Token& token);

// Tokens of the lexer that touch each other, with Chinese among them: words, numbers, dates, times.
// Its default reading is tokens [first, first + count) of the TokenFile. Only runs that may be read
// otherwise are kept.
struct Run {
  uint32_t first_raw = 0;  // what the lexer found
  uint32_t last_raw = 0;   // one past its last token
  uint32_t first = 0;
  uint32_t count = 0;
  bool known = false;    // the default reading has known words alone
  bool several = false;  // and there are others
};

// A line as the author means it: possibly over several lines of the file. Indices into `tokens`
// and `runs`.
struct LogicalLine {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint32_t first_run = 0;
  uint32_t last_run = 0;  // one past
};

// A word that can only begin a line of its own.
bool begins_line(Terminal kind);

struct TokenFile {
  std::vector<Token> tokens;  // without line ends
  std::vector<LogicalLine> lines;
  std::vector<Run> runs;
};

// The tokens of one logical line.
struct LineView {
  const Token* begin;
  const Token* end;

  uint32_t size() const { return static_cast<uint32_t>(end - begin); }
};

// Tells keywords from names, divides runs into words (`客户的重要用户`, `3` `日内至多`) and joins
// lines. `raw` is what the lexer found, words as WORD. A logical line is never joined past
// `max_line_tokens`.
TokenFile assemble_tokens(const Source& source, const std::vector<Token>& raw, const Words& words,
                          uint32_t max_line_tokens);

}  // namespace duban
