// The versions that steps know, and what of the newest holds for all.
#include <algorithm>

#include "engine/condition_index.h"
#include "engine/step.h"

namespace duban {
namespace {

// The older plan with the newer one's calendars, those that are new included: a duration that was
// stored since may name one. The same plan where they do not differ.
std::shared_ptr<const Plan> with_calendars_of(const Plan& newest,
                                              const std::shared_ptr<const Plan>& older) {
  std::shared_ptr<Plan> changed;
  for (size_t i = 0; i < older->calendars.size(); ++i) {
    for (size_t k = 0; k < newest.calendars.size(); ++k) {
      if (newest.calendar_names[k].name != older->calendar_names[i].name ||
          newest.calendars[k] == older->calendars[i]) {
        continue;
      }
      if (changed == nullptr) changed = std::make_shared<Plan>(*older);
      changed->calendars[i] = newest.calendars[k];
    }
  }
  for (size_t i = older->calendars.size(); i < newest.calendars.size(); ++i) {
    if (changed == nullptr) changed = std::make_shared<Plan>(*older);
    changed->calendar_names.push_back(newest.calendar_names[i]);
    changed->calendars.push_back(newest.calendars[i]);
  }
  if (changed == nullptr) return older;
  changed->derived.indexes = index_conditions(*changed);
  return changed;
}

bool reads_references(const Plan& plan) {
  const auto in_deps = [](const auto& item) { return item.deps.references; };
  const auto in = [&](const auto& items) {
    return std::any_of(items.begin(), items.end(), in_deps);
  };
  return in(plan.steps) ||
         std::any_of(plan.cases.begin(), plan.cases.end(),
                     [&](const Case& kind) { return in(kind.openings) || in(kind.closings); }) ||
         std::any_of(plan.tasks.begin(), plan.tasks.end(), [](const TaskSpec& spec) {
           return spec.due_deps.references || spec.pause_deps.references;
         });
}

}  // namespace

void Plans::add(Version version, std::shared_ptr<const Plan> plan) {
  read_references_ = read_references_ || reads_references(*plan);
  remembered_.resize(std::max(remembered_.size(), plan->history.size()));
  for (size_t i = 0; i < plan->history.size(); ++i) {
    if (plan->history[i].needed) remembered_[i] = true;
  }
  const auto at = std::lower_bound(plans_.begin(), plans_.end(), version,
                                   [](const auto& entry, Version v) { return entry.first < v; });
  plans_.insert(at, {version, std::move(plan)});
  current_ = plans_.back().first;
  for (auto& [older, kept] : plans_) kept = with_calendars_of(*plans_.back().second, kept);
}

const Plan* Plans::find(Version version) const {
  if (version == current_ && !plans_.empty()) return plans_.back().second.get();
  const auto at = std::lower_bound(plans_.begin(), plans_.end(), version,
                                   [](const auto& entry, Version v) { return entry.first < v; });
  return at != plans_.end() && at->first == version ? at->second.get() : nullptr;
}

}  // namespace duban
