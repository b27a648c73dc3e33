#include "runtime/message.h"

#include "engine/format.h"
#include "runtime/json_text.h"
#include "runtime/words.h"

namespace duban {
namespace {

std::string payload(const OutboxItem& item, const NoticeRecord& notice, const Plan& plan) {
  JsonObject json;
  json.text("id", item.id().to_hex()).text("channel", notice.channel);
  json.text("to", notice.recipient.key).text("address", notice.address);
  json.text("notice", notice.notice).text("class", to_string(notice.notice_class));
  json.text("subject", notice.subject.key).text("time", plan.zone.to_iso8601(notice.at));
  json.text("policy", notice.from.policy).text("text", notice.text);
  return json.take();
}

std::string payload(const OutboxItem& item, const OutgoingRecord& outgoing, const Plan& plan) {
  JsonObject json;
  json.text("id", item.id().to_hex()).text("specversion", "1.0").text("source", "/duban");
  json.text("type", outgoing.event).text("subject", outgoing.subject.key);
  json.text("time", plan.zone.to_iso8601(outgoing.at));
  json.raw("data",
           item.data.empty() ? fields_json(plan, outgoing.fields, outgoing.types) : item.data);
  return json.take();
}

std::string payload(const OutboxItem& item, const TaskRecord& task, const Plan& plan) {
  JsonObject json;
  // Who has to do it, or has become accountable for it.
  const auto& to = task.change == TaskRecord::Change::escalated ? task.person : task.assignee;
  json.text("id", item.id().to_hex()).text("channel", "tasks").text("to", to->key);
  json.text("change", to_string(task.change)).text("task", task.id.to_hex());
  json.text("title", task.title);
  if (task.due) json.text("due", format(plan, *task.due, false));
  if (task.paused) json.text("paused", plan.zone.to_iso8601(*task.paused));
  json.text("subject", task.subject.key).text("time", plan.zone.to_iso8601(task.at));
  json.text("policy", task.from.policy);
  return json.take();
}

}  // namespace

bool is_message(const Record& record) {
  if (const auto* notice = std::get_if<NoticeRecord>(&record))
    return notice->status == NoticeRecord::Status::queued;
  if (const auto* outgoing = std::get_if<OutgoingRecord>(&record))
    return outgoing->status == OutgoingRecord::Status::queued;
  const auto* task = std::get_if<TaskRecord>(&record);
  return task != nullptr && task->message != Digest{};
}

const Digest& OutboxItem::id() const {
  const auto* task = std::get_if<TaskRecord>(record.get());
  return task != nullptr ? task->message : id_of(*record);
}

const std::string& OutboxItem::channel() const {
  static const std::string events = "events", tasks = "tasks";
  if (const auto* notice = std::get_if<NoticeRecord>(record.get())) return notice->channel;
  return std::holds_alternative<TaskRecord>(*record) ? tasks : events;
}

const Key& OutboxItem::subject() const {
  return std::visit([](const auto& r) -> const Key& { return r.subject; }, *record);
}

Instant OutboxItem::at() const {
  return std::visit([](const auto& r) { return r.at; }, *record);
}

bool OutboxItem::receipt_matters() const {
  const auto* notice = std::get_if<NoticeRecord>(record.get());
  return notice != nullptr && notice->receipt_matters;
}

std::string payload_of(const OutboxItem& item, const Plan& plan) {
  if (const auto* notice = std::get_if<NoticeRecord>(item.record.get()))
    return payload(item, *notice, plan);
  if (const auto* outgoing = std::get_if<OutgoingRecord>(item.record.get()))
    return payload(item, *outgoing, plan);
  if (const auto* task = std::get_if<TaskRecord>(item.record.get()))
    return payload(item, *task, plan);
  return "{}";
}

}  // namespace duban
