// Incidents: tried again after a repair, or given up.
#include <algorithm>

#include "engine/codec.h"
#include "runtime/runtime_impl.h"

namespace duban {

Result<StoredIncident> Runtime::Impl::find_open(const std::string& id) {
  if (Status status = settle(); !status) return status.error();
  if (Status status = commit(); !status) return status.error();
  Result<std::optional<StoredIncident>> found = store->find_incident(id);
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
      break;  // there is nothing to do again: it was seen to
  }
  close_incident(std::move(*incident), StoredIncident::Status::retried);
  return flush();
}

Status Runtime::Impl::drop(const std::string& id) {
  Result<StoredIncident> incident = find_open(id);
  if (!incident) return incident.error();
  if (incident->kind == StoredIncident::Kind::step) return release(std::move(*incident), true);
  close_incident(std::move(*incident), StoredIncident::Status::dropped);
  return flush();
}

Status Runtime::Impl::retry_line(StoredIncident incident) {
  if (plans.empty())
    return Error{"no rules are deployed", {}, "deploy them first", "尚未部署规则", "请先部署"};
  FeedItem item;
  item.place = incident.place;
  item.raw = incident.raw;
  item.event = parse_event(incident.raw);
  if (const Error* error = std::get_if<Error>(&item.event)) {
    return Error{error->message, item.place, "send it corrected and drop this incident",
                 error->chinese, "请更正后重新送入，并放弃该异常"};
  }
  Result<Outcome> outcome = take_event(std::get<RawEvent>(item.event), item, true);
  if (!outcome) return outcome.error();
  if (outcome->fate == Fate::refused) {
    incident.english = outcome->english;
    incident.chinese = outcome->chinese;
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

// Steps what waited, in order, each with the timers due before it. What fails again holds the
// subject again, and the rest goes on waiting.
Status Runtime::Impl::release(StoredIncident incident, bool drop_first) {
  const Key key = incident.subject;
  const Sequence failed = incident.sequence;
  Result<CachedSubject*> cached = find(key);
  if (!cached) return cached.error();
  std::vector<Sequence> queue = std::move(waiting[key]);
  waiting.erase(key);

  Result<LogEntry> first = store->log().read(failed);
  if (!first) return first.error();
  const bool failed_timer = first->type == "timer";
  Subject& subject = (*cached)->subject;
  subject.held = false;
  forced.push_back(key);
  // A timer is still pending in the subject: dropping it means not to arm it.
  const std::optional<Wake> pending =
      subject.exists ? duban::next_wake(subject, plans, references) : std::nullopt;
  (*cached)->wake = pending;
  if (!failed_timer || !drop_first) set_wake(key, pending);
  close_incident(std::move(incident),
                 drop_first ? StoredIncident::Status::dropped : StoredIncident::Status::retried);

  for (size_t i = 0; i < queue.size(); ++i) {
    const Sequence sequence = queue[i];
    const bool skipped = sequence == failed && (drop_first || failed_timer);
    if (!skipped) {
      Result<LogEntry> entry = store->log().read(sequence);
      if (!entry) return entry.error();
      const std::optional<Input> input = decode_input(entry->payload);
      if (!input) {
        return Error{"the log is damaged: an input cannot be read",
                     {},
                     "restore a backup",
                     "日志已损坏：某项输入无法读取",
                     "请恢复备份"};
      }
      // Its timers first; one of them may fail.
      const Wake before{input->time, true};
      while (!subject.held) {
        const std::optional<Wake> wake = timers.of(key);
        if (!wake || before < *wake) break;
        if (Status status = fire(key, *wake); !status) return status;
        if (Status status = settle(); !status) return status;
      }
      if (!subject.held) {
        Result<Outcome> outcome = step_now(
            *input, Origin{{}, entry->type, entry->source, entry->event_id, nullptr, sequence});
        if (!outcome) return outcome.error();
        if (Status status = settle(); !status) return status;
      }
      if (subject.held) {
        // A timer that failed stands before what still waits, although its entry is newer.
        std::vector<Sequence>& again = waiting[key];
        again.insert(again.end(), queue.begin() + static_cast<ptrdiff_t>(i), queue.end());
        break;
      }
    }
    batch.released.push_back(sequence);
  }
  // The timer that failed, and those that came due while everything waited.
  while (!subject.held) {
    const std::optional<Wake> wake = timers.of(key);
    const bool due = wake && (wake->at < now() || (failed_timer && wake->at <= first->time));
    if (!due) break;
    if (Status status = fire(key, *wake); !status) return status;
    if (Status status = settle(); !status) return status;
  }
  const bool held_again = subject.held;
  if (Status status = flush(); !status) return status;
  if (!held_again) return {};
  const Result<std::optional<StoredIncident>> now_held = store->find_holding_incident(key);
  const StoredIncident why = now_held && *now_held ? **now_held : StoredIncident();
  return Error{"it fails again: " + why.english, key.key,
               "the subject stays held; correct the rules and retry", "再次失败：" + why.chinese,
               "该对象仍被挂起；请修正规则后重试"};
}

}  // namespace duban
