// How a machine gets through its story.
#include <algorithm>

#include "tests/simulation/machine.h"

namespace duban::simulation {
namespace {

constexpr int kTriesMax = 40;  // of one operation, before nothing fails any more
constexpr int64_t kAfterwardsMs = 60 * kMsPerDay;
constexpr int kFiringsAfterwards = 2000;

// After what a service would go on with the same runtime; a command line ends.
bool can_be_repeated(Op::Kind kind) {
  return kind == Op::Kind::line || kind == Op::Kind::again || kind == Op::Kind::flush ||
         kind == Op::Kind::rest || kind == Op::Kind::wait;
}

bool happens_once(Op::Kind kind) {
  return kind == Op::Kind::kill || kind == Op::Kind::fill_disk;
}

}  // namespace

void Machine::live() {
  open();
  int failures = 0;
  while (runtime_ != nullptr && at_ < story_.ops.size()) {
    if (failures > kTriesMax) stop_faults();
    const size_t index = at_;
    const bool is_new = index >= begun_;
    begun_ = std::max(begun_, index + 1);
    if (commands_wanted == nullptr && is_new) commands_before.push_back(counts_.commands);
    const Op& op = story_.ops[index];
    if (happens_once(op.kind) && !is_new) {
      ++at_;
      continue;
    }
    if (faulty_ && random_.below(100) < story_.breaks_in_flush) receivers_.fails_to_flush = true;
    trace(std::to_string(index) + " " + shown(story_.wall ? clock_->now() : op.at) + " " +
          std::string(to_string(op.kind)));
    if (op.kind == Op::Kind::kill && faulty_) {
      ++counts_.kills;
      at_ = index + 1;
      disk_.crash_now();
      crash_and_open();
      continue;
    }
    if (attempt(index, is_new)) {
      failures = 0;
    } else {
      ++failures;
    }
  }
  if (runtime_ != nullptr) finish();
}

// Whether the operation is over, well or not.
bool Machine::attempt(size_t index, bool is_new) {
  const Op& op = story_.ops[index];
  // What went wrong with a group on its way is told later, at the latest when it is flushed.
  const uint64_t before = story_.overlaps ? faults_flushed_ : faults();
  was_flushed_ = false;
  at_ = index + 1;
  Status status;
  if (story_.wall) {
    if (is_new) status = pass(op.wait_ms);
    while (status && !disk_.is_dead() && !to_send_again_.empty()) {
      const size_t line = to_send_again_.back();
      to_send_again_.pop_back();
      ++counts_.resent;
      status = take(line, lines_[line]);
      (status ? unacknowledged_ : to_send_again_).push_back(line);
    }
  }
  if (status && !disk_.is_dead()) status = do_op(index, is_new);
  clock_->pass(disk_.take_delay_ms());
  // What failed once may go on failing until its transaction is over.
  if (!disk_.is_dead() &&
      (status || (faults() == before && !(is_troubled_ && can_be_repeated(op.kind))))) {
    if (was_flushed_) is_troubled_ = false;
    if (!status) {
      ++counts_.refused;
      trace("  " + status.error().to_string());
      if (can_be_repeated(op.kind)) complain("it fails: " + status.error().to_string());
    }
    if (was_flushed_ && unacknowledged_.empty()) acknowledged_ = std::max(acknowledged_, at_);
    return true;
  }
  ++counts_.failures;
  is_troubled_ = true;
  trace("  " + (status ? std::string("it died") : status.error().to_string()));
  if (disk_.counts().full > 0 && random_.chance(40)) disk_.faults.bytes_max = 0;
  if (!disk_.is_dead() && can_be_repeated(op.kind) && random_.chance(60)) {
    ++counts_.retries;
    at_ = index;
    return false;
  }
  crash_and_open();
  // Nothing can be done before the first one; and one that is there already changes nothing.
  if (story_.wall && op.kind == Op::Kind::deploy) at_ = index;
  return false;
}

void Machine::stop_faults() {
  disk_.faults = DiskFaults{.lies = disk_.faults.lies};
  disk_.crash_after(0);
  crashes_left_ = 0;
}

void Machine::finish() {
  trace("afterwards");
  stop_faults();
  receivers_.recover();
  receivers_.fails_to_flush = false;
  const auto must = [&](const Status& status) {
    if (!status) complain("afterwards it fails: " + status.error().to_string());
    return status.ok();
  };
  for (const size_t line : to_send_again_) {
    unacknowledged_.push_back(line);
    if (!must(take(line, lines_[line]))) return;
  }
  if (!must(drop_all())) return;
  if (!story_.wall) {
    const Instant end{story_.ops.back().at.ms + kAfterwardsMs};
    if (!must(runtime_->advance(end, true))) return;
  } else {
    const Instant end{clock_->newest().ms + kAfterwardsMs};
    for (int i = 0; i < kFiringsAfterwards; ++i) {
      Instant next = end;
      if (const auto wake = runtime_->next_wake()) next = std::min(next, wake->at);
      if (const auto retry = runtime_->next_retry()) {  // to the last, however late it is
        next = clock_->now() < end ? std::min(next, *retry) : *retry;
      }
      clock_->set(std::max(clock_->now(), next));
      if (!must(runtime_->advance(clock_->now(), true))) return;
      if (!must(flushed(runtime_->flush()))) return;
      if (clock_->now() >= end && !runtime_->next_retry()) break;
    }
  }
  if (!must(flushed(runtime_->rest()))) return;
  const Instant now = runtime_->now();
  if (const auto wake = runtime_->next_wake(); wake && wake->at <= now)
    complain("a timer of " + shown(wake->at) + " has not fired by " + shown(now));
  if (runtime_->next_retry()) complain("something is still to be sent");
  runtime_.reset();
}

}  // namespace duban::simulation
