// The lines of a made scenario.
#include "engine/draft.h"
#include "engine/edit_text.h"
#include "engine/format.h"

namespace duban {
namespace {

std::string written(const Plan& plan, Instant at, bool chinese) {
  return format(plan, Type{TypeKind::datetime}, at, chinese);
}

// Reads, in either language, as the parts of a line that belong together.
class LineText {
 public:
  LineText(const Plan& plan, bool chinese, bool negated) : plan_(plan), chinese_(chinese) {
    out_ = chinese ? (negated ? "不应" : "应") : (negated ? "expect no" : "expect");
  }

  LineText& add(const std::string& english, const std::string& chinese) {
    const std::string& part = chinese_ ? chinese : english;
    if (!part.empty()) out_ += " " + part;
    return *this;
  }
  LineText& add(const std::string& part) { return add(part, part); }
  LineText& at(Instant at) {
    return add("at " + written(plan_, at, false), "于 " + written(plan_, at, true));
  }
  const std::string& take() const { return out_; }

 private:
  const Plan& plan_;
  bool chinese_;
  std::string out_;
};

template <typename T>
std::string name_in(const std::vector<T>& all, const std::string& canonical, bool chinese) {
  for (const T& each : all) {
    if (each.names.name == canonical) return each.names.in(chinese);
  }
  return canonical;
}

class Writer {
 public:
  Writer(const Plan& plan, bool chinese, bool negated)
      : plan_(plan), chinese_(chinese), negated_(negated), line_(plan, chinese, negated) {}

  std::optional<std::string> operator()(const NoticeRecord& notice) {
    const std::string name = name_in(plan_.notices, notice.notice, chinese_);
    if (notice.status == NoticeRecord::Status::blocked) return blocked(name, notice.at);
    if (notice.status != NoticeRecord::Status::queued) return std::nullopt;
    const std::string channel = name_in(plan_.channels, notice.channel, chinese_);
    const std::string who = quoted_text(notice.recipient.key, chinese_);
    line_.add(channel + " " + name + " to " + who, "向 " + who + " 发送 " + channel + " " + name);
    return line_.at(notice.at).take();
  }

  std::optional<std::string> operator()(const TaskRecord& task) {
    using Change = TaskRecord::Change;
    const std::string title = quoted_text(task.title, chinese_);
    switch (task.change) {
      case Change::opened:
      case Change::moved:
      case Change::resumed: {
        const std::string who = task.assignee ? quoted_text(task.assignee->key, chinese_) : "";
        line_.add("task " + title + (who.empty() ? "" : " for " + who),
                  "交办 " + (who.empty() ? "" : who + " ") + title);
        line_.at(task.opened);
        if (task.due && !negated_) {
          // A date says the whole day.
          const std::string due = format(plan_, *task.due, chinese_);
          line_.add("due " + due, "截止 " + due);
        }
        return line_.take();
      }
      case Change::done:
        line_.add("task " + title + " done", "交办 " + title + " 办毕");
        return line_.at(task.at).take();
      case Change::escalated: {
        if (!task.person) return std::nullopt;
        const std::string who = quoted_text(task.person->key, chinese_);
        line_.add("escalation of " + title + " to " + who, title + " 提级至 " + who);
        return line_.at(task.at).take();
      }
      default:
        return std::nullopt;
    }
  }

  std::optional<std::string> operator()(const CaseRecord& item) {
    const Case* found = nullptr;
    for (const Case& each : plan_.cases) {
      if (each.names.name == item.name) found = &each;
    }
    if (found == nullptr) return std::nullopt;
    const std::string key = item.key.empty() ? "" : " " + quoted_text(item.key, chinese_);
    const std::string name = found->names.in(chinese_) + key;
    line_.add("case " + name, "事项 " + name);
    if (item.change == CaseRecord::Change::opened) {
      return line_.add("opened", "启动").at(item.at).take();
    }
    std::string outcome = item.outcome;
    for (const Names& names : found->outcomes) {
      if (names.name == item.outcome) outcome = names.in(chinese_);
    }
    return line_.add("closed as " + outcome, "办结 结果 " + outcome).at(item.at).take();
  }

  std::optional<std::string> operator()(const OutgoingRecord& outgoing) {
    if (outgoing.status == OutgoingRecord::Status::blocked) {
      return blocked(name_in(plan_.layout.events, outgoing.event, chinese_), outgoing.at);
    }
    return raised(outgoing.event, outgoing.subject, outgoing.at);
  }
  std::optional<std::string> operator()(const RaisedRecord& record) {
    return raised(record.event, record.subject, record.at);
  }
  std::optional<std::string> operator()(const DuplicateRecord&) { return std::nullopt; }
  std::optional<std::string> operator()(const ConcernRecord&) { return std::nullopt; }

 private:
  std::optional<std::string> blocked(const std::string& name, Instant at) {
    return line_.add(name).add("blocked", "被禁止").at(at).take();
  }
  std::optional<std::string> raised(const std::string& event, const Key& subject, Instant at) {
    const std::string name = name_in(plan_.layout.events, event, chinese_);
    const std::string who = quoted_text(subject.key, chinese_);
    line_.add(name + " for " + who, "发起 " + name + " 对象 " + who);
    return line_.at(at).take();
  }

  const Plan& plan_;
  const bool chinese_, negated_;
  LineText line_;
};

// Something to answer with; a task asks for what it needs.
Value any_answer(const Plan& plan, const Type& type, Instant at) {
  switch (type.kind) {
    case TypeKind::yes_no:
      return true;
    case TypeKind::number:
    case TypeKind::money:
      return *Decimal::from_integer(1);
    case TypeKind::date:
      return plan.zone.date_of(at);
    case TypeKind::time:
      return plan.zone.time_of(at);
    case TypeKind::datetime:
      return at;
    case TypeKind::duration:
      return Duration{Duration::Kind::days, Duration::kDefaultCalendar, 1};
    case TypeKind::choice:
      return ChoiceValue{type.id, 0};
    default:
      return std::string("…");
  }
}

}  // namespace

std::optional<std::string> expectation_text(const Plan& plan, const Record& record, bool chinese,
                                            bool negated) {
  return std::visit(Writer(plan, chinese, negated), record);
}

std::string finishing_text(const Plan& plan, const TaskRecord& task, Instant at, bool chinese) {
  const std::string time = written(plan, at, chinese);
  const std::string title = quoted_text(task.title, chinese);
  std::string out = chinese ? "于 " + time + " 交办 " + title + " 办毕"
                            : "on " + time + " task " + title + " done";
  const TaskSpec* spec = nullptr;
  for (const TaskSpec& each : plan.tasks) {
    if (each.span.begin == task.from.span.begin && each.span.file == task.from.span.file)
      spec = &each;
  }
  bool first = true;
  for (size_t i = 0; spec != nullptr && i < spec->needs.size(); ++i) {
    const Layout::Field& need = spec->needs[i];
    if (need.type.optional) continue;
    const auto answer = literal_text(plan, need.type, any_answer(plan, need.type, at), chinese);
    if (!answer) continue;
    out += first ? (chinese ? "，内容 " : " with ") : (chinese ? "，" : ", ");
    out += need.names.in(chinese) + " = " + *answer;
    first = false;
  }
  return out;
}

}  // namespace duban
