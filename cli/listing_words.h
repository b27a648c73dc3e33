// The words of listings in the reader's language. Columns and states have English names in the
// database, in CSV and in JSON; tables for people show, and `--status` also takes, these.
#pragma once

#include <string>

#include "cli/cli.h"

namespace duban::cli {

std::string heading_of(const Session& session, const std::string& column);

// What a cell of the column says to people: `open` of a task is 待办, of a case 办理中.
std::string shown_as(const Session& session, const std::string& what, const std::string& column,
                     const std::string& value);

// The state that is meant by a word of either language; the word itself where it is none.
std::string status_of(const std::string& what, const std::string& word);

}  // namespace duban::cli
