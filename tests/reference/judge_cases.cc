// Cases: opening, correlation, conditions that become true, closing.
#include <algorithm>

#include "tests/reference/judge.h"
#include "tests/reference/text.h"

namespace duban::reference {

using TriggerKind = syntax::Trigger::Kind;

namespace {

// Whether everything the key reads is on this event: what names a field of an opening event must
// name one of this event too [2].
bool readable(const Program& p, const CaseKind& kind, const syntax::Expr& key, int event) {
  const auto has = [&](int type, const std::string& name) {
    return find(p.events[static_cast<size_t>(type)].fields, name) != nullptr;
  };
  if (key.kind == syntax::ExprKind::name) {
    if (has(event, key.text)) return true;
    return std::none_of(kind.opening_events.begin(), kind.opening_events.end(),
                        [&](int opening) { return has(opening, key.text); });
  }
  if (key.kind == syntax::ExprKind::member && key.args[0]->kind == syntax::ExprKind::name &&
      (key.args[0]->text == "event" || key.args[0]->text == "本次")) {
    return has(event, key.text);
  }
  return std::all_of(key.args.begin(), key.args.end(),
                     [&](const auto& arg) { return readable(p, kind, *arg, event); });
}

// The events that the trigger's expressions may read: its own, or the one that opens the case.
int event_in_scope(const Program& p, const CaseKind* kind, const syntax::Trigger& trigger) {
  if (trigger.kind == TriggerKind::on_event) return p.find_event(trigger.event.text);
  const bool one = kind != nullptr && kind->opening_events.size() == 1 && !kind->opens_when;
  return trigger.kind == TriggerKind::on_opening && one ? *kind->opening_events.begin() : -1;
}

}  // namespace

bool Judge::reaches(const Case& instance, const EventPtr& event) const {
  const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
  const int type = instance.program->find_event(event->name);
  if (kind.decl->key == nullptr || type < 0 || kind.opening_events.empty() ||
      !readable(*instance.program, kind, *kind.decl->key, type))
    return true;
  Context c = context(*instance.program, kind.entity);
  c.event = type;
  c.event_at_hand = event.get();
  return evaluate(c, kind.decl->key) == instance.key;
}

void Judge::open(int index, const syntax::CaseDecl::Boundary& boundary, const EventPtr& event,
                 Instant cause_time) {
  const CaseKind& kind = current_.cases[static_cast<size_t>(index)];
  Context c = context(current_, kind.entity);
  if (event != nullptr) {
    c.event = current_.find_event(event->name);
    c.event_at_hand = event.get();
  }
  Value key;
  if (kind.decl->key != nullptr) {
    key = evaluate(c, kind.decl->key);
    if (key.is_none()) return effect("concern", "case not opened: no key", 0);
  }
  const std::string name =
      current_.policies[static_cast<size_t>(kind.policy)].name + "/" + kind.names.name;
  if (!subject_.seen.emplace(name, key).second) {  // seen before: [11]
    const bool is_open =
        std::any_of(subject_.cases.begin(), subject_.cases.end(), [&](const Case& other) {
          const CaseKind& other_kind = other.program->cases[static_cast<size_t>(other.kind)];
          return !other.closed && other_kind.names.name == kind.names.name && other.key == key;
        });
    if (is_open || !kind.decl->may_reopen) return;
  }
  Case made;
  made.number = subject_.next_case++;
  made.program = &current_;  // what a case pins [4]
  made.kind = index;
  made.key = key;
  made.opened = now_;
  made.just_opened = true;
  made.steps.resize(kind.decl->steps.size());
  if (event != nullptr) {
    const EventType& type = current_.events[static_cast<size_t>(c.event)];
    for (const Field& field : type.fields) {
      const auto given = event->fields.find(field.names.name);
      const Field* variable = find(kind.variables, field.names.name);
      if (variable != nullptr && given != event->fields.end())
        made.variables[variable->names.name] = given->second;
    }
  }
  // A `keep` reads what stands before it, not the event.
  Context inner = case_context(made);
  for (const auto& keep : kind.decl->keeps) {
    if (!keep.initial) continue;
    const Field& variable = *find(kind.variables, keep.name.text);
    made.variables[variable.names.name] = evaluate(inner, keep.initial, &variable.type);
  }
  subject_.cases.push_back(made);
  const Case& instance = subject_.cases.back();
  Source source;
  source.program = &current_;
  source.policy = kind.policy;
  effect("case", "opened" + case_text(instance.number) + from(source, boundary.span),
         instance.number);
  for (const syntax::Trigger& step : kind.decl->steps) {
    if (step.kind != TriggerKind::on_opening) continue;
    Source opening = step_source(instance, step);
    opening.event = event;
    fires_.push_back({std::move(opening), cause_time});
  }
}

Source Judge::step_source(const Case& instance, const syntax::Trigger& trigger) const {
  const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
  Source source;
  source.program = instance.program;
  source.trigger = &trigger;
  source.entity = kind.entity;
  source.policy = kind.policy;
  source.case_number = instance.number;
  source.owner_case = instance.kind;
  source.scope_event = event_in_scope(*instance.program, &kind, trigger);
  source.opening = trigger.kind == TriggerKind::on_opening && source.scope_event >= 0;
  source.id = instance.program->step_ids.at(&trigger);
  return source;
}

Source Judge::rule_source(const Rule& rule) const {
  Source source;
  source.program = &current_;
  source.trigger = rule.trigger;
  source.entity = rule.entity;
  source.policy = rule.policy;
  source.scope_event = event_in_scope(current_, nullptr, *rule.trigger);
  source.id = rule.id;
  return source;
}

// ---------------------------------------------------------------- conditions that became true [8]

bool Judge::goes_off(const syntax::Trigger& trigger, const Context& c, Memory& memory) const {
  if (trigger.kind == TriggerKind::when_condition) {
    const bool before = memory.truth;
    memory.truth = holds(c, trigger.anchor);
    return memory.truth && !before;
  }
  if (trigger.kind != TriggerKind::when_changes) return false;
  Value value = evaluate(c, trigger.anchor);
  const bool changed = memory.watched && !(value == memory.value);
  memory.watched = true;
  memory.value = std::move(value);
  return changed;
}

// What time may turn at any instant turns after the facts of that instant, and after what comes
// before them [1]: earlier it is asked only where something else that it reads has changed.
bool Judge::is_asked(const Context& c, const syntax::ExprPtr& condition) const {
  const Reads read = reads(c, condition.get());
  const bool clock_comes_now = input_.kind == Input::Kind::timer && !input_.before_facts;
  if (read.moves != Moves::at_any_instant || clock_comes_now || changes_.everything ||
      read.references)
    return true;
  const auto meet = [](const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const auto& name) { return b.contains(name); });
  };
  if (meet(read.attributes, changes_.attributes) || meet(read.history, changes_.history))
    return true;
  if (c.instance == nullptr) return false;
  return c.instance->just_opened ||
         std::any_of(read.variables.begin(), read.variables.end(), [&](const std::string& name) {
           return changes_.variables.contains({c.instance->number, name});
         });
}

