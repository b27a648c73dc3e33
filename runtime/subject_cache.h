// Subjects in memory. What changed stays until it is stored; of the rest, those not used for long
// make room. References stay valid until trim().
#pragma once

#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/state.h"
#include "runtime/key_hash.h"
#include "runtime/store.h"

namespace duban {

struct CachedSubject {
  Subject subject;
  Sequence last = 0;                // its newest log entry
  std::optional<Wake> wake;         // its next timer, as its state says
  std::optional<Wake> stored_wake;  // the one that is stored
  bool dirty = false;               // changed since it was stored
  bool profile_dirty = false;       // its attributes, too
  bool used = true;                 // since the hand of the clock passed

  // Its timer when that is not armed: it was given up when it failed, and stays so until something
  // changes it.
  std::optional<Wake> unarmed(const std::optional<Wake>& armed) const {
    return armed ? std::nullopt : wake;
  }
};

class SubjectCache {
 public:
  // Null: not in memory, which says nothing about whether it exists.
  CachedSubject* find(const Key& key) {
    const auto at = subjects_.find(key);
    if (at == subjects_.end()) return nullptr;
    at->second.used = true;
    return &at->second;
  }
  CachedSubject& add(const Key& key) {
    const auto [at, is_new] = subjects_.try_emplace(key);
    if (is_new) ring_.push_back(&*at);
    return at->second;
  }
  size_t size() const { return subjects_.size(); }

  // Evicts clean subjects, second chance first, until a tenth below `size_max`.
  void trim(size_t size_max) {
    if (subjects_.size() <= size_max) return;
    const size_t target = size_max - size_max / 10;
    size_t left = 2 * ring_.size();
    while (subjects_.size() > target && left-- > 0) {
      if (hand_ >= ring_.size()) hand_ = 0;
      CachedSubject& candidate = ring_[hand_]->second;
      if (candidate.dirty || candidate.used) {
        candidate.used = false;
        ++hand_;
        continue;
      }
      const Key key = ring_[hand_]->first;
      ring_[hand_] = ring_.back();
      ring_.pop_back();
      subjects_.erase(key);
    }
  }

 private:
  using Subjects = std::unordered_map<Key, CachedSubject, KeyHash>;
  Subjects subjects_;
  std::vector<Subjects::value_type*> ring_;
  size_t hand_ = 0;
};

}  // namespace duban
