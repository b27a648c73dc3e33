#include "runtime/sweep.h"

#include <algorithm>

namespace duban {

std::vector<Key> Sweep::slice(size_t inputs, Sequence last, bool all) {
  ended_.reset();
  std::vector<Key> keys;
  if (all) {  // one cycle of what is left and what is new
    keys.assign(queue_.begin() + static_cast<ptrdiff_t>(at_), queue_.end());
    keys.insert(keys.end(), next_.begin(), next_.end());
    std::sort(keys.begin(), keys.end());
    for (ReferenceRow& row : next_references_) references_.push_back(std::move(row));
    queue_.clear();
    next_.clear();
    next_references_.clear();
    at_ = 0;
    running_ = false;
    ended_ = last;
    return keys;
  }
  if (!running_) {
    queue_ = std::move(next_);
    next_.clear();
    std::sort(queue_.begin(), queue_.end());
    references_ = std::move(next_references_);
    next_references_.clear();
    at_ = 0;
    began_ = last;
    running_ = true;
  }
  const size_t due = (queue_.size() * inputs + cycle_inputs_ - 1) / cycle_inputs_;
  const size_t end = std::min(queue_.size(), at_ + std::max<size_t>(due, 1));
  keys.assign(queue_.begin() + static_cast<ptrdiff_t>(at_),
              queue_.begin() + static_cast<ptrdiff_t>(end));
  at_ = end;
  if (at_ == queue_.size()) {
    ended_ = began_;
    running_ = false;
    queue_.clear();
    at_ = 0;
  }
  return keys;
}

}  // namespace duban