// Every condition, whatever may have changed; or, when a timer comes, those that read the clock.
// Before a thing existed it counts as no. `late`: time alone turned it, on a tick that came too
// late.
void Judge::look(bool timed_only, bool late, bool openings) {
  for (Case& instance : subject_.cases) {
    if (instance.closed) continue;
    const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
    for (size_t i = 0; i < kind.decl->steps.size(); ++i) {
      const syntax::Trigger& step = kind.decl->steps[i];
      const Context c = case_context(instance);
      if (step.kind != TriggerKind::when_condition && step.kind != TriggerKind::when_changes)
        continue;
      if (timed_only && !reads_time(c, step.anchor.get())) continue;
      if (!is_asked(c, step.anchor)) continue;
      if (goes_off(step, c, instance.steps[i]))
        fires_.push_back({step_source(instance, step), now_, false, late});
    }
  }
  for (const Rule& rule : current_.rules) {
    if (rule.entity != subject_.key.entity || !current_.in_force(rule.policy, today())) continue;
    const TriggerKind kind = rule.trigger->kind;
    if (kind != TriggerKind::when_condition && kind != TriggerKind::when_changes) continue;
    const Context c = context(current_, rule.entity);
    if (timed_only && !reads_time(c, rule.trigger->anchor.get())) continue;
    if (!is_asked(c, rule.trigger->anchor)) continue;
    Memory& memory =
        subject_.rules[current_.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id];
    if (goes_off(*rule.trigger, c, memory))
      fires_.push_back({rule_source(rule), now_, false, late});
  }
  if (openings) look_at_openings(timed_only);
}

