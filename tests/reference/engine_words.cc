#include "tests/reference/engine_words.h"

#include <algorithm>

#include "engine/format.h"
#include "tests/reference/text.h"

namespace duban::reference {
namespace {

std::string keys(const char* before, const std::vector<Key>& people) {
  std::string out;
  for (const Key& key : people) out += before + key.key;
  return out;
}

// One of the engine's tasks or of the reference's; what it has waited for since is said by each.
template <typename Task, typename At>
std::string task_words(const Task& task, const At& at) {
  std::string line = "task ";
  line += task.open ? "`" + task.title + "`" : "to open";
  if (task.open && task.assignee) line += " for " + task.assignee->key;
  line += keys(" accountable ", task.accountable);
  if (task.due) line += " due " + at(task.due->at) + (task.due->whole_day ? " (day)" : "");
  if (!task.open && task.opens) line += " opens " + at(*task.opens);
  if (task.open && task.expires) line += " expires " + at(task.expires->at);
  for (const auto& pause : task.pauses)
    line += " pause " + at(pause.from) + (pause.to ? " to " + at(*pause.to) : "");
  return line;
}

std::string concern_words(const std::string& english) {
  if (english.find("stays with the version") != std::string::npos) return "case stays";
  if (english.starts_with("case ")) return "case not opened: no key";
  if (english.starts_with("the deadline")) return "deadline unknown";
  if (english.starts_with("a value cannot")) return "value unknown";
  if (english.starts_with("a time of a recurring")) return "recurring time unknown";
  return english.starts_with("the time of a step") ? "step time unknown" : english;
}

}  // namespace

std::string EngineWords::exact(const Value& value) const {
  const Plan& p = plans_.current();
  if (value.is_none()) return "none";
  if (const SetValue* set = value.get_if<SetValue>()) {
    std::string out = "{";
    for (const Value& item : set->items) out += (out.size() > 1 ? ", " : "") + exact(item);
    return out + "}";
  }
  if (const Instant* instant = value.get_if<Instant>()) return p.zone.to_iso8601(*instant);
  if (const std::string* text = value.get_if<std::string>()) return '"' + *text + '"';
  return format(p, {}, value, false);
}

std::string EngineWords::at(Instant instant) const {
  return plans_.current().zone.to_iso8601(instant);
}

std::string EngineWords::from(const Provenance& from) const {
  if (from.policy.empty()) return {};
  return " [v" + std::to_string(from.version) + " " + from.policy + "@" +
         std::to_string(from.span.file) + ":" + std::to_string(from.span.begin) + "]";
}

std::string EngineWords::of_case(const Digest& id) const {
  if (id == Digest{}) return {};
  const auto known = cases_.find(id);
  return known == cases_.end() ? " of an unknown case" : known->second;
}

Done EngineWords::done(const Record& record) {
  return std::visit([&](const auto& content) { return say(content); }, record);
}

Done EngineWords::say(const CaseRecord& r) {
  cases_[r.id] = " of " + r.name + " " + r.key;
  std::string change(to_string(r.change));
  if (r.change == CaseRecord::Change::closed) change += " as " + r.outcome;
  return {"case", change + cases_[r.id] + from(r.from), r.id};
}

Done EngineWords::say(const TaskRecord& r) {
  std::string text = std::string(to_string(r.change)) + " `" + r.title + "`" + of_case(r.case_id);
  if (r.assignee) text += " for " + r.assignee->key;
  text += keys(" accountable ", r.accountable) + " opened " + at(r.opened);
  if (r.due) text += " due " + at(r.due->at) + (r.due->whole_day ? " (day)" : "");
  if (r.paused) text += " paused " + at(*r.paused);
  if (r.person) text += " person " + r.person->key;
  if (!r.note.empty()) text += " note " + r.note;
  for (const auto& [field, answer] : r.answers) text += " " + field + "=" + answer;
  return {"task", text + from(r.from), r.id};
}

Done EngineWords::say(const NoticeRecord& r) {
  using Status = NoticeRecord::Status;
  std::string text = std::string(to_string(r.status)) + " " + r.notice + of_case(r.case_id) +
                     " to " + r.recipient.key;
  if (!r.channel.empty()) text += " by " + r.channel + " at " + r.address;
  if (r.until) text += " until " + at(*r.until);
  if (r.status == Status::blocked) text += " because " + r.note;
  if (r.status != Status::withdrawn && r.status != Status::dropped)
    text += " saying `" + r.text + "`";
  return {"notice", text + from(r.from), r.id};
}

Done EngineWords::say(const OutgoingRecord& r) {
  std::string text = std::string(to_string(r.status)) + " " + r.event;
  for (const auto& [field, value] : r.fields) text += " " + field + "=" + exact(value);
  text += from(r.from);
  if (!r.note.empty()) text += " because " + r.note;
  return {"outgoing", text, r.id};
}

Done EngineWords::say(const RaisedRecord& r) {
  std::string text = r.event;
  for (const auto& [field, value] : r.fields) text += " " + field + "=" + exact(value);
  return {"raised", text + from(r.from), r.id};
}

Done EngineWords::say(const DuplicateRecord& r) {
  return {"duplicate",
          r.event + " " + r.key + (r.differs ? " that differs" : "") + (r.raised ? " raised" : ""),
          Digest{}};
}

Done EngineWords::say(const ConcernRecord& r) {
  return {"concern", concern_words(r.english), Digest{}};
}

// ---------------------------------------------------------------- memory

std::vector<std::string> EngineWords::state(const duban::Subject& s) const {
  const Plan& p = plans_.current();
  std::vector<std::string> out;
  const auto& attributes = p.layout.entities[s.key.entity].attributes;
  for (size_t i = 0; i < s.attributes.size(); ++i) {
    if (s.attributes[i].is_none()) continue;
    out.push_back(attributes[i].names.name + " = " + exact(s.attributes[i]));
  }
  for (const CaseInstance& instance : s.cases) {
    if (instance.closed) continue;
    const duban::Case& kind = plans_.find(instance.version)->cases[instance.index];
    std::string line = "case " + std::to_string(instance.number) + " " + kind.names.name + " v" +
                       std::to_string(instance.version) + " " + exact(instance.key) + " opened " +
                       at(instance.opened);
    std::vector<std::string> variables;
    for (size_t i = 0; i < instance.variables.size(); ++i) {
      if (!instance.variables[i].is_none())
        variables.push_back(" " + kind.variables[i].names.name + "=" +
                            exact(instance.variables[i]));
    }
    std::sort(variables.begin(), variables.end());
    for (const std::string& variable : variables) line += variable;
    out.push_back(line);
  }
  for (const duban::Task& task : s.tasks) {
    std::string line = task_words(task, [&](Instant instant) { return at(instant); });
    if (task.since) line += " since " + exact(*task.since);
    out.push_back(line);
  }
  for (const duban::WaitingNotice& notice : s.waiting) {
    const Plan& of = *plans_.find(notice.version);
    const duban::Action& action = of.actions[notice.action];
    out.push_back("waiting " + of.notices[action.notice].names.name + " to " +
                  notice.recipient.key + " until " + at(notice.release));
  }
  for (const duban::AwaitedReceipt& notice : s.awaited) {
    const Plan& of = *plans_.find(notice.version);
    out.push_back("awaiting " + of.notices[of.actions[notice.action].notice].names.name + " to " +
                  notice.recipient.key + " saying " + notice.text);
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::string> state_words(const Program& current, const Subject& s) {
  const auto at = [&](Instant instant) { return current.zone.to_iso8601(instant); };
  std::vector<std::string> out;
  for (const auto& [name, value] : s.attributes) {
    if (!value.is_none()) out.push_back(name + " = " + exact(current, value));
  }
  for (const Case& instance : s.cases) {
    if (instance.closed) continue;
    const Program& p = *instance.program;
    std::string line = "case " + std::to_string(instance.number) + " " +
                       p.cases[static_cast<size_t>(instance.kind)].names.name + " v" +
                       std::to_string(p.version) + " " + exact(p, instance.key) + " opened " +
                       at(instance.opened);
    for (const auto& [name, value] : instance.variables) {
      if (!value.is_none()) line += " " + name + "=" + exact(p, value);
    }
    out.push_back(line);
  }
  for (const Task& task : s.tasks) {
    std::string line = task_words(task, at);
    if (!task.since.is_none()) line += " since " + exact(current, task.since);
    out.push_back(line);
  }
  const auto name = [](const Notice& notice) {
    return notice.source.program->notice(notice.action->notice.text).names.name;
  };
  for (const Notice& notice : s.waiting)
    out.push_back("waiting " + name(notice) + " to " + notice.recipient.key + " until " +
                  at(notice.release));
  for (const Notice& notice : s.awaited)
    out.push_back("awaiting " + name(notice) + " to " + notice.recipient.key + " saying " +
                  notice.text);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace duban::reference
