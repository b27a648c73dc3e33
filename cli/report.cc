#include "cli/report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "cli/sarif.h"
#include "cli/table.h"

namespace duban::cli {
namespace {

const std::string& pick(const Session& session, const std::string& english,
                        const std::string& chinese) {
  return session.chinese() && !chinese.empty() ? chinese : english;
}

boost::json::object finding_json(const Session& session, const Diagnostic& diagnostic,
                                 const SourceSet& sources) {
  boost::json::object out;
  out["code"] = diagnostic.code;
  out["severity"] = diagnostic.severity == Severity::error ? "error" : "warning";
  if (diagnostic.span.file < sources.size()) {
    const Source& source = sources[diagnostic.span.file];
    const Source::Position begin = source.position(diagnostic.span.begin);
    const Source::Position end =
        source.position(std::max(diagnostic.span.begin, diagnostic.span.end));
    out["file"] = source.path();
    out["line"] = begin.line;
    out["column"] = begin.column;
    out["endLine"] = end.line;
    out["endColumn"] = end.column;  // of the first character after it
  }
  out["message"] = pick(session, diagnostic.english, diagnostic.chinese);
  out["hint"] = pick(session, diagnostic.english_hint, diagnostic.chinese_hint);
  return out;
}

std::string failure_text(const Session& session, const ScenarioResult& result) {
  std::string out;
  for (const ScenarioResult::Failure& failure : result.failures) {
    out += "      " + failure.place;
    if (!failure.line.empty()) out += ": " + failure.line;
    out += "\n        " + pick(session, failure.english, failure.chinese) + "\n";
  }
  if (result.timeline.empty()) return out;
  out += "      " + session.say("what happened:", "实际经过：") + "\n";
  size_t time_width = 0, text_width = 0;
  for (const ScenarioResult::Happening& happening : result.timeline) {
    time_width = std::max(time_width, display_width(happening.time));
    text_width = std::max(
        text_width, display_width(printable(pick(session, happening.english, happening.chinese))));
  }
  text_width = std::min<size_t>(text_width, 70);
  for (const ScenarioResult::Happening& happening : result.timeline) {
    const std::string text = printable(pick(session, happening.english, happening.chinese));
    const size_t used = display_width(text);
    out += "        " + happening.time +
           std::string(time_width - display_width(happening.time) + 2, ' ') + text;
    if (!happening.place.empty()) {
      out += std::string(used < text_width ? text_width - used : 0, ' ') + "  " + happening.place;
    }
    out += "\n";
  }
  return out;
}

}  // namespace

void add_findings(const Session& session, const Unit& unit, const Compilation& compilation,
                  Findings& findings) {
  const SourceSet sources = unit.show(compilation.sources);
  std::set<std::string> said;
  for (const boost::json::value& finding : findings.json) {
    said.insert(boost::json::serialize(finding));
  }
  for (const Diagnostic& diagnostic : compilation.diagnostics) {
    boost::json::object json = finding_json(session, diagnostic, sources);
    if (!said.insert(boost::json::serialize(json)).second) continue;
    (diagnostic.severity == Severity::error ? findings.errors : findings.warnings) += 1;
    std::string text = render(diagnostic, sources, session.language);
    while (text.ends_with('\n')) text.pop_back();
    findings.text += text + "\n\n";
    findings.json.emplace_back(std::move(json));
    findings.sarif.emplace_back(sarif_result(session, diagnostic, sources));
  }
}

std::string summary(const Session& session, const Findings& findings) {
  if (findings.errors + findings.warnings == 0) return session.say("no findings", "未发现问题");
  std::string out;
  if (findings.errors > 0) {
    out = session.chinese() ? fmt::format("{} 个错误", findings.errors)
                            : count_of(findings.errors, "error");
  }
  if (findings.warnings > 0) {
    if (!out.empty()) out += session.say(", ", "，");
    out += session.chinese() ? fmt::format("{} 个警告", findings.warnings)
                             : count_of(findings.warnings, "warning");
  }
  return out;
}

std::vector<ScenarioResult> run_all_scenarios(const Unit& unit,
                                              const std::vector<std::string>& paths) {
  std::vector<ScenarioResult> out;
  for (const std::string& path : paths) {
    if (!path.ends_with(".rules")) continue;
    for (ScenarioResult& result : run_scenarios(unit.input, path)) {
      result.file = unit.show(result.file);
      for (auto& failure : result.failures) failure.place = unit.show(failure.place);
      for (auto& happening : result.timeline) happening.place = unit.show(happening.place);
      out.push_back(std::move(result));
    }
  }
  return out;
}

size_t failures_in(const std::vector<ScenarioResult>& results) {
  return static_cast<size_t>(std::count_if(results.begin(), results.end(),
                                           [](const auto& result) { return !result.passed; }));
}

std::string to_text(const Session& session, const std::vector<ScenarioResult>& results,
                    bool only_failures) {
  std::string out, file;
  for (const ScenarioResult& result : results) {
    if (only_failures && result.passed) continue;
    if (result.file != file) {
      file = result.file;
      out += file + "\n";
    }
    out += (result.passed ? "  ✓ " : "  ✗ ") + result.name + "\n";
    if (!result.passed) out += failure_text(session, result);
  }
  return out;
}

boost::json::array to_json(const Session& session, const std::vector<ScenarioResult>& results) {
  boost::json::array out;
  for (const ScenarioResult& result : results) {
    boost::json::object object;
    object["file"] = result.file;
    object["name"] = result.name;
    object["passed"] = result.passed;
    boost::json::array failures;
    for (const ScenarioResult::Failure& failure : result.failures) {
      failures.push_back({{"place", failure.place},
                          {"line", failure.line},
                          {"message", pick(session, failure.english, failure.chinese)}});
    }
    object["failures"] = std::move(failures);
    boost::json::array timeline;
    for (const ScenarioResult::Happening& happening : result.timeline) {
      timeline.push_back({{"time", happening.time},
                          {"what", pick(session, happening.english, happening.chinese)},
                          {"place", happening.place}});
    }
    object["timeline"] = std::move(timeline);
    out.emplace_back(std::move(object));
  }
  return out;
}

std::string summary(const Session& session, const std::vector<ScenarioResult>& results) {
  const size_t failed = failures_in(results);
  if (results.empty()) return session.say("no scenarios", "没有场景");
  if (failed == 0) {
    return session.chinese() ? fmt::format("{} 个场景，全部通过", results.size())
                             : count_of(results.size(), "scenario") + ", all passed";
  }
  return session.chinese() ? fmt::format("{} 个场景，{} 个未通过", results.size(), failed)
                           : fmt::format("{}, {} failed", count_of(results.size(), "scenario"),
                                         with_separators(failed));
}

}  // namespace duban::cli
