#include "tests/reference/writer.h"

#include <algorithm>

namespace duban::reference {

using model::Name;

bool same_kind(const Type& a, const Type& b) {
  return a.kind == b.kind && a.id == b.id && a.set == b.set;
}

std::string print(const std::vector<Block>& blocks) {
  std::string out;
  const auto walk = [&](const auto& self, const Block& block, size_t depth) -> void {
    out.append(2 * depth, ' ');
    for (const Block::Piece& piece : block.line) out += piece.text;
    out += '\n';
    for (const Block& inner : block.inside) self(self, inner, depth + 1);
  };
  for (const Block& block : blocks) walk(walk, block, 0);
  return out;
}

// ---------------------------------------------------------------- spelling

std::string Writer::say(const char* english, const char* zh) { return chinese() ? zh : english; }

std::string Writer::spell(const Name& name) {
  if (name.chinese.empty()) return name.english;
  if (name.english.empty()) return name.chinese;
  return chinese() ? name.chinese : name.english;
}

std::string Writer::declare(const Name& name) {
  if (name.chinese.empty()) return name.english;
  if (name.english.empty()) return name.chinese;
  const bool english_first = random_.chance(60);
  const std::string& first = english_first ? name.english : name.chinese;
  const std::string& second = english_first ? name.chinese : name.english;
  return chinese() ? first + "（" + second + "）" : first + " (" + second + ")";
}

std::string Writer::quoted(const std::string& text) {
  if (!chinese()) return '"' + text + '"';
  return random_.chance(50) ? "“" + text + "”" : "「" + text + "」";
}

std::string Writer::spell(const Readable& r) {
  const auto point = [&] { return std::string(chinese() ? "的" : "."); };
  std::string out;
  switch (r.form) {
    case Readable::Form::event:
      out = chinese() ? "本次的" : "event.";
      break;
    case Readable::Form::instance:
      out = chinese() ? random_.pick<std::string>({"事项的", "本事项的"}) : "case.";
      break;
    case Readable::Form::subject:
      break;
    default:
      break;
  }
  for (size_t i = 0; i < r.path.size(); ++i) {
    if (i > 0) out += point();
    out += spell(r.path[i]);
  }
  return out;
}

// ---------------------------------------------------------------- what can be seen

std::vector<Readable> Writer::readables(const Sight& s) {
  using Form = Readable::Form;
  std::vector<Readable> out;
  const auto same = [](const Name& a, const Name& b) {
    return a.english == b.english && a.chinese == b.chinese;
  };
  const model::Event* event = s.event < 0 ? nullptr : &model_.events[static_cast<size_t>(s.event)];
  const model::Case* owner =
      s.owner_case < 0 ? nullptr : &model_.cases[static_cast<size_t>(s.owner_case)];
  const model::Entity* entity =
      s.entity < 0 ? nullptr : &model_.entities[static_cast<size_t>(s.entity)];
  const auto in_event = [&](const Name& name) {
    return event != nullptr && s.bare_event &&
           std::any_of(event->fields.begin(), event->fields.end(),
                       [&](const auto& f) { return same(f.name, name); });
  };
  const auto variable_of = [&](const Name& name) -> const model::Field* {
    if (owner == nullptr) return nullptr;
    for (size_t i = 0; i < owner->variables.size() && i < s.variables; ++i) {
      if (same(owner->variables[i].name, name)) return &owner->variables[i];
    }
    return nullptr;
  };
  const auto in_case = [&](const Name& name) { return variable_of(name) != nullptr; };
  const auto in_entity = [&](const Name& name) {
    return entity != nullptr && std::any_of(entity->fields.begin(), entity->fields.end(),
                                            [&](const auto& f) { return same(f.name, name); });
  };
  const auto sets = [&](const Name& name) {
    return event != nullptr && std::find(event->sets.begin(), event->sets.end(),
                                         name.english + name.chinese) != event->sets.end();
  };
  const auto add = [&](Form form, std::vector<Name> path, const Type& type, int at_level) {
    out.push_back({form, std::move(path), type, at_level});
  };
  if (entity != nullptr) {
    for (const model::Field& f : entity->fields) {
      const bool bare = !in_case(f.name) && (!in_event(f.name) || sets(f.name));
      if (bare) add(Form::bare, {f.name}, f.type, f.level);
      add(Form::subject, {entity->name, f.name}, f.type, f.level);
    }
    add(Form::bare, {entity->key}, {TypeKind::text}, 0);
    add(Form::bare, {entity->name}, {TypeKind::reference, static_cast<uint16_t>(s.entity)}, 0);
  }
  if (event != nullptr) {
    for (const model::Field& f : event->fields) {
      const model::Field* variable = variable_of(f.name);
      const bool bare = s.bare_event && !in_entity(f.name) &&
                        (variable == nullptr || (variable->equal && !s.opening && !s.subject_only));
      if (bare) add(Form::bare, {f.name}, f.type, 0);
      add(Form::event, {f.name}, f.type, 0);
    }
    add(Form::event, {{"time", "发生时间"}}, {TypeKind::datetime}, 0);
    if (!s.past) add(Form::event, {{"received", "收到时间"}}, {TypeKind::datetime}, 0);
  }
  if (owner != nullptr) {
    for (size_t i = 0; i < owner->variables.size() && i < s.variables; ++i) {
      const model::Field& f = owner->variables[i];
      if (s.subject_only) break;
      const bool bare = !in_entity(f.name) && (!in_event(f.name) || s.opening || f.equal);
      if (bare) add(Form::bare, {f.name}, f.type, f.level);
      add(Form::instance, {f.name}, f.type, f.level);
      out.back().variable = true;
    }
    if (!s.subject_only) add(Form::instance, {{"opened", "启动时间"}}, {TypeKind::datetime}, 0);
    if (owner->has_owner && !s.subject_only) {
      add(Form::builtin, {{"owner", "负责人"}},
          {TypeKind::reference, static_cast<uint16_t>(owner->owner_entity)}, model::kLevels - 2);
    }
  }
  if (s.answers != nullptr) {
    // Many times: where an answer can be read, it mostly should be.
    for (int i = 0; i < 8; ++i) {
      for (const model::Field& f : *s.answers) add(Form::bare, {f.name}, f.type, 0);
    }
  }
  if (s.defines) {
    for (const model::Define& d : model_.defines) {
      const bool mine = d.owner_case >= 0 ? d.owner_case == s.owner_case : d.entity == s.entity;
      if (!mine || (s.subject_only && d.owner_case >= 0)) continue;
      out.push_back({Form::bare, {d.name}, d.type, d.level, d.timed, d.history});
      out.back().computed = true;
      if (s.watched && !d.watchable) out.pop_back();
    }
    for (const model::Table& t : model_.tables) {
      const bool mine = t.owner_case >= 0 ? t.owner_case == s.owner_case : t.entity == s.entity;
      if (!mine || (s.subject_only && t.owner_case >= 0)) continue;
      if (s.watched && !t.watchable) continue;
      for (const model::Table::Output& o : t.outputs) {
        out.push_back({Form::bare, {t.name, o.name}, o.type, t.level, t.timed, t.history});
        out.back().computed = true;
        if (t.outputs.size() > 1) continue;
        out.push_back({Form::bare, {t.name}, o.type, t.level, t.timed, t.history});
        out.back().computed = true;
      }
    }
  }
  for (const model::Parameter& p : model_.parameters) {
    add(Form::bare, {p.name}, p.type, 0);
    out.back().computed = true;
  }
  if (s.due) add(Form::builtin, {{"due", "办理期限"}}, *s.due, model::kLevels - 1);
  if (s.list) add(Form::builtin, {{"list", "清单"}}, *s.list, 0);
  if (!s.watched)
    out.push_back({Form::builtin, {{"now", "现在"}}, {TypeKind::datetime}, 0, true, false});
  out.push_back({Form::builtin, {{"today", "今日"}}, {TypeKind::date}, 0, true, false});
  // Rows of references: one or two points further.
  if (s.references) {
    for (int round = 0; round < 2; ++round) {
      const size_t count = out.size();
      for (size_t i = 0; i < count; ++i) {
        const Readable base = out[i];
        if (base.type.kind != TypeKind::reference || base.type.set || base.path.size() > 2)
          continue;
        const model::Entity& of = model_.entities[base.type.id];
        if (!of.reference || (round == 1 && base.path.size() < 2)) continue;
        if (round == 1 && !random_.chance(20)) continue;
        for (const model::Field& f : of.fields) {
          Readable longer = base;
          longer.path.push_back(f.name);
          longer.type = f.type;
          longer.type.optional = true;
          out.push_back(std::move(longer));
        }
        Readable key = base;
        key.path.push_back(of.key);
        key.type = {TypeKind::text, 0, false, true};
        out.push_back(std::move(key));
      }
    }
  }
  std::erase_if(out, [&](const Readable& r) {
    const bool field = r.form == Form::bare && in_entity(r.path[0]);
    const bool variable = r.form == Form::bare && in_case(r.path[0]);
    return (s.qualified && (field || variable || r.form == Form::event)) || (r.timed && !s.time) ||
           (r.history && !s.history) || r.level >= s.max_level;
  });
  return out;
}

std::optional<Writer::Text> Writer::read(const Type& type, const Sight& sight, bool plain) {
  std::vector<Readable> fit;
  for (Readable& r : readables(sight)) {
    if (same_kind(r.type, type) && !(plain && r.computed)) fit.push_back(std::move(r));
  }
  if (fit.empty()) return std::nullopt;
  const Readable& r = random_.pick(fit);
  level = std::max(level, r.level);
  return Text{spell(r), kPrimary};
}

std::string Writer::name_of(const Type& type, const Sight& sight, bool simple) {
  std::vector<Readable> fit;
  for (Readable& r : readables(sight)) {
    if (same_kind(r.type, type) &&
        (!simple || (r.path.size() == 1 && r.form == Readable::Form::bare)))
      fit.push_back(std::move(r));
  }
  if (fit.empty()) return {};
  const Readable& r = random_.pick(fit);
  level = std::max(level, r.level);
  return spell(r);
}

std::string Writer::plain_name_of(const Type& type, const Sight& sight) {
  const auto text = read(type, sight, true);
  return text ? text->text : "";
}

std::string Writer::placeholder(const Sight& sight) {
  const std::vector<Readable> all = readables(sight);
  const Readable& r = random_.pick(all);
  return "{" + spell(r) + "}";
}

// ---------------------------------------------------------------- literals

namespace {

// Hours, minutes, working time: not calendar days or months.
bool counts_clock(const std::string& text) {
  for (const char* word : {"hour", "minute", "second", "working", "小时", "分钟", "秒", "工作"}) {
    if (text.find(word) != std::string::npos) return true;
  }
  return false;
}

}  // namespace

bool Writer::counts_days(const std::string& text) {
  return (text[0] >= '0' && text[0] <= '9') && !counts_clock(text);
}

std::string Writer::number_literal(bool money) {
  static const std::vector<std::pair<const char*, int64_t>> kNumbers{{"0", 0},
                                                                     {"1", 1'000'000},
                                                                     {"2", 2'000'000},
                                                                     {"3", 3'000'000},
                                                                     {"0.5", 500'000},
                                                                     {"10", 10'000'000},
                                                                     {"12.25", 12'250'000},
                                                                     {"50", 50'000'000},
                                                                     {"100", 100'000'000},
                                                                     {"99.99", 99'990'000},
                                                                     {"1,000", 1'000'000'000},
                                                                     {"0.000001", 1}};
  static const std::vector<std::pair<const char*, int64_t>> kScaled{
      {"5%", 50'000}, {"2‰", 2'000}, {"250%", 2'500'000}, {"1 万", 10'000'000'000}};
  if (!money && random_.chance(12)) {
    const auto& [text, micro] = random_.pick(kScaled);
    model_.pool.numbers.push_back(Decimal::from_micro(micro));
    return text;
  }
  const auto& [text, micro] = random_.pick(kNumbers);
  model_.pool.numbers.push_back(Decimal::from_micro(micro));
  if (!money) return text;
  if (random_.chance(8)) return std::string("1 万") + model_.currency_chinese;
  return std::string(text) + " " + (chinese() ? model_.currency_chinese : model_.currency_english);
}

std::string Writer::duration(bool for_window) {
  const auto n = [&](int high) { return std::to_string(random_.between(1, high)); };
  const auto in = [&](const std::string& amount, const char* english, const char* zh) {
    const bool one = amount == "1";
    if (chinese()) return amount + (random_.chance(50) ? " " : "") + zh;
    return amount + " " + english + (one ? "" : "s");
  };
  const int kinds = for_window ? 8 : 12;
  for (;;) {
    switch (random_.below(static_cast<size_t>(kinds))) {
      case 0:
        return in(n(50), "hour", "小时");
      case 1:
        return in(n(90), "minute", "分钟");
      case 2:
        return in(n(120), "second", "秒");
      case 3:
      case 4:
        return in(n(for_window ? 60 : 12), "day", "日");
      case 5:
        return in(n(3), "week", "周");
      case 6:
        return in(n(4), "month", "个月");
      case 7:
        return chinese() ? random_.pick<std::string>({"1 个季度", "半年", "1 年"})
                         : random_.pick<std::string>({"a quarter", "half a year", "1 year"});
      default:
        break;
    }
    if (model_.calendars.empty()) continue;
    const size_t calendar = random_.below(model_.calendars.size());
    const bool is_default = static_cast<int>(calendar) == model_.default_calendar;
    const bool hours = random_.chance(50);
    if (hours && !model_.calendar_has_hours[calendar]) continue;
    if (is_default && random_.chance(70))
      return hours ? in(n(30), "working hour", "个工作小时") : in(n(8), "working day", "个工作日");
    const std::string of = spell(model_.calendars[calendar]);
    const bool zh = chinese();
    const std::string amount = n(8);
    const std::string unit = hours ? (zh              ? "个工作小时"
                                      : amount == "1" ? "working hour"
                                                      : "working hours")
                                   : (zh              ? "个工作日"
                                      : amount == "1" ? "working day"
                                                      : "working days");
    return amount + " " + unit + (zh ? "（" + of + "）" : " of " + of);
  }
}

std::string Writer::duration_value(const Sight& sight, std::optional<bool>* days) {
  if (random_.chance(25)) {
    std::vector<Readable> fit;
    for (Readable& r : readables(sight)) {
      if (same_kind(r.type, {TypeKind::duration})) fit.push_back(std::move(r));
    }
    if (!fit.empty()) {
      const Readable& r = random_.pick(fit);
      level = std::max(level, r.level);
      if (days != nullptr) *days = r.computed ? std::optional<bool>() : std::optional(true);
      return spell(r);
    }
  }
  const std::string text = duration();
  if (days != nullptr) *days = !counts_clock(text);
  if (random_.chance(10)) return "(" + text + " * " + std::to_string(random_.between(2, 3)) + ")";
  return text;
}

std::string Writer::literal(const Type& type) {
  if (type.set) {
    Type item = type;
    item.set = item.optional = false;
    std::string out;
    for (int i = random_.between(1, 3); i > 0; --i)
      out += (out.empty() ? "" : comma()) + literal(item);
    return "{" + out + "}";
  }
  switch (type.kind) {
    case TypeKind::yes_no:
      return random_.chance(50) ? say("yes", "是") : say("no", "否");
    case TypeKind::number:
      return number_literal(false);
    case TypeKind::money:
      return number_literal(true);
    case TypeKind::text:
      return quoted(random_.pick<std::string>({"t1", "t2", "t3", "文 四", "t_5"}));
    case TypeKind::date: {
      const Date date = add_days(*date_from_civil(2026, 1, 1), random_.between(0, 200));
      model_.pool.dates.push_back(date);
      const CivilDate d = civil(date);
      if (!chinese()) return to_string(date);
      return std::to_string(d.year) + "年" + std::to_string(d.month) + "月" +
             std::to_string(d.day) + "日";
    }
    case TypeKind::time: {
      const TimeOfDay time{random_.between(0, 95) * 15 * 60'000};
      model_.pool.times.push_back(time);
      return to_string(time);
    }
    case TypeKind::datetime: {
      const Date date = add_days(*date_from_civil(2026, 1, 1), random_.between(0, 200));
      model_.pool.dates.push_back(date);
      return to_string(date) + " " + to_string(TimeOfDay{random_.between(0, 47) * 30 * 60'000});
    }
    case TypeKind::duration:
      return duration();
    case TypeKind::choice:
      return spell(random_.pick(model_.choices[type.id].values));
    case TypeKind::reference:
      return quoted("S" + std::to_string(random_.between(1, 4)));
    default:
      return say("none", "无");
  }
}

}  // namespace duban::reference
