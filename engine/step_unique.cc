// Events that are unique by a field: of two for one subject with the same value only the first
// counts.
#include <algorithm>

#include "engine/format.h"
#include "engine/stepper.h"

namespace duban {
namespace {

Digest digest_of_key(const Plan& plan, const Layout::Event& type, const Layout::Field& field,
                     const Value& value) {
  return DigestBuilder()
      .add("unique")
      .add(type.names.name)
      .add(field.names.name)
      .add(to_json(plan, field.type, value))
      .finish();
}

// Of all it says: tells a repetition from a correction.
Digest digest_of_content(const Plan& plan, const Layout::Event& type, const EventData& event) {
  DigestBuilder builder;
  builder.add("content").add(type.names.name);
  for (size_t i = 0; i < event.fields.size() && i < type.fields.size(); ++i) {
    if (event.fields[i].is_none()) continue;
    builder.add(type.fields[i].names.name).add(to_json(plan, type.fields[i].type, event.fields[i]));
  }
  return builder.finish();
}

bool contains(const std::vector<Digest>& sorted, const Digest& digest) {
  return std::binary_search(sorted.begin(), sorted.end(), digest);
}

void insert(std::vector<Digest>& sorted, const Digest& digest) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), digest);
  if (at == sorted.end() || *at != digest) sorted.insert(at, digest);
}

}  // namespace

// The first is remembered; a later one is recorded, and nothing else comes of it.
bool Stepper::is_duplicate(const EventData& event) {
  const Plan& p = current();
  if (event.event >= p.touches.size()) return false;
  const EventTouch& touch = p.touches[event.event];
  if (touch.unique_by >= event.fields.size()) return false;
  const Value& value = event.fields[touch.unique_by];
  if (value.is_none()) return false;
  const Layout::Event& type = p.layout.events[event.event];
  const Layout::Field& field = type.fields[touch.unique_by];
  const Digest key = digest_of_key(p, type, field, value);
  const Digest content = digest_of_content(p, type, event);
  if (!contains(subject_.once, key)) {
    insert(subject_.once, key);
    insert(subject_.once, content);
    return false;
  }
  auto& record = add_record<DuplicateRecord>();
  record.id = event.cause;
  record.subject = subject_.key;
  record.event = type.names.name;
  record.key = field.is_private ? "***" : format(p, field.type, value, false);
  record.differs = !contains(subject_.once, content);
  record.raised = &event != input_.event.get();
  record.at = now_;
  record.from.version = plans_.current_version();
  record.from.span = touch.declared;
  if (trace_ != nullptr) {
    Trace::Entry entry;
    entry.effect = event.cause;
    entry.version = record.from.version;
    entry.step = touch.declared;
    entry.cause = event.cause;
    trace_->entries.push_back(std::move(entry));
  }
  return true;
}

}  // namespace duban
