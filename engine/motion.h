// Which expressions the passing of time moves, and whether timers can follow them.
//
// A condition that is watched may read the clock as long as every place where its truth can turn
// can be computed ahead. `Motions` tells it from the form of the expression alone; when its next
// turn is, only its values tell (engine/turning.h).
#pragma once

#include <optional>
#include <vector>

#include "engine/plan.h"

namespace duban {

// Motions of a plan's nodes. The plan may still grow, but what was asked for is not asked again.
class Motions {
 public:
  explicit Motions(const Plan& plan) : plan_(plan) {}

  NodeMotion of(Index node);  // kNone stands still
  // Of a node that is restless: the innermost part that is so by itself.
  Index culprit(Index node);

 private:
  NodeMotion compute(const Node& node);
  NodeMotion shift(const Node& node);
  NodeMotion sum(const Node& node);
  NodeMotion extreme(const Node& node);
  NodeMotion comparison(const Node& node);
  NodeMotion table(const Node& node);
  NodeMotion aggregate(const Node& node);
  NodeMotion dated(Index node);
  NodeMotion steps(const std::vector<Index>& parts);
  std::vector<Index> parts_of(const Node& node) const;

  const Plan& plan_;
  std::vector<std::optional<NodeMotion>> known_;
};

// What a node is computed from: its operands, and what its table or aggregate reads.
std::vector<Index> operands_of(const Plan& plan, const Node& node);

constexpr bool is_continuous(Motion motion) {
  return motion == Motion::clock || motion == Motion::shifted;
}
constexpr bool is_monotone(Motion motion) {
  return motion == Motion::rising || motion == Motion::falling || motion == Motion::monotone;
}

}  // namespace duban
