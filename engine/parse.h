// Text to syntax tree. The one place that knows ANTLR.
#pragma once

#include <vector>

#include "engine/source.h"
#include "engine/syntax.h"

namespace duban {

// Limits of one file; past them a diagnostic, never a crash.
struct ParseLimits {
  uint32_t max_code_points = 4'000'000;
  uint32_t max_line_tokens = 20'000;  // tokens in one logical line
  uint32_t max_depth = 128;           // nested expressions
  uint32_t max_diagnostics = 100;     // per file
};

// Never fails: what could not be understood is left out of the tree and named in `diagnostics`, one
// message for one mistake; the rest of the file is still read. Pure; safe to call from any thread.
syntax::File parse(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits = {});

// Columns and rows of a table whose content is a CSV file, at `file_index` of the sources. Findings
// point into that file; rows that could not be read are left out.
void parse_table(const Source& csv, uint16_t file_index, syntax::TableDecl& table,
                 std::vector<Diagnostic>& diagnostics, const ParseLimits& limits = {});

}  // namespace duban
