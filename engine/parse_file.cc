// A file: its lines, one after the other, into the outline.
#include <algorithm>
#include <utility>

#include "engine/findings.h"
#include "engine/line_builder.h"
#include "engine/line_parser.h"
#include "engine/outline.h"
#include "engine/parse.h"
#include "engine/readings.h"
#include "engine/skim.h"
#include "engine/syntax_errors.h"

namespace duban {
namespace {

class FileParser {
 public:
  FileParser(const Source& source, const std::vector<Token>& raw, const Words& words,
             uint16_t index, std::vector<Diagnostic>& diagnostics, const ParseLimits& limits,
             syntax::File& file)
      : source_(source),
        raw_(raw),
        words_(words),
        limits_(limits),
        findings_(diagnostics, index, limits.max_diagnostics),
        outline_(file, findings_) {}

  void run() {
    const auto size = static_cast<uint32_t>(source_.code_points().size());
    if (size > limits_.max_code_points) {
      findings_.add("E002", limits_.max_code_points, limits_.max_code_points + 1,
                    {"this file is too long", "文件过长"});
      return;
    }
    if (source_.invalid_utf8_at() >= 0) {
      const auto at = static_cast<uint32_t>(source_.invalid_utf8_at());
      findings_.add("E001", at, at + 1, {"this file is not UTF-8 text", "文件不是 UTF-8 文本"},
                    {"save it as UTF-8", "请另存为 UTF-8 编码"});
    }
    const TokenFile file = assemble_tokens(source_, raw_, words_, limits_.max_line_tokens + 1);
    LineReadings readings(source_, raw_, file, words_, [this](LineView line, uint32_t& failed) {
      return parser_.parse(line, cst_, failed);
    });
    for (const LogicalLine& line : file.lines) {
      if (findings_.full()) return;
      const LineView view{file.tokens.data() + line.begin, file.tokens.data() + line.end};
      if (report_bad_token(source_, view, findings_) ||
          report_excess(source_, view, limits_.max_line_tokens, limits_.max_depth, findings_)) {
        outline_.add(broken_line(source_, view, findings_));
      } else if (line.first_run == line.last_run) {
        uint32_t failed = 0;
        const bool understood = parser_.parse(view, cst_, failed);
        add_line(view, understood, failed);
      } else {
        add_reading(readings.read(line));
      }
    }
    outline_.finish();
  }

  // Something the parser library threw that is not one of its own errors.
  void fail() { findings_.add("E002", 0, 1, {"this file could not be read", "无法读取此文件"}); }

 private:
  void add_reading(const LineReadings::Result& reading) {
    const LineView line{reading.tokens.data(), reading.tokens.data() + reading.tokens.size()};
    uint32_t failed = reading.failed;
    if (!reading.other.empty()) {
      report_two_readings(source_, reading.tokens, reading.other, findings_);
      outline_.add(broken_line(source_, line, findings_));
      return;
    }
    if (reading.understood && reading.tries > 1) parser_.parse(line, cst_, failed);
    add_line(line, reading.understood, failed);
  }

  void add_line(LineView line, bool understood, uint32_t failed) {
    if (!understood) {
      report(line, failed);
      outline_.add(broken_line(source_, line, findings_));
    } else if (auto body = build_line(cst_, source_, findings_, limits_.max_depth)) {
      const Span span{findings_.file(), line.begin->begin, line.end[-1].end};
      outline_.add({span, source_.position(span.begin).column, std::move(*body)});
    } else {
      outline_.add(broken_line(source_, line, findings_));
    }
  }

  void report(LineView line, uint32_t failed) {
    constexpr uint32_t kLongest = 1000;
    std::vector<Terminal> expected;
    if (!is_unknown_head(line, failed) && failed <= kLongest) {
      expected = parser_.continuations({line.begin, line.begin + failed});
    }
    report_unexpected(source_, line, failed, std::move(expected), findings_);
  }

  const Source& source_;
  const std::vector<Token>& raw_;
  const Words words_;
  const ParseLimits& limits_;
  Findings findings_;
  Outline outline_;
  LineParser parser_;
  Cst cst_;
};

}  // namespace

syntax::File parse(const Source& source, const std::vector<Token>& tokens, const Words& words,
                   uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits) {
  syntax::File file;
  file.index = file_index;
  const auto first = static_cast<std::ptrdiff_t>(diagnostics.size());
  FileParser parser(source, tokens, words, file_index, diagnostics, limits, file);
  try {
    parser.run();
  } catch (...) {  // as above
    parser.fail();
  }
  std::stable_sort(
      diagnostics.begin() + first, diagnostics.end(),
      [](const Diagnostic& a, const Diagnostic& b) { return a.span.begin < b.span.begin; });
  return file;
}

syntax::File parse(const Source& source, uint16_t file_index, std::vector<Diagnostic>& diagnostics,
                   const ParseLimits& limits) {
  const std::vector<Token> tokens = lex(source, limits);
  Vocabulary names(1);
  for (const Skim::Declared& declared : skim(source, tokens).names) names.add(0, declared.name);
  return parse(source, tokens, {&names, 0}, file_index, diagnostics, limits);
}

}  // namespace duban
