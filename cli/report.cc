#include "cli/report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "cli/sarif.h"

namespace duban::cli {
namespace {

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
  out["message"] = session.pick(diagnostic.english, diagnostic.chinese);
  out["hint"] = session.pick(diagnostic.english_hint, diagnostic.chinese_hint);
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

}  // namespace duban::cli
