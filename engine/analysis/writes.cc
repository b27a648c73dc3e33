// Steps that write different values to one attribute at the same moment: such a step fails.
#include <algorithm>
#include <map>
#include <tuple>

#include "engine/analysis/analysis.h"
#include "engine/analysis/witness.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;
using ClauseKind = syntax::TaskClause::Kind;

constexpr size_t kMaxWritersCompared = 200;  // of one attribute at one moment

// What sets a step off, so that those of one moment read the same state and write together.
struct Moment {
  enum class Kind : uint8_t {
    event,     // an event, or the opening of a case by it
    watched,   // conditions that became true; cases that a condition opened
    closing,   // of a case
    timed,     // the same time before or after the same anchor
    finished,  // tasks that an event finished
    clause,    // clauses of one task with the same time
  };
  Kind kind = Kind::event;
  uint32_t what = 0;  // event, entity, case or task
  uint32_t more = 0, duration = 0;
  auto operator<=>(const Moment&) const = default;
};

struct Write {
  Moment moment;
  const Action* action = nullptr;
  std::vector<Guard> guards;
  Reading reading;
  uint16_t policy = 0;
  Index owner_case = kNone;
  Index step = kNone;
  uint16_t outcome = kNoId;  // closing
  // Steps whose own actions they are, so that all of them are done or none.
  std::tuple<Index, bool, Index, size_t> body;
};

class Writes {
 public:
  explicit Writes(Analysis& analysis)
      : analysis_(analysis), program_(analysis.program), plan_(analysis.plan) {}

  void check() {
    for_each_action(plan_, [this](const Place& place, const Action& action) {
      if (action.kind == Action::Kind::set && action.set.value != kNone) collect(place, action);
    });
    for (auto& [key, writes] : writes_) {
      const size_t count = std::min(writes.size(), kMaxWritersCompared);
      for (size_t i = 1; i < count; ++i) {
        for (size_t j = 0; j < i; ++j) {
          if (compare(std::get<1>(key), writes[j], writes[i])) break;
        }
      }
      if (count < writes.size()) {
        program_.warning(writes[count].action->span, "W201",
                         {"too many steps write this at one moment to compare them all",
                          "同一时刻更新它的步骤过多，未能全部比较"});
      }
    }
  }

 private:
  // At what moment, whose (an entity's or, with a variable, a case's), which.
  using Key = std::tuple<Moment, std::pair<bool, uint16_t>, uint32_t>;

  void collect(const Place& place, const Action& action) {
    Write write;
    write.action = &action;
    write.guards = place.guards;
    write.reading = place.reading;
    write.policy = place.policy;
    write.owner_case = place.reading.owner_case;
    write.step = place.step;
    write.outcome = plan_.steps[place.step].outcome;
    write.body = {place.step, place.otherwise, place.task, place.clause};
    const bool variable = action.set.kind == SetTarget::Kind::variable;
    const uint32_t whose = variable ? place.reading.owner_case : place.reading.entity;
    for (const Moment& moment : moments_of(place)) {
      write.moment = moment;
      Write made = adapted(write);
      const Key key{made.moment, {variable, action.set.slot}, whose};
      writes_[key].push_back(std::move(made));
    }
  }

  // At an opening, the case's fields are the event's: so are they compared with rules on it.
  Write adapted(Write write) const {
    const Case::Opening* opening = nullptr;
    if (write.moment.kind == Moment::Kind::event && write.owner_case != kNone &&
        plan_.steps[write.step].kind == TriggerKind::on_opening) {
      opening = &plan_.cases[write.owner_case].openings[write.moment.more];
    }
    if (!opening) return write;
    const auto adapt = [&](Reading& reading) {
      reading.event = opening->event;
      reading.opening = opening;
      reading.as_fields = true;
    };
    adapt(write.reading);
    for (Guard& guard : write.guards) adapt(guard.reading);
    if (opening->condition != kNone) write.guards.push_back({opening->condition, write.reading});
    write.moment.more = 0;
    return write;
  }

  std::vector<Moment> moments_of(const Place& place) {
    const Step& step = plan_.steps[place.step];
    using Kind = Moment::Kind;
    if (place.task != kNone) return moments_of_clause(place);
    switch (step.kind) {
      case TriggerKind::on_event:
        return {{Kind::event, step.event}};
      case TriggerKind::on_opening: {
        std::vector<Moment> out;
        const auto& openings = plan_.cases[step.owner_case].openings;
        for (uint32_t i = 0; i < openings.size(); ++i) {
          if (openings[i].event == kNoId) {
            out.push_back({Kind::watched, step.entity});
          } else {
            out.push_back({Kind::event, openings[i].event, i});
          }
        }
        return out;
      }
      case TriggerKind::on_closing:
        return {{Kind::closing, step.owner_case}};
      case TriggerKind::when_condition:
      case TriggerKind::when_changes:
        return {{Kind::watched, step.entity}};
      case TriggerKind::at:
      case TriggerKind::before:
      case TriggerKind::after: {
        if (step.anchor == kNone) return {};
        const uint32_t duration =
            step.duration == kNone ? kNone : analysis_.terms.of(step.duration, place.reading);
        const uint32_t sign = step.kind == TriggerKind::before ? 1 : 0;
        return {{Kind::timed, analysis_.terms.of(step.anchor, place.reading), sign, duration}};
      }
      default:
        return {};
    }
  }

