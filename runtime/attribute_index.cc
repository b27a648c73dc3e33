#include "runtime/attribute_index.h"

#include <algorithm>

#include "engine/condition_parts.h"
#include "runtime/key_hash.h"

namespace duban {
namespace {

AttributeIndex::Hash fold(uint64_t hash) {
  const auto folded = static_cast<AttributeIndex::Hash>(hash * 0x9e3779b97f4a7c15U >> 32);
  return folded == AttributeIndex::kNobody ? 1 : folded;
}

}  // namespace

// Equal values have equal hashes; sets and durations all have the same.
AttributeIndex::Hash AttributeIndex::hash_of(const Value& value) {
  if (value.is_none()) return kNobody;
  if (const auto* text = value.get_if<std::string>()) return fold(std::hash<std::string>()(*text));
  if (const auto* key = value.get_if<Key>()) return fold(KeyHash()(*key));
  return fold(static_cast<uint64_t>(ordinal(value).value_or(0)) * 16 + value.index());
}

AttributeIndex::Hash hash_of(const Subject& subject, uint16_t attribute) {
  const bool has = subject.exists && attribute < subject.attributes.size();
  return has ? AttributeIndex::hash_of(subject.attributes[attribute]) : AttributeIndex::kNobody;
}

// ---- one index

void AttributeIndex::add(Hash hash, std::string_view key) {
  constexpr size_t kLengthBytesMax = 10;
  if (hash == kNobody) return;
  is_full_ = is_full_ || keys_.size() + kLengthBytesMax + key.size() > UINT32_MAX;
  if (is_full_) return;
  added_.push_back({hash, static_cast<uint32_t>(keys_.size())});
  key_.clear();
  key_.text(key);
  keys_ += key_.bytes();
}

std::string_view AttributeIndex::key_at(uint32_t place) const {
  return ByteReader(std::string_view(keys_).substr(place)).text();
}

void AttributeIndex::sort() {
  const auto beside = added_.begin() + static_cast<ptrdiff_t>(beside_);
  std::sort(beside, added_.end());
  std::inplace_merge(added_.begin(), beside, added_.end());
  beside_ = added_.size();
  if (beside_ <= kBesideMin + sorted_.size() / 8) return;
  std::vector<Entry> all(sorted_.size() + added_.size());
  std::merge(sorted_.begin(), sorted_.end(), added_.begin(), added_.end(), all.begin());
  sorted_ = std::move(all);
  added_ = {};
  beside_ = 0;
}

void AttributeIndex::settle() {
  std::sort(added_.begin(), added_.end());
  sorted_ = std::move(added_);
  sorted_.shrink_to_fit();
  keys_.shrink_to_fit();
  added_ = {};
}

void AttributeIndex::list(Hash hash, std::vector<std::string>& keys) {
  if (hash == kNobody) return;
  if (beside_ != added_.size()) sort();
  for (const std::vector<Entry>* entries : {&sorted_, &added_}) {
    const auto [from, to] = std::equal_range(entries->begin(), entries->end(), Entry{hash, 0});
    for (auto at = from; at != to; ++at) keys.emplace_back(key_at(at->place));
  }
}

// ---- all of them

AttributeIndex* AttributeIndexes::find(uint16_t entity, uint16_t attribute) {
  const auto at = indexes_.find({entity, attribute});
  if (at == indexes_.end()) return nullptr;
  if (!at->second.is_worn()) return &at->second;
  indexes_.erase(at);
  return nullptr;
}

AttributeIndex& AttributeIndexes::put(uint16_t entity, uint16_t attribute, AttributeIndex index) {
  return indexes_[{entity, attribute}] = std::move(index);
}

void AttributeIndexes::follow(const Subject& subject, bool is_new, const Replaced& replaced) {
  const uint16_t entity = subject.key.entity;
  for (auto at = indexes_.lower_bound({entity, 0});
       at != indexes_.end() && at->first.first == entity; ++at) {
    const uint16_t attribute = at->first.second;
    AttributeIndex& index = at->second;
    AttributeIndex::Hash before = AttributeIndex::kNobody;
    if (!is_new) {
      const auto change = std::find_if(replaced.begin(), replaced.end(),
                                       [&](const auto& item) { return item.first == attribute; });
      if (change == replaced.end()) continue;
      before = AttributeIndex::hash_of(change->second);
    }
    const AttributeIndex::Hash now = hash_of(subject, attribute);
    if (now == before) continue;
    if (before != AttributeIndex::kNobody) index.left();
    index.add(now, subject.key.key);
  }
}

}  // namespace duban
