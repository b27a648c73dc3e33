// Steps subjects in their order, and holds those whose policies cannot be applied.
#include <algorithm>

#include "engine/codec.h"
#include "runtime/apply.h"
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

Result<CachedSubject*> Runtime::Impl::find(const Key& key) {
  if (CachedSubject* cached = cache.find(key)) return cached;
  Result<CachedSubject> loaded = load_stored(*store, plans, references, timers, key);
  if (!loaded) return loaded.error();
  CachedSubject& cached = cache.add(key);
  cached = std::move(*loaded);
  return &cached;
}

void Runtime::Impl::set_wake(const Key& key, std::optional<Wake> wake) { timers.set(key, wake); }

Status Runtime::Impl::advance(Instant instant, bool inclusive) {
  for (;;) {
    const std::optional<Wake> first = timers.first_wake();
    const bool more = first && (first->at < instant || (inclusive && first->at == instant));
    const Instant next = more ? first->at : instant;
    if (is_virtual()) {
      // Receipts belong to the instant of their notice.
      if (!awaiting.empty() && next > virtual_clock.now()) {
        if (Status status = settle(); !status) return status;
        continue;
      }
      virtual_clock.advance_to(next);
    }
    if (!more) return {};
    const Timers::Due due = *timers.first();
    if (waiting.contains(due.key)) {  // a release that an error broke off
      if (Status status = catch_up(due.key, due.wake.at); !status) return status;
      continue;
    }
    if (awaiting.contains(due.key)) {
      if (Status status = settle(); !status) return status;
      continue;
    }
    if (Status status = fire(due.key, due.wake); !status) return status;
    if (Status status = maybe_close_group(); !status) return status;
  }
}

Status Runtime::Impl::fire(const Key& key, Wake wake) {
  Input input;
  input.kind = Input::Kind::timer;
  input.subject = key;
  input.time = wake.at;
  input.received =
      is_virtual() ? wake.at : std::max(now(), wake.at);  // a virtual clock misses nothing
  input.before_facts = wake.before_facts;
  ++counts.timers;
  const Origin origin{{}, "timer", {}, {}, nullptr, 0};

  fired_times = fired_key == key && wake.at <= fired_at ? fired_times + 1 : 0;
  fired_key = key;
  fired_at = wake.at;
  if (fired_times >= kFiringsAtOneInstantMax) {
    fired_times = 0;
    Result<CachedSubject*> cached = find(key);
    if (!cached) return cached.error();
    hold(**cached, input, origin,
         {StepFailure::Kind::failed,
          "the timers of this subject do not come to an end",
          "该对象的定时无法结束",
          {}});
    return {};
  }
  Result<Outcome> outcome = step_now(input, origin);
  if (!outcome) return outcome.error();
  return {};
}

Result<Outcome> Runtime::Impl::run(const Input& input, const Origin& origin) {
  const Wake before{input.time, true};
  for (;;) {
    if (!settling && awaiting.contains(input.subject)) {
      if (Status status = settle(); !status) return status.error();
    }
    Result<CachedSubject*> cached = find(input.subject);
    if (!cached) return cached.error();
    if ((*cached)->subject.held) {
      wait(**cached, input, origin);
      return Outcome{Fate::waits, {}, {}};
    }
    if (!settling && waiting.contains(input.subject)) {
      if (Status status = catch_up(input.subject, input.time); !status) return status.error();
      continue;
    }
    const std::optional<Wake> wake = timers.of(input.subject);
    if (!wake || before < *wake) break;
    if (Status status = fire(input.subject, *wake); !status) return status.error();
  }
  return step_now(input, origin);
}

Result<Outcome> Runtime::Impl::step_now(const Input& input, const Origin& origin) {
  Result<CachedSubject*> found = find(input.subject);
  if (!found) return found.error();
  CachedSubject& cached = **found;
  const std::optional<Wake> unarmed = cached.unarmed(timers.of(input.subject));

  auto outcome = apply(plans, references, cached.subject, input, settings.step);
  if (auto* stepped = std::get_if<StepOutcome>(&outcome)) {
    accept(cached, std::move(*stepped), input, origin, unarmed);
    return Outcome{};
  }
  if (const auto* error = std::get_if<IntakeError>(&outcome)) {
    return Outcome{Fate::refused, error->english, error->chinese};
  }
  const StepFailure& failure = std::get<StepFailure>(outcome);
  const bool makes_no_sense =
      failure.kind == StepFailure::Kind::rejected && input.kind != Input::Kind::timer;
  // A person who is told so at once can act on it; an event cannot.
  if (makes_no_sense || is_command(input.kind)) {
    return Outcome{Fate::refused, failure.english, failure.chinese};
  }
  hold(cached, input, origin, failure);
  return Outcome{Fate::waits, failure.english, failure.chinese};
}

Sequence Runtime::Impl::append(LogEntry entry) {
  if (batch.log.empty()) group_began = std::chrono::steady_clock::now();
  entry.sequence = ++last_sequence;
  if (entry.id != Digest{}) ids.insert(entry.id);
  batch.log.push_back(std::move(entry));
  return last_sequence;
}

Sequence Runtime::Impl::log(LogEntry::Kind kind, const Input& input, const Origin& origin,
                            CachedSubject& subject) {
  LogEntry entry;
  entry.kind = kind;
  entry.previous = subject.last;
  entry.id = origin.id;
  entry.subject = input.subject;
  entry.time = input.time;
  entry.payload = encode(input);
  entry.type = origin.type;
  entry.source = origin.source;
  entry.event_id = origin.event_id;
  subject.last = append(std::move(entry));
  changed(input.subject, subject);
  return subject.last;
}

void Runtime::Impl::accept(CachedSubject& cached, StepOutcome outcome, const Input& input,
                           const Origin& origin, std::optional<Wake> unarmed) {
  const Sequence sequence = log(LogEntry::Kind::input, input, origin, cached);
  if (!cached.subject.exists || cached.subject.attributes != outcome.subject.attributes) {
    cached.profile_dirty = true;
  }
  cached.subject = std::move(outcome.subject);
  cached.wake = outcome.wake;
  if (!unarmed || cached.wake != unarmed) set_wake(input.subject, cached.wake);
  for (Record& r : outcome.records) record(sequence, std::move(r));
}

void Runtime::Impl::record(Sequence sequence, Record record) {
  count(record);
  if (const auto* concern = std::get_if<ConcernRecord>(&record)) {
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
  const Effect& effect = batch.effects.emplace_back(
      Effect{++last_effect, sequence, std::make_shared<const Record>(std::move(record))});
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

void Runtime::Impl::wait(CachedSubject& cached, const Input& input, const Origin& origin) {
  const Sequence sequence = log(LogEntry::Kind::waiting, input, origin, cached);
  waiting[input.subject].push_back(sequence);
  batch.held.emplace_back(input.subject, sequence);
  ++counts.held;
}

void Runtime::Impl::hold(CachedSubject& cached, const Input& input, const Origin& origin,
                         const StepFailure& failure) {
  Sequence sequence = origin.waiting;
  if (sequence == 0) {
    wait(cached, input, origin);
    sequence = cached.last;
    // It is the first: nothing else may have waited while its subject was free.
  }
  forced.push_back(input.subject);
  cached.subject.held = true;
  set_wake(input.subject, std::nullopt);

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
