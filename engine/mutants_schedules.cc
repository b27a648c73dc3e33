// Recurring steps on another day, and without their roll.
#include <algorithm>

#include "engine/edit_text.h"
#include "engine/keywords.h"
#include "engine/mutant_list.h"
#include "engine/plan_walk.h"

namespace duban {
namespace {

using Unit = syntax::Schedule::Unit;

constexpr int kWeek = 7;

// `Monday` as `Tuesday`, 周一 as 周二; nothing where no weekday is written.
std::string with_next_weekday(const std::string& text) {
  for (int day = 0; day < kWeek; ++day) {
    const auto terminal = [](int of) {
      return static_cast<Terminal>(static_cast<int>(Terminal::K_MONDAY) + of % kWeek);
    };
    const Keyword* here = keyword(terminal(day));
    const Keyword* next = keyword(terminal(day + 1));
    if (here == nullptr || next == nullptr) continue;
    const auto swap = [&](const auto& spellings, const auto& others) -> std::string {
      for (const std::string_view spelling : spellings) {
        const size_t at = text.find(spelling);
        if (at == std::string::npos || others.empty()) continue;
        std::string out = text;
        return out.replace(at, spelling.size(), others.front());
      }
      return {};
    };
    for (const std::string& out :
         {swap(here->english, next->english), swap(here->chinese, next->chinese)}) {
      if (!out.empty()) return out;
    }
  }
  return {};
}

// The day stands before the month in English, behind it in Chinese.
std::string with_day(const std::string& text, int was, int is) {
  const std::string digits = std::to_string(was);
  const auto alone = [&](size_t at) {
    const auto is_digit = [&](size_t i) {
      return i < text.size() && text[i] >= '0' && text[i] <= '9';
    };
    return (at == 0 || !is_digit(at - 1)) && !is_digit(at + digits.size());
  };
  const bool chinese = has_chinese(text);
  size_t found = std::string::npos;
  for (size_t at = text.find(digits); at != std::string::npos; at = text.find(digits, at + 1)) {
    if (alone(at) && (chinese || found == std::string::npos)) found = at;
  }
  if (found == std::string::npos) return {};
  std::string out = text;
  return out.replace(found, digits.size(), std::to_string(is));
}

void add_day(MutantList& list, Index step, int day, std::string changed, int direction) {
  const Span span = list.plan().steps[step].schedule->span;
  if (changed.empty()) return;
  list.put(
      Mutant::Kind::schedule, span, text_of(list.plan(), span), std::move(changed),
      [step, day](Plan& plan) { plan.steps[step].schedule->day = day; },
      [](const Observations&) { return true; }, direction);
}

}  // namespace

void add_schedules(MutantList& list) {
  constexpr int kLongestMonth = 31;
  const Plan& plan = list.plan();
  for (Index i = 0; i < plan.steps.size(); ++i) {
    if (!plan.steps[i].schedule) continue;
    const Schedule& schedule = *plan.steps[i].schedule;
    const std::string text = text_of(plan, schedule.span);
    if (schedule.unit == Unit::week) {
      add_day(list, i, schedule.day % kWeek + 1, with_next_weekday(text), 1);
    } else if (schedule.unit >= Unit::month && schedule.day > 0) {
      for (const int sign : {-1, 1}) {
        const int day = schedule.day + sign;
        if (day < 1 || day > kLongestMonth) continue;
        add_day(list, i, day, with_day(text, schedule.day, day), sign);
      }
    }
    if (schedule.roll == syntax::Schedule::Roll::none) continue;
    list.remove(
        Mutant::Kind::schedule, schedule.roll_span,
        [i](Plan& p) { p.steps[i].schedule->roll = syntax::Schedule::Roll::none; },
        [](const Observations&) { return true; });
  }
}

}  // namespace duban
