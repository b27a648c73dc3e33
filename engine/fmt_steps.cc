// Lines of rules and cases.
#include <algorithm>

#include "engine/fmt_printer.h"

namespace duban::formatter {

using namespace syntax;

namespace {

// The place of what stands last in the head of a trigger or a clause.
Span last_of(const Span& begin, std::initializer_list<const Span*> parts) {
  Span last{begin.file, begin.begin, begin.begin};
  for (const Span* part : parts) {
    if (part != nullptr && part->end > last.end) last = *part;
  }
  return last;
}

const Span* span_of(const ExprPtr& expr) { return expr == nullptr ? nullptr : &expr->span; }
const Span* span_of(const Word& used) { return used.empty() ? nullptr : &used.span; }

}  // namespace

// ---------------------------------------------------------------- assignments

Fragment Printer::assignments(const std::vector<const Assignment*>& list) {
  const bool names = std::all_of(list.begin(), list.end(),
                                 [](const Assignment* it) { return it->value == nullptr; });
  const std::string_view comma = word(names ? forms::kNamesComma : forms::kComma);
  Fragment out;
  for (size_t i = 0; i < list.size(); ++i) {
    if (i > 0) gap(out, list[i - 1]->span, list[i]->span, comma, comma);
    const std::string target = name(list[i]->target);
    out += list[i]->value == nullptr ? Fragment(target)
                                     : put(forms::kAssigned, {target, expr(list[i]->value)});
  }
  return out;
}

Fragment Printer::assignments(const std::vector<Assignment>& list) {
  std::vector<const Assignment*> pointers;
  for (const Assignment& it : list) pointers.push_back(&it);
  return assignments(pointers);
}

void Printer::with(Fragment& out, const Span& before, const std::vector<Assignment>& list) {
  if (list.empty()) return;
  gap(out, before, list[0].span, word(forms::kTail), language_ == Language::chinese ? "，" : "");
  out += put(forms::kWith, {assignments(list)});
}

// ---------------------------------------------------------------- rules and cases

Fragment Printer::line(const RuleDecl& body) { return put(forms::kRule, {title(body.name)}); }

Fragment Printer::line(const CaseDecl& body) {
  Fragment out = put(forms::kCase, {declared(body.name), name(body.entity)});
  if (body.key != nullptr) out += put(forms::kPer, {expr(body.key)});
  if (body.may_reopen) (out += " ") += word(forms::kMayReopen);
  return out;
}

Fragment Printer::line(const MayReopenLine&) { return word(forms::kMayReopen); }

Fragment Printer::line(const CaseDecl::Boundary& body) {
  Fragment out;
  Span last{body.span.file, body.span.begin, body.span.begin};
  if (body.event.empty()) {
    out = put(body.opens ? forms::kOpensWhen : forms::kClosesWhen, {expr(body.condition)});
  } else {
    out = put(body.opens ? forms::kOpensOn : forms::kClosesOn, {name(body.event)});
    condition(out, body.event.span, body.condition);
    last = body.event.span;
  }
  if (body.opens) return out;
  if (body.condition != nullptr) last = body.condition->span;
  gap(out, last, body.outcome.span, " ", word(forms::kComma));
  return out += put(forms::kAs, {declared_or_used(body.outcome)});
}

Fragment Printer::line(const InFlightLine& body) {
  return word(body.mode == InFlight::recompute ? forms::kInFlightRecompute
              : body.mode == InFlight::restart ? forms::kInFlightRestart
                                               : forms::kInFlightKeep);
}

Fragment Printer::line(const OwnerLine& body) { return put(forms::kOwner, {sum(body.who)}); }

Fragment Printer::line(const CaseDecl::Keep& body) {
  Fragment out = put(forms::kKeep, {declared(body.name), type(body.type)});
  if (body.initial == nullptr) return out;
  out += " =";
  gap(out, body.type.span, body.initial->span, " ");
  return out += expr(body.initial);
}

// ---------------------------------------------------------------- triggers

Fragment Printer::trigger_head(const Trigger& trigger) {
  switch (trigger.kind) {
    case Trigger::Kind::on_opening:
      return word(forms::kOnOpening);
    case Trigger::Kind::on_closing: {
      Fragment out = word(forms::kOnClosing);
      if (!trigger.outcome.empty()) out += put(forms::kOutcome, {name(trigger.outcome)});
      return out;
    }
    case Trigger::Kind::on_event:
      return put(forms::kOnEvent, {name(trigger.event)});
    case Trigger::Kind::on_notice: {
      const bool delivered = trigger.receipt == Trigger::Receipt::delivered;
      return put(delivered ? forms::kOnDelivered : forms::kOnFailed, {name(trigger.event)});
    }
    case Trigger::Kind::when_condition:
      return put(forms::kWhen, {expr(trigger.anchor)});
    case Trigger::Kind::when_changes:
      return put(forms::kWhenChanges, {sum(trigger.anchor)});
    case Trigger::Kind::at:
      if (is_relative(trigger.anchor, trigger.span.begin)) {
        return rolled_after(forms::kAfter, *trigger.anchor);
      }
      return put(forms::kAt, {sum(trigger.anchor)});
    case Trigger::Kind::before:
      return put(forms::kBefore, {anchor(trigger.duration), anchor(trigger.anchor)});
    case Trigger::Kind::after:
      return put(forms::kAfter, {anchor(trigger.duration), anchor(trigger.anchor)});
    default:
      return schedule(*trigger.schedule);
  }
}

void Printer::condition(Fragment& out, const Span& before, const ExprPtr& condition) {
  if (condition == nullptr) return;
  gap(out, before, condition->span, " ");
  out += put(forms::kIf, {expr(condition)});
}

// The colon, and the action on the same line; several of them are one `set`.
void Printer::body(Fragment& out, const std::vector<Action>& actions) {
  out += word(forms::kColon);
  if (actions.empty()) return;
  out += " ";
  if (actions[0].kind != Action::Kind::set) {
    out += line(actions[0]);
    return;
  }
  std::vector<const Assignment*> sets;
  for (const Action& it : actions) sets.push_back(&it.assignment);
  out += put(forms::kUpdate, {assignments(sets)});
}

Fragment Printer::line(const Trigger& body) {
  Fragment out = trigger_head(body);
  const Span* schedule = body.schedule == nullptr ? nullptr : &body.schedule->span;
  condition(out,
            last_of(body.span, {span_of(body.event), span_of(body.outcome), span_of(body.duration),
                                span_of(body.anchor), schedule}),
            body.condition);
  this->body(out, body.actions);
  return out;
}

Fragment Printer::line(const OtherwiseLine& body) {
  Fragment out = word(forms::kOtherwise);
  this->body(out, body.actions);
  return out;
}

// ---------------------------------------------------------------- actions

Fragment Printer::line(const SetLine& body) {
  return put(forms::kUpdate, {assignments(body.assignments)});
}

Fragment Printer::notify(const Action& action) {
  Fragment out;
  if (action.channels.empty()) {
    out = put(forms::kNotify, {sum(action.who), name(action.notice)});
  } else {
    out = put(forms::kNotifyBy, {sum(action.who), name(action.notice), words(action.channels)});
  }
  Span last = action.notice.span;
  if (action.listing != nullptr) {
    tail(out, last, action.listing->span, put(forms::kListing, {sum(action.listing)}));
    last = action.listing->span;
  }
  if (action.once.kind != Once::Kind::none) {
    tail(out, last, action.once.span, line(action.once));
    last = action.once.span;
  }
  if (action.even_if_late) (out += word(forms::kTail)) += word(forms::kEvenIfLate);
  return out;
}

// Clauses on the task's own line, in the order in which they are written below one.
Fragment Printer::task(const TaskSpec& task) {
  Fragment out = task.assignee == nullptr
                     ? put({"task {1}", "交办 {1}"}, {text(task.title.span, true)})
                     : put(forms::kTask, {text(task.title.span, true), sum(task.assignee)});
  Span last = task.title.span;
  if (task.assignee != nullptr && task.assignee->span.end > last.end) last = task.assignee->span;
  const auto add = [&](const Span& place, const Fragment& clause) {
    gap(out, last, place, word(forms::kComma), word(forms::kComma));
    out += clause;
    last = place;
  };
  if (task.due_kind != TaskSpec::DueKind::none) {
    add(task.due_span, due(task.due_kind, task.due_within, task.due_anchor, task.due_span.begin));
  }
  if (task.every != nullptr) add(task.every->span, every(task.every, task.since, task.not_before));
  if (task.opens_before != nullptr) {
    add(task.opens_before->span, put(forms::kOpensBefore, {sum(task.opens_before)}));
  }
  if (task.stays) (out += word(forms::kComma)) += word(forms::kStays);
  if (task.paused_while != nullptr) {
    add(task.paused_while->span, put(forms::kPausedWhile, {expr(task.paused_while)}));
  }
  if (task.expires_after != nullptr) {
    add(task.expires_after->span, put(forms::kExpires, {sum(task.expires_after)}));
  }
  for (const TaskSpec::DoneOn& done : task.done_on) add(done.span, line(done));
  if (task.once.kind != Once::Kind::none) add(task.once.span, line(task.once));
  return out;
}

Fragment Printer::line(const Action& body) {
  switch (body.kind) {
    case Action::Kind::notify:
      return notify(body);
    case Action::Kind::task:
      return task(*body.task);
    case Action::Kind::raise: {
      Fragment out = put(forms::kRaise, {name(body.event)});
      with(out, body.event.span, body.with);
      return out;
    }
    case Action::Kind::close:
      return put(forms::kClose, {name(body.outcome)});
    case Action::Kind::escalate:
      return put(forms::kEscalate, {sum(body.who)});
    case Action::Kind::reassign:
      return put(forms::kReassign, {sum(body.who)});
    default:
      return {};  // `set` is a line of its own kind
  }
}

// ---------------------------------------------------------------- clauses of a task

Fragment Printer::line(const TaskClause& body) {
  Fragment out;
  switch (body.kind) {
    case TaskClause::Kind::before_due:
      out = put(forms::kBeforeDue, {sum(body.duration)});
      break;
    case TaskClause::Kind::when_late:
      out = word(forms::kWhenLate);
      break;
    case TaskClause::Kind::when_late_by:
      out = put(forms::kWhenLateBy, {sum(body.duration)});
      break;
    case TaskClause::Kind::when_done:
      out = word(forms::kWhenDone);
      break;
  }
  condition(out, last_of(body.span, {span_of(body.duration)}), body.condition);
  this->body(out, body.actions);
  return out;
}

// `begin`: where the clause begins.
Fragment Printer::due(TaskSpec::DueKind kind, const ExprPtr& within, const ExprPtr& anchor,
                      uint32_t begin) {
  if (kind == TaskSpec::DueKind::within) return put(forms::kDueWithin, {sum(within)});
  if (kind == TaskSpec::DueKind::after) {
    return put(forms::kDueAfter, {this->anchor(within), this->anchor(anchor)});
  }
  if (is_relative(anchor, begin)) return rolled_after(forms::kDueAfter, *anchor);
  return put(forms::kDueAt, {sum(anchor)});
}

Fragment Printer::every(const ExprPtr& every, const ExprPtr& since, const ExprPtr& not_before) {
  Fragment out = put(forms::kEvery, {sum(every), sum(since)});
  if (not_before != nullptr) out += put(forms::kNotBefore, {sum(not_before)});
  return out;
}

Fragment Printer::line(const DueLine& body) {
  return due(body.kind, body.within, body.anchor, line_.begin);
}
Fragment Printer::line(const EveryLine& body) {
  return every(body.every, body.since, body.not_before);
}
Fragment Printer::line(const OpensLine& body) {
  return put(forms::kOpensBefore, {sum(body.before)});
}
Fragment Printer::line(const StaysLine&) { return word(forms::kStays); }
Fragment Printer::line(const PausedLine& body) {
  return put(forms::kPausedWhile, {expr(body.condition)});
}
Fragment Printer::line(const ExpiresLine& body) { return put(forms::kExpires, {sum(body.after)}); }
Fragment Printer::line(const TaskSpec::DoneOn& body) {
  Fragment out = put(forms::kDoneOn, {name(body.event)});
  condition(out, body.event.span, body.condition);
  return out;
}

Fragment Printer::line(const NeedsLine& body) {
  Fragment out;
  for (size_t i = 0; i < body.fields.size(); ++i) {
    const Field& field = body.fields[i];
    if (i > 0) {
      gap(out, body.fields[i - 1].span, field.span, word(forms::kComma), word(forms::kComma));
    }
    out += put(forms::kTyped, {declared(field.name), field_type(field)});
  }
  return put(forms::kNeeds, {out});
}

Fragment Printer::line(const Once& body) {
  switch (body.kind) {
    case Once::Kind::per_case:
      return word(forms::kOncePerCase);
    case Once::Kind::per_day:
      return word(forms::kOncePerDay);
    case Once::Kind::per_week:
      return word(forms::kOncePerWeek);
    case Once::Kind::per_month:
      return word(forms::kOncePerMonth);
    case Once::Kind::per_year:
      return word(forms::kOncePerYear);
    case Once::Kind::per_field:
      return put(forms::kOncePer, {name(body.field)});
    default:
      break;
  }
  const bool english = language_ == Language::english;
  // The window of the Chinese form is a literal.
  const bool literal = body.window->kind == ExprKind::literal && body.window->text.empty();
  const std::string count =
      body.count == 1 && (english || !literal) ? std::string("once") : std::to_string(body.count);
  return put(literal ? forms::kAtMostIn : forms::kAtMostInAny, {count, sum(body.window)});
}

}  // namespace duban::formatter
