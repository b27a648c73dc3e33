// The log as rows of frames (runtime/log_frame.h) in a SQLite database.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "runtime/log.h"
#include "runtime/log_frame.h"
#include "runtime/sqlite_ids.h"

namespace duban {

class SqliteLog : public Log {
 public:
  // `database` must outlive it. Throws SQLite::Exception, as append() does.
  SqliteLog(SQLite::Database& database, std::string path);

  // Inside the caller's transaction. What it wrote counts once committed() was called; after a
  // rollback, call forget().
  void append(std::span<const LogEntry> entries);
  void committed();
  void forget();

  // Drops the entries up to `until` that are not to be kept; their ids stay, and the digest of what
  // their group was, so that the chain can be verified as before. Inside the caller's transaction;
  // throws.
  CompactionCounts drop(Sequence until, const std::function<bool(const LogEntry&)>& keep);

  Sequence last() const override { return last_; }
  Sequence written_end() const override { return std::max(last_, end_); }
  Result<LogEntry> read(Sequence sequence) override;
  Result<std::vector<LogEntry>> read_subject(const Key& key, Sequence newest,
                                             Sequence after = 0) override;
  Status for_each(Sequence after, const std::function<Status(LogEntry&)>& visit) override;
  Status for_each_shared(const std::function<void(const LogEntry&)>& visit) override;
  Status remember_ids(const IdSettings& settings) override;
  Result<bool> has_id(const Digest& id) override;
  bool may_have_id(const Digest& id) const override { return ids_.may_contain(id); }
  void expect_id(const Digest& id) const override { ids_.prefetch(id); }
  Status for_each_id(const std::function<void(const Digest&)>& visit) override;
  Result<std::vector<Error>> verify() override;

 private:
  template <typename Work>
  auto guarded(const Work& work) -> decltype(work());
  const LogEntry& entry_of(Sequence sequence);  // throws; valid until the next

  SQLite::Database& database_;
  std::string path_;
  LogFrameWriter frames_;
  std::unique_ptr<SQLite::Statement> insert_, set_end_, select_;
  Sequence last_ = 0, written_ = 0;
  Sequence end_ = 0;                                       // as the database said at opening
  Digest chain_, written_chain_;                           // of all frames up to there
  Instant newest_{INT64_MIN}, written_newest_{INT64_MIN};  // time of any entry up to there
  SqliteIds ids_;
  Sequence frame_first_ = 0, frame_last_ = 0;
  std::vector<LogEntry> frame_;  // of the last read
};

}  // namespace duban
