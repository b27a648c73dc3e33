// The world that notices, task messages and outgoing events go to. It outlives every crash, and
// remembers what it got.
//
// How a receiver behaves towards an item follows from the item's id and the seed, so that two runs
// of one story end the same. What it got twice is held against what the outbox promises: an id is
// delivered again only while it is not durable that it was delivered.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runtime/channel.h"
#include "tests/simulation/disk.h"

namespace duban::simulation {

class Receivers : public Receiver {
 public:
  struct Counts {
    uint64_t accepted = 0, repeated = 0, refused = 0, timed_out = 0, flush_errors = 0;
  };
  // Whether the process that sends is alive, and whether it dies now. May be empty.
  std::function<bool()> is_dead, dies_now;
  // What a send takes, in milliseconds.
  std::function<void(int64_t)> takes;
  // Up to which effect is durable what was done.
  std::function<uint64_t()> durable_effect;

  Receivers(uint64_t seed, bool patient) : seed_(seed), patient_(patient) {}

  Status send(const OutboxItem& item) override;
  Status flush() override;

  bool fails_to_flush = false;           // the next time
  void confirm();                        // all that was delivered until now is durably known to be
  void restarted();                      // another process sends from now on
  void recover() { recovered_ = true; }  // from now on nothing is refused that ever could be taken

  // By id: whether it was delivered in the end, and what.
  std::string describe() const;
  std::vector<std::string> delivered() const;  // ids
  bool knows(const std::string& id) const { return items_.contains(id); }
  const std::vector<std::string>& complaints() const { return complaints_; }
  const Counts& counts() const { return counts_; }

 private:
  enum class Manner : uint8_t { good, refuses_at_first, times_out_at_first, late, never };
  struct Item {
    int attempts = 0;
    bool accepted = false;
    bool answered = false;   // …and the sender was told so, in this process
    bool confirmed = false;  // …and has noted it durably
    std::string content;
  };
  Manner manner_of(const Digest& id, int& times) const;
  void accept(Item& known, const OutboxItem& item, bool answers);

  uint64_t seed_;
  bool patient_;  // refuses as often as may be, not so often that a virtual clock gives up
  bool recovered_ = false;
  std::map<std::string, Item> items_;
  std::vector<std::string> complaints_;
  Counts counts_;
};

}  // namespace duban::simulation
