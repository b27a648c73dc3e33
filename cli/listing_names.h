// What the filters of a listing name, as the database has it.
#pragma once

#include <string>

#include "cli/cli.h"
#include "runtime/query.h"

namespace duban::cli {

// States in either language, policies and types by either of their names. What is no name of
// anything is an error with the nearest that is: an empty listing would say that there is nothing.
Status find_names(const Session& session, const std::string& db, ListingFilter& filter);

}  // namespace duban::cli
