// Tasks whose clock stands still while a condition holds.
#include "engine/stepper.h"
#include "engine/turning.h"

namespace duban {

// Asks an open task's condition and keeps its pauses; true when one began or ended. A pause counts
// from the task's opening at the earliest, and what began and ended at one instant was none.
bool Stepper::pause_or_resume(Task& task) {
  const TaskSpec& spec = plan(task.version).tasks[task.spec];
  if (spec.paused_while == kNone && !is_paused(task)) return false;
  const Context c = context(task.version, task.case_number, task.event);
  const bool pause = spec.paused_while != kNone && holds(c, spec.paused_while);
  task.turns = spec.pause_deps.time ? next_turn(c, spec.paused_while) : std::nullopt;
  if (pause == is_paused(task)) return false;
  if (!pause) {
    task.pauses.back().to = now_;
    if (task.pauses.back().from == now_) task.pauses.pop_back();
    return true;
  }
  if (!task.pauses.empty() && task.pauses.back().to == now_) {
    task.pauses.back().to.reset();
  } else {
    task.pauses.push_back({now_, std::nullopt});
  }
  task.due.reset();
  task.due_unknown = false;
  return true;
}

void Stepper::ask_pause(Task& task) {
  Task before = task;
  if (!pause_or_resume(task)) return;
  if (is_paused(task)) return tell_pause(task);
  refresh_task(task, true);
  tell_pause(task);
  // A deadline that the pause moved later takes back what its coming near had set off.
  bool unknown = false;
  before.pauses.pop_back();
  const std::optional<Deadline> due = compute_due(before, unknown);
  if (due && task.due && task.due->at > due->at) withdraw_escalations(task);
}

void Stepper::tell_pause(const Task& task) {
  const bool pauses = is_paused(task);
  record_task(task, pauses ? TaskRecord::Change::paused : TaskRecord::Change::resumed,
              TaskRecord::Status::open);
  if (trace_ == nullptr) return;
  const Plan& p = plan(task.version);
  const TaskSpec& spec = p.tasks[task.spec];
  Trace::Entry entry;
  entry.effect = task.id;
  entry.version = task.version;
  entry.policy = p.policies[spec.policy].names.name;
  entry.basis = p.basis_of(spec.basis, spec.policy);
  entry.step = spec.paused_while != kNone ? p.nodes[spec.paused_while].span : spec.span;
  entry.action = entry.step;
  entry.cause = task.cause;
  Context c = context(task.version, task.case_number, task.event);
  c.reads = &entry.reads;
  evaluate(c, spec.paused_while);
  trace_->entries.push_back(std::move(entry));
}

}  // namespace duban
