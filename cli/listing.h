// Listings of the runtime, written in the format that was asked for.
#pragma once

#include "cli/cli.h"
#include "runtime/query.h"

namespace duban::cli {

// As a table (headings in the reader's language), CSV or JSON.
void write_listing(Session& session, Listing listing);

}  // namespace duban::cli
