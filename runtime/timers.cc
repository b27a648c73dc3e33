#include "runtime/timers.h"

#include <algorithm>
#include <utility>

namespace duban {
namespace {

int64_t day_of(Instant at) {
  const int64_t day = at.ms / kMsPerDay;
  return at.ms % kMsPerDay < 0 ? day - 1 : day;
}

}  // namespace

// Turns the standard library's greatest-first heap into an earliest-first one.
bool Timers::later(const Arrival& a, const Arrival& b) {
  if (a.wake < b.wake || b.wake < a.wake) return b.wake < a.wake;
  return b.key < a.key;
}

void Timers::set(SubjectRow& row, std::optional<Wake> wake) {
  if (row.armed == wake) return;
  if (row.armed) {
    --active_;
    ++stale_;
  }
  ++row.generation;
  row.armed = wake;
  if (!wake) return;
  ++active_;
  put(row, *wake);
  if (stale_ > active_ + 1024) rebuild();
}

void Timers::put(const SubjectRow& row, Wake wake) {
  const int64_t day = day_of(wake.at);
  const auto ms = static_cast<uint32_t>(wake.at.ms - day * kMsPerDay);
  const auto minute = static_cast<int>(ms / kMsPerMinute);
  if (day < day_ || (day == day_ && minute <= minute_)) {
    arrived_.push_back({wake, row.key, row.slot, row.generation});
    std::push_heap(arrived_.begin(), arrived_.end(), later);
    return;
  }
  Bucket& bucket = day == day_ ? minutes_[static_cast<size_t>(minute)] : days_[day];
  bucket.push_back({row.slot, row.generation, 2 * ms + (wake.before_facts ? 0U : 1U)});
}

const SubjectRow* Timers::due() {
  for (; !due_.empty(); due_.pop()) {
    const TimerEntry first = due_.first();
    if (!is_stale(first.slot, first.generation)) return &subjects_.at_slot(first.slot);
    --stale_;
  }
  return nullptr;
}

const SubjectRow* Timers::arrived() {
  while (!arrived_.empty()) {
    const Arrival& first = arrived_.front();
    if (!is_stale(first.slot, first.generation)) return &subjects_.at_slot(first.slot);
    --stale_;
    std::pop_heap(arrived_.begin(), arrived_.end(), later);
    arrived_.pop_back();
  }
  return nullptr;
}

SubjectRow* Timers::first(Instant limit) {
  if (active_ == 0) return nullptr;
  do {
    const SubjectRow* one = due();
    const SubjectRow* other = arrived();
    if (one != nullptr && other != nullptr) {
      const Wake &a = *one->armed, &b = *other->armed;
      if (b < a || (!(a < b) && other->key < one->key)) one = other;
    } else if (one == nullptr) {
      one = other;
    }
    if (one != nullptr) {
      if (limit < one->armed->at) return nullptr;
      due_.prefetch();
      return &subjects_.at_slot(one->slot);
    }
  } while (open_next(limit));
  return nullptr;
}

std::optional<Wake> Timers::first_wake() {
  const SubjectRow* row = first(Instant{INT64_MAX});
  return row != nullptr ? row->armed : std::nullopt;
}

// The next minute with something in it, of the day at hand or of a later one.
bool Timers::open_next(Instant limit) {
  for (;;) {
    while (++minute_ < kMinutes) {
      if (limit.ms < day_ * kMsPerDay + minute_ * kMsPerMinute) {
        --minute_;
        return false;
      }
      Bucket& bucket = minutes_[static_cast<size_t>(minute_)];
      if (bucket.empty()) continue;
      due_.fill(std::exchange(bucket, {}));
      return true;
    }
    minute_ = kMinutes - 1;
    const auto next = days_.begin();
    if (next == days_.end() || next->first > day_of(limit)) return false;
    day_ = next->first;
    minute_ = -1;
    for (const TimerEntry& entry : next->second) {
      if (!is_stale(entry.slot, entry.generation)) {
        minutes_[entry.when / (2 * kMsPerMinute)].push_back(entry);
      } else {
        --stale_;
      }
    }
    days_.erase(next);
  }
}

// Without what is stale.
void Timers::rebuild() {
  const auto stale = [this](const auto& entry) { return is_stale(entry.slot, entry.generation); };
  due_.erase_if(stale);
  std::erase_if(arrived_, stale);
  std::make_heap(arrived_.begin(), arrived_.end(), later);
  for (Bucket& bucket : minutes_) std::erase_if(bucket, stale);
  for (auto& [day, bucket] : days_) std::erase_if(bucket, stale);
  std::erase_if(days_, [](const auto& day) { return day.second.empty(); });
  stale_ = 0;
}

}  // namespace duban
