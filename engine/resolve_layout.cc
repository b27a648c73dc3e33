// Choices, entities and events: from declarations to slots that outlive versions.
#include <algorithm>
#include <utility>

#include "engine/resolve.h"

namespace duban::compiler {
namespace {

constexpr size_t kMaxNamed = 60'000;  // of one kind: ids are 16 bits wide

// The slot of a thing with these names in what is remembered, or a new one. The canonical name
// counts first; a name that was or became an alias still means the same thing.
template <typename T, typename GetNames>
size_t claim(Program& program, std::vector<T>& slots, std::vector<bool>& present,
             const Names& names, GetNames names_in) {
  const auto use = [&](size_t slot) {
    present[slot] = true;
    names_in(slots[slot]) = names;
    return slot;
  };
  for (size_t i = 0; i < slots.size(); ++i) {
    if (!present[i] && names_in(slots[i]).name == names.name) return use(i);
  }
  for (size_t i = 0; i < slots.size(); ++i) {
    const Names& known = names_in(slots[i]);
    const bool same =
        known.matches(names.name) || (!names.alias.empty() && known.matches(names.alias));
    if (!present[i] && same) return use(i);
  }
  if (slots.size() >= kMaxNamed) {
    program.error(
        {}, "E130",
        {"too many names: the limit is 60000 of one kind", "名称过多：同类至多 60000 个"});
    return slots.size() - 1;
  }
  slots.emplace_back();
  present.push_back(true);
  return use(slots.size() - 1);
}

Names& field_names(Layout::Field& field) { return field.names; }

bool same_kind(const Type& a, const Type& b) {
  return a.kind == b.kind && a.id == b.id && a.set == b.set;
}

// Adds a field, or finds it in what is remembered: its type may not have changed.
size_t claim_field(Program& program, std::vector<Layout::Field>& fields, std::vector<bool>& present,
                   const Names& names, const Type& type, bool is_private, Span span) {
  const size_t known = fields.size();
  const size_t slot = claim(program, fields, present, names, field_names);
  Layout::Field& field = fields[slot];
  if (slot < known && type.kind != TypeKind::none && !same_kind(field.type, type)) {
    program.error(
        span, "E126",
        {quoted(names.name) + " was " + describe(program, field.type, false) +
             " in the deployment before and cannot become " + describe(program, type, false),
         quoted(names.name) + "在此前的部署中是" + describe(program, field.type, true) +
             "，不能改为" + describe(program, type, true),
         "declare it under a new name", "请以新名称声明"});
  }
  field.type = type;
  field.is_private = is_private;
  return slot;
}

void duplicate_field(Program& program, const syntax::Name& name) {
  program.error(
      name.span, "E103",
      {quoted(name.text) + " is declared twice here", quoted(name.text) + "在此重复声明"});
}

bool declared_before(const std::vector<Names>& before, const Names& names) {
  return std::any_of(before.begin(), before.end(),
                     [&](const Names& other) { return other.overlaps(names); });
}

// Every field of an entity or event that is named, and named once, with its type.
template <typename Info, typename Visit>
void each_field(Program& program, const Info& info, const Visit& visit) {
  std::vector<Names> before;
  for (const syntax::Field& field : info.syntax->fields) {
    if (field.name.empty()) continue;
    const Names names = names_of(field.name);
    if (declared_before(before, names)) {
      duplicate_field(program, field.name);
      continue;
    }
    before.push_back(names);
    visit(field, names,
          resolve_type(program, field.type, info.file, info.names.name + "." + names.name));
  }
}

void place_calendars(Program& program) {
  std::vector<Names>& slots = program.plan.layout.calendars;
  std::vector<bool> present(slots.size(), false);
  for (auto& info : program.calendars) {
    info.id = static_cast<Index>(
        claim(program, slots, present, info.names, [](Names& names) -> Names& { return names; }));
  }
}

void place_entities(Program& program) {
  Layout& layout = program.plan.layout;
  std::vector<bool> present(layout.entities.size(), false);
  for (auto& info : program.entities) {
    const size_t known = layout.entities.size();
    const size_t id = claim(program, layout.entities, present, info.names,
                            [](Layout::Entity& entity) -> Names& { return entity.names; });
    info.id = static_cast<Index>(id);
    Layout::Entity& entity = layout.entities[id];
    if (id < known && entity.reference != info.syntax->is_reference) {
      program.error(info.syntax->span, "E126",
                    {quoted(info.names.name) + " was declared with the other of `entity` and "
                                               "`reference` in the deployment before",
                     quoted(info.names.name) + "在此前的部署中以`对象`与`参照`中的另一种声明"});
    }
    entity.reference = info.syntax->is_reference;
    entity.key = names_of(info.syntax->key);
  }
  program.present.attributes.resize(layout.entities.size());
  for (size_t i = 0; i < layout.entities.size(); ++i) {
    program.present.attributes[i].assign(layout.entities[i].attributes.size(), false);
  }
}

void check_key(Program& program, const syntax::Field& field, const Type& type) {
  if (type.kind == TypeKind::none) return;
  if (type.kind == TypeKind::text && !type.set && !type.optional) return;
  program.error(field.type.span, "E125",
                {"a key is a text, and always there", "主键须为文本型，且不可缺省"});
}

void place_attributes(Program& program) {
  for (const auto& info : program.entities) {
    const auto id = static_cast<uint16_t>(info.id);
    each_field(program, info,
               [&](const syntax::Field& field, const Names& names, const Type& type) {
                 Layout::Entity& entity = program.plan.layout.entities[id];
                 if (!entity.key.name.empty() && entity.key.overlaps(names)) {
                   // The header may give one name only, the field both.
                   if (entity.key.alias.empty()) entity.key = names;
                   check_key(program, field, type);
                   return;
                 }
                 claim_field(program, entity.attributes, program.present.attributes[id], names,
                             type, field.is_private, field.name.span);
               });
  }
}

// `set credit` declares a field of the attribute's name and type.
void place_event_set(Program& program, const syntax::Assignment& set, uint16_t event,
                     uint16_t entity, uint16_t file) {
  if (set.target.empty()) return;
  const auto attribute = find_attribute(program, entity, set.target.text);
  const Layout::Entity& subject = program.plan.layout.entities[entity];
  if (!attribute) {
    Message message{quoted(subject.names.name) + " has no attribute " + quoted(set.target.text),
                    quoted(subject.names.in(true)) + "没有属性" + quoted(set.target.text)};
    std::vector<std::string> candidates;
    for (const Layout::Field& field : subject.attributes) {
      add_names(candidates, field.names);
    }
    suggest(message, set.target.text, candidates);
    if (subject.key.matches(set.target.text)) {
      message = {"a key is never set", "主键不可更新"};
    }
    program.error(set.target.span, "E101", std::move(message));
    return;
  }
  program.note(set.target.span, subject.attributes[*attribute].names);
  program.event_sets.push_back({&set, event, *attribute, file});
  const Layout::Field& target = subject.attributes[*attribute];
  if (set.value || find_event_field(program, event, target.names.name)) return;
  Type type = target.type;
  for (const auto& info : program.entities) {
    if (info.id != entity) continue;
    for (const syntax::Field& field : info.syntax->fields) {
      if (field.initial && target.names.overlaps(names_of(field.name))) type.optional = true;
    }
  }
  claim_field(program, program.plan.layout.events[event].fields, program.present.fields[event],
              target.names, type, target.is_private, set.span);
}

void place_events(Program& program) {
  Layout& layout = program.plan.layout;
  std::vector<bool> present(layout.events.size(), false);
  for (auto& info : program.events) {
    const size_t known = layout.events.size();
    const size_t id = claim(program, layout.events, present, info.names,
                            [](Layout::Event& event) -> Names& { return event.names; });
    Layout::Event& event = layout.events[id];
    const syntax::EventDecl& decl = *info.syntax;
    const Index found = program.find_entity(decl.entity, info.file);
    const uint16_t entity =
        found == kNone ? kNoId : static_cast<uint16_t>(program.entities[found].id);
    if (id < known && entity != kNoId && event.entity != entity) {
      program.error(
          decl.entity.span, "E126",
          {quoted(info.names.name) + " happened to another entity in the deployment before",
           quoted(info.names.name) + "在此前的部署中属于另一对象"});
    }
    // An event of nobody known still has its fields; entity 0 keeps the layout well formed.
    event.entity = entity == kNoId ? 0 : entity;
    event.kind = static_cast<Layout::Event::Kind>(decl.kind);
    info.id = static_cast<Index>(id);
    if (entity != kNoId && layout.entities[entity].reference) {
      program.error(decl.entity.span, "E113",
                    {quoted(decl.entity.text) + " is a reference: events happen to entities",
                     quoted(decl.entity.text) + "是参照，事件只能发生于对象"});
    }
  }
  program.present.fields.resize(layout.events.size());
  for (size_t i = 0; i < layout.events.size(); ++i) {
    program.present.fields[i].assign(layout.events[i].fields.size(), false);
  }

  for (const auto& info : program.events) {
    const auto id = static_cast<uint16_t>(info.id);
    each_field(program, info,
               [&](const syntax::Field& field, const Names& names, const Type& type) {
                 if (field.initial) {
                   program.error(field.initial->span, "E123",
                                 {"a field of an event has no default", "事件的字段没有默认值",
                                  "the event brings its value; one that may be missing has `?`",
                                  "其值由事件带来；可以没有的，类型后加`？`"});
                 }
                 claim_field(program, layout.events[id].fields, program.present.fields[id], names,
                             type, field.is_private, field.name.span);
               });
    if (layout.entities.empty()) continue;
    for (const syntax::Assignment& set : info.syntax->sets) {
      place_event_set(program, set, id, layout.events[id].entity, info.file);
    }
  }
}

}  // namespace

uint16_t declare_choice(Program& program, const Names& names, const std::vector<Names>& values,
                        uint16_t file, bool named) {
  Layout& layout = program.plan.layout;
  Program::Present& present = program.present;
  const auto found = layout.find_choice(names.name);
  const size_t id = found ? *found : layout.choices.size();
  if (!found) layout.choices.emplace_back();
  while (present.values.size() < layout.choices.size()) {
    present.values.emplace_back(layout.choices[present.values.size()].values.size(), false);
    present.named_choices.push_back(false);
    present.choice_files.push_back(kNoId);
  }
  layout.choices[id].names = names;
  present.named_choices[id] = named;
  present.choice_files[id] = file;
  for (const Names& value : values) {
    claim(program, layout.choices[id].values, present.values[id], value,
          [](Names& known) -> Names& { return known; });
  }
  return static_cast<uint16_t>(id);
}

Type resolve_type(Program& program, const syntax::TypeExpr& type, uint16_t file,
                  const std::string& anonymous) {
  Type out;
  out.kind = type.builtin;
  out.set = type.set;
  out.optional = type.optional;
  if (!type.choices.empty()) {
    std::vector<Names> values;
    for (const syntax::Name& choice : type.choices) {
      const Names names = names_of(choice);
      if (declared_before(values, names)) {
        duplicate_field(program, choice);
      } else {
        values.push_back(names);
      }
    }
    out.kind = TypeKind::choice;
    out.id = declare_choice(program, {anonymous, ""}, values, file, false);
    return out;
  }
  if (type.builtin != TypeKind::none || type.word.empty()) return out;

  for (const auto& info : program.choices) {
    if (!info.names.matches(type.word.text) || !program.visible(file, info.file)) continue;
    program.note(type.word.span, info.names);
    out.kind = TypeKind::choice;
    out.id = static_cast<uint16_t>(info.id);
    return out;
  }
  for (const auto& info : program.entities) {
    if (!info.names.matches(type.word.text) || !program.visible(file, info.file)) continue;
    program.note(type.word.span, info.names);
    out.kind = TypeKind::reference;
    out.id = static_cast<uint16_t>(info.id);
    return out;
  }
  Message message{"there is no type " + quoted(type.word.text),
                  "没有类型" + quoted(type.word.text)};
  std::vector<std::string> candidates{"yes/no", "number", "money",    "text",
                                      "date",   "time",   "datetime", "duration"};
  for (const auto& info : program.choices) candidates.push_back(info.names.name);
  for (const auto& info : program.entities) candidates.push_back(info.names.name);
  suggest(message, type.word.text, candidates);
  program.error(type.word.span, "E101", std::move(message));
  return Type{};
}

void build_layout(Program& program) {
  Layout& layout = program.plan.layout;
  if (program.input.previous) layout = *program.input.previous;
  for (const Layout::Choice& choice : layout.choices) {
    program.present.values.emplace_back(choice.values.size(), false);
    program.present.named_choices.push_back(false);
    program.present.choice_files.push_back(kNoId);
  }
  for (auto& info : program.choices) {
    std::vector<Names> values;
    for (const syntax::Name& value : info.syntax->values) {
      const Names names = names_of(value);
      if (declared_before(values, names)) {
        duplicate_field(program, value);
      } else {
        values.push_back(names);
      }
    }
    info.id = declare_choice(program, info.names, values, info.file, true);
  }
  place_calendars(program);
  place_entities(program);
  place_attributes(program);
  place_events(program);
}

}  // namespace duban::compiler
