#include "engine/expectation.h"

#include <algorithm>
#include <cstdlib>

#include "engine/format.h"
#include "engine/literal.h"
#include "engine/spelling.h"

namespace duban {
namespace {

using syntax::ScenarioLine;
using Kind = ScenarioLine::Kind;
using Aspect = Difference::Aspect;

std::string in_quotes(const std::string& text, bool chinese) {
  return chinese ? "“" + text + "”" : "\"" + text + "\"";
}

// `1 day later`; nothing for a distance that has no short name.
std::string distance(int64_t ms, bool chinese) {
  if (ms == 0) return {};
  const bool later = ms > 0;
  const int64_t size = later ? ms : -ms;
  const bool days = size % kMsPerDay == 0;
  if (!days && size > kMsPerDay) return {};
  const Duration duration{days ? Duration::Kind::days : Duration::Kind::elapsed,
                          Duration::kDefaultCalendar, days ? size / kMsPerDay : size};
  const std::string words = to_string(duration, chinese);
  if (chinese) return "（" + std::string(later ? "晚 " : "早 ") + words + "）";
  return " (" + words + (later ? " later)" : " earlier)");
}

class Comparer {
 public:
  Comparer(const Plan& plan, const ScenarioLine& line) : plan_(plan), line_(line) {}

  std::optional<Closeness> compare(const NoticeRecord& notice);
  std::optional<Closeness> compare(const TaskRecord& task);
  std::optional<Closeness> compare(const CaseRecord& item);
  std::optional<Closeness> compare(const OutgoingRecord& outgoing);
  std::optional<Closeness> compare(const RaisedRecord& raised);
  // What no line speaks about.
  std::optional<Closeness> compare(const DuplicateRecord&) { return std::nullopt; }
  std::optional<Closeness> compare(const ConcernRecord&) { return std::nullopt; }

 private:
  void differ(Aspect aspect, std::string expected, std::string actual, std::string english,
              std::string chinese) {
    out_.differences.push_back(
        {aspect, std::move(expected), std::move(actual), std::move(english), std::move(chinese)});
  }
  void plain(Aspect aspect, const char* english, const char* chinese, const std::string& expected,
             const std::string& actual) {
    differ(aspect, expected, actual,
           std::string(english) + ": expected " + expected + ", was " + actual,
           std::string(chinese) + "：应为 " + expected + "，实为 " + actual);
  }
  void status(const std::string& english, const std::string& chinese) {
    differ(Aspect::status, {}, english, english, chinese);
  }

  void time(Instant at) {
    if (line_.at == nullptr) return;
    const std::optional<Instant> wanted = instant_of(plan_, line_.at);
    if (const Date* date = line_.at->value.get_if<Date>()) {
      if (plan_.zone.date_of(at) == *date) return;
      const int64_t days = int64_t{plan_.zone.date_of(at).days} - date->days;
      out_.away_ms = std::abs(days) * kMsPerDay;
      moment(Aspect::time, "at another time", "时间不同", to_string(*date),
             plan_.zone.to_string(at), days * kMsPerDay);
      return;
    }
    if (wanted == at) return;
    const int64_t away = at.ms - wanted->ms;
    out_.away_ms = std::abs(away);
    moment(Aspect::time, "at another time", "时间不同", plan_.zone.to_string(*wanted),
           plan_.zone.to_string(at), away);
  }

  void moment(Aspect aspect, const char* english, const char* chinese, const std::string& expected,
              const std::string& actual, int64_t away) {
    differ(
        aspect, expected, actual,
        std::string(english) + ": expected " + expected + ", was " + actual + distance(away, false),
        std::string(chinese) + "：应为 " + expected + "，实为 " + actual + distance(away, true));
  }

