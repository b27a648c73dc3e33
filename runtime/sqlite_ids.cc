#include "runtime/sqlite_ids.h"

#include <algorithm>
#include <string_view>

#include "runtime/log_frame.h"
#include "runtime/sqlite_database.h"

namespace duban {
namespace {

// Ids merged for each id written: enough for what ten levels of runs ask for.
constexpr size_t kMergedPerId = 10;
constexpr size_t kAhead = 8;  // of an id's turn, memory is asked for its place

}  // namespace

void SqliteIds::open(const IdSettings& settings) {
  settings_ = settings;
  runs_ = std::make_unique<SqliteIdRuns>(database_, settings.leave_at_once);
  const auto after = static_cast<int64_t>(runs_->until());
  SQLite::Statement count(database_, "SELECT sum(length(ids)) FROM log WHERE first > ?");
  Binder(count).integer(after);
  count.executeStep();
  recent_ = {};
  recent_.reserve(static_cast<size_t>(count.getColumn(0).getInt64()) / kDigestBytes);
  SQLite::Statement row(database_, "SELECT ids FROM log WHERE first > ? ORDER BY first");
  Binder(row).integer(after);
  while (row.executeStep()) {
    const std::string_view ids = blob_of(row.getColumn(0));
    for (size_t i = 0; i < ids.size() / kDigestBytes; ++i) recent_.insert(read_id(ids, i));
  }
  since_look_ = recent_.size();
  filters_ = runs_->filters();
}

bool SqliteIds::may_contain(const Digest& id) const {
  const std::shared_lock lock(mutex_);
  return recent_.contains(id) ||
         std::any_of(filters_.begin(), filters_.end(),
                     [&](const auto& filter) { return filter->may_contain(id); });
}

void SqliteIds::prefetch(const Digest& id) const {
  const std::shared_lock lock(mutex_);
  recent_.prefetch(id);
}

bool SqliteIds::contains(const Digest& id) {
  if (!settings_) return false;
  if (recent_.contains(id)) return true;
  if (runs_ == nullptr) runs_ = std::make_unique<SqliteIdRuns>(database_, settings_->leave_at_once);
  return runs_->contains(id);
}

void SqliteIds::write(std::span<const LogEntry> entries, Instant newest) {
  if (!settings_) return;
  for (const LogEntry& entry : entries) {
    if (entry.id != Digest{}) written_.push_back(entry.id);
  }
  since_look_ += written_.size();
  if (runs_ == nullptr) runs_ = std::make_unique<SqliteIdRuns>(database_, settings_->leave_at_once);
  // Before anything has a time, the newest is none.
  if (since_look_ >= settings_->leave_at_once && newest.ms > INT64_MIN / 2)
    put_away(Instant{newest.ms - settings_->window_ms});
  runs_->tidy(written_.size() * kMergedPerId);
}

void SqliteIds::put_away(Instant before) {
  SQLite::Statement row(database_, "SELECT first, at, ids FROM log WHERE first > ? ORDER BY first");
  Binder(row).integer(static_cast<int64_t>(runs_->until()));
  Sequence until = 0;
  while (leaving_.size() < settings_->leave_at_once && row.executeStep() &&
         row.getColumn(1).getInt64() < before.ms) {
    until = static_cast<Sequence>(row.getColumn(0).getInt64());
    const std::string_view ids = blob_of(row.getColumn(2));
    for (size_t i = 0; i < ids.size() / kDigestBytes; ++i) leaving_.push_back(read_id(ids, i));
  }
  if (leaving_.size() < settings_->leave_at_once) {  // not worth a run of their own yet
    leaving_.clear();
    since_look_ = 0;
    return;
  }
  runs_->add(leaving_, until);
}

void SqliteIds::committed() {
  const std::unique_lock lock(mutex_);
  if (runs_ != nullptr) filters_ = runs_->filters();
  for (size_t i = 0; i < written_.size(); ++i) {
    if (i + kAhead < written_.size()) recent_.prefetch(written_[i + kAhead]);
    recent_.insert(written_[i]);
  }
  for (const Digest& id : leaving_) recent_.erase(id);
  written_.clear();
  leaving_.clear();
}

void SqliteIds::forget() {
  written_.clear();
  leaving_.clear();
  runs_.reset();
}

bool SqliteIds::agree_with_log() try {
  SqliteIdRuns runs(database_, 1);
  Digest sum;
  uint64_t count = 0;
  runs.for_each([&](const Digest& id) {
    sum.high += id.high;
    sum.low += id.low;
    ++count;
  });
  SQLite::Statement row(database_, "SELECT ids FROM log WHERE first <= ?");
  Binder(row).integer(static_cast<int64_t>(runs.until()));
  while (row.executeStep()) {
    const std::string_view ids = blob_of(row.getColumn(0));
    for (size_t i = 0; i < ids.size() / kDigestBytes; ++i) {
      const Digest id = read_id(ids, i);
      sum.high -= id.high;
      sum.low -= id.low;
      --count;
    }
  }
  return count == 0 && sum == Digest{};
} catch (const StoreFailure&) {
  return false;
}

}  // namespace duban
