#include "cli/junit.h"

#include "cli/timeline.h"

namespace duban::cli {
namespace {

// Escaped for attributes and text alike. XML 1.0 knows no other control characters than tab and
// line ends, and neither U+FFFE nor U+FFFF: they become U+FFFD.
std::string escaped(std::string_view text) {
  constexpr std::string_view kReplacement = "\xef\xbf\xbd";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t') {
      out += c;
    } else if (byte < 0x20) {
      out += kReplacement;
    } else if (text.substr(i, 2) == "\xef\xbf" && i + 2 < text.size() &&
               static_cast<unsigned char>(text[i + 2]) >= 0xbe) {
      out += kReplacement;
      i += 2;
    } else {
      out += c;
    }
  }
  return out;
}

// In an attribute a line end would be read as a blank.
std::string attribute(const char* name, const std::string& value) {
  std::string out = escaped(value);
  for (size_t at = 0; (at = out.find('\n', at)) != std::string::npos;) out.replace(at, 1, "&#10;");
  return std::string(" ") + name + "=\"" + out + "\"";
}

std::string seconds(double value) { return fmt::format("{:.3f}", value); }

struct Suite {
  std::string file;
  std::vector<const Tested*> tests;
  size_t failures = 0;
  double seconds = 0;
};

std::vector<Suite> suites_of(const std::vector<Tested>& results) {
  std::vector<Suite> out;
  for (const Tested& each : results) {
    if (out.empty() || out.back().file != each.result.file) {
      Suite& next = out.emplace_back();
      next.file = each.result.file;
    }
    out.back().tests.push_back(&each);
    out.back().failures += each.result.passed ? 0 : 1;
    out.back().seconds += each.seconds;
  }
  return out;
}

std::string counts(size_t tests, size_t failures, double time) {
  return attribute("tests", std::to_string(tests)) +
         attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
         attribute("skipped", "0") + attribute("time", seconds(time));
}

std::string failure_of(const Session& session, const ScenarioResult& result) {
  const ScenarioResult::Failure first =
      result.failures.empty() ? ScenarioResult::Failure{} : result.failures.front();
  const std::string message =
      first.place + ": " + one_line(session.pick(first.english, first.chinese));
  const std::string body = failure_text(session, result, Style(), "") + "\n" +
                           timeline_text(session, result, Style(), "", 0);
  return "      <failure type=\"expectation\"" + attribute("message", message) + ">" +
         escaped(body) + "</failure>\n";
}

}  // namespace

std::string to_junit(const Session& session, const std::vector<Tested>& results) {
  const std::vector<Suite> suites = suites_of(results);
  double time = 0;
  std::string body;
  for (const Suite& suite : suites) {
    time += suite.seconds;
    body += "  <testsuite" + attribute("name", suite.file) +
            counts(suite.tests.size(), suite.failures, suite.seconds) + ">\n";
    for (const Tested* test : suite.tests) {
      const ScenarioResult& result = test->result;
      body += "    <testcase" + attribute("classname", result.file) +
              attribute("name", result.name) + attribute("time", seconds(test->seconds));
      const size_t colon = result.place.rfind(':');
      if (colon != std::string::npos) {
        body += attribute("file", result.file) + attribute("line", result.place.substr(colon + 1));
      }
      body += result.passed ? "/>\n" : ">\n" + failure_of(session, result) + "    </testcase>\n";
    }
    body += "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites" + attribute("name", "duban") +
         counts(results.size(), failures_in(results), time) + ">\n" + body + "</testsuites>\n";
}

}  // namespace duban::cli
