// What is said about a line that the grammar does not take, once it is known what is wrong with it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/findings.h"
#include "engine/mending.h"
#include "engine/source.h"
#include "engine/tokens.h"

namespace duban {

// The text as a message shows it: not too much of it.
std::string shown(const Source& source, uint32_t begin, uint32_t end);
Wording did_you_mean(std::string_view spelling);  // empty where there is none

// What is said about a token, or about the end of the line.
class Unexpected {
 public:
  Unexpected(const Source& source, LineView line, Findings& findings)
      : source_(source), line_(line), findings_(findings) {}
  void misspelt(const Mending& mending);
  void missing(const Mending& mending);
  void extra(const Mending& mending);
  void habit(const Mending& mending);
  // `七 日`.
  void number(const Mending& mending);
  // `缴费 次数`.
  void window(const Mending& mending);
  // True where what stands around the token is a date in another form.
  bool date(uint32_t at);
  // `task "x"`.
  void nobody(const std::string& task);
  void expected(uint32_t at, const std::vector<Terminal>& terminals,
                const std::vector<Terminal>& all, Wording hint);

 private:
  uint32_t begin(uint32_t at) const;
  std::string text(uint32_t at) const;
  // 。 at the end of a sentence is no token.
  bool ends_in_full_stop() const;
  void instead_of_full_stop(const Wording& what);
  void add(uint32_t at, Wording message, Wording hint = {});

  const Source& source_;
  const LineView line_;
  Findings& findings_;
};

}  // namespace duban
