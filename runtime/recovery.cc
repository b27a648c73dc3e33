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

Error no_longer_steps(Sequence sequence) {
  const std::string number = std::to_string(sequence);
  return Error{"log entry " + number + " can no longer be stepped: " +
                   "this program does not do what the one that wrote it did",
               {},
               "open it with the program that wrote it",
               "日志第 " + number + " 项无法重新执行：本程序与写入它的程序不一致",
               "请用写入它的程序打开"};
}

namespace {

Result<CachedSubject*> find(const Recovery& r, const Key& key) {
  if (CachedSubject* cached = r.cache.find(key)) return cached;
  Result<CachedSubject> loaded = load_stored(r.store, r.plans, r.references, r.timers, key);
  if (!loaded) return loaded.error();
  CachedSubject& cached = r.cache.add(key);
  cached = std::move(*loaded);
  return &cached;
}

Status recover_subject(const Recovery& r, LogEntry& entry) {
  Result<CachedSubject*> found = find(r, entry.subject);
  if (!found) return found.error();
  CachedSubject& cached = **found;
  if (entry.sequence <= cached.last) return {};  // the row is newer
  if (entry.kind == LogEntry::Kind::input) {
    const std::optional<Input> input = decode_input(entry.payload);
    if (!input) return unreadable_entry(entry.sequence);
    const std::optional<Wake> unarmed = cached.unarmed(r.timers.of(entry.subject));
    auto outcome = apply(r.plans, r.references, cached.subject, *input, r.settings);
    auto* stepped = std::get_if<StepOutcome>(&outcome);
    if (stepped == nullptr) return no_longer_steps(entry.sequence);
    cached.profile_dirty = cached.profile_dirty || !cached.subject.exists ||
                           cached.subject.attributes != stepped->subject.attributes;
    cached.subject = std::move(stepped->subject);
    cached.wake = stepped->wake;
    if (!unarmed || cached.wake != unarmed) r.timers.set(entry.subject, cached.wake);
  }
  cached.last = entry.sequence;
  r.changed(entry.subject, cached);
  return {};
}

}  // namespace

Result<CachedSubject> load_stored(Store& store, const Plans& plans, const References& references,
                                  const Timers& timers, const Key& key) {
  Result<std::optional<StoredSubject>> stored = store.load_subject(key);
  if (!stored) return stored.error();
  CachedSubject cached;
  cached.subject.key = key;
  if (!*stored) return cached;
  std::optional<Subject> decoded = decode_subject((*stored)->state);
  if (!decoded) {
    return damaged_state(key);
  }
  cached.subject = std::move(*decoded);
  cached.last = (*stored)->last;
  cached.wake = next_wake(cached.subject, plans, references);
  cached.stored_wake = timers.of(key);
  return cached;
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
        r.references.put(row->entity, row->key, row->row);
        r.referenced(*row);
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
