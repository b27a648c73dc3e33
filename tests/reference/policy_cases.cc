// Rules and cases with all their triggers, and what a new version changes.
#include <algorithm>

#include "tests/reference/policy.h"

namespace duban::reference {

using model::Name;

namespace {

bool same(const Name& a, const Name& b) { return a.english == b.english && a.chinese == b.chinese; }

bool contains(const std::vector<model::Field>& fields, const Name& name) {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const auto& f) { return same(f.name, name); });
}

}  // namespace

// A trigger's line, its actions, and its other half.
std::vector<Block> PolicyMaker::trigger(const std::string& head, Place place, bool can_condition) {
  Block block(head);
  bool conditional = false;
  if (can_condition && random_.chance(40)) {
    conditional = true;
    block.maybe(write_.say(" if ", " 若 ") + write_.condition(place.sight, 2));
  }
  place.plain = place.plain && !conditional;
  place.last = true;
  block.add(write_.say(":", "："));
  std::vector<Block> made = actions(place, random_.between(1, 2));
  if (made.size() == 1 && made[0].inside.empty() && random_.chance(50)) {
    block.add(" ");
    for (auto& piece : made[0].line) block.line.push_back(std::move(piece));
  } else {
    block.inside = std::move(made);
  }
  std::vector<Block> out;
  out.push_back(std::move(block));
  if (conditional && random_.chance(30)) {
    Block otherwise(write_.say("otherwise:", "否则："));
    otherwise.inside = actions(place, 1);
    if (!otherwise.inside.empty()) out.push_back(std::move(otherwise));
  }
  return out;
}

