// What to say about a line that could not be read.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/findings.h"
#include "engine/mending.h"
#include "engine/outline.h"
#include "engine/source.h"
#include "engine/tokens.h"

namespace duban {

// The first thing the lexer could not read, if any; true when there is one. Says what it is.
bool report_bad_token(const Source& source, LineView line, Findings& findings);

// Too many tokens or nested too deeply; true when it is.
bool report_excess(const Source& source, LineView line, uint32_t max_tokens, uint32_t max_depth,
                   Findings& findings);

// What a line that is not understood was probably meant to be.
struct Slip {
  Terminal meant = Terminal::END;  // the keyword that its first word is a slip of
  std::vector<Token> mended;       // the line without its mistake; empty: not known
  bool certain = false;            // that it was meant so
};

// The token at `failed` (line.size(): the end of the line) does not fit.
Slip report_unexpected(const Source& source, LineView line, uint32_t failed, Mender& mender,
                       Findings& findings);

// The line may be divided into words in two ways.
void report_two_readings(const Source& source, const std::vector<Token>& first,
                         const std::vector<Token>& second, Findings& findings);

// What its words still tell. `meant`: by report_unexpected().
BrokenLine broken_line(const Source& source, LineView line, const Findings& findings,
                       Terminal meant = Terminal::END);

}  // namespace duban
