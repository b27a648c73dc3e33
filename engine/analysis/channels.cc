// Channels whose limits allow nothing, and notices that expire before they may be sent.
#include <algorithm>

#include "engine/analysis/analysis.h"
#include "engine/analysis/lengths.h"

namespace duban::compiler {
namespace {

using TriggerKind = syntax::Trigger::Kind;

constexpr TimeOfDay kMidnight{0};
constexpr TimeOfDay kDayEnd{static_cast<int32_t>(kMsPerDay)};

void check_limits(Program& program, const Declared<syntax::ChannelDecl>& info) {
  const syntax::ChannelDecl& decl = *info.syntax;
  if (!decl.quiet_from || !decl.quiet_to) return;
  if (*decl.quiet_from == kMidnight && *decl.quiet_to == kDayEnd) {
    program.warning(decl.name.span, "W227",
                    {"the channel is quiet all day: only mandatory notices are ever sent",
                     "该渠道全天免扰：只有必达通知能发出"});
  } else if (*decl.quiet_from == *decl.quiet_to) {
    program.warning(decl.name.span, "W227",
                    {"the quiet hours end when they begin: the channel is never quiet",
                     "免扰时段起止相同：该渠道从不免扰"});
  }
}

// The time of day a step always comes at, if it does.
std::optional<TimeOfDay> time_of_day(const Program& program, const Step& step) {
  const Plan& plan = program.plan;
  if (step.kind == TriggerKind::every && step.schedule) {
    if (step.schedule->at == kNone) return plan.day_starts_at;
    const Value* at = program.constant_of(step.schedule->at);
    const TimeOfDay* time = at ? at->get_if<TimeOfDay>() : nullptr;
    return time ? std::optional(*time) : std::nullopt;
  }
  const bool timed = step.kind == TriggerKind::at || step.kind == TriggerKind::before ||
                     step.kind == TriggerKind::after;
  if (!timed || step.anchor == kNone || plan.nodes[step.anchor].type.kind != TypeKind::date) {
    return std::nullopt;
  }
  if (step.duration == kNone) return plan.day_starts_at;
  const Duration* by = constant_duration(program, step.duration);
  const bool by_day =
      by && by->kind != Duration::Kind::elapsed && by->kind != Duration::Kind::working_hours;
  return by_day ? std::optional(plan.day_starts_at) : std::nullopt;
}

// How long a message waits at that time of day; zero: it does not.
int64_t wait_at(const Channel& channel, TimeOfDay time) {
  if (!channel.quiet_from || !channel.quiet_to) return 0;
  const int64_t from = channel.quiet_from->ms, to = channel.quiet_to->ms, at = time.ms;
  if (from <= to) return from <= at && at < to ? to - at : 0;
  if (at < to) return to - at;
  return at >= from ? kMsPerDay - at + to : 0;
}

void check_notify(Analysis& analysis, const Place& place, const Action& action) {
  const Plan& plan = analysis.plan;
  if (action.notice == kNone || action.channels.empty()) return;
  const Notice& notice = plan.notices[action.notice];
  if (notice.notice_class == syntax::NoticeClass::mandatory || place.task != kNone) return;
  const Duration* expires = constant_duration(analysis.program, notice.expires_after);
  const auto time = time_of_day(analysis.program, plan.steps[place.step]);
  if (!expires || expires->kind != Duration::Kind::elapsed || !time) return;
  const bool always = std::all_of(
      action.channels.begin(), action.channels.end(), [&](const Action::ChannelUse& use) {
        return wait_at(plan.channels[use.channel], *time) > expires->amount;
      });
  if (!always) return;
  analysis.program.warning(
      action.span, "W228",
      {"this is never sent: at " + to_string(*time) + " the channel is quiet, and the notice " +
           "expires " + to_string(*expires, false) + " later, before the quiet hours end",
       "此通知永远不会发出：" + to_string(*time) +
           " 在免扰时段内，而通知在免扰结束之前即已失效（有效期 " + to_string(*expires, true) +
           "）",
       "send it at another time, or let it expire later", "请改变发送时间，或延长有效期"});
}

}  // namespace

void check_channels(Analysis& analysis) {
  Program& program = analysis.program;
  for (const auto& info : program.channels) check_limits(program, info);
  for (const auto& info : program.notices) {
    const Index expires = analysis.plan.notices[info.id].expires_after;
    const Duration* after = constant_duration(program, expires);
    if (!after || after->amount > 0) continue;
    program.warning(analysis.plan.nodes[expires].span, "W228",
                    {"the notice expires the moment it is decided", "通知一经决定即失效"});
  }
  for_each_action(analysis.plan, [&](const Place& place, const Action& action) {
    if (action.kind == Action::Kind::notify) check_notify(analysis, place, action);
  });
}

}  // namespace duban::compiler
