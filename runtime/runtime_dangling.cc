// Reference rows that are named before they are known, or never become so: the value is held, and
// people are told once.
#include "runtime/runtime_impl.h"

namespace duban {
namespace {

Digest dangling_id(const Layout::Entity& entity, const std::string& key) {
  return DigestBuilder().add("dangling").add(entity.names.name).add(key).finish();
}

}  // namespace

void Runtime::Impl::warn_of_dangling(const Input& input, const FeedItem& item) {
  if (input.event != nullptr) return warn_of_dangling(*input.event, item);
  const auto& attributes = plans.current().layout.entities[input.subject.entity].attributes;
  for (const auto& [slot, value] : input.attributes) {
    warn_of_dangling(attributes[slot], value, input.time, item);
  }
}

void Runtime::Impl::warn_of_dangling(const EventData& event, const FeedItem& item) {
  const auto& fields = plans.current().layout.events[event.event].fields;
  for (size_t i = 0; i < event.fields.size(); ++i) {
    warn_of_dangling(fields[i], event.fields[i], event.time, item);
  }
}

void Runtime::Impl::warn_of_dangling(const Layout::Field& field, const Value& value, Instant at,
                                     const FeedItem& item) {
  if (field.type.kind != TypeKind::reference) return;
  if (const SetValue* set = value.get_if<SetValue>()) {
    for (const Value& each : set->items) warn_of_dangling(field, each, at, item);
    return;
  }
  const Key* key = value.get_if<Key>();
  if (key == nullptr) return;
  const Layout::Entity& entity = plans.current().layout.entities[key->entity];
  if (!entity.reference || references.find(key->entity, key->key) != nullptr) return;
  const Digest id = dangling_id(entity, key->key);
  if (!warned.insert(id)) return;

  StoredIncident incident;
  incident.id = id;
  incident.kind = StoredIncident::Kind::concern;
  incident.subject = *key;
  incident.sequence = last_sequence;
  incident.at = at;
  incident.place = item.place;
  incident.english =
      "`" + entity.names.name + "` `" + key->key + "` is named but not known; send its row";
  incident.chinese = "引用了“" + entity.names.in(true) + "”“" + key->key + "”，但尚无该行；请补送";
  open_incident(std::move(incident));
}

Status Runtime::Impl::end_dangling(const ReferenceRow& row) {
  const Digest id = dangling_id(plans.current().layout.entities[row.entity], row.key);
  if (!warned.contains(id)) return {};
  if (Status status = end_commit(); !status) return status;  // it may be on its way
  std::optional<StoredIncident> incident;
  for (const StoredIncident& each : batch.incidents) {
    if (each.id == id) incident = each;
  }
  if (!incident) {
    Result<std::optional<StoredIncident>> stored = store->find_incident(id.to_hex());
    if (!stored) return stored.error();
    incident = std::move(*stored);
  }
  if (incident && incident->status == StoredIncident::Status::open) {
    close_incident(std::move(*incident), StoredIncident::Status::retried);
  }
  return {};
}

}  // namespace duban
