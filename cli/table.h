// Results in the shape of a table: for a terminal, for a pipe, as CSV, as JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace duban::cli {

// Columns a text takes in a terminal: wide characters two, combining ones none.
size_t display_width(std::string_view utf8);
// The text in at most `width` columns, with `…` where something was cut.
std::string shorten(std::string_view utf8, size_t width);
// Control characters (line ends, escape sequences out of a feed) as spaces.
std::string printable(std::string_view utf8);

using Cell = std::optional<std::string>;  // none: SQL's NULL, JSON's null

struct Table {
  std::vector<std::string> names;     // for machines
  std::vector<std::string> headings;  // for people; empty = the names
  std::vector<std::vector<Cell>> rows;
};

struct TableStyle {
  bool terminal = false;  // headings underlined
  size_t width = 0;       // columns to fit into; 0 = as wide as it is
};

// Columns aligned, two spaces between them, numbers to the right, no blanks at the end of lines.
std::string to_text(const Table& table, const TableStyle& style);
std::string to_csv(const Table& table);  // RFC 4180
// An array of objects. Cells of the columns named in `numbers` are numbers, all others strings.
std::string to_json(const Table& table, const std::vector<std::string>& numbers);

}  // namespace duban::cli
