// Cases that would close with two outcomes at one moment: such a step fails.
#include <algorithm>

#include "engine/analysis/analysis.h"
#include "engine/analysis/witness.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;

// One way for a case to close.
struct Closing {
  uint16_t event = kNoId;
  uint16_t outcome = 0;
  std::vector<Guard> guards;
  Span span;
};

class Outcomes {
 public:
  Outcomes(Analysis& analysis, Index owner_case)
      : analysis_(analysis), program_(analysis.program), plan_(analysis.plan), case_(owner_case) {}

  void check() {
    collect();
    for (size_t i = 1; i < closings_.size(); ++i) {
      for (size_t j = 0; j < i; ++j) {
        if (compare(closings_[j], closings_[i])) break;
      }
    }
  }

 private:
  void collect() {
    const Case& owner = plan_.cases[case_];
    for (const Case::Closing& closing : owner.closings) {
      Reading reading;
      reading.entity = owner.entity;
      reading.owner_case = case_;
      reading.event = closing.event;
      Closing made{closing.event, closing.outcome, {}, closing.span};
      if (closing.condition != kNone) made.guards.push_back({closing.condition, reading, true});
      closings_.push_back(std::move(made));
    }
    // `close as` in a step on an event is decided together with `closes on` that event.
    for (const Index index : owner.steps) {
      const Step& step = plan_.steps[index];
      if (step.kind != TriggerKind::on_event) continue;
      collect_actions(step, step.actions, true);
      collect_actions(step, step.otherwise, false);
    }
  }

  void collect_actions(const Step& step, const std::vector<Index>& actions, bool holds) {
    for (const Index index : actions) {
      const Action& action = plan_.actions[index];
      if (action.kind != Action::Kind::close) continue;
      Closing made{step.event, action.outcome, {}, action.span};
      if (step.condition != kNone) {
        made.guards.push_back({step.condition, reading_of(plan_, step), holds});
      }
      closings_.push_back(std::move(made));
    }
  }

  bool compare(const Closing& a, const Closing& b) {
    if (a.event != b.event || a.outcome == b.outcome) return false;
    std::vector<Guard> guards = lasting_guards(plan_, analysis_.constants, case_);
    guards.insert(guards.end(), a.guards.begin(), a.guards.end());
    guards.insert(guards.end(), b.guards.begin(), b.guards.end());
    Space space(program_, analysis_.terms);
    std::vector<Space::Formula> parts;
    for (const Guard& guard : guards) {
      parts.push_back(space.add(guard.condition, guard.reading, guard.holds));
    }
    const Space::Formula both = space.all_of(parts);
    space.close();
    const auto boxes = space.boxes(both);
    if (!boxes) return false;
    for (const Box& box : *boxes) {
      const auto example = find_example(space, box, [&](const Assumed& assumed) {
        return std::all_of(guards.begin(), guards.end(), [&](const Guard& guard) {
          return holds_with(program_, assumed, guard.condition) == guard.holds;
        });
      });
      if (example) return report(a, b, *example);
    }
    return false;
  }

  bool report(const Closing& a, const Closing& b, const Example& example) {
    const auto& outcomes = plan_.cases[case_].outcomes;
    const ExampleWords words = for_example(example);
    const std::string place = program_.place(a.span);
    const std::string english = " close as " + quoted(outcomes[b.outcome].name) + " and, by " +
                                place + ", as " + quoted(outcomes[a.outcome].name) +
                                " in one step" + words.english;
    const std::string chinese = "在同一步中以" + quoted(outcomes[b.outcome].in(true)) +
                                "办结，又按 " + place + " 以" +
                                quoted(outcomes[a.outcome].in(true)) + "办结" + words.chinese;
    // Two conditions need not become true in one step; what one event brings comes in one.
    if (a.event != kNoId && !example.supposed) {
      program_.error(b.span, "E201", {"the case would" + english, "事项将" + chinese});
    } else {
      program_.warning(b.span, "W231",
                       {"the case may" + english, "事项可能" + chinese,
                        "let the two conditions exclude each other; such a step fails",
                        "请使两处条件互不重叠；两者同时成立时该步骤会失败"});
    }
    return true;
  }

  Analysis& analysis_;
  Program& program_;
  const Plan& plan_;
  const Index case_;
  std::vector<Closing> closings_;
};

}  // namespace

void check_outcomes(Analysis& analysis) {
  for (Index i = 0; i < analysis.plan.cases.size(); ++i) Outcomes(analysis, i).check();
}

}  // namespace duban::compiler
