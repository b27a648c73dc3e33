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

// `tier` or `tier (级别)`, which looks like a call; empty when it is another expression.
syntax::Name as_name(const syntax::Expr& expr);
// The same of the cell that names a result's column, which may be called like a function.
syntax::Name column_name(const RowLine::Cell& cell, const syntax::Expr& expr);

// Adds the next row, `span` its own. What is wrong with it becomes a finding.
RowFate add_row(syntax::TableDecl& table, RowLine row, Span span, Findings& findings);

}  // namespace duban
