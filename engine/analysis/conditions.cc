// Conditions that never hold, or always do.
#include <algorithm>

#include "engine/analysis/analysis.h"
#include "engine/analysis/space.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;

// What follows from a condition's being decided beforehand, in words.
struct Meaning {
  const char* never_english;
  const char* never_chinese;
  const char* always_english;
  const char* always_chinese;
};

constexpr Meaning kStepIf{"what follows is never done", "其后的动作永远不会执行",
                          "the `if` can be left out", "可删去`若`"};
constexpr Meaning kWhen{"it never goes off", "永远不会触发", "it goes off at once, and never again",
                        "会立即触发，且不再触发"};
constexpr Meaning kOpens{"the case is never opened by it", "事项永远不会由此启动",
                         "the condition can be left out", "可删去该条件"};
constexpr Meaning kCloses{"the case never closes by it", "事项永远不会由此办结",
                          "the condition can be left out", "可删去该条件"};
constexpr Meaning kClosesWhen{"the case never closes by it", "事项永远不会由此办结",
                              "the case closes as soon as it opens", "事项一启动即办结"};
constexpr Meaning kForbids{"nothing is forbidden by it", "永远不会禁止任何动作",
                           "it is always forbidden", "任何时候都被禁止"};
constexpr Meaning kDoneOn{"the task is never done by it", "交办永远不会由此办毕",
                          "the `if` can be left out", "可删去`若`"};
constexpr Meaning kPaused{"the clock never stops", "永远不会暂停计时",
                          "the clock never runs, and the deadline never comes",
                          "始终暂停计时，期限永远不会到来"};
constexpr Meaning kWhere{"nothing is counted", "不会统计任何内容", "the `where` can be left out",
                         "可删去`其中`"};
constexpr Meaning kReaches{"the event reaches nobody", "该事件不会到达任何对象",
                           "the event reaches everybody", "该事件会到达所有对象"};

class Conditions {
 public:
  explicit Conditions(Analysis& analysis)
      : analysis_(analysis), program_(analysis.program), plan_(analysis.plan) {}

  void check() {
    for (const Step& step : plan_.steps) check_step(step);
    for (Index i = 0; i < plan_.cases.size(); ++i) check_case(i);
    for (size_t i = 0; i < plan_.forbids.size(); ++i) {
      Reading reading;
      reading.entity = program_.forbid_entities[i];
      reading.event = plan_.forbids[i].event;
      examine(plan_.forbids[i].condition, reading, {}, kForbids);
    }
    for (const Aggregate& aggregate : plan_.aggregates) {
      Reading reading;
      reading.entity = plan_.layout.events[aggregate.event].entity;
      reading.event = aggregate.event;
      examine(aggregate.condition, reading, {}, kWhere);
    }
    for (uint16_t event = 0; event < plan_.touches.size(); ++event) {
      Reading reading;
      reading.entity = plan_.layout.events[event].entity;
      reading.event = event;
      examine(plan_.touches[event].broadcast_where, reading, {}, kReaches);
    }
  }

 private:
  enum class Verdict : uint8_t { open, never, always };

  void check_case(Index index) {
    const Case& owner = plan_.cases[index];
    for (const Case::Opening& opening : owner.openings) {
      const bool when = opening.event == kNoId;
      examine(opening.condition, reading_of_opening(plan_, index, opening), {},
              when ? kWhen : kOpens);
    }
    const std::vector<Guard> lasting = lasting_guards(plan_, analysis_.constants, index);
    for (const Case::Closing& closing : owner.closings) {
      Reading reading;
      reading.entity = owner.entity;
      reading.owner_case = index;
      reading.event = closing.event;
      examine(closing.condition, reading, lasting, closing.event == kNoId ? kClosesWhen : kCloses);
    }
  }

  void check_step(const Step& step) {
    const Reading reading = reading_of(plan_, step);
    std::vector<Guard> guards = guards_of(step);
    if (step.kind == TriggerKind::when_condition) {
      const Verdict watched = examine(step.anchor, reading, guards, kWhen);
      if (watched == Verdict::never) return;
      guards.push_back({step.anchor, reading, true});
    }
    const Verdict verdict =
        examine(step.condition, reading, guards, kStepIf, !step.otherwise.empty());
    if (verdict == Verdict::always && !step.otherwise.empty()) {
      program_.warning(plan_.actions[step.otherwise.front()].span, "W212",
                       {"this `otherwise` never comes: the condition before it always holds",
                        "此`否则`永远不会执行：其前的条件始终成立"});
    }
    check_tasks(step.actions, reading, lasting_of(step));
    check_tasks(step.otherwise, reading, lasting_of(step));
  }

