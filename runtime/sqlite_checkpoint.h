// Copies what SQLite's log holds into the database, beside the thread that commits: that one would
// be held up by it for tens of milliseconds, every twenty thousand pages.
//
// Whenever some pages have come, this copies what is there: few at a time, since while they are
// synced every commit waits for the disk. The log begins anew only when nothing is left to copy at
// a commit; where commits come one upon the other, the committing thread copies the few that are
// left once the log is long, as it does without this.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

struct sqlite3;

namespace duban {

class Checkpointer {
 public:
  // Follows the commits of `writer`, a connection to the database at `path`, which must outlive
  // this. What fails here is left to the writer.
  Checkpointer(sqlite3* writer, const std::string& path);
  ~Checkpointer();
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

 private:
  static int on_commit(void* self, sqlite3* writer, const char* database, int pages);
  void work(const std::string& path);

  sqlite3* writer_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool wanted_ = false, ending_ = false;  // guarded by `mutex_`
  int asked_at_ = 0;                      // pages in the log when it was last wanted
  std::thread thread_;
};

}  // namespace duban
