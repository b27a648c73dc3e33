// A log that somebody else wrote, given to both evaluators.
#include "tests/reference/match.h"

namespace duban::reference {

// The engine's values name choices by its own numbers, the reference's by those of its program.
Value Match::translate(const Type& type, const Value& value) const {
  if (const SetValue* set = value.get_if<SetValue>()) {
    Type item = type;
    item.set = item.optional = false;
    std::vector<Value> items;
    for (const Value& each : set->items) items.push_back(translate(item, each));
    return make_set(std::move(items));
  }
  const ChoiceValue* choice = value.get_if<ChoiceValue>();
  if (choice == nullptr) return value;
  const Names& names = plan().layout.choices.at(choice->choice).values.at(choice->index);
  return ChoiceValue{type.id, *program().find_value(type.id, names.name)};
}

Fields Match::translate(const std::vector<Field>& fields, const std::vector<Layout::Field>& layout,
                        const std::vector<std::pair<uint16_t, Value>>& given) const {
  Fields out;
  for (const auto& [slot, value] : given) {
    const std::string& name = layout.at(slot).names.name;
    if (const Field* field = find(fields, name)) out[name] = translate(field->type, value);
  }
  return out;
}

EventPtr Match::translate(const EventData& event) const {
  const auto& layout = plan().layout.events.at(event.event);
  const EventType& type =
      program().events[static_cast<size_t>(program().find_event(layout.names.name))];
  std::vector<std::pair<uint16_t, Value>> given;
  for (size_t i = 0; i < event.fields.size(); ++i) {
    if (i < event.given.size() && event.given[i])
      given.emplace_back(static_cast<uint16_t>(i), event.fields[i]);
  }
  auto out = std::make_shared<Event>();
  out->name = type.names.name;
  out->time = event.time;
  out->received = event.received;
  out->fields = translate(type.fields, layout.fields, given);
  return out;
}

std::optional<Difference> Match::follow(const duban::Input& logged) {
  using Kind = duban::Input::Kind;
  duban::Input engine = logged;
  Input judged;
  judged.kind = static_cast<Input::Kind>(logged.kind);  // in the same order
  judged.time = logged.time;
  judged.received = logged.received;
  judged.before_facts = logged.before_facts;
  judged.given_up = logged.given_up;
  judged.person = logged.person;
  judged.text = logged.text;
  judged.delivered = logged.delivered;
  if (logged.event != nullptr) judged.event = translate(*logged.event);
  const auto known = subjects_.find(logged.subject);
  if (known != subjects_.end() && known->second.held) return std::nullopt;
  if (logged.kind == Kind::upsert) {
    const auto& entity = plan().layout.entities.at(logged.subject.entity);
    const Entity& of =
        program().entities[static_cast<size_t>(program().find_entity(entity.names.name))];
    judged.attributes = translate(of.fields, entity.attributes, logged.attributes);
  }
  if (logged.target != Digest{}) {
    const std::string hex = logged.target.to_hex();
    if (known == subjects_.end() || !known->second.objects.contains(logged.target))
      return Difference{"an input is about " + hex + ", which nobody made\n"};
    judged.target = known->second.objects.at(logged.target).second;
  }
  if (logged.kind == Kind::answer) {
    for (const Task& task : known->second.judge.tasks) {
      if (task.serial != judged.target || task.spec == nullptr) continue;
      for (const duban::Task& same : known->second.engine.tasks) {
        if (same.id != logged.target) continue;
        judged.answers =
            translate(task.source.program->needs.at(task.spec),
                      plans_.find(same.version)->tasks[same.spec].needs, logged.answers);
      }
    }
  }
  now_ = std::max(now_, logged.received);
  ++(*tally_)["input: of a log"];
  // A held subject catches up with what waited before it is asked what a new version asks: that is
  // no order the reference knows. It is followed no further.
  const bool is_asked = logged.kind == Kind::deployed;
  if (!is_asked && known != subjects_.end() && known->second.engine.exists &&
      known->second.engine.seen_version != version_) {
    ++(*tally_)["outcome: not followed further"];
    known->second.held = true;
  }
  return step(Key(logged.subject), engine, judged, !is_asked);
}

void Match::follow(const ReferenceRow& row) {
  references_.put(row.entity, row.key, row.row);
  const auto& layout = plan().layout.entities.at(row.entity);
  const Entity& of =
      program().entities[static_cast<size_t>(program().find_entity(layout.names.name))];
  std::vector<std::pair<uint16_t, Value>> given;
  for (size_t i = 0; i < row.row.size(); ++i) {
    if (!row.row[i].is_none()) given.emplace_back(static_cast<uint16_t>(i), row.row[i]);
  }
  auto rows = std::make_shared<Rows>(*rows_);
  (*rows)[Key{row.entity, row.key}] = translate(of.fields, layout.attributes, given);
  rows_ = std::move(rows);
}

}  // namespace duban::reference
