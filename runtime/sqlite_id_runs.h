// Ids that are no longer kept in memory, in sorted runs on disk.
//
//   id_run    number · how many · the log row up to whose ids all are in this run or an older one ·
//             filter · the first id of each block · seal
//   id_block  (run << 32 | block) · 251 ids of 16 bytes in their order · seal: one page of the file
//
// A run is written once, from its first block to its last, behind all that is there: no page that
// was written is touched again. Eight runs of about one size are merged into one, a little with
// each commit; until the merged one is whole, the eight count and it does not, and its row names
// them. So an id is written once when it leaves memory and once for each factor of eight that the
// runs grow; runs of 33 million ids are not merged any more.
//
// In memory: 2 bytes an id for the filters, 0.06 for the first ids. On disk: 18.5 bytes an id. A
// new id asks each filter (a dozen of them for ten million ids) and reads, for 1 in 60, a block.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/digest.h"
#include "runtime/id_filter.h"
#include "runtime/log.h"
#include "runtime/sqlite_insert.h"

namespace duban {

// All throw SQLite::Exception and StoreFailure.
class SqliteIdRuns {
 public:
  // `run_ids`: about how many ids come to add() at once. Reads filters and first ids.
  SqliteIdRuns(SQLite::Database& database, size_t run_ids);
  ~SqliteIdRuns();

  bool contains(const Digest& id);
  // The log row up to whose ids all are here; 0 = none.
  Sequence until() const;

  // Of the whole runs: an id that none of them may contain is in none. They never change.
  std::vector<std::shared_ptr<const IdFilter>> filters() const;

  // Inside the caller's transaction. When that is rolled back, this object is of no more use.
  // Puts `ids` in order.
  void add(std::vector<Digest>& ids, Sequence until);
  // Merges about so many ids, where there is something to merge.
  void tidy(size_t ids);

  // Every id of the whole runs; damage throws.
  void for_each(const std::function<void(const Digest&)>& visit);

 private:
  struct Run {
    int64_t number = 0;
    uint64_t count = 0;
    Sequence until = 0;
    std::shared_ptr<const IdFilter> filter;
    std::vector<Digest> firsts;
  };
  class Writer;
  class Cursor;
  struct Merge;
  struct Dropped {  // runs whose blocks are still there
    int64_t number = 0;
    size_t next = 0, blocks = 0;
  };

  void load();
  void load_dropped();
  std::vector<Digest> block(int64_t run, size_t index);
  size_t level_of(const Run& run) const;
  void begin_merge();
  std::unique_ptr<Merge> make_merge(int64_t number, const std::vector<int64_t>& inputs);
  void resume_merge(int64_t number, const std::string& inputs);
  void go_on_merging(size_t ids);
  void end_merge();
  void delete_dropped(size_t blocks);
  void write_row(const Run& run, const std::string& inputs, bool is_whole);
  Run& run_of(int64_t number);

  SQLite::Database& database_;
  size_t run_ids_;
  SQLite::Statement select_block_;
  Insert insert_block_;
  std::vector<Run> runs_;  // whole ones, by number
  std::unique_ptr<Merge> merge_;
  std::vector<Dropped> dropped_;
  int64_t last_number_ = 0;
};

}  // namespace duban
