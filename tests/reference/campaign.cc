#include "tests/reference/campaign.h"

#include <functional>

namespace duban::reference {
namespace {

constexpr int kHappeningsMax = 90;

struct Compiled {
  std::vector<CompileInput> inputs;
  std::vector<std::shared_ptr<const Plan>> plans;
  std::string error, kind;
  bool contradicts = true;  // nothing else is wrong
};

// What the analysis finds impossible: writes, outcomes or rows that certainly meet; a name that
// means two things where it stands. A generator cannot know all of that.
bool contradicts(const std::string& code) {
  return code == "E122" || code == "E200" || code == "E201" || code == "E102";
}

Compiled compile_all(const std::vector<Draft>& versions) {
  Compiled out;
  for (const Draft& draft : versions) {
    out.inputs.push_back(input_of(draft));
    CompileInput input = out.inputs.back();
    if (!out.plans.empty()) input.previous = &out.plans.back()->layout;
    const Compilation compilation = compile(input);
    if (compilation.plan == nullptr) {
      for (const Diagnostic& diagnostic : compilation.diagnostics) {
        if (diagnostic.severity != Severity::error) continue;
        out.kind += diagnostic.code + " " + diagnostic.english + "\n";
        out.contradicts &= contradicts(diagnostic.code);
        out.error += render(diagnostic, compilation.sources, Language::english);
      }
      return out;
    }
    out.plans.push_back(compilation.plan);
  }
  return out;
}

Verdict refusal(const Compiled& compiled) {
  return {"the compiler refuses it:\n" + compiled.error, compiled.kind, 0};
}

Verdict found(const Difference& difference, const Match& match) {
  return {difference.what, difference.what.substr(0, 12), match.steps()};
}

// One that either evaluator does not survive is a difference, too.
template <typename Play>
Verdict survived(const Play& play) {
  try {
    return play();
  } catch (const Failure& failure) {
    return {"an exception: " + failure.why, "an exception", 0};
  } catch (const std::exception& error) {
    return {std::string("an exception: ") + error.what(), "an exception", 0};
  }
}

Verdict generate_and_play(uint64_t seed, Story& story, Tally& tally, const Fault& fault) {
  Random random(seed);
  Model model;
  PolicyMaker maker(random, model);
  story.seed = seed;
  story.versions = {maker.make()};
  const Model first = model;
  if (random.chance(40)) story.versions.push_back(maker.evolve());
  story.zone = model.zone;
  Compiled compiled = compile_all(story.versions);
  if (!compiled.error.empty() && compiled.contradicts) {
    ++tally["deployment: contradicts itself"];
    if (compiled.plans.empty()) return {};
    story.versions.resize(compiled.plans.size());
    compiled.inputs.resize(compiled.plans.size());
  } else if (!compiled.error.empty()) {
    return refusal(compiled);
  }
  if (fault) {
    bool any = false;
    for (auto& plan : compiled.plans) {
      auto changed = fault(*plan);
      any |= changed != nullptr;
      if (changed != nullptr) plan = std::move(changed);
    }
    if (!any) return {};
  }
  Match match(compiled.inputs, compiled.plans, &tally);
  HappeningMaker happenings(random, first);
  story.happenings = happenings.beginning();
  for (const Happening& happening : story.happenings) {
    if (auto difference = match.take(happening)) return found(*difference, match);
  }
  for (int i = 0; i < kHappeningsMax && !match.is_over(); ++i) {
    story.happenings.push_back(happenings.next(match));
    if (auto difference = match.take(story.happenings.back())) return found(*difference, match);
  }
  return {{}, {}, match.steps()};
}

Verdict play_story(const Story& story, Tally& tally) {
  const Compiled compiled = compile_all(story.versions);
  if (!compiled.error.empty()) return refusal(compiled);
  Match match(compiled.inputs, compiled.plans, &tally);
  for (const Happening& happening : story.happenings) {
    if (auto difference = match.take(happening)) return found(*difference, match);
  }
  return {{}, {}, match.steps()};
}

}  // namespace

Verdict play_seed(uint64_t seed, Story& story, Tally& tally, const Fault& fault) {
  return survived([&] { return generate_and_play(seed, story, tally, fault); });
}

Verdict play(const Story& story, Tally& tally) {
  return survived([&] { return play_story(story, tally); });
}

std::string to_string(const Story& story) {
  const Zone zone = *Zone::find(story.zone);
  std::string out = "seed " + std::to_string(story.seed) + "\n";
  for (size_t i = 0; i < story.versions.size(); ++i)
    out += "======== version " + std::to_string(i + 1) + "\n" + print(story.versions[i]);
  out += "======== happenings\n";
  for (const Happening& happening : story.happenings)
    out += "  " + to_string(happening, zone) + "\n";
  return out;
}

// ---------------------------------------------------------------- shrinking

namespace {

// The kind of difference that is to stay, and how many more candidates are played for it.
struct Wanted {
  std::string kind;
  int plays = 5000;
};

// Whether a candidate still shows what the story shows.
bool still_wrong(const Story& story, Wanted& wanted) {
  if (wanted.plays-- <= 0) return false;
  Tally ignored;
  const Verdict verdict = play(story, ignored);
  return !verdict.agree() && verdict.kind == wanted.kind;
}

// Drops runs of happenings, half of them at first.
bool shrink_happenings(Story& story, Wanted& wanted) {
  bool any = false;
  for (size_t size = std::max<size_t>(story.happenings.size() / 2, 1);; size /= 2) {
    for (size_t begin = 0; begin < story.happenings.size();) {
      Story candidate = story;
      auto& list = candidate.happenings;
      const size_t end = std::min(begin + size, list.size());
      list.erase(list.begin() + static_cast<long>(begin), list.begin() + static_cast<long>(end));
      if (still_wrong(candidate, wanted)) {
        story = std::move(candidate);
        any = true;
      } else {
        begin = end;
      }
    }
    if (size <= 1) return any;
  }
}

bool shrink_data(Story& story, Wanted& wanted) {
  bool any = false;
  for (size_t i = 0; i < story.happenings.size(); ++i) {
    for (size_t j = 0; j < story.happenings[i].data.size();) {
      Story candidate = story;
      auto& data = candidate.happenings[i].data;
      data.erase(data.begin() + static_cast<long>(j));
      if (still_wrong(candidate, wanted)) {
        story = std::move(candidate);
        any = true;
      } else {
        ++j;
      }
    }
  }
  return any;
}

// Takes away blocks, many at a time at first, then optional pieces, outer ones before inner ones.
// `reach` finds the list of blocks in a copy of the story.
using Reach = std::function<std::vector<Block>&(Story&)>;
bool shrink_blocks(Story& story, Wanted& wanted, const Reach& reach) {
  bool any = false;
  const auto try_without = [&](const auto& take) {
    Story candidate = story;
    take(reach(candidate));
    if (!still_wrong(candidate, wanted)) return false;
    story = std::move(candidate);
    return any = true;
  };
  for (size_t size = std::max<size_t>(reach(story).size() / 2, 1); !reach(story).empty();
       size /= 2) {
    for (size_t begin = 0; begin < reach(story).size();) {
      const size_t end = std::min(begin + size, reach(story).size());
      const bool gone = try_without([&](std::vector<Block>& list) {
        list.erase(list.begin() + static_cast<long>(begin), list.begin() + static_cast<long>(end));
      });
      if (!gone) begin = end;
    }
    if (size <= 1) break;
  }
  for (size_t i = 0; i < reach(story).size(); ++i) {
    for (size_t piece = 0; piece < reach(story)[i].line.size();) {
      const bool gone =
          reach(story)[i].line[piece].optional && try_without([&](std::vector<Block>& list) {
            list[i].line.erase(list[i].line.begin() + static_cast<long>(piece));
          });
      if (!gone) ++piece;
    }
    any |= shrink_blocks(story, wanted,
                         [&](Story& of) -> std::vector<Block>& { return reach(of)[i].inside; });
  }
  return any;
}

}  // namespace

Story shrink(Story story, const Verdict& verdict) {
  Wanted wanted{verdict.kind};
  if (verdict.refused()) story.happenings.clear();
  for (int round = 0; round < 4; ++round) {
    bool any = false;
    if (story.versions.size() > 1) {
      Story candidate = story;
      candidate.versions.pop_back();
      if (still_wrong(candidate, wanted)) {
        story = std::move(candidate);
        any = true;
      }
    }
    any |= shrink_happenings(story, wanted);
    for (size_t v = 0; v < story.versions.size(); ++v) {
      for (size_t f = story.versions[v].rules.size(); f-- > 0;) {
        any |= shrink_blocks(story, wanted, [&](Story& of) -> std::vector<Block>& {
          return of.versions[v].rules[f].second;
        });
      }
    }
    any |= shrink_data(story, wanted);
    if (!any) break;
  }
  return story;
}

}  // namespace duban::reference
