// Words that nothing uses. A vocabulary is shared: what one policy leaves unused, others use.
#include <algorithm>
#include <set>

#include "engine/analysis/analysis.h"
#include "engine/expression.h"

namespace duban::compiler {
namespace {

class Words {
 public:
  explicit Words(Analysis& analysis) : program_(analysis.program), plan_(analysis.plan) {}

  void check() {
    for (const auto& info : program_.notices) {
      if (info.used || is_shared(info.file)) continue;
      program_.warning(info.syntax->name.span, "W101",
                       {"the notice " + quoted(info.names.name) + " is never sent",
                        "通知模板" + quoted(info.names.in(true)) + "从未发送"});
    }
    for (const auto& info : program_.parameters) unused(info, "the parameter ", "参数");
    for (const auto& info : program_.tables) {
      if (info.scorecard == nullptr) unused(info, "the table ", "决策表");
      if (info.points != kNone) unused(info, "the scorecard ", "评分卡");
    }
    for (const auto& info : program_.defines) {
      if (info.used || is_shared(info.file)) continue;
      program_.warning(info.syntax->name.span, "W102",
                       {quoted(info.names.name) + " is defined and never used",
                        quoted(info.names.in(true)) + "已定义而从未使用"});
    }
    check_events();
    check_keeps();
  }

 private:
  bool is_shared(uint16_t file) const {
    const syntax::File& of = program_.files[file];
    return of.policy.name.empty() || !of.vocabulary.name.empty();
  }

  template <typename Info>
  void unused(const Info& info, const char* english, const char* chinese) {
    if (info.used || is_shared(info.file)) return;
    program_.warning(info.syntax->name.span, "W102",
                     {english + quoted(info.names.name) + " is never used",
                      chinese + quoted(info.names.in(true)) + "从未使用"});
  }

  std::set<uint16_t> used_events() const {
    std::set<uint16_t> out;
    for (const Step& step : plan_.steps) out.insert(step.event);
    for (const Action& action : plan_.actions) {
      if (action.kind == Action::Kind::raise) out.insert(action.event);
    }
    for (const Case& owner : plan_.cases) {
      for (const auto& opening : owner.openings) out.insert(opening.event);
      for (const auto& closing : owner.closings) out.insert(closing.event);
    }
    for (const Aggregate& aggregate : plan_.aggregates) out.insert(aggregate.event);
    for (const Forbid& forbid : plan_.forbids) out.insert(forbid.event);
    for (uint16_t event = 0; event < plan_.touches.size(); ++event) {
      const EventTouch& touch = plan_.touches[event];
      if (!touch.sets.empty() || !touch.done_on.empty()) out.insert(event);
    }
    return out;
  }

  void check_events() {
    const std::set<uint16_t> used = used_events();
    for (const auto& info : program_.events) {
      const auto event = static_cast<uint16_t>(info.id);
      if (used.contains(event) || is_shared(info.file)) continue;
      const bool outgoing = plan_.layout.events[event].kind == Layout::Event::Kind::outgoing;
      program_.warning(
          info.syntax->name.span, "W244",
          {outgoing ? "the outgoing event " + quoted(info.names.name) + " is never raised"
                    : "nothing is done about the event " + quoted(info.names.name),
           outgoing ? "对外事件" + quoted(info.names.in(true)) + "从未发起"
                    : "没有任何规则用到事件" + quoted(info.names.in(true))});
    }
  }

  // What a case keeps and nobody reads; that it is counted up from itself is no reading.
  void check_keeps() {
    std::set<std::pair<Index, uint16_t>> read;
    for_each_expression(plan_, [&](const Reading& reading, Index node, const SetTarget* set) {
      if (reading.owner_case == kNone) return;
      for (const uint16_t slot : dependencies_of(program_, node).variables) {
        const bool itself = set && set->kind == SetTarget::Kind::variable && set->slot == slot;
        if (!itself) read.emplace(reading.owner_case, slot);
      }
    });
    for (const CaseInfo& info : program_.cases) {
      const auto& variables = plan_.cases[info.id].variables;
      for (const auto& keep : info.syntax->keeps) {
        const Names names = names_of(keep.name);
        const auto at = std::find_if(variables.begin(), variables.end(),
                                     [&](const auto& v) { return v.names.name == names.name; });
        const auto slot = static_cast<uint16_t>(at - variables.begin());
        if (at == variables.end() || read.contains({info.id, slot})) continue;
        program_.warning(keep.name.span, "W245",
                         {quoted(names.name) + " is kept and never read",
                          quoted(names.in(true)) + "已记录而从未读取"});
      }
    }
  }

  Program& program_;
  const Plan& plan_;
};

}  // namespace

void check_words(Analysis& analysis) { Words(analysis).check(); }

}  // namespace duban::compiler
