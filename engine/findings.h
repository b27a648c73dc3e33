// Collects the diagnostics of one file, up to a limit.
//
// Codes are stable: one is never given a second meaning. Each has a page in docs/reference.
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
