// The codes of all findings, with what each is about: for tools that list rules, and for the
// reader.
#pragma once

#include <string_view>
#include <vector>

namespace duban {

struct Code {
  std::string_view code;  // E001…, W101…: stable, never given a second meaning
  std::string_view english;
  std::string_view chinese;

  bool is_warning() const { return code[0] == 'W'; }
};

// By code.
const std::vector<Code>& codes();

}  // namespace duban
