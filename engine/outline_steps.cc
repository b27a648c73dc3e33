// Rules and cases: triggers, actions, and the clauses of a task.
#include <utility>

#include "engine/outline_state.h"

namespace duban {

using namespace syntax;

// ---------------------------------------------------------------- cases

void Outline::State::place(MayReopenLine) {
  if (auto* in_case = current<CaseDecl>()) {
    in_case->may_reopen = true;
  } else {
    misplaced({"`may reopen` stands below `case`", "“可重启”须写在“事项”之下"});
  }
}

void Outline::State::place(InFlightLine line) {
  auto* in_case = current<CaseDecl>();
  if (in_case == nullptr) {
    misplaced({"`in flight` stands below `case`", "“在途”须写在“事项”之下"});
    return;
  }
  if (in_case->in_flight != InFlight::unsaid) twice("`in flight`", "“在途”");
  in_case->in_flight = line.mode;
}

void Outline::State::place(CaseDecl::Boundary line) {
  if (auto* in_case = current<CaseDecl>()) {
    in_case->boundaries.push_back(std::move(line));
  } else if (line.opens) {
    misplaced({"`opens` stands below `case`", "启动事件、启动条件须写在“事项”之下"});
  } else {
    misplaced({"`closes` stands below `case`", "办结事件、办结条件须写在“事项”之下"});
  }
}

void Outline::State::place(OwnerLine line) {
  auto* in_case = current<CaseDecl>();
  if (in_case == nullptr) {
    misplaced({"`owner` stands below `case`", "“负责人”须写在“事项”之下"});
    return;
  }
  if (in_case->owner != nullptr) twice("`owner`", "“负责人”");
  in_case->owner = std::move(line.who);
}

void Outline::State::place(CaseDecl::Keep line) {
  if (auto* in_case = current<CaseDecl>()) {
    in_case->keeps.push_back(std::move(line));
  } else {
    misplaced({"`keep` stands below `case`", "“记录”须写在“事项”之下"});
  }
}

// ---------------------------------------------------------------- triggers and actions

std::vector<Trigger>* Outline::State::triggers() {
  if (auto* rule = current<RuleDecl>()) return &rule->triggers;
  if (auto* in_case = current<CaseDecl>()) return &in_case->steps;
  return nullptr;
}

void Outline::State::open_trigger(Trigger* trigger) {
  trigger_ = trigger;
  trigger_column_ = column_;
  last_action_level_ = level_;
  in_otherwise_ = quiet_trigger_ = false;
  done_clause_column_.reset();
  note_task(trigger->actions, false);
}

void Outline::State::place(Trigger line) {
  std::vector<Trigger>* list = triggers();
  if (list == nullptr) {
    misplaced({"this stands below `rule` or `case`", "此行须写在“规则”或“事项”之下"});
    end_declaration();
    lost_ = true;
    return;
  }
  end_trigger();
  list->push_back(std::move(line));
  open_trigger(&list->back());
}

void Outline::State::place(OtherwiseLine line) {
  if (trigger_ == nullptr) {
    misplaced({"`otherwise:` follows a trigger with `if`", "“否则”须跟在带“若”的触发条件之后"});
    return;
  }
  end_clause();
  if (previous_clause_ && column_ > trigger_column_) {
    findings_.add(
        "E016", span_,
        {"`otherwise:` answers the `if` of the trigger, but stands below a clause of a task",
         "“否则”对应触发条件中的“若”，却写在了交办的条款之下"},
        {"align it with the trigger, or write `when done if not …:`",
         "与触发条件对齐，或者写“办毕时 若 非 …：”"});
  }
  if (in_otherwise_) {
    twice("`otherwise:`", "“否则”");
  } else if (trigger_->condition == nullptr && !quiet_trigger_) {
    misplaced({"`otherwise:` follows a trigger with `if`", "“否则”须跟在带“若”的触发条件之后"},
              {"give the trigger above an `if …`, or leave `otherwise:` out",
               "请为上面的触发条件写明“若 …”，或删去“否则”"});
    end_trigger();
    spare_trigger_ = Trigger();
    open_trigger(&spare_trigger_);
    quiet_trigger_ = true;
  }
  in_otherwise_ = true;
  done_clause_column_.reset();
  otherwise_span_ = span_;
  last_action_level_ = level_;
  trigger_->otherwise = std::move(line.actions);
  note_task(trigger_->otherwise, false);
}

// Where an action on a line of its own goes; null after a finding.
std::vector<Action>* Outline::State::action_list() {
  if (trigger_ == nullptr) {
    misplaced({"an action needs a trigger above it", "动作之上须有触发条件"},
              {"for example `on opening:` or `when …:`", "例如“启动时：”或“当 … 时：”"});
    return nullptr;
  }
  std::vector<Action>& step = in_otherwise_ ? trigger_->otherwise : trigger_->actions;
  const bool seems_of_clause = done_clause_column_ && column_ > *done_clause_column_;
  if (clause_ == nullptr && !seems_of_clause) {
    done_clause_column_.reset();
    return &step;
  }
  if (clause_ == nullptr || (!clause_->empty() && column_ <= clause_column_)) {
    findings_.add("E016", span_,
                  {"it is not clear whether this belongs to the clause above or to the step",
                   "不清楚此行属于上面的条款还是属于这一步骤"},
                  {"write each action of a clause on the clause's own line",
                   "把条款的每个动作与条款写在同一行"});
  }
  return clause_ != nullptr ? clause_ : &step;
}

// Clauses that follow belong to the last task of `list`.
void Outline::State::note_task(std::vector<Action>& list, bool in_clause) {
  if (list.empty() || list.back().kind != Action::Kind::task) {
    if (!in_clause) task_ = nullptr;
    return;
  }
  task_ = list.back().task.get();
  task_in_clause_ = in_clause;
  outer_clause_column_ = clause_column_;
  task_level_ = level_;
  clause_ = nullptr;
}

void Outline::State::place(Action line) {
  std::vector<Action>* list = action_list();
  if (list == nullptr) return;
  const bool in_clause = clause_ != nullptr;
  last_action_level_ = level_;
  list->push_back(std::move(line));
  if (list->back().kind == Action::Kind::task)
    note_task(*list, in_clause);
  else if (!in_clause)
    task_ = nullptr;
}

void Outline::State::place(SetLine line) {
  if (auto* event = current<EventDecl>()) {
    for (Assignment& assignment : line.assignments) event->sets.push_back(std::move(assignment));
    return;
  }
  std::vector<Action>* list = action_list();
  if (list == nullptr) return;
  for (Assignment& assignment : line.assignments)
    list->push_back(set_action(std::move(assignment)));
  if (clause_ == nullptr) task_ = nullptr;
}

// ---------------------------------------------------------------- clauses of a task

void Outline::State::end_clause() {
  if (clause_ != nullptr && clause_->empty() && !quiet_clause_) {
    missing(clause_span_, {"nothing is done here", "此处没有写要做什么"},
            {"write an action after the colon", "在冒号后写动作"});
  }
  clause_ = nullptr;
  quiet_clause_ = false;
}

TaskSpec* Outline::State::task_here() {
  end_clause();
  if (task_ == nullptr) {
    misplaced({"this is a clause of a task, and there is no task above it",
               "这是交办的条款，而上面没有交办"},
              {"write it below a `task \"…\" for …`", "请写在“交办 …”之下"});
    return nullptr;
  }
  if (task_in_clause_ && column_ <= outer_clause_column_) {
    findings_.add(
        "E016", span_,
        {"this belongs to the task in the clause above, but is not indented below it",
         "此条款属于上面条款中的交办，却没有缩进到其下"},
        {"put the clauses of the outer task before that line", "外层交办的条款须写在那一行之前"});
  }
  return task_;
}

void Outline::State::place(TaskClause line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  is_conditional_clause_ = line.condition != nullptr;
  const bool open = line.actions.empty();
  task->clauses.push_back(std::move(line));
  clause_span_ = task->clauses.back().span;
  clause_column_ = column_;
  clause_level_ = level_;
  if (!task_in_clause_) done_clause_column_ = open ? std::nullopt : std::optional(column_);
  if (open)
    clause_ = &task->clauses.back().actions;
  else
    note_task(task->clauses.back().actions, true);
}

void Outline::State::place(DueLine line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  if (task->due_kind != TaskSpec::DueKind::none) twice("the deadline", "期限");
  task->due_kind = line.kind;
  task->due_within = std::move(line.within);
  task->due_anchor = std::move(line.anchor);
  task->due_span = span_;
}

void Outline::State::place(EveryLine line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  if (task->every != nullptr) twice("`every`", "“起每”");
  task->every = std::move(line.every);
  task->since = std::move(line.since);
  task->not_before = std::move(line.not_before);
}

void Outline::State::place(OpensLine line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  if (task->opens_before != nullptr) twice("`opens`", "“启动”");
  task->opens_before = std::move(line.before);
}

void Outline::State::place(StaysLine) {
  if (TaskSpec* task = task_here()) task->stays = true;
}

void Outline::State::place(PausedLine line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  if (task->paused_while != nullptr) twice("`paused while`", "“期间暂停计时”");
  task->paused_while = std::move(line.condition);
}

void Outline::State::place(ExpiresLine line) {
  ExprPtr* target = nullptr;
  if (auto* notice = current<NoticeDecl>()) {
    target = &notice->expires_after;
  } else if (TaskSpec* task = task_here()) {
    target = &task->expires_after;
  }
  if (target == nullptr) return;
  if (*target != nullptr) twice("`expires after`", "“有效期”");
  *target = std::move(line.after);
}

void Outline::State::place(TaskSpec::DoneOn line) {
  if (TaskSpec* task = task_here()) task->done_on.push_back(std::move(line));
}

void Outline::State::place(NeedsLine line) {
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  for (Field& field : line.fields) task->needs.push_back(std::move(field));
}

// The notice on the line above, whose `once` may follow; null: none.
Action* Outline::State::notice_above() const {
  if (trigger_ == nullptr || task_ != nullptr || clause_ != nullptr) return nullptr;
  std::vector<Action>& list = in_otherwise_ ? trigger_->otherwise : trigger_->actions;
  return !list.empty() && list.back().kind == Action::Kind::notify ? &list.back() : nullptr;
}

void Outline::State::place(Once line) {
  // Below a notice's own line it is that notice's.
  if (Action* notice = notice_above()) {
    if (notice->once.kind != Once::Kind::none) twice("`once`", "次数限制");
    notice->once = std::move(line);
    return;
  }
  TaskSpec* task = task_here();
  if (task == nullptr) return;
  if (task->once.kind != Once::Kind::none) twice("`once`", "次数限制");
  task->once = std::move(line);
}

void Outline::State::end_trigger() {
  end_clause();
  if (trigger_ != nullptr && !quiet_trigger_) {
    const Wording text = {"nothing is done here", "此处没有写要做什么"};
    const Wording hint = {"write an action below or after the colon", "在冒号后或下一行写动作"};
    if (trigger_->actions.empty()) missing(trigger_->span, text, hint);
    if (in_otherwise_ && trigger_->otherwise.empty()) missing(otherwise_span_, text, hint);
  }
  trigger_ = nullptr;
  task_ = nullptr;
  task_in_clause_ = false;
  in_otherwise_ = quiet_trigger_ = false;
}

}  // namespace duban
