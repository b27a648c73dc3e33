#include "engine/scenario.h"

#include <algorithm>

#include "engine/describe.h"
#include "engine/literal.h"
#include "engine/scenario_world.h"

namespace duban {
namespace {

using syntax::ScenarioLine;
using Kind = ScenarioLine::Kind;

bool is_expectation(const ScenarioLine& line) { return line.kind >= Kind::expect_notice; }

// A dated line's instant. A bare date: a fact happens when its day starts.
std::optional<Instant> instant_of(const Plan& plan, const syntax::ExprPtr& at) {
  if (at == nullptr) return std::nullopt;
  if (const Date* date = at->value.get_if<Date>()) return plan.zone.at(*date, plan.day_starts_at);
  if (const Instant* local = at->value.get_if<Instant>()) return zoned(plan, *local);
  return std::nullopt;
}

// The end of what a dated expectation covers: a bare date, its whole day.
std::optional<Instant> end_of(const Plan& plan, const syntax::ExprPtr& at) {
  if (at == nullptr) return std::nullopt;
  if (const Date* date = at->value.get_if<Date>()) {
    return Instant{plan.zone.at(add_days(*date, 1), TimeOfDay{0}).ms - 1};
  }
  return instant_of(plan, at);
}

class Runner {
 public:
  Runner(const Compilation& compilation, const syntax::ScenarioDecl& scenario)
      : plan_(*compilation.plan),
        sources_(compilation.sources),
        scenario_(scenario),
        world_(compilation.plan) {}

  ScenarioResult run() {
    result_.name = scenario_.name.text;
    result_.span = scenario_.span;
    result_.file = sources_[scenario_.span.file].path();
    order_lines();
    for (const auto& [at, line] : facts_) act(at, *line);
    world_.advance(Wake{horizon_, false});
    if (result_.failures.empty()) {
      for (const ScenarioLine& line : scenario_.lines) {
        if (is_expectation(line)) expect(line);
        if (const auto at = instant_of(plan_, line.at)) last_dated_ = *at;
      }
    }
    for (const World::Happening& item : world_.happenings()) {
      result_.timeline.push_back(
          {plan_.zone.to_string(item.at), describe(plan_, item.record, false),
           describe(plan_, item.record, true), place_of(plan_, provenance_of(item.record).span)});
    }
    result_.passed = result_.failures.empty();
    return std::move(result_);
  }

 private:
  void fail(const ScenarioLine& line, std::string english, std::string chinese) {
    const Source& source = sources_[line.span.file];
    const auto position = source.position(line.span.begin);
    result_.failures.push_back({source.path() + ":" + std::to_string(position.line),
                                source.slice(line.span.begin, line.span.end), std::move(english),
                                std::move(chinese)});
  }

