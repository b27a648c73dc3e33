// The next timer of every subject, in order of time.
//
// A heap with lazy deletion: moving or cancelling a timer leaves its old entry in the heap, which
// is recognised as stale when it comes to the top. Order: time, then key, so that it never depends
// on what was inserted when.
#pragma once

#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/state.h"
#include "runtime/key_hash.h"

namespace duban {

class Timers {
 public:
  // Replaces the subject's timer; none cancels it.
  void set(const Key& key, std::optional<Wake> wake);
  std::optional<Wake> of(const Key& key) const;
  // The earliest; null when there is none. Valid until the next set().
  struct Due {
    Key key;
    Wake wake;
  };
  std::optional<Due> first();
  std::optional<Wake> first_wake();
  size_t size() const { return active_; }

 private:
  using Slots = std::unordered_map<Key, std::pair<std::optional<Wake>, uint32_t>, KeyHash>;
  struct Entry {
    Wake wake;
    Slots::value_type* slot =
        nullptr;  // stays while entries point to it: `second.second` counts them
  };
  static bool later(const Entry& a, const Entry& b);
  void drop_stale();
  void rebuild();

  Slots slots_;
  std::vector<Entry> heap_;
  size_t active_ = 0;
};

}  // namespace duban
