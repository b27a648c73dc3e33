// Drops what is old from the log, and keeps all that is still needed of it.
#pragma once

#include <functional>
#include <string>

#include "engine/result.h"
#include "runtime/log.h"

namespace duban {

struct CompactionReport {
  Instant before;                  // entries from here on are kept in any case
  Sequence until = 0;              // what lies behind it was looked at
  uint64_t dropped = 0, kept = 0;  // entries up to there
  uint64_t busy = 0;               // subjects with something open there, whose entries are kept
  uint64_t bytes_before = 0, bytes_after = 0;  // of the file
};

// Drops the log's entries that are older than so many days, counted from where the database's clock
// stands, and gives their room back. Kept are
// - what recovery needs: entries that the stored state does not reflect yet;
// - what duplicates are recognised by: the id of every entry;
// - what explaining needs: deployments, reference rows and broadcasts; and all entries of subjects
//   that had an open case or task, a notice that waited or a receipt to come then, or are held now.
//   For all others their state after the last dropped entry, from which their log goes on.
// Everything or nothing. The database must have no other writer. `progress` is told the share done;
// returning false gives up.
Result<CompactionReport> compact_database(const std::string& path, int keep_days,
                                          const std::function<bool(double)>& progress);

}  // namespace duban
