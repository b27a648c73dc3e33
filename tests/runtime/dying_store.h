// A process that dies: a store that refuses every commit after so many.
#pragma once

#include <utility>

#include "tests/simulation/forward.h"

namespace duban {

class DyingStore : public simulation::ForwardingStore {
 public:
  DyingStore(std::unique_ptr<Store> store, const size_t& commits_left)
      : ForwardingStore(std::move(store)), left_(commits_left) {}
  Status commit(const Batch& batch) override {
    if (done_++ >= left_) return Error{"it died", {}, {}, {}, {}};
    return ForwardingStore::commit(batch);
  }

 private:
  const size_t& left_;
  size_t done_ = 0;
};

}  // namespace duban
