// Listings of the runtime, written in the format that was asked for.
#pragma once

#include <string>

#include "cli/cli.h"
#include "runtime/query.h"

namespace duban::cli {

// Lists what `filter` names: as CSV or JSON with all columns, or as a table for people with the
// columns they need, headings in their language and ids cut to their first digits.
Exit write_listing(Session& session, const std::string& db, const ListingFilter& filter);

}  // namespace duban::cli
