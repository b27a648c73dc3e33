// The words of listings in the reader's language. Columns and states have English names in the
// database, in CSV and in JSON; tables for people show, and `--status` also takes, these.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"

namespace duban::cli {

std::string heading_of(const Session& session, const std::string& column);

// What a cell of the column says to people: `open` of a task is 待办, of a case 办理中.
std::string shown_as(const Session& session, const std::string& what, const std::string& column,
                     const std::string& value);

// The cell of the column that is meant by a word of either language; empty where it is none.
std::string meant_by(const std::string& what, const std::string& column, const std::string& word);
// All such words, in the reader's language.
std::vector<std::string> words_of(const Session& session, const std::string& what,
                                  const std::string& column);

}  // namespace duban::cli
