#include "engine/skim.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include "engine/vocabulary.h"

namespace duban {
namespace {

using enum Terminal;

bool one_of(Terminal kind, std::initializer_list<Terminal> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// How a line that declares a name goes on after it.
struct Form {
  Terminal head;
  std::vector<Terminal> follow;

  bool goes_on(Terminal kind) const {
    return std::find(follow.begin(), follow.end(), kind) != follow.end();
  }
};

const std::vector<Form>& forms() {
  static const std::vector<Form> kForms = {
      {K_REFERENCE, {K_KEY}},
      {K_ENTITY, {K_KEY}},
      {K_EVENT, {K_FOR, K_ENTITY}},
      {K_BROADCAST, {K_TO}},
      {K_BROADCAST_EVENT, {K_TO, K_ENTITY}},
      {K_OUTGOING, {K_FOR, K_ENTITY}},
      {K_OUTGOING_EVENT, {K_FOR, K_ENTITY}},
      {K_CHOICE, {COLON}},
      {K_CHANNEL, {K_TO}},
      {K_NOTICE, {K_MANDATORY, K_SERVICE, K_COMMERCIAL}},
      {K_PARAMETER, {EQUALS}},
      {K_DEFINE, {EQUALS, K_OF, K_ENTITY}},
      {K_KEEP, {COLON}},
      {K_TABLE,
       {COMMA, K_OF, K_ENTITY, K_FIRST, K_UNIQUE, K_ALL, K_FIRST_MATCH, K_UNIQUE_MATCH,
        K_ALL_MATCHES}},
      {K_SCORECARD, {K_OF, K_ENTITY}},
      {K_GRADE, {K_AT_LEAST, GREATER_EQUAL, K_AT, K_OTHERWISE, K_REST}},
      {K_CASE, {K_OF, K_ENTITY}},
      {K_CALENDAR, {END, COMMA, K_DEFAULT, K_FROM, K_HOUR, K_WORK_HOURS}},
      {K_CURRENCY, {END}},
      {K_NEEDS, {COLON}},
      // No name behind the first word.
      {K_POLICY, {}},
      {K_VOCABULARY, {}},
      {K_RULE, {}},
      {K_SCENARIO, {}},
      {K_FORBID, {}},
      {K_CLOSES, {}},
      {K_CLOSES_ON, {}},
      {K_CLOSES_WHEN, {}},
  };
  return kForms;
}

const Form* find_form(Terminal head) {
  const auto found = std::find_if(forms().begin(), forms().end(),
                                  [&](const Form& form) { return form.head == head; });
  return found == forms().end() ? nullptr : &*found;
}

class Skimmer {
 public:
  Skimmer(const Source& source, const std::vector<Token>& raw)
      : text_(source.code_points()), source_(source), raw_(raw) {}

  // Lines of a rules file.
  Skim run() {
    each_line([this] {
      line();
      paths();
    });
    return std::move(out_);
  }

  // Rows of a table.
  Skim run_rows() {
    each_line([this] { row(); });
    return std::move(out_);
  }

 private:
  template <typename Read>
  void each_line(Read&& read) {
    for (size_t i = 0; i < raw_.size();) {
      begin_ = i;
      while (i < raw_.size() && raw_[i].kind != NEWLINE) ++i;
      end_ = i++;
      if (begin_ != end_) read();
    }
  }

  // A stretch of letters and digits; `next` is the token behind it.
  struct Word {
    uint32_t begin = 0;
    uint32_t end = 0;
    size_t next = 0;
    bool empty() const { return begin == end; }
  };
  enum class Below : uint8_t { other, fields, table, scorecard };

  Terminal kind(size_t i) const { return i < end_ ? raw_[i].kind : END; }

  std::u32string_view text(uint32_t begin, uint32_t end) const {
    return std::u32string_view(text_).substr(begin, end - begin);
  }
  std::u32string_view text(const Word& word) const { return text(word.begin, word.end); }

  Word word_at(size_t i) const {
    if (kind(i) != WORD) return {0, 0, i};
    Word word{raw_[i].begin, raw_[i].end, i + 1};
    while (one_of(kind(word.next), {WORD, NUMBER}) && raw_[word.next].begin == word.end) {
      word.end = raw_[word.next++].end;
    }
    return word;
  }

  void declare(uint32_t begin, uint32_t end) {
    const std::u32string_view name = text(begin, end);
    // 的 inside is the point of `x.y`: such a name stands in backquotes.
    if (name.empty() || name.find(U'的') != name.npos) return;
    if (language_words().find(name) != WordTree::kNone) return;
    std::u32string plain(name);
    std::transform(plain.begin(), plain.end(), plain.begin(), half_width);
    out_.names.push_back({std::move(plain), begin});
  }

  // The alias behind a name, if there is one: what stands behind that.
  size_t alias(size_t i) {
    if (kind(i) != LPAREN) return i;
    const Word word = word_at(i + 1);
    const size_t close = word.empty() ? i + 2 : word.next;  // a name in backquotes
    if (kind(close) != RPAREN) return i;
    declare(word.begin, word.end);
    return close + 1;
  }

  static Terminal word_of(std::u32string_view text) {
    const uint32_t found = language_words().find(text);
    return found == WordTree::kNone ? END : static_cast<Terminal>(found);
  }

  // Whether what stands at `i` may follow the name of this form.
  bool follows(const Form& form, size_t i) const {
    if (kind(i) == LPAREN) {
      while (kind(i) != RPAREN && kind(i) != END) ++i;
      i += kind(i) == RPAREN;
    }
    if (kind(i) != WORD) return form.goes_on(kind(i));
    bool found = false;
    language_words().each_prefix(text(word_at(i)), [&](uint32_t, uint32_t terminal) {
      found |= form.goes_on(static_cast<Terminal>(terminal));
    });
    return found;
  }

  // The name that a form declares, from `begin` on or, when that is its word's end, in the next.
  // Returns the token behind it and its alias.
  size_t name(const Form& form, uint32_t begin, Word word) {
    if (begin == word.end) {
      word = word_at(word.next);
      begin = word.begin;
      if (word.empty()) return alias(word.next + (kind(word.next) == QUOTED ? 1 : 0));
    }
    const bool follow = follows(form, word.next);
    // With a space before it or a word of the form behind it, it is one name.
    const bool apart = begin == word.begin || one_of(kind(word.next), {WORD, LPAREN, COLON});
    if (follow && apart) {
      declare(begin, word.end);
      return alias(word.next);
    }
    // `电费发行对象客户`: the name ends where the form goes on.
    Terminal cut = END;
    for (uint32_t at = begin + 1; at < word.end; ++at) {
      language_words().each_prefix(text(at, word.end), [&](uint32_t length, uint32_t terminal) {
        const auto found = static_cast<Terminal>(terminal);
        if (!form.goes_on(found) || (found == K_ENTITY && at + length == word.end)) return;
        if (cut == END) cut = found;
        if (cut == found) declare(begin, at);
      });
    }
    if (cut != END) return word.next;
    declare(begin, word.end);  // where nothing fits, the line is broken; its name may be right
    return alias(word.next);
  }

  // The last name behind a word: `办结条件 … 结果已结清`, `对象 客户 主键户号`.
  void name_behind(Terminal terminal) {
    for (size_t i = end_; i-- > begin_;) {  // the word stands alone
      const Word word = word_at(i);
      if (word.empty() || word_of(text(word)) != terminal) continue;
      const Word name = word_at(word.next);
      declare(name.begin, name.end);
      alias(name.empty() ? word.next + 1 : name.next);
      return;
    }
    for (size_t i = end_; i-- > begin_;) {  // the word and the name are written together
      const Word word = word_at(i);
      for (uint32_t at = word.end; at-- > word.begin && is_han(text_[at]);) {
        uint32_t begin = word.end;
        language_words().each_prefix(text(at, word.end), [&](uint32_t length, uint32_t found) {
          if (static_cast<Terminal>(found) == terminal) begin = at + length;
        });
        if (begin == word.end) continue;
        declare(begin, word.end);
        alias(word.next);
        return;
      }
    }
  }

  // `good (优质) | fair (中等)`: two or more. Returns what stands behind.
  size_t choices(size_t i) {
    const size_t names = out_.names.size();
    bool several = false;
    for (;;) {
      const Word word = word_at(i);
      if (word.empty() && kind(i) != QUOTED) break;
      declare(word.begin, word.end);
      i = alias(word.empty() ? i + 1 : word.next);
      if (kind(i) != BAR) break;
      several = true;
      ++i;
    }
    if (!several) out_.names.resize(names);
    return i;
  }

  // `结果： 承诺｜拒绝，说明： 文本型`.
  void needs(const Form& form, uint32_t begin, Word word) {
    for (;;) {
      size_t i = name(form, begin, word);
      if (kind(i) == COLON) i = choices(i + 1);
      while (!one_of(kind(i), {COMMA, END})) ++i;
      if (kind(i) == END) return;
      word = {0, 0, i + 1};
      begin = word.end;
    }
  }

  // What a table's result columns and their cells name.
  void row() {
    size_t column = 0;
    for (size_t i = begin_; i < end_; ++i) {
      if (kind(i) != BAR) continue;
      ++column;
      const bool arrow = kind(i + 1) == ARROW;
      if (arrow && results_from_ == 0) results_from_ = column;
      if (results_from_ == 0 || column < results_from_) continue;
      const Word word = word_at(i + (arrow ? 2 : 1));
      if (word.empty()) continue;
      const size_t names = out_.names.size();
      declare(word.begin, word.end);
      if (!one_of(kind(alias(word.next)), {BAR, END})) out_.names.resize(names);  // an expression
    }
  }

  // `金额 （amount）： 金额型`, below an entity or an event.
  bool field(const Word& word) {
    size_t i = word.next;
    if (kind(i) == LPAREN) {
      while (!one_of(kind(i), {RPAREN, END})) ++i;
      i += kind(i) == RPAREN;
    }
    if (kind(i) != COLON || kind(i + 1) == END) return false;
    declare(word.begin, word.end);
    alias(word.next);
    choices(i + 1);
    return true;
  }

  // The longest word that begins a declaration at the beginning of `word`.
  const Form* head(const Word& word, uint32_t& length) const {
    const Form* best = nullptr;
    language_words().each_prefix(text(word), [&](uint32_t found, uint32_t terminal) {
      const bool whole = found == word.end - word.begin;
      if (!whole && !is_han(text_[word.begin])) return;
      if (const Form* form = find_form(static_cast<Terminal>(terminal))) {
        best = form;
        length = found;
      }
    });
    return best;
  }

  void line() {
    if (kind(begin_) == BAR) {
      if (below_ == Below::table) row();
      return;
    }
    const Word word = word_at(begin_);
    if (word.empty()) {
      // A field named in backquotes may have choices.
      if (below_ == Below::fields && kind(begin_) == QUOTED) field({0, 0, begin_ + 1});
      return;
    }
    uint32_t length = 0;
    const Form* form = head(word, length);
    const uint32_t column = source_.position(word.begin).column;
    // Below an event, `选项材料：甲｜乙` is a field, unless it stands as far out as the event.
    const bool inner = form == nullptr || form->head != K_CHOICE || column > column_;
    if (below_ == Below::fields && inner && field(word)) return;
    if (form == nullptr) return;
    declaration(*form, word, word.begin + length, column);
  }

  void declaration(const Form& form, Word word, uint32_t begin, uint32_t column) {
    const Terminal head = form.head;
    if (one_of(head, {K_BROADCAST, K_OUTGOING})) {  // `broadcast event e`
      word = word_at(word.next);
      if (word.empty()) return;
      begin = word.end;
    }
    if (one_of(head, {K_CLOSES, K_CLOSES_ON, K_CLOSES_WHEN})) return name_behind(K_AS);
    if (head == K_NEEDS) return needs(form, begin, word);
    if (head == K_GRADE) {
      if (below_ == Below::scorecard) name(form, begin, word);
      return;
    }
    if (!one_of(head, {K_DEFINE, K_KEEP})) {
      column_ = column;
      below_ = one_of(head, {K_REFERENCE, K_ENTITY, K_EVENT, K_BROADCAST, K_BROADCAST_EVENT,
                             K_OUTGOING, K_OUTGOING_EVENT})
                   ? Below::fields
               : head == K_TABLE     ? Below::table
               : head == K_SCORECARD ? Below::scorecard
                                     : Below::other;
      results_from_ = 0;
    }
    if (form.follow.empty()) return;
    const size_t i = name(form, begin, word);
    if (one_of(head, {K_REFERENCE, K_ENTITY})) name_behind(K_KEY);
    if (one_of(head, {K_CHOICE, K_KEEP}) && kind(i) == COLON) choices(i + 1);
  }

  // Files that the line names: `use "x"`, `from "x"`, `with "x", "y"`.
  void paths() {
    bool named = false;
    Skim::Path path;
    for (size_t i = begin_ + 1; i < end_; ++i) {
      if (kind(i) != STRING) {
        named &= kind(i) == COMMA;
        continue;
      }
      if (kind(i - 1) == WORD) named = path_kind(text(raw_[i - 1].begin, raw_[i - 1].end), path);
      if (!named) continue;
      path.path = source_.slice(raw_[i].begin + 1, raw_[i].end - 1);
      out_.paths.push_back(path);
    }
  }

  // By the word, or by what Chinese characters it ends in.
  static bool path_kind(std::u32string_view word, Skim::Path& path) {
    using Kind = Skim::Path::Kind;
    for (size_t at = 0; at < word.size() && (at == 0 || is_han(word[at])); ++at) {
      const Terminal found = word_of(word.substr(at));
      if (!one_of(found, {K_USE, K_FROM, K_WITH, K_WITH_FILE})) continue;
      path.kind = found == K_USE ? Kind::use : found == K_FROM ? Kind::from : Kind::with;
      return true;
    }
    return false;
  }

  const std::u32string& text_;
  const Source& source_;
  const std::vector<Token>& raw_;
  Skim out_;

  // The line: tokens [begin_, end_).
  size_t begin_ = 0;
  size_t end_ = 0;

  // What the lines below the last declaration are, and the column of its first word.
  Below below_ = Below::other;
  uint32_t column_ = 1;
  size_t results_from_ = 0;  // of the table, from 1; 0 = its header is still to come
};

}  // namespace

Skim skim(const Source& source, const std::vector<Token>& raw) {
  return Skimmer(source, raw).run();
}

Skim skim_rows(const Source& source, const std::vector<Token>& raw) {
  return Skimmer(source, raw).run_rows();
}

}  // namespace duban
