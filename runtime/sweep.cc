#include "runtime/sweep.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace duban {

bool Sweep::before(const Place& a, const Place& b) const { return key_before(subjects_, a, b); }

void Sweep::sort(Run& run) const {
  std::sort(run.places.begin(), run.places.end(),
            [this](const Place& a, const Place& b) { return before(a, b); });
}

void Sweep::changed(const SubjectRow& row) {
  if (next_.empty() || next_.back().places.size() == kRun) {
    if (!next_.empty()) sort(next_.back());
    next_.emplace_back().places.reserve(kRun);
  }
  next_.back().places.push_back({key_start(row.key), row.slot, row.key.entity});
  ++next_size_;
}

// Of what is left of a cycle, and all that changed since it began.
void Sweep::begin(Sequence last) {
  if (!next_.empty()) sort(next_.back());
  std::move(next_.begin(), next_.end(), std::back_inserter(runs_));
  next_.clear();
  size_ = left_ += std::exchange(next_size_, 0);
  std::make_heap(runs_.begin(), runs_.end(), later());
  for (ReferenceRow& row : next_references_) references_.push_back(std::move(row));
  next_references_.clear();
  began_ = last;
  inputs_ = 0;
  running_ = true;
}

uint32_t Sweep::take_first() {
  std::pop_heap(runs_.begin(), runs_.end(), later());
  Run& run = runs_.back();
  const uint32_t slot = run.places[run.at++].slot;
  if (run.at == run.places.size()) {
    runs_.pop_back();
  } else {
    std::push_heap(runs_.begin(), runs_.end(), later());
  }
  --left_;
  return slot;
}

size_t Sweep::due() const {
  const auto share = [this](size_t of, size_t all) { return (size_ * of + all - 1) / all; };
  return std::max(share(inputs_, cycle_inputs_), share(next_size_, waiting_max_));
}

std::vector<uint32_t> Sweep::slice(size_t inputs, Sequence last, size_t at_least) {
  ended_.reset();
  // Everything: one cycle of what is left and what is new.
  if (!running_ || at_least == kAll) begin(last);
  inputs_ += inputs;
  const size_t written = size_ - left_;
  const size_t behind = due() - std::min(due(), written);
  std::vector<uint32_t> slots(std::min(left_, std::max({behind, at_least, size_t{1}})));
  for (uint32_t& slot : slots) slot = take_first();
  if (left_ == 0) {
    ended_ = began_;
    running_ = false;
  }
  return slots;
}

}  // namespace duban
