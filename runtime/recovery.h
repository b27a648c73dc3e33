// State from what is stored and what the log says since: the same step again, without its effects.
#pragma once

#include <functional>

#include "engine/step.h"
#include "runtime/store.h"
#include "runtime/subject_table.h"

namespace duban {

// What recovery brings up to date.
struct Recovery {
  Store& store;
  Plans& plans;  // those in force at store.swept(); later ones are added as the log tells
  References& references;
  SubjectTable& subjects;
  StepSettings settings;
  // The deployment logged at this position comes into force: adds it to `plans`.
  std::function<Status(Sequence)> deploy;
  std::function<void(SubjectRow&, std::optional<Wake>)> arm;  // its timer after its step
  // After a subject's step, or its entry as one that waits.
  std::function<void(SubjectRow&)> changed;
  // Before a reference row's entry counts.
  std::function<void(Sequence, const ReferenceRow&)> referenced;
};

// The subject as stored, or a new one that does not exist yet. REQUIRES: the row's timer is the
// stored one.
Result<CachedSubject> load_stored(Store& store, const SubjectRow& row);

// What is known of a subject beside its state. REQUIRES: the row's timer is the stored one.
CachedSubject cached_subject(Subject subject, Sequence last, const SubjectRow& row);

// What an entry of the log holds, unless it is shared by all subjects; none: it is damaged.
std::optional<Input> input_of(const LogEntry& entry);

Error unreadable_entry(Sequence sequence);  // of the log

// Steps the input that an entry holds once more; an error when it cannot be, or no longer steps.
Result<StepEffects> step_again(const LogEntry& entry, const Plans& plans,
                               const References& references, Subject& subject,
                               const StepSettings& settings);

// Steps the log's entries after store.swept() that the stored rows do not reflect yet.
Status recover(const Recovery& recovery);

}  // namespace duban
