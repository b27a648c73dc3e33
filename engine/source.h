// Source text, positions in it, and what the compiler has to say about it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace duban {

// Half-open range of code points in one file of a SourceSet.
struct Span {
  uint16_t file = 0;
  uint32_t begin = 0;
  uint32_t end = 0;
};

// One file. Immutable. Offsets, lines and columns count code points, as an editor does.
class Source {
 public:
  // Bad UTF-8 is kept as U+FFFD and remembered: see invalid_utf8_at.
  Source(std::string path, std::string text);

  const std::string& path() const { return path_; }  // as the user named it
  const std::string& text() const { return text_; }  // UTF-8
  const std::u32string& code_points() const { return code_points_; }
  // First offending code point offset, or -1.
  int64_t invalid_utf8_at() const { return invalid_utf8_at_; }

  struct Position {
    uint32_t line;    // from 1
    uint32_t column;  // from 1, in code points
  };
  Position position(uint32_t offset) const;
  std::u32string_view line(uint32_t number) const;        // without its line end
  std::string slice(uint32_t begin, uint32_t end) const;  // UTF-8 of a range

 private:
  std::string path_;
  std::string text_;
  std::u32string code_points_;
  std::vector<uint32_t> line_starts_;
  int64_t invalid_utf8_at_ = -1;
};

bool is_utf8(std::string_view text);
std::u32string to_code_points(std::string_view utf8);  // a bad byte is U+FFFD
std::string to_utf8(std::u32string_view code_points);
bool is_wide(char32_t c);  // takes two columns in a terminal
bool has_chinese(std::string_view utf8);

enum class Severity : uint8_t { error, warning };

// The language of messages and of canonical spellings.
enum class Language : uint8_t { english, chinese };

// A finding. Both texts are written where it is found: the reader chooses the language later.
struct Diagnostic {
  Severity severity = Severity::error;
  std::string code;  // E001…, W001…: stable
  Span span;
  std::string english;  // lower case, no full stop, names in `backticks`
  std::string chinese;
  std::string english_hint;  // what to do; may be empty
  std::string chinese_hint;
};

// All files of a compilation, in the order they were added; Span::file is the index.
using SourceSet = std::vector<Source>;

// As a person reads it: `path:line:column: error E012: …`, the source line, a caret under the exact
// characters (wide ones aligned), the hint.
std::string render(const Diagnostic& diagnostic, const SourceSet& sources, Language language);

}  // namespace duban