void Judge::look_at_openings(bool timed_only) {
  for (size_t i = 0; i < current_.cases.size(); ++i) {
    const CaseKind& kind = current_.cases[i];
    if (kind.entity != subject_.key.entity || !current_.in_force(kind.policy, today())) continue;
    int item = 0;
    for (const auto& boundary : kind.decl->boundaries) {
      if (!boundary.opens) continue;
      ++item;
      if (!boundary.event.empty()) continue;
      const Context c = context(current_, kind.entity);
      if (timed_only && !reads_time(c, boundary.condition.get())) continue;
      if (!is_asked(c, boundary.condition)) continue;
      Memory& memory = subject_.rules[current_.policies[static_cast<size_t>(kind.policy)].name +
                                      "/" + kind.names.name + "/opens#" + std::to_string(item)];
      const bool before = memory.truth;
      memory.truth = holds(c, boundary.condition);
      if (memory.truth && !before && !input_.given_up)
        open(static_cast<int>(i), boundary, nullptr, now_);
    }
  }
}

// ---------------------------------------------------------------- the end [11]

bool Judge::close_cases() {
  std::vector<Close> decided;
  const auto decide = [&](const Close& why) {
    for (const Close& other : decided) {
      if (other.case_number != why.case_number) continue;
      if (other.outcome != why.outcome) throw Failure{false, "two outcomes at once"};
      return;
    }
    decided.push_back(why);
  };
  std::vector<Close> pending;
  std::swap(pending, closes_);
  for (const Close& item : pending) {
    const Case* instance = find_case(item.case_number);
    if (instance == nullptr || instance->closed) continue;
    Context c = case_context(*instance);
    if (item.boundary != nullptr) {
      c.event = instance->program->find_event(item.event->name);
      c.event_at_hand = item.event.get();
      if (!holds(c, item.boundary->condition)) continue;
    }
    decide(item);
  }
  if (decided.empty()) {
    for (const Case& instance : subject_.cases) {
      if (instance.closed) continue;
      const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
      for (const auto& boundary : kind.decl->boundaries) {
        if (boundary.opens || !boundary.event.empty()) continue;
        const Context c = case_context(instance);
        if (!is_asked(c, boundary.condition) || !holds(c, boundary.condition)) continue;
        decide({instance.number, spelling_of(boundary.outcome).name, &boundary, nullptr,
                boundary.span});
      }
    }
  }
  for (const Close& item : decided) close(item.case_number, item);
  return !decided.empty();
}

void Judge::close(int number, const Close& why) {
  Case& instance = *find_case(number);
  const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
  instance.closed = true;
  Source source;
  source.program = instance.program;
  source.policy = kind.policy;
  effect("case", "closed as " + why.outcome + case_text(number) + from(source, why.span), number);
  // Closing cancels open tasks, timers and waiting notices, but for what `stays`.
  for (const Task& task : subject_.tasks) {
    if (task.source.case_number == number && !task.survives && task.open) tell(task, "cancelled");
  }
  std::erase_if(subject_.tasks, [&](const Task& task) {
    return task.source.case_number == number && !task.survives;
  });
  std::vector<Notice> waiting;
  std::swap(waiting, subject_.waiting);
  for (const Notice& notice : waiting) {
    if (notice.source.case_number == number) {
      withdraw(notice, "withdrawn", {});
    } else {
      subject_.waiting.push_back(notice);
    }
  }
  for (const syntax::Trigger& step : kind.decl->steps) {
    if (step.kind != TriggerKind::on_closing) continue;
    const auto named = [&](const Spelling& outcome) {
      return outcome.name == why.outcome && outcome.is(step.outcome.text);
    };
    if (!step.outcome.empty() && std::none_of(kind.outcomes.begin(), kind.outcomes.end(), named))
      continue;
    fires_.push_back({step_source(instance, step), now_});
    fires_.back().source.event = why.event;
  }
}

// ---------------------------------------------------------------- what time turns