  void due(const std::optional<Deadline>& due) {
    if (line_.due == nullptr) return;
    const Date* date = line_.due->value.get_if<Date>();
    const std::optional<Instant> wanted = instant_of(plan_, line_.due);
    if (due && date != nullptr &&
        plan_.zone.date_of(Instant{due->whole_day ? due->at.ms - 1 : due->at.ms}) == *date) {
      return;
    }
    if (due && date == nullptr && !due->whole_day && wanted == due->at) return;
    const std::string expected = date != nullptr ? to_string(*date) : plan_.zone.to_string(*wanted);
    if (!due) {
      differ(Aspect::due, expected, {}, "it has no deadline: expected " + expected,
             "没有期限：应为 " + expected);
      return;
    }
    const std::string actual = format(plan_, *due, false);
    const int64_t end = due->whole_day ? due->at.ms - 1 : due->at.ms;
    const int64_t away =
        date != nullptr ? (int64_t{plan_.zone.date_of(Instant{end}).days} - date->days) * kMsPerDay
                        : due->at.ms - wanted->ms;
    moment(Aspect::due, "due at another time", "期限不同", expected, actual,
           date == nullptr && due->whole_day ? 0 : away);
  }

  void person(const std::optional<Key>& key, const char* english, const char* chinese) {
    if (!line_.person || (key && key->key == line_.person->text)) return;
    const bool nobody = !key || key->key.empty();
    const std::string& expected = line_.person->text;
    differ(
        Aspect::recipient, expected, nobody ? "" : key->key,
        std::string(english) + ": expected " + expected + ", was " + (nobody ? "nobody" : key->key),
        std::string(chinese) + "：应为 " + expected + "，实为 " + (nobody ? "（无）" : key->key));
  }

  bool is_name(const std::string& canonical, const std::string& said) const {
    if (canonical == said) return true;
    const auto in = [&](const auto& items) {
      return std::any_of(items.begin(), items.end(), [&](const auto& item) {
        return item.names.name == canonical && item.names.matches(said);
      });
    };
    return in(plan_.notices) || in(plan_.channels) || in(plan_.cases) || in(plan_.layout.events);
  }

  // False: a task of quite another title.
  bool title(const std::string& actual) {
    const std::string& expected = line_.title.text;
    if (actual == expected) return true;
    const std::u32string a = to_code_points(expected), b = to_code_points(actual);
    const size_t most = std::max(a.size(), b.size());
    if (most > kLongestTitle || edit_distance(a, b) * 3 > most) return false;
    differ(Aspect::title, expected, actual,
           "with another title: expected " + in_quotes(expected, false) + ", was " +
               in_quotes(actual, false),
           "标题不同：应为" + in_quotes(expected, true) + "，实为" + in_quotes(actual, true));
    return true;
  }

  void outcome(const CaseRecord& record);
  void fields(const std::string& event, const std::vector<std::pair<std::string, Value>>& fields);

  static constexpr size_t kLongestTitle = 300;  // comparing longer ones costs too much

