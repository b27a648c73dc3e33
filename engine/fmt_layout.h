// From the lines of a file and its comments to its text: indentation, blank lines, columns.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/fmt_printer.h"
#include "engine/source.h"

namespace duban::formatter {

// How a line bears on the blank lines round it.
enum class Role : uint8_t {
  part,     // of a declaration
  compact,  // a declaration that may stand close to others of its kind
  block,    // a declaration that stands apart
};

// A line of the file as it is to be, or a comment on a line of its own.
struct Item {
  enum class Kind : uint8_t {
    printed,
    verbatim,  // could not be read: its own text, but for the indentation
    raw,       // its own text and indentation
    comment,
  };
  Kind kind = Kind::printed;
  Role role = Role::part;
  size_t declared = 0;  // which kind of declaration, for `compact`
  size_t group = 0;     // the declaration it belongs to: its columns are aligned together
  Language language = Language::english;
  uint32_t level = 0;
  uint32_t column = 1;  // in the source
  uint32_t first = 0;   // lines of the source
  uint32_t last = 0;
  bool blank_before = false;  // in the source
  Printed printed;
  std::vector<std::string> lines;  // verbatim, raw: without and with their indentation
  std::string comment;             // at the end of the line; of a comment, itself
};

std::string lay_out(std::vector<Item> items);

}  // namespace duban::formatter
