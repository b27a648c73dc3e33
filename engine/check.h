// Whole-program checks and the compilation of steps, on top of expressions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/expression.h"
#include "engine/expression_text.h"
#include "engine/resolve.h"

namespace duban::compiler {

// ---- compile_values.cc
void build_parameters(Program& program);
void build_values(Program& program);  // defines, tables, defaults, event sets, broadcasts, notices

// ---- compile_scorecards.cc
void check_scorecards(Program& program);  // after its tables are compiled

// ---- compile_cases.cc
void build_cases(Program& program);
void build_rules(Program& program);
void build_forbids(Program& program);

// ---- compile_steps.cc

// Where the actions of one step stand.
struct StepContext {
  Scope scope;
  uint16_t policy = 0;
  std::string basis;     // of the rule or case
  std::string id;        // of the step
  uint16_t ordinal = 0;  // of the next action
  bool in_task = false;  // among the clauses of a task
  uint16_t tasks = 0;    // so far
};
// The rule or case that a step belongs to.
struct StepOwner {
  uint16_t policy = 0;
  std::string name;
  std::string basis;
};
// The step of one trigger: appended to plan.steps. `ids` are those in use, to number repeats.
Index build_step(Program& program, const syntax::Trigger& trigger, Scope scope,
                 const StepOwner& owner, std::map<std::string, uint32_t>& ids);
std::vector<Index> build_actions(Program& program, const std::vector<syntax::Action>& actions,
                                 StepContext& context);

// ---- compile_schedules.cc
// The trigger has a schedule.
void build_schedule(Program& program, const syntax::Trigger& trigger, const Scope& scope,
                    Step& step);
// Part of the step's identity: the same in both languages.
std::string schedule_id(const Plan& plan, const Schedule& schedule, const Where& where);

// ---- compile_tasks.cc
Index build_task(Program& program, const syntax::TaskSpec& spec, Span span, StepContext& context);
OnceSpec build_once(Program& program, const syntax::Once& once, const Scope& scope);

// ---- compile_notify.cc
bool build_notify(Program& program, const syntax::Action& syntax, StepContext& context,
                  Action& action);

// ---- compile_index.cc
void build_index(Program& program);

// ---- compile_history.cc
void index_history(Program& program);

// ---- check_program.cc
void check_program(Program& program);

// ---- check_scenarios.cc

// What their lines name. REQUIRES: build_cases(), for the outcomes.
void check_scenarios(Program& program);

// ---- scenario_names.cc

// For tools: what the lines of scenarios name. What is unknown is said when they run.
void note_scenario_names(Program& program);

// ---- plan_digest.cc

// By canonical names and values. Errors: none may have been found.
Digest digest_plan(const Program& program);

}  // namespace duban::compiler
