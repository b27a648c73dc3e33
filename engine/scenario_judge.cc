#include "engine/scenario_judge.h"

#include <algorithm>

#include "engine/describe.h"
#include "engine/expectation.h"

namespace duban {
namespace {

using Happening = ScenarioResult::Happening;
using Kind = syntax::ScenarioLine::Kind;

constexpr int64_t kBeyondMs = 366 * kMsPerDay;

}  // namespace

std::string line_place(const SourceSet& sources, Span span) {
  const Source& source = sources[span.file];
  return source.path() + ":" + std::to_string(source.position(span.begin).line);
}

std::string line_text(const SourceSet& sources, Span span) {
  return sources[span.file].slice(span.begin, span.end);
}

// ---------------------------------------------------------------- the timeline

void ScenarioJudge::tell(const std::vector<Fact>& facts) {
  const auto& happenings = world_.happenings();
  const auto& moves = world_.moves();
  size_t fact = 0, move = 0;
  for (size_t i = 0; i <= happenings.size(); ++i) {
    for (; move < moves.size() && moves[move].first <= i; ++move) tell_move(moves[move].second);
    for (; fact < facts.size() && facts[fact].before <= i; ++fact) tell_fact(facts[fact]);
    if (i == happenings.size()) break;
    positions_.push_back(result_.timeline.size());
    tell_effect(happenings[i]);
  }
}

void ScenarioJudge::tell_fact(const Fact& fact) {
  Span said = fact.line->span;  // without its time, which stands beside it
  if (fact.line->at != nullptr) said.begin = std::min(fact.line->at->span.end, said.end);
  std::string text = line_text(sources_, said);
  text.erase(0, text.find_first_not_of(' '));
  result_.timeline.push_back({Happening::Kind::fact, fact.at, plan_.zone.to_string(fact.at), text,
                              text, line_place(sources_, fact.line->span)});
}

void ScenarioJudge::tell_effect(const World::Happening& item) {
  result_.timeline.push_back({Happening::Kind::effect, item.at, plan_.zone.to_string(item.at),
                              describe(plan_, item.record, false),
                              describe(plan_, item.record, true),
                              place_of(plan_, provenance_of(item.record).span)});
}

void ScenarioJudge::tell_move(const Observations::Move& move) {
  const Span span = plan_.steps[move.step].span;
  const std::string what = line_text(sources_, span);
  const std::string from = plan_.zone.to_string(move.from);
  const std::string to = move.to ? plan_.zone.to_string(*move.to) : std::string();
  result_.timeline.push_back(
      {Happening::Kind::timer, move.at, plan_.zone.to_string(move.at),
       "`" + what + "` " + (move.to ? "moved from " + from + " to " + to : "no longer at " + from),
       "“" + what + "” " + (move.to ? "由 " + from + " 改至 " + to : "不再于 " + from + " 进行"),
       place_of(plan_, span)});
}

size_t ScenarioJudge::position(size_t happening) const {
  return happening < positions_.size() ? positions_[happening] : 0;
}

// ---------------------------------------------------------------- expectations

void ScenarioJudge::judge(const syntax::ScenarioDecl& scenario, Instant horizon, bool explains) {
  std::vector<const Line*> lines;  // by expectation
  for (const Line& line : scenario.lines) {
    if (is_expectation(line)) {
      expect(line);
      lines.push_back(&line);
    }
    if (const auto at = instant_of(plan_, line.at)) last_dated_ = *at;
  }
  if (explains) look_beyond(lines, horizon);
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!result_.expectations[i].met) explain(*lines[i], result_.expectations[i]);
  }
}

void ScenarioJudge::expect(const Line& line) {
  Expectation out;
  out.place = line_place(sources_, line.span);
  out.line = line_text(sources_, line.span);
  out.at = instant_of(plan_, line.at);
  if (out.at) {
    const Date* date = line.at->value.get_if<Date>();
    out.time = date != nullptr ? to_string(*date) : plan_.zone.to_string(*out.at);
  }
  nearest_.emplace_back();
  if (line.kind == Kind::expect_nothing) {
    expect_nothing(line, out);
  } else {
    look_for(line, out);
  }
  result_.expectations.push_back(std::move(out));
}

