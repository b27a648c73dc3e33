// A CSV file as the rows of a decision table.
//
// The text is rewritten character for character, so that each place in it is the same place in the
// file: separators become `|`, quotes around cells and line ends inside them become blanks.
#pragma once

#include <string>
#include <vector>

#include "engine/findings.h"
#include "engine/source.h"

namespace duban {

struct CsvRows {
  std::u32string text;  // as long as the file
  struct Row {
    uint32_t begin = 0;  // code points
    uint32_t end = 0;    // without the line end
    bool good = true;    // otherwise a finding says what is wrong with it
  };
  std::vector<Row> rows;  // those with something in them
};

CsvRows csv_rows(const Source& file, Findings& findings);

}  // namespace duban
