// The entries of a batch. Cleared, it keeps them with the room of their texts, for those to come.
#pragma once

#include <span>

#include "runtime/log.h"

namespace duban {

class LogEntries {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void clear() { size_ = 0; }
  operator std::span<const LogEntry>() const { return {entries_.data(), size_}; }
  const LogEntry* begin() const { return entries_.data(); }
  const LogEntry* end() const { return entries_.data() + size_; }
  const LogEntry& front() const { return entries_[0]; }
  const LogEntry& back() const { return entries_[size_ - 1]; }
  const LogEntry& operator[](size_t i) const { return entries_[i]; }
  LogEntry& operator[](size_t i) { return entries_[i]; }

  // The next one, to be written over in whole.
  LogEntry& next() {
    if (size_ == entries_.size()) entries_.emplace_back();
    return entries_[size_++];
  }
  void push_back(LogEntry entry) { next() = std::move(entry); }

 private:
  std::vector<LogEntry> entries_;  // of which the first `size_` are in use
  size_t size_ = 0;
};

}  // namespace duban
