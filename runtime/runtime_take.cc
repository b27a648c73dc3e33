// From items of a feed to inputs in their order.
#include <algorithm>

#include "engine/codec.h"
#include "engine/condition_index.h"
#include "engine/eval.h"
#include "runtime/runtime_impl.h"

namespace duban {
namespace {

Outcome refusal(std::string english, std::string chinese) {
  return {Fate::refused, Outcome::Reason{std::move(english), std::move(chinese)}};
}

}  // namespace

Error damaged_subject() {
  return Error{"the database is damaged: a subject cannot be read",
               {},
               "restore a backup",
               "数据库已损坏：某个对象无法读取",
               "请恢复备份"};
}

Digest Runtime::Impl::line_id(const FeedItem& item) {
  return DigestBuilder().add("line").add(item.raw).finish();
}

Result<bool> Runtime::Impl::was_logged(const Digest& id) {
  if (batch_ids.contains(id) || writing_ids.contains(id)) return true;
  if (!store.beside().log().may_have_id(id)) return false;
  return store->log().has_id(id);
}

void Runtime::Impl::refuse(const FeedItem& item, StoredIncident::Kind kind,
                           const std::string& english, const std::string& chinese) {
  StoredIncident incident;
  incident.id = line_id(item);
  if (!refused.insert(incident.id)) return;
  incident.kind = kind;
  incident.at = now();
  incident.place = item.place;
  incident.english = english;
  incident.chinese = chinese;
  incident.raw = item.raw;
  ++counts.rejected;
  open_incident(std::move(incident));
}

Runtime::Hint Runtime::expect(const FeedItem& item) const {
  const auto* raw = std::get_if<RawEvent>(&item.event);
  if (raw == nullptr || impl_->plans.empty()) return {};
  const Plan& plan = impl_->plans.current();
  const EventData* taken = impl_->taken(item);
  const Digest id = taken != nullptr ? taken->cause : digest_of(*raw);
  std::optional<Layout::FeedType> type;
  if (taken != nullptr) {
    type = {taken->event, plan.layout.events[taken->event].entity};
  } else {
    type = find_type(plan, raw->type);
  }
  if (!type) return {id};
  const uint32_t hash = SubjectTable::hash_of(Key{type->entity, raw->subject});
  impl_->subjects.prefetch_index(hash);
  return {id, true, hash};
}

Status Runtime::Impl::take(const FeedItem& item, const Hint& hint) {
  ++counts.lines;
  if (refused.size() > 0 && refused.contains(line_id(item))) {
    ++counts.duplicates;
    return pass_time(item);
  }
  if (const Error* error = std::get_if<Error>(&item.event)) {
    refuse(item, StoredIncident::Kind::line, error->message, error->message_in(true));
    return maybe_close_group();
  }
  if (plans.empty()) return nothing_deployed();
  if (Status status = resume_release(); !status) return status;
  const RawEvent& raw = std::get<RawEvent>(item.event);
  const Digest id = hint.id != Digest{} ? hint.id : digest_of(raw);
  Result<Outcome> outcome = take_event(raw, id, item);
  if (!outcome) return outcome.error();
  if (outcome->fate == Fate::refused) {
    refuse(item, StoredIncident::Kind::event, outcome->why->english, outcome->why->chinese);
  }
  if (Status status = step_overdue(); !status) return status;
  if (Status status = maybe_close_group(); !status) return status;
  return step_overdue();  // by receipts
}

// The event as it was taken in while it was read, if that was by the plan in force.
const EventData* Runtime::Impl::taken(const FeedItem& item) const {
  return item.taken_for == plans.current_version() ? item.taken.get() : nullptr;
}

std::variant<Intake, IntakeError> Runtime::Impl::take_in_now(const RawEvent& raw,
                                                             const Stamp& stamp,
                                                             const FeedItem& item,
                                                             Instant received) const {
  const Plan& plan = plans.current();
  if (taken(item) != nullptr) {
    std::variant<Intake, IntakeError> out;  // an input
    become_input(plan, raw, item.taken, received, std::get<Input>(std::get<Intake>(out)));
    return out;
  }
  if (item.taken == nullptr) return take_in(plan, raw, stamp, received);
  // By another version's plan: of its data only the line is left.
  return take_in(plan, std::get<RawEvent>(parse_event(item.raw)), stamp, received);
}

Result<Outcome> Runtime::Impl::take_event(const RawEvent& raw, const Digest& id,
                                          const FeedItem& item) {
  const Plan& plan = plans.current();
  const EventData* ready = taken(item);
  const Stamp stamp{id, ready != nullptr ? ready->time : time_of(plan, raw)};
  const bool timed = stamp.time.has_value();
  const Instant time = stamp.time.value_or(Instant{INT64_MIN});
  const Result<bool> known = was_logged(id);
  if (!known) return known.error();
  if (*known && !item.id_from_content) return duplicate(item);
  Instant received = now();
  if (is_virtual()) received = std::max(received, time);
  auto taken_in = take_in_now(raw, stamp, item, received);
  if (const auto* error = std::get_if<IntakeError>(&taken_in))
    return refusal(error->english, error->chinese);
  Intake& intake = std::get<Intake>(taken_in);
  if (timed) feed_time = std::max(feed_time.value_or(time), time);
  if (auto* row = std::get_if<ReferenceRow>(&intake))
    return take_reference(std::move(*row), item, raw, id);
  if (*known) return duplicate(item);
  if (!timed && !clock_is_set()) {
    return refusal(
        "`time` is missing, and nothing before says what time it is; give the event a time, or say "
        "with `deploy --at` when the rules came into force",
        "缺少 time，且此前无从得知时间；请给出事件时间，或用 `deploy --at` 指明规则的施行时间");
  }
  if (!is_virtual() && time.ms > received.ms + settings.ahead_tolerance_ms) {
    return refusal("`time` lies in the future", "time 晚于当前时间");
  }
  if (is_virtual() && timed) {
    if (Status status = advance(time, false); !status) return status.error();
  }
  if (const auto* broadcast = std::get_if<Broadcast>(&intake))
    return take_broadcast(*broadcast, item, raw);
  return take_input(std::get<Input>(intake), item, raw);
}

Result<Outcome> Runtime::Impl::duplicate(const FeedItem& item) {
  ++counts.duplicates;
  if (Status status = pass_time(item); !status) return status.error();
  return Outcome{};
}

Status Runtime::Impl::pass_time(const FeedItem& item) {
  const auto* raw = std::get_if<RawEvent>(&item.event);
  if (!is_virtual() || raw == nullptr || raw->time.empty() || plans.empty()) return {};
  const std::optional<Instant> time = plans.current().zone.parse(raw->time);
  if (!time || *time < now()) return {};
  const auto taken_in = take_in_now(*raw, {Digest{}, time}, item, *time);  // only to see whether
  const Intake* intake = std::get_if<Intake>(&taken_in);
  if (intake == nullptr) return {};
  feed_time = std::max(feed_time.value_or(*time), *time);
  const bool moves = *time > now() && !std::holds_alternative<ReferenceRow>(*intake);
  return moves ? advance(*time, false) : Status();
}

Result<Outcome> Runtime::Impl::take_input(const Input& input, const FeedItem& item,
                                          const RawEvent& raw) {
  if (!settings.shard.holds(input.subject.key)) return Outcome{};
  Origin origin{input.cause, raw.type, raw.source, raw.id, &item, 0};
  Result<Outcome> outcome = run(input, origin);
  if (outcome && outcome->fate != Fate::refused) {
    ++counts.events;
    warn_of_dangling(input, item);
  }
  return outcome;
}

Result<Outcome> Runtime::Impl::take_reference(ReferenceRow row, const FeedItem& item,
                                              const RawEvent& raw, Digest id) {
  const References::Row* known = references.find(row.entity, row.key);
  // A row with an id of its own is logged though it says nothing new: its id must be known when it
  // comes again after another has come.
  if (item.id_from_content && known != nullptr && *known == row.row) {
    ++counts.duplicates;
    return Outcome{};
  }
  if (is_virtual() && clock_is_set()) {
    if (Status status = advance(row.time, false); !status) return status.error();
  }
  if (known == nullptr) {  // first, since it may fail
    if (Status status = end_dangling(row); !status) return status.error();
  }
  LogEntry entry;
  entry.kind = LogEntry::Kind::reference;
  // A row without an id of its own may come back: what counts is what it says.
  entry.id = item.id_from_content ? Digest{} : id;
  entry.time = row.time;
  entry.payload = encode(row);
  entry.type = raw.type;
  entry.source = raw.source;
  entry.event_id = raw.id;
  append(std::move(entry));
  changed(last_sequence, row);
  references.put(row.entity, row.key, std::move(row.row));
  ++counts.references;
  return Outcome{};
}

// The list of subjects is the inputs themselves; the broadcast's own entry closes it. So a crash in
// the middle leaves the broadcast unknown, and when it comes again, only those not yet reached are.
Result<Outcome> Runtime::Impl::take_broadcast(const Broadcast& broadcast, const FeedItem& item,
                                              const RawEvent& raw) {
  if (Status status = settle(); !status) return status.error();
  if (Status status = step_overdue(); !status) return status.error();
  Result<std::vector<Key>> keys = reached_by(broadcast);
  if (!keys) return keys.error();
  const Digest cause = broadcast.event->cause;
  for (Key& key : *keys) {
    Input input;
    input.kind = Input::Kind::event;
    input.cause =
        DigestBuilder().add("broadcast").add(cause.to_hex()).add(key.entity).add(key.key).finish();
    const Result<bool> was_reached = was_logged(input.cause);
    if (!was_reached) return was_reached.error();
    if (*was_reached) continue;
    input.time = broadcast.event->time;
    input.received = broadcast.event->received;
    input.event = broadcast.event;
    input.subject = std::move(key);
    Result<Outcome> outcome =
        run(input, Origin{input.cause, raw.type, raw.source, raw.id, nullptr, 0});
    if (!outcome) return outcome;
    if (outcome->fate != Fate::refused) ++counts.events;
    if (Status status = step_overdue(); !status) return status.error();
    if (Status status = maybe_close_group(); !status) return status.error();
  }
  LogEntry entry;
  entry.kind = LogEntry::Kind::broadcast;
  entry.id = cause;
  entry.time = broadcast.event->time;
  entry.payload = encode(*broadcast.event);
  entry.type = raw.type;
  entry.source = raw.source;
  entry.event_id = raw.id;
  append(std::move(entry));
  warn_of_dangling(*broadcast.event, item);
  return Outcome{};
}

}  // namespace duban
