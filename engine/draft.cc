#include "engine/draft.h"

#include <algorithm>

#include "engine/edit_text.h"
#include "engine/expectation.h"
#include "engine/format.h"

namespace duban {
namespace {

bool is_fact(const syntax::ScenarioLine& line) {
  return line.kind < syntax::ScenarioLine::Kind::expect_notice;
}

std::string quoted(const std::string& text, bool chinese) {
  return *literal_text(Plan{}, Type{TypeKind::text}, Value{text}, chinese);
}

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
  LineText& text(const std::string& text) { return add(quoted(text, chinese_)); }
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
    const std::string who = quoted(notice.recipient.key, chinese_);
    line_.add(channel + " " + name + " to " + who, "向 " + who + " 发送 " + channel + " " + name);
    return line_.at(notice.at).take();
  }

  std::optional<std::string> operator()(const TaskRecord& task) {
    using Change = TaskRecord::Change;
    const std::string title = quoted(task.title, chinese_);
    switch (task.change) {
      case Change::opened:
      case Change::moved: {
        const std::string who = task.assignee ? quoted(task.assignee->key, chinese_) : "";
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
        const std::string who = quoted(task.person->key, chinese_);
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
    const std::string key = item.key.empty() ? "" : " " + quoted(item.key, chinese_);
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
  std::optional<std::string> operator()(const ConcernRecord&) { return std::nullopt; }

 private:
  std::optional<std::string> blocked(const std::string& name, Instant at) {
    return line_.add(name).add("blocked", "被禁止").at(at).take();
  }
  std::optional<std::string> raised(const std::string& event, const Key& subject, Instant at) {
    const std::string name = name_in(plan_.layout.events, event, chinese_);
    const std::string who = quoted(subject.key, chinese_);
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

std::string Draft::text() const {
  std::string out = (chinese ? "场景 " : "scenario ") + quoted(name, chinese) + "\n";
  for (const std::string& line : lines) out += "  " + line + "\n";
  return out;
}

bool is_chinese(const ScenarioFile& file, const syntax::ScenarioDecl& scenario) {
  const Source& source = file.compilation.sources[scenario.span.file];
  return source.slice(scenario.span.begin, scenario.span.end).starts_with("场景");
}

std::vector<DraftFact> facts_of(const ScenarioFile& file, const syntax::ScenarioDecl& scenario) {
  const Source& source = file.compilation.sources[scenario.span.file];
  const Plan& plan = *file.compilation.plan;
  const bool chinese = is_chinese(file, scenario);
  std::vector<DraftFact> out;
  std::optional<Instant> begin;
  for (const syntax::ScenarioLine& line : scenario.lines) {
    const auto at = is_fact(line) ? instant_of(plan, line.at) : std::nullopt;
    if (at && (!begin || *at < *begin)) begin = at;
  }
  for (const syntax::Text& with : scenario.with_files) {
    DraftFact fact;
    fact.at = begin.value_or(Instant{});
    fact.text = (chinese ? "并用 " : "with ") + quoted(with.text, chinese);
    out.push_back(std::move(fact));
  }
  for (const syntax::ScenarioLine& line : scenario.lines) {
    if (!is_fact(line)) continue;
    DraftFact fact;
    fact.at = instant_of(plan, line.at).value_or(begin.value_or(Instant{}));
    fact.text = source.slice(line.span.begin, line.span.end);
    const auto add = [&](const syntax::Expr* expr, bool is_time) {
      if (expr == nullptr || expr->kind != syntax::ExprKind::literal) return;
      const Value& value = expr->value;
      if (value.get_if<Decimal>() == nullptr && value.get_if<Date>() == nullptr &&
          value.get_if<Instant>() == nullptr) {
        return;
      }
      const size_t at = source.slice(line.span.begin, expr->span.begin).size();
      const size_t size = source.slice(expr->span.begin, expr->span.end).size();
      fact.literals.push_back({at, at + size, value, is_time});
    };
    add(line.at.get(), true);
    for (const syntax::Assignment& item : line.with) add(item.value.get(), false);
    out.push_back(std::move(fact));
  }
  return out;
}

Instant end_of_scenario(const ScenarioFile& file, const syntax::ScenarioDecl& scenario) {
  Instant end;
  for (const syntax::ScenarioLine& line : scenario.lines) {
    if (const auto at = end_of(*file.compilation.plan, line.at)) end = std::max(end, *at);
  }
  return end;
}

std::optional<std::string> expectation_text(const Plan& plan, const Record& record, bool chinese,
                                            bool negated) {
  return std::visit(Writer(plan, chinese, negated), record);
}

std::string finishing_text(const Plan& plan, const TaskRecord& task, Instant at, bool chinese) {
  const std::string time = written(plan, at, chinese);
  const std::string title = quoted(task.title, chinese);
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

// ---------------------------------------------------------------- telling apart

namespace {

// What happened as an `expect` line.
struct Told {
  std::string line;
  std::string undated;  // the line without its time
  const Record* record = nullptr;
};

// In the order of time.
std::vector<Told> told(const Plan& plan, const DraftOutcome& outcome, bool chinese) {
  std::vector<Told> out;
  for (const auto& [at, record] : outcome.happened) {
    auto line = expectation_text(plan, record, chinese);
    if (!line) continue;
    Told each{*line, *line, &record};
    const std::string time = written(plan, at, chinese);
    const size_t found = each.undated.find(time);
    if (found != std::string::npos) each.undated.erase(found, time.size());
    out.push_back(std::move(each));
  }
  return out;
}

bool has(const std::vector<Told>& all, const Told& one, bool by_time) {
  return std::any_of(all.begin(), all.end(), [&](const Told& each) {
    return by_time ? each.line == one.line : each.undated == one.undated;
  });
}

}  // namespace

std::vector<std::string> telling_lines(const Plan& plan, const DraftOutcome& here,
                                       const DraftOutcome& there, bool chinese, bool by_time) {
  constexpr size_t kMostHappen = 3, kMostNot = 2;
  const auto mine = told(plan, here, chinese), theirs = told(plan, there, chinese);
  std::vector<std::string> out;
  for (const Told& each : mine) {
    if (out.size() < kMostHappen && !has(theirs, each, by_time)) out.push_back(each.line);
  }
  size_t absent = 0;
  for (const Told& each : theirs) {
    if (absent == kMostNot || has(mine, each, false)) continue;
    const auto negated = expectation_text(plan, *each.record, chinese, true);
    if (!negated || std::find(out.begin(), out.end(), *negated) != out.end()) continue;
    out.push_back(*negated);
    ++absent;
  }
  return out;
}

std::optional<Draft> telling_draft(const ScenarioFile& file, Draft here, Draft there,
                                   const std::vector<std::string>& expected,
                                   const std::shared_ptr<const Plan>& other_plan) {
  const size_t facts = here.lines.size();
  const auto with = [](Draft draft, const std::vector<std::string>& lines) {
    draft.lines.insert(draft.lines.end(), lines.begin(), lines.end());
    return draft;
  };
  const Draft whole = with(here, expected);
  const DraftFile first(file, {whole});
  if (first.size() == 0) return std::nullopt;
  // A line that does not hold as it is written (another happening meets it, say) is left out.
  const DraftOutcome outcome = first.run(0);
  if (outcome.met.size() != expected.size()) return std::nullopt;
  std::vector<std::string> kept;
  for (size_t i = 0; i < expected.size(); ++i) {
    if (outcome.met[i]) kept.push_back(expected[i]);
  }
  if (kept.empty()) return std::nullopt;
  here = with(std::move(here), kept);
  there = with(std::move(there), kept);
  const DraftFile both(file, {here, there});
  if (both.size() < 2 || here.lines.size() <= facts) return std::nullopt;
  if (other_plan != nullptr && other_plan->nodes.size() < both.plan().nodes.size()) {
    return std::nullopt;  // not a changed copy of the same plan
  }
  if (!both.run(0).passed || both.run(1, {}, other_plan).passed) return std::nullopt;
  return here;
}

// ---------------------------------------------------------------- running

DraftFile::DraftFile(const ScenarioFile& file, const std::vector<Draft>& drafts) {
  file_.path = file.path;
  file_.input = file.input;
  for (DeploymentFile& each : file_.input.files) {
    if (each.path != file.path) continue;
    if (!each.text.ends_with('\n')) each.text += '\n';
    for (const Draft& draft : drafts) each.text += draft.text();
  }
  file_.compilation = compile(file_.input);
  const auto all = file_.scenarios();
  if (all.size() < drafts.size()) return;
  scenarios_.assign(all.end() - static_cast<std::ptrdiff_t>(drafts.size()), all.end());
}

DraftOutcome DraftFile::run(size_t draft, std::optional<Instant> until,
                            std::shared_ptr<const Plan> plan) const {
  const Plan& used = plan != nullptr ? *plan : *file_.compilation.plan;
  DraftOutcome out{false, {}, Observations(used), {}};
  const ScenarioResult result = run_scenario(
      file_, *scenarios_[draft],
      {.plan = plan, .observed = &out.observed, .explain = false, .until = until,
       .happened = &out.happened});
  out.passed = result.passed;
  for (const auto& each : result.expectations) out.met.push_back(each.met);
  return out;
}

}  // namespace duban
