#include "runtime/sqlite_vfs.h"

#include <sqlite3.h>

#include <cstring>
#include <memory>
#include <new>

namespace duban {
namespace {

// The default file system takes less than 128 kB at once.
constexpr int kBufferBytes = 1 << 16;
// Of a file of the default file system, which SQLite makes room for here.
constexpr int kFileBytesMax = 1024;

struct LogFile {
  sqlite3_file head;
  sqlite3_file* below;
  char* waiting;
  sqlite3_int64 at;  // where in the file what waits begins
  int size;
};

LogFile& of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

// An error is that of what asks for it: a commit's sync, at the latest.
int write_out(LogFile& file) {
  if (file.size == 0) return SQLITE_OK;
  const int size = file.size;
  file.size = 0;
  return file.below->pMethods->xWrite(file.below, file.waiting, size, file.at);
}

int write(sqlite3_file* handle, const void* bytes, int size, sqlite3_int64 at) {
  LogFile& file = of(handle);
  if (at != file.at + file.size || size > kBufferBytes - file.size) {
    if (const int code = write_out(file); code != SQLITE_OK) return code;
    file.at = at;
  }
  if (size > kBufferBytes) return file.below->pMethods->xWrite(file.below, bytes, size, at);
  std::memcpy(file.waiting + file.size, bytes, static_cast<size_t>(size));
  file.size += size;
  return SQLITE_OK;
}

// The method of the file below, after what waits.
template <auto method, typename... A>
int after_writes(sqlite3_file* handle, A... arguments) {
  LogFile& file = of(handle);
  if (const int code = write_out(file); code != SQLITE_OK) return code;
  return (file.below->pMethods->*method)(file.below, arguments...);
}

template <auto method, typename... A>
int at_once(sqlite3_file* handle, A... arguments) {
  sqlite3_file* below = of(handle).below;
  return (below->pMethods->*method)(below, arguments...);
}

void release(LogFile& file) {
  sqlite3_free(file.below);
  sqlite3_free(file.waiting);
}

int close(sqlite3_file* handle) {
  LogFile& file = of(handle);
  const int written = write_out(file);
  const int closed = file.below->pMethods->xClose(file.below);
  release(file);
  return written != SQLITE_OK ? written : closed;
}

using M = sqlite3_io_methods;
const sqlite3_io_methods kMethods = {1,
                                     close,
                                     after_writes<&M::xRead, void*, int, sqlite3_int64>,
                                     write,
                                     after_writes<&M::xTruncate, sqlite3_int64>,
                                     after_writes<&M::xSync, int>,
                                     after_writes<&M::xFileSize, sqlite3_int64*>,
                                     at_once<&M::xLock, int>,
                                     at_once<&M::xUnlock, int>,
                                     at_once<&M::xCheckReservedLock, int*>,
                                     after_writes<&M::xFileControl, int, void*>,
                                     at_once<&M::xSectorSize>,
                                     at_once<&M::xDeviceCharacteristics>,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr,
                                     nullptr};

// ---------------------------------------------------------------- the file system

sqlite3_vfs* below() { return sqlite3_vfs_find(nullptr); }

int open(sqlite3_vfs*, const char* name, sqlite3_file* handle, int flags, int* flags_out) {
  handle->pMethods = nullptr;
  sqlite3_vfs* vfs = below();
  if (vfs->szOsFile > kFileBytesMax) return SQLITE_CANTOPEN;
  if ((flags & SQLITE_OPEN_WAL) == 0) return vfs->xOpen(vfs, name, handle, flags, flags_out);
  LogFile& file = *new (handle) LogFile{};
  file.below = static_cast<sqlite3_file*>(sqlite3_malloc(vfs->szOsFile));
  file.waiting = static_cast<char*>(sqlite3_malloc(kBufferBytes));
  int code = SQLITE_NOMEM;
  if (file.below != nullptr && file.waiting != nullptr) {
    std::memset(file.below, 0, static_cast<size_t>(vfs->szOsFile));
    code = vfs->xOpen(vfs, name, file.below, flags, flags_out);
    if (code == SQLITE_OK) {
      file.head.pMethods = &kMethods;
      return code;
    }
    if (file.below->pMethods != nullptr) file.below->pMethods->xClose(file.below);
  }
  release(file);
  return code;
}

using V = sqlite3_vfs;
template <auto method, typename R, typename... A>
R passed_on(sqlite3_vfs*, A... arguments) {
  sqlite3_vfs* vfs = below();
  return (vfs->*method)(vfs, arguments...);
}

// A default file system without it has only the other clock.
int time_now(sqlite3_vfs*, sqlite3_int64* to) {
  sqlite3_vfs* vfs = below();
  if (vfs->iVersion >= 2 && vfs->xCurrentTimeInt64 != nullptr)
    return vfs->xCurrentTimeInt64(vfs, to);
  constexpr double kMsPerDay = 86'400'000;
  double days = 0;
  const int code = vfs->xCurrentTime(vfs, &days);
  *to = static_cast<sqlite3_int64>(days * kMsPerDay);
  return code;
}

}  // namespace

const char* gathering_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made{};
    made.iVersion = 2;
    made.szOsFile = kFileBytesMax;
    made.mxPathname = 4096;
    made.zName = "duban";
    made.xOpen = open;
    made.xDelete = passed_on<&V::xDelete, int, const char*, int>;
    made.xAccess = passed_on<&V::xAccess, int, const char*, int, int*>;
    made.xFullPathname = passed_on<&V::xFullPathname, int, const char*, int, char*>;
    made.xRandomness = passed_on<&V::xRandomness, int, int, char*>;
    made.xSleep = passed_on<&V::xSleep, int, int>;
    made.xCurrentTime = passed_on<&V::xCurrentTime, int, double*>;
    made.xGetLastError = passed_on<&V::xGetLastError, int, int, char*>;
    made.xCurrentTimeInt64 = time_now;
    return made;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  return registered == SQLITE_OK ? vfs.zName : nullptr;
}

}  // namespace duban
