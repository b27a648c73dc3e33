#include "engine/scenario.h"

#include <algorithm>

#include "engine/literal.h"
#include "engine/scenario_judge.h"
#include "engine/scenario_world.h"

namespace duban {
namespace {

using syntax::ScenarioLine;
using Kind = ScenarioLine::Kind;

class Runner {
 public:
  Runner(const ScenarioFile& file, const syntax::ScenarioDecl& scenario,
         std::shared_ptr<const Plan> plan, const ScenarioOptions& options)
      : plan_(*plan),
        sources_(file.compilation.sources),
        scenario_(scenario),
        world_(std::move(plan), options.observed),
        explain_(options.explain),
        until_(options.until),
        happened_(options.happened) {
    world_.limit_steps(options.most_steps);
  }

  ScenarioResult run() {
    result_.name = scenario_.name.text;
    result_.span = scenario_.span;
    result_.file = sources_[scenario_.span.file].path();
    result_.place = line_place(sources_, scenario_.span);
    order_lines();
    for (const auto& [at, line] : facts_) {
      world_.advance(Wake{at, true});
      told_facts_.push_back({at, line, world_.happenings().size()});
      act(at, *line);
    }
    world_.advance(Wake{horizon_, false});
    if (world_.steps_left() == 0 && result_.failures.empty()) {
      fail(scenario_.span, "what is set off here does not come to an end",
           "此处引发的动作没有尽头");
    }
    if (happened_ != nullptr) {
      for (const World::Happening& item : world_.happenings())
        happened_->emplace_back(item.at, item.record);
    }
    ScenarioJudge judge(plan_, sources_, world_, result_);
    if (explain_) judge.tell(told_facts_);
    if (result_.failures.empty()) judge.judge(scenario_, horizon_, explain_);
    result_.passed = result_.failures.empty();
    return std::move(result_);
  }

 private:
  void fail(Span span, std::string english, std::string chinese) {
    result_.failures.push_back({line_place(sources_, span), line_text(sources_, span),
                                std::move(english), std::move(chinese)});
  }
  void fail(const ScenarioLine& line, std::string english, std::string chinese) {
    fail(line.span, std::move(english), std::move(chinese));
  }

  void order_lines() {
    std::optional<Instant> start;
    for (const ScenarioLine& line : scenario_.lines) {
      if (is_expectation(line)) continue;
      const auto at = instant_of(plan_, line.at);
      if (at && (!start || *at < *start)) start = at;
    }
    const Instant begin = start.value_or(Instant{0});
    horizon_ = std::max(begin, until_.value_or(begin));
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

  const Plan& plan_;
  const SourceSet& sources_;
  const syntax::ScenarioDecl& scenario_;
  World world_;
  ScenarioResult result_;
  std::vector<std::pair<Instant, const ScenarioLine*>> facts_;
  std::vector<ScenarioJudge::Fact> told_facts_;
  bool explain_;
  std::optional<Instant> until_;
  std::vector<std::pair<Instant, Record>>* happened_;
  Instant horizon_;
};

}  // namespace

std::vector<const syntax::ScenarioDecl*> ScenarioFile::scenarios() const {
  std::vector<const syntax::ScenarioDecl*> out;
  if (compilation.plan == nullptr) return out;
  for (const syntax::File& file : compilation.files) {
    if (compilation.sources[file.index].path() != path) continue;
    for (const syntax::ScenarioDecl& scenario : file.scenarios) out.push_back(&scenario);
  }
  return out;
}

ScenarioResult ScenarioFile::broken() const {
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
  return result;
}

ScenarioFile prepare_scenarios(const CompileInput& input, const std::string& path) {
  ScenarioFile file;
  file.path = path;
  file.input = closure(input, {path});
  file.input.parameters.clear();  // a scenario is an example of the text as it stands
  file.compilation = compile(file.input);
  return file;
}

ScenarioResult run_scenario(const ScenarioFile& file, const syntax::ScenarioDecl& scenario,
                            const ScenarioOptions& options) {
  return Runner(file, scenario, options.plan != nullptr ? options.plan : file.compilation.plan,
                options)
      .run();
}

std::vector<ScenarioResult> run_scenarios(const CompileInput& input, const std::string& path) {
  const ScenarioFile file = prepare_scenarios(input, path);
  if (file.compilation.plan == nullptr) return {file.broken()};
  std::vector<ScenarioResult> results;
  for (const syntax::ScenarioDecl* scenario : file.scenarios()) {
    Observations observed(*file.compilation.plan);
    results.push_back(run_scenario(file, *scenario, {.observed = &observed}));
  }
  return results;
}

}  // namespace duban
