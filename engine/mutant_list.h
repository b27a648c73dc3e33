// Mutants in the making: those of one text are one. Internal to engine/mutants.cc and
// engine/mutants_removed.cc.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "engine/mutants.h"

namespace duban {

class MutantList {
 public:
  using Apply = std::function<void(Plan&)>;
  using Reached = std::function<bool(const Observations&)>;

  MutantList(const Plan& plan, const std::vector<uint16_t>& files) : plan_(plan), files_(files) {}

  const Plan& plan() const { return plan_; }

  void put(Mutant::Kind kind, Span span, std::string original, std::string changed, Apply apply,
           Reached reached, int direction = 0);
  // Matters where the node is evaluated.
  void put_node(Mutant::Kind kind, Index node, Span span, std::string original, std::string changed,
                Apply apply, int direction = 0);
  void remove(Mutant::Kind kind, Span span, Apply apply, Reached reached);

  std::vector<Mutant> take();  // by place

 private:
  struct Entry {
    Mutant mutant;
    std::vector<Apply> applies;
    std::vector<Reached> reaches;
  };
  using Place = std::tuple<uint16_t, uint32_t, uint32_t, Mutant::Kind, std::string>;

  const Plan& plan_;
  const std::vector<uint16_t>& files_;
  std::map<Place, Entry> entries_;
};

// Rows, actions, endings, guards and `once`, each left out.
void add_removals(MutantList& list);
// Recurring steps on another day (engine/mutants_schedules.cc).
void add_schedules(MutantList& list);

}  // namespace duban