std::vector<Block> PolicyMaker::make_step(Place place, bool in_case) {
  const bool zh = write_.chinese();
  Sight& sight = place.sight;
  Sight still = sight;  // the times of steps do not move with the clock
  still.time = false;
  still.max_level = model::kClosingLevel;
  Sight watched = sight;  // what is watched may, where timers can follow
  watched.watched = true;
  watched.time = random_.chance(35);
  watched.max_level = model::kClosingLevel;
  write_.level = 0;
  const int form = random_.between(0, 99);
  const model::Case* owner =
      in_case ? &model_.cases[static_cast<size_t>(place.owner_case)] : nullptr;
  if (in_case && form < 16) {
    if (owner->opening_events.size() == 1 && !owner->opens_when) {
      sight.event = owner->opening_events[0];
      sight.opening = true;
    }
    place.level = owner->opening_level;
    return trigger(zh ? "启动时" : "on opening", place, true);
  }
  if (in_case && form < 24) {
    place.level = model::kClosingLevel;
    std::string as;
    if (random_.chance(40) && !owner->outcomes.empty())
      as = write_.say(" as ", " 结果 ") + write_.spell(random_.pick(owner->outcomes));
    return trigger((zh ? "办结时" : "on closing") + as, place, true);
  }
  if (form < 43) {
    std::vector<size_t> events;
    for (size_t i = 0; i < model_.events.size(); ++i) {
      if (model_.events[i].entity != place.entity) continue;
      events.push_back(i);
    }
    const size_t event = random_.pick(events);
    sight.event = static_cast<int>(event);
    place.level = model_.events[event].level;
    place.plain = true;
    const std::string name = write_.spell(model_.events[event].name);
    // `发生 E 时 若 C：`; the 时 may be left out.
    return trigger(zh ? "发生 " + name + (random_.chance(70) ? " 时" : "") : "on " + name, place,
                   true);
  }
  if (form < 58 && in_case && !owner->notices.empty()) {
    const model::Notice& notice = model_.notices[random_.pick(owner->notices)];
    const bool failed = random_.chance(40);
    const std::string name = write_.spell(notice.name);
    return trigger(zh ? name + (failed ? " 发送失败时" : " 送达时")
                      : "on " + name + (failed ? " failed" : " delivered"),
                   place, true);
  }
  if (form < 70) {
    const std::string condition = in_case && random_.chance(60) ? write_.condition(watched, 2)
                                                                : write_.own_condition(watched, 2);
    place.level = write_.level;
    return trigger(zh ? "当 " + condition + " 时" : "when " + condition, place, true);
  }
  if (form < 84 && form >= 77) {
    const std::string when = schedule(still);
    place.level = write_.level;
    Block probe;
    const bool unsure = !in_case && model_.entities.size() > 2;
    if (!unsure) return trigger(when, place, true);
    // Nobody could tell whose it is: a condition says so.
    return trigger(when + write_.say(" if ", " 若 ") + write_.own_condition(sight, 0), place,
                   false);
  }
  if (form < 77) {
    Sight own = watched;
    if (!in_case) own.owner_case = -1;
    std::vector<Readable> fit;
    for (Readable& r : write_.readables(own)) {
      const bool mine = r.form == Readable::Form::subject || r.variable;
      if (mine && r.path.size() <= 2) fit.push_back(std::move(r));
    }
    const Readable& r = random_.pick(fit);
    write_.level = std::max(write_.level, r.level);
    place.level = write_.level;
    const std::string name = write_.spell(r);
    return trigger(zh ? name + " 变化时" : (random_.chance(50) ? "when " : "") + name + " changes",
                   place, true);
  }
  // Times.
  const bool datetime = random_.chance(35);
  const Type type{datetime ? TypeKind::datetime : TypeKind::date};
  std::string anchor = in_case && random_.chance(70)
                           ? write_.expression(type, still, 1, Writer::kPrimary)
                           : write_.own_moment(still, datetime);
  if (anchor.empty()) anchor = write_.own_moment(still, !datetime);
  if (anchor.empty()) return {};
  place.level = write_.level;
  const int kind = random_.between(0, 9);
  if (kind < 2) return trigger((zh ? "于 " : "at ") + anchor, place, true);
  const std::string by = write_.duration_value(still);
  const bool before = kind < 6;
  place.level = std::max(place.level, write_.level);
  if (!before && write_.counts_days(by) && !model_.calendars.empty() && random_.chance(40)) {
    const std::string roll = " " + write_.rolled();
    return trigger((zh ? anchor + " 后 " + by : by + " after " + anchor) + roll, place, true);
  }
  return trigger(zh ? anchor + (before ? " 前 " : " 后 ") + by
                    : by + (before ? " before " : " after ") + anchor,
                 place, true);
}

Block PolicyMaker::case_define(int index) {
  Sight sight;
  sight.owner_case = index;
  sight.entity = model_.cases[static_cast<size_t>(index)].entity;
  sight.time = random_.chance(40);
  sight.history = sight.time;
  sight.watched = random_.chance(60);
  Type type{random_.pick({TypeKind::number, TypeKind::money, TypeKind::date, TypeKind::yes_no})};
  write_.level = 0;
  const std::string value = write_.expression(type, sight, 2);
  type.optional = true;
  const Name own = name("value", "值");
  model_.defines.push_back({own, sight.entity, index, type, write_.level, sight.time, sight.history,
                            sight.watched || !sight.time});
  return Block(write_.say("define ", "定义 ") + write_.declare(own) + " = " + value);
}

