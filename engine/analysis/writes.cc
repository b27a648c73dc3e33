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

constexpr uint64_t kPairWork = 20'000'000;  // for the writers of one attribute at one moment

// What sets a step off, so that those of one moment read the same state and write together.
struct Moment {
  enum class Kind : uint8_t {
    event,      // an event, or the opening of a case by it
    watched,    // conditions that became true; cases that a condition opened
    closing,    // of a case
    timed,      // the same time before or after the same anchor
    recurring,  // the same days at the same time
    finished,   // tasks that an event finished
    clause,     // clauses of one task with the same time
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
    for (const auto& [key, writes] : writes_) {
      if (writes.size() > 1) check_together(std::get<1>(key), writes);
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
      if (!made.reading.as_fields) {
        const auto lasting = lasting_guards(plan_, analysis_.constants, made.owner_case);
        made.guards.insert(made.guards.end(), lasting.begin(), lasting.end());
      }
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
    using MomentKind = Moment::Kind;
    if (place.task != kNone) return moments_of_clause(place);
    switch (step.kind) {
      case TriggerKind::on_event:
        return {{MomentKind::event, step.event}};
      case TriggerKind::on_opening: {
        std::vector<Moment> out;
        const auto& openings = plan_.cases[step.owner_case].openings;
        for (uint32_t i = 0; i < openings.size(); ++i) {
          if (openings[i].event == kNoId) {
            out.push_back({MomentKind::watched, step.entity});
          } else {
            out.push_back({MomentKind::event, openings[i].event, i});
          }
        }
        return out;
      }
      case TriggerKind::on_closing:
        return {{MomentKind::closing, step.owner_case}};
      case TriggerKind::when_condition:
      case TriggerKind::when_changes:
        return {{MomentKind::watched, step.entity}};
      case TriggerKind::at:
      case TriggerKind::before:
      case TriggerKind::after: {
        if (step.anchor == kNone) return {};
        const uint32_t duration =
            step.duration == kNone ? kNone : analysis_.terms.of(step.duration, place.reading);
        const uint32_t sign = step.kind == TriggerKind::before ? 1 : 0;
        return {
            {MomentKind::timed, analysis_.terms.of(step.anchor, place.reading), sign, duration}};
      }
      case TriggerKind::every:
        return {{MomentKind::recurring, recurrence_of(step, place.reading)}};
      default:
        return {};
    }
  }

  // The same number for the same days at the same time.
  uint32_t recurrence_of(const Step& step, const Reading& reading) {
    const Schedule& schedule = *step.schedule;
    const auto term = [&](Index node) {
      return node == kNone ? kNone : analysis_.terms.of(node, reading);
    };
    const std::vector<uint32_t> days{static_cast<uint32_t>(schedule.unit),
                                     static_cast<uint32_t>(schedule.day),
                                     static_cast<uint32_t>(schedule.month),
                                     schedule.counts_working,
                                     static_cast<uint32_t>(schedule.roll),
                                     schedule.calendar,
                                     term(schedule.at),
                                     term(schedule.from),
                                     term(schedule.to)};
    return recurrences_.emplace(days, static_cast<uint32_t>(recurrences_.size())).first->second;
  }

  std::vector<Moment> moments_of_clause(const Place& place) {
    const TaskSpec& task = plan_.tasks[place.task];
    const TaskClause& clause = task.clauses[place.clause];
    using MomentKind = Moment::Kind;
    const uint32_t duration =
        clause.duration == kNone ? kNone : analysis_.terms.of(clause.duration, place.reading);
    std::vector<Moment> out{
        {MomentKind::clause, place.task, static_cast<uint32_t>(clause.kind), duration}};
    if (clause.kind != ClauseKind::when_done) return out;
    for (const TaskSpec::DoneOn& done : task.done_on) {
      out.push_back({MomentKind::finished, done.event});
    }
    return out;
  }

  bool in_force_together(const Write& a, const Write& b) const {
    const PolicyInfo& p = plan_.policies[a.policy];
    const PolicyInfo& q = plan_.policies[b.policy];
    return !(p.effective_to && q.effective_from && *p.effective_to < *q.effective_from) &&
           !(q.effective_to && p.effective_from && *q.effective_to < *p.effective_from);
  }

  void too_many(const Write& write) {
    program_.warning(write.action->span, "W201",
                     {"too much is written to this at one moment to compare it all",
                      "同一时刻对它的更新过多，未能全部比较"});
  }

  // In which situations each of the writes is made.
  struct Situations {
    Space space;
    std::vector<Box> boxes;          // of all writes, in order
    std::vector<uint32_t> write_of;  // by box
    std::vector<std::pair<uint32_t, uint32_t>>
        of_write;  // the first of its boxes, and past the last
    Work work;
  };
  using Pair = std::pair<uint32_t, uint32_t>;  // writes, the later one first

