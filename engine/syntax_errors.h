// What to say about a line that could not be read.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/findings.h"
#include "engine/outline.h"
#include "engine/source.h"
#include "engine/tokens.h"

namespace duban {

// The first thing the lexer could not read, if any; true when there is one. Says what it is.
bool report_bad_token(const Source& source, LineView line, Findings& findings);

// Too many tokens or nested too deeply; true when it is.
bool report_excess(const Source& source, LineView line, uint32_t max_tokens, uint32_t max_depth,
                   Findings& findings);

// Whether a line that failed at this token begins with a word that begins no line: then nothing is
// expected.
bool is_unknown_head(LineView line, uint32_t failed);

// The token at `failed` (line.size(): the end of the line) does not fit; any of `expected` would.
// `expected` is empty when that is not known. A WORD in it stands for every keyword that is a name.
void report_unexpected(const Source& source, LineView line, uint32_t failed,
                       std::vector<Terminal> expected, Findings& findings);

// The line may be divided into words in two ways.
void report_two_readings(const Source& source, const std::vector<Token>& first,
                         const std::vector<Token>& second, Findings& findings);

// What its words still tell.
BrokenLine broken_line(const Source& source, LineView line, const Findings& findings);

}  // namespace duban
