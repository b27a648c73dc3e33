// Collects the diagnostics of one file, up to a limit.
//
// Codes of the front end. They are stable: a code is never given a second meaning.
//   E001  the file is not UTF-8
//   E002  the file, or one line of it, is too long
//   E003  a line begins with a word that begins no line
//   E004  something else was expected here
//   E005  a character that is not part of the language
//   E006  a text without its closing quote
//   E007  a name in backquotes without its end
//   E008  no such date or time of day
//   E009  a number that does not fit, or is not whole where it has to be
//   E010  a line in the wrong place
//   E011  nested too deeply
//   E012  too many findings: the rest is not shown
//   E013  said twice
//   E014  a table whose columns, header and rows do not fit together
//   E015  something is missing: a trigger without action, a notice without text…
//   E016  indentation and words say different things
//   E017  an escape in a text that does not exist
//   E018  words written together that can be divided in two ways
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/source.h"

namespace duban {

// A text in both languages.
struct Wording {
  std::string english;
  std::string chinese;
};

class Findings {
 public:
  Findings(std::vector<Diagnostic>& out, uint16_t file, uint32_t limit)
      : out_(out), file_(file), limit_(limit) {}

  void add(const char* code, uint32_t begin, uint32_t end, Wording text, Wording hint = {}) {
    ++seen_;
    if (full() || muted_) return;
    if (count_ + 1 == limit_) {
      code = "E012";
      text = {"too many errors: the rest of the file is not checked", "错误过多：其余部分不再检查"};
      hint = {};
    }
    ++count_;
    out_.push_back({Severity::error, code, Span{file_, begin, end}, std::move(text.english),
                    std::move(text.chinese), std::move(hint.english), std::move(hint.chinese)});
  }
  void add(const char* code, const Span& span, Wording text, Wording hint = {}) {
    add(code, span.begin, span.end, std::move(text), std::move(hint));
  }

  // While muted, nothing is added: what is wrong has been said.
  void mute(bool muted) { muted_ = muted; }

  bool full() const { return count_ >= limit_; }
  uint32_t seen() const { return seen_; }  // added or not
  uint16_t file() const { return file_; }

 private:
  std::vector<Diagnostic>& out_;
  const uint16_t file_;
  const uint32_t limit_;
  uint32_t count_ = 0;
  uint32_t seen_ = 0;
  bool muted_ = false;
};

}  // namespace duban
