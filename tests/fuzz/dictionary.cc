// Prints libFuzzer's dictionary: the words of the language, and the names of an event.
#include <cstdio>
#include <string>

#include "engine/keywords.h"

namespace {

void entry(std::string_view word) {
  std::string line = "\"";
  for (const char c : word) {
    char code[8];
    std::snprintf(code, sizeof code, "\\x%02X", static_cast<unsigned char>(c));
    line += code;
  }
  std::printf("%s\"\n", line.c_str());
}

}  // namespace

int main() {
  for (const duban::Keyword& keyword : duban::keywords()) {
    for (const auto word : keyword.english) entry(word);
    for (const auto word : keyword.chinese) entry(word);
  }
  for (const auto word : duban::built_in_words()) entry(word);
  for (const auto word : duban::currency_words()) entry(word);
  for (const char* word : {"\"id\":\"",
                           "\"source\":\"",
                           "\"type\":\"",
                           "\"subject\":\"",
                           "\"time\":\"",
                           "\"data\":{",
                           "2026-03-20T10:00:00+08:00",
                           "paid",
                           "changed",
                           "storm",
                           "Customer",
                           "Staff",
                           "amount",
                           "receipt",
                           "\n  ",
                           "：",
                           "，",
                           "“",
                           "”",
                           "的"})
    entry(word);
}
