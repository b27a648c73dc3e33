#include "engine/words.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

#include "engine/segment.h"
#include "engine/vocabulary.h"

namespace duban {
namespace {

bool is_digit(char32_t c) {
  c = half_width(c);
  return c >= '0' && c <= '9';
}

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool is_unit(Terminal kind) {
  using enum Terminal;
  return one_of(kind, {K_SECOND, K_MINUTE, K_HOUR, K_DAY, K_WEEK, K_MONTH, K_QUARTER, K_YEAR,
                       K_WORKING_DAY, K_WORKING_HOUR, K_TIMES});
}

class WordSplitter {
 public:
  WordSplitter(const Source& source, const std::vector<Token>& raw, const Words& words,
               TokenFile& out)
      : text_(source.code_points()),
        source_(source),
        raw_(raw),
        words_(words),
        out_(out.tokens),
        runs_(out.runs) {}

  void run() {
    for (uint32_t i = 0; i < raw_.size();) {
      const Token& token = raw_[i];
      if (!in_run(token.kind)) {
        if (token.kind == Terminal::NEWLINE) title_ = false;
        line_starts_ = token.kind == Terminal::NEWLINE;
        out_.push_back(token);
        ++i;
        continue;
      }
      uint32_t end = i + 1;
      while (end < raw_.size() && in_run(raw_[end].kind) && raw_[end].begin == raw_[end - 1].end) {
        ++end;
      }
      add({i, end, static_cast<uint32_t>(out_.size()), 0});
      line_starts_ = false;
      i = end;
    }
  }

  // What the lexer has divided at digits is one name again.
  void add_unknown(const Run& run, uint32_t from = 0) {
    for (uint32_t i = run.first_raw; i < run.last_raw; ++i) {
      Token token = raw_[i];
      token.begin = std::max(token.begin, from);
      if (token.kind != Terminal::WORD) {
        out_.push_back(token);
        continue;
      }
      uint32_t rest = token.end;  // of a number that belongs to the name in part
      while (i + 1 < run.last_raw && rest == token.end && joins(token, i + 1)) {
        const Token& next = raw_[++i];
        rest = next.end;
        token.end = next.kind == Terminal::WORD ? next.end : digits_end(next);
      }
      add_unknown_word(token, i + 1 < run.last_raw ? &raw_[i + 1] : nullptr);
      if (rest == token.end) continue;
      const bool point = half_width(text_[token.end]) == '.';
      out_.push_back({point ? Terminal::DOT : Terminal::COMMA, token.end, token.end + 1});
      out_.push_back({Terminal::NUMBER, token.end + 1, rest});
    }
  }

 private:
  static bool in_run(Terminal kind) {
    return one_of(kind, {Terminal::WORD, Terminal::NUMBER, Terminal::DATE, Terminal::TIME});
  }

  void add(Run run) {
    if (title_) return add_unknown(run);
    if (add_whole_words(run)) {
      if (line_starts_) title_ = begins_title(out_[run.first].kind);
      run.known = true;
      if (may_be_joined(run)) keep(run);
      return;
    }
    if (line_starts_ && add_title(run)) return;
    const std::vector<Reading> readings = Lattice(source_, raw_, run, words_).readings();
    run.known = !readings.empty();
    run.several = readings.size() > 1;
    if (run.known) {
      out_.insert(out_.end(), readings[0].begin(), readings[0].end());
    } else {
      add_unknown(run);
    }
    keep(run);
  }

  void keep(Run& run) {
    run.count = static_cast<uint32_t>(out_.size()) - run.first;
    runs_.push_back(run);
  }

  // ---- in known words, as the lexer has divided it

  bool add_whole_words(const Run& run) {
    if (may_be_joined(run) && words_.names->has_numbered_names()) return false;
    for (uint32_t i = run.first_raw; i < run.last_raw; ++i) {
      const Token& token = raw_[i];
      if (token.kind != Terminal::WORD) {
        out_.push_back(token);
      } else if (!add_known(token.begin, token.end)) {
        out_.resize(run.first);
        return false;
      }
    }
    return true;
  }

  // A keyword, a name that is known, or a word without Chinese, which is not divided.
  bool add_known(uint32_t begin, uint32_t end) {
    if (add_keyword(begin, end)) return true;
    const std::u32string_view word = text(begin, end);
    const bool han = std::any_of(word.begin(), word.end(), is_han);
    if (han && !words_.names->contains(words_.file, word)) return false;
    out_.push_back({Terminal::WORD, begin, end});
    return true;
  }

  // As one keyword; 的 alone is the point of `x.y`.
  bool add_keyword(uint32_t begin, uint32_t end) {
    if (text(begin, end) == U"的") {
      out_.push_back({Terminal::DOT, begin, end});
      return true;
    }
    const uint32_t found = language_words().find(text(begin, end));
    if (found == WordTree::kNone) return false;
    out_.push_back({static_cast<Terminal>(found), begin, end});
    return true;
  }

