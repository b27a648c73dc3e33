// Cases: opening, correlation, conditions that become true, closing.
#include <algorithm>

#include "engine/format.h"
#include "engine/stepper.h"
#include "engine/turning.h"

namespace duban {

bool Stepper::correlates(const CaseInstance& instance, const EventPtr& event) const {
  const Case& kind = plan(instance.version).cases[instance.index];
  if (!kind.keyed || event->event >= kind.key_on_event.size()) return true;
  const Index key = kind.key_on_event[event->event];
  if (key == kNone) return true;
  Value room;
  return evaluate(context(instance.version, 0, event), key, room) == instance.key;
}

// Whether the event does something in such a case.
bool Stepper::hears(const CaseInstance& instance, const EventTouch& touch) {
  const auto is_its = [&](const EventTouch::CaseRef& ref) {
    return ref.owner_case == instance.index;
  };
  return std::any_of(touch.steps.begin(), touch.steps.end(), is_its) ||
         std::any_of(touch.closings.begin(), touch.closings.end(), is_its);
}

CaseRecord& Stepper::add_case(CaseRecord::Change change, const CaseInstance& instance,
                              const Place& from) {
  const Plan& p = plan(instance.version);
  CaseRecord& record = add_record<CaseRecord>();
  record.change = change;
  record.id = instance.id;
  record.subject = subject_.key;
  record.name = p.cases[instance.index].names.name;
  record.key = format(p, Type{}, instance.key, false);
  record.at = now_;
  record.opened = instance.opened;
  set_provenance(record.from, from);
  return record;
}

void Stepper::open_by_event(const EventPtr& event) {
  const Plan& p = current();
  if (event->event >= p.touches.size()) return;
  for (const EventTouch::CaseRef& ref : p.touches[event->event].openings) {
    const Case& kind = p.cases[ref.owner_case];
    const Case::Opening& opening = kind.openings[ref.item];
    if (!in_force(p, kind.policy)) continue;
    if (!holds_for(plans_.current_version(), 0, event, opening.condition)) continue;
    open_case(p, ref.owner_case, opening, event, event->time, event->cause);
  }
}

void Stepper::open_case(const Plan& p, Index index, const Case::Opening& opening,
                        const EventPtr& event, Instant cause_time, const Digest& cause) {
  const Case& kind = p.cases[index];
  const Version version = plans_.current_version();
  const Place place{version, kind.policy, &kind.basis, opening.span};
  Context c = context(version, 0, event);
  Value key{None{}};
  if (kind.keyed) {
    const Index node = event != nullptr && event->event < kind.key_on_event.size()
                           ? kind.key_on_event[event->event]
                           : kNone;
    key = evaluate(c, node);
    if (key.is_none()) {
      concern("case `" + kind.names.name + "` was not opened: its key is missing",
              "事项“" + kind.names.in(true) + "”未启动：缺少关键字段", from(place), cause);
      return;
    }
  }
  auto seen = std::lower_bound(subject_.seen.begin(), subject_.seen.end(), key,
                               [&](const Subject::Seen& a, const Value& b) {
                                 return a.case_id != kind.id ? a.case_id < kind.id : a.key < b;
                               });
  if (seen != subject_.seen.end() && seen->case_id == kind.id && seen->key == key) {
    const bool open =
        std::any_of(subject_.cases.begin(), subject_.cases.end(), [&](const CaseInstance& other) {
          return !other.closed && plan(other.version).cases[other.index].id == kind.id &&
                 other.key == key;
        });
    if (open || !kind.may_reopen) return;  // recorded in the log; opens nothing
    ++seen->times;
  } else {
    seen = subject_.seen.insert(seen, Subject::Seen{kind.id, key, 1});
  }

  CaseInstance& instance = subject_.cases.emplace_back();
  instance.number = subject_.next_case_number++;
  instance.id = DigestBuilder()
                    .add("case")
                    .add(int64_t{subject_.key.entity})
                    .add(subject_.key.key)
                    .add(p.layout.cases[kind.id])
                    .add(to_json(p, Type{}, key))
                    .add(int64_t{seen->times})
                    .finish();
  instance.version = version;
  instance.index = index;
  instance.key = key;
  instance.opened = now_;
  instance.opening = event;
  instance.variables.resize(kind.variables.size());
  instance.steps.resize(kind.steps.size());
  for (const auto& [field, variable] : opening.fields) {
    if (event != nullptr && field < event->fields.size())
      instance.variables[variable] = event->fields[field];
  }
  c.instance = &instance;
  for (size_t i = 0; i < kind.variables.size(); ++i) {
    if (kind.variables[i].initial != kNone)
      instance.variables[i] = evaluate(c, kind.variables[i].initial);
  }
  const uint32_t number = instance.number;
  const Digest id = instance.id;
  wave_changes_->add_opened(number);
  opened_.push_back(number);
  if (observed_ != nullptr) observed_->opened(p, index, opening);

  const CaseRecord& record = add_case(CaseRecord::Change::opened, instance, place);
  if (trace_ != nullptr) {
    Trace::Entry entry;
    entry.effect = id;
    entry.version = version;
    entry.policy = record.from.policy;
    entry.basis = record.from.basis;
    entry.step = opening.span;
    entry.cause = cause;
    c.instance = nullptr;
    c.reads = &entry.reads;
    evaluate(c, opening.condition);
    trace_->entries.push_back(std::move(entry));
  }
  for (const Index step_index : kind.steps) {
    const Step& step = p.steps[step_index];
    if (step.kind != Step::Kind::on_opening) continue;
    fires_.push_back(
        Fire{version, &step, nullptr, nullptr, number, event, nullptr, cause_time, cause});
  }
}

// ---------------------------------------------------------------- conditions that became true

// Identity of what a condition causes: the input, since no event of its own stands behind it.
Digest Stepper::condition_cause(const std::string& id, uint32_t case_number) {
  const Digest root = input_.kind == Input::Kind::timer
                          ? DigestBuilder().add("timer").add(input_.time.ms).finish()
                          : input_.cause;
  DigestBuilder builder;
  builder.add("condition").add(root).add(id).add(int64_t{case_number}).add(int64_t{rounds_});
  // Twice in one round: by a row that changed, and by what was then written.
  const Digest first = builder.finish();
  const auto before = std::count(turned_.begin(), turned_.end(), first);
  turned_.push_back(first);
  return before == 0 ? first : builder.add(int64_t{before}).finish();
}

// `late`: time alone turned it, on a tick that came too late.
void Stepper::watch_step(const Step& step, StepMemory& memory, uint32_t case_number,
                         Version version, bool late) {
  const Context c = context(version, case_number, nullptr);
  bool goes_off = false;
  memory.due.reset();
  if (step.kind == Step::Kind::when_condition) {
    const bool truth = holds(c, step.anchor);
    goes_off = truth && !memory.truth;
    memory.truth = truth;
    if (step.deps.time) memory.due = next_turn(c, step.anchor);
  } else {
    Value value = evaluate(c, step.anchor);
    goes_off = memory.watched_known && !(value == memory.watched);
    memory.watched = std::move(value);
    memory.watched_known = true;
    if (step.deps.time) memory.due = next_change(c, step.anchor);
  }
  if (!goes_off) return;
  Fire fire{version, &step,       nullptr,
            nullptr, case_number, nullptr,
            nullptr, now_,        condition_cause(step.id, case_number)};
  fire.late = late;
  fires_.push_back(std::move(fire));
}

void Stepper::watch_opening(const EntityInfo::OpensWhen& item) {
  const Plan& p = current();
  const Case& kind = p.cases[item.owner_case];
  const Case::Opening& opening = kind.openings[item.opening];
  const Context c = context(plans_.current_version(), 0, nullptr);
  const bool truth = holds(c, opening.condition);
  StepMemory& memory = rule_memory(opening.memory);
  const bool goes_off = truth && !memory.truth;
  memory.truth = truth;
  memory.due = opening.deps.time ? next_turn(c, opening.condition) : std::nullopt;
  if (goes_off && !input_.given_up) {
    open_case(p, item.owner_case, opening, nullptr, now_, condition_cause(kind.names.name, 0));
  }
}

void Stepper::watch(const Changes& changes) {
  for (CaseInstance& instance : subject_.cases) {
    if (instance.closed) continue;
    const Plan& p = plan(instance.version);
    const Case& kind = p.cases[instance.index];
    if (!changes.touches(kind.watching, instance.number)) continue;
    for (const Index i : kind.watching.items) {
      const Step& step = p.steps[kind.steps[i]];
      if (!changes.touches(step.deps, instance.number)) continue;
      watch_step(step, instance.steps[i], instance.number, instance.version, false);
    }
  }
  const Plan& p = current();
  const EntityInfo& entity = p.entities[subject_.key.entity];
  if (changes.touches(entity.watching, 0)) {
    for (const Index index : entity.watching.items) {
      const Step& rule = p.steps[index];
      if (!changes.touches(rule.deps, 0) || !in_force(p, rule.policy)) continue;
      watch_step(rule, rule_memory(rule.memory), 0, plans_.current_version(), false);
    }
  }
  for (const EntityInfo::OpensWhen& item : entity.opens_when) {
    const Case& kind = p.cases[item.owner_case];
    const Case::Opening& opening = kind.openings[item.opening];
    if (changes.touches(opening.deps, 0) && in_force(p, kind.policy)) watch_opening(item);
  }
}

// ---------------------------------------------------------------- the end

void Stepper::finish_tasks() {
  std::vector<PendingDone> done;
  std::swap(done, done_);
  for (const PendingDone& item : done) {
    Task* task = find_task(item.task);
    if (task == nullptr) continue;
    const TaskSpec& spec = plan(task->version).tasks[task->spec];
    Context c = context(task->version, task->case_number, item.event);
    if (task->due) c.due = &*task->due;
    const auto met =
        std::find_if(spec.done_on.begin(), spec.done_on.end(), [&](const TaskSpec::DoneOn& d) {
          return d.event == item.event->event && holds(c, d.condition);
        });
    if (met == spec.done_on.end()) continue;
    if (observed_ != nullptr) observed_->finished(*c.plan, task->spec, &*met, std::nullopt);
    complete_task(item.task, std::nullopt, nullptr, item.event, item.event->cause);
  }
}

bool Stepper::close_cases() {
  std::vector<PendingClose>& decisions = buffers_->decided;
  decisions.clear();
  const auto decide = [&](const CaseInstance& instance, const PendingClose& why) {
    for (const PendingClose& other : decisions) {
      if (other.case_number != instance.number) continue;
      const Names& one = outcome_of(instance, other);
      const Names& another = outcome_of(instance, why);
      if (one.name != another.name) {
        const Case& kind = plan(instance.version).cases[instance.index];
        fail("case `" + kind.names.name + "` would close with two outcomes at once: `" + one.name +
                 "` and `" + another.name + "`",
             "事项“" + kind.names.in(true) + "”同时以两种结果办结：“" + one.in(true) + "”和“" +
                 another.in(true) + "”",
             from(why.from));
      }
      return;
    }
    decisions.push_back(why);
  };

  std::vector<PendingClose>& pending = buffers_->deciding;
  pending.clear();
  std::swap(pending, closes_);
  for (const PendingClose& item : pending) {
    const CaseInstance* instance = find_case(item.case_number);
    if (instance == nullptr || instance->closed) continue;
    if (holds_for(instance->version, instance->number, item.event, item.condition)) {
      decide(*instance, item);
    }
  }
  const auto asks = [&](const Case::Closing& closing, uint32_t number) {
    const auto& turned = step_changes_->turned;
    return closing.deps.references || step_changes_->touches(closing.deps, number) ||
           (closing.deps.time && std::find(turned.begin(), turned.end(), number) != turned.end());
  };
  if (decisions.empty() && !step_changes_->empty()) {
    for (const CaseInstance& instance : subject_.cases) {
      if (instance.closed) continue;
      const Plan& p = plan(instance.version);
      const Case& kind = p.cases[instance.index];
      for (const Case::Closing& closing : kind.closings) {
        if (closing.event != 0xffff || !asks(closing, instance.number)) continue;
        if (!holds_for(instance.version, instance.number, nullptr, closing.condition)) continue;
        decide(instance,
               PendingClose{instance.number, closing.outcome, closing.condition, nullptr,
                            Place{instance.version, kind.policy, &kind.basis, closing.span}});
      }
    }
  }
  for (const PendingClose& decision : decisions) {
    close_case(*find_case(decision.case_number), decision);
  }
  return !decisions.empty();
}

void Stepper::close_case(CaseInstance& instance, const PendingClose& why) {
  const std::string& outcome = outcome_of(instance, why).name;
  const Plan& p = plan(instance.version);
  const Case& kind = p.cases[instance.index];
  const uint32_t number = instance.number;
  instance.closed = true;
  if (observed_ != nullptr) observed_->closed(p, instance.index, why.from.span);
  CaseRecord& record = add_case(CaseRecord::Change::closed, instance, why.from);
  record.outcome = outcome;
  const bool heard = std::any_of(kind.steps.begin(), kind.steps.end(), [&](Index step) {
    return p.steps[step].kind == Step::Kind::on_closing;
  });
  Digest cause;  // made when somebody asks
  if (heard || trace_ != nullptr) cause = DigestBuilder().add("closing").add(instance.id).finish();
  if (trace_ != nullptr) {
    Trace::Entry entry;
    entry.effect = instance.id;
    entry.version = why.from.version;
    entry.policy = record.from.policy;
    entry.basis = record.from.basis;
    entry.step = why.from.span;
    entry.cause = cause;
    Context c = context(why.from.version, number, why.event);
    c.reads = &entry.reads;
    evaluate(c, why.condition);
    trace_->entries.push_back(std::move(entry));
  }
  for (Task& task : subject_.tasks) {
    if (task.case_number == number && !task.survives) {
      cancel_task(task, TaskRecord::Change::cancelled, TaskRecord::Status::cancelled);
    }
  }
  std::erase_if(subject_.tasks,
                [&](const Task& task) { return task.case_number == number && !task.survives; });
  const auto waiting = subject_.waiting;
  std::erase_if(subject_.waiting, [&](const WaitingNotice& w) { return w.case_number == number; });
  for (const WaitingNotice& item : waiting) {
    if (item.case_number == number) withdraw(item, NoticeRecord::Status::withdrawn, "case closed");
  }
  for (const Index step_index : kind.steps) {
    const Step& step = p.steps[step_index];
    if (step.kind != Step::Kind::on_closing) continue;
    if (step.outcome != 0xffff && kind.outcomes[step.outcome].name != outcome) continue;
    fires_.push_back(
        Fire{instance.version, &step, nullptr, nullptr, number, why.event, nullptr, now_, cause});
  }
}

}  // namespace duban
