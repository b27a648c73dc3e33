#include "cli/boundary_report.h"

#include <algorithm>
#include <boost/json.hpp>

#include "cli/table.h"

namespace duban::cli {
namespace {

using Point = Boundary::Point;

constexpr size_t kTextWidth = 100;

size_t pinned_in(const Bounded& bounded) {
  return static_cast<size_t>(std::count_if(bounded.boundaries.begin(), bounded.boundaries.end(),
                                           [](const Boundary& b) { return b.pinned(); }));
}

// `below 4,999.99`; for a threshold that depends on the subject just `below`.
std::string point_name(const Session& session, const Boundary& boundary, const Point& point) {
  static constexpr const char* kEnglish[] = {"below", "at", "above"};
  static constexpr const char* kChinese[] = {"低于", "等于", "高于"};
  const auto where = static_cast<size_t>(point.where);
  const std::string& value = session.pick(point.english, point.chinese);
  if (boundary.kind == Boundary::Kind::deadline) return value;
  if (boundary.kind == Boundary::Kind::duration) {
    static constexpr const char* kShorter[] = {"shorter", "as it is", "longer"};
    static constexpr const char* kShorterChinese[] = {"更短", "现值", "更长"};
    return std::string(session.chinese() ? kShorterChinese[where] : kShorter[where]) +
           session.say(": ", "：") + value;
  }
  const std::string name = session.chinese() ? kChinese[where] : kEnglish[where];
  if (!value.empty()) return name + " " + value;
  return session.chinese() ? name + "界限" : name + " the threshold";
}

std::string points_text(const Session& session, const Boundary& boundary, const Style& style) {
  std::string out;
  for (const Point& point : boundary.points) {
    if (!out.empty()) out += "   ";
    const std::string name = point_name(session, boundary, point);
    if (point.exercised) {
      out += style.good("✓") + " " + name;
    } else {
      out += (point.needed ? style.bad("✗") : "·") + std::string(" ") +
             (point.needed ? style.strong(name) : name);
    }
  }
  return out;
}

// What to do about it.
std::string advice(const Session& session, const Boundary& boundary) {
  if (!boundary.reached) return session.say("no scenario comes here", "没有场景涉及");
  std::string values;
  for (const Point& point : boundary.points) {
    if (!point.needed || point.exercised) continue;
    values +=
        (values.empty() ? "" : session.say(", ", "、")) + point_name(session, boundary, point);
  }
  switch (boundary.kind) {
    case Boundary::Kind::comparison:
      return session.say("no scenario is {}", "缺少场景：{}", values);
    case Boundary::Kind::duration:
      return session.say("no scenario would notice another duration ({})",
                         "若时长改变（{}），没有场景察觉", values);
    case Boundary::Kind::deadline:
      return session.say("no scenario finishes the task {}", "没有场景恰在此时办毕任务（{}）",
                         values);
  }
  return {};
}

}  // namespace

void Bounded::add(const Unit& unit, std::vector<Boundary> found) {
  for (Boundary& boundary : found) {
    boundary.place = unit.show(boundary.place);
    for (auto& suggestion : boundary.suggestions) suggestion.path = unit.show(suggestion.path);
    const auto same =
        std::find_if(boundaries.begin(), boundaries.end(), [&](const Boundary& other) {
          return other.place == boundary.place && other.kind == boundary.kind &&
                 other.text == boundary.text && other.points.size() == boundary.points.size();
        });
    if (same == boundaries.end()) {
      boundaries.push_back(std::move(boundary));
      continue;
    }
    same->reached = same->reached || boundary.reached;
    for (size_t i = 0; i < same->points.size(); ++i) {
      same->points[i].exercised = same->points[i].exercised || boundary.points[i].exercised;
    }
    if (same->pinned()) same->suggestions.clear();
  }
}

std::string summary(const Session& session, const Bounded& bounded) {
  const size_t all = bounded.boundaries.size();
  return session.say("{} of {} thresholds, durations and deadlines are pinned down by scenarios",
                     "{1} 处界限、时长与期限中，场景已验证 {0} 处", pinned_in(bounded), all);
}

std::string to_text(const Session& session, const Bounded& bounded, const Style& style) {
  std::string out;
  std::string scenarios;
  for (const Boundary& boundary : bounded.boundaries) {
    if (boundary.pinned()) continue;
    out += "  " + boundary.place + "  " +
           style.strong(shorten(printable(boundary.text), kTextWidth)) + "\n      " +
           points_text(session, boundary, style) + "\n      " + advice(session, boundary) + "\n";
    for (const Boundary::Suggestion& suggestion : boundary.suggestions) {
      scenarios += "\n" +
                   style.faint(session.say("-- for {}, line {}", "—— 可加入 {}，针对第 {} 行",
                                           suggestion.path,
                                           boundary.place.substr(boundary.place.rfind(':') + 1))) +
                   "\n" + suggestion.text;
    }
  }
  if (!out.empty()) {
    out = style.strong(session.say("what no scenario pins down", "没有场景验证的界限")) + "\n" +
          out + "\n";
  }
  if (!scenarios.empty()) {
    out += style.strong(session.say("scenarios to add, as they are (each was run and passes)",
                                    "可直接加入的场景（均已运行通过）")) +
           "\n" + scenarios + "\n";
  }
  return out + summary(session, bounded) + "\n";
}

boost::json::object to_json(const Bounded& bounded) {
  static constexpr const char* kKinds[] = {"comparison", "duration", "deadline"};
  static constexpr const char* kWhere[] = {"below", "at", "above"};
  boost::json::array boundaries;
  for (const Boundary& boundary : bounded.boundaries) {
    boost::json::array points, suggestions;
    for (const Point& point : boundary.points) {
      points.push_back({{"where", kWhere[static_cast<size_t>(point.where)]},
                        {"value", point.english},
                        {"exercised", point.exercised},
                        {"needed", point.needed}});
    }
    for (const Boundary::Suggestion& suggestion : boundary.suggestions) {
      suggestions.push_back({{"file", suggestion.path}, {"scenario", suggestion.text}});
    }
    boundaries.push_back({{"kind", kKinds[static_cast<size_t>(boundary.kind)]},
                          {"place", boundary.place},
                          {"text", boundary.text},
                          {"reached", boundary.reached},
                          {"pinned", boundary.pinned()},
                          {"points", std::move(points)},
                          {"suggestions", std::move(suggestions)}});
  }
  return {{"all", bounded.boundaries.size()},
          {"pinned", pinned_in(bounded)},
          {"boundaries", std::move(boundaries)}};
}

}  // namespace duban::cli
