// Whom a broadcast reaches.
#include <algorithm>

#include "engine/broadcast_reach.h"
#include "engine/codec.h"
#include "runtime/apply.h"
#include "runtime/runtime_impl.h"

namespace duban {

std::variant<StepEffects, StepFailure, IntakeError> Runtime::Impl::apply_to(Subject& subject,
                                                                            const Input& input) {
  const bool is_new = !subject.exists;
  attribute_indexes.before(subject);
  auto outcome = apply(plans, references, subject, input, settings.step);
  const auto* effects = std::get_if<StepEffects>(&outcome);
  if (effects != nullptr && (is_new || effects->changes_attributes))
    attribute_indexes.after(subject);
  return outcome;
}

Status Runtime::Impl::each_subject(uint16_t entity,
                                   const std::function<void(const Key&, const Subject&)>& visit) {
  bool damaged = false;
  subjects.each_in_memory([&](const SubjectRow& row) {
    if (row.key.entity != entity) return;
    if (row.cached != nullptr) return visit(row.key, row.cached->subject);
    const auto unpacked = subjects.unpacked(row);
    damaged = damaged || !unpacked;
    if (unpacked) visit(row.key, unpacked->subject);
  });
  if (subjects.some_are_absent() && !damaged) {
    const auto visit_stored = [&](const Key& key, std::string_view state) {
      if (key.entity != entity) return true;
      const SubjectRow* row = subjects.find(key);
      if (row != nullptr && row->in_memory()) return true;
      const std::optional<Subject> stored = decode_subject(state);
      damaged = !stored;
      if (!damaged) visit(key, *stored);
      return !damaged;
    };
    if (Status status = store->for_each_subject(visit_stored); !status) return status;
  }
  return damaged ? damaged_subject() : Status();
}

Status Runtime::Impl::visit_subject(const Key& key,
                                    const std::function<void(const Key&, const Subject&)>& visit) {
  const SubjectRow* row = subjects.find(key);
  if (row != nullptr && row->cached != nullptr) {
    visit(key, row->cached->subject);
  } else if (row != nullptr && row->packed != nullptr) {
    const auto unpacked = subjects.unpacked(*row);
    if (!unpacked) return damaged_subject();
    visit(key, unpacked->subject);
  } else if (subjects.some_are_absent()) {
    const Result<std::optional<StoredSubject>> stored = store->load_subject(key);
    if (!stored) return stored.error();
    if (!*stored) return {};
    const std::optional<Subject> subject = decode_subject((*stored)->state);
    if (!subject) return damaged_subject();
    visit(key, *subject);
  }
  return {};
}

Result<AttributeIndex*> Runtime::Impl::attribute_index(uint16_t entity, uint16_t attribute) {
  if (AttributeIndex* known = attribute_indexes.find(entity, attribute)) return known;
  AttributeIndex index;
  const Status status = each_subject(entity, [&](const Key& key, const Subject& subject) {
    index.add(hash_of(subject, attribute), key.key);
  });
  if (!status) return status.error();
  index.settle();
  return &attribute_indexes.put(entity, attribute, std::move(index));
}

// In the order of keys.
Result<std::vector<Key>> Runtime::Impl::reached_by(const Broadcast& broadcast) {
  std::vector<Key> reached;
  const auto ask = [&](const Key& key, const Subject& subject) {
    ++counts.asked;
    if (subject.exists && broadcast_reaches(plans.current(), references, subject, broadcast.event))
      reached.push_back(key);
  };
  std::optional<BroadcastReach> reach;
  if (settings.indexes_attributes)
    reach = broadcast_reach(plans.current(), references, *broadcast.event);
  AttributeIndex* index = nullptr;
  if (reach) {
    Result<AttributeIndex*> made = attribute_index(broadcast.entity, reach->attribute);
    if (!made) return made.error();
    index = *made;
  }
  if (index == nullptr || index->is_full()) {
    if (Status status = each_subject(broadcast.entity, ask); !status) return status.error();
    std::sort(reached.begin(), reached.end());
    return reached;
  }
  std::vector<std::string> keys;
  for (const Value& value : reach->values) index->list(AttributeIndex::hash_of(value), keys);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (std::string& key : keys) {
    const Status status = visit_subject({broadcast.entity, std::move(key)}, ask);
    if (!status) return status.error();
  }
  return reached;
}

}  // namespace duban