void ScenarioJudge::expect_nothing(const Line& line, Expectation& out) const {
  const auto end = end_of(plan_, line.at);
  const auto& happenings = world_.happenings();
  for (size_t i = 0; i < happenings.size(); ++i) {
    const World::Happening& item = happenings[i];
    if (item.at > last_dated_ && end && item.at <= *end && is_action(item.record)) {
      out.happenings.push_back(position(i));
    }
  }
  out.met = out.happenings.empty();
}

void ScenarioJudge::look_for(const Line& line, Expectation& out) {
  const auto& happenings = world_.happenings();
  std::optional<Closeness>& nearest = nearest_.back();
  for (size_t i = 0; i < happenings.size(); ++i) {
    std::optional<Closeness> closeness = compare(plan_, line, happenings[i].record);
    if (!closeness) continue;
    if (line.negated) {
      if (closeness->exact()) out.happenings.push_back(position(i));
    } else if (!nearest || nearer(*closeness, *nearest)) {
      nearest = std::move(closeness);
      out.happenings.assign(1, position(i));
    }
  }
  out.met = line.negated ? out.happenings.empty() : nearest && nearest->exact();
  if (nearest) out.differences = nearest->differences;
}

// What is not met may only come after the scenario's last line: the world goes on for a year, and
// what is nearer then joins the timeline.
void ScenarioJudge::look_beyond(const std::vector<const Line*>& lines, Instant horizon) {
  const auto is_missing = [&](size_t i) {
    return !result_.expectations[i].met && !lines[i]->negated &&
           lines[i]->kind != Kind::expect_nothing;
  };
  size_t missing = 0;
  for (size_t i = 0; i < lines.size(); ++i) missing += is_missing(i) ? 1 : 0;
  if (missing == 0) return;
  const auto& happenings = world_.happenings();
  const size_t before = happenings.size();
  world_.stop_observing();
  world_.advance(Wake{Instant{horizon.ms + kBeyondMs}, false});
  std::map<size_t, std::vector<size_t>>
      nearest_to;  // happening → the expectations it is nearest to
  for (size_t i = 0; i < lines.size(); ++i) {
    if (!is_missing(i)) continue;
    size_t found = before;
    for (size_t j = before; j < happenings.size(); ++j) {
      auto closeness = compare(plan_, *lines[i], happenings[j].record);
      if (!closeness || (nearest_[i] && !nearer(*closeness, *nearest_[i]))) continue;
      nearest_[i] = std::move(closeness);
      found = j + 1;
    }
    if (found == before) continue;
    nearest_to[found - 1].push_back(i);
    Expectation& each = result_.expectations[i];
    each.happenings.clear();
    each.differences = nearest_[i]->differences;
    if (!each.differences.empty()) continue;
    each.differences.push_back({Difference::Aspect::time,
                                {},
                                plan_.zone.to_string(happenings[found - 1].at),
                                "only after the last time this scenario names",
                                "晚于本场景所写的最后时间"});
  }
  for (const auto& [happening, expectations] : nearest_to) {
    for (const size_t i : expectations)
      result_.expectations[i].happenings.push_back(result_.timeline.size());
    tell_effect(happenings[happening]);
  }
}

// What was wrong, with what should not have happened or what is nearest.
void ScenarioJudge::explain(const Line& line, const Expectation& unmet) {
  std::string english, chinese;
  for (const size_t at : unmet.happenings) {
    if (at >= result_.timeline.size()) continue;
    const Happening& item = result_.timeline[at];
    english += "\n  " + item.time + "  " + item.english;
    chinese += "\n  " + item.time + "  " + item.chinese;
  }
  if (line.kind == Kind::expect_nothing) {
    return fail(line, "something did happen:" + english, "仍有动作发生：" + chinese);
  }
  if (line.negated) return fail(line, "it did happen:" + english, "却发生了：" + chinese);
  if (unmet.happenings.empty())
    return fail(line, "nothing of the kind happened", "没有发生任何此类动作");
  for (const Difference& difference : unmet.differences) {
    english += "\n  but " + difference.english;
    chinese += "\n  但" + difference.chinese;
  }
  fail(line, "it did not happen; the nearest is:" + english, "未发生；最接近的是：" + chinese);
}

void ScenarioJudge::fail(const Line& line, std::string english, std::string chinese) {
  result_.failures.push_back({line_place(sources_, line.span), line_text(sources_, line.span),
                              std::move(english), std::move(chinese)});
}

}  // namespace duban
