// What happened in a scenario's world, told in order, and whether it is what was expected. Internal
// to engine/scenario.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/scenario.h"
#include "engine/scenario_world.h"

namespace duban {

std::string line_place(const SourceSet& sources, Span span);  // file:line
std::string line_text(const SourceSet& sources, Span span);
inline bool is_expectation(const syntax::ScenarioLine& line) {
  return line.kind >= syntax::ScenarioLine::Kind::expect_notice;
}

class ScenarioJudge {
 public:
  struct Fact {
    Instant at;
    const syntax::ScenarioLine* line = nullptr;
    size_t before = 0;  // how many happenings there were before it
  };

  ScenarioJudge(const Plan& plan, const SourceSet& sources, World& world, ScenarioResult& result)
      : plan_(plan), sources_(sources), world_(world), result_(result) {}

  // Facts, effects and moved timers, in the order in which they came: the result's timeline.
  void tell(const std::vector<Fact>& facts);
  // Every expectation; `explain`: also what is nearest to those that are not met. The world has
  // come to `horizon` and, to explain, may go on.
  void judge(const syntax::ScenarioDecl& scenario, Instant horizon, bool explain);

 private:
  using Line = syntax::ScenarioLine;
  using Expectation = ScenarioResult::Expectation;

  void tell_fact(const Fact& fact);
  void tell_effect(const World::Happening& item);
  void tell_move(const Observations::Move& move);
  void expect(const Line& line);
  void expect_nothing(const Line& line, Expectation& out) const;
  void look_for(const Line& line, Expectation& out);
  void look_beyond(const std::vector<const Line*>& lines, Instant horizon);
  void explain(const Line& line, const Expectation& unmet);
  void fail(const Line& line, std::string english, std::string chinese);
  size_t position(size_t happening) const;

  const Plan& plan_;
  const SourceSet& sources_;
  World& world_;
  ScenarioResult& result_;
  std::vector<size_t> positions_;                  // by happening: its place in the timeline
  std::vector<std::optional<Closeness>> nearest_;  // by expectation
  Instant last_dated_{INT64_MIN};
};

}  // namespace duban
