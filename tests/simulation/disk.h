// A disk in memory that can fail: what was written and what is known to have reached the platter
// are two things, and a crash keeps only some of the difference.
//
// Whatever goes wrong is drawn from one seed. Files are named by full paths; all of one disk lie
// below its folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/reference/random.h"

namespace duban::simulation {

using reference::Random;

constexpr size_t kSectorBytes = 512;

// What happens to requests, each in ten thousand.
struct DiskFaults {
  size_t open_error = 0, read_error = 0, write_error = 0, sync_error = 0;
  size_t slow = 0;       // a write or sync that takes up to half a minute
  size_t bytes_max = 0;  // beyond that the disk is full; 0 = never
  bool lies = false;     // planted: syncs are answered and nothing is synced
};

enum class DiskAnswer : uint8_t { ok, error, full };

// What is left after a crash of what was written and not synced.
enum class Survival : uint8_t {
  all,   // only the process died
  none,  // the power failed
  some,  // …and some sectors had been written, some in part
};

class Disk {
 public:
  struct File {
    std::string now, durable;
    std::set<size_t> unsynced;  // sectors
  };
  // Shared memory of a file, and who holds which of its locks.
  struct Shared {
    static constexpr int kLocks = 8;
    std::vector<std::unique_ptr<char[]>> regions;
    int readers[kLocks] = {};
    bool taken[kLocks] = {};
    int users = 0;
  };
  // Locks on a file itself, as SQLite counts them.
  struct Locks {
    int shared = 0;
    bool reserved = false, pending = false, exclusive = false;
  };
  struct Counts {
    uint64_t requests = 0, errors = 0, full = 0, slow = 0, crashes = 0, lost_sectors = 0,
             torn_sectors = 0;
  };

  explicit Disk(uint64_t seed) : random_(seed) {}

  // ---- what a file system is asked for
  std::shared_ptr<File> find(const std::string& path);
  // `creates`: makes it when it is not there. Null: there is none, or it cannot be opened.
  std::shared_ptr<File> open(const std::string& path, bool creates);
  DiskAnswer read(const File& file, size_t at, char* to, size_t size, bool& is_short);
  DiskAnswer write(File& file, size_t at, std::string_view bytes);
  DiskAnswer truncate(File& file, size_t size);
  DiskAnswer sync(File& file, bool with_names);
  DiskAnswer remove(const std::string& path, bool with_names);
  Shared& shared(const std::string& path) { return shared_[path]; }
  void drop_shared(const std::string& path) { shared_.erase(path); }
  Locks& locks(const std::string& path) { return locks_[path]; }

  // ---- what goes wrong
  DiskFaults faults;
  // The machine dies at the n-th request that changes something; 0 = it does not.
  void crash_after(uint64_t requests) { until_crash_ = requests; }
  void crash_now();
  bool is_dead() const { return dead_; }
  void pause(bool pauses) { paused_ = pauses; }  // nothing goes wrong, nothing is counted
  void reboot(Survival survival);

  int64_t take_delay_ms();  // that slow requests took since the last call
  size_t bytes() const;     // of all files, as written
  const Counts& counts() const { return counts_; }

 private:
  // Counts a request; false: it is not to be done.
  bool begins(size_t error_chance, DiskAnswer& answer);
  bool dies_here();
  void keep_some(File& file);

  Random random_;
  std::map<std::string, std::shared_ptr<File>> names_, durable_names_;
  std::map<std::string, Shared> shared_;
  std::map<std::string, Locks> locks_;
  uint64_t until_crash_ = 0;
  bool dead_ = false, paused_ = false;
  int64_t delay_ms_ = 0;
  Counts counts_;
};

}  // namespace duban::simulation
