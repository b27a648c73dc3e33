// The single change that would make a wrong line right: most wrong lines have one mistake, and what
// mends them says which.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "engine/grammar_walk.h"
#include "engine/habits.h"
#include "engine/keywords.h"
#include "engine/source.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

struct Mending {
  enum class Kind : uint8_t {
    none,
    misspelt,  // the word at `at` is `spelling`
    habit,     // the `count` tokens from `at` on are `habit`
    number,    // the word at `at` is a number in words
    window,    // the `count` tokens from `at` on say what of the past, but not since when
    missing,   // one of `terminals` before `at`
    instead,   // one of `terminals` where the token `at` stands
    extra,     // the line is right without the `count` tokens from `at` on
  };
  Kind kind = Kind::none;
  uint32_t at = 0;
  uint32_t count = 1;  // tokens that are replaced or left out
  std::vector<Terminal> terminals = {};
  std::vector<Terminal> all = {};  // that fit at `at`, whether or not they mend the line
  std::string_view spelling = {};
  const Habit* habit = nullptr;
};

// The line as it was meant; empty where several meanings remain.
std::vector<Token> mended(LineView line, const Mending& mending);

// What could stand at the token that the line fails at, and what would mend it. For lines that are
// very long, nothing.
class Mender {
 public:
  Mender(GrammarWalk& walk, const Source& source, const Words& words)
      : walk_(walk), source_(source), words_(words) {}

  Mending mend(LineView line, uint32_t failed);
  // As found by the last mend(): the token that no line that begins so can have, and what it can.
  uint32_t failed() const { return failed_; }
  const std::vector<Terminal>& expected() const { return expected_; }

 private:
  bool is_right(const GrammarWalk::Place& place, uint32_t from);
  Mending misspelt();
  Mending habit();
  Mending list_mark();
  Mending number();
  Mending window();
  Mending other_language();
  Mending first_word();
  Mending at_failure();
  std::vector<Terminal> right_with(uint32_t at, uint32_t rest, bool only_words);

  GrammarWalk& walk_;
  const Source& source_;
  const Words words_;
  LineView line_{};
  uint32_t failed_ = 0;
  std::vector<GrammarWalk::Place> places_;  // before each token up to the one it fails at
  std::vector<Terminal> expected_;
};

// The nearest keyword among those that fit. `sure`: short words count too, since something else
// says that one is meant. The terminal is END where none is near.
struct NearKeyword {
  Terminal terminal = Terminal::END;
  std::string_view spelling;
};
NearKeyword near_keyword(std::u32string_view word, bool sure,
                         const std::function<bool(Terminal)>& fits);

}  // namespace duban
