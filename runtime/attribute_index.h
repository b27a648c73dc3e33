// Subjects by the value of an attribute, so that a broadcast to those of one line need not ask the
// customers of all.
//
// An index lists at least those that have a value; whoever has lost it since is listed, too, until
// so many are that it is made anew. Who is listed is to be asked. It is made when it is first
// needed, by going through all subjects; a step that changes the attribute adds to it.
//
// It takes 9 bytes for each subject (a hash and a place) and those of the key, wherever the subject
// itself lies: ready, packed or stored only.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/bytes.h"
#include "engine/step.h"

namespace duban {

class AttributeIndex {
 public:
  using Hash = uint32_t;
  static constexpr Hash kNobody = 0;  // of none, which equals nothing
  static Hash hash_of(const Value& value);

  void add(Hash hash, std::string_view key);
  void settle();  // all that was added at first
  // Whether it could not take all in: its keys would take more than four gigabytes.
  bool is_full() const { return is_full_; }
  // Somebody it lists was given another value.
  void left() { ++left_; }
  // Whether it is to be made anew: of those it lists more than a third have left.
  bool is_worn() const { return left_ > kLeftMin && 3 * left_ > sorted_.size() + added_.size(); }
  // Adds the keys with such a value, and perhaps others; in no order, some twice.
  void list(Hash hash, std::vector<std::string>& keys);

 private:
  struct Entry {
    Hash hash;
    uint32_t place;  // of the key
    bool operator<(const Entry& other) const { return hash < other.hash; }
  };
  static constexpr size_t kLeftMin = 1000;
  // Of what was added since, so many and an eighth of the rest are sorted beside it.
  static constexpr size_t kBesideMin = 4096;

  std::string_view key_at(uint32_t place) const;
  void sort();

  std::vector<Entry> sorted_;  // by hash, as the first `beside_` of those added are
  std::vector<Entry> added_;
  size_t beside_ = 0;
  size_t left_ = 0;
  bool is_full_ = false;
  std::string keys_;  // of all entries, as ByteWriter spells them
  ByteWriter key_;    // the one that is added
};

// Those of a runtime.
class AttributeIndexes {
 public:
  AttributeIndex* find(uint16_t entity, uint16_t attribute);  // null: not made, or worn
  AttributeIndex& put(uint16_t entity, uint16_t attribute, AttributeIndex index);
  void clear() { indexes_.clear(); }

  // Called after each step of a subject: whether it began to exist, and what it replaced.
  void stepped(const Subject& subject, bool is_new, const Replaced& replaced) {
    if (!indexes_.empty() && (is_new || !replaced.empty())) follow(subject, is_new, replaced);
  }

 private:
  void follow(const Subject& subject, bool is_new, const Replaced& replaced);

  std::map<std::pair<uint16_t, uint16_t>, AttributeIndex> indexes_;  // by entity and attribute
};

// What a subject has in an attribute; none where it was last written under an older layout.
AttributeIndex::Hash hash_of(const Subject& subject, uint16_t attribute);

}  // namespace duban
