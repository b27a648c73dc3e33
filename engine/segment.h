// Chinese without spaces: the words that a run of characters may be made of.
//
// A run is divided into keywords, names that the file sees, numbers and words of other alphabets.
// Of two divisions the coarser counts, that is the one whose boundaries are among the other's: a
// declared 客户经理 is never 客户 and 经理. What remains are the readings of the run; which of them
// the line means, the grammar decides (engine/readings.h).
#pragma once

#include <bitset>
#include <cstdint>
#include <string_view>
#include <vector>

#include "engine/source.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

using Reading = std::vector<Token>;

class Lattice {
 public:
  // Of the run raw[run.first, run.last). Longer runs than kLongest have no readings.
  static constexpr uint32_t kLongest = 256;
  Lattice(const Source& source, const std::vector<Token>& raw, const Run& run, const Words& words);

  // The readings in known words, none finer than another, longest words first. Empty: none.
  std::vector<Reading> readings() const;
  // The divisions into known words that are finer than those, a few.
  std::vector<Reading> finer() const;
  // Readings with one unknown piece, the shortest piece first, or, where there is none, with as few
  // as may be; `unknown` says where the (first) piece is.
  struct Partial {
    Reading reading;
    uint32_t begin = 0, end = 0;
  };
  std::vector<Partial> partial() const;

 private:
  struct Edge {
    uint32_t end;
    Terminal kind;
  };
  // A division of the rest of the run: its first word and, in the list of that word's end, its
  // rest.
  struct Tail {
    Edge edge;
    uint32_t rest = 0;
    std::bitset<kLongest + 1> ends;
  };

  void mark_cuts(const std::vector<Token>& raw, const Run& run);
  void add_words(uint32_t at, const Words& words, bool after_number);
  void add_name(uint32_t at, uint32_t end);
  void add_edge(uint32_t at, uint32_t end, Terminal kind);
  void divide();
  static void keep_coarsest(std::vector<Tail>& tails, Tail tail);

  std::u32string_view from(uint32_t at) const { return text_.substr(at); }
  bool is_plain(uint32_t begin, uint32_t end) const;
  void append(Reading& reading, uint32_t begin, uint32_t end, Terminal kind) const;
  void append_tail(Reading& reading, uint32_t at, size_t which) const;
  void append_shortest(Reading& reading, uint32_t end) const;
  Partial fewest_unknown() const;

  std::u32string_view text_;
  uint32_t begin_ = 0;
  uint32_t size_ = 0;                     // 0: too long
  std::vector<Token> fixed_;              // numbers, dates and times inside
  std::vector<bool> cuts_;                // by place: a word may begin or end here
  std::vector<std::vector<Edge>> edges_;  // by place, longest first
  std::vector<std::vector<Tail>> tails_;  // by place, the coarsest
  static constexpr uint32_t kUnreached = 0xffffffff;
  struct Step {
    uint32_t words = kUnreached;  // from the beginning, as few as may be
    uint32_t from = 0;
    Terminal kind = Terminal::END;
  };
  std::vector<Step> reached_;  // by place
};

}  // namespace duban
