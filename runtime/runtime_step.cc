// Steps subjects in their order, and holds those whose policies cannot be applied.
#include <algorithm>

#include "engine/codec.h"
#include "runtime/recovery.h"
#include "runtime/runtime_impl.h"
#include "runtime/words.h"

namespace duban {
namespace {

constexpr int kFiringsAtOneInstantMax = 1000;

bool is_command(Input::Kind kind) {
  return kind == Input::Kind::answer || kind == Input::Kind::reassign || kind == Input::Kind::note;
}

}  // namespace

Result<SubjectRow*> Runtime::Impl::find(const Key& key) {
  SubjectRow& row = subjects.add(key);
  if (row.cached == nullptr) {
    if (Status status = load(row); !status) return status.error();
  }
  return &row;
}

Status Runtime::Impl::load(SubjectRow& row) {
  if (row.packed != nullptr) {
    auto unpacked = subjects.unpacked(row);
    if (!unpacked) return damaged_subject();
    subjects.hold(row, cached_subject(std::move(unpacked->subject), unpacked->last, row));
    return {};
  }
  if (!subjects.some_are_absent()) {  // there is none to be found
    CachedSubject none;
    none.subject.key = row.key;
    subjects.hold(row, std::move(none));
    return {};
  }
  Result<CachedSubject> loaded = load_stored(*store, row);
  if (!loaded) return loaded.error();
  subjects.hold(row, std::move(*loaded));
  return {};
}

Status Runtime::Impl::advance(Instant instant, bool inclusive) {
  const Result<bool> more = advance_some(instant, inclusive, SIZE_MAX);
  return more ? Status() : more.error();
}

Result<bool> Runtime::Impl::advance_some(Instant instant, bool inclusive, size_t timers_max) {
  const Instant limit = inclusive ? instant : Instant{instant.ms - 1};
  if (Status status = resume_release(); !status) return status.error();
  for (;;) {
    SubjectRow* due = timers.first(limit);
    if (is_virtual()) {
      const Instant next = due != nullptr ? due->armed->at : instant;
      // Receipts belong to the instant of their notice.
      if (!awaiting.empty() && next > virtual_clock.now()) {
        if (Status status = settle(); !status) return status.error();
        continue;
      }
      virtual_clock.advance_to(next);
    }
    if (due == nullptr) return false;
    if (timers_max == 0) return true;
    if (!awaiting.empty() && awaiting.contains(due->key)) {
      if (Status status = settle(); !status) return status.error();
      continue;
    }
    if (Status status = fire(*due); !status) return status.error();
    --timers_max;
    if (Status status = maybe_close_group(); !status) return status.error();
  }
}

Status Runtime::Impl::step_overdue() {
  return std::exchange(overdue, false) ? advance(now(), false) : Status();
}

Input Runtime::Impl::timer_of(const SubjectRow& row, Wake wake) const {
  Input input;
  input.kind = Input::Kind::timer;
  input.subject = row.key;
  input.time = wake.at;
  input.received =
      is_virtual() ? wake.at : std::max(now(), wake.at);  // a virtual clock misses nothing
  input.before_facts = wake.before_facts;
  return input;
}

Status Runtime::Impl::fire(SubjectRow& row) {
  const Wake wake = *row.armed;
  const Input input = timer_of(row, wake);
  ++counts.timers;
  static const Origin kOrigin{{}, "timer", {}, {}, nullptr, 0};

  fired_times = fired_at == wake.at && fired_key == row.key ? fired_times + 1 : 0;
  fired_key = row.key;
  fired_at = wake.at;
  if (row.cached == nullptr) {
    if (Status status = load(row); !status) return status;
  }
  if (fired_times >= kFiringsAtOneInstantMax) {
    fired_times = 0;
    hold(row, input, kOrigin,
         {StepFailure::Kind::failed,
          "the timers of this subject do not come to an end",
          "该对象的定时无法结束",
          {}});
    return {};
  }
  Result<Outcome> outcome = step_now(row, input, kOrigin);
  if (!outcome) return outcome.error();
  return {};
}

Result<Outcome> Runtime::Impl::run(const Input& input, const Origin& origin) {
  const Wake before{input.time, true};
  for (;;) {
    if (!settling && !awaiting.empty() && awaiting.contains(input.subject)) {
      if (Status status = settle(); !status) return status.error();
      if (Status status = step_overdue(); !status) return status.error();
    }
    Result<SubjectRow*> found = find(input.subject);
    if (!found) return found.error();
    SubjectRow& row = **found;
    if (row.cached->subject.held) {
      wait(row, input, origin);
      return Outcome{Fate::waits, {}};
    }
    if (!row.armed || before < *row.armed) return step_now(row, input, origin);
    if (Status status = fire(row); !status) return status.error();
  }
}

Result<Outcome> Runtime::Impl::step_now(SubjectRow& row, const Input& input, const Origin& origin) {
  CachedSubject& cached = *row.cached;
  const bool is_new = !cached.subject.exists;
  auto outcome = apply_to(cached.subject, input);
  if (auto* effects = std::get_if<StepEffects>(&outcome)) {
    cached.profile_dirty = cached.profile_dirty || is_new || !effects->replaced.empty();
    accept(row, std::move(*effects), input, origin);
    return Outcome{};
  }
  if (const auto* error = std::get_if<IntakeError>(&outcome)) {
    return Outcome{Fate::refused, Outcome::Reason{error->english, error->chinese}};
  }
  const StepFailure& failure = std::get<StepFailure>(outcome);
  if (failure.kind == StepFailure::Kind::failed) {
    if (Status status = restore(row); !status) return status.error();
  }
  const bool makes_no_sense =
      failure.kind == StepFailure::Kind::rejected && input.kind != Input::Kind::timer;
  // A person who is told so at once can act on it; an event cannot.
  if (makes_no_sense || is_command(input.kind)) {
    return Outcome{Fate::refused, Outcome::Reason{failure.english, failure.chinese}};
  }
  hold(row, input, origin, failure);
  return Outcome{Fate::waits, Outcome::Reason{failure.english, failure.chinese}};
}

// Failures are rare and steps are many: no step keeps a copy of what it changes. What a failed one
// spoilt is found again as recovery would, from the stored row and the log, the entries of the
// batch included, with the reference rows as they were at each.
Status Runtime::Impl::restore(SubjectRow& row) {
  spoilt = row.slot;
  if (Status status = end_commit(); !status) return status;
  CachedSubject& cached = *row.cached;
  Result<CachedSubject> loaded = load_stored(*store, row);
  if (!loaded) return loaded.error();
  std::vector<LogEntry> of_batch;  // the newest first
  Sequence at = cached.last;
  while (!batch.log.empty() && at >= batch.log.front().sequence) {
    of_batch.push_back(batch.log[at - batch.log.front().sequence]);
    at = of_batch.back().previous;
  }
  Result<std::vector<LogEntry>> entries = store->log().read_subject(row.key, at, loaded->last);
  if (!entries) return entries.error();
  entries->insert(entries->end(), of_batch.rbegin(), of_batch.rend());
  const Sequence first = entries->empty() ? last_sequence + 1 : entries->front().sequence;
  References then = references;
  const auto put = [](References& rows, const Key& key, const std::optional<References::Row>& r) {
    r ? rows.put(key.entity, key.key, *r) : rows.erase(key.entity, key.key);
  };
  std::vector<FormerReference> again;  // what came after `first`, the newest first
  for (auto former = former_references.rbegin();
       former != former_references.rend() && former->sequence > first; ++former) {
    const References::Row* now = then.find(former->key.entity, former->key.key);
    again.push_back(
        {former->sequence, former->key, now != nullptr ? std::optional(*now) : std::nullopt});
    put(then, former->key, former->row);
  }
  for (const LogEntry& entry : *entries) {
    for (; !again.empty() && again.back().sequence < entry.sequence; again.pop_back()) {
      put(then, again.back().key, again.back().row);
    }
    if (entry.kind != LogEntry::Kind::input) continue;
    const auto stepped = step_again(entry, plans, then, loaded->subject, settings.step);
    if (!stepped) return stepped.error();
  }
  loaded->subject.held = cached.subject.held;
  cached.subject = std::move(loaded->subject);
  spoilt.reset();
  return {};
}

LogEntry& Runtime::Impl::next_entry(const Digest& id) {
  if (batch.log.empty()) group_began = std::chrono::steady_clock::now();
  if (id != Digest{}) batch_ids.insert(id);
  LogEntry& entry = batch.log.next();
  entry.sequence = ++last_sequence;
  entry.id = id;
  return entry;
}

Sequence Runtime::Impl::append(LogEntry entry) {
  LogEntry& next = next_entry(entry.id);
  entry.sequence = next.sequence;
  next = std::move(entry);
  return last_sequence;
}

Sequence Runtime::Impl::log(LogEntry::Kind kind, const Input& input, const Origin& origin,
                            SubjectRow& row) {
  LogEntry& entry = next_entry(origin.id);
  entry.kind = kind;
  entry.previous = row.cached->last;
  entry.subject = input.subject;
  entry.time = input.time;
  encode(input, origin.id, entry.payload);
  entry.type = origin.type;
  entry.source = origin.source;
  entry.event_id = origin.event_id;
  row.cached->last = entry.sequence;
  changed(row);
  return entry.sequence;
}

void Runtime::Impl::accept(SubjectRow& row, StepEffects&& effects, const Input& input,
                           const Origin& origin) {
  const Sequence sequence = log(LogEntry::Kind::input, input, origin, row);
  arm(row, effects.wake);
  for (auto& one : effects.records) record(sequence, std::move(one));
}

void Runtime::Impl::arm(SubjectRow& row, std::optional<Wake> wake) {
  if (!given_up.empty()) {
    if (const auto at = given_up.find(row.key); at != given_up.end()) {
      if (at->second == wake) return;
      given_up.erase(at);
      batch.given_up.emplace_back(row.key, std::nullopt);
    }
  }
  overdue = overdue || (is_virtual() && wake && wake->at < virtual_clock.now());
  timers.set(row, wake);
}

void Runtime::Impl::record(Sequence sequence, std::shared_ptr<const Record> record) {
  count(*record);
  if (const auto* concern = std::get_if<ConcernRecord>(record.get())) {
    StoredIncident incident;
    incident.id = concern->id;
    incident.kind = StoredIncident::Kind::concern;
    incident.subject = concern->subject;
    incident.sequence = sequence;
    incident.at = concern->at;
    incident.place = place_text(&plans, concern->from);
    incident.english = concern->english;
    incident.chinese = concern->chinese;
    open_incident(std::move(incident));
    return;
  }
  const Effect& effect =
      batch.effects.emplace_back(Effect{++last_effect, sequence, std::move(record)});
  enqueue(effect);
}

void Runtime::Impl::count(const Record& record) {
  if (const auto* c = std::get_if<CaseRecord>(&record)) {
    if (c->change == CaseRecord::Change::opened) ++counts.cases_opened;
    if (c->change == CaseRecord::Change::closed) ++counts.cases_closed;
  } else if (const auto* t = std::get_if<TaskRecord>(&record)) {
    if (t->change == TaskRecord::Change::opened) ++counts.tasks_opened;
    if (t->change == TaskRecord::Change::done) ++counts.tasks_done;
    if (t->change == TaskRecord::Change::escalated) ++counts.escalations;
  } else if (const auto* n = std::get_if<NoticeRecord>(&record)) {
    switch (n->status) {
      case NoticeRecord::Status::queued:
        ++counts.notices_queued;
        break;
      case NoticeRecord::Status::waiting:
        ++counts.notices_waiting;
        break;
      case NoticeRecord::Status::delivered:
        break;  // was counted when it was queued
      case NoticeRecord::Status::blocked:
        ++counts.blocked;
        break;
      default:
        ++counts.notices_other;
    }
  } else if (const auto* o = std::get_if<OutgoingRecord>(&record)) {
    ++(o->status == OutgoingRecord::Status::queued ? counts.outgoing : counts.blocked);
  }
}

void Runtime::Impl::wait(SubjectRow& row, const Input& input, const Origin& origin) {
  const Sequence sequence = log(LogEntry::Kind::waiting, input, origin, row);
  waiting[input.subject].push_back(sequence);
  batch.held.emplace_back(input.subject, sequence);
  ++counts.held;
}

void Runtime::Impl::hold(SubjectRow& row, const Input& input, const Origin& origin,
                         const StepFailure& failure) {
  Sequence sequence = origin.waiting;
  if (sequence == 0) {
    wait(row, input, origin);
    sequence = row.cached->last;
    // It is the first: nothing else may have waited while its subject was free.
  }
  forced.push_back(input.subject);
  row.cached->subject.held = true;
  timers.set(row, std::nullopt);

  StoredIncident incident;
  incident.id = DigestBuilder()
                    .add("step")
                    .add(input.subject.entity)
                    .add(input.subject.key)
                    .add(static_cast<int64_t>(sequence))
                    .finish();
  incident.kind = StoredIncident::Kind::step;
  incident.subject = input.subject;
  incident.sequence = sequence;
  incident.at = input.time;
  incident.place = place_text(&plans, failure.from);
  incident.english = failure.english;
  incident.chinese = failure.chinese;
  if (origin.item != nullptr) incident.raw = origin.item->raw;
  incident.holds = true;
  open_incident(std::move(incident));
}

}  // namespace duban
