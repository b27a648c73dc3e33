#include "cli/mutation_report.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/table.h"
#include "cli/timeline.h"

namespace duban::cli {
namespace {

constexpr size_t kTextWidth = 100;

size_t caught_in(const Mutated& mutated) {
  return static_cast<size_t>(std::count_if(mutated.outcomes.begin(), mutated.outcomes.end(),
                                           [](const MutantOutcome& o) { return o.caught; }));
}

std::string change_of(const Session& session, const MutantOutcome& outcome) {
  const std::string from = shorten(printable(outcome.original), kTextWidth);
  if (outcome.changed.empty()) return session.say("without `{}`", "删去“{}”", from);
  return session.say("`{}` → `{}`", "“{}” → “{}”", from,
                     shorten(printable(outcome.changed), kTextWidth));
}

std::string score(const Session& session, const Mutated& mutated) {
  const size_t caught = caught_in(mutated), tried = mutated.outcomes.size();
  if (tried == 0) return session.say("nothing to change", "没有可变更之处");
  std::string out =
      session.say("{} of {} changes are noticed by a scenario ({} %)",
                  "{1} 处变更中，场景察觉 {0} 处（{2} %）", caught, tried, caught * 100 / tried);
  if (tried < mutated.all) {
    out += session.say("; tried {} of {}", "；共 {1} 处，抽试 {0} 处", tried, mutated.all);
  }
  return out;
}

}  // namespace

void Mutated::add(const Unit& unit, const MutationResult& result) {
  all += result.all;
  for (MutantOutcome outcome : result.outcomes) {
    outcome.place = unit.show(outcome.place);
    const auto same = std::find_if(outcomes.begin(), outcomes.end(), [&](const auto& other) {
      return other.place == outcome.place && other.column == outcome.column &&
             other.original == outcome.original && other.changed == outcome.changed;
    });
    if (same == outcomes.end()) {
      outcomes.push_back(std::move(outcome));
      continue;
    }
    --all;
    same->reached = same->reached || outcome.reached;
    same->caught = same->caught || outcome.caught;
  }
}

std::string to_text(const Session& session, const Mutated& mutated, const Style& style) {
  std::string out;
  for (const MutantOutcome& outcome : mutated.outcomes) {
    if (outcome.caught) continue;
    out += "  " + outcome.place + ":" + std::to_string(outcome.column) + "  " +
           style.strong(change_of(session, outcome));
    if (!outcome.reached)
      out += "  " + style.bad(session.say("(no scenario comes here)", "（没有场景涉及）"));
    out += "\n";
    if (outcome.line != outcome.original)
      out += "      " + style.faint(shorten(printable(outcome.line), kTextWidth)) + "\n";
  }
  if (!out.empty()) {
    out = style.strong(session.say("changes that no scenario notices", "没有场景察觉的变更")) +
          "\n" + out + "\n";
  }
  return out + score(session, mutated) + "\n";
}

boost::json::object to_json(const Mutated& mutated) {
  boost::json::array changes;
  for (const MutantOutcome& outcome : mutated.outcomes) {
    changes.push_back({{"kind", to_string(outcome.kind)},
                       {"place", outcome.place},
                       {"column", outcome.column},
                       {"line", outcome.line},
                       {"original", outcome.original},
                       {"changed", outcome.changed},
                       {"reached", outcome.reached},
                       {"noticed", outcome.caught}});
  }
  return {{"all", mutated.all},
          {"tried", mutated.outcomes.size()},
          {"noticed", caught_in(mutated)},
          {"changes", std::move(changes)}};
}

}  // namespace duban::cli
