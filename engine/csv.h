// CSV text to rows. Pure. A quoted cell may span lines; a row's line is the one it begins on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/result.h"

namespace duban {

struct CsvRow {
  uint32_t line = 0;  // from 1
  std::vector<std::string> cells;
};

// The first row is the header; blank lines are skipped; every row has as many cells as the header.
struct CsvTable {
  CsvRow header;
  std::vector<CsvRow> rows;

  std::optional<size_t> column(std::string_view name) const;
};

// Errors carry the line as their place: `line 3`.
Result<CsvTable> read_csv(std::string_view text);

}  // namespace duban
