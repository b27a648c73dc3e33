// Whether a record is what an `expect` line of a scenario speaks about, and if not, in what they
// differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/plan.h"
#include "engine/record.h"
#include "engine/syntax.h"

namespace duban {

// One thing in which what happened is not what was expected.
struct Difference {
  enum class Aspect : uint8_t {
    time,
    recipient,  // of a notice; the person of a task or an escalation; the subject of an event
    channel,
    text,
    due,
    outcome,
    field,
    key,     // of a case
    title,   // of a task
    status,  // waiting, blocked, cancelled… instead of what was expected
  };
  Aspect aspect = Aspect::time;
  std::string expected, actual;  // in the scenario's own words
  std::string english, chinese;  // the whole sentence
};

std::string_view to_string(Difference::Aspect aspect);

struct Closeness {
  std::vector<Difference> differences;  // none: it is what was expected
  int64_t away_ms = 0;                  // from the expected time
  bool exact() const { return differences.empty(); }
  int weight() const;  // how grave the differences are together
};
// Which of two is nearer to what was expected.
bool nearer(const Closeness& a, const Closeness& b);

// The instant of a dated line; a bare date is when its day starts. None: undated.
std::optional<Instant> instant_of(const Plan& plan, const syntax::ExprPtr& at);
// The end of what a dated expectation covers: a bare date, its whole day.
std::optional<Instant> end_of(const Plan& plan, const syntax::ExprPtr& at);

// None: the record is of another kind than what the line speaks about.
std::optional<Closeness> compare(const Plan& plan, const syntax::ScenarioLine& line,
                                 const Record& record);

// What `expect nothing more` forbids: notices, tasks, escalations, outgoing events.
bool is_action(const Record& record);

}  // namespace duban
