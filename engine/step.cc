#include "engine/step.h"

#include <algorithm>

#include "engine/prefetch.h"
#include "engine/stepper.h"

namespace duban {
namespace {

// Acyclic policies settle in a few waves; the compiler sees to that. This is the last resort.
constexpr int kMaxRounds = 200;
// Without a circle there may still be more than anybody waits for: where each event raises three,
// the tenth in a row comes sixty thousand times.
constexpr size_t kMaxRaised = 1000;

}  // namespace

// ---------------------------------------------------------------- the step

Stepper::Stepper(const Plans& plans, const References& references, Subject& subject,
                 const Input& input, const StepSettings& settings, StepEffects& effects,
                 Trace* trace, Observations* observed)
    : plans_(plans),
      current_(plans.current()),
      references_(references),
      input_(input),
      settings_(settings),
      effects_(effects),
      trace_(trace),
      observed_(observed),
      subject_(subject),
      asked_until_(subject_.now),
      now_(std::max(subject_.now, input.time)) {}

void Stepper::run() {
  subject_.now = now_;
  if (!subject_.exists || subject_.seen_version == 0) {
    subject_.exists = true;
    wave_changes_->add_everything();
  }
  new_version_ = subject_.seen_version != plans_.current_version();
  subject_.seen_version = plans_.current_version();
  if (plans_.read_references()) wave_changes_->add_references();
  grow_attributes();
  prefetch(subject_.cases.data());
  prefetch(subject_.seen.data() + subject_.seen.size() / 2);

  begin();
  asked_until_ = now_;
  // What has happened is history once its step is over; that may turn conditions in its place.
  do {
    settle();
  } while (remember_history());
  clean_up();
  effects_.wake = earliest_;
  buffers_->finished = true;
}

// Attributes that a newer version declared start with their defaults.
void Stepper::grow_attributes() {
  const EntityInfo& entity = current().entities[subject_.key.entity];
  const size_t count = current().layout.entities[subject_.key.entity].attributes.size();
  if (subject_.attributes.size() >= count) return;
  Context c;
  c.plan = &current();
  c.references = &references_;
  c.now = now_;
  c.observed = observed_;
  for (size_t slot = subject_.attributes.size(); slot < count; ++slot) {
    note_replaced(static_cast<uint16_t>(slot), None{});
    subject_.attributes.push_back(
        evaluate(c, slot < entity.initial.size() ? entity.initial[slot] : kNone));
  }
}

void Stepper::begin() {
  switch (input_.kind) {
    case Input::Kind::event:
      begin_event();
      break;
    case Input::Kind::upsert:
      for (const auto& [slot, value] : input_.attributes) {
        if (slot >= subject_.attributes.size() || subject_.attributes[slot] == value) continue;
        note_replaced(slot, std::exchange(subject_.attributes[slot], value));
        wave_changes_->add_attribute(slot);
      }
      break;
    case Input::Kind::timer: {
      if (plans_.read_references()) {
        refreshed_->add_references();  // what is due by now may hang on a row that has changed
        tells_unknown_ = false;        // what is still unknown when all is over is told then
        refresh(*refreshed_);
        tells_unknown_ = true;
        refreshed_->clear();
      }
      late_tick_ = input_.received.ms > input_.time.ms + settings_.lateness_tolerance_ms;
      fire_timers(Wake{input_.time, input_.before_facts}, true);
      break;
    }
    case Input::Kind::answer:
      begin_answer();
      break;
    case Input::Kind::reassign:
    case Input::Kind::note:
      begin_task_command();
      break;
    case Input::Kind::receipt:
      begin_receipt();
      break;
    case Input::Kind::deployed:
      follow_version();
      wave_changes_->add_everything();
      break;
  }
}

void Stepper::begin_event() {
  if (is_duplicate(*input_.event)) return;
  apply_sets(*input_.event);
  apply_writes();
  events_.push_back(input_.event);
}

void Stepper::begin_answer() {
  Task* task = find_task(input_.target);
  if (task == nullptr || !task->open) {
    reject("there is no open task with this id", "没有此编号的未办任务");
  }
  const auto answers = std::make_shared<Answers>(input_.answers);
  if (task->spec != kNone) {
    const TaskSpec& spec = plan(task->version).tasks[task->spec];
    for (uint16_t i = 0; i < spec.needs.size(); ++i) {
      const bool answered = std::any_of(answers->begin(), answers->end(), [&](const auto& a) {
        return a.first == i && !a.second.is_none();
      });
      if (!answered && !spec.needs[i].type.optional) {
        reject("`" + spec.needs[i].names.name + "` must be answered to finish this task",
               "办结此任务须填写“" + spec.needs[i].names.in(true) + "”");
      }
    }
  }
  complete_task(input_.target, input_.person, answers, nullptr, input_.cause);
}

void Stepper::begin_task_command() {
  Task* task = find_task(input_.target);
  if (task == nullptr || !task->open) {
    reject("there is no open task with this id", "没有此编号的未办任务");
  }
  if (input_.kind == Input::Kind::reassign) {
    task->assignee = input_.person;
    tell_task(*task, TaskRecord::Change::reassigned, input_.person, input_.cause, input_.text);
  } else {
    record_task(*task, TaskRecord::Change::noted, TaskRecord::Status::open, input_.person,
                input_.text);
  }
}

// Runs waves until nothing is left, then finishes tasks, closes cases, moves deadlines; each may
// start new waves.
void Stepper::settle() {
  for (;;) {
    if (++rounds_ > kMaxRounds) {
      fail("this step does not come to an end", "本步骤无法结束", Provenance{});
    }
    // What a condition opens has conditions of its own.
    while (!wave_changes_->empty() && events_.empty() && fires_.empty()) look_at_conditions();
    if (!events_.empty() || !fires_.empty()) {
      run_wave();
      continue;
    }
    if (!done_.empty()) {
      finish_tasks();
      continue;
    }
    const bool changed = !step_changes_->empty();
    if ((changed || !closes_.empty()) && close_cases()) continue;
    if (changed) {
      std::swap(step_changes_, refreshed_);
      refresh(*refreshed_);
      refreshed_->clear();
    }
    if (fire_timers(Wake{now_, true}, false)) continue;
    if (events_.empty() && fires_.empty() && wave_changes_->empty()) return;
  }
}

void Stepper::look_at_conditions() {
  std::swap(wave_changes_, watched_);
  watch(*watched_);
  if (step_changes_->empty()) return std::swap(step_changes_, watched_);
  step_changes_->merge(*watched_);
  watched_->clear();
}

void Stepper::run_wave() {
  std::vector<EventPtr>& events = buffers_->wave_events;
  std::vector<Fire>& fires = buffers_->wave_fires;
  std::swap(events, events_);
  std::swap(fires, fires_);
  if (input_.given_up) fires.clear();
  if (events_raised_ > 0) {
    std::erase_if(events, [&](const EventPtr& event) {
      return event != input_.event && is_duplicate(*event);
    });
    for (const EventPtr& event : events) {
      if (event != input_.event) apply_sets(*event);
    }
    apply_writes();
  }
  for (const EventPtr& event : events) {
    happened_.push_back(event);
    collect_event(event);
  }
  // What one of them opens does not hear the others: their order means nothing.
  for (const EventPtr& event : events) open_by_event(event);
  run_fires(fires);
  // What the wave's own events set off belongs to the wave: it reads the same state.
  while (!fires_.empty()) {
    fires.clear();
    std::swap(fires, fires_);
    run_fires(fires);
  }
  fires.clear();
  buffers_->setting_rules.clear();
  events.clear();
  apply_writes();

  if (!raised_.empty()) take_raised();
  if (!wave_changes_->empty()) look_at_conditions();
}

// The events that the wave raised are the next one's.
void Stepper::take_raised() {
  // Canonical order: by event name, then fields.
  std::sort(raised_.begin(), raised_.end(), [&](const EventPtr& a, const EventPtr& b) {
    const auto& names = current().layout.events;
    if (a->event != b->event) return names[a->event].names.name < names[b->event].names.name;
    return a->fields < b->fields;
  });
  std::swap(events_, raised_);
  events_raised_ += events_.size();
  if (events_raised_ > kMaxRaised) {
    fail("this step raises more than " + std::to_string(kMaxRaised) + " events",
         "本步骤发起的事件超过 " + std::to_string(kMaxRaised) + " 个", Provenance{});
  }
}

void Stepper::apply_sets(const EventData& event) {
  if (event.event < current().touches.size() && current().touches[event.event].sets.empty()) return;
  Context c;
  c.plan = &current();
  c.references = &references_;
  c.subject = &subject_;
  c.now = now_;
  c.observed = observed_;
  for (auto& [slot, value] : event_sets(c, event))
    add_write(Write{false, 0, slot, std::move(value), Place{}});
}

// Everything one event sets off.
void Stepper::collect_event(const EventPtr& event) {
  for (const CaseInstance& instance : subject_.cases) {
    if (instance.closed) continue;
    const Plan& p = plan(instance.version);
    if (event->event >= p.touches.size()) continue;
    const EventTouch& touch = p.touches[event->event];
    if (observed_ == nullptr && !hears(instance, touch)) continue;
    if (!correlates(instance, event)) continue;
    const Case& kind = p.cases[instance.index];
    for (const EventTouch::CaseRef& ref : touch.steps) {
      if (ref.owner_case != instance.index) continue;
      const Step& step = p.steps[kind.steps[ref.item]];
      fires_.push_back(Fire{instance.version, &step, nullptr, nullptr, instance.number, event,
                            nullptr, event->time, event->cause});
    }
    for (const EventTouch::CaseRef& ref : touch.closings) {
      if (ref.owner_case != instance.index) continue;
      const Case::Closing& closing = kind.closings[ref.item];
      closes_.push_back(
          PendingClose{instance.number, closing.outcome, closing.condition, event,
                       Place{instance.version, kind.policy, &kind.basis, closing.span}});
    }
  }
  for (const Task& task : subject_.tasks) {
    if (task.spec == kNone) continue;
    const TaskSpec& spec = plan(task.version).tasks[task.spec];
    for (const TaskSpec::DoneOn& done : spec.done_on) {
      if (done.event != event->event) continue;
      const CaseInstance* instance = find_case(task.case_number);
      if (instance != nullptr && !correlates(*instance, event)) continue;
      done_.push_back(PendingDone{task.id, event});
      break;
    }
  }
  if (event->event < current().touches.size()) {
    collect_rules(event);
  }
}

// ---------------------------------------------------------------- the border

std::vector<Record> StepEffects::take_records() {
  std::vector<Record> out;
  out.reserve(records.size());
  for (const auto& record : records) out.push_back(std::move(*record));
  return out;
}

std::variant<StepOutcome, StepFailure> step(const Plans& plans, const References& references,
                                            Subject subject, const Input& input,
                                            const StepSettings& settings, Trace* trace,
                                            Observations* observed) {
  auto outcome = step_in_place(plans, references, subject, input, settings, trace, observed);
  if (auto* failure = std::get_if<StepFailure>(&outcome)) return std::move(*failure);
  StepEffects& effects = std::get<StepEffects>(outcome);
  return StepOutcome{std::move(subject), effects.take_records(), effects.wake};
}

std::variant<StepEffects, StepFailure> step_in_place(const Plans& plans,
                                                     const References& references, Subject& subject,
                                                     const Input& input,
                                                     const StepSettings& settings, Trace* trace,
                                                     Observations* observed) {
  // Subjects lie anywhere: all of this one is asked of the memory before any of it is read.
  prefetch(&subject, sizeof subject);
  // An input is rejected before it changes anything but these.
  const bool existed = subject.exists;
  const Instant now = subject.now;
  const Version seen_version = subject.seen_version;
  const size_t attributes = subject.attributes.size();
  // Returned as it lies, however the step ends.
  std::variant<StepEffects, StepFailure> outcome;
  try {
    StepEffects& effects = std::get<StepEffects>(outcome);
    Stepper(plans, references, subject, input, settings, effects, trace, observed).run();
  } catch (const StepAbort& abort) {
    if (abort.failure.kind == StepFailure::Kind::rejected) {
      subject.exists = existed;
      subject.now = now;
      subject.seen_version = seen_version;
      subject.attributes.resize(attributes);
    }
    outcome = abort.failure;
  } catch (const EvalFailure& failure) {
    outcome = StepFailure{StepFailure::Kind::failed, failure.english, failure.chinese,
                          Provenance{plans.current_version(), {}, failure.span}};
  }
  return outcome;
}

bool broadcast_reaches(const Plan& plan, const References& references, const Subject& subject,
                       const EventPtr& event, Observations* observed) {
  if (event->event >= plan.touches.size()) return false;
  Context c;
  c.plan = &plan;
  c.references = &references;
  c.subject = &subject;
  c.event = event.get();
  c.now = std::max(subject.now, event->time);
  c.observed = observed;
  try {
    return holds(c, plan.touches[event->event].broadcast_where);
  } catch (const EvalFailure&) {
    return false;
  }
}

}  // namespace duban
