// Tasks: making, standing duties, finishing, moving deadlines.
#include <algorithm>

#include "engine/format.h"
#include "engine/pauses.h"
#include "engine/stepper.h"

namespace duban {
namespace {

std::optional<Key> as_key(const Value& value) {
  const Key* key = value.get_if<Key>();
  return key != nullptr ? std::optional<Key>(*key) : std::nullopt;
}

// `decision: approved | refused`
std::string describe_need(const Plan& plan, const Layout::Field& field, bool chinese) {
  std::string out = field.names.in(chinese) + (chinese ? "：" : ": ");
  if (field.type.kind != TypeKind::choice) {
    static constexpr const char* kEnglish[] = {"any",      "yes/no", "number",   "money",
                                               "text",     "date",   "time",     "datetime",
                                               "duration", "choice", "reference"};
    static constexpr const char* kChinese[] = {"任意", "是否", "数值", "金额", "文本", "日期",
                                               "时刻", "时间", "时长", "选项", "参照"};
    const auto kind = static_cast<size_t>(field.type.kind);
    out += chinese ? kChinese[kind] : kEnglish[kind];
  } else {
    const Layout::Choice& choice = plan.layout.choices[field.type.id];
    for (size_t i = 0; i < choice.values.size(); ++i) {
      if (i > 0) out += chinese ? "｜" : " | ";
      out += choice.values[i].in(chinese);
    }
  }
  return field.type.optional ? out + "?" : out;
}

}  // namespace

Task* Stepper::find_task(const Digest& id) {
  const auto at = std::find_if(subject_.tasks.begin(), subject_.tasks.end(),
                               [&](const Task& task) { return task.id == id; });
  return at != subject_.tasks.end() ? &*at : nullptr;
}

void Stepper::record_task(const Task& task, TaskRecord::Change change, TaskRecord::Status status,
                          std::optional<Key> person, std::string note, const Answers* answers) {
  auto& record = add_record<TaskRecord>();
  record.change = change;
  record.status = status;
  record.id = task.id;
  record.subject = subject_.key;
  record.case_id = case_id(task.case_number);
  record.title = task.title;
  record.assignee = task.assignee;
  record.accountable = task.accountable;
  record.at = now_;
  record.opened = task.opened;
  record.due = task.due;
  if (status == TaskRecord::Status::open && is_paused(task)) {
    record.paused = task.pauses.back().from;
  }
  record.person = std::move(person);
  record.note = std::move(note);
  record.from.version = task.version;
  if (task.spec != kNone) {
    const Plan& p = plan(task.version);
    const TaskSpec& spec = p.tasks[task.spec];
    record.from = from(task.version, spec.policy, spec.basis, spec.span);
    for (const Layout::Field& field : spec.needs) {
      record.needs.push_back(describe_need(p, field, spec.title.chinese));
    }
    if (answers != nullptr) {
      for (const auto& [slot, value] : *answers) {
        if (slot >= spec.needs.size()) continue;
        const Layout::Field& field = spec.needs[slot];
        record.answers.emplace_back(field.names.name,
                                    format(p, field.type, value, spec.title.chinese));
      }
    }
  }
}

void Stepper::tell_task(const Task& task, TaskRecord::Change change, const std::optional<Key>& to,
                        const Digest& cause, std::string note) {
  const bool opened = change == TaskRecord::Change::opened;
  record_task(task, change, TaskRecord::Status::open, opened ? std::nullopt : to, std::move(note));
  if (!to) return;
  std::get<TaskRecord>(*records_.back()).message = DigestBuilder()
                                                       .add("task message")
                                                       .add(task.id)
                                                       .add(to_string(change))
                                                       .add(cause)
                                                       .add(to->key)
                                                       .finish();
}

// ---------------------------------------------------------------- making

void Stepper::create_task(const Fire& fire, const Action& action) {
  const Context c = context(fire);
  const TaskSpec& spec = c.plan->tasks[action.task];
  const std::optional<Key> assignee = as_key(evaluate(c, spec.assignee));
  if (!use_once(fire, spec.once, spec.id, assignee ? assignee->key : std::string(), nullptr))
    return;

  const CaseInstance* instance = find_case(fire.case_number);
  Task task;
  task.version = fire.version;
  task.spec = action.task;
  task.case_number = fire.case_number;
  task.survives = spec.stays || (instance != nullptr && instance->closed);
  task.opened = now_;
  task.cause_time = fire.cause_time;
  task.cause = fire.cause;
  task.event = fire.event;
  task.fired.resize(spec.clauses.size());
  task.occurrence = spec.every != kNone ? 1 : 0;
  task.id = effect_id(fire, "task", {}, spec.id, action.ordinal);
  explain(fire, &action, task.id,
          {spec.assignee, spec.due_within, spec.due_anchor, spec.every, spec.since});
  refresh_task(task, true);
  if (spec.every == kNone || !task.opens || *task.opens <= now_) {
    open_occurrence(task, c);
    // The first occurrence keeps the id its trace knows.
    tell_task(task, TaskRecord::Change::opened, task.assignee);
    if (is_paused(task)) tell_pause(task);
  }
  subject_.tasks.push_back(std::move(task));
}

// The id of a standing duty's occurrence: stable, whatever moves its deadline.
static Digest occurrence_id(const Digest& duty, uint32_t occurrence) {
  return DigestBuilder().add("occurrence").add(duty).add(int64_t{occurrence}).finish();
}

void Stepper::begin_occurrence(Task& task) const {
  ++task.occurrence;
  task.id = occurrence_id(task.id, task.occurrence);
}

// Makes the pending occurrence a task that somebody has to do. The caller records it. `c`: what its
// title and its assignee read: of the step that makes it, also answers that are gone later.
void Stepper::open_occurrence(Task& task, Context c) {
  const TaskSpec& spec = plan(task.version).tasks[task.spec];
  task.open = true;
  task.opened = now_;
  task.opens.reset();
  pause_or_resume(task);
  task.assignee = as_key(evaluate(c, spec.assignee));
  task.title = render_template(c, spec.title);
  if (spec.expires_after != kNone) {
    const Value span = evaluate(c, spec.expires_after);
    if (const Duration* d = span.get_if<Duration>()) {
      const DeadlineResult end = deadline(*c.plan, Value{now_}, d);
      if (end.due) task.expires = end.due;
    }
  }
}

// A standing duty's later occurrence is made by its timer: what set its times explains it.
void Stepper::explain_occurrence(const Task& task) {
  if (trace_ == nullptr) return;
  const Plan& p = plan(task.version);
  const TaskSpec& spec = p.tasks[task.spec];
  Trace::Entry entry;
  entry.effect = task.id;
  entry.version = task.version;
  entry.policy = p.policies[spec.policy].names.name;
  entry.step = spec.span;
  entry.action = spec.span;
  entry.cause = task.cause;
  Context c = context(task.version, task.case_number, task.event);
  c.reads = &entry.reads;
  evaluate(c, spec.every);
  evaluate(c, spec.since);
  evaluate(c, spec.assignee);
  trace_->entries.push_back(std::move(entry));
}

// For something the engine could not do by itself: spec = kNone, no deadline.
void Stepper::create_manual_task(const Fire& fire, const Action& action, const std::string& title) {
  const CaseInstance* instance = find_case(fire.case_number);
  Task task;
  task.version = fire.version;
  task.case_number = fire.case_number;
  task.spec = kNone;
  task.survives = instance != nullptr && instance->closed;
  task.open = true;
  task.title = title;
  task.opened = now_;
  task.cause_time = now_;
  task.cause = fire.cause;
  task.event = fire.event;
  task.id = effect_id(fire, "manual", {}, title, action.ordinal);
  if (instance != nullptr) {
    const Plan& p = plan(instance->version);
    task.assignee = as_key(evaluate(context(instance->version, instance->number, fire.event),
                                    p.cases[instance->index].owner));
  }
  explain(fire, &action, task.id);
  tell_task(task, TaskRecord::Change::opened, task.assignee);
  subject_.tasks.push_back(std::move(task));
}

// ---------------------------------------------------------------- deadlines

std::optional<Deadline> Stepper::compute_due(Task& task, bool& unknown) {
  using DueKind = syntax::TaskSpec::DueKind;
  if (is_paused(task)) return std::nullopt;
  const Plan& p = plan(task.version);
  const TaskSpec& spec = p.tasks[task.spec];
  Context c = context(task.version, task.case_number, task.event);
  c.no_data = &unknown;
  if (const CaseInstance* instance = find_case(task.case_number)) {
    c.counts_from = instance->counts_from;
  }
  const auto duration_of = [&](Index node, Value& holder) {
    holder = evaluate(c, node);
    return holder.get_if<Duration>();
  };
  Value holder;
  DeadlineResult result;
  if (spec.every != kNone) {
    const Duration* every = duration_of(spec.every, holder);
    if (every == nullptr) return std::nullopt;
    const Value since = evaluate(c, spec.since);
    const bool by_date = p.nodes[spec.since].type.kind == TypeKind::date;
    const auto as_anchor = [&](Instant at) {
      return by_date ? Value{p.zone.date_of(at)} : Value{at};
    };
    if (!task.since) {
      // None yet: the case's opening, or the moment a rule made the duty.
      const CaseInstance* instance = find_case(task.case_number);
      task.since = since.is_none()
                       ? as_anchor(instance != nullptr ? instance->opened : task.cause_time)
                       : since;
    } else if (!since.is_none() && since > *task.since) {
      task.since = since;  // older facts never move it back
    }
    result = deadline(p, *task.since, *every, task.pauses);
    if (spec.not_before != kNone) {
      const DeadlineResult floor = deadline(p, evaluate(c, spec.not_before), nullptr);
      if (floor.due && result.due && floor.due->at > result.due->at) result = floor;
    }
  } else {
    switch (spec.due_kind) {
      case DueKind::none:
        return std::nullopt;
      case DueKind::within: {
        const Duration* within = duration_of(spec.due_within, holder);
        if (within == nullptr) return std::nullopt;
        result = deadline(p, Value{task.cause_time}, *within, task.pauses);
        break;
      }
      case DueKind::after: {
        const Duration* after = duration_of(spec.due_within, holder);
        if (after == nullptr) return std::nullopt;
        result = deadline(p, evaluate(c, spec.due_anchor), *after, task.pauses);
        break;
      }
      case DueKind::at:
        result = deadline(p, evaluate(c, spec.due_anchor), nullptr);
        break;
    }
  }
  unknown = result.unknown || (unknown && !result.due);
  return result.due;
}

// Recomputes a task's times. An open task whose deadline moved says so, and a deadline moved later
// takes its escalations back.
void Stepper::refresh_task(Task& task, bool force) {
  if (task.spec == kNone) return;
  const Plan& p = plan(task.version);
  const TaskSpec& spec = p.tasks[task.spec];
  bool unknown = false;
  const std::optional<Deadline> due = compute_due(task, unknown);
  if (unknown && !task.due_unknown) {
    concern("the deadline of a task cannot be computed: the calendar has no data for that time",
            "无法计算任务的办理期限：工作日历缺少相应年份的数据",
            from(task.version, spec.policy, spec.basis, spec.span), task.id);
  }
  task.due_unknown = unknown;
  const bool moved = !(due == task.due);
  const bool later = due && task.due && due->at > task.due->at;
  task.due = due;
  if (spec.every != kNone && !task.open) {
    task.opens = now_;
    if (due && spec.opens_before != kNone) {
      const Value before =
          evaluate(context(task.version, task.case_number, task.event), spec.opens_before);
      if (const Duration* d = before.get_if<Duration>()) {
        const Moment opens = before_deadline(p, *due, *d);
        if (opens.at) task.opens = opens.at;
      }
    }
  }
  if (force || !moved || !task.open || is_paused(task)) return;
  record_task(task, TaskRecord::Change::moved, TaskRecord::Status::open);
  if (later) withdraw_escalations(task);
}

void Stepper::withdraw_escalations(Task& task) {
  for (const Key& person : task.accountable) {
    record_task(task, TaskRecord::Change::withdrawn, TaskRecord::Status::open, person);
  }
  task.accountable.clear();
}

// ---------------------------------------------------------------- finishing

void Stepper::complete_task(const Digest& id, std::optional<Key> person,
                            std::shared_ptr<const Answers> answers, const EventPtr& event,
                            const Digest& cause) {
  Task* task = find_task(id);
  if (task == nullptr) return;
  const auto as_it_was = std::make_shared<const Task>(*task);
  if (task->open) {
    record_task(*task, TaskRecord::Change::done, TaskRecord::Status::done, std::move(person), {},
                answers.get());
  }
  if (observed_ != nullptr && task->open && task->spec != kNone && task->due) {
    observed_->finished(plan(task->version), task->spec, nullptr, now_.ms - task->due->at.ms);
  }
  const TaskSpec* spec = task->spec != kNone ? &plan(task->version).tasks[task->spec] : nullptr;
  if (spec != nullptr && spec->every != kNone) {
    // Once done, the next falls due; the completion itself is an anchor.
    const Plan& p = plan(task->version);
    const bool by_date = p.nodes[spec->since].type.kind == TypeKind::date;
    const Value completed = by_date ? Value{p.zone.date_of(now_)} : Value{now_};
    if (!task->since || completed > *task->since) task->since = completed;
    if (task->open) begin_occurrence(*task);
    task->open = false;
    task->accountable.clear();
    task->expires.reset();
    task->pauses.clear();
    task->turns.reset();
    std::fill(task->fired.begin(), task->fired.end(), std::nullopt);
    refresh_task(*task, true);
  } else {
    std::erase_if(subject_.tasks, [&](const Task& other) { return other.id == id; });
  }
  if (spec == nullptr || !as_it_was->open) return;
  for (const TaskClause& clause : spec->clauses) {
    if (clause.kind != syntax::TaskClause::Kind::when_done) continue;
    Fire fire;
    fire.version = as_it_was->version;
    fire.clause = &clause;
    fire.task = as_it_was;
    fire.case_number = as_it_was->case_number;
    fire.event = as_it_was->event;
    fire.answers = answers;
    fire.cause_time = event != nullptr ? event->time : now_;
    fire.cause = DigestBuilder().add("done").add(as_it_was->id).add(cause).finish();
    fires_.push_back(std::move(fire));
  }
}

void Stepper::cancel_task(Task& task, TaskRecord::Change change, TaskRecord::Status status) {
  if (task.open) record_task(task, change, status);
  task.open = false;
}

}  // namespace duban
