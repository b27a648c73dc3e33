#include "cli/reference.h"

#include <sstream>

#include "engine/source.h"

namespace duban::cli {
namespace {

constexpr std::string_view kBetween = " · ";

// Punctuation that does not begin a line.
bool clings(char32_t c) {
  constexpr std::u32string_view kClosing = U"，。；：、！？）｝］”’」』…,.;:!?)";
  return kClosing.find(c) != std::u32string_view::npos;
}

// …and that does not end one.
bool opens(char32_t c) {
  constexpr std::u32string_view kOpening = U"（｛［“‘「『(";
  return kOpening.find(c) != std::u32string_view::npos;
}

// A new line may begin before `after`.
bool may_break(char32_t before, char32_t after) {
  if (clings(after) || opens(before) || after == U' ') return false;
  return before == U' ' || is_wide(before) || is_wide(after);
}

size_t width_of(std::u32string_view text) {
  size_t width = 0;
  for (const char32_t c : text) width += is_wide(c) ? 2 : 1;
  return width;
}

void take_title(std::string_view line, PageParts& parts) {
  const size_t first = line.find(kBetween), second = line.rfind(kBetween);
  if (first == line.npos || second == first) return;
  parts.english_title = line.substr(first + kBetween.size(), second - first - kBetween.size());
  parts.chinese_title = line.substr(second + kBetween.size());
}

void take_block(std::istringstream& in, const std::string& fence, PageParts& parts) {
  PageParts::Block block;
  block.corrected = fence.find("right") != fence.npos;
  const bool shown = fence.starts_with("```rules wrong") || block.corrected;
  for (std::string line; std::getline(in, line) && line != "```";) block.text += line + "\n";
  if (shown) parts.blocks.push_back(std::move(block));
}

}  // namespace

PageParts parts_of(const ReferencePage& page) {
  PageParts parts;
  std::istringstream in{std::string(page.text)};
  std::string* section = nullptr;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("# ")) {
      take_title(line, parts);
    } else if (line.starts_with("## ")) {
      section = line == "## What it means" ? &parts.english
                : line == "## 含义"        ? &parts.chinese
                                           : nullptr;
    } else if (line.starts_with("```")) {
      take_block(in, line, parts);
    } else if (section && !line.empty()) {
      *section += (section->empty() ? "" : "\n\n") + line;
    }
  }
  return parts;
}

std::string wrapped(std::string_view utf8, size_t width) {
  std::u32string out;
  std::u32string line;
  const auto end_line = [&](size_t at) {
    std::u32string kept = line.substr(0, at);
    while (!kept.empty() && kept.back() == U' ') kept.pop_back();
    out += kept + U'\n';
    line.erase(0, at);
  };
  for (const char32_t c : to_code_points(utf8)) {
    if (c == U'\n') {
      end_line(line.size());
      continue;
    }
    line += c;
    if (width_of(line) <= width || c == U' ') continue;
    size_t at = line.size() - 1;
    while (at > 0 && !may_break(line[at - 1], line[at])) --at;
    if (at > 0) end_line(at);
  }
  end_line(line.size());
  out.pop_back();
  return to_utf8(out);
}

}  // namespace duban::cli
