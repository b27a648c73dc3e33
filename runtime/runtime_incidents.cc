// Incidents: tried again after a repair, or given up.
#include <algorithm>

#include "runtime/recovery.h"
#include "runtime/runtime_impl.h"

namespace duban {

Result<std::optional<StoredIncident>> Runtime::Impl::find_incident(const std::string& id) {
  if (Status status = resume_release(); !status) return status.error();
  if (Status status = settle(); !status) return status.error();
  if (Status status = commit(); !status) return status.error();
  return store->find_incident(id);
}

Result<StoredIncident> Runtime::Impl::find_open(const std::string& id) {
  Result<std::optional<StoredIncident>> found = find_incident(id);
  if (!found) return found.error();
  if (!*found)
    return Error{"there is no incident `" + id + "`",
                 {},
                 "`duban list incidents` shows them",
                 "没有编号为“" + id + "”的异常",
                 "`duban list incidents` 可列出异常"};
  if ((*found)->status != StoredIncident::Status::open) {
    const bool retried = (*found)->status == StoredIncident::Status::retried;
    return Error{"the incident `" + id + "` was already " + (retried ? "retried" : "dropped"),
                 {},
                 {},
                 "异常“" + id + "”已" + (retried ? "重试" : "放弃"),
                 {}};
  }
  return std::move(**found);
}

void Runtime::Impl::open_incident(StoredIncident incident) {
  ++counts.incidents;
  if (settings.on_incident) settings.on_incident(incident);
  batch.incidents.push_back(std::move(incident));
}

void Runtime::Impl::close_incident(StoredIncident incident, StoredIncident::Status status) {
  incident.status = status;
  batch.incidents.push_back(std::move(incident));
}

Status Runtime::Impl::retry(const std::string& id) {
  Result<StoredIncident> incident = find_open(id);
  if (!incident) return incident.error();
  switch (incident->kind) {
    case StoredIncident::Kind::line:
    case StoredIncident::Kind::event:
      return retry_line(std::move(*incident));
    case StoredIncident::Kind::step:
      return release(std::move(*incident), false);
    case StoredIncident::Kind::concern:
      break;
  }
  return Error{"nothing of the incident `" + id + "` can be tried again: it only warns",
               incident->place, "when it was seen to, `duban incident drop` takes it off the list",
               "异常“" + id + "”仅为提示，没有可重试的内容",
               "处理之后可用 `duban incident drop` 消去"};
}

Status Runtime::Impl::drop(const std::string& id) {
  Result<StoredIncident> incident = find_open(id);
  if (!incident) return incident.error();
  if (incident->kind == StoredIncident::Kind::step) return release(std::move(*incident), true);
  close_incident(std::move(*incident), StoredIncident::Status::dropped);
  return flush();
}

Status Runtime::Impl::retry_line(StoredIncident incident) {
  if (plans.empty()) return nothing_deployed();
  FeedItem item;
  item.place = incident.place;
  item.raw = incident.raw;
  item.event = parse_event(incident.raw);
  if (const Error* error = std::get_if<Error>(&item.event)) {
    return Error{error->message, item.place, "send it corrected and drop this incident",
                 error->chinese, "请更正后重新送入，并放弃该异常"};
  }
  const RawEvent& raw = std::get<RawEvent>(item.event);
  Result<Outcome> outcome = take_event(raw, digest_of(raw), item);
  if (!outcome) return outcome.error();
  if (outcome->fate == Fate::refused) {
    incident.english = outcome->why->english;
    incident.chinese = outcome->why->chinese;
    batch.incidents.push_back(incident);
    if (Status status = flush(); !status) return status;
    return Error{"it still fails: " + incident.english,
                 incident.place,
                 {},
                 "仍未成功：" + incident.chinese,
                 {}};
  }
  close_incident(std::move(incident), StoredIncident::Status::retried);
  return flush();
}

// Lets a subject go. What waits for it is stepped again by catch_up(), or after a crash by the next
// process.
Status Runtime::Impl::release(StoredIncident incident, bool drop_first) {
  const Key key = incident.subject;
  const Sequence failed = incident.sequence;
  Result<SubjectRow*> found = find(key);
  if (!found) return found.error();
  SubjectRow& row = **found;
  Result<LogEntry> first = store->log().read(failed);
  if (!first) return first.error();
  const bool failed_timer = first->type == "timer";
  Subject& subject = row.cached->subject;
  subject.held = false;
  forced.push_back(key);
  // A timer is still pending in the subject, unless the rules in force now, which may be newer than
  // the ones it was held under, have moved it.
  const std::optional<Wake> pending =
      subject.exists ? duban::next_wake(subject, plans, references) : std::nullopt;
  arm(row, pending);
  close_incident(std::move(incident),
                 drop_first ? StoredIncident::Status::dropped : StoredIncident::Status::retried);
  if (drop_first || failed_timer) no_longer_waits(key, failed);
  batch.releasing = releasing = failed;
  if (failed_timer && drop_first && pending && pending->at <= first->time) {
    if (Status status = give_up(row, *pending); !status) return status;
  }

  if (Status status = catch_up(row, *first); !status) return status;
  const bool held_again = subject.held;
  if (Status status = flush(); !status) return status;
  if (!held_again) return {};
  const Result<std::optional<StoredIncident>> now_held = store->find_holding_incident(key);
  const StoredIncident why = now_held && *now_held ? **now_held : StoredIncident();
  return Error{"it fails again: " + why.english, key.key,
               "the subject stays held; correct the rules and retry", "再次失败：" + why.chinese,
               "该对象仍被挂起；请修正规则后重试"};
}

// The subject's other timers, and what happens to it later, must not wait for this one: it is
// stepped, and does nothing. Where that fails too, it stays pending and holds up the others.
Status Runtime::Impl::give_up(SubjectRow& row, Wake wake) {
  Input input = timer_of(row, wake);
  input.given_up = true;
  static const Origin kOrigin{{}, "timer", {}, {}, nullptr, 0};
  auto outcome = apply_to(row.cached->subject, input);
  if (auto* effects = std::get_if<StepEffects>(&outcome)) {
    accept(row, std::move(*effects), input, kOrigin);
    return {};
  }
  if (Status status = restore(row); !status) return status;
  timers.set(row, std::nullopt);
  given_up[row.key] = wake;
  batch.given_up.emplace_back(row.key, wake);
  return {};
}

void Runtime::Impl::no_longer_waits(const Key& key, Sequence sequence) {
  const auto at = waiting.find(key);
  if (at == waiting.end() || std::erase(at->second, sequence) == 0) return;
  if (at->second.empty()) waiting.erase(at);
  batch.released.push_back(sequence);
}

// Steps what waits for a subject that is no longer held for the entry `failed`, in order, each with
// the timers due before it; then the timers that came due meanwhile. What fails again holds the
// subject again, and the rest goes on waiting.
Status Runtime::Impl::catch_up(SubjectRow& row, const LogEntry& failed) {
  const Subject& subject = row.cached->subject;
  // The timer that failed goes off once more although no time has passed since.
  const Instant again{failed.type == "timer" ? failed.time.ms + 1 : INT64_MIN};
  const Instant until = std::max(now(), again);
  while (!subject.held) {
    const auto queue = waiting.find(row.key);
    std::optional<Input> input;
    LogEntry entry;
    if (queue != waiting.end()) {
      Result<LogEntry> read = store->log().read(queue->second.front());
      if (!read) return read.error();
      entry = std::move(*read);
      input = input_of(entry);
      if (!input) return unreadable_entry(entry.sequence);
    }
    // Its timers first; one of them may fail.
    const std::optional<Wake>& wake = row.armed;
    if (wake && (input ? !(Wake{input->time, true} < *wake) : wake->at < until)) {
      if (Status status = fire(row); !status) return status;
    } else if (input) {
      Result<Outcome> outcome =
          step_now(row, *input,
                   Origin{{}, entry.type, entry.source, entry.event_id, nullptr, entry.sequence});
      if (!outcome) return outcome.error();
      // Durable together with what came of it, or it would be stepped twice.
      if (!subject.held) no_longer_waits(row.key, entry.sequence);
    } else {
      break;
    }
    if (!awaiting.contains(row.key)) continue;
    if (Status status = settle(); !status) return status;
  }
  batch.releasing = releasing = 0;
  return {};
}

Status Runtime::Impl::resume_release() {
  if (releasing == 0) return {};
  if (Status status = settle(); !status) return status;
  const Result<LogEntry> failed = store->log().read(releasing);
  if (!failed) return failed.error();
  Result<SubjectRow*> row = find(failed->subject);
  if (!row) return row.error();
  return catch_up(**row, *failed);
}

}  // namespace duban
