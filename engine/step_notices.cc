// Notices: deciding, sending, catching up, receipts.
#include <algorithm>

#include "engine/describe.h"
#include "engine/stepper.h"

namespace duban {

// ---------------------------------------------------------------- deciding

NoticeRecord& Stepper::add_notice(const Letter& letter, NoticeRecord::Status status) {
  Context c = context(letter.fire);
  const Value listing = evaluate(c, letter.action.listing);
  c.listing = &listing;
  const Notice& notice = c.plan->notices[letter.action.notice];
  NoticeRecord& record = add_record<NoticeRecord>();
  record.status = status;
  record.id = letter.id;
  record.subject = subject_.key;
  record.case_id = case_id(letter.fire.case_number);
  record.recipient = letter.recipient;
  if (letter.position < letter.action.channels.size()) {
    const Action::ChannelUse& use = letter.action.channels[letter.position];
    record.channel = c.plan->channels[use.channel].names.name;
    record.address = address_of(letter.fire.version, use, letter.recipient);
  }
  record.notice = notice.names.name;
  record.notice_class = notice.notice_class;
  record.text = render_template(c, letter.action.body);
  record.at = now_;
  record.receipt_matters =
      notice.receipts_matter || letter.position + 1U < letter.action.channels.size();
  set_provenance(record.from, place(letter.fire, letter.action.span));
  return record;
}

bool Stepper::find_channel(Letter& letter) const {
  for (; letter.position < letter.action.channels.size(); ++letter.position) {
    const Action::ChannelUse& use = letter.action.channels[letter.position];
    if (!address_of(letter.fire.version, use, letter.recipient).empty()) return true;
  }
  return false;
}

void Stepper::notify(const Fire& fire, const Context& c, const Action& action) {
  const Notice& notice = c.plan->notices[action.notice];
  const Value who = evaluate(c, action.who);
  Letter letter{fire, action, {}, 0, {}, {}, now_};
  if (const Key* key = who.get_if<Key>()) letter.recipient = *key;
  if (!use_once(fire, action.once, notice.names.name, letter.recipient.key, &letter.once)) return;
  letter.id = effect_id(fire, "notice ", notice.names.name, letter.recipient.key, action.ordinal);
  explain(fire, &action, letter.id, {action.who, action.listing});
  if (const auto reason = forbidden(nullptr, &notice)) {
    add_notice(letter, NoticeRecord::Status::blocked).note = *reason;
    give_back(letter.once);
    return;
  }
  decide(letter);
}

// Which way a decided notice goes: now, later, or not at all.
void Stepper::decide(Letter& letter) {
  if (letter.recipient.key.empty() || !find_channel(letter)) {
    add_notice(letter, NoticeRecord::Status::undeliverable);
    give_back(letter.once);
    return;
  }
  if (!letter.action.even_if_late) {
    if (letter.fire.missed) return miss(letter);
    if (letter.fire.late) {
      supersede_late(letter);
      return hold_back(letter, input_.received, true);
    }
  }
  const Plan& p = plan(letter.fire.version);
  if (p.notices[letter.action.notice].notice_class == syntax::NoticeClass::mandatory)
    return send(letter);
  const Channel& channel = channel_of(letter.fire.version, letter.action.channels[letter.position]);
  bool over_limit = false;
  const Instant at = allowed_at(channel, letter.recipient, now_, &over_limit);
  if (over_limit && channel.drop) {
    add_notice(letter, NoticeRecord::Status::dropped).note = "over the channel's limit";
    return;
  }
  if (at > now_) return hold_back(letter, at, false);
  send(letter);
}

// The trigger an action belongs to, for a notice that is judged or sent again.
template <typename Kept>
Stepper::Fire Stepper::fire_of(const Kept& kept) const {
  const Plan& p = plan(kept.version);
  Fire fire;
  fire.version = kept.version;
  fire.case_number = kept.case_number;
  fire.event = kept.event;
  fire.cause = kept.cause;
  fire.cause_time = now_;
  fire.again = true;
  const auto has = [&](const std::vector<Index>& actions) {
    return std::find(actions.begin(), actions.end(), kept.action) != actions.end();
  };
  for (const Step& step : p.steps) {
    if (has(step.actions) || has(step.otherwise)) fire.step = &step;
  }
  for (Index i = 0; fire.step == nullptr && i < p.tasks.size(); ++i) {
    for (const TaskClause& clause : p.tasks[i].clauses) {
      if (!has(clause.actions)) continue;
      fire.clause = &clause;
      const auto at = std::find_if(subject_.tasks.begin(), subject_.tasks.end(),
                                   [&](const Task& t) { return t.id == kept.task; });
      if (at != subject_.tasks.end()) {
        fire.task = std::make_shared<const Task>(*at);
      } else {  // finished meanwhile: what is left of it is what it was
        Task gone;
        gone.id = kept.task;
        gone.version = kept.version;
        gone.spec = i;
        gone.case_number = kept.case_number;
        gone.due = kept.due;
        fire.task = std::make_shared<const Task>(std::move(gone));
      }
    }
  }
  if (!kept.answers.empty()) fire.answers = std::make_shared<const Answers>(kept.answers);
  return fire;
}

template <typename Kept>
void Stepper::remember_task(const Letter& letter, Kept& kept) const {
  if (letter.fire.task == nullptr) return;
  kept.task = letter.fire.task->id;
  kept.due = letter.fire.task->due;
  if (letter.fire.answers != nullptr) kept.answers = *letter.fire.answers;
}

void Stepper::hold_back(const Letter& letter, Instant until, bool late) {
  WaitingNotice waiting;
  waiting.id = letter.id;
  waiting.version = letter.fire.version;
  waiting.action = static_cast<Index>(&letter.action - plan(letter.fire.version).actions.data());
  remember_task(letter, waiting);
  waiting.case_number = letter.fire.case_number;
  waiting.recipient = letter.recipient;
  waiting.channel = letter.position;
  waiting.decided = letter.decided;
  waiting.release = until;
  waiting.late = late;
  waiting.once = letter.once;
  waiting.cause = letter.fire.cause;
  waiting.event = letter.fire.event;
  add_notice(letter, NoticeRecord::Status::waiting).until = until;
  subject_.waiting.push_back(std::move(waiting));
}

void Stepper::send(const Letter& letter) {
  const NoticeRecord& record = add_notice(letter, NoticeRecord::Status::queued);
  const Plan& p = plan(letter.fire.version);
  const Channel& channel = channel_of(letter.fire.version, letter.action.channels[letter.position]);
  if (!channel.limits.empty()) {
    subject_.sent.push_back({letter.id, channel.names.name, letter.recipient, now_});
    // A year is the longest period a limit can have.
    std::erase_if(subject_.sent, [&](const Subject::Sent& sent) {
      return sent.time.ms < now_.ms - 367 * kMsPerDay;
    });
  }
  if (record.receipt_matters) {
    AwaitedReceipt awaited;
    awaited.id = letter.id;
    awaited.version = letter.fire.version;
    awaited.action = static_cast<Index>(&letter.action - p.actions.data());
    awaited.case_number = letter.fire.case_number;
    remember_task(letter, awaited);
    awaited.recipient = letter.recipient;
    awaited.channel = letter.position;
    awaited.once = letter.once;
    awaited.cause = letter.fire.cause;
    awaited.event = letter.fire.event;
    awaited.text = record.text;
    subject_.awaited.push_back(std::move(awaited));
  }
}

// Its time was past before it could be sent. A mandatory one must still reach its reader: by hand.
void Stepper::miss(const Letter& letter) {
  const NoticeRecord& record = add_notice(letter, NoticeRecord::Status::missed);
  if (record.notice_class != syntax::NoticeClass::mandatory) return;
  create_manual_task(letter.fire, letter.action,
                     std::string(hand_delivery_title(letter.action.body.chinese)) + record.text);
}

// Of the notices missed on one channel for one case, only the newest is sent.
void Stepper::supersede_late(const Letter& newer) {
  const auto channel_name = [&](Version version, Index action, uint16_t position) {
    const Plan& p = plan(version);
    return p.channels[p.actions[action].channels[position].channel].names.name;
  };
  const std::string& channel =
      plan(newer.fire.version).channels[newer.action.channels[newer.position].channel].names.name;
  std::vector<WaitingNotice> older;
  for (const WaitingNotice& waiting : subject_.waiting) {
    if (!waiting.late || waiting.case_number != newer.fire.case_number ||
        !(waiting.recipient == newer.recipient)) {
      continue;
    }
    if (channel_name(waiting.version, waiting.action, waiting.channel) == channel)
      older.push_back(waiting);
  }
  for (const WaitingNotice& waiting : older) {
    std::erase_if(subject_.waiting, [&](const WaitingNotice& w) { return w.id == waiting.id; });
    const Fire fire = fire_of(waiting);
    miss(Letter{fire, plan(waiting.version).actions[waiting.action], waiting.recipient,
                waiting.channel, waiting.id, waiting.once, waiting.decided});
  }
}

// ---------------------------------------------------------------- later

void Stepper::withdraw(const WaitingNotice& waiting, NoticeRecord::Status status,
                       const std::string& note) {
  const Fire fire = fire_of(waiting);
  const Letter letter{fire,
                      plan(waiting.version).actions[waiting.action],
                      waiting.recipient,
                      waiting.channel,
                      waiting.id,
                      waiting.once,
                      waiting.decided};
  add_notice(letter, status).note = note;
  give_back(waiting.once);
}

void Stepper::release(const Digest& id) {
  const auto at = std::find_if(subject_.waiting.begin(), subject_.waiting.end(),
                               [&](const WaitingNotice& w) { return w.id == id; });
  if (at == subject_.waiting.end()) return;
  const WaitingNotice waiting = *at;
  subject_.waiting.erase(at);
  const Plan& p = plan(waiting.version);
  const Action& action = p.actions[waiting.action];
  const Notice& notice = p.notices[action.notice];
  const Fire fire = fire_of(waiting);
  const Context c = context(fire);
  bool still = true;
  if (fire.clause != nullptr) {
    // The condition of `when done` read the answers, which stand; any other clause needs its task
    // open.
    const Task* task = find_task(waiting.task);
    still =
        fire.clause->kind == syntax::TaskClause::Kind::when_done ||
        (task != nullptr && task->open && !is_paused(*task) && holds(c, fire.clause->condition));
  } else if (fire.step != nullptr) {
    const auto& yes = fire.step->actions;
    const bool expected = std::find(yes.begin(), yes.end(), waiting.action) != yes.end();
    still = holds(c, fire.step->condition) == expected;
    // What is told when something became so is not told when it no longer is.
    if (fire.step->kind == Step::Kind::when_condition) still = still && holds(c, fire.step->anchor);
  }
  if (!still) {
    return withdraw(waiting, NoticeRecord::Status::withdrawn, "its condition no longer holds");
  }
  const Letter letter{fire,       action,       waiting.recipient, waiting.channel,
                      waiting.id, waiting.once, waiting.decided};
  if (const auto reason = forbidden(nullptr, &notice)) {
    return withdraw(waiting, NoticeRecord::Status::blocked, *reason);
  }
  const Value lifetime = evaluate(c, notice.expires_after);
  if (const Duration* d = lifetime.get_if<Duration>()) {
    const std::optional<Deadline> end = deadline(p, Value{waiting.decided}, d).due;
    if (end && (now_ > end->at || (end->whole_day && now_ == end->at))) {
      return withdraw(waiting, NoticeRecord::Status::dropped, "expired");
    }
  }
  if (notice.notice_class != syntax::NoticeClass::mandatory) {
    bool over_limit = false;
    const Channel& channel = channel_of(waiting.version, action.channels[waiting.channel]);
    const Instant allowed = allowed_at(channel, waiting.recipient, now_, &over_limit);
    if (over_limit && channel.drop) {
      add_notice(letter, NoticeRecord::Status::dropped).note = "over the channel's limit";
      return;
    }
    if (allowed > now_) return hold_back(letter, allowed, false);
  }
  send(letter);
}

// ---------------------------------------------------------------- receipts

void Stepper::begin_receipt() {
  const auto at = std::find_if(subject_.awaited.begin(), subject_.awaited.end(),
                               [&](const AwaitedReceipt& a) { return a.id == input_.target; });
  if (at == subject_.awaited.end()) {
    reject("no receipt is awaited for this notice", "此通知无待收回执");
  }
  const AwaitedReceipt awaited = *at;
  subject_.awaited.erase(at);
  const Plan& p = plan(awaited.version);
  const Action& action = p.actions[awaited.action];
  const std::string& name = p.notices[action.notice].names.name;
  const Fire sender = fire_of(awaited);
  Letter letter{sender, action, awaited.recipient, awaited.channel, awaited.id, awaited.once, now_};
  NoticeRecord& record = add_notice(
      letter, input_.delivered ? NoticeRecord::Status::delivered : NoticeRecord::Status::failed);
  record.text = awaited.text;
  record.receipt_matters = false;
  if (!input_.delivered) {
    std::erase_if(subject_.sent, [&](const Subject::Sent& sent) { return sent.id == awaited.id; });
    ++letter.position;
    if (find_channel(letter)) {
      letter.id = effect_id(sender, "notice ", name + " by " + std::to_string(letter.position),
                            letter.recipient.key, action.ordinal);
      return decide(letter);
    }
  }
  const auto wanted =
      input_.delivered ? syntax::Trigger::Receipt::delivered : syntax::Trigger::Receipt::failed;
  const Digest cause =
      DigestBuilder().add("receipt").add(awaited.id).add(int64_t{input_.delivered}).finish();
  const auto fire_step = [&](const Plan& plan_of, Version version, const Step& step,
                             uint32_t number) {
    if (step.kind != Step::Kind::on_notice || step.receipt != wanted || step.notice == kNone)
      return;
    if (plan_of.notices[step.notice].names.name != name) return;
    fires_.push_back(Fire{version, &step, nullptr, nullptr, number, nullptr, nullptr, now_, cause});
  };
  const CaseInstance* instance = find_case(awaited.case_number);
  if (instance != nullptr && !instance->closed) {
    const Plan& now = plan(instance->version);
    for (const Index index : now.cases[instance->index].steps) {
      fire_step(now, instance->version, now.steps[index], instance->number);
    }
  }
  for (const Step& rule : current().steps) {
    if (rule.owner_case == kNone && rule.entity == subject_.key.entity &&
        in_force(current(), rule.policy)) {
      fire_step(current(), plans_.current_version(), rule, 0);
    }
  }
}

}  // namespace duban
