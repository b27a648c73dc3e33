#include "engine/describe.h"

#include "engine/format.h"

namespace duban {
namespace {

std::string quoted(const std::string& text, bool chinese) {
  return chinese ? "“" + text + "”" : "\"" + text + "\"";
}

std::string person(const std::optional<Key>& key, bool chinese) {
  return key ? key->key : (chinese ? "（待指派）" : "nobody (unassigned)");
}

template <typename T>
const Names* find_names(const std::vector<T>& items, const std::string& name) {
  for (const T& item : items) {
    if (item.names.name == name) return &item.names;
  }
  return nullptr;
}

template <typename T>
std::string name_in(const std::vector<T>& items, const std::string& name, bool chinese) {
  const Names* names = find_names(items, name);
  return names != nullptr ? names->in(chinese) : name;
}

std::string due_text(const Plan& plan, const TaskRecord& record, bool chinese) {
  if (!record.due) return {};
  return (chinese ? "，截止 " : ", due ") + format(plan, *record.due, false);
}

std::string text_of(const Plan& plan, const CaseRecord& record, bool chinese) {
  const Names* names = find_names(plan.cases, record.name);
  const std::string name = names != nullptr ? names->in(chinese) : record.name;
  const std::string key = record.key.empty() ? "" : " " + quoted(record.key, chinese);
  const std::string head = (chinese ? "事项 " : "case ") + name + key + (chinese ? "（" : " of ") +
                           record.subject.key + (chinese ? "）" : "");
  switch (record.change) {
    case CaseRecord::Change::opened:
      return head + (chinese ? " 启动" : " opened");
    case CaseRecord::Change::recomputed:
      return head + (chinese ? " 按新版重算" : " recomputed by the new version");
    case CaseRecord::Change::restarted:
      return head + (chinese ? " 按新版重新计时" : " restarted by the new version");
    case CaseRecord::Change::closed:
      break;
  }
  std::string outcome = record.outcome;
  for (const Case& item : plan.cases) {
    if (item.names.name != record.name) continue;
    for (const Names& each : item.outcomes) {
      if (each.name == record.outcome) outcome = each.in(chinese);
    }
  }
  return head + (chinese ? " 办结，结果 " : " closed as ") + outcome;
}

std::string text_of(const Plan& plan, const TaskRecord& record, bool chinese) {
  using Change = TaskRecord::Change;
  const std::string title = (chinese ? "任务 " : "task ") + quoted(record.title, chinese);
  switch (record.change) {
    case Change::opened:
      return title + (chinese ? " 交办 " : " for ") + person(record.assignee, chinese) +
             due_text(plan, record, chinese);
    case Change::moved:
      return title + (chinese ? " 期限变更" : " moved") + due_text(plan, record, chinese);
    case Change::paused:
      return title + (chinese ? " 暂停计时" : " paused");
    case Change::resumed:
      return title + (chinese ? " 恢复计时" : " resumed") + due_text(plan, record, chinese);
    case Change::escalated:
      return title + (chinese ? " 提级至 " : " escalated to ") + person(record.person, chinese);
    case Change::withdrawn:
      return title + (chinese ? " 撤回提级 " : " escalation withdrawn from ") +
             person(record.person, chinese);
    case Change::reassigned:
      return title + (chinese ? " 改派至 " : " reassigned to ") + person(record.assignee, chinese);
    case Change::noted:
      return title + (chinese ? " 备注：" : " noted: ") + record.note;
    case Change::done: {
      std::string out = title + (chinese ? " 办毕" : " done");
      if (record.person) out += (chinese ? "，办理人 " : " by ") + record.person->key;
      for (const auto& [field, value] : record.answers)
        out += (chinese ? "，" : ", ") + field + " = " + value;
      return out;
    }
    case Change::cancelled:
      return title + (chinese ? " 取消" : " cancelled");
    case Change::expired:
      return title + (chinese ? " 过期" : " expired");
  }
  return title;
}

std::string text_of(const Plan& plan, const NoticeRecord& record, bool chinese) {
  using Status = NoticeRecord::Status;
  std::string out =
      name_in(plan.channels, record.channel, chinese) + " " +
      name_in(plan.notices, record.notice, chinese) + (chinese ? " 发 " : " to ") +
      (record.recipient.key.empty() ? (chinese ? "（无收件人）" : "nobody") : record.recipient.key);
  static constexpr const char* kEnglish[] = {"",         " waiting until ", " delivered",
                                             " failed",  " missed",         " withdrawn",
                                             " dropped", " undeliverable",  " blocked"};
  static constexpr const char* kChinese[] = {"",
                                             " 待发至 ",
                                             " 已送达",
                                             " 发送失败",
                                             " 错过时机",
                                             " 已撤回",
                                             " 未发（超限或过期）",
                                             " 无法送达",
                                             " 被禁止"};
  out += (chinese ? kChinese : kEnglish)[static_cast<size_t>(record.status)];
  if (record.status == Status::waiting && record.until) out += plan.zone.to_string(*record.until);
  if (!record.note.empty()) out += (chinese ? "：" : ": ") + record.note;
  if (record.status == Status::queued) out += (chinese ? "：" : ": ") + record.text;
  return out;
}

std::string fields_text(const Plan& plan, const std::string& event,
                        const std::vector<std::pair<std::string, Value>>& fields, bool chinese) {
  std::string out;
  const auto index = plan.layout.find_event(event);
  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i].second.is_none()) continue;
    Type type;
    std::string name = fields[i].first;
    bool is_private = false;
    if (index && i < plan.layout.events[*index].fields.size()) {
      const Layout::Field& field = plan.layout.events[*index].fields[i];
      type = field.type;
      name = field.names.in(chinese);
      is_private = field.is_private;
    }
    const std::string value = is_private ? "***" : format(plan, type, fields[i].second, chinese);
    out += (out.empty() ? " " : ", ") + name + " = " + value;
  }
  return out;
}

