// Keywords, names and what is written together: the first reading of a file's words.
#pragma once

#include <vector>

#include "engine/source.h"
#include "engine/tokens.h"
#include "engine/vocabulary.h"

namespace duban {

// Tells keywords from names and divides runs, each into its first reading; runs that have others
// are told. Lines are left as the lexer found them. `out` is empty before.
void split_words(const Source& source, const std::vector<Token>& raw, const Words& words,
                 TokenFile& out);

// The run as one name that nobody has declared, or, at each 的, as several.
std::vector<Token> joined_reading(const Source& source, const std::vector<Token>& raw,
                                  const Run& run);

}  // namespace duban
