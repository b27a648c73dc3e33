#include "engine/boundary.h"

#include <algorithm>
#include <memory>

#include "engine/boundary_search.h"
#include "engine/describe.h"
#include "engine/plan_walk.h"

namespace duban {
namespace boundaries {

bool Scope::looks_at(Span span) const {
  return span.end > span.begin && std::find(files.begin(), files.end(), span.file) != files.end();
}

Boundary& Scope::at(Found& found, Span span, Boundary::Kind kind, bool upper,
                    std::string text) const {
  Boundary& out = found[{plan().sources[span.file].path(), span.begin, span.end, kind, upper}];
  if (!out.points.empty()) return out;
  out.kind = kind;
  out.place = place_of(plan(), span);
  out.text = std::move(text);
  return out;
}

std::vector<std::string> texts_of(const std::vector<DraftFact>& facts) {
  std::vector<std::string> out;
  for (const DraftFact& fact : facts) out.push_back(fact.text);
  return out;
}

// ---------------------------------------------------------------- durations

namespace {

// Runs a scenario's facts on the policies as they are and as they are changed; what differs tells
// the two durations apart.
std::optional<Draft> duration_draft(const Scope& scope, const ScenarioRun& run,
                                    const Mutant& mutant, const std::string& name) {
  constexpr int64_t kBeyondMs = 400 * kMsPerDay;  // what a longer duration may add
  const ScenarioFile& file = scope.tested.file;
  Draft facts;
  facts.name = name;
  facts.chinese = is_chinese(file, *run.scenario);
  facts.lines = texts_of(facts_of(file, *run.scenario));
  const DraftFile drafts(file, {facts});
  if (drafts.size() == 0) return std::nullopt;
  const auto changed = std::make_shared<Plan>(drafts.plan());
  if (changed->nodes.size() != scope.plan().nodes.size()) return std::nullopt;
  mutant.apply(*changed);
  const Instant until{end_of_scenario(file, *run.scenario).ms + kBeyondMs};
  const std::vector<std::string> lines = telling_lines(
      drafts.plan(), drafts.run(0, until), drafts.run(0, until, changed), facts.chinese, true);
  if (lines.empty()) return std::nullopt;
  return telling_draft(file, facts, facts, lines, changed);
}

}  // namespace

void find_durations(const Scope& scope, Found& found) {
  using Point = Boundary::Point;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Mutant>> by_span;
  for (Mutant& mutant : mutants_of(scope.plan(), scope.files, scope.seen)) {
    if (mutant.kind != Mutant::Kind::duration) continue;
    by_span[{mutant.span.file, mutant.span.begin}].push_back(std::move(mutant));
  }
  for (const auto& [where, mutants] : by_span) {
    const Mutant& first = mutants.front();
    Boundary& boundary =
        scope.at(found, first.span, Boundary::Kind::duration, false, first.original);
    if (boundary.points.empty()) {
      boundary.points.push_back({Point::Where::at, first.original, first.original});
      for (const Mutant& mutant : mutants) {
        const auto side = mutant.direction < 0 ? Point::Where::below : Point::Where::above;
        boundary.points.push_back({side, mutant.changed, mutant.changed, false, true});
      }
      std::sort(boundary.points.begin(), boundary.points.end(),
                [](const Point& a, const Point& b) { return a.where < b.where; });
    }
    const bool suggests = scope.suggestions && boundary.suggestions.empty();
    for (const Mutant& mutant : mutants) {
      bool reached = false;
      const bool caught = is_caught(scope.tested, mutant, &reached);
      boundary.reached = boundary.reached || reached;
      for (Point& point : boundary.points) {
        if (point.where == Point::Where::at) point.exercised = boundary.reached;
        if (point.english == mutant.changed) point.exercised = point.exercised || caught;
      }
      if (!suggests || caught || !reached) continue;
      for (const ScenarioRun& run : scope.tested.runs) {
        if (!run.passed || !mutant.reached(run.observed)) continue;
        const bool chinese = is_chinese(scope.tested.file, *run.scenario);
        const auto draft = duration_draft(scope, run, mutant,
                                          chinese ? first.original + "，而不是 " + mutant.changed
                                                  : first.original + ", not " + mutant.changed);
        if (!draft) continue;
        boundary.suggestions.push_back({scope.tested.file.path, draft->text()});
        break;
      }
    }
  }
}

// ---------------------------------------------------------------- deadlines

namespace {

// A task as it was made in some scenario.
struct Given {
  const ScenarioRun* run = nullptr;
  TaskRecord task;
};

// By task of the plan; the first of each scenario.
std::vector<std::vector<Given>> tasks_given(const Scope& scope) {
  const Plan& plan = scope.plan();
  std::vector<std::vector<Given>> out(plan.tasks.size());
  for (const ScenarioRun& run : scope.tested.runs) {
    if (!run.passed) continue;
    std::vector<std::pair<Instant, Record>> happened;
    run_scenario(scope.tested.file, *run.scenario, {.explain = false, .happened = &happened});
    for (const auto& [at, record] : happened) {
      const auto* task = std::get_if<TaskRecord>(&record);
      if (task == nullptr || task->change != TaskRecord::Change::opened || !task->due) continue;
      for (size_t i = 0; i < plan.tasks.size(); ++i) {
        const Span span = plan.tasks[i].span;
        if (span.file != task->from.span.file || span.begin != task->from.span.begin) continue;
        if (out[i].empty() || out[i].back().run != &run) out[i].push_back({&run, *task});
      }
    }
  }
  return out;
}

bool late_clause_ran(const Scope& scope, Index task) {
  const TaskSpec& spec = scope.plan().tasks[task];
  for (size_t j = 0; j < spec.clauses.size(); ++j) {
    if (spec.clauses[j].kind == syntax::TaskClause::Kind::when_late && scope.seen.clauses[task][j])
      return true;
  }
  return false;
}

// The facts up to the task, then the task finished at `at`.
Draft finished_at(const Scope& scope, const Given& given, Instant at, std::string name) {
  const ScenarioFile& file = scope.tested.file;
  Draft out;
  out.name = std::move(name);
  out.chinese = is_chinese(file, *given.run->scenario);
  for (const DraftFact& fact : facts_of(file, *given.run->scenario)) {
    if (fact.at <= given.task.opened) out.lines.push_back(fact.text);
  }
  out.lines.push_back(finishing_text(scope.plan(), given.task, at, out.chinese));
  return out;
}

std::string done_text(const Plan& plan, TaskRecord task, Instant at, bool chinese) {
  task.change = TaskRecord::Change::done;
  task.at = at;
  return expectation_text(plan, task, chinese).value_or(std::string());
}

// False: in this scenario nothing shows whether the task was in time.
bool suggest_deadline(const Scope& scope, const Given& given, Boundary& boundary) {
  const ScenarioFile& file = scope.tested.file;
  const Deadline due = *given.task.due;
  const Instant last{due.whole_day ? due.at.ms - 1000 : due.at.ms};
  const Instant late{last.ms + 1000};
  const bool chinese = is_chinese(file, *given.run->scenario);
  const std::string& title = given.task.title;
  const Draft in_time = finished_at(
      scope, given, last, title + (chinese ? "：最后时刻办毕" : ": done at the last moment"));
  const Draft too_late = finished_at(
      scope, given, late, title + (chinese ? "：晚一秒办毕" : ": done a second too late"));
  const DraftFile drafts(file, {in_time, too_late});
  if (drafts.size() < 2) return false;
  const DraftOutcome a = drafts.run(0, late), b = drafts.run(1, late);
  if (!a.passed || !b.passed) return false;
  for (const Boundary::Point& point : boundary.points) {
    if (!point.needed || point.exercised) continue;
    const bool is_late =
        point.where == (due.whole_day ? Boundary::Point::Where::at : Boundary::Point::Where::above);
    auto lines = telling_lines(drafts.plan(), is_late ? b : a, is_late ? a : b, chinese, false);
    if (lines.empty()) return false;
    lines.insert(lines.begin(),
                 done_text(scope.plan(), given.task, is_late ? late : last, chinese));
    const auto draft =
        telling_draft(file, is_late ? too_late : in_time, is_late ? in_time : too_late, lines);
    if (!draft) return false;
    boundary.suggestions.push_back({file.path, draft->text()});
  }
  return true;
}

}  // namespace

void find_deadlines(const Scope& scope, Found& found) {
  using Point = Boundary::Point;
  const Plan& plan = scope.plan();
  std::vector<std::vector<Given>> given;
  for (Index i = 0; i < plan.tasks.size(); ++i) {
    const TaskSpec& spec = plan.tasks[i];
    const bool matters =
        std::any_of(spec.clauses.begin(), spec.clauses.end(), [](const TaskClause& clause) {
          return clause.kind == syntax::TaskClause::Kind::when_late;
        });
    if (!matters || !scope.looks_at(spec.span)) continue;
    if (given.empty()) given = tasks_given(scope);
    Boundary& boundary =
        scope.at(found, spec.span, Boundary::Kind::deadline, false, text_of(plan, spec.span));
    const bool whole_day = !given[i].empty() && given[i].front().task.due->whole_day;
    if (boundary.points.empty()) {
      boundary.points = {
          {Point::Where::below, "a second before it is due", "截止前一秒", false, whole_day},
          {Point::Where::at, "when it is due", "截止之时", false, true},
          {Point::Where::above, "a second after it is due", "截止后一秒", false, !whole_day}};
    }
    boundary.reached = boundary.reached || !given[i].empty();
    const bool late = late_clause_ran(scope, i);
    const auto finishes = scope.seen.finishes.find(i);
    for (Point& point : boundary.points) {
      const int64_t wanted = (static_cast<int64_t>(point.where) - 1) * 1000;
      const bool finished =
          finishes != scope.seen.finishes.end() && finishes->second.contains(wanted);
      // A task that is still open at its end shows the late side as well.
      const bool is_late_side = point.where == (whole_day ? Point::Where::at : Point::Where::above);
      point.exercised = point.exercised || finished || (is_late_side && late);
    }
    if (!scope.suggestions || !boundary.suggestions.empty() || boundary.pinned()) continue;
    for (const Given& each : given[i]) {
      if (suggest_deadline(scope, each, boundary)) break;
    }
  }
}

}  // namespace boundaries

bool Boundary::pinned() const {
  return std::all_of(points.begin(), points.end(),
                     [](const Point& point) { return point.exercised || !point.needed; });
}

std::vector<Boundary> find_boundaries(const std::vector<TestedFile>& tested,
                                      const std::vector<std::string>& paths,
                                      const BoundaryOptions& options) {
  boundaries::Found found;
  for (const TestedFile& each : tested) {
    if (each.file.compilation.plan == nullptr) continue;
    const Plan& plan = *each.file.compilation.plan;
    const std::vector<uint16_t> files = sources_of(plan, paths);
    Observations seen(plan);
    for (const ScenarioRun& run : each.runs) {
      if (run.passed) seen.merge(run.observed);
    }
    const boundaries::Scope scope{each, files, seen, options.suggestions};
    boundaries::find_comparisons(scope, found);
    boundaries::find_durations(scope, found);
    boundaries::find_deadlines(scope, found);
  }
  std::vector<Boundary> out;
  for (auto& [place, boundary] : found) {
    if (boundary.pinned()) boundary.suggestions.clear();
    out.push_back(std::move(boundary));
  }
  return out;
}

}  // namespace duban