  std::vector<Guard> lasting_of(const Step& step) const {
    return lasting_guards(plan_, analysis_.constants, step.owner_case);
  }

  // While a case is being opened its whole opening condition still holds.
  std::vector<Guard> guards_of(const Step& step) const {
    const Reading reading = reading_of(plan_, step);
    if (!reading.opening) return lasting_of(step);
    if (reading.opening->condition == kNone) return {};
    return {{reading.opening->condition, reading, true}};
  }

  void check_tasks(const std::vector<Index>& actions, Reading reading,
                   const std::vector<Guard>& lasting) {
    for (const Index action : actions) {
      if (plan_.actions[action].task == kNone) continue;
      const Index index = plan_.actions[action].task;
      const TaskSpec& task = plan_.tasks[index];
      reading.task = index;
      if (can_change(task.pause_deps)) examine(task.paused_while, reading, lasting, kPaused);
      for (const TaskSpec::DoneOn& done : task.done_on) {
        Reading finishing = reading;
        finishing.event = done.event;
        finishing.opening = nullptr;
        examine(done.condition, finishing, lasting, kDoneOn);
      }
      for (const TaskClause& clause : task.clauses) {
        examine(clause.condition, reading, lasting, kStepIf);
        check_tasks(clause.actions, reading, lasting);
      }
    }
  }

  // A pause whose condition never changes has been reported as such.
  static bool can_change(const Dependencies& deps) {
    return deps.time || deps.references || !deps.attributes.empty() || !deps.variables.empty() ||
           !deps.history.empty();
  }

  // `quiet_always`: the caller says so in other words.
  Verdict examine(Index condition, const Reading& reading, const std::vector<Guard>& guards,
                  const Meaning& meaning, bool quiet_always = false) {
    if (condition == kNone) return Verdict::open;
    const Verdict alone = judge(condition, reading, {});
    const Verdict verdict =
        alone == Verdict::open && !guards.empty() ? judge(condition, reading, guards) : alone;
    const Span span = plan_.nodes[condition].span;
    const std::string why = verdict == alone ? "" : program_.place(guards_span(guards));
    if (verdict == Verdict::never) {
      program_.warning(span, "W210",
                       {"this never holds" + given(why, false) + ": " + meaning.never_english,
                        "此条件永远不成立" + given(why, true) + "：" + meaning.never_chinese});
    } else if (verdict == Verdict::always && !quiet_always) {
      program_.warning(span, "W211",
                       {"this always holds" + given(why, false) + ": " + meaning.always_english,
                        "此条件始终成立" + given(why, true) + "：" + meaning.always_chinese});
    } else if (verdict == Verdict::open) {
      examine_alternatives(condition, reading, guards);
    }
    return verdict;
  }

  static std::string given(const std::string& place, bool chinese) {
    if (place.empty()) return "";
    return chinese ? "（由 " + place + " 的条件可知）" : ", by the condition at " + place;
  }

  Span guards_span(const std::vector<Guard>& guards) const {
    return plan_.nodes[guards.back().condition].span;
  }

  // Of `a or b`, one that never holds says nothing.
  void examine_alternatives(Index condition, const Reading& reading,
                            const std::vector<Guard>& guards) {
    const Node& node = plan_.nodes[condition];
    if (node.op != Op::logical_or) return;
    for (const Index side : {node.a, node.b}) {
      if (judge(side, reading, guards) != Verdict::never) {
        examine_alternatives(side, reading, guards);
        continue;
      }
      program_.warning(plan_.nodes[side].span, "W210",
                       {"this never holds: it can be left out of the `or`",
                        "此条件永远不成立：可从`或者`中删去"});
    }
  }

  Verdict judge(Index condition, const Reading& reading, const std::vector<Guard>& guards) {
    Space space(program_, analysis_.terms);
    std::vector<Space::Formula> known;
    for (const Guard& guard : guards) {
      known.push_back(space.add(guard.condition, guard.reading, guard.holds));
    }
    const Space::Formula given = space.all_of(known);
    const Space::Formula holds = space.all_of({given, space.add(condition, reading, true)});
    const Space::Formula fails = space.all_of({given, space.add(condition, reading, false)});
    space.close();
    const auto possible = space.boxes(given);
    if (!possible || possible->empty()) return Verdict::open;  // that has been said elsewhere
    const auto when_holds = space.boxes(holds);
    if (when_holds && when_holds->empty()) return Verdict::never;
    const auto when_fails = space.boxes(fails);
    if (when_fails && when_fails->empty()) return Verdict::always;
    return Verdict::open;
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
};

}  // namespace

void check_conditions(Analysis& analysis) { Conditions(analysis).check(); }

}  // namespace duban::compiler
