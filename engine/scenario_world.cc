#include "engine/scenario_world.h"

#include <algorithm>

#include "engine/eval.h"
#include "engine/intake.h"

namespace duban {

World::World(std::shared_ptr<const Plan> plan, Observations* observed)
    : plan_(std::move(plan)), observed_(observed) {
  plans_.add(1, plan_);
}

void World::receipts_by_hand(const std::string& notice) {
  for (const Notice& each : plan_->notices) {
    if (each.names.matches(notice)) by_hand_.insert(each.names.name);
  }
}

World::Outcome World::apply(Entry& entry, const Input& input) {
  if (steps_left_ == 0) {
    entry.subject.held = true;
    entry.wake.reset();
    return Problem{"what is set off here does not come to an end", "此处引发的动作没有尽头"};
  }
  --steps_left_;
  const size_t moves_before = observed_ != nullptr ? observed_->moves.size() : 0;
  auto result = step(plans_, references_, entry.subject, input, {}, nullptr, observed_);
  if (const auto* failure = std::get_if<StepFailure>(&result)) {
    if (failure->kind == StepFailure::Kind::failed) {
      entry.subject.held = true;
      entry.wake.reset();
    }
    return Problem{failure->english, failure->chinese};
  }
  StepOutcome& outcome = std::get<StepOutcome>(result);
  entry.subject = std::move(outcome.subject);
  entry.wake = outcome.wake;
  std::vector<Digest> receipts;
  for (Record& record : outcome.records) {
    if (const auto* notice = std::get_if<NoticeRecord>(&record)) {
      if (notice->status == NoticeRecord::Status::queued && notice->receipt_matters &&
          !by_hand_.contains(notice->notice)) {
        receipts.push_back(notice->id);
      }
    }
    happenings_.push_back({entry.subject.now, std::move(record)});
  }
  for (size_t i = moves_before; observed_ != nullptr && i < observed_->moves.size(); ++i) {
    moves_.emplace_back(happenings_.size(), observed_->moves[i]);
  }
  for (const Digest& id : receipts) {
    Input receipt;
    receipt.kind = Input::Kind::receipt;
    receipt.subject = entry.subject.key;
    receipt.time = receipt.received = entry.subject.now;
    receipt.target = id;
    receipt.delivered = true;
    receipt.cause = DigestBuilder().add("receipt").add(id.to_hex()).finish();
    if (auto problem = apply(entry, receipt)) return problem;
  }
  return std::nullopt;
}

void World::advance(Wake until) {
  for (;;) {
    Entry* next = nullptr;
    for (auto& [key, entry] : subjects_) {
      if (!entry.wake || entry.subject.held || until < *entry.wake) continue;
      if (next == nullptr || *entry.wake < *next->wake) next = &entry;
    }
    if (next == nullptr) break;
    Input input;
    input.kind = Input::Kind::timer;
    input.subject = next->subject.key;
    input.time = input.received = next->wake->at;
    input.before_facts = next->wake->before_facts;
    const Outcome problem = apply(*next, input);
    if (problem) {
      happenings_.push_back(
          {input.time,
           ConcernRecord{
               {}, input.subject, problem->english, problem->chinese, input.time, Provenance{}}});
    }
  }
  clock_ = std::max(clock_, until.at);
}

World::Outcome World::put_reference(Instant at, uint16_t entity, const std::string& key,
                                    const std::vector<std::pair<uint16_t, Value>>& attributes) {
  advance(Wake{at, true});
  auto row = initial_attributes(*plan_, references_, Key{entity, key}, attributes, observed_);
  if (auto* error = std::get_if<IntakeError>(&row)) return Problem{error->english, error->chinese};
  references_.put(entity, key, std::get<References::Row>(std::move(row)));
  return std::nullopt;
}

World::Outcome World::put_subject(Instant at, const Key& key,
                                  const std::vector<std::pair<uint16_t, Value>>& attributes) {
  advance(Wake{at, true});
  Entry& entry = subjects_[key];
  if (!entry.subject.exists) {
    auto initial = initial_attributes(*plan_, references_, key, attributes, observed_);
    if (auto* error = std::get_if<IntakeError>(&initial)) {
      subjects_.erase(key);
      return Problem{error->english, error->chinese};
    }
    entry.subject.key = key;
    entry.subject.now = at;
    entry.subject.attributes = std::get<std::vector<Value>>(std::move(initial));
  }
  Input input;
  input.kind = Input::Kind::upsert;
  input.subject = key;
  input.time = input.received = at;
  input.attributes = attributes;
  input.cause = DigestBuilder().add("given").add(key.key).add(at.ms).finish();
  return apply(entry, input);
}

World::Outcome World::event(Instant at, const std::string& key, const EventPtr& event) {
  const uint16_t entity = plan_->layout.events[event->event].entity;
  Key subject{entity, key};
  if (key.empty()) {
    for (const auto& [each, entry] : subjects_) {
      if (each.entity != entity) continue;
      if (!subject.key.empty()) {
        return Problem{"several subjects are given: say which with `for \"…\"`",
                       "已知多个对象：请写明对象"};
      }
      subject.key = each.key;
    }
    if (subject.key.empty()) return Problem{"no subject is given for this event", "没有已知的对象"};
  }
  return take_event(at, subject, event);
}

World::Outcome World::take_event(Instant at, const Key& key, const EventPtr& event) {
  advance(Wake{at, true});
  Entry& entry = subjects_[key];
  Input input;
  input.kind = Input::Kind::event;
  input.subject = key;
  input.time = input.received = at;
  input.cause = event->cause;
  input.event = event;
  if (!entry.subject.exists) {
    auto created = new_subject(*plan_, references_, input, observed_);
    if (auto* error = std::get_if<IntakeError>(&created)) {
      subjects_.erase(key);
      return Problem{error->english, error->chinese};
    }
    entry.subject = std::get<Subject>(std::move(created));
  }
  return apply(entry, input);
}

World::Outcome World::broadcast(Instant at, const EventPtr& event) {
  advance(Wake{at, true});
  std::vector<Key> reached;
  for (const auto& [key, entry] : subjects_) {
    if (key.entity == plan_->layout.events[event->event].entity &&
        broadcast_reaches(*plan_, references_, entry.subject, event, observed_)) {
      reached.push_back(key);
    }
  }
  for (const Key& key : reached) {
    if (auto problem = take_event(at, key, event)) return problem;
  }
  return std::nullopt;
}

World::Outcome World::receipt(Instant at, const std::string& notice, const std::string& recipient,
                              bool delivered) {
  advance(Wake{at, true});
  for (auto& [key, entry] : subjects_) {
    for (const AwaitedReceipt& awaited : entry.subject.awaited) {
      const Action& action = plan_->actions[awaited.action];
      if (plan_->notices[action.notice].names.name != notice) continue;
      if (!recipient.empty() && awaited.recipient.key != recipient) continue;
      Input input;
      input.kind = Input::Kind::receipt;
      input.subject = key;
      input.time = input.received = at;
      input.target = awaited.id;
      input.delivered = delivered;
      input.cause = DigestBuilder().add("receipt").add(awaited.id.to_hex()).finish();
      return apply(entry, input);
    }
  }
  return Problem{"no such notice awaits its receipt at that time", "此时没有等待回执的该通知"};
}

World::OpenTask World::find_open_task(const std::string& title) const {
  for (const auto& [key, entry] : subjects_) {
    for (const Task& task : entry.subject.tasks) {
      if (task.open && task.title == title) return OpenTask{key, &task};
    }
  }
  return {};
}

World::Outcome World::answer(Instant at, const OpenTask& task,
                             std::vector<std::pair<uint16_t, Value>> answers,
                             const std::string& person) {
  Input input;
  input.kind = Input::Kind::answer;
  input.subject = task.subject;
  input.time = input.received = at;
  input.target = task.task->id;
  input.answers = std::move(answers);
  if (!person.empty()) {
    input.person = Key{task.task->assignee ? task.task->assignee->entity : uint16_t{0}, person};
  }
  input.cause = DigestBuilder().add("answer").add(input.target.to_hex()).finish();
  return apply(subjects_.at(task.subject), input);
}

}  // namespace duban