void PolicyMaker::make_case() {
  const int entity = random_.chance(85) || model_.entities.size() < 3 ? 1 : 2;
  const size_t file = some_file();
  const int index = static_cast<int>(model_.cases.size());
  model_.cases.push_back({});
  model::Case made;
  made.name = name("Case", "事项");
  made.entity = entity;
  made.file = file;
  const bool zh = write_.chinese();

  // What opens it.
  std::vector<size_t> events;
  for (size_t i = 0; i < model_.events.size(); ++i) {
    if (model_.events[i].entity == entity && model_.events[i].level < model::kClosingLevel &&
        model_.events[i].kind != model::Event::Kind::outgoing)
      events.push_back(i);
  }
  const Name* family = nullptr;
  std::vector<Block> lines;
  const bool keyed = random_.chance(70);
  const bool by_condition = !keyed && random_.chance(60);
  if (by_condition) {
    made.opens_when = true;
    Sight sight;
    sight.entity = entity;
    sight.watched = true;
    sight.time = random_.chance(30);
    sight.max_level = model::kClosingLevel - 1;
    write_.level = 0;
    lines.push_back(Block(write_.say("opens when ", "启动条件 ") + write_.own_condition(sight, 1)));
    made.opening_level = write_.level;
  }
  std::vector<size_t> openers;
  if (keyed) {
    std::vector<size_t> with_key;
    for (const size_t i : events) {
      for (const model::Field& f : model_.events[i].fields) {
        if (f.key) with_key.push_back(i);
      }
    }
    if (!with_key.empty()) {
      openers.push_back(random_.pick(with_key));
      family = &model_.events[openers[0]].fields[0].name;
      if (random_.chance(30)) {
        for (const size_t i : with_key) {
          if (i != openers[0] && same(model_.events[i].fields[0].name, *family))
            openers.push_back(i);
          if (openers.size() == 2) break;
        }
      }
    }
  }
  if (openers.empty() && !made.opens_when) openers.push_back(random_.pick(events));
  if (made.opens_when && random_.chance(30)) openers.push_back(random_.pick(events));
  for (const size_t i : openers) {
    made.opening_events.push_back(static_cast<int>(i));
    made.opening_level = std::max(made.opening_level, model_.events[i].level);
    Block line(write_.say("opens on ", "启动事件 ") + write_.spell(model_.events[i].name));
    if (random_.chance(30)) {
      Sight sight;
      sight.entity = entity;
      sight.event = static_cast<int>(i);
      line.maybe(write_.say(" if ", " 若 ") + write_.condition(sight, 1));
    }
    lines.push_back(std::move(line));
    for (const model::Field& f : model_.events[i].fields) {
      if (contains(made.variables, f.name)) {
        for (model::Field& v : made.variables) {
          if (same(v.name, f.name)) v.type.optional |= f.type.optional;
        }
        continue;
      }
      model::Field variable = f;
      variable.key = false;
      variable.level = random_.between(1, model::kLevels - 1);
      made.variables.push_back(variable);
    }
  }
  if (openers.size() + (made.opens_when ? 1 : 0) > 1) {
    for (model::Field& v : made.variables) {
      const bool always =
          !made.opens_when && std::all_of(openers.begin(), openers.end(), [&](size_t i) {
            return contains(model_.events[i].fields, v.name);
          });
      v.type.optional |= !always;
    }
  }
  model_.cases[static_cast<size_t>(index)] = made;
  model::Case* owner = &model_.cases[static_cast<size_t>(index)];

  std::string key;
  if (family != nullptr) {
    const bool of_event = random_.chance(20);
    key = of_event ? (zh ? "本次的" : "event.") + write_.spell(*family) : write_.spell(*family);
    for (model::Field& v : owner->variables) {
      if (same(v.name, *family)) v.key = v.equal = !of_event;
    }
  } else if (openers.size() == 1 && !made.opens_when && random_.chance(40)) {
    for (const model::Field& f : model_.events[openers[0]].fields) {
      if (f.type.set || contains(model_.entities[static_cast<size_t>(entity)].fields, f.name))
        continue;
      if (f.type.kind != TypeKind::date && f.type.kind != TypeKind::number &&
          f.type.kind != TypeKind::choice)
        continue;
      key = write_.spell(f.name);
      const bool part = f.type.kind == TypeKind::date && random_.chance(50);
      if (part) key = "(month of " + key + ")";
      for (model::Field& v : owner->variables) {
        if (same(v.name, f.name)) v.key = true, v.equal = !part;
      }
    }
  }
  std::string head = write_.say("case ", "事项 ") + write_.declare(made.name) +
                     write_.say(" of ", " 对象 ") +
                     write_.spell(model_.entities[static_cast<size_t>(entity)].name);
  if (!key.empty()) head += write_.say(" per ", " 按 ") + key;
  Block block(head);
  if (random_.chance(25)) lines.push_back(Block(write_.say("may reopen", "可重启")));
  if (random_.chance(55)) {
    static const std::vector<std::pair<const char*, const char*>> kFlights{
        {"keep", "沿用旧版"}, {"recompute", "按新版重算"}, {"restart", "重新计时"}};
    const auto& [english, chinese] = random_.pick(kFlights);
    lines.push_back(Block(write_.chinese() ? std::string("在途：") + chinese
                                           : std::string("in flight: ") + english));
  }

  Sight sight;
  sight.entity = entity;
  sight.owner_case = index;
  for (int i = random_.between(0, 3); i > 0; --i) {
    model::Field f = field(true);
    f.level = random_.between(1, model::kLevels - 1);
    std::string line = write_.say("keep ", "记录 ") + write_.declare(f.name) +
                       write_.say(": ", "： ") + type_words(f, true);
    if (!f.type.optional || random_.chance(40)) {
      Sight before = sight;
      before.defines = false;
      const bool word = f.type.kind == TypeKind::reference;
      std::string value =
          word ? write_.name_of(f.type, before) : write_.expression(f.type, before, 1);
      if (value.empty()) {
        f.type.optional = true;
        line = write_.say("keep ", "记录 ") + write_.declare(f.name) + write_.say(": ", "： ") +
               type_words(f, true);
      } else {
        line += " = " + value;
      }
    }
    lines.push_back(Block(line));
    owner->variables.push_back(std::move(f));
  }
  if (random_.chance(70)) {
    std::vector<Readable> fit;
    for (Readable& r : write_.readables(sight)) {
      if (r.type.kind == TypeKind::reference && !r.type.set && model_.entities[r.type.id].reference)
        fit.push_back(std::move(r));
    }
    if (!fit.empty()) {
      const Readable& r = random_.pick(fit);
      lines.push_back(Block(write_.say("owner ", "负责人 ") + write_.spell(r)));
      owner->has_owner = true;
      owner->owner_entity = r.type.id;
    }
  }
  for (int i = random_.between(0, 2); i > 0; --i) lines.push_back(case_define(index));
  owner = &model_.cases[static_cast<size_t>(index)];

  // What closes it.
  for (int i = random_.between(1, 2); i > 0; --i) owner->outcomes.push_back(name("end", "结局"));
  const auto outcome = [&] {
    return write_.say(" as ", " 结果 ") + write_.declare(random_.pick(owner->outcomes));
  };
  for (int i = random_.between(0, 2); i > 0; --i) {
    const size_t event = random_.pick(events);
    Sight at = sight;
    at.event = static_cast<int>(event);
    Block line(write_.say("closes on ", "办结事件 ") + write_.spell(model_.events[event].name));
    if (random_.chance(50)) line.maybe(write_.say(" if ", " 若 ") + write_.condition(at, 1));
    line.add(outcome());
    lines.push_back(std::move(line));
  }
  if (random_.chance(60)) {
    Sight at = sight;
    at.watched = true;
    at.time = random_.chance(30);
    at.max_level = model::kClosingLevel;
    lines.push_back(Block(write_.say("closes when ", "办结条件 ") +
                          write_.expression({TypeKind::yes_no}, at, 1, Writer::kAnd) + outcome()));
  } else if (lines.size() < 3) {
    Block line(write_.say("closes on ", "办结事件 ") + write_.spell(model_.events[events[0]].name));
    line.add(outcome());
    lines.push_back(std::move(line));
  }
  // Only outcomes that a line declares may be named by `close as`.
  std::erase_if(owner->outcomes, [&](const Name& n) {
    return std::none_of(lines.begin(), lines.end(), [&](const Block& line) {
      const std::string& text = line.line.back().text;
      return (!n.english.empty() && text.find(n.english) != std::string::npos) ||
             (!n.chinese.empty() && text.find(n.chinese) != std::string::npos);
    });
  });

  if (random_.chance(25)) in_file(file).push_back(table(entity, index));
  Place place;
  place.sight = sight;
  place.owner_case = index;
  place.entity = entity;
  place.file = file;
  for (int i = random_.between(2, 6); i > 0; --i) {
    for (Block& step : make_step(place, true)) lines.push_back(std::move(step));
  }
  block.inside = std::move(lines);
  in_file(file).push_back(std::move(block));
}

