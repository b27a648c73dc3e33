// State from what is stored and what the log says since: the same step again, without its effects.
#pragma once

#include <functional>

#include "engine/step.h"
#include "runtime/store.h"
#include "runtime/subject_cache.h"
#include "runtime/timers.h"

namespace duban {

// What recovery brings up to date.
struct Recovery {
  Store& store;
  Plans& plans;  // those in force at store.swept(); later ones are added as the log tells
  References& references;
  SubjectCache& cache;
  StepSettings settings;
  // The deployment logged at this position comes into force: adds it to `plans`.
  std::function<Status(Sequence)> deploy;
  Timers& timers;  // those stored
  // After a subject's step, or its entry as one that waits.
  std::function<void(const Key&, CachedSubject&)> changed;
  // After a reference row's entry.
  std::function<void(const ReferenceRow&)> referenced;
};

// The subject as stored, or a new one that does not exist yet. REQUIRES: `timers` holds its stored
// timer.
Result<CachedSubject> load_stored(Store& store, const Plans& plans, const References& references,
                                  const Timers& timers, const Key& key);

// What is wrong when the log cannot be stepped again.
Error unreadable_entry(Sequence sequence);
Error no_longer_steps(Sequence sequence);

// Steps the log's entries after store.swept() that the stored rows do not reflect yet.
Status recover(const Recovery& recovery);

}  // namespace duban
