// What a file declares and which files it names, before any of its lines is understood.
//
// The words of a line can only be told apart when the names are known, and names may be used above
// the line that declares them. So every file is skimmed first, by the shape of its lines alone: a
// name too many does little harm, a name too few leaves a text that needs spaces.
#pragma once

#include <string>
#include <vector>

#include "engine/source.h"
#include "engine/tokens.h"

namespace duban {

struct Skim {
  struct Declared {
    std::u32string name;  // letters and digits half-width
    uint32_t begin = 0;   // code points
  };
  std::vector<Declared> names;

  struct Path {
    enum class Kind : uint8_t {
      use,   // use "x.rules"
      with,  // with "x.rules", of a scenario
      from,  // from "x.csv"
    };
    Kind kind = Kind::use;
    std::string path;
  };
  std::vector<Path> paths;
};

// `raw` is what the lexer found in `source`.
Skim skim(const Source& source, const std::vector<Token>& raw);

// The same of rows of a table, each begun by its `|`: results and their values.
Skim skim_rows(const Source& source, const std::vector<Token>& raw);

// …of a CSV file.
Skim skim_table(const Source& csv);

}  // namespace duban
