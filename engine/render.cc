// Diagnostics as a person reads them.
#include <fmt/format.h>
#include <utf8proc.h>

#include <algorithm>

#include "engine/source.h"

namespace duban {
namespace {

// Longer lines are cut to this many characters around the caret.
constexpr size_t kLineShown = 160;
constexpr size_t kBeforeCaret = 60;

// Columns of a terminal; control characters are shown as U+FFFD, which takes one.
size_t width(char32_t c) {
  if (c < 0x20 || c == 0x7F) return 1;
  return static_cast<size_t>(std::max(0, utf8proc_charwidth(static_cast<utf8proc_int32_t>(c))));
}

// Text of a source line that cannot steer the terminal.
std::string printable(std::u32string_view text) {
  std::u32string out(text);
  for (char32_t& c : out) {
    if ((c < 0x20 && c != '\t') || (c >= 0x7F && c < 0xA0)) c = 0xFFFD;
  }
  return to_utf8(out);
}

std::string excerpt(const Source& source, const Span& span) {
  const auto at = source.position(span.begin);
  std::u32string_view line = source.line(at.line);
  size_t from = std::min<size_t>(at.column - 1, line.size());
  size_t to = std::min<size_t>(from + std::max<uint32_t>(span.end - span.begin, 1), line.size());
  std::string before, after;
  if (line.size() > kLineShown) {
    const size_t cut = from > kBeforeCaret ? from - kBeforeCaret : 0;
    if (cut > 0) before = "…";
    if (line.size() - cut > kLineShown) after = "…";
    line = line.substr(cut, kLineShown);
    from -= cut;
    to = std::min(to - cut, line.size());
  }
  std::string out =
      before + printable(line) + after + "\n" + std::string(before.empty() ? 0 : 1, ' ');
  for (const char32_t c : line.substr(0, from)) {
    out += c == '\t' ? std::string(1, '\t') : std::string(width(c), ' ');
  }
  size_t carets = 0;
  for (const char32_t c : line.substr(from, to - from)) carets += width(c);
  return out + std::string(std::max<size_t>(carets, 1), '^') + "\n";
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceSet& sources, Language language) {
  const bool chinese = language == Language::chinese;
  const bool error = diagnostic.severity == Severity::error;
  const char* severity = chinese ? (error ? "错误" : "警告") : (error ? "error" : "warning");
  const std::string& message = chinese ? diagnostic.chinese : diagnostic.english;
  const std::string& hint = chinese ? diagnostic.chinese_hint : diagnostic.english_hint;

  std::string out;
  if (diagnostic.span.file < sources.size()) {
    const Source& source = sources[diagnostic.span.file];
    const auto at = source.position(diagnostic.span.begin);
    out = fmt::format("{}:{}:{}: {} {}: {}\n", source.path(), at.line, at.column, severity,
                      diagnostic.code, message);
    out += excerpt(source, diagnostic.span);
  } else {
    out = fmt::format("{} {}: {}\n", severity, diagnostic.code, message);
  }
  if (!hint.empty()) out += fmt::format("  {}{}\n", chinese ? "提示：" : "hint: ", hint);
  return out;
}

}  // namespace duban
