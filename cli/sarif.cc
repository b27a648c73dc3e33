#include "cli/sarif.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "cli/reference.h"

namespace duban::cli {
namespace {

namespace json = boost::json;

// A path as a relative URI: bytes that a URI may not hold are percent-encoded.
std::string uri(const std::string& path) {
  static constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  std::string out;
  for (const char c : path) {
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

// In a message's text, `{0}` would be a placeholder of SARIF: braces are doubled.
std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '{' || c == '}') out += c;
  }
  return out;
}

std::string sentence(const std::string& message, const std::string& hint, bool chinese) {
  if (hint.empty()) return escaped(message);
  return escaped(message + (chinese ? "。提示：" : ". hint: ") + hint);
}

json::object message(std::string_view text) { return {{"text", text}}; }

// Lines and columns from 1; the end is the first character that is not part of it.
json::object region(const Source& source, const Span& span) {
  const Source::Position begin = source.position(span.begin);
  const Source::Position end = source.position(std::max(span.begin, span.end));
  return {{"startLine", begin.line},
          {"startColumn", begin.column},
          {"endLine", end.line},
          {"endColumn", end.column},
          {"snippet", message(to_utf8(source.line(begin.line)))}};
}

// A page of the reference, as tools show it.
json::object rule(const ReferencePage& page, bool chinese) {
  const PageParts parts = parts_of(page);
  const bool warning = page.code.starts_with('W');
  return {{"id", page.code},
          {"shortDescription", message(chinese ? parts.chinese_title : parts.english_title)},
          {"fullDescription", message(chinese ? parts.chinese : parts.english)},
          {"defaultConfiguration", {{"level", warning ? "warning" : "error"}}},
          {"properties", {{"english", parts.english_title}, {"chinese", parts.chinese_title}}}};
}

}  // namespace

json::object sarif_result(const Session& session, const Diagnostic& diagnostic,
                          const SourceSet& sources) {
  const bool chinese = session.chinese();
  json::object out{
      {"ruleId", diagnostic.code},
      {"level", diagnostic.severity == Severity::error ? "error" : "warning"},
      {"message", message(chinese ? sentence(diagnostic.chinese, diagnostic.chinese_hint, true)
                                  : sentence(diagnostic.english, diagnostic.english_hint, false))}};
  const std::vector<ReferencePage>& pages = reference_pages();
  const auto page = std::find_if(pages.begin(), pages.end(), [&](const ReferencePage& it) {
    return it.code == diagnostic.code;
  });
  if (page != pages.end()) out["ruleIndex"] = page - pages.begin();
  json::array locations;
  if (diagnostic.span.file < sources.size()) {
    const Source& source = sources[diagnostic.span.file];
    locations.push_back(json::object{{"physicalLocation",
                                      {{"artifactLocation", {{"uri", uri(source.path())}}},
                                       {"region", region(source, diagnostic.span)}}}});
  }
  out["locations"] = std::move(locations);
  out["properties"] = {{"english", diagnostic.english},
                       {"chinese", diagnostic.chinese},
                       {"englishHint", diagnostic.english_hint},
                       {"chineseHint", diagnostic.chinese_hint}};
  return out;
}

json::object sarif_log(const Session& session, json::array results) {
  json::array rules;
  for (const ReferencePage& page : reference_pages()) {
    rules.push_back(rule(page, session.chinese()));
  }
  const json::object driver{{"name", "duban"}, {"version", DUBAN_VERSION}, {"rules", rules}};
  json::object run{{"tool", {{"driver", driver}}},
                   {"language", session.chinese() ? "zh-CN" : "en-US"},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", std::move(results)}};
  return {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
          {"version", "2.1.0"},
          {"runs", json::array{std::move(run)}}};
}

}  // namespace duban::cli
