// A file: its lines, one after the other, into the outline.
#include <algorithm>
#include <memory>
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
    if (understood) return add_understood(line);
    if (const uint32_t first = first_line(line);
        first < line.size() && is_open(line) && !can_be_mended(line, failed)) {
      // A bracket that is never closed has swallowed the lines below.
      return add_lines(line, first);
    }
    const Slip slip = report(line, failed);
    // The reader knows what is wrong; what was meant still counts.
    if (!slip.mended.empty() &&
        parser_.parse({slip.mended.data(), slip.mended.data() + slip.mended.size()}, cst_,
                      failed)) {
      findings_.mute(true);
      add_understood(line);
      findings_.mute(false);
      return;
    }
    outline_.add(broken_line(source_, line, findings_, slip.meant));
  }

  // `cst_` is what the parser has made of it.
  void add_understood(LineView line) {
    if (auto body = build_line(cst_, source_, findings_, limits_.max_depth)) {
      const Span span{findings_.file(), line.begin->begin, line.end[-1].end};
      outline_.add({span, source_.position(span.begin).column, std::move(*body)});
    } else {
      outline_.add(broken_line(source_, line, findings_));
    }
  }

  void add_lines(LineView line, uint32_t first) {
    while (line.size() > 0) {
      const LineView here{line.begin, line.begin + first};
      uint32_t failed = 0;
      const bool understood = parser_.parse(here, cst_, failed);
      add_line(here, understood, failed);
      line.begin += first;
      if (line.size() > 0) first = first_line(line);
    }
  }

  // How many tokens stand on the first line of the file that this one begins on.
  uint32_t first_line(LineView line) const {
    const uint32_t number = source_.position(line.begin->begin).line;
    const Token* at = std::find_if(line.begin, line.end, [&](const Token& token) {
      return source_.position(token.begin).line != number;
    });
    return static_cast<uint32_t>(at - line.begin);
  }

  static bool is_open(LineView line) {
    using enum Terminal;
    int depth = 0;
    for (const Token* at = line.begin; at != line.end; ++at) {
      depth += at->kind == LPAREN || at->kind == LBRACE;
      depth -= (at->kind == RPAREN || at->kind == RBRACE) && depth > 0;
    }
    return depth > 0;
  }

  Mender mender() {
    if (!walk_) walk_ = std::make_unique<GrammarWalk>();
    return {*walk_, source_, words_};
  }

  bool can_be_mended(LineView line, uint32_t failed) {
    return !mended(line, mender().mend(line, failed)).empty();
  }

  Slip report(LineView line, uint32_t failed) {
    Mender with = mender();
    return report_unexpected(source_, line, failed, with, findings_);
  }

  const Source& source_;
  const std::vector<Token>& raw_;
  const Words words_;
  const ParseLimits& limits_;
  Findings findings_;
  Outline outline_;
  LineParser parser_;
  std::unique_ptr<GrammarWalk> walk_;  // for the first line that is wrong
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
