// Recurring triggers, and days that are rolled.
#include <algorithm>

#include "engine/fmt_printer.h"

namespace duban::formatter {

using namespace syntax;

Fragment Printer::anchor(const ExprPtr& expr) {
  if (!is_rolled(*expr)) return sum(expr);
  return put(forms::kParentheses, {bare(*expr, Follow::nothing)});
}

// Whether `at X + D rolled forward` is written as `D after X rolled forward`, beginning there.
bool Printer::is_relative(const ExprPtr& at, uint32_t begin) const {
  if (!is_rolled(*at) || at->args[0]->kind != ExprKind::add) return false;
  const Expr& day = *at->args[0];
  const uint32_t first = std::min(day.args[0]->span.begin, day.args[1]->span.begin);
  std::u32string head = plain({0, begin, first});
  std::erase_if(head, [](char32_t c) { return c == U' ' || c == U'('; });
  return head.empty() || head == U"due" || head == U"时限";
}

Fragment Printer::rolled_after(const Form& form, const Expr& rolled) {
  const Expr& day = *rolled.args[0];
  const Fragment whole = put(form, {anchor(day.args[1]), anchor(day.args[0])});
  return put(rolled.text == "rolled_back" ? forms::kRolledBack : forms::kRolledForward,
             {whole, calendar_of(rolled, 1, forms::kOfCalendar)});
}

// ---------------------------------------------------------------- `every …`

// `every month on the last working day of statutory`, 每月最后一个工作日（法定日历）.
Fragment Printer::recurrence(const Schedule& it) const {
  using Unit = Schedule::Unit;
  Fragment calendar;
  const bool counts_working = it.counts_working || it.unit == Unit::working_day;
  if (counts_working && !it.calendar.empty()) {
    calendar = put(forms::kOfCalendar, {name(it.calendar)});
  }
  switch (it.unit) {
    case Unit::day:
      return word(forms::kEveryDay);
    case Unit::working_day: {
      Fragment out(word(forms::kEveryWorkingDay));
      return out += calendar;
    }
    case Unit::week:
      return word(it.day == 0 ? forms::kEveryWeek : forms::kWeekdays[it.day - 1]);
    default:
      break;
  }
  Fragment out = word(it.unit == Unit::month     ? forms::kEveryMonth
                      : it.unit == Unit::quarter ? forms::kEveryQuarter
                                                 : forms::kEveryYear);
  if (it.day == 0) return out;
  const std::string number = std::to_string(it.day);
  Fragment day;
  if (it.counts_working) {
    day = it.day == 1    ? put(forms::kFirstWorkingDay)
          : it.day == -1 ? put(forms::kLastWorkingDay)
                         : put(forms::kWorkingDayOf, {number});
  } else if (it.day == -1) {
    day = put(forms::kLastDay);
  } else {
    const bool of_month = it.unit == Unit::month || it.month != 0;
    day = put(of_month ? forms::kDayOfMonth : forms::kDayOfMore, {number});
  }
  Fragment month;
  if (it.month != 0) {
    month = put(it.unit == Unit::quarter ? forms::kOfMonthOfQuarter : forms::kOfMonthOfYear,
                {std::to_string(it.month)});
  }
  return out += put(forms::kOnDay, {day, month, calendar});
}

Fragment Printer::schedule(const Schedule& it) {
  Fragment roll;
  if (it.roll != Schedule::Roll::none) {
    const bool back = it.roll == Schedule::Roll::back;
    const bool of_period = it.counts_working || it.unit == Schedule::Unit::working_day;
    if (it.calendar.empty() && !of_period) {
      roll = word(back ? forms::kBackAtEnd : forms::kForwardAtEnd);
    } else {
      roll = word(back ? forms::kBackBare : forms::kForwardBare);
      if (!of_period) roll += put(forms::kOfCalendar, {name(it.calendar)});
    }
  }
  const auto part = [&](const Form& form, const ExprPtr& value) {
    return value == nullptr ? Fragment() : put(form, {anchor(value)});
  };
  return put(forms::kRecurring,
             {recurrence(it), part(forms::kRecurringFrom, it.from),
              part(forms::kRecurringTo, it.to), roll, part(forms::kRecurringAt, it.at)});
}

}  // namespace duban::formatter
