// Notices: deciding, limits, waiting, catching up, receipts [19].
#include <algorithm>

#include "tests/reference/judge.h"
#include "tests/reference/moments.h"
#include "tests/reference/text.h"

namespace duban::reference {

using Per = syntax::ChannelDecl::Limit::Per;
using OnceKind = syntax::Once::Kind;

namespace {

Date period_start(Per per, Date day) {
  const CivilDate d = civil(day);
  switch (per) {
    case Per::day:
      return day;
    case Per::week:
      return add_days(day, 1 - weekday(day));
    case Per::month:
      return *date_from_civil(d.year, d.month, 1);
    case Per::year:
      return *date_from_civil(d.year, 1, 1);
  }
  return day;
}

Date period_end(Per per, Date start) {
  switch (per) {
    case Per::day:
      return add_days(start, 1);
    case Per::week:
      return add_days(start, 7);
    case Per::month:
      return add_months(start, 1);
    case Per::year:
      return add_months(start, 12);
  }
  return start;
}

// The end of the quiet hours that a time lies in; they may span midnight.
std::optional<Instant> quiet_end(const Zone& zone, const syntax::ChannelDecl& channel, Instant at) {
  if (!channel.quiet_from) return std::nullopt;
  const TimeOfDay from = *channel.quiet_from, to = *channel.quiet_to, time = zone.time_of(at);
  const Date day = zone.date_of(at);
  if (from <= to) {
    return from <= time && time < to ? std::optional(zone.at(day, to)) : std::nullopt;
  }
  if (time < to) return zone.at(day, to);
  return time >= from ? std::optional(zone.at(add_days(day, 1), to)) : std::nullopt;
}

bool is_mandatory(const Program& p, const syntax::Action& action) {
  return p.notice(action.notice.text).decl->notice_class == syntax::NoticeClass::mandatory;
}

}  // namespace

// ---------------------------------------------------------------- words

std::vector<Judge::ChannelUse> Judge::channels_of(const Letter& letter) const {
  const Source& source = letter.fire->source;
  const Program& p = *source.program;
  const Type who = type_of(context(source), *letter.action->who);
  const Entity& entity = p.entities[who.id];
  const auto& names = letter.action->channels.empty()
                          ? p.notice(letter.action->notice.text).decl->channels
                          : letter.action->channels;
  std::vector<ChannelUse> out;
  for (const syntax::Word& name : names) {
    const auto& known = p.channel(name.text);
    const auto usable = [](const Field* field) {
      return field != nullptr && field->type.kind == TypeKind::text && !field->type.set;
    };
    const std::string& was = known.decl->address.text;
    if (!entity.key.is(was) && !usable(find(entity.fields, was))) continue;
    // Channels are never pinned [4]: the one of that name in force, if there is still one.
    const Declared<syntax::ChannelDecl>* channel = &known;
    for (const auto& other : current_.channels) {
      if (other.names.name == known.names.name) channel = &other;
    }
    const std::string& wanted = channel->decl->address.text;
    const Entity& now = current_.entities[who.id];
    out.push_back({channel, now.key.is(wanted), find(now.fields, wanted)});
  }
  return out;
}

std::string Judge::address(const ChannelUse& use, const Key& recipient) const {
  if (use.by_key) return recipient.key;
  if (use.address == nullptr) return {};
  const Fields* fields = nullptr;
  if (recipient == subject_.key) fields = &subject_.attributes;
  if (const auto row = rows_.find(recipient); fields == nullptr && row != rows_.end())
    fields = &row->second;
  if (fields == nullptr) return {};
  const auto at = fields->find(use.address->names.name);
  const std::string* text = at == fields->end() ? nullptr : at->second.get_if<std::string>();
  return text == nullptr ? std::string() : *text;
}

bool Judge::has_address(Letter& letter) const {
  const auto channels = channels_of(letter);
  while (letter.position < channels.size() &&
         address(channels[letter.position], letter.recipient).empty())
    ++letter.position;
  return letter.position < channels.size();
}

void Judge::tell(const Letter& letter, const std::string& status, std::optional<Instant> until,
                 const std::string& why, const std::string* sent) {
  const Source& source = letter.fire->source;
  const Program& p = *source.program;
  Context c = context(source);
  const Value listing = evaluate(c, letter.action->listing);
  if (letter.action->listing) c.list = type_of(c, *letter.action->listing);
  c.listing = &listing;
  const auto& notice = p.notice(letter.action->notice.text);
  std::string text = status + " " + notice.names.name + case_text(source.case_number) + " to " +
                     letter.recipient.key;
  const auto channels = channels_of(letter);
  if (letter.position < channels.size()) {
    text += " by " + channels[letter.position].channel->names.name + " at " +
            address(channels[letter.position], letter.recipient);
  }
  if (until) text += " until " + current_.zone.to_iso8601(*until);
  if (!why.empty()) text += " because " + why;
  if (status != "withdrawn" && status != "dropped" && status != "delivered" && status != "failed")
    text += " saying `" + render(c, notice.decl->body.text) + "`";
  if (sent != nullptr) text += " saying `" + *sent + "`";
  effect("notice", text + from(source, letter.action->span), letter.serial);
}

// ---------------------------------------------------------------- deciding

void Judge::notify(const Fire& fire, const syntax::Action& action) {
  const Context c = context(fire.source);
  const Value who = evaluate(c, action.who);
  Letter letter{&fire, &action, {}, 0, 0, {}, now_};
  if (const Key* key = who.get_if<Key>()) letter.recipient = *key;
  const std::string& name = c.program->notice(action.notice.text).names.name;
  if (!use_once(fire, action.once, name, letter.recipient.key, &letter.once)) return;
  letter.serial = subject_.next_serial++;
  if (const auto why = forbidden({}, name, nullptr)) {  // judged when decided…
    tell(letter, "blocked", {}, *why);
    subject_.once.erase(letter.once);
    return;
  }
  decide(letter);
}

void Judge::decide(Letter letter) {
  if (letter.recipient.key.empty() || !has_address(letter)) {  // [18]
    tell(letter, "undeliverable");
    subject_.once.erase(letter.once);
    return;
  }
  if (!letter.action->even_if_late) {
    if (letter.fire->missed) return miss(letter);  // [6]
    if (letter.fire->late) {                       // [1]: only the newest is sent
      supersede(letter);
      return hold_back(letter, input_.received, true);
    }
  }
  if (is_mandatory(*letter.fire->source.program, *letter.action)) return send(letter);
  const auto& channel = *channels_of(letter)[letter.position].channel->decl;
  bool over_limit = false;
  const Instant at = allowed_at(channel, letter.recipient, &over_limit);
  if (over_limit && channel.drop) return tell(letter, "dropped");
  if (at > now_) return hold_back(letter, at, false);
  send(letter);
}

void Judge::hold_back(const Letter& letter, Instant until, bool late) {
  Notice waiting;
  waiting.serial = letter.serial;
  waiting.source = letter.fire->source;
  waiting.source.again = true;
  waiting.action = letter.action;
  waiting.recipient = letter.recipient;
  waiting.channel = letter.position;
  waiting.decided = letter.decided;
  waiting.release = until;
  waiting.late = late;
  waiting.once = letter.once;
  tell(letter, "waiting", until);
  subject_.waiting.push_back(std::move(waiting));
}

bool Judge::receipt_matters(const Program& p, const std::string& notice) const {
  const auto listens = [&](const std::vector<syntax::Trigger>& steps) {
    return std::any_of(steps.begin(), steps.end(), [&](const syntax::Trigger& step) {
      return step.kind == syntax::Trigger::Kind::on_notice &&
             p.notice(step.event.text).names.name == notice;
    });
  };
  return std::any_of(p.files.begin(), p.files.end(), [&](const syntax::File& file) {
    return std::any_of(file.rules.begin(), file.rules.end(),
                       [&](const auto& rule) { return listens(rule.triggers); }) ||
           std::any_of(file.cases.begin(), file.cases.end(),
                       [&](const auto& kind) { return listens(kind.steps); });
  });
}

void Judge::send(const Letter& letter) {
  const auto channels = channels_of(letter);
  const Program& p = *letter.fire->source.program;
  const std::string& name = p.notice(letter.action->notice.text).names.name;
  // What goes out while a channel has no limit is not counted when it gets one.
  const auto& channel = *channels[letter.position].channel;
  if (!channel.decl->limits.empty())
    subject_.sent.push_back({channel.names.name, letter.recipient, now_, letter.serial});
  if (receipt_matters(p, name) || letter.position + 1 < channels.size()) {
    Notice awaited;
    awaited.serial = letter.serial;
    awaited.source = letter.fire->source;
    awaited.source.again = true;
    awaited.action = letter.action;
    awaited.recipient = letter.recipient;
    awaited.channel = letter.position;
    awaited.once = letter.once;
    Context c = context(letter.fire->source);
    const Value listing = evaluate(c, letter.action->listing);
    if (letter.action->listing) c.list = type_of(c, *letter.action->listing);
    c.listing = &listing;
    awaited.text = render(c, p.notice(letter.action->notice.text).decl->body.text);
    subject_.awaited.push_back(std::move(awaited));
  }
  tell(letter, "queued");
}

// Its time was past before it could be sent. A mandatory one becomes a task for the owner [6].
void Judge::miss(const Letter& letter) {
  tell(letter, "missed");
  if (!is_mandatory(*letter.fire->source.program, *letter.action)) return;
  Context c = context(letter.fire->source);
  const Value listing = evaluate(c, letter.action->listing);
  if (letter.action->listing) c.list = type_of(c, *letter.action->listing);
  c.listing = &listing;
  const std::string& body = c.program->notice(letter.action->notice.text).decl->body.text;
  create_by_hand(*letter.fire,
                 (reads_chinese(body) ? "未能按时送出，请人工送达："
                                      : "Could not be sent in time, deliver by hand: ") +
                     render(c, body));
}

void Judge::supersede(const Letter& newer) {
  const auto channel = channels_of(newer)[newer.position].channel;
  std::vector<Notice> older, rest;
  for (const Notice& notice : subject_.waiting) {
    const Fire fire{notice.source, now_};
    const Letter letter{&fire, notice.action, notice.recipient, notice.channel, 0, {}, now_};
    const bool same =
        notice.late && notice.recipient == newer.recipient &&
        notice.source.case_number == newer.fire->source.case_number &&
        channels_of(letter)[notice.channel].channel->names.name == channel->names.name;
    (same ? older : rest).push_back(notice);
  }
  subject_.waiting = std::move(rest);
  for (const Notice& notice : older) {
    Fire fire{notice.source, now_};
    meet_task_again(fire.source);
    miss({&fire, notice.action, notice.recipient, notice.channel, notice.serial, notice.once,
          notice.decided});
  }
}

// ---------------------------------------------------------------- later

void Judge::withdraw(const Notice& notice, const std::string& status, const std::string& why) {
  Fire fire{notice.source, now_};
  meet_task_again(fire.source);
  tell({&fire, notice.action, notice.recipient, notice.channel, notice.serial, notice.once,
        notice.decided},
       status, {}, why);
  subject_.once.erase(notice.once);  // given back
}

// Its words read the task as it is now, and as it was where it is gone.
void Judge::meet_task_again(Source& source) {
  const Task* open = source.task == nullptr ? nullptr : task(source.task->serial);
  if (source.task == nullptr) return;
  auto task_now = std::make_shared<Task>(open != nullptr ? *open : *source.task);
  if (open == nullptr) task_now->pauses.clear();  // of one that is gone no clock stands still
  source.task = std::move(task_now);
}

// Its condition and every forbid are asked again, and its text is rendered again, at release.
void Judge::release(int serial) {
  const auto at = std::find_if(subject_.waiting.begin(), subject_.waiting.end(),
                               [&](const Notice& n) { return n.serial == serial; });
  if (at == subject_.waiting.end()) return;
  Notice notice = *at;
  subject_.waiting.erase(at);
  const Program& p = *notice.source.program;
  Source& source = notice.source;
  meet_task_again(source);
  const Context c = context(source);
  bool still = true;
  if (source.clause != nullptr) {
    const Task* owner = source.task == nullptr ? nullptr : task(source.task->serial);
    still =
        source.clause->kind == syntax::TaskClause::Kind::when_done ||
        (owner != nullptr && owner->open && !owner->paused() && holds(c, source.clause->condition));
  } else {
    const auto& yes = source.trigger->actions;
    const bool expected =
        std::any_of(yes.begin(), yes.end(), [&](const auto& a) { return &a == notice.action; });
    still = holds(c, source.trigger->condition) == expected;
    if (source.trigger->kind == syntax::Trigger::Kind::when_condition)
      still = still && holds(c, source.trigger->anchor);
  }
  if (!still) return withdraw(notice, "withdrawn", {});
  const auto& decl = *p.notice(notice.action->notice.text).decl;
  if (const auto why = forbidden({}, spelling_of(decl.name).name, nullptr))
    return withdraw(notice, "blocked", *why);
  const Value lifetime = evaluate(c, decl.expires_after);
  if (const Duration* d = lifetime.get_if<Duration>()) {
    const Due last = deadline(p, notice.decided, d);
    if (last.at && (last.at->whole_day ? now_ >= last.at->at : now_ > last.at->at))
      return withdraw(notice, "dropped", {});
  }
  Fire fire{source, now_};
  const Letter letter{&fire,         notice.action, notice.recipient, notice.channel,
                      notice.serial, notice.once,   notice.decided};
  if (!is_mandatory(p, *notice.action)) {
    const auto& channel = *channels_of(letter)[letter.position].channel->decl;
    bool over_limit = false;
    const Instant allowed = allowed_at(channel, notice.recipient, &over_limit);
    if (over_limit && channel.drop) return tell(letter, "dropped");
    if (allowed > now_) return hold_back(letter, allowed, false);
  }
  send(letter);
}

// The first instant from now at which a channel may be used. A limit counts what was delivered or
// is queued.
Instant Judge::allowed_at(const syntax::ChannelDecl& channel, const Key& recipient,
                          bool* over_limit) const {
  const std::string name = spelling_of(channel.name).name;
  Instant at = now_;
  for (;;) {
    if (const auto end = quiet_end(current_.zone, channel, at)) {
      at = *end;
      continue;
    }
    std::optional<Instant> later;
    for (const auto& limit : channel.limits) {
      const Date start = period_start(limit.per, current_.zone.date_of(at));
      const Instant first = current_.zone.at(start, TimeOfDay{0});
      const Instant end = current_.zone.at(period_end(limit.per, start), TimeOfDay{0});
      const auto counts = [&](const Sent& sent) {
        return sent.channel == name && sent.recipient == recipient && sent.time >= first &&
               sent.time < end;
      };
      if (std::count_if(subject_.sent.begin(), subject_.sent.end(), counts) >= limit.count)
        later = end;
    }
    if (!later) return at;
    *over_limit = true;
    at = *later;
  }
}

// ---------------------------------------------------------------- once, forbid

bool Judge::use_once(const Fire& fire, const syntax::Once& once, const std::string& what,
                     const std::string& who, std::string* used) {
  if (once.kind == OnceKind::none) return true;
  const Context c = context(fire.source);
  const Program& p = *fire.source.program;
  // Keyed (subject, policy, notice or task, recipient, key) [13].
  std::string key =
      p.policies[static_cast<size_t>(fire.source.policy)].name + "|" + what + "|" + who + "|";
  switch (once.kind) {
    case OnceKind::per_case: {
      const Case* instance = find_case(fire.source.case_number);
      key += "case" + case_text(instance == nullptr ? 0 : instance->number);  // kept on reopening
      break;
    }
    case OnceKind::per_day:
      key += "day " + to_string(today());
      break;
    case OnceKind::per_week:
      key += "week " + to_string(period_start(Per::week, today()));
      break;
    case OnceKind::per_month:
      key += "month " + to_string(period_start(Per::month, today()));
      break;
    case OnceKind::per_year:
      key += "year " + to_string(period_start(Per::year, today()));
      break;
    case OnceKind::per_field: {
      syntax::Expr name;
      name.kind = syntax::ExprKind::name;
      name.text = once.field.text;
      key += "field " + exact(p, evaluate(c, name));
      break;
    }
    default: {  // at most N in D
      const Value from = shifted(p, now_, evaluate(c, once.window).as<Duration>(), -1);
      const auto recent = [&](const auto& use) {
        return use.first == key && use.second > from.as<Instant>();
      };
      if (std::count_if(subject_.rolling.begin(), subject_.rolling.end(), recent) >= once.count)
        return false;
      subject_.rolling.emplace_back(key, now_);
      return true;
    }
  }
  if (!subject_.once.insert(key).second) return false;
  if (used != nullptr) *used = key;
  return true;
}

// The reason, when a forbid of the policies in force stops it. `at_hand`: the outgoing event.
std::optional<std::string> Judge::forbidden(const std::string& event, const std::string& notice,
                                            const EventPtr& at_hand) const {
  for (const auto& forbid : current_.forbids) {
    if (!current_.in_force(forbid.policy, today())) continue;
    const std::string& target = forbid.decl->target.text;
    Context c = context(current_, subject_.key.entity);
    if (!notice.empty()) {
      const bool same =
          std::any_of(current_.notices.begin(), current_.notices.end(),
                      [&](const auto& n) { return n.names.is(target) && n.names.name == notice; });
      if (!same) continue;
    } else {
      c.event = current_.find_event(event);
      if (c.event < 0 || current_.find_event(target) != c.event) continue;
      c.event_at_hand = at_hand.get();
    }
    if (!holds(c, forbid.decl->when)) continue;
    const std::string& reason = forbid.decl->because.text;
    const std::string& article = forbid.decl->basis.text;
    if (article.empty()) return reason;
    return reason +
           (has_chinese(reason) ? "（依据：" + article + "）" : " (basis: " + article + ")");
  }
  return std::nullopt;
}

// ---------------------------------------------------------------- receipts [3]

void Judge::receive() {
  const auto at = std::find_if(subject_.awaited.begin(), subject_.awaited.end(),
                               [&](const Notice& n) { return n.serial == input_.target; });
  if (at == subject_.awaited.end()) throw Failure{true, "no receipt is awaited"};
  Notice notice = *at;
  subject_.awaited.erase(at);
  meet_task_again(notice.source);
  const Program& p = *notice.source.program;
  const std::string& name = p.notice(notice.action->notice.text).names.name;
  Fire sender{notice.source, now_};
  Letter letter{&sender,     notice.action, notice.recipient, notice.channel, notice.serial,
                notice.once, now_};
  tell(letter, input_.delivered ? "delivered" : "failed", {}, {}, &notice.text);
  if (!input_.delivered) {
    std::erase_if(subject_.sent, [&](const Sent& sent) { return sent.serial == notice.serial; });
    ++letter.position;  // fallbacks, in order
    if (has_address(letter)) {
      letter.serial = subject_.next_serial++;
      return decide(letter);
    }
  }
  const auto wanted =
      input_.delivered ? syntax::Trigger::Receipt::delivered : syntax::Trigger::Receipt::failed;
  const auto listens = [&](const Program& of, const syntax::Trigger& step) {
    return step.kind == syntax::Trigger::Kind::on_notice && step.receipt == wanted &&
           of.notice(step.event.text).names.name == name;
  };
  if (const Case* instance = find_case(notice.source.case_number);
      instance != nullptr && !instance->closed) {
    const Program& of = *instance->program;  // the version it follows by now
    for (const auto& step : of.cases[static_cast<size_t>(instance->kind)].decl->steps) {
      if (listens(of, step)) fires_.push_back({step_source(*instance, step), now_});
    }
  }
  for (const Rule& rule : current_.rules) {
    if (rule.entity == subject_.key.entity && listens(current_, *rule.trigger) &&
        current_.in_force(rule.policy, today()))
      fires_.push_back({rule_source(rule), now_});
  }
}

}  // namespace duban::reference