  // Chinese, then a number: together they may be a name.
  bool may_be_joined(const Run& run) const {
    for (uint32_t i = run.first_raw; i + 1 < run.last_raw; ++i) {
      if (raw_[i].kind == Terminal::WORD && raw_[i + 1].kind == Terminal::NUMBER) return true;
    }
    return false;
  }

  // ---- titles: `规则 电量突增` and what follows in that line are free text

  static bool begins_title(Terminal kind) {
    using enum Terminal;
    return one_of(kind, {K_POLICY, K_VOCABULARY, K_RULE, K_SCENARIO});
  }

  // `规则电量突增`.
  bool add_title(const Run& run) {
    const uint32_t begin = raw_[run.first_raw].begin;
    const uint32_t end = raw_[run.first_raw].end;
    uint32_t length = 0;
    language_words().each_prefix(text(begin, end), [&](uint32_t found, uint32_t kind) {
      if (begins_title(static_cast<Terminal>(kind)) && is_han(text_[begin])) length = found;
    });
    if (length == 0 || length == end - begin) return false;
    title_ = true;
    add_keyword(begin, begin + length);
    add_unknown(run, begin + length);
    return true;
  }

  // ---- with unknown words

  // Not `到期日前3日`, where a unit shows that it is no name.
  bool joins(const Token& word, uint32_t next) const {
    if (raw_[next].kind == Terminal::WORD) return true;
    if (raw_[next].kind != Terminal::NUMBER) return false;
    const char32_t before = text_[word.end - 1];
    if ((before != U'前' && before != U'后') || next + 1 == raw_.size()) return true;
    const Token& unit = raw_[next + 1];
    return unit.kind != Terminal::WORD || unit.begin != raw_[next].end ||
           !is_unit(static_cast<Terminal>(language_words().find(text(unit.begin, unit.end))));
  }

  uint32_t digits_end(const Token& number) const {
    uint32_t end = number.begin;
    while (end < number.end && is_digit(text_[end])) ++end;
    return end;
  }

  void add_unknown_word(const Token& token, const Token* next) {
    if (add_keyword(token.begin, token.end)) return;
    const uint32_t cut = token.end - suffix_length(token, next);
    add_members({Terminal::WORD, token.begin, cut});
    if (cut != token.end) add_keyword(cut, token.end);
  }

  // Keywords that Chinese writes at the end of the word before them: `信誉变化时`, `发生 缴费时`,
  // and `到期日前3日`. Elsewhere 时, 前 and 后 are letters of a name.
  uint32_t suffix_length(const Token& token, const Token* next) const {
    const std::u32string_view word = text(token.begin, token.end);
    const auto ends_in = [&](std::u32string_view suffix) {
      return word.size() > suffix.size() && word.ends_with(suffix);
    };
    for (const std::u32string_view suffix : {U"变化时", U"送达时", U"发送失败时"}) {
      if (ends_in(suffix)) return static_cast<uint32_t>(suffix.size());
    }
    const bool after_occurs = !out_.empty() && out_.back().kind == Terminal::K_OCCURS;
    const bool before_number = next != nullptr && next->kind == Terminal::NUMBER;
    const bool split =
        (after_occurs && ends_in(U"时")) || (before_number && (ends_in(U"前") || ends_in(U"后")));
    return split ? 1 : 0;
  }

  // `客户的重要用户`: 的 inside a word is the point of `x.y`.
  void add_members(const Token& token) {
    uint32_t begin = token.begin;
    for (uint32_t i = token.begin + 1; i + 1 < token.end; ++i) {
      if (text_[i] != U'的' || i == begin) continue;
      add_piece(begin, i);
      out_.push_back({Terminal::DOT, i, i + 1});
      begin = i + 1;
    }
    add_piece(begin, token.end);
  }

  void add_piece(uint32_t begin, uint32_t end) {
    if (!add_keyword(begin, end)) out_.push_back({Terminal::WORD, begin, end});
  }

  std::u32string_view text(uint32_t begin, uint32_t end) const {
    return std::u32string_view(text_).substr(begin, end - begin);
  }

  const std::u32string& text_;
  const Source& source_;
  const std::vector<Token>& raw_;
  const Words words_;
  std::vector<Token>& out_;
  std::vector<Run>& runs_;
  bool line_starts_ = true;
  bool title_ = false;  // the rest of the line is free text
};

}  // namespace

void split_words(const Source& source, const std::vector<Token>& raw, const Words& words,
                 TokenFile& out) {
  WordSplitter(source, raw, words, out).run();
}

std::vector<Token> joined_reading(const Source& source, const std::vector<Token>& raw,
                                  const Run& run) {
  TokenFile out;
  WordSplitter(source, raw, Words(), out).add_unknown(run);
  return std::move(out.tokens);
}

}  // namespace duban
