// The worth of an expression in a context. Total for checked plans, except for what the checker
// cannot know: overflow, which throws EvalFailure and is caught by step() alone.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/observe.h"
#include "engine/plan.h"
#include "engine/state.h"
#include "engine/step.h"

namespace duban {

// What expressions are taken to be worth instead of being evaluated, by node: for asking what a
// condition would say of a case that nobody has.
using Assumed = std::unordered_map<Index, Value>;

// Everything an expression may read. Pointers may be null where the checker saw to it that no
// expression reads them; a null one reads as none.
struct Context {
  const Plan* plan = nullptr;
  const References* references = nullptr;
  const Subject* subject = nullptr;
  const CaseInstance* instance = nullptr;
  const EventData* event = nullptr;
  const PastEvent* past = nullptr;  // in an aggregate's condition, instead of the event
  const std::vector<std::pair<uint16_t, Value>>* answers = nullptr;
  const Deadline* due = nullptr;
  const Value* listing = nullptr;
  Instant now;
  bool paused = false;                        // the task's clock stands still: it has no `due`
  std::optional<Instant> counts_from;         // what `case.opened` is for times that count from it
  std::optional<Instant> history_before;      // history from then on is not read
  std::vector<Trace::Read>* reads = nullptr;  // collects what was read, when asked
  Observations* observed = nullptr;           // notes what was reached, when asked
  bool* no_data = nullptr;                    // set where a calendar has no data for what is asked
  const Assumed* assumed = nullptr;

  // Nobody wants to know what is read, and nothing is read otherwise than as it stands.
  bool is_plain() const { return reads == nullptr && observed == nullptr && assumed == nullptr; }
};

struct EvalFailure {
  std::string english, chinese;
  Span span;
};

Value evaluate(const Context& context, Index node);
// The same without a copy of what lies somewhere already; `room` takes what does not.
const Value& evaluate(const Context& context, Index node, Value& room);
bool holds(const Context& context, Index node);  // kNone holds; none does not
std::string render_template(const Context& context, const Template& text);

// What an event's own `set` writes, by slots: the fields that it takes over as they are, then what
// is computed, which reads the attributes with these. An absent field leaves its attribute alone,
// an explicit null clears it.
std::vector<std::pair<uint16_t, Value>> event_sets(const Context& context, const EventData& event);

// The aggregate that `node` names, over the subject's history.
Value evaluate_aggregate(const Context& context, const Node& node);
// When the last event before `before` happened that the aggregate counts.
std::optional<Instant> last_counted(const Context& context, const Aggregate& aggregate,
                                    Instant before);

// ---- times; nullopt with `unknown` set where a calendar has no data, without where a value is
// none

struct Moment {
  std::optional<Instant> at;
  bool unknown = false;
};
struct DeadlineResult {
  std::optional<Deadline> due;
  bool unknown = false;
};

// A step's time: `anchor` shifted by `sign` × `duration`; a bare date happens when its day starts.
Moment step_time(const Plan& plan, const Value& anchor, const Duration* duration, int sign);
// A deadline: `anchor` (a date ends with its day) plus `duration`, if any.
DeadlineResult deadline(const Plan& plan, const Value& anchor, const Duration* duration);
// `2 hours before due`, `when late by 1 working day`: a clause's time from its task's deadline.
Moment before_deadline(const Plan& plan, const Deadline& due, const Duration& duration);
DeadlineResult after_deadline(const Plan& plan, const Deadline& due, const Duration& duration);
// What such a duration counts from: the deadline's day, or its instant.
Value deadline_anchor(const Plan& plan, const Deadline& due, const Duration& duration);
// The attribute value plus a duration, as `+` in expressions does; none when it cannot be, and
// `no_data` set (where given) when that is for want of calendar data.
Value shifted(const Plan& plan, const Value& anchor, const Duration& duration, int sign,
              bool* no_data = nullptr);

}  // namespace duban
