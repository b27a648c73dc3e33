// From records to channels, and back as receipts.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "engine/format.h"
#include "runtime/json_text.h"
#include "runtime/runtime_impl.h"
#include "runtime/words.h"

namespace duban {
namespace {

constexpr int64_t kFirstBackOffMs = 1000;
constexpr int64_t kBackOffMsMax = 10 * kMsPerMinute;

}  // namespace

// Every payload begins with its id: receivers know a repetition by it.
void Runtime::Impl::enqueue(const NoticeRecord& notice) {
  JsonObject json;
  json.text("id", notice.id.to_hex())
      .text("channel", notice.channel)
      .text("to", notice.recipient.key);
  json.text("address", notice.address).text("notice", notice.notice);
  json.text("class", to_string(notice.notice_class)).text("subject", notice.subject.key);
  json.text("time", plans.current().zone.to_iso8601(notice.at)).text("policy", notice.from.policy);
  json.text("text", notice.text);
  enqueue(OutboxItem{0, notice.id, notice.subject, notice.channel, json.take(), notice.at,
                     notice.receipt_matters, 0});
}

void Runtime::Impl::enqueue(const OutgoingRecord& outgoing) {
  const Plan& plan = plans.current();
  JsonObject json;
  json.text("id", outgoing.id.to_hex()).text("specversion", "1.0").text("source", "/duban");
  json.text("type", outgoing.event).text("subject", outgoing.subject.key);
  json.text("time", plan.zone.to_iso8601(outgoing.at));
  json.raw("data", fields_json(plan, outgoing.fields, outgoing.types));
  enqueue(
      OutboxItem{0, outgoing.id, outgoing.subject, "events", json.take(), outgoing.at, false, 0});
}

// Whoever has to do a task, or has become accountable for it, is told: channel `tasks`.
void Runtime::Impl::enqueue(const TaskRecord& task) {
  using Change = TaskRecord::Change;
  const bool to_assignee = task.change == Change::opened || task.change == Change::reassigned;
  if (!to_assignee && task.change != Change::escalated) return;
  const std::optional<Key>& to = to_assignee ? task.assignee : task.person;
  if (!to) return;
  const Plan& plan = plans.current();
  const Digest id = DigestBuilder()
                        .add("task message")
                        .add(task.id.to_hex())
                        .add(to_string(task.change))
                        .add(task.at.ms)
                        .add(to->key)
                        .finish();
  JsonObject json;
  json.text("id", id.to_hex()).text("channel", "tasks").text("to", to->key);
  json.text("change", to_string(task.change)).text("task", task.id.to_hex());
  json.text("title", task.title);
  if (task.due) json.text("due", format(plan, *task.due, false));
  if (task.paused) json.text("paused", plan.zone.to_iso8601(*task.paused));
  json.text("subject", task.subject.key).text("time", plan.zone.to_iso8601(task.at));
  json.text("policy", task.from.policy);
  enqueue(OutboxItem{0, id, task.subject, "tasks", json.take(), task.at, false, 0});
}

void Runtime::Impl::enqueue(OutboxItem item) {
  item.number = ++last_outbox;
  if (item.receipt_matters) awaiting.insert(item.subject);
  batch.outbox.push_back(item);
  unsent.push_back(std::move(item));
}

bool Runtime::Impl::try_to_send(OutboxItem& item) {
  const uint32_t tries = is_virtual() ? std::max(settings.attempts_max, 1U) : 1;
  for (uint32_t i = 0; i < tries; ++i) {
    ++item.attempts;
    const Status status = channels.of(item.channel).send(item);
    if (status) return true;
    spdlog::warn("{} {} could not be sent: {}", item.channel, item.id.to_hex(),
                 status.error().to_string());
  }
  return false;
}

Status Runtime::Impl::dispatch(bool with_receipts) {
  std::vector<std::pair<OutboxItem, bool>> tried;
  const auto send = [&](OutboxItem item) {
    const bool delivered = try_to_send(item);
    tried.emplace_back(std::move(item), delivered);
  };
  if (!is_virtual()) {
    const Instant clock = now();
    while (!retries.empty() && retries.begin()->first <= clock) {
      OutboxItem item = std::move(retries.begin()->second);
      retries.erase(retries.begin());
      send(std::move(item));
    }
  }
  while (!unsent.empty() && unsent.front().number <= durable_outbox) {
    if (unsent.front().receipt_matters && !with_receipts) break;
    OutboxItem item = std::move(unsent.front());
    unsent.pop_front();
    send(std::move(item));
  }
  if (tried.empty()) return {};
  if (Status status = channels.flush(); !status) {
    // Not known to have arrived: they are sent again.
    for (auto item = tried.rbegin(); item != tried.rend(); ++item) {
      unsent.push_front(std::move(item->first));
    }
    return status;
  }
  if (with_receipts) awaiting.clear();
  for (auto& [item, delivered] : tried) {
    if (!delivered && !is_virtual() && item.attempts < settings.wall_attempts_max) {
      const int64_t wait_ms =
          std::min(kFirstBackOffMs << std::min(item.attempts - 1, 20U), kBackOffMsMax);
      const Instant when{now().ms + wait_ms};
      retries.emplace(when, std::move(item));
      continue;
    }
    batch.sent.push_back({item.number, delivered, item.attempts});
    if (delivered) ++counts.sent;
    if (delivered && !item.receipt_matters) continue;
    if (Status status = take_receipt(item, delivered); !status) return status;
  }
  return {};
}

Status Runtime::Impl::settle() {
  if (settling) return {};
  settling = true;
  Status status;
  do {
    status = commit();
    if (status) status = dispatch(true);
  } while (status && !awaiting.empty());
  settling = false;
  return status;
}

Status Runtime::Impl::take_receipt(const OutboxItem& item, bool delivered) {
  Input input;
  input.kind = Input::Kind::receipt;
  input.subject = item.subject;
  input.time = item.at;
  input.received = is_virtual() ? item.at : std::max(now(), item.at);
  input.cause = DigestBuilder()
                    .add("receipt")
                    .add(item.id.to_hex())
                    .add(delivered ? "delivered" : "failed")
                    .finish();
  input.target = item.id;
  input.delivered = delivered;
  if (ids.contains(input.cause)) return {};
  Result<Outcome> outcome = run(input, Origin{input.cause, "receipt", {}, {}, nullptr, 0});
  if (!outcome) return outcome.error();
  // Refused: no policy waits for it; the outbox says what became of it.
  return {};
}

}  // namespace duban
