// A process that dies: a store that refuses every commit after so many.
#pragma once

#include <utility>

#include "tests/simulation/forward.h"

namespace duban {

class DyingStore : public simulation::ForwardingStore {
 public:
  DyingStore(std::unique_ptr<Store> store, size_t commits)
      : ForwardingStore(std::move(store)), commits_(commits) {}
  Status commit(const Batch& batch) override {
    if (commits_ == 0) return Error{"the disk is full", {}, {}, {}, {}};
    --commits_;
    return ForwardingStore::commit(batch);
  }

 private:
  size_t commits_;
};

}  // namespace duban
