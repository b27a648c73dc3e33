#include "tests/simulation/vfs.h"

#include <sqlite3.h>

#include <cstring>

namespace duban::simulation {
namespace {

using Shared = Disk::Shared;

struct World {
  std::map<std::string, Disk*> disks;  // by folder
  Disk unnamed{0};                     // files that SQLite makes for itself
  Random random{0};
};
World& world() {
  static World the_world;
  return the_world;
}

Disk* disk_of(const std::string& path) {
  for (const auto& [folder, disk] : world().disks) {
    if (path.starts_with(folder)) return disk;
  }
  return nullptr;
}

struct OpenFile {
  std::string path;
  Disk* disk = nullptr;
  std::shared_ptr<Disk::File> file;
  bool new_name = false;  // perhaps: its first sync also syncs the folder
  bool deletes = false;
  int level = SQLITE_LOCK_NONE;
  bool uses_shared = false;
  bool reading[Shared::kLocks] = {};
  bool writing[Shared::kLocks] = {};
};

// What SQLite allocates.
struct Handle {
  sqlite3_file base;
  OpenFile* open;
};
OpenFile& of(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->open; }

int code(DiskAnswer answer, int error) {
  if (answer == DiskAnswer::full) return SQLITE_FULL;
  return answer == DiskAnswer::ok ? SQLITE_OK : error;
}

// ---------------------------------------------------------------- a file

int read(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  OpenFile& f = of(file);
  bool is_short = false;
  const DiskAnswer answer = f.disk->read(*f.file, static_cast<size_t>(at), static_cast<char*>(to),
                                         static_cast<size_t>(size), is_short);
  return answer == DiskAnswer::ok && is_short ? SQLITE_IOERR_SHORT_READ
                                              : code(answer, SQLITE_IOERR_READ);
}

int write(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  OpenFile& f = of(file);
  const std::string_view bytes(static_cast<const char*>(from), static_cast<size_t>(size));
  return code(f.disk->write(*f.file, static_cast<size_t>(at), bytes), SQLITE_IOERR_WRITE);
}

int truncate(sqlite3_file* file, sqlite3_int64 size) {
  OpenFile& f = of(file);
  return code(f.disk->truncate(*f.file, static_cast<size_t>(size)), SQLITE_IOERR_TRUNCATE);
}

int sync(sqlite3_file* file, int) {
  OpenFile& f = of(file);
  const DiskAnswer answer = f.disk->sync(*f.file, f.new_name);
  if (answer == DiskAnswer::ok) f.new_name = false;
  return code(answer, SQLITE_IOERR_FSYNC);
}

int size(sqlite3_file* file, sqlite3_int64* to) {
  *to = static_cast<sqlite3_int64>(of(file).file->now.size());
  return SQLITE_OK;
}

int lock(sqlite3_file* file, int level) {
  OpenFile& f = of(file);
  if (level <= f.level) return SQLITE_OK;
  Disk::Locks& locks = f.disk->locks(f.path);
  if (level == SQLITE_LOCK_SHARED) {
    if (locks.pending || locks.exclusive) return SQLITE_BUSY;
    ++locks.shared;
  } else if (level == SQLITE_LOCK_RESERVED) {
    if (locks.reserved) return SQLITE_BUSY;
    locks.reserved = true;
  } else {
    if (f.level < SQLITE_LOCK_RESERVED && locks.reserved) return SQLITE_BUSY;
    if (locks.shared > 1) return SQLITE_BUSY;
    locks.reserved = locks.pending = locks.exclusive = true;
  }
  f.level = level;
  return SQLITE_OK;
}

int unlock(sqlite3_file* file, int level) {
  OpenFile& f = of(file);
  if (level >= f.level) return SQLITE_OK;
  Disk::Locks& locks = f.disk->locks(f.path);
  if (f.level >= SQLITE_LOCK_RESERVED) locks.reserved = locks.pending = locks.exclusive = false;
  if (level == SQLITE_LOCK_NONE && locks.shared > 0) --locks.shared;
  f.level = level;
  return SQLITE_OK;
}

int check_reserved(sqlite3_file* file, int* to) {
  OpenFile& f = of(file);
  *to = f.disk->locks(f.path).reserved ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(kSectorBytes); }
// Bytes beside those written are never touched, as SQLite supposes of the machine's disks.
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

// ---------------------------------------------------------------- shared memory

int shm_map(sqlite3_file* file, int region, int bytes, int extends, void volatile** to) {
  OpenFile& f = of(file);
  *to = nullptr;
  if (f.disk->is_dead()) return SQLITE_IOERR_SHMMAP;
  Shared& shared = f.disk->shared(f.path);
  if (!f.uses_shared) {
    f.uses_shared = true;
    ++shared.users;
  }
  const auto wanted = static_cast<size_t>(region);
  if (wanted >= shared.regions.size() && extends == 0) return SQLITE_OK;
  while (wanted >= shared.regions.size())
    shared.regions.push_back(std::make_unique<char[]>(static_cast<size_t>(bytes)));
  *to = shared.regions[wanted].get();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* file, int first, int count, int flags) {
  OpenFile& f = of(file);
  Shared& shared = f.disk->shared(f.path);
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = first; i < first + count && (flags & SQLITE_SHM_LOCK) != 0; ++i) {
    if (shared.taken[i] && !f.writing[i]) return SQLITE_BUSY;
    if (exclusive && shared.readers[i] > (f.reading[i] ? 1 : 0)) return SQLITE_BUSY;
  }
  for (int i = first; i < first + count; ++i) {
    const bool takes = (flags & SQLITE_SHM_LOCK) != 0;
    if (exclusive) {
      shared.taken[i] = f.writing[i] = takes;
    } else if (f.reading[i] != takes) {
      f.reading[i] = takes;
      shared.readers[i] += takes ? 1 : -1;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* file, int deletes) {
  OpenFile& f = of(file);
  if (!f.uses_shared) return SQLITE_OK;
  Shared& shared = f.disk->shared(f.path);
  for (int i = 0; i < Shared::kLocks; ++i) {
    if (f.reading[i]) --shared.readers[i];
    if (f.writing[i]) shared.taken[i] = false;
    f.reading[i] = f.writing[i] = false;
  }
  f.uses_shared = false;
  if (--shared.users <= 0 && deletes != 0) f.disk->drop_shared(f.path);
  return SQLITE_OK;
}

int close(sqlite3_file* file) {
  OpenFile& f = of(file);
  shm_unmap(file, 0);
  unlock(file, SQLITE_LOCK_NONE);
  if (f.deletes) f.disk->remove(f.path, false);
  delete &f;
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,
                                     close,
                                     read,
                                     write,
                                     truncate,
                                     sync,
                                     size,
                                     lock,
                                     unlock,
                                     check_reserved,
                                     control,
                                     sector_size,
                                     characteristics,
                                     shm_map,
                                     shm_lock,
                                     shm_barrier,
                                     shm_unmap,
                                     nullptr,
                                     nullptr};

// ---------------------------------------------------------------- the file system

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  const bool is_named = name != nullptr;
  const std::string path = is_named ? name : "unnamed";
  Disk* disk = is_named ? disk_of(path) : &world().unnamed;
  if (disk == nullptr) return SQLITE_CANTOPEN;
  auto opened = is_named ? disk->open(path, (flags & SQLITE_OPEN_CREATE) != 0)
                         : std::make_shared<Disk::File>();
  if (opened == nullptr) return SQLITE_CANTOPEN;
  // As on the machine: whether or not it was there before.
  constexpr int kJournals = SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL;
  auto* handle = reinterpret_cast<Handle*>(file);
  handle->open = new OpenFile{path, disk, std::move(opened), (flags & kJournals) != 0,
                              is_named && (flags & SQLITE_OPEN_DELETEONCLOSE) != 0};
  file->pMethods = &kMethods;
  if (flags_out != nullptr) *flags_out = flags;
  return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int with_names) {
  Disk* disk = disk_of(name);
  if (disk == nullptr) return SQLITE_IOERR_DELETE;
  if (disk->find(name) == nullptr) return SQLITE_IOERR_DELETE_NOENT;
  return code(disk->remove(name, with_names != 0), SQLITE_IOERR_DELETE);
}

int access(sqlite3_vfs*, const char* name, int, int* to) {
  Disk* disk = disk_of(name);
  const auto file = disk == nullptr ? nullptr : disk->find(name);
  *to = file != nullptr && !file->now.empty() ? 1 : 0;  // an empty one does not count
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* to) {
  sqlite3_snprintf(size, to, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* to) {
  for (int i = 0; i < size; ++i) to[i] = static_cast<char>(world().random.next());
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }

int current_time(sqlite3_vfs*, double* to) {
  *to = 2'461'000.5;
  return SQLITE_OK;
}

int current_time_ms(sqlite3_vfs*, sqlite3_int64* to) {
  *to = 212'630'443'200'000;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

sqlite3_vfs& the_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_vfs made;
    std::memset(&made, 0, sizeof made);
    made.iVersion = 2;
    made.szOsFile = sizeof(Handle);
    made.mxPathname = 512;
    made.zName = "simulated";
    made.xOpen = open;
    made.xDelete = remove;
    made.xAccess = access;
    made.xFullPathname = full_path;
    made.xRandomness = randomness;
    made.xSleep = sleep;
    made.xCurrentTime = current_time;
    made.xGetLastError = last_error;
    made.xCurrentTimeInt64 = current_time_ms;
    return made;
  }();
  return vfs;
}

}  // namespace

void mount(const std::string& folder, Disk* disk) {
  sqlite3_vfs_register(&the_vfs(), 1);
  if (disk == nullptr) {
    world().disks.erase(folder);
  } else {
    world().disks[folder] = disk;
  }
}

void seed_sqlite(uint64_t seed) {
  sqlite3_vfs_register(&the_vfs(), 1);
  world().random = Random(seed);
  sqlite3_randomness(0, nullptr);
}

}  // namespace duban::simulation
