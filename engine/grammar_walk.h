// What a line could be: the grammar's automaton, walked with every stack of rules at once. Slower
// than the parser, and asked only about lines that it did not understand.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/keywords.h"

namespace duban {

// Not for several threads at once.
class GrammarWalk {
 public:
  GrammarWalk();
  ~GrammarWalk();

  // Where a walk may stand: states, and for each the rules to return to. Belongs to its walk.
  struct Config {
    uint32_t state;
    uint32_t stack;
  };
  using Place = std::vector<Config>;

  Place start();
  Place after(const Place& place, Terminal terminal);  // empty: it does not fit
  // What fits here; END where the line may end. A place for names counts as WORD, not as one for
  // each keyword that is a name too.
  std::vector<Terminal> fitting(const Place& place);

 private:
  class Automaton;
  std::unique_ptr<Automaton> automaton_;
};

}  // namespace duban
