// What a plan means, by canonical names and values alone: the order of files and declarations,
// slots, aliases, titles and texts are left out, so that the policies of both languages have one
// digest.
#include <algorithm>
#include <utility>

#include "engine/check.h"
#include "engine/expression_text.h"

namespace duban::compiler {
namespace {

// One declaration's dump. Parts are framed, so that no two dumps run into one another.
class Dump {
 public:
  template <typename T>
  Dump& operator<<(const T& part) {
    builder_.add(part);
    return *this;
  }
  Dump& operator<<(bool part) { return *this << int64_t{part}; }
  Dump& operator<<(std::vector<std::string> parts) {
    *this << static_cast<int64_t>(parts.size());
    for (const std::string& part : parts) builder_.add(part);
    return *this;
  }
  std::string take() const { return builder_.finish().to_hex(); }

 private:
  DigestBuilder builder_;
};

std::vector<std::string> sorted(std::vector<std::string> parts) {
  std::sort(parts.begin(), parts.end());
  return parts;
}

template <typename Enum>
int64_t number(Enum value) {
  return static_cast<int64_t>(value);
}

int64_t time_number(const std::optional<TimeOfDay>& time) { return time ? time->ms : -1; }
int64_t date_number(const std::optional<Date>& date) { return date ? date->days : INT32_MIN; }

class PlanDump {
 public:
  explicit PlanDump(const Program& program)
      : program_(program), plan_(program.plan), nodes_(program.plan) {}

  Digest finish() {
    Dump all;
    all << plan_.zone.name() << plan_.currency.name << int64_t{plan_.day_starts_at.ms};
    all << calendars() << choices() << entities() << events() << channels();
    all << policies() << notices() << forbids() << parameters() << defines() << tables();
    all << rules() << cases();
    const std::string hex = all.take();
    return Digest::from_hex(hex).value_or(Digest{});
  }

 private:
  // ---- declarations