std::string text_of(const Plan& plan, const OutgoingRecord& record, bool chinese) {
  std::string out = name_in(plan.layout.events, record.event, chinese) +
                    (chinese ? " 对 " : " for ") + record.subject.key +
                    fields_text(plan, record.event, record.fields, chinese);
  if (record.status == OutgoingRecord::Status::blocked) {
    out += (chinese ? " 被禁止：" : " blocked: ") + record.note;
  }
  return out;
}

std::string text_of(const Plan& plan, const RaisedRecord& record, bool chinese) {
  return (chinese ? "发起 " : "raised ") + name_in(plan.layout.events, record.event, chinese) +
         (chinese ? " 对 " : " for ") + record.subject.key +
         fields_text(plan, record.event, record.fields, chinese);
}

std::string text_of(const Plan& plan, const DuplicateRecord& record, bool chinese) {
  const std::string key = " " + quoted(record.key, chinese);
  const std::string name = name_in(plan.layout.events, record.event, chinese) + key;
  if (chinese) {
    return name + "（" + record.subject.key + "）重复，不计" +
           (record.differs ? "；其内容与首次不同，更正须另用事件" : "");
  }
  return name + " for " + record.subject.key + " is a duplicate and does not count" +
         (record.differs ? "; it says other things than the first: a correction needs an event of "
                           "its own"
                         : "");
}

std::string text_of(const Plan&, const ConcernRecord& record, bool chinese) {
  return chinese ? record.chinese : record.english;
}

}  // namespace

std::string describe(const Plan& plan, const Record& record, bool chinese) {
  return std::visit([&](const auto& each) { return text_of(plan, each, chinese); }, record);
}

std::string_view hand_delivery_title(bool chinese) {
  return chinese ? "未能按时送出，请人工送达：" : "Could not be sent in time, deliver by hand: ";
}

Instant time_of(const Record& record) {
  return std::visit([](const auto& each) { return each.at; }, record);
}

const Provenance& provenance_of(const Record& record) {
  return std::visit([](const auto& each) -> const Provenance& { return each.from; }, record);
}

std::string place_of(const Plan& plan, Span span) {
  if (span.file >= plan.sources.size() || span.end <= span.begin) return {};
  const Source& source = plan.sources[span.file];
  return source.path() + ":" + std::to_string(source.position(span.begin).line);
}

}  // namespace duban
