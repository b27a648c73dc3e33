// Standard output, and what is known of the terminal behind a stream.
#pragma once

#include <cstddef>
#include <cstdio>
#include <string_view>

namespace duban::cli {

// Results on stdout. A reader that goes away (`duban list events | head`) is no error: the rest is
// dropped silently. Any other failure to write is remembered.
class Output {
 public:
  Output();
  void write(std::string_view text);
  void flush();
  bool is_terminal() const { return terminal_; }
  bool is_closed() const { return closed_; }  // the reader left, or it failed
  int error() const { return error_; }  // errno of the first failure; 0 = none, or the reader left

 private:
  void failed();

  bool terminal_ = false;
  bool closed_ = false;
  int error_ = 0;
};

bool is_terminal(std::FILE* stream);
size_t terminal_width(std::FILE* stream);  // columns; 80 when unknown

}  // namespace duban::cli
