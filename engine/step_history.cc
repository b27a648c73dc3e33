// What a step remembers of its events, and what it may forget.
#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "engine/stepper.h"

namespace duban {
namespace {

// What all versions that still act on the subject need of one event type.
struct Need {
  bool needed = false;
  bool forever = false;
  int64_t days = 0;
  boost::container::small_vector<const HistoryNeed*, 4> each;
  boost::container::small_vector<std::pair<const Plan*, Index>, 4> latest;  // aggregates

  bool reads(size_t field) const {
    return std::any_of(each.begin(), each.end(), [&](const HistoryNeed* one) {
      return field < one->fields.size() && one->fields[field];
    });
  }
};

void add(const Plan& plan, uint16_t event, Need& need) {
  if (event >= plan.history.size() || !plan.history[event].needed) return;
  const HistoryNeed& more = plan.history[event];
  need.needed = true;
  need.forever = need.forever || more.forever;
  need.days = std::max(need.days, more.days);
  need.each.push_back(&more);
  for (const Index aggregate : more.latest) need.latest.emplace_back(&plan, aggregate);
}

template <typename SomePlans>
Need need_of(const SomePlans& plans, uint16_t event) {
  Need need;
  for (const Plan* plan : plans) add(*plan, event, need);
  return need;
}

// Only what is read; nothing behind the last of it.
std::vector<Value> needed_fields(const Need& need, const std::vector<Value>& fields) {
  size_t end = fields.size();
  while (end > 0 && (fields[end - 1].is_none() || !need.reads(end - 1))) --end;
  std::vector<Value> kept(end);
  for (size_t i = 0; i < end; ++i) {
    if (need.reads(i)) kept[i] = fields[i];
  }
  return kept;
}

}  // namespace

// The version in force and those that something is pinned to.
Stepper::SomePlans Stepper::plans_at_work() const {
  boost::container::small_vector<Version, 4> versions = {plans_.current_version()};
  const auto pinned = [&](const auto& items) {
    for (const auto& item : items) {
      if (item.version != versions.back()) versions.push_back(item.version);
    }
  };
  pinned(subject_.cases);
  pinned(subject_.tasks);
  pinned(subject_.waiting);
  pinned(subject_.awaited);
  std::sort(versions.begin(), versions.end());
  versions.erase(std::unique(versions.begin(), versions.end()), versions.end());
  SomePlans out;
  for (const Version version : versions) out.push_back(&plan(version));
  return out;
}

bool Stepper::remember_history() {
  if (happened_.empty() && !new_version_) return false;
  const bool remembers =
      std::any_of(happened_.begin(), happened_.end(),
                  [&](const EventPtr& event) { return plans_.remember(event->event); });
  if (!remembers && (subject_.history.empty() || !new_version_)) {
    happened_.clear();
    return false;
  }
  bool added = false;
  const SomePlans plans = plans_at_work();
  for (const EventPtr& event : happened_) {
    const Need need = need_of(plans, event->event);
    if (!need.needed) continue;
    subject_.history.add(event->event, {event->time, needed_fields(need, event->fields)});
    wave_changes_->add_history(event->event);
    added = true;
  }
  happened_.clear();
  if (added || new_version_) forget_history(plans);
  new_version_ = false;
  return added;
}

void Stepper::forget_history(const SomePlans& plans) {
  // A notice that waits, or may still go on to its next channel, reads history as it was before its
  // event.
  Instant read_from = now_;
  const auto look_at = [&](const auto& notices) {
    for (const auto& notice : notices) {
      if (notice.event != nullptr) read_from = std::min(read_from, notice.event->time);
    }
  };
  look_at(subject_.waiting);
  look_at(subject_.awaited);
  for (size_t i = subject_.history.type_count(); i-- > 0;) {
    const uint16_t event = subject_.history.type(i);
    const Need need = need_of(plans, event);
    if (need.forever) continue;
    Instant old{now_.ms - (need.days + 1) * kMsPerDay};
    if (!need.latest.empty()) old = std::min(old, read_from);
    if (!need.needed) old = Instant{INT64_MAX};
    if (!subject_.history.reaches_before(event, old)) continue;
    std::vector<Instant> kept;
    for (const auto& [plan, aggregate] : need.latest) {
      Context c;
      c.plan = plan;
      c.subject = &subject_;
      c.now = now_;
      const auto at = last_counted(c, plan->aggregates[aggregate], read_from);
      if (at) kept.push_back(*at);
    }
    subject_.history.forget(event, old, [&](const PastEvent& past) {
      return std::find(kept.begin(), kept.end(), past.time) != kept.end();
    });
  }
}

}  // namespace duban
