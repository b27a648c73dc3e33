// Reading a file line by line, for tools that need each line as its author wrote it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/outline.h"
#include "engine/source.h"
#include "engine/vocabulary.h"

namespace duban {

// Told of every comment of a file, then of its lines, from first to last.
class LineObserver {
 public:
  virtual ~LineObserver() = default;

  virtual void comment(const Span& span) = 0;  // with its marks, without the line end
  // `level`: how deep the line stands in its declaration, which is 0. `language`: that of its first
  // keyword; nothing when it has none.
  virtual void line(const Line& line, uint32_t level, std::optional<Language> language) = 0;
  virtual void broken(const BrokenLine& line) = 0;
};

// Reads as parse() does (engine/parse.h), and reports everything that is wrong; `words` are the
// names that the file sees, null: its own alone. False: not all of it was read, as it is too long.
bool read_lines(const Source& source, const Words* words, std::vector<Diagnostic>& diagnostics,
                LineObserver& observer);

// Whether a name can be written without backquotes where it is known.
bool is_plain_name(std::string_view name);

}  // namespace duban
