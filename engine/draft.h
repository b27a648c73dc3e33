// Scenarios that are made, not written: the facts of an existing one, one of them changed, with
// expectations taken from what the engine then does. For suggestions that can be pasted as they
// are.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/coverage.h"
#include "engine/scenario.h"

namespace duban {

// A line of a scenario that says what is given or happens.
struct DraftFact {
  Instant at;  // undated ones: when the scenario begins
  std::string text;
  struct Literal {
    size_t begin = 0, end = 0;  // bytes of `text`
    Value value;                // a datetime is local, as the parser leaves it
    bool is_time = false;       // when it happens, rather than a field's value
  };
  std::vector<Literal> literals;  // those that can be counted up and down: numbers and dates
};

struct Draft {
  std::string name;
  bool chinese = false;
  std::vector<std::string> lines;
  std::string text() const;  // with its line end
};

bool is_chinese(const ScenarioFile& file, const syntax::ScenarioDecl& scenario);
// In the scenario's order; `with "other.rules"` lines come first, as facts without literals.
std::vector<DraftFact> facts_of(const ScenarioFile& file, const syntax::ScenarioDecl& scenario);
// The last instant any line of the scenario names.
Instant end_of_scenario(const ScenarioFile& file, const syntax::ScenarioDecl& scenario);

// The `expect` line that a record meets; nothing for records no line speaks about.
std::optional<std::string> expectation_text(const Plan& plan, const Record& record, bool chinese,
                                            bool negated = false);
// A dated line that finishes a task, with any answers it needs.
std::string finishing_text(const Plan& plan, const TaskRecord& task, Instant at, bool chinese);

struct DraftOutcome {
  bool passed = false;
  std::vector<std::pair<Instant, Record>> happened;
  Observations observed;
  std::vector<bool> met;  // by expectation
};
// Compiles drafts as scenarios of the file and runs them, on `plan` where one is given. Empty when
// they do not compile.
class DraftFile {
 public:
  DraftFile(const ScenarioFile& file, const std::vector<Draft>& drafts);

  size_t size() const { return scenarios_.size(); }
  const Plan& plan() const { return *file_.compilation.plan; }
  DraftOutcome run(size_t draft, std::optional<Instant> until = {},
                   std::shared_ptr<const Plan> plan = {}) const;

 private:
  ScenarioFile file_;
  std::vector<const syntax::ScenarioDecl*> scenarios_;
};

// The `expect` lines that hold of what happened here and not of what happened there, a few of them.
// `by_time`: also where only the time differs.
std::vector<std::string> telling_lines(const Plan& plan, const DraftOutcome& here,
                                       const DraftOutcome& there, bool chinese, bool by_time);
// `here` with those of the expectations that hold, if it then passes and `there` fails; `there` is
// run on `other_plan` where one is given.
std::optional<Draft> telling_draft(const ScenarioFile& file, Draft here, Draft there,
                                   const std::vector<std::string>& expected,
                                   const std::shared_ptr<const Plan>& other_plan = {});

}  // namespace duban
