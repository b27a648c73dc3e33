// Lines of a plain or gzip file, or of bytes that arrive bit by bit.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/digest.h"
#include "engine/result.h"

namespace duban {

constexpr size_t kLineBytesMax = 1 << 20;

// Cuts bytes into lines. A line end is LF or CRLF; a byte order mark at the beginning is dropped.
// Of a line that is too long only the beginning is kept, with its size and a digest of all of it.
class LineCutter {
 public:
  void add(std::string_view bytes);
  void finish();  // what is left is the last line
  struct Line {
    std::string_view text;  // valid until the next call
    uint64_t number = 0;    // from 1
    bool too_long = false;
    bool is_blank() const {
      return !too_long && text.find_first_not_of(" \t") == std::string_view::npos;
    }
  };
  bool next(Line& line);

 private:
  // What was passed of a line that is too long.
  struct Passed {
    std::string beginning;
    uint64_t bytes = 0;
    Digest digest;
  };
  void pass(size_t bytes);
  bool take(size_t end, size_t skip, Line& line);

  std::string buffer_;
  size_t begin_ = 0;     // of the line at hand, or of its rest
  size_t searched_ = 0;  // no line end before
  uint64_t number_ = 0;
  std::optional<Passed> passed_;
  std::string shortened_;  // what is given of it
  bool finished_ = false;
};

class LineReader {
 public:
  // `-` is standard input.
  static Result<std::unique_ptr<LineReader>> open(const std::string& path);
  ~LineReader();

  // False at the end. After an error there is nothing more; a last line cut off by it is not given.
  Result<bool> next(LineCutter::Line& line);
  double progress() const;  // 0..1 of the file's bytes
  bool is_file() const;     // not a pipe, a terminal…

 private:
  struct Impl;
  explicit LineReader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace duban