// A condition whose truth at an instant is not what it was when last asked.
std::string Judge::turned_at(const Program& program, const Rows& rows, const Subject& subject,
                             Instant at, bool with_the_day) {
  Input input;
  input.kind = Input::Kind::deployed;
  input.time = input.received = at;
  Judge judge(program, rows, subject, input, 0);
  const auto asked = [&](const Context& c, const syntax::ExprPtr& expr) {
    const Moves how = moves(c, expr.get());
    return how == Moves::with_the_day || (how == Moves::at_any_instant && !with_the_day);
  };
  // Unknown turns nothing.
  const auto turned = [&](Context c, const syntax::ExprPtr& condition, bool before) {
    bool no_data = false;
    c.no_data = &no_data;
    return asked(c, condition) && holds(c, condition) != before && !no_data;
  };
  const auto says = [&](Context c, const syntax::Trigger& trigger, const Memory& memory) {
    if (trigger.kind == TriggerKind::when_condition) return turned(c, trigger.anchor, memory.truth);
    bool no_data = false;
    c.no_data = &no_data;
    return trigger.kind == TriggerKind::when_changes && memory.watched &&
           asked(c, trigger.anchor) && !(evaluate(c, trigger.anchor) == memory.value) && !no_data;
  };
  try {
    for (const Case& instance : judge.subject_.cases) {
      if (instance.closed) continue;
      const CaseKind& kind = instance.program->cases[static_cast<size_t>(instance.kind)];
      const Context c = judge.case_context(instance);
      for (size_t i = 0; i < kind.decl->steps.size(); ++i) {
        if (says(c, kind.decl->steps[i], instance.steps[i])) return "a step of " + kind.names.name;
      }
      for (const auto& boundary : kind.decl->boundaries) {
        if (!boundary.opens && boundary.event.empty() && turned(c, boundary.condition, false))
          return "what closes " + kind.names.name;
      }
    }
    for (const Rule& rule : program.rules) {
      if (rule.entity != subject.key.entity || !program.in_force(rule.policy, judge.today()))
        continue;
      const std::string key =
          program.policies[static_cast<size_t>(rule.policy)].name + "/" + rule.id;
      if (says(judge.context(program, rule.entity), *rule.trigger, judge.subject_.rules[key]))
        return rule.id;
    }
    for (const CaseKind& kind : program.cases) {
      if (kind.entity != subject.key.entity || !program.in_force(kind.policy, judge.today()))
        continue;
      int item = 0;
      for (const auto& boundary : kind.decl->boundaries) {
        if (!boundary.opens) continue;
        ++item;
        const Context c = judge.context(program, kind.entity);
        if (!boundary.event.empty()) continue;
        const std::string key = program.policies[static_cast<size_t>(kind.policy)].name + "/" +
                                kind.names.name + "/opens#" + std::to_string(item);
        if (turned(c, boundary.condition, judge.subject_.rules[key].truth))
          return "what opens " + kind.names.name;
      }
    }
    for (const Task& task : judge.subject_.tasks) {
      if (!task.open || task.spec == nullptr) continue;
      if (turned(judge.task_context(task), task.spec->paused_while, task.paused()))
        return "what pauses `" + task.title + "`";
    }
  } catch (const Failure&) {
  }
  return {};
}

// ---------------------------------------------------------------- before a step

bool Judge::reached(const Program& program, const Rows& rows, const Subject& subject,
                    const Event& event) {
  const int type = program.find_event(event.name);
  Context c;
  c.program = &program;
  c.entity = subject.key.entity;
  c.event = type;
  c.bare_event = false;  // `where feeder = event.feeder`: a bare name is the candidate's
  c.subject = &subject;
  c.event_at_hand = &event;
  c.rows = &rows;
  c.now = std::max(subject.now, event.time);
  try {
    return holds(c, program.events[static_cast<size_t>(type)].decl->where);
  } catch (const Failure&) {
    return false;
  }
}

Fields Judge::defaults(const Program& program, const Rows& rows, const Key& key) {
  Fields out;
  Context c;
  c.program = &program;
  c.rows = &rows;
  for (const Field& field : program.entities[key.entity].fields) {
    out[field.names.name] =
        field.initial != nullptr ? evaluate(c, *field.initial, &field.type) : Value{None{}};
  }
  return out;
}

std::optional<Fields> Judge::initial(const Program& program, const Rows& rows, const Key& key,
                                     const Fields& given) {
  Fields out;
  Context c;
  c.program = &program;
  c.rows = &rows;
  for (const Field& field : program.entities[key.entity].fields) {
    const auto supplied = given.find(field.names.name);
    Value value;
    if (supplied != given.end()) {
      value = supplied->second;
    } else if (field.initial != nullptr) {
      value = evaluate(c, *field.initial, &field.type);
    }
    if (value.is_none() && !field.type.optional) return std::nullopt;
    out[field.names.name] = value;
  }
  return out;
}

}  // namespace duban::reference