  void order_lines() {
    std::optional<Instant> start;
    for (const ScenarioLine& line : scenario_.lines) {
      if (is_expectation(line)) continue;
      const auto at = instant_of(plan_, line.at);
      if (at && (!start || *at < *start)) start = at;
    }
    const Instant begin = start.value_or(Instant{0});
    horizon_ = begin;
    for (const ScenarioLine& line : scenario_.lines) {
      if (line.kind == Kind::on_receipt) world_.receipts_by_hand(line.name.text);
      if (is_expectation(line)) {
        if (const auto end = end_of(plan_, line.at)) horizon_ = std::max(horizon_, *end);
        continue;
      }
      const Instant at = instant_of(plan_, line.at).value_or(begin);
      facts_.emplace_back(at, &line);
      horizon_ = std::max(horizon_, at);
    }
    std::stable_sort(facts_.begin(), facts_.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    world_.start(begin);
  }

  // Typed values of a line's `with`; false after a failure was noted.
  bool values(const ScenarioLine& line, const std::vector<Layout::Field>& fields,
              std::vector<std::pair<uint16_t, Value>>& out) {
    for (const syntax::Assignment& item : line.with) {
      const auto slot = find_field(fields, item.target.text);
      if (!slot) {
        fail(line, "there is no field `" + item.target.text + "` here",
             "此处没有字段“" + item.target.text + "”");
        return false;
      }
      if (item.value == nullptr) continue;
      auto value = literal_value(plan_, fields[*slot].type, *item.value);
      if (const auto* error = std::get_if<LiteralError>(&value)) {
        fail(line, "`" + item.target.text + "`: " + error->english,
             "“" + item.target.text + "”：" + error->chinese);
        return false;
      }
      out.emplace_back(*slot, std::get<Value>(std::move(value)));
    }
    return true;
  }

  void check(const ScenarioLine& line, const World::Outcome& outcome) {
    if (outcome) fail(line, outcome->english, outcome->chinese);
  }

  void act(Instant at, const ScenarioLine& line) {
    switch (line.kind) {
      case Kind::given:
        return given(at, line);
      case Kind::on_event:
        return on_event(at, line);
      case Kind::on_receipt: {
        const std::string* notice = find_notice(line);
        if (notice == nullptr) return;
        const bool delivered = line.receipt == syntax::Trigger::Receipt::delivered;
        return check(line,
                     world_.receipt(at, *notice, line.person ? line.person->text : "", delivered));
      }
      case Kind::on_task_done:
        return on_task_done(at, line);
      default:
        return;
    }
  }

  void given(Instant at, const ScenarioLine& line) {
    const auto entity = plan_.layout.find_entity(line.name.text);
    if (!entity)
      return fail(line, "unknown `" + line.name.text + "`", "未知的“" + line.name.text + "”");
    const Layout::Entity& type = plan_.layout.entities[*entity];
    std::vector<std::pair<uint16_t, Value>> attributes;
    if (!values(line, type.attributes, attributes)) return;
    if (!line.key) return fail(line, "its key is missing", "缺少编号");
    check(line, type.reference ? world_.put_reference(at, *entity, line.key->text, attributes)
                               : world_.put_subject(at, Key{*entity, line.key->text}, attributes));
  }

  void on_event(Instant at, const ScenarioLine& line) {
    const auto index = plan_.layout.find_event(line.name.text);
    if (!index) {
      return fail(line, "unknown event `" + line.name.text + "`",
                  "未知的事件“" + line.name.text + "”");
    }
    const Layout::Event& type = plan_.layout.events[*index];
    std::vector<std::pair<uint16_t, Value>> fields;
    if (!values(line, type.fields, fields)) return;
    auto event = std::make_shared<EventData>();
    event->event = *index;
    event->time = event->received = at;
    event->fields.resize(type.fields.size());
    event->given.resize(type.fields.size(), false);
    for (auto& [slot, value] : fields) {
      event->fields[slot] = std::move(value);
      event->given[slot] = true;
    }
    for (size_t i = 0; i < type.fields.size(); ++i) {
      if (!event->given[i] && !type.fields[i].type.optional) {
        return fail(line, "the event needs `" + type.fields[i].names.name + "`",
                    "事件缺少“" + type.fields[i].names.in(true) + "”");
      }
    }
    event->cause = DigestBuilder().add("scenario").add(int64_t{line.span.begin}).finish();
    const std::string key = line.person ? line.person->text : (line.key ? line.key->text : "");
    if (type.kind == Layout::Event::Kind::broadcast)
      return check(line, world_.broadcast(at, event));
    check(line, world_.event(at, key, event));
  }

  void on_task_done(Instant at, const ScenarioLine& line) {
    world_.advance(Wake{at, true});
    const World::OpenTask task = world_.find_open_task(line.title.text);
    if (task.task == nullptr) {
      return fail(line, "there is no open task with this title at that time",
                  "此时没有该标题的未办任务");
    }
    std::vector<std::pair<uint16_t, Value>> answers;
    static const std::vector<Layout::Field> kNothing;
    const auto& needs = task.task->spec != kNone ? plan_.tasks[task.task->spec].needs : kNothing;
    if (!values(line, needs, answers)) return;
    check(line, world_.answer(at, task, std::move(answers), line.person ? line.person->text : ""));
  }

  const std::string* find_notice(const ScenarioLine& line) {
    for (const Notice& notice : plan_.notices) {
      if (notice.names.matches(line.name.text)) return &notice.names.name;
    }
    fail(line, "unknown notice `" + line.name.text + "`", "未知的通知“" + line.name.text + "”");
    return nullptr;
  }

  // ---- expectations

  bool at_matches(const ScenarioLine& line, Instant at) const {
    if (line.at == nullptr) return true;
    if (line.at->value.get_if<Date>() != nullptr)
      return plan_.zone.date_of(at) == line.at->value.as<Date>();
    return instant_of(plan_, line.at) == at;
  }

  bool due_matches(const ScenarioLine& line, const std::optional<Deadline>& due) const {
    if (line.due == nullptr) return true;
    if (!due) return false;
    if (const Date* date = line.due->value.get_if<Date>()) {
      return plan_.zone.date_of(Instant{due->whole_day ? due->at.ms - 1 : due->at.ms}) == *date;
    }
    return !due->whole_day && instant_of(plan_, line.due) == due->at;
  }

  static bool person_matches(const std::optional<syntax::Text>& wanted,
                             const std::optional<Key>& key) {
    return !wanted || (key && key->key == wanted->text);
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

  bool outcome_matches(const ScenarioLine& line, const CaseRecord& record) const {
    if (line.outcome.empty()) return true;
    for (const Case& item : plan_.cases) {
      if (item.names.name != record.name) continue;
      for (const Names& names : item.outcomes) {
        if (names.name == record.outcome) return names.matches(line.outcome.text);
      }
    }
    return record.outcome == line.outcome.text;
  }

  bool fields_match(const ScenarioLine& line, const std::string& event,
                    const std::vector<std::pair<std::string, Value>>& fields) const {
    const auto index = plan_.layout.find_event(event);
    for (const syntax::Assignment& item : line.with) {
      if (!index || item.value == nullptr) return false;
      const auto& types = plan_.layout.events[*index].fields;
      const auto slot = find_field(types, item.target.text);
      if (!slot || *slot >= fields.size()) return false;
      const auto value = literal_value(plan_, types[*slot].type, *item.value);
      const Value* wanted = std::get_if<Value>(&value);
      if (wanted == nullptr || !(*wanted == fields[*slot].second)) return false;
    }
    return true;
  }

  // Of the kind the line speaks about (near), and also what it says (exact).
  struct Match {
    bool near = false;
    bool exact = false;
  };

  Match match(const ScenarioLine& line, const Record& record) const {
    if (const auto* notice = std::get_if<NoticeRecord>(&record)) {
      const auto status = line.kind == Kind::expect_blocked ? NoticeRecord::Status::blocked
                                                            : NoticeRecord::Status::queued;
      if (line.kind != Kind::expect_notice && line.kind != Kind::expect_blocked) return {};
      if (!is_name(notice->notice, line.name.text)) return {};
      return {true, notice->status == status &&
                        (line.channel.empty() || is_name(notice->channel, line.channel.text)) &&
                        person_matches(line.person, notice->recipient) &&
                        at_matches(line, notice->at) &&
                        notice->text.find(line.saying.text) != std::string::npos};
    }
    if (const auto* task = std::get_if<TaskRecord>(&record)) {
      using Change = TaskRecord::Change;
      if (task->title != line.title.text) return {};
      switch (line.kind) {
        case Kind::expect_task:
          return {true, task_matches(line, *task)};
        case Kind::expect_task_done:
          return {true, task->change == Change::done && at_matches(line, task->at)};
        case Kind::expect_escalation:
          return {true, task->change == Change::escalated &&
                            person_matches(line.person, task->person) &&
                            at_matches(line, task->at)};
        default:
          return {};
      }
    }
    if (const auto* item = std::get_if<CaseRecord>(&record)) {
      if (line.kind != Kind::expect_case || !is_name(item->name, line.name.text)) return {};
      const bool closed = item->change == CaseRecord::Change::closed;
      return {true, closed == line.closed && (!line.key || item->key == line.key->text) &&
                        (!line.closed || outcome_matches(line, *item)) &&
                        at_matches(line, item->at)};
    }
    if (const auto* outgoing = std::get_if<OutgoingRecord>(&record)) {
      if (line.kind != Kind::expect_event && line.kind != Kind::expect_blocked) return {};
      if (!is_name(outgoing->event, line.name.text)) return {};
      const auto status = line.kind == Kind::expect_blocked ? OutgoingRecord::Status::blocked
                                                            : OutgoingRecord::Status::queued;
      return {true, outgoing->status == status && person_matches(line.person, outgoing->subject) &&
                        at_matches(line, outgoing->at) &&
                        fields_match(line, outgoing->event, outgoing->fields)};
    }
    if (const auto* raised = std::get_if<RaisedRecord>(&record)) {
      if (line.kind != Kind::expect_event || !is_name(raised->event, line.name.text)) return {};
      return {true, person_matches(line.person, raised->subject) && at_matches(line, raised->at) &&
                        fields_match(line, raised->event, raised->fields)};
    }
    return {};
  }

  // `at` is when the task opened; `due` may have come with a later change of its deadline.
  bool task_matches(const ScenarioLine& line, const TaskRecord& task) const {
    using Change = TaskRecord::Change;
    if (task.change != Change::opened && task.change != Change::moved &&
        task.change != Change::resumed) {
      return false;
    }
    return person_matches(line.person, task.assignee) && at_matches(line, task.opened) &&
           due_matches(line, task.due);
  }

  static bool is_action(const Record& record) {
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

  void expect(const ScenarioLine& line) {
    std::string english, chinese;
    bool found = false;
    const auto note = [&](const World::Happening& item) {
      const std::string at = "\n    " + plan_.zone.to_string(item.at) + "  ";
      english += at + describe(plan_, item.record, false);
      chinese += at + describe(plan_, item.record, true);
    };
    if (line.kind == Kind::expect_nothing) {
      const auto end = end_of(plan_, line.at);
      for (const World::Happening& item : world_.happenings()) {
        if (item.at > last_dated_ && end && item.at <= *end && is_action(item.record)) note(item);
      }
      if (!english.empty())
        fail(line, "something did happen:" + english, "仍有动作发生：" + chinese);
      return;
    }
    for (const World::Happening& item : world_.happenings()) {
      const Match result = match(line, item.record);
      found = found || result.exact;
      if (line.negated ? result.exact : result.near) note(item);
    }
    if (found == !line.negated) return;
    if (line.negated) return fail(line, "it did happen:" + english, "却发生了：" + chinese);
    if (english.empty()) return fail(line, "nothing of the kind happened", "没有发生任何此类动作");
    fail(line, "it did not happen; what did:" + english, "未发生；实际发生的是：" + chinese);
  }

  const Plan& plan_;
  const SourceSet& sources_;
  const syntax::ScenarioDecl& scenario_;
  World world_;
  ScenarioResult result_;
  std::vector<std::pair<Instant, const ScenarioLine*>> facts_;
  Instant horizon_;
  Instant last_dated_{INT64_MIN};
};

}  // namespace

std::vector<ScenarioResult> run_scenarios(const CompileInput& input, const std::string& path) {
  std::vector<ScenarioResult> results;
  CompileInput own = closure(input, {path});
  own.parameters.clear();  // a scenario is an example of the text as it stands
  const Compilation compilation = compile(own);
  if (compilation.plan == nullptr) {
    ScenarioResult result;
    result.file = path;
    result.name = path;
    for (const Diagnostic& diagnostic : compilation.diagnostics) {
      if (diagnostic.severity != Severity::error) continue;
      const Source& source = compilation.sources[diagnostic.span.file];
      const auto position = source.position(diagnostic.span.begin);
      result.failures.push_back({source.path() + ":" + std::to_string(position.line),
                                 {},
                                 diagnostic.english,
                                 diagnostic.chinese});
    }
    results.push_back(std::move(result));
    return results;
  }
  for (const syntax::File& file : compilation.files) {
    if (compilation.sources[file.index].path() != path) continue;
    for (const syntax::ScenarioDecl& scenario : file.scenarios) {
      results.push_back(Runner(compilation, scenario).run());
    }
  }
  return results;
}

}  // namespace duban
