// Tokens of a file and how they make logical lines: what stands between the lexer and the parser.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/keywords.h"
#include "engine/source.h"

namespace duban {

struct Token {
  Terminal kind = Terminal::END;
  uint32_t begin = 0;  // code points
  uint32_t end = 0;
};

// What the lexer sees: one class per code point, as listed in grammar/RulesLexer.g4.
std::string character_classes(std::u32string_view text);

// Where the word that the lexer found in [begin, end) really ends: `自2026年1月1日起施行` is the
// keyword 自 and a date. Never before begin + 1.
uint32_t word_end(const Source& source, uint32_t begin, uint32_t end);

// The text of a name: without backquotes, full-width letters and digits made half-width.
std::string name_text(const Source& source, const Token& token);

// A line as the author means it: possibly over several lines of the file. Indices into `tokens`.
struct LogicalLine {
  uint32_t begin = 0;
  uint32_t end = 0;
};

struct TokenFile {
  std::vector<Token> tokens;  // without line ends
  std::vector<LogicalLine> lines;
};

// Tells keywords from names, and splits words. Line ends stay.
std::vector<Token> split_words(const Source& source, const std::vector<Token>& raw);

// Tells keywords from names, splits words (`客户的重要用户`, `3` `日内至多`) and joins lines. `raw`
// is what the lexer found, words as WORD. A logical line is never joined past `max_line_tokens`.
TokenFile assemble_tokens(const Source& source, const std::vector<Token>& raw,
                          uint32_t max_line_tokens);

}  // namespace duban
