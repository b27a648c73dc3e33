// Which reading of a line is meant, where its words are written together.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/segment.h"
#include "engine/source.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

// Decides by trying: of the readings in known words, the one that the grammar understands; where
// there is none, one with an unknown name. How often a line is tried is bounded.
class LineReadings {
 public:
  // What the grammar makes of these tokens.
  struct Attempt {
    bool understood = false;
    uint32_t failed = 0;          // if not: at this token
    uint32_t words_as_names = 0;  // words of the language that stand for names
  };
  using Understand = std::function<Attempt(LineView)>;

  // All arguments but the last must outlive it.
  LineReadings(const Source& source, const std::vector<Token>& raw, const TokenFile& file,
               const Words& words, Understand understand);

  struct Result {
    std::vector<Token> tokens;
    bool understood = false;
    uint32_t failed = 0;       // else: the token, tokens.size() for the end of the line
    std::vector<Token> other;  // a second reading, no finer than the first; empty = none
    uint32_t tries = 0;        // of the grammar; after one, what it has read is this
  };
  Result read(const LogicalLine& line);

 private:
  // What a run of the line may be; the first is what stands in the file's tokens.
  struct Choice {
    const Run* run = nullptr;
    std::unique_ptr<const Lattice> lattice;
    std::vector<Reading> readings;
    size_t chosen = 0;
  };

  Reading slice(uint32_t begin, uint32_t end) const;
  const Lattice& lattice(Choice& choice) const;
  void combine();
  bool understood();
  bool advance(size_t last);
  size_t choice_at_failure() const;
  std::vector<Reading> understood_readings(size_t most);
  bool settle(size_t most, Result& result);

  void add_known();
  void add_finer();
  void add_unknown();
  bool is_no_field(const Choice& choice) const;
  std::vector<Lattice::Partial> partial(Choice& choice) const;
  bool is_likely(const Lattice::Partial& partial) const;
  void prefer_likely(Result& result);
  void look_at_failure(Result& result);

  const Source& source_;
  const std::vector<Token>& raw_;
  const TokenFile& file_;
  const Words words_;
  const Understand understand_;
  uint64_t tries_left_;  // of the file, beyond the first of each line

  // The line being read.
  LogicalLine line_;
  std::vector<Choice> choices_;
  Reading tokens_;
  uint32_t failed_ = 0;
  uint32_t words_as_names_ = 0;
  uint32_t tries_ = 0;
};

}  // namespace duban
