// What steps do: notices, tasks and their clauses, writes, raised events.
#include <algorithm>

#include "tests/reference/policy.h"

namespace duban::reference {

using model::Name;

namespace {

bool is_task(const Block& block) {
  return std::any_of(block.line.begin(), block.line.end(), [](const Block::Piece& piece) {
    return piece.text.starts_with("task ") || piece.text.starts_with("交办 ");
  });
}

}  // namespace

std::vector<Block> PolicyMaker::actions(const Place& place, int count) {
  std::vector<Block> out;
  for (int tries = 0; static_cast<int>(out.size()) < count && tries < 12; ++tries) {
    Place at = place;
    at.last = place.last && static_cast<int>(out.size()) + 1 == count;
    if (auto made = action(at)) out.push_back(std::move(*made));
  }
  if (out.empty()) {  // a task needs nothing
    if (auto made = task(place)) out.push_back(std::move(*made));
  }
  return out;
}

std::optional<Block> PolicyMaker::action(const Place& place) {
  const int form = random_.between(0, 99);
  if (form < 34) return notify(place);
  if (form < 55) return place.depth > 0 ? task(place) : notify(place);
  if (form < 74) return set(place);
  if (form < 86) return raise(place);
  if (form < 92) return close(place);
  return escalate(place);
}

// Somebody: the subject itself, the owner, a reference.
std::string PolicyMaker::person(const Place& place, bool with_address) {
  std::vector<Readable> fit;
  for (Readable& r : write_.readables(place.sight)) {
    if (r.type.kind != TypeKind::reference || r.type.set || r.path.size() > 2) continue;
    const bool reference = model_.entities[r.type.id].reference;
    if (!reference && !(with_address || random_.chance(5))) continue;
    fit.push_back(std::move(r));
  }
  if (fit.empty()) return {};
  return write_.spell(random_.pick(fit));
}

std::string PolicyMaker::text(const Sight& sight, bool any_text) {
  static const std::vector<std::string> kEnglish{"hello ", ", there is ", " and ", " by "};
  static const std::vector<std::string> kChinese{"您好，", "，现有", "和", "，截至"};
  const bool zh = write_.chinese();
  std::string out = zh ? "通知" : "note";
  for (int i = random_.between(0, any_text ? 3 : 2); i > 0; --i)
    out += random_.pick(zh ? kChinese : kEnglish) + write_.placeholder(sight);
  return out;
}

// A notice that this place may send, or a new one.
size_t PolicyMaker::notice(const Place& place, int recipient, bool lists) {
  const bool due = place.in_clause && place.sight.due.has_value();
  if (random_.chance(45)) {
    std::vector<size_t> fit;
    for (size_t i = 0; i < model_.notices.size(); ++i) {
      const model::Notice& n = model_.notices[i];
      if (n.file == place.file && n.entity == place.entity && (!n.lists || lists) &&
          (!n.names_due || due) && (n.owner_case < 0 || n.owner_case == place.owner_case))
        fit.push_back(i);
    }
    if (!fit.empty()) return random_.pick(fit);
  }
  model::Notice made{name("notice", "通知单"),  place.entity, recipient, place.owner_case, lists,
                     due && random_.chance(60), place.file};
  Sight sight;
  sight.entity = place.entity;
  sight.owner_case = place.owner_case;
  sight.qualified = true;
  if (made.lists) sight.list = place.sight.list;
  if (made.names_due) sight.due = place.sight.due;
  if (random_.chance(30) && !made.lists && !made.names_due) {
    made.owner_case = sight.owner_case = -1;
  }
  static const std::vector<std::pair<const char*, const char*>> kClasses{
      {" service ", " 服务 "},
      {" service ", " 服务 "},
      {" mandatory ", " 必达 "},
      {" commercial ", " 商业 "}};
  const auto& [english, zh] = random_.pick(kClasses);
  std::string channels = write_.spell(random_.pick(model_.channels).name);
  if (random_.chance(30))
    channels += write_.comma() + write_.spell(random_.pick(model_.channels).name);
  Block block(write_.say("notice ", "通知模板 ") + write_.declare(made.name) +
              write_.say(english, zh) + channels);
  std::string lasts;
  if (random_.chance(30)) lasts = write_.say("expires after ", "有效期 ") + write_.duration();
  const bool before = !lasts.empty() && random_.chance(40);
  if (before) block.add((random_.chance(50) ? ", " : " ") + lasts);
  block.inside.push_back(Block(write_.quoted(text(sight, true))));
  if (!lasts.empty() && !before) block.inside.push_back(Block(lasts));
  in_file(place.file).push_back(std::move(block));
  model_.notices.push_back(std::move(made));
  if (place.owner_case >= 0)
    model_.cases[static_cast<size_t>(place.owner_case)].notices.push_back(model_.notices.size() -
                                                                          1);
  return model_.notices.size() - 1;
}

std::string PolicyMaker::once(const Place& place) {
  const bool zh = write_.chinese();
  switch (random_.below(8)) {
    case 0:
      if (place.owner_case < 0) break;
      return zh ? "同一事项限一次" : "once per case";
    case 1:
      return zh ? "每日限一次" : "once per day";
    case 2:
      return zh ? "每周限一次" : "once per week";
    case 3:
      return zh ? "每月限一次" : "once per month";
    case 4:
      return zh ? "每年限一次" : "once per year";
    case 5: {
      std::vector<Readable> fit;
      for (Readable& r : write_.readables(place.sight)) {
        if (r.form == Readable::Form::bare && r.path.size() == 1 && !r.type.set && !r.timed)
          fit.push_back(std::move(r));
      }
      if (fit.empty()) break;
      const std::string field = write_.spell(random_.pick(fit));
      return zh ? "同一 " + field + " 限一次" : "once per " + field;
    }
    default:
      break;
  }
  const std::string n = std::to_string(random_.between(1, 2));
  if (zh) {
    // `30 日 内 至多 2 次`: a plain number and unit.
    const std::string days = std::to_string(random_.between(1, 40));
    return days + " 日 内 至多 " + n + " 次";
  }
  return "at most " + n + " in " + std::to_string(random_.between(1, 40)) + " days";
}

std::optional<Block> PolicyMaker::notify(const Place& place) {
  // The recipient's type decides on the channels: all entities have both addresses.
  const std::string who = person(place, true);
  if (who.empty()) return std::nullopt;
  Place at = place;
  std::string listing;
  if (random_.chance(15)) {
    Type type{TypeKind::choice, 0, true};
    Sight plain = place.sight;
    write_.level = 0;
    listing = write_.expression(type, plain, 1, Writer::kSum);
    at.sight.list = type;
    if (listing.front() == '{') listing.clear();  // nothing says of which choice
  }
  const size_t chosen = notice(at, 0, !listing.empty());
  const model::Notice& n = model_.notices[chosen];
  if (!listing.empty() && !n.lists) listing.clear();
  std::string channels;
  if (random_.chance(70)) {
    channels = write_.spell(random_.pick(model_.channels).name);
    for (int i = 0; i < 2 && random_.chance(30); ++i)
      channels += write_.comma() + write_.spell(random_.pick(model_.channels).name);
  }
  Block block;
  if (write_.chinese()) {
    block.add("向 " + who + " 发送 " + (channels.empty() ? "" : channels + " ") +
              write_.spell(n.name));
  } else {
    block.add("notify " + who + (channels.empty() ? " " : " by " + channels + " ") +
              write_.spell(n.name));
  }
  if (!listing.empty()) block.add(write_.say(" listing ", " 列明 ") + listing);
  if (random_.chance(30)) block.maybe((random_.chance(50) ? ", " : " ") + once(place));
  if (random_.chance(12)) block.maybe(write_.say(" even if late", " 过时仍发"));
  return block;
}

// ---------------------------------------------------------------- writes

std::optional<Block> PolicyMaker::set(const Place& place) {
  std::string target;
  const std::string first = assignment(place, target);
  if (first.empty()) return std::nullopt;
  std::string line = write_.say("set ", "更新 ") + first;
  if (random_.chance(15)) {
    std::string another = target;
    const std::string second = assignment(place, another);
    if (!second.empty() && another != target) line += write_.comma() + second;
  }
  return Block(line);
}

// `paid = paid + 1`; `chosen`: what it writes.
std::string PolicyMaker::assignment(const Place& place, std::string& chosen) {
  std::vector<const model::Field*> targets;
  const auto& fields = model_.entities[static_cast<size_t>(place.entity)].fields;
  const model::Case* owner =
      place.owner_case < 0 ? nullptr : &model_.cases[static_cast<size_t>(place.owner_case)];
  const auto same = [](const Name& a, const Name& b) {
    return a.english == b.english && a.chinese == b.chinese;
  };
  const auto clash = [&](const Name& n) {  // both the case's and the subject's
    const auto has = [&](const std::vector<model::Field>& in) {
      return std::any_of(in.begin(), in.end(), [&](const auto& f) { return same(f.name, n); });
    };
    return owner != nullptr && has(owner->variables) && has(fields);
  };
  for (const model::Field& f : fields) {
    if (f.level > place.level && !clash(f.name)) targets.push_back(&f);
  }
  if (owner != nullptr) {
    for (const model::Field& f : owner->variables) {
      if (f.level > place.level && !f.key && !clash(f.name)) {
        targets.push_back(&f);
        targets.push_back(&f);
      }
    }
  }
  if (targets.empty()) return {};
  const model::Field& target = *random_.pick(targets);
  chosen = target.name.english + target.name.chinese;
  const Type type = target.type;
  const std::string spelled = write_.spell(target.name);
  std::string value;
  const bool word = type.kind == TypeKind::choice || type.kind == TypeKind::reference ||
                    type.kind == TypeKind::text;
  if (type.optional && random_.chance(6)) {
    value = write_.say("none", "无");
  } else if (place.plain) {
    // Plain steps of one event must not write different constants: write what is read.
    value = write_.name_of(type, place.sight);
    if (value.empty()) return {};
  } else if (word && random_.chance(50)) {
    value = write_.literal(type);
  } else {
    value = write_.expression(type, place.sight, 2);
  }
  return spelled + " = " + value;
}

std::optional<Block> PolicyMaker::raise(const Place& place) {
  std::vector<const model::Event*> fit;
  for (const model::Event& e : model_.events) {
    if (e.entity == place.entity && e.level > place.level &&
        e.kind != model::Event::Kind::broadcast)
      fit.push_back(&e);
  }
  if (fit.empty()) return std::nullopt;
  const model::Event& event = *random_.pick(fit);
  std::string with;
  for (const model::Field& f : event.fields) {
    if (f.type.optional && random_.chance(40)) continue;
    std::string value = write_.expression(f.type, place.sight, 1);
    if (f.type.optional && random_.chance(8)) value = write_.say("none", "无");
    with += (with.empty() ? "" : write_.comma()) + write_.spell(f.name) + " = " + value;
  }
  std::string line = write_.say("raise ", "发起 ") + write_.spell(event.name);
  if (!with.empty())
    line += (random_.chance(30) ? write_.comma() : std::string(" ")) +
            write_.say("with ", "内容 ") + with;
  return Block(line);
}

std::optional<Block> PolicyMaker::close(const Place& place) {
  if (place.owner_case < 0 || place.level >= model::kClosingLevel) return std::nullopt;
  const model::Case& owner = model_.cases[static_cast<size_t>(place.owner_case)];
  if (owner.outcomes.empty() || random_.chance(50)) return std::nullopt;
  return Block(write_.say("close as ", "办结 结果 ") + write_.spell(random_.pick(owner.outcomes)));
}

std::optional<Block> PolicyMaker::escalate(const Place& place) {
  if (!place.in_clause) return std::nullopt;
  const std::string who = person(place, false);
  if (who.empty()) return std::nullopt;
  return Block((random_.chance(70) ? write_.say("escalate to ", "提级至 ")
                                   : write_.say("reassign to ", "改派至 ")) +
               who);
}

// ---------------------------------------------------------------- tasks

std::optional<Block> PolicyMaker::task(const Place& place) {
  const std::string who = person(place, false);
  if (who.empty()) return std::nullopt;
  const std::string title = write_.quoted(text(place.sight, false));
  Block block(write_.chinese() ? "交办 " + who + " " + title : "task " + title + " for " + who);
  // Its times and clauses live on: an outer task's answers and deadline are gone by then.
  Place inner = place;
  inner.sight.answers = nullptr;
  inner.sight.due.reset();
  inner.sight.list.reset();
  inner.in_clause = true;
  inner.depth = place.depth - 1;
  inner.plain = inner.last = false;
  Sight timeless = inner.sight;
  timeless.time = timeless.history = false;
  std::vector<std::string> plain;  // clauses without a colon, in any order
  bool has_due = true, by_date = false;
  bool pauses = true;
  std::optional<bool> days = true;  // whether what is added to a date leaves it one
  write_.level = 0;
  const int form = random_.between(0, 99);
  const auto moment = [&](Type type) {
    by_date = type.kind == TypeKind::date;
    return write_.expression(type, timeless, 1, Writer::kSum);
  };
  const Type kind{random_.chance(60) ? TypeKind::date : TypeKind::datetime};
  if (form < 40) {
    plain.push_back(write_.say("due within ", "时限 ") + write_.duration_value(timeless));
  } else if (form < 55) {
    const std::string by = write_.duration_value(timeless, &days), anchor = moment(kind);
    std::string line =
        write_.chinese() ? "时限 " + anchor + " 后 " + by : "due " + by + " after " + anchor;
    if (write_.counts_days(by) && !model_.calendars.empty() && random_.chance(30)) {
      line += " " + write_.rolled();
      days.reset();
      pauses = false;
    }
    plain.push_back(std::move(line));
  } else if (form < 68) {
    plain.push_back(write_.say("due at ", "截止 ") + moment(kind));
  } else if (form < 88) {
    const std::string by = write_.duration_value(timeless, &days);
    std::string since = write_.name_of(kind, timeless);
    by_date = kind.kind == TypeKind::date;
    if (since.empty()) since = write_.literal(kind);
    const bool zh = write_.chinese();
    std::string line = zh ? "自 " + since + " 起每 " + by : "every " + by + " since " + since;
    if (random_.chance(25)) {
      const std::string floor = write_.expression({TypeKind::date}, timeless, 0, Writer::kSum);
      line += zh ? "，但不早于 " + floor : " but not before " + floor;
    }
    plain.push_back(line);
    if (random_.chance(60)) {
      const std::string early = write_.duration_value(timeless);
      plain.push_back(write_.chinese() ? "截止前 " + early + " 启动"
                                       : "opens " + early + " before due");
    }
  } else {
    has_due = false;
  }
  const int due_level = write_.level;
  std::string pause;
  if (random_.chance(15)) plain.push_back(write_.say("stays", "办结后保留"));
  if (random_.chance(12))
    plain.push_back(write_.say("expires after ", "有效期 ") + write_.duration());
  int done_level = 0;
  if (random_.chance(55)) {
    std::vector<size_t> events;
    for (size_t i = 0; i < model_.events.size(); ++i) {
      if (model_.events[i].entity == place.entity &&
          model_.events[i].kind != model::Event::Kind::outgoing)
        events.push_back(i);
    }
    for (int i = random_.between(1, 2); i > 0 && !events.empty(); --i) {
      const size_t event = random_.pick(events);
      done_level = std::max(done_level, model_.events[event].level);
      std::string line =
          write_.say("done on ", "完成标志 ") + write_.spell(model_.events[event].name);
      if (random_.chance(40)) {
        Sight sight = inner.sight;
        sight.event = static_cast<int>(event);
        sight.opening = false;
        line += write_.say(" if ", " 若 ") + write_.condition(sight, 1);
      }
      plain.push_back(line);
    }
  }
  // A pause needs a clock: not `due at`, nor none.
  if (has_due && pauses && (form < 55 || form >= 68) && random_.chance(25)) {
    Sight watched = inner.sight;
    watched.watched = true;
    watched.time = random_.chance(35);
    const int before = write_.level;
    const std::string condition = write_.expression({TypeKind::yes_no}, watched, 1, Writer::kOr);
    write_.level = before;
    pause = write_.chinese() ? condition + " 期间暂停计时" : "paused while " + condition;
  }
  if (random_.chance(25)) {
    Place at = inner;
    plain.push_back(once(at));
  }
  std::vector<model::Field> needs;
  std::string need_line;
  if (random_.chance(30)) {
    for (int i = random_.between(1, 2); i > 0; --i) {
      model::Field f = field(true);
      if (f.type.set || f.type.kind == TypeKind::reference) continue;
      need_line += (needs.empty() ? "" : write_.comma()) + write_.declare(f.name) +
                   write_.say(": ", "：") + type_words(f, true);
      needs.push_back(std::move(f));
    }
  }
  if (has_due && (days || !by_date))
    inner.sight.due = Type{by_date && *days ? TypeKind::date : TypeKind::datetime};
  for (size_t i = plain.size(); i > 1; --i) std::swap(plain[i - 1], plain[random_.below(i)]);
  for (std::string& line : plain) {
    const bool condition =
        line.find(" if ") != std::string::npos || line.find("若") != std::string::npos;
    if (random_.chance(20) && block.inside.empty() && !condition) {
      block.maybe((random_.chance(50) ? ", " : " ") + line);
    } else {
      block.inside.push_back(Block(std::move(line)));
    }
  }
  if (!pause.empty()) block.inside.push_back(Block(pause));
  if (!needs.empty()) block.inside.push_back(Block(write_.say("needs ", "须填写 ") + need_line));
  // The nearest task above owns a clause: one that makes a task stands last.
  std::vector<Block> below = clauses(inner, has_due, due_level, done_level, needs);
  const auto makes_task = [](const Block& b) {
    return std::any_of(b.inside.begin(), b.inside.end(), is_task) || is_task(b);
  };
  std::stable_partition(below.begin(), below.end(), [&](const Block& b) { return !makes_task(b); });
  for (Block& made : below) {
    if (!block.inside.empty() && makes_task(block.inside.back())) break;
    block.inside.push_back(std::move(made));
  }
  if (place.last && !block.inside.empty() && !below.empty() && !makes_task(block.inside.back())) {
    // Nothing follows: the last clause may have its actions below it.
    Block& open = block.inside.back();
    const auto colon = std::find_if(open.line.begin(), open.line.end(), [](const auto& piece) {
      return piece.text == ":" || piece.text == "：";
    });
    if (colon != open.line.end() && random_.chance(50)) {
      Block first;
      first.line.assign(colon + 2, open.line.end());
      open.line.erase(colon + 1, open.line.end());
      open.inside.push_back(std::move(first));
      if (auto more = notify(inner)) open.inside.push_back(std::move(*more));
    }
  }
  return block;
}

std::vector<Block> PolicyMaker::clauses(const Place& place, bool has_due, int due_level,
                                        int done_level, const std::vector<model::Field>& needs) {
  std::vector<Block> out;
  if (place.depth < 0) return out;
  Place timed = place;
  timed.level = std::max(due_level, done_level);
  if (has_due) {
    if (random_.chance(35)) {
      const std::string early = write_.duration_value(place.sight);
      out.push_back(clause(write_.chinese() ? "截止前 " + early : early + " before due", timed));
    }
    if (random_.chance(45)) out.push_back(clause(write_.say("when late", "超时未办"), timed));
    if (random_.chance(25)) {
      const std::string by = write_.duration_value(place.sight);
      out.push_back(
          clause(write_.chinese() ? "超时 " + by + " 未办" : "when late by " + by, timed));
    }
  }
  if (random_.chance(needs.empty() ? 25 : 75)) {
    Place done = place;
    done.level = done_level;
    done.sight.answers = needs.empty() ? nullptr : &needs;
    out.push_back(clause(write_.say("when done", "办毕时"), done));
  }
  return out;
}

// `when late if C: ACTION`, or with its actions below.
Block PolicyMaker::clause(std::string head, const Place& place) {
  Block block(std::move(head));
  if (random_.chance(place.sight.answers != nullptr ? 60 : 30))
    block.maybe(write_.say(" if ", " 若 ") + write_.condition(place.sight, 1));
  block.add(write_.say(":", "："));
  std::optional<Block> made;
  if (random_.chance(45)) made = escalate(place);
  if (!made) made = std::move(actions(place, 1)[0]);
  block.add(" ");
  for (auto& piece : made->line) block.line.push_back(std::move(piece));
  block.inside = std::move(made->inside);
  return block;
}

}  // namespace duban::reference
