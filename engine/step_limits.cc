// What keeps notices and tasks within bounds: once-memory, guard rails, quiet hours, limits.
#include <algorithm>

#include "engine/format.h"
#include "engine/stepper.h"

namespace duban {
namespace {

using Per = syntax::ChannelDecl::Limit::Per;

// With the article where it has one of its own.
std::string reason_of(const Forbid& forbid) {
  if (forbid.basis.empty()) return forbid.because;
  const bool chinese = has_chinese(forbid.because);
  return forbid.because + (chinese ? "（依据：" : " (basis: ") + forbid.basis +
         (chinese ? "）" : ")");
}

// First day of the calendar period that `day` lies in.
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

Date next_period(Per per, Date start) {
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
  return add_days(start, 1);
}

// The end of the quiet hours that `at` lies in, if it does. They may span midnight.
std::optional<Instant> quiet_until(const Zone& zone, const Channel& channel, Instant at) {
  if (!channel.quiet_from || !channel.quiet_to) return std::nullopt;
  const TimeOfDay from = *channel.quiet_from;
  const TimeOfDay to = *channel.quiet_to;
  const auto [day, time] = zone.local(at);
  if (from <= to) {
    return from <= time && time < to ? std::optional<Instant>(zone.at(day, to)) : std::nullopt;
  }
  if (time < to) return zone.at(day, to);
  if (time >= from) return zone.at(add_days(day, 1), to);
  return std::nullopt;
}

}  // namespace

// ---------------------------------------------------------------- once and only once

// Uses of `at most N in D` from then on matter to the policies that the subject lives under: steps
// with windows of their own may share one memory. Nothing: all of them do.
std::optional<Instant> Stepper::oldest_use() const {
  Instant oldest = now_;
  for (const Plan* at_work : plans_at_work()) {
    const Plan& p = *at_work;
    const auto look = [&](const OnceSpec& once) {
      if (once.kind != syntax::Once::Kind::at_most) return true;
      const Value start = shifted(p, Value{now_}, once.window, -1);
      if (const Instant* from = start.get_if<Instant>()) oldest = std::min(oldest, *from);
      return !start.is_none();
    };
    const bool known = std::all_of(p.actions.begin(), p.actions.end(),
                                   [&](const Action& action) { return look(action.once); }) &&
                       std::all_of(p.tasks.begin(), p.tasks.end(),
                                   [&](const TaskSpec& task) { return look(task.once); });
    if (!known) return std::nullopt;
  }
  return oldest;
}

bool Stepper::use_once(const Fire& fire, const OnceSpec& once, const std::string& what,
                       const std::string& who, Digest* used) {
  using Kind = syntax::Once::Kind;
  if (once.kind == Kind::none) return true;
  std::string key;
  switch (once.kind) {
    case Kind::per_case:  // by its key: a case that reopens remembers
      if (const CaseInstance* instance = find_case(fire.case_number)) {
        const Plan& p = plan(instance->version);
        key = "case " + p.layout.cases[p.cases[instance->index].id] + " " +
              to_json(p, Type{}, instance->key);
      }
      break;
    case Kind::per_day:
      key = "day " + to_string(today());
      break;
    case Kind::per_week:
      key = "week " + to_string(period_start(Per::week, today()));
      break;
    case Kind::per_month:
      key = "month " + to_string(period_start(Per::month, today()));
      break;
    case Kind::per_year:
      key = "year " + to_string(period_start(Per::year, today()));
      break;
    case Kind::per_field: {
      const Context c = context(fire);
      key = "field " + to_json(*c.plan, c.plan->nodes[once.field].type, evaluate(c, once.field));
      break;
    }
    default:
      key = "rolling";
      break;
  }
  const Digest digest = DigestBuilder()
                            .add("once")
                            .add(plan(fire.version).policies[fire_policy(fire)].names.name)
                            .add(what)
                            .add(who)
                            .add(key)
                            .finish();
  if (once.kind == Kind::at_most) {
    const Value start = shifted(plan(fire.version), Value{now_}, once.window, -1);
    const Instant* from = start.get_if<Instant>();
    int64_t count = 0;
    for (const Subject::Timed& use : subject_.rolling) {
      if (use.key == digest && (from == nullptr || use.time > *from)) ++count;
    }
    if (count >= once.count) return false;
    const std::optional<Instant> oldest = oldest_use();
    std::erase_if(subject_.rolling,
                  [&](const Subject::Timed& use) { return oldest && use.time <= *oldest; });
    subject_.rolling.push_back({digest, now_});
    return true;
  }
  const auto at = std::lower_bound(subject_.once.begin(), subject_.once.end(), digest);
  if (at != subject_.once.end() && *at == digest) return false;
  subject_.once.insert(at, digest);
  if (used != nullptr) *used = digest;
  return true;
}

void Stepper::give_back(const Digest& once) { std::erase(subject_.once, once); }

// ---------------------------------------------------------------- guard rails and limits

// The reason, when a forbid of the policies in force stops it.
// `event`: the outgoing one, which its forbids may read; null for a notice.
std::optional<std::string> Stepper::forbidden(const EventPtr& event, const Notice* notice) const {
  const Plan& p = current();
  for (const Forbid& forbid : p.forbids) {
    if (!in_force(p, forbid.policy)) continue;
    const bool applies =
        notice != nullptr
            ? forbid.notice != kNone && p.notices[forbid.notice].names.name == notice->names.name
            : event != nullptr && forbid.event == event->event;
    if (applies && holds_for(plans_.current_version(), 0, event, forbid.condition)) {
      if (observed_ != nullptr) observed_->forbade(p, forbid);
      return reason_of(forbid);
    }
  }
  return std::nullopt;
}

// The first instant from `from` at which the channel may be used.
Instant Stepper::allowed_at(const Channel& channel, const Key& recipient, Instant from,
                            bool* over_limit) const {
  const Zone& zone = current().zone;
  Instant at = from;
  for (int guard = 0; guard < 1000; ++guard) {
    if (const auto end = quiet_until(zone, channel, at)) {
      at = *end;
      continue;
    }
    std::optional<Instant> later;
    for (const auto& limit : channel.limits) {
      const Date start = period_start(limit.per, zone.date_of(at));
      const Instant first = zone.at(start, TimeOfDay{0});
      const Instant end = zone.at(next_period(limit.per, start), TimeOfDay{0});
      const auto inside = [&](const Subject::Sent& sent) {
        return sent.channel == channel.names.name && sent.recipient == recipient &&
               sent.time >= first && sent.time < end;
      };
      if (std::count_if(subject_.sent.begin(), subject_.sent.end(), inside) >= limit.count)
        later = end;
    }
    if (!later) return at;
    *over_limit = true;
    at = *later;
  }
  return at;
}

// Channels are never pinned: of a notice of an older version, the channel of that name that is in
// force, and only where there is none the one it knew.
const Channel& Stepper::channel_of(Version version, const Action::ChannelUse& use) const {
  const Channel& known = plan(version).channels[use.channel];
  if (version == plans_.current_version()) return known;
  const auto& now = current().channels;
  const auto at = std::find_if(now.begin(), now.end(), [&](const Channel& channel) {
    return channel.names.name == known.names.name;
  });
  return at != now.end() ? *at : known;
}

// Where it lies: at the recipient, or in its row.
std::string_view Stepper::address_of(Version version, const Action::ChannelUse& use,
                                     const Key& recipient) const {
  bool is_key = use.address_is_key;
  size_t slot = use.slot;
  if (version != plans_.current_version()) {
    const std::string& address = channel_of(version, use).address;
    const Layout::Entity& entity = current().layout.entities[recipient.entity];
    is_key = entity.key.matches(address);
    const auto at = std::find_if(
        entity.attributes.begin(), entity.attributes.end(),
        [&](const Layout::Field& attribute) { return attribute.names.matches(address); });
    slot = static_cast<size_t>(at - entity.attributes.begin());
  }
  if (is_key) return recipient.key;
  const std::vector<Value>* attributes = recipient == subject_.key
                                             ? &subject_.attributes
                                             : references_.find(recipient.entity, recipient.key);
  if (attributes == nullptr || slot >= attributes->size()) return {};
  const std::string* text = (*attributes)[slot].get_if<std::string>();
  return text != nullptr ? std::string_view(*text) : std::string_view();
}

}  // namespace duban
