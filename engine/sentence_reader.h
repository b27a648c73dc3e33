// Logical lines, one after the other, into what they say.
#pragma once

#include <memory>
#include <vector>

#include "engine/findings.h"
#include "engine/line_parser.h"
#include "engine/mending.h"
#include "engine/outline.h"
#include "engine/parse.h"
#include "engine/readings.h"
#include "engine/syntax_errors.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

// Reads the lines of one text. Not for several threads at once.
class SentenceReader {
 public:
  // `raw` is what the lexer found in `source`. All arguments must outlive it.
  SentenceReader(const Source& source, const std::vector<Token>& raw, const Words& words,
                 const ParseLimits& limits, Findings& findings);
  virtual ~SentenceReader() = default;

  // Until the lines end or nothing more may be said.
  void read_all();

 protected:
  // A line that was not understood, about which that has been said, and which is now what it was
  // meant to be.
  enum class Repair : uint8_t {
    none,     // it was understood
    certain,  // a word was misspelt
    guessed,
  };
  // `tokens` are those of the text.
  virtual void add(Line line, LineView tokens, Repair repair) = 0;
  virtual void add(const BrokenLine& line) = 0;

  const Source& source() const { return source_; }
  // Of the line that is added.
  const Cst& cst() const { return cst_; }

 private:
  void read(const LogicalLine& line);
  void add_reading(const LineReadings::Result& reading);
  void add_line(LineView line, bool understood, uint32_t failed);
  void add_understood(LineView line, LineView tokens, Repair repair);
  void add_lines(LineView line, uint32_t first);
  uint32_t first_line(LineView line) const;
  Mender mender();
  bool can_be_mended(LineView line, uint32_t failed);

  const Source& source_;
  const Words words_;
  const ParseLimits& limits_;
  Findings& findings_;
  const TokenFile file_;
  LineReadings readings_;
  LineParser parser_;
  std::unique_ptr<GrammarWalk> walk_;  // for the first line that is wrong
  Cst cst_;
};

}  // namespace duban
