#include "tests/reference/census.h"

#include <array>

namespace duban::reference {
namespace {

// By the numbers of the enumerations.
constexpr std::array kTriggers = {
    "step: on opening", "step: on closing", "step: on EVENT", "step: on NOTICE", "step: when",
    "step: changes",    "step: at",         "step: before",   "step: after",     "step: every"};
constexpr std::array kUnits = {"schedule: day",   "schedule: working day", "schedule: week",
                               "schedule: month", "schedule: quarter",     "schedule: year"};
constexpr std::array kWindows = {"window: all",
                                 "window: over the last",
                                 "window: same month of the last",
                                 "window: this week",
                                 "window: this month",
                                 "window: this quarter",
                                 "window: this year",
                                 "window: previous week",
                                 "window: previous month",
                                 "window: previous quarter",
                                 "window: previous year"};
constexpr std::array kFunctions = {
    "aggregate: count",   "aggregate: sum",    "aggregate: average",       "aggregate: minimum",
    "aggregate: maximum", "aggregate: latest", "aggregate: time of latest"};
constexpr std::array kActions = {"action: notify",  "action: task",  "action: set",
                                 "action: raise",   "action: close", "action: escalate",
                                 "action: reassign"};
constexpr std::array kOnce = {"once: no",        "once: per case",      "once: per day",
                              "once: per week",  "once: per month",     "once: per year",
                              "once: per FIELD", "once: at most N in D"};
constexpr std::array kClauses = {"clause: before due", "clause: when late", "clause: D late",
                                 "clause: when done"};
constexpr std::array kDue = {"task: no due", "task: due within", "task: due after", "task: due at"};
constexpr std::array kHits = {"table: first", "table: unique", "table: all"};
constexpr std::array kInFlight = {"in flight: unsaid", "in flight: keep", "in flight: recompute",
                                  "in flight: restart"};
constexpr std::array kClasses = {"notice: mandatory", "notice: service", "notice: commercial"};
constexpr std::array kLimits = {"limit: per day", "limit: per week", "limit: per month",
                                "limit: per year"};

template <typename Labels, typename Enum>
std::string label(const Labels& labels, Enum value) {
  return labels.at(static_cast<size_t>(value));
}

const char* operation(Op op) {
  switch (op) {
    case Op::now:
      return "read: now";
    case Op::today:
      return "read: today";
    case Op::task_due:
      return "read: due";
    case Op::listing:
      return "read: list";
    case Op::attribute_of:
      return "read: of a reference";
    case Op::answer_field:
      return "read: an answer";
    case Op::case_variable:
      return "read: a case's variable";
    case Op::divide:
      return "read: a quotient";
    case Op::between:
      return "read: between";
    case Op::in_list:
      return "read: in a list";
    case Op::contains:
    case Op::minus:
    case Op::union_of:
      return "read: sets";
    case Op::round:
      return "read: round";
    case Op::days_from_to:
      return "read: days from A to B";
    case Op::working_days_from_to:
      return "read: working days from A to B";
    case Op::start_of_month:
    case Op::start_of_quarter:
    case Op::start_of_year:
    case Op::end_of_month:
    case Op::end_of_quarter:
    case Op::end_of_year:
      return "read: start or end of a period";
    case Op::rolled_forward:
    case Op::rolled_back:
      return "read: rolled";
    case Op::next_working_day:
    case Op::previous_working_day:
      return "read: next working day";
    default:
      return nullptr;
  }
}

class Census {
 public:
  explicit Census(const Plan& plan) : plan_(plan) {}

  void add(std::string what) { found.insert(std::move(what)); }

  void node(Index index) {
    const Node& node = plan_.nodes[index];
    if (const char* what = operation(node.op)) add(what);
    if (node.op == Op::aggregate) {
      const Aggregate& aggregate = plan_.aggregates[node.a];
      add(label(kFunctions, aggregate.function));
      add(label(kWindows, aggregate.over));
      if (aggregate.condition != kNone) add("aggregate: where");
    }
    if (node.op == Op::table_output) table(node.a);
  }

  void table(Index index) {
    const Table& table = plan_.tables[index];
    if (table.names.name.ends_with(".points")) return add("table: scorecard");
    add(label(kHits, table.hit));
    if (table.outputs.size() > 1) add("table: several outputs");
  }

  void once(const OnceSpec& once) {
    if (once.kind != syntax::Once::Kind::none) add(label(kOnce, once.kind));
  }

  void task(const TaskSpec& task) {
    if (task.every == kNone) add(label(kDue, task.due_kind));
    if (task.every != kNone) add("task: every D since X");
    if (task.not_before != kNone) add("task: but not before");
    if (task.opens_before != kNone) add("task: opens D before due");
    if (task.stays) add("task: stays");
    if (task.expires_after != kNone) add("task: expires after");
    if (!task.done_on.empty()) add("task: done on");
    if (!task.needs.empty()) add("task: needs");
    if (task.paused_while != kNone) add("task: paused while");
    once(task.once);
  }

  void action(Index index) {
    const Action& action = plan_.actions[index];
    add(label(kActions, action.kind));
    if (action.kind == Action::Kind::task) task(plan_.tasks[action.task]);
    if (action.kind != Action::Kind::notify) return;
    once(action.once);
    add(label(kClasses, plan_.notices[action.notice].notice_class));
    if (plan_.notices[action.notice].expires_after != kNone) add("notice: expires after");
    if (action.channels.size() > 1) add("notice: several channels");
    if (action.listing != kNone) add("notice: listing");
    if (action.even_if_late) add("notice: even if late");
  }

