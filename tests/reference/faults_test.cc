// That a fault of the engine would be found: it is given a plan with one thing changed, the
// reference evaluator the true policy, and some story of a bounded number must tell them apart.
#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>

#include "engine/mutants.h"
#include "tests/reference/campaign.h"

namespace duban::reference {
namespace {

constexpr uint64_t kSeedsMax = 120;
constexpr int kPlacesPerSeed = 3;

struct Kind {
  const char* name;
  // A change at the so-and-so-many-th place where there is one, counted round and round; false:
  // there is none.
  std::function<bool(Plan&, uint64_t place)> change;
};

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

// One of the changes that mutation testing makes.
Kind mutant(const char* name, Mutant::Kind kind) {
  return {name, [kind](Plan& plan, uint64_t place) {
            std::vector<uint16_t> files(plan.sources.size());
            for (size_t i = 0; i < files.size(); ++i) files[i] = static_cast<uint16_t>(i);
            auto mutants = mutants_of(plan, files, Observations(plan));
            std::erase_if(mutants, [&](const Mutant& m) { return m.kind != kind; });
            if (mutants.empty()) return false;
            mutants[place % mutants.size()].apply(plan);
            return true;
          }};
}

// One of those in `list` that `can` be changed.
template <typename List, typename Can, typename Change>
bool change_one(List& list, uint64_t place, const Can& can, const Change& change) {
  const auto count = static_cast<uint64_t>(std::count_if(list.begin(), list.end(), can));
  if (count == 0) return false;
  uint64_t left = place % count;
  for (auto& item : list) {
    if (can(item) && left-- == 0) change(item);
  }
  return true;
}

const std::vector<Kind>& kinds() {
  static const std::vector<Kind> list = {
      mutant("Threshold", Mutant::Kind::threshold),
      mutant("Comparison", Mutant::Kind::comparison),
      mutant("Logic", Mutant::Kind::logic),
      mutant("Negation", Mutant::Kind::negation),
      mutant("Duration", Mutant::Kind::duration),
      mutant("Choice", Mutant::Kind::choice),
      mutant("RowLeftOut", Mutant::Kind::row),
      mutant("ActionLeftOut", Mutant::Kind::action),
      mutant("ForbidLeftOut", Mutant::Kind::guard),
      mutant("EndingLeftOut", Mutant::Kind::ending),
      mutant("OnceLeftOut", Mutant::Kind::once),
      mutant("Schedule", Mutant::Kind::schedule),
      {"LimitLeftOut",
       [](Plan& plan, uint64_t place) {
         return change_one(
             plan.channels, place, [](const Channel& c) { return !c.limits.empty(); },
             [](Channel& c) { c.limits.clear(); });
       }},
      {"QuietHoursLeftOut",
       [](Plan& plan, uint64_t place) {
         return change_one(
             plan.channels, place, [](const Channel& c) { return c.quiet_from.has_value(); },
             [](Channel& c) { c.quiet_from = c.quiet_to = std::nullopt; });
       }},
      {"StepAndOtherwiseSwapped",
       [](Plan& plan, uint64_t place) {
         return change_one(
             plan.steps, place, [](const Step& s) { return !s.otherwise.empty(); },
             [](Step& s) { std::swap(s.actions, s.otherwise); });
       }},
      {"ChannelsSwapped",
       [](Plan& plan, uint64_t place) {
         const auto two = [](const Action& a) {
           return a.channels.size() > 1 && a.channels.front().channel != a.channels.back().channel;
         };
         return change_one(plan.actions, place, two,
                           [](Action& a) { std::reverse(a.channels.begin(), a.channels.end()); });
       }},
      {"PauseLeftOut",
       [](Plan& plan, uint64_t place) {
         return change_one(
             plan.tasks, place, [](const TaskSpec& t) { return t.paused_while != kNone; },
             [](TaskSpec& t) { t.paused_while = kNone; });
       }},
      {"WindowOfAnAggregate",
       [](Plan& plan, uint64_t place) {
         const auto longer = [](const Aggregate& a) {
           return a.over == syntax::Over::last && a.window.amount > 1;
         };
         return change_one(plan.aggregates, place, longer,
                           [](Aggregate& a) { a.window.amount /= 2; });
       }},
      {"ReopenedThoughClosed",
       [](Plan& plan, uint64_t place) {
         return change_one(
             plan.cases, place, [](const duban::Case& c) { return c.keyed && !c.may_reopen; },
             [](duban::Case& c) { c.may_reopen = true; });
       }},
  };
  return list;
}

class FaultsTest : public testing::TestWithParam<Kind> {};

TEST_P(FaultsTest, AreFound) {
  for (uint64_t seed = 1; seed <= kSeedsMax; ++seed) {
    for (uint64_t place = 0; place < kPlacesPerSeed; ++place) {
      const Fault fault = [&](const Plan& plan) -> std::shared_ptr<const Plan> {
        auto changed = std::make_shared<Plan>(plan);
        if (!GetParam().change(*changed, seed + place)) return nullptr;
        return changed;
      };
      Tally ignored;
      Story story, again;
      const Verdict verdict = play_seed(seed, story, ignored, fault);
      if (verdict.agree() || verdict.refused()) continue;
      ASSERT_TRUE(play_seed(seed, again, ignored).agree()) << "seed " << seed;
      std::cout << GetParam().name << ": seed " << seed << ", happening " << story.happenings.size()
                << ": " << verdict.what.substr(0, verdict.what.find('\n')) << "\n";
      return;
    }
  }
  FAIL() << "not found by " << kSeedsMax << " seeds";
}

INSTANTIATE_TEST_SUITE_P(Kinds, FaultsTest, testing::ValuesIn(kinds()),
                         [](const auto& kind) { return std::string(kind.param.name); });

}  // namespace
}  // namespace duban::reference
