#include "runtime/recovery.h"

#include "engine/codec.h"
#include "runtime/apply.h"

namespace duban {
Error unreadable_entry(Sequence sequence) {
  const std::string number = std::to_string(sequence);
  return Error{"the log is damaged: entry " + number + " cannot be read",
               {},
               "restore a backup",
               "日志已损坏：第 " + number + " 项无法读取",
               "请恢复备份"};
}

namespace {

Error no_longer_steps(Sequence sequence) {
  const std::string number = std::to_string(sequence);
  return Error{"log entry " + number + " can no longer be stepped: " +
                   "this program does not do what the one that wrote it did",
               {},
               "open it with the program that wrote it",
               "日志第 " + number + " 项无法重新执行：本程序与写入它的程序不一致",
               "请用写入它的程序打开"};
}

Result<SubjectRow*> find(const Recovery& r, const Key& key) {
  SubjectRow& row = r.subjects.add(key);
  if (row.cached != nullptr) return &row;
  Result<CachedSubject> loaded = load_stored(r.store, row);
  if (!loaded) return loaded.error();
  r.subjects.hold(row, std::move(*loaded));
  return &row;
}

Status recover_subject(const Recovery& r, LogEntry& entry) {
  Result<SubjectRow*> found = find(r, entry.subject);
  if (!found) return found.error();
  SubjectRow& row = **found;
  CachedSubject& cached = *row.cached;
  if (entry.sequence <= cached.last) return {};  // the row is newer
  if (entry.kind == LogEntry::Kind::input) {
    const bool is_new = !cached.subject.exists;
    const Result<StepEffects> done =
        step_again(entry, r.plans, r.references, cached.subject, r.settings);
    if (!done) return done.error();
    cached.profile_dirty = cached.profile_dirty || is_new || !done->replaced.empty();
    r.arm(row, done->wake);
  }
  cached.last = entry.sequence;
  r.changed(row);
  return {};
}

}  // namespace

Result<CachedSubject> load_stored(Store& store, const SubjectRow& row) {
  Result<std::optional<StoredSubject>> stored = store.load_subject(row.key);
  if (!stored) return stored.error();
  CachedSubject cached;
  cached.subject.key = row.key;
  if (!*stored) return cached;
  std::optional<Subject> decoded = decode_subject((*stored)->state);
  if (!decoded) {
    return damaged_state(row.key);
  }
  return cached_subject(std::move(*decoded), (*stored)->last, row);
}

CachedSubject cached_subject(Subject subject, Sequence last, const SubjectRow& row) {
  CachedSubject cached;
  cached.subject = std::move(subject);
  cached.last = last;
  cached.stored_wake = row.armed;
  return cached;
}

std::optional<Input> input_of(const LogEntry& entry) {
  return decode_input(entry.payload, entry.subject, entry.time, entry.id);
}

Result<StepEffects> step_again(const LogEntry& entry, const Plans& plans,
                               const References& references, Subject& subject,
                               const StepSettings& settings) {
  const std::optional<Input> input = input_of(entry);
  if (!input) return unreadable_entry(entry.sequence);
  auto outcome = apply(plans, references, subject, *input, settings);
  if (auto* effects = std::get_if<StepEffects>(&outcome)) return std::move(*effects);
  return no_longer_steps(entry.sequence);
}

Status recover(const Recovery& r) {
  return r.store.log().for_each(r.store.swept(), [&](LogEntry& entry) -> Status {
    switch (entry.kind) {
      case LogEntry::Kind::input:
      case LogEntry::Kind::waiting:
        return recover_subject(r, entry);
      case LogEntry::Kind::reference: {
        std::optional<ReferenceRow> row = decode_reference_row(entry.payload);
        if (!row) return unreadable_entry(entry.sequence);
        r.referenced(entry.sequence, *row);
        r.references.put(row->entity, row->key, std::move(row->row));
        return {};
      }
      case LogEntry::Kind::deployment:
        return r.deploy(entry.sequence);
      case LogEntry::Kind::broadcast:
        return {};
    }
    return {};
  });
}

}  // namespace duban
