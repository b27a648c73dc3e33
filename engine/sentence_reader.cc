#include "engine/sentence_reader.h"

#include <algorithm>
#include <utility>

#include "engine/line_builder.h"

namespace duban {
namespace {

bool is_open(LineView line) {
  using enum Terminal;
  int depth = 0;
  for (const Token* at = line.begin; at != line.end; ++at) {
    depth += at->kind == LPAREN || at->kind == LBRACE;
    depth -= (at->kind == RPAREN || at->kind == RBRACE) && depth > 0;
  }
  return depth > 0;
}

uint32_t words_as_names(const Cst& cst) {
  uint32_t count = 0;
  for (size_t i = 0; i + 1 < cst.size(); ++i) {
    count += cst[i].rule == Rule::name && keyword(cst[i + 1].terminal) != nullptr;
  }
  return count;
}

LineView view(const std::vector<Token>& tokens) {
  return {tokens.data(), tokens.data() + tokens.size()};
}

}  // namespace

SentenceReader::SentenceReader(const Source& source, const std::vector<Token>& raw,
                               const Words& words, const ParseLimits& limits, Findings& findings)
    : source_(source),
      words_(words),
      limits_(limits),
      findings_(findings),
      file_(assemble_tokens(source, raw, words, limits.max_line_tokens + 1)),
      readings_(source, raw, file_, words, [this](LineView line) {
        LineReadings::Attempt out;
        out.understood = parser_.parse(line, cst_, out.failed);
        if (out.understood) out.words_as_names = words_as_names(cst_);
        return out;
      }) {}

void SentenceReader::read_all() {
  for (const LogicalLine& line : file_.lines) {
    if (findings_.full()) return;
    read(line);
  }
}

void SentenceReader::read(const LogicalLine& line) {
  const LineView tokens{file_.tokens.data() + line.begin, file_.tokens.data() + line.end};
  if (report_bad_token(source_, tokens, findings_) ||
      report_excess(source_, tokens, limits_.max_line_tokens, limits_.max_depth, findings_)) {
    add(broken_line(source_, tokens, findings_));
  } else if (line.first_run == line.last_run) {
    uint32_t failed = 0;
    const bool understood = parser_.parse(tokens, cst_, failed);
    add_line(tokens, understood, failed);
  } else {
    add_reading(readings_.read(line));
  }
}

void SentenceReader::add_reading(const LineReadings::Result& reading) {
  const LineView line = view(reading.tokens);
  uint32_t failed = reading.failed;
  if (!reading.other.empty()) {
    report_two_readings(source_, reading.tokens, reading.other, findings_);
    add(broken_line(source_, line, findings_));
    return;
  }
  if (reading.understood && reading.tries > 1) parser_.parse(line, cst_, failed);
  add_line(line, reading.understood, failed);
}

void SentenceReader::add_line(LineView line, bool understood, uint32_t failed) {
  if (understood) return add_understood(line, line, Repair::none);
  if (const uint32_t first = first_line(line);
      first < line.size() && is_open(line) && !can_be_mended(line, failed)) {
    // A bracket that is never closed has swallowed the lines below.
    return add_lines(line, first);
  }
  Mender with = mender();
  const Slip slip = report_unexpected(source_, line, failed, with, findings_);
  // The reader knows what is wrong; what was meant still counts.
  if (!slip.mended.empty() && parser_.parse(view(slip.mended), cst_, failed)) {
    findings_.mute(true);
    add_understood(view(slip.mended), line, slip.certain ? Repair::certain : Repair::guessed);
    findings_.mute(false);
    return;
  }
  add(broken_line(source_, line, findings_, slip.meant));
}

// `cst_` is what the parser has made of it.
void SentenceReader::add_understood(LineView line, LineView tokens, Repair repair) {
  if (auto body = build_line(cst_, source_, findings_, limits_.max_depth)) {
    const Span span{findings_.file(), line.begin->begin, line.end[-1].end};
    add(Line{span, source_.position(span.begin).column, std::move(*body)}, tokens, repair);
  } else {
    add(broken_line(source_, line, findings_));
  }
}

void SentenceReader::add_lines(LineView line, uint32_t first) {
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
uint32_t SentenceReader::first_line(LineView line) const {
  const uint32_t number = source_.position(line.begin->begin).line;
  const Token* at = std::find_if(line.begin, line.end, [&](const Token& token) {
    return source_.position(token.begin).line != number;
  });
  return static_cast<uint32_t>(at - line.begin);
}

Mender SentenceReader::mender() {
  if (!walk_) walk_ = std::make_unique<GrammarWalk>();
  return {*walk_, source_, words_};
}

bool SentenceReader::can_be_mended(LineView line, uint32_t failed) {
  return !mended(line, mender().mend(line, failed)).empty();
}

}  // namespace duban