  void step(const Step& step, bool held, bool otherwise) {
    add(step.owner_case == kNone ? "step: of a rule" : "step: of a case");
    add(label(kTriggers, step.kind));
    if (step.condition != kNone) add("step: if");
    if (otherwise && !step.otherwise.empty()) add("step: otherwise");
    if (held) {
      for (const Index index : step.actions) action(index);
    }
    if (otherwise) {
      for (const Index index : step.otherwise) action(index);
    }
    if (!step.schedule) return;
    add(label(kUnits, step.schedule->unit));
    if (step.schedule->counts_working) add("schedule: Nth working day");
    if (step.schedule->roll != syntax::Schedule::Roll::none) add("schedule: rolled");
    if (step.schedule->from != kNone || step.schedule->to != kNone) add("schedule: from, to");
  }

  void clause(const TaskClause& clause) {
    add(label(kClauses, clause.kind));
    for (const Index index : clause.actions) action(index);
  }

  void opening(const Case& of, const Case::Opening& opening) {
    add(opening.event == 0xffff ? "case: opens when" : "case: opens on");
    if (of.keyed) add("case: per key");
    if (of.may_reopen) add("case: may reopen");
    add(label(kInFlight, of.in_flight));
  }

  void closing(const Case::Closing& closing) {
    add(closing.event == 0xffff ? "case: closes when" : "case: closes on");
  }

  Constructs found;

 private:
  const Plan& plan_;
};

}  // namespace

Constructs all_constructs() {
  Constructs out;
  const auto add = [&](const auto& labels, size_t from) {
    for (size_t i = from; i < labels.size(); ++i) out.insert(labels[i]);
  };
  add(kTriggers, 0);
  add(kUnits, 0);
  add(kWindows, 0);
  add(kFunctions, 0);
  add(kActions, 0);
  add(kOnce, 1);
  add(kClauses, 0);
  add(kDue, 0);
  add(kHits, 0);
  add(kInFlight, 1);
  add(kClasses, 0);
  for (size_t op = 0; op <= static_cast<size_t>(Op::aggregate); ++op) {
    if (const char* what = operation(static_cast<Op>(op))) out.insert(what);
  }
  for (const char* what : {"aggregate: where",
                           "table: scorecard",
                           "table: several outputs",
                           "task: every D since X",
                           "task: but not before",
                           "task: opens D before due",
                           "task: stays",
                           "task: expires after",
                           "task: done on",
                           "task: needs",
                           "task: paused while",
                           "notice: expires after",
                           "notice: several channels",
                           "notice: listing",
                           "notice: even if late",
                           "step: of a rule",
                           "step: of a case",
                           "step: if",
                           "step: otherwise",
                           "schedule: Nth working day",
                           "schedule: rolled",
                           "schedule: from, to",
                           "case: opens when",
                           "case: opens on",
                           "case: closes when",
                           "case: closes on",
                           "case: per key",
                           "case: may reopen",
                           "forbid"})
    out.insert(what);
  return out;
}

Constructs constructs_of(const Plan& plan) {
  Census census(plan);
  for (Index i = 0; i < plan.nodes.size(); ++i) census.node(i);
  for (Index i = 0; i < plan.tables.size(); ++i) census.table(i);
  for (const Step& step : plan.steps) census.step(step, true, true);
  for (const TaskSpec& task : plan.tasks) {
    for (const TaskClause& clause : task.clauses) census.clause(clause);
  }
  for (const Case& each : plan.cases) {
    for (const Case::Opening& opening : each.openings) census.opening(each, opening);
    for (const Case::Closing& closing : each.closings) census.closing(closing);
  }
  if (!plan.forbids.empty()) census.add("forbid");
  // What only a deployment has: steps show it by what they do.
  for (const EventTouch& touch : plan.touches) {
    if (touch.broadcast_where != kNone) census.add("event: broadcast");
    if (touch.unique_by != 0xffff) census.add("event: unique by");
    if (!touch.sets.empty()) census.add("event: set");
    if (!touch.forbids.empty()) census.add("forbid: of an outgoing event");
  }
  for (const Channel& channel : plan.channels) {
    if (channel.quiet_from) census.add("channel: quiet");
    if (!channel.limits.empty())
      census.add(channel.drop ? "channel: else drop" : "channel: else wait");
    for (const auto& limit : channel.limits) census.add(label(kLimits, limit.per));
  }
  if (plan.calendars.size() > 1) census.add("calendar: several");
  for (const PolicyInfo& policy : plan.policies) {
    if (policy.effective_from || policy.effective_to) census.add("policy: in force from, to");
  }
  return std::move(census.found);
}

Constructs exercised(const Observations& seen) {
  const Plan& plan = *seen.plan;
  Census census(plan);
  for (Index i = 0; i < plan.nodes.size(); ++i) {
    if (seen.nodes[i].read) census.node(i);
  }
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const auto& halves = seen.steps[i];
    if (halves.held || halves.otherwise) census.step(plan.steps[i], halves.held, halves.otherwise);
  }
  for (size_t i = 0; i < plan.tasks.size(); ++i) {
    for (size_t j = 0; j < plan.tasks[i].clauses.size(); ++j) {
      if (seen.clauses[i][j]) census.clause(plan.tasks[i].clauses[j]);
    }
  }
  for (size_t i = 0; i < plan.cases.size(); ++i) {
    for (size_t j = 0; j < plan.cases[i].openings.size(); ++j) {
      if (seen.openings[i][j]) census.opening(plan.cases[i], plan.cases[i].openings[j]);
    }
    for (size_t j = 0; j < plan.cases[i].closings.size(); ++j) {
      if (seen.closings[i][j]) census.closing(plan.cases[i].closings[j]);
    }
  }
  for (const bool stopped : seen.forbids) {
    if (stopped) census.add("forbid");
  }
  return std::move(census.found);
}

}  // namespace duban::reference
