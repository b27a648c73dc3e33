// Looking after a database: is it whole, and a copy of it while it is in use.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/result.h"
#include "runtime/log.h"

namespace duban {

struct CheckReport {
  uint64_t entries = 0, subjects = 0, references = 0, deployments = 0;
  Sequence swept = 0;           // state is stored as of here; the rest is found again from the log
  std::vector<Error> problems;  // empty: it is whole
};

// Reads the file's pages, the log against its chain of digests, the state of every subject and
// reference row against its seal and the log, and compiles every deployment. Rows of what was done
// carry no seal. An error: it cannot be opened at all. May run beside a writer.
Result<CheckReport> check_database(const std::string& path);

Error already_exists(const std::string& path);  // a new file was to be named

struct BackupFile {
  std::string from, to;
};
// Copies the files of a database, each as it is at one instant, while others may read and write
// them. No `to` may exist; they get their names one after the other, in this order, when all are
// copied. `progress` is told the share copied, 0..1; returning false gives up and leaves nothing.
Status backup_database(const std::vector<BackupFile>& files,
                       const std::function<bool(double)>& progress, int pages_at_a_time = 4096);

}  // namespace duban
