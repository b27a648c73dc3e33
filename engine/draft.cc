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

}  // namespace

std::string Draft::text() const {
  std::string out = (chinese ? "场景 " : "scenario ") + quoted_text(name, chinese) + "\n";
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
    fact.text = (chinese ? "并用 " : "with ") + quoted_text(with.text, chinese);
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
    const std::string time = format(plan, Type{TypeKind::datetime}, at, chinese);
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
  const ScenarioResult result = run_scenario(file_, *scenarios_[draft],
                                             {.plan = plan,
                                              .observed = &out.observed,
                                              .explain = false,
                                              .until = until,
                                              .happened = &out.happened});
  out.passed = result.passed;
  for (const auto& each : result.expectations) out.met.push_back(each.met);
  return out;
}

}  // namespace duban