  std::vector<std::string> calendars() {
    std::vector<std::string> out;
    for (size_t i = 0; i < plan_.calendars.size(); ++i) {
      if (plan_.calendar_names[i].name.empty()) continue;  // of an earlier version
      const Calendar& calendar = plan_.calendars[i];
      Dump dump;
      dump << plan_.calendar_names[i].name << (plan_.default_calendar == i);
      for (const Calendar::Hours& hours : calendar.hours()) {
        dump << int64_t{hours.from.ms} << int64_t{hours.to.ms};
      }
      if (const auto first = calendar.first()) {
        std::string days;
        for (Date day = *first; day <= *calendar.last(); day = add_days(day, 1)) {
          const auto working = calendar.is_working(day);
          days += !working ? '?' : *working ? '1' : '0';
        }
        dump << int64_t{first->days} << days;
      }
      out.push_back(dump.take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> choices() {
    std::vector<std::string> out;
    for (size_t i = 0; i < plan_.layout.choices.size(); ++i) {
      if (program_.present.choice_files[i] == kNoId) continue;
      std::vector<std::string> values;
      for (size_t k = 0; k < plan_.layout.choices[i].values.size(); ++k) {
        if (program_.present.values[i][k]) values.push_back(plan_.layout.choices[i].values[k].name);
      }
      out.push_back((Dump() << plan_.layout.choices[i].names.name << sorted(values)).take());
    }
    return sorted(std::move(out));
  }

  std::string field(const Layout::Field& of) {
    return (Dump() << of.names.name << type_text(plan_, of.type) << of.is_private).take();
  }

  std::vector<std::string> entities() {
    std::vector<std::string> out;
    for (const auto& info : program_.entities) {
      const Layout::Entity& entity = plan_.layout.entities[info.id];
      Where where;
      where.entity = static_cast<uint16_t>(info.id);
      std::vector<std::string> attributes;
      for (size_t i = 0; i < entity.attributes.size(); ++i) {
        if (!program_.present.attributes[info.id][i]) continue;
        const Index initial = plan_.entities[info.id].initial[i];
        attributes.push_back(
            (Dump() << field(entity.attributes[i]) << nodes_.of(initial, where)).take());
      }
      out.push_back(
          (Dump() << entity.names.name << entity.key.name << entity.reference << sorted(attributes))
              .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> events() {
    std::vector<std::string> out;
    for (const auto& info : program_.events) {
      const Layout::Event& event = plan_.layout.events[info.id];
      const EventTouch& touch = plan_.touches[info.id];
      Where where;
      where.entity = event.entity;
      where.event = static_cast<uint16_t>(info.id);
      std::vector<std::string> fields, sets;
      for (size_t i = 0; i < event.fields.size(); ++i) {
        if (program_.present.fields[info.id][i]) fields.push_back(field(event.fields[i]));
      }
      for (const SetTarget& set : touch.sets) {
        const auto& attribute = plan_.layout.entities[event.entity].attributes[set.slot];
        sets.push_back((Dump() << attribute.names.name << nodes_.of(set.value, where)).take());
      }
      const std::string unique =
          touch.unique_by == kNoId ? "" : event.fields[touch.unique_by].names.name;
      out.push_back((Dump() << event.names.name << number(event.kind) << unique
                            << plan_.layout.entities[event.entity].names.name << sorted(fields)
                            << sorted(sets) << nodes_.of(touch.broadcast_where, where))
                        .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> channels() {
    std::vector<std::string> out;
    for (const Channel& channel : plan_.channels) {
      Dump dump;
      dump << channel.names.name << channel.address << time_number(channel.quiet_from)
           << time_number(channel.quiet_to) << channel.drop;
      for (const auto& limit : channel.limits) dump << limit.count << number(limit.per);
      out.push_back(dump.take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> policies() {
    std::vector<std::string> out;
    for (const PolicyInfo& policy : plan_.policies) {
      out.push_back((Dump() << policy.names.name << date_number(policy.effective_from)
                            << date_number(policy.effective_to))
                        .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> notices() {
    std::vector<std::string> out;
    for (const Notice& notice : plan_.notices) {
      out.push_back((Dump() << notice.names.name << number(notice.notice_class)
                            << policy(notice.policy) << nodes_.of(notice.expires_after, {}))
                        .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> forbids() {
    std::vector<std::string> out;
    for (const Forbid& forbid : plan_.forbids) {
      Where where;
      where.event = forbid.event;
      where.entity = forbid.event != kNoId ? plan_.layout.events[forbid.event].entity
                                           : forbid_entities_[&forbid - plan_.forbids.data()];
      out.push_back((Dump() << (forbid.event != kNoId ? plan_.layout.events[forbid.event].names.name
                                                      : plan_.notices[forbid.notice].names.name)
                            << policy(forbid.policy) << nodes_.of(forbid.condition, where))
                        .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> parameters() {
    std::vector<std::string> out;
    for (const Parameter& parameter : plan_.parameters) {
      out.push_back((Dump() << parameter.names.name << policy(parameter.policy)
                            << type_text(plan_, parameter.type) << nodes_.of(parameter.value, {}))
                        .take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> defines() {
    std::vector<std::string> out;
    for (const DefineInfo& info : program_.defines) {
      Where where;
      where.entity = info.entity;
      where.owner_case = info.owner_case;
      const std::string owner =
          info.owner_case == kNone ? "" : plan_.cases[info.owner_case].names.name;
      out.push_back(
          (Dump() << info.names.name << owner << nodes_.of(info.value.node, where)).take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> tables() {
    std::vector<std::string> out;
    for (size_t i = 0; i < plan_.tables.size(); ++i) {
      const Table& table = plan_.tables[i];
      Where where;
      where.entity = program_.tables[i].entity;
      where.owner_case = program_.tables[i].owner_case;
      Dump dump;
      dump << table.names.name << policy(table.policy) << number(table.hit)
           << number(table.collect);
      for (const Names& output : table.outputs) dump << output.name;
      for (const Table::Row& row : table.rows) {
        dump << nodes(row.conditions, where) << nodes(row.outputs, where);
      }
      out.push_back(dump.take());
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> rules() {
    std::vector<std::string> out;
    for (const Step& one : plan_.steps) {
      if (one.owner_case == kNone) out.push_back(step(one));
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> cases() {
    std::vector<std::string> out;
    for (Index i = 0; i < plan_.cases.size(); ++i) out.push_back(one_case(i));
    return sorted(std::move(out));
  }

  std::string one_case(Index index) {
    const Case& owner = plan_.cases[index];
    Where where;
    where.entity = owner.entity;
    where.owner_case = index;
    Dump dump;
    dump << owner.names.name << policy(owner.policy)
         << plan_.layout.entities[owner.entity].names.name << owner.may_reopen
         << number(owner.in_flight) << owner.keyed << nodes_.of(owner.owner, where);
    std::vector<std::string> variables, outcomes, openings, closings, keys, steps;
    for (const Case::Variable& variable : owner.variables) {
      variables.push_back((Dump() << variable.names.name << type_text(plan_, variable.type)
                                  << nodes_.of(variable.initial, where))
                              .take());
    }
    for (const Names& outcome : owner.outcomes) outcomes.push_back(outcome.name);
    for (const Case::Opening& opening : owner.openings) {
      Where at = where;
      at.event = opening.event;
      openings.push_back(
          (Dump() << event_name(opening.event) << nodes_.of(opening.condition, at)).take());
    }
    for (const Case::Closing& closing : owner.closings) {
      Where at = where;
      at.event = closing.event;
      closings.push_back((Dump() << event_name(closing.event) << nodes_.of(closing.condition, at)
                                 << owner.outcomes[closing.outcome].name)
                             .take());
    }
    for (size_t event = 0; event < owner.key_on_event.size(); ++event) {
      if (owner.key_on_event[event] == kNone) continue;
      Where at = where;
      at.event = static_cast<uint16_t>(event);
      keys.push_back(
          (Dump() << event_name(at.event) << nodes_.of(owner.key_on_event[event], at)).take());
    }
    for (const Index item : owner.steps) steps.push_back(step(plan_.steps[item]));
    return (dump << sorted(variables) << sorted(outcomes) << sorted(openings) << sorted(closings)
                 << sorted(keys) << steps)
        .take();
  }

  // ---- steps

  std::string step(const Step& of) {
    Where where;
    where.entity = of.entity;
    where.owner_case = of.owner_case;
    where.event = of.event;
    if (of.kind == Step::Kind::on_opening) where.event = opening_event(of.owner_case);
    Dump dump;
    dump << of.id << policy(of.policy) << number(of.kind) << event_name(of.event)
         << (of.notice == kNone ? "" : plan_.notices[of.notice].names.name) << number(of.receipt)
         << (of.outcome == kNoId ? "" : plan_.cases[of.owner_case].outcomes[of.outcome].name)
         << nodes_.of(of.duration, where) << nodes_.of(of.anchor, where)
         << nodes_.of(of.condition, where);
    if (of.schedule) dump << schedule(*of.schedule, where);
    for (const Index index : of.actions) dump << action(plan_.actions[index], where);
    dump << std::string("otherwise");
    for (const Index index : of.otherwise) dump << action(plan_.actions[index], where);
    return dump.take();
  }

  std::string schedule(const Schedule& of, const Where& where) {
    return (Dump() << number(of.unit) << int64_t{of.day} << int64_t{of.month} << of.counts_working
                   << number(of.roll) << calendar(of.calendar) << nodes_.of(of.at, where)
                   << nodes_.of(of.from, where) << nodes_.of(of.to, where))
        .take();
  }

  std::string calendar(uint16_t index) const {
    return index < plan_.calendar_names.size() ? plan_.calendar_names[index].name : "";
  }

  uint16_t opening_event(Index owner_case) const {
    const std::vector<uint16_t>& events = program_.cases[owner_case].opening_events;
    return events.size() == 1 ? events.front() : kNoId;
  }

  std::string action(const Action& of, const Where& where) {
    using Kind = Action::Kind;
    Dump dump;
    dump << number(of.kind) << int64_t{of.ordinal} << nodes_.of(of.who, where);
    switch (of.kind) {
      case Kind::notify:
        dump << plan_.notices[of.notice].names.name;
        for (const Action::ChannelUse& use : of.channels) {
          dump << plan_.channels[use.channel].names.name;
        }
        dump << placeholders(of.body, where) << nodes_.of(of.listing, where) << of.even_if_late
             << once(of.once, where);
        break;
      case Kind::task:
        dump << task(plan_.tasks[of.task], where);
        break;
      case Kind::set: {
        const bool variable = of.set.kind == SetTarget::Kind::variable;
        dump << variable
             << (variable ? plan_.cases[where.owner_case].variables[of.set.slot].names.name
                          : plan_.layout.entities[where.entity].attributes[of.set.slot].names.name)
             << nodes_.of(of.set.value, where);
        break;
      }
      case Kind::raise: {
        std::vector<std::string> with;
        for (const SetTarget& target : of.with) {
          const auto& raised = plan_.layout.events[of.event].fields[target.slot];
          with.push_back((Dump() << raised.names.name << nodes_.of(target.value, where)).take());
        }
        dump << event_name(of.event) << sorted(with);
        break;
      }
      case Kind::close:
        dump << plan_.cases[where.owner_case].outcomes[of.outcome].name;
        break;
      default:
        break;
    }
    return dump.take();
  }

  std::string task(const TaskSpec& of, const Where& outer) {
    Where where = outer;
    where.needs = nullptr;
    Dump dump;
    dump << of.id << placeholders(of.title, outer) << nodes_.of(of.assignee, outer)
         << number(of.due_kind);
    for (const Index index : {of.due_within, of.due_anchor, of.every, of.since, of.not_before,
                              of.opens_before, of.expires_after, of.paused_while}) {
      dump << nodes_.of(index, where);
    }
    dump << of.stays << once(of.once, where);
    std::vector<std::string> done, needs;
    for (const TaskSpec::DoneOn& on : of.done_on) {
      Where at = where;
      at.event = on.event;
      done.push_back((Dump() << event_name(on.event) << nodes_.of(on.condition, at)).take());
    }
    for (const Layout::Field& need : of.needs) needs.push_back(field(need));
    dump << sorted(done) << sorted(needs);
    for (const TaskClause& clause : of.clauses) {
      Where at = where;
      if (clause.kind == syntax::TaskClause::Kind::when_done) at.needs = &of.needs;
      dump << number(clause.kind) << nodes_.of(clause.duration, at)
           << nodes_.of(clause.condition, at);
      for (const Index index : clause.actions) dump << action(plan_.actions[index], at);
    }
    return dump.take();
  }

  std::string once(const OnceSpec& of, const Where& where) {
    return (Dump() << number(of.kind) << nodes_.of(of.field, where) << of.count
                   << value_text(plan_, of.window))
        .take();
  }

  // ---- parts

  std::vector<std::string> placeholders(const Template& text, const Where& where) {
    std::vector<std::string> out;
    for (const Template::Part& part : text.parts) {
      if (part.value != kNone) out.push_back(nodes_.of(part.value, where));
    }
    return sorted(std::move(out));
  }

  std::vector<std::string> nodes(const std::vector<Index>& of, const Where& where) {
    std::vector<std::string> out;
    for (const Index node : of) out.push_back(nodes_.of(node, where));
    return out;
  }

  std::string policy(uint16_t index) const { return plan_.policies[index].names.name; }
  std::string event_name(uint16_t event) const {
    return event == kNoId ? "" : plan_.layout.events[event].names.name;
  }

  const Program& program_;
  const Plan& plan_;
  NodeDigests nodes_;
  const std::vector<uint16_t>& forbid_entities_ = program_.forbid_entities;
};

}  // namespace

Digest digest_plan(const Program& program) { return PlanDump(program).finish(); }

}  // namespace duban::compiler
