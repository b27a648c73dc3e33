#include "engine/mending.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "engine/expectations.h"
#include "engine/number_words.h"
#include "engine/spelling.h"

namespace duban {
namespace {

constexpr uint32_t kLongestLine = 300;  // tokens

// How many characters may differ.
size_t allowed_distance(std::u32string_view word, std::u32string_view keyword, bool sure) {
  const size_t size = keyword.size();
  if (!sure) return size < 3 ? 0 : size < 5 ? 1 : 2;
  if (!is_han(keyword[0])) return size < 2 ? 0 : size < 5 ? 1 : 2;
  if (size == 1) return 0;
  if (size > 2) return size < 5 ? 1 : 2;
  // Of two characters one may be wrong, or missing.
  return word.size() == 2 || (word.size() == 1 && keyword.find(word) != keyword.npos) ? 1 : 0;
}

}  // namespace

NearKeyword near_keyword(std::u32string_view word, bool sure,
                         const std::function<bool(Terminal)>& fits) {
  constexpr size_t kLongest = 24;
  NearKeyword best;
  if (word.empty() || word.size() > kLongest) return best;
  size_t best_distance = 3;
  for (const Keyword& entry : keywords()) {
    for (const auto* spellings : {&entry.english, &entry.chinese}) {
      for (const std::string_view spelling : *spellings) {
        const std::u32string target = to_code_points(spelling);
        const size_t most = std::min(allowed_distance(word, target, sure), best_distance - 1);
        if (std::max(word.size(), target.size()) - std::min(word.size(), target.size()) > most) {
          continue;
        }
        const size_t distance = edit_distance(word, target);
        if (distance == 0 || distance > most || !fits(entry.terminal)) continue;
        best_distance = distance;
        best = {entry.terminal, spelling};
      }
    }
  }
  return best;
}

// Whether the line is right when it goes on with the tokens from `from` at this place.
bool Mender::is_right(const GrammarWalk::Place& place, uint32_t from) {
  GrammarWalk::Place here = place;
  for (uint32_t i = from; i < line_.size() && !here.empty(); ++i) {
    here = walk_.after(here, line_.begin[i].kind);
  }
  if (here.empty()) return false;
  const std::vector<Terminal> fitting = walk_.fitting(here);
  return !fitting.empty() && fitting.back() == Terminal::END;
}

Mending Mender::mend(LineView line, uint32_t failed) {
  Mending none;
  expected_.clear();
  line_ = line;
  failed_ = std::min(failed, line.size());
  if (line.size() > kLongestLine) return none;
  places_.assign(1, walk_.start());
  for (uint32_t i = 0; i < failed_; ++i) {
    places_.push_back(walk_.after(places_.back(), line.begin[i].kind));
  }
  // The parser stops where it must choose a way; the mistake stands where none goes on.
  while (failed_ < line.size()) {
    GrammarWalk::Place next = walk_.after(places_.back(), line.begin[failed_].kind);
    if (next.empty()) break;
    places_.push_back(std::move(next));
    ++failed_;
  }
  expected_ = walk_.fitting(places_[failed_]);

  using Search = Mending (Mender::*)();
  for (const Search search :
       {&Mender::list_mark, &Mender::habit, &Mender::number, &Mender::window, &Mender::misspelt,
        &Mender::other_language, &Mender::at_failure, &Mender::first_word}) {
    if (Mending found = (this->*search)(); found.kind != Mending::Kind::none) return found;
  }
  return none;
}

// `1.`, `（1）`, `一、`: the number of a list, taken over from another document.
Mending Mender::list_mark() {
  using enum Terminal;
  const auto kind = [&](uint32_t i) { return i < line_.size() ? line_.begin[i].kind : END; };
  const bool bracket = kind(0) == LPAREN;
  const uint32_t number = bracket ? 1 : 0;
  const bool counts = kind(number) == NUMBER || kind(number) == WORD;
  const Terminal mark = kind(number + 1);
  const bool closes = bracket ? mark == RPAREN : mark == DOT || mark == RPAREN || mark == COMMA;
  if (kind(0) == DASH || kind(0) == STAR) {
    if (is_right(places_[0], 1)) return {Mending::Kind::extra, 0};
  } else if (counts && closes && is_right(places_[0], number + 2)) {
    return {Mending::Kind::extra, 0, number + 2};
  }
  return {};
}

// At the token that the line fails at or shortly before it; with it, and up to `more` further ones,
// the line is right. `places` are those before the tokens from `first` on.
std::optional<Mender::Phrase> Mender::habit_near(const std::vector<GrammarWalk::Place>& places,
                                                 uint32_t first, uint32_t failed, int more) {
  for (uint32_t back = 0; back <= 2 && back <= failed - first; ++back) {
    const uint32_t at = failed - back;
    if (at >= line_.size()) continue;
    uint32_t end = 0;
    const Habit* found = habit_at(source_, line_.begin[at].begin, end);
    uint32_t next = at;
    while (next < line_.size() && line_.begin[next].begin < end) ++next;
    if (found == nullptr || line_.begin[next - 1].end != end) continue;
    const GrammarWalk::Place& before = places[at - first];
    const GrammarWalk::Place place =
        found->meant == Terminal::END ? before : walk_.after(before, found->meant);
    if (place.empty()) continue;
    const bool alone = is_right(place, next);
    if (!alone && (more == 0 || !is_right_but_for_habits(place, next, more - 1))) continue;
    const GrammarWalk::Place as_name = walk_.after(before, Terminal::WORD);
    if (!as_name.empty() && is_right(as_name, next)) continue;  // any word would do
    return Phrase{found, at, next, alone};
  }
  return std::nullopt;
}

bool Mender::is_right_but_for_habits(const GrammarWalk::Place& place, uint32_t from, int more) {
  std::vector<GrammarWalk::Place> places{place};
  uint32_t failed = from;
  while (failed < line_.size()) {
    GrammarWalk::Place next = walk_.after(places.back(), line_.begin[failed].kind);
    if (next.empty()) break;
    places.push_back(std::move(next));
    ++failed;
  }
  return habit_near(places, from, failed, more).has_value();
}

// A phrase that is no word of the language. Who writes `is less than` may do so twice in a line.
Mending Mender::habit() {
  constexpr int kMore = 3;
  const std::optional<Phrase> found = habit_near(places_, 0, failed_, kMore);
  if (!found) return {};
  Mending out{Mending::Kind::habit, found->at, found->next - found->at};
  const Terminal meant = found->habit->meant;
  if (meant != Terminal::END) out.terminals.push_back(meant);
  out.habit = found->habit;
  out.alone = found->alone;
  for (uint32_t i = found->next; i < line_.size() && meant == Terminal::K_BETWEEN; ++i) {
    if (source_.slice(line_.begin[i].begin, line_.begin[i].end) == "之间") out.also = i;
  }
  return out;
}

// `七 日`, `seven days`.
Mending Mender::number() {
  for (uint32_t back = 0; back <= 2 && back <= failed_; ++back) {
    const uint32_t at = failed_ - back;
    if (at >= line_.size() || line_.begin[at].kind != Terminal::WORD) continue;
    if (number_in_words(name_text(source_, line_.begin[at])) == 0) continue;
    const GrammarWalk::Place place = walk_.after(places_[at], Terminal::NUMBER);
    if (!place.empty() && is_right(place, at + 1)) return {Mending::Kind::number, at};
  }
  return {};
}

// `缴费 次数`, without 近24个月内.
Mending Mender::window() {
  using enum Terminal;
  constexpr Terminal kAggregates[] = {K_COUNT, K_SUM, K_AVERAGE, K_MIN, K_MAX, K_LATEST};
  if (failed_ >= line_.size()) return {};
  const Terminal kind = line_.begin[failed_].kind;
  if (std::find(std::begin(kAggregates), std::end(kAggregates), kind) == std::end(kAggregates)) {
    return {};
  }
  constexpr uint32_t kFarthest = 3;  // `缴费的金额`
  for (uint32_t back = 1; back <= kFarthest && back <= failed_; ++back) {
    const uint32_t at = failed_ - back;
    const GrammarWalk::Place place = walk_.after(places_[at], K_LICI);
    if (!place.empty() && is_right(place, at)) return {Mending::Kind::window, at, back + 1};
  }
  return {};
}

// `notify 客户 发送 短信 提醒`: an English word where the rest of the line is Chinese.
Mending Mender::other_language() {
  const auto is_chinese = [&](uint32_t at) {
    return has_chinese(source_.slice(line_.begin[at].begin, line_.begin[at].end));
  };
  uint32_t chinese = 0;
  for (uint32_t at = 0; at < line_.size(); ++at) {
    chinese += keyword(line_.begin[at].kind) != nullptr && is_chinese(at);
  }
  for (uint32_t at = 0; at < failed_ && chinese > 0; ++at) {
    if (keyword(line_.begin[at].kind) == nullptr || is_chinese(at)) continue;
    std::vector<Terminal> found = right_with(at, at + 1, true);
    std::erase_if(found, [](Terminal terminal) { return !keyword(terminal)->english.empty(); });
    if (found.size() == 1) return {Mending::Kind::instead, at, 1, std::move(found), {}};
  }
  return {};
}

// The line is right behind a word that it does not begin with.
Mending Mender::first_word() {
  // Where too little is understood, or the line begins like another, nothing can be guessed.
  if (failed_ < 2 || keyword(line_.begin[0].kind) != nullptr) return {};
  std::vector<Terminal> found = right_with(0, 0, true);
  if (found.size() != 1) return {};
  return {Mending::Kind::missing, 0, 0, std::move(found), {}};
}

Mending Mender::at_failure() {
  const auto operators_only = [](const std::vector<Terminal>& list) {
    return std::all_of(list.begin(), list.end(), is_operator);
  };
  const auto missing = [&](uint32_t at, std::vector<Terminal> terminals) {
    // `提级 负责人`: where a word of the form is missing, `=` would make something else of it.
    const bool words = std::any_of(terminals.begin(), terminals.end(), [](Terminal terminal) {
      return keyword(terminal) != nullptr && !is_operator(terminal);
    });
    if (words) std::erase(terminals, Terminal::EQUALS);
    return Mending{Mending::Kind::missing, at, 0, std::move(terminals), walk_.fitting(places_[at])};
  };
  const bool at_end = failed_ == line_.size();
  const bool extra = !at_end && is_right(places_[failed_], failed_ + 1);
  std::vector<Terminal> found = right_with(failed_, failed_, false);
  // `x 5`: more is said than may be. `x y`: perhaps an operator is missing.
  const bool names = !at_end && failed_ > 0 && line_.begin[failed_].kind == Terminal::WORD &&
                     line_.begin[failed_ - 1].kind == Terminal::WORD;
  if (extra && operators_only(found) && !names) found.clear();
  if (!found.empty()) return missing(failed_, std::move(found));
  if (!at_end) {
    found = right_with(failed_, failed_ + 1, false);
    if (extra && operators_only(found)) found.clear();
    if (!found.empty()) {
      return {Mending::Kind::instead, failed_, 1, std::move(found), expected_};
    }
  }
  if (extra) return {Mending::Kind::extra, failed_};
  // The mistake may stand before the place where it shows.
  for (uint32_t back = 1; back <= 2 && back < failed_; ++back) {
    const uint32_t at = failed_ - back;
    found = right_with(at, at, true);
    if (found.size() == 1) return missing(at, std::move(found));
    if (is_right(places_[at], at + 1)) return {Mending::Kind::extra, at};
  }
  return {};
}

// A word that is nearly a keyword with which the line is right.
Mending Mender::misspelt() {
  for (uint32_t at = std::min(failed_ + 1, line_.size()); at-- > 0;) {
    const Token& token = line_.begin[at];
    if (token.kind != Terminal::WORD) continue;
    const std::u32string word = to_code_points(name_text(source_, token));
    if (words_.names->contains(words_.file, word)) continue;
    const NearKeyword near = near_keyword(word, true, [&](Terminal terminal) {
      const GrammarWalk::Place place = walk_.after(places_[at], terminal);
      return !place.empty() && is_right(place, at + 1);
    });
    if (near.terminal == Terminal::END) continue;
    return {Mending::Kind::misspelt, at, 1, {near.terminal}, {}, near.spelling};
  }
  return {};
}

// What may stand at `at` so that the line, going on at `rest`, is right.
std::vector<Terminal> Mender::right_with(uint32_t at, uint32_t rest, bool only_words) {
  std::vector<Terminal> out;
  for (const Terminal terminal : walk_.fitting(places_[at])) {
    if (terminal == Terminal::END) continue;
    if (only_words && (keyword(terminal) == nullptr || is_operator(terminal))) continue;
    const GrammarWalk::Place place = walk_.after(places_[at], terminal);
    if (is_right(place, rest)) out.push_back(terminal);
  }
  // An English line lacks no word that is only Chinese.
  if (!has_chinese(source_.slice(line_.begin->begin, (line_.end - 1)->end))) {
    std::erase_if(out, [](Terminal terminal) {
      const Keyword* word = keyword(terminal);
      return word != nullptr && word->english.empty() && !word->chinese.empty();
    });
  }
  // `x 期间暂停计时` is right for every x.
  if (out.size() > 1) std::erase(out, Terminal::K_PAUSED_DURING);
  return out;
}

// ---------------------------------------------------------------- the line as it was meant

std::vector<Token> mended(LineView line, const Mending& mending) {
  if (mending.kind == Mending::Kind::none || !mending.alone) return {};
  std::vector<Token> tokens(line.begin, line.end);
  const auto at = tokens.begin() + mending.at;
  const uint32_t begin = mending.at < line.size() ? at->begin : tokens.back().end;
  const uint32_t end = mending.count > 0 ? (at + mending.count - 1)->end : begin;
  const auto next = tokens.erase(at, at + mending.count);
  const bool leaves_out = mending.kind == Mending::Kind::extra ||
                          (mending.kind == Mending::Kind::habit && mending.terminals.empty());
  if (leaves_out) return tokens;
  // A guessed operator or value would only be wrong otherwise.
  if (mending.kind == Mending::Kind::number || mending.kind == Mending::Kind::window) return {};
  const bool told = mending.kind == Mending::Kind::habit || mending.kind == Mending::Kind::misspelt;
  const auto is_sure = [&](Terminal terminal) {
    using enum Terminal;
    if (told || mending.terminals.size() == 1) return terminal != WORD && terminal != STRING;
    return keyword(terminal) != nullptr && !is_operator(terminal);
  };
  const std::vector<Terminal>& terminals = mending.terminals;
  if (terminals.empty() || !std::all_of(terminals.begin(), terminals.end(), is_sure)) return {};
  tokens.insert(next, {terminals[0], begin, end});
  if (mending.also > 0) tokens.erase(tokens.begin() + mending.also - mending.count + 1);
  return tokens;
}

}  // namespace duban
