// `every …`: recurring triggers.
#include "tests/reference/policy.h"

namespace duban::reference {
namespace {

// In both languages; what is told of its calendar comes behind.
struct Period {
  std::string english, chinese;
  bool working = false;  // of working days: never rolled
};

// The day within a month, a quarter or a year, or within a month of these.
Period day_within(Random& random, bool office) {
  const size_t unit = random.below(3);
  const std::string english = unit == 0   ? "every month"
                              : unit == 1 ? "every quarter"
                                          : "every year";
  const std::string chinese = unit == 0 ? "每月" : unit == 1 ? "每季度" : "每年";
  int month = 0;
  if (unit > 0 && random.chance(50)) month = random.between(1, unit == 1 ? 3 : 12);
  const std::string m = std::to_string(month);
  const std::string of_month = month == 0 ? "" : " of month " + m;
  const std::string in_month = month == 0 ? "" : unit == 1 ? "第" + m + "个月 " : m + "月 ";
  const std::string n = std::to_string(random.pick({1, 5, 15, 25, 28}));
  const std::string last = unit == 0 ? std::to_string(random.pick({29, 30, 31})) : n;
  const std::string few = std::to_string(random.between(1, 5));
  switch (random.below(office ? 6 : 3)) {
    case 0: {
      const std::string& day = random.chance(30) ? last : n;
      return {english + " on day " + day + of_month, chinese + in_month + day + "日"};
    }
    case 1:
      return {english + " on the last day" + of_month, chinese + in_month + "最后一日"};
    case 2:
      return {english + " on the first day" + of_month, chinese + in_month + "首日"};
    case 3:
      return {english + " on working day " + few + of_month,
              chinese + in_month + "第" + few + "个工作日", true};
    case 4:
      return {english + " on the first working day" + of_month, chinese + in_month + "首个工作日",
              true};
    default:
      return {english + " on the last working day" + of_month,
              chinese + in_month + "最后一个工作日", true};
  }
}

}  // namespace

// `every month on day 5 rolled forward at 10:00 from A to B`.
std::string PolicyMaker::schedule(const Sight& sight) {
  const bool zh = write_.chinese();
  const bool office = model_.default_calendar >= 0;
  static const std::vector<std::pair<const char*, const char*>> kDays{
      {"Monday", "周一"}, {"Tuesday", "周二"},  {"Wednesday", "周三"}, {"Thursday", "周四"},
      {"Friday", "周五"}, {"Saturday", "周六"}, {"Sunday", "周日"}};
  Period period;
  const int form = random_.between(0, 99);
  if (form < 20) {
    period = {"every day", "每日"};
  } else if (form < 40) {
    const auto& [english, chinese] = random_.pick(kDays);
    period = {std::string("every ") + english, std::string("每") + chinese};
  } else if (form < 55 && office) {
    period = {"every working day", "每个工作日", true};
  } else {
    period = day_within(random_, office);
  }
  std::string text = zh ? period.chinese : period.english;
  const bool named = period.working && !model_.calendars.empty() && random_.chance(25);
  if (named) {
    const std::string calendar = write_.spell(random_.pick(model_.calendars));
    text += zh ? "（" + calendar + "）" : " of " + calendar;
  }
  std::string roll;
  if (!model_.calendars.empty() && !period.working && random_.chance(35)) roll = write_.rolled();
  std::string at;
  if (random_.chance(60)) {
    const Type time{TypeKind::time};
    std::string when = random_.chance(30) ? write_.name_of(time, sight) : "";
    if (when.empty()) when = write_.literal(time);
    at = zh ? (random_.chance(50) ? " 于 " : " ") + when : " at " + when;
  }
  std::string from, to;
  const Type kind{random_.chance(75) ? TypeKind::date : TypeKind::datetime};
  if (random_.chance(35)) from = write_.expression(kind, sight, 0, Writer::kPrimary);
  // Two days that are known could stand in the wrong order.
  if (random_.chance(35))
    to = from.empty() ? write_.expression(kind, sight, 0, Writer::kPrimary)
                      : write_.plain_name_of(kind, sight);
  if (zh) {
    const bool early = !roll.empty() && random_.chance(50);
    // Behind a name the brackets would be its arguments.
    if (!roll.empty()) roll = early && random_.chance(50) ? "（" + roll + "）" : "，" + roll;
    return (from.empty() ? "" : "自 " + from + " ") + (to.empty() ? "" : "至 " + to + " ") + text +
           (early ? roll : "") + at + (early ? "" : roll);
  }
  std::vector<std::string> parts{at, from.empty() ? "" : " from " + from,
                                 to.empty() ? "" : " to " + to,
                                 roll.empty() ? "" : (random_.chance(50) ? ", " : " ") + roll};
  for (size_t i = parts.size(); i > 1; --i) std::swap(parts[i - 1], parts[random_.below(i)]);
  for (const std::string& part : parts) text += part;
  return text;
}

}  // namespace duban::reference
