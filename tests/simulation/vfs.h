// SQLite's door to simulated disks: a file system of its own, and the one that SQLite uses unless
// told otherwise, so that the runtime's own code opens, checks and lists databases on them.
//
// One thread. A database's path must also exist as an empty file of the machine's, since the
// runtime looks for it there, and for the writer's lock beside it.
#pragma once

#include <string>

#include "tests/simulation/disk.h"

namespace duban::simulation {

// All files whose paths begin with `folder` lie on `disk` from now on; null: no longer.
void mount(const std::string& folder, Disk* disk);

// SQLite's own random numbers begin anew from a seed.
void seed_sqlite(uint64_t seed);

}  // namespace duban::simulation
