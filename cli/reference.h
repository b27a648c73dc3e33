// The pages of docs/reference, built into the program.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace duban::cli {

struct ReferencePage {
  std::string_view code, text;  // as in the file
};
const std::vector<ReferencePage>& reference_pages();  // sorted by code; made by the build

// What a page says, taken apart.
struct PageParts {
  std::string english_title, chinese_title;
  std::string english, chinese;  // what it means
  struct Block {
    bool corrected = false;
    std::string text;
  };
  std::vector<Block> blocks;
};
PageParts parts_of(const ReferencePage& page);

// Lines of at most `width` columns. Breaks at blanks, and between Chinese characters where no
// punctuation would begin a line.
std::string wrapped(std::string_view utf8, size_t width);

}  // namespace duban::cli
