// Tasks: making, standing duties, deadlines, finishing.
#include <algorithm>

#include "tests/reference/judge.h"
#include "tests/reference/moments.h"
#include "tests/reference/text.h"

namespace duban::reference {
namespace {

using DueKind = syntax::TaskSpec::DueKind;

std::optional<Key> as_key(const Value& value) {
  const Key* key = value.get_if<Key>();
  return key != nullptr ? std::optional(*key) : std::nullopt;
}

}  // namespace

Task* Judge::task(int serial) {
  for (Task& task : subject_.tasks) {
    if (task.serial == serial) return &task;
  }
  return nullptr;
}

// What the times and the clauses of a task read: the step's event, the case, the subject; an outer
// task's answers are gone.
Context Judge::task_context(const Task& task) const {
  Source source = task.source;
  source.clause = nullptr;
  source.task = nullptr;
  source.answers = nullptr;
  return context(source);
}

void Judge::tell(const Task& task, const std::string& change, std::optional<Key> person,
                 const std::string& note, const Fields* answers) {
  const Program& p = *task.source.program;
  std::string text = change + " `" + task.title + "`" + case_text(task.source.case_number);
  if (task.assignee) text += " for " + task.assignee->key;
  for (const Key& key : task.accountable) text += " accountable " + key.key;
  text += " opened " + current_.zone.to_iso8601(task.opened);
  if (task.due) {
    text +=
        " due " + current_.zone.to_iso8601(task.due->at) + (task.due->whole_day ? " (day)" : "");
  }
  const bool over = change == "done" || change == "cancelled" || change == "expired";
  if (task.paused() && !over)
    text += " paused " + current_.zone.to_iso8601(task.pauses.back().from);
  if (person) text += " person " + person->key;
  if (!note.empty()) text += " note " + note;
  if (answers != nullptr && task.spec != nullptr) {
    for (const Field& need : p.needs.at(task.spec)) {
      const auto given = answers->find(need.names.name);
      if (given == answers->end()) continue;
      text += " " + need.names.name + "=" +
              words(p, need.type, given->second, reads_chinese(task.spec->title.text));
    }
  }
  if (task.spec != nullptr) text += from(task.source, task.span);
  effect("task", text, task.serial);
}

// ---------------------------------------------------------------- making

void Judge::create_task(const Fire& fire, const syntax::Action& action) {
  const syntax::TaskSpec& spec = *action.task;
  const Context c = context(fire.source);
  const std::optional<Key> assignee = as_key(evaluate(c, spec.assignee));
  Task made;
  made.id = fire.source.program->task_ids.at(&spec);
  if (!use_once(fire, spec.once, made.id, assignee ? assignee->key : "", nullptr)) return;
  const Case* instance = find_case(fire.source.case_number);
  made.source = fire.source;
  made.spec = &spec;
  made.span = action.span;
  made.survives = spec.stays || (instance != nullptr && instance->closed);
  made.opened = now_;
  made.cause_time = fire.cause_time;
  made.fired.resize(spec.clauses.size());
  set_times(made, true);
  if (spec.every == nullptr || !made.opens || *made.opens <= now_) open_occurrence(made, c);
  if (made.serial == 0) made.serial = subject_.next_serial++;
  subject_.tasks.push_back(std::move(made));
}

// The pending occurrence becomes a task that somebody has to do. Its title and its assignee read
// what the step that makes it reads.
void Judge::open_occurrence(Task& task, Context c) {
  const syntax::TaskSpec& spec = *task.spec;
  if (task.serial == 0) task.serial = subject_.next_serial++;
  task.open = true;
  task.opened = now_;
  task.opens.reset();
  pause_or_resume(task);
  task.assignee = as_key(evaluate(c, spec.assignee));
  task.title = render(c, spec.title.text);
  const Value span = evaluate(task_context(task), spec.expires_after);
  if (const Duration* d = span.get_if<Duration>()) {
    const Due end = deadline(*task.source.program, now_, d);
    if (end.at) task.expires = Tick{end.at->at, end.at->whole_day};
  }
  tell(task, "opened");
  if (task.paused()) tell(task, "paused");
}

// Asks an open task's `paused while` and keeps its pauses; true when one began or ended. A pause
// counts from the task's opening at the earliest; what began and ended at one instant was none.
bool Judge::pause_or_resume(Task& task) {
  const bool pause =
      task.spec->paused_while != nullptr && holds(task_context(task), task.spec->paused_while);
  if (pause == task.paused()) return false;
  if (!pause) {
    task.pauses.back().to = now_;
    if (task.pauses.back().from == now_) task.pauses.pop_back();
    return true;
  }
  if (!task.pauses.empty() && *task.pauses.back().to == now_) {
    task.pauses.back().to.reset();
  } else {
    task.pauses.push_back({now_, std::nullopt});
  }
  task.due.reset();
  task.due_unknown = false;
  return true;
}

void Judge::ask_pause(Task& task) {
  if (!task.open || task.spec == nullptr) return;
  if (!is_asked(task_context(task), task.spec->paused_while)) return;
  Task before = task;
  if (!pause_or_resume(task)) return;
  if (task.paused()) return tell(task, "paused");
  set_times(task, true);
  tell(task, "resumed");
  // A deadline that the pause moved later takes back what its coming near had set off.
  before.pauses.pop_back();
  bool unknown = false;
  const auto due = due_of(before, unknown);
  if (due && task.due && task.due->at > due->at) withdraw_escalations(task);
}

void Judge::withdraw_escalations(Task& task) {
  for (const Key& person : task.accountable) tell(task, "withdrawn", person);
  task.accountable.clear();
}

void Judge::create_by_hand(const Fire& fire, const std::string& title) {
  const Case* instance = find_case(fire.source.case_number);
  Task made;
  made.serial = subject_.next_serial++;
  made.source = fire.source;
  made.survives = instance != nullptr && instance->closed;
  made.open = true;
  made.title = title;
  made.opened = made.cause_time = now_;
  if (instance != nullptr) {  // for the case's owner [6]
    const CaseKind& kind = instance->program->cases[static_cast<size_t>(instance->kind)];
    made.assignee = as_key(evaluate(case_context(*instance), kind.decl->owner));
  }
  tell(made, "opened");
  subject_.tasks.push_back(std::move(made));
}

// ---------------------------------------------------------------- deadlines

std::optional<Deadline> Judge::due_of(Task& task, bool& unknown) {
  if (task.paused()) return std::nullopt;
  const Program& p = *task.source.program;
  const syntax::TaskSpec& spec = *task.spec;
  Context c = task_context(task);
  c.no_data = &unknown;
  if (const Case* instance = find_case(task.source.case_number))
    c.counts_from = instance->counts_from;
  Due due;
  if (spec.every != nullptr) {  // [10]
    const Value every = evaluate(c, spec.every);
    if (every.is_none()) return std::nullopt;
    const Value since = evaluate(c, spec.since);
    if (task.since.is_none()) {
      const Case* instance = find_case(task.source.case_number);
      const Instant start = instance != nullptr ? instance->opened : task.cause_time;
      const bool by_date = type_of(c, *spec.since).kind == TypeKind::date;
      task.since = !since.is_none() ? since : by_date ? Value{p.zone.date_of(start)} : Value{start};
    } else if (!since.is_none() && since > task.since) {
      task.since = since;  // older facts never move it back
    }
    due = deadline(p, task.since, every.as<Duration>(), task.pauses);
    if (spec.not_before != nullptr) {
      const Due floor = deadline(p, evaluate(c, spec.not_before), nullptr);
      if (floor.at && due.at && floor.at->at > due.at->at) due = floor;
    }
  } else if (spec.due_kind == DueKind::at) {
    due = deadline(p, evaluate(c, spec.due_anchor), nullptr);
  } else if (spec.due_kind != DueKind::none) {
    const Value within = evaluate(c, spec.due_within);
    if (within.is_none()) return std::nullopt;
    const Value anchor =
        spec.due_kind == DueKind::within ? Value{task.cause_time} : evaluate(c, spec.due_anchor);
    due = deadline(p, anchor, within.as<Duration>(), task.pauses);
  }
  unknown = due.unknown || (unknown && !due.at);  // [5]
  return due.at;
}

// A task's times, from scratch. An open one whose deadline moved says so; moved later, its
// escalations are withdrawn [9].
void Judge::set_times(Task& task, bool quiet) {
  if (task.spec == nullptr) return;
  const syntax::TaskSpec& spec = *task.spec;
  bool unknown = false;
  const std::optional<Deadline> before = task.due;
  task.due = due_of(task, unknown);
  if (unknown && !task.due_unknown) effect("concern", "deadline unknown", 0);
  task.due_unknown = unknown;
  if (spec.every != nullptr && !task.open) {
    const Value early = evaluate(task_context(task), spec.opens_before);
    const Duration* d = early.get_if<Duration>();
    const Moment opens =
        d != nullptr && task.due ? before_due(*task.source.program, *task.due, *d) : Moment{};
    if (opens.at) {
      task.opens = opens.at;
    } else if (!task.opens || *task.opens > now_) {
      task.opens = now_;  // at once
    }
  }
  if (quiet || !task.open || before == task.due || task.paused()) return;
  tell(task, "moved");
  if (before && task.due && task.due->at > before->at) withdraw_escalations(task);
}

// ---------------------------------------------------------------- finishing

bool Judge::finish_tasks() {
  if (done_.empty()) return false;
  std::vector<std::pair<int, EventPtr>> done;
  std::swap(done, done_);
  for (const auto& [serial, event] : done) {
    const Task* found = task(serial);
    if (found == nullptr) continue;
    const Program& p = *found->source.program;
    Context c = task_context(*found);
    c.event = p.find_event(event->name);
    c.opening = false;
    c.event_at_hand = event.get();
    const syntax::TaskSpec& spec = *found->spec;
    c.has_due = spec.every != nullptr || spec.due_kind != DueKind::none;
    c.due = found->due;
    const bool met = std::any_of(spec.done_on.begin(), spec.done_on.end(), [&](const auto& d) {
      return p.find_event(d.event.text) == c.event && holds(c, d.condition);
    });
    if (met) complete(serial, std::nullopt, nullptr, event);
  }
  return true;
}

void Judge::complete(int serial, std::optional<Key> person, const Fields* answers,
                     const EventPtr& event) {
  Task& finished = *task(serial);
  const auto as_it_was = std::make_shared<const Task>(finished);
  const syntax::TaskSpec* spec = finished.spec;
  if (finished.open) tell(finished, "done", std::move(person), {}, answers);
  if (spec != nullptr && spec->every != nullptr) {  // the completion is an anchor [10]
    const Program& p = *finished.source.program;
    const bool by_date = type_of(task_context(finished), *spec->since).kind == TypeKind::date;
    const Value completed = by_date ? Value{p.zone.date_of(now_)} : Value{now_};
    if (finished.since.is_none() || completed > finished.since) finished.since = completed;
    if (finished.open) finished.serial = 0;  // the next occurrence is another task
    if (finished.serial == 0) finished.serial = subject_.next_serial++;
    finished.open = false;
    finished.accountable.clear();
    finished.expires.reset();
    finished.opens.reset();
    finished.pauses.clear();
    std::fill(finished.fired.begin(), finished.fired.end(), std::nullopt);
    set_times(finished, true);
  } else {
    std::erase_if(subject_.tasks, [&](const Task& other) { return other.serial == serial; });
  }
  if (spec == nullptr || !as_it_was->open) return;
  for (const syntax::TaskClause& clause : spec->clauses) {
    if (clause.kind != syntax::TaskClause::Kind::when_done) continue;
    Fire fire{as_it_was->source, event != nullptr ? event->time : now_};
    fire.source.clause = &clause;
    fire.source.trigger = nullptr;
    fire.source.task = as_it_was;
    fire.source.id = as_it_was->id;
    fire.source.answers = answers != nullptr ? std::make_shared<const Fields>(*answers) : nullptr;
    fires_.push_back(std::move(fire));
  }
}

}  // namespace duban::reference
