#include "tests/reference/program.h"

#include <algorithm>

#include "engine/files.h"
#include "engine/parse.h"
#include "tests/reference/canonical.h"

namespace duban::reference {
namespace {

using syntax::Expr;
using syntax::ExprKind;

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

bool overlap(const Spelling& a, const Spelling& b) {
  return a.is(b.name) || (!b.alias.empty() && a.is(b.alias));
}

template <typename Things>
int index_of(const Things& things, std::string_view name) {
  for (size_t i = 0; i < things.size(); ++i) {
    if (things[i].names.is(name)) return static_cast<int>(i);
  }
  return -1;
}

template <typename Declaration>
void add_all(std::vector<Declared<Declaration>>& to, const std::vector<Declaration>& from,
             int policy) {
  for (const Declaration& decl : from) to.push_back({spelling_of(decl.name), policy, &decl});
}

void add_outcome(CaseKind& kind, const Spelling& names) {
  for (Spelling& known : kind.outcomes) {
    if (!overlap(known, names)) continue;
    if (known.alias.empty() && !names.alias.empty()) known = names;
    return;
  }
  kind.outcomes.push_back(names);
}

void add_outcomes(CaseKind& kind, const std::vector<syntax::Action>& actions) {
  for (const syntax::Action& action : actions) {
    if (action.kind == syntax::Action::Kind::close) add_outcome(kind, {action.outcome.text, {}});
    if (action.task == nullptr) continue;
    for (const auto& clause : action.task->clauses) add_outcomes(kind, clause.actions);
  }
}

// The first name an expression reads of each kind: `feeder`, `event` of `event.x`.
void roots(const Expr* expr, std::vector<std::string>& names) {
  if (expr == nullptr) return;
  if (expr->kind == ExprKind::name) names.push_back(expr->text);
  for (const auto& arg : expr->args) roots(arg.get(), names);
}

}  // namespace

const std::string& Spelling::in(bool chinese) const {
  return chinese && !alias.empty() ? alias : name;
}

Spelling spelling_of(const syntax::Name& name) {
  if (!ascii(name.text) && !name.alias.empty() && ascii(name.alias)) return {name.alias, name.text};
  return {name.text, name.alias};
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  for (const Field& field : fields) {
    if (field.names.is(name)) return &field;
  }
  return nullptr;
}

Program::Program(const CompileInput& input, uint32_t number, const Program* previous)
    : version(number), overrides(input.parameters) {
  std::vector<DeploymentFile> texts = input.files;
  std::sort(texts.begin(), texts.end());
  SourceSet sources, sheets;
  for (const DeploymentFile& text : texts)
    (text.path.ends_with(".rules") ? sources : sheets).emplace_back(text.path, text.text);
  std::vector<Diagnostic> findings;
  files = parse_files(sources, sheets, findings).files;  // names of one divide words of another
  for (const syntax::File& file : files) {
    Policy policy{
        spelling_of(!file.policy.name.empty() ? file.policy.name : file.vocabulary.name).name,
        {},
        {}};
    if (file.effective_from) policy.from = file.effective_from->value.as<Date>();
    if (file.effective_to) policy.to = file.effective_to->value.as<Date>();
    policies.push_back(std::move(policy));
  }
  if (previous != nullptr) {  // numbers of entities and choice values never change
    choices = previous->choices;
    entities = previous->entities;
  }
  read_vocabulary(input);
  read_entities();
  read_events();
  read_cases();
  read_values();
  read_tables(input);
  read_scorecards();
  read_rules();
  for (const syntax::File& file : files) {
    for (const syntax::CaseDecl& kind : file.cases) {
      std::map<std::string, int> repeats;
      for (const syntax::Trigger& trigger : kind.steps) {
        std::string& id = step_ids[&trigger];
        id = spelling_of(kind.name).name + "/" + canonical(*this, trigger);
        const int times = ++repeats[id];
        if (times > 1) id += "#" + std::to_string(times);
      }
    }
  }
  for (const Rule& rule : rules) step_ids[rule.trigger] = rule.id;
  for (const auto& [trigger, id] : step_ids) {
    int tasks = 0;
    read_tasks(trigger->actions, *trigger, id, tasks);
    read_tasks(trigger->otherwise, *trigger, id, tasks);
  }
  // What goes on for ever follows the policy in force, unless its author says otherwise [4].
  for (CaseKind& kind : cases) {
    kind.in_flight = kind.decl->in_flight;
    if (kind.in_flight != syntax::InFlight::unsaid) continue;
    kind.in_flight = syntax::InFlight::keep;
    for (const syntax::Trigger& step : kind.decl->steps) {
      bool standing = step.kind == syntax::Trigger::Kind::every;
      for (const auto& [spec, trigger] : task_triggers)
        standing |= trigger == &step && spec->every != nullptr;
      if (standing) kind.in_flight = syntax::InFlight::recompute;
    }
  }
}

void Program::read_vocabulary(const CompileInput& input) {
  for (const syntax::File& file : files) {
    const syntax::Vocabulary& words = file.vocabulary;
    if (!words.timezone.text.empty()) zone = *Zone::find(words.timezone.text);
    if (!words.currency.empty()) currency = spelling_of(words.currency);
    if (words.day_starts_at) day_starts_at = *words.day_starts_at;
    for (const syntax::CalendarDecl& decl : file.calendars) {
      std::map<Date, bool> days;
      for (const DeploymentFile& data : input.files) {
        if (data.path == decl.from.text) days = *read_workdays(data.text);
      }
      std::vector<Calendar::Hours> hours;
      for (const auto& part : decl.hours) hours.push_back({part.from, part.to});
      if (decl.is_default) default_calendar = static_cast<int>(calendars.size());
      calendar_names.push_back(spelling_of(decl.name));
      calendars.emplace_back(std::move(days), std::move(hours));
    }
  }
  if (calendars.size() == 1) default_calendar = 0;
}

uint16_t Program::declare_choice(const Spelling& names, const std::vector<Spelling>& values,
                                 bool named) {
  size_t id = 0;
  while (id < choices.size() && choices[id].names.name != names.name) ++id;
  if (id == choices.size()) choices.emplace_back();
  choices[id].names = names;
  choices[id].named = named;
  for (const Spelling& value : values) {
    auto& known = choices[id].values;
    const bool there =
        std::any_of(known.begin(), known.end(), [&](const auto& v) { return overlap(v, value); });
    if (!there) known.push_back(value);
  }
  return static_cast<uint16_t>(id);
}

Type Program::type_of(const syntax::TypeExpr& type, const std::string& place) {
  Type out{type.builtin, 0, type.set, type.optional};
  if (!type.choices.empty()) {
    std::vector<Spelling> values;
    for (const syntax::Name& value : type.choices) values.push_back(spelling_of(value));
    out.kind = TypeKind::choice;
    out.id = declare_choice({place, {}}, values, false);
  } else if (type.builtin == TypeKind::none) {
    const int choice = find_choice(type.word.text);
    out.kind = choice >= 0 ? TypeKind::choice : TypeKind::reference;
    out.id = static_cast<uint16_t>(choice >= 0 ? choice : find_entity(type.word.text));
  }
  return out;
}

// The tasks of a step, outer ones first: what they are called and what they ask.
void Program::read_tasks(const std::vector<syntax::Action>& actions, const syntax::Trigger& trigger,
                         const std::string& step, int& count) {
  for (const syntax::Action& action : actions) {
    if (action.task == nullptr) continue;
    task_triggers[action.task.get()] = &trigger;
    task_spans[action.task.get()] = action.span;
    task_ids[action.task.get()] = step + "/task#" + std::to_string(++count);
    std::vector<Field>& fields = needs[action.task.get()];
    for (const syntax::Field& field : action.task->needs) {
      const Spelling names = spelling_of(field.name);
      fields.push_back(
          {names, type_of(field.type, task_ids[action.task.get()] + "." + names.name), nullptr});
    }
    for (const auto& clause : action.task->clauses)
      read_tasks(clause.actions, trigger, step, count);
  }
}

void Program::read_entities() {
  for (const syntax::File& file : files) {
    for (const syntax::ChoiceDecl& decl : file.choices) {
      std::vector<Spelling> values;
      for (const syntax::Name& value : decl.values) values.push_back(spelling_of(value));
      declare_choice(spelling_of(decl.name), values, true);
    }
  }
  for (const syntax::File& file : files) {
    for (const syntax::EntityDecl& decl : file.entities) {
      const Spelling names = spelling_of(decl.name);
      if (find_entity(names.name) < 0) entities.emplace_back();
      Entity& entity = entities[static_cast<size_t>(find_entity(names.name) < 0
                                                        ? static_cast<int>(entities.size()) - 1
                                                        : find_entity(names.name))];
      entity.names = names;
      entity.key = spelling_of(decl.key);
      entity.is_reference = decl.is_reference;
      entity.fields.clear();
    }
  }
  for (const syntax::File& file : files) {
    for (const syntax::EntityDecl& decl : file.entities) {
      const Spelling names = spelling_of(decl.name);
      Entity& entity = entities[static_cast<size_t>(find_entity(names.name))];
      for (const syntax::Field& field : decl.fields) {
        const Spelling field_names = spelling_of(field.name);
        if (overlap(entity.key, field_names)) {  // the key may stand among the fields
          if (entity.key.alias.empty()) entity.key = field_names;
          continue;
        }
        const Type type = type_of(field.type, names.name + "." + field_names.name);
        entity.fields.push_back({field_names, type, field.initial.get(), field.is_private});
      }
    }
  }
}

void Program::read_events() {
  for (const syntax::File& file : files) {
    for (const syntax::EventDecl& decl : file.events) {
      EventType event{spelling_of(decl.name), find_entity(decl.entity.text), {}, &decl};
      for (const syntax::Field& field : decl.fields) {
        const Spelling names = spelling_of(field.name);
        event.fields.push_back({names, type_of(field.type, event.names.name + "." + names.name),
                                nullptr, field.is_private});
      }
      // `set credit` declares a field of the attribute's name and type; optional where the
      // attribute has a default.
      for (const syntax::Assignment& set : decl.sets) {
        const Field* target =
            find(entities[static_cast<size_t>(event.entity)].fields, set.target.text);
        if (set.value || find(event.fields, target->names.name) != nullptr) continue;
        Field field = *target;
        field.type.optional |= target->initial != nullptr;
        field.initial = nullptr;
        event.fields.push_back(field);
      }
      events.push_back(std::move(event));
    }
  }
}

void Program::read_cases() {
  for (size_t i = 0; i < files.size(); ++i) {
    for (const syntax::CaseDecl& decl : files[i].cases) {
      CaseKind kind{spelling_of(decl.name),
                    find_entity(decl.entity.text),
                    static_cast<int>(i),
                    &decl,
                    {},
                    {},
                    {},
                    false};
      for (const auto& boundary : decl.boundaries) {
        if (!boundary.opens) continue;
        kind.opens_when |= boundary.event.empty();
        if (boundary.event.empty()) continue;
        const int event = find_event(boundary.event.text);
        kind.opening_events.insert(event);
        for (const Field& field : events[static_cast<size_t>(event)].fields) {
          if (find(kind.variables, field.names.name) == nullptr) kind.variables.push_back(field);
        }
      }
      for (const auto& boundary : decl.boundaries) {
        if (!boundary.opens) add_outcome(kind, spelling_of(boundary.outcome));
      }
      for (const syntax::Trigger& step : decl.steps) {
        add_outcomes(kind, step.actions);
        add_outcomes(kind, step.otherwise);
      }
      for (const auto& keep : decl.keeps) {
        const Spelling names = spelling_of(keep.name);
        const Type type = type_of(keep.type, kind.names.name + "." + names.name);
        kind.variables.push_back({names, type, keep.initial.get()});
      }
      cases.push_back(std::move(kind));
    }
  }
}

void Program::read_values() {
  for (size_t i = 0; i < files.size(); ++i) {
    const int policy = static_cast<int>(i);
    add_all(channels, files[i].channels, policy);
    add_all(notices, files[i].notices, policy);
    add_all(parameters, files[i].parameters, policy);
    for (const syntax::ForbidDecl& decl : files[i].forbids) {
      forbids.push_back({{decl.target.text, {}}, policy, &decl});
    }
  }
  for (size_t c = 0; c < cases.size(); ++c) {
    for (const syntax::DefineDecl& decl : cases[c].decl->defines) {
      defines.push_back({spelling_of(decl.name), cases[c].entity, static_cast<int>(c), &decl});
    }
  }
  for (const bool named : {true, false}) {  // the others may be found through them
    for (const syntax::File& file : files) {
      for (const syntax::DefineDecl& decl : file.defines) {
        if (decl.of.empty() == named) continue;
        Define define{spelling_of(decl.name), -1, find_case(decl.of.text), &decl};
        define.entity = define.owner_case >= 0
                            ? cases[static_cast<size_t>(define.owner_case)].entity
                        : named ? find_entity(decl.of.text)
                                : infer_entity({decl.value.get()});
        defines.push_back(std::move(define));
      }
    }
  }
}

int Program::infer_entity(const std::vector<const Expr*>& expressions) const {
  std::vector<std::string> names;
  for (const Expr* expr : expressions) roots(expr, names);
  for (const std::string& name : names) {
    for (size_t i = 0; i < entities.size(); ++i) {
      if (entities[i].is_reference) continue;
      if (find(entities[i].fields, name) != nullptr || entities[i].key.is(name) ||
          entities[i].names.is(name)) {
        return static_cast<int>(i);
      }
    }
    for (const Define& define : defines) {
      if (define.names.is(name) && define.entity >= 0) return define.entity;
    }
    for (const Table& table : tables) {
      if (table.names.is(name) && table.entity >= 0) return table.entity;
    }
    for (const Scorecard& card : scorecards) {
      if (card.names.is(name) && card.entity >= 0) return card.entity;
    }
    if (const int event = find_event(name); event >= 0) {
      return events[static_cast<size_t>(event)].entity;
    }
  }
  for (size_t i = 0; i < entities.size(); ++i) {
    if (!entities[i].is_reference) return static_cast<int>(i);
  }
  return -1;
}

void Program::read_rules() {
  for (size_t i = 0; i < files.size(); ++i) {
    for (const syntax::RuleDecl& decl : files[i].rules) {
      std::map<std::string, int> repeats;
      for (const syntax::Trigger& trigger : decl.triggers) {
        Rule rule{static_cast<int>(i), -1, &decl, &trigger, {}};
        const int event =
            trigger.kind == syntax::Trigger::Kind::on_event ? find_event(trigger.event.text) : -1;
        std::vector<const Expr*> read{trigger.anchor.get(), trigger.duration.get(),
                                      trigger.condition.get()};
        if (trigger.schedule) {
          read.insert(read.end(), {trigger.schedule->from.get(), trigger.schedule->to.get(),
                                   trigger.schedule->at.get()});
        }
        rule.entity = event >= 0 ? events[static_cast<size_t>(event)].entity : infer_entity(read);
        rule.id = spelling_of(decl.name).name + "/" + canonical(*this, trigger);
        const int times = ++repeats[rule.id];
        if (times > 1) rule.id += "#" + std::to_string(times);
        rules.push_back(std::move(rule));
      }
    }
  }
}

int Program::find_choice(std::string_view name) const {
  for (size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].named && choices[i].names.is(name)) return static_cast<int>(i);
  }
  return -1;
}

