// Makes batches durable one after the other: on a thread of its own while the next is filled, or,
// without one, when somebody waits for it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "runtime/store.h"

namespace duban {

class Committer {
 public:
  // With a thread, only this object may use the store.
  Committer(std::unique_ptr<Store> store, bool has_thread);
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  // The store, once it does nothing. What became of the last batch, finish() tells.
  Store* operator->() {
    wait();
    return store_.get();
  }
  Store& operator*() { return *operator->(); }
  // The store, whatever it does: for what may be asked of it then.
  Store& beside() { return *store_; }
  void wait();

  // Takes a batch over, and leaves an empty one. `now`: it is waited for at once, so that finish()
  // does it, not the thread. REQUIRES: the one before is finished.
  void begin(Batch& batch, bool now);
  // Waits until the batch is durable; does nothing when there is none. After an error it is kept,
  // and the next call tries it again.
  Status finish();
  bool has_failed();  // the batch is kept, to be tried again
  bool is_busy();     // the thread is at it, or nobody has waited for it yet
  // Called by the thread after each batch, whatever became of it; it must not call this object.
  void tell(std::function<void()> told);

 private:
  enum class State : uint8_t {
    idle,
    given,   // the thread is at it, or wait() will be
    done,    // it is durable,
    failed,  // or not, which nobody was told yet
    kept,    // finish() is to commit it
    ending,
  };

  void work();
  void commit();

  std::unique_ptr<Store> store_;
  Batch batch_;
  Status outcome_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<void()> told_;  // guarded by `mutex_`
  State state_ = State::idle;   // of the batch; guarded by `mutex_`, as all above while it is given
  std::thread thread_;
};

}  // namespace duban
