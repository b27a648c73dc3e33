// Operators, functions and aggregates, by the type they give.
#include <algorithm>

#include "tests/reference/writer.h"

namespace duban::reference {
namespace {

bool orderable(const Type& type) {
  switch (type.kind) {
    case TypeKind::number:
    case TypeKind::money:
    case TypeKind::date:
    case TypeKind::time:
    case TypeKind::datetime:
    case TypeKind::duration:
      return !type.set;
    default:
      return false;
  }
}

}  // namespace

std::string Writer::wrap(Text text, Bind bind) {
  if (text.bind >= bind && !random_.chance(4)) return text.text;
  return chinese() ? "（" + text.text + "）" : "(" + text.text + ")";
}

std::string Writer::expression(const Type& type, const Sight& sight, int depth, Bind bind) {
  return wrap(make(type, sight, depth), bind);
}

Writer::Text Writer::make(const Type& type, const Sight& sight, int depth) {
  if (type.set) return set(type, sight, depth);
  switch (type.kind) {
    case TypeKind::yes_no:
      return yes_no(sight, depth);
    case TypeKind::number:
    case TypeKind::money:
      return number(type, sight, depth);
    case TypeKind::date:
    case TypeKind::datetime:
      return moment(type, sight, depth);
    case TypeKind::duration:
      if (random_.chance(40)) {
        if (auto text = read(type, sight)) return *text;
      }
      return {duration(), kPrimary};
    case TypeKind::time:
      if (depth > 0 && random_.chance(25)) {
        const std::string of = expression({TypeKind::datetime}, sight, 0, kPrimary);
        if (chinese()) return {"时刻（" + of + "）", kPrimary};
        return {"time of " + of, kOr};
      }
      [[fallthrough]];
    default:
      if (random_.chance(70)) {
        if (auto text = read(type, sight)) return *text;
      }
      return {literal(type), kPrimary};
  }
}

// ---------------------------------------------------------------- yes and no

std::string Writer::order(int which) {
  switch (which) {
    case 0:
      return chinese() ? random_.pick<std::string>({"低于", "少于", "小于"})
                       : random_.pick<std::string>({"<", "below"});
    case 1:
      return chinese() ? random_.pick<std::string>({"不超过", "不高于", "不多于"})
                       : random_.pick<std::string>({"<=", "at most"});
    case 2:
      return chinese() ? random_.pick<std::string>({"高于", "多于", "超过"})
                       : random_.pick<std::string>({">", "above"});
    case 3:
      return chinese() ? random_.pick<std::string>({"不低于", "不少于", "不小于"})
                       : random_.pick<std::string>({">=", "at least"});
    case 4:
      return chinese() ? "为" : random_.pick<std::string>({"=", "is"});
    default:
      return chinese() ? "不为" : random_.pick<std::string>({"!=", "is not"});
  }
}

Type Writer::random_type(const Sight& sight, bool wants_order) {
  const std::vector<Readable> all = readables(sight);
  for (int i = 0; i < 8; ++i) {
    const Type& type = random_.pick(all).type;
    // Two durations must be of one kind.
    if (!wants_order || (orderable(type) && type.kind != TypeKind::duration)) return type;
  }
  return {TypeKind::number};
}

// `now`, with a plain duration or not, against something that stands still.
Writer::Text Writer::clock_comparison(const Sight& sight) {
  Sight still = sight;
  still.time = still.history = false;
  const Type moment{TypeKind::datetime};
  auto other = read(moment, still);
  const std::string right = other ? wrap(*other, kSum) : literal(moment);
  std::string now = say("now", "现在");
  if (random_.chance(40)) now += random_.pick<std::string>({" + ", " - "}) + duration();
  if (random_.chance(50)) return {now + " " + order(random_.between(0, 3)) + " " + right, kCompare};
  return {right + " " + order(random_.between(0, 3)) + " " + now, kCompare};
}

Writer::Text Writer::comparison(const Sight& sight, int depth) {
  if (sight.watched && sight.time && random_.chance(12)) return clock_comparison(sight);
  const int form = random_.between(0, 99);
  if (form < 34) {  // an order
    const Type type = random_type(sight, true);
    const std::string left = expression(type, sight, depth - 1, kRolled);
    const bool plain = random_.chance(60);
    const std::string right = plain ? literal(type) : expression(type, sight, depth - 1, kRolled);
    return {left + " " + order(random_.between(0, 3)) + " " + right, kCompare};
  }
  if (form < 58) {  // equality; the left side tells the right one's type
    Type type = random_type(sight, false);
    const bool length = type.kind == TypeKind::duration;
    auto left = read(type, sight, length);
    if (!left) return {"1 " + order(4) + " 1", kCompare};
    const bool plain = length || random_.chance(75);
    type.optional = false;
    const std::string right = plain ? literal(type) : expression(type, sight, 0, kRolled);
    return {wrap(*left, kRolled) + " " + order(random_.between(4, 5)) + " " + right, kCompare};
  }
  if (form < 66) {
    const Type type = random_type(sight, true);
    const std::string left = expression(type, sight, depth - 1, kRolled);
    const std::string low = literal(type), high = literal(type);
    return {
        left + (chinese() ? " 介于 " + low + " 至 " + high : " between " + low + " and " + high),
        kCompare};
  }
  if (form < 76) {
    Type type = random_type(sight, false);
    type.set = false;
    auto left = read(type, sight, type.kind == TypeKind::duration);
    if (!left) return {"1 " + order(4) + " 1", kCompare};
    std::string list;
    for (int i = random_.between(1, 3); i > 0; --i)
      list += (list.empty() ? "" : comma()) + literal(type);
    const bool negated = random_.chance(25);
    const std::string in = negated ? say("not in", "不属于") : say("in", "属于");
    return {wrap(*left, kRolled) + " " + in +
                (random_.chance(70) ? " (" + list + ")" : " {" + list + "}"),
            kCompare};
  }
  if (form < 90) {
    const auto left = read(random_type(sight, false), sight);
    if (!left) return {"1 " + order(4) + " 1", kCompare};
    static const std::vector<const char*> kForms{" is known", " 已知",  " is not known", " 未知",
                                                 " is none",  " 为 无", " is not none"};
    return {wrap(*left, kRolled) + random_.pick(kForms), kCompare};
  }
  for (const Readable& r : readables(sight)) {
    if ((!r.type.set && r.type.kind != TypeKind::text) || !random_.chance(40)) continue;
    level = std::max(level, r.level);
    if (!r.type.set || random_.chance(40)) {
      static const std::vector<const char*> kForms{" is empty", " 为空", " is not empty",
                                                   " 不为空"};
      return {spell(r) + random_.pick(kForms), kCompare};
    }
    Type item = r.type;
    item.set = false;
    const std::string contains = random_.chance(70) ? say("contains", "包含") : "不包含";
    return {spell(r) + " " + contains + " " + literal(item), kCompare};
  }
  return {say("yes", "是"), kPrimary};
}

Writer::Text Writer::yes_no(const Sight& sight, int depth) {
  const int form = random_.between(0, 99);
  if (depth > 0 && form < 14) {
    return {expression({TypeKind::yes_no}, sight, depth - 1, kAnd) + " " + say("and", "且") + " " +
                expression({TypeKind::yes_no}, sight, depth - 1, kNot),
            kAnd};
  }
  if (depth > 0 && form < 28) {
    return {expression({TypeKind::yes_no}, sight, depth - 1, kAnd) + " " + say("or", "或") + " " +
                expression({TypeKind::yes_no}, sight, depth - 1, kAnd),
            kOr};
  }
  if (depth > 0 && form < 35) {
    return {say("not", "非") + " " + expression({TypeKind::yes_no}, sight, depth - 1, kPrimary),
            kNot};
  }
  if (form < 45) {
    if (auto text = read({TypeKind::yes_no}, sight)) return *text;
  }
  return comparison(sight, depth);
}

// ---------------------------------------------------------------- numbers and money

std::optional<Writer::Text> Writer::aggregate(const Type& type, const Sight& sight, int depth) {
  if (!sight.history || sight.entity < 0) return std::nullopt;
  std::vector<const model::Event*> events;
  for (const model::Event& e : model_.events) {
    if (e.entity == sight.entity && e.kind != model::Event::Kind::outgoing &&
        e.level < sight.max_level)
      events.push_back(&e);
  }
  if (events.empty()) return std::nullopt;
  std::vector<const model::Field*> fields;
  const model::Event* chosen = nullptr;
  for (int tries = 0; tries < 3 && fields.empty(); ++tries) {  // better one that has such a field
    chosen = random_.pick(events);
    for (const model::Field& f : chosen->fields) {
      if (same_kind(f.type, type)) fields.push_back(&f);
    }
  }
  const model::Event& event = *chosen;
  const bool amount = type.kind == TypeKind::number || type.kind == TypeKind::money;
  const bool counts = type.kind == TypeKind::number && (fields.empty() || random_.chance(30));
  if (!counts && fields.empty()) return std::nullopt;
  const bool can_order = orderable(type);
  static const std::vector<std::pair<const char*, const char*>> kSums{{"sum", "合计"},
                                                                      {"average", "平均值"}};
  static const std::vector<std::pair<const char*, const char*>> kEdges{{"min", "最小值"},
                                                                       {"max", "最大值"}};
  std::pair<const char*, const char*> function{"latest", "最近值"};
  if (counts) {
    function = {"count", "次数"};
  } else if (amount && random_.chance(50)) {
    function = random_.pick(kSums);
  } else if (can_order && random_.chance(50)) {
    function = random_.pick(kEdges);
  }
  const bool latest = std::string(function.first) == "latest";
  const bool all = latest && (!sight.time || random_.chance(50));
  if (!all && !sight.time) return std::nullopt;
  level = std::max(level, event.level);
  std::string condition;
  if (depth > 0 && random_.chance(35)) {
    Sight inner = sight;
    inner.event = static_cast<int>(&event - model_.events.data());
    inner.opening = false;
    inner.bare_event = true;
    inner.answers = nullptr;
    inner.due.reset();
    inner.list.reset();
    inner.past = true;
    inner.subject_only = true;  // of the case nothing; but a name of its would mean two things
    condition = expression({TypeKind::yes_no}, inner, 0, kAnd);
  }
  const bool zh = chinese();
  const std::string over = all ? (zh ? "历次 " : "") : window(zh);
  if (zh) {
    std::string out = over + spell(event.name);
    if (!counts) out += "的" + spell(random_.pick(fields)->name);
    if (!condition.empty()) out += "（其中 " + condition + "）";
    return Text{out + " " + function.second, kPrimary};
  }
  std::string out = std::string(function.first) + " of " + spell(event.name);
  if (!counts) out += "." + spell(random_.pick(fields)->name);
  out += over;
  if (!condition.empty()) out += " where " + condition;
  return Text{out, kOr};
}

// Which past events: a stretch back from now, a period of the calendar, a month of past years.
std::string Writer::window(bool zh) {
  const int form = random_.between(0, 99);
  if (form < 35) {
    const std::string length = zh ? duration(true) : duration(true);
    return zh ? "近 " + length + " 内 " : " over the last " + length;
  }
  if (form < 47) {
    const std::string years = std::to_string(random_.between(1, 3));
    return zh ? "近" + years + "年同月 "
              : " over the same month of the last " + years + (years == "1" ? " year" : " years");
  }
  static const std::vector<std::pair<const char*, const char*>> kPeriods{
      {"this week", "本周"},          {"this month", "本月"},        {"this quarter", "本季度"},
      {"this year", "本年"},          {"the previous week", "上周"}, {"the previous month", "上月"},
      {"previous quarter", "上季度"}, {"the previous year", "去年"}};
  const auto& [english, chinese] = random_.pick(kPeriods);
  return zh ? std::string(chinese) + " " : std::string(" over ") + english;
}

// `rolled forward`, by a calendar.
std::string Writer::rolled() {
  static const std::vector<const char*> kEnglish{"rolled forward", "rolled back"};
  static const std::vector<const char*> kChinese{"遇休顺延", "遇休提前"};
  const bool zh = chinese();
  std::string out = random_.pick(zh ? kChinese : kEnglish);
  if (!random_.chance(model_.default_calendar >= 0 ? 25 : 100)) return out;
  const std::string calendar = spell(random_.pick(model_.calendars));
  return out + (zh ? "（" + calendar + "）" : " of " + calendar);
}

Writer::Text Writer::number(const Type& type, const Sight& sight, int depth) {
  const Type plain{TypeKind::number}, date{TypeKind::date};
  const bool money = type.kind == TypeKind::money;
  const auto sub = [&](const Type& of, Bind bind) {
    return expression(of, sight, depth - 1, bind);
  };
  const int form = random_.between(0, 99);
  if (depth <= 0 || form < 30) {
    if (random_.chance(70)) {
      if (auto text = read(type, sight)) return *text;
    }
    return {literal(type), kPrimary};
  }
  if (form < 46) {
    const std::string left = sub(type, kSum);
    return {left + random_.pick<std::string>({" + ", " - "}) + sub(type, kProduct), kSum};
  }
  if (form < 56) {
    if (money && random_.chance(50))
      return {sub(plain, kProduct) + " * " + sub(type, kFactor), kProduct};
    return {sub(type, kProduct) + " * " + sub(plain, kFactor), kProduct};
  }
  if (form < 63) {
    const bool safe = random_.chance(85);
    if (!money && random_.chance(30)) {
      const Type cash{TypeKind::money};
      return {sub(cash, kProduct) + " / " +
                  (safe ? "3 " + model_.currency_english : sub(cash, kFactor)),
              kProduct};
    }
    return {sub(type, kProduct) + " / " +
                (safe ? random_.pick<std::string>({"2", "3", "7"}) : sub(plain, kFactor)),
            kProduct};
  }
  if (form < 67) {
    const std::string of = sub(type, kFactor);  // `--` would be a comment
    return {of.starts_with('-') ? "-(" + of + ")" : "-" + of, kFactor};
  }
  if (form < 73) {
    const std::string digits = std::to_string(random_.between(0, 4));
    const std::string x = sub(type, kSum);
    if (chinese()) return {"四舍五入 " + x + " 至 " + digits + " 位", kOr};
    return {
        random_.chance(50) ? "round " + x + " to " + digits : "round(" + x + ", " + digits + ")",
        random_.chance(50) ? kOr : kOr};
  }
  if (form < 74) {
    const bool low = random_.chance(50);
    const std::string a = sub(type, kOr), b = sub(type, kOr);
    if (chinese()) return {(low ? "最小值（" : "最大值（") + a + "，" + b + "）", kPrimary};
    return {(low ? "min(" : "max(") + a + ", " + b + ")", kPrimary};
  }
  if (form < 89) {
    if (auto text = aggregate(type, sight, depth)) return *text;
  }
  if (!money) {
    const std::string day = sub(random_.chance(60) ? date : Type{TypeKind::datetime}, kPrimary);
    if (form < 93) {
      const bool working = model_.default_calendar >= 0 && random_.chance(40);
      const std::string to = sub(date, kPrimary);
      const std::string calendar =
          working && random_.chance(30) ? spell(random_.pick(model_.calendars)) : "";
      if (chinese())
        return {"自 " + day + " 至 " + to + (working ? " 工作日数" : " 天数") +
                    (calendar.empty() ? "" : "（" + calendar + "）"),
                kOr};
      return {(working ? "working days " : "days ") +
                  (calendar.empty() ? "" : "of " + calendar + " ") + "from " + day + " to " + to,
              kOr};
    }
    static const std::vector<std::pair<const char*, const char*>> kParts{{"year of ", "年份"},
                                                                         {"month of ", "月份"},
                                                                         {"day of ", "日数"},
                                                                         {"weekday of ", "星期几"}};
    const auto& [english, zh] = random_.pick(kParts);
    if (chinese()) return {std::string(zh) + "（" + day + "）", kPrimary};
    return {english + day, kOr};
  }
  return {literal(type), kPrimary};
}

// ---------------------------------------------------------------- dates and times, sets

Writer::Text Writer::moment(const Type& type, const Sight& sight, int depth) {
  const bool date = type.kind == TypeKind::date;
  const int form = random_.between(0, 99);
  if (depth <= 0 || form < 45) {
    if (random_.chance(85)) {
      if (auto text = read(type, sight)) return *text;
    }
    return {literal(type), kPrimary};
  }
  const auto sub = [&](const Type& of, Bind bind) {
    return expression(of, sight, depth - 1, bind);
  };
  if (form < 72) {
    std::string by = duration();
    // A date has no time of day to add hours to.
    const auto counts_hours = [](const std::string& text) {
      for (const char* word : {"hour", "minute", "second", "小时", "分钟", "秒"}) {
        if (text.find(word) != std::string::npos) return true;
      }
      return false;
    };
    while (date && counts_hours(by)) by = duration();
    if (random_.chance(15)) {
      if (const auto name = read({TypeKind::duration}, sight, true)) by = name->text;
    }
    if (random_.chance(20)) return {by + " + " + sub(type, kProduct), kSum};
    return {sub(type, kSum) + random_.pick<std::string>({" + ", " - "}) + by, kSum};
  }
  if (form < 80) {
    const std::string a = sub(type, kOr), b = sub(type, kOr);
    return {random_.chance(50) ? "min(" + a + ", " + b + ")" : "最大值（" + a + "，" + b + "）",
            kPrimary};
  }
  if (form < 85) {
    if (auto text = aggregate(type, sight, 0)) return *text;
  }
  if (!date) {
    if (sight.history && sight.entity >= 0 && random_.chance(40)) {
      std::vector<const model::Event*> events;
      for (const model::Event& e : model_.events) {
        if (e.entity == sight.entity && e.kind != model::Event::Kind::outgoing &&
            e.level < sight.max_level)
          events.push_back(&e);
      }
      if (!events.empty()) {
        const model::Event& event = *random_.pick(events);
        level = std::max(level, event.level);
        if (chinese()) return {"历次 " + spell(event.name) + "的发生时间 最近值", kPrimary};
        return {"time of latest " + spell(event.name), kOr};
      }
    }
    if (auto text = read(type, sight)) return *text;
    return {literal(type), kPrimary};
  }
  const bool office = model_.default_calendar >= 0;
  if (office && form < 90) {
    const bool next = random_.chance(50);
    const std::string day = sub(type, kPrimary);
    const std::string calendar = random_.chance(30) ? spell(random_.pick(model_.calendars)) : "";
    if (chinese())
      return {(next ? "下一工作日（" : "上一工作日（") + day +
                  (calendar.empty() ? "" : "，" + calendar) + "）",
              kPrimary};
    return {std::string(next ? "next working day " : "previous working day ") +
                (calendar.empty() ? "" : "of " + calendar + " ") + (next ? "after " : "before ") +
                day,
            kOr};
  }
  if (office && form < 94) {
    if (auto text = read(type, sight, true)) return {text->text + " " + rolled(), kRolled};
  }
  const std::string of = sub(random_.chance(50) ? type : Type{TypeKind::datetime}, kPrimary);
  static const std::vector<std::pair<const char*, const char*>> kForms{
      {"date of ", "日期"},
      {"start of month of ", "月初"},
      {"start of quarter of ", "季初"},
      {"start of year of ", "年初"},
      {"end of month of ", "月末"},
      {"end of quarter of ", "季末"},
      {"end of year of ", "年末"}};
  const auto& [english, zh] = random_.pick(kForms);
  if (chinese()) return {std::string(zh) + "（" + of + "）", kPrimary};
  return {english + of, kOr};
}

Writer::Text Writer::set(const Type& type, const Sight& sight, int depth) {
  if (depth > 0 && random_.chance(50)) {
    const std::string left = expression(type, sight, 0, kSum);
    const std::string by = random_.chance(50) ? say("minus", "减去") : say("union", "并上");
    return {left + " " + by + " " + expression(type, sight, 0, kProduct), kSum};
  }
  if (random_.chance(75)) {
    if (auto text = read(type, sight)) return *text;
  }
  return {literal(type), kPrimary};
}

// ---------------------------------------------------------------- of the subject, surely

std::string Writer::own_condition(const Sight& sight, int depth) {
  Sight narrow = sight;
  narrow.subject_only = true;
  std::vector<Readable> fit;
  for (Readable& r : readables(narrow)) {
    const bool own = r.form == Readable::Form::subject && r.path.size() == 2;
    if (own && r.type.kind != TypeKind::none) fit.push_back(std::move(r));
  }
  if (fit.empty()) return {};
  const Readable& r = random_.pick(fit);
  level = std::max(level, r.level);
  std::string first;
  if (r.type.kind == TypeKind::yes_no && !r.type.set) {
    first = spell(r);
  } else if (orderable(r.type)) {
    first = spell(r) + " " + order(random_.between(0, 5)) + " " + literal(r.type);
  } else if (r.type.set) {
    Type item = r.type;
    item.set = false;
    first = spell(r) + " " + say("contains", "包含") + " " + literal(item);
  } else {
    first = spell(r) + " " + order(random_.between(4, 5)) + " " + literal(r.type);
  }
  if (depth <= 0 || random_.chance(50)) return first;
  return first + (random_.chance(50) ? " " + say("and", "且") + " " : " " + say("or", "或") + " ") +
         expression({TypeKind::yes_no}, narrow, depth - 1, kNot);
}

std::string Writer::own_moment(const Sight& sight, bool datetime) {
  Sight narrow = sight;
  narrow.subject_only = true;
  std::vector<Readable> fit;
  for (Readable& r : readables(narrow)) {
    const bool right =
        !r.type.set && r.type.kind == (datetime ? TypeKind::datetime : TypeKind::date);
    if (right && r.form == Readable::Form::subject && r.path.size() == 2)
      fit.push_back(std::move(r));
  }
  if (fit.empty()) return {};
  const Readable& r = random_.pick(fit);
  level = std::max(level, r.level);
  const std::string name = spell(r);
  const int form = random_.between(0, 9);
  if (form < 7 || datetime) return name;
  if (form < 8) return "(" + name + " + 3 days)";
  return chinese() ? "月末（" + name + "）" : "(end of month of " + name + ")";
}

}  // namespace duban::reference