  void check_together(std::pair<bool, uint16_t> target, const std::vector<Write>& writes) {
    const auto agrees = [&](const Write& write) { return same_value(write, writes.front()); };
    if (std::all_of(writes.begin(), writes.end(), agrees)) return;
    Situations situations{Space(program_, analysis_.terms), {}, {}, {}, {kPairWork}};
    const auto too_complex = divide(situations, writes);
    if (too_complex) return too_many(writes[*too_complex]);
    const auto pairs = meeting_pairs(situations, writes);
    if (!pairs) return too_many(writes.back());
    for (size_t i = 0; i < pairs->size(); ++i) {
      const auto [second, first] = (*pairs)[i];
      if (!compare(target, situations, writes, first, second)) continue;
      while (i + 1 < pairs->size() && (*pairs)[i + 1].first == second) ++i;  // one is enough
    }
    if (situations.work.used_up()) too_many(writes.back());
  }

  // Nothing, or the write whose situations are too many to be listed.
  std::optional<size_t> divide(Situations& situations, const std::vector<Write>& writes) {
    std::vector<Space::Formula> formulas;
    for (const Write& write : writes) {
      std::vector<Space::Formula> parts;
      for (const Guard& guard : write.guards) {
        parts.push_back(situations.space.add(guard.condition, guard.reading, guard.holds));
      }
      formulas.push_back(situations.space.all_of(std::move(parts)));
    }
    situations.space.close();
    for (uint32_t i = 0; i < writes.size(); ++i) {
      const auto boxes = situations.space.boxes(formulas[i]);
      if (!boxes) return i;
      const auto first = static_cast<uint32_t>(situations.boxes.size());
      situations.boxes.insert(situations.boxes.end(), boxes->begin(), boxes->end());
      situations.write_of.resize(situations.boxes.size(), i);
      situations.of_write.emplace_back(first, static_cast<uint32_t>(situations.boxes.size()));
    }
    return std::nullopt;
  }

  // Writes of different values with situations in common, in order. Nothing: too many to look at.
  std::optional<std::vector<Pair>> meeting_pairs(Situations& situations,
                                                 const std::vector<Write>& writes) {
    std::vector<Term> values;
    for (const Write& write : writes) {
      values.push_back(analysis_.terms.of(write.action->set.value, write.reading));
    }
    const auto value_of = [&](uint32_t box) { return values[situations.write_of[box]]; };
    const auto prune = [&](const Box&, BoxNumbers& boxes) {
      const bool agree = std::all_of(boxes.begin(), boxes.end(), [&](uint32_t box) {
        return value_of(box) == value_of(boxes.front());
      });
      if (agree) boxes.clear();
    };
    std::vector<Pair> pairs;
    const auto visit = [&](const Box&, const BoxNumbers& boxes) {
      if (!situations.work.take(boxes.size() * boxes.size() / 2 + 1)) return;
      for (size_t i = 0; i < boxes.size(); ++i) {
        for (size_t j = 0; j < i; ++j) {
          if (value_of(boxes[i]) == value_of(boxes[j])) continue;
          if (!situations.boxes[boxes[i]].meets(situations.boxes[boxes[j]])) continue;
          pairs.emplace_back(situations.write_of[boxes[i]], situations.write_of[boxes[j]]);
        }
      }
    };
    for_each_part(situations.space.shape(), situations.boxes, situations.work, prune, visit);
    if (situations.work.used_up()) return std::nullopt;
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    return pairs;
  }

  // True: reported.
  bool compare(std::pair<bool, uint16_t> target, Situations& situations,
               const std::vector<Write>& writes, size_t first, size_t second) {
    const Write& a = writes[first];
    const Write& b = writes[second];
    if (!in_force_together(a, b)) return false;
    if (a.outcome != kNoId && b.outcome != kNoId && a.outcome != b.outcome) return false;
    const bool exclusive = a.step == b.step && std::get<1>(a.body) != std::get<1>(b.body);
    if (exclusive) return false;  // a step and its `otherwise`
    const Value* one = program_.constant_of(a.action->set.value);
    const Value* other = program_.constant_of(b.action->set.value);
    const bool differ = one && other;
    if (differ ? *one == *other : same_value(a, b)) return false;
    if (a.body == b.body) return report(target, a, b, {}, differ);
    const auto example = common_case(situations, writes, first, second);
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

  // One in which both are made.
  std::optional<Example> common_case(Situations& situations, const std::vector<Write>& writes,
                                     size_t first, size_t second) {
    const auto made = [&](size_t write, const Assumed& assumed) {
      const std::vector<Guard>& guards = writes[write].guards;
      return std::all_of(guards.begin(), guards.end(), [&](const Guard& guard) {
        return holds_with(program_, assumed, guard.condition) == guard.holds;
      });
    };
    const auto [a_begin, a_end] = situations.of_write[first];
    const auto [b_begin, b_end] = situations.of_write[second];
    for (uint32_t i = a_begin; i < a_end; ++i) {
      for (uint32_t j = b_begin; j < b_end; ++j) {
        if (!situations.work.take(1)) return std::nullopt;
        const Box both = situations.boxes[i] & situations.boxes[j];
        if (both.is_empty()) continue;
        auto example = find_example(situations.space, both, [&](const Assumed& assumed) {
          return made(first, assumed) && made(second, assumed);
        });
        if (example) return example;
      }
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
  std::map<std::vector<uint32_t>, uint32_t> recurrences_;
};

}  // namespace

void check_writes(Analysis& analysis) { Writes(analysis).check(); }

}  // namespace duban::compiler
