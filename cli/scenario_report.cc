#include "cli/scenario_report.h"

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>

#include "cli/table.h"
#include "cli/timeline.h"

namespace duban::cli {
namespace {

constexpr size_t kNameWidthMost = 72;  // names are aligned up to here

std::string milliseconds(const Session& session, double seconds) {
  const int digits = seconds < 0.01 ? 1 : 0;
  return session.say("{:.{}f} ms", "{:.{}f} 毫秒", seconds * 1000, digits);
}

// Below a text that has line ends of its own, every line stands under the first.
std::string indented(const std::string& text, const std::string& indent) {
  std::string out = indent;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += indent;
  }
  return out + "\n";
}

boost::json::array failures_json(const Session& session, const ScenarioResult& result) {
  boost::json::array out;
  for (const ScenarioResult::Failure& failure : result.failures) {
    out.push_back({{"place", failure.place},
                   {"line", failure.line},
                   {"message", session.pick(failure.english, failure.chinese)}});
  }
  return out;
}

boost::json::array timeline_json(const Session& session, const ScenarioResult& result) {
  static constexpr const char* kKinds[] = {"fact", "effect", "timer"};
  boost::json::array out;
  for (const ScenarioResult::Happening& happening : result.timeline) {
    out.push_back({{"time", happening.time},
                   {"kind", kKinds[static_cast<size_t>(happening.kind)]},
                   {"what", session.pick(happening.english, happening.chinese)},
                   {"place", happening.place}});
  }
  return out;
}

boost::json::array expectations_json(const Session& session, const ScenarioResult& result) {
  boost::json::array out;
  for (const ScenarioResult::Expectation& each : result.expectations) {
    boost::json::object object;
    object["place"] = each.place;
    object["line"] = each.line;
    object["time"] = each.time;
    object["met"] = each.met;
    object["timeline"] = boost::json::array(each.happenings.begin(), each.happenings.end());
    boost::json::array differences;
    for (const Difference& difference : each.differences) {
      differences.push_back({{"aspect", to_string(difference.aspect)},
                             {"expected", difference.expected},
                             {"actual", difference.actual},
                             {"message", session.pick(difference.english, difference.chinese)}});
    }
    object["differences"] = std::move(differences);
    out.emplace_back(std::move(object));
  }
  return out;
}

}  // namespace

void show_places(const Unit& unit, ScenarioResult& result) {
  if (result.name == result.file) result.name = unit.show(result.name);  // it did not compile
  result.file = unit.show(result.file);
  result.place = unit.show(result.place);
  for (auto& failure : result.failures) failure.place = unit.show(failure.place);
  for (auto& happening : result.timeline) happening.place = unit.show(happening.place);
  for (auto& expectation : result.expectations) expectation.place = unit.show(expectation.place);
}

std::vector<Tested> run_all_scenarios(const Unit& unit, const std::vector<std::string>& paths) {
  std::vector<Tested> out;
  for (const std::string& path : paths) {
    if (!path.ends_with(".rules")) continue;
    for (ScenarioResult& result : run_scenarios(unit.input, path)) {
      show_places(unit, result);
      out.push_back({std::move(result), 0});
    }
  }
  return out;
}

size_t failures_in(const std::vector<Tested>& results) {
  return static_cast<size_t>(std::count_if(results.begin(), results.end(),
                                           [](const auto& each) { return !each.result.passed; }));
}

std::string failure_text(const Session& session, const ScenarioResult& result, const Style& style,
                         const std::string& indent) {
  std::string out;
  for (const ScenarioResult::Failure& failure : result.failures) {
    out += indent + style.strong(failure.place);
    if (!failure.line.empty()) out += ": " + one_line(failure.line);
    out += "\n" + indented(session.pick(failure.english, failure.chinese), indent + "  ");
  }
  return out;
}

std::string to_text(const Session& session, const std::vector<Tested>& results,
                    const ReportStyle& style) {
  const Style& colours = style.colours;
  size_t name_width = 0;
  for (const Tested& each : results) {
    name_width = std::max(name_width, std::min(display_width(each.result.name), kNameWidthMost));
  }
  std::string out, file;
  for (const Tested& each : results) {
    const ScenarioResult& result = each.result;
    if (style.only_failures && result.passed) continue;
    if (result.file != file) {
      file = result.file;
      out += colours.strong(file) + "\n";
    }
    out += result.passed ? colours.good("  ✓ ") : colours.bad("  ✗ ");
    out += result.name;
    if (style.times) {
      const size_t used = display_width(result.name);
      out += std::string(used < name_width ? name_width - used : 0, ' ');
      const std::string time = milliseconds(session, each.seconds);
      out += colours.faint(fmt::format("  {:>8}", time));
    }
    out += "\n";
    if (result.passed) continue;
    out += failure_text(session, result, colours, "      ");
    out += timeline_text(session, result, colours, "      ", style.width);
  }
  return out;
}

boost::json::array to_json(const Session& session, const std::vector<Tested>& results) {
  boost::json::array out;
  for (const Tested& each : results) {
    const ScenarioResult& result = each.result;
    boost::json::object object;
    object["file"] = result.file;
    object["name"] = result.name;
    object["place"] = result.place;
    object["passed"] = result.passed;
    object["seconds"] = each.seconds;
    object["failures"] = failures_json(session, result);
    object["timeline"] = timeline_json(session, result);
    object["expectations"] = expectations_json(session, result);
    out.emplace_back(std::move(object));
  }
  return out;
}

std::string summary(const Session& session, const std::vector<Tested>& results) {
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
