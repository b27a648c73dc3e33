// What a step collects while it is at work, and what of it has changed.
#include <algorithm>
#include <utility>

#include "engine/stepper.h"

namespace duban {

bool Stepper::Changes::touches(const Dependencies& deps, uint32_t case_number) const {
  if (everything || (references && deps.references)) return true;
  if (std::find(opened.begin(), opened.end(), case_number) != opened.end()) return true;
  for (const uint16_t slot : attributes) {
    if (std::binary_search(deps.attributes.begin(), deps.attributes.end(), slot)) return true;
  }
  for (const auto& [number, slot] : variables) {
    if (number == case_number &&
        std::binary_search(deps.variables.begin(), deps.variables.end(), slot)) {
      return true;
    }
  }
  return std::any_of(history.begin(), history.end(), [&](uint16_t event) {
    return std::binary_search(deps.history.begin(), deps.history.end(), event);
  });
}

bool Stepper::Changes::touches(const Triggers& triggers, uint32_t case_number) const {
  return !triggers.items.empty() && touches(triggers.deps, case_number);
}

void Stepper::Changes::merge(const Changes& other) {
  any = any || other.any;
  everything = everything || other.everything;
  references = references || other.references;
  const auto add = [](auto& mine, const auto& more) {
    if (!more.empty()) mine.insert(mine.end(), more.begin(), more.end());
  };
  add(attributes, other.attributes);
  add(variables, other.variables);
  add(opened, other.opened);
  add(history, other.history);
  add(turned, other.turned);
}

void Stepper::Changes::clear() {
  if (!any) return;
  any = everything = references = false;
  attributes.clear();
  variables.clear();
  opened.clear();
  history.clear();
  turned.clear();
}

// ---------------------------------------------------------------- buffers

void Stepper::Buffers::clear() {
  deciding.clear();
  decided.clear();
  opened.clear();
  turned.clear();
  newborn.clear();
  // A step that came to its end has emptied the rest.
  if (std::exchange(finished, false)) return;
  events.clear();
  fires.clear();
  wave_events.clear();
  wave_fires.clear();
  raised.clear();
  writes.clear();
  done.clear();
  closes.clear();
  rules.clear();
  setting_rules.clear();
  for (Changes& one : changes) one.clear();  // a step that fails leaves them half looked at
  happened.clear();
  due.clear();
}

// A step inside a step has its own.
Stepper::Lent::Lent() : buffers_(std::move(spare())) {
  if (buffers_ == nullptr) buffers_ = std::make_unique<Buffers>();
}

Stepper::Lent::~Lent() {
  buffers_->clear();
  spare() = std::move(buffers_);
}

std::unique_ptr<Stepper::Buffers>& Stepper::Lent::spare() {
  thread_local std::unique_ptr<Buffers> one;
  return one;
}

}  // namespace duban
