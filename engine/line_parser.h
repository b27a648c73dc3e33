// The generated parser, one line at a time, behind our own types.
#pragma once

#include <memory>
#include <vector>

#include "engine/cst.h"
#include "engine/keywords.h"
#include "engine/tokens.h"

namespace duban {

// Not for several threads at once. What the library throws passes through.
class LineParser {
 public:
  LineParser();
  ~LineParser();

  // True: `cst` holds the nodes of the line. False: the token at `failed` does not fit
  // (line.size(): the end of the line), and `cst` is as it was.
  bool parse(LineView line, Cst& cst, uint32_t& failed);

 private:
  class Generated;
  std::unique_ptr<Generated> generated_;
};

}  // namespace duban
