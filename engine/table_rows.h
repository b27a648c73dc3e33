// Rows of a table, whether they stand below it or in a file: the first names the columns.
#pragma once

#include "engine/findings.h"
#include "engine/outline.h"
#include "engine/syntax.h"

namespace duban {

enum class RowFate : uint8_t {
  added,
  bad_row,     // this row is left out
  bad_header,  // nothing can be said about the rows below it
};

// Adds the next row, `span` its own. What is wrong with it becomes a finding.
RowFate add_row(syntax::TableDecl& table, RowLine row, Span span, Findings& findings);

}  // namespace duban
