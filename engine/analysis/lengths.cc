#include "engine/analysis/lengths.h"

#include <algorithm>

namespace duban::compiler {
namespace {

using Kind = Duration::Kind;

constexpr int64_t kClockChange = 2 * kMsPerHour;  // a day may be so much shorter or longer
constexpr int64_t kShortestMonth = 28;
constexpr int64_t kLongestMonth = 31;
constexpr int64_t kMaxDays = 1'000'000;  // what is counted beyond is not looked into

// The most days that `count` working days take, counted from any day the calendar knows.
std::optional<int64_t> longest_span(const Calendar& calendar, int64_t count) {
  if (!calendar.first() || !calendar.last() || count <= 0) return std::nullopt;
  std::vector<Date> working;
  for (Date day = *calendar.first(); day <= *calendar.last(); day = add_days(day, 1)) {
    if (calendar.is_working(day).value_or(false)) working.push_back(day);
  }
  const auto n = static_cast<size_t>(count);
  if (working.size() <= n) return std::nullopt;
  int64_t longest = 0;
  // Counted from working day i, which itself is not counted.
  for (size_t i = 0; i + n < working.size(); ++i) {
    longest = std::max<int64_t>(longest, working[i + n].days - working[i].days);
  }
  return longest;
}

Length of_days(int64_t low, int64_t high) {
  return {low * kMsPerDay - kClockChange, high * kMsPerDay + kClockChange};
}

}  // namespace

const Duration* constant_duration(const Program& program, Index node) {
  const Value* value = program.constant_of(node);
  return value ? value->get_if<Duration>() : nullptr;
}

Length length_of(const Plan& plan, const Duration& duration) {
  const int64_t amount = duration.amount;
  switch (duration.kind) {
    case Kind::elapsed:
      return {amount, amount};
    case Kind::days:
      if (amount < 0 || amount > kMaxDays) return {};
      return of_days(amount, amount);
    case Kind::months:
      if (amount < 0 || amount > kMaxDays / kLongestMonth) return {};
      // Twelve months are a year, whichever they are.
      return of_days(std::max(amount * kShortestMonth, amount / 12 * 365),
                     amount / 12 * 366 + amount % 12 * kLongestMonth);
    case Kind::working_days: {
      if (amount < 0 || amount > kMaxDays) return {};
      Length out;
      // To the end of the last day, from the end of the first at the latest.
      out.low = std::max<int64_t>(0, (amount - 1) * kMsPerDay - kClockChange);
      const Calendar* calendar = plan.calendar(duration.calendar);
      const auto longest = calendar ? longest_span(*calendar, amount) : std::nullopt;
      if (longest) out.high = (*longest + 1) * kMsPerDay + kClockChange;
      return out;
    }
    case Kind::working_hours:
      return {amount, std::nullopt};
  }
  return {};
}

bool never_longer(const Plan& plan, const Duration& a, const Duration& b) {
  if (a.kind == b.kind && a.calendar == b.calendar) return a.amount <= b.amount;
  return always_shorter(plan, a, b);
}

bool always_shorter(const Plan& plan, const Duration& a, const Duration& b) {
  if (a.kind == b.kind && a.calendar == b.calendar) return a.amount < b.amount;
  const Length first = length_of(plan, a);
  const Length second = length_of(plan, b);
  return first.high && second.low && *first.high < *second.low;
}

}  // namespace duban::compiler
