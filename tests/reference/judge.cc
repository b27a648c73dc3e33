#include "tests/reference/judge.h"

#include <algorithm>

#include "tests/reference/text.h"

namespace duban::reference {

using Kind = syntax::Action::Kind;

namespace {
constexpr int kMaxRounds = 200;
constexpr size_t kMaxRaised = 1000;
}  // namespace

Judge::Judge(const Program& current, const Rows& rows, Subject subject, const Input& input,
             int64_t tolerance_ms)
    : current_(current),
      rows_(rows),
      subject_(std::move(subject)),
      input_(input),
      now_(std::max(subject_.now, input.time)),  // [1]
      asked_until_(subject_.now),
      late_tick_(input.kind == Input::Kind::timer &&
                 input.received.ms > input.time.ms + tolerance_ms) {}

std::variant<Outcome, Failure> Judge::run() try {
  subject_.now = now_;
  changes_.everything = !subject_.exists || input_.kind == Input::Kind::deployed;
  subject_.exists = true;
  subject_.seen_version = current_.version;
  // Attributes that a newer version declared start with their defaults.
  const Entity& entity = current_.entities[subject_.key.entity];
  for (const Field& field : entity.fields) {
    if (subject_.attributes.contains(field.names.name)) continue;
    Context c;
    c.program = &current_;
    c.rows = &rows_;
    c.now = now_;
    subject_.attributes[field.names.name] =
        field.initial == nullptr ? Value{None{}} : evaluate(c, *field.initial, &field.type);
  }
  begin();
  asked_until_ = now_;
  // What has happened is history once its step is over; that may turn conditions in its place.
  for (bool more = true; more;) {
    settle();
    more = !happened_.empty();
    for (const EventPtr& event : happened_) {
      subject_.history.push_back(event);
      changes_.history.insert(event->name);
    }
    happened_.clear();
  }
  for (Case& instance : subject_.cases) {
    instance.just_opened = false;
    for (Memory& memory : instance.steps) memory.newborn = false;
  }
  for (Task& task : subject_.tasks) task.newborn.clear();
  std::optional<Tick> wake;
  for (const Timer& timer : timers()) {
    if (!wake || timer.tick < *wake) wake = timer.tick;
  }
  return Outcome{std::move(subject_), std::move(effects_), wake};
} catch (const Failure& failure) {
  return failure;
}

void Judge::begin() {
  switch (input_.kind) {
    case Input::Kind::event:
      if (is_duplicate(*input_.event)) break;
      apply_sets(*input_.event);  // attributes are read after the event's own `set` [7]
      apply_writes();
      events_.push_back(input_.event);
      break;
    case Input::Kind::upsert:
      for (const auto& [name, value] : input_.attributes) {
        if (!(subject_.attributes[name] == value)) changes_.attributes.insert(name);
        subject_.attributes[name] = value;
      }
      break;
    case Input::Kind::timer:
      refresh_from_rows();
      fire_timers({input_.time, input_.before_facts}, true);
      break;
    case Input::Kind::answer:
    case Input::Kind::reassign:
    case Input::Kind::note: {
      Task* asked = task(input_.target);
      if (asked == nullptr || !asked->open) throw Failure{true, "no such task"};
      if (input_.kind == Input::Kind::reassign) {
        asked->assignee = input_.person;
        tell(*asked, "reassigned", input_.person, input_.text);
      } else if (input_.kind == Input::Kind::note) {
        tell(*asked, "noted", input_.person, input_.text);
      } else {
        if (asked->spec != nullptr) {
          for (const Field& need : asked->source.program->needs.at(asked->spec)) {
            const auto given = input_.answers.find(need.names.name);
            const bool answered = given != input_.answers.end() && !given->second.is_none();
            if (!answered && !need.type.optional) throw Failure{true, "an answer is missing"};
          }
        }
        complete(input_.target, input_.person, &input_.answers, nullptr);
      }
      break;
    }
    case Input::Kind::receipt:
      receive();
      break;
    case Input::Kind::deployed:
      follow_version();
      break;
  }
}

// Waves until nothing is left; then `done on`, `closes on`, `closes when` [11], then deadlines,
// which may have moved into the past [9]. Each may start new waves.
void Judge::settle() {
  for (;;) {
    if (++rounds_ > kMaxRounds) throw Failure{false, "this step does not come to an end"};
    if (events_.empty() && fires_.empty()) {
      const int next_case = subject_.next_case;
      look_at_conditions();
      if (subject_.next_case != next_case) continue;  // it has conditions of its own
    }
    if (!events_.empty() || !fires_.empty()) {
      run_wave();
      look_at_conditions();
      continue;
    }
    if (finish_tasks()) continue;
    if (close_cases()) continue;
    recompute_times();
    if (fire_timers({now_, true}, false)) continue;
    return;
  }
}

// Everything of one wave reads the same state; its writes are applied together at its end [7].
void Judge::run_wave() {
  std::vector<EventPtr> events;
  std::vector<Fire> fires;
  std::swap(events, events_);
  std::swap(fires, fires_);
  if (input_.given_up) fires.clear();  // it counts as gone off, no more
  std::erase_if(
      events, [&](const EventPtr& event) { return event != input_.event && is_duplicate(*event); });
  for (const EventPtr& event : events) {
    if (event != input_.event) apply_sets(*event);
  }
  apply_writes();
  for (const EventPtr& event : events) {
    happened_.push_back(event);
    hear(event);
  }
  // What one event opens hears no other of the same wave: order never matters.
  for (const EventPtr& event : events) {
    for (size_t i = 0; i < current_.cases.size(); ++i) {
      const CaseKind& kind = current_.cases[i];
      if (!current_.in_force(kind.policy, today())) continue;
      for (const auto& boundary : kind.decl->boundaries) {
        if (!boundary.opens || boundary.event.empty()) continue;
        if (current_.find_event(boundary.event.text) != current_.find_event(event->name)) continue;
        Context c = context(current_, kind.entity);
        c.event = current_.find_event(event->name);
        c.event_at_hand = event.get();
        if (holds(c, boundary.condition)) open(static_cast<int>(i), boundary, event, event->time);
      }
    }
  }
  for (const Fire& fire : fires) run(fire);
  while (!fires_.empty()) {  // what the wave's own events set off belongs to the wave
    fires.clear();
    std::swap(fires, fires_);
    for (const Fire& fire : fires) run(fire);
  }
  apply_writes();
  // Canonical order: event name, then fields.
  std::stable_sort(raised_.begin(), raised_.end(), [&](const EventPtr& a, const EventPtr& b) {
    if (a->name != b->name) return a->name < b->name;
    const auto& type = current_.events[static_cast<size_t>(current_.find_event(a->name))];
    for (const Field& field : type.fields) {
      const auto x = a->fields.find(field.names.name), y = b->fields.find(field.names.name);
      const Value left = x == a->fields.end() ? Value{None{}} : x->second;
      const Value right = y == b->fields.end() ? Value{None{}} : y->second;
      if (left != right) return left < right;
    }
    return false;
  });
  events_ = std::move(raised_);
  raised_.clear();
  events_raised_ += events_.size();
  if (events_raised_ > kMaxRaised) throw Failure{false, "too many events are raised"};
}

// Of two events that are unique by a field, with the same value, only the first counts [13].
bool Judge::is_duplicate(const Event& event) {
  const int index = current_.find_event(event.name);
  if (index < 0) return false;
  const EventType& type = current_.events[static_cast<size_t>(index)];
  if (type.decl->unique_by.empty()) return false;
  const Field& field = *find(type.fields, type.decl->unique_by.text);
  const auto given = event.fields.find(field.names.name);
  if (given == event.fields.end() || given->second.is_none()) return false;
  const std::string value =
      field.is_private ? "***" : words(current_, field.type, given->second, false);
  const std::string key = event.name + " " + exact(current_, given->second);
  std::string content = event.name;
  for (const auto& [name, of] : event.fields) {
    if (!of.is_none()) content += " " + name + "=" + exact(current_, of);
  }
  if (subject_.unique_keys.insert(key).second) {
    subject_.unique_contents.insert(content);
    return false;
  }
  effect("duplicate",
         event.name + " " + value +
             (subject_.unique_contents.contains(content) ? "" : " that differs") +
             (&event == input_.event.get() ? "" : " raised"),
         0);
  return true;
}

// Everything one event sets off, but for what it opens.
void Judge::hear(const EventPtr& event) {
  for (const Case& instance : subject_.cases) {
    if (instance.closed || !reaches(instance, event)) continue;  // [2]
    const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
    const int type = instance.program->find_event(event->name);
    for (const syntax::Trigger& step : kind.decl->steps) {
      if (step.kind != syntax::Trigger::Kind::on_event ||
          instance.program->find_event(step.event.text) != type || type < 0)
        continue;
      Source source = step_source(instance, step);
      source.event = event;
      fires_.push_back({std::move(source), event->time});
    }
    for (const auto& boundary : kind.decl->boundaries) {
      if (boundary.opens || boundary.event.empty() || type < 0 ||
          instance.program->find_event(boundary.event.text) != type)
        continue;
      closes_.push_back(
          {instance.number, spelling_of(boundary.outcome).name, &boundary, event, boundary.span});
    }
  }
  for (const Task& task : subject_.tasks) {
    if (task.spec == nullptr) continue;
    const Case* instance = find_case(task.source.case_number);
    const bool heard =
        std::any_of(task.spec->done_on.begin(), task.spec->done_on.end(), [&](const auto& done) {
          const int type = task.source.program->find_event(done.event.text);
          return type >= 0 && type == task.source.program->find_event(event->name);
        });
    if (heard && (instance == nullptr || reaches(*instance, event)))
      done_.emplace_back(task.serial, event);
  }
  for (const Rule& rule : current_.rules) {
    if (rule.trigger->kind != syntax::Trigger::Kind::on_event ||
        current_.find_event(rule.trigger->event.text) != current_.find_event(event->name) ||
        !current_.in_force(rule.policy, today()))
      continue;
    Source source = rule_source(rule);
    source.event = event;
    fires_.push_back({std::move(source), event->time});
  }
}

void Judge::run(const Fire& fire) {
  const Source& source = fire.source;
  const Context c = context(source);
  if (source.clause != nullptr) {
    if (!holds(c, source.clause->condition)) return;
    for (const auto& action : source.clause->actions) act(fire, action);
    return;
  }
  const bool yes = holds(c, source.trigger->condition);
  for (const auto& action : yes ? source.trigger->actions : source.trigger->otherwise)
    act(fire, action);
}

void Judge::act(const Fire& fire, const syntax::Action& action) {
  switch (action.kind) {
    case Kind::notify:
      return notify(fire, action);
    case Kind::task:
      return create_task(fire, action);
    case Kind::raise:
      return raise(fire, action);
    case Kind::escalate:
    case Kind::reassign:
      return escalate(fire, action);
    case Kind::close: {
      const CaseKind& kind =
          fire.source.program->cases[static_cast<size_t>(fire.source.owner_case)];
      for (const Spelling& outcome : kind.outcomes) {
        if (outcome.is(action.outcome.text))
          closes_.push_back({fire.source.case_number, outcome.name, nullptr, nullptr, action.span});
      }
      return;
    }
    case Kind::set: {
      const Context c = context(fire.source);
      const std::string& target = action.assignment.target.text;
      const CaseKind* kind =
          c.owner_case < 0 ? nullptr : &c.program->cases[static_cast<size_t>(c.owner_case)];
      const Field* variable = kind == nullptr ? nullptr : find(kind->variables, target);
      const Field* field = variable != nullptr
                               ? variable
                               : find(c.program->entities[subject_.key.entity].fields, target);
      if (variable != nullptr) {  // a version that the case has left may know more variables
        const Case& instance = *find_case(fire.source.case_number);
        const auto& known = instance.program->cases[static_cast<size_t>(instance.kind)].variables;
        const Field* now = find(known, variable->names.name);
        if (now == nullptr) return;
      }
      Value value;
      if (action.assignment.value) {
        bool no_data = false;
        Context asking = c;
        asking.no_data = &no_data;
        value = evaluate(asking, action.assignment.value, &field->type);
        if (no_data && value.is_none()) effect("concern", "value unknown", 0);
      } else if (c.event_at_hand != nullptr) {  // from the event's field of that name
        const EventType& type = c.program->events[static_cast<size_t>(c.event)];
        const auto given = c.event_at_hand->fields.find(find(type.fields, target)->names.name);
        if (given != c.event_at_hand->fields.end()) value = given->second;
      }
      write({variable != nullptr ? fire.source.case_number : 0, field->names.name, value});
    }
  }
}

void Judge::write(Write write) {
  for (const Write& other : writes_) {
    if (other.case_number != write.case_number || other.name != write.name) continue;
    if (!(other.value == write.value))
      throw Failure{false, "two different values are written to `" + write.name + "`"};
    return;
  }
  writes_.push_back(std::move(write));
}

void Judge::apply_writes() {
  for (const Write& item : writes_) {
    if (item.case_number == 0) {
      if (!(subject_.attributes[item.name] == item.value)) changes_.attributes.insert(item.name);
      subject_.attributes[item.name] = item.value;
    } else if (Case* instance = find_case(item.case_number)) {
      if (!(instance->variables[item.name] == item.value))
        changes_.variables.emplace(item.case_number, item.name);
      instance->variables[item.name] = item.value;
    }
  }
  writes_.clear();
}

// First what it takes over from its fields, then what is computed from the attributes as they are
// with these [7]. An absent field leaves its attribute as it is [18].
Fields Judge::event_sets(const Program& program, const Rows& rows, const Subject& subject,
                         const Event& event, Instant now) {
  Fields out;
  const int type = program.find_event(event.name);
  if (type < 0) return out;
  const EventType& kind = program.events[static_cast<size_t>(type)];
  const Entity& entity = program.entities[static_cast<size_t>(kind.entity)];
  const auto taken_over = [&](const syntax::Assignment& set) -> const Field* {
    if (!set.value) return find(kind.fields, set.target.text);
    const syntax::Expr& value = *set.value;
    const bool own =
        std::any_of(kind.decl->sets.begin(), kind.decl->sets.end(), [&](const auto& s) {
          const Field* attribute = find(entity.fields, s.target.text);
          return !s.value && attribute != nullptr && attribute->names.is(value.text);
        });
    if (value.kind == syntax::ExprKind::name) return own ? nullptr : find(kind.fields, value.text);
    const bool of_event = value.kind == syntax::ExprKind::member &&
                          value.args[0]->kind == syntax::ExprKind::name &&
                          (value.args[0]->text == "event" || value.args[0]->text == "本次");
    return of_event ? find(kind.fields, value.text) : nullptr;
  };
  Subject after = subject;
  Context c;
  c.program = &program;
  c.entity = kind.entity;
  c.event = type;
  c.subject = &after;
  c.event_at_hand = &event;
  c.rows = &rows;
  c.now = now;
  for (const syntax::Assignment& set : kind.decl->sets) {
    const Field* field = taken_over(set);
    if (field == nullptr || !event.fields.contains(field->names.name)) continue;
    out[find(entity.fields, set.target.text)->names.name] = event.fields.at(field->names.name);
  }
  for (const auto& [name, value] : out) after.attributes[name] = value;
  for (const syntax::Assignment& set : kind.decl->sets) {
    if (taken_over(set) != nullptr) continue;
    const Field& target = *find(entity.fields, set.target.text);
    out[target.names.name] = evaluate(c, set.value, &target.type);
  }
  return out;
}

void Judge::apply_sets(const Event& event) {
  for (auto& [name, value] : event_sets(current_, rows_, subject_, event, now_))
    write({0, name, value});
}

void Judge::raise(const Fire& fire, const syntax::Action& action) {
  const Context c = context(fire.source);
  const EventType& type =
      c.program->events[static_cast<size_t>(c.program->find_event(action.event.text))];
  auto event = std::make_shared<Event>();
  event->name = type.names.name;
  event->time = event->received = now_;
  for (const syntax::Assignment& with : action.with) {
    const Field& field = *find(type.fields, with.target.text);
    if (with.value) {
      event->fields[field.names.name] = evaluate(c, with.value, &field.type);
    } else {  // `with bill_no`: the value of that name here
      syntax::Expr name;
      name.kind = syntax::ExprKind::name;
      name.text = with.target.text;
      event->fields[field.names.name] = evaluate(c, name, &field.type);
    }
  }
  std::string text = event->name;
  for (const Field& field : type.fields) {
    const auto given = event->fields.find(field.names.name);
    text += " " + field.names.name + "=" +
            exact(*c.program, given == event->fields.end() ? Value{None{}} : given->second);
  }
  text += from(fire.source, action.span);
  const int serial = subject_.next_serial++;
  if (type.decl->kind != syntax::EventDecl::Kind::outgoing) {
    effect("raised", text, serial);
    raised_.push_back(std::move(event));
  } else if (const auto why = forbidden(event->name, {}, event)) {
    effect("outgoing", "blocked " + text + " because " + *why, serial);
  } else {
    effect("outgoing", "queued " + text, serial);
    raised_.push_back(std::move(event));
  }
}

void Judge::escalate(const Fire& fire, const syntax::Action& action) {
  if (fire.source.task == nullptr) return;
  Task* task = this->task(fire.source.task->serial);
  if (task == nullptr) return;
  const Value who = evaluate(context(fire.source), action.who);
  const Key* key = who.get_if<Key>();
  const std::optional<Key> person = key != nullptr ? std::optional(*key) : std::nullopt;
  if (action.kind == Kind::reassign) {
    task->assignee = person;
    return tell(*task, "reassigned", person);
  }
  auto& accountable = task->accountable;
  if (person && std::find(accountable.begin(), accountable.end(), *person) == accountable.end())
    accountable.push_back(*person);
  tell(*task, "escalated", person);
}

// ---------------------------------------------------------------- shared

Case* Judge::find_case(int number) {
  for (Case& instance : subject_.cases) {
    if (number != 0 && instance.number == number) return &instance;
  }
  return nullptr;
}

const Case* Judge::find_case(int number) const {
  return const_cast<Judge*>(this)->find_case(number);
}

Context Judge::context(const Program& program, int entity) const {
  Context c;
  c.program = &program;
  c.entity = entity;
  c.subject = &subject_;
  c.rows = &rows_;
  c.now = now_;
  return c;
}

Context Judge::case_context(const Case& instance) const {
  Context c = context(*instance.program, subject_.key.entity);
  c.owner_case = instance.kind;
  c.instance = &instance;
  return c;
}

Context Judge::context(const Source& source) const {
  Context c = context(*source.program, source.entity);
  c.owner_case = source.owner_case;
  c.instance = find_case(source.case_number);
  c.event = source.scope_event;
  c.opening = source.opening;
  if (source.scope_event >= 0) c.event_at_hand = source.event.get();
  // The event of a clause is what its task was made by, long ago.
  if (source.again && source.event != nullptr && source.clause == nullptr)
    c.history_before = source.event->time;
  if (source.clause != nullptr && source.task != nullptr && source.task->spec != nullptr) {
    const syntax::TaskSpec& spec = *source.task->spec;
    c.has_due = spec.every != nullptr || spec.due_kind != syntax::TaskSpec::DueKind::none;
    c.due = source.task->due;
    c.paused = source.task->paused();
    if (source.clause->kind == syntax::TaskClause::Kind::when_done) {
      c.answers = &source.program->needs.at(&spec);
      c.given_answers = source.answers.get();
    }
  }
  return c;
}

void Judge::effect(const std::string& kind, std::string text, int object) {
  effects_.push_back({kind, std::move(text), object});
}

std::string Judge::from(const Source& source, Span span) const {
  return " [v" + std::to_string(source.program->version) + " " +
         source.program->policies[static_cast<size_t>(source.policy)].name + "@" +
         std::to_string(span.file) + ":" + std::to_string(span.begin) + "]";
}

std::string Judge::case_text(int number) const {
  const Case* instance = find_case(number);
  if (instance == nullptr) return {};
  const CaseKind& kind = instance->program->cases[static_cast<size_t>(instance->kind)];
  return " of " + kind.names.name + " " + words(*instance->program, {}, instance->key, false);
}

}  // namespace duban::reference
