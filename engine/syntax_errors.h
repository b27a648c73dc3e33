// What to say about a line that could not be read.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/findings.h"
#include "engine/outline.h"
#include "engine/source.h"
#include "engine/tokens.h"

namespace duban {

// The tokens of one logical line.
struct LineView {
  const Token* begin;
  const Token* end;

  uint32_t size() const { return static_cast<uint32_t>(end - begin); }
};

// The first thing the lexer could not read, if any; true when there is one. Says what it is.
bool report_bad_token(const Source& source, LineView line, Findings& findings);

// Too many tokens or nested too deeply; true when it is.
bool report_excess(const Source& source, LineView line, uint32_t max_tokens, uint32_t max_depth,
                   Findings& findings);

// Whether a line that failed at this token begins with a word that begins no line: then nothing is
// expected.
bool is_unknown_head(LineView line, uint32_t failed);

// `every Mondey at 09:00:`, which reads as far as `at`: the mistake is the word after `every`.
bool is_misspelt_period(const Source& source, LineView line, uint32_t failed);

// The token at `failed` (line.size(): the end of the line) does not fit; any of `expected` would.
// `expected` is empty when that is not known. A WORD in it stands for every keyword that is a name.
void report_unexpected(const Source& source, LineView line, uint32_t failed,
                       std::vector<Terminal> expected, Findings& findings);

// What its words still tell.
BrokenLine broken_line(const Source& source, LineView line, const Findings& findings);

}  // namespace duban
