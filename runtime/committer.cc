#include "runtime/committer.h"

namespace duban {

Committer::Committer(std::unique_ptr<Store> store, bool has_thread) : store_(std::move(store)) {
  if (has_thread) thread_ = std::thread([this] { work(); });
}

Committer::~Committer() {
  if (!thread_.joinable()) return;
  wait();
  {
    const std::lock_guard lock(mutex_);
    state_ = State::ending;
  }
  changed_.notify_all();
  thread_.join();
}

void Committer::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return state_ == State::given || state_ == State::ending; });
    if (state_ == State::ending) return;
    lock.unlock();
    commit();
    lock.lock();
    state_ = outcome_ ? State::done : State::failed;
    changed_.notify_all();
    if (told_) told_();
  }
}

void Committer::commit() {
  outcome_ = store_->commit(batch_);
  if (outcome_) batch_.clear();
}

void Committer::wait() {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) {
    if (state_ != State::given) return;
    commit();
    state_ = outcome_ ? State::done : State::failed;
    return;
  }
  changed_.wait(lock, [this] { return state_ != State::given; });
}

void Committer::begin(Batch& batch, bool now) {
  std::swap(batch_, batch);
  {
    const std::lock_guard lock(mutex_);
    state_ = now ? State::kept : State::given;
  }
  if (!now) changed_.notify_all();
}

bool Committer::has_failed() {
  const std::lock_guard lock(mutex_);
  return state_ == State::failed || state_ == State::kept;
}

bool Committer::is_busy() {
  const std::lock_guard lock(mutex_);
  return state_ == State::given;
}

void Committer::tell(std::function<void()> told) {
  const std::lock_guard lock(mutex_);
  told_ = std::move(told);
}

Status Committer::finish() {
  wait();
  std::unique_lock lock(mutex_);
  if (state_ == State::failed) {
    state_ = State::kept;
    return outcome_;
  }
  if (state_ == State::kept) {
    lock.unlock();
    commit();
    if (!outcome_) return outcome_;
    lock.lock();
  }
  state_ = State::idle;
  return {};
}

}  // namespace duban
