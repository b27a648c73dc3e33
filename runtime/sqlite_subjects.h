// The subjects as they are now, for a reader: what is stored, and what the log says since.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <string>

#include "engine/result.h"

namespace duban {

// Hides v_subject of this connection behind one that is exact. Writes nothing to the database.
Status bring_up_to_date(SQLite::Database& database, const std::string& path);

}  // namespace duban
