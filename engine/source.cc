#include "engine/source.h"

#include <utf8proc.h>

#include <algorithm>
#include <utility>

namespace duban {
namespace {

constexpr char32_t kReplacement = 0xFFFD;
constexpr char32_t kByteOrderMark = 0xFEFF;

// One code point from the front of `rest`, taken off. A byte that starts no valid sequence is
// replaced alone, so that the text after it keeps its meaning.
char32_t take_code_point(std::string_view& rest, bool& valid) {
  utf8proc_int32_t c = 0;
  const auto length =
      utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(rest.data()),
                       static_cast<utf8proc_ssize_t>(std::min<size_t>(rest.size(), 4)), &c);
  valid = length > 0;
  rest.remove_prefix(valid ? static_cast<size_t>(length) : 1);
  return valid ? static_cast<char32_t>(c) : kReplacement;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
    return;
  }
  utf8proc_uint8_t bytes[4];
  const auto length = utf8proc_encode_char(static_cast<utf8proc_int32_t>(c), bytes);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(length));
}

}  // namespace

Source::Source(std::string path, std::string text)
    : path_(std::move(path)), text_(std::move(text)) {
  std::string_view rest = text_;
  code_points_.reserve(rest.size());
  bool valid = true;
  while (!rest.empty()) {
    const char32_t c = take_code_point(rest, valid);
    // Editors hide the mark, so it must not shift the columns of the first line.
    if (c == kByteOrderMark && code_points_.empty()) continue;
    if (!valid && invalid_utf8_at_ < 0)
      invalid_utf8_at_ = static_cast<int64_t>(code_points_.size());
    code_points_ += c;
  }
  if (invalid_utf8_at_ >= 0) text_ = to_utf8(code_points_);

  line_starts_.push_back(0);
  for (uint32_t i = 0; i < code_points_.size(); ++i) {
    const char32_t c = code_points_[i];
    const bool pair = c == '\r' && i + 1 < code_points_.size() && code_points_[i + 1] == '\n';
    if (c == '\n' || (c == '\r' && !pair)) line_starts_.push_back(i + 1);
  }
}

Source::Position Source::position(uint32_t offset) const {
  const auto after = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  const auto line = static_cast<uint32_t>(after - line_starts_.begin());
  return {line, offset - *(after - 1) + 1};
}

std::u32string_view Source::line(uint32_t number) const {
  if (number == 0 || number > line_starts_.size()) return {};
  const uint32_t begin = line_starts_[number - 1];
  auto end = number < line_starts_.size() ? line_starts_[number]
                                          : static_cast<uint32_t>(code_points_.size());
  while (end > begin && (code_points_[end - 1] == '\n' || code_points_[end - 1] == '\r')) --end;
  return std::u32string_view(code_points_).substr(begin, end - begin);
}

std::string Source::slice(uint32_t begin, uint32_t end) const {
  const auto size = static_cast<uint32_t>(code_points_.size());
  begin = std::min(begin, size);
  end = std::clamp(end, begin, size);
  return to_utf8(std::u32string_view(code_points_).substr(begin, end - begin));
}

bool is_utf8(std::string_view text) {
  bool valid = true;
  while (valid && !text.empty()) take_code_point(text, valid);
  return valid;
}

std::u32string to_code_points(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  bool valid = true;
  while (!utf8.empty()) out += take_code_point(utf8, valid);
  return out;
}

std::string to_utf8(std::u32string_view code_points) {
  std::string out;
  out.reserve(code_points.size());
  for (const char32_t c : code_points) append_utf8(out, c);
  return out;
}

bool is_wide(char32_t c) { return utf8proc_charwidth(static_cast<utf8proc_int32_t>(c)) == 2; }

bool has_chinese(std::string_view utf8) {
  bool valid = true;
  while (!utf8.empty()) {
    const char32_t c = take_code_point(utf8, valid);
    const bool ideograph = (c >= 0x3400 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
                           (c >= 0x20000 && c <= 0x3FFFF);
    if (ideograph) return true;
  }
  return false;
}

}  // namespace duban