void PolicyMaker::make_rule() {
  const int entity = random_.chance(80) || model_.entities.size() < 3 ? 1 : 2;
  const size_t file = some_file();
  Block block(write_.say("rule ", "规则 ") + write_.quoted("R" + std::to_string(++names_)));
  Place place;
  place.sight.entity = entity;
  place.entity = entity;
  place.file = file;
  for (int i = random_.chance(20) ? 2 : 1; i > 0; --i) {
    for (Block& step : make_step(place, false)) block.inside.push_back(std::move(step));
  }
  if (!block.inside.empty()) in_file(file).push_back(std::move(block));
}

// ---------------------------------------------------------------- a new version

Draft PolicyMaker::evolve() {
  // An attribute more, with a default.
  for (Block& block : words()) {
    const std::string& line = block.line[0].text;
    const Name& own = model_.entities[1].name;
    const bool is_first =
        (line.starts_with("entity ") || line.starts_with("对象 ")) &&
        ((!own.english.empty() && line.find(own.english + " ") != std::string::npos) ||
         (!own.chinese.empty() && line.find(own.chinese) != std::string::npos));
    if (!is_first || !random_.chance(50)) continue;
    model::Field f;
    f.type = {TypeKind::number};
    f.name = field_name(f.type);
    f.level = random_.between(0, model::kLevels - 1);
    f.has_default = true;
    block.inside.push_back(Block(write_.declare(f.name) + ": number = " + write_.literal(f.type)));
    model_.entities[1].fields.push_back(std::move(f));
    break;
  }
  // Channels are never pinned.
  for (Block& block : words()) {
    const std::string& line = block.line[0].text;
    if ((line.starts_with("channel ") || line.starts_with("渠道 ")) && random_.chance(40))
      block.inside = channel_limits();
  }
  // Rules that go, cases that change, rules that come.
  for (size_t file = 1; file < draft_.rules.size(); ++file) {
    auto& blocks = draft_.rules[file].second;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const std::string& line = blocks[i].line[0].text;
      const bool rule = line.starts_with("rule ") || line.starts_with("规则 ");
      if (rule && random_.chance(20)) {
        blocks.erase(blocks.begin() + static_cast<long>(i));
        break;
      }
    }
  }
  for (size_t c = 0; c < model_.cases.size(); ++c) {
    if (!random_.chance(60)) continue;
    const model::Case kind = model_.cases[c];
    Place place;
    place.sight.entity = place.entity = kind.entity;
    place.sight.owner_case = place.owner_case = static_cast<int>(c);
    place.file = kind.file;
    const std::vector<Block> made = make_step(place, true);
    for (Block& block : in_file(kind.file)) {
      const std::string& line = block.line[0].text;
      const bool is_case = line.starts_with("case ") || line.starts_with("事项 ");
      const std::string& head = kind.name.english.empty() ? kind.name.chinese : kind.name.english;
      if (!is_case || line.find(head + " ") == std::string::npos) continue;
      for (const Block& step : made) block.inside.push_back(step);
      break;
    }
  }
  make_rule();
  for (const auto& parameter : model_.parameters) {
    if (!random_.chance(40)) continue;
    const Name& n = parameter.name;
    draft_.parameters[n.english.empty() ? n.chinese : n.english] = write_.literal(parameter.type);
  }
  return draft_;
}

}  // namespace duban::reference
