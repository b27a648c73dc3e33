#include "tests/simulation/disk.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace duban::simulation {
namespace {

constexpr size_t kSlowMsMax = 30'000;

void mark(Disk::File& file, size_t from, size_t to) {
  for (size_t sector = from / kSectorBytes; sector * kSectorBytes < to; ++sector)
    file.unsynced.insert(sector);
}

}  // namespace

std::shared_ptr<Disk::File> Disk::find(const std::string& path) {
  const auto at = names_.find(path);
  return at == names_.end() ? nullptr : at->second;
}

bool Disk::begins(size_t error_chance, DiskAnswer& answer) {
  answer = paused_ ? DiskAnswer::ok : DiskAnswer::error;
  if (dead_ || paused_) return paused_;
  ++counts_.requests;
  if (error_chance > 0 && random_.below(10'000) < error_chance) {
    ++counts_.errors;
    return false;
  }
  answer = DiskAnswer::ok;
  return true;
}

bool Disk::dies_here() {
  if (paused_) return false;
  if (faults.slow > 0 && random_.below(10'000) < faults.slow) {
    ++counts_.slow;
    delay_ms_ += 1 + static_cast<int64_t>(random_.below(kSlowMsMax));
  }
  if (until_crash_ == 0 || --until_crash_ > 0) return false;
  crash_now();
  return true;
}

void Disk::crash_now() {
  if (dead_) return;
  dead_ = true;
  until_crash_ = 0;
  ++counts_.crashes;
}

std::shared_ptr<Disk::File> Disk::open(const std::string& path, bool creates) {
  DiskAnswer answer;
  if (!begins(faults.open_error, answer)) return nullptr;
  if (std::shared_ptr<File> file = find(path)) return file;
  if (!creates || dies_here()) return nullptr;
  return names_[path] = std::make_shared<File>();
}

DiskAnswer Disk::read(const File& file, size_t at, char* to, size_t size, bool& is_short) {
  DiskAnswer answer;
  is_short = false;
  if (!begins(faults.read_error, answer)) return answer;
  const size_t there = at < file.now.size() ? std::min(size, file.now.size() - at) : 0;
  std::memcpy(to, file.now.data() + std::min(at, file.now.size()), there);
  std::memset(to + there, 0, size - there);
  is_short = there < size;
  return answer;
}

DiskAnswer Disk::write(File& file, size_t at, std::string_view bytes) {
  DiskAnswer answer;
  if (!begins(faults.write_error, answer)) return answer;
  const size_t end = at + bytes.size();
  if (faults.bytes_max > 0 && end > file.now.size() &&
      this->bytes() + end - file.now.size() > faults.bytes_max) {
    ++counts_.full;
    return DiskAnswer::full;
  }
  // Whether the request at which it dies had begun to do its work.
  const bool dies = dies_here();
  if (dies && random_.chance(50)) return DiskAnswer::error;
  if (end > file.now.size()) {
    mark(file, file.now.size(), end);
    file.now.resize(end);
  }
  file.now.replace(at, bytes.size(), bytes);
  mark(file, at, end);
  return dies ? DiskAnswer::error : answer;
}

DiskAnswer Disk::truncate(File& file, size_t size) {
  DiskAnswer answer;
  if (!begins(faults.write_error, answer)) return answer;
  if (dies_here()) return DiskAnswer::error;
  mark(file, std::min(size, file.now.size()), std::max(size, file.now.size()));
  file.now.resize(size);
  return answer;
}

DiskAnswer Disk::sync(File& file, bool with_names) {
  DiskAnswer answer;
  if (!begins(faults.sync_error, answer)) {
    // As some systems do: what could not be written is forgotten, and never tried again.
    if (!dead_ && random_.chance(50)) file.unsynced.clear();
    return answer;
  }
  if (dies_here()) return DiskAnswer::error;
  if (faults.lies) return answer;
  file.durable.resize(file.now.size());
  for (const size_t sector : file.unsynced) {
    const size_t at = sector * kSectorBytes;
    if (at >= file.now.size()) continue;
    const size_t size = std::min(kSectorBytes, file.now.size() - at);
    std::memcpy(file.durable.data() + at, file.now.data() + at, size);
  }
  file.unsynced.clear();
  if (with_names) durable_names_ = names_;
  return answer;
}

DiskAnswer Disk::remove(const std::string& path, bool with_names) {
  DiskAnswer answer;
  if (!begins(faults.write_error, answer)) return answer;
  if (dies_here()) return DiskAnswer::error;
  names_.erase(path);
  if (with_names && !faults.lies) durable_names_ = names_;
  return answer;
}

// Of each sector that was not synced: the old, the new, or a new beginning and an old end.
void Disk::keep_some(File& file) {
  std::string left = file.durable;
  if (file.now.size() != left.size() && random_.chance(70)) left.resize(file.now.size());
  for (const size_t sector : file.unsynced) {
    const size_t at = sector * kSectorBytes;
    if (at >= left.size() || at >= file.now.size()) continue;
    size_t size = std::min({kSectorBytes, left.size() - at, file.now.size() - at});
    switch (random_.below(8)) {
      case 0:
        size = random_.below(size);
        ++counts_.torn_sectors;
        break;
      case 1:
      case 2:
      case 3:
        size = 0;
        ++counts_.lost_sectors;
        break;
      default:
        break;
    }
    std::memcpy(left.data() + at, file.now.data() + at, size);
  }
  file.now = std::move(left);
}

void Disk::reboot(Survival survival) {
  dead_ = false;
  until_crash_ = 0;
  shared_.clear();
  locks_.clear();
  if (survival == Survival::all) return;
  // A name that was not synced may be there or not.
  std::map<std::string, std::shared_ptr<File>> left = durable_names_;
  if (survival == Survival::some) {
    for (const auto& [path, file] : names_) {
      const auto known = left.find(path);
      if (known != left.end() && known->second == file) continue;
      if (random_.chance(50)) left[path] = file;
    }
    for (const auto& [path, file] : durable_names_) {
      if (!names_.contains(path) && random_.chance(50)) left.erase(path);
    }
  }
  names_ = std::move(left);
  for (const auto& [path, file] : names_) {
    if (survival == Survival::some) {
      keep_some(*file);
    } else {
      counts_.lost_sectors += file->unsynced.size();
      file->now = file->durable;
    }
    file->durable = file->now;
    file->unsynced.clear();
  }
  durable_names_ = names_;
}

int64_t Disk::take_delay_ms() { return std::exchange(delay_ms_, 0); }

size_t Disk::bytes() const {
  size_t sum = 0;
  for (const auto& [path, file] : names_) sum += file->now.size();
  return sum;
}

}  // namespace duban::simulation