int Program::find_entity(std::string_view name) const { return index_of(entities, name); }
int Program::find_event(std::string_view name) const { return index_of(events, name); }
int Program::find_case(std::string_view name) const { return index_of(cases, name); }

const Declared<syntax::ChannelDecl>& Program::channel(std::string_view name) const {
  return channels[static_cast<size_t>(index_of(channels, name))];
}

const Declared<syntax::NoticeDecl>& Program::notice(std::string_view name) const {
  return notices[static_cast<size_t>(index_of(notices, name))];
}

std::optional<uint16_t> Program::find_value(uint16_t choice, std::string_view name) const {
  const auto& values = choices[choice].values;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is(name)) return static_cast<uint16_t>(i);
  }
  return std::nullopt;
}

bool Program::in_force(int policy, Date day) const {
  const Policy& p = policies[static_cast<size_t>(policy)];
  return (!p.from || *p.from <= day) && (!p.to || day <= *p.to);
}

const Calendar* Program::calendar(const Duration& duration) const {
  const int index =
      duration.calendar == Duration::kDefaultCalendar ? default_calendar : int{duration.calendar};
  return index < 0 ? nullptr : &calendars[static_cast<size_t>(index)];
}

void Program::take_calendars(const Program& newest) {
  for (size_t i = 0; i < calendars.size(); ++i) {
    for (size_t k = 0; k < newest.calendars.size(); ++k) {
      if (newest.calendar_names[k].name == calendar_names[i].name)
        calendars[i] = newest.calendars[k];
    }
  }
}

const Calendar* Program::calendar_named(std::string_view name) const {
  for (size_t i = 0; i < calendars.size(); ++i) {
    if (!name.empty() && calendar_names[i].is(name)) return &calendars[i];
  }
  return calendar(Duration{});
}

}  // namespace duban::reference
