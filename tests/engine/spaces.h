// Rules as somebody writes them who puts no spaces between Chinese words.
#pragma once

#include <string>

#include "engine/source.h"
#include "engine/vocabulary.h"

namespace duban::test {

inline bool is_letter(char32_t c) {
  return is_han(c) || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         c == '_';
}

// Without every blank that may go: one between two words or numbers stays where neither side is
// Chinese. Indentation, texts and comments stay as they are.
inline std::string without_spaces(const std::string& text) {
  const std::u32string in = to_code_points(text);
  std::u32string out;
  char32_t closing = 0;
  bool indentation = true;
  for (size_t i = 0; i < in.size(); ++i) {
    const char32_t c = in[i];
    const bool dashes = c == '-' && i + 1 < in.size() && in[i + 1] == '-';
    if (c == '\n') {
      indentation = true;
      closing = 0;
      while (!out.empty() && out.back() == ' ') out.pop_back();
      out += c;
    } else if (closing != 0) {
      if (c == closing) closing = 0;
      out += c;
    } else if (dashes) {
      for (; i < in.size() && in[i] != '\n'; ++i) out += in[i];
      --i;
    } else if (c == ' ' && !indentation) {
      size_t next = i;
      while (next < in.size() && in[next] == ' ') ++next;
      const char32_t before = out.back();
      const char32_t after = next < in.size() ? in[next] : '\n';
      const bool needed =
          is_letter(before) && is_letter(after) && !is_han(before) && !is_han(after);
      if (needed || after == '-') out += ' ';
      i = next - 1;
    } else {
      if (c == U'“') closing = U'”';
      if (c == '"') closing = '"';
      indentation &= c == ' ';
      out += c;
    }
  }
  return to_utf8(out);
}

}  // namespace duban::test
