// Recurring steps: when the next occurrence comes, and what `why` is told of one.
#include <algorithm>

#include "engine/recurrence.h"
#include "engine/stepper.h"

namespace duban {
namespace {

std::optional<Recurrence::Bound> bound(const Plan& plan, const Value& value) {
  if (const Date* day = value.get_if<Date>()) return Recurrence::Bound{*day, std::nullopt};
  if (const Instant* at = value.get_if<Instant>()) {
    return Recurrence::Bound{plan.zone.date_of(*at), *at};
  }
  return std::nullopt;
}

// Nothing while one of its times is missing: as a comparison with it, it is then never so.
std::optional<Recurrence> recurrence_of(const Context& c, const Schedule& schedule) {
  Recurrence r;
  r.schedule = &schedule;
  r.zone = &c.plan->zone;
  r.calendar = c.plan->calendar(schedule.calendar);
  r.at = c.plan->day_starts_at;
  if (schedule.at != kNone) {
    const Value at = evaluate(c, schedule.at);
    if (at.get_if<TimeOfDay>() == nullptr) return std::nullopt;
    r.at = at.as<TimeOfDay>();
  }
  r.from = bound(*c.plan, evaluate(c, schedule.from));
  r.to = bound(*c.plan, evaluate(c, schedule.to));
  if ((schedule.from != kNone && !r.from) || (schedule.to != kNone && !r.to)) return std::nullopt;
  return r;
}

}  // namespace

// The pending occurrence, from what holds now. Those whose time passed while the schedule was
// another one are not made up for; the pending one, moved into the past, happens at once.
void Stepper::refresh_schedule(const Plan& p, const Step& step, StepMemory& memory,
                               uint32_t case_number, Instant since) {
  const Version version =
      case_number == 0 ? plans_.current_version() : find_case(case_number)->version;
  Context c = context(version, case_number, nullptr);
  if (const CaseInstance* instance = find_case(case_number)) c.counts_from = instance->counts_from;
  bool no_data = false;
  c.no_data = &no_data;
  const Maybe<Instant> before = memory.due;
  const Maybe<Date> pending = memory.due ? memory.due_day : std::nullopt;
  if (!memory.fired) memory.fired = since;
  memory.due.reset();
  memory.due_day.reset();

  const bool is_rule = case_number == 0;  // a case goes on after its policy has ended
  const auto recurrence = recurrence_of(c, *step.schedule);
  std::optional<Date> unknown;
  if (recurrence) {
    const auto moved = pending ? occurrence_of(*recurrence, *pending) : std::nullopt;
    Upcoming upcoming;
    if (moved && moved->time < now_ && moved->time > *memory.fired) {
      upcoming.next = moved;
    } else {
      Reached reached{memory.fired_day, *memory.fired, now_};
      const PolicyInfo& policy = p.policies[step.policy];
      if (is_rule && policy.effective_from) {
        reached.not_before = std::max(now_, p.zone.at(*policy.effective_from, TimeOfDay{0}));
      }
      upcoming = next_occurrence(*recurrence, reached);
      if (is_rule && upcoming.next && !p.in_force(step.policy, p.zone.date_of(upcoming.next->time)))
        upcoming.next.reset();
    }
    if (upcoming.next) {
      memory.due = upcoming.next->time;
      memory.due_day = upcoming.next->day;
    }
    unknown = upcoming.unknown;
    if (is_rule && unknown && !p.in_force(step.policy, *unknown)) unknown.reset();
  }
  const bool is_unknown = no_data || unknown;
  if (is_unknown && !memory.unknown && tells_unknown_) {
    const std::string day = unknown ? to_string(*unknown) : "";
    concern("a time of a recurring step cannot be computed: the calendar has no data for " +
                (unknown ? day : "it") + "; its other times stand",
            "无法计算周期步骤的某次时间：工作日历缺少" + (unknown ? " " + day + " " : "相应年份") +
                "的数据；其余各次照常",
            Provenance{version, p.policies[step.policy].names.name, step.span},
            DigestBuilder().add(step.id).add(int64_t{case_number}).add(day).finish());
  }
  // Told once, until there is a time again.
  if (tells_unknown_ && (is_unknown || memory.due)) memory.unknown = is_unknown;
  if (observed_ != nullptr && before && memory.due != before)
    observed_->moved(p, step, now_, *before, memory.due);
}

// The occurrence, and where its day moved to.
void Stepper::explain_schedule(const Fire& fire, std::vector<Trace::Read>& reads) const {
  if (!fire.step->schedule || !fire.day) return;
  const Plan& p = plan(fire.version);
  const Schedule& schedule = *fire.step->schedule;
  const auto tell = [&reads](Span span, Date day) {
    Trace::Read& read = reads.emplace_back();
    read.span = span;
    read.value = day;
    read.type.kind = TypeKind::date;
  };
  tell(schedule.span, *fire.day);
  const auto on = rolled(schedule, p.calendar(schedule.calendar), *fire.day);
  if (schedule.roll != syntax::Schedule::Roll::none && on) tell(schedule.roll_span, *on);
  Context c = context(fire);
  c.reads = &reads;
  for (const Index time : {schedule.at, schedule.from, schedule.to}) evaluate(c, time);
}

}  // namespace duban
