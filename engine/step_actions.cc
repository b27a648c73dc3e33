// What a trigger that went off does.
#include <algorithm>

#include "engine/stepper.h"

namespace duban {

// Triggers of one event follow each other, and share what they read.
void Stepper::run_fires(const std::vector<Fire>& fires) {
  bool no_data = false;
  for (auto fire = fires.begin(); fire != fires.end();) {
    const Fire& first = *fire;
    Context c = context(first);
    c.no_data = &no_data;
    do {
      fire->rules == 0 ? run_fire(*fire, c) : run_rules(*fire, c);
    } while (++fire != fires.end() && share_context(first, *fire));
  }
}

void Stepper::run_fire(const Fire& fire, const Context& c) {
  if (fire.clause != nullptr) {
    if (!holds(c, fire.clause->condition)) return;
    if (observed_ != nullptr) observed_->went_off(*c.plan, fire.task->spec, *fire.clause);
    for (const Index action : fire.clause->actions) run_action(fire, c, c.plan->actions[action]);
    return;
  }
  const bool held = fire.rest ? std::all_of(fire.rest->begin(), fire.rest->end(),
                                            [&](Index condition) { return holds(c, condition); })
                              : holds(c, fire.step->condition);
  if (observed_ != nullptr) observed_->went_off(*c.plan, *fire.step, held);
  const auto& actions = held ? fire.step->actions : fire.step->otherwise;
  for (const Index action : actions) run_action(fire, c, c.plan->actions[action]);
}

void Stepper::run_action(const Fire& fire, const Context& context, const Action& action) {
  switch (action.kind) {
    case Action::Kind::notify:
      return notify(fire, context, action);
    case Action::Kind::task:
      return create_task(fire, action);
    case Action::Kind::set:
      return set(fire, context, action);
    case Action::Kind::raise:
      return raise(fire, action);
    case Action::Kind::close:
      closes_.push_back(PendingClose{fire.case_number, action.outcome, kNone, fire.event,
                                     place(fire, action.span)});
      return;
    case Action::Kind::escalate:
    case Action::Kind::reassign:
      return escalate(fire, action);
  }
}

void Stepper::set(const Fire& fire, const Context& context, const Action& action) {
  const bool variable = action.set.kind == SetTarget::Kind::variable;
  const auto slot = variable ? slot_of(*find_case(fire.case_number), fire.version, action.set.slot)
                             : std::optional(action.set.slot);
  if (!slot) return;  // the version in force has no such variable
  *context.no_data = false;
  Value value = evaluate(context, action.set.value);
  if (*context.no_data && value.is_none()) {
    concern("a value cannot be computed: the calendar has no data for that time",
            "无法计算更新的值：工作日历缺少相应年份的数据", from(fire, action.span),
            effect_id(fire, "set", {}, {}, action.ordinal));
  }
  add_write(Write{variable, variable ? fire.case_number : 0, *slot, std::move(value),
                  place(fire, action.span)});
}

void Stepper::raise(const Fire& fire, const Action& action) {
  const Context c = context(fire);
  const Layout::Event& type = c.plan->layout.events[action.event];
  auto event = std::make_shared<EventData>();
  event->event = action.event;
  event->time = now_;
  event->received = now_;
  event->fields.resize(type.fields.size());
  event->given.resize(type.fields.size(), false);
  for (const SetTarget& set : action.with) {
    event->fields[set.slot] = evaluate(c, set.value);
    event->given[set.slot] = true;
  }
  event->cause =
      effect_id(fire, "raise ", type.names.name, std::to_string(raised_count_++), action.ordinal);
  std::vector<std::pair<std::string, Value>> fields;
  std::vector<Type> types;
  for (size_t i = 0; i < type.fields.size(); ++i) {
    fields.emplace_back(type.fields[i].names.name, event->fields[i]);
    types.push_back(type.fields[i].type);
  }
  explain(fire, &action, event->cause);
  if (type.kind != Layout::Event::Kind::outgoing) {
    add_record<RaisedRecord>() = {event->cause,      subject_.key, type.names.name,
                                  std::move(fields), now_,         from(fire, action.span)};
    raised_.push_back(std::move(event));
    return;
  }
  auto& record = add_record<OutgoingRecord>();
  record = {OutgoingRecord::Status::queued,
            event->cause,
            subject_.key,
            case_id(fire.case_number),
            type.names.name,
            std::move(fields),
            std::move(types),
            now_,
            {},
            from(fire, action.span)};
  if (const auto reason = forbidden(event, nullptr)) {
    record.status = OutgoingRecord::Status::blocked;
    record.note = *reason;
  } else {
    raised_.push_back(std::move(event));
  }
}

void Stepper::escalate(const Fire& fire, const Action& action) {
  if (fire.task == nullptr) return;
  Task* task = find_task(fire.task->id);
  if (task == nullptr) return;
  const Value who = evaluate(context(fire), action.who);
  const Key* key = who.get_if<Key>();
  const std::optional<Key> person = key != nullptr ? std::optional<Key>(*key) : std::nullopt;
  explain(fire, &action, task->id, {action.who});
  // A clause goes off once for a time: no two changes have one cause.
  const Digest cause = effect_id(fire, "tell", {}, {}, action.ordinal);
  if (action.kind == Action::Kind::reassign) {
    task->assignee = person;
    tell_task(*task, TaskRecord::Change::reassigned, person, cause);
    return;
  }
  if (person && std::find(task->accountable.begin(), task->accountable.end(), *person) ==
                    task->accountable.end()) {
    task->accountable.push_back(*person);
  }
  tell_task(*task, TaskRecord::Change::escalated, person, cause);
}

}  // namespace duban
