#include "runtime/sqlite_checkpoint.h"

#include <sqlite3.h>
#include <sys/resource.h>

#include "runtime/sqlite_database.h"
#include "runtime/sqlite_vfs.h"

namespace duban {
namespace {

constexpr int kPagesBeside = 500;  // come between two times
constexpr int kTimes = 3;
constexpr int kNice = 19;

// Whether everything is copied.
bool checkpoint(sqlite3* database) {
  int pages = 0, copied = 0;
  const int code =
      sqlite3_wal_checkpoint_v2(database, "main", SQLITE_CHECKPOINT_PASSIVE, &pages, &copied);
  return code == SQLITE_OK && pages == copied;
}

}  // namespace

Checkpointer::Checkpointer(sqlite3* writer, const std::string& path)
    : writer_(writer), thread_([this, path] { work(path); }) {
  sqlite3_wal_hook(writer_, on_commit, this);  // instead of its own
}

Checkpointer::~Checkpointer() {
  sqlite3_wal_autocheckpoint(writer_, kLogPagesMax);
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

int Checkpointer::on_commit(void* self, sqlite3* writer, const char*, int pages) {
  Checkpointer& checkpointer = *static_cast<Checkpointer*>(self);
  if (pages >= kLogPagesMax) checkpoint(writer);
  if (pages < checkpointer.asked_at_) checkpointer.asked_at_ = 0;  // it began anew
  if (pages - checkpointer.asked_at_ < kPagesBeside) return SQLITE_OK;
  checkpointer.asked_at_ = pages;
  {
    const std::lock_guard lock(checkpointer.mutex_);
    checkpointer.wanted_ = true;
  }
  checkpointer.changed_.notify_all();
  return SQLITE_OK;
}

void Checkpointer::work(const std::string& path) {
  // Where there is no core to spare, whoever commits comes first. (On Linux, of this thread alone.)
  ::setpriority(PRIO_PROCESS, 0, kNice);
  sqlite3* database = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  const bool is_open =
      sqlite3_open_v2(path.c_str(), &database, flags, gathering_vfs()) == SQLITE_OK;
  if (is_open) sqlite3_exec(database, "PRAGMA synchronous=FULL", nullptr, nullptr, nullptr);
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return wanted_ || ending_; });
    if (ending_) break;
    wanted_ = false;
    lock.unlock();
    // What came meanwhile is little.
    for (int times = 0; is_open && times < kTimes && !checkpoint(database); ++times) continue;
    lock.lock();
  }
  sqlite3_close(database);
}

}  // namespace duban