  std::vector<Moment> moments_of_clause(const Place& place) {
    const TaskSpec& task = plan_.tasks[place.task];
    const TaskClause& clause = task.clauses[place.clause];
    using Kind = Moment::Kind;
    const uint32_t duration =
        clause.duration == kNone ? kNone : analysis_.terms.of(clause.duration, place.reading);
    std::vector<Moment> out{
        {Kind::clause, place.task, static_cast<uint32_t>(clause.kind), duration}};
    if (clause.kind != ClauseKind::when_done) return out;
    for (const TaskSpec::DoneOn& done : task.done_on) {
      out.push_back({Kind::finished, done.event});
    }
    return out;
  }

  bool in_force_together(const Write& a, const Write& b) const {
    const PolicyInfo& p = plan_.policies[a.policy];
    const PolicyInfo& q = plan_.policies[b.policy];
    return !(p.effective_to && q.effective_from && *p.effective_to < *q.effective_from) &&
           !(q.effective_to && p.effective_from && *q.effective_to < *p.effective_from);
  }

  // True: reported.
  bool compare(std::pair<bool, uint16_t> target, const Write& a, const Write& b) {
    if (!in_force_together(a, b)) return false;
    if (a.outcome != kNoId && b.outcome != kNoId && a.outcome != b.outcome) return false;
    const bool exclusive = a.step == b.step && std::get<1>(a.body) != std::get<1>(b.body);
    if (exclusive) return false;  // a step and its `otherwise`
    const Value* first = program_.constant_of(a.action->set.value);
    const Value* second = program_.constant_of(b.action->set.value);
    const bool differ = first && second;
    if (differ ? *first == *second : same_value(a, b)) return false;
    if (a.body == b.body) return report(target, a, b, {}, differ);
    const auto example = common_case(a, b);
    if (!example) return false;
    // Only what certainly happens in one step is an error.
    const bool at_once =
        a.moment.kind != Moment::Kind::watched && a.moment.kind != Moment::Kind::finished &&
        (a.owner_case == b.owner_case || a.owner_case == kNone || b.owner_case == kNone);
    return report(target, a, b, *example, differ && at_once && !example->supposed);
  }

  bool same_value(const Write& a, const Write& b) {
    return analysis_.terms.of(a.action->set.value, a.reading) ==
           analysis_.terms.of(b.action->set.value, b.reading);
  }

  // One in which both are done.
  std::optional<Example> common_case(const Write& a, const Write& b) {
    Space space(program_, analysis_.terms);
    std::vector<Space::Formula> parts;
    std::vector<Guard> guards = a.guards;
    guards.insert(guards.end(), b.guards.begin(), b.guards.end());
    for (const Index owner_case : {a.owner_case, b.owner_case}) {
      const auto lasting = lasting_guards(plan_, analysis_.constants, owner_case);
      const bool opening = a.reading.as_fields || b.reading.as_fields;
      if (!opening) guards.insert(guards.end(), lasting.begin(), lasting.end());
    }
    for (const Guard& guard : guards) {
      parts.push_back(space.add(guard.condition, guard.reading, guard.holds));
    }
    const Space::Formula both = space.all_of(parts);
    space.close();
    const auto boxes = space.boxes(both);
    if (!boxes) return std::nullopt;
    for (const Box& box : *boxes) {
      auto example = find_example(space, box, [&](const Assumed& assumed) {
        return std::all_of(guards.begin(), guards.end(), [&](const Guard& guard) {
          return holds_with(program_, assumed, guard.condition) == guard.holds;
        });
      });
      if (example) return example;
    }
    return std::nullopt;
  }

  const Names& name_of(std::pair<bool, uint16_t> target, const Write& write) const {
    return target.first
               ? plan_.cases[write.owner_case].variables[target.second].names
               : plan_.layout.entities[write.reading.entity].attributes[target.second].names;
  }

  bool report(std::pair<bool, uint16_t> target, const Write& a, const Write& b,
              const Example& example, bool certain) {
    const Names& names = name_of(target, b);
    const std::string place = program_.place(a.action->span);
    const ExampleWords words = for_example(example);
    if (certain) {
      program_.error(b.action->span, "E122",
                     {quoted(names.name) + " is set to another value at " + place +
                          ", in the same step" + words.english,
                      quoted(names.in(true)) + "在同一步中被更新为不同的值，另一处在 " + place +
                          words.chinese});
    } else {
      program_.warning(b.action->span, "W230",
                       {quoted(names.name) + " may be set to another value in the same step, at " +
                            place + words.english,
                        quoted(names.in(true)) + "可能在同一步中被更新为不同的值，另一处在 " +
                            place + words.chinese,
                        "let their conditions exclude each other; such a step fails",
                        "请使两处条件互不重叠；两值不同时该步骤会失败"});
    }
    return true;
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
  std::map<Key, std::vector<Write>> writes_;
};

}  // namespace

void check_writes(Analysis& analysis) { Writes(analysis).check(); }

}  // namespace duban::compiler