  const Plan& plan_;
  const ScenarioLine& line_;
  Closeness out_;
};

std::optional<Closeness> Comparer::compare(const NoticeRecord& notice) {
  using Status = NoticeRecord::Status;
  if (line_.kind != Kind::expect_notice && line_.kind != Kind::expect_blocked) return std::nullopt;
  if (!is_name(notice.notice, line_.name.text)) return std::nullopt;
  // What was sent has its own record before its receipt's.
  if (notice.status == Status::delivered || notice.status == Status::failed) return std::nullopt;
  const bool wants_blocked = line_.kind == Kind::expect_blocked;
  if (wants_blocked != (notice.status == Status::blocked) ||
      (!wants_blocked && notice.status != Status::queued)) {
    const std::string until = notice.until ? plan_.zone.to_string(*notice.until) : std::string();
    const std::string english_note = notice.note.empty() ? "" : ": " + notice.note;
    const std::string chinese_note = notice.note.empty() ? "" : "：" + notice.note;
    switch (notice.status) {
      case Status::queued:
        status("it was sent, not blocked", "已发送，并未被禁止");
        break;
      case Status::waiting:
        status("it was held back until " + until, "暂缓至 " + until);
        break;
      case Status::missed:
        status("it was missed: its time was already past", "错过时机：其时间已过");
        break;
      case Status::withdrawn:
        status("it was withdrawn before it was sent" + english_note, "发送前已撤回" + chinese_note);
        break;
      case Status::dropped:
        status("it was dropped" + english_note, "未发送（超限或过期）" + chinese_note);
        break;
      case Status::undeliverable:
        status("it could not be delivered: there is no address", "无法送达：没有地址");
        break;
      default:
        status("it was blocked" + english_note, "被禁止" + chinese_note);
        break;
    }
  }
  if (!line_.channel.empty() && !is_name(notice.channel, line_.channel.text)) {
    plain(Aspect::channel, "by another channel", "渠道不同", line_.channel.text, notice.channel);
  }
  person(notice.recipient, "to somebody else", "收件人不同");
  time(notice.at);
  if (notice.text.find(line_.saying.text) == std::string::npos) {
    const std::string& wanted = line_.saying.text;
    differ(Aspect::text, wanted, notice.text,
           "with another text: it does not say " + in_quotes(wanted, false),
           "内容不同：不含" + in_quotes(wanted, true));
  }
  return std::move(out_);
}

std::optional<Closeness> Comparer::compare(const TaskRecord& task) {
  using Change = TaskRecord::Change;
  switch (line_.kind) {
    case Kind::expect_task:
      // `at` is when it opened; `due` may have come with a later change of its deadline.
      if (task.change != Change::opened && task.change != Change::moved &&
          task.change != Change::resumed) {
        return std::nullopt;
      }
      if (!title(task.title)) return std::nullopt;
      person(task.assignee, "for somebody else", "承办人不同");
      time(task.opened);
      due(task.due);
      return std::move(out_);
    case Kind::expect_task_done:
      if (!title(task.title)) return std::nullopt;
      if (task.change == Change::done) {
        time(task.at);
      } else if (task.change == Change::opened) {
        status("it was given but not finished", "已交办而未办毕");
      } else if (task.change == Change::cancelled) {
        status("it was cancelled", "已取消");
      } else if (task.change == Change::expired) {
        status("it expired", "已过期");
      } else {
        return std::nullopt;
      }
      return std::move(out_);
    case Kind::expect_escalation:
      if (!title(task.title)) return std::nullopt;
      if (task.change == Change::escalated) {
        person(task.person, "to somebody else", "提级对象不同");
        time(task.at);
      } else if (task.change == Change::opened) {
        status("it was not escalated", "未提级");
      } else {
        return std::nullopt;
      }
      return std::move(out_);
    default:
      return std::nullopt;
  }
}

std::optional<Closeness> Comparer::compare(const CaseRecord& item) {
  if (line_.kind != Kind::expect_case || !is_name(item.name, line_.name.text)) return std::nullopt;
  const bool closed = item.change == CaseRecord::Change::closed;
  if (closed != line_.closed) {
    status(closed ? "it was closed" : "it was opened and not closed",
           closed ? "已办结" : "已启动而未办结");
  }
  if (line_.key && item.key != line_.key->text) {
    plain(Aspect::key, "another case", "另一事项", line_.key->text, item.key);
  }
  if (line_.closed && closed) outcome(item);
  time(item.at);
  return std::move(out_);
}

void Comparer::outcome(const CaseRecord& record) {
  if (line_.outcome.empty()) return;
  for (const Case& item : plan_.cases) {
    if (item.names.name != record.name) continue;
    for (const Names& names : item.outcomes) {
      if (names.name != record.outcome) continue;
      if (names.matches(line_.outcome.text)) return;
      differ(Aspect::outcome, line_.outcome.text, names.name,
             "with another outcome: expected " + line_.outcome.text + ", was " + names.in(false),
             "结果不同：应为 " + line_.outcome.text + "，实为 " + names.in(true));
      return;
    }
  }
  if (record.outcome != line_.outcome.text) {
    plain(Aspect::outcome, "with another outcome", "结果不同", line_.outcome.text, record.outcome);
  }
}

void Comparer::fields(const std::string& event,
                      const std::vector<std::pair<std::string, Value>>& fields) {
  const auto index = plan_.layout.find_event(event);
  for (const syntax::Assignment& item : line_.with) {
    const std::string& said = item.target.text;
    const auto slot = index ? find_field(plan_.layout.events[*index].fields, said) : std::nullopt;
    if (!slot || *slot >= fields.size() || item.value == nullptr) {
      differ(Aspect::field, said, {}, "it has no field `" + said + "`", "没有字段“" + said + "”");
      continue;
    }
    const Layout::Field& field = plan_.layout.events[*index].fields[*slot];
    const auto value = literal_value(plan_, field.type, *item.value);
    const Value* wanted = std::get_if<Value>(&value);
    if (wanted != nullptr && *wanted == fields[*slot].second) continue;
    const auto text = [&](const Value* each, bool chinese) {
      if (each == nullptr) return std::string("?");
      if (field.is_private) return std::string("***");
      if (each->is_none()) return std::string(chinese ? "无" : "none");
      return format(plan_, field.type, *each, chinese);
    };
    const Value* actual = &fields[*slot].second;
    differ(
        Aspect::field, text(wanted, false), text(actual, false),
        "another `" + said + "`: expected " + text(wanted, false) + ", was " + text(actual, false),
        "“" + said + "”不同：应为 " + text(wanted, true) + "，实为 " + text(actual, true));
  }
}

std::optional<Closeness> Comparer::compare(const OutgoingRecord& outgoing) {
  if (line_.kind != Kind::expect_event && line_.kind != Kind::expect_blocked) return std::nullopt;
  if (!is_name(outgoing.event, line_.name.text)) return std::nullopt;
  const bool blocked = outgoing.status == OutgoingRecord::Status::blocked;
  if (blocked && line_.kind == Kind::expect_event) {
    status("it was blocked: " + outgoing.note, "被禁止：" + outgoing.note);
  } else if (!blocked && line_.kind == Kind::expect_blocked) {
    status("it was raised, not blocked", "已发起，并未被禁止");
  }
  person(outgoing.subject, "for another subject", "对象不同");
  time(outgoing.at);
  fields(outgoing.event, outgoing.fields);
  return std::move(out_);
}

std::optional<Closeness> Comparer::compare(const RaisedRecord& raised) {
  if (line_.kind != Kind::expect_event || !is_name(raised.event, line_.name.text))
    return std::nullopt;
  person(raised.subject, "for another subject", "对象不同");
  time(raised.at);
  fields(raised.event, raised.fields);
  return std::move(out_);
}

}  // namespace

std::string_view to_string(Difference::Aspect aspect) {
  static constexpr std::string_view kNames[] = {
      "time", "recipient", "channel", "text", "due", "outcome", "field", "key", "title", "status"};
  return kNames[static_cast<size_t>(aspect)];
}

int Closeness::weight() const {
  int sum = 0;
  for (const Difference& difference : differences) {
    switch (difference.aspect) {
      case Aspect::time:
      case Aspect::text:
      case Aspect::due:
      case Aspect::field:
        sum += 2;
        break;
      case Aspect::title:
        sum += 6;
        break;
      default:
        sum += 3;
        break;
    }
  }
  return sum;
}

bool nearer(const Closeness& a, const Closeness& b) {
  return a.weight() != b.weight() ? a.weight() < b.weight() : a.away_ms < b.away_ms;
}

std::optional<Instant> instant_of(const Plan& plan, const syntax::ExprPtr& at) {
  if (at == nullptr) return std::nullopt;
  if (const Date* date = at->value.get_if<Date>()) return plan.zone.at(*date, plan.day_starts_at);
  if (const Instant* local = at->value.get_if<Instant>()) return zoned(plan, *local);
  return std::nullopt;
}

std::optional<Instant> end_of(const Plan& plan, const syntax::ExprPtr& at) {
  if (at == nullptr) return std::nullopt;
  if (const Date* date = at->value.get_if<Date>()) {
    return Instant{plan.zone.at(add_days(*date, 1), TimeOfDay{0}).ms - 1};
  }
  return instant_of(plan, at);
}

std::optional<Closeness> compare(const Plan& plan, const ScenarioLine& line, const Record& record) {
  return std::visit([&](const auto& each) { return Comparer(plan, line).compare(each); }, record);
}

bool is_action(const Record& record) {
  if (const auto* notice = std::get_if<NoticeRecord>(&record)) {
    return notice->status == NoticeRecord::Status::queued;
  }
  if (const auto* task = std::get_if<TaskRecord>(&record)) {
    return task->change == TaskRecord::Change::opened ||
           task->change == TaskRecord::Change::escalated;
  }
  if (const auto* outgoing = std::get_if<OutgoingRecord>(&record)) {
    return outgoing->status == OutgoingRecord::Status::queued;
  }
  return false;
}

}  // namespace duban
